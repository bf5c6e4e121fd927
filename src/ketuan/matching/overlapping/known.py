"""What does not count: sentences that are known, and sentences that very many texts of a corpus share.

The rules are those of `known_texts`: a passage is known when `SPAN` folded characters of it in a
row stand in a known text; less than `SPAN` characters between known passages are known as well; a known text of two to
five folded characters is a phrase and known wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.folding import GAP, Codes, Folded, fold, grams
from ketuan.matching.overlapping.letters import SPAN

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class KnownTexts:
    """`runs`: sorted numbers of all runs of `SPAN` characters; `phrases`: size → sorted numbers of whole short texts."""

    runs: NDArray[np.uint64]
    phrases: dict[int, NDArray[np.uint64]]


def known_texts(texts: Iterable[str]) -> KnownTexts:
    """Build once, hand to every call. The order of the texts makes no difference."""
    folded = fold(list(texts))
    runs = [grams(folded.text(i), SPAN) for i in range(len(folded))]
    short: dict[int, list[NDArray[np.uint64]]] = {}
    for i in range(len(folded)):
        text = folded.text(i)
        if 2 <= len(text) < SPAN:
            short.setdefault(len(text), []).append(grams(text, len(text)))
    return KnownTexts(
        np.unique(np.concatenate(runs)) if runs else np.zeros(0, dtype=np.uint64),
        {size: np.unique(np.concatenate(found)) for size, found in sorted(short.items())},
    )


NOTHING = known_texts([])


def within(keys: NDArray[np.uint64], known: NDArray[np.uint64]) -> Mask:
    """Which of `keys` are in the sorted `known`?"""
    if not len(known):
        return np.zeros(len(keys), dtype=np.bool_)
    at = np.searchsorted(known, keys)
    hits: Mask = known[np.minimum(at, len(known) - 1)] == keys
    return hits


def known_mask(folded: Folded, known: KnownTexts) -> Mask:
    """(characters,) which are known."""
    mask = np.zeros(len(folded.codes), dtype=np.bool_)
    if len(known.runs):
        starts = runs_inside(within(grams(folded.codes, SPAN), known.runs), folded, SPAN)
        mask = bridged(cover(starts, SPAN, len(folded.codes)), folded)
    for size, phrases in known.phrases.items():
        starts = runs_inside(within(grams(folded.codes, size), phrases), folded, size)
        mask |= cover(starts, size, len(folded.codes))
    return mask


def runs_inside(hits: Mask, folded: Folded, size: int) -> NDArray[np.int64]:
    """The places where a run begins that lies in one text."""
    at = np.flatnonzero(hits)
    end = folded.starts[np.searchsorted(folded.starts, at, side="right")]
    return at[at + size <= end]


def cover(starts: NDArray[np.int64], size: int, length: int) -> Mask:
    """All characters of runs of `size` that begin at `starts`."""
    change = np.zeros(length + 1, dtype=np.int32)
    change[starts] += 1  # no place stands in `starts` twice
    change[starts + size] -= 1
    return np.cumsum(change[:-1], dtype=np.int32) > 0


def bridged(mask: Mask, folded: Folded) -> Mask:
    """`mask` with every stretch of less than `SPAN` characters that lies between masked ones, or between one of them
    and the border of its text."""
    if not mask.any():
        return mask
    owner = folded.owner()
    at = np.flatnonzero(mask)
    texts = owner[at]
    fresh = np.concatenate([[True], texts[1:] != texts[:-1]])  # the first masked character of each text
    before = np.where(fresh, folded.starts[texts], np.concatenate([[0], at[:-1] + 1]))
    last = np.flatnonzero(np.concatenate([fresh[1:], [True]]))
    lows = np.concatenate([before, at[last] + 1])
    highs = np.concatenate([at, folded.starts[texts[last] + 1]])
    short = (highs > lows) & (highs - lows < SPAN)
    change = np.zeros(len(mask) + 1, dtype=np.int32)
    change[lows[short]] += 1
    change[highs[short]] -= 1
    return mask | (np.cumsum(change[:-1], dtype=np.int32) > 0)


def without(folded: Folded, mask: Mask) -> Folded:
    """The same texts with a gap for each masked character."""
    if not mask.any():
        return folded
    codes: Codes = np.where(mask, np.uint32(GAP), folded.codes)
    return Folded(codes, folded.starts, folded.origin)
