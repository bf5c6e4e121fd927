"""Fewer turns to a fixed point x = g(x): Anderson's mixing.

The next x is the combination of the last few g(x) whose combined step is least (Walker and Ni, SIAM Journal on Numerical
Analysis 49 (2011) 1715–1735). Where the step has grown instead, the memory is dropped and the plain step is taken.
"""

from __future__ import annotations

import numpy as np

from ketuan.matching.calibrating.reviews import Floats

DEPTH = 6
STEEP = 1e-8
"""Singular values below this share of the largest are left out, so that nearly equal steps make no wild combination."""


class Mixing:
    def __init__(self) -> None:
        self.images: list[Floats] = []
        self.steps: list[Floats] = []
        self.best = np.inf

    def next(self, x: Floats, image: Floats) -> Floats:
        """From `x` and g(`x`)."""
        step = image - x
        size = float(np.linalg.norm(step))
        if size > 2 * self.best:
            self.images, self.steps, self.best = [], [], np.inf
        self.best = min(self.best, size)
        self.images, self.steps = [*self.images[-DEPTH:], image], [*self.steps[-DEPTH:], step]
        if len(self.steps) == 1:
            return image
        bends = np.diff(np.array(self.steps), axis=0)
        shares = np.linalg.lstsq(bends.T, step, rcond=STEEP)[0]
        mixed: Floats = image - shares @ np.diff(np.array(self.images), axis=0)
        return mixed
