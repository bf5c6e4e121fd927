"""``ketuan overlap``: pairs or a corpus in, what is copied and where out; wrong files are refused with their place."""

from __future__ import annotations

import json
import os
import sys
from importlib.resources import files
from io import BytesIO, TextIOWrapper
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from tests.matching.edits import BOILERPLATE, TEXTS, clauses

from ketuan.cli.main import main

BLANK = Path(str(files("ketuan.documents"))) / "templates/2024/application-form.docx"
PAIRS = [
    {"id": "p1", "a": TEXTS[0], "b": TEXTS[0].replace("，", ",")},
    {"id": 2, "a": TEXTS[0], "b": TEXTS[7]},
    {"id": "p3", "a": "", "b": TEXTS[7], "note": "别的字段"},
]
CORPUS = [
    {"id": "甲-1", "society": "甲学会", "year": 2023, "paras": [TEXTS[3], TEXTS[4]]},
    {"id": "乙-1", "society": "乙学会", "year": 2024, "paras": [TEXTS[9], "".join(clauses(TEXTS[4])[:3]) + TEXTS[12]]},
    {"id": 3, "society": "丙学会", "year": 2024, "paras": []},
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def put(name: str, rows: list[dict[str, Any]], start: str = "", end: str = "\n") -> str:
    text = start + end.join(json.dumps(row, ensure_ascii=False) for row in rows) + end
    Path(name).write_bytes(text.encode())
    return name


def ask(*arguments: str) -> list[dict[str, Any]]:
    assert main(["overlap", *arguments, "--json", "out.jsonl"]) == 0
    return [json.loads(line) for line in Path("out.jsonl").read_text("utf-8").splitlines()]


def refusal(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    capsys.readouterr()
    assert main(["overlap", *arguments]) == 2
    assert not Path("out.jsonl").exists()
    return capsys.readouterr().err.strip()


def test_each_pair_gets_a_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = ask(put("pairs.jsonl", PAIRS))
    assert [(row["id"], row["flag"]) for row in found] == [("p1", True), (2, False), ("p3", False)]
    assert [list(row) for row in found] == [["id", "score", "flag", "spans"]] * 3
    assert (found[0]["score"], found[0]["spans"]) == (1.0, [[0, len(TEXTS[0]) - 1, 0, len(TEXTS[0]) - 1]])
    assert "3 对，判为雷同 1 对" in capsys.readouterr().err


def test_only_suspicious_pairs_of_a_corpus_are_written_with_places_in_the_joined_text(home: Path) -> None:
    (found,) = ask(put("corpus.jsonl", CORPUS))
    assert list(found) == ["a", "b", "score", "flag", "spans"]
    assert (found["a"], found["b"], found["flag"]) == ("乙-1", "甲-1", True)
    one, other = "\n".join(CORPUS[1]["paras"]), "\n".join(CORPUS[0]["paras"])
    (i, j, k, m), *_ = found["spans"]
    assert one[i:j] == other[k:m] == "".join(clauses(TEXTS[4])[:3])[:-1]


def test_the_answer_does_not_depend_on_the_order_of_the_lines(home: Path) -> None:
    assert ask(put("one.jsonl", CORPUS)) == ask(put("two.jsonl", CORPUS[::-1]))
    assert ask(put("three.jsonl", PAIRS)) == ask(put("four.jsonl", PAIRS[::-1]))[::-1]


def test_a_mark_at_the_head_and_windows_line_ends_are_no_matter(home: Path) -> None:
    assert ask(put("one.jsonl", CORPUS)) == ask(put("two.jsonl", CORPUS, "\ufeff", "\r\n"))


@pytest.mark.parametrize("rows", [PAIRS, CORPUS])
def test_what_comes_through_a_pipe_is_read_as_from_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]]
) -> None:
    file = put("file.jsonl", rows, "\ufeff\n")
    expected = ask(file)
    os.mkfifo("pipe")
    text = Path(file).read_bytes()
    writer = Thread(target=lambda: Path("pipe").write_bytes(text))
    writer.start()
    assert ask("pipe") == expected
    writer.join()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text)))
    assert ask("-") == expected


def test_what_is_wrong_with_standard_input_is_told(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for text, said in (
        (b"", "标准输入 是空的，至少要有一行。"),
        (b'\n{"id": 1, "a": 2}', "标准输入 第 2 行：“a”应为文字（加引号）。"),
    ):
        monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text)))
        assert refusal(capsys, "-", "--json", "out.jsonl") == said


def test_texts_without_letters_or_digits_are_not_compared(home: Path) -> None:
    (found,) = ask(put("pairs.jsonl", [{"id": 1, "a": "！？——😀", "b": "！？——😀"}]))
    assert found == {"id": 1, "score": 0.0, "flag": False, "spans": []}


@pytest.mark.parametrize("kind", ["jsonl", "txt"])
def test_known_sentences_are_no_copies(home: Path, kind: str) -> None:
    rows = [{"id": n, "a": TEXTS[n] + BOILERPLATE, "b": BOILERPLATE + TEXTS[n + 9]} for n in range(3)]
    known = put("known.jsonl", [{"text": BOILERPLATE}])
    if kind == "txt":
        Path(known := "known.txt").write_text("\ufeff" + BOILERPLATE, "utf-8")
    file = put("pairs.jsonl", rows)
    assert [row["flag"] for row in ask(file)] == [True] * 3
    assert [(row["flag"], row["spans"]) for row in ask(file, "--known", known)] == [(False, [])] * 3


def test_the_printed_form_and_the_call_are_known(home: Path) -> None:
    hint = "服务团名称及成立时间、团员构成、服务方向"
    from ketuan.cli.overlap import known_of_call, known_of_file

    (printed,) = known_of_file(BLANK)
    words = next(line for line in printed.splitlines() if len(line) > 30)
    rows = [{"id": 1, "a": TEXTS[0][:20] + words, "b": words + TEXTS[7][:20]}, {"id": 2, "a": hint, "b": hint}]
    file = put("pairs.jsonl", rows)
    assert ask(file)[0]["flag"]
    assert not ask(file, "--known", str(BLANK))[0]["flag"]
    said = max(known_of_call("2024"), key=len)
    file = put("call.jsonl", [{"id": 1, "a": said, "b": said}])
    assert [row["flag"] for row in ask(file) + ask(file, "--call", "2024")] == [True, False]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "f.jsonl 是空的，至少要有一行。"),
        (b"\xff\xfe{", "f.jsonl 第 1 行不是 UTF-8 文字，请另存为 UTF-8 编码。"),
        (b"{not json}", "f.jsonl 第 1 行：不是合格的 JSON"),
        (b"[" * 9_000, "f.jsonl 第 1 行：不是合格的 JSON"),
        (b"[1]", "f.jsonl 第 1 行："),
        (b'{"id": 1}', "f.jsonl 第 1 行既没有 a、b（成对的文字），也没有 paras（一批申报书的各段），请核对字段名。"),
        (b'{"id": 1, "a": "x"}', "f.jsonl 第 1 行：“b”缺少这一项。"),
        (b'{"id": [], "a": "x", "b": "y"}', "f.jsonl 第 1 行：“id”应为文字（加引号）或整数。"),
        (b'{"a": "x", "b": "y"}', "f.jsonl 第 1 行：“id"),
        (b'{"id": 1, "a": "x", "b": 3}', "f.jsonl 第 1 行：“b”应为文字（加引号）。"),
        (b'{"id": 1, "paras": ["x", null]}', "f.jsonl 第 1 行：“paras.1”应为文字（加引号）。"),
        (b'{"id": 1, "paras": "x"}', "f.jsonl 第 1 行：“paras”应为列表（用 [ ] 括起）。"),
        (b'{"id": 1, "paras": ["x"], "year": "2024"}', "f.jsonl 第 1 行：“year”应为整数。"),
        (b'{"id": 1, "a": "", "b": ""}\n{"id": 2, "paras": []}', "f.jsonl 第 2 行：“a”缺少这一项。"),
        (b'{"id": 1, "paras": []}\n\n{"id": "1", "paras": []}', "f.jsonl 第 3 行：编号“1”在第 1 行已经有了"),
    ],
)
def test_a_file_that_is_wrong_is_refused_with_its_place(
    home: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    Path("f.jsonl").write_bytes(content)
    assert refusal(capsys, "f.jsonl", "--json", "out.jsonl").startswith(said)


def test_files_that_are_not_there_or_cannot_be_known_are_refused(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = put("pairs.jsonl", PAIRS)
    Path("gbk.txt").write_bytes("查重".encode("gbk"))
    Path("k.pdf").write_bytes(b"%PDF")
    Path("k.docx").write_bytes(b"PK")
    put("k.jsonl", [{"txt": "通知"}])
    out = ("--json", "out.jsonl")
    assert refusal(capsys, "no.jsonl", *out) == "没有这个文件：no.jsonl"
    assert refusal(capsys, file, *out, "--known", "no.txt") == "没有这个文件：no.txt"
    assert refusal(capsys, file, *out, "--known", "gbk.txt") == "gbk.txt 不是 UTF-8 文字，请另存为 UTF-8 编码。"
    assert refusal(capsys, file, *out, "--known", "k.jsonl") == "k.jsonl 第 1 行：“text”缺少这一项。"
    assert refusal(capsys, file, *out, "--known", "k.docx").startswith("k.docx：")
    assert (
        refusal(capsys, file, *out, "--known", "k.pdf")
        == "k.pdf：--known 只读 .jsonl、.txt、.docx、.doc，请另存为其中一种。"
    )
    assert "1999" in refusal(capsys, file, *out, "--call", "1999")
    assert refusal(capsys, file, "--json", "no/out.jsonl") == "没有这个文件夹，写不了 no/out.jsonl"


def test_a_broken_line_of_known_texts_names_its_place(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = put("pairs.jsonl", PAIRS)
    Path("k.jsonl").write_text('{"text": "通知"}\n{"text": 3}\n', "utf-8")
    said = refusal(capsys, file, "--json", "out.jsonl", "--known", "k.jsonl")
    assert said == "k.jsonl 第 2 行：“text”应为文字（加引号）。"


def test_the_schemas_name_the_files(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["overlap", "--schema"])
    assert stop.value.code == 0
    assert list(json.loads(capsys.readouterr().out)) == ["pairs", "corpus", "known", "out_of_pairs", "out_of_corpus"]
