"""For each application left out: the limits in its way, and the smallest change that would bring it in."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from ketuan.matching.selecting.choosing import Optimum, Selector
from ketuan.matching.selecting.limits import Instance, Limit
from ketuan.matching.selecting.pricing import SCALE
from ketuan.matching.selecting.whole import points

FURTHER = 10
"""So many more awards are tried."""
COUNTED = ("awards", "society", "province", "field", "category")
"""Limits on a number, which can be raised by one."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """A limit that would be broken if the application joined and nobody left: by how much, and who of the chosen is in it.

    `kind` "grant" is the most money of one award, "without" a decision of the caller: no limit of the table, no score helps.
    """

    kind: str
    of: str
    used: int
    most: int
    by: int
    beside: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LeftOut:
    """`needed`: more score points than this bring it in (at exactly this many the ids decide); None if no score does.
    `exact`: that is the smallest number; else the smallest lies between `at_least` and `needed` (None: not known).
    `leaves`, `joins`: who would go, and come along, if it came in. `raises`: (kind, of, by): one limit which, raised
    alone by this much, brings it in."""

    id: str
    obstacles: tuple[Obstacle, ...]
    possible: bool
    needed: Decimal | None
    at_least: Decimal
    exact: bool
    leaves: tuple[str, ...] = ()
    joins: tuple[str, ...] = ()
    raises: tuple[tuple[str, str, int], ...] = ()


def left_out(
    selector: Selector,
    *,
    exactly: Callable[[str], bool],
    raising: bool,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[LeftOut, ...]:
    """Everyone left out, by id. `exactly`: for whom to decide again where the prices leave a question; `raising`: try
    the limits one by one."""
    best = selector.optimum
    if best is None:
        return ()
    inst, of = selector.instance, _Chosen(selector.instance, best)
    raised = _raises(selector, best) if raising else {}
    outside = np.flatnonzero(best.x == 0).tolist()
    found = []
    for number, i in enumerate(outside):
        one = _one(inst, best, of, i)
        if one.possible and not one.exact and exactly(one.id):
            one = _decided(selector, one, best, i, of)
        found.append(dataclasses.replace(one, raises=tuple(raised[i])) if i in raised else one)
        if progress is not None:
            progress(number + 1, len(outside))
    return tuple(found)


class _Chosen:
    """The chosen by limit, the least worth first."""

    def __init__(self, inst: Instance, best: Optimum) -> None:
        self.used = inst.used(best.x).tolist()
        self.least, self.most = inst.table.least.tolist(), inst.table.most.tolist()
        self.worth = inst.worth.tolist()
        self.budget = next((r for r, limit in enumerate(inst.limits) if limit.kind == "budget"), -1)
        self.weight = [1] * len(self.worth)
        if self.budget >= 0:
            money = inst.limits[self.budget]
            self.weight = [0] * len(self.worth)
            for i, weight in zip(money.columns.tolist(), money.weights.tolist(), strict=True):
                self.weight[i] = weight
        self.inside: list[list[int]] = [[] for _ in inst.limits]
        for j in sorted(np.flatnonzero(best.x).tolist(), key=lambda j: (self.worth[j], j)):
            for r in inst.of[j]:
                self.inside[r].append(j)
        self.beside = [tuple(sorted(inst.ids[j] for j in inside)) for inside in self.inside]
        self.full = {r for r in range(len(inst.limits)) if r != self.budget and self.used[r] >= self.most[r]}
        self.bare = {r for r in range(len(inst.limits)) if self.used[r] <= self.least[r]}
        self.swaps: dict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = {}

    def share(self, r: int, i: int) -> int:
        return self.weight[i] if r == self.budget else 1

    def broken(self, inst: Instance, i: int) -> list[int]:
        return [
            r
            for r in inst.of[i]
            if r in self.full or (r == self.budget and self.used[r] + self.weight[i] > self.most[r])
        ]

    def leaving(self, inst: Instance, full: tuple[int, ...], bare: tuple[int, ...]) -> list[int]:
        """Who may go, money aside, for one that needs a place in each of `full` and itself counts in `bare`."""
        found = self.swaps.get((full, bare))
        if found is None:
            groups = sorted((self.inside[r] for r in full), key=len)
            allowed = set.intersection(*map(set, groups)) if groups else set()
            found = [
                j
                for j in (groups[0] if groups else ())
                if j in allowed and not inst.lower[j] and all(r not in self.bare or r in bare for r in inst.of[j])
            ]
            self.swaps[full, bare] = found
        return found


def _one(inst: Instance, best: Optimum, of: _Chosen, i: int) -> LeftOut:
    """What can be said without deciding again: the obstacles, the bound by the prices, the best simple swap."""
    application, settings = inst.applications[i], inst.settings
    broken = of.broken(inst, i)
    obstacles = [_obstacle(inst, of, r, i) for r in broken]
    if settings.grant is not None and application.amount > settings.grant:
        obstacles.append(Obstacle("grant", "", application.amount, settings.grant, application.amount - settings.grant))
    if application.id in settings.without:
        obstacles.append(Obstacle("without", application.id, 0, 0, 0))
    if inst.upper[i] == 0:
        return LeftOut(application.id, tuple(obstacles), False, None, Decimal(0), True)
    at_least = 0
    if best.root is not None:
        reach = (best.root.bound + min(0, int(best.root.reduced[i]))) // SCALE
        at_least = max(0, best.worth - reach)
    swap = _swap(inst, of, i, broken)
    needed = None if swap is None else max(0, of.worth[swap] - of.worth[i])
    return LeftOut(
        application.id,
        tuple(obstacles),
        True,
        None if needed is None else points(needed, inst.unit),
        points(at_least, inst.unit),
        needed is not None and needed <= at_least and best.worth == best.bound,
        () if swap is None else (inst.ids[swap],),
    )


def _swap(inst: Instance, of: _Chosen, i: int, broken: list[int]) -> int | None:
    """The chosen one of least worth in whose place `i` could stand, all others unchanged."""
    full = tuple(r for r in broken if r != of.budget)
    if not full and broken:  # money alone: anyone's may do
        candidates = [
            j for j in of.inside[of.budget] if not inst.lower[j] and not of.bare & set(inst.of[j]) - set(inst.of[i])
        ]
    else:
        candidates = of.leaving(inst, full, tuple(r for r in inst.of[i] if r in of.bare))
    spare = of.most[of.budget] - of.used[of.budget] - of.weight[i] if of.budget >= 0 else 0
    return next((j for j in candidates if of.budget < 0 or of.weight[j] + spare >= 0), None)


def _obstacle(inst: Instance, of: _Chosen, r: int, i: int) -> Obstacle:
    limit = inst.limits[r]
    used, most = of.used[r] * limit.step, of.most[r] * limit.step
    by = (of.used[r] + of.share(r, i) - of.most[r]) * limit.step
    if limit.kind == "budget" and inst.settings.budget is not None:
        by -= inst.settings.budget - most  # the limit may not be a multiple of the step
        most = inst.settings.budget
    return Obstacle(limit.kind, limit.of, used, most, by, () if limit.kind in ("awards", "budget") else of.beside[r])


def _decided(selector: Selector, one: LeftOut, best: Optimum, i: int, of: _Chosen) -> LeftOut:
    """The same by deciding again with it forced in."""
    start = None
    if one.leaves:
        start = best.x.copy()
        start[i], start[selector.instance.index[one.leaves[0]]] = 1, 0
    change = selector.what_if(force=[one.id], start=start)
    if not change.possible:
        return dataclasses.replace(one, possible=False, needed=None, exact=change.exact, leaves=(), joins=())
    joins = tuple(name for name in change.joins if name != one.id)
    return dataclasses.replace(
        one,
        needed=change.loss,
        at_least=change.loss if change.exact else one.at_least,
        exact=change.exact,
        leaves=change.leaves,
        joins=joins,
    )


def _raises(selector: Selector, best: Optimum) -> dict[int, list[tuple[str, str, int]]]:
    """For each left out: the single limits that let it in when raised, and by how many."""
    found: dict[int, list[tuple[str, str, int]]] = {}
    used = selector.instance.used(best.x).tolist()
    for r, limit in enumerate(selector.instance.limits):
        if limit.kind not in COUNTED or limit.most is None or used[r] < limit.most:
            continue
        seen: set[int] = set()
        for by in range(1, (FURTHER if limit.kind == "awards" else 1) + 1):
            other = raised(selector, r, by).optimum
            if other is None:
                break
            for i in np.flatnonzero(other.x > best.x).tolist():
                if i not in seen:
                    seen.add(i)
                    found.setdefault(i, []).append((limit.kind, limit.of, by))
    return found


def raised(selector: Selector, r: int, by: int) -> Selector:
    """The same question with one limit raised."""
    inst = selector.instance
    limit = inst.limits[r]
    higher = dataclasses.replace(limit, most=None if limit.most is None else limit.most + by)
    limits: tuple[Limit, ...] = (*inst.limits[:r], higher, *inst.limits[r + 1 :])
    best = selector.optimum
    return Selector.of(dataclasses.replace(inst, limits=limits), start=None if best is None else best.x)
