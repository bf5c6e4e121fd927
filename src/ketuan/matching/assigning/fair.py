"""The fair assignment: the worst tenth of the papers as good as it can be while the sum stays within 1 % of its optimum.

Quality of a paper: the sum of the scores of its reviewers where every paper asks for the same number of reviews; else that sum per
review it must have. The worst tenth: the ceil(papers / 10) papers of least quality; its mean is what is raised (the conditional
value at risk of Rockafellar and Uryasev 2000). First small exchanges (`fair_moves`) mend the best total; often that is already as
much as these papers could have with all reviewers to themselves. Where it is not, prices (`fair_prices`) say which papers matter
and what the sum is worth; they prove, over the whole matrix and in whole numbers, how good any worst tenth can be (`fair_proof`),
and a whole assignment near the relaxed one is mended in the same way. No step looks at a clock: counts bound the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain

import numpy as np

from ketuan.matching.assigning.duals import Duals
from ketuan.matching.assigning.fair_exact import exact
from ketuan.matching.assigning.fair_moves import State, improve
from ketuan.matching.assigning.fair_prices import Floats
from ketuan.matching.assigning.fair_proof import alone, even, likely_ones, prove
from ketuan.matching.assigning.fair_quality import WorstProof, shares, target_of, worst_bound, worst_mean, worst_sum
from ketuan.matching.assigning.fair_swaps import level_out
from ketuan.matching.assigning.lp import Restricted
from ketuan.matching.assigning.problem import Ints, Problem, ordered
from ketuan.matching.assigning.total import Total

__all__ = ["Fair", "WorstProof", "fair", "shares", "target_of", "worst_bound", "worst_mean"]

LIKELY = 40
"""reviewers per paper that exchanges look at"""
_FEW, _NODES = (30, 300), 100  # papers and pairs up to which branch and bound has the last word, and its nodes
_HUNGRY = 32  # what a unit of a bad paper is worth in units of the sum before the prices are known
_SMALL = 200  # papers up to which more than one start is tried
_PULLS = (0.3, 1.0, 4.0, 32.0)  # how much the score counts beside nearness to the relaxed assignment
_COMMON = Fraction(103, 100)  # a mean of all papers this near the limit: they compete for the same reviewers
_SWAPPED = 0.97  # share of the bound at which no swaps are needed for that
_LEVELS = (0.3, 0.1, 0.03, 0.0)  # what the sum is worth in the swaps, one after the other
_LOOKS = 5_000_000  # papers looked at for swaps, all in all
_GOOD, _FINE = 0.985, 0.998  # share of the bound at which only the cheap exchanges go on, and at which nothing does

Told = Callable[[int, int], None]
Found = tuple[int, int, Ints]
"""sum of the qualities of the worst, sum of all, pairs"""


@dataclass(frozen=True, eq=False)
class Fair:
    pairs: Ints
    worst: Fraction
    """mean quality of the worst tenth"""
    bound: Fraction
    """no assignment with a sum of at least 99 % of the optimum has a better one"""
    proof: WorstProof


def fair(problem: Problem, first: Total, *, progress: Told | None = None) -> Fair:
    """From the best total to the fair assignment. Never worse in the worst tenth than `first`, whose limits hold."""
    share, _, worst = shares(problem)
    target = target_of(first)
    if not worst:
        nothing = Duals(np.zeros(problem.papers, np.int64), np.zeros(problem.reviewers, np.int64))
        proof = WorstProof(np.zeros(problem.papers, np.int64), 0, target, nothing)
        return Fair(first.pairs, Fraction(0), Fraction(0), proof)
    steps = _Steps(progress)
    plain = alone(problem, share, worst, target)
    best = (worst_sum(problem, first.pairs, share, worst), problem.value(first.pairs), first.pairs)
    likely = likely_ones(problem, LIKELY, _HUNGRY, first.duals.reviewers)
    task = _Task(problem, share, worst, target, steps)
    if (mean := even(problem, first, share, target)) is not None:
        plain = min(plain, mean, key=lambda one: worst_bound(problem, one))
    proof, limit = plain, worst_bound(problem, plain)
    for tries, least, most in ((2 * worst, 0.0, 1.0), (8 * worst, 0.93, _FINE)):
        if least * task.units(limit) <= best[0] < most * task.units(limit):
            best = max(best, task.mended(best[2], likely, 1 / _HUNGRY, limit, tries), key=_merit)
    mended = best[2]
    if mean is not None and worst_bound(problem, mean) <= _COMMON * limit and best[0] < _SWAPPED * task.units(limit):
        best = max(best, task.levelled(first.pairs, limit), key=_merit)
    if best[0] < _FINE * task.units(limit):
        proof, support, x = prove(problem, first, share, worst, target, steps)
        proof = min(proof, plain, key=lambda one: worst_bound(problem, one))
        limit = worst_bound(problem, proof)
    if best[0] < _FINE * task.units(limit):
        lam = proof.lam / (int(proof.y.sum()) / worst)
        likely = likely_ones(problem, LIKELY, int(share.max()) * int(proof.y.max()) + proof.lam, proof.duals.reviewers)
        starts = _starts(problem, best[2], support, x, target)
        if best[2] is not mended and problem.papers <= _SMALL:
            starts = chain(starts, [mended])
        for start in starts:
            best = max(best, task.mended(start, likely, lam, limit, task.tries), key=_merit)
            if best[0] >= _FINE * task.units(limit):
                break
    answer = best[2]
    if problem.papers <= _FEW[0] and problem.units.size <= _FEW[1] and best[0] < _FINE * task.units(limit):
        answer = exact(problem, np.argwhere(problem.allowed), answer, share, worst, target, _NODES)
    return Fair(answer, worst_mean(problem, answer), limit, proof)


def _merit(found: Found) -> tuple[int, int]:
    return found[0], found[1]


class _Steps:
    """Progress without knowing the end: the total stays ahead."""

    def __init__(self, progress: Told | None) -> None:
        self.progress, self.done = progress, 0

    def __call__(self, *_: int) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, self.done + 10)


@dataclass(frozen=True, eq=False)
class _Task:
    problem: Problem
    share: Ints
    worst: int
    target: int
    steps: _Steps

    @property
    def tries(self) -> int:
        """Papers that exchanges may be sought for: the work is bounded by this."""
        papers = self.problem.papers
        return max(500, min(24 * papers // 10, 3 * papers**2 // 4000))

    def units(self, worst: Fraction) -> float:
        """A mean quality as the sum of the worst in units."""
        return float(worst * self.worst * self.problem.scale * shares(self.problem)[1])

    def levelled(self, start: Ints, limit: Fraction) -> Found:
        """After swaps between any two papers; the start where limits are not known to these."""
        state = State(self.problem, start, self.share, self.target)
        if not state.strict:
            tries = min(14 * self.problem.reviewers, _LOOKS // self.problem.papers)
            for lam in _LEVELS:
                tries = level_out(state, self.units(limit) / self.worst, lam, tries, self.steps)
        pairs = state.pairs()
        return worst_sum(self.problem, pairs, self.share, self.worst), state.sum, pairs

    def mended(self, start: Ints, likely: Ints, lam: float, limit: Fraction, tries: int) -> Found:
        """After exchanges, until near the limit or out of tries."""
        state = State(self.problem, start, self.share, self.target)
        near, before = _GOOD * self.units(limit), -1
        while True:
            tries = improve(state, likely, self.worst, lam, tries, told=self.steps)
            tries = improve(state, likely, self.worst, 0.0, tries, told=self.steps)
            now = int(np.partition(state.quality[self.share > 0], self.worst - 1)[: self.worst].sum())
            if tries <= 0 or now >= near or now <= before * 1.0003:
                return now, state.sum, state.pairs()
            before, once = now, min(tries, self.problem.papers)
            tries -= once - improve(state, likely, self.worst, lam, once, everybody=True)


def _starts(problem: Problem, last: Ints, support: Ints, x: Floats, target: int) -> Iterator[Ints]:
    """Assignments to mend: whole ones nearest to the relaxed one, if their sum is large enough, and the last one."""
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
            if problem.papers > _SMALL:
                return
            break
    yield last
