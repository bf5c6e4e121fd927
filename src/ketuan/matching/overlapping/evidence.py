"""The score of two texts: how much of the shorter stands in the other, and how strong the best passage is.

Share p: of the distinct runs of three characters of the shorter text, those that the other has; each weighs what its
two pairs of characters weigh (`rarity`). Strength s: two characters in a row that both texts have are a match at
(i, j); a match weighs what they weigh, divided by how often they stand in the text that has them more often, so that a
term repeated in two texts of one topic is no passage. Around each match the weights of the matches within `REACH`
characters and on about the same diagonal j - i (a band of `BAND`) are summed; s is the greatest such sum, in nats. So
a passage counts whatever stands around it, and swapped words cost themselves.

score = 1 - (1 - p) exp(-s / SCALE)

Two titles (neither has more than `TITLE` characters) have few runs of three, and a word put in breaks most of them. Between them
p is the share of characters of the shorter that stand in two characters in a row which the other has as well; a character
weighs what the less telling of its two pairs weighs.

Matches on diagonals are those of dot plots (Gibbs and McIntyre 1970) and FASTA (Lipman and Pearson 1985); joining both
by a product of doubts is the noisy or (Pearl 1988). `SCALE` and `FLAG` were chosen on edited pairs and on pairs of the
same topic made from real abstracts, others than those of the figures in the developers' page on the engines.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.folding import GAP, Codes, Places, grams
from ketuan.matching.overlapping.rarity import UNIT, Weights

REACH = 24
BAND = 8
SCALE = 250.0
LEAST = 150
"""Two characters that weigh less (1.5 nats) are no match of their own."""
MOST_PLACES = 8
"""Places of the same two characters in the other text that are tried."""
FLAG = 0.27
"""From this score on a pair is flagged: 1 in 100 pairs of independent texts reaches it where half of the pairs are the
nearest of their topic; of pairs of different topics none did."""
TITLE, FLAG_TITLE, FLAG_SHORT = 40, 0.75, 0.5
"""From `FLAG_TITLE` on two titles are flagged. Where only the shorter text has fewer characters than `TITLE`, one shared term is
much of it: `FLAG_SHORT` is asked for."""


class Prepared:
    """One text: `codes` (characters,) folded, 0 for what does not count; `weights` (characters,) of `Rarity.weigh`."""

    def __init__(self, codes: Codes, weights: Weights) -> None:
        self.codes = codes
        self.weights = weights

    @cached_property
    def counted(self) -> Codes:
        counted: Codes = self.codes[self.codes != GAP]
        return counted

    @cached_property
    def order(self) -> tuple[int, bytes]:
        """Which of two texts is the shorter; equal only for texts that count the same."""
        return len(self.counted), self.codes.astype(">u4").tobytes()

    @cached_property
    def pairs(self) -> tuple[NDArray[np.uint64], Places]:
        """All two characters in a row that count: their numbers, sorted, and the places where they begin."""
        found = grams(self.codes, 2)
        at = np.flatnonzero((self.codes[:-1] != GAP) & (self.codes[1:] != GAP)) if len(found) else np.zeros(0, np.int64)
        order = np.argsort(found[at], kind="stable")
        return found[at][order], at[order]

    @cached_property
    def often(self) -> NDArray[np.int32]:
        """(characters,) how often the two characters that begin at each place stand in this text."""
        keys, at = self.pairs
        often = np.ones(len(self.codes), dtype=np.int32)
        if len(keys):
            first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
            counts = np.diff(np.concatenate([first, [len(keys)]]))
            often[at] = np.repeat(counts, counts)
        return often

    @cached_property
    def triples(self) -> tuple[NDArray[np.uint64], Weights]:
        """The distinct runs of three characters that count, sorted, and their weights."""
        found = grams(self.codes, 3)
        if not len(found):
            return found, np.zeros(0, dtype=np.int32)
        full = np.flatnonzero((self.codes[:-2] != GAP) & (self.codes[1:-1] != GAP) & (self.codes[2:] != GAP))
        order = full[np.argsort(found[full], kind="stable")]
        keys = found[order]
        once = np.ones(len(keys), dtype=np.bool_)
        once[1:] = keys[1:] != keys[:-1]
        at = order[once]
        return keys[once], self.weights[at] + self.weights[at + 1]

    @cached_property
    def worth(self) -> Weights:
        """(characters,) the smaller weight of the pairs that each character stands in; 0 for one in no pair that counts."""
        none = np.iinfo(np.int32).max
        counts = (self.codes[:-1] != GAP) & (self.codes[1:] != GAP)
        pairs = np.full(len(self.codes) + 1, none, dtype=np.int32)
        pairs[1:-1][counts] = self.weights[:-1][counts]
        least = np.minimum(pairs[:-1], pairs[1:])
        return np.where(least == none, np.int32(0), least)


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """(matches,) place in the one text, place in the other, sum of the weights around it; all sorted by the first."""

    one: Places
    two: Places
    support: NDArray[np.int64]


def share(short: Prepared, long: Prepared) -> float:
    """p: the weight of what the other text has as well, over all weight."""
    if titles(short, long):
        return covered(short, long)
    found, weight = short.triples
    total = int(weight.sum())
    if not total:
        return 0.0
    other = long.triples[0]
    if not len(other):
        return 0.0
    at = np.minimum(np.searchsorted(other, found), len(other) - 1)
    return int(weight[other[at] == found].sum()) / total


def titles(one: Prepared, two: Prepared) -> bool:
    return max(len(one.counted), len(two.counted)) <= TITLE


def covered(short: Prepared, long: Prepared) -> float:
    """p of two titles."""
    total = int(short.worth.sum())
    if not total:
        return 0.0
    keys, places = short.pairs
    at = places[np.isin(keys, long.pairs[0])]
    found = np.zeros(len(short.codes), dtype=np.bool_)
    found[at] = found[at + 1] = True
    return int(short.worth[found].sum()) / total


def matches(short: Prepared, long: Prepared, least: int = LEAST) -> Matches:
    """All places where both texts have the same two characters of weight `least`, with the support of each."""
    keys, places = short.pairs
    strong = short.weights[places] >= least
    keys, places = keys[strong], places[strong]
    others, where = long.pairs
    low = np.searchsorted(others, keys, side="left")
    count = np.minimum(np.searchsorted(others, keys, side="right") - low, MOST_PLACES)
    hit = count > 0
    low, count, places = low[hit], count[hit], places[hit]
    one = np.repeat(places, count)
    begin = np.cumsum(count) - count
    two = where[np.repeat(low - begin, count) + np.arange(len(one))]
    weight = short.weights[one] // np.maximum(short.often[one], long.often[two])
    return Matches(one, two, supports(one, two, weight))


def supports(one: Places, two: Places, weight: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each match the weight of the matches about it: within `REACH` in `one`, on about the same diagonal.

    Two grids of bands, shifted by half a band; the better of both. A place of `one` counts once in a band.
    """
    if not len(one):
        return np.zeros(0, dtype=np.int64)
    diagonal = two - one + (1 << 19)  # positive: no text has more than `LONGEST` characters
    bands = np.concatenate([diagonal // BAND, (diagonal + BAND // 2) // BAND + (1 << 20)])
    place = np.concatenate([one, one])
    packed = np.sort((bands << 18 | place) << 22 | np.arange(len(place)))
    match, keys = packed & ((1 << 22) - 1), packed >> 22
    match %= len(one)
    counts = weight[match]
    counts[1:][keys[1:] == keys[:-1]] = 0
    upto = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=upto[1:])
    around = upto[np.searchsorted(keys, keys + REACH, side="right")] - upto[np.searchsorted(keys, keys - REACH)]
    best = np.zeros(2 * len(one), dtype=np.int64)
    best[packed & ((1 << 22) - 1)] = around
    return np.maximum(best[: len(one)], best[len(one) :])


def score(one: Prepared, two: Prepared) -> float:
    """0..1, the same for both orders; 1 for texts that count the same, 0 if nothing counts or nothing is shared."""
    short, long = (one, two) if one.order <= two.order else (two, one)
    if not len(short.counted):
        return 0.0
    if np.array_equal(short.counted, long.counted):
        return 1.0
    return joined(share(short, long), strength(matches(short, long)))


def flagged(value: float, one: Prepared, two: Prepared) -> bool:
    """Is the score of a single pair high enough for the length of its shorter text?"""
    if titles(one, two):
        return value >= FLAG_TITLE
    return value >= (FLAG if min(len(one.counted), len(two.counted)) >= TITLE else FLAG_SHORT)


def strength(found: Matches) -> float:
    """s in nats."""
    return int(found.support.max()) / UNIT if len(found.support) else 0.0


def joined(part: float, nats: float) -> float:
    return round(1.0 - (1.0 - part) * math.exp(-nats / SCALE), 6)
