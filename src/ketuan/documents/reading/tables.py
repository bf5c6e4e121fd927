"""Rows under a header: stages, personnel, budget lines."""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass

from ketuan.documents.reading.labels import Area, Column, TablePlan, bare, key
from ketuan.documents.reading.lines import Found, Line, Raw
from ketuan.documents.reading.markup import Cell
from ketuan.documents.reading.values import blank_date
from ketuan.forms.fields import Kind

_DOTS = frozenset("….·。⋯-—_ \n\t")
_HOLDERS = _DOTS | frozenset("年月日至起止到~～/\\无没暂〇")
_TOTALS = {"合计", "总计", "共计", "小计"}
_NOTHING_BELOW = {"以下空白", "以下无", "以下无正文", "此处空白", "空白"}
_IN_YUAN = re.compile(r"(?:单位\s*[:：]?\s*|[（(]\s*)(?:人民币)?元\s*(?:[)）]|$)")
_LONGEST_HEAD = 40

Pairs = list[tuple[Column, Cell]]


@dataclass(slots=True)
class _Open:
    """The table that rows now belong to: its header cells with the columns they name."""

    plan: TablePlan
    header: list[tuple[Cell, Column | None]]
    table: int
    behind: bool = False
    """Found behind the form: counts only if its numbers go on where the form's end."""
    sure: bool = True


class Tables:
    """Reads the tables of one section after the other."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.open: _Open | None = None
        self.yuan = False

    def close(self) -> None:
        self.open, self.yuan = None, False

    def caption(self, text: str) -> None:
        """A line over a table may say that its amounts are in 元."""
        self.yuan = self.yuan or ("万元" not in text and _IN_YUAN.search(text) is not None)

    def header(self, line: Line, area: Area, *, behind: bool = False) -> bool:
        """Open the table whose header this row is."""
        known = headed_by(line, area)
        if known is not None:
            self._begin(*known, line, behind)
        return known is not None

    def positional(self, line: Line, area: Area) -> bool:
        """Open a table whose header was lost, where a row has just as many cells as the printed table has columns."""
        for plan in area.tables:
            columns: list[Column | None] = [*([None] if plan.node.spec.numbered else []), *plan.printed]
            if len(line.cells) == len(columns) and len(line.said) * 2 > len(columns):
                place = line.place(line.cells[0])
                self.found.remark(plan.path, "没有找到表头，按表格原来的列序读入，请核对", "", place)
                self.open = _Open(plan, list(zip(line.cells, columns, strict=True)), line.table)
                return True
        return False

    def _begin(self, plan: TablePlan, columns: list[Column | None], line: Line, behind: bool) -> None:
        self.found.labels += 1
        repeated = self.open is not None and self.open.plan is plan
        self.open = _Open(plan, list(zip(line.cells, columns, strict=True)), line.table, behind, not behind)
        self.found.places.setdefault(plan.path, line.place(line.cells[0]))
        for cell, column in self.open.header:
            text = (cell.over or cell).text
            if (
                column
                and column.node.kind is Kind.MONEY
                and "万元" not in text
                and (self.yuan or _IN_YUAN.search(text))
            ):
                self.found.yuan.add(column.node.path)
        strange = [c.text for c, column in self.open.header if column is None and c.text and not _ordinal(c.text)]
        if strange and not repeated:
            names = "、".join(strange)
            self.found.remark(plan.path, f"表头多出“{names}”，这些列未读入", names, line.place(line.cells[0]))

    def row(self, line: Line) -> bool:
        """Take a row of the open table; False where it is none."""
        if self.open is None or not line.table:
            return False
        if self.open.behind and line.table != self.open.table:
            self.open = None
            return False
        pairs = _mapped(line, self.open)
        if pairs is None:
            return False
        if not self.open.sure and not self._continues(line, self.open):
            self.open = None
            return False
        for record in _records(pairs, self.open.plan.columns[0]):
            self._record(record, line, self.open)
        return True

    def _continues(self, line: Line, table: _Open) -> bool:
        number = _number(line, table)
        rows = self.found.rows.get(table.plan.path, [])
        table.sure = True
        return number is not None and number.text.strip().rstrip(".．、") == str(len(rows) + 1)

    def _record(self, pairs: Pairs, line: Line, table: _Open) -> None:
        plan = table.plan
        rows = self.found.rows.setdefault(plan.path, [])
        texts: dict[tuple[str, ...], str] = {}
        cells: dict[tuple[str, ...], Cell] = {}
        for column, cell in pairs:
            text = (cell.over or cell).text
            before = texts.get(column.names, "")
            texts[column.names] = f"{before} {text}".strip() if before else text
            cells.setdefault(column.names, cell)
        filled = {n: t for n, t in texts.items() if not _placeholder(t)}
        first = plan.columns[0].names
        if not filled or (set(filled) == {first} and key(filled[first]) in plan.starters):
            return
        number = _number(line, table)
        opening = next(t for t in [number.text if number else "", *texts.values()] if t)
        if len(filled) == 1 and key(opening) in _NOTHING_BELOW:
            return
        if any(t[0] in "合总共小" and key(t)[:2] in _TOTALS for t in (opening, *filled.values()) if len(t) <= 12):
            return
        if key(opening).startswith("其中"):
            self.found.remark(plan.path, "“其中”一行是上一行的细目，未计入", opening, line.place(line.cells[0]))
            return
        places = {n: line.place(cell) for n, cell in cells.items()}
        row = {"/".join(n): Raw([t], places[n]) for n, t in filled.items()}
        if plan.node.spec.numbered and rows and first not in filled and number is not None and not number.text:
            self._goes_on(rows[-1], row, f"{plan.path}.{len(rows) - 1}")
            return
        here = f"{plan.path}.{len(rows)}"
        rows.append(row)
        for names, place in places.items():
            for name in names:
                self.found.places[f"{here}.{name}"] = place
        self.found.places[here] = line.place(line.cells[0])

    def _goes_on(self, above: dict[str, Raw], row: dict[str, Raw], path: str) -> None:
        """A row without number and name continues the row above (a person broke it in two)."""
        for name, raw in row.items():
            if name in above:
                above[name].pieces.extend(raw.pieces)
            else:
                above[name] = raw
        place = next(iter(row.values())).place
        said = "；".join(r.pieces[0] for r in row.values())
        self.found.remark(path, "这一行没有序号和首列，按上一行的续行理解", said, place)


def headed_by(line: Line, area: Area) -> tuple[TablePlan, list[Column | None]] | None:
    """The table of ``area`` whose header a row is, with the columns cell by cell; None where it is no header."""
    if not line.table or len(line.said) < 2 or not area.tables:
        return None
    if _column_key(line.said[0].text) not in area.heads and _column_key(line.said[1].text) not in area.heads:
        return None
    keys = [_column_key((c.over or c).text) for c in line.cells]
    return next(((plan, columns) for plan in area.tables if (columns := plan.header(keys))), None)


@functools.lru_cache(maxsize=4096)
def _column_key(text: str) -> str:
    return "" if len(text) > _LONGEST_HEAD else key(bare(text)) or key(text)


def _placeholder(text: str) -> bool:
    """True for what an empty cell of a table holds: nothing, dots, the printed blanks of a date."""
    if not text or text[0] not in _HOLDERS:
        return not text
    return set(text) <= _DOTS or (len(text) <= 40 and not any(map(str.isdigit, text)) and blank_date(text))


def _ordinal(text: str) -> bool:
    return key(text) in ("序号", "编号", "no")


def _number(line: Line, table: _Open) -> Cell | None:
    """The cell of the row under 序号."""
    for cell, (head, column) in zip(line.cells, table.header, strict=False):
        if column is None and (_ordinal((head.over or head).text) or head is line.cells[0]):
            return cell
    return None


def _records(pairs: Pairs, first: Column) -> list[Pairs]:
    """Several records where the header repeats its first column (two persons in a row), else one."""
    starts = [i for i, (column, _) in enumerate(pairs) if column.names == first.names]
    together = any(b - a == 1 for a, b in itertools.pairwise(starts))
    if len(starts) < 2 or together:
        return [pairs]
    edges = [0, *starts[1:], len(pairs)]
    return [pairs[a:b] for a, b in itertools.pairwise(edges)]


def _mapped(line: Line, table: _Open) -> Pairs | None:
    """Cells under columns: one by one where the row has as many cells as the header, else by where they overlap."""
    cells, header = line.cells, table.header
    if len(cells) == len(header):
        return [(column, cell) for cell, (_, column) in zip(cells, header, strict=True) if column]
    if len(cells) < 2 or (len(line.said) < 2 and len(cells) < len(header) - 1):
        return None
    width = header[-1][0].col + header[-1][0].span
    scale = width / max(cells[-1].col + cells[-1].span, 1) if line.table != table.table else 1.0
    pairs: Pairs = []
    used: set[int] = set()
    for cell in cells:
        start, end = cell.col * scale, (cell.col + cell.span) * scale
        overlaps = [min(end, h.col + h.span) - max(start, h.col) for h, _ in header]
        free = [i for i in range(len(header)) if i not in used]
        if not free:
            break
        best = max(free, key=overlaps.__getitem__)
        used.add(best)
        column = header[best][1]
        if column:
            pairs.append((column, cell))
    return pairs
