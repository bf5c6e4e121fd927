"""What is to be assigned, in exact numbers; what an answer is; why there is none."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
"""Pairs are `Ints` of shape (n, 2): paper, reviewer; sorted, each once."""

DIGITS = 9
"""Decimals of a score that count. Sums of whole units are exact in any order, so proofs need no tolerance."""


def no_pairs(width: int = 2) -> Ints:
    return np.empty((0, width), np.int64)


@dataclass(frozen=True, eq=False)
class Problem:
    """Scores and hard limits. `units` is score x `scale`; a pair nobody scored has 0 units."""

    units: NDArray[np.int32]
    """(papers, reviewers), 0..scale"""
    scale: int
    allowed: NDArray[np.bool_]
    """(papers, reviewers); False for a conflict or a ban"""
    paper_least: Ints
    paper_most: Ints
    reviewer_least: Ints
    reviewer_most: Ints
    pins: Ints = field(default_factory=no_pairs)
    """pairs that must be in the answer; all of them allowed"""
    unit: Ints | None = None
    """(reviewers,) number of the reviewer's unit, -1 for none"""
    unit_most: int | None = None
    """so many reviewers of one unit on one paper"""
    unit_only: frozenset[tuple[int, int]] | None = None
    """papers and units for which `unit_most` counts; None: for all"""
    disciplines: NDArray[np.bool_] | None = None
    """(kinds, reviewers): who belongs to which discipline"""
    needs: NDArray[np.bool_] | None = None
    """(papers, kinds): the paper needs at least one reviewer of that discipline"""

    @property
    def papers(self) -> int:
        return int(self.units.shape[0])

    @property
    def reviewers(self) -> int:
        return int(self.units.shape[1])

    def value(self, pairs: Ints) -> int:
        """Sum of the scores, in units."""
        return int(self.units[pairs[:, 0], pairs[:, 1]].sum(dtype=np.int64))

    def by_paper(self, pairs: Ints) -> Ints:
        """(papers,) sum of the scores of each paper, in units."""
        sums = np.zeros(self.papers, np.int64)
        np.add.at(sums, pairs[:, 0], self.units[pairs[:, 0], pairs[:, 1]].astype(np.int64))
        return sums


@dataclass(frozen=True)
class Limit:
    """One line of the limits that takes part in a collision."""

    kind: str
    """paper-least, paper-most, reviewer-least, reviewer-most, unit, discipline, pin"""
    number: int
    """paper or reviewer"""
    amount: int
    other: int = -1
    """unit, discipline or, for a pin, the reviewer"""


@dataclass(frozen=True)
class Collision:
    """Limits that cannot hold together, whatever the other limits say."""

    limits: tuple[Limit, ...]
    irreducible: bool
    """each single one was tried: without it the rest can hold"""
    proven: bool = True
    """False: branch and bound ended before it found an assignment or knew that there is none; `limits` is empty"""


class Impossible(Exception):
    """No assignment keeps all limits."""

    def __init__(self, collision: Collision) -> None:
        super().__init__(collision)
        self.collision = collision


def ordered(pairs: Ints) -> Ints:
    """Sorted by paper, then reviewer."""
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
