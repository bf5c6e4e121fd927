"""How sure it is that an application belongs to the first ones."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ketuan.matching.calibrating.reviews import Floats


def among_first(draws: Iterable[Floats], n: int, most: int) -> Floats:
    """(n,) share of the draws (blocks of (n, ·)) in which an application is one of the `most` highest."""
    if most >= n:
        return np.ones(n)
    hits, seen = np.zeros(n), 0
    for block in draws:
        inside = np.argpartition(-block, most - 1, axis=0)[:most]
        hits += np.bincount(inside.ravel(), minlength=n)
        seen += block.shape[1]
    return hits / seen
