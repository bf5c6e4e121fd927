"""`calibrate`: rows of (application, reviewer, score) in; worths, reviewers and the reviews that differ out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from ketuan.matching.calibrating.baselines import means, z_means
from ketuan.matching.calibrating.chance import among_first
from ketuan.matching.calibrating.exact import Exact
from ketuan.matching.calibrating.fitting import Variances, fit
from ketuan.matching.calibrating.moments import Told
from ketuan.matching.calibrating.reviews import Floats, Reviews, Whole, reviews_of

DRAWS = 2000
"""Draws for the chance of being among the first: it is known to about 0.01."""
SURE = 1.959963984540054
"""Standard errors to either side that make an interval of 95 %."""
NORMAL = 150.0
"""Degrees of freedom from which the noise is called normal."""
SAME = 9
"""Worths that agree to so many decimals of the scores' standard deviation are equal."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One application; all but the counts, the rank and the chance are points on the scale of the scores.

    `worth`: what the average of all these reviewers would give it; `low`, `high`: its 95 % interval. `rank` from 1.
    `p_in`: chance that it is truly among the first. `part`: connected part from 1; see `Reviews.component`.
    """

    id: str
    reviews: int
    raw: float
    zscore: float
    worth: float
    se: float
    low: float
    high: float
    rank: int
    p_in: float
    part: int


@dataclass(frozen=True, slots=True)
class Reviewer:
    """`severity`: points by which the reviewer scores an average application below the average reviewer. `scale`: points
    the reviewer puts between two applications that are a point apart. `se`, `scale_se`: their standard errors."""

    id: str
    reviews: int
    mean: float
    severity: float
    se: float
    scale: float
    scale_se: float
    part: int


@dataclass(frozen=True, slots=True)
class Differing:
    """One review against what all other reviews say it would be.

    `expected`: that; `difference` = score − expected; `z`: in standard deviations of the prediction. `influence`: points that
    the worth of the application would lose without the review; `rank`, `rank_without`: its rank with and without.
    """

    application: str
    reviewer: str
    score: float
    expected: float
    difference: float
    z: float
    influence: float
    rank: int
    rank_without: int


@dataclass(frozen=True, slots=True)
class Model:
    """Standard deviations in points, but `scale`. `noise` is the σ of Student's t; `freedom` its ν, ∞ if normal.

    `exact`: whether the covariances were computed rather than drawn. `equal`: all scores are equal, nothing was fitted.
    """

    mean: float
    worth: float
    severity: float
    scale: float
    noise: float
    freedom: float
    turns: int
    converged: bool
    exact: bool
    equal: bool
    draws: int
    seed: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """`applications` by rank, `reviewers` by id, `differing` the largest |z| first."""

    applications: tuple[Standing, ...]
    reviewers: tuple[Reviewer, ...]
    differing: tuple[Differing, ...]
    model: Model


def calibrate(
    rows: Iterable[tuple[str, str, float]],
    *,
    most: int,
    differing: int = 20,
    seed: int = 0,
    robust: bool = True,
    fixed: Variances | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Calibration:
    """Worths of the applications and who is how likely among the first `most`.

    `robust`: noise may have heavy tails. `fixed`: variances (of scores of mean 0 and variance 1) that are not estimated;
    then every scale is 1. Raises `ValueError` for no rows, a pair that stands twice, a score that is not finite or beyond
    `reviews.LARGEST`, or `most` < 1.
    """
    if most < 1:
        raise ValueError("most < 1")
    reviews = reviews_of(rows)
    centre, spread = float(reviews.score.mean()), float(reviews.score.std())
    if reviews.score.min() == reviews.score.max() or spread < np.finfo(float).tiny:
        return _equal(reviews, most, seed)
    fitted = fit(reviews, (reviews.score - centre) / spread, seed=seed, fixed=fixed, robust=robust, progress=progress)
    held, found, solver, noise = fitted.held, fitted.moments, fitted.solver, fitted.variances.noise
    told = solver.told(held, found)
    level = float(found.alpha.mean())
    order, rank = _ranked(reviews, found.theta)
    if most >= reviews.n:
        p_in = np.ones(reviews.n)
    else:
        root = math.sqrt(noise)
        scaled = (
            found.theta[:, None] + root * (block - found.theta[:, None])
            for block in solver.draws(held, found, DRAWS, seed)
        )
        p_in = among_first(scaled, reviews.n, most)
    worth = centre + spread * (level + found.theta)
    se = spread * np.sqrt(noise * np.maximum(told.worth, 0.0))
    raw, z_raw, (app_part, who_part) = means(reviews), z_means(reviews), reviews.component
    standings = tuple(
        Standing(
            id=reviews.applications[i],
            reviews=int(reviews.per_app[i]),
            raw=float(raw[i]),
            zscore=float(z_raw[i]),
            worth=float(worth[i]),
            se=float(se[i]),
            low=float(worth[i] - SURE * se[i]),
            high=float(worth[i] + SURE * se[i]),
            rank=int(rank[i]),
            p_in=float(p_in[i]),
            part=int(app_part[i]) + 1,
        )
        for i in order
    )
    who_raw = reviews.by_who(reviews.score) / reviews.per_who
    severity_se = spread * np.sqrt(noise * np.maximum(told.severity, 0.0))
    reviewers = tuple(
        Reviewer(
            id=name,
            reviews=int(reviews.per_who[j]),
            mean=float(who_raw[j]),
            severity=spread * (level - float(found.alpha[j])),
            se=float(severity_se[j]),
            scale=float(held.scale[j]),
            scale_se=math.sqrt(float(held.blur[j])),
            part=int(who_part[j]) + 1,
        )
        for j, name in enumerate(reviews.reviewers)
    )
    v = fitted.variances
    model = Model(
        mean=centre + spread * level,
        worth=spread * math.sqrt(v.worth),
        severity=spread * math.sqrt(v.severity),
        scale=0.0 if fixed else math.sqrt(v.scale),
        noise=spread * math.sqrt(v.noise),
        freedom=v.freedom if v.freedom < NORMAL else math.inf,
        turns=fitted.turns,
        converged=fitted.converged,
        exact=isinstance(solver, Exact),
        equal=False,
        draws=DRAWS,
        seed=seed,
    )
    apart = _apart(reviews, fitted.held.y, found.alpha, found.theta, held.scale, held.weight, told, noise)
    return Calibration(standings, reviewers, _differing(reviews, *apart, centre, spread, worth, rank, differing), model)


def _ranked(reviews: Reviews, theta: Floats) -> tuple[list[int], Whole]:
    """Indices, the highest first (equal ones by id), and (n,) ranks from 1."""
    order = np.lexsort((np.arange(reviews.n), -np.round(theta, SAME)))
    rank = np.empty(reviews.n, np.int64)
    rank[order] = np.arange(1, reviews.n + 1)
    return order.tolist(), rank


def _apart(
    reviews: Reviews, y: Floats, alpha: Floats, theta: Floats, scale: Floats, weight: Floats, told: Told, noise: float
) -> tuple[Floats, Floats, Floats]:
    """(N,) prediction of each score from all others, difference in standard deviations, influence; variances held.

    With the leverage h = w·Var(fit)/σ² the difference without the score is residual/(1 − h) and its variance is
    σ²·(1 + Var/(1 − h)); the worth moves by w·Cov(worth, fit)/σ² times that difference: one step of Kalman's filter back.
    """
    residual = y - alpha[reviews.who] - scale[reviews.who] * theta[reviews.app]
    left = np.maximum(1 - weight * told.fit, 1e-9)
    difference = residual / left
    z = difference / np.sqrt(noise * (1 + told.fit / left))
    return y - difference, z, weight * told.with_worth * difference


def _differing(
    reviews: Reviews,
    expected: Floats,
    z: Floats,
    influence: Floats,
    centre: float,
    spread: float,
    worth: Floats,
    rank: Whole,
    count: int,
) -> tuple[Differing, ...]:
    order = np.lexsort((np.arange(len(reviews)), -np.round(np.abs(z), SAME)))[:count]
    sorted_worth = np.sort(worth)
    shown = []
    for e in order.tolist():
        i = int(reviews.app[e])
        without = float(worth[i] - spread * influence[e])
        above = reviews.n - int(np.searchsorted(sorted_worth, without, side="right"))
        if without < worth[i]:
            above -= 1  # itself
        would = centre + spread * float(expected[e])
        shown.append(
            Differing(
                application=reviews.applications[i],
                reviewer=reviews.reviewers[int(reviews.who[e])],
                score=float(reviews.score[e]),
                expected=would,
                difference=float(reviews.score[e]) - would,
                z=float(z[e]),
                influence=spread * float(influence[e]),
                rank=int(rank[i]),
                rank_without=above + 1,
            )
        )
    return tuple(shown)


def _equal(reviews: Reviews, most: int, seed: int) -> Calibration:
    """All scores are equal: nobody is ahead, and the chance is shared."""
    value, (app_part, who_part) = float(reviews.score[0]), reviews.component
    p_in = min(1.0, most / reviews.n)
    standings = tuple(
        Standing(
            name, int(reviews.per_app[i]), value, value, value, 0.0, value, value, i + 1, p_in, int(app_part[i]) + 1
        )
        for i, name in enumerate(reviews.applications)
    )
    reviewers = tuple(
        Reviewer(name, int(reviews.per_who[j]), value, 0.0, 0.0, 1.0, 0.0, int(who_part[j]) + 1)
        for j, name in enumerate(reviews.reviewers)
    )
    model = Model(value, 0.0, 0.0, 0.0, 0.0, math.inf, 0, True, True, True, 0, seed)
    return Calibration(standings, reviewers, (), model)
