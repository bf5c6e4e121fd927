"""The form model → what a page shows: blocks, lines, tables and widgets. A field added to the model has its widget here.

Nothing in this module names a field of the form: kind, shape, labels, limits and choices come from the paper's nodes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.safestring import SafeString

from ketuan.forms.fields import Kind, Shape
from ketuan.forms.paper import Node
from ketuan.forms.regions import divisions
from ketuan.programme.applying import Filled
from ketuan.rules.findings import Finding
from ketuan.web.controls import control, findings

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Look:
    """How a kind is typed: the template of its control and what helps the keyboard of a phone."""

    control: str
    type: str = "text"
    mode: str = ""
    help: str = ""


LOOKS: Mapping[Kind, Look] = {
    Kind.TEXT: Look("line"),
    Kind.WORDS: Look("area"),
    Kind.CODE: Look("line", mode="latin"),
    Kind.MOBILE: Look("line", "tel", "tel", help="tel-national"),
    Kind.PHONE: Look("line", "tel", "tel"),
    Kind.EMAIL: Look("line", "email", "email"),
    Kind.CONTACT: Look("line"),
    Kind.MONEY: Look("money", mode="decimal"),
    Kind.DAY: Look("line", "date"),
    Kind.TICKS: Look("ticks"),
    Kind.NAMES: Look("area"),
    Kind.PROVINCES: Look("provinces"),
}
"""Every kind that holds a value; a kind without a line is a loud error."""
HINTS = {
    Kind.NAMES: "多个名称用顿号“、”隔开，或一行一个。",
    Kind.PROVINCES: "多个省份用顿号“、”隔开。",
}


@dataclass(frozen=True, slots=True)
class Widget:
    """One field: where its value goes (``path``), what it shows, how long it may be."""

    path: str
    label: str
    look: Look
    raw: str | list[str]
    limit: int | None = None
    used: int = 0
    hint: str = ""
    unit: str = ""
    required: bool = True
    short: bool = False
    """One line of text, or a cell of a table."""
    type: str = "text"
    choices: tuple[tuple[str, bool], ...] = ()
    other: Widget | None = None
    before: str = ""
    after: str = ""
    readonly: bool = False
    findings: tuple[Finding, ...] = ()
    others: str = ""
    """Name of somebody else who is writing in this field now."""

    @property
    def id(self) -> str:
        return "f-" + self.path.replace(".", "-")

    @property
    def place(self) -> str:
        """Where a click on a finding lands."""
        return anchor(self.path)

    @property
    def text(self) -> str:
        return self.raw if isinstance(self.raw, str) else "、".join(self.raw)

    @property
    def said(self) -> str:
        """The text as somebody reads it: a day in words."""
        day = _DAY.fullmatch(self.text) if self.look.type == "date" else None
        return f"{self.text[:4]}年{int(self.text[5:7])}月{int(self.text[8:])}日" if day else self.text

    @property
    def described(self) -> str:
        return f"{self.id}-hint" if self.hint else ""

    @property
    def control(self) -> SafeString:
        return control(self)

    @property
    def told(self) -> SafeString:
        return findings(self.findings)

    @property
    def ticks(self) -> bool:
        return self.look.control == "ticks"

    @property
    def suggestions(self) -> tuple[str, ...]:
        return provinces() if self.look.control == "provinces" else ()


@dataclass(frozen=True, slots=True)
class Line:
    """One printed line of a table of cells: label and value, or several of them side by side."""

    cells: tuple[Widget, ...]
    frame: str = ""

    @property
    def wide(self) -> bool:
        return len(self.cells) == 1


@dataclass(frozen=True, slots=True)
class Row:
    key: str
    number: int
    columns: tuple[tuple[Widget, ...], ...]


@dataclass(frozen=True, slots=True)
class Card:
    """One copy of an annex."""

    key: str
    number: int
    name: str
    lines: tuple[Line, ...]
    place: str


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a section in one shape. ``kind`` names its template: essay, cells, sentence, table, annex."""

    kind: str
    path: str
    title: str = ""
    note: str = ""
    lines: tuple[Line, ...] = ()
    widgets: tuple[Widget, ...] = ()
    heads: tuple[tuple[str, int], ...] = ()
    rows: tuple[Row, ...] = ()
    cards: tuple[Card, ...] = ()
    numbered: bool = False
    limit: int | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def place(self) -> str:
        return anchor(self.path)

    @property
    def told(self) -> SafeString:
        return findings(self.findings)

    @property
    def full(self) -> bool:
        return self.limit is not None and len(self.rows or self.cards) >= self.limit


@dataclass(frozen=True, slots=True)
class Around:
    """What the page knows besides the values."""

    count: Callable[[str], int] = len
    findings: Mapping[str, Sequence[Finding]] = field(default_factory=dict)
    """By path with row keys."""
    readonly: bool = False
    others: Mapping[str, str] = field(default_factory=dict)


def anchor(path: str) -> str:
    return "at-" + path.replace(".", "-")


def provinces() -> tuple[str, ...]:
    return tuple(unit.name for unit in divisions().values() if unit.is_province)


def blocks(nodes: Sequence[Node], filled: Filled, around: Around | None = None) -> list[Block]:
    """The fields of a section, in printed order."""
    around = around or Around()
    made: list[Block] = []
    loose: list[Node] = []
    for node in nodes:
        if node.kind is Kind.PART or node.kind in (Kind.TABLE, Kind.ANNEX) or node.spec.shape is Shape.SENTENCE:
            made += _loose(loose, filled, around)
            loose = []
            made += _part(node, node.path, filled, around)
        else:
            loose.append(node)
    return made + _loose(loose, filled, around)


def widgets_of(made: Sequence[Block]) -> Iterator[Widget]:
    """Every widget on a page, the texts behind 其他 included."""
    for block in made:
        lines = (*block.lines, *(line for card in block.cards for line in card.lines))
        cells = [w for line in lines for w in line.cells]
        cells += [w for row in block.rows for column in row.columns for w in column]
        for widget in (*block.widgets, *cells):
            yield widget
            if widget.other:
                yield widget.other


def _loose(nodes: Sequence[Node], filled: Filled, around: Around) -> list[Block]:
    """Fields that stand in the section itself: a text is a block of its own, cells make a table."""
    essays = [n for n in nodes if n.kind is Kind.WORDS]
    cells = [n for n in nodes if n.kind is not Kind.WORDS]
    made = [Block("cells", cells[0].path, lines=_lines(cells, "", filled, around))] if cells else []
    return made + [Block("essay", n.path, widgets=(_widget(n, n.path, filled, around),)) for n in essays]


def _part(node: Node, path: str, filled: Filled, around: Around) -> list[Block]:
    spec = node.spec
    title = spec.label if spec.label != spec.title else ""
    if node.kind is Kind.TABLE:
        return [_table(node, path, filled, around)]
    if node.kind is Kind.ANNEX:
        return [_annex(node, path, filled, around)]
    if spec.shape is Shape.SENTENCE:
        words = tuple(_widget(n, f"{path}.{n.name}", filled, around) for n in node.children if not n.children)
        tables = [_table(n, f"{path}.{n.name}", filled, around) for n in node.children if n.children]
        return [Block("sentence", path, widgets=words), *tables]
    made: list[Block] = []
    plain = [n for n in node.children if not n.children]
    inner = [n for n in node.children if n.children]
    cells = [n for n in plain if n.kind is not Kind.WORDS]
    if cells:
        made.append(Block("cells", path, title, lines=_lines(cells, f"{path}.", filled, around)))
    for child in inner:
        made += _part(child, f"{path}.{child.name}", filled, around)
    for child in plain:
        if child.kind is Kind.WORDS:
            at = f"{path}.{child.name}"
            made.append(Block("essay", at, widgets=(_widget(child, at, filled, around),)))
    return made


def _lines(nodes: Sequence[Node], prefix: str, filled: Filled, around: Around) -> tuple[Line, ...]:
    """Cells of one printed row stand side by side; what stands behind 其他 stands there."""
    by_name = {n.name: n for n in nodes}
    lines: list[list[Widget]] = []
    rows: list[str] = []
    frames: list[str] = []
    for node in nodes:
        if node.spec.behind in by_name:
            continue
        behind = by_name.get(node.spec.other)
        other = _widget(behind, prefix + behind.name, filled, around) if behind else None
        widget = _widget(node, prefix + node.name, filled, around, other=other)
        if node.spec.row and rows and rows[-1] == node.spec.row:
            lines[-1].append(widget)
        else:
            lines.append([widget])
            rows.append(node.spec.row)
            frames.append(node.spec.frame)
    return tuple(Line(tuple(cells), frame) for cells, frame in zip(lines, frames, strict=True))


def _columns(node: Node) -> list[list[Node]]:
    """Columns of a table; fields of one name and one printed row share a column (start and end of a stage)."""
    columns: list[list[Node]] = []
    for child in node.children:
        if columns and child.spec.row and child.spec.row == columns[-1][-1].spec.row:
            columns[-1].append(child)
        else:
            columns.append([child])
    return columns


def _table(node: Node, path: str, filled: Filled, around: Around) -> Block:
    columns = _columns(node)
    rows = tuple(
        Row(
            key,
            number,
            tuple(
                tuple(_widget(n, f"{path}.{key}.{n.name}", filled, around, cell=True) for n in column)
                for column in columns
            ),
        )
        for number, key in enumerate(filled.keys(path), 1)
    )
    heads = tuple((column[0].spec.heading, column[0].spec.width or 2) for column in columns)
    spec = node.spec
    note = spec.note.format(limit=spec.limit)
    return Block(
        "table", path, spec.label, note, heads=heads, rows=rows, numbered=spec.numbered, limit=spec.limit,
        findings=tuple(around.findings.get(path, ())),
    )  # fmt: skip


def _annex(node: Node, path: str, filled: Filled, around: Around) -> Block:
    cards = []
    for number, key in enumerate(filled.keys(path), 1):
        at = f"{path}.{key}"
        lines = _lines(node.children, f"{at}.", filled, around)
        name = next((w.text for line in lines for w in line.cells), "")
        cards.append(Card(key, number, name, lines, anchor(at)))
    return Block("annex", path, node.spec.label, cards=tuple(cards), findings=tuple(around.findings.get(path, ())))


def _widget(
    node: Node, path: str, filled: Filled, around: Around, *, cell: bool = False, other: Widget | None = None
) -> Widget:
    spec, raw = node.spec, filled.raw(node, path)
    look = LOOKS[node.kind]
    text = raw if isinstance(raw, str) else ""
    counted = spec.limit if node.kind is Kind.WORDS else None
    short = cell or (node.kind is not Kind.WORDS and node.kind is not Kind.NAMES)
    kind = look.type
    if node.kind is Kind.TEXT and not spec.one_line:
        look, short = Look("area"), True
    if node.kind is Kind.DAY and (spec.loose or (text and not _DAY.fullmatch(text))):
        kind = "text"  # a date told in words, or one that is none yet, must be seen as it was typed
    return Widget(
        path,
        spec.label.replace("\n", "") or "姓名",
        look,
        raw,
        limit=counted,
        used=around.count(text) if counted else 0,
        hint=spec.hint.strip("（）") or HINTS.get(node.kind, "") if not cell else "",
        unit=spec.unit,
        required=spec.required,
        short=short,
        type=kind,
        choices=tuple((choice, choice in raw) for choice in spec.choices) if isinstance(raw, list) else (),
        other=other,
        before=spec.before.strip(),
        after=spec.after.strip(),
        readonly=around.readonly,
        findings=tuple(around.findings.get(path, ())),
        others=around.others.get(path, ""),
    )
