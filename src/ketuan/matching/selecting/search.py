"""Branch and bound in whole numbers over the few applications that a linear program leaves open.

Each node solves a linear program, warm from the last one; its duals, rounded to whole prices, close the node only if the
exact bound of `pricing` says so. A node also fixes what the prices decide (reduced-cost fixing; Dantzig, Fulkerson and
Johnson 1954), and branches on the most divided application. The prices of all nodes together are a proof
(`Node`) that anyone can check without trusting the solver.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ketuan.matching.selecting.limits import FAR, Bits, Ints, Table, divisor
from ketuan.matching.selecting.pricing import SCALE, Priced, contradiction, priced
from ketuan.matching.solver import Floats, Program

_DEEPEST = 300


@dataclass(frozen=True, slots=True)
class Node:
    """One step of a proof that nothing in a box is worth more than the claimed value.

    `prices`: (row, whole price) that give a bound, or (`contradiction`) show that the box holds no choice at all. Where
    the bound is not low enough, the prices fix some applications; then the rest is split by whether `column` is in, or
    looked at once more (`then`).
    """

    prices: tuple[tuple[int, int], ...]
    contradiction: bool = False
    column: int | None = None
    without: Node | None = None
    having: Node | None = None
    then: Node | None = None


@dataclass(frozen=True)
class Core:
    """What is left of a program when some columns are fixed: `columns` and `rows` number what is left in the whole."""

    table: Table
    worth: Ints
    columns: Ints
    rows: Ints
    base: int
    fixed: Bits

    @cached_property
    def program(self) -> Program:
        ones = np.ones(len(self.columns), dtype=np.int8)
        return self.table.program(self.worth, ones * 0, ones)

    def whole(self, x: Bits) -> Bits:
        """The choice among all columns."""
        full = self.fixed.copy()
        full[self.columns] = x
        return full


def core_of(table: Table, worth: Ints, lower: Bits, upper: Bits) -> Core:
    """The program without its fixed columns, and without rows that can no longer be broken."""
    open_ = lower < upper
    fixed = lower.copy()
    used = table.times(fixed.astype(np.int64))
    at = np.flatnonzero(open_[table.columns]) if len(table.columns) else np.empty(0, np.int64)
    height = len(table.least)
    reach = np.bincount(table.rows[at], weights=table.weights[at], minlength=height)  # sums stay far below 2⁵³
    least = np.where(table.least == -FAR, -FAR, table.least - used)
    most = np.where(table.most == FAR, FAR, table.most - used)
    rows = np.flatnonzero((reach > most) | (least > 0) | (most < 0))
    place = np.full(height, -1)
    place[rows] = np.arange(len(rows))
    at = at[place[table.rows[at]] >= 0]
    columns = np.flatnonzero(open_)
    position = np.zeros(table.width, dtype=np.int64)
    position[columns] = np.arange(len(columns))
    kept = place[table.rows[at]]
    small = Table(
        starts=np.concatenate([[0], np.cumsum(np.bincount(kept, minlength=len(rows)))]).astype(np.int64),
        columns=position[table.columns[at]],
        weights=table.weights[at],
        rows=kept,
        least=least[rows],
        most=most[rows],
        width=len(columns),
    )
    return Core(small, worth[columns], columns, rows, int(np.dot(worth, fixed.astype(np.int64))), fixed)


class Search:
    """Looks in a core for choices worth more than `floor`, down to `nodes` nodes.

    `best`: the best found, `floor`: its worth (of the core's columns alone). `complete`: every corner was looked at or
    ruled out; `proved`: and by exact arithmetic, so that the returned nodes prove it.
    """

    def __init__(self, core: Core, *, floor: int, nodes: int, enough: int | None = None, proving: bool = False) -> None:
        self.core, self.floor, self.enough, self.left, self.proving = core, floor, enough, nodes, proving
        self.best: Bits | None = None
        self.complete = self.proved = True
        self._divisor = divisor(core.worth)

    def run(self, lower: Bits | None = None, upper: Bits | None = None) -> Node | None:
        width = len(self.core.columns)
        low = np.zeros(width, dtype=np.int8) if lower is None else lower.copy()
        high = np.ones(width, dtype=np.int8) if upper is None else upper.copy()
        self.core.program.bounds(np.arange(width), low, high)
        return self._node(low, high, 0)

    @property
    def _done(self) -> bool:
        return self.enough is not None and self.floor >= self.enough

    def _node(self, low: Bits, high: Bits, depth: int) -> Node | None:
        if np.array_equal(low, high):
            return self._corner(low)
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            self.complete = False
            return None
        table, worth = self.core.table, self.core.worth
        relaxed = self.core.program.relax()
        if relaxed.status == "infeasible":
            ray = contradiction(table, relaxed.duals, low, high)
            if ray is None:
                self.proved = False
                return self._halves(low, high, depth) if self.proving else None
            return Node(_sparse(ray), contradiction=True)
        found = priced(table, worth, relaxed.duals * self._divisor, low, high)
        if found is None:
            self.complete = False
            return None
        if found.most <= self.floor:
            return Node(_sparse(found.prices))
        nearest = np.rint(relaxed.values)
        away = np.abs(relaxed.values - nearest)
        if float(np.max(away)) < 1e-6:
            self._take(nearest.astype(np.int8), low, high)
            if self._done or found.most <= self.floor:
                return Node(_sparse(found.prices))
        return self._branch(found, away, relaxed.values, low, high, depth)

    def _halves(self, low: Bits, high: Bits, depth: int) -> Node | None:
        """Split a box of which the solver says, without a reason that holds exactly, that it holds no choice."""
        column = int(np.flatnonzero(low < high)[0])
        sides = []
        for value in (0, 1):
            below, above = low.copy(), high.copy()
            below[column] = above[column] = value
            self.core.program.bounds([column], value, value)
            sides.append(self._node(below, above, depth + 1))
        self.core.program.bounds([column], 0, 1)
        return None if sides[0] is None or sides[1] is None else Node((), False, column, sides[0], sides[1])

    def _branch(self, found: Priced, away: Floats, values: Floats, low: Bits, high: Bits, depth: int) -> Node | None:
        low, high = low.copy(), high.copy()
        undo_low, undo_high = low.copy(), high.copy()
        flip = (low < high) & found.decides(self.floor)
        low[flip & (found.reduced > 0)] = 1
        high[flip & (found.reduced < 0)] = 0
        changed = np.flatnonzero(flip)
        program = self.core.program
        program.bounds(changed, low[changed], high[changed])
        try:
            still = np.flatnonzero(low < high)
            if not len(still):
                column = int(changed[0])  # any will do: one side is empty, the other a corner
                inside = self._corner(low)
                empty = Node(())
                sides = (empty, inside) if low[column] else (inside, empty)
                return None if inside is None else Node(_sparse(found.prices), False, column, *sides)
            # the most divided; where none is, the one whose price is closest
            column = int(still[np.lexsort((np.abs(found.reduced[still]), -away[still]))[0]])
            first = 1 if values[column] >= 0.5 else 0
            sides_by = {}
            for value in (first, 1 - first):
                below, above = low.copy(), high.copy()
                below[column] = above[column] = value
                program.bounds([column], value, value)
                sides_by[value] = self._node(below, above, depth + 1)
                if self._done:
                    return None
            program.bounds([column], 0, 1)
            if sides_by[0] is None or sides_by[1] is None:
                return None
            return Node(_sparse(found.prices), False, column, sides_by[0], sides_by[1])
        finally:
            program.bounds(changed, undo_low[changed], undo_high[changed])

    def _corner(self, x: Bits) -> Node | None:
        """A box of one choice: it breaks a limit, or its worth is its bound."""
        used = self.core.table.times(x.astype(np.int64))
        over = np.flatnonzero(used > self.core.table.most)
        under = np.flatnonzero(used < self.core.table.least)
        if len(over):
            return Node(((int(over[0]), SCALE),), contradiction=True)
        if len(under):
            return Node(((int(under[0]), -SCALE),), contradiction=True)
        self._take(x, x, x)
        return Node(())

    def _take(self, x: Bits, low: Bits, high: Bits) -> None:
        value = int(np.dot(self.core.worth, x.astype(np.int64)))
        if value <= self.floor or bool(np.any(x < low)) or bool(np.any(x > high)):
            return
        used = self.core.table.times(x.astype(np.int64))
        if bool(np.all(used <= self.core.table.most)) and bool(np.all(used >= self.core.table.least)):
            self.floor, self.best = value, x


def _sparse(prices: Ints) -> tuple[tuple[int, int], ...]:
    at = np.flatnonzero(prices)
    return tuple(zip(at.tolist(), prices[at].tolist(), strict=True))


def unfold(node: Node, core: Core) -> Node:
    """The same proof with the numbers of the whole program."""
    return Node(
        tuple((int(core.rows[row]), price) for row, price in node.prices),
        node.contradiction,
        None if node.column is None else int(core.columns[node.column]),
        None if node.without is None else unfold(node.without, core),
        None if node.having is None else unfold(node.having, core),
    )
