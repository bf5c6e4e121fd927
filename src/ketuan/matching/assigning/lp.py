"""The linear program of the limits over some of the pairs, solved by HiGHS (one thread, fixed seed, so twice the same).

Without limits that cross (units and disciplines together) its corners are whole: a flow (Dantzig 1951).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.duals import Duals
from ketuan.matching.assigning.problem import Ints, Problem

Floats = NDArray[np.float64]

TOLERANCE = 1e-9
"""of the solver; a bound never rests on it"""
GAIN = 1000.0
"""a score of 1 in the solver's objective: its tolerance for prices is then a millionth of a millionth"""


class Restricted:
    """Columns are pairs; for every "at least" there is also a column that makes up what is missing, at `fine` apiece."""

    def __init__(self, problem: Problem, pairs: Ints, costs: Floats, *, fine: float, cap: float = 1.0) -> None:
        import highspy

        self.problem, self.highspy, self.cap = problem, highspy, cap
        self.pairs = np.empty((0, 2), np.int64)
        self.short: Ints = np.empty(0, np.int64)
        self.solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for option, value in (
            ("output_flag", False),
            ("threads", 1),
            ("random_seed", 0),
            ("presolve", "off"),
            ("primal_feasibility_tolerance", TOLERANCE),
            ("dual_feasibility_tolerance", TOLERANCE),
        ):
            self.solver.setOptionValue(option, value)
        papers, reviewers = problem.papers, problem.reviewers
        least = [problem.paper_least, problem.reviewer_least]
        most = [problem.paper_most, problem.reviewer_most]
        self.unit_row = self.kind_row = None
        self.undecided = False
        self.rows = papers + reviewers
        if problem.needs is not None:
            self.kind_row = np.full(problem.needs.shape, -1, np.int64)
            many = int(problem.needs.sum())
            self.kind_row[problem.needs] = self.rows + np.arange(many)
            self.rows += many
            least.append(np.ones(many, np.int64))
            most.append(np.full(many, reviewers))
        if problem.unit is not None and problem.unit_most is not None:
            self.unit_row = np.full((papers, int(problem.unit.max()) + 2), -1, np.int64)
        low, high = np.concatenate(least).astype(np.float64), np.concatenate(most).astype(np.float64)
        empty = np.empty(0, np.int32)
        self.solver.addRows(self.rows, low, high, 0, np.zeros(self.rows, np.int32), empty, np.empty(0))
        self.fined = np.flatnonzero(low > 0)
        count = len(self.fined)
        self._columns(np.full(count, -fine), np.zeros(count), low[self.fined], np.arange(count), self.fined)
        self.add(pairs, costs)

    def _columns(self, gain: Floats, low: Floats, high: Floats, column: Ints, row: Ints) -> None:
        """HiGHS minimises: gains go in with a minus. `column` (sorted) and `row` name the ones of the matrix."""
        starts = np.searchsorted(column, np.arange(len(gain))).astype(np.int32)
        ones = np.ones(len(row))
        self.solver.addCols(len(gain), -GAIN * gain, low, high, len(row), starts, row.astype(np.int32), ones)

    def add(self, pairs: Ints, costs: Floats) -> None:
        """New pairs, with what each brings."""
        problem, count = self.problem, len(pairs)
        paper, reviewer, number = pairs[:, 0], pairs[:, 1], np.arange(count)
        columns, rows = [number, number], [paper, problem.papers + reviewer]
        if self.kind_row is not None and problem.disciplines is not None:
            for kind in range(len(problem.disciplines)):
                row = np.where(problem.disciplines[kind, reviewer], self.kind_row[paper, kind], -1)
                columns.append(number[row >= 0])
                rows.append(row[row >= 0])
        if self.unit_row is not None and problem.unit is not None:
            row = self.unit_row[paper, problem.unit[reviewer]]
            columns.append(number[row >= 0])
            rows.append(row[row >= 0])
        column, row = np.concatenate(columns), np.concatenate(rows)
        order = np.lexsort((row, column))
        low = np.zeros(count)
        if len(problem.pins):
            width = problem.reviewers
            low[np.isin(paper * width + reviewer, problem.pins[:, 0] * width + problem.pins[:, 1])] = 1.0
        self._columns(costs, low, np.maximum(low, self.cap), column[order], row[order])
        self.pairs = np.concatenate([self.pairs, pairs])
        if self.unit_row is not None:
            self._unit_rows(self.unit_row)

    def _unit_rows(self, unit_row: Ints) -> None:
        """A row for each paper and unit that has got more candidates than may come: the other rows could never bind."""
        problem = self.problem
        assert problem.unit is not None
        assert problem.unit_most is not None
        unit = problem.unit[self.pairs[:, 1]]
        width = unit_row.shape[1]
        key = np.where(unit >= 0, self.pairs[:, 0] * width + unit, -1)
        seen, counts = np.unique(key, return_counts=True)
        new = seen[(counts > problem.unit_most) & (seen >= 0)]
        new = new[unit_row[new // width, new % width] < 0]
        if problem.unit_only is not None:
            new = np.array([k for k in new.tolist() if divmod(k, width) in problem.unit_only], np.int64)
        if not len(new):
            return
        unit_row[new // width, new % width] = self.rows + np.arange(len(new))
        self.rows += len(new)
        inside = np.flatnonzero(np.isin(key, new))
        row = np.searchsorted(new, key[inside])
        order = np.lexsort((inside, row))
        starts = np.searchsorted(row[order], np.arange(len(new))).astype(np.int32)
        column = (inside[order] + len(self.fined)).astype(np.int32)
        high = np.full(len(new), float(problem.unit_most))
        self.solver.addRows(len(new), np.zeros(len(new)), high, len(column), starts, column, np.ones(len(column)))

    def reprice(self, costs: Floats | None, fine: float) -> None:
        """Other gains for all pairs (None: nothing) and another fine for what is missing."""
        first, many = len(self.fined), len(self.pairs)
        gains = GAIN * np.concatenate([np.full(first, fine), np.zeros(many) if costs is None else -costs])
        self.solver.changeColsCost(first + many, np.arange(first + many, dtype=np.int32), gains)

    def forgive_nothing(self) -> None:
        """From now on nothing may be missing."""
        count = len(self.fined)
        self.solver.changeColsBounds(count, np.arange(count, dtype=np.int32), np.zeros(count), np.zeros(count))

    def solve(self) -> Floats:
        """(pairs,) how much of each pair is taken. `missing` is what was made up for at a fine."""
        if not len(self.fined) and not len(self.pairs):
            self.missing = 0.0
            return np.zeros(0)
        self.solver.run()
        status = self.solver.getModelStatus()
        if status != self.highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"HiGHS: {self.solver.modelStatusToString(status)}")
        values = np.array(self.solver.getSolution().col_value)
        self.missing = float(values[: len(self.fined)].sum())
        return values[len(self.fined) :]

    def duals(self, units: int) -> Duals:
        """The prices in whole units; `units` of them are 1 in the solver's gains."""
        told = -np.array(self.solver.getSolution().row_dual, np.float64)
        price = np.rint(told * (units / GAIN)).astype(np.int64) if len(told) else np.zeros(self.rows, np.int64)
        papers, reviewers = self.problem.papers, self.problem.reviewers
        listed = []
        for table, sign in ((self.unit_row, 1), (self.kind_row, -1)):
            where = np.argwhere(table >= 0) if table is not None else np.empty((0, 2), np.int64)
            found = np.maximum(sign * price[table[where[:, 0], where[:, 1]]], 0) if table is not None else where[:, 0]
            listed.append(np.column_stack([where, found])[found > 0])
        return Duals(price[:papers], price[papers : papers + reviewers], listed[0], listed[1])

    def relax(self) -> None:
        """Undo `whole`: fractions are allowed again, and pairs can be added."""
        count, first = len(self.pairs), len(self.fined)
        kind = np.full(count, int(self.highspy.HighsVarType.kContinuous), np.uint8)
        self.solver.changeColsIntegrality(count, np.arange(first, first + count, dtype=np.int32), kind)

    def whole(self, nodes: int) -> Floats | None:
        """(pairs,) the best 0-1 answer over these pairs found within so many nodes of branch and bound, or None.

        Where it is None, `undecided` says whether the nodes ran out: then there may be one after all.
        """
        count, first = len(self.pairs), len(self.fined)
        kind = np.full(count, int(self.highspy.HighsVarType.kInteger), np.uint8)
        self.solver.changeColsIntegrality(count, np.arange(first, first + count, dtype=np.int32), kind)
        self.solver.setOptionValue("presolve", "choose")
        self.solver.setOptionValue("mip_rel_gap", 0.0)
        self.solver.setOptionValue("mip_abs_gap", 1e-9)
        self.solver.setOptionValue("mip_max_nodes", nodes)
        self.solver.run()
        states = self.highspy.HighsModelStatus
        if self.solver.getInfo().primal_solution_status != 2:
            self.undecided = self.solver.getModelStatus() not in (states.kInfeasible, states.kUnboundedOrInfeasible)
            return None
        return np.array(self.solver.getSolution().col_value)[first:]
