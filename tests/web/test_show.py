"""How values are shown on pages."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from ketuan.web.templatetags import show

ZONE = ZoneInfo("Asia/Shanghai")
NOON = dt.datetime(2024, 5, 24, 12, 0, 5, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("fen", "words"),
    [
        (80_000_000, "80.00 万元"),
        (0, "0.00 万元"),
        (123_456_789, "123.456789 万元"),
        (-1_500_000, "-1.50 万元"),
        (None, ""),
    ],
)
def test_money_is_shown_in_wan_without_losing_a_fen(fen: int | None, words: str) -> None:
    assert show.wan(fen) == words


def test_a_bare_number_for_tables_has_no_unit() -> None:
    assert show.wan(1_234_000_000, "") == "1,234.00"


def test_days_and_moments_are_those_of_the_platform_not_of_the_server() -> None:
    late = dt.datetime(2024, 5, 23, 16, 30, 9, tzinfo=dt.UTC)
    assert (show.day(late), show.moment(late), show.moment(late, "s")) == (
        "2024年5月24日",
        "2024年5月24日 00:30",
        "2024年5月24日 00:30:09",
    )
    assert show.day(dt.date(2024, 5, 7)) == "2024年5月7日"


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (5, "刚刚"),
        (60, "1 分钟前"),
        (3599, "59 分钟前"),
        (7200, "2 小时前"),
        (3 * 86400, "3 天前"),
        (8 * 86400, "2024年5月16日"),
    ],
)
def test_how_long_ago(before: int, words: str) -> None:
    assert show.ago(NOON - dt.timedelta(seconds=before), NOON) == words


@pytest.mark.parametrize(
    ("text", "masked"),
    [("13900000000", "139****0000"), ("zhang@example.org", "z***@example.org"), ("李某", "**"), ("", ""), (None, "")],
)
def test_personal_data_is_masked(text: str | None, masked: str) -> None:
    assert show.mask(text) == masked


def test_a_word_of_state_has_colour_and_sign_and_an_unknown_one_is_quiet_and_escaped() -> None:
    assert "tone-stop" in show.badge("未提交")
    assert "<svg" in show.badge("未提交")
    assert "tone-quiet" in show.badge("<b>")
    assert "&lt;b&gt;" in show.badge("<b>")
    assert show.badge("") == ""


def test_every_word_of_state_has_a_sign_that_is_drawn() -> None:
    assert [word for word, (_, sign) in show.TONES.items() if sign not in show.ICONS] == []


def test_a_sign_that_is_not_drawn_is_a_loud_error() -> None:
    with pytest.raises(KeyError):
        show.icon("unicorn")


def test_findings_stand_in_groups_heaviest_first_and_empty_groups_are_left_out() -> None:
    groups = show.by_weight([{"weight": "note"}, {"weight": "block"}, {"weight": "note"}])
    assert [(g["word"], len(g["items"])) for g in groups] == [("必须修改", 1), ("提示", 2)]


@pytest.mark.parametrize(
    ("used", "limit", "floor", "says"),
    [
        (87, 105, False, "还可用 18 个"),
        (105, 105, False, "已到上限"),
        (107, 105, False, "超出 2 个"),
        (7, 10, True, "还差 3 个"),
        (10, 10, True, "已达到"),
        (0, 0, False, "已到上限"),
    ],
)
def test_a_gauge_says_in_words_what_its_colour_says(used: int, limit: int, floor: bool, says: str) -> None:
    assert show.gauge("数", used, limit, "个", floor=floor)["says"] == says


def test_a_browser_is_called_by_its_name() -> None:
    edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0"
    assert (show.browser(edge), show.browser(None)) == ("Windows 上的 Edge", "浏览器")
