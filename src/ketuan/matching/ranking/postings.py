"""Which term stands in which text how often, in compressed rows. The same texts give the same arrays, however they came."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.terms import Keys

Texts = NDArray[np.int32]

TEXTS = 1 << 12
"""Texts that are taken apart at once at most: a term and the number of its text are sorted side by side in one number."""

_BITS = 12
_MERGED = 8  # rows whose terms are put together at once: bounds the memory


@dataclass(frozen=True, slots=True)
class Postings:
    """t terms in ascending order, m pairs of a term and a text that has it."""

    key: Keys
    """(t,) ascending"""
    start: NDArray[np.int64]
    """(t + 1,) the pairs of term i are start[i] … start[i + 1]"""
    text: Texts
    """(m,) number of the text, ascending within a term"""
    count: NDArray[np.uint8]
    """(m,) times that the term stands in the text, at most 255"""

    def term_of_pairs(self) -> NDArray[np.int32]:
        """(m,) index of the term"""
        return np.repeat(np.arange(len(self.key), dtype=np.int32), np.diff(self.start))


@dataclass(frozen=True, slots=True)
class Taken:
    """The terms of some texts in a row, kept as `Postings` in as little room as they need."""

    key: NDArray[np.signedinteger]
    """(t,) ascending"""
    many: NDArray[np.uint16]
    """(t,) texts that have the term"""
    text: NDArray[np.uint16]
    """(m,) number of the text among these"""
    count: NDArray[np.uint8]
    """(m,)"""
    begin: int
    """Number of the first of these texts"""


def taken(key: Keys, text: Texts, begin: int) -> Taken:
    """Terms as they came, with the texts they stand in, at most `TEXTS` from number `begin`. Spoils `key`."""
    key <<= _BITS
    key |= text
    key.sort()
    first = np.flatnonzero(np.diff(key, prepend=-1))
    count = np.minimum(np.diff(first, append=len(key)), 255).astype(np.uint8)
    key = key[first]
    text_of = (key & (TEXTS - 1)).astype(np.uint16)
    key >>= _BITS
    first = np.flatnonzero(np.diff(key, prepend=-1))
    return Taken(key[first], np.diff(first, append=len(key)).astype(np.uint16), text_of, count, begin)


def built(rows: list[Taken]) -> Postings:
    """The postings of all these texts. `rows`: in the order of the texts. Empties `rows`, to spare memory."""
    key = np.zeros(0, dtype=np.int64)
    for low in range(0, len(rows), _MERGED):
        key = np.unique(np.concatenate([key, *[row.key for row in rows[low : low + _MERGED]]]))
    start = np.zeros(len(key) + 1, dtype=np.int64)
    for at, row in enumerate(rows):
        place = np.searchsorted(key, row.key).astype(np.int32)
        start[place + 1] += row.many
        rows[at] = replace(row, key=place)
    np.cumsum(start, out=start)
    text, count = np.empty(int(start[-1]), dtype=np.int32), np.empty(int(start[-1]), dtype=np.uint8)
    free = start[:-1].copy()
    rows.reverse()
    while rows:
        row = rows.pop()
        into = ranges(free[row.key], row.many)
        text[into] = row.text + np.int32(row.begin)
        count[into] = row.count
        free[row.key] += row.many
    return Postings(key, start, text, count)


def ranges(begin: NDArray[np.int64], many: NDArray[np.integer]) -> NDArray[np.int64]:
    """many[0] numbers from begin[0], then many[1] from begin[1], …"""
    before = np.cumsum(many, dtype=np.int64) - many
    return np.arange(int(many.sum())) + np.repeat(begin - before, many)


def merged(one: Postings, two: Postings) -> Postings:
    """The postings of disjoint texts together; the numbers of the texts are already those of the whole."""
    key = np.union1d(one.key, two.key)
    term = np.concatenate([np.searchsorted(key, p.key)[p.term_of_pairs()] for p in (one, two)])
    text = np.concatenate((one.text, two.text))
    order = np.argsort((term << 32) | text, kind="stable")  # two rows already in order: a merge
    many = np.bincount(term, minlength=len(key))
    count = np.concatenate((one.count, two.count))[order]
    return Postings(key, np.append(0, np.cumsum(many)), text[order], count)


def kept(postings: Postings, number: Texts) -> Postings:
    """The postings of some texts under new, ascending numbers; `number[text]` is -1 for those that go."""
    new = number[postings.text]
    stays = new >= 0
    many = np.bincount(postings.term_of_pairs()[stays], minlength=len(postings.key))
    used = many > 0
    start = np.append(0, np.cumsum(many[used]))
    return Postings(postings.key[used], start, new[stays], postings.count[stays])
