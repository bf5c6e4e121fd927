"""Why nothing keeps all limits: a set of them that collides, and would not without any one of its members.

QuickXplain (Junker 2004): a deletion filter that halves. What collides in the linear program already is found first, by
the solver's own contradiction, so that few limits are left to try.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ketuan.matching.selecting.limits import Instance
from ketuan.matching.selecting.pricing import contradiction
from ketuan.matching.solver import INFINITY


@dataclass(frozen=True, slots=True, order=True)
class Demand:
    """One side of a limit ("least", "most"), or "force", "without", "grant" for one application. `number`: the limit,
    or the application."""

    side: str
    number: int


def collision(inst: Instance) -> tuple[Demand, ...]:
    """A smallest set of demands (by inclusion) that no choice meets; empty if there is none."""
    demands = _demands(inst)
    possible = _Possible(inst)
    if possible(demands):
        return ()
    narrower = possible.contradicting(demands)
    if narrower and not possible(narrower):
        demands = narrower
    return tuple(sorted(_smallest([], False, demands, possible)))


def _demands(inst: Instance) -> list[Demand]:
    found = [Demand("force", i) for i in np.flatnonzero(inst.lower).tolist()]
    for i in np.flatnonzero(inst.upper == 0).tolist():
        application, settings = inst.applications[i], inst.settings
        if application.id in settings.without:
            found.append(Demand("without", i))
        if settings.grant is not None and application.amount > settings.grant:
            found.append(Demand("grant", i))
    for r, limit in enumerate(inst.limits):
        if limit.least is not None:
            found.append(Demand("least", r))
        if limit.most is not None:
            found.append(Demand("most", r))
    return found


class _Possible:
    """Can these demands be met all at once?"""

    def __init__(self, inst: Instance) -> None:
        self.inst = inst
        nothing = np.zeros(len(inst.ids), dtype=np.int8)
        self.program = inst.table.program(nothing.astype(np.int64), nothing, nothing + 1)

    def __call__(self, demands: Sequence[Demand]) -> bool:
        if not self._set(demands):
            return False
        relaxed = self.program.relax()
        if relaxed.status == "infeasible":
            return False
        if bool(np.all(np.abs(relaxed.values - np.rint(relaxed.values)) < 1e-6)):
            return True
        return self.program.solve(gap=1.0).values is not None

    def _set(self, demands: Sequence[Demand]) -> bool:
        table = self.inst.table
        lower, upper = np.zeros(table.width), np.ones(table.width)
        least, most = [-INFINITY] * len(table.least), [INFINITY] * len(table.most)
        for demand in demands:
            if demand.side == "least":
                least[demand.number] = float(table.least[demand.number])
            elif demand.side == "most":
                most[demand.number] = float(table.most[demand.number])
            elif demand.side == "force":
                lower[demand.number] = 1
            else:
                upper[demand.number] = 0
        if bool(np.any(lower > upper)) or any(a > b for a, b in zip(least, most, strict=True)):
            return False
        self.program.bounds(np.arange(table.width), lower, upper)
        for r, (low, high) in enumerate(zip(least, most, strict=True)):
            self.program.limits(r, low, high)
        return True

    def contradicting(self, demands: Sequence[Demand]) -> list[Demand]:
        """Those with a part in the contradiction of the linear program; empty if it has none."""
        if not self._set(demands):
            return [d for d in demands if d.side in ("force", "without", "grant")]
        relaxed = self.program.relax()
        if relaxed.status != "infeasible":
            return []
        table = self.inst.table
        prices = contradiction(table, relaxed.duals, self.inst.lower, self.inst.upper)
        if prices is None:
            return []
        push = table.priced(prices)
        part = {"least": prices < 0, "most": prices > 0, "force": push > 0, "without": push < 0, "grant": push < 0}
        return [d for d in demands if part[d.side][d.number]]


def _smallest(
    background: list[Demand], more: bool, demands: Sequence[Demand], possible: Callable[[Sequence[Demand]], bool]
) -> list[Demand]:
    if more and not possible(background):
        return []
    if len(demands) == 1:
        return list(demands)
    half = len(demands) // 2
    one, two = list(demands[:half]), list(demands[half:])
    second = _smallest([*background, *one], bool(one), two, possible)
    first = _smallest([*background, *second], bool(second), one, possible)
    return [*first, *second]
