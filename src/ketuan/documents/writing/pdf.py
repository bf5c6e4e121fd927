"""PDF/A: the layout set by Typst with fonts from a wheel; no program needs to be installed.

All text travels as data (JSON through ``sys.inputs``), so nothing that a person writes can be run. A deployer who owns
仿宋 and 小标宋 names their directory in ``KETUAN_FONT_DIR``.
"""

from __future__ import annotations

import datetime
import functools
import json
import os
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from ketuan.documents.qr import qr_svg
from ketuan.documents.writing.layout import TICKED, Layout, Row, layout
from ketuan.documents.writing.stamp import Stamp
from ketuan.forms.paper import PRINTED, Edition

Standard = Literal["a-2b", "a-2a"]
"""a-2a: also tagged, so that a screen reader finds titles, tables and what pictures say."""

TEMPLATE = Path(__file__).with_name("form.typ")
_FIXED_DATE = datetime.datetime(2024, 5, 24, tzinfo=datetime.UTC)
_FAMILIES = {
    "body": ("FangSong_GB2312", "仿宋_GB2312", "FangSong", "仿宋", "STFangsong", "Noto Serif SC", "Noto Sans SC"),
    "head": ("SimHei", "黑体", "STHeiti", "Noto Sans SC", "Noto Serif SC"),
    "title": ("FZXiaoBiaoSong-B05S", "方正小标宋简体", "FZXBSJW--GB1-0", "Noto Serif SC", "Noto Sans SC"),
}
"""Names of the fonts of the call's papers, first found first."""


def write_pdf(
    form: BaseModel,
    *,
    edition: Edition = PRINTED,
    created: datetime.datetime | None = None,
    stamp: Stamp | None = None,
) -> bytes:
    """The filled form as PDF/A-2b; ``created`` goes into its properties, ``stamp`` to the foot of every page."""
    return pdf_of(layout(form, edition=edition), created=created, stamp=stamp)


def pdf_of(paper: Layout, *, created: datetime.datetime | None = None, stamp: Stamp | None = None) -> bytes:
    covered = coverage()
    data = _data(paper, covered)
    if stamp:
        data["stamp"] = {
            "code": printable(stamp.short_code, covered),
            "note": printable(stamp.note, covered),
            "qr": qr_svg(stamp.url),
        }
    return typeset(TEMPLATE.read_bytes(), data, created=created)


def typeset(
    source: bytes, data: dict[str, Any], *, created: datetime.datetime | None = None, standard: Standard = "a-2b"
) -> bytes:
    """PDF/A of a Typst text; ``data`` travels as JSON, with the font families under ``fonts``.

    Texts in it must be :func:`printable`: PDF/A allows no sign that no font can show.
    """
    import typst

    fonts = _fonts(os.environ.get("KETUAN_FONT_DIR", ""))
    known = set(fonts.families())
    data["fonts"] = {use: [f for f in names if f in known] for use, names in _FAMILIES.items()}
    made: Any = typst.compile(
        source,
        font_paths=fonts,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        timestamp=int((created or _FIXED_DATE).timestamp()),
        pdf_standards=[standard],
    )
    return bytes(made)


# ---- layout as data --------------------------------------------------------------------------------------------------


def _data(paper: Layout, covered: frozenset[int]) -> dict[str, Any]:
    def plain(text: str) -> str:
        return printable(text, covered)

    def rows(found: tuple[Row, ...]) -> list[dict[str, Any]]:
        return [{"head": b.head, "repeat": b.repeat, "rows": [_row(r, plain) for r in b.rows]} for b in _blocks(found)]

    return {
        "title": plain(paper.title),
        "author": plain(paper.author),
        "code": [[line.label, plain(line.text)] for line in paper.code],
        "brand": paper.brand,
        "name": paper.name,
        "cover": [[line.label, plain(line.text)] for line in paper.cover],
        "issuer": paper.issuer,
        "notes_title": paper.notes_title,
        "notes": list(paper.notes),
        "form": rows(paper.rows),
        "annexes": [{"titles": list(a.titles), "blocks": rows(a.rows)} for a in paper.annexes],
    }


def _row(row: Row, plain: Any) -> list[dict[str, Any]]:
    return [
        {
            "lines": [plain(line) for line in cell.lines],
            "span": cell.span,
            "rows": cell.rowspan,
            "role": cell.role.value,
            "centred": cell.centred,
            "small": row.small(cell),
            "whole": row.whole,
            "tall": 0 if not cell.tall else 2 if len(row.cells) == 1 else 1,
        }
        for cell in row.cells
    ]


class _Block:
    """Rows under one header; ``head`` counts the rows of it."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.head = 0
        self.repeat = False


def _blocks(rows: tuple[Row, ...]) -> Iterator[_Block]:
    """Rows cut before every heading, caption and column head, so that none of them ends a page."""
    block = _Block()
    for row in rows:
        if row.leads and len(block.rows) > block.head:
            yield block
            block = _Block()
        block.rows.append(row)
        if row.leads:
            block.head += 1
            block.repeat = row.head
    if block.rows:
        yield block


# ---- fonts -----------------------------------------------------------------------------------------------------------


@functools.cache
def _fonts(extra: str) -> Any:
    import importlib.resources

    import typst

    folders = [str(importlib.resources.files("pylopdf_fonts_zh_cn"))]
    if extra:
        folders.insert(0, extra)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)


_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]")


def printable(text: str, covered: frozenset[int]) -> str:
    """``text`` with signs of no font written as their number (PDF/A allows no missing sign)."""
    text = _UNSEEN.sub("", text).replace("\t", "    ")
    if any(ord(sign) not in covered for sign in text):
        text = "".join(sign if ord(sign) in covered else f"［U+{ord(sign):04X}］" for sign in text)
    return text


def coverage() -> frozenset[int]:
    """Characters that the fonts at hand can show."""
    return _coverage(_fonts(os.environ.get("KETUAN_FONT_DIR", "")))


@functools.cache
def _coverage(fonts: Any) -> frozenset[int]:
    """Characters that at least one of the fonts can show."""
    signs: set[int] = {ord("\n"), ord(TICKED)}  # the tick is drawn
    for font in fonts.fonts():
        signs |= _characters(font.path, font.index)
    return frozenset(signs)


_COLLECTION, _CMAP = (int.from_bytes(tag, "big") for tag in (b"ttcf", b"cmap"))


@functools.cache
def _characters(path: str, index: int) -> frozenset[int]:
    """Code points of a font, from its cmap table (formats 4 and 12); nothing where it has neither."""
    with open(path, "rb") as file:

        def take(form: str, at: int) -> tuple[int, ...]:
            file.seek(at)
            return struct.unpack(form, file.read(struct.calcsize(form)))

        try:
            start = take(f">{index + 1}I", 12)[index] if take(">I", 0)[0] == _COLLECTION else 0
            tables = (take(">IIII", start + 12 + 16 * n) for n in range(take(">H", start + 4)[0]))
            base = next(offset for tag, _, offset, _ in tables if tag == _CMAP)
            offsets = [take(">HHI", base + 4 + 8 * n)[2] for n in range(take(">H", base + 2)[0])]
            signs: set[int] = set()
            for offset in {base + o for o in offsets}:
                signs |= _mapped(take, offset)
        except (struct.error, StopIteration):
            return frozenset()
    return frozenset(signs)


def _mapped(take: Any, at: int) -> set[int]:
    signs: set[int] = set()
    kind = take(">H", at)[0]
    if kind == 12:
        for group in range(take(">I", at + 12)[0]):
            first, last, _ = take(">III", at + 16 + 12 * group)
            signs.update(range(first, min(last, 0x10FFFF) + 1))
    elif kind == 4:
        count = take(">H", at + 6)[0] // 2
        ends, starts = take(f">{count}H", at + 14), take(f">{count}H", at + 16 + 2 * count)
        for first, last in zip(starts, ends, strict=True):
            if first != 0xFFFF:
                signs.update(range(first, last + 1))
    return signs
