"""Which pairs of a corpus are worth judging: those that share several runs of four characters few texts have.

Half of all runs are looked at, chosen by their number (as winnowing does: Schleimer, Wilkerson and Aiken 2003, with
0 mod p of Manber 1994), so that the same text gives the same runs wherever it stands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.folding import GAP, Folded, grams
from ketuan.matching.overlapping.known import Mask, bridged
from ketuan.matching.overlapping.letters import SPAN

SIZE = 4
MOST_TEXTS = 24
"""A run that more texts have names no candidates."""
WHOLE = 360_360
ENOUGH = 3 * WHOLE
"""A run that k texts share is worth 2 / k of `WHOLE` to each two of them (whole numbers: the order of a sum is no
matter); two texts are judged if theirs come to so much."""


def worth(texts: NDArray[np.int64]) -> NDArray[np.int64]:
    """What a run is worth that so many texts share."""
    return 2 * WHOLE // np.maximum(texts, 2)


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Chosen runs of a corpus, sorted by number, then place: `at` (runs,) place; `group` (runs,) 0, 1, … for each
    number; `texts` (groups,) how many texts have it."""

    at: NDArray[np.int64]
    group: NDArray[np.int64]
    texts: NDArray[np.int64]


def chosen(folded: Folded) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """The numbers and places of the runs that are looked at, in order of place."""
    keys = grams(folded.codes, SIZE)
    take = (keys & np.uint64(1)) == 0
    for step in range(SIZE):
        take &= folded.codes[step : step + len(keys)] != GAP
    owner = folded.owner()
    take &= owner[: len(keys)] == owner[SIZE - 1 :][: len(keys)]
    at = np.flatnonzero(take)
    return keys[at], at


def runs_of(folded: Folded) -> Runs:
    keys, at = chosen(folded)
    bits = np.uint64(max(1, len(folded.codes).bit_length()))
    packed = np.sort((keys >> bits << bits) | at.astype(np.uint64))
    at = (packed & np.uint64((1 << int(bits)) - 1)).astype(np.int64)
    keys = packed >> bits
    owner = folded.owner()[at]
    fresh = np.concatenate([[True], keys[1:] != keys[:-1]]) if len(keys) else np.zeros(0, dtype=np.bool_)
    group = np.cumsum(fresh) - 1
    other = fresh.copy()
    other[1:] |= owner[1:] != owner[:-1]
    return Runs(at, group, np.bincount(group[other], minlength=int(group[-1]) + 1 if len(group) else 0))


def very_many(texts: int) -> int:
    """In so many texts of a corpus a sentence is nobody's own: 1 in 100, and 10 at least."""
    return max(10, -(-texts // 100))


def common_mask(folded: Folded, runs: Runs) -> Mask:
    """(characters,) which lie in sentences that very many texts share."""
    often = runs.texts[runs.group] >= very_many(len(folded))
    state = np.zeros(len(folded.codes), dtype=np.int8)
    state[runs.at] = np.where(often, 2, 1)
    return spread(state, folded)


def spread(state: NDArray[np.int8], folded: Folded) -> Mask:
    """`state`: 0 where no chosen run begins, 1 where a rare one does, 2 where a common one does.

    What lies between two neighbours that are both common and begin at most `SPAN` + 2 places apart is common.
    """
    mask = np.zeros(len(state), dtype=np.bool_)
    at = np.flatnonzero(state)
    if len(at) < 2:
        return mask
    owner = folded.owner()[at]
    both = (state[at][1:] == 2) & (state[at][:-1] == 2) & (np.diff(at) <= SPAN + 2) & (owner[1:] == owner[:-1])
    change = np.zeros(len(state) + SIZE + 1, dtype=np.int32)
    change[at[:-1][both]] += 1
    change[at[1:][both] + SIZE] -= 1
    return bridged(np.cumsum(change[: len(state)], dtype=np.int32) > 0, folded)


def shared_runs(folded: Folded, runs: Runs, mask: Mask, most: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each two texts that share rare runs: texts * first + second (first < second), sorted, and what those are worth."""
    owner = folded.owner().astype(np.int64)
    good = (runs.texts >= 2) & (runs.texts <= most)
    take = good[runs.group] & ~mask[runs.at]
    group, text = runs.group[take], owner[runs.at[take]]
    once = np.ones(len(group), dtype=np.bool_)
    once[1:] = (group[1:] != group[:-1]) | (text[1:] != text[:-1])
    group, text = group[once], text[once]
    value = worth(runs.texts)[group]
    found, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for step in range(1, most):
        same = group[step:] == group[:-step]
        if not same.any():
            break
        found.append(text[:-step][same] * len(folded) + text[step:][same])
        values.append(value[step:][same])
    keys = np.concatenate(found)
    order = np.argsort(keys, kind="stable")
    keys, total = keys[order], np.concatenate(values)[order]
    first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, np.int64)
    return keys[first], np.add.reduceat(total, first) if len(first) else total
