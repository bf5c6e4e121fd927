"""Variances, scales and weights around the linear part, turned until they stand still (empirical Bayes).

    y_ij = α_j + s_j·θ_i + ε_ij,   θ_i ~ N(0, τ²),  α_j ~ N(μ, σ_a²),  s_j ~ N(1, σ_s²),  ε_ij ~ t_ν(0, σ²)

Severity and scale as in Paul, Bayesian methods for calibration of examiners, British Journal of Mathematical and
Statistical Psychology 34 (1981) 213–223, and Ge, Welling and Ghahramani, A Bayesian model for calibrating conference
review scores (2013). Here:

- (α, θ) together are Gaussian given the rest: `exact` or `drawn`, Henderson's equations.
- the scales: independent normals N(ŝ_j, v_j), the variational step, a ridge regression on E[θ] and E[θ²], so that a
  reviewer whose own score moved θ̂_i is not taken for one of large scale.
- weights of Student's noise: w_ij = (ν + 1)/(ν + E[r_ij²]/σ²) (Lange, Little and Taylor, Robust statistical modeling
  using the t distribution, JASA 84 (1989) 881–896); ν by one EM step in every turn.
- variances by the fixed point of restricted maximum likelihood, σ_u² = Σû²/(number − trace/σ_u²) (Harville, JASA 72
  (1977) 320–338; Schall, Biometrika 78 (1991) 719–727): the same answer as EM, sooner.
- `PRIOR`: every variance has, beside the data, the weight of two made-up values, so that none is estimated as nothing or
  as everything from a handful of scores.

Everything is done on scores of mean 0 and variance 1, so moved or stretched scores give moved or stretched answers.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ketuan.matching.calibrating.drawn import Drawn
from ketuan.matching.calibrating.exact import Exact, fits
from ketuan.matching.calibrating.mixing import Mixing
from ketuan.matching.calibrating.moments import Held, Moments
from ketuan.matching.calibrating.reviews import Floats, Reviews
from ketuan.matching.calibrating.special import LEAST, freedom
from ketuan.matching.calibrating.special import MOST as MOST_FREE

CLOSE, MOST = 1e-6, 300
"""The fit stands still when a turn changes no scale and no logarithm of a variance or weight by more; else it is told."""
FROM, TO = 0.2, 5.0
"""A scale outside is not believed."""


@dataclass(frozen=True)
class Variances:
    """Of the scores made to mean 0 and variance 1. `freedom`: ν of the noise; infinite for Gaussian noise."""

    worth: float = 0.4
    severity: float = 0.2
    scale: float = 0.15**2
    noise: float = 0.4
    freedom: float = 20.0


PRIOR, PRIOR_WEIGHT = Variances(), 2.0
"""What a made-up value of each kind is worth, and how many there are."""
START = PRIOR
"""Where the fit begins; where it ends does not hang on it."""


@dataclass(frozen=True)
class Fit:
    """`moments` and `held` are those of the last turn. `variances` as in the model, for standardised scores."""

    variances: Variances
    held: Held
    moments: Moments
    solver: Exact | Drawn
    turns: int
    converged: bool


def solver_of(reviews: Reviews, seed: int) -> Exact | Drawn:
    return Exact(reviews) if fits(reviews) else Drawn(reviews, seed)


def fit(
    reviews: Reviews,
    y: Floats,
    *,
    seed: int,
    fixed: Variances | None = None,
    robust: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Fit:
    """`y`: (N,) standardised scores. `fixed` holds the variances and all scales at 1: then the answer is the BLUP."""
    solver, now = solver_of(reviews, seed), fixed or (START if robust else replace(START, freedom=math.inf))
    held = Held(
        y,
        np.ones(len(y)),
        np.ones(reviews.m),
        np.zeros(reviews.m) if fixed else np.full(reviews.m, now.scale),
        now.noise / now.severity,
        now.noise / now.worth,
    )
    if fixed:
        return Fit(fixed, held, solver.moments(held), solver, 1, True)
    mixing = Mixing()
    for turn in range(1, MOST + 1):
        if progress:
            progress(turn, MOST)
        found = solver.moments(held)
        after = _turn(reviews, held, found, now)
        x, image = _packed(held, now), _packed(*after)
        if np.abs(image - x).max() < CLOSE:
            return Fit(now, held, found, solver, turn, True)
        held, now = _unpacked(mixing.next(x, image), held, now)
    return Fit(now, held, solver.moments(held), solver, MOST, False)


def _packed(held: Held, now: Variances) -> Floats:
    """The whole state as numbers that may take any value."""
    logs = [math.log(v) for v in (now.worth, now.severity, now.scale, now.noise, min(now.freedom, 1e9))]
    return np.concatenate((logs, held.scale, np.log(held.blur), np.log(held.weight)))


def _unpacked(x: Floats, held: Held, before: Variances) -> tuple[Held, Variances]:
    m = len(held.scale)
    worth, severity, scale, noise, free = (float(v) for v in np.exp(np.clip(x[:5], -40, 40)))
    if math.isinf(before.freedom):
        free = math.inf
    now = Variances(worth, severity, scale, noise, min(max(free, LEAST), MOST_FREE) if math.isfinite(free) else free)
    slopes = np.clip(x[5 : 5 + m], FROM, TO)
    blur, weight = np.exp(np.clip(x[5 + m : 5 + 2 * m], -40, 5)), np.exp(np.clip(x[5 + 2 * m :], -20, 5))
    return Held(held.y, weight, slopes, blur, noise / severity, noise / worth), now


def _turn(reviews: Reviews, held: Held, found: Moments, now: Variances) -> tuple[Held, Variances]:
    app, who, y, w = reviews.app, reviews.who, held.y, held.weight
    noise = now.noise
    theta, alpha = found.theta[app], found.alpha[who]
    cross = noise * found.cross
    square = theta**2 + noise * found.var_theta[app]  # E[θ²]
    product = (y - alpha) * theta - cross  # E[(y − α)θ]
    # scales: one step of the score, by what the reviewer's scores tell of his scale when θ is known only from the others
    off = held.scale - 1
    slope = reviews.by_who(w * (product - held.scale[who] * square)) / noise - off / now.scale
    information = _information(reviews, held, found, noise) + 1 / now.scale
    complete = reviews.by_who(w * square) / noise + 1 / now.scale
    scale, blur = np.clip(held.scale + slope / np.sqrt(information * complete), FROM, TO), 1 / information
    # errors, as expected and as fitted
    level = (y - alpha) ** 2 + noise * found.var_alpha[who]  # E[(y − α)²]
    error = level - 2 * scale[who] * product + (scale**2 + blur)[who] * square
    fitted = y - alpha - scale[who] * theta
    weight, free = w, now.freedom
    if math.isfinite(free):
        free = freedom(error / noise, free)
        weight = (free + 1) / (free + error / noise)
    plain, whole = float((weight * fitted**2).sum()), float((weight * error).sum())
    severity = float(((found.alpha - found.alpha.mean()) ** 2).sum())
    new = Variances(
        worth=_fixed_point(
            float((found.theta**2).sum()), noise * float(found.var_theta.sum()), reviews.n, now.worth, PRIOR.worth
        ),
        severity=_fixed_point(severity, noise * found.apart, reviews.m - 1, now.severity, PRIOR.severity),
        scale=_fixed_point(float(((scale - 1) ** 2).sum()), float(blur.sum()), reviews.m, now.scale, PRIOR.scale),
        noise=_fixed_point(plain, whole - plain, len(y), noise, PRIOR.noise),
        freedom=free,
    )
    # the size of all scales together is a matter of θ: shared out at once instead of in many small steps
    mean = float(scale.mean())
    scale, blur = scale / mean, blur / mean**2
    new = replace(new, worth=new.worth * mean**2)
    return Held(y, weight, scale, blur, new.noise / new.severity, new.noise / new.worth), new


def _information(reviews: Reviews, held: Held, found: Moments, noise: float) -> Floats:
    """(m,) Fisher's information on s_j, each score seen against its prediction from all others.

    N(m, Q) with dm/ds = θ̂ and dQ/ds = 2·Cov(θ, α + s·θ), both without the score, tells (dm/ds)²/Q + (dQ/ds)²/(2Q²).
    """
    app, who, w = reviews.app, reviews.who, held.weight
    scale = held.scale[who]
    with_fit = found.cross + scale * found.var_theta[app]
    fit = found.var_alpha[who] + scale * (found.cross + with_fit)
    left = np.maximum(1 - w * fit, 1e-6)
    missed = (held.y - found.alpha[who] - scale * found.theta[app]) / left
    theta = found.theta[app] - w * with_fit * missed
    spread = fit / left + 1 / w
    return reviews.by_who(theta**2 / (noise * spread) + 2 * (with_fit / left / spread) ** 2)


def _fixed_point(squares: float, variances: float, number: int, now: float, prior: float) -> float:
    """Σû²/(number − Σ Var(u)/σ²), with the made-up values."""
    left = max(number - variances / now, 0.0)
    return (squares + PRIOR_WEIGHT * prior) / (left + PRIOR_WEIGHT)
