"""Many texts at once as one array of folded characters; the folding is that of `letters.normalise`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.letters import normalise

LONGEST = 200_000
"""Only so many characters of a text are read, and only so many folded ones are kept."""
GAP = 0
"""Stands for a character that does not count; folding never yields it."""

Codes = NDArray[np.uint32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Folded:
    """`codes`: (characters,) code points of all texts one after another; `starts`: (texts + 1,) where each begins;
    `origin`: (characters,) index of the character of the source text that each comes from."""

    codes: Codes
    starts: Places
    origin: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.starts) - 1

    def text(self, number: int) -> Codes:
        return self.codes[self.starts[number] : self.starts[number + 1]]

    def where(self, number: int) -> NDArray[np.int32]:
        return self.origin[self.starts[number] : self.starts[number + 1]]

    def owner(self) -> NDArray[np.int32]:
        """Number of the text that each character belongs to."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))


def fold(texts: Sequence[str]) -> Folded:
    """Letters and digits of each text, width and case folded."""
    texts = [text[:LONGEST] for text in texts]
    raw = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    sizes = np.fromiter((len(text) for text in texts), dtype=np.int64, count=len(texts))
    starts = _starts(sizes)
    found = np.flatnonzero(np.bincount(raw, minlength=1)) if len(raw) else np.zeros(0, dtype=np.int64)
    spread = [normalise(chr(code)) for code in found.tolist()]
    top = int(found[-1]) + 1 if len(found) else 1
    many = np.zeros(top, dtype=np.uint8)  # folded characters of each code point; the longest known has 18
    many[found] = [len(piece) for piece in spread]
    first = np.zeros(top, dtype=np.uint32)  # the first of them
    first[found] = [ord(piece[0]) if piece else GAP for piece in spread]
    count = many[raw]
    whole = len(count) == 0 or int(count.max()) <= 1
    at = np.flatnonzero(count) if whole else np.repeat(np.arange(len(raw)), count)
    codes = first[raw[at]]
    new = _starts(np.diff(_upto(count)[starts]))
    if not whole:
        codes = _spread(raw, count, top, dict(zip(found.tolist(), spread, strict=True)))
        keep = _not_too_many(new)
        if keep is not None:
            codes, at = codes[keep], at[keep]
            new = _starts(np.minimum(np.diff(new), LONGEST))
    owner_start = np.repeat(starts[:-1], np.diff(new))
    return Folded(codes, new, (at - owner_start).astype(np.int32))


def folded_alone(text: str) -> Folded:
    """`fold([text])` without its `origin`, in a fifth of the time where the text is short."""
    whole = normalise(text[:LONGEST])[:LONGEST].encode("utf-32-le", "surrogatepass")
    codes: Codes = np.frombuffer(whole, dtype=np.uint32)
    return Folded(codes, _starts(np.array([len(codes)])), np.zeros(0, dtype=np.int32))


_UNKNOWN = 255


@cache
def _many() -> NDArray[np.uint8]:
    """(code points,) how many folded characters each yields; filled as they are met."""
    return np.full(sys.maxunicode + 1, _UNKNOWN, dtype=np.uint8)


def origins(text: str) -> NDArray[np.int32]:
    """For each character of `normalise(text)` the index of the character of `text` that it comes from."""
    raw = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    many = _many()
    for code in set(raw[many[raw] == _UNKNOWN].tolist()):
        many[code] = len(normalise(chr(code)))
    return np.repeat(np.arange(len(raw), dtype=np.int32), many[raw])


def _starts(sizes: Places) -> Places:
    starts = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=starts[1:])
    return starts


def _upto(count: NDArray[np.uint8]) -> Places:
    upto = np.zeros(len(count) + 1, dtype=np.int64)
    np.cumsum(count, out=upto[1:])
    return upto


def _spread(raw: Codes, count: NDArray[np.uint8], top: int, folds: dict[int, str]) -> Codes:
    """All folded characters where a sign such as ㎡ yields several."""
    flat = np.array([ord(c) for piece in folds.values() for c in piece], dtype=np.uint32)
    begin = np.zeros(top, dtype=np.int64)
    begin[list(folds)] = _starts(np.array([len(piece) for piece in folds.values()]))[:-1]
    upto = _upto(count)
    within = np.arange(int(upto[-1])) - np.repeat(upto[:-1], count)
    codes: Codes = flat[np.repeat(begin[raw], count) + within]
    return codes


def _not_too_many(starts: Places) -> NDArray[np.bool_] | None:
    """Which characters to keep so that no text has more than `LONGEST`; nothing if none has."""
    sizes = np.diff(starts)
    if not len(sizes) or int(sizes.max()) <= LONGEST:
        return None
    within = np.arange(int(starts[-1])) - np.repeat(starts[:-1], sizes)
    return within < LONGEST


def grams(codes: Codes, size: int) -> NDArray[np.uint64]:
    """A 64-bit number for each run of `size` characters (the same on every machine); exact for two and three.

    (characters - size + 1,), the run beginning at each place; empty if there are fewer characters.
    """
    count = len(codes) - size + 1
    if count <= 0:
        return np.zeros(0, dtype=np.uint64)
    total = codes[:count].astype(np.uint64)
    factor = np.uint64(1 << 21) if size <= 3 else np.uint64(0x9E3779B97F4A7C15)
    for step in range(1, size):
        total *= factor
        total += codes[step : step + count]
    return total if size <= 3 else scattered(total)


def scattered(keys: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A fixed permutation of 64-bit numbers whose high bits depend on all bits (the finaliser of splitmix64)."""
    mixed = keys ^ (keys >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed
