"""What the two solvers take and give: the linear part of the model with the scales held.

All variances here are in units of the noise σ². With the scales s_j of mean `scale` and variance `blur`, the weights w_ij
and the ratios λ_a = σ²/σ_a², λ_θ = σ²/τ², the quadratic form that α (m) and θ (n) minimise is

    Σ w_ij·E[(y_ij − α_j − s_jθ_i)²] + λ_a·Σ(α_j − ᾱ)² + λ_θ·Σθ_i²

(the flat mean μ of the α_j is integrated out, which leaves ᾱ). These are Henderson's mixed-model equations: Henderson,
Best linear unbiased estimation and prediction under a selection model, Biometrics 31 (1975) 423–447.
"""

from __future__ import annotations

from dataclasses import dataclass

from ketuan.matching.calibrating.reviews import Floats, Reviews


@dataclass(frozen=True)
class Held:
    """`y`, `weight`: (N,). `scale`, `blur`: (m,). `for_who` = λ_a, `for_app` = λ_θ."""

    y: Floats
    weight: Floats
    scale: Floats
    blur: Floats
    for_who: float
    for_app: float

    def slopes(self, reviews: Reviews) -> Floats:
        """(N,) w_ij·s_j."""
        return self.weight * self.scale[reviews.who]

    def precision(self, reviews: Reviews) -> Floats:
        """(n,) of θ_i when the α_j are known: Σ_j w_ij·E[s_j²] + λ_θ."""
        return reviews.by_app(self.weight * (self.scale**2 + self.blur)[reviews.who]) + self.for_app


@dataclass(frozen=True)
class Moments:
    """Means and covariances.

    `alpha` (m,), `theta` (n,): means. `var_alpha` (m,), `var_theta` (n,), `cross` (N,): variances and Cov(α_j, θ_i).
    `apart`: the sum of Var(α_j − ᾱ).
    """

    alpha: Floats
    theta: Floats
    var_alpha: Floats
    var_theta: Floats
    cross: Floats
    apart: float


@dataclass(frozen=True)
class Told:
    """Variances of what is reported, in units of σ²; ᾱ is the mean of the α_j.

    `worth` (n,): of ᾱ + θ_i. `severity` (m,): of α_j − ᾱ. `fit` (N,): of α_j + s_jθ_i.
    `with_worth` (N,): Cov(ᾱ + θ_i, α_j + s_jθ_i).
    """

    worth: Floats
    severity: Floats
    fit: Floats
    with_worth: Floats
