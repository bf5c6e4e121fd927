"""Why a record stands where it stands: the words that carried its score, with the place they stand in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ketuan.matching.ranking.folding import Characters, fold
from ketuan.matching.ranking.terms import Terms

MOST = 8
"""Phrases that are shown of one record."""
LEAST = 0.01
"""Share that a shown phrase has at least, unless it is the first."""

_BARE = frozenset("的了和与及在等对中之其将为以由是被把给从于并或而也都就")
"""Characters that say nothing at the edge of a phrase, or alone."""

Key = tuple[int, int]
"""View and key of a term"""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of the query that stand in a text of the record."""

    text: str
    """As it stands there"""
    part: int
    """Which of the record's texts, from 0"""
    at: int
    """Offset of the first character in that text, from 0"""
    share: float
    """Of the record's score from words, 0..1"""


@dataclass(frozen=True, slots=True)
class Why:
    phrases: tuple[Phrase, ...]
    """Those that carried most first"""
    nearest: int | None
    """Which of the record's texts is nearest to the query, from 0"""
    likeness: float | None = None
    """Of the meaning of that text and the query, -1..1; None without sentence vectors"""


@dataclass(frozen=True, slots=True)
class Asked:
    """A query ready to be looked for: its folded characters, and the terms of both views by place."""

    folded: str
    keys: tuple[Key, ...]
    at: tuple[int, ...]
    end: tuple[int, ...]


def asked(characters: Characters, views: Sequence[Terms]) -> Asked:
    """`views`: the terms of `characters`, by view."""
    places = sorted(
        (at, at + size, (view, key))
        for view, terms in enumerate(views)
        for at, size, key in zip(terms.at.tolist(), terms.size.tolist(), terms.key.tolist(), strict=True)
    )
    at, end, keys = zip(*places, strict=True) if places else ((), (), ())
    return Asked(characters.folded(), keys, at, end)


def phrases(query: Asked, texts: Mapping[int, str], worth: Mapping[Key, tuple[int, float]]) -> list[Phrase]:
    """The longest rows of the query's terms that stand together in a text, with what their terms brought.

    `texts`: number of a part → its text. `worth`: term → the part in which it counted, and how much. Each counts once.
    """
    total = sum(much for _, much in worth.values())
    if total <= 0:
        return []
    found: list[Phrase] = []
    for part, text in sorted(texts.items()):
        folded, origin = fold(text)
        counted = {key for key, (where, _) in worth.items() if where == part}
        for low, high, begin, end in _rows(query, folded, counted):
            keys = counted.intersection(query.keys[low:high])
            counted -= keys
            place = folded.find(query.folded[begin:end])
            while end - begin > 1 and query.folded[end - 1] in _BARE:
                end -= 1
            while end - begin > 1 and query.folded[begin] in _BARE:
                begin, place = begin + 1, place + 1
            if not keys or (end - begin == 1 and query.folded[begin] in _BARE):
                continue
            share = sum(sorted(worth[key][1] for key in keys)) / total
            shown = text[origin[place] : origin[place + end - begin - 1] + 1]
            found.append(Phrase(shown, part, origin[place], share))
    found.sort(key=lambda phrase: (-phrase.share, phrase.part, phrase.at))
    return found[:1] + [phrase for phrase in found[1:] if phrase.share >= LEAST]


def _rows(query: Asked, folded: str, counted: set[Key]) -> list[tuple[int, int, int, int]]:
    """Rows of terms low … high that stand in `folded` as in begin … end of the query; the longest first."""
    rows = []
    here = [at for at, key in enumerate(query.keys) if key in counted]
    at, many = 0, len(here)
    while at < many:
        low = here[at]
        at += 1
        begin, end = query.at[low], query.end[low]
        if query.folded[begin:end] not in folded:
            continue
        while at < many and query.at[here[at]] <= end:
            longer = query.end[here[at]]
            if longer > end:
                if query.folded[begin:longer] not in folded:
                    break
                end = longer
            at += 1
        rows.append((low, here[at - 1] + 1, begin, end))
    return sorted(rows, key=lambda row: (row[2] - row[3], row))
