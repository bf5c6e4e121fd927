"""What is done elsewhere: the plain mean, and the mean of each reviewer's z-scores."""

from __future__ import annotations

import numpy as np

from ketuan.matching.calibrating.reviews import Floats, Reviews


def means(reviews: Reviews) -> Floats:
    """(n,) the plain mean of each application's scores."""
    return reviews.by_app(reviews.score) / reviews.per_app


def z_means(reviews: Reviews) -> Floats:
    """(n,) the mean of (y_ij − mean_j)/sd_j, put back on the scale of the scores.

    sd_j has the divisor (reviews − 1). A reviewer with one review, or with equal scores only, counts as 0: he says nothing.
    """
    who, count = reviews.who, reviews.per_who
    off = reviews.score - (reviews.by_who(reviews.score) / count)[who]
    spread = np.sqrt(reviews.by_who(off**2) / np.maximum(count - 1, 1))
    least = 1e-12 * np.abs(reviews.score).max()
    flat = spread <= least
    z = np.where(flat[who], 0.0, off / np.where(flat, 1.0, spread)[who])
    mean: Floats = reviews.score.mean() + reviews.score.std() * reviews.by_app(z) / reviews.per_app
    return mean
