"""What stands where on the printed form: cells on a grid of twelve columns, derived from the model and nothing else.

The rules of the official form, once, for Word and PDF alike. Label 3 and value 9 of 12 columns; a framed part gives two
columns to its frame; a person has labels of 2 columns; two fields of one ``row`` share a printed row; running text of a
framed part stands below the frame; a section that is one running text has no label cell.
"""

from __future__ import annotations

import datetime
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from ketuan.forms.choices import OTHER
from ketuan.forms.fields import Kind, Shape, Spec
from ketuan.forms.money import show_wan
from ketuan.forms.paper import PRINTED, Edition, Node, Paper, Section, blank, model_of, paper

GRID = 12
BLANK_DAY = "    年  月  日"
BLANK_AMOUNT = "    "
TICKED, UNTICKED = "☑", "□"
_SHORT = (Kind.MONEY, Kind.DAY, Kind.CODE, Kind.MOBILE, Kind.PHONE)
GAP = " " * 24
"""Between the two ends of a caption."""
MORE = "……"
"""First cell of the last row of an empty table: add rows as needed."""


class Role(StrEnum):
    HEADING = "heading"
    FRAME = "frame"
    LABEL = "label"
    CAPTION = "caption"
    """Line over a table."""
    HEAD = "head"
    """Label over a column."""
    VALUE = "value"
    TEXT = "text"
    """Running text; may be longer than a page."""
    HINT = "hint"
    """What the empty form prints where a value will stand."""
    SIGN = "sign"
    """Place for signatures and seals."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell; ``text`` holds paragraphs parted by line feeds."""

    text: str = ""
    span: int = GRID
    role: Role = Role.VALUE
    rowspan: int = 1
    centred: bool = False
    tall: bool = False
    """Room for a paragraph is left even when empty."""

    @property
    def lines(self) -> list[str]:
        return self.text.split("\n")


@dataclass(frozen=True, slots=True)
class Row:
    """Cells that begin in this row; those of a rowspan above are not repeated."""

    cells: tuple[Cell, ...]
    head: bool = False
    """Names the columns of the rows below it."""
    dense: bool = False
    """Of a table: set smaller."""

    @property
    def heading(self) -> bool:
        return self.cells[0].role is Role.HEADING

    @property
    def whole(self) -> bool:
        """Better not parted by the end of a page."""
        return all(c.role is not Role.TEXT and len(c.text) < 400 for c in self.cells)

    @property
    def leads(self) -> bool:
        """Belongs to the row below it."""
        return self.head or self.cells[0].role in (Role.HEADING, Role.CAPTION)

    def small(self, cell: Cell) -> bool:
        """Table rows and narrow values are set smaller, so that telephone numbers and dates stay on one line."""
        return self.dense or (cell.span <= 3 and cell.role in (Role.VALUE, Role.HINT) and not cell.tall)


@dataclass(frozen=True, slots=True)
class Line:
    """Label and value, on the cover."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Annex:
    titles: tuple[str, ...]
    """The first stands at the left edge, the others are centred."""
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    title: str
    """Of this form, for the properties of the file."""
    author: str
    code: tuple[Line, ...] = ()
    """At the top left of the cover."""
    brand: str = ""
    name: str = ""
    """Of the paper: 项目申报书."""
    cover: tuple[Line, ...] = ()
    issuer: str = ""
    notes_title: str = ""
    notes: tuple[str, ...] = ()
    sections: tuple[tuple[Row, ...], ...] = ()
    """Rows of one table of twelve columns, section by section."""
    annexes: tuple[Annex, ...] = ()

    @property
    def rows(self) -> tuple[Row, ...]:
        return tuple(itertools.chain.from_iterable(self.sections))


def layout(form: BaseModel, *, edition: Edition = PRINTED) -> Layout:
    """The printed paper of ``form``."""
    tree = paper(type(form), edition)
    front = getattr(type(form), "front", None)
    mirrors = [Line(_spaced(n.spec.also_at), _clean(str(_walk(form, n.path)))) for n in tree.mirrors()]
    code, lines = _cover(tree, form)
    lines[1:1] = mirrors
    sections = tuple(tuple(_section(section, form)) for section in tree.sections)
    annexes = tuple(annex for node in tree.annexes for annex in _annexes(node, form, front))
    title = _title(tree, form)
    author = next((line.text for line in mirrors if line.text), "")
    if front is None:
        return Layout(title, author, code, "", "", tuple(lines), "", "", (), sections, annexes)
    return Layout(
        title=_one_line(title or front.brand + front.title),
        author=_one_line(author),
        code=code,
        brand=front.brand,
        name=front.title,
        cover=tuple(lines),
        issuer=front.issuer,
        notes_title=front.notes_title,
        notes=front.notes,
        sections=sections,
        annexes=annexes,
    )


# ---- cover and sections ----------------------------------------------------------------------------------------------


def _cover(tree: Paper, form: BaseModel) -> tuple[tuple[Line, ...], list[Line]]:
    """Lines above the title (codes that the office gives) and below it."""
    if tree.cover is None:
        return (), []
    holder = getattr(form, tree.cover.name)
    code: list[Line] = []
    lines: list[Line] = []
    for node in tree.cover.children:
        cell = _value(node, holder, GRID, dated=True)
        (code if node.kind is Kind.CODE else lines).append(Line(_spaced(node.spec.heading), cell.text))
    return tuple(code), lines


def _title(tree: Paper, form: BaseModel) -> str:
    """What stands on the first line of the cover; nothing where only the hint stands there."""
    first = next((n for n in (tree.cover.children if tree.cover else ()) if n.kind is not Kind.CODE), None)
    return _shown(first, getattr(form, tree.cover.name)) if tree.cover and first else ""


def _section(section: Section, form: BaseModel) -> Iterable[Row]:
    if section.number or section.title:
        yield Row((Cell(section.heading, role=Role.HEADING),))
    if section.text:
        signed = any(_SIGNED.search(line) for line in section.text.split("\n"))
        yield Row((Cell(section.text, role=Role.SIGN if signed else Role.VALUE),))
    nodes = section.nodes
    if nodes and not nodes[0].spec.title and not nodes[0].children:
        cell = _value(nodes[0], form, GRID, dated=True)
        yield Row((replace(cell, tall=nodes[0].kind is Kind.WORDS),))
        nodes = nodes[1:]
    headed = bool(nodes) and nodes[0] is section.nodes[0] and not nodes[0].spec.title
    yield from _rows(nodes, form, untitled=nodes[0] if headed else None)


def _annexes(node: Node, form: BaseModel, front: Any) -> Iterable[Annex]:
    titles = front.annex_title if front else (node.spec.title, node.spec.label)
    model = _model(node, form)
    for holder in getattr(form, node.name) or [model.model_construct()]:
        yield Annex(tuple(titles), tuple(_rows(node.children, holder)))


def _rows(nodes: Iterable[Node], holder: BaseModel, untitled: Node | None = None) -> Iterable[Row]:
    """Rows over the whole width: cells, sentences and tables, in the order of the model.

    A table without a caption is titled by its label, except the ``untitled`` one: the section's heading is its title.
    """
    pending: list[_Item] = []
    for node in nodes:
        if node.kind is Kind.TABLE or node.spec.shape is Shape.SENTENCE:
            yield from _grouped(pending)
            pending = []
            if node.kind is Kind.TABLE:
                yield from _table(node, holder, titled=node is not untitled)
            else:
                yield from _sentence(node, getattr(holder, node.name))
            continue
        pending += _items(node, holder)
        if tables := [child for child in node.children if child.kind is Kind.TABLE]:
            yield from _grouped(pending)
            pending = []
            yield from _rows(tables, getattr(holder, node.name))
    yield from _grouped(pending)


# ---- label and value -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Item:
    """A leaf or a person, with the frame before it."""

    node: Node
    holder: BaseModel
    frame: str = ""
    frame_span: int = 3
    label_span: int = 3


def _items(node: Node, holder: BaseModel) -> list[_Item]:
    spec = node.spec
    if spec.behind or node.kind is Kind.TABLE:  # printed with its ticks; below the cells
        return []
    if node.kind is not Kind.PART:
        return [_Item(node, holder, spec.frame)]
    value = getattr(holder, node.name)
    if spec.shape is Shape.PERSON:
        return [_Item(node, value, spec.frame, 1, 2)]
    inside = [item for child in node.children for item in _items(child, value)]
    if spec.width:
        inside = [replace(item, label_span=spec.width) for item in inside]
    if spec.frame:  # the frame holds the short cells; running text takes the width below it
        short = [i if i.frame else replace(i, frame=spec.frame, frame_span=2) for i in inside if not _running(i)]
        return short + [i for i in inside if _running(i)]
    return inside


def _running(item: _Item) -> bool:
    return item.node.kind is Kind.WORDS and not item.frame


def _grouped(items: Sequence[_Item]) -> Iterable[Row]:
    for frame, group in itertools.groupby(items, key=lambda i: i.frame):
        members = list(group)
        left = members[0].frame_span if frame else 0
        lines = _lines(members, GRID - left)
        if frame:
            lines[0].insert(0, Cell(frame, left, Role.FRAME, len(lines), centred=True))
        yield from (Row(tuple(line)) for line in lines)


def _lines(items: Sequence[_Item], room: int) -> list[list[Cell]]:
    """Cells of each printed row in ``room`` columns."""
    lines: list[list[Cell]] = []
    for row, group in itertools.groupby(items, key=lambda i: i.node.spec.row or id(i)):
        members = list(group)
        if members[0].node.spec.shape is Shape.PERSON:
            lines += _abreast(members, room) if isinstance(row, str) else _person(members[0], room)
        else:
            pairs = [(i.node.spec.heading, i.node, i.holder) for i in members]
            lines += _paired(pairs, room, members[0].label_span)
    return lines


def _person(item: _Item, room: int) -> list[list[Cell]]:
    """A person under a frame of their own."""
    inside = [i for child in item.node.children for i in _items(child, item.holder)]
    inside = [replace(i, label_span=2) for i in inside]
    lines = _lines(inside, room - 2)
    lines[0].insert(0, Cell(item.node.spec.heading, 2, Role.FRAME, len(lines), centred=True))
    return lines


def _abreast(persons: Sequence[_Item], room: int) -> list[list[Cell]]:
    """Several persons side by side, a field a row; the unnamed field bears the name of the person."""
    lines: list[list[Cell]] = []
    for fields in itertools.zip_longest(*(p.node.children for p in persons)):
        pairs = [
            (node.spec.heading or person.node.spec.heading, node, person.holder)
            for person, node in zip(persons, fields, strict=True)
            if node is not None
        ]
        lines += _paired(pairs, room, 2)
    return lines


def _paired(pairs: Sequence[tuple[str, Node, BaseModel]], room: int, first: int) -> list[list[Cell]]:
    """Label and value, one or more pairs abreast; what finds no room goes to the next row."""
    fit = max(1, (room - first + 2) // 4)
    lines: list[list[Cell]] = []
    for start in range(0, len(pairs), fit):
        chunk = pairs[start : start + fit]
        rest = room - first - 2 * (len(chunk) - 1)
        line: list[Cell] = []
        for place, (label, node, holder) in enumerate(chunk):
            share = -(-rest // (len(chunk) - place))
            rest -= share
            line.append(Cell(label, 2 if place else first, Role.LABEL, centred=True))
            line.append(_value(node, holder, share))
        lines.append(line)
    return lines


# ---- sentences and tables --------------------------------------------------------------------------------------------


def _sentence(node: Node, holder: BaseModel) -> Iterable[Row]:
    """Blanks in running text, all in one cell; then what is a table."""
    said = ""
    later: list[Node] = []
    for child in node.children:
        if child.children:
            later.append(child)
            continue
        said += _blank_in_sentence(child, holder, said)
    if said:
        yield Row((Cell(said.strip("\n"), role=Role.VALUE),))
    for child in later:
        yield from _rows((child,), holder, untitled=child)


def _blank_in_sentence(node: Node, holder: BaseModel, said: str) -> str:
    spec = node.spec
    before, after = spec.before, spec.after
    if not (before or after):  # declared without words around it: a line of its own
        before, after = f"{spec.label}：", "\n"
    if before and said and not said.endswith("\n"):
        before = "\n" + before
    shown = _shown(node, holder, dated=True)
    if node.kind is Kind.MONEY:
        shown = f" {shown} {spec.unit}" if shown else f"{BLANK_AMOUNT}{spec.unit}"
    return before + shown + after


def _table(node: Node, holder: BaseModel, *, titled: bool) -> Iterable[Row]:
    spec = node.spec
    columns = [tuple(g) for _, g in itertools.groupby(node.children, key=lambda c: c.spec.row or c.name)]
    widths = _widths([1] * spec.numbered + [c[0].spec.width for c in columns])
    if spec.caption or titled:
        yield Row((Cell(spec.caption.format(gap=GAP) or spec.heading, role=Role.CAPTION),))
    names = ["序号"] * spec.numbered + [c[0].spec.heading for c in columns]
    names = [n.replace("（", "\n（") if len(n) > 3 * w else n for n, w in zip(names, widths, strict=True)]
    heads = (Cell(n, w, Role.HEAD, centred=True) for n, w in zip(names, widths, strict=True))
    yield Row(tuple(heads), head=True, dense=True)
    for number, row in enumerate(getattr(holder, node.name), 1):
        cells = [Cell(str(number), 1, centred=True)] * spec.numbered
        for column, width in zip(columns, widths[spec.numbered :], strict=True):
            cells.append(_column(column, row, width))
        yield Row(tuple(cells), dense=True)
    if not getattr(holder, node.name):
        yield from _empty(node, columns, widths, _model(node, holder).model_construct())


def _empty(node: Node, columns: Sequence[tuple[Node, ...]], widths: Sequence[int], row: BaseModel) -> Iterable[Row]:
    """Rows of the empty form: starters or numbers, and one that says that more may follow."""
    for first in node.spec.starters or tuple(str(n + 1) for n in range(node.spec.blanks)):
        cells = [Cell(first, widths[0], Role.HINT, centred=True)]
        for column, width in zip(columns[not node.spec.numbered :], widths[1:], strict=True):
            cells.append(_column(column, row, width))
        yield Row(tuple(cells), dense=True)
    yield Row((Cell(MORE, widths[0], Role.HINT, centred=True), *(Cell("", w) for w in widths[1:])), dense=True)


def _column(fields: Sequence[Node], row: BaseModel, width: int) -> Cell:
    if len(fields) == 1:
        cell = _value(fields[0], row, width, amount_bare=True)
        return replace(cell, centred=width <= 2 or fields[0].kind in _SHORT)
    said = [n.spec.before + _shown(n, row, dated=True) + n.spec.after for n in fields]
    return Cell("\n".join(said), width, centred=True)


def _widths(wanted: Sequence[int]) -> list[int]:
    """Twelfths of the columns; what a new column needs is taken from the widest."""
    if len(wanted) > GRID:
        raise ValueError(f"表格最多{GRID}列，模型给出{len(wanted)}列")
    widths = [w or 2 for w in wanted]
    while sum(widths) > GRID:
        widths[widths.index(max(widths))] -= 1
    while sum(widths) < GRID:
        widths[widths.index(max(widths))] += 1
    return widths


# ---- values ----------------------------------------------------------------------------------------------------------


def _value(node: Node, holder: BaseModel, span: int, *, dated: bool = False, amount_bare: bool = False) -> Cell:
    """The value of a leaf as a cell; the hint where it is blank."""
    spec = node.spec
    if node.kind is Kind.TICKS:
        return Cell(_ticks(spec, holder, node.name), span)
    shown = _shown(node, holder, dated=dated)
    if blank(getattr(holder, node.name, None)):
        if node.kind is Kind.MONEY and not amount_bare:
            shown = " " * 10 + spec.unit
        if spec.hint:
            shown = spec.hint
        return Cell(shown, span, Role.HINT, tall=node.kind is Kind.WORDS)
    if node.kind is Kind.MONEY and not amount_bare:
        shown = f"{shown} {spec.unit}"
    return Cell(shown, span, Role.TEXT if node.kind is Kind.WORDS else Role.VALUE)


def _shown(node: Node, holder: BaseModel, *, dated: bool = False) -> str:
    """A leaf as text; ``dated``: an empty date shows where year, month and day go."""
    value = getattr(holder, node.name, None)
    if blank(value):
        return BLANK_DAY if dated and node.kind is Kind.DAY else ""
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    if isinstance(value, int):
        return show_wan(value)
    if isinstance(value, list):
        return _clean("、".join(str(v) for v in value))
    return _clean(str(value))


def _ticks(spec: Spec, holder: BaseModel, name: str) -> str:
    ticked = list(getattr(holder, name, None) or [])
    written = _clean(str(getattr(holder, spec.other, None) or "")) if spec.other else ""
    choices = [*spec.choices, *(t for t in dict.fromkeys(ticked) if t not in spec.choices)]
    if written and OTHER not in choices:
        choices.append(OTHER)
    text = ""
    for choice in choices:
        shown = (TICKED if choice in ticked else UNTICKED) + (choice if choice in spec.choices else _clean(choice))
        if choice == OTHER and written:
            shown += f" {written}"
        elif choice == OTHER and spec.hint:
            shown += " " * 14 + spec.hint
        if text:
            text += "\n" if not spec.breaks or choice in spec.breaks or choice not in spec.choices else " "
        text += shown
    return text


_NEW_LINE = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd\U00010000-\U0010ffff]")
_SIGNED = re.compile("（签名）|公章")


def _clean(text: str) -> str:
    """Text that a paper can carry: line ends as line feeds, without control characters (no XML may hold them)."""
    return _FORBIDDEN.sub("", _NEW_LINE.sub("\n", text))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _spaced(label: str) -> str:
    """Labels of the cover are spread to four characters: “联 系 人：”, “手    机：”."""
    gap = {2: "    ", 3: " "}.get(len(label), "")
    return gap.join(label) + "："


def _walk(form: BaseModel, path: str) -> Any:
    value: Any = form
    for step in path.split("."):
        value = getattr(value, step)
    return value


def _model(node: Node, holder: BaseModel) -> type[BaseModel]:
    """Model of the rows of a table."""
    return model_of(type(holder).model_fields[node.name].annotation)
