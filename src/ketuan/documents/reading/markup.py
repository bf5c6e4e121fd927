"""WordprocessingML → text in a grid.

:func:`blocks` gives paragraphs (as strings) and tables in document order. What a person sees is what is read: tracked
insertions count and deletions do not, content controls and text boxes are opened, a check box becomes ☑ or □ whichever of
the five ways it was made in, hidden text and placeholder prompts stay out.

The tree is walked by libxslt (``visible.xsl``), many times faster than Python could; here the string that comes out of it
is taken apart.
"""

from __future__ import annotations

import importlib.resources
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from ketuan.documents.errors import Unreadable
from ketuan.documents.reading.package import Part

DEEPEST = 12
"""So many tables, boxes or drawings may stand one in the other: each holds the text of all those in it once more."""
_CHOICES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"

# Symbol fonts: code point (last byte) → what the eye sees. Word keeps them as F0xx in the private use area.
_WINGDINGS = {0xFE: "☑", 0xFD: "☒", 0xFC: "√", 0xFB: "×", 0x6F: "□", 0xA8: "□", 0x71: "□", 0x72: "□", 0x6E: "■"}
_WINGDINGS |= {0xA1: "○", 0x6C: "●", 0xA4: "◉", 0xA2: "○", 0x78: "☒"}
_WINGDINGS_2 = {0x52: "☑", 0x53: "☒", 0x54: "☒", 0x50: "√", 0x4F: "×", 0xA3: "□", 0x2A: "□", 0x30: "□", 0x51: "☒"}
_WINGDINGS_2 |= {0xA2: "■", 0x97: "●", 0x99: "○"}
_WEBDINGS = {0x61: "√", 0x72: "×", 0x63: "□", 0x67: "■"}
_SYMBOL_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS}
# Where the font was lost only the code point is left; these mean the same in whichever of the fonts they occur.
_PRIVATE = {"\uf0fe": "☑", "\uf052": "☑", "\uf053": "☒", "\uf0fd": "☒", "\uf0fc": "√", "\uf050": "√"}
_PRIVATE |= {"\uf06f": "□", "\uf0a3": "□", "\uf0a8": "□", "\uf071": "□", "\uf06e": "■"}
_PRIVATE |= {"\u00ad": "", "\u200b": "", "\ufeff": "", "\u00a0": " ", "\u2002": " ", "\u2003": " "}

_XSL = (importlib.resources.files("ketuan.documents.reading") / "visible.xsl").read_bytes()
# The same without a look at how runs are set, for parts in which nothing is hidden or set in a symbol font.
_RUNS_UNSEEN = re.sub(rb'<xsl:template match="w:r(?:Pr)?">.*?</xsl:template>', b"", _XSL).replace(
    b'match="w:del |', b'match="w:rPr | w:del |'
)
_VISIBLE_PLAIN = etree.XSLT(etree.fromstring(_RUNS_UNSEEN), access_control=etree.XSLTAccessControl.DENY_ALL)
_VISIBLE = etree.XSLT(etree.fromstring(_XSL), access_control=etree.XSLTAccessControl.DENY_ALL)
_MARKS = {name: chr(int(code, 16)) for name, code in re.findall(r'<!ENTITY (\w+) "&#x(\w+);">', _XSL.decode())}
_P, _CELL, _ROW, _SEP, _JOIN = (_MARKS[n] for n in ("P", "CELL", "ROW", "SEP", "JOIN"))
_TABLE, _BOX, _CLOSE = (_MARKS[n] for n in ("TABLE", "BOX", "CLOSE"))
_SYMBOL, _FONT, _HIDE, _END, _MUTE, _SPEAK = (_MARKS[n] for n in ("SYMBOL", "FONT", "HIDE", "END", "MUTE", "SPEAK"))
_MARKED = re.compile(f"[{''.join(_MARKS.values())}]")
_OPENED = re.compile(f"([{_TABLE}{_BOX}{_CLOSE}])")
_BLOCK = re.compile(f"([{_P}{_TABLE}])([^{_P}{_TABLE}]*)")
_SYMBOLS = re.compile(f"{_SYMBOL}([^{_SEP}]*){_SEP}([^{_SEP}]*){_SEP}")
_FONTS = re.compile(f"{_FONT}([^{_SEP}]*){_SEP}([^{_FONT}{_END}]*)")
_HIDDEN = re.compile(f"{_HIDE}[^{_END}]*")
_VOICES = re.compile(f"([{_MUTE}{_SPEAK}])")
_SILENT = re.compile(f"[{_CELL}{_ROW}][^{_SEP}]*{_SEP}|[{_P}{_TABLE}{_BOX}{_CLOSE}{_JOIN}]")
_UNSAID = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")  # no XML text can hold these, or none should
_STRAY = re.compile(f"[{_CELL}{_ROW}][^{_SEP}]*{_SEP}")
_WITHIN = re.compile(f"[{_P}{_ROW}{_CELL}{_TABLE}{_JOIN}]")
_LOST = re.compile(f"[{''.join(_PRIVATE)}]")


class Cell:
    """A cell of a row. ``col`` and ``span`` are grid columns from 0; ``over`` is the cell above that this one continues.

    ``text`` is everything in the cell, nested tables included, a line a paragraph, blank lines dropped; ``nested`` is
    True where it holds a table.
    """

    __slots__ = ("blocks", "col", "nested", "number", "over", "span", "text")

    def __init__(
        self,
        col: int,
        span: int = 1,
        blocks: list[str | Table] | None = None,
        over: Cell | None = None,
        number: int = 0,
    ) -> None:
        self.col = col
        self.span = span
        self.blocks: list[str | Table] = [] if blocks is None else blocks
        self.over = over
        self.number = number
        only = self.blocks[0] if len(self.blocks) == 1 else None
        if isinstance(only, str) and "\n" not in only:  # most cells
            self.text, self.nested = only.strip(), False
        else:
            self.text = "\n".join(_flat(self.blocks))
            self.nested = any(isinstance(b, Table) for b in self.blocks)


@dataclass(slots=True)
class Table:
    rows: list[list[Cell]]


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
    _clean(part)
    if part.wide or b"AlternateContent" in part.data:
        for drawing in part.root.iter(_CHOICES):
            if sum(1 for _ in drawing.iterancestors(_CHOICES)) > DEEPEST:
                raise _too_deep()
    runs = part.wide or b"vanish" in part.data or b"dings" in part.data
    seen = str((_VISIBLE if runs else _VISIBLE_PLAIN)(part.root))
    if _SYMBOL in seen:
        seen = _SYMBOLS.sub(_symbol, seen)
    if runs:
        seen = _FONTS.sub(_in_font, _HIDDEN.sub(lambda m: "".join(_SILENT.findall(m[0])), seen)).replace(_END, "")
    if _MUTE in seen:
        seen = "".join(_spoken(seen))
    return _opened(_LOST.sub(lambda m: _PRIVATE[m[0]], seen))


def _clean(part: Part) -> None:
    """Take characters that look like our marks out of a part. No office writes such, so it is seldom looked at closely."""
    encoding = (part.root.getroottree().docinfo.encoding or "").upper()
    if encoding == "UTF-8" and b"\xf4" not in part.data and (b"#" not in part.data or b"&#" not in part.data):
        return  # f4 begins the last of the seventeen planes, where the marks are
    for element in part.root.iter(etree.Element):
        if element.text and _MARKED.search(element.text):
            element.text = _MARKED.sub("", element.text)
        if element.tail and _MARKED.search(element.tail):
            element.tail = _MARKED.sub("", element.tail)
        for name, value in element.items():
            if _MARKED.search(value):
                element.set(name, _MARKED.sub("", value))


# ---- text ------------------------------------------------------------------------------------------------------------


def _symbol(match: re.Match[str]) -> str:
    try:
        code = int(match[2], 16)
    except ValueError:
        return ""
    seen = _SYMBOL_FONTS.get(match[1].lower(), {}).get(code & 0xFF)
    return seen or (chr(code) if 0 < code < 0x10_0000 and not _UNSAID.match(chr(code)) else "")


def _in_font(match: re.Match[str]) -> str:
    font = _SYMBOL_FONTS.get(match[1].lower())
    return "".join(font.get(ord(c) & 0xFF, c) if _symbolic(c) else c for c in match[2]) if font else match[2]


def _symbolic(character: str) -> bool:
    return character < "\u0100" or "\uf000" <= character <= "\uf0ff"


def _spoken(seen: str) -> Iterator[str]:
    """``seen`` without what content controls say that show their prompt; paragraphs and cells in them stay."""
    muted = 0
    for piece in _VOICES.split(seen):
        if piece == _MUTE:
            muted += 1
        elif piece == _SPEAK:
            muted -= 1
        elif muted:
            yield from _SILENT.findall(piece)
        else:
            yield piece


# ---- structure -------------------------------------------------------------------------------------------------------


def _opened(seen: str) -> list[str | Table]:
    """Blocks of the whole part. What stands in a table or a text box is put together as soon as that is closed."""
    tables: list[Table] = []
    kinds: list[str] = []
    inside: list[list[str]] = [[]]
    for piece in _OPENED.split(seen):
        if piece in (_TABLE, _BOX):
            kinds.append(piece)
            inside.append([])
            if len(kinds) > DEEPEST:
                raise _too_deep()
        elif piece == _CLOSE:
            text = "".join(inside.pop())
            if kinds.pop() == _TABLE:
                inside[-1].append(f"{_TABLE}{len(tables)}{_SEP}")
                tables.append(Table(_rows(text, tables)))
            else:  # paragraphs and tables of a text box are lines of the paragraph that holds it
                inside[-1].append("\n" + "\n".join(_flat(_blocks(text, tables))) + "\n")
        else:
            inside[-1].append(piece)
    return _blocks("".join(inside[0]), tables)


def _too_deep() -> Unreadable:
    return Unreadable("正文的表格或图形嵌套过深，不是正常的申报书，已停止读取。请去掉多余的嵌套、另存为 .docx 再交。")


def _blocks(text: str, tables: list[Table]) -> list[str | Table]:
    if _ROW in text or _CELL in text:  # rows and cells that stand in no table
        text = _STRAY.sub("", text)
    if _TABLE not in text and _JOIN not in text:
        return [*text.split(_P)[1:]]
    found: list[str | Table] = []
    joined = False  # the paragraph mark before was deleted: the next paragraph goes on in the same line
    for mark, said in _BLOCK.findall(text):
        if mark == _TABLE:
            found.append(tables[int(said.partition(_SEP)[0])])
            joined = False
            continue
        line = said.replace(_JOIN, "")
        if joined and found and isinstance(found[-1], str):
            found[-1] += line
        else:
            found.append(line)
        joined = said.startswith(_JOIN)
    return found


def _rows(text: str, tables: list[Table]) -> list[list[Cell]]:
    rows: list[list[Cell]] = []
    above: dict[int, Cell] = {}  # cells that a later row may continue, by grid column
    for drawn in text.split(_ROW)[1:]:
        head, _, rest = drawn.partition(_SEP)
        before, _, deleted = head.partition(",")
        row: list[Cell] = []
        col = _number(before, 0)
        for piece in rest.split(_CELL)[1:]:
            head, _, content = piece.partition(_SEP)
            span, _, known = head.partition(",")
            if "deleted" in known:
                continue
            if "beside" in known and row:
                row[-1].span += 1
                col += 1
                continue
            over = above.get(col) if "below" in known else None
            shown: list[str | Table] = []
            if over is None:  # what a continued cell holds is not shown
                plain = content[:1] == _P and not _WITHIN.search(content, 1)  # one paragraph and nothing else
                shown = [content[1:]] if plain else _blocks(content, tables)
            cell = Cell(col, max(1, _number(span, 1)), shown, over, len(row) + 1)
            if "first" in known:
                above[col] = cell
            elif over is None:
                above.pop(col, None)
            row.append(cell)
            col += cell.span
        if not deleted:
            rows.append(row)
    return rows


def _number(text: str, default: int) -> int:
    try:
        return max(0, min(int(text), 1000)) if text else default
    except ValueError:
        return default
