"""Weak duality in whole numbers: a bound that holds for any prices, so nobody has to trust the program that found them.

For a maximum of Σ w_p·s_pr·x_pr with least ≤ Σ x ≤ most on both sides and 0 ≤ x ≤ 1, every choice of prices u (papers) and v
(reviewers) gives the bound Σ max(u·least, u·most) + Σ max(v·least, v·most) + Σ max(0, w·s - u - v) (Schrijver, Combinatorial
Optimization, 2003, ch. 21). Limits per unit and discipline add a price ≥ 0 or a bonus ≥ 0 in the same way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.problem import Ints, Problem, no_pairs

CELLS = 1 << 20
"""Pairs worked on at a time, so that the whole matrix is never held twice."""


@dataclass(frozen=True, eq=False)
class Duals:
    """Prices in units (times the weight of the paper, where papers are weighted)."""

    papers: Ints
    """(papers,) of any sign"""
    reviewers: Ints
    """(reviewers,) of any sign"""
    units: Ints = field(default_factory=lambda: no_pairs(3))
    """(n, 3) paper, unit, price ≥ 0; pairs of paper and unit that are not listed have price 0"""
    disciplines: Ints = field(default_factory=lambda: no_pairs(3))
    """(n, 3) paper, discipline, bonus ≥ 0"""


def blocks(problem: Problem, duals: Duals, weights: Ints | None = None) -> Iterator[tuple[int, int, Ints]]:
    """`(first, last + 1, reduced)`: for a run of papers the reduced score of every pair, int64 (papers of the run, reviewers).

    What is forbidden is included; mask it with `problem.allowed[first:end]`.
    """
    step = max(1, CELLS // max(1, problem.reviewers))
    prices, bonuses = duals.units[np.argsort(duals.units[:, 0], kind="stable")], duals.disciplines
    bonuses = bonuses[np.argsort(bonuses[:, 0], kind="stable")]
    for first in range(0, problem.papers, step):
        end = min(first + step, problem.papers)
        reduced = problem.units[first:end].astype(np.int64)
        if weights is not None:
            reduced *= weights[first:end, None]
        reduced -= duals.papers[first:end, None]
        reduced -= duals.reviewers
        low, high = np.searchsorted(prices[:, 0], (first, end))
        if high > low and problem.unit is not None:
            table = np.zeros((end - first, int(problem.unit.max()) + 2), np.int64)
            table[prices[low:high, 0] - first, prices[low:high, 1]] = prices[low:high, 2]
            reduced -= table[:, problem.unit]  # unit -1 reads the last column, which stays 0
        low, high = np.searchsorted(bonuses[:, 0], (first, end))
        if high > low and problem.disciplines is not None:
            for paper, kind, bonus in bonuses[low:high].tolist():
                reduced[paper - first] += bonus * problem.disciplines[kind]
        yield first, end, reduced


def bound(problem: Problem, duals: Duals, weights: Ints | None = None) -> int:
    """No assignment within the limits has a larger weighted sum of scores, in units. Exact.

    Needs weight x scale and all prices below 2**52 in size. Raises ValueError for a negative price or bonus.
    """
    if (duals.units[:, 2] < 0).any() or (duals.disciplines[:, 2] < 0).any():
        raise ValueError("a price of a unit or a bonus of a discipline is negative")
    total: int = _side(duals.papers, problem.paper_least, problem.paper_most)
    total += _side(duals.reviewers, problem.reviewer_least, problem.reviewer_most)
    total += int((problem.unit_most or 0) * sum(duals.units[:, 2].tolist()) - sum(duals.disciplines[:, 2].tolist()))
    pinned = np.searchsorted(problem.pins[:, 0], np.arange(problem.papers + 1))
    for first, end, reduced in blocks(problem, duals, weights):
        pins = problem.pins[pinned[first] : pinned[end]]
        kept: NDArray[np.int64] = reduced[pins[:, 0] - first, pins[:, 1]]
        np.maximum(reduced, 0, out=reduced)
        reduced *= problem.allowed[first:end]
        reduced[pins[:, 0] - first, pins[:, 1]] = kept
        total += int(sum(reduced.sum(axis=1).tolist()))
    return total


def _side(prices: Ints, least: Ints, most: Ints) -> int:
    return sum(
        int(p * (m if p > 0 else n)) for p, n, m in zip(prices.tolist(), least.tolist(), most.tolist(), strict=True)
    )
