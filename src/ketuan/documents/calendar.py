"""Calendar feeds (RFC 5545): what happens when, with reminders, for the calendars that people already use."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

LINE = 75
"""Longest line in bytes of UTF-8, its end not counted (RFC 5545, 3.1)."""
UTC = datetime.UTC


@dataclass(frozen=True, slots=True)
class Event:
    """``when`` is a day or an instant; ``alarms`` ring that long before. ``uid`` stays the same for the same thing."""

    uid: str
    when: datetime.date | datetime.datetime
    title: str
    text: str = ""
    url: str = ""
    alarms: tuple[datetime.timedelta, ...] = ()
    revision: int = 0


def calendar(name: str, events: Sequence[Event], *, stamp: datetime.datetime, refresh_hours: int = 6) -> bytes:
    """The feed as a file; ``stamp`` is when it was made. ValueError for an instant without a zone."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//ketuan//calls//ZH", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines += [f"X-WR-CALNAME:{escaped(name)}", "X-WR-TIMEZONE:Asia/Shanghai"]
    lines += [f"REFRESH-INTERVAL;VALUE=DURATION:PT{refresh_hours}H", f"X-PUBLISHED-TTL:PT{refresh_hours}H"]
    for event in events:
        lines += _event(event, stamp)
    lines.append("END:VCALENDAR")
    return b"".join(folded(line) for line in lines)


def _event(event: Event, stamp: datetime.datetime) -> Iterator[str]:
    yield from ("BEGIN:VEVENT", f"UID:{event.uid}", f"DTSTAMP:{_instant(stamp)}", f"SEQUENCE:{event.revision}")
    if isinstance(event.when, datetime.datetime):
        yield from (f"DTSTART:{_instant(event.when)}", f"DTEND:{_instant(event.when)}")
    else:
        after = event.when + datetime.timedelta(days=1)
        yield from (f"DTSTART;VALUE=DATE:{event.when:%Y%m%d}", f"DTEND;VALUE=DATE:{after:%Y%m%d}")
    yield f"SUMMARY:{escaped(event.title)}"
    if event.text:
        yield f"DESCRIPTION:{escaped(event.text)}"
    if event.url:
        yield f"URL:{event.url}"
    yield "TRANSP:TRANSPARENT"
    yield from _alarms(event)
    yield "END:VEVENT"


def _alarms(event: Event) -> Iterable[str]:
    for before in event.alarms:
        hours = int(before.total_seconds() // 3600)
        yield from (
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"TRIGGER:-PT{hours}H",
            f"DESCRIPTION:{escaped(event.title)}",
            "END:VALARM",
        )


def escaped(text: str) -> str:
    """TEXT of a property: backslash, semicolon, comma and line ends (RFC 5545, 3.3.11)."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return text.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")


def folded(line: str) -> bytes:
    """A content line with CRLF, folded before it grows longer than :data:`LINE` bytes, never inside a character."""
    pieces: list[bytes] = []
    held = b""
    for character in line:
        byte = character.encode()
        room = LINE if not pieces else LINE - 1
        if len(held) + len(byte) > room:
            pieces.append(held)
            held = b""
        held += byte
    return b"\r\n ".join([*pieces, held]) + b"\r\n"


def _instant(moment: datetime.datetime) -> str:
    if moment.tzinfo is None:
        raise ValueError("an instant of a calendar needs its zone")
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"
