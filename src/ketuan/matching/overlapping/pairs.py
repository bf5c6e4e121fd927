"""Many pairs of texts: how alike, and where. Two texts by themselves: `judge`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.evidence import Prepared, flagged, score
from ketuan.matching.overlapping.folding import Folded, fold
from ketuan.matching.overlapping.known import NOTHING, KnownTexts, known_mask, without
from ketuan.matching.overlapping.passages import Span, spans
from ketuan.matching.overlapping.rarity import Rarity

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Overlap:
    """`score`: 0..1; `share`: 0..1, so much of the shorter text, known sentences left out, is marked by `spans`; `flag`: is the
    score enough (`evidence.flagged`); `spans`: (a_from, a_to, b_from, b_to), half-open offsets into the source texts,
    sorted, overlapping in neither text; both sides are equal after folding."""

    score: float
    share: float
    flag: bool
    spans: tuple[Span, ...]


NO_OVERLAP = Overlap(0.0, 0.0, False, ())


def overlaps(
    pairs: Sequence[tuple[str, str]], *, known: KnownTexts = NOTHING, progress: Progress | None = None
) -> list[Overlap]:
    """One answer a pair. What is rare is learned from the distinct texts of all pairs, whatever their order."""
    texts = sorted({text for pair in pairs for text in pair})
    number = {text: i for i, text in enumerate(texts)}
    folded = fold(texts)
    folded = without(folded, known_mask(folded, known))
    rarity = Rarity()
    rarity.add(folded)
    answers = []
    for done, (a, b) in enumerate(pairs, 1):
        answers.append(judged(folded, rarity, number[a], number[b]))
        if progress and (done % 100 == 0 or done == len(pairs)):
            progress(done, len(pairs))
    return answers


def judged(folded: Folded, rarity: Rarity, a: int, b: int) -> Overlap:
    one, two = (prepared(folded, rarity, number) for number in (a, b))
    return judged_ready(one, two, folded.where(a), folded.where(b))


def prepared(folded: Folded, rarity: Rarity, number: int) -> Prepared:
    codes = folded.text(number)
    return Prepared(codes, rarity.weigh(codes))


def judged_ready(
    one: Prepared, two: Prepared, where_one: NDArray[np.int32], where_two: NDArray[np.int32], least: float = 0.0
) -> Overlap:
    """`where_…`: (characters,) index in the source text of each. Below `least` nothing is said."""
    found = score(one, two)
    if not found or found < least:
        return NO_OVERLAP
    where = tuple(spans(one, two, where_one, where_two))
    if two.order < one.order:
        marked = _marked(((k, m) for _, _, k, m in where), where_two) / len(two.counted)
    else:
        marked = _marked(((i, j) for i, j, _, _ in where), where_one) / len(one.counted)
    return Overlap(found, round(marked, 6), flagged(found, one, two), where)


def _marked(stretches: Iterable[tuple[int, int]], where: NDArray[np.int32]) -> int:
    """How many folded characters stand in these stretches of the source text."""
    at = where.searchsorted(np.array([border for stretch in stretches for border in stretch], dtype=np.int64))
    return int((at[1::2] - at[::2]).sum())
