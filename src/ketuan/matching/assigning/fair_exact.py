"""Few papers: branch and bound over the whole question, from the mended answer on, within a number of nodes.

Maximise m·t - Σ u_p with u_p ≥ t - quality_p, u ≥ 0 (Rockafellar and Uryasev 2000), a sum of at least the target, pairs whole.
"""

from __future__ import annotations

import numpy as np

from ketuan.matching.assigning.lp import Restricted
from ketuan.matching.assigning.problem import Ints, Problem, ordered


def exact(problem: Problem, pairs: Ints, start: Ints, share: Ints, worst: int, target: int, nodes: int) -> Ints:
    """The best assignment over `pairs` found within so many nodes, at least as good as `start` (which lies in them)."""
    lp = Restricted(problem, pairs, np.zeros(len(pairs)), fine=0.0)
    lp.forgive_nothing()
    solver, highspy = lp.solver, lp.highspy
    counted = np.flatnonzero(share > 0)
    many, columns, rows = len(counted), solver.getNumCol(), solver.getNumRow()
    units = problem.units[pairs[:, 0], pairs[:, 1]].astype(np.float64) / problem.scale
    scaled = share / max(1, int(share.max()))
    place = np.full(problem.papers, -1)
    place[counted] = np.arange(many)
    infinite = highspy.kHighsInf
    # the rows of the qualities and of the sum; their entries for t and u come with those columns
    values = units * scaled[pairs[:, 0]]
    at = np.flatnonzero(place[pairs[:, 0]] >= 0)
    at = at[np.argsort(place[pairs[at, 0]], kind="stable")]
    starts = np.searchsorted(place[pairs[at, 0]], np.arange(many))
    first = columns - len(pairs)
    index = np.concatenate([at, np.arange(len(pairs))]) + first
    solver.addRows(
        many + 1,
        np.concatenate([np.zeros(many), [target / problem.scale - 1e-9]]),
        np.full(many + 1, infinite),
        len(index),
        np.concatenate([starts, [len(at)]]).astype(np.int32),
        index.astype(np.int32),
        np.concatenate([values[at], units]),
    )
    lines = rows + np.arange(many)
    solver.addCols(
        many + 1,
        np.concatenate([[-float(worst)], np.ones(many)]),
        np.zeros(many + 1),
        np.full(many + 1, infinite),
        2 * many,
        np.concatenate([[0], many + np.arange(many)]).astype(np.int32),
        np.concatenate([lines, lines]).astype(np.int32),
        np.concatenate([-np.ones(many), np.ones(many)]),
    )
    taken = np.isin(pairs[:, 0] * problem.reviewers + pairs[:, 1], start[:, 0] * problem.reviewers + start[:, 1])
    quality = np.bincount(pairs[taken, 0], values[taken], problem.papers)[counted]
    level = float(np.sort(quality)[worst - 1])
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate(
        [np.zeros(first), taken.astype(np.float64), [level], np.maximum(level - quality, 0)]
    ).tolist()
    solver.setSolution(solution)
    found = lp.whole(nodes)
    if found is None:
        return start
    chosen = ordered(pairs[found[: len(pairs)] > 0.5])
    return chosen if problem.value(chosen) >= target else start
