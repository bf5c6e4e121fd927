"""What the worst tenth is, and the proof of how good it can be: weights of papers, a price of the sum, and weak duality."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from ketuan.matching.assigning.duals import Duals, bound
from ketuan.matching.assigning.problem import Ints, Problem
from ketuan.matching.assigning.total import Total

KEPT = Fraction(99, 100)
"""the share of the largest sum that must remain"""
TENTH = 10
LCM = 5040
"""largest common multiple of the numbers of reviews; above it the shares are rounded"""


@dataclass(frozen=True, eq=False)
class WorstProof:
    """Prices that prove how good the worst tenth of any assignment with a sum of at least `target` can be (`worst_bound`)."""

    y: Ints
    """(papers,) ≥ 0; none above Σ y / m"""
    lam: int
    """price of a unit of the sum, ≥ 0"""
    target: int
    """least sum, in units"""
    duals: Duals
    """for the weights share·y + lam"""


def shares(problem: Problem) -> tuple[Ints, int, int]:
    """`(share, denominator, m)`: quality of a paper = share × its sum in units / (scale × denominator); m papers are the worst tenth.

    Papers that may have no review are not counted: share 0.
    """
    asked = reviews_asked(problem)
    counted = asked > 0
    numbers = sorted(set(asked[counted].tolist()))
    worst = -(-int(counted.sum()) // TENTH)
    if len(numbers) < 2:
        return counted.astype(np.int64), 1, worst
    common = math.lcm(*numbers)
    common = common if common <= LCM else LCM
    part = np.maximum(1, np.rint(common / np.maximum(asked, 1)).astype(np.int64))
    return np.where(counted, part, 0), common, worst


def reviews_asked(problem: Problem) -> Ints:
    """(papers,) "at least"; where that is 0 "at most", but no more than there are reviewers. 0: not counted."""
    return np.where(problem.paper_least > 0, problem.paper_least, np.minimum(problem.paper_most, problem.reviewers))


def worst_mean(problem: Problem, pairs: Ints) -> Fraction:
    """Mean quality of the worst tenth."""
    share, denominator, worst = shares(problem)
    if not worst:
        return Fraction(0)
    return Fraction(worst_sum(problem, pairs, share, worst), worst * problem.scale * denominator)


def worst_sum(problem: Problem, pairs: Ints, share: Ints, worst: int) -> int:
    """Of the qualities of the worst papers, in units times share."""
    quality = (problem.by_paper(pairs) * share)[share > 0]
    return int(np.sort(quality)[:worst].sum())


def target_of(first: Total) -> int:
    """The least sum that is kept, from the proven bound of the total: nobody needs to see the optimum itself."""
    return min(math.ceil(KEPT * first.bound), first.value)


def worst_bound(problem: Problem, proof: WorstProof) -> Fraction:
    """What the prices prove. Raises ValueError if they are no such prices. Exact.

    For y ≥ 0, m·y_p ≤ Y = Σ y the mean of the worst m is at most Σ y_p·quality_p / Y, and a sum of at least `target` adds
    lam × (sum - target) ≥ 0; the rest is weak duality.
    """
    share, denominator, worst = shares(problem)
    if not worst:
        return Fraction(0)
    whole = int(proof.y.sum())
    y = np.where(share > 0, proof.y, 0)
    if proof.lam < 0 or whole <= 0 or (proof.y < 0).any() or (y != proof.y).any() or worst * int(y.max()) > whole:
        raise ValueError("no weights of a worst tenth")
    most = bound(problem, proof.duals, share * y + proof.lam)
    return Fraction(most - proof.lam * proof.target, whole * problem.scale * denominator)
