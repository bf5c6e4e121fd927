"""Money (通知 二.2, 附件3 七、九). Where a part is not known its sum is not judged: form.complete speaks of that part."""

from __future__ import annotations

from collections.abc import Iterator

from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, shortened, wan
from ketuan.rules.findings import Say


@rule("grant.cap")
def cap(case: Case) -> Iterator[Say]:
    """通知 二.2: 经费额度不超过80万元/个."""
    asked, most = case.form.budget.requested, case.call.project.grant.value
    if asked is not None and asked > most:
        yield Say(
            "budget.requested",
            f"申请中国科协项目经费 {wan(asked)} 万元，超过每个项目 {wan(most)} 万元的额度。",
            found=wan(asked),
            wanted=wan(most),
            fix=f"请把申请数减到 {wan(most)} 万元以内，并相应调整总预算和支出预算表。",
        )


@rule("budget.sum")
def sums(case: Case) -> Iterator[Say]:
    """附件3 九: 经费总预算，其中：申请、自有、地方配套；支出预算表."""
    budget = case.form.budget
    own, matching = _may_be_blank(case, "own", budget.own), _may_be_blank(case, "matching", budget.matching)
    others = None if own is None or matching is None else own + matching
    if budget.total is not None and budget.requested is not None and others is not None:
        parts = budget.requested + others
        if budget.total != parts:
            yield Say(
                "budget.total",
                f"经费总预算 {wan(budget.total)} 万元，而申请、自有、地方配套三项合计 {wan(parts)} 万元，不相等。",
                found=wan(budget.total),
                wanted=wan(parts),
                fix="请核对总预算和三个来源的金额，使总预算等于三项之和。",
            )
    columns = _columns(case)
    if columns is None:
        return
    if budget.requested is not None and columns[0] != budget.requested:
        yield Say(
            "budget.lines",
            f"支出预算表“申请中国科协经费”一列合计 {wan(columns[0])} 万元，而申请数是 {wan(budget.requested)} 万元。",
            found=wan(columns[0]),
            wanted=wan(budget.requested),
            fix="请逐行核对这一列，使合计等于申请中国科协项目经费。",
        )
    if others is not None and columns[1] != others:
        yield Say(
            "budget.lines",
            f"支出预算表“其他来源经费”一列合计 {wan(columns[1])} 万元，而自有和地方配套共 {wan(others)} 万元。",
            found=wan(columns[1]),
            wanted=wan(others),
            fix="请逐行核对这一列，使合计等于自有经费加地方配套经费。",
        )


def _may_be_blank(case: Case, name: str, amount: int | None) -> int | None:
    """An amount that may stay empty counts nothing then, unless something unreadable stands there."""
    return None if amount is None and f"budget.{name}" in case.unread else amount or 0


def _columns(case: Case) -> tuple[int, int] | None:
    """Sums of the two columns; None where a line lacks both amounts or holds one that could not be read."""
    requested = other = 0
    for number, line in enumerate(case.form.budget.lines):
        path = f"budget.lines.{number}"
        if line.requested is None and (line.other is None or f"{path}.requested" in case.unread):
            return None
        if line.other is None and f"{path}.other" in case.unread:
            return None
        requested += line.requested or 0
        other += line.other or 0
    return (requested, other) if case.form.budget.lines else None


@rule("budget.stages")
def stages(case: Case) -> Iterator[Say]:
    """附件3 七: 各阶段经费预算（万元）."""
    total, parts = case.form.budget.total, [stage.budget for stage in case.form.schedule.stages]
    known = [part for part in parts if part is not None]
    if total is None or not parts or len(known) < len(parts) or sum(known) == total:
        return
    yield Say(
        "schedule.stages",
        f"各阶段经费合计 {wan(sum(known))} 万元，经费总预算 {wan(total)} 万元，不相等。",
        found=wan(sum(known)),
        wanted=wan(total),
        fix="请核对各阶段的经费，使合计等于经费总预算。",
    )


@rule("budget.basis")
def basis(case: Case) -> Iterator[Say]:
    """附件3 九: 支出预算表每行的测算依据."""
    for number, line in enumerate(case.form.budget.lines):
        if not line.basis:
            item = f"“{shortened(line.item)}”" if line.item else f"第 {number + 1} 行"
            yield Say(
                f"budget.lines.{number}.basis",
                f"支出预算表{item}没有写测算依据。",
                fix="请写明怎样算出这笔钱，如：2400 元/人天 × 60 人天。",
            )
