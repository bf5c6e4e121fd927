"""The linear part for many reviewers: means by conjugate gradients, covariances from draws.

The equations are those of `exact`, never written out: S·x costs one pass over the reviews. A draw of the posterior is
the solution with a perturbed right side (Papandreou and Yuille, Gaussian sampling by local perturbations, NIPS 2010);
its random numbers are made once from the seed, so that every step of the fit sees the same ones, and what can be
averaged over given the α_j is averaged (the variance of θ_i given them is known). Preconditioner: the diagonal of S.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ketuan.matching.calibrating.moments import Held, Moments, Told
from ketuan.matching.calibrating.reviews import Floats, Reviews

STEP, LAST = 8, 256
"""Draws in every step of the fit, and for what is reported."""
CLOSE, ROUGH, MOST = 1e-8, 1e-4, 400
"""Conjugate gradients stop at this share of the right side (`ROUGH` for the last draws), or after so many steps."""
BLOCK = 64
"""Right sides solved at a time, which bounds the memory."""


class _Sums:
    """Sums of the rows of (N, k) arrays by application and by reviewer."""

    def __init__(self, reviews: Reviews) -> None:
        self.by_app = np.flatnonzero(np.diff(reviews.app, prepend=-1))
        self.order = np.argsort(reviews.who, kind="stable")
        self.sorted_app = reviews.app[self.order]
        self.by_who = np.flatnonzero(np.diff(reviews.who[self.order], prepend=-1))

    def apps(self, values: Floats) -> Floats:
        return np.add.reduceat(values, self.by_app, axis=0)

    def whos(self, values: Floats) -> Floats:
        return self.sorted_whos(values[self.order])

    def sorted_whos(self, values: Floats) -> Floats:
        """Of rows that already stand in `order`."""
        return np.add.reduceat(values, self.by_who, axis=0)


class _System:
    """S of one `held`."""

    def __init__(self, reviews: Reviews, sums: _Sums, held: Held) -> None:
        self.reviews, self.sums, self.held = reviews, sums, held
        self.slope = held.slopes(reviews)
        self.sorted_slope = self.slope[sums.order]
        self.precise = held.precision(reviews)
        self.own = reviews.by_who(held.weight) + held.for_who
        eaten = reviews.by_who(self.slope**2 / self.precise[reviews.app])
        self.diagonal = np.maximum(self.own - eaten, 1e-9 * self.own)

    def pulled(self, alpha: Floats) -> Floats:
        """(m, k) → (n, k): Bᵀ·α / D."""
        return self.sums.apps(self.slope[:, None] * alpha[self.reviews.who]) / self.precise[:, None]

    def pushed(self, theta: Floats) -> Floats:
        """(n, k) → (m, k): B·θ."""
        return self.sums.sorted_whos(self.sorted_slope[:, None] * theta[self.sums.sorted_app])

    def times(self, alpha: Floats) -> Floats:
        prior = self.held.for_who * alpha.mean(axis=0)
        product: Floats = self.own[:, None] * alpha - prior - self.pushed(self.pulled(alpha))
        return product

    def solve(self, asked: Floats, start: Floats, close: float = CLOSE) -> Floats:
        """S·x = asked for every column, from `start`."""
        x = start.copy()
        rest = asked - self.times(x)
        wanted = close * np.maximum(np.linalg.norm(asked, axis=0), 1e-300)
        z = rest / self.diagonal[:, None]
        way, rz = z.copy(), (rest * z).sum(axis=0)
        for _ in range(MOST):
            if (np.linalg.norm(rest, axis=0) <= wanted).all():
                break
            ahead = self.times(way)
            bend = (way * ahead).sum(axis=0)
            length = np.divide(rz, bend, out=np.zeros_like(rz), where=bend > 0)
            x += length * way
            rest -= length * ahead
            z = rest / self.diagonal[:, None]
            new = (rest * z).sum(axis=0)
            way = z + np.divide(new, rz, out=np.zeros_like(rz), where=rz > 0) * way
            rz = new
        return x


class _Noise:
    """The random numbers of `count` draws."""

    def __init__(self, reviews: Reviews, count: int, random: np.random.Generator) -> None:
        self.review = random.standard_normal((len(reviews), count))
        self.app = random.standard_normal((reviews.n, count))
        who = random.standard_normal((reviews.m, count))
        self.who = who - who.mean(axis=0)

    def asked(self, system: _System) -> Floats:
        """(m, k) right sides whose solutions are draws of α around its mean."""
        r, held = system.reviews, system.held
        root = np.sqrt(held.weight)[:, None] * self.review
        extra = held.for_app + r.by_app(held.weight * held.blur[r.who])
        theta = system.sums.apps(held.scale[r.who, None] * root) + np.sqrt(extra)[:, None] * self.app
        alpha = system.sums.whos(root) + np.sqrt(held.for_who) * self.who
        asked: Floats = alpha - system.pushed(theta / system.precise[:, None])
        return asked


class Drawn:
    def __init__(self, reviews: Reviews, seed: int) -> None:
        self.reviews, self.seed = reviews, seed
        self.sums = _Sums(reviews)
        self.noise = _Noise(reviews, STEP, np.random.default_rng(seed))
        self.mean = np.zeros((reviews.m, 1))
        self.spread = np.zeros((reviews.m, STEP))
        self.kept: list[Floats] = []

    def moments(self, held: Held) -> Moments:
        system = _System(self.reviews, self.sums, held)
        asked, lowest = self._asked(system)
        self.mean = system.solve(asked, self.mean)
        self.spread = system.solve(self.noise.asked(system), self.spread)
        return self._moments(system, lowest, self.spread)

    def _asked(self, system: _System) -> tuple[Floats, Floats]:
        r, held = self.reviews, system.held
        drawn = r.by_app(system.slope * held.y) / system.precise
        return r.by_who(held.weight * held.y - system.slope * drawn[r.app])[:, None], drawn

    def _moments(self, system: _System, lowest: Floats, spread: Floats) -> Moments:
        r = self.reviews
        pulled = system.pulled(spread)
        alpha = self.mean[:, 0]
        return Moments(
            alpha=alpha,
            theta=lowest - system.pulled(self.mean)[:, 0],
            var_alpha=(spread**2).mean(axis=1),
            var_theta=1 / system.precise + (pulled**2).mean(axis=1),
            cross=-(spread[r.who] * pulled[r.app]).mean(axis=1),
            apart=float(((spread - spread.mean(axis=0)) ** 2).sum() / spread.shape[1]),
        )

    def _more(self, system: _System) -> Iterator[Floats]:
        """Blocks (m, ·) of draws of α around its mean, `LAST` in all, the same at every call."""
        random = np.random.default_rng((self.seed, 1))
        for _ in range(0, LAST, BLOCK):
            asked = _Noise(self.reviews, BLOCK, random).asked(system)
            yield system.solve(asked, np.zeros_like(asked), ROUGH)

    def told(self, held: Held, found: Moments) -> Told:
        r = self.reviews
        system = _System(r, self.sums, held)
        worth, severity = np.zeros(r.n), np.zeros(r.m)
        fit, both = np.zeros(len(r)), np.zeros(len(r))
        slope = held.scale[r.who]
        self.kept = list(self._more(system))
        for alpha in self.kept:
            theta, mean = -system.pulled(alpha), alpha.mean(axis=0)
            worth += ((theta + mean) ** 2).sum(axis=1)
            severity += ((alpha - mean) ** 2).sum(axis=1)
            line = alpha[r.who] + slope[:, None] * theta[r.app]
            fit += (line**2).sum(axis=1)
            both += (line * (theta + mean)[r.app]).sum(axis=1)
        own = 1 / system.precise
        return Told(
            worth=worth / LAST + own,
            severity=severity / LAST,
            fit=fit / LAST + slope**2 * own[r.app],
            with_worth=both / LAST + slope * own[r.app],
        )

    def draws(self, held: Held, found: Moments, count: int, seed: int) -> Iterator[Floats]:
        """Blocks (n, ·) of draws of the θ_i, `count` in all; the draws of α are used in turn, those of θ are all new.

        After `told` of the same `held`.
        """
        random, r = np.random.default_rng(seed), self.reviews
        system = _System(r, self.sums, held)
        app = np.argsort(found.theta, kind="stable")
        pulled = [system.pulled(alpha) for alpha in self.kept]
        for turn, at in enumerate(range(0, count, BLOCK)):
            free = np.empty((r.n, min(BLOCK, count - at)))
            free[app] = random.standard_normal(free.shape)
            yield (
                found.theta[:, None]
                + free / np.sqrt(system.precise)[:, None]
                - pulled[turn % len(pulled)][:, : free.shape[1]]
            )
