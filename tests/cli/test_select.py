"""``ketuan select`` through the door: files, options, exit status, the numbers of the call, the check of an answer."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import pytest

from ketuan.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
FICTION = ROOT / "tests/rules/calls/2099.toml"

Rows = list[dict[str, Any]]


def row(number: int, score: float, society: str = "甲学会", **more: Any) -> dict[str, Any]:
    plain = {"id": f"t{number}", "score": score, "society": society, "province": "东省", "field": "钢铁"}
    return {**plain, "amount": 50_000_000, **more}


def written(path: Path, lines: Rows) -> Path:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    return path


@pytest.fixture
def select(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, dict[str, Any], str]]:
    def run(lines: Rows | Path, *options: str) -> tuple[int, dict[str, Any], str]:
        file = lines if isinstance(lines, Path) else written(tmp_path / "in.jsonl", lines)
        out = tmp_path / "out.json"
        out.unlink(missing_ok=True)
        status = main(["select", str(file), "--json", str(out), *options])
        shown = json.loads(out.read_text(encoding="utf-8")) if out.exists() else {}
        return status, shown, capsys.readouterr().err

    return run


Select = Callable[..., tuple[int, dict[str, Any], str]]


def test_the_answer_has_the_keys_of_the_page(select: Select) -> None:
    status, shown, _ = select([row(1, 90), row(2, 80)], "--most", "1")
    assert status == 0
    assert list(shown) == [
        *("call", "possible", "settings", "unit", "chosen", "value", "bound", "gap", "lp_bound"),
        *("first_of_equals", "proof", "binding", "scores", "left_out", "notes"),
    ]
    assert (shown["chosen"], shown["value"], shown["bound"], shown["gap"]) == (["t1"], 90, 90, 0)
    assert shown["binding"] == [
        {
            "kind": "awards",
            "of": "",
            "name": "立项总数",
            "used": 1,
            "least": None,
            "most": 1,
            "price": shown["binding"][0]["price"],
        }
    ]
    assert 80 <= shown["binding"][0]["price"] <= 90
    [left] = shown["left_out"]
    assert (left["id"], left["needed"], left["exact"], left["leaves"]) == ("t2", 10, True, ["t1"])
    assert left["raise"] == [{"kind": "awards", "of": "", "name": "立项总数", "by": 1}]


def test_applications_may_come_from_standard_input(
    select: Select, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [row(number, number / 10) for number in range(4)]
    _, expected, _ = select(lines, "--most", "2")
    text = (tmp_path / "in.jsonl").read_bytes()
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(text)))
    status, found, _ = select(Path("-"), "--most", "2")
    assert (status, found) == (0, expected)


def test_the_numbers_come_from_the_call(select: Select, tmp_path: Path) -> None:
    lines = [row(i, 200 - i, f"学会{i // 6}", amount=30_000_000) for i in range(120)]
    _, shown, _ = select(lines)
    assert (len(shown["chosen"]), shown["settings"]["grant"]) == (100, 80_000_000)  # 20 societies, 5 each
    fiction = tmp_path / "2099.toml"
    shutil.copytree(FICTION.parent, tmp_path, dirs_exist_ok=True)
    _, shown, _ = select(lines, "--call", str(fiction))
    told = shown["settings"]
    assert (told["awards"], told["per_society"], told["grant"]) == (7, 3, 33_500_000)
    assert shown["chosen"] == ["t0", "t1", "t12", "t2", "t6", "t7", "t8"]
    fiction.write_text(
        fiction.read_text(encoding="utf-8").replace("awards = { value = 7", "awards = { value = 4"), "utf-8"
    )
    assert select(lines, "--call", str(fiction))[1]["chosen"] == ["t0", "t1", "t2", "t6"]


def test_options_go_before_the_call(select: Select) -> None:
    lines = [row(i, 90 - i, amount=90_000_000) for i in range(8)]
    assert select(lines)[1]["chosen"] == []  # over the most money of one award
    _, shown, _ = select(lines, "--grant", "none", "--most", "3")
    assert shown["chosen"] == ["t0", "t1", "t2"]
    _, shown, _ = select(lines, "--grant", "90万元", "--per-society", "none", "--budget", "1800000.00元")
    assert shown["chosen"] == ["t0", "t1"]
    assert shown["settings"]["budget"] == 180_000_000


def test_what_the_call_leaves_open_is_said(select: Select) -> None:
    _, shown, err = select([row(1, 90)])
    assert shown["notes"][0] == "通知没有规定经费总额，未加限制；可用 --budget 指定。"
    assert all(note in err for note in shown["notes"])
    assert select([row(1, 90)], "--budget", "80万元", "--weight", "emerging=1", "--per-society", "2")[1]["notes"] == []


def test_provinces_fields_and_classes_have_their_least_and_most(select: Select) -> None:
    lines = [row(1, 90), row(2, 80), row(3, 10, province="西省"), row(4, 70, field="生物", **{"class": "A"})]
    assert select(lines, "--most", "2", "--province", "西省=1..")[1]["chosen"] == ["t1", "t3"]
    assert select(lines, "--most", "2", "--per-province", "..1")[1]["chosen"] == ["t1", "t3"]
    assert select(lines, "--field", "钢铁=..1")[1]["chosen"] == ["t1", "t4"]
    assert select(lines, "--per-field", "1..", "--most", "2")[1]["chosen"] == ["t1", "t4"]
    assert select(lines, "--class", "A=0..0", "--per-class", "1..1")[1]["chosen"] == ["t1", "t2", "t3"]


def test_preferences_add_visible_points(select: Select) -> None:
    lines = [row(1, 90), row(2, 89.5, emerging=True), row(3, 89.75, local=True)]
    _, shown, _ = select(lines, "--most", "1", "--weight", "emerging=0.75", "--weight", "local=0.25")
    assert shown["scores"] == [{"id": "t2", "score": 89.5, "bonus": 0.75, "total": 90.25}]
    assert [(r["id"], r["bonus"], r["total"]) for r in shown["left_out"]] == [("t1", 0, 90), ("t3", 0.25, 90)]


def test_forcing_tells_what_it_costs(select: Select) -> None:
    lines = [row(1, 90), row(2, 80), row(3, 70)]
    _, shown, err = select(lines, "--most", "1", "--force", "t3")
    assert shown["chosen"] == ["t3"]
    assert shown["changed"] == {"possible": True, "value": 90, "loss": 20, "joins": ["t3"], "leaves": ["t1"]}
    assert "与不指定相比：总分少 20；进：t3；退：t1" in err
    assert select(lines, "--most", "1", "--without", "t1")[1]["chosen"] == ["t2"]


def test_limits_that_collide_are_named(select: Select) -> None:
    lines = [row(1, 90), row(2, 80), row(3, 10, province="西省")]
    status, shown, err = select(lines, "--per-society", "1", "--per-province", "1..")
    assert (status, shown["possible"]) == (1, False)
    says = [demand["says"] for demand in shown["collision"]]
    assert says == [
        "省份“东省”的名额至少 1 个（申报 2 个）",
        "省份“西省”的名额至少 1 个（申报 1 个）",
        "学会“甲学会”的名额不超过 1 个",
    ]
    assert all(text in err for text in says)


def test_a_province_nobody_applied_from_cannot_be_filled(select: Select) -> None:
    status, shown, _ = select([row(1, 90)], "--province", "北省=1..2")
    assert (status, [d["says"] for d in shown["collision"]]) == (1, ["省份“北省”的名额至少 1 个（申报 0 个）"])


def test_an_answer_can_be_checked_and_a_tampered_one_fails(select: Select, tmp_path: Path, capsys: Any) -> None:
    lines = [row(i, 60 + i * 7 % 31 / 4, f"学会{i // 4}", amount=(40 + i * 11 % 37) * 10**6) for i in range(20)]
    options = ("--budget", "400万元", "--per-society", "2")
    assert select(lines, *options)[0] == 0
    file, out = tmp_path / "in.jsonl", tmp_path / "out.json"
    check = ["select", str(file), "--json", str(out), "--verify"]
    assert main([*check, *options]) == 0
    assert "影子价格证明：没有总分更高的名单。" in capsys.readouterr().err
    assert main([*check, "--budget", "401万元", "--per-society", "2"]) == 1  # another question
    assert "这次核验用的是 401000000" in capsys.readouterr().err
    shown = json.loads(out.read_text(encoding="utf-8"))
    shown["chosen"][0] = shown["left_out"][0]["id"]
    out.write_text(json.dumps(shown), encoding="utf-8")
    assert main([*check, *options]) == 1
    assert "核验不通过" in capsys.readouterr().err
    out.write_text("[1", encoding="utf-8")
    assert main([*check, *options]) == 2


def test_above_a_thousand_only_those_asked_for_are_decided_again(select: Select) -> None:
    lines = [
        row(i, 60 + i * 7919 % 3001 / 100, f"学会{i // 5}", amount=(40 + i * 11 % 37) * 10**6) for i in range(1001)
    ]
    options = ("--most", "20", "--budget", "1100万元")
    _, shown, _ = select(lines, *options)
    open_ = [left["id"] for left in shown["left_out"] if not left["exact"]]
    assert open_
    assert all(left["at_least"] <= left["needed"] for left in shown["left_out"] if left["needed"] is not None)
    _, again, _ = select(lines, *options, "--explain", open_[0])
    [asked] = [left for left in again["left_out"] if left["id"] == open_[0]]
    assert asked["exact"] is True


def test_the_order_of_the_lines_does_not_matter(select: Select) -> None:
    lines = [row(i, 60 + i % 3, f"学会{i % 4}", amount=(40 + i * 11 % 37) * 10**6) for i in range(12)]
    assert select(lines, "--budget", "300万元")[1] == select(lines[::-1], "--budget", "300万元")[1]


BAD: dict[str, tuple[Rows, tuple[str, ...], str]] = {
    "no score": (
        [{"id": "t1", "society": "甲", "province": "东", "field": "", "amount": 1}],
        (),
        "第 1 行：“score”缺少这一项",
    ),
    "a negative score": ([row(1, -1)], (), "第 1 行：“score”不能小于 0"),
    "a score in quotes": ([{**row(1, 1), "score": "90"}], (), "“score”应为数字"),
    "half a 分": ([row(1, 1, amount=1.5)], (), "“amount”应为整数"),
    "too much money": ([row(1, 1, amount=10**12)], (), "“amount”不能大于"),
    "an id twice": ([row(1, 1), row(1, 2)], (), "第 2 行：编号“t1”在第 1 行已经有了"),
    "an unknown neighbour": ([row(1, 1), row(2, 1, excludes=["t9"])], (), "第 2 行：“excludes”里的编号“t9”不在文件里"),
    "its own neighbour": ([row(1, 1, excludes=["t1"])], (), "第 1 行：“excludes”里是它自己的编号"),
    "emerging as a word": ([row(1, 1, emerging="是")], (), "“emerging”应为 true 或 false"),
    "an unknown call": ([row(1, 1)], ("--call", "1999"), "没有找到申报通知“1999”"),
    "forcing a stranger": ([row(1, 1)], ("--force", "t9"), "--force 的编号“t9”不在"),
    "explaining a stranger": ([row(1, 1)], ("--explain", "t9"), "--explain 的编号“t9”不在"),
}


@pytest.mark.parametrize("what", BAD)
def test_what_is_wrong_is_named_and_nothing_is_written(what: str, select: Select) -> None:
    lines, options, said = BAD[what]
    status, shown, err = select(lines, *options)
    assert (status, shown) == (2, {})
    assert said in err


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "是空的"),
        (b"\xff\xfe", "不是 UTF-8"),
        (b"{", "不是合格的 JSON"),
        (b'{"id":"a","score":NaN,"society":"b","province":"","field":"","amount":1}', "“score”应为有限的数字"),
        (b'{"id":"a","score":1e999,"society":"b","province":"","field":"","amount":1}', "“score”"),
    ],
)
def test_files_that_are_no_applications(raw: bytes, said: str, select: Select, tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(raw)
    status, shown, err = select(file)
    assert (status, shown) == (2, {})
    assert said in err


@pytest.mark.parametrize(
    "option",
    ["--most=x", "--budget=1.5", "--per-province=3..1", "--province=1..2", "--weight=other=1", "--weight=emerging=-1"],
)
def test_an_option_that_cannot_be_understood_is_refused(option: str, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["select", str(written(tmp_path / "in.jsonl", [row(1, 1)])), option])
    assert stopped.value.code == 2


def test_byte_order_mark_windows_line_ends_whole_floats_and_foreign_fields_are_accepted(
    select: Select, tmp_path: Path
) -> None:
    file = tmp_path / "in.jsonl"
    line = json.dumps({**row(1, 90, amount=5e7), "title": "示例"}, ensure_ascii=False)
    file.write_bytes(b"\xef\xbb\xbf" + line.encode() + b"\r\n\r\n")
    status, shown, err = select(file)
    assert (status, shown["chosen"]) == (0, ["t1"])
    assert "这些字段没有用到：title" in err


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["select", "--schema"])
    schemas = json.loads(capsys.readouterr().out)
    assert list(schemas) == ["applications", "out"]
    assert {"id", "score", "society", "province", "field", "amount"} <= set(schemas["applications"]["required"])
