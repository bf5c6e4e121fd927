"""One ranking from two: by words and by meaning.

Each of the records that one side names among its best gets both scores, each counted in standard deviations from the mean
of these records, and the sum of the two. (Score fusion: Fox, Shaw 1994; measured better here than adding reciprocal ranks.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.weighing import Floats

MEANING = 1.0
"""How much the likeness of meaning counts beside the words."""


def fused(words: Floats, meaning: Floats, near: NDArray[np.bool_], best: int) -> Floats:
    """(k,) scores of records from what words and meaning say. `near`: the best by meaning. All others rank by words below."""
    by_words = np.argsort(-words, kind="stable")[:best]
    named = near.copy()
    named[by_words[words[by_words] > 0]] = True
    if not named.any():
        return words.copy()
    both = _standard(words[named]) + MEANING * _standard(meaning[named])
    most = float(words.max()) or 1.0
    scores: Floats = both.min() - 2 + words / most
    scores[named] = both
    return scores


def _standard(values: Floats) -> Floats:
    """Distance from the mean in standard deviations; nought where all are equal."""
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 0 else np.zeros_like(values)
