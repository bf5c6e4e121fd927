"""The proof for the worst tenth, found: relaxed prices over a growing list of pairs, made whole numbers over the whole matrix."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.duals import Duals, blocks
from ketuan.matching.assigning.fair_prices import Floats, Prices, Relaxed, prices
from ketuan.matching.assigning.fair_quality import WorstProof, reviews_asked, shares, worst_bound
from ketuan.matching.assigning.pricing import violated
from ketuan.matching.assigning.problem import Ints, Problem
from ketuan.matching.assigning.total import Total, total

CLOSE = 12
"""reviewers per paper that are columns of the relaxed problem by score; as many more come by price"""
_EXACT = 1 << 50
_NONE = np.iinfo(np.int64).min // 4
_PARTS = (4, 5, 3)  # tenths of the steps: after each, pairs outside the list that the prices let through join it


def likely_ones(problem: Problem, many: int, weight: int, reviewers: Ints) -> Ints:
    """(papers, many) the reviewers with the best weighted score after their price, best first; forbidden ones last."""
    many = min(many, problem.reviewers)
    found = np.empty((problem.papers, many), np.int64)
    weights = np.full(problem.papers, weight)
    for first, end, reduced in blocks(problem, Duals(np.zeros(problem.papers, np.int64), reviewers), weights):
        reduced[~problem.allowed[first:end]] = _NONE
        top = np.arange(many)[None].repeat(end - first, 0)
        if many < problem.reviewers:
            top = np.sort(np.argpartition(-reduced, many - 1, axis=1)[:, :many], axis=1)
        order = np.argsort(-np.take_along_axis(reduced, top, 1), axis=1, kind="stable")
        found[first:end] = np.take_along_axis(top, order, 1)
    return found


def prove(
    problem: Problem, first: Total, share: Ints, worst: int, target: int, told: Callable[[int], None] | None
) -> tuple[WorstProof, Ints, Floats]:
    """The best prices found, the pairs that the relaxed assignment uses, and how much of each."""
    likely = likely_ones(problem, CLOSE, 1, np.zeros(problem.reviewers, np.int64))
    whole = int((share * reviews_asked(problem)).max())  # about the same for every counted paper
    quality = problem.by_paper(first.pairs) * share
    factor = 0.75 / max(1e-9, float(quality[share > 0].mean()) / whole)
    known = np.zeros(problem.units.shape, np.bool_)
    known[np.arange(problem.papers)[:, None], likely] = True
    for pairs in (first.pairs, _by_price(problem, first.duals), problem.pins):
        known[pairs[:, 0], pairs[:, 1]] = True
    known &= problem.allowed
    begin = np.zeros(problem.papers)
    order = np.argsort(np.where(share > 0, quality, np.iinfo(np.int64).max), kind="stable")
    begin[order[:worst]] = 1.0
    price = Prices(
        begin, 0.01, 0.01 * factor * _floats(first.duals.papers), 0.01 * factor * _floats(first.duals.reviewers)
    )
    taken = np.zeros(problem.units.shape, np.bool_)
    taken[first.pairs[:, 0], first.pairs[:, 1]] = True
    best: tuple[Fraction, WorstProof] | None = None
    rounds = 600 if known.sum() < 20_000 else 1000
    support, part = first.pairs, np.ones(len(first.pairs))
    old = taken.astype(np.float32)
    for turn in range(len(_PARTS)):
        paper, reviewer = np.nonzero(known)
        pinned = np.isin(
            paper * problem.reviewers + reviewer, problem.pins[:, 0] * problem.reviewers + problem.pins[:, 1]
        )
        relaxed = Relaxed(
            paper,
            reviewer,
            _floats(problem.units[paper, reviewer]) * factor,
            _floats(share) / whole,
            pinned,
            _floats(problem.paper_least),
            _floats(problem.paper_most),
            _floats(problem.reviewer_least),
            _floats(problem.reviewer_most),
            target * factor,
            worst,
        )
        x = old[paper, reviewer].astype(np.float64)
        price, x, listed = prices(relaxed, price, x, rounds * _PARTS[turn] // 10, told=told)
        proof = _rounded(problem, price, share, whole, factor, worst, target)
        value = worst_bound(problem, proof)
        if best is None or value < best[0]:
            best = (value, proof)
        keep = (x > 0.05) | taken[paper, reviewer]
        support, part = np.stack((paper[keep], reviewer[keep]), axis=1), x[keep]
        denominator = problem.scale * shares(problem)[1]
        if turn and float(value) * denominator * factor / whole <= listed * 1.001 + 1e-9:
            break
        new = violated(problem, proof.duals, share * proof.y + proof.lam, known, 8, 2)
        old[paper, reviewer] = x
        known[new[:, 0], new[:, 1]] = True
    assert best is not None
    return _strict(problem, best[1]), support, part


def _by_price(problem: Problem, duals: Duals) -> Ints:
    """The pairs of each paper, and one or more of each reviewer, that come next at the prices of the best total."""
    found = []
    many = min(CLOSE, problem.reviewers - 1)
    for first, end, reduced in blocks(problem, duals):
        reduced[~problem.allowed[first:end]] = _NONE
        top = np.argpartition(-reduced, many, axis=1)[:, :many] if many else np.zeros((end - first, 1), np.int64)
        found.append(np.stack((np.arange(first, end)[:, None].repeat(top.shape[1], 1).ravel(), top.ravel()), axis=1))
        few = min(end - first, 1 + 16 * (end - first) // problem.papers)
        top = np.argpartition(-reduced, few - 1, axis=0)[:few] + first
        found.append(np.stack((top.ravel(), np.arange(problem.reviewers)[None].repeat(few, 0).ravel()), axis=1))
    return np.concatenate(found)


def _rounded(
    problem: Problem, price: Prices, share: Ints, whole: int, factor: float, worst: int, target: int
) -> WorstProof:
    """The prices in whole numbers, those of the papers chosen as well as the whole matrix allows."""
    parts = int(min(10**6, _EXACT / (problem.scale * (int(share.max()) + whole * price.sum + 1))))
    parts = max(1, parts)
    y = np.where(share > 0, np.floor(np.clip(price.tail, 0, 1) * parts), 0).astype(np.int64)
    rest = worst * parts - int(y.sum())
    while rest:
        able = np.flatnonzero((share > 0) & ((y < parts) if rest > 0 else (y > 0)))
        able = able[np.argsort(-np.where(rest > 0, 1, -1) * price.tail[able], kind="stable")][: abs(rest)]
        y[able] += 1 if rest > 0 else -1
        rest = worst * parts - int(y.sum())
    lam = round(parts * whole * price.sum)
    reviewers = np.rint(price.reviewers * (parts * whole / factor)).astype(np.int64)
    weights = share * y + lam
    return WorstProof(y, lam, target, _completed(problem, weights, reviewers))


def _strict(problem: Problem, proof: WorstProof) -> WorstProof:
    """With prices of the limits of units and disciplines, where there are any and they help."""
    if problem.unit is None and problem.needs is None:
        return proof
    weights = shares(problem)[0] * proof.y + proof.lam
    other = WorstProof(proof.y, proof.lam, proof.target, total(problem, weights=weights).duals)
    return min(proof, other, key=lambda one: worst_bound(problem, one))


def alone(problem: Problem, share: Ints, worst: int, target: int) -> WorstProof:
    """The plain proof: what the m most hopeless papers would have if each had its best reviewers to itself."""
    nobody = np.zeros(problem.reviewers, np.int64)
    best = np.zeros(problem.papers, np.int64)
    for first, end, reduced in blocks(problem, Duals(best, nobody)):
        reduced *= problem.allowed[first:end]
        most = problem.paper_most[first:end]
        top = _top(reduced, int(most.max()))
        sums = np.concatenate([np.zeros((end - first, 1), np.int64), np.cumsum(top, axis=1)], axis=1)
        best[first:end] = sums[np.arange(end - first), np.minimum(most, top.shape[1])]
    hopeless = np.argsort(np.where(share > 0, best * share, np.iinfo(np.int64).max), kind="stable")[:worst]
    y = np.zeros(problem.papers, np.int64)
    y[hopeless] = 1
    return WorstProof(y, 0, target, _completed(problem, share * y, nobody))


def even(problem: Problem, first: Total, share: Ints, target: int) -> WorstProof | None:
    """As plain: the worst tenth cannot be better than the mean of all. None where papers ask for different numbers."""
    if int(share.max()) > 1:
        return None
    return WorstProof(share.copy(), 0, target, first.duals)


def _completed(problem: Problem, weights: Ints, reviewers: Ints) -> Duals:
    """With the prices of the papers that make the bound least."""
    papers = np.zeros(problem.papers, np.int64)
    pins = np.bincount(problem.pins[:, 0], minlength=problem.papers)
    least, most = problem.paper_least - pins, problem.paper_most - pins
    for first, end, reduced in blocks(problem, Duals(papers, reviewers), weights):
        reduced[~problem.allowed[first:end]] = _NONE
        mine = problem.pins[(problem.pins[:, 0] >= first) & (problem.pins[:, 0] < end)]
        reduced[mine[:, 0] - first, mine[:, 1]] = _NONE
        papers[first:end] = _level(reduced, least[first:end], most[first:end])
    return Duals(papers, reviewers)


def _top(values: Ints, many: int) -> Ints:
    """The largest `many` (one at least) of each row, in falling order."""
    deep = min(values.shape[1], max(1, many))
    cut = values.shape[1] - deep
    top = values if cut == 0 else np.partition(values, cut, axis=1)[:, cut:]
    return np.sort(top, axis=1)[:, ::-1]


def _level(reduced: Ints, least: Ints, most: Ints) -> Ints:
    """(rows,) the price of each paper that makes the bound least: the reduced score at which it stops taking."""
    rows, width = reduced.shape
    top = _top(reduced, int(most.max(initial=0)))
    deep = top.shape[1]
    none = np.iinfo(np.int64).min // 8

    def at(rank: Ints) -> Ints:
        """The rank-th best from 1; none where there are fewer."""
        value: Ints = np.where(rank > width, none, top[np.arange(rows), np.clip(rank, 1, deep) - 1])
        return value

    high, low = at(np.maximum(most, 1)), at(least)
    price = np.where(high > 0, high, 0)
    return np.where((high <= 0) & (least > 0) & (low < 0) & (low > none), low, price)


def _floats(values: NDArray[np.integer[Any]]) -> Floats:
    return values.astype(np.float64)
