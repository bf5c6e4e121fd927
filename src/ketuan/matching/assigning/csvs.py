"""The numbers of a large CSV without a header, read by whole blocks: 15 million lines in a few seconds.

A line is two whole numbers and, for scores, a decimal number. Bytes in, arrays out; opening files is the caller's part.
Lines that are written unusually (spaces, an exponent, a sign) are read one by one, and only then.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.problem import DIGITS, Ints

ONE = 10**DIGITS
LONGEST = 1 << 16
"""bytes of a line; a file that is no table at all is told before it fills the memory"""
_WHOLE = re.compile(r"\s*\+?(\d{1,9})\s*")
_DECIMAL = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?\s*")


class BadLine(Exception):
    """Line `number` (from 1) cannot be read; `reason` says why, in Chinese."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(number, reason)
        self.number, self.reason = number, reason


def table(chunks: Iterable[bytes], *, scored: bool) -> Iterator[tuple[Ints, Ints, Ints, Ints]]:
    """Blocks of `(line numbers, first numbers, second numbers, scores x 10**9)`. Raises `BadLine`."""
    line = 1
    for block in _whole_lines(chunks):
        read = _fast(block, scored)
        if read is None:
            read = _slow(block, scored, line)
        yield read[0] + line, *read[1:]
        line += block.count(b"\n")


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes cut at line ends; no mark at the beginning, no carriage returns, a line end at the end."""
    rest, first, line = b"", True, 1
    for chunk in chunks:
        text = rest + chunk
        if first:
            if len(text) < 3:
                rest = text
                continue
            text, first = text.removeprefix(b"\xef\xbb\xbf"), False
        cut = text.rfind(b"\n") + 1
        rest = text[cut:]
        line += text.count(b"\n", 0, cut)
        if len(rest) > LONGEST:
            raise BadLine(line, "这一行太长，应为每行一组用逗号隔开的数")
        if cut:
            yield text[:cut].replace(b"\r\n", b"\n")
    if rest:
        yield rest.removesuffix(b"\r") + b"\n"


def _fast(block: bytes, scored: bool) -> tuple[Ints, Ints, Ints, Ints] | None:
    """None where a line is not plainly digits, commas and a point."""
    text = np.frombuffer(block, np.uint8)
    ends, commas = np.flatnonzero(text == 10), np.flatnonzero(text == 44)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])
    lines = len(ends)
    if len(commas) != lines * (2 if scored else 1):
        return None
    first = commas[:: 2 if scored else 1]
    second = commas[1::2] if scored else ends
    if not ((starts < first) & (first < second) & (second <= ends)).all():
        return None
    points = np.flatnonzero(text == 46)
    if ((text - np.uint8(48)) < 10).sum() + lines + len(commas) + len(points) != len(text):
        return None
    if (first - starts).max() > DIGITS or (second - first).max() > DIGITS + 1 or (second - first).min() < 2:
        return None
    left, right = _digits(text, starts, first), _digits(text, first + 1, second)
    numbers = np.arange(lines)
    if not scored:
        return None if len(points) else (numbers, left, right, np.zeros(lines, np.int64))
    owner = np.searchsorted(ends, points)
    if len(points) and ((np.diff(owner) < 1).any() or (points <= second[owner]).any()):
        return None
    point = ends.copy()
    point[owner] = points
    ones, decimals = point - second - 1, ends - point - 1
    if ones.max() > 3 or (ones < 1).any() or decimals.max() > 40 or (decimals == 0).any():
        return None
    scores = _digits(text, second + 1, point) * ONE
    last = np.minimum(point + 1 + DIGITS, ends)
    scores += _digits(text, np.minimum(point + 1, ends), last) * (10 ** (DIGITS - np.maximum(last - point - 1, 0)))
    long = np.flatnonzero(decimals > DIGITS)
    scores[long] += text[last[long]] >= 53  # the tenth decimal is 5 or more
    return numbers, left, right, scores


def _digits(text: NDArray[np.uint8], start: Ints, end: Ints) -> Ints:
    """The whole numbers that stand in text[start:end]; 0 where nothing stands."""
    length = end - start
    value = np.zeros(len(start), np.int64)
    every = int(length.min(initial=0))
    for at in range(int(length.max(initial=0))):
        if at < every:
            value = value * 10 + (text[start + at].astype(np.int64) - 48)
        else:
            some = np.flatnonzero(length > at)
            value[some] = value[some] * 10 + (text[start[some] + at].astype(np.int64) - 48)
    return value


def _slow(block: bytes, scored: bool, line: int) -> tuple[Ints, Ints, Ints, Ints]:
    read: list[tuple[int, int, int, int]] = []
    wanted = "申报书序号,专家序号,分数" if scored else "两个用逗号隔开的序号"
    for number, raw in enumerate(block.split(b"\n")[:-1]):
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            raise BadLine(line + number, "不是 UTF-8 文字，请另存为 UTF-8 编码") from None
        if not text.strip():
            continue
        cells = text.split(",")
        if len(cells) != (3 if scored else 2):
            raise BadLine(line + number, f"应为“{wanted}”，这一行有 {len(cells)} 项")
        whole = [_WHOLE.fullmatch(cell) for cell in cells[:2]]
        if whole[0] is None or whole[1] is None:
            hint = "（文件不要表头）" if line + number == 1 else ""
            raise BadLine(line + number, f"序号应为从 0 起的整数，读到“{text.strip()[:40]}”{hint}")
        score = 0
        if scored:
            if not _DECIMAL.fullmatch(cells[2]):
                raise BadLine(line + number, f"分数应为 0 到 1 的数，读到“{cells[2].strip()[:40]}”")
            exact = Decimal(cells[2].strip())
            if not 0 <= exact <= 1:
                raise BadLine(line + number, f"分数应在 0 到 1 之间，读到“{cells[2].strip()[:40]}”")
            score = int((exact * ONE + Decimal("0.5")).__floor__())
        read.append((number, int(whole[0][1]), int(whole[1][1]), score))
    columns = np.array(read, np.int64).reshape(-1, 4).T
    return columns[0], columns[1], columns[2], columns[3]
