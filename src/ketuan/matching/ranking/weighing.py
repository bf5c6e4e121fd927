"""What a term's standing in a text is worth.

    idf(t)^1.5 · n · (k₁ + 1) / (n + k₁ · (1 − b + b · |d| / mean |d|))       n times in text d: BM25 (Robertson, Zaragoza 2009)
    idf(t) = ln(1 + (N − df + ½) / (df + ½))                                  N texts, df of them have the term; never negative

The power makes a rare term outweigh ways of speaking: measured better than the plain idf on long texts and on short ones.
The sum is divided by (k₁ + 1) times the weight of all terms of the query, those included that no text has: so it lies in
0..1, and a query of which little is found gets little, not much.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.postings import Postings, Texts

Floats = NDArray[np.float64]
Weights = NDArray[np.float32]

K1, B = 0.9, 0.75
"""How fast a repeated term saturates; how much long texts are held back."""

RARE = 1.5
"""Power of the idf"""
SHARES = 1.0, 1.0, 0.25
"""How much pairs, words and single characters count"""

_PIECE = 1 << 18  # pairs


def weights(df: NDArray[np.int64], texts: int) -> Floats:
    """Worth of terms that `df` of the texts have."""
    rare: Floats = np.log1p((texts - df + 0.5) / (df + 0.5)) ** RARE
    return rare


def lengths(postings: Postings, texts: int) -> Floats:
    """(texts,) terms in each"""
    return np.bincount(postings.text, postings.count.astype(np.float64), minlength=texts).astype(np.float64, copy=False)


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


def worths(postings: Postings, weight: Weights, damp: Weights) -> Weights:
    """(m,) worth of each term in each text, piece by piece to spare memory."""
    many, found = np.diff(postings.start), np.empty(len(postings.text), dtype=np.float32)
    low = 0
    while low < len(many):
        begin = int(postings.start[low])
        high = max(low + 1, int(np.searchsorted(postings.start, begin + _PIECE, side="right")) - 1)
        end = int(postings.start[high])
        text = postings.text[begin:end]
        found[begin:end] = worth(np.repeat(weight[low:high], many[low:high]), postings.count[begin:end], damp[text])
        low = high
    return found


def tops(postings: Postings, worths: Weights, record: Texts) -> NDArray[np.bool_]:
    """(m,) for each term and record: is this the text where it is worth most? The first one of equals."""
    whose = record[postings.text]
    new = np.ones(len(whose), dtype=np.bool_)
    np.not_equal(whose[1:], whose[:-1], out=new[1:])
    del whose
    new[postings.start[:-1]] = True
    twin = ~new  # the term stands in an earlier text of the record as well: few do
    twin[:-1] |= ~new[1:]
    top = np.ones(len(new), dtype=np.bool_)
    at = np.flatnonzero(twin)
    if len(at):
        begin = np.flatnonzero(new[at])
        many = np.diff(begin, append=len(at))
        most = worths[at] == np.repeat(np.maximum.reduceat(worths[at], begin), many)
        upto = np.cumsum(most)
        top[at] = most & (upto == np.repeat(upto[begin] - most[begin] + 1, many))
    return top
