"""What the terminal shows: readable, within its width, harmless, and the long story only where something is to be mended."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from tests.documents.sample_result import CLAUSES, EMPTY, FILL, ROWS, TICK, A, B, blank, many, overlaps, sample

from ketuan.cli.terminal import colour_wanted, show


def lines(result: dict[str, Any] | None = None, *, width: int = 100, colour: bool = False) -> list[str]:
    return show(result or sample(), CLAUSES, width=width, colour=colour).splitlines()


def joined(text: str) -> str:
    """The text without the breaks and indents the width has brought in."""
    return re.sub(r"\s+", "", text)


def test_a_file_is_told_as_header_findings_and_clauses() -> None:
    assert lines(width=200)[:7] == [
        f"✗ {A} · “科创中国”钠离子储能电池科技服务团 · 须修改 · 必须修改 3 · 建议核对 2 · 提示 1 · 跨申报书 5",
        "  ✗ 必须修改 申请中国科协项目经费超出 3.00 万元。",
        "      位置  九、经费预算 · 第3个表第31行",
        "      现为  83.00 万元",
        "      应为  不超过 80.00 万元",
        "      改法  把申请经费减到 80.00 万元以内，支出预算表同步调减。",
        "      依据  通知 二.2：申请中国科协的经费每个项目不超过 80 万元。",
    ]


def test_empty_cells_are_one_block_with_a_line_a_place() -> None:
    assert lines(blank())[1:14] == [
        "  ✗ 必须修改 6 栏没有填写",
        f"      改法  {FILL}",
        f"      依据  附件3 填报说明1：{CLAUSES['附件3 填报说明1']}",
        "      封面",
        "        联系人            第2个表第3行第2格",
        "        手机              第2个表第4行第2格",
        "      一、项目申报单位基本情况",
        "        负责人 · 姓名     第3个表第5行第3格",
        "      二、项目基本信息",
        "        拟重点服务的示范市和试点城市（园区）、以及该产业链在省内布局的其他城市  第3个表第20行第2格",
        "      三、立项依据和目的  第3个表第23行第1格",
        "      重点产业链发展难题和重大产业共性技术问题基本情况表 · 第1张表",
        "        提出单位          第4个表第2行第2格",
    ]


def test_no_fix_and_no_sentence_of_a_clause_is_told_twice_in_a_file() -> None:
    told = joined("".join(lines(blank(), width=5000)))
    sentences = [CLAUSES["附件3 填报说明1"], CLAUSES["附件3 附件"]]
    assert [told.count(joined(text)) for text in (FILL, ROWS, TICK, *sentences)] == [1, 1, 1, 1, 1]
    assert told.count("附件3填报说明1（见上）") == 1
    assert [told.count(cell) for cell in EMPTY.values()] == [1] * 6


def test_a_fix_that_is_wanted_under_two_weights_points_back_to_the_first() -> None:
    result = blank()
    result["files"][0]["findings"] = [
        {**f, "weight": weight, "message": f"{weight} 一处。"}
        for f, weight in zip(result["files"][0]["findings"][:2], ("block", "warn"), strict=True)
    ]
    assert [line.strip() for line in lines(result) if "改法" in line] == [f"改法  {FILL}", "改法  与“block 一处”相同。"]


def test_in_a_long_report_empty_cells_take_a_line_a_part_of_the_paper() -> None:
    result = blank()
    result["files"] *= 31
    told = lines(result, width=200)
    assert told.count("      封面：联系人、手机") == 31
    assert [line for line in told if "第2个表第3行" in line] == []


def test_what_two_papers_share_stands_under_their_names() -> None:
    told = lines(sample(), width=200)
    pair = told.index(f"  乙  {B} · “科创中国”固态电池科技服务团", told.index("跨申报书 5 条") + 8)
    assert told[pair - 1] == f"  甲  {A} · “科创中国”钠离子储能电池科技服务团"
    shared = [line for line in told[pair:] if re.match(r"    [✗!] ", line)]
    assert len(shared) == 4
    assert sum(CLAUSES["通知 三.5"] in line for line in told) == 1
    assert sum("（通知 三.5）" in line for line in told) == 4


def test_a_project_the_file_is_named_for_is_not_named_again() -> None:
    result = blank()
    result["files"][0]["file"] = "7_科创中国XXXX科技服务团.docx"
    assert lines(result)[0] == "✗ 7_科创中国XXXX科技服务团.docx · 须修改 · 必须修改 9"


@pytest.mark.parametrize(("count", "texts"), [(12, 12), (13, 0)])
def test_of_many_overlaps_the_texts_are_left_to_the_report(count: int, texts: int) -> None:
    told = lines(overlaps(count), width=200)
    assert sum("处相同。" in line for line in told) == count
    assert sum(line.startswith("          甲  四、工作方案") for line in told) == texts
    assert sum("--report 报告.html" in line for line in told) == (texts == 0)


@pytest.mark.parametrize(
    ("count", "rest"), [(60, []), (61, ["另有 1 条没有在这里列出。"]), (200, ["另有 140 条没有在这里列出。"])]
)
def test_overlaps_beyond_sixty_are_counted(count: int, rest: list[str]) -> None:
    told = lines(overlaps(count), width=200)
    assert sum("处相同。" in line for line in told) == min(count, 60)
    assert [line for line in told if line.startswith("另有")] == rest


def test_a_clause_is_not_torn_in_two() -> None:
    result = blank()
    result["files"][0]["findings"][0]["message"] = "没有找到（附件1 10）、" * 12
    assert [line for line in lines(result, width=60) if line.rstrip().endswith("附件1")] == []


def test_the_last_line_sums_up() -> None:
    assert lines()[-1] == "共 8 份：1 份可以报送，6 份须修改，1 份读不出"


def test_pending_roster_rules_are_one_line_at_the_end() -> None:
    told = lines(width=200)
    assert [line for line in told if "待定" in line] == [
        "? 待定 没有收到团员名册，7 份申报书的服务团人数、年龄等共 21 项待定；加上 --roster 名册.xlsx 再核对，就能给出结论。"
    ]


def test_with_a_roster_they_are_told_one_by_one() -> None:
    told = lines(sample() | {"roster": "名册.xlsx"}, width=200)
    assert sum("没有收到团员名册，不能判断" in line for line in told) == 21
    assert sum(line == "  ? 待定 服务团人员 2 处" for line in told) == 7


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    assert [line for line in lines(width=width) if cell_len(line) > width] == []


@pytest.mark.parametrize("width", [40, 77, 100])
def test_breaking_lines_loses_nothing_and_starts_none_with_a_stop(width: int) -> None:
    told = lines(width=width)
    assert joined("".join(told)) == joined("".join(lines(width=5000)))
    assert [line for line in told if re.match(r"\s*[，。、；：）」”]", line)] == []


@pytest.mark.parametrize("width", [40, 80])
def test_a_word_longer_than_the_line_is_torn_rather_than_lost(width: int) -> None:
    result = sample()
    result["files"][0]["findings"][1]["found"] = "x" * 500
    told = lines(result, width=width)
    assert sum(line.count("x") for line in told) - sum(
        line.count("x") for line in lines(width=width)
    ) == 500 - "83.00 万元".count("x")
    assert [line for line in told if cell_len(line) > width] == []


def test_every_finding_is_told_once() -> None:
    told = joined("".join(lines()))
    messages = [f["message"] for raw in sample()["files"] for f in raw["findings"] if f["weight"] != "pending"]
    messages += [f["message"] for f in sample()["portfolio"]]
    assert {message: told.count(joined(message)) for message in messages} == dict.fromkeys(messages, 1)


def test_shared_parts_stand_in_corner_brackets_where_there_is_no_colour() -> None:
    told = lines(width=200)
    assert [line.strip() for line in told if "宁波市」" in line] == [
        "甲  拟重点服务的示范市和试点城市（园区） · 第1个表第17行：「宁波市」、嘉兴市",
        "乙  拟重点服务的示范市和试点城市（园区） · 第1个表第17行：「宁波市」、湖州市",
    ]


def test_shared_parts_are_bold_and_underlined_where_there_is_colour() -> None:
    told = lines(width=200, colour=True)
    assert [line.partition("：")[2] for line in told if "\x1b[1;4m宁波市\x1b[0m" in line] == [
        "\x1b[0m\x1b[1;4m宁波市\x1b[0m、嘉兴市",
        "\x1b[0m\x1b[1;4m宁波市\x1b[0m、湖州市",
    ]
    assert "「" not in "".join(told)


def test_colour_changes_nothing_but_the_colour() -> None:
    result = sample() | {"portfolio": []}
    assert [re.sub(r"\x1b\[[\d;]*m", "", line) for line in lines(result, colour=True)] == lines(result)


def test_of_many_files_only_those_to_mend_are_told_in_full() -> None:
    told = lines(many(40), width=200)
    heads = [line for line in told if re.match(r"[✓✗⊘] ", line)]
    assert len(heads) == 40
    quiet = [at for at, line in enumerate(told) if line.startswith("✓ ")]
    assert [told[at + 1] for at in quiet if told[at + 1][:2] not in ("✓ ", "✗ ", "⊘ ", "")] == []
    assert sum(line.startswith("  ✗ 必须修改") for line in told) == sum(
        f["weight"] == "block" for raw in many(40)["files"] for f in raw["findings"]
    )


def test_no_text_of_a_stranger_reaches_the_terminal_as_a_command() -> None:
    result = sample()
    evil = "[bold red]x[/] \x1b]0;owned\x07\x1b[2J\x9b1m\u202egnp :smile:"
    result["files"][0]["form"]["cover"]["title"] = evil
    result["files"][0]["findings"][1]["found"] = evil
    result["files"][7]["reason"] = evil
    told = "\n".join(lines(result, width=300))
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", told) == []
    assert told.count("[bold red]x[/]") >= 3
    assert told.count(":smile:") >= 3


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("stream", "environ", "wanted"),
    [
        (Terminal(), {}, True),
        (Terminal(), {"NO_COLOR": "1"}, False),
        (Terminal(), {"NO_COLOR": ""}, True),
        (Terminal(), {"TERM": "dumb"}, False),
        (io.StringIO(), {}, False),
    ],
)
def test_colour_is_for_a_person_at_a_terminal(stream: io.StringIO, environ: dict[str, str], wanted: bool) -> None:
    assert colour_wanted(stream, environ) is wanted
