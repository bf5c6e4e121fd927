"""One ranking from two: by words and by meaning.

Both scores are absolute: the cosine of two meanings, and the share of the query's words that is found, in 0..1. So they are
simply added, and weak evidence stays weak. On three collections (problem clauses to abstracts, heads of abstracts to titles, 30
pairs of a need and a direction) this was better than adding reciprocal ranks (Cormack et al. 2009); against the best form of
distances from the mean (Fox, Shaw 1994) it was clearly better on the 30 pairs only, where the same thing is said in other
words. Form and weight were chosen while looking at these same queries.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.weighing import Floats

WORDS = 0.2
"""How much the words count beside the likeness of meaning"""


def fused(words: Floats, meaning: Floats, near: NDArray[np.bool_], best: int) -> Floats:
    """(k,) scores of records from what words and meaning (0..1 both) say; those that neither has among its best come below.

    `near`: the best by meaning. `best`: how many of the best by words count.
    """
    named = near.copy()
    by_words = np.argsort(-words, kind="stable")[:best]
    named[by_words[words[by_words] > 0]] = True
    scores: Floats = np.where(named, meaning, -1.0) + WORDS * words
    return scores
