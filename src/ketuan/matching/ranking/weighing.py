"""What a term's standing in a text is worth.

    idf(t)^1.5 · n · (k₁ + 1) / (n + k₁ · (1 − b + b · |d| / mean |d|))       n times in text d: BM25 (Robertson, Zaragoza 2009)
    idf(t) = ln(1 + (N − df + ½) / (df + ½))                                  N texts, df of them have the term; never negative

The power makes a rare term outweigh ways of speaking: measured better than the plain idf on long texts and on short ones.
The sum is divided by (k₁ + 1) times the weight of all terms of the query, those included that no text has: so it lies in
0..1, and a query of which little is found gets little, not much.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.postings import Postings

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]

K1, B = 0.9, 0.75
"""How fast a repeated term saturates; how much long texts are held back."""

RARE = 1.5
"""Power of the idf"""
SHARES = 1.0, 1.0, 0.25
"""How much pairs, words and single characters count"""

_PIECE = 1 << 16  # pairs


def weights(df: NDArray[np.int64], texts: int) -> Floats:
    """Worth of terms that `df` of the texts have."""
    rare: Floats = np.log1p((texts - df + 0.5) / (df + 0.5)) ** RARE
    return rare


def lengths(postings: Postings, texts: int) -> Floats:
    """(texts,) terms in each"""
    found = np.zeros(texts)
    for _, _, pairs in _pieces(postings):
        found += np.bincount(postings.text[pairs], postings.count[pairs], minlength=texts)
    return found


def damping(lengths: Floats) -> Weights:
    """(texts,) what stands beside n below the line."""
    mean = float(lengths.mean()) if len(lengths) else 1.0
    return (K1 * (1 - B + B * lengths / (mean or 1.0))).astype(np.float32)


def worth(weight: Weights, count: NDArray[np.uint8], damp: Weights) -> Weights:
    """(h,) worth of hits: the weight of the term, its count in the text, the damping of the text."""
    times = count.astype(np.float32)
    damp = damp + times
    times *= np.float32(K1 + 1)
    times *= weight
    times /= damp
    return times


def lesser(
    postings: Postings, weight: Weights, damp: Weights, factor: Weights | None, record: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Pairs, ascending, whose term is worth more in another text of the record, or as much in an earlier one.

    `factor`: (p,) how much each text counts. `record`: (p,) the record of each text.
    """
    many, found = np.diff(postings.start), [np.zeros(0, dtype=np.int64)]
    for low, high, pairs in _pieces(postings):
        text = postings.text[pairs]
        much = worth(np.repeat(weight[low:high], many[low:high]), postings.count[pairs], damp[text])
        if factor is not None:
            much *= factor[text]
        found.append(_lesser(record[text], postings.start[low:high] - pairs.start, much) + pairs.start)
    return np.concatenate(found)


def _lesser(whose: NDArray[np.int64], start: NDArray[np.int64], worth: Weights) -> NDArray[np.int64]:
    """Which pairs are not the best one of their term and record. `start`: where the terms begin."""
    new = np.ones(len(whose), dtype=np.bool_)
    np.not_equal(whose[1:], whose[:-1], out=new[1:])
    new[start] = True
    twin = ~new  # the term stands in an earlier text of the record as well: few do
    twin[:-1] |= ~new[1:]
    at = np.flatnonzero(twin)
    if not len(at):
        return at
    begin = np.flatnonzero(new[at])
    many = np.diff(begin, append=len(at))
    most = worth[at] == np.repeat(np.maximum.reduceat(worth[at], begin), many)
    upto = np.cumsum(most)
    best = most & (upto == np.repeat(upto[begin] - most[begin] + 1, many))
    found: NDArray[np.int64] = at[~best]
    return found


def _pieces(postings: Postings) -> Iterator[tuple[int, int, slice]]:
    """Terms low … high and their pairs, piece by piece to spare memory."""
    low = 0
    while low < len(postings.key):
        begin = int(postings.start[low])
        high = max(low + 1, int(np.searchsorted(postings.start, begin + _PIECE, side="right")) - 1)
        yield low, high, slice(begin, int(postings.start[high]))
        low = high
