"""The one clock of the platform (promise P3). Every decision about time asks :func:`now`, :func:`today`.

The demo, and only the demo, may stand on another day: :class:`ketuan.records.models.Shift` holds how far.
"""

from __future__ import annotations

import contextlib
import contextvars
import datetime
import zoneinfo
from collections.abc import Iterator

from django.conf import settings
from django.utils import timezone

CHINA = zoneinfo.ZoneInfo("Asia/Shanghai")


_standing: contextvars.ContextVar[datetime.datetime | None] = contextvars.ContextVar("standing", default=None)


def now() -> datetime.datetime:
    """This instant, aware, in Asia/Shanghai; moved by the demo's shift where the platform is a demo."""
    instant = timezone.now()
    if settings.KETUAN_DEMO:
        standing = _standing.get()
        instant = instant + shift() if standing is None else standing
    return instant.astimezone(CHINA)


@contextlib.contextmanager
def standing(instant: datetime.datetime) -> Iterator[None]:
    """Let the clock stand at ``instant`` while the demo year is made through the verbs; nothing where it is no demo."""
    token = _standing.set(instant)
    try:
        yield
    finally:
        _standing.reset(token)


def today() -> datetime.date:
    """The day in Asia/Shanghai."""
    return now().date()


def shift() -> datetime.timedelta:
    """How far the demo's day stands from the real one; nothing where the platform is no demo."""
    from ketuan.records.models import Shift

    if not settings.KETUAN_DEMO:
        return datetime.timedelta(0)
    row = Shift.objects.order_by("pk").first()
    return row.by if row else datetime.timedelta(0)


def end_of(day: datetime.date) -> datetime.datetime:
    """The last second of a day in Asia/Shanghai: a deadline that is given as a day holds until then."""
    return datetime.datetime.combine(day, datetime.time(23, 59, 59), CHINA)


def start_of(day: datetime.date) -> datetime.datetime:
    """The first instant of a day in Asia/Shanghai."""
    return datetime.datetime.combine(day, datetime.time(), CHINA)
