"""Which term stands in which text how often, in compressed rows. The same texts give the same arrays, however they came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.terms import Keys

Texts = NDArray[np.int32]

_NARROW = 43  # bits of a key that shares a number with a text


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


Taken = tuple[Keys, Texts | None]
"""Terms as they came, and the texts they stand in; or both in one number"""


def taken(key: Keys, text: Texts, texts: int) -> Taken:
    """The terms of some of `texts` texts, in as little room as they need. Spoils `key`."""
    bits = _bits(texts)
    if _NARROW + bits > 63 or int(key.max(initial=0)) >> _NARROW:
        return key, text
    key <<= bits
    key |= text
    return key, None


def built(rows: list[Taken], texts: int) -> Postings:
    """The postings of the terms of `texts` texts. Empties `rows`, to spare memory."""
    bits = _bits(texts)
    narrow = all(text is None for _, text in rows)
    key = np.concatenate([np.zeros(0, dtype=np.int64), *[_wide(row, bits) if not narrow else row[0] for row in rows]])
    if narrow:  # side by side in one number: sorted ten times as fast
        rows.clear()
        key.sort()
        text = np.empty(len(key), dtype=np.int32)
        np.bitwise_and(key, (1 << bits) - 1, out=text, casting="unsafe")
        key >>= bits
    else:
        text = np.concatenate([_text(row, bits) for row in rows])
        rows.clear()
        order = np.argsort(key, kind="stable")
        key, text = key[order], text[order]
        del order
    new = np.ones(len(key), dtype=np.bool_)
    np.not_equal(key[1:], key[:-1], out=new[1:])
    term = new.copy()  # a new term begins
    new[1:] |= text[1:] != text[:-1]
    first = np.flatnonzero(new).astype(np.int32 if len(key) < 1 << 31 else np.int64)
    distinct = key[term]
    del key
    count = np.diff(first, append=first.dtype.type(len(new)))
    count = np.minimum(count, 255, out=count).astype(np.uint8)
    start = np.append(np.flatnonzero(term[first]), len(first))
    return Postings(distinct, start, text[first], count)


def _bits(texts: int) -> int:
    return max(texts - 1, 1).bit_length()


def _wide(row: Taken, bits: int) -> Keys:
    key, text = row
    return key >> bits if text is None else key


def _text(row: Taken, bits: int) -> Texts:
    key, text = row
    return (key & ((1 << bits) - 1)).astype(np.int32) if text is None else text


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
