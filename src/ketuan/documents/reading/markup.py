"""WordprocessingML → text in a grid.

:func:`blocks` gives paragraphs (as strings) and tables in document order. What a person sees is what is read: tracked
insertions count and deletions do not, content controls and text boxes are opened, a check box becomes ☑ or □ whichever of
the five ways it was made in, hidden text and placeholder prompts stay out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from lxml import etree

from ketuan.documents.reading.package import Part

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

M_T = "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"
VAL = W + "val"
_BODY, _P, _R, _T, _BR, _TAB = (W + n for n in ("body", "p", "r", "t", "br", "tab"))
_TBL, _TR, _TC, _SPAN, _DOWN = (W + n for n in ("tbl", "tr", "tc", "gridSpan", "vMerge"))

# Symbol fonts: code point (last byte) → what the eye sees. Word keeps them as F0xx in the private use area.
_WINGDINGS = {0xFE: "☑", 0xFD: "☒", 0xFC: "√", 0xFB: "×", 0x6F: "□", 0xA8: "□", 0x71: "□", 0x72: "□", 0x6E: "■"}
_WINGDINGS |= {0xA1: "○", 0x6C: "●", 0xA4: "◉", 0xA2: "○", 0x78: "☒"}
_WINGDINGS_2 = {0x52: "☑", 0x53: "☒", 0x54: "☒", 0x50: "√", 0x4F: "×", 0xA3: "□", 0x2A: "□", 0x30: "□", 0x51: "☒"}
_WINGDINGS_2 |= {0xA2: "■", 0x97: "●", 0x99: "○"}
_SYMBOL_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2}
# Where the font was lost only the code point is left; these mean the same in whichever of the fonts they occur.
_PRIVATE = str.maketrans(
    {
        0xF0FE: "☑",
        0xF052: "☑",
        0xF053: "☒",
        0xF0FD: "☒",
        0xF0FC: "√",
        0xF050: "√",
        0xF06F: "□",
        0xF0A3: "□",
        0xF0A8: "□",
    }
    | {0xF06E: "■", 0xF071: "□", 0xAD: None, 0x200B: None, 0xFEFF: None, 0xA0: " ", 0x2002: " ", 0x2003: " "}
)


@dataclass(slots=True)
class Cell:
    """A cell of a row. ``col`` and ``span`` are grid columns from 0; ``over`` is the cell above that this one continues."""

    col: int
    span: int = 1
    blocks: list[str | Table] = field(default_factory=list)
    over: Cell | None = None
    number: int = 0
    _text: str | None = None

    @property
    def text(self) -> str:
        """Everything in the cell, nested tables included, a line a paragraph; blank lines dropped."""
        if self._text is None:
            self._text = "\n".join(_flat(self.blocks))
        return self._text


@dataclass(slots=True)
class Table:
    rows: list[list[Cell]]

    def nested(self) -> bool:
        return any(isinstance(b, Table) for row in self.rows for cell in row for b in cell.blocks)


def _flat(blocks: Iterable[str | Table]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, str):
            for line in block.split("\n"):
                if line := line.strip():
                    yield line
        else:
            for row in block.rows:
                if line := " ".join(c.text for c in row if c.text):
                    yield line


def blocks(part: Part) -> list[str | Table]:
    """Paragraphs and tables of a document part in order; empty where it has no body."""
    found = _plain(part)
    if found is None:
        walk = _Walk(part)
        walk.through(part.root)
        found = walk.found
    return found


# Whatever needs more than “text in cells, in order”. Most documents have none of it and take the short road; both roads
# lead to the same blocks (tests/documents/test_markup.py walks both).
_RARE_TAGS = (
    *(W + n for n in ("txbxContent", "del", "moveFrom", "sym", "vanish", "checkBox", "showingPlcHdr", "rt", "hMerge")),
    *(W + n for n in ("cellDel", "gridBefore", "ptab", "cr", "noBreakHyphen")),
    *(MC + "AlternateContent", W14 + "checkbox", M_T),
)


def _plain(part: Part) -> list[str | Table] | None:
    """The short road: one pass over the starts of a handful of tags. None where a document needs the long one."""
    if next(part.root.iter(*_RARE_TAGS), None) is not None or b"ingdings" in part.data or part.wide:
        return None
    found: list[str | Table] = []
    grid, cell, at = _Grid(), None, found
    line: list[str] = []
    lines: list[tuple[list[str | Table], int, list[str]]] = []
    for element in part.root.iter(_T, _P, _TC, _SPAN, _TR, _DOWN, _BR, _TAB, _TBL):
        tag = element.tag
        if tag == _T:
            line.append(element.text or "")
        elif tag == _P:
            parent = element.getparent()
            while parent is not None and parent.tag not in (_TC, _BODY):
                parent = parent.getparent()
            if parent is None:
                return None
            if parent.tag == _BODY:
                at = found
            line = []
            lines.append((at, len(at), line))
            at.append("")
        elif tag == _TC:
            cell = grid.add()
            at = cell.blocks
        elif tag == _SPAN and cell is not None:
            cell.span = max(1, min(_number(element, 1), 1000))
        elif tag == _TR:
            grid.close()
            grid.row = []
            grid.rows.append(grid.row)
            grid.col, cell = 0, None
        elif tag == _DOWN and cell is not None:
            grid.merge_down(cell, element.get(VAL) == "restart")
        elif tag == _TBL:
            if at is not found and next(element.iterancestors(_TC), None) is not None:
                return None
            grid.close()
            grid = _Grid()
            at = found
            at.append(Table(grid.rows))
        elif tag == _BR:
            line.append("\n")
        elif tag == _TAB and (parent := element.getparent()) is not None and parent.tag == _R:
            line.append("\t")  # w:tab is also the name of a tab stop among a paragraph's properties
    grid.close()
    for blocks, index, pieces in lines:
        if pieces:
            text = "".join(pieces)
            blocks[index] = text if text.isascii() else text.translate(_PRIVATE)
    return found


class _Grid:
    """A table in the making: ``above`` holds the cells that a later row may continue, by grid column."""

    __slots__ = ("above", "cell", "col", "dropped", "row", "rows")

    def __init__(self) -> None:
        self.rows: list[list[Cell]] = []
        self.row: list[Cell] = []
        self.above: dict[int, Cell] = {}
        self.cell: Cell | None = None
        self.col = 0
        self.dropped = False

    def add(self) -> Cell:
        """A new cell behind the last one of the row, which is finished now."""
        self.close()
        self.cell = cell = Cell(self.col)
        return cell

    def merge_down(self, cell: Cell, restart: bool) -> None:
        if restart:
            self.above[cell.col] = cell
        else:
            cell.over = self.above.get(cell.col)

    def close(self) -> None:
        """Put the last cell into its row."""
        cell, self.cell = self.cell, None
        if cell is None:
            return
        if cell.over is not None:
            cell.blocks.clear()  # what a continued cell holds is not shown
        elif self.above and self.above.get(cell.col) is not cell:
            self.above.pop(cell.col, None)
        self.col += cell.span
        self.row.append(cell)
        cell.number = len(self.row)


class _Walk:
    """One pass over one document, an event a tag of interest; everything else is passed over inside libxml2."""

    def __init__(self, part: Part) -> None:
        self.found: list[str | Table] = []
        self.containers: list[list[str | Table]] = [self.found]  # body, cells and text boxes, innermost last
        self.lines: list[list[str]] = []  # paragraphs open now, innermost last (a text box opens one in another)
        self.grids: list[_Grid] = []
        self.joined = False  # the paragraph mark before was deleted: the next paragraph goes on in the same line
        self.muted = 0  # inside a content control that shows its prompt
        self.font: dict[int, str] | None = None
        self.hidden = False
        self.branch: etree._Element | None = None
        # What a document does not contain need not be looked for.
        self.starts, self.ends = dict(_STARTS), dict(_ENDS)
        for marks, starts, ends in _RARE:
            if part.wide or any(mark in part.data for mark in marks):
                self.starts |= starts
                self.ends |= ends

    def through(self, root: etree._Element) -> None:
        self.context = etree.iterwalk(root, events=("start", "end"), tag=(*self.starts, *self.ends))
        starts, ends = self.starts, self.ends
        for event, element in self.context:
            handler = (starts if event == "start" else ends).get(str(element.tag))
            if handler is not None:
                handler(self, element)

    def say(self, text: str) -> None:
        if self.lines and not self.muted and not self.hidden:
            self.lines[-1].append(text)

    # -- text --

    def text(self, element: etree._Element) -> None:
        text = element.text
        if text and self.lines and not self.muted and not self.hidden:
            if self.font is not None:
                text = "".join(self.font.get(ord(c) & 0xFF, c) if _symbolic(c) else c for c in text)
            self.lines[-1].append(text)

    def symbol(self, element: etree._Element) -> None:
        try:
            code = int(element.get(W + "char") or "", 16)
        except ValueError:
            return
        table = _SYMBOL_FONTS.get((element.get(W + "font") or "").lower())
        seen = table.get(code & 0xFF) if table else None
        self.say(seen or (chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else ""))

    def legacy_box(self, element: etree._Element) -> None:
        state = element.find(W + "checked")
        self.say("☑" if _on(state if state is not None else element.find(W + "default")) else "□")

    def run_start(self, element: etree._Element) -> None:
        properties = element.find(W + "rPr")
        if properties is not None:
            self.hidden = _on(properties.find(W + "vanish"))
            fonts = properties.find(W + "rFonts")
            if fonts is not None:
                self.font = _SYMBOL_FONTS.get((fonts.get(W + "ascii") or fonts.get(W + "hAnsi") or "").lower())

    def run_end(self, element: etree._Element) -> None:
        self.hidden, self.font = False, None

    # -- paragraphs, boxes, controls --

    def paragraph_start(self, element: etree._Element) -> None:
        self.lines.append([])

    def paragraph_properties(self, element: etree._Element) -> None:
        mark = element.find(W + "rPr")
        if mark is not None and mark.find(W + "del") is not None and self.lines:
            self.lines[-1].append(_JOIN)
        self.skip(element)

    def paragraph_end(self, element: etree._Element) -> None:
        line = self.lines.pop()
        joined, self.joined = self.joined, bool(line) and line[0] == _JOIN
        text = "".join(line[1:] if self.joined else line)
        if not text.isascii():
            text = text.translate(_PRIVATE)
        blocks = self.containers[-1]
        if joined and blocks and isinstance(blocks[-1], str):
            blocks[-1] += text
        else:
            blocks.append(text)

    def box_start(self, element: etree._Element) -> None:
        self.containers.append([])

    def box_end(self, element: etree._Element) -> None:
        """Paragraphs and tables inside a text box stand on lines of their own within the paragraph that holds it."""
        self.say("\n" + "\n".join(_flat(self.containers.pop())) + "\n")

    def control_start(self, element: etree._Element) -> None:
        properties = element.find(W + "sdtPr")
        if properties is None:
            return
        box = properties.find(W14 + "checkbox")
        if box is not None and self.lines:
            state = box.find(W14 + "checked")
            ticked = state is not None and (state.get(W14 + "val") or "1") not in ("0", "false")
            self.say("☑" if ticked else "□")
            self.muted += 1
        elif properties.find(W + "showingPlcHdr") is not None:
            self.muted += 1
        else:
            return
        element.set(_MUTED, "1")

    def control_end(self, element: etree._Element) -> None:
        if element.get(_MUTED):
            self.muted -= 1

    def alternate(self, element: etree._Element) -> None:
        """Choice and Fallback show the same thing twice; the first that says something is taken."""
        spoken = (b for b in element if "".join(b.itertext(W + "t")).strip())
        chosen = next(spoken, next(iter(element), None))
        for branch in element:
            if branch is not chosen:
                branch.clear()

    def skip(self, element: etree._Element) -> None:
        self.context.skip_subtree()

    # -- tables --

    def table_start(self, element: etree._Element) -> None:
        self.grids.append(_Grid())

    def table_end(self, element: etree._Element) -> None:
        self.containers[-1].append(Table(self.grids.pop().rows))

    def row_start(self, element: etree._Element) -> None:
        grid = self.grids[-1]
        grid.row, grid.col, grid.dropped = [], 0, False

    def row_properties(self, element: etree._Element) -> None:
        grid = self.grids[-1]
        grid.dropped = element.find(W + "del") is not None
        grid.col = _number(element.find(W + "gridBefore"), 0)
        self.skip(element)

    def row_end(self, element: etree._Element) -> None:
        grid = self.grids[-1]
        if not grid.dropped:
            grid.rows.append(grid.row)

    def cell_start(self, element: etree._Element) -> None:
        self.containers.append(self.grids[-1].add().blocks)

    def cell_span(self, element: etree._Element) -> None:
        if cell := self.grids[-1].cell:
            cell.span = max(1, min(_number(element, 1), 1000))

    def cell_merged_down(self, element: etree._Element) -> None:
        if cell := self.grids[-1].cell:
            self.grids[-1].merge_down(cell, element.get(VAL) == "restart")

    def cell_merged_across(self, element: etree._Element) -> None:
        row = self.grids[-1].row
        if element.get(VAL) != "restart" and row:
            row[-1].span += 1
            self.grids[-1].col += 1
            self.grids[-1].cell = None

    def cell_deleted(self, element: etree._Element) -> None:
        self.grids[-1].cell = None

    def cell_end(self, element: etree._Element) -> None:
        self.containers.pop()
        self.grids[-1].close()


def _symbolic(character: str) -> bool:
    return character < "\u0100" or "\uf000" <= character <= "\uf0ff"


def _on(element: etree._Element | None) -> bool:
    return element is not None and (element.get(VAL) or "1") not in ("0", "false", "off")


def _number(element: etree._Element | None, default: int) -> int:
    try:
        return int((element.get(VAL) if element is not None else None) or default)
    except ValueError:
        return default


def _speak(text: str) -> Handler:
    return lambda walk, _element: walk.say(text)


_JOIN = "\x00"  # no XML document can hold it
_MUTED = "ketuan-muted"
Handler = Callable[[_Walk, etree._Element], None]
_STARTS: dict[str, Handler] = {
    W + "t": _Walk.text,
    M_T: _Walk.text,
    W + "p": _Walk.paragraph_start,
    W + "tbl": _Walk.table_start,
    W + "tr": _Walk.row_start,
    W + "tc": _Walk.cell_start,
    W + "gridSpan": _Walk.cell_span,
    W + "vMerge": _Walk.cell_merged_down,
    W + "hMerge": _Walk.cell_merged_across,
    W + "cellDel": _Walk.cell_deleted,
    W + "sdt": _Walk.control_start,
    W + "txbxContent": _Walk.box_start,
    W + "sym": _Walk.symbol,
    W + "checkBox": _Walk.legacy_box,
    MC + "AlternateContent": _Walk.alternate,
    **{W + name: _Walk.skip for name in ("del", "moveFrom", "rt", "sdtPr", "sectPr")},
    **{W + name: _speak("\t") for name in ("tab", "ptab")},
    **{W + name: _speak("\n") for name in ("br", "cr")},
    W + "noBreakHyphen": _speak("-"),
}
_ENDS: dict[str, Handler] = {
    W + "p": _Walk.paragraph_end,
    W + "tbl": _Walk.table_end,
    W + "tr": _Walk.row_end,
    W + "tc": _Walk.cell_end,
    W + "sdt": _Walk.control_end,
    W + "txbxContent": _Walk.box_end,
}
_RARE: tuple[tuple[tuple[bytes, ...], dict[str, Handler], dict[str, Handler]], ...] = (
    ((b"anish", b"ingdings"), {W + "r": _Walk.run_start}, {W + "r": _Walk.run_end}),
    ((b":del", b":tabs"), {W + "pPr": _Walk.paragraph_properties}, {}),
    ((b":del", b"gridBefore"), {W + "trPr": _Walk.row_properties}, {}),
)
