"""Chance with limits: a random assignment, and one in which no pair is too certain.

A reviewer who wants a certain paper can bid for it, or agree with its authors. If no pair may have more than probability P, no
bid can make sure of it (Jecmen, Zhang, Liu, Shah, Conitzer and Fang, "Mitigating Manipulation in Peer Review via Randomized
Reviewer Assignments", 2020): the linear program with x ≤ P, then a draw that keeps each pair's probability and every count
(Gandhi, Khuller, Parthasarathy and Srinivasan, "Dependent rounding", 2006).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from ketuan.matching.assigning.duals import Duals, blocks
from ketuan.matching.assigning.lp import Floats
from ketuan.matching.assigning.problem import Ints, Problem, ordered
from ketuan.matching.assigning.total import capped, total

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Capped:
    """A drawn assignment and the lottery it comes from."""

    pairs: Ints
    chances: tuple[Ints, Floats]
    """pairs and the probability of each"""
    expected: float
    """expected sum of scores, in units"""
    bound: Fraction
    """no lottery with this cap has a larger expectation, in units"""


def random(problem: Problem, seed: int, *, progress: Progress | None = None) -> Ints:
    """A random assignment within all limits: every pair gets a random number, the largest sum wins."""
    lots = np.random.default_rng(seed).integers(0, 1 << 30, problem.units.shape, dtype=np.int32)
    return total(replace(problem, units=lots, scale=1 << 30), progress=progress).pairs


def draw(problem: Problem, cap: Fraction, seed: int, *, progress: Progress | None = None) -> Capped:
    """An assignment drawn from the lottery with the largest expected sum in which no pair (but pins) is likelier than `cap`.

    Raises `Impossible` where there is none, ValueError with limits per unit or discipline (a draw would not keep them).
    """
    if problem.unit_most is not None or problem.needs is not None:
        raise ValueError("units and disciplines cannot be kept by this draw")
    pairs, x, duals = capped(problem, float(cap), progress=progress)
    gains = problem.units[pairs[:, 0], pairs[:, 1]]
    top = expected_bound(problem, duals, cap)
    kept = x > 1e-9
    chances = pairs[kept], np.minimum(x[kept], 1.0)
    expected = float((gains * x).sum())
    return Capped(ordered(rounded(*chances, problem.papers, seed)), chances, expected, top)


def expected_bound(problem: Problem, duals: Duals, cap: Fraction) -> Fraction:
    """As `duals.bound`, where a pair that is not pinned counts at most `cap`."""
    sides = 0
    for prices, least, most in (
        (duals.papers, problem.paper_least, problem.paper_most),
        (duals.reviewers, problem.reviewer_least, problem.reviewer_most),
    ):
        sides += sum(max(p * a, p * b) for p, a, b in zip(prices.tolist(), least.tolist(), most.tolist(), strict=True))
    gains = pinned = 0
    for first, end, reduced in blocks(problem, duals):
        open_ = problem.allowed[first:end].copy()
        pins = problem.pins[(problem.pins[:, 0] >= first) & (problem.pins[:, 0] < end)]
        open_[pins[:, 0] - first, pins[:, 1]] = False
        pinned += int(reduced[pins[:, 0] - first, pins[:, 1]].sum())
        gains += sum((np.maximum(reduced, 0) * open_).sum(axis=1).tolist())
    return sides + pinned + cap * gains


def rounded(pairs: Ints, chances: Floats, papers: int, seed: int) -> Ints:
    """A random subset of the pairs: each with its chance, every paper and reviewer with its expected count, up or down to a whole.

    Along a cycle, or a path that cannot be made longer, of pairs that are still open, every other chance rises and the rest
    fall by the same amount, until one pair is settled; which of the two ways is drawn so that no chance changes on average.
    """
    draw = np.random.default_rng(seed)
    x = chances.tolist()
    ends = [(p, papers + r) for p, r in pairs.tolist()]
    around: dict[int, dict[int, None]] = {}
    for edge, (a, b) in enumerate(ends):
        if _open(x[edge]):
            around.setdefault(a, {})[edge] = None
            around.setdefault(b, {})[edge] = None
    for start in range(len(ends)):
        while _open(x[start]):
            path = _walk(start, ends, around)
            odd, even = path[::2], path[1::2]
            up = min([1 - x[e] for e in odd] + [x[e] for e in even])
            down = min([x[e] for e in odd] + [1 - x[e] for e in even])
            step = up if draw.random() * (up + down) < down else -down
            for edges, change in ((odd, step), (even, -step)):
                for edge in edges:
                    x[edge] += change
                    if not _open(x[edge]):
                        x[edge] = float(round(x[edge]))
                        for node in ends[edge]:
                            around[node].pop(edge, None)
    return pairs[np.array(x) > 0.5]


def _open(chance: float) -> bool:
    return 1e-7 < chance < 1 - 1e-7


def _walk(start: int, ends: list[tuple[int, int]], around: dict[int, dict[int, None]]) -> list[int]:
    """Edges of a cycle, or of a path that ends on both sides at nodes with no other open edge."""
    path, nodes = [start], [ends[start][0], ends[start][1]]
    for _ in range(2):
        seen = {node: i for i, node in enumerate(nodes)}
        while True:
            here = nodes[-1]
            edge = next((e for e in around[here] if e != path[-1]), None)
            if edge is None:
                break
            a, b = ends[edge]
            there = b if a == here else a
            path.append(edge)
            if there in seen:
                return path[seen[there] :]
            seen[there] = len(nodes)
            nodes.append(there)
        path.reverse()
        nodes.reverse()
    return path
