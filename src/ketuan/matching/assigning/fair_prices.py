"""What the worst tenth can reach at most: prices of papers, reviewers and of the sum, by first-order steps on a linear program.

The mean of the m smallest values v_p is the least Σ y_p·v_p over 0 ≤ y ≤ 1/m, Σ y = 1 (conditional value at risk: Rockafellar
and Uryasev, Optimization of conditional value-at-risk, 2000). So the largest worst tenth at a sum of at least T is a saddle point
over assignments x (relaxed to 0..1) and prices (y of papers, λ of the sum, and prices of the limits). It is approached by the
primal-dual hybrid gradient method (Chambolle and Pock 2011) with diagonal steps (Pock and Chambolle 2011) and restarts from
averages (Applegate et al., PDLP, 2021). Any prices give a valid bound; better ones give a smaller. Nothing here needs to be exact.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.problem import Ints

Floats = NDArray[np.float64]

LEAST_LAMBDA = 1e-3
"""The sum always counts a little: among answers with equally good worst tenths the larger sum is the better."""
_SUM_ROW = 0.5  # weight of the row of the sum in the step sizes; 0.2 to 1 behave alike, 0.01 is too slow


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxed problem on a list of pairs, scores scaled to about 1. Pairs are sorted by paper."""

    paper: Ints
    """(pairs,)"""
    reviewer: Ints
    """(pairs,)"""
    score: Floats
    """(pairs,)"""
    share: Floats
    """(papers,) quality of a paper = share × sum of its scores"""
    pinned: NDArray[np.bool_]
    """(pairs,)"""
    paper_least: Floats
    paper_most: Floats
    reviewer_least: Floats
    reviewer_most: Floats
    target: float
    """least sum of scores"""
    worst: int
    """m, how many papers are the worst tenth"""


@dataclass(frozen=True, eq=False)
class Prices:
    tail: Floats
    """(papers,) y·m: between 0 and 1, of sum m"""
    sum: float
    """λ·m"""
    papers: Floats
    reviewers: Floats


def prices(
    problem: Relaxed, start: Prices, x: Floats, steps: int, *, told: Callable[[int], None] | None = None
) -> tuple[Prices, Floats, float]:
    """`(prices, relaxed assignment, bound)`: the bound on the mean quality of the worst m, over the listed pairs only."""
    many, people = len(problem.paper_least), len(problem.reviewer_least)
    p, r, a = problem.paper, problem.reviewer, problem.share[problem.paper] * problem.score
    s = _SUM_ROW * problem.score
    low = problem.pinned.astype(np.float64)
    step = 1 / (2 + a + s)
    step_tail = 1 / max(1e-9, float(np.bincount(p, a, many).max()))
    step_paper = 1 / np.maximum(1, np.bincount(p, minlength=many))
    step_reviewer = 1 / np.maximum(1, np.bincount(r, minlength=people))
    step_sum, target = 1 / max(1e-9, float(s.sum())), _SUM_ROW * problem.target
    tail, lam, least = start.tail, start.sum / _SUM_ROW, LEAST_LAMBDA / _SUM_ROW
    papers, reviewers = start.papers, start.reviewers
    best, found, shift = np.inf, start, 0.0
    counted, every = problem.share > 0, 100
    sums = [np.zeros_like(z) for z in (x, tail, papers, reviewers)]
    sum_lam, since = 0.0, 0
    for number in range(1, steps + 1):
        slope = (problem.share * tail)[p]
        slope *= problem.score
        slope += lam * s
        slope -= papers[p]
        slope -= reviewers[r]
        new = x + step * slope
        np.clip(new, low, 1, out=new)
        ahead, x = 2 * new - x, new
        tail, shift = capped(tail - step_tail * np.bincount(p, a * ahead, many), counted, float(problem.worst), shift)
        lam = max(least, lam - step_sum * (float((s * ahead).sum()) - target))
        load = papers / step_paper + np.bincount(p, ahead, many)
        papers = step_paper * (load - np.clip(load, problem.paper_least, problem.paper_most))
        load = reviewers / step_reviewer + np.bincount(r, ahead, people)
        reviewers = step_reviewer * (load - np.clip(load, problem.reviewer_least, problem.reviewer_most))
        for total, value in zip(sums, (x, tail, papers, reviewers), strict=True):
            total += value
        sum_lam, since = sum_lam + lam, since + 1
        if number % every and number < steps:
            continue
        mean = [total / since for total in sums]
        here = (x, Prices(tail, lam * _SUM_ROW, papers, reviewers))
        there = (mean[0], Prices(mean[1], sum_lam / since * _SUM_ROW, mean[2], mean[3]))
        gaps = []
        for at, price in (here, there):
            upper = value_of(problem, price)
            if upper < best:
                best, found = upper, price
            gaps.append(_off(problem, at, upper, a))
        if gaps[1] < gaps[0]:
            x, (tail, papers, reviewers), lam = mean[0], (mean[1], mean[2], mean[3]), sum_lam / since
        for total in sums:
            total[:] = 0
        sum_lam, since = 0.0, 0
        if told is not None:
            told(number)
        if min(gaps) < 5e-4 * max(best, 1e-3):
            break
    return found, x, best


def capped(values: Floats, counted: NDArray[np.bool_], total: float, shift: float) -> tuple[Floats, float]:
    """The nearest point with every counted entry in 0..1, the others 0, and the given sum; and the shift that makes it."""
    values = np.where(counted, values, -np.inf)
    low, high = float(values[counted].min()) - 1, float(values.max())
    if not low < shift < high:
        shift = (low + high) / 2
    near = values - shift
    for _ in range(60):
        near = values - shift
        over = float(np.clip(near, 0, 1).sum()) - total
        if abs(over) <= 1e-9 * total:
            break
        if over > 0:
            low = shift
        else:
            high = shift
        active = int(np.count_nonzero((near > 0) & (near < 1)))
        guess = shift + over / active if active else low
        shift = guess if low < guess < high else (low + high) / 2
    return np.clip(near, 0, 1), shift


def value_of(problem: Relaxed, price: Prices) -> float:
    """The bound that these prices prove over the listed pairs; the prices of papers are chosen anew, as well as can be."""
    weight = problem.share * price.tail + price.sum
    reduced = weight[problem.paper] * problem.score - price.reviewers[problem.reviewer]
    value = float(reduced[problem.pinned].sum())
    free = np.flatnonzero(~problem.pinned)
    paper, reduced = problem.paper[free], reduced[free]
    order = np.lexsort((-reduced, paper))
    first = np.searchsorted(paper, np.arange(len(weight)))
    rank = np.arange(len(free)) - first[paper[order]]
    sure = np.bincount(problem.paper[problem.pinned], minlength=len(weight))
    reduced, rank = reduced[order], rank + sure[paper[order]]
    chosen = (rank < problem.paper_least[paper[order]]) | ((rank < problem.paper_most[paper[order]]) & (reduced > 0))
    value += float(reduced[chosen].sum())
    v = price.reviewers
    value += float(np.maximum(v * problem.reviewer_least, v * problem.reviewer_most).sum())
    return (value - price.sum * problem.target) / problem.worst


def _off(problem: Relaxed, x: Floats, upper: float, a: Floats) -> float:
    """How far a relaxed assignment and a bound are from proving each other."""
    papers = np.bincount(problem.paper, x, len(problem.paper_least))
    people = np.bincount(problem.reviewer, x, len(problem.reviewer_least))
    wrong = float(np.abs(papers - np.clip(papers, problem.paper_least, problem.paper_most)).sum())
    wrong += float(np.abs(people - np.clip(people, problem.reviewer_least, problem.reviewer_most)).sum())
    short = max(0.0, problem.target - float((x * problem.score).sum())) / max(problem.target, 1e-9)
    quality = np.bincount(problem.paper, a * x, len(papers))[problem.share > 0]
    return (
        abs(upper - float(np.partition(quality, problem.worst - 1)[: problem.worst].mean()))
        + wrong / len(papers)
        + 10 * short
    )
