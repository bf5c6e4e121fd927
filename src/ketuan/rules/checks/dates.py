"""Days: the cover against the deadline, the schedule against the completion date (通知 四.2, 二.3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from ketuan.forms.application import Schedule, Stage
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, spoken
from ketuan.rules.findings import Say


@rule("date.signed")
def signed(case: Case) -> Iterator[Say]:
    """通知 四.2: 申报截止日期为…，逾期不再受理."""
    dated, deadline = case.form.cover.dated, case.call.submission.deadline.value
    if dated and dated > deadline:
        yield Say(
            "cover.dated",
            f"封面的申报日期是{spoken(dated)}，晚于申报截止日{spoken(deadline)}。",
            found=dated.isoformat(),
            wanted=deadline.isoformat(),
            fix="请核对申报日期，不能晚于截止日。",
        )


@rule("schedule.within")
def within(case: Case) -> Iterator[Say]:
    """通知 二.3: 完成期限；起止和各阶段时间都不能超出."""
    plan, last = case.form.schedule, case.call.project.completion.value
    if plan.start and plan.end and plan.start >= plan.end:
        yield _turned("schedule.end", "项目", plan.start, plan.end)
    if plan.end and plan.end > last:
        yield _late("schedule.end", "项目", plan.end, last)
    for number, stage in enumerate(plan.stages):
        yield from _stage(f"schedule.stages.{number}", stage, plan, last)


def _stage(path: str, stage: Stage, plan: Schedule, last: date) -> Iterator[Say]:
    name = f"“{stage.name}”" if stage.name else "这一阶段"
    if stage.start and stage.end and stage.start >= stage.end:
        yield _turned(f"{path}.end", name, stage.start, stage.end)
    # against a project whose own ends are turned round nothing can be said
    turned = bool(plan.start and plan.end and plan.start >= plan.end)
    start, end = (None, None) if turned else (plan.start, plan.end)
    late = bool(stage.end and stage.end > last)
    if stage.end and late:
        yield _late(f"{path}.end", name, stage.end, last)
    for cell, day in (("start", stage.start), ("end", stage.end)):
        if day is None or (cell == "end" and late):
            continue
        verb = "开始" if cell == "start" else "结束"
        if start and day < start and not (cell == "end" and stage.start):
            yield _outside(f"{path}.{cell}", f"{name}{spoken(day)}{verb}，早于项目开始的{spoken(start)}。", day, start)
        if end and day > end and not (cell == "start" and stage.end):
            yield _outside(f"{path}.{cell}", f"{name}{spoken(day)}{verb}，晚于项目结束的{spoken(end)}。", day, end)


def _turned(path: str, what: str, start: date, end: date) -> Say:
    message = f"{what}{spoken(start)}开始、{spoken(end)}结束，结束要晚于开始。"
    wanted = f"晚于 {start.isoformat()}"
    return Say(path, message, found=end.isoformat(), wanted=wanted, fix="请核对起止时间。")


def _late(path: str, what: str, end: date, last: date) -> Say:
    message = f"{what}{spoken(end)}结束，晚于完成期限{spoken(last)}。"
    fix = f"请把结束时间提前到{spoken(last)}或以前。"
    return Say(path, message, found=end.isoformat(), wanted=last.isoformat(), fix=fix)


def _outside(path: str, message: str, day: date, bound: date) -> Say:
    fix = "请让各阶段都落在项目起止时间以内，或者调整项目起止时间。"
    return Say(path, message, found=day.isoformat(), wanted=bound.isoformat(), fix=fix)
