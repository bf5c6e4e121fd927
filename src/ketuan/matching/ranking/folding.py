"""Texts as one array of folded code points: width, case and compatibility forms do not count (Unicode NFKC, case folding).

Folding goes character by character, so that each folded character comes from one place of the text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

GAP, HAN, LETTER = 0, 1, 2
"""Kinds of characters: what separates; those of scripts written without blanks; letters, digits and marks of all others."""

_WITHOUT_BLANKS = (
    (0x3005, 0x3007),
    (0x3041, 0x30FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xAC00, 0xD7AF),
    (0xF900, 0xFAFF),
    (0x20000, 0x3FFFF),
)
_SHORT = 400
_LONG = 4096  # characters from which a table of all code points is faster than a search


class _Folds(dict[int, str]):
    """Code point → what it folds to; for `str.translate`."""

    def __missing__(self, code: int) -> str:
        broken = 0xD800 <= code <= 0xDFFF  # half of a character: a blank
        folded = " " if broken else unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", chr(code)).casefold())
        self[code] = folded
        return folded


class _Kinds(dict[int, int]):
    """Folded code point → kind."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        if any(low <= code <= high for low, high in _WITHOUT_BLANKS):
            kind = HAN
        else:
            kind = LETTER if character.isalnum() or unicodedata.category(character)[0] == "M" else GAP
        self[code] = kind
        return kind


_FOLDS, _KINDS = _Folds(), _Kinds()
_Value = TypeVar("_Value", np.uint8, np.uint32)


@dataclass(frozen=True, slots=True)
class Characters:
    """The folded characters of several texts in a row, n in all; a gap stands after each text."""

    code: NDArray[np.uint32]
    """(n,) code points"""
    kind: NDArray[np.uint8]
    """(n,) `GAP`, `HAN` or `LETTER`; a dot or hyphen between two letters is one itself: 2.5, ti-6al-4v"""
    text: NDArray[np.int32]
    """(n,) number of the text"""

    def folded(self) -> str:
        return self.code.tobytes().decode("utf-32-le", "surrogatepass")


def characters(texts: Sequence[str]) -> Characters:
    joined = "\n".join(texts) + "\n"
    if len(joined) <= _SHORT:
        return _few(joined, texts)
    code: NDArray[np.uint32] = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    sizes = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts)) + 1
    text = np.repeat(np.arange(len(texts), dtype=np.int32), sizes)
    present = _distinct(code)
    folds = [_FOLDS[c] for c in present.tolist()]
    lengths = np.array([len(f) for f in folds], dtype=np.int64)
    if (lengths == 1).all():
        code = _look_up(code, present, np.array([ord(f) for f in folds], dtype=np.uint32))
    else:
        which = np.searchsorted(present, code)
        begins = np.cumsum(lengths) - lengths
        flat = np.array([ord(c) for f in folds for c in f], dtype=np.uint32)
        many = lengths[which]
        first = np.cumsum(many) - many
        code = flat[np.arange(int(many.sum())) - np.repeat(first - begins[which], many)]
        text = np.repeat(text, many)
    present = _distinct(code)
    kind = _look_up(code, present, np.array([_KINDS[c] for c in present.tolist()], dtype=np.uint8))
    return Characters(code, _joined(code, kind), text)


def _few(joined: str, texts: Sequence[str]) -> Characters:
    """The same for few characters: faster one by one."""
    folded, origin = fold(joined)
    code = np.frombuffer(folded.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kind = np.array([_KINDS[ord(c)] for c in folded], dtype=np.uint8)
    text = np.repeat(np.arange(len(texts), dtype=np.int32), [len(one) + 1 for one in texts])
    return Characters(code, _joined(code, kind), text if len(folded) == len(joined) else text[origin])


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the offset of the character of `text` that it comes from."""
    folded = text.translate(_FOLDS)
    if len(folded) == len(text):  # nothing folds to nothing
        return folded, range(len(text))
    return folded, [at for at, c in enumerate(text) for _ in _FOLDS[ord(c)]]


def _distinct(code: NDArray[np.uint32]) -> NDArray[np.int64]:
    """Ascending code points that occur."""
    if len(code) <= _LONG:
        return np.unique(code).astype(np.int64)
    seen = np.zeros(int(code.max()) + 1, dtype=np.bool_)
    seen[code] = True
    return np.flatnonzero(seen)


def _look_up(code: NDArray[np.uint32], keys: NDArray[np.int64], values: NDArray[_Value]) -> NDArray[_Value]:
    """What stands in `values` where the code stands in the ascending `keys`."""
    if len(code) <= _LONG:
        return values[np.searchsorted(keys, code)]
    table = np.zeros(int(keys[-1]) + 1, dtype=values.dtype)
    table[keys] = values
    return table[code]


def _joined(code: NDArray[np.uint32], kind: NDArray[np.uint8]) -> NDArray[np.uint8]:
    links = np.flatnonzero((code[1:-1] == ord(".")) | (code[1:-1] == ord("-"))) + 1
    if len(links):
        kind[links[(kind[links - 1] == LETTER) & (kind[links + 1] == LETTER)]] = LETTER
    return kind
