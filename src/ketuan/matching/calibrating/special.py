"""Student's degrees of freedom, without scipy."""

from __future__ import annotations

import math

import numpy as np

from ketuan.matching.calibrating.reviews import Floats

LEAST, MOST = 3.0, 200.0
"""Fewer degrees of freedom have no variance; more are as good as normal."""


def digamma(x: float) -> float:
    """ψ(x) for x > 0: ψ(x) = ψ(x + 1) − 1/x up to 8, then the asymptotic series (Abramowitz and Stegun 6.3.18)."""
    below = 0.0
    while x < 8:
        below += 1 / x
        x += 1
    t = 1 / (x * x)
    series = t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t / 132))))
    return math.log(x) - 0.5 / x - series - below


def freedom(squares: Floats, now: float) -> float:
    """ν after one EM step from `now`; `squares`: E[r²]/σ².

    The root of 1 + log(ν/2) − ψ(ν/2) + mean(E[log w] − E[w]) (Liu and Rubin, Statistica Sinica 5 (1995) 19–39).
    """
    shape, rate = (now + 1) / 2, (now + squares) / 2
    told = float((digamma(shape) - np.log(rate) - shape / rate).mean())

    def slope(free: float) -> float:
        return 1 + math.log(free / 2) - digamma(free / 2) + told

    low, high = LEAST, MOST
    if slope(low) <= 0:
        return low
    if slope(high) >= 0:
        return high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2
