"""Which passages of two texts are the same, for marking side by side.

A passage is a run of characters, equal in both after folding, as long as it can be. One of `SPAN` characters counts if
it weighs something; one of `SHORT` characters only where other matches stand close by on about the same diagonal, as
in a copy with swapped words; between two titles one of two characters, if it is not of stock words. Of passages that
overlap the longest is taken first (greedy string tiling, Wise 1993).
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heapify, heappop, heappush

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.evidence import LEAST, Prepared, matches, titles
from ketuan.matching.overlapping.folding import GAP
from ketuan.matching.overlapping.letters import SPAN
from ketuan.matching.overlapping.rarity import UNIT

Span = tuple[int, int, int, int]
SHORT = 3
LEAST_OF_TITLE = 2
HEAVY = 15 * UNIT
"""A passage that stands alone weighs so much at least."""
DENSE = 50 * UNIT
"""Support that makes a short passage count."""
MOST_RUNS = 20_000


def spans(one: Prepared, two: Prepared, where_one: NDArray[np.int32], where_two: NDArray[np.int32]) -> list[Span]:
    """(one_from, one_to, two_from, two_to): half-open offsets into the source texts, sorted, overlapping in neither."""
    turned = two.order < one.order
    short, long = (two, one) if turned else (one, two)
    where = (where_two, where_one) if turned else (where_one, where_two)
    least = LEAST_OF_TITLE if titles(one, two) else SHORT
    tiles = _tiles(_runs(short, long), len(short.codes), len(long.codes), least)
    found = [_offsets(i, j, size, *where) for size, i, j in tiles]
    shown = [span for span in found if span is not None]
    return sorted((k, m, i, j) for i, j, k, m in shown) if turned else sorted(shown)


def _runs(short: Prepared, long: Prepared) -> list[tuple[int, int, int]]:
    """(size, place in short, place in long) of all common runs that may be shown."""
    if np.array_equal(short.codes, long.codes):
        return list(_whole(short))
    found = matches(short, long, 0)
    if not len(found.one):
        return []
    diagonal = found.two - found.one
    order = np.lexsort((found.one, diagonal))
    one, diagonal, support = found.one[order], diagonal[order], found.support[order]
    breaks = np.concatenate([[True], (np.diff(one) != 1) | (np.diff(diagonal) != 0)])
    begin = np.flatnonzero(breaks)
    size = np.diff(np.concatenate([begin, [len(one)]])) + 1
    best = np.maximum.reduceat(support, begin)
    weight = np.add.reduceat(short.weights[one].astype(np.int64), begin)
    if titles(short, long):
        shown = weight >= LEAST * (size - 1)
    else:
        shown = ((size >= SPAN) & (weight >= HEAVY)) | ((size >= SHORT) & (best >= DENSE))
    begin, size = begin[shown], size[shown]
    first = np.lexsort((one[begin], -size))[:MOST_RUNS]
    begin, size = begin[first], size[first]
    i, j = one[begin], one[begin] + diagonal[begin]
    return list(zip(size.tolist(), i.tolist(), j.tolist(), strict=True))


def _whole(text: Prepared) -> Iterator[tuple[int, int, int]]:
    """Each piece between gaps."""
    counts = np.concatenate([[False], text.codes != GAP, [False]])
    borders = np.flatnonzero(counts[1:] != counts[:-1])
    for low, high in zip(borders[::2].tolist(), borders[1::2].tolist(), strict=True):
        yield high - low, low, low


def _tiles(runs: list[tuple[int, int, int]], len_one: int, len_two: int, least: int) -> list[tuple[int, int, int]]:
    """The longest first; of one that overlaps, the parts that are left and still long enough: `SPAN`, or `least` of a shorter."""
    taken_one, taken_two = bytearray(len_one), bytearray(len_two)
    heap = [(-size, i, j) for size, i, j in runs]
    heapify(heap)
    tiles = []
    while heap:
        minus, i, j = heappop(heap)
        size = -minus
        free = [k for k in range(size) if not taken_one[i + k] and not taken_two[j + k]]
        if len(free) == size:
            taken_one[i : i + size] = taken_two[j : j + size] = b"\1" * size
            tiles.append((size, i, j))
            continue
        for low, high in _stretches(free):
            if high - low >= (SPAN if size >= SPAN else least):
                heappush(heap, (low - high, i + low, j + low))
    return tiles


def _stretches(places: list[int]) -> Iterator[tuple[int, int]]:
    """Half-open stretches of consecutive numbers."""
    low = None
    for at, place in enumerate(places):
        if low is None:
            low = place
        if at + 1 == len(places) or places[at + 1] != place + 1:
            yield low, place + 1
            low = None


def _offsets(i: int, j: int, size: int, where_one: NDArray[np.int32], where_two: NDArray[np.int32]) -> Span | None:
    """The run as offsets into the sources, its ends moved to whole characters (㎡ is two folded ones)."""
    low, high = 0, size
    while low < high and (_inside(where_one, i + low) or _inside(where_two, j + low)):
        low += 1
    while low < high and (_inside(where_one, i + high) or _inside(where_two, j + high)):
        high -= 1
    if high - low < min(size, SHORT):
        return None
    return (
        int(where_one[i + low]),
        int(where_one[i + high - 1]) + 1,
        int(where_two[j + low]),
        int(where_two[j + high - 1]) + 1,
    )


def _inside(where: NDArray[np.int32], at: int) -> bool:
    return 0 < at < len(where) and bool(where[at - 1] == where[at])
