"""The day of the demo: the whole platform stands on another day. Nowhere but in the demo."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from django.db import transaction
from django.utils import timezone

from ketuan.programme.calling import content
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import ANYBODY, Who
from ketuan.records import clock
from ketuan.records.models import Call, Shift

EARLIEST, LATEST = 2020, 2035


@dataclass(frozen=True, slots=True)
class Stage:
    """A moment worth seeing, derived from the dates of a published call."""

    key: str
    label: str
    says: str
    at: datetime.datetime
    now: bool = False
    code: str = ""
    title: str = ""


def day_of() -> datetime.datetime:
    """The moment at which the platform stands."""
    return clock.now()


def stages(who: Who = ANYBODY) -> tuple[Stage, ...]:
    """Moments of every published call, those of the call in whose time the platform stands first; () without a call."""
    now = clock.now()
    calls = Call.objects.filter(state=Call.State.PUBLISHED).select_related("current").order_by("-code")
    groups = [group for call in calls if (group := _marks(call))]
    groups.sort(key=lambda group: group[0].at)
    at = max((n for n, group in enumerate(groups) if group[0].at <= now), default=0)
    first = [_with_now(group, now) for group in groups[at : at + 1]]
    return tuple(stage for group in (*first, *groups[:at], *groups[at + 1 :]) for stage in group)


def _with_now(group: tuple[Stage, ...], now: datetime.datetime) -> tuple[Stage, ...]:
    at = max((n for n, stage in enumerate(group) if stage.at <= now), default=-1)
    return tuple(replace(stage, now=n == at) for n, stage in enumerate(group))


def _marks(call: Call) -> tuple[Stage, ...]:
    if call.opens_at is None or call.deadline_at is None:
        return ()
    rule = content.rules_of(call)
    opens, closes = (clock.start_of(one.astimezone(clock.CHINA).date()) for one in (call.opens_at, call.deadline_at))
    deadline, done = call.deadline_at.astimezone(clock.CHINA), clock.start_of(rule.project.completion.value)
    nine, days = datetime.timedelta(hours=9), datetime.timedelta
    marks = (
        ("before", "发布以前", "通知还在编制", opens - days(days=7) + nine),
        ("opens", "申报第一天", "可以开始填写", opens + nine),
        ("middle", "申报中段", "边写边核对，请求推荐", opens + (closes - opens) / 2 + nine),
        ("three_days", "截止前三天", "催办的通知发出", closes - days(days=3) + nine),
        ("two_hours", "截止前两小时", "最后的提交", deadline - days(hours=2)),
        ("closed", "刚刚截止", "逾期不再受理", deadline + days(seconds=1)),
        ("review", "截止后两周", "审查和评审", closes + days(days=14) + nine),
        ("publicity", "公示期", "结果在网上公示", closes + days(days=40) + nine),
        ("running", "实施中", "到地方服务", closes + (done - closes) / 2 + nine),
        ("completion", "完成期限", "交齐材料，准备结项", done + nine),
    )
    return tuple(Stage(*mark, code=call.code, title=call.title) for mark in marks)


def move_day(to: datetime.datetime | None, *, who: Who) -> datetime.datetime:
    """Set the moment of the whole platform; None is today again. Refused where the platform is no demo.

    Invalid for a moment without a zone or outside of the years that the demo knows.
    """
    holding = permit("calling.move_day", who)
    if to is not None and (to.tzinfo is None or not EARLIEST <= to.year <= LATEST):
        raise Invalid({"day": f"请选 {EARLIEST} 年到 {LATEST} 年之间的一天。"})
    with transaction.atomic():
        before = clock.now()
        row = Shift.objects.order_by("pk").first() or Shift()
        row.by = datetime.timedelta(0) if to is None else to - timezone.now()
        row.save()
        after = clock.now()
        says = f"演示日期改为{after:%Y年%-m月%-d日 %H:%M}"
        record(who, holding, "calling.move_day", row, says, data={"before": before, "after": after})
    return after
