"""Files that mean harm, were harmed or are no forms: each is refused with a reason that says what to do, or read."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from tests.documents.hostile import READ, REFUSED, SEED, SLOW, good, say, with_answer, with_end
from tests.documents.mutations import mutated
from tests.hands import as_read, differences, truth

from ketuan.cli import check, terminal
from ketuan.cli.judging import Task, judge, judge_all
from ketuan.cli.shelf import Shelf
from ketuan.cli.sources import sources
from ketuan.documents.reading import Unreadable, read
from ketuan.forms.remarks import Reading

MUTATIONS = 300


@functools.cache
def _folder_of_harm() -> dict[str, bytes]:
    """Small files of every kind; those that take long to make or to read are tried one by one."""
    made = {
        name: REFUSED[name][0]() for name in ("nothing", "text", "PDF", "RTF", "xlsx", "macros", "a billion laughs")
    }
    made |= {
        name: REFUSED[name][0]() for name in ("an encrypted zip", "a zip cut in half", "two main parts of one name")
    }
    return made


@pytest.mark.parametrize("name", REFUSED)
def test_harm_is_refused_in_chinese_and_the_reason_says_what_to_do(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)  # LibreOffice would make an empty document of any bytes
    make, word = REFUSED[name]
    with pytest.raises(Unreadable) as refusal:
        read(make())
    reason = str(refusal.value)
    assert word in reason
    assert "请" in reason
    assert len(reason) < 200


@pytest.mark.parametrize("name", READ)
def test_what_is_only_odd_is_read_as_if_nothing_were_odd(name: str) -> None:
    assert differences(truth(SEED), as_read(READ[name]())) == []


@pytest.mark.parametrize("name", SLOW)
def test_long_texts_are_read_or_refused_before_the_time_is_up(name: str, tmp_path: Path) -> None:
    file = tmp_path / "long.docx"
    file.write_bytes(SLOW[name]())
    [source], _ = sources([file])
    judged = json.loads(judge(source, Task("2024")).text)
    assert "秒仍未读完" not in (judged["reason"] or "")
    assert "程序没能读懂" not in (judged["reason"] or "")


def test_harm_stops_no_other_file_of_the_folder_and_the_status_is_2(tmp_path: Path) -> None:
    for at, data in enumerate(_folder_of_harm().values()):
        (tmp_path / f"{at}-bad.docx").write_bytes(data)
        (tmp_path / f"{at}-good.docx").write_bytes(good())
    files, _ = sources([tmp_path])
    wanted = [(s.name, "read" if "good" in s.name else "unreadable") for s in files]
    with Shelf() as shelf:
        for judged in judge_all(files, Task("2024")):
            shelf.put(judged)
        assert [(f["file"], f["status"]) for f in shelf.objects(whole=False)] == wanted
        assert check.status(shelf, []) == check.UNREADABLE == 2


def test_a_refused_file_shows_nothing_of_itself() -> None:
    """A file by an external entity (/etc/passwd) is neither in the reason nor in a form."""
    with pytest.raises(Unreadable) as refusal:
        read(REFUSED["a file by an entity"][0]())
    assert "root" not in str(refusal.value)


def test_no_address_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr("socket.socket.connect", lambda self, address: asked.append(address))
    for name in ("an address by an entity", "a DTD from outside", "a parameter entity"):
        with pytest.raises(Unreadable):
            read(REFUSED[name][0]())
    assert asked == []


def test_symbols_cannot_bring_in_what_xml_cannot_hold() -> None:
    """w:sym names a character by its number, and so could name an escape, a NUL or half a character."""
    codes = ("0", "7", "1B", "9B", "7F", "-5", "D800", "DFFF", "FFFE", "FFFF", "110000", "10FFE5", "zz", "")
    bad = "".join(f'<w:sym w:font="Arial" w:char="{code}"/>' for code in codes)
    text = (
        "甲"
        + read_introduction(with_answer(f"<w:p><w:r><w:t>甲</w:t>{bad}<w:t>乙</w:t></w:r></w:p>")).partition("甲")[2]
    )
    assert text.startswith("甲乙")


def read_introduction(data: bytes) -> str:
    reading = read(data)
    return reading.form.society.introduction


def test_format_characters_reach_the_terminal_as_nothing_that_moves_it(tmp_path: Path) -> None:
    wild = "\u202e\u2066\u200f\u009b31m\u0085甲"
    (tmp_path / "a\x1b[31m\n\u202eb.docx").write_bytes(with_answer(say(wild)))
    (tmp_path / "b.docx").write_bytes(with_end(say(wild)))
    files, _ = sources([tmp_path])
    result = {"files": [json.loads(j.text) for j in judge_all(files, Task("2024"))], "portfolio": []}
    shown = terminal.show(result, {}, width=80, colour=False)
    assert [c for c in shown if c in "\x1b\x9b\u202e\u2066\u200f\x85"] == []


def test_a_long_answer_is_not_repeated_whole_in_what_is_said_of_it() -> None:
    reading: Reading[object] = read(with_answer(say("一二三四五" * 60_000)))  # type: ignore[assignment]
    assert max((len(r.message) for r in reading.remarks), default=0) < 400
    assert max((len(r.found) for r in reading.remarks), default=0) <= 80


@pytest.mark.parametrize("first", range(0, MUTATIONS, 50))
def test_a_mutated_form_gives_a_reading_or_a_refusal_and_nothing_else(first: int) -> None:
    ends = []
    for seed in range(first, first + 50):
        try:
            ends.append(type(read(mutated(seed))).__name__)
        except Unreadable as refusal:
            ends.append("refused" if "请" in str(refusal) else str(refusal))
    assert set(ends) == {"Reading", "refused"}


def test_a_seed_always_gives_the_same_mutation() -> None:
    assert [mutated(seed) for seed in range(20)] == [mutated(seed) for seed in range(20)]
