"""已提交 / 未提交, in the words that stand in big type."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count

from ketuan.programme import receipts
from ketuan.records import clock
from ketuan.records.models import Application, Submission

WORDS = {
    Application.State.DRAFT: "填写中",
    Application.State.CHECKING: "待学会审核",
    Application.State.SUBMITTED: "已提交",
    Application.State.WITHDRAWN: "已撤回",
}
"""What lists say of an application without a valid submission, and their filters."""


@dataclass(frozen=True, slots=True)
class Standing:
    """``submitted``: a valid submission exists, whatever is being written now."""

    submitted: bool
    word: str
    at: datetime.datetime | None
    number: str
    deadline: datetime.datetime | None
    closed: bool
    days_left: int | None
    hours_left: int | None


def standing(application: Application) -> Standing:
    """Where the application stands towards the deadline."""
    held = application.submitted
    valid = held is not None and held.withdrawn_at is None
    word = _word(application, receipts.nth_of(held) if held is not None and valid else 0)
    deadline, now = application.call.deadline_at, clock.now()
    left = deadline - now if deadline else None
    closed = left is not None and left < datetime.timedelta(0)
    return Standing(
        valid,
        word,
        held.at if held is not None and valid else None,
        held.number if held is not None and valid else "",
        deadline,
        closed,
        left.days if left is not None and not closed else None,
        int(left.total_seconds() // 3600) if left is not None and not closed else None,
    )


def words_of(applications: Sequence[Application]) -> dict[int, str]:
    """The same words for a list, by id: a valid submission comes first; one query."""
    rows = Submission.objects.filter(application__in=[a.pk for a in applications])
    counts = dict(rows.order_by().values_list("application").annotate(Count("pk")))
    words = {}
    for one in applications:
        valid = one.submitted is not None and one.submitted.withdrawn_at is None
        words[one.pk] = _word(one, counts[one.pk]) if valid else WORDS[Application.State(one.state)]
    return words


def _word(application: Application, nth: int) -> str:
    """``nth`` is how often it was submitted; 0 where nothing valid is."""
    if application.state == Application.State.WITHDRAWN:
        return "已撤回"
    if not nth:
        return "未提交"
    if application.state != Application.State.SUBMITTED:
        return f"已提交（第{nth}次）；正在修改，新版本尚未提交"
    return f"已提交（第{nth}次）" if nth > 1 else "已提交"
