"""``ketuan calibrate``: scores in, calibrated worths out; wrong files are refused with their place."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from random import Random
from typing import Any

import pytest

from ketuan.cli.calibrate import Answer
from ketuan.cli.main import main
from ketuan.rules.call import load

Asked = tuple[int, dict[str, Any], str]

TWO_PARTS = "甲01,专家一,80\n甲01,专家二,70\n甲02,专家一,90\n甲02,专家二,75\n乙01,专家三,60\n乙01,专家四,64\n"


def many(applications: int = 130, each: int = 4, reviewers: int = 30, seed: int = 1) -> str:
    random = Random(seed)
    strict = [random.gauss(0, 4) for _ in range(reviewers)]
    lines = []
    for i in range(applications):
        worth = random.gauss(75, 6)
        for j in random.sample(range(reviewers), each):
            score = min(100, max(0, worth - strict[j] + random.gauss(0, 4)))
            lines.append(f"申{i:03d},评{j:02d},{score:.1f}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., Asked]:
    """Run the command: exit status, the answer's file, what was said."""

    def run(text: str | bytes | None, *options: str) -> Asked:
        source, out = tmp_path / "scores.csv", tmp_path / "out.json"
        source.unlink(missing_ok=True)
        if text is not None:
            source.write_bytes(text if isinstance(text, bytes) else text.encode())
        out.unlink(missing_ok=True)
        try:
            code = main(["calibrate", str(source), "--json", str(out), *options])
        except SystemExit as stop:
            code = int(stop.code or 0)
        said = capsys.readouterr()
        return code, json.loads(out.read_text()) if out.exists() else {}, said.err.replace(f"{tmp_path}/", "")

    return run


def test_the_answer_is_what_the_schema_says(ask: Callable[..., Asked]) -> None:
    code, answer, _ = ask(many())
    assert code == 0
    read = Answer.model_validate(answer)
    assert [a.rank for a in read.applications] == list(range(1, 131))
    assert sorted(a.raw_rank for a in read.applications) == list(range(1, 131))
    assert [a.worth for a in read.applications] == sorted((a.worth for a in read.applications), reverse=True)
    assert [r.id for r in read.reviewers] == [f"评{j:02d}" for j in range(30)]
    assert len(read.differ) == 20
    assert read.model.most == load("2024").project.awards.value
    assert sum(a.p_in for a in read.applications) == pytest.approx(read.model.most)


def test_raw_means_are_the_means_of_the_file(ask: Callable[..., Asked]) -> None:
    _, answer, _ = ask(TWO_PARTS, "--most", "1")
    assert {a["id"]: (a["raw"], a["reviews"]) for a in answer["applications"]} == {
        "甲01": (75.0, 2),
        "甲02": (82.5, 2),
        "乙01": (62.0, 2),
    }
    assert {r["id"]: r["mean"] for r in answer["reviewers"]} == {
        "专家一": 85,
        "专家二": 72.5,
        "专家三": 60,
        "专家四": 64,
    }


def test_parts_without_a_common_reviewer_and_single_reviews_are_named(ask: Callable[..., Asked]) -> None:
    _, answer, said = ask(TWO_PARTS, "--most", "1")
    assert answer["notes"][:3] == [
        "评分分成 2 个互不相连的部分（没有共同的专家），不同部分之间的高下无从由评分得知，"
        "只能假定各部分的专家宽严、申报书水平平均相同，跨部分的名次和概率不可当真：",
        "　部分 1：申报书 2 份（甲01、甲02），专家 2 位（专家一、专家二）。",
        "　部分 2：申报书 1 份（乙01），专家 2 位（专家三、专家四）。",
    ]
    assert answer["notes"][-1] == "只评了一份的专家 2 位，其宽严几乎无从估计：专家三、专家四。"
    assert all(note in said for note in answer["notes"])


@pytest.mark.parametrize("jsonl", [False, True])
def test_scores_come_from_a_pipe_as_from_a_file(
    ask: Callable[..., Asked], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jsonl: bool
) -> None:
    text = TWO_PARTS
    if jsonl:
        rows = [line.split(",") for line in text.splitlines()]
        text = "".join(json.dumps({"application": a, "reviewer": r, "score": int(s)}) + "\n" for a, r, s in rows)
    _, expected, _ = ask(text)
    out = tmp_path / "piped.json"
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text.encode())))
    assert main(["calibrate", "-", "--json", str(out)]) == 0
    assert json.loads(out.read_text()) == expected


def test_scores_that_share_nobody_are_refused_at_once(ask: Callable[..., Asked]) -> None:
    start = time.process_time()
    code, answer, said = ask("".join(f"申{i},评{i},{50 + i % 40}\n" for i in range(100_000)))
    assert (code, answer) == (2, {})
    assert said.startswith("scores.csv 的 100000 份评分来自 100000 位专家，各评各的一份：")
    assert time.process_time() - start < 5
    assert ask("甲,一,60\n乙,二,60\n")[0] == 0  # equal: nothing to tell apart
    assert ask("甲,一,60\n乙,一,70\n")[0] == 0
    assert ask("甲,一,60\n甲,二,70\n")[0] == 0


def test_equal_scores_are_told(ask: Callable[..., Asked]) -> None:
    code, answer, _ = ask("甲,一,80\n乙,一,80\n", "--most", "1")
    assert code == 0
    assert answer["notes"] == ["全部评分相同，分不出高下：名次只按编号排列，进入前列的概率人人相同。"]
    assert [a["p_in"] for a in answer["applications"]] == [0.5, 0.5]


def test_fewer_applications_than_places_are_told(ask: Callable[..., Asked]) -> None:
    _, answer, _ = ask(TWO_PARTS)
    assert "申报书只有 3 份，不多于前 105 名，因此人人都在其中，p_in 均为 1。" in answer["notes"]
    assert [a["p_in"] for a in answer["applications"]] == [1, 1, 1]


def test_a_tie_at_the_cut_is_told(ask: Callable[..., Asked]) -> None:
    rows = "".join(f"申{i},评{j},{70 + 3 * j + (9 if i == 2 else 0)}\n" for i in range(4) for j in range(3))
    _, answer, _ = ask(rows, "--most", "2")
    assert "第 2 名“申0”与第 3 名“申1”校准分相同，先后只按编号。" in answer["notes"]


def test_csv_with_bom_quotes_blank_lines_and_windows_line_ends_and_jsonl_say_the_same(
    ask: Callable[..., Asked],
) -> None:
    _, plain, _ = ask(TWO_PARTS, "--most", "1")
    lines = TWO_PARTS.splitlines()
    windows = "\ufeff" + "\r\n\r\n".join(",".join(f' "{c}" ' for c in line.split(",")) for line in lines)
    assert ask(windows, "--most", "1")[1] == plain
    objects = [dict(zip(("application", "reviewer", "score"), line.split(","), strict=True)) for line in lines]
    jsonl = "\n".join(json.dumps(o | {"score": float(o["score"])}, ensure_ascii=False) for o in objects)
    assert ask("\n" + jsonl, "--most", "1")[1] == plain
    assert ask("\n".join(reversed(lines)), "--most", "1")[1] == plain


def test_another_scale_of_scores_is_an_option(ask: Callable[..., Asked]) -> None:
    code, answer, _ = ask("甲,一,-2\n甲,二,3\n乙,一,5\n", "--least", "-5", "--top", "5", "--most", "1")
    assert code == 0
    assert [a["id"] for a in answer["applications"]] == ["乙", "甲"]


def test_the_count_of_differing_reviews_and_the_seed_are_options(ask: Callable[..., Asked]) -> None:
    _, first, _ = ask(many(), "--differ", "3", "--seed", "1")
    _, second, _ = ask(many(), "--differ", "3", "--seed", "2")
    assert len(first["differ"]) == 3
    assert [a["worth"] for a in first["applications"]] == [a["worth"] for a in second["applications"]]
    assert [a["p_in"] for a in first["applications"]] != [a["p_in"] for a in second["applications"]]


def test_standard_output_takes_the_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "scores.csv"
    source.write_text(TWO_PARTS)
    assert main(["calibrate", str(source), "--json", "-", "--most", "1"]) == 0
    assert set(json.loads(capsys.readouterr().out)) == {"applications", "reviewers", "differ", "model", "notes"}


def test_the_answer_is_the_same_to_the_byte_whatever_the_hash_seed_and_the_threads(tmp_path: Path) -> None:
    source = tmp_path / "scores.csv"
    source.write_text(many())
    said = []
    for seed, threads in (("1", "1"), ("2", "2")):
        out = tmp_path / f"{seed}.json"
        subprocess.run(
            [sys.executable, "-m", "ketuan", "calibrate", str(source), "--json", str(out)],
            env=os.environ
            | {"PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": threads, "PYTHONPATH": os.pathsep.join(sys.path)},
            check=True,
            capture_output=True,
        )
        said.append(out.read_bytes())
    assert said[0] == said[1]


def test_the_schemas_of_both_files_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["calibrate", "--schema"])
    assert stop.value.code == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["scores", "out"]
    assert printed["scores"]["required"] == ["application", "reviewer", "score"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "没有这个文件：scores.csv"),
        (b"", "scores.csv 是空的，至少要有一行。"),
        (b"\xef\xbb\xbf\r\n \n", "scores.csv 是空的，至少要有一行。"),
        (
            "申报书,专家,分数\n甲,一,3\n",
            "scores.csv 第 1 行：分数应为数字，现为“分数”。第 1 行若是标题，请删去：文件不用标题行。",
        ),
        ("甲,一,3\n乙,一\n", "scores.csv 第 2 行：应为 3 栏“申报书,专家,分数”，现为 2 栏。"),
        ("甲,一,3,4\n", "scores.csv 第 1 行：应为 3 栏“申报书,专家,分数”，现为 4 栏。"),
        (
            "甲，一，3\n",
            "scores.csv 第 1 行：应为 3 栏“申报书,专家,分数”，现为 1 栏。分隔应用英文逗号“,”，不用中文逗号“，”。",
        ),
        ("甲\t一\t3\n", "scores.csv 第 1 行：应为 3 栏“申报书,专家,分数”，现为 1 栏。分隔应用英文逗号“,”。"),
        (",一,3\n", "scores.csv 第 1 行：申报书编号不能为空。"),
        ("甲, ,3\n", "scores.csv 第 1 行：专家编号不能为空。"),
        ("甲,一,\n", "scores.csv 第 1 行：分数不能为空；没有评的不要写这一行。"),
        ("甲,一,3\n\n乙,一,nan\n", "scores.csv 第 3 行：分数应为数字，现为“nan”。"),
        ("甲,一,inf\n", "scores.csv 第 1 行：分数应为数字，现为“inf”。第 1 行若是标题，请删去：文件不用标题行。"),
        ("甲,一,3\n乙,一,１２\n", "scores.csv 第 2 行：分数应为数字，现为“１２”。"),
        (
            "甲,一,1e400\n",
            "scores.csv 第 1 行：评分 inf 不在 0 到 100 之间。若评分用别的分制，请用 --least、--top 写明。",
        ),
        (
            "甲,一,-1\n",
            "scores.csv 第 1 行：评分 -1 不在 0 到 100 之间。若评分用别的分制，请用 --least、--top 写明。",
        ),
        (
            "甲,一,3\n乙,一,3\n甲,一,4\n",
            "scores.csv 第 3 行：申报书“甲”、专家“一”的评分在第 1 行已经有了，同一位专家对同一份申报书只能有一个评分。",
        ),
        ("甲\x00,一,3\n", "scores.csv 第 1 行：申报书编号含有不能显示的字符，请改正。"),
        ("甲,一,3\n".encode("gbk"), "scores.csv 第 1 行不是 UTF-8 文字，请另存为“CSV UTF-8”。"),
        ("甲" * 6_000_000, "scores.csv 第 1 行超过 16 MB，应为每行一份评分。"),
        ('{"application": "甲", "reviewer": "一"}\n', "scores.csv 第 1 行：“score”缺少这一项。"),
        ('{"application": "甲", "reviewer": "一", "score": "3"}\n', "scores.csv 第 1 行：“score”应为数字。"),
        ('{"application": "甲", "reviewer": "一", "score": true}\n', "scores.csv 第 1 行：“score”应为数字。"),
        ('{"application": "甲", "reviewer": "一", "score": NaN}\n', "scores.csv 第 1 行：“score”应为有限的数字。"),
        ('{"application": 1, "reviewer": "一", "score": 3}\n', "scores.csv 第 1 行：“application”应为文字（加引号）。"),
        ('{"application": " ", "reviewer": "一", "score": 3}\n', "scores.csv 第 1 行：申报书编号不能为空。"),
        (
            '{"application": "甲,乙", "reviewer": "一", "score": 3}\n',
            "scores.csv 第 1 行：申报书编号“甲,乙”不能含有逗号。",
        ),
    ],
)
def test_a_wrong_file_is_refused_with_its_place(ask: Callable[..., Asked], text: str | bytes | None, said: str) -> None:
    assert ask(text) == (2, {}, said + "\n")


@pytest.mark.parametrize(
    "text",
    ['{"application": "甲", \n', '{"application": "甲", "reviewer": "一", "score": 3, "name": 1}\n', "{}{}\n", "{\n"],
)
def test_a_line_that_is_no_row_is_refused_with_its_place(ask: Callable[..., Asked], text: str) -> None:
    code, answer, said = ask(text)
    assert (code, answer, said.split("：")[0]) == (2, {}, "scores.csv 第 1 行")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--least", "5", "--top", "5"], "评分的下限 5 应小于上限 5，请核对 --least 和 --top。\n"),
        (["--top", "nan"], "参数 --top 应为数字，不是“nan”。\n"),
        (["--most", "0"], "参数 --most 应为不小于 1 的整数，不是“0”。\n"),
        (["--most", "1.5"], "参数 --most 应为不小于 1 的整数，不是“1.5”。\n"),
        (["--seed", "99999999999"], "参数 --seed 最大是 999999999，不能是“99999999999”。\n"),
        (["--seed", "-1"], "参数 --seed 应为不小于 0 的整数，不是“-1”。\n"),
    ],
)
def test_a_wrong_option_is_refused(ask: Callable[..., Asked], options: list[str], said: str) -> None:
    assert ask(TWO_PARTS, *options) == (2, {}, said)


def test_a_call_that_is_not_there_is_refused(ask: Callable[..., Asked]) -> None:
    code, answer, said = ask(TWO_PARTS, "--call", "1066")
    assert (code, answer) == (2, {})
    assert "1066" in said


def test_a_folder_that_is_not_there_is_told_before_the_work(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "scores.csv", tmp_path / "none" / "out.json"
    source.write_text(TWO_PARTS)
    assert main(["calibrate", str(source), "--json", str(out)]) == 2
    assert capsys.readouterr().err == f"没有这个文件夹，写不了 {out}\n"
