"""Terms of texts, by two views. `PAIRS`: pairs of neighbouring Han characters, and single ones that stand alone. `WORDS`:
Han words as rjieba cuts them. Rows of letters and digits (gh4169, pm2.5, ti-6al-4v) are one term in both.

Pairs need no dictionary and find a rare name that no dictionary has; words tell 计算 机 from 计算机. A term is a number: two
code points, or a hash of a word.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking.folding import HAN, LETTER, Characters

PAIRS, WORDS, CHARACTERS = 0, 1, 2
VIEWS = (PAIRS, WORDS)
"""Those that are indexed; characters are counted in the texts that are looked at more closely."""

_SECOND = 21  # bits of the second code point
_LETTERS = 1 << 42  # marks a row of letters among the pairs, which take 42 bits
_HASH = (1 << 51) - 1  # leaves room for the number of a text beside it

Keys = NDArray[np.int64]
Numbers = NDArray[np.int64]
Cut = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Terms:
    """The occurrences of one view's terms, n in all: Han ones by place, then rows of letters by place."""

    key: Keys
    """(n,)"""
    at: Numbers
    """(n,) index of the term's first character among the folded characters"""
    size: Numbers
    """(n,) characters of the term"""


def singles_of(characters: Characters) -> Terms:
    """Single Han characters, by place. (Rows of letters are in the other views.)"""
    at = np.flatnonzero(characters.kind == HAN)
    return Terms(characters.code[at].astype(np.int64), at, np.ones(len(at), dtype=np.int64))


def cut(text: str) -> list[str]:
    """The words of `text`; joined they are the text again."""
    import rjieba  # 32 MB and 0.15 s, only where texts are indexed or asked for

    words: list[str] = rjieba.cut(text, True)
    return words


def terms_of(characters: Characters, cut: Cut = cut) -> tuple[Terms, Terms]:
    """The terms of both views."""
    code, kind = characters.code, characters.kind
    begin, size = _rows(kind == LETTER)
    hashes = _hashes(code, begin, size)
    han = kind == HAN
    pairs = _joined(_pairs(code, han), Terms((hashes & (_LETTERS - 1)) | _LETTERS, begin, size))
    return pairs, _joined(_words(characters, han, cut), Terms(hashes, begin, size))


def _joined(one: Terms, two: Terms) -> Terms:
    if not len(two.key):
        return one
    return Terms(*(np.concatenate(pair) for pair in ((one.key, two.key), (one.at, two.at), (one.size, two.size))))


def _pairs(code: NDArray[np.uint32], han: NDArray[np.bool_]) -> Terms:
    pair = han.copy()  # a pair begins here
    pair[:-1] &= han[1:]
    pair[-1:] = False
    here = han.copy()  # any term begins here: a pair, or a character that stands alone
    here[1:] &= pair[1:] | ~han[:-1]
    at = np.flatnonzero(here)
    double = pair[at]
    key = code[at].astype(np.int64) << _SECOND
    key |= np.where(double, code[np.minimum(at + 1, len(code) - 1)], 0)
    return Terms(key, at, 1 + double.astype(np.int64))


def _words(characters: Characters, han: NDArray[np.bool_], cut: Cut) -> Terms:
    code = characters.code
    words = cut(characters.folded())
    size = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    del words  # many small objects
    if int(size.sum()) != len(code):
        raise ValueError("the words are not the text")
    border = np.zeros(len(code) + 1, dtype=np.bool_)
    border[np.cumsum(size)] = True
    border[1:-1] |= han[1:] != han[:-1]
    border[0] = True
    edge = np.flatnonzero(border)
    at, size = edge[:-1], np.diff(edge)
    mine = han[at]
    at, size = at[mine], size[mine]
    return Terms(_hashes(code, at, size), at, size)


def _rows(inside: NDArray[np.bool_]) -> tuple[Numbers, Numbers]:
    """First character and length of each row."""
    padded = np.zeros(len(inside) + 2, dtype=np.bool_)
    padded[1:-1] = inside
    edge = np.flatnonzero(padded[1:] != padded[:-1])
    return edge[::2], edge[1::2] - edge[::2]


def _hashes(code: NDArray[np.uint32], at: Numbers, size: Numbers) -> Keys:
    """A number of 51 bits for each row of characters: the sum of its scattered characters and their places in it."""
    if not len(at):
        return np.zeros(0, dtype=np.int64)
    starts = np.cumsum(size) - size
    inside = np.arange(int(size.sum())) - np.repeat(starts, size)
    where = inside + np.repeat(at, size)
    mixed = _mix(code[where] | (inside << _SECOND).astype(np.uint64))
    return (np.add.reduceat(mixed, starts) & np.uint64(_HASH)).astype(np.int64)


def _mix(x: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scatter numbers over 64 bits: splitmix64 (Steele, Lea, Flood 2014)."""
    x = x + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))
