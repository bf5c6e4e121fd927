"""A bound of the score of two texts that costs a tenth of the score: most pairs of a society are on different matters.

s is at most the weight of all two characters in a row that both texts have: within a band each place counts once, and a
match is divided by how often its characters stand in a text. p is taken as it is, of two titles not less than it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.evidence import LEAST, TITLE, Prepared, joined
from ketuan.matching.overlapping.folding import folded_alone, origins
from ketuan.matching.overlapping.known import KnownTexts, known_mask, without
from ketuan.matching.overlapping.rarity import UNIT, prior


@dataclass(frozen=True, slots=True)
class Table:
    """`weight`: number of a run of characters → what it weighs; `runs`: the same runs; `total`: of what p is a share."""

    weight: dict[int, int]
    runs: frozenset[int]
    total: int

    def shared(self, other: Table) -> int:
        """Weight of the runs that both have, as they weigh here."""
        return sum(map(self.weight.__getitem__, self.runs & other.runs))


def _table(keys: NDArray[np.uint64], weights: NDArray[np.int32], total: int) -> Table:
    held = dict(zip(keys.tolist(), weights.tolist(), strict=True))
    return Table(held, frozenset(held), total)


class Ready:
    """One text: `text` made ready for the score; the rest on demand."""

    def __init__(self, source: str, known: KnownTexts) -> None:
        self._source = source
        folded = folded_alone(source)
        folded = without(folded, known_mask(folded, known))
        self.text = Prepared(folded.codes, prior().weigh(folded.codes))
        self.size = len(self.text.counted)

    def most(self, other: Ready) -> float:
        """The score is not more than this."""
        if self.size == other.size and np.array_equal(self.text.counted, other.text.counted):
            return 1.0
        short, long = (self, other) if self.text.order <= other.text.order else (other, self)
        if long.size <= TITLE:
            one, two = short._title, long._title
        else:
            one, two = short._triples, long._triples
        part = min(1.0, one.shared(two) / one.total) if one.total else 0.0
        return joined(part, short._strong.shared(long._strong) / UNIT)

    @cached_property
    def where(self) -> NDArray[np.int32]:
        """(characters,) index of each in the source text."""
        return origins(self._source)

    @cached_property
    def _triples(self) -> Table:
        keys, weights = self.text.triples
        return _table(keys, weights, int(weights.sum()))

    @cached_property
    def _strong(self) -> Table:
        """All two characters in a row that may be a match."""
        keys, at = self.text.pairs
        strong = self.text.weights[at] >= LEAST
        keys, at = keys[strong], at[strong]
        return _table(keys, self.text.weights[at], 0)

    @cached_property
    def _title(self) -> Table:
        """All two characters in a row, with what is found by them: both characters, wherever they stand."""
        keys, at = self.text.pairs
        worth = self.text.worth
        found: dict[int, int] = {}
        for key, weight in zip(keys.tolist(), (worth[at] + worth[at + 1]).tolist(), strict=True):
            found[key] = found.get(key, 0) + weight
        return Table(found, frozenset(found), int(worth.sum()))
