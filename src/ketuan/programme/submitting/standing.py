"""已提交 / 未提交, in the words that stand in big type."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ketuan.programme import receipts
from ketuan.records import clock
from ketuan.records.models import Application


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
    word = "未提交"
    if application.state == Application.State.WITHDRAWN:
        word = "已撤回"
    elif held is not None and valid:
        nth = receipts.nth_of(held)
        word = f"已提交（第{nth}次）" if nth > 1 else "已提交"
        if application.state != Application.State.SUBMITTED:
            word = f"已提交（第{nth}次）；正在修改，新版本尚未提交"
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
