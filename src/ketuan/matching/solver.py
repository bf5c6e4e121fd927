"""Integer programs and their relaxations by HiGHS (highspy), as values in and values out.

    maximise gain · x   where   least_r <= row_r · x <= most_r   and   lower <= x <= upper,   x whole (or not)

>>> program = Program([5.0, 4.0, 3.0], [Row([0, 1, 2], [2, 3, 1], most=5)])  # upper bounds are 1 if not told
>>> program.solve().values  # → [1., 1., 0.]; `relax()` gives the linear program with its duals
>>> program.bounds([1], 0, 0)  # leave column 1 out; the next `relax()` starts from the last basis

The same calls in the same order give the same answer: one thread, seed 0, no clock; work is limited by nodes only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Numbers = Sequence[float] | Sequence[int] | npt.NDArray[Any]
Columns = Sequence[int] | npt.NDArray[np.integer[Any]]
Status = Literal["optimal", "infeasible", "limit"]

INFINITY = float("inf")


@dataclass(frozen=True, slots=True)
class Row:
    """`least <= Σ weights[k] · x[columns[k]] <= most`; one weight for all if `weights` is a number."""

    columns: Columns
    weights: float | Numbers = 1.0
    least: float = -INFINITY
    most: float = INFINITY


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out of an integer program.

    `values`: a whole number for each column, or None if no solution is known. `value` <= optimum <= `bound`, as far as
    the solver's floating point can be trusted; `gap`: `bound` - `value`. `status`: "limit" if nodes ran out.
    """

    status: Status
    values: Floats | None
    value: float
    bound: float
    nodes: int

    @property
    def gap(self) -> float:
        return self.bound - self.value


@dataclass(frozen=True, slots=True)
class Relaxed:
    """What came out of the linear program: `duals` a row (>= 0 where `most` binds, <= 0 where `least` binds), `reduced`
    a column, `gain - rowsᵀ duals`. If "infeasible", `duals` is empty or says why: taken with these weights, the rows
    contradict the bounds of the columns (Farkas)."""

    status: Status
    values: Floats
    value: float
    duals: Floats
    reduced: Floats


class Program:
    """A program that is built once and asked many times. `gain`: a number a column; `upper`, `lower`: one for all, or
    one a column."""

    def __init__(
        self, gain: Numbers, rows: Sequence[Row], *, lower: float | Numbers = 0.0, upper: float | Numbers = 1.0
    ) -> None:
        self.rows = tuple(rows)
        self.gain: Floats = np.array(gain, dtype=np.float64)
        self.lower: Floats = _spread(lower, self.gain.shape).copy()
        self.upper: Floats = _spread(upper, self.gain.shape).copy()
        self._lp: Any = None
        self._least = np.array([row.least for row in self.rows], dtype=np.float64)
        self._most = np.array([row.most for row in self.rows], dtype=np.float64)
        columns = [np.asarray(row.columns, dtype=np.int32) for row in self.rows]
        weights = [_spread(row.weights, c.shape) for row, c in zip(self.rows, columns, strict=True)]
        self._starts = np.concatenate([[0], np.cumsum([len(c) for c in columns])]).astype(np.int32)
        self._columns = np.concatenate([*columns, np.empty(0, np.int32)])
        self._weights = np.concatenate([*weights, np.empty(0, np.float64)])

    # ---- changing it --------------------------------------------------------------------------------------------------

    def bounds(self, columns: Columns, lower: float | Numbers, upper: float | Numbers) -> None:
        """New bounds for some columns; equal bounds fix a column."""
        chosen = np.asarray(columns, dtype=np.int32)
        low, high = _spread(lower, chosen.shape), _spread(upper, chosen.shape)
        self.lower[chosen], self.upper[chosen] = low, high
        if self._lp is not None:
            self._lp.changeColsBounds(len(chosen), chosen, low.copy(), high.copy())

    def limits(self, row: int, least: float, most: float) -> None:
        """New limits for a row."""
        self._least[row], self._most[row] = least, most
        if self._lp is not None:
            self._lp.changeRowBounds(row, least, most)

    def gains(self, gain: Numbers) -> None:
        """Another goal."""
        self.gain = np.array(gain, dtype=np.float64)
        if self._lp is not None:
            self._lp.changeColsCost(len(self.gain), np.arange(len(self.gain), dtype=np.int32), self.gain)

    # ---- asking it ----------------------------------------------------------------------------------------------------

    def relax(self) -> Relaxed:
        """The linear program, from the last basis if there was one."""
        import highspy

        if self._lp is None:
            self._lp = self._model(whole=False)
            self._lp.setOptionValue("presolve", "off")  # a presolved program forgets the basis
        lp = self._lp
        lp.run()
        status = lp.getModelStatus()
        for presolve in ("off", "on"):
            if status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible):
                break
            lp.clearSolver()  # the last basis can lead astray: once more from nothing
            lp.setOptionValue("presolve", presolve)
            lp.run()
            status = lp.getModelStatus()
            lp.setOptionValue("presolve", "off")
        if status != highspy.HighsModelStatus.kOptimal:
            if status != highspy.HighsModelStatus.kInfeasible:
                raise RuntimeError(f"the linear program ended as {status}")
            _, known, ray = lp.getDualRay()
            nothing = np.empty(0)
            return Relaxed("infeasible", nothing, -INFINITY, -np.array(ray) if known else nothing, nothing)
        solution = lp.getSolution()
        values, duals = np.array(solution.col_value), np.array(solution.row_dual)
        return Relaxed(
            "optimal", values, float(lp.getInfo().objective_function_value), duals, np.array(solution.col_dual)
        )

    def solve(
        self,
        *,
        nodes: int = 1_000_000,
        gap: float = 0.0,
        start: Numbers | None = None,
        cutoff: float = -INFINITY,
    ) -> Answer:
        """The best whole numbers. `gap`: this far from the optimum will do; `start`: a solution to begin with;
        `cutoff`: only solutions of at least this value are asked for ("infeasible" if there is none)."""
        import highspy

        model = self._model(whole=True)
        model.setOptionValue("mip_rel_gap", 0.0)
        model.setOptionValue("mip_abs_gap", max(gap, 1e-6))
        model.setOptionValue("mip_max_nodes", nodes)
        if cutoff > -INFINITY:
            every = np.flatnonzero(self.gain).astype(np.int32)
            model.addRow(cutoff, INFINITY, len(every), every, self.gain[every])
        if start is not None:
            given = np.asarray(start, dtype=np.float64)
            model.setSolution(len(given), np.arange(len(given), dtype=np.int32), given)
        model.run()
        status, info = model.getModelStatus(), model.getInfo()
        states = highspy.HighsModelStatus
        if status in (states.kInfeasible, states.kUnboundedOrInfeasible):
            return Answer("infeasible", None, -INFINITY, -INFINITY, max(0, int(info.mip_node_count)))
        known = info.primal_solution_status == 2  # kSolutionStatusFeasible
        values = np.rint(np.array(model.getSolution().col_value)) if known else None
        value = float(np.dot(self.gain, values)) if values is not None else -INFINITY
        if status in (states.kOptimal, states.kModelEmpty):
            bound = max(value, float(info.mip_dual_bound)) if np.isfinite(info.mip_dual_bound) else value
            return Answer("optimal", values, value, bound, max(0, int(info.mip_node_count)))
        if status not in (states.kSolutionLimit, states.kIterationLimit, states.kInterrupt):
            raise RuntimeError(f"the integer program ended as {status}")
        return Answer("limit", values, value, float(info.mip_dual_bound), max(0, int(info.mip_node_count)))

    def _model(self, *, whole: bool) -> Any:
        import highspy

        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        for name, value in (("output_flag", False), ("threads", 1), ("parallel", "off"), ("random_seed", 0)):
            model.setOptionValue(name, value)
        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.gain), len(self.rows)
        lp.sense_ = highspy.ObjSense.kMaximize
        lp.col_cost_, lp.col_lower_, lp.col_upper_ = self.gain, self.lower, self.upper
        lp.row_lower_, lp.row_upper_ = self._least, self._most
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = self._starts, self._columns, self._weights
        if whole:
            lp.integrality_ = [highspy.HighsVarType.kInteger] * len(self.gain)
        if model.passModel(lp) == highspy.HighsStatus.kError:
            raise ValueError("this is no program: a column named twice in a row, or bounds the wrong way round")
        return model


def _spread(numbers: float | Numbers, shape: tuple[int, ...]) -> Floats:
    return np.broadcast_to(np.asarray(numbers, dtype=np.float64), shape)
