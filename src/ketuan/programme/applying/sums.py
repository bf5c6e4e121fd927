"""Sums of the money in a form, beside what they should equal (附件3 七、九). In 分; judging them is the rules' affair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ketuan.forms.application import Application as Form
from ketuan.forms.money import show_wan


@dataclass(frozen=True, slots=True)
class Sum:
    """``fen`` is the sum, ``beside`` what it is held against; ``words`` says how they differ, empty where unknown."""

    key: str
    label: str
    fen: int
    against: str
    beside: int | None
    parts: tuple[str, ...] = ("budget",)
    """Fields of the form whose pages show it."""

    @property
    def off(self) -> int | None:
        """How much the sum is too high (or, negative, too low); None while one side is not filled."""
        return None if self.beside is None else self.fen - self.beside

    @property
    def words(self) -> str:
        if self.off is None:
            return f"“{self.against}”还没有填"
        if not self.off:
            return f"与{self.against}一致"
        return f"比{self.against}{'多' if self.off > 0 else '少'} {show_wan(abs(self.off))} 万元"


def sums_of(form: Form) -> tuple[Sum, ...]:
    """The four sums of the form. An empty amount counts nothing; where all are empty there is no sum to compare."""
    budget, stages = form.budget, form.schedule.stages
    others = _total((budget.own, budget.matching))
    return (
        Sum(
            "sources",
            "三项来源合计",
            _total((budget.requested, budget.own, budget.matching)),
            "经费总预算",
            budget.total,
        ),
        Sum(
            "requested",
            "支出表“申请中国科协经费”合计",
            _total(x.requested for x in budget.lines),
            "申请数",
            budget.requested,
        ),
        Sum("other", "支出表“其他来源经费”合计", _total(x.other for x in budget.lines), "自有加地方配套", others),
        Sum(
            "stages",
            "各阶段经费合计",
            _total(s.budget for s in stages),
            "经费总预算",
            budget.total,
            ("schedule", "budget"),
        ),
    )


def _total(amounts: Iterable[int | None]) -> int:
    return sum(amount or 0 for amount in amounts)
