"""A document as lines, and what the walk finds in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ketuan.documents.reading.labels import Plan
from ketuan.documents.reading.markup import Cell, Table
from ketuan.forms.remarks import Place, Remark


class Line:
    """A row of a table, or a paragraph (table 0). ``said`` are its own cells that hold text."""

    __slots__ = ("cells", "row", "said", "table")

    def __init__(self, cells: list[Cell], table: int, row: int) -> None:
        self.cells = cells
        self.table = table
        self.row = row
        self.said = [c for c in cells if c.over is None and c.text]

    def place(self, cell: Cell) -> Place:
        return Place(self.table, self.row, cell.number or 1)


@dataclass(slots=True)
class Raw:
    """Text found for one field, piece by piece, and where its first piece stood."""

    pieces: list[str]
    place: Place
    rows: list[int] = field(default_factory=list)
    """Line (counted over the document) of every piece."""


@dataclass(slots=True)
class Found:
    """All that the walk brings home."""

    raw: dict[str, Raw] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Raw]]] = field(default_factory=dict)
    yuan: set[str] = field(default_factory=set)
    """Columns (``budget.lines.*.requested``) whose header says 元 and not 万元."""
    sentences: dict[int, list[tuple[str, Place]]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    left: list[tuple[str, Place]] = field(default_factory=list)
    """Texts that belong to no field."""
    sections: set[int] = field(default_factory=set)
    labels: int = 0
    annexes: int = 0

    def add(self, path: str, text: str, place: Place, *, line: int = 0, beside: bool = False) -> None:
        """One more piece of an answer; ``beside``: it stood in the next cell of the same row."""
        raw = self.raw.get(path)
        if raw is None:
            self.raw[path] = Raw([text], place, [line])
            self.places[path] = place
        elif beside:
            self.remark(path, "这一栏的内容分在几格里，已合在一起，请核对", f"{raw.pieces[-1]}｜{text}", place)
            raw.pieces[-1] += f" {text}"
        else:
            raw.pieces.append(text)
            raw.rows.append(line)

    def remark(self, path: str, message: str, said: str, place: Place) -> None:
        self.remarks.append(Remark(path, message, said[:80], place))


def lines_of(blocks: list[str | Table], plan: Plan) -> list[Line]:
    """Rows and paragraphs in order. A table that only holds other parts of the form in place is opened."""
    return list(_lines(blocks, plan, [0, 0]))


def _lines(blocks: list[str | Table], plan: Plan, count: list[int]) -> Iterator[Line]:
    for block in blocks:
        if isinstance(block, str):
            if block.strip():
                count[1] += 1
                yield Line([Cell(0, blocks=[block])], 0, count[1])
            continue
        count[0] += 1
        number = count[0]
        for r, row in enumerate(block.rows, start=1):
            opened = [c for c in row if c.nested and _holds_form(c, plan)]
            if not opened:
                yield Line(row, number, r)
                continue
            if rest := [c for c in row if c not in opened]:
                yield Line(rest, number, r)
            for cell in opened:
                yield from _lines(cell.blocks, plan, count)


def _holds_form(cell: Cell, plan: Plan) -> bool:
    return any(
        isinstance(b, Table)
        and (
            plan.structural([[c.text for c in row] for row in b.rows])
            or any(_holds_form(c, plan) for row in b.rows for c in row)
        )
        for b in cell.blocks
    )


def part_of(cell: Cell, text: str) -> Cell:
    """The same place with other text."""
    part = Cell(cell.col, cell.span, [text])
    part.number = cell.number
    return part
