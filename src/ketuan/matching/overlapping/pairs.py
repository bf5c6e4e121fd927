"""Two texts, or many pairs of texts: how alike, and where."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ketuan.matching.overlapping.evidence import Prepared, flagged, score
from ketuan.matching.overlapping.folding import Folded, fold
from ketuan.matching.overlapping.known import NOTHING, KnownTexts, known_mask, without
from ketuan.matching.overlapping.passages import Span, spans
from ketuan.matching.overlapping.rarity import Rarity

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Overlap:
    """`score`: 0..1; `flag`: is it enough (`evidence.flagged`); `spans`: (a_from, a_to, b_from, b_to), half-open offsets into the
    source texts, sorted, overlapping in neither text; both sides are equal after folding."""

    score: float
    flag: bool
    spans: tuple[Span, ...]


def overlap(a: str, b: str, *, known: KnownTexts = NOTHING) -> Overlap:
    """Two texts judged by themselves."""
    return overlaps([(a, b)], known=known)[0]


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
    found = score(one, two)
    flag = flagged(found, one, two)
    return Overlap(found, flag, tuple(spans(one, two, folded.where(a), folded.where(b))) if found else ())


def prepared(folded: Folded, rarity: Rarity, number: int) -> Prepared:
    codes = folded.text(number)
    return Prepared(codes, rarity.weigh(codes))
