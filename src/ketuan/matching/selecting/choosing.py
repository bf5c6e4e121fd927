"""The best choice, the same for every order of the input, and what changes when something is forced in or out.

The linear program comes first. Its prices leave few applications open: the core (Balas and Zemel 1980, for knapsacks).
Branch and bound decides the core; the prices then rule out, in whole numbers, that any of the others could change the
answer. Among choices of equal worth the one holding the smallest id wins, then the next smallest, and so on.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

import numpy as np

from ketuan.matching.selecting.limits import Bits, Instance, Ints, Table, divisor, instance
from ketuan.matching.selecting.pricing import SCALE, Priced, priced
from ketuan.matching.selecting.search import Node, Search, core_of, unfold
from ketuan.matching.selecting.values import Application, Settings
from ketuan.matching.selecting.whole import points
from ketuan.matching.solver import Program, Relaxed

CORE = 24
"""Applications that are left open at first."""
NODES = 500
"""Linear programs of one search; beyond, the solver's own integer program, which also cuts, takes over."""
TIE_NODES = 1_000
"""Linear programs for telling apart choices of equal worth."""
PROOF_NODES = 5_000
"""Steps that the proof may have."""
SOLVER_NODES = 200_000


@dataclass(frozen=True)
class Optimum:
    """`x`: the choice. `worth`: in units, whole. `bound`: nothing is worth more. `sure`: `bound` is proved by exact
    arithmetic; else it is the solver's word. `root`: the prices of the linear program. `first`: of all choices of equal worth it is the first by its ids."""

    x: Bits
    worth: int
    bound: int
    sure: bool
    root: Priced | None
    relaxed: Relaxed
    first: bool = False


@dataclass(frozen=True)
class Change:
    """What another decision would mean, against the choice as it stands. Score points. `possible`: False if no choice
    keeps all limits then. `exact`: the loss is the true one, not an upper bound."""

    possible: bool
    loss: Decimal
    joins: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    exact: bool = True


class Selector:
    """One question and everything one may ask about its answer. Nothing is computed before it is asked for."""

    def __init__(self, applications: Sequence[Application], settings: Settings) -> None:
        self._ask(instance(applications, settings), None)

    @classmethod
    def of(cls, inst: Instance, *, start: Bits | None = None) -> Selector:
        """For a question that is ready; `start`: a choice to begin with."""
        selector = cls.__new__(cls)
        selector._ask(inst, start)
        return selector

    def _ask(self, inst: Instance, start: Bits | None) -> None:
        self.instance, self._start = inst, start
        self.program: Program = self.table.program(self.worth, inst.lower, inst.upper)

    @property
    def table(self) -> Table:
        return self.instance.table

    @property
    def worth(self) -> Ints:
        return self.instance.worth

    @cached_property
    def optimum(self) -> Optimum | None:
        """None if no choice keeps every limit."""
        lower, upper = self.instance.lower, self.instance.upper
        found = self.best(lower, upper, start=self._start)
        if found is None or found.worth < found.bound or found.root is None:
            return found
        first, sure = first_of_equals(self.instance, found, lower, upper)
        return Optimum(first, found.worth, found.bound, found.sure, found.root, found.relaxed, sure)

    @cached_property
    def proof(self) -> Node | None:
        """Prices that prove the optimum, or None where they do not suffice."""
        best = self.optimum
        if best is None or best.root is None:
            return None
        prices = tuple((int(r), int(best.root.prices[r])) for r in np.flatnonzero(best.root.prices))
        if best.root.most <= best.worth:
            return Node(prices)
        lower, upper = narrowed(best.root, best.worth, self.instance.lower, self.instance.upper)
        core = core_of(self.table, self.worth, lower, upper)
        search = Search(core, floor=best.worth - core.base, nodes=PROOF_NODES, proving=True)
        tree = search.run()
        if tree is None or not search.complete or search.best is not None:
            return None
        # one step that keeps the box: the prices of the whole program, then the core's tree
        return Node(prices, then=unfold(tree, core))

    def what_if(self, *, force: Iterable[str] = (), without: Iterable[str] = (), start: Bits | None = None) -> Change:
        """The best choice if these are in and those are out; ids must be known. `start`: a choice to begin with."""
        best = self.optimum
        if best is None:
            return Change(False, Decimal(0))
        lower, upper = self.instance.lower.copy(), self.instance.upper.copy()
        inside = [self.instance.index[name] for name in force]
        outside = [self.instance.index[name] for name in without]
        lower[inside], upper[outside] = 1, 0
        other = self.best(lower, upper, start=best.x if start is None else start)
        if other is None:
            return Change(False, Decimal(0))
        ids = self.instance.ids
        return Change(
            True,
            points(best.worth - other.worth, self.instance.unit),
            tuple(ids[i] for i in np.flatnonzero(other.x > best.x)),
            tuple(ids[i] for i in np.flatnonzero(other.x < best.x)),
            exact=other.worth == other.bound and best.worth == best.bound,
        )

    def best(self, lower: Bits, upper: Bits, *, start: Bits | None = None) -> Optimum | None:
        """The best choice within these bounds; `start`: one to begin with, if it keeps them. The program is left as it
        was."""
        if bool(np.any(lower > upper)):
            return None
        moved = np.flatnonzero((lower != self.instance.lower) | (upper != self.instance.upper))
        self.program.bounds(moved, lower[moved], upper[moved])
        try:
            return _best(self.instance, self.program, lower, upper, start)
        finally:
            self.program.bounds(moved, self.instance.lower[moved], self.instance.upper[moved])


def _best(inst: Instance, program: Program, lower: Bits, upper: Bits, start: Bits | None) -> Optimum | None:
    table, worth = inst.table, inst.worth
    relaxed = program.relax()
    if relaxed.status == "infeasible":
        return None
    root = priced(table, worth, relaxed.duals * divisor(worth), lower, upper)
    if root is None:
        return _by_solver(inst, program, relaxed, None, None)
    floor, x = -1, None
    nearest = np.rint(relaxed.values).astype(np.int8)
    for candidate in (nearest, start):
        if candidate is None or bool(np.any(candidate < lower)) or bool(np.any(candidate > upper)):
            continue
        value = int(np.dot(worth, candidate.astype(np.int64)))
        if value > floor and inst.keeps_limits(candidate):
            floor, x = value, candidate
    if x is not None and root.most <= floor:
        return Optimum(x, floor, floor, True, root, relaxed)
    known, reach = floor, int(np.sort(np.abs(root.reduced))[min(CORE, len(worth)) - 1])
    while True:
        # Look first for what is hardly worse than the linear program, then twice as far, until something is found.
        floor = max(known, root.most - 1 - reach // SCALE)
        core = core_of(table, worth, *narrowed(root, floor, lower, upper))
        search = Search(core, floor=floor - core.base, nodes=NODES)
        search.run()
        if search.best is not None:
            x, known = core.whole(search.best), search.floor + core.base
        if not search.complete:
            return _by_solver(inst, program, relaxed, root, x)
        if search.best is not None or floor == known:  # all better ones are ruled out
            return None if x is None else Optimum(x, known, known, search.proved, root, relaxed)
        reach = 2 * reach + SCALE


def narrowed(root: Priced, worth: int, lower: Bits, upper: Bits) -> tuple[Bits, Bits]:
    """The bounds with everything fixed that, by the prices, no choice worth more than `worth` has otherwise."""
    low, high = lower.copy(), upper.copy()
    out = root.decides(worth)
    low[out & (root.reduced > 0) & (upper == 1)] = 1
    high[out & (root.reduced < 0) & (lower == 0)] = 0
    return low, high


def first_of_equals(inst: Instance, found: Optimum, lower: Bits, upper: Bits) -> tuple[Bits, bool]:
    """Of all choices within the bounds worth as much as the one found: the first by its ids; and whether that is sure:
    after `TIE_NODES` linear programs the search for others stops, at the same place for the same question."""
    assert found.root is not None
    core = core_of(inst.table, inst.worth, *narrowed(found.root, found.worth - 1, lower, upper))
    goal = found.worth - core.base
    x, sure, left = found.x[core.columns], True, TIE_NODES
    low, high = np.zeros_like(x), np.ones_like(x)
    for column in range(len(x)):
        if not x[column]:
            low[column] = 1
            search = Search(core, floor=goal - 1, enough=goal, nodes=min(NODES, left))
            search.run(low, high)
            left = max(0, left - (min(NODES, left) - max(0, search.left)))
            if search.best is None:
                sure = sure and search.complete
                low[column] = high[column] = 0
                continue
            x = search.best
        low[column] = high[column] = 1
    return core.whole(x), sure


def _by_solver(
    inst: Instance, program: Program, relaxed: Relaxed, root: Priced | None, start: Bits | None
) -> Optimum | None:
    """The solver's own branch and bound: it must be believed, except that its choice is checked in whole numbers."""
    by = divisor(inst.worth)
    answer = program.solve(nodes=SOLVER_NODES, gap=0.5 / by, start=start)
    if answer.status == "infeasible" and start is None:
        return None
    x = start
    if answer.values is not None:
        candidate = answer.values.astype(np.int8)
        if inst.keeps_limits(candidate) and (x is None or _value(inst, candidate) > _value(inst, x)):
            x = candidate
    if x is None:
        raise ArithmeticError("the solver found no choice that keeps the limits exactly")
    value = _value(inst, x)
    bound = value if answer.status == "optimal" else int(np.floor(answer.bound * by + 1e-6))
    return Optimum(x, value, max(value, bound), False, root, relaxed)


def _value(inst: Instance, x: Bits) -> int:
    return int(np.dot(inst.worth, x.astype(np.int64)))
