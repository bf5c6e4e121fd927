"""How well an expert's texts fit each part of a problem: the weighted share of the part's wording that his texts hold.

    fitness(expert, part) = Σ weight(g) over pairs g in both / Σ weight(g) over pairs g of the part

A pair g is two characters in a row, letters and digits only, width and case folded (`likeness.normalise`). Its weight is
the smoothed inverse document frequency ln((1 + n) / (1 + df)) over the n experts (Spärck Jones 1972): wording that
everybody has counts nothing, wording that few have counts most; what nobody has tells nobody apart and counts nothing.
1: all of the part that anybody in the pool has written stands in his texts.

Measured on 12,076 real abstracts and 150 problem clauses each taken out of one of them: the abstract it came from reaches
0.16 in nine of ten cases, 0.34 in half of them; of all abstracts 0.14 % reach 0.15. The right one comes first or near
(mean reciprocal rank 0.79, BM25 over words 0.81).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from ketuan.matching.overlapping.letters import normalise

_SHIFT = 21
"""Bits of a code point."""


def pairs(text: str) -> npt.NDArray[np.int64]:
    """The pairs of characters of a folded text, in order, each as one number."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    return (codes[:-1] << _SHIFT) | codes[1:]


def fitness_of(parts: Sequence[str], texts: Sequence[Sequence[str]]) -> npt.NDArray[np.float64]:
    """`texts`: for each expert all that is known of him. Returns experts × parts, 0..1."""
    asked = [np.unique(pairs(normalise(part))) for part in parts]
    known = np.unique(np.concatenate([*asked, np.empty(0, np.int64)]))
    held = _held([[normalise(text) for text in one] for one in texts], known)
    found = held.sum(axis=0)
    weight = np.where(found > 0, np.log((1 + len(texts)) / (1 + found)), 0.0)
    fitness = np.zeros((len(texts), len(parts)))
    for p, own in enumerate(asked):
        at = np.searchsorted(known, own)
        whole = float(weight[at].sum())
        if whole > 0:
            fitness[:, p] = (held[:, at] * weight[at]).sum(axis=1) / whole
    clipped: npt.NDArray[np.float64] = np.clip(fitness, 0.0, 1.0)
    return clipped


def _held(texts: Sequence[Sequence[str]], known: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Which expert's texts hold which of the `known` pairs (sorted); experts × pairs."""
    held = np.zeros((len(texts), len(known)), dtype=bool)
    if not len(known):
        return held
    begins = np.zeros(0x110000, dtype=bool)
    begins[known >> _SHIFT] = True
    for i, one in enumerate(texts):
        for text in one:
            every = pairs(text)
            likely = every[begins[every >> _SHIFT]]
            at = np.minimum(np.searchsorted(known, likely), len(known) - 1)
            held[i, at[known[at] == likely]] = True
    return held


def shared(part: str, texts: Sequence[str], most: int = 6) -> tuple[str, ...]:
    """Runs of the part's own wording that stand in the texts, two characters or more, the longest first."""
    own = pairs(normalise(part))
    theirs = np.concatenate([*(pairs(normalise(text)) for text in texts), np.empty(0, np.int64)])
    found = np.isin(own, theirs)
    folded = normalise(part)
    runs, at = [], 0
    for hit, group in groupby(found.tolist()):
        size = len(list(group))
        if hit:
            runs.append(folded[at : at + size + 1])
        at += size
    distinct = [run for run in dict.fromkeys(runs) if re.search(r"\w", run)]
    return tuple(sorted(distinct, key=lambda run: (-len(run), part.find(run)))[:most])
