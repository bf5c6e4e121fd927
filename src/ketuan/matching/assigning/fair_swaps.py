"""Swaps between two papers where all see much the same scores: reviewers whom everybody wants are spread over the papers.

The exchanges of `fair_moves` look at the likely reviewers of a paper; where these are the same for all papers they stall. Here a bad
paper may swap any reviewer for any reviewer of any other paper. No load changes. The best swap is made if it gains: what is missing
to the aim, squared, over all papers, against λ times what the sum loses. The squares keep good papers from falling in their turn.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ketuan.matching.assigning.fair_moves import State

_SWEEPS = 4  # over the papers below the aim, for one λ
_SWAPS = 4  # of one paper in a sweep


def level_out(state: State, aim: float, lam: float, tries: int, told: Callable[[], None] | None = None) -> int:
    """Swaps for the papers below `aim` (a quality), worst first, until none gains or `tries` were looked for; how many are left.

    Limits of units or disciplines are not known here.

    `lam`: what one unit of the sum is worth in units of quality of a paper without any.
    """
    share = state.share
    for _ in range(_SWEEPS):
        swapped = 0
        order = np.flatnonzero((share > 0) & (state.quality < aim))
        for p in order[np.argsort(state.quality[order], kind="stable")].tolist():
            for _ in range(_SWAPS):
                if tries <= 0 or state.quality[p] >= aim:
                    break
                tries -= 1
                if not _swap(state, p, aim, lam):
                    break
                swapped += 1
        if told is not None:
            told()
        if not swapped or tries <= 0:
            break
    return tries


def _swap(state: State, p: int, aim: float, lam: float) -> bool:
    problem, units, share = state.problem, state.problem.units, state.share
    own = state.of_paper[p, : state.degree[p]]
    theirs = state.of_paper  # (papers, width)
    everyone = np.arange(problem.papers)[:, None]
    comes = units[p][theirs].astype(np.int64)  # theirs on p
    loses = units[everyone, theirs].astype(np.int64)
    fine = (theirs >= 0) & state.open[p][theirs] & (share[:, None] > 0)
    before = np.square(np.maximum(0.0, aim - state.quality))
    best, found = 1e-9, None
    for a in own.tolist():
        if (p, a) in state.pins:
            continue
        mine = comes - int(units[p, a])
        other = units[:, a].astype(np.int64)[:, None] - loses
        change = mine + other
        after = np.square(np.maximum(0.0, aim - state.quality[p] - share[p] * mine))
        after += np.square(np.maximum(0.0, aim - state.quality[:, None] - share[:, None] * other))
        gain = (before[p] + before[:, None] - after) / aim + lam * change
        good = fine & (mine > 0) & state.open[:, a][:, None] & (state.sum + change >= state.least_sum)
        gain = np.where(good, gain, -np.inf)
        at = int(gain.argmax())
        if gain.flat[at] > best:
            q, j = divmod(at, theirs.shape[1])
            b = int(theirs[q, j])
            if (q, b) not in state.pins:
                best, found = float(gain.flat[at]), (a, q, b)
    if found is None:
        return False
    a, q, b = found
    state.go(p, a)
    state.go(q, b)
    state.come(p, b)
    state.come(q, a)
    return True
