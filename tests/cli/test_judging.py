"""Many files: which are meant, and that a worker that dies or hangs takes nothing with it."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from tests.documents.hostile import good

from ketuan.cli import judging
from ketuan.cli.check import write_json
from ketuan.cli.judging import FEW, Judged, Task, judge, judge_all
from ketuan.cli.shelf import Shelf
from ketuan.cli.sources import Source, sources
from ketuan.documents.errors import Unreadable
from ketuan.forms.application import Application
from ketuan.forms.remarks import Reading
from ketuan.rules.call import Call, load

MANY = 40
TASK = Task("2024")


@pytest.fixture
def files(tmp_path: Path) -> list[Source]:
    """Forty files that hold nothing but their number; the reader is the tests' own."""
    for at in range(MANY):
        (tmp_path / f"{at}.docx").write_bytes(b"%d" % at)
    return sources([tmp_path])[0]


def reads(monkeypatch: pytest.MonkeyPatch, harm: Callable[[int], object], *at: int) -> None:
    """The reader gives an empty form, but does ``harm`` over some files. Workers are forked and inherit it."""

    def read(data: bytes, **_: object) -> Reading[Application]:
        if int(data) in at:
            harm(int(data))
        return Reading(Application(), (), {})

    monkeypatch.setattr(judging, "read", read)
    monkeypatch.setattr(judging, "_workers", lambda: 2)


def reasons(files: list[Source], told: list[int] | None = None) -> dict[str, str]:
    """What is said of the files that could not be read; all others were read, and all are in order."""
    done = told if told is not None else []
    judged = [json.loads(j.text) for j in judge_all(files, TASK, progress=done.append)]
    assert [j["file"] for j in judged] == [f"{at}.docx" for at in range(len(files))]
    assert sum(done) == len(files)
    return {j["file"]: j["reason"] for j in judged if j["status"] == "unreadable"}


def test_all_are_read_and_come_in_order(files: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, lambda _: None)
    assert reasons(files) == {}


def test_a_worker_that_leaves_takes_one_file_with_it(files: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, lambda _: os._exit(3), 17)
    told = reasons(files)
    assert [*told] == ["17.docx"]
    assert "其余文件不受影响" in told["17.docx"]
    assert "请" in told["17.docx"]


def test_workers_that_are_killed_take_their_files_with_them(
    files: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, lambda _: os.kill(os.getpid(), signal.SIGKILL), 0, 18, 39)
    assert [*reasons(files)] == ["0.docx", "18.docx", "39.docx"]


def _raise(problem: BaseException) -> Callable[[int], object]:
    def harm(_: int) -> object:
        raise problem

    return harm


@pytest.mark.parametrize(
    ("problem", "word"),
    [
        (MemoryError(), "文件过大"),
        (RecursionError(), "嵌套过深"),
        (Unreadable("这是网页。请另存为 .docx。"), "这是网页"),
        (KeyError("x"), "KeyError"),
        (PermissionError(13, "Permission denied"), "权限"),
        (FileNotFoundError(2, "No such file"), "找不到"),
        (OSError(5, "Input/output error"), "打不开"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_whatever_the_reader_raises_is_said_of_that_file_alone(
    problem: Exception, word: str, files: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(monkeypatch, _raise(problem), 5)
    told = reasons(files)
    assert [*told] == ["5.docx"]
    assert word in told["5.docx"]
    assert "请" in told["5.docx"]


def test_a_file_that_is_read_for_ever_is_given_up(files: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(_: int) -> None:
        while True:
            try:
                time.sleep(60)
            except Exception:  # what a careless library does: the limit must get past it
                continue

    reads(monkeypatch, hang, 7)
    monkeypatch.setattr(judging, "SECONDS", 1)
    told = reasons(files)
    assert [*told] == ["7.docx"]
    assert "1 秒" in told["7.docx"]
    assert "请" in told["7.docx"]


def test_a_limit_that_was_lost_in_a_destructor_comes_again(
    files: list[Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clinging:
        def __del__(self) -> None:
            time.sleep(1.5)  # the first alarm rings here, where Python drops what is raised

    def harm(_: int) -> None:
        Clinging()
        time.sleep(60)

    reads(monkeypatch, harm, 0)
    monkeypatch.setattr(judging, "SECONDS", 1)
    monkeypatch.setattr("sys.unraisablehook", lambda _: None)
    assert "1 秒" in json.loads(judge(files[0], TASK).text)["reason"]


def test_the_alarm_is_off_when_a_file_is_done(files: list[Source], monkeypatch: pytest.MonkeyPatch) -> None:
    reads(monkeypatch, lambda _: None)
    judge(files[0], TASK)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def written(call: Call, judged: Iterable[Judged]) -> bytes:
    out = io.BytesIO()
    write_json(out, call, (one.text.encode() for one in judged), [])
    return out.getvalue()


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_same_folder_gives_the_same_bytes_however_many_workers_read_it(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(FEW * 3):
        (tmp_path / f"{at}.docx").write_bytes(good() if at % 3 else b"%PDF-")
    files, _ = sources([tmp_path])
    call = load("2024")
    once = written(call, [judge(file, TASK) for file in files])
    monkeypatch.setattr(judging, "_workers", lambda: workers)
    assert written(call, judge_all(files, TASK)) == once
    assert written(call, judge_all(files, TASK)) == once


def test_a_shelf_gives_back_what_was_put_on_it(tmp_path: Path) -> None:
    (tmp_path / "1.docx").write_bytes(good())
    (tmp_path / "2.docx").write_bytes(b"%PDF-")
    files, _ = sources([tmp_path])
    judged = list(judge_all(files, TASK))
    with Shelf() as shelf:
        for one in judged:
            shelf.put(one)
        assert [text.decode() for text in shelf.texts()] == [one.text for one in judged]
        assert shelf.objects(whole=True) == [json.loads(one.text) for one in judged]
        assert [f["form"] for f in shelf.objects(whole=False)] == [
            {"cover": {"title": judged[0].title}, "society": {"name": judged[0].society}},
            None,
        ]
        assert shelf.form(0).decode() == judged[0].form
        assert (shelf.marks(), shelf.unread, shelf.blocks) == ([judged[0].marks, frozenset()], True, False)
        with pytest.raises(LookupError):
            shelf.form(1)


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    judged = json.loads(judge(Source("zero.docx", Path("/dev/zero")), TASK).text)
    assert "超过 40 MB" in judged["reason"]


# ---- which files -----------------------------------------------------------------------------------------------------


def names(*paths: Path) -> list[str]:
    return [source.name for source in sources(paths)[0]]


def made(folder: Path, *files: str) -> Path:
    for name in files:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(name.encode())
    return folder


def test_forms_are_found_in_the_order_a_person_counts(tmp_path: Path) -> None:
    made(tmp_path, "10.docx", "9.docx", "表2.docx", "表10.docx", "b/1.docx", "01.docx", "1.docx", "a²1.docx")
    assert names(tmp_path) == [
        "01.docx",
        "1.docx",
        "9.docx",
        "10.docx",
        "a²1.docx",
        "b/1.docx",
        "表2.docx",
        "表10.docx",
    ]


def test_endings_count_in_capitals_too_and_the_others_are_counted(tmp_path: Path) -> None:
    made(tmp_path, "a.DOCX", "b.Doc", "c.wps", "d.docm", "e.pdf", "f", "g.docx.txt")
    found, others = sources([tmp_path])
    assert ([s.name for s in found], others) == (["a.DOCX", "b.Doc", "c.wps", "d.docm"], 3)


def test_what_programs_leave_behind_is_no_form(tmp_path: Path) -> None:
    made(tmp_path, "a.docx", "~$a.docx", ".a.docx", "._a.docx", "__MACOSX/a.docx", ".git/a.docx")
    assert sources([tmp_path]) == ([Source("a.docx", tmp_path / "a.docx")], 0)


def test_a_file_named_outright_is_taken_whatever_it_is_called(tmp_path: Path) -> None:
    made(tmp_path, "~$a.docx", "form")
    assert names(tmp_path / "~$a.docx", tmp_path / "form") == ["~$a.docx", "form"]


def test_a_file_given_twice_is_taken_once_and_where_it_came_first(tmp_path: Path) -> None:
    made(tmp_path, "a.docx", "b.docx")
    assert names(tmp_path / "b.docx", tmp_path / "a.docx", tmp_path / "b.docx", tmp_path) == ["b.docx", "a.docx"]


def test_the_same_name_in_two_folders_is_told_apart_by_the_paths(tmp_path: Path) -> None:
    one, two = made(tmp_path / "one", "a.docx", "b.docx"), made(tmp_path / "two", "a.docx")
    assert names(one, two) == [f"{one}/a.docx", "b.docx", f"{two}/a.docx"]


def test_a_name_below_a_folder_is_never_another_files_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(tmp_path, "x/a.docx", "y/a.docx", "z/x/a.docx")
    monkeypatch.chdir(tmp_path)
    given = names(Path("x"), Path("y"), Path("z"))
    assert len(set(given)) == 3


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    made(tmp_path, "a.docx")
    (tmp_path / "round").symlink_to(tmp_path)
    (tmp_path / "self.docx").symlink_to(tmp_path / "self.docx")
    (tmp_path / "gone.docx").symlink_to(tmp_path / "nowhere.docx")
    (tmp_path / "also a.docx").symlink_to(tmp_path / "a.docx")
    found, _ = sources([tmp_path])
    assert [s.name for s in found] == ["a.docx", "gone.docx", "self.docx"]
    told = {s.name: json.loads(judge(s, TASK).text)["reason"] for s in found[1:]}
    assert "找不到" in told["gone.docx"]
    assert "打不开" in told["self.docx"]


def test_names_that_no_terminal_likes_are_names(tmp_path: Path) -> None:
    made(tmp_path, "a\nb.docx", "长" * 80 + ".docx", "a\x1b[31m.docx")
    assert sorted(names(tmp_path)) == sorted(["a\nb.docx", "长" * 80 + ".docx", "a\x1b[31m.docx"])
    for source in sources([tmp_path])[0]:
        assert json.loads(judge(source, TASK).text)["file"] == source.name


def test_a_name_written_in_gbk_is_read_as_the_chinese_it_is(tmp_path: Path) -> None:
    raw = os.path.join(os.fsencode(tmp_path), "申报书.docx".encode("gb18030"))
    Path(os.fsdecode(raw)).write_bytes(b"")
    [source], _ = sources([tmp_path])
    assert source.name == "申报书.docx"
    judged = judge(source, TASK)
    assert "0 字节" in json.loads(judged.text.encode().decode())["reason"]


def test_a_name_longer_than_any_name_is_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        sources([Path("x" * 5000 + ".docx")])


def test_a_folder_that_cannot_be_opened_is_reported_and_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made(tmp_path, "a.docx", "closed/b.docx")
    scandir = os.scandir

    def guarded(path: str) -> object:
        if os.fspath(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", guarded)
    found, _ = sources([tmp_path])
    assert [s.name for s in found] == ["a.docx", "closed/"]
    told = json.loads(judge(found[1], TASK).text)
    assert told["status"] == "unreadable"
    assert "文件夹" in told["reason"]
    assert "请" in told["reason"]
