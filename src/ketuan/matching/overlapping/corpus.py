"""All suspicious pairs of a corpus of texts.

Known sentences, then sentences that very many texts share, are taken out (but for whole texts that are the same: `rings`); texts that share enough runs of four
characters that few texts have are judged as any pair is, with the rarity that the corpus teaches. Most pairs of a
corpus are never compared; nothing but the texts decides, not their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.candidates import ENOUGH, MOST_TEXTS, common_mask, runs_of, shared_runs, very_many
from ketuan.matching.overlapping.evidence import Prepared, score
from ketuan.matching.overlapping.folding import Folded, fold
from ketuan.matching.overlapping.known import NOTHING, KnownTexts, known_mask, without
from ketuan.matching.overlapping.passages import Span, spans
from ketuan.matching.overlapping.rarity import Rarity
from ketuan.matching.overlapping.rings import nearly_equal, same

LISTED = 0.12
"""Pairs of a lower score are not listed."""
FLAG = 0.2
"""From this score on a pair of a corpus is flagged. Lower than for single pairs: rarity is known better here, and hardly
one in a thousand pairs of a corpus has the same topic."""


@dataclass(frozen=True, slots=True)
class Suspicion:
    """`a` < `b`: ids; `spans`: (a_from, a_to, b_from, b_to), half-open offsets into the two texts."""

    a: str
    b: str
    score: float
    flag: bool
    spans: tuple[Span, ...]


def suspicious(
    texts: Mapping[str, str],
    *,
    known: KnownTexts = NOTHING,
    least: float = LISTED,
    progress: Callable[[int, int], None] | None = None,
) -> list[Suspicion]:
    """`texts`: id → text. Pairs of score `least` at least, best first, ties by id."""
    ids = sorted(texts)
    folded = fold([texts[name] for name in ids])
    folded = without(folded, known_mask(folded, known))
    rarity = Rarity()
    rarity.add(folded)
    runs = runs_of(folded)
    mask = common_mask(folded, runs)
    most = min(MOST_TEXTS, very_many(len(ids)) - 1)
    keys, values = shared_runs(folded, runs, mask, most)
    worth = keys[values >= ENOUGH]
    rest = np.setdiff1d(nearly_equal(folded), worth)
    own = without(folded, mask)
    del runs, mask, keys, values  # a large corpus leaves room for the texts made ready
    found: list[Suspicion] = []
    done = 0
    for texts_, pairs, whole in ((own, _two(worth, ids), False), (folded, _two(rest, ids), True)):
        ready = _Ready(texts_, rarity, Counter(number for pair in pairs for number in pair))
        for one, two in pairs:
            a, b = ready.take(one), ready.take(two)
            value = score(a, b) if not whole or same(a, b) else 0.0
            if value and value >= least:
                where = spans(a, b, folded.where(one), folded.where(two))
                found.append(Suspicion(ids[one], ids[two], value, value >= FLAG, tuple(where)))
            done += 1
            if progress and (done % 200 == 0 or done == len(worth) + len(rest)):
                progress(done, len(worth) + len(rest))
    return sorted(found, key=lambda pair: (-pair.score, pair.a, pair.b))


def _two(keys: NDArray[np.int64], ids: list[str]) -> list[tuple[int, int]]:
    return [divmod(key, len(ids)) for key in keys.tolist()]


class _Ready:
    """Texts made ready when they are first asked for, and dropped when no pair needs them any more."""

    def __init__(self, folded: Folded, rarity: Rarity, needed: Counter[int]) -> None:
        self.folded, self.weights = folded, rarity.weigh(folded.codes)
        self.needed = needed
        self.held: dict[int, Prepared] = {}

    def take(self, number: int) -> Prepared:
        if number not in self.held:
            low, high = self.folded.starts[number : number + 2]
            self.held[number] = Prepared(self.folded.codes[low:high], self.weights[low:high])
        self.needed[number] -= 1
        return self.held[number] if self.needed[number] else self.held.pop(number)
