"""The fair assignment: the worst tenth of the papers as good as it can be while the sum stays within 1 % of its optimum.

Quality of a paper: the sum of the scores of its reviewers where every paper asks for the same number of reviews; else that sum per
review it must have. The worst tenth: the ceil(papers / 10) papers of least quality; its mean is what is raised (the conditional
value at risk of Rockafellar and Uryasev 2000). First prices (`fair_prices`) say which papers matter and what the sum is worth; they
prove, over the whole matrix and in whole numbers, how good any worst tenth can be. Then an assignment that is best at these prices
is mended by small exchanges (`fair_moves`). No step looks at a clock: the work is bounded by counts.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.duals import Duals, blocks, bound
from ketuan.matching.assigning.fair_exact import exact
from ketuan.matching.assigning.fair_moves import State, improve
from ketuan.matching.assigning.fair_prices import Floats, Prices, Relaxed, prices
from ketuan.matching.assigning.lp import Restricted
from ketuan.matching.assigning.pricing import violated
from ketuan.matching.assigning.problem import Ints, Problem, ordered
from ketuan.matching.assigning.total import Total, total

KEPT = Fraction(99, 100)
"""the share of the largest sum that must remain"""
TENTH = 10
LIKELY = 40
"""reviewers per paper that exchanges look at"""
CLOSE = 12
"""of these, how many are columns of the relaxed problem; as many more come by price"""
LCM = 5040
"""largest common multiple of the numbers of reviews; above it the shares are rounded"""
_NONE = np.iinfo(np.int64).min // 4
_FEW, _NODES = (40, 600), 200  # papers and pairs up to which branch and bound has the last word, and its nodes
_SMALL = 200  # papers up to which every start is tried
_EXACT = 1 << 50
_PARTS = (4, 6, 4)  # tenths of the steps: after each, pairs outside the list that the prices let through join it
_PULLS = (0.3, 1.0, 4.0, 32.0)  # how much the score counts beside nearness to the relaxed assignment
_GOOD, _FINE = 0.985, 0.998  # share of the bound at which only the cheap exchanges go on, and at which nothing does

Told = Callable[[int, int], None]


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


@dataclass(frozen=True, eq=False)
class Fair:
    pairs: Ints
    worst: Fraction
    """mean quality of the worst tenth"""
    bound: Fraction
    """no assignment with a sum of at least 99 % of the optimum has a better one"""
    proof: WorstProof


def shares(problem: Problem) -> tuple[Ints, int, int]:
    """`(share, denominator, m)`: quality of a paper = share × its sum in units / (scale × denominator); m papers are the worst tenth.

    Papers that may have no review are not counted: share 0.
    """
    asked = np.where(problem.paper_least > 0, problem.paper_least, problem.paper_most)
    counted = problem.paper_most > 0
    numbers = sorted(set(asked[counted].tolist()))
    worst = -(-int(counted.sum()) // TENTH)
    if len(numbers) < 2:
        return counted.astype(np.int64), 1, worst
    common = math.lcm(*numbers)
    common = common if common <= LCM else LCM
    return np.where(counted, np.rint(common / np.maximum(asked, 1)).astype(np.int64), 0), common, worst


def worst_mean(problem: Problem, pairs: Ints) -> Fraction:
    """Mean quality of the worst tenth."""
    share, denominator, worst = shares(problem)
    if not worst:
        return Fraction(0)
    return Fraction(_worst_sum(problem, pairs, share, worst), worst * problem.scale * denominator)


def _worst_sum(problem: Problem, pairs: Ints, share: Ints, worst: int) -> int:
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


def fair(problem: Problem, first: Total, *, progress: Told | None = None) -> Fair:
    """From the best total to the fair assignment. Never worse in the worst tenth than `first`, whose limits hold."""
    share, _, worst = shares(problem)
    target = target_of(first)
    if not worst:
        nothing = Duals(np.zeros(problem.papers, np.int64), np.zeros(problem.reviewers, np.int64))
        proof = WorstProof(np.zeros(problem.papers, np.int64), 0, target, nothing)
        return Fair(first.pairs, Fraction(0), Fraction(0), proof)
    steps = _Steps(progress)
    likely = _likely(problem, CLOSE, 1, np.zeros(problem.reviewers, np.int64))
    proof, support, x = _prove(problem, first, share, worst, target, likely, steps)
    lam = proof.lam / (int(proof.y.sum()) / worst)
    limit = worst_bound(problem, proof)
    likely = _likely(problem, LIKELY, int(share.max()) * int(proof.y.max()) + proof.lam, proof.duals.reviewers)
    best = (_worst_sum(problem, first.pairs, share, worst), problem.value(first.pairs), first.pairs)
    near = float(limit) * worst * problem.scale * shares(problem)[1]
    for start in _starts(problem, first, support, x, target):
        found = _mended(problem, start, share, target, likely, worst, lam, near, steps)
        if found[:2] > best[:2]:
            best = found
        if best[0] >= (_FINE if problem.papers <= _SMALL else _GOOD) * near:
            break
    answer = best[2]
    if problem.papers <= _FEW[0] and problem.units.size <= _FEW[1] and best[0] < _FINE * near:
        answer = exact(problem, np.argwhere(problem.allowed), answer, share, worst, target, _NODES)
    return Fair(answer, worst_mean(problem, answer), limit, proof)


class _Steps:
    """Progress without knowing the end: the total stays ahead."""

    def __init__(self, progress: Told | None) -> None:
        self.progress, self.done = progress, 0

    def __call__(self, *_: int) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.done + 10)


def _likely(problem: Problem, many: int, weight: int, reviewers: Ints) -> Ints:
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


def _prove(
    problem: Problem, first: Total, share: Ints, worst: int, target: int, likely: Ints, steps: _Steps
) -> tuple[WorstProof, Ints, Floats]:
    """The best prices found, the pairs that the relaxed assignment uses, and how much of each."""
    asked = np.where(problem.paper_least > 0, problem.paper_least, problem.paper_most)
    whole = int((share * asked).max())  # about the same for every counted paper
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
    rounds = 600 if known.sum() < 20_000 else 1200
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
        price, x, listed = prices(relaxed, price, x, rounds * _PARTS[turn] // 10, told=steps)
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
    alone = _alone(problem, share, worst, target)
    return min(best[1], alone, key=lambda one: worst_bound(problem, one)), support, part


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
    proof = WorstProof(y, lam, target, _completed(problem, weights, reviewers))
    if problem.unit is None and problem.needs is None:
        return proof
    strict = total(problem, weights=weights)
    other = WorstProof(y, lam, target, strict.duals)
    return min((proof, other), key=lambda one: worst_bound(problem, one))


def _alone(problem: Problem, share: Ints, worst: int, target: int) -> WorstProof:
    """The plain proof: what the m most hopeless papers would have if each had its best reviewers to itself."""
    nobody = np.zeros(problem.reviewers, np.int64)
    best = np.zeros(problem.papers, np.int64)
    for first, end, reduced in blocks(problem, Duals(best, nobody)):
        reduced *= problem.allowed[first:end]
        top, most = -np.sort(-reduced, axis=1), problem.paper_most[first:end]
        sums = np.concatenate([np.zeros((end - first, 1), np.int64), np.cumsum(top, axis=1)], axis=1)
        best[first:end] = sums[np.arange(end - first), np.minimum(most, problem.reviewers)]
    hopeless = np.argsort(np.where(share > 0, best * share, np.iinfo(np.int64).max), kind="stable")[:worst]
    y = np.zeros(problem.papers, np.int64)
    y[hopeless] = 1
    return WorstProof(y, 0, target, _completed(problem, share * y, nobody))


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


def _level(reduced: Ints, least: Ints, most: Ints) -> Ints:
    """(rows,) the price of each paper that makes the bound least: the reduced score at which it stops taking."""
    rows, width = reduced.shape
    deep = int(min(width, max(1, most.max(initial=0))))
    top = reduced if deep == width else -np.partition(-reduced, deep - 1, axis=1)[:, :deep]
    top = -np.sort(-top, axis=1)
    none = np.iinfo(np.int64).min // 8

    def at(rank: Ints) -> Ints:
        """The rank-th best from 1; none where there are fewer."""
        value: Ints = np.where(rank > width, none, top[np.arange(rows), np.clip(rank, 1, deep) - 1])
        return value

    high, low = at(np.maximum(most, 1)), at(least)
    price = np.where(high > 0, high, 0)
    return np.where((high <= 0) & (least > 0) & (low < 0) & (low > none), low, price)


def _starts(problem: Problem, first: Total, support: Ints, x: Floats, target: int) -> Iterator[Ints]:
    """Assignments to mend: whole ones nearest to the relaxed one, if their sum is large enough, and the best total."""
    units = problem.units[support[:, 0], support[:, 1]].astype(np.float64)
    units /= max(1.0, float(units.max(initial=0)))
    lp: Restricted | None = None
    for pull in _PULLS:
        if lp is None:
            lp = Restricted(problem, support, x + pull * units, fine=0.0)
            lp.forgive_nothing()
        else:
            lp.reprice(x + pull * units, 0.0)
        taken = lp.solve()
        if (np.abs(taken - np.rint(taken)) > 1e-6).any():
            break
        pairs = ordered(support[taken > 0.5])
        if problem.value(pairs) >= target:
            yield pairs
            break
    yield first.pairs


def _mended(
    problem: Problem,
    start: Ints,
    share: Ints,
    target: int,
    likely: Ints,
    worst: int,
    lam: float,
    near: float,
    steps: _Steps,
) -> tuple[int, int, Ints]:
    """`(sum of the worst, sum of all, pairs)` after exchanges, within a number of tries that grows with the papers."""
    state = State(problem, start, share, target)
    tries = max(500, min(24 * problem.papers // 10, 3 * problem.papers**2 // 4000))
    before = -1
    while True:
        tries = improve(state, likely, worst, lam, tries, told=steps)
        tries = improve(state, likely, worst, 0.0, tries, told=steps)
        now = int(np.partition(state.quality[share > 0], worst - 1)[:worst].sum())
        if tries <= 0 or now >= _GOOD * near or now <= before * 1.0003:
            return now, state.sum, state.pairs()
        before = now
        tries -= improve_all(state, likely, worst, lam, tries)


def improve_all(state: State, likely: Ints, worst: int, lam: float, tries: int) -> int:
    """One sweep over all papers wins back some of the sum; how many tries it took."""
    once = min(tries, state.problem.papers)
    left = improve(state, likely, worst, lam, once, everybody=True)
    return once - left


def _floats(values: NDArray[np.integer[Any]]) -> Floats:
    return values.astype(np.float64)
