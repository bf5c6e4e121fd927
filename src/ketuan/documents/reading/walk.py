"""From blocks to raw answers: which text stands under which label.

The walk goes through the document line by line (a table row is a line, and so is a paragraph), keeps in mind in which
section it is, and asks of each cell only: is this a label here? What stands beside, behind or below a label is its
answer. Nothing depends on the number of a table, a row or a column.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ketuan.documents.reading.labels import ANNEX, COVER, Area, Column, Plan, TablePlan, bare, key
from ketuan.documents.reading.markup import Cell, Table
from ketuan.documents.reading.values import blank_date
from ketuan.forms.fields import Kind
from ketuan.forms.remarks import Place, Remark

_DOTS = frozenset("….·。⋯-—_ \n\t")
_TOTALS = {"合计", "总计", "共计", "小计"}
_NOTHING_BELOW = {"以下空白", "以下无", "以下无正文", "此处空白", "空白"}


@dataclass(slots=True)
class Line:
    """A row of a table, or a paragraph (table 0)."""

    cells: list[Cell]
    table: int
    row: int

    def said(self) -> list[Cell]:
        return [c for c in self.cells if c.over is None and c.text]

    def place(self, cell: Cell) -> Place:
        return Place(self.table, self.row, cell.number or 1)


@dataclass(slots=True)
class Raw:
    """Text found for one field, and where its first piece stood."""

    pieces: list[str]
    place: Place

    def text(self, kind: Kind) -> str:
        """The pieces as one text: names and codes are never broken, everything else keeps its lines."""
        return "\n".join(p for p in self.pieces if p)


@dataclass(slots=True)
class Found:
    """All that the walk brings home."""

    raw: dict[str, Raw] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Raw]]] = field(default_factory=dict)
    sentences: dict[int, list[tuple[str, Place]]] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    sections: set[int] = field(default_factory=set)
    labels: int = 0
    annexes: int = 0


@dataclass(slots=True)
class _OpenTable:
    plan: TablePlan
    header: list[tuple[Cell, Column | None]]
    table: int


def walk(blocks: list[str | Table], plan: Plan) -> Found:
    """Read ``blocks`` by the labels of ``plan``."""
    walker = _Walker(plan)
    for line in _lines(blocks, plan, [0, 0]):
        walker.line(line)
    return walker.found


def _lines(blocks: list[str | Table], plan: Plan, count: list[int]) -> Iterator[Line]:
    """Rows and paragraphs in order. A table that only holds other parts of the form in place is opened."""
    for block in blocks:
        if isinstance(block, str):
            if block.strip():
                count[1] += 1
                yield Line([Cell(0, blocks=[block])], 0, count[1])
            continue
        count[0] += 1
        number = count[0]
        for r, row in enumerate(block.rows, start=1):
            opened = [c for c in row if _holds_form(c, plan)]
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


class _Walker:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.found = Found()
        self.area: Area = plan.cover
        self.prefix = ""  # replaces “*” of the annex being read
        self.table: _OpenTable | None = None
        self.anchors: list[tuple[str, int, int]] = []  # part, column, table: persons named so far
        self.pending: tuple[str, int] | None = None  # a label without a cell beside it, and its table
        self.last: tuple[str, int] | None = None
        self.spanning: dict[int, str] = {}  # id of a label cell → its field, for rows that the cell reaches down to

    # -- sections --

    def line(self, line: Line) -> None:
        said = line.said()
        if not said:
            if self.table is None and line.table:
                self.cells(line)  # an empty row may still carry nothing but places
            return
        if len(said) == 1 and len(chunks := self.plan.chunks(said[0].text)) > 1:
            for chunk in chunks:
                self.line(Line([_part_of(said[0], chunk)], line.table, line.row))
            return
        heading = self.plan.heading(said[0].text)
        if heading and self.accepts(heading[0], heading[2], len(said)):
            index, rest, _ = heading
            self.enter(self.plan.areas[index])
            left = ([_part_of(said[0], rest)] if rest else []) + said[1:]
            if left:
                self.content(Line(left, line.table, line.row))
            return
        self.content(line)

    def accepts(self, index: int, strong: bool, cells: int) -> bool:
        area = self.plan.areas[index]
        if not strong and cells > (2 if area.essay else 1):
            return False
        if index == self.area.index:
            return True
        unseen = index not in self.found.sections
        ahead = self.area.index == COVER or index > self.area.index
        return unseen and (strong or ahead)

    def enter(self, area: Area) -> None:
        if area is not self.area:
            self.table, self.pending, self.last = None, None, None
            self.anchors.clear()
            self.spanning.clear()
        self.area = area
        self.prefix = ""
        if 0 <= area.index < ANNEX:
            self.found.sections.add(area.index)

    def enter_annex(self) -> None:
        self.enter(self.plan.annex)
        self.prefix = f"{self.plan.annex_path}.{self.found.annexes}."
        self.found.annexes += 1
        self.pending, self.last = None, None

    def content(self, line: Line) -> None:
        if self.area.static and self.first_label(line) not in self.plan.annex_start:
            return
        if line.table and (first := self.first_label(line)) in self.plan.annex_start and first:
            self.enter_annex()
        if self.area.essay is not None and not self.begins_table(line):
            for cell in line.said():
                self.add(self.area.essay.path, cell.text, line.place(cell))
        elif self.area.tables or self.area.sentence:
            self.row(line)
        elif self.begins_table(line):
            self.row(line)
        else:
            self.cells(line)

    def first_label(self, line: Line) -> str:
        text = next((c.text for c in line.cells if c.text), "")
        return key(text) if len(text) <= 30 else ""

    # -- tables --

    def begins_table(self, line: Line) -> bool:
        """Enter the section of a table whose heading was lost, told by the table's header."""
        if line.table == 0 or len(line.said()) < 3 or self.area.index == ANNEX:
            return False
        keys = [key(c.text) for c in line.said() if len(c.text) <= 40]
        for area in self.plan.areas:
            if area.index > self.area.index and area.index not in self.found.sections and len(self.found.sections) > 1:
                for table in area.tables:
                    if table.header(keys):
                        self.enter(area)
                        return True
        return False

    def row(self, line: Line) -> None:
        cells = line.cells
        if line.table:
            keys = [_column_key(c) for c in cells]
            for table in self.area.tables:
                if header := table.header(keys):
                    self.open(table, header, line)
                    return
        if self.table is not None and line.table and self.data(line, self.table):
            return
        text = " ".join(c.text for c in line.said())
        if self.table is None or line.table == 0 or len(line.said()) == 1:
            self.found.sentences.setdefault(self.area.index, []).append((text, line.place(line.said()[0])))
        else:
            self.remark("", "这一行不像表中的一行，未读入", text, line.place(line.said()[0]))

    def open(self, table: TablePlan, header: list[Column | None], line: Line) -> None:
        self.found.labels += 1
        repeated = self.table is not None and self.table.plan is table
        self.table = _OpenTable(table, list(zip(line.cells, header, strict=True)), line.table)
        self.found.places.setdefault(table.path, line.place(line.cells[0]))
        strange = [c.text for c, column in self.table.header if column is None and c.text and not _ordinal(c.text)]
        if strange and not repeated:
            where = line.place(line.cells[0])
            self.remark(table.path, f"表头多出“{'、'.join(strange)}”，这些列未读入", "、".join(strange), where)

    def data(self, line: Line, table: _OpenTable) -> bool:
        mapped = _mapped(line, table)
        if mapped is None:
            return False
        plan = table.plan
        rows = self.found.rows.setdefault(plan.path, [])
        texts = {column.names: cell for column, cell in mapped}
        values = {names: (cell.over or cell).text for names, cell in texts.items()}
        filled = {n: t for n, t in values.items() if not _placeholder(t)}
        first = plan.columns[0].names
        if not filled or (set(filled) == {first} and key(filled[first]) in plan.starters):
            return True
        numbered = next((c for c, column in _numbers(line, table) if column is None), None)
        opening = next(t for t in [numbered.text if numbered else "", *values.values()] if t)
        if len(filled) == 1 and key(opening) in _NOTHING_BELOW:
            return True
        if any(key(t) in _TOTALS for t in (opening, *values.values()) if len(t) <= 12):
            return True
        row = {names: Raw([t], line.place(texts[names])) for names, t in filled.items()}
        if plan.node.spec.numbered and rows and first not in filled and numbered is not None and not numbered.text:
            self.goes_on(rows[-1], row, plan, len(rows) - 1)
            return True
        index = len(rows)
        rows.append({"/".join(names): raw for names, raw in row.items()})
        for names, cell in texts.items():
            for name in names:
                self.found.places[f"{plan.path}.{index}.{name}"] = line.place(cell)
        self.found.places[f"{plan.path}.{index}"] = line.place(line.cells[0])
        return True

    def goes_on(self, above: dict[str, Raw], row: dict[tuple[str, ...], Raw], plan: TablePlan, index: int) -> None:
        """A row without number and name continues the row above (a person broke it in two)."""
        for names, raw in row.items():
            name = "/".join(names)
            if name in above:
                above[name].pieces.extend(raw.pieces)
            else:
                above[name] = raw
        place = next(iter(row.values())).place
        found = "；".join(r.pieces[0] for r in row.values())
        self.remark(f"{plan.path}.{index}", "这一行没有序号和首列，按上一行的续行理解", found, place)

    # -- labels and answers --

    def cells(self, line: Line) -> None:
        if self.area.index == COVER and line.table == 0:
            for cell in line.cells:
                for text in cell.text.split("\n"):
                    self.inline(_part_of(cell, text), line)
            return
        area = self.area
        cells = [c for c in line.cells if c.over is None]
        roles = [self.role(c) for c in cells]
        if not any(roles) and (jump := self.elsewhere(cells)) is not None:
            self.enter(jump)
            self.cells(line)
            return
        counts: dict[str, int] = {}
        for role in roles:
            if isinstance(role, tuple) and len(role) > 1:
                counts[role[0]] = counts.get(role[0], 0) + 1
        seen: dict[str, int] = {}
        answer: str | None = None  # the field that cells now belong to
        fresh = False  # its label was the cell before
        labelled = False
        for cell, role in zip(cells, roles, strict=True):
            if isinstance(role, tuple):
                nth = seen.get(role[0], 0)
                seen[role[0]] = nth + 1
                answer = self.which(role, cell, line, nth if counts.get(role[0], 0) > 1 else None)
                self.spanning[id(cell)] = answer
                fresh = labelled = True
                self.found.labels += 1
            elif isinstance(role, str) and not (fresh and answer and not self.is_beside(answer)):
                self.anchors.append((role, cell.col, line.table))
                self.found.labels += 1
                answer = area.beside.get(role)
                fresh, labelled = answer is not None, True
            elif role is None and cell.text and self.inline(cell, line):
                answer, fresh, labelled = self.last[0] if self.last else None, False, True
            elif answer is not None and (cell.text or fresh):
                path = self.full(answer)
                self.found.places.setdefault(path, line.place(cell))
                if cell.text:
                    self.add(path, cell.text, line.place(cell), beside=not fresh)
                fresh = False
            elif cell.text and not labelled and not self.is_frame(cell):
                self.unlabelled(cell, line)
        if labelled:
            beyond = answer is not None and fresh
            self.pending = (self.full(answer), line.table) if beyond and answer else None
            self.last = (self.full(answer), line.table) if answer else None

    def role(self, cell: Cell) -> tuple[str, ...] | str | None:
        """Paths that the cell labels, the part that it names, or None."""
        text = cell.text
        if not text or len(text) > 80:
            return None
        if paths := self.area.label(text):
            return paths
        return self.area.anchors.get(key(text)) or self.area.anchors.get(key(bare(text)))

    def is_beside(self, path: str) -> bool:
        return path in self.area.beside.values()

    def is_frame(self, cell: Cell) -> bool:
        return key(cell.text[:80]) in self.area.frames

    def elsewhere(self, cells: list[Cell]) -> Area | None:
        """A later section that alone has this label: its heading was lost."""
        if self.area.index >= ANNEX or self.area.index > 1:
            return None
        for cell in cells:
            if cell.text and len(cell.text) <= 80:
                index = self.plan.owner.get(key(cell.text), -1)
                if index > self.area.index and index not in self.found.sections:
                    return self.plan.areas[index]
        return None

    def which(self, paths: tuple[str, ...], cell: Cell, line: Line, nth: int | None) -> str:
        """Which of several persons a shared label means: the nth in its row, else the one named above or before."""
        if len(paths) == 1:
            return paths[0]
        if nth is not None:
            return paths[min(nth, len(paths) - 1)]
        parts = {p.rpartition(".")[0]: p for p in paths}
        here = [
            (col, i, part) for i, (part, col, table) in enumerate(self.anchors) if part in parts and table == line.table
        ]
        left = [a for a in here if a[0] <= cell.col]
        if left:
            return parts[max(left)[2]]
        before = [part for part, _, _ in self.anchors if part in parts]
        return parts[before[-1]] if before else paths[0]

    def inline(self, cell: Cell, line: Line) -> bool:
        """Labels that share a cell or a line with their values: “手机：138… 电话：010…”."""
        pattern = self.area.inline
        if pattern is None or len(cell.text) > 2000:
            return False
        text = cell.text
        matches = list(pattern.finditer(text))
        if not matches or text[: matches[0].start()].strip(" \t_、.．0123456789"):
            return self.area.index == COVER and self.tabbed(cell, line)
        ends = [m.start() for m in matches[1:]] + [len(text)]
        for match, end in zip(matches, ends, strict=True):
            known = key(match.group(1))
            value = text[match.end() : end].strip().strip("_＿").strip()
            if known in self.area.labels:
                path = self.full(self.which(self.area.labels[known], cell, line, None))
            else:
                part = self.area.anchors[known]
                self.anchors.append((part, cell.col, line.table))
                if part not in self.area.beside:
                    continue
                path = self.full(self.area.beside[part])
            self.found.labels += 1
            self.found.places.setdefault(path, line.place(cell))
            if value:
                self.add(path, value, line.place(cell))
            self.last = (path, line.table)
        return True

    def tabbed(self, cell: Cell, line: Line) -> bool:
        """“项目名称    某某”: a label parted from its value by white space only."""
        head, _, value = cell.text.strip().replace("\u3000", "  ").replace("\t", "  ").partition("  ")
        paths = self.area.label(head)
        if not paths or not value.strip():
            return False
        path = self.full(paths[0])
        self.add(path, value.strip().strip("_").strip(), line.place(cell))
        self.last = (path, line.table)
        return True

    def unlabelled(self, cell: Cell, line: Line) -> None:
        """Text in a row without a label of its own: the answer of a label that reaches down to it, or goes on above it."""
        for above in line.cells:
            if above.over is not None and (field := self.spanning.get(id(above.over))):
                self.add(self.full(field), cell.text, line.place(cell))
                return
        goes_on = (
            self.last if len(line.cells) > 1 else None
        )  # a full-width row answers nothing that stood beside a label
        for known in (self.pending, goes_on):
            if known and known[1] == line.table and line.table:
                self.add(known[0], cell.text, line.place(cell))
                return
        if line.table and self.area.index != COVER and key(cell.text) not in self.plan.printed:
            self.remark("", "没有认出这一格属于哪一栏，未读入", cell.text[:60], line.place(cell))

    def full(self, path: str) -> str:
        return path.replace(f"{self.plan.annex_path}.*.", self.prefix, 1) if self.prefix else path

    def add(self, path: str, text: str, place: Place, *, beside: bool = False) -> None:
        """One more piece of an answer; ``beside``: it stood in the next cell of the same row."""
        raw = self.found.raw.get(path)
        if raw is None:
            self.found.raw[path] = Raw([text], place)
            self.found.places[path] = place
        elif beside:
            raw.pieces[-1] += f" {text}"
        else:
            raw.pieces.append(text)

    def remark(self, path: str, message: str, found: str, place: Place) -> None:
        self.found.remarks.append(Remark(path, message, found[:80], place))


def _part_of(cell: Cell, text: str) -> Cell:
    part = Cell(cell.col, cell.span, [text])
    part.number = cell.number
    return part


def _column_key(cell: Cell) -> str:
    text = cell.text
    if len(text) > 40:
        return ""
    return key(bare(text)) or key(text)


def _placeholder(text: str) -> bool:
    return (
        not text or set(text) <= _DOTS or (len(text) <= 40 and not any(c.isdigit() for c in text) and blank_date(text))
    )


def _ordinal(text: str) -> bool:
    return key(text) in ("序号", "编号", "no")


def _numbers(line: Line, table: _OpenTable) -> Iterator[tuple[Cell, Column | None]]:
    """Cells of the row under header cells that name no field (序号 first)."""
    for cell, (head, column) in zip(line.cells, table.header, strict=False):
        if column is None and _ordinal(head.text):
            yield cell, column


def _mapped(line: Line, table: _OpenTable) -> list[tuple[Column, Cell]] | None:
    """Cells under columns: one by one where the row has as many cells as the header, else by where they overlap."""
    cells, header = line.cells, table.header
    if len(cells) == len(header):
        return [(column, cell) for cell, (_, column) in zip(cells, header, strict=True) if column]
    if len(cells) < 2 or (len(line.said()) < 2 and len(cells) < len(header) - 1):
        return None
    width = header[-1][0].col + header[-1][0].span
    scale = width / max(cells[-1].col + cells[-1].span, 1) if line.table != table.table else 1.0
    pairs: list[tuple[Column, Cell]] = []
    used: set[tuple[str, ...]] = set()
    for cell in cells:
        start, end = cell.col * scale, (cell.col + cell.span) * scale
        best = max(header, key=lambda h: min(end, h[0].col + h[0].span) - max(start, h[0].col))
        column = best[1]
        if column and column.names not in used:
            used.add(column.names)
            pairs.append((column, cell))
    return pairs
