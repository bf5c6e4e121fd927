"""``ketuan assign`` on real files: what it writes, what it says, and what it refuses."""

from __future__ import annotations

import csv
import json
import os
from fractions import Fraction
from pathlib import Path

import pytest

from ketuan.cli.main import main


class Desk:
    """A folder with three papers, three reviewers and one conflict; a test changes what it is about."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.put("scores.csv", "0,0,0.9\n0,1,0.5\n0,2,0.1\n1,0,0.8\n1,1,0.7\n1,2,0.25\n2,0,1\n2,1,0\n2,2,0.3\n")
        self.put("coi.csv", "2,0\n")
        self.put(
            "limits.csv", "paper,0,1,2\npaper,1,1,2\npaper,2,1,2\nreviewer,0,0,1\nreviewer,1,0,2\nreviewer,2,0,1\n"
        )

    def put(self, name: str, text: str | bytes) -> Path:
        path = self.home / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def run(self, *more: str, goal: str = "total") -> int:
        files = {"--conflicts": "coi.csv", "--limits": "limits.csv", "--out": "out.csv"}
        named = [part for option, name in files.items() for part in (option, str(self.home / name))]
        return main(["assign", str(self.home / "scores.csv"), *named, *(["--goal", goal] if goal else []), *more])

    def at(self, name: str) -> str:
        return str(self.home / name)

    @property
    def out(self) -> str:
        return (self.home / "out.csv").read_text()


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_the_best_total_is_written_sorted_and_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run() == 0
    assert desk.out == "0,0\n0,1\n1,1\n2,2\n"
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "总分 2.4000，已证明的上界 2.4000，差距 0.0000（0.0000%）"
    assert lines[1].startswith("CPU ")
    assert len(lines) == 2


def test_fair_is_the_default_and_tells_the_worst_tenth(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    scores, coi, limits, out = map(desk.at, ("scores.csv", "coi.csv", "limits.csv", "out.csv"))
    assert main(["assign", scores, "--conflicts", coi, "--limits", limits, "--out", out]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines[1].startswith("最差的十分之一平均 0.300000，已证明的上界 0.30")
    assert [line[:2] for line in lines] == ["总分", "最差", "CP"]


def test_an_outsider_can_check_the_proof_with_csv_and_fractions(desk: Desk) -> None:
    assert desk.run("--proof", desk.at("proof.json")) == 0
    proof = json.loads((desk.home / "proof.json").read_text())
    part, scale = proof["total"], proof["scale"]
    limits = {
        (row[0], int(row[1])): (int(row[2]), int(row[3]))
        for row in csv.reader((desk.home / "limits.csv").read_text().splitlines())
    }
    forbidden = {tuple(map(int, row)) for row in csv.reader((desk.home / "coi.csv").read_text().splitlines())}
    top = Fraction(0)
    for side, prices in (("paper", part["papers"]), ("reviewer", part["reviewers"])):
        top += sum(max(price * end for end in limits[side, i]) for i, price in enumerate(prices))
    for row in csv.reader((desk.home / "scores.csv").read_text().splitlines()):
        p, r = int(row[0]), int(row[1])
        if (p, r) not in forbidden:
            top += max(0, Fraction(row[2]) * scale - part["papers"][p] - part["reviewers"][r])
    assert top == part["bound"] == proof["value"] == Fraction("2.4") * scale


@pytest.mark.parametrize("goal", ["total", "fair", "random"])
def test_what_was_written_verifies(desk: Desk, capsys: pytest.CaptureFixture[str], goal: str) -> None:
    assert desk.run("--proof", desk.at("proof.json"), goal=goal) == 0
    assert desk.run("--proof", desk.at("proof.json"), "--verify") == 0
    said = capsys.readouterr().err
    assert "成立：全部硬性限制都满足。" in said
    assert ("成立：最差的十分之一" in said) == (goal == "fair")


def test_a_changed_answer_does_not_verify(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.run("--proof", desk.at("proof.json"))
    desk.put("out.csv", "0,0\n1,1\n2,0\n")
    capsys.readouterr()
    assert desk.run("--proof", desk.at("proof.json"), "--verify") == 1
    assert capsys.readouterr().err.splitlines() == [
        "不成立：申报书 2 分给了应回避（或禁止）的专家 0。",
        "不成立：专家 0 评 2 份，应为 0 到 1 份。",
        "不成立：证明写的总分 240 与结果的总分 260 不符（单位同证明）。",
        "不成立：总分 260 高于重算的上界 240，证明有误。",
    ]


def test_a_changed_proof_does_not_verify(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.run("--proof", desk.at("proof.json"))
    proof = json.loads((desk.home / "proof.json").read_text())
    proof["total"]["bound"] = 200
    desk.put("proof.json", json.dumps(proof))
    capsys.readouterr()
    assert desk.run("--proof", desk.at("proof.json"), "--verify") == 1
    assert capsys.readouterr().err == "不成立：证明写的总分上界 200，按其价格重算为 240。\n"


@pytest.mark.parametrize("text", ["{", "[]", '{"format": "x"}', "[" * 100_000])
def test_what_is_no_proof_is_refused(desk: Desk, text: str) -> None:
    desk.run()
    desk.put("proof.json", text)
    assert desk.run("--proof", desk.at("proof.json"), "--verify") == 2


def test_order_marks_and_blank_lines_of_the_files_do_not_matter(desk: Desk) -> None:
    desk.run("--proof", desk.at("a.json"))
    before = desk.out, (desk.home / "a.json").read_bytes()
    rows = (desk.home / "scores.csv").read_text().split()
    desk.put("scores.csv", b"\xef\xbb\xbf" + "\r\n".join(reversed(rows)).encode() + b"\r\n\r\n")
    desk.put("limits.csv", "\r\n".join(reversed((desk.home / "limits.csv").read_text().split())))
    desk.run("--proof", desk.at("b.json"))
    assert (desk.out, (desk.home / "b.json").read_bytes()) == before


def test_numbers_may_be_written_unusually(desk: Desk) -> None:
    desk.run("--proof", desk.at("a.json"))
    desk.put(
        "scores.csv", "0,0, 9e-1\n0,1,.5\n0,2,0.10\n1,0,0.8\n1,1,7E-1\n1,2,0.250000000000\n2,0,1.0\n2,1,0.0\n2,2,0.3\n"
    )
    desk.run("--proof", desk.at("b.json"))
    assert (desk.home / "a.json").read_text() == (desk.home / "b.json").read_text()


def test_a_pair_without_a_score_counts_nothing_but_may_be_used(desk: Desk) -> None:
    desk.put("scores.csv", "0,0,0.5\n")
    desk.put("coi.csv", "")
    assert desk.run() == 0
    assert {line[0] for line in desk.out.split()} == {"0", "1", "2"}


def test_scores_count_to_nine_decimals(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("scores.csv", "0,0,0.12345678949\n1,1,0.1234567895\n2,2,0.3333333333333333\n")
    assert desk.run() == 0
    assert capsys.readouterr().err.startswith("总分 0.580246912，")


def test_limits_that_collide_are_named_and_nothing_is_written(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("coi.csv", "0,1\n0,2\n2,1\n2,2\n")
    assert desk.run() == 1
    assert capsys.readouterr().err.splitlines() == [
        "无法分配：下面这些限制不能同时成立。",
        "  paper：申报书 0、2（共 2 个），各至少 1 位专家",
        "  reviewer：专家 0，至多 1 份",
        "  这些申报书共需 2 人次；上面的专家合计最多 1 人次。",
        "这组限制已缩到最小：逐条试过，去掉其中任何一条，其余就能同时成立。",
        "请放宽其中一条，或减少这些申报书、专家的回避后重试。",
    ]
    assert not (desk.home / "out.csv").exists()


def test_too_little_room_in_all_is_told_in_one_sentence(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("coi.csv", "")
    desk.put("limits.csv", "".join(f"paper,{i},2,3\nreviewer,{i},0,1\n" for i in range(3)))
    assert desk.run() == 1
    assert capsys.readouterr().err.splitlines()[1] == "  全部申报书合计至少 6 人次，全部专家合计最多 3 人次。"


def test_a_paper_with_conflicts_everywhere_is_named(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("coi.csv", "1,0\n1,1\n1,2\n")
    assert desk.run() == 1
    assert capsys.readouterr().err.splitlines()[1:3] == [
        "  paper：申报书 1，至少 1 位专家",
        "  这些申报书共需 1 人次；除回避外，可用的只有 0 人次。",
    ]


def test_units_disciplines_pins_and_bans(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("units.csv", "0,甲学会\n1,甲学会\n2,乙学会\n")
    desk.put("kinds.csv", "paper,1,材料\nreviewer,2,材料\nreviewer,1,机械\n")
    desk.put("pins.csv", "2,1\n")
    desk.put("bans.csv", "0,1\n")
    more = ["--units", desk.at("units.csv"), "--unit-most", "1", "--disciplines", desk.at("kinds.csv")]
    more += ["--pins", desk.at("pins.csv"), "--bans", desk.at("bans.csv"), "--proof", desk.at("proof.json")]
    assert desk.run(*more) == 0
    assert desk.out == "0,0\n1,1\n1,2\n2,1\n"
    assert desk.run(*more, "--verify") == 0
    desk.put("out.csv", "0,0\n1,0\n1,1\n2,2\n")
    capsys.readouterr()
    assert desk.run(*more, "--verify") == 1
    said = capsys.readouterr().err
    for sentence in (
        "申报书 1 有 2 位专家来自“甲学会”，最多 1 位。",
        "申报书 1 没有“材料”学科的专家。",
        "申报书 2 必须分给专家 1，没有分。",
    ):
        assert f"不成立：{sentence}\n" in said


def test_a_discipline_nobody_has_is_told_by_name(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("kinds.csv", "paper,1,航天\n")
    assert desk.run("--disciplines", desk.at("kinds.csv")) == 1
    assert capsys.readouterr().err.splitlines()[1] == "  --disciplines：申报书 1 至少 1 位“航天”学科的专家"


def test_a_cap_tells_what_it_costs(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("limits.csv", "".join(f"paper,{i},1,1\nreviewer,{i},0,2\n" for i in range(3)))
    assert desk.run("--cap", "0.5", "--seed", "4") == 0
    first = desk.out
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("期望 1.600000，已证明任何概率不超过 0.5 的抽签期望不超过 1.600000")
    assert lines[1] == "概率上限的代价：比不设上限的最优总分 2.0000 少 0.400000（20.00%）"
    assert lines[2] == "给了 --cap，按概率抽签，目标是期望总分最高；--goal total 不起作用。"
    assert desk.run("--cap", "0.5", "--seed", "4", goal="") == 0
    assert desk.out == first
    assert "--goal" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("scores.csv", "", "是空的，至少要有一行。"),
        (
            "scores.csv",
            "paper,reviewer,score\n0,0,1\n",
            "第 1 行：序号应为从 0 起的整数，读到“paper,reviewer,score”（文件不要表头）。",
        ),
        ("scores.csv", "0,0,1\n0,1\n", "第 2 行：应为“申报书序号,专家序号,分数”，这一行有 2 项。"),
        ("scores.csv", "0,0,1\n0,1,nan\n", "第 2 行：分数应为 0 到 1 的数，读到“nan”。"),
        ("scores.csv", "0,0,1\n0,1,inf\n", "第 2 行：分数应为 0 到 1 的数，读到“inf”。"),
        ("scores.csv", "0,0,1\n0,1,\n", "第 2 行：分数应为 0 到 1 的数，读到“”。"),
        ("scores.csv", "0,0,1\n0,1,-0.5\n", "第 2 行：分数应在 0 到 1 之间，读到“-0.5”。"),
        ("scores.csv", "0,0,1\n0,1,1.01\n", "第 2 行：分数应在 0 到 1 之间，读到 1.01。"),
        ("scores.csv", "0,0,1\n0,1,77777\n", "第 2 行：分数应在 0 到 1 之间，读到“77777”。"),
        ("scores.csv", "0,0,1\n0.5,1,1\n", "第 2 行：序号应为从 0 起的整数，读到“0.5,1,1”。"),
        ("scores.csv", "0,0,1\n-1,1,1\n", "第 2 行：序号应为从 0 起的整数，读到“-1,1,1”。"),
        ("scores.csv", "0,0,1\n1,1,1\n0,0,1\n", "第 3 行：申报书 0 与专家 0 的分数前面已经有了。"),
        (
            "scores.csv",
            "0,0,1\n3,1,1\n",
            "第 2 行：申报书 3 在上下限文件里没有（只有 0 到 2），请补一行“paper,3,至少,至多”。",
        ),
        (
            "scores.csv",
            "0,7,1\n",
            "第 1 行：评审专家 7 在上下限文件里没有（只有 0 到 2），请补一行“reviewer,7,至少,至多”。",
        ),
        ("scores.csv", b"0,0,1\n0,1,\xff\n", "第 2 行：不是 UTF-8 文字，请另存为 UTF-8 编码。"),
        ("scores.csv", b"0" * 200_000, "第 1 行：这一行太长，应为每行一组用逗号隔开的数。"),
        ("scores.csv", '0,0,1\n"0",1,1\n', '第 2 行：序号应为从 0 起的整数，读到“"0",1,1”。'),
        ("coi.csv", "0,1,1\n", "第 1 行：应为“两个用逗号隔开的序号”，这一行有 3 项。"),
        ("coi.csv", "0;1\n", "第 1 行：应为“两个用逗号隔开的序号”，这一行有 1 项。"),
        ("coi.csv", "0,1\n5,1\n", "第 2 行：申报书 5 在上下限文件里没有（只有 0 到 2），请补一行“paper,5,至少,至多”。"),
        ("limits.csv", "", "是空的，至少要有一行。"),
        ("limits.csv", "paper,0,1,2\n", "没有一行评审专家（reviewer）的上下限。"),
        (
            "limits.csv",
            "paper,0,1,2\npaper,2,1,1\nreviewer,0,0,1\n",
            "缺申报书 1 的上下限：序号应从 0 起连续，请补一行“paper,1,至少,至多”。",
        ),
        ("limits.csv", "paper,0,3,2\n", "第 1 行：申报书 0 的至少 3 大于至多 2。"),
        ("limits.csv", "paper,0,1,2\npaper,0,1,2\n", "第 2 行：申报书 0 的上下限已经写过。"),
        ("limits.csv", "paper,0,1,x\n", "第 1 行：序号、至少、至多应为不小于 0 的整数，读到“paper,0,1,x”。"),
        ("limits.csv", "paper,0,-1,2\n", "第 1 行：序号、至少、至多应为不小于 0 的整数，读到“paper,0,-1,2”。"),
        ("limits.csv", "pager,0,1,2\n", "第 1 行：应为“paper,序号,至少,至多”或“reviewer,序号,至少,至多”。"),
        ("scores.csv", "0,0,1.0000001\n", "第 1 行：分数应在 0 到 1 之间，读到 1.0000001。"),
        ("scores.csv", "0,0,0.5\n" + "1" * 2_000_000, "第 2 行：这一行太长，应为每行一组用逗号隔开的数。"),
        ("limits.csv", b"paper,0,\xff,2\n", "第 1 行：不是 UTF-8 文字，请另存为 UTF-8 编码。"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    desk: Desk, capsys: pytest.CaptureFixture[str], file: str, text: str | bytes, says: str
) -> None:
    path = desk.put(file, text)
    assert desk.run() == 2
    said = capsys.readouterr().err
    assert said.startswith(str(path))
    assert said.removeprefix(str(path)).removeprefix("：").strip() == says
    assert not (desk.home / "out.csv").exists()


@pytest.mark.parametrize(
    ("option", "text", "says"),
    [
        ("--units", "9,甲学会\n", "第 1 行：专家 9 在上下限文件里没有（只有 0 到 2）。"),
        ("--units", "0\n", "第 1 行：应为“专家序号,单位”。"),
        ("--units", "0,甲学会\n0,乙学会\n", "第 2 行：专家 0 的单位已经写过。"),
        ("--disciplines", "paper,0\n", "第 1 行：应为“paper,序号,学科”或“reviewer,序号,学科”。"),
        ("--disciplines", "paper,x,材料\n", "第 1 行：申报书序号应为从 0 起的整数，读到“x”。"),
        ("--pins", "2,0\n", "：申报书 2 与专家 0 要求必须分配，却在回避或禁止之列，请去掉其中一处。"),
    ],
)
def test_wrong_extra_files_are_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], option: str, text: str, says: str
) -> None:
    path = desk.put("more.csv", text)
    assert desk.run(option, str(path), *(["--unit-most", "1"] if option == "--units" else [])) == 2
    assert capsys.readouterr().err.removeprefix(str(path)).strip() == says


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--unit-most", "2"), "--units 与 --unit-most 要同时给出。"),
        (("--cap", "0.5", "--proof", "p.json"), "--cap 的结果是抽签得到的，没有可写出的证明，请去掉 --proof。"),
        (("--out", "-", "--verify"), "--verify 要读 --out 的文件，不能是“-”。"),
        (("--proof", "/没有/p.json"), "没有这个文件夹，写不了 /没有/p.json"),
        (("--conflicts", "没有.csv"), "没有这个文件：没有.csv"),
    ],
)
def test_options_that_do_not_agree_are_refused(
    desk: Desk, capsys: pytest.CaptureFixture[str], more: tuple[str, ...], says: str
) -> None:
    assert desk.run(*more) == 2
    assert capsys.readouterr().err == f"{says}\n"


@pytest.mark.parametrize(
    "more",
    [
        ("--cap", "2"),
        ("--cap", "x"),
        ("--cap", "1e999999999"),
        ("--cap", "1e-9"),
        ("--seed", "-1"),
        ("--seed", "x"),
        ("--unit-most", "0"),
        ("--goal", "best"),
    ],
)
def test_options_out_of_range_are_refused(desk: Desk, more: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as stopped:
        desk.run(*more)
    assert stopped.value.code == 2


def test_a_cap_that_collides_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert desk.run("--cap", "1/4") == 1
    said = capsys.readouterr().err
    assert "  （--cap 也计算在内：任何一对的概率不超过 0.25，放宽它也是一个办法）\n" in said
    assert "人次" not in said


def test_a_fair_answer_with_too_small_a_sum_does_not_verify(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the value nor the target of the proof may be lowered to make it so."""
    assert desk.run("--proof", desk.at("proof.json"), goal="fair") == 0
    proof = json.loads((desk.home / "proof.json").read_text())
    desk.put("out.csv", "0,2\n1,1\n2,1\n")
    part, scale = proof["worst"], proof["scale"]
    proof["value"] = 4 * scale // 5
    least = Fraction(*part["bound"]) * sum(part["y"]) * scale + part["lambda"] * part["target"]
    part["target"] = 0
    worst = least / (sum(part["y"]) * scale)
    part["bound"] = [worst.numerator, worst.denominator]
    desk.put("proof.json", json.dumps(proof))
    capsys.readouterr()
    assert desk.run("--proof", desk.at("proof.json"), "--verify", goal="fair") == 1
    assert [line[:4] for line in capsys.readouterr().err.splitlines()] == ["不成立："]


def test_what_may_take_any_number_of_reviews_is_counted_by_the_reviewers_there_are(desk: Desk) -> None:
    desk.put(
        "limits.csv",
        "paper,0,0,20000\npaper,1,0,30000\npaper,2,0,999999999\nreviewer,0,0,9\nreviewer,1,0,9\nreviewer,2,0,999999999\n",
    )
    assert desk.run("--proof", desk.at("proof.json"), goal="fair") == 0
    assert desk.out == "0,0\n0,1\n0,2\n1,0\n1,1\n1,2\n2,2\n"
    assert desk.run("--proof", desk.at("proof.json"), "--verify", goal="fair") == 0


CROSSED = "".join(f"paper,{p},{k}\n" for p in (0, 1) for k in "甲乙丙") + "".join(
    f"reviewer,{r},{k}\n" for r, two in enumerate(("甲丙", "甲乙", "乙丙")) for k in two
)
"""Each paper needs two of the three reviewers, though one and a half would do in fractions."""


def test_disciplines_that_cross_collide_with_limits_that_are_told(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.put("kinds.csv", CROSSED)
    desk.put("coi.csv", "")
    desk.put("limits.csv", "paper,0,0,2\npaper,1,0,2\npaper,2,0,0\nreviewer,0,0,1\nreviewer,1,0,1\nreviewer,2,0,1\n")
    assert desk.run("--disciplines", desk.at("kinds.csv")) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[1] == "  reviewer：专家 0—2（共 3 个），各至多 1 份"
    assert len(lines) == 10
    assert lines[-2].startswith("这组限制已缩到最小")


def test_a_sum_that_crossing_disciplines_leave_unproven_is_told(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    desk.put("kinds.csv", CROSSED)
    desk.put("coi.csv", "")
    desk.put("scores.csv", "0,3,1\n1,3,1\n")
    desk.put("limits.csv", "paper,0,2,2\npaper,1,2,2\n" + "".join(f"reviewer,{r},0,2\n" for r in range(4)))
    more = ["--disciplines", desk.at("kinds.csv"), "--proof", desk.at("proof.json")]
    assert desk.run(*more, goal="fair") == 0
    assert capsys.readouterr().err.startswith("总分 0.000000，已证明的上界 1.000000，差距 1.000000")
    assert desk.run(*more, "--verify", goal="fair") == 0
    assert "未证明：总分不低于最优的 99%" in capsys.readouterr().err


def test_a_pipe_and_a_link_stay_what_they_are(desk: Desk) -> None:
    pipe, link = desk.home / "pipe", desk.home / "link.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    link.symlink_to("real.csv")
    try:
        assert desk.run("--out", str(pipe)) == 0
        assert os.read(reader, 1000) == b"0,0\n0,1\n1,1\n2,2\n"
    finally:
        os.close(reader)
    assert pipe.is_fifo()
    assert desk.run("--out", str(link)) == 0
    assert link.is_symlink()
    assert (desk.home / "real.csv").read_text() == "0,0\n0,1\n1,1\n2,2\n"


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["assign", "--schema"])
    assert stopped.value.code == 0
    schema = json.loads(capsys.readouterr().out)
    assert list(schema) == ["scores", "conflicts", "limits", "units", "disciplines", "out", "proof"]


def test_blocks_of_a_large_file_are_joined(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    """Some megabytes, so that lines fall across blocks; the wrong line is told by its number."""
    papers, reviewers = 700, 300
    lines = [f"{p},{r},{(p * 31 + r * 17) % 1000 / 1000}" for p in range(papers) for r in range(reviewers)]
    desk.put("scores.csv", "\n".join(lines))
    desk.put(
        "limits.csv",
        "".join(f"paper,{p},3,3\n" for p in range(papers)) + "".join(f"reviewer,{r},0,8\n" for r in range(300)),
    )
    assert desk.run("--proof", desk.at("proof.json")) == 0
    assert desk.run("--proof", desk.at("proof.json"), "--verify") == 0
    lines[200_000] = lines[0]
    desk.put("scores.csv", "\n".join(lines))
    capsys.readouterr()
    assert desk.run() == 2
    assert capsys.readouterr().err == f"{desk.at('scores.csv')} 第 200001 行：申报书 0 与专家 0 的分数前面已经有了。\n"
