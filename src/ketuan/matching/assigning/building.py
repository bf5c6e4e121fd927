"""From lines of numbers to a problem: everything that can be wrong with them is told with its line."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.csvs import ONE, BadLine, table
from ketuan.matching.assigning.problem import DIGITS, Ints, no_pairs, ordered

MOST_PAIRS = 200_000_000
FINE = 10**6


@dataclass(frozen=True, eq=False)
class Limits:
    """Least and most of both sides, by number."""

    paper_least: Ints
    paper_most: Ints
    reviewer_least: Ints
    reviewer_most: Ints

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.paper_least), len(self.reviewer_least)


SIDES = {"paper": "申报书", "reviewer": "评审专家"}


def limits(lines: Iterable[tuple[int, str]]) -> Limits:
    """From `paper,NUMBER,least,most` and `reviewer,NUMBER,least,most`; numbers run from 0 without a gap."""
    found: dict[str, dict[int, tuple[int, int]]] = {side: {} for side in SIDES}
    for number, line in lines:
        cells = [cell.strip() for cell in line.split(",")]
        if len(cells) != 4 or cells[0] not in SIDES:
            raise BadLine(number, "应为“paper,序号,至少,至多”或“reviewer,序号,至少,至多”")
        if not all(cell.isascii() and cell.isdigit() and len(cell) <= 9 for cell in cells[1:]):
            raise BadLine(number, f"序号、至少、至多应为不小于 0 的整数，读到“{line.strip()[:60]}”")
        at, least, most = map(int, cells[1:])
        if at in found[cells[0]]:
            raise BadLine(number, f"{SIDES[cells[0]]} {at} 的上下限已经写过")
        if least > most:
            raise BadLine(number, f"{SIDES[cells[0]]} {at} 的至少 {least} 大于至多 {most}")
        found[cells[0]][at] = least, most
    for side, name in SIDES.items():
        if not found[side]:
            raise BadLine(0, f"没有一行{name}（{side}）的上下限")
        absent = next(i for i in range(len(found[side]) + 1) if i not in found[side])
        if absent < len(found[side]):
            raise BadLine(0, f"缺{name} {absent} 的上下限：序号应从 0 起连续，请补一行“{side},{absent},至少,至多”")
    arrays = [np.array([found[side][i][end] for i in range(len(found[side]))]) for side in SIDES for end in (0, 1)]
    return Limits(*arrays)


def scores(chunks: Iterable[bytes], shape: tuple[int, int]) -> tuple[NDArray[np.int32], int]:
    """`(units, scale)` of a problem. A pair that is not listed has 0. Raises `BadLine`, with line 0 for the whole file."""
    papers, reviewers = shape
    if papers * reviewers > MOST_PAIRS:
        raise BadLine(0, f"{papers} 份申报书 × {reviewers} 位专家超过 {MOST_PAIRS} 对，请分批")
    units = np.full((papers, reviewers), -1, np.int32)
    flat, rows = units.reshape(-1), 0
    for line, paper, reviewer, score in table(chunks, scored=True):
        _inside(line, paper, reviewer, shape)
        if len(wrong := np.flatnonzero(score > ONE)):
            raise BadLine(int(line[wrong[0]]), f"分数应在 0 到 1 之间，读到 {score[wrong[0]] / ONE:.10g}")
        key = paper * reviewers + reviewer
        twice = np.flatnonzero(flat[key] >= 0)
        flat[key] = np.arange(len(key), dtype=np.int32)
        if len(twice) or (flat[key] != np.arange(len(key))).any():
            raise _repeated(line, key, twice, reviewers)
        flat[key] = score
        rows += len(key)
    if not rows:
        raise BadLine(0, "是空的，至少要有一行")
    np.maximum(units, 0, out=units)
    scale = _scale(flat)
    units //= np.int32(ONE // scale)
    return units, scale


def finer(units: NDArray[np.int32], scale: int) -> tuple[NDArray[np.int32], int]:
    """The same scores in units of a millionth or less: where disciplines cross, the best prices are no whole units."""
    times = max(1, FINE // scale)
    return units * np.int32(times), scale * times


def pairs(chunks: Iterable[bytes], shape: tuple[int, int]) -> Ints:
    """Sorted pairs, each once. May be empty."""
    found = [no_pairs()]
    for line, paper, reviewer, _ in table(chunks, scored=False):
        _inside(line, paper, reviewer, shape)
        found.append(np.stack([paper, reviewer], axis=1))
    return ordered(np.unique(np.concatenate(found), axis=0))


def _inside(line: Ints, paper: Ints, reviewer: Ints, shape: tuple[int, int]) -> None:
    for numbers, many, side in ((paper, shape[0], "paper"), (reviewer, shape[1], "reviewer")):
        if len(numbers) and int(numbers.max()) >= many:
            at = int(np.argmax(numbers >= many))
            what = f"{SIDES[side]} {numbers[at]} 在上下限文件里没有（只有 0 到 {many - 1}）"
            raise BadLine(int(line[at]), f"{what}，请补一行“{side},{numbers[at]},至少,至多”")


def _repeated(line: Ints, key: Ints, twice: Ints, reviewers: int) -> BadLine:
    if len(twice):
        at = int(twice[0])
    else:
        order = np.argsort(key, kind="stable")
        at = int(order[1:][np.diff(key[order]) == 0].min())  # the first line that says a thing again
    paper, reviewer = divmod(int(key[at]), reviewers)
    return BadLine(int(line[at]), f"申报书 {paper} 与专家 {reviewer} 的分数前面已经有了")


def _scale(nano: NDArray[np.int32]) -> int:
    """The smallest power of ten that makes every score a whole number; `nano` are scores x 10**9."""
    scale = 1
    for part in (nano[:1000], nano):
        while scale < ONE and (part % np.int32(ONE // scale)).any():
            scale *= 10
    assert scale <= 10**DIGITS
    return scale
