"""Why nothing fits: limits that collide, made as few as possible.

The prices of the unsolvable program (Farkas' lemma) name limits that collide; for limits of the two sides alone this is a set of
papers whose reviewers together have too little room, or of reviewers whose papers have (Hall 1935, Hoffman 1960). What the
set can spare is then left out, one limit after the other (the deletion filter of Chinneck and Dravnieks 1991).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.duals import Duals
from ketuan.matching.assigning.problem import Collision, Impossible, Ints, Limit, Problem

TRIALS = 300
"""limits that are tried one by one; a larger set is told as it is"""
CELLS = 60_000_000
"""pairs looked at in all these trials"""
WHOLE, WHOLE_CELLS = 20_000, 1_000_000
"""pairs of a problem, and pairs in all trials, up to which a trial is a branch and bound where half reviews would do"""


def refuse_pins(problem: Problem) -> None:
    """Raises `Impossible` for pins that exceed a limit "at most" by themselves."""
    for side, kind, most in ((0, "paper-most", problem.paper_most), (1, "reviewer-most", problem.reviewer_most)):
        counts = np.bincount(problem.pins[:, side], minlength=len(most))
        for number in np.flatnonzero(counts > most)[:1].tolist():
            limit = Limit(kind, number, int(most[number]))
            pins = problem.pins[problem.pins[:, side] == number][: int(most[number]) + 1]
            raise Impossible(Collision((limit, *_pins(pins)), irreducible=True))
    if problem.unit is None or problem.unit_most is None:
        return
    unit = problem.unit[problem.pins[:, 1]]
    only = problem.unit_only
    for paper, number in np.unique(np.column_stack([problem.pins[:, 0], unit])[unit >= 0], axis=0).tolist():
        pins = problem.pins[(problem.pins[:, 0] == paper) & (unit == number)]
        if len(pins) > problem.unit_most and (only is None or (paper, number) in only):
            limit = Limit("unit", paper, problem.unit_most, number)
            raise Impossible(Collision((limit, *_pins(pins[: problem.unit_most + 1])), irreducible=True))


def explain(problem: Problem, farkas: Duals, cap: float = 1.0) -> Collision:
    """The smallest set found. `farkas`: prices under which no score at all would still cost something."""
    plain = cap >= 1 and not len(farkas.units) and not len(farkas.disciplines) and not len(problem.pins)
    if plain and (farkas.papers <= 0).all() and (farkas.reviewers >= 0).all():
        few, many = _shrink(problem.allowed, problem.paper_least, problem.reviewer_most, farkas.papers < 0)
        limits = [Limit("paper-least", i, int(problem.paper_least[i])) for i in few]
        limits += [Limit("reviewer-most", i, int(problem.reviewer_most[i])) for i in many]
    elif plain and (farkas.papers >= 0).all() and (farkas.reviewers <= 0).all():
        few, many = _shrink(problem.allowed.T, problem.reviewer_least, problem.paper_most, farkas.reviewers < 0)
        limits = [Limit("reviewer-least", i, int(problem.reviewer_least[i])) for i in few]
        limits += [Limit("paper-most", i, int(problem.paper_most[i])) for i in many]
    else:
        limits = _named(problem, farkas)
    return _filter(problem, limits, cap)


def crossing(problem: Problem) -> Collision:
    """Limits that only half reviews could satisfy together: the smallest set found, from all that could bind."""
    limits = []
    for kind, table, idle in (
        ("paper-least", problem.paper_least, problem.paper_least == 0),
        ("paper-most", problem.paper_most, problem.paper_most >= problem.reviewers),
        ("reviewer-least", problem.reviewer_least, problem.reviewer_least == 0),
        ("reviewer-most", problem.reviewer_most, problem.reviewer_most >= problem.papers),
    ):
        limits += [Limit(kind, i, int(table[i])) for i in np.flatnonzero(~idle).tolist()]
    if problem.needs is not None:
        limits += [Limit("discipline", p, 1, k) for p, k in np.argwhere(problem.needs).tolist()]
    if problem.unit_most is not None and problem.unit is not None:
        for unit in range(int(problem.unit.max(initial=-1)) + 1):
            crowded = problem.allowed[:, problem.unit == unit].sum(axis=1) > problem.unit_most
            limits += [Limit("unit", p, problem.unit_most, unit) for p in np.flatnonzero(crowded).tolist()]
    return _filter(problem, limits, 1.0, WHOLE_CELLS if problem.units.size <= WHOLE else 0)


def holds(problem: Problem, limits: list[Limit], cap: float = 1.0) -> bool:
    """Can just these limits (and conflicts, bans and pins) be kept? With disciplines half reviews are no answer."""
    from ketuan.matching.assigning.total import missing, possible

    relaxed = _only(problem, limits)
    try:
        refuse_pins(relaxed)
    except Impossible:
        return False
    if missing(relaxed, cap) >= 0.5e-6:
        return False
    halves = relaxed.needs is not None and relaxed.needs.any() and relaxed.units.size <= WHOLE
    return not halves or possible(relaxed) is not False


def _pins(pins: Ints) -> list[Limit]:
    return [Limit("pin", p, 1, r) for p, r in pins.tolist()]


def _named(problem: Problem, farkas: Duals) -> list[Limit]:
    """The limits that have a price."""
    limits = []
    for name, prices, least, most in (
        ("paper", farkas.papers, problem.paper_least, problem.paper_most),
        ("reviewer", farkas.reviewers, problem.reviewer_least, problem.reviewer_most),
    ):
        for number in np.flatnonzero(prices).tolist():
            end, table = ("least", least) if prices[number] < 0 else ("most", most)
            limits.append(Limit(f"{name}-{end}", number, int(table[number])))
    limits += [Limit("unit", p, problem.unit_most or 0, u) for p, u, _ in farkas.units.tolist()]
    limits += [Limit("discipline", p, 1, k) for p, k, _ in farkas.disciplines.tolist()]
    return [limit for limit in limits if not (limit.kind.endswith("-least") and limit.amount == 0)]


def _shrink(
    allowed: NDArray[np.bool_], need: Ints, room: Ints, inside: NDArray[np.bool_]
) -> tuple[list[int], list[int]]:
    """Rows that together need more than there is room for, and the columns whose room is too small for them.

    A column takes from a set of rows at most min(room, allowed pairs with the set): the set collides when its need is larger.
    """
    rows = np.flatnonzero(inside & (need > 0)).tolist()
    degree = allowed[rows].sum(axis=0, dtype=np.int64)
    excess = int(need[rows].sum() - np.minimum(room, degree).sum())
    for row in reversed(list(rows)):
        less = degree - allowed[row]
        left = excess - int(need[row]) + int(np.minimum(room, degree).sum() - np.minimum(room, less).sum())
        if left > 0:
            rows.remove(row)
            degree, excess = less, left
    columns = np.flatnonzero(degree > room).tolist()
    for column in list(columns):
        if excess > degree[column] - room[column]:
            columns.remove(column)
            excess -= int(degree[column] - room[column])
    return rows, columns


def _filter(problem: Problem, limits: list[Limit], cap: float, cells: int = CELLS) -> Collision:
    """Leave out, one after the other, what the collision does not need."""
    papers, reviewers = _only(problem, limits).units.shape
    if len(limits) > TRIALS or len(limits) * papers * reviewers > cells:
        return Collision(tuple(limits), irreducible=False)
    kept = list(limits)
    for limit in limits[::-1]:
        without = [other for other in kept if other is not limit]
        if not holds(problem, without, cap):
            kept = without
    return Collision(tuple(kept), irreducible=True)


def _only(problem: Problem, limits: list[Limit]) -> Problem:
    """The problem with all other limits lifted, and without papers that no longer matter."""
    paper_least, reviewer_least = np.zeros_like(problem.paper_least), np.zeros_like(problem.reviewer_least)
    paper_most = np.maximum(problem.paper_least, problem.reviewers)
    reviewer_most = np.maximum(problem.reviewer_least, problem.papers)
    tables = {
        "paper-least": paper_least,
        "paper-most": paper_most,
        "reviewer-least": reviewer_least,
        "reviewer-most": reviewer_most,
    }
    needs = None if problem.needs is None else np.zeros_like(problem.needs)
    units: list[tuple[int, int]] = []
    for limit in limits:
        if limit.kind in tables:
            tables[limit.kind][limit.number] = limit.amount
        elif limit.kind == "discipline" and needs is not None:
            needs[limit.number, limit.other] = True
        elif limit.kind == "unit":
            units.append((limit.number, limit.other))
    matter = np.arange(problem.papers)
    if not reviewer_least.any():
        told = {
            limit.number for limit in limits if limit.kind.startswith("paper") or limit.kind in ("unit", "discipline")
        }
        matter = np.array(sorted(told | set(problem.pins[:, 0].tolist())), np.int64)
    place = np.full(problem.papers, -1)
    place[matter] = np.arange(len(matter))
    pins = problem.pins.copy()
    pins[:, 0] = place[pins[:, 0]]
    return replace(
        problem,
        units=np.zeros((len(matter), problem.reviewers), np.int32),
        allowed=problem.allowed[matter],
        paper_least=paper_least[matter],
        paper_most=paper_most[matter],
        reviewer_least=reviewer_least,
        reviewer_most=reviewer_most,
        pins=pins,
        needs=None if needs is None else needs[matter],
        unit_only=frozenset((int(place[p]), u) for p, u in units),
    )
