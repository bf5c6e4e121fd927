"""The scores as arrays: ids become indices here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

LARGEST = 1e12
"""A score beyond it, of either sign, is refused: squares of sums must stay exact enough."""


@dataclass(frozen=True)
class Reviews:
    """N reviews of n applications by m reviewers, sorted by application id, then reviewer id.

    `app`, `who`: (N,) indices into `applications` and `reviewers`, both sorted. `score`: (N,) in points.
    """

    applications: tuple[str, ...]
    reviewers: tuple[str, ...]
    app: Whole
    who: Whole
    score: Floats

    def __len__(self) -> int:
        return len(self.app)

    @property
    def n(self) -> int:
        return len(self.applications)

    @property
    def m(self) -> int:
        return len(self.reviewers)

    @cached_property
    def per_app(self) -> Whole:
        """(n,) reviews of each application."""
        return np.bincount(self.app, minlength=self.n)

    @cached_property
    def per_who(self) -> Whole:
        """(m,) reviews of each reviewer."""
        return np.bincount(self.who, minlength=self.m)

    def by_app(self, values: Floats) -> Floats:
        """(N,) → (n,) sums."""
        sums: Floats = np.bincount(self.app, values, self.n).astype(np.float64, copy=False)
        return sums

    def by_who(self, values: Floats) -> Floats:
        """(N,) → (m,) sums."""
        sums: Floats = np.bincount(self.who, values, self.m).astype(np.float64, copy=False)
        return sums

    @property
    def paired(self) -> int:
        """How many ordered pairs of reviews share an application."""
        return int((self.per_app.astype(np.int64) ** 2).sum())

    @cached_property
    def pairs(self) -> tuple[Whole, Whole]:
        """All ordered pairs (first, second) of reviews of one application, a review with itself included."""
        size = self.per_app[self.app]
        first = np.repeat(np.arange(len(self)), size)
        start = np.concatenate(([0], np.cumsum(self.per_app)))[:-1]
        inside = np.arange(len(first)) - np.repeat(np.cumsum(size) - size, size)
        return first, start[self.app][first] + inside

    @cached_property
    def component(self) -> tuple[Whole, Whole]:
        """(n,) and (m,) numbers from 0 of the connected parts, the part of the most applications first, then by first id.

        Two applications are connected if a chain of common reviewers leads from one to the other.
        """
        label = np.arange(self.n)
        while True:  # the least label spreads along the reviews, with every label halved on its way to its root
            low = np.full(self.m, self.n)
            np.minimum.at(low, self.who, label[self.app])
            new = label.copy()
            np.minimum.at(new, self.app, low[self.who])
            np.minimum.at(new, label, new.copy())
            new = new[new]
            if np.array_equal(new, label):
                break
            label = new
        roots, sizes = np.unique(label, return_counts=True)
        place = np.empty(len(roots), np.int64)
        place[np.lexsort((roots, -sizes))] = np.arange(len(roots))
        app = place[np.searchsorted(roots, label)]
        who = np.zeros(self.m, np.int64)
        who[self.who] = app[self.app]
        return app, who


def reviews_of(rows: Iterable[tuple[str, str, float]]) -> Reviews:
    """From rows (application, reviewer, score) in any order.

    Raises `ValueError` if there is none, if a pair stands twice, or if a score is no finite number up to `LARGEST`.
    """
    listed = sorted(rows, key=lambda row: row[:2])
    if not listed:
        raise ValueError("no reviews")
    for before, row in pairwise(listed):
        if before[:2] == row[:2]:
            raise ValueError(f"twice: {row[0]}, {row[1]}")
    score = np.array([row[2] for row in listed], np.float64)
    if not (np.abs(score) <= LARGEST).all():
        raise ValueError("a score is not finite or too large")
    applications = tuple(dict.fromkeys(row[0] for row in listed))
    reviewers = tuple(sorted({row[1] for row in listed}))
    app_of = {name: at for at, name in enumerate(applications)}
    who_of = {name: at for at, name in enumerate(reviewers)}
    app = np.array([app_of[row[0]] for row in listed], np.int64)
    who = np.array([who_of[row[1]] for row in listed], np.int64)
    return Reviews(applications, reviewers, app, who, score)
