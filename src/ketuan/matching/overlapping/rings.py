"""Whole texts that very many hand in: what so many share counts as nobody's own, but a text that is the same from end to end is
a copy all the same.

Each text is told by the least number of its runs of four characters in each of `BINS` classes (one permutation hashing:
Li, Owen and Zhang 2012); texts whose numbers agree in all classes of a band may be the same. Whoever has nine tenths of
their runs in common agrees somewhere in 98 of 100 cases, whoever is equal always.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.candidates import chosen
from ketuan.matching.overlapping.evidence import TITLE, Prepared, share
from ketuan.matching.overlapping.folding import GAP, Folded

BINS, BAND = 16, 4
FILLED = 8
"""Texts with runs in fewer classes say too little."""
EVERY = 100
"""Of more texts that may be the same, each is held against the first only."""
WHOLE = 0.9
"""Two texts are the same, or nearly so, from this share on."""


def nearly_equal(folded: Folded) -> NDArray[np.int64]:
    """texts * first + second (first < second), sorted, for each two texts that may be the same from end to end."""
    least = _least(folded)
    counted = np.zeros(len(folded.codes) + 1, dtype=np.int64)
    np.cumsum(folded.codes != GAP, out=counted[1:])
    long = np.diff(counted[folded.starts]) >= TITLE
    usable = np.flatnonzero(long & ((least != np.iinfo(np.uint64).max).sum(axis=1) >= FILLED))
    found: set[int] = set()
    for low in range(0, BINS, BAND):
        groups: dict[bytes, list[int]] = defaultdict(list)
        for text in usable.tolist():
            groups[least[text, low : low + BAND].tobytes()].append(text)
        for group in groups.values():
            firsts = range(len(group)) if len(group) <= EVERY else range(1)
            found.update(group[i] * len(folded) + other for i in firsts for other in group[i + 1 :])
    return np.array(sorted(found), dtype=np.int64)


def same(one: Prepared, two: Prepared) -> bool:
    short, long = (one, two) if one.order <= two.order else (two, one)
    return share(short, long) >= WHOLE and share(long, short) >= WHOLE


def _least(folded: Folded) -> NDArray[np.uint64]:
    """(texts, BINS) the least number of each class; the greatest there is where a text has none."""
    none = np.iinfo(np.uint64).max
    keys, at = chosen(folded)
    least = np.full((len(folded), BINS), none, dtype=np.uint64)
    begin = np.searchsorted(at, folded.starts)
    filled = np.flatnonzero(np.diff(begin))
    if not len(filled):
        return least
    classes = (keys >> np.uint64(1)) % np.uint64(BINS)
    for number in range(BINS):
        here = np.where(classes == number, keys, np.uint64(none))
        least[filled, number] = np.minimum.reduceat(here, begin[filled])
    return least
