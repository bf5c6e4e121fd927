"""The largest sum of scores within the limits, proven for the whole matrix by column generation (Ford and Fulkerson 1958).

Solve over a short list of pairs; its prices name the pairs outside the list that could still help; add them and solve on, until
no pair of the whole matrix could help. The prices then prove the answer by weak duality (`duals`), whatever the solver did.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.duals import Duals, bound
from ketuan.matching.assigning.lp import Floats, Restricted
from ketuan.matching.assigning.pricing import candidates, violated
from ketuan.matching.assigning.problem import Collision, Impossible, Ints, Problem, ordered
from ketuan.matching.assigning.sampling import STEP, sample

Progress = Callable[[int, int], None]

PER_PAPER, PER_REVIEWER = 8, 4
"""new pairs of a round"""
GUESSES = 3
"""rounds of a sampled problem"""
FINE = 4.0
"""for each review that is missing while the list is short; the best possible score is 1"""
NODES = 2000
"""of branch and bound, where units and disciplines cross"""


@dataclass(frozen=True, eq=False)
class Total:
    """An assignment and the proof how far it can be from the best. Amounts in units (times weight, where weighted)."""

    pairs: Ints
    value: int
    bound: int
    duals: Duals
    candidates: Ints
    """the pairs that were looked at closely: a good start for a like problem"""


def total(
    problem: Problem, *, weights: Ints | None = None, start: Ints | None = None, progress: Progress | None = None
) -> Total:
    """The assignment with the largest sum of weight x score. `weights` (papers,) ≥ 0, `start` a list of pairs to begin with.

    Raises `Impossible` when no assignment keeps the limits.
    """
    lp, x, duals, known, ticks = _optimal(problem, weights, start, 1.0, progress)
    if (np.abs(x - np.rint(x)) > 1e-6).any():
        x = _whole(problem, lp, known, weights, ticks)
    chosen = ordered(lp.pairs[x > 0.5])
    weigh = 1 if weights is None else weights[chosen[:, 0]]
    value = int((problem.units[chosen[:, 0], chosen[:, 1]].astype(np.int64) * weigh).sum())
    return Total(chosen, value, bound(problem, duals, weights), duals, ordered(lp.pairs))


def capped(problem: Problem, cap: float, *, progress: Progress | None = None) -> tuple[Ints, Floats, Duals]:
    """The best fractions `x` of pairs with no pair (but pins) above `cap`: `(pairs, x, prices)`. Raises `Impossible`."""
    lp, x, duals, _, _ = _optimal(problem, None, None, cap, progress)
    order = np.lexsort((lp.pairs[:, 1], lp.pairs[:, 0]))
    return lp.pairs[order], x[order], duals


def _optimal(
    problem: Problem, weights: Ints | None, start: Ints | None, cap: float, progress: Progress | None
) -> tuple[Restricted, Floats, Duals, NDArray[np.bool_], int]:
    from ketuan.matching.assigning import collisions  # it solves relaxed problems by this module's `missing`

    collisions.refuse_pins(problem)
    ticks = problem.scale * (1 if weights is None else max(1, int(weights.max(initial=1))))
    pairs = candidates(problem, weights, _guess(problem, weights, ticks)) if start is None else start
    known = np.zeros(problem.units.shape, np.bool_)
    known[pairs[:, 0], pairs[:, 1]] = True
    lp = Restricted(problem, pairs, _gains(problem, pairs, weights, ticks), fine=FINE, cap=cap)
    x, duals = _generate(problem, lp, known, weights, ticks, progress)
    if lp.missing > 0.5e-6:
        lp.reprice(None, 1.0)
        x, farkas = _generate(problem, lp, known, np.zeros(problem.papers, np.int64), 1, progress)
        if lp.missing > 0.5e-6:
            raise Impossible(collisions.explain(problem, farkas, cap))
        lp.forgive_nothing()
        lp.reprice(_gains(problem, lp.pairs, weights, ticks), 0.0)
        x, duals = _generate(problem, lp, known, weights, ticks, progress)
    return lp, x, duals, known, ticks


def _guess(problem: Problem, weights: Ints | None, ticks: int, copies: int = 1) -> Ints | None:
    """The reviewers' prices as a sample of the papers has them; its own first list comes from a smaller sample."""
    found = sample(problem, weights)
    if found is None:
        return None
    fewer, weights = found
    copies *= STEP
    pairs = candidates(fewer, weights, _guess(fewer, weights, ticks, copies), copies)
    known = np.zeros(fewer.units.shape, np.bool_)
    known[pairs[:, 0], pairs[:, 1]] = True
    lp = Restricted(fewer, pairs, _gains(fewer, pairs, weights, ticks), fine=FINE, cap=float(copies))
    for _ in range(GUESSES):
        lp.solve()
        duals = lp.duals(ticks)
        new = violated(fewer, duals, weights, known, PER_PAPER, PER_REVIEWER)
        if not len(new):
            break
        known[new[:, 0], new[:, 1]] = True
        lp.add(new, _gains(fewer, new, weights, ticks))
    return duals.reviewers


def missing(problem: Problem, cap: float = 1.0) -> float:
    """How many reviews fall short at best, when only the "at least" limits may be missed (fractions of reviews allowed)."""
    pairs = candidates(problem)
    known = np.zeros(problem.units.shape, np.bool_)
    known[pairs[:, 0], pairs[:, 1]] = True
    lp = Restricted(problem, pairs, np.zeros(len(pairs)), fine=1.0, cap=cap)
    _generate(problem, lp, known, np.zeros(problem.papers, np.int64), 1, None)
    return lp.missing


def _gains(problem: Problem, pairs: Ints, weights: Ints | None, ticks: int) -> Floats:
    gains = problem.units[pairs[:, 0], pairs[:, 1]].astype(np.float64)
    return (gains if weights is None else gains * weights[pairs[:, 0]]) / ticks


def _generate(
    problem: Problem,
    lp: Restricted,
    known: NDArray[np.bool_],
    weights: Ints | None,
    ticks: int,
    progress: Progress | None,
) -> tuple[Floats, Duals]:
    """Solve, add what the prices let through, and again until nothing is let through."""
    for turn in range(1 << 20):
        x = lp.solve()
        duals = lp.duals(ticks)
        new = violated(problem, duals, weights, known, PER_PAPER, PER_REVIEWER)
        if progress is not None:
            progress(turn + 1, turn + 1 + bool(len(new)))
        if not len(new):
            return x, duals
        known[new[:, 0], new[:, 1]] = True
        lp.add(new, _gains(problem, new, weights, ticks))
    raise AssertionError("every pair is a candidate by now")


def _whole(problem: Problem, lp: Restricted, known: NDArray[np.bool_], weights: Ints | None, ticks: int) -> Floats:
    """Where units and disciplines cross, the best corner may hold half reviews: branch and bound over the candidates."""
    from ketuan.matching.assigning import collisions

    lp.forgive_nothing()
    found = lp.whole(NODES)
    if found is None:
        rest = np.argwhere(problem.allowed & ~known)
        known[rest[:, 0], rest[:, 1]] = True
        lp.relax()
        lp.add(rest, _gains(problem, rest, weights, ticks))
        found = lp.whole(NODES)
    if found is None:
        raise Impossible(Collision((), False, proven=False) if lp.undecided else collisions.crossing(problem))
    return found


def possible(problem: Problem) -> bool | None:
    """Is there an assignment of whole reviews? By branch and bound over all pairs; None where its nodes run out."""
    pairs = np.argwhere(problem.allowed)
    lp = Restricted(problem, pairs, np.zeros(len(pairs)), fine=0.0)
    lp.forgive_nothing()
    return lp.whole(NODES) is not None or (None if lp.undecided else False)
