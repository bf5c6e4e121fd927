"""The linear part solved exactly: θ is eliminated (its block is diagonal), the m × m rest is inverted densely.

S = diag(Σ_i w_ij) + λ_a(I − 11ᵀ/m) − B·D⁻¹·Bᵀ with B_ji = w_ij·s_j and D the precisions of θ; its inverse C is the
covariance of the α_j over σ². Cost: m³, and one sum over the pairs of reviews of one application.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ketuan.matching.calibrating.moments import Held, Moments, Told
from ketuan.matching.calibrating.reviews import Floats, Reviews

FITS, PAIRS = 800, 4_000_000
"""Up to so many reviewers, and pairs of reviews of one application, this way is taken."""
BLOCK = 128
"""Draws at a time, which bounds the memory."""


def fits(reviews: Reviews) -> bool:
    return reviews.m <= FITS and reviews.paired <= PAIRS


class Exact:
    def __init__(self, reviews: Reviews) -> None:
        self.reviews = reviews
        self.first, self.second = reviews.pairs
        self.cell = reviews.who[self.first] * reviews.m + reviews.who[self.second]
        self.cov: Floats = np.zeros((reviews.m, reviews.m))

    def moments(self, held: Held) -> Moments:
        r, m = self.reviews, self.reviews.m
        slope, precise = held.slopes(r), held.precision(r)
        pulled = slope[self.first] * slope[self.second] / precise[r.app[self.first]]
        system = np.zeros((m, m))
        system -= np.bincount(self.cell, pulled, m * m).reshape(m, m)
        system[np.diag_indices(m)] += r.by_who(held.weight) + held.for_who
        system -= held.for_who / m
        inverse = np.linalg.inv(system)
        self.cov = (inverse + inverse.T) / 2
        asked = r.by_who(held.weight * held.y - slope * (r.by_app(slope * held.y) / precise)[r.app])
        alpha = self.cov @ asked
        theta = r.by_app(slope * (held.y - alpha[r.who])) / precise
        cross = -self._across(slope, precise)
        var_alpha = self.cov.diagonal().copy()
        return Moments(
            alpha=alpha,
            theta=theta,
            var_alpha=var_alpha,
            var_theta=(1 - r.by_app(slope * cross)) / precise,
            cross=cross,
            apart=float(var_alpha.sum() - self.cov.sum() / m),
        )

    def _across(self, slope: Floats, precise: Floats) -> Floats:
        """(N,) Σ over the reviews of the same application of C_jj'·w·s/D."""
        shared = self.cov.ravel()[self.cell] * slope[self.second]
        return np.bincount(self.first, shared, len(self.reviews)) / precise[self.reviews.app]

    def told(self, held: Held, found: Moments) -> Told:
        """After `moments` of the same `held`."""
        r, m = self.reviews, self.reviews.m
        slope, precise = held.slopes(r), held.precision(r)
        to_mean = self.cov.sum(axis=1) / m  # Cov(α_j, ᾱ)
        mean = float(to_mean.sum() / m)
        theta_mean = -r.by_app(slope * to_mean[r.who]) / precise  # Cov(θ_i, ᾱ)
        scale = held.scale[r.who]
        fit = found.var_alpha[r.who] + 2 * scale * found.cross + scale**2 * found.var_theta[r.app]
        with_worth = to_mean[r.who] + scale * theta_mean[r.app] + found.cross + scale * found.var_theta[r.app]
        return Told(
            worth=found.var_theta + 2 * theta_mean + mean,
            severity=found.var_alpha - 2 * to_mean + mean,
            fit=fit,
            with_worth=with_worth,
        )

    def draws(self, held: Held, found: Moments, count: int, seed: int) -> Iterator[Floats]:
        """Blocks (n, ·) of draws of the θ_i, `count` in all. After `moments` of the same `held`; σ = 1.

        Random numbers are dealt in the order of the means, so that a draw does not hang on how the ids are spelt.
        """
        r, random = self.reviews, np.random.default_rng(seed)
        slope, precise = held.slopes(r), held.precision(r)
        who, app = np.argsort(found.alpha, kind="stable"), np.argsort(found.theta, kind="stable")
        jitter = 1e-12 * np.trace(self.cov) / r.m
        lift = np.linalg.cholesky(self.cov[np.ix_(who, who)] + jitter * np.eye(r.m))
        starts = np.flatnonzero(np.diff(r.app, prepend=-1))
        for at in range(0, count, BLOCK):
            wide = min(BLOCK, count - at)
            alpha, free = np.empty((r.m, wide)), np.empty((r.n, wide))
            alpha[who] = lift @ random.standard_normal((r.m, wide))
            free[app] = random.standard_normal((r.n, wide))
            pulled = np.add.reduceat(slope[:, None] * alpha[r.who], starts, axis=0) / precise[:, None]
            yield found.theta[:, None] + free / np.sqrt(precise)[:, None] - pulled
