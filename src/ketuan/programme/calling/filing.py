"""A call as files: the call file (.toml) that ``ketuan check`` reads, and the calendar feed."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ketuan.documents.calendar import Event, calendar
from ketuan.programme.calling import content
from ketuan.records import clock
from ketuan.records.models import Call
from ketuan.rules import call as rules

_BARE = re.compile(r"[A-Za-z0-9_-]+")
REMINDERS = (72, 24, 2)
"""Hours before the deadline."""


def toml_of(raw: Mapping[str, Any]) -> str:
    """The tables of a call as a file; reading it gives the same content, and so the same hash."""
    dates = rules.call_from(raw).model_dump(by_alias=True)
    lines = _table("", raw, dates)
    return "\n".join(lines).lstrip("\n") + "\n"


def _table(path: str, table: Mapping[str, Any], model: Any) -> Iterator[str]:
    """Plain values first, then the tables below, as TOML wants it."""
    deep = {key: below for key, below in table.items() if _deep(below)}
    if path and (len(deep) < len(table) or not table):
        yield f"\n[{path}]"
    for key, value in table.items():
        if key not in deep and value is not None:
            yield f"{_key(key)} = {_value(value, _at(model, key))}"
    for key, below in deep.items():
        inside = f"{path}.{_key(key)}".lstrip(".")
        if isinstance(below, Mapping):
            yield from _table(inside, below, _at(model, key))
        else:
            for at, row in enumerate(below):
                yield f"\n[[{inside}]]"
                rows = _at(model, key)
                yield from (
                    f"{_key(k)} = {_value(v, _at(rows[at] if rows else {}, k))}"
                    for k, v in row.items()
                    if v is not None
                )


def _deep(value: Any) -> bool:
    """Whether a value stands under a heading of its own: a table with entries in it, or a list of tables."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _at(model: Any, key: str) -> Any:
    return model.get(key) if isinstance(model, Mapping) else None


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any, model: Any) -> str:
    if isinstance(model, datetime.date) and isinstance(value, str):
        return value
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(one, None) for one in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def calendar_of(call: Call, url: str) -> bytes:
    """Opening, deadline with reminders, completion. NotFound before publication."""
    rule = content.rules_of(call)
    assert call.deadline_at is not None
    assert call.current is not None
    number = call.current.number - 1
    events: list[Event] = []
    if call.opens_at:
        events.append(
            Event(f"call-{call.code}-opens@ketuan", call.opens_at, f"开始申报：{call.title}", url=url, revision=number)
        )
    events.append(
        Event(
            f"call-{call.code}-deadline@ketuan",
            call.deadline_at,
            f"申报截止：{call.title}",
            f"{rule.clause(rule.submission.deadline.clause)}\n收到回执才算提交。\n{url}",
            url,
            tuple(datetime.timedelta(hours=hours) for hours in REMINDERS),
            number,
        )
    )
    done = rule.project.completion
    events.append(
        Event(
            f"call-{call.code}-completion@ketuan",
            done.value,
            f"项目完成期限：{call.title}",
            f"{rule.clause(done.clause)}\n{url}",
            url,
            (datetime.timedelta(days=30),),
            number,
        )
    )
    return calendar(call.title, events, stamp=call.current.published_at)


@dataclass(frozen=True, slots=True)
class Left:
    """Time until the deadline; ``words`` is how the call stands."""

    days: int | None
    hours: int | None
    words: str


def left_of(call: Call, now: datetime.datetime | None = None) -> Left:
    """By the clock of the platform; a list asks it once and passes it on."""
    now = now or clock.now()
    if call.state == Call.State.DRAFT or call.deadline_at is None:
        return Left(None, None, "未发布")
    if call.state == Call.State.WITHDRAWN:
        return Left(None, None, "已撤回")
    if now.replace(microsecond=0) > call.deadline_at:
        return Left(None, None, "已截止")
    if call.opens_at and now < call.opens_at:
        return Left(None, None, "尚未开始")
    days = (call.deadline_at.astimezone(clock.CHINA).date() - now.date()).days
    return Left(days, int((call.deadline_at - now).total_seconds() // 3600), "申报中")


def leading(calls: Iterable[Call], now: datetime.datetime | None = None) -> list[Call]:
    """The most pressing call first: the open one that closes next, then what opens next, then what closed last."""
    now = now or clock.now()
    never = datetime.datetime.max.replace(tzinfo=datetime.UTC)

    def place(call: Call) -> tuple[int, float]:
        words, deadline = left_of(call, now).words, call.deadline_at or never
        if words == "申报中":
            return 0, deadline.timestamp()
        if words == "尚未开始":
            return 1, (call.opens_at or never).timestamp()
        return (2 if words == "已截止" else 3), -deadline.timestamp()

    return sorted(calls, key=place)


def stations(call: Call) -> Sequence[dict[str, Any]]:
    """The life of a call for the bar at the top of its page: published, open, closed, reviewed, closed for good."""
    now = clock.now()
    rule = content.rules_of(call) if call.current else None
    opens, deadline = call.opens_at, call.deadline_at
    done = rule.project.completion.value if rule else None
    marks = (
        ("编制", None, "发布以前"),
        ("申报", opens, ""),
        ("截止", deadline, ""),
        ("审查和评审", None, "截止以后"),
        ("公示立项", None, ""),
        ("实施", None, ""),
        ("完成", done, ""),
    )
    at = 0
    if call.state != Call.State.DRAFT and opens and now >= opens:
        at = 1
    if deadline and now > deadline:
        at = 3
    if done and now.date() > done:
        at = len(marks)
    return [
        {
            "label": label,
            "state": "done" if n < at else "now" if n == at else "next",
            "day": day,
            "note": note if not day else "",
        }
        for n, (label, day, note) in enumerate(marks)
    ]
