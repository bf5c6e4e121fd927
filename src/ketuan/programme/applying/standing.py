"""How an application stands, for the pages that show it: who is writing where, what happened, how much time is left."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from ketuan.programme.applying import papers
from ketuan.programme.applying.judging import slugs
from ketuan.records import clock
from ketuan.records.models import Application, Entry

LATELY = datetime.timedelta(minutes=10)
"""Whoever saved something within this time is writing."""


@dataclass(frozen=True, slots=True)
class Touch:
    """The last saved field of one person in one section."""

    slug: str
    heading: str
    user_id: int | None
    name: str
    at: datetime.datetime
    lately: bool


def touches(application: Application) -> tuple[Touch, ...]:
    """Who saved last in each section and when, the newest first; one line a person and section."""
    now = clock.now()
    pages = slugs(papers.paper_of(application))
    of = {node.name: (slug, heading) for slug, (heading, nodes) in pages.items() for node in nodes}
    seen: dict[tuple[str, int | None], Touch] = {}
    for edit in application.edits.select_related("by").order_by("-at", "-pk"):
        slug, heading = of.get(edit.path.partition(".")[0], ("", ""))
        if slug and (slug, edit.by_id) not in seen:
            name = str(edit.by) if edit.by else "其他人"
            seen[slug, edit.by_id] = Touch(slug, heading, edit.by_id, name, edit.at, now - edit.at < LATELY)
    return tuple(seen.values())


def happened(application: Application, most: int | None = 10) -> Sequence[Entry]:
    """The newest entries of the journal about the application."""
    return list(application.entries.select_related("actor").order_by("-seq")[:most])


@dataclass(frozen=True, slots=True)
class Left:
    """Time until the deadline; a day that has begun counts."""

    deadline: datetime.datetime | None
    days: int | None
    hours: int | None
    closed: bool


def time_left(application: Application) -> Left:
    """By the clock of the platform (通知 四.2)."""
    deadline = application.call.deadline_at
    if deadline is None:
        return Left(None, None, None, False)
    left = deadline - clock.now()
    if left < datetime.timedelta(0):
        return Left(deadline, 0, 0, True)
    return Left(
        deadline,
        (deadline.astimezone(clock.CHINA).date() - clock.today()).days,
        int(left.total_seconds() // 3600),
        False,
    )
