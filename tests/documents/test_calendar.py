"""The calendar feed keeps to RFC 5545: line ends, folding inside no character, escapes, alarms, stable names."""

import datetime
import zoneinfo

import pytest

from ketuan.documents.calendar import Event, calendar, escaped, folded

CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")
STAMP = datetime.datetime(2024, 5, 7, 9, 0, tzinfo=CHINA)
DEADLINE = Event(
    "call-2024-deadline@ketuan",
    datetime.datetime(2024, 5, 24, 23, 59, 59, tzinfo=CHINA),
    "申报截止：2024年“科创中国”科技服务团项目",
    "逾期不再受理，收到回执才算提交；\n详见通知",
    "http://127.0.0.1:8000/calls/2024/",
    (datetime.timedelta(hours=72), datetime.timedelta(hours=2)),
    1,
)
DAY = Event("call-2024-completion@ketuan", datetime.date(2025, 3, 31), "完成期限")


def unfolded(feed: bytes) -> list[str]:
    return feed.replace(b"\r\n ", b"").decode().removesuffix("\r\n").split("\r\n")


def test_every_line_ends_with_crlf_and_is_at_most_75_bytes() -> None:
    feed = calendar("科技服务团", [DEADLINE, DAY], stamp=STAMP)
    assert feed.endswith(b"\r\n")
    assert feed.count(b"\n") == feed.count(b"\r\n")
    lines = feed.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode()  # a character cut in two would not read


def test_an_instant_is_told_in_utc_and_a_day_as_a_day() -> None:
    lines = unfolded(calendar("日历", [DEADLINE, DAY], stamp=STAMP))
    assert "DTSTART:20240524T155959Z" in lines
    assert "DTSTART;VALUE=DATE:20250331" in lines
    assert "DTEND;VALUE=DATE:20250401" in lines
    assert lines.count("DTSTAMP:20240507T010000Z") == 2
    assert [line for line in lines if line.startswith("UID:")] == [f"UID:{DEADLINE.uid}", f"UID:{DAY.uid}"]


def test_blocks_are_closed_and_alarms_ring_before() -> None:
    lines = unfolded(calendar("日历", [DEADLINE], stamp=STAMP))
    assert lines[0] == "BEGIN:VCALENDAR"
    assert lines[-1] == "END:VCALENDAR"
    assert [line for line in lines if line.startswith(("BEGIN", "END"))] == [
        "BEGIN:VCALENDAR",
        "BEGIN:VEVENT",
        *(["BEGIN:VALARM", "END:VALARM"] * 2),
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    assert [line for line in lines if line.startswith("TRIGGER")] == ["TRIGGER:-PT72H", "TRIGGER:-PT2H"]
    assert "METHOD:PUBLISH" in lines
    assert "REFRESH-INTERVAL;VALUE=DURATION:PT6H" in lines
    assert "SEQUENCE:1" in lines


def test_text_is_escaped() -> None:
    assert escaped("一,二;三\\四\r\n五") == "一\\,二\\;三\\\\四\\n五"


@pytest.mark.parametrize("length", range(20, 60))
def test_what_is_folded_unfolds_to_the_same(length: int) -> None:
    line = "SUMMARY:a" + "字" * length
    assert folded(line).replace(b"\r\n ", b"").decode() == line + "\r\n"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        calendar("日历", [Event("u", datetime.datetime(2024, 5, 24), "x")], stamp=STAMP)
