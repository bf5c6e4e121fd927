"""What differs between two versions of a form, in the words of the paper.

Rows are aligned by what stands in them, so a person put into the middle of the table is one addition.
"""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from ketuan.forms.fields import Kind
from ketuan.forms.money import show_wan
from ketuan.forms.paper import Node, Paper, blank

Change = Literal["added", "removed", "changed"]
Span = tuple[int, int, int, int]
"""before_from, before_to, after_from, after_to: a passage that was replaced, half open; either side may be empty."""

ALIKE = 0.34
"""Rows that share at least this much are one row that was changed."""
_MOST_PAIRS = 40_000
_MOST_TOKENS = 3_000
_RUNNING = frozenset((Kind.TEXT, Kind.WORDS))
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:[.\-][A-Za-z0-9]+)*|\s+|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """One field, or one whole row, that is not as it was. ``path`` counts rows as the version does that has them:

    the later one, and for a removed row the earlier one.
    """

    path: str
    place: str
    label: str
    before: str
    after: str
    kind: Change
    spans: tuple[Span, ...] = ()
    """Where ``before`` and ``after`` differ, for running text."""

    @property
    def before_pieces(self) -> tuple[tuple[str, bool], ...]:
        """``before`` cut into pieces, True for those that went."""
        return _pieces(self.before, [span[:2] for span in self.spans])

    @property
    def after_pieces(self) -> tuple[tuple[str, bool], ...]:
        """``after`` cut into pieces, True for those that came."""
        return _pieces(self.after, [span[2:] for span in self.spans])


def differences(before: BaseModel, after: BaseModel, paper: Paper) -> tuple[Difference, ...]:
    """Everything that differs, in the order of the paper; () where nothing does.

    Both are forms of ``paper.model``.
    """
    return tuple(_compared(tuple(paper.tops()), before, after, "", paper))


def shown(node: Node, value: Any) -> str:
    """A value for people: “80.00 万元”, “2024年5月24日”, names joined by 、; “” for what is blank."""
    if isinstance(value, BaseModel):
        said = ((child, shown(child, getattr(value, child.name))) for child in node.children)
        return "；".join(f"{label(child)}：{text}" for child, text in said if text)
    if blank(value):
        return ""
    if node.kind is Kind.MONEY:
        return f"{show_wan(value)} 万元"
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, list) and node.children:
        return "\n".join(f"{number}. {shown(node, row)}" for number, row in enumerate(value, 1))
    if isinstance(value, list):
        return "、".join(map(str, value))
    return str(value)


def label(node: Node) -> str:
    """The label on one line; a person's own cell has none on the paper."""
    return node.spec.label.replace("\n", "") or "姓名"


# ---- fields ----------------------------------------------------------------------------------------------------------


def _compared(
    nodes: Sequence[Node], before: BaseModel, after: BaseModel, prefix: str, paper: Paper
) -> Iterator[Difference]:
    for node in nodes:
        was, now = getattr(before, node.name), getattr(after, node.name)
        path = f"{prefix}{node.name}"
        if was == now:
            continue
        if not node.children:
            yield _field(node, path, was, now, paper)
        elif node.kind is Kind.PART:
            yield from _compared(node.children, was, now, f"{path}.", paper)
        else:
            yield from _rows(node, path, was, now, paper)


def _field(node: Node, path: str, was: Any, now: Any, paper: Paper) -> Difference:
    texts = shown(node, was), shown(node, now)
    kind: Change = "added" if blank(was) else "removed" if blank(now) else "changed"
    spans = _spans(*texts) if kind == "changed" and node.kind in _RUNNING else ()
    return Difference(path, paper.place(path), label(node), *texts, kind, spans)


def _rows(node: Node, path: str, was: list[Any], now: list[Any], paper: Paper) -> Iterator[Difference]:
    for old, new in _aligned(node, was, now):
        if old is not None and new is not None:
            yield from _compared(node.children, was[old], now[new], f"{path}.{new}.", paper)
        elif new is not None:
            row = f"{path}.{new}"
            yield Difference(row, paper.place(row), label(node), "", shown(node, now[new]), "added")
        elif old is not None:
            row = f"{path}.{old}"
            yield Difference(row, paper.place(row), label(node), shown(node, was[old]), "", "removed")


# ---- rows ------------------------------------------------------------------------------------------------------------


def _aligned(node: Node, was: list[Any], now: list[Any]) -> Iterator[tuple[int | None, int | None]]:
    """Numbers of rows that belong together, in order; None on the side that has no such row."""
    start, end = 0, 0
    while start < min(len(was), len(now)) and was[start] == now[start]:
        start += 1
    while end < min(len(was), len(now)) - start and was[-1 - end] == now[-1 - end]:
        end += 1
    olds, news = was[start : len(was) - end], now[start : len(now) - end]
    if len(olds) * len(news) > _MOST_PAIRS:  # far beyond any paper: number by number
        for number in range(max(len(olds), len(news))):
            yield (
                start + number if number < len(olds) else None,
                start + number if number < len(news) else None,
            )
        return
    for old, new in _best(node, olds, news):
        yield None if old is None else start + old, None if new is None else start + new


def _best(node: Node, olds: list[Any], news: list[Any]) -> Iterator[tuple[int | None, int | None]]:
    """The alignment in order with the greatest likeness (dynamic programming from the end)."""
    alike = [[_likeness(node, old, new) for new in news] for old in olds]
    best = [[0.0] * (len(news) + 1) for _ in range(len(olds) + 1)]
    for i in range(len(olds) - 1, -1, -1):
        for j in range(len(news) - 1, -1, -1):
            together = best[i + 1][j + 1] + alike[i][j] if alike[i][j] >= ALIKE else 0.0
            best[i][j] = max(together, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(olds) or j < len(news):
        if i == len(olds):
            yield None, j
            j += 1
        elif j == len(news):
            yield i, None
            i += 1
        elif alike[i][j] >= ALIKE and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield i, j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield i, None
            i += 1
        else:
            yield None, j
            j += 1


def _likeness(node: Node, old: BaseModel, new: BaseModel) -> float:
    """Share of the filled cells that are equal; the first, a name, counts as half of the row."""
    pairs = [(getattr(old, child.name), getattr(new, child.name)) for child in node.children]
    filled = [(a, b) for a, b in pairs if not (blank(a) and blank(b))]
    if not filled:
        return 1.0
    same: float = sum(bool(a == b) for a, b in filled) / len(filled)
    first = pairs[0]
    return (same + 1.0) / 2 if first[0] == first[1] and not blank(first[0]) else same


# ---- words -----------------------------------------------------------------------------------------------------------


def _spans(before: str, after: str) -> tuple[Span, ...]:
    """Passages that differ: Chinese by the character, Latin words and numbers whole."""
    a, b = _TOKEN.findall(before), _TOKEN.findall(after)
    start, end = 0, 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    blocks: list[Span] = [(0, len(middle_a), 0, len(middle_b))]
    if len(middle_a) <= _MOST_TOKENS and len(middle_b) <= _MOST_TOKENS:
        matcher = difflib.SequenceMatcher(None, middle_a, middle_b, autojunk=False)
        blocks = [(op[1], op[2], op[3], op[4]) for op in matcher.get_opcodes() if op[0] != "equal"]
    merged: list[Span] = []
    for block in blocks:
        # a single sign that happens to be equal between two changes is no island worth showing
        if merged and block[0] - merged[-1][1] <= 1 and block[2] - merged[-1][3] <= 1:
            merged[-1] = (merged[-1][0], block[1], merged[-1][2], block[3])
        else:
            merged.append(block)
    at_a, at_b = _offsets(a), _offsets(b)
    return tuple((at_a[start + p], at_a[start + q], at_b[start + r], at_b[start + s]) for p, q, r, s in merged)


def _offsets(tokens: Sequence[str]) -> list[int]:
    at = [0]
    for token in tokens:
        at.append(at[-1] + len(token))
    return at


def _pieces(text: str, marks: Sequence[Sequence[int]]) -> tuple[tuple[str, bool], ...]:
    found, at = [], 0
    for start, end in marks:
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    found.append((text[at:], False))
    return tuple((piece, marked) for piece, marked in found if piece)
