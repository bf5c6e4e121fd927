"""What the terminal shows: readable, within its width, harmless, and the long story only where something is to be mended."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from tests.documents.sample_result import CLAUSES, A, many, sample

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
        "      位置  第3个表第31行 · 九、经费预算 · 申请中国科协项目经费",
        "      现为  83.00 万元",
        "      应为  不超过 80.00 万元",
        "      改法  把申请经费减到 80.00 万元以内，支出预算表同步调减。",
        "      依据  通知 二.2：申请中国科协的经费每个项目不超过 80 万元。",
    ]


def test_the_last_line_sums_up() -> None:
    assert lines()[-1] == "共 8 份：1 份可以报送，6 份须修改，1 份读不出"


def test_pending_roster_rules_are_one_line_at_the_end() -> None:
    told = lines(width=200)
    assert [line for line in told if "待定" in line] == [
        "? 待定 没有给出团员名单，7 份申报书的服务团人数、年龄等共 21 项待定；附上名单再核对，就能给出结论。"
    ]


def test_with_a_roster_they_are_told_one_by_one() -> None:
    told = lines(sample() | {"roster": "名单.xlsx"}, width=200)
    assert sum(line.startswith("  ? 待定 没有团员名单") for line in told) == 21


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
    assert [line.strip() for line in told if "宁波市」" in line] == ["「宁波市」、嘉兴市", "「宁波市」、湖州市"]


def test_shared_parts_are_bold_and_underlined_where_there_is_colour() -> None:
    told = lines(width=200, colour=True)
    assert [line.strip() for line in told if "\x1b[1;4m宁波市\x1b[0m" in line] == [
        "\x1b[1;4m宁波市\x1b[0m、嘉兴市",
        "\x1b[1;4m宁波市\x1b[0m、湖州市",
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
