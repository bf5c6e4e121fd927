"""The result as a workbook of three sheets: 申报书, 问题, 跨申报书.

What strangers wrote stays text. Every cell is written as a string on purpose, never by guess, so that `=1+1` in a paper is the four
characters `=1+1` here. Such a cell also carries Excel's own text mark (quotePrefix, what a leading apostrophe sets), so that it stays
text when somebody edits it. The text itself is not altered: this sheet is shown to the people whose words it quotes. The mark is lost
when a person saves the sheet as CSV, for CSV has no types; who needs the data elsewhere takes the JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from .digest import KINDS, STATES, WEIGHTS, Digest, Evidence, Overlap, Side, cited, clean, digest

LIMIT = 32_767  # characters a cell can hold
CUT = "……（原文过长，此处截断）"
RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # full-width ones: some programs fold them
COLOURS = {  # weight or state → ink, ground
    "block": ("#9C1C12", "#FDE7E3"),
    "warn": ("#7A4800", "#FFF1D0"),
    "note": ("#234A70", "#E6F0F9"),
    "pending": ("#474F5E", "#ECEFF3"),
    "ready": ("#14542F", "#E3F3E8"),
    "mend": ("#9C1C12", "#FDE7E3"),
    "unreadable": ("#474F5E", "#ECEFF3"),
}
WORDS = {**WEIGHTS, **STATES}

_FONT = {"font_name": "微软雅黑", "font_size": 10}

Cell = str | int | float | Side | None


class Worded(str):
    """A weight or a state: its code, to be written as its word in its colour."""


def sheet(result: Mapping[str, Any], path: Path, *, clauses: Mapping[str, str], made_on: date | None = None) -> None:
    """Write the workbook. The same result and the same `made_on` give the same bytes."""
    import xlsxwriter  # inline: only who asks for a workbook pays for it

    seen, buffer = digest(result), BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_format_properties": _FONT,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        day = made_on or date(2000, 1, 1)
        book.set_properties({"title": f"申报书核对报告 {seen.call}", "created": datetime(day.year, day.month, day.day)})
        formats = _Formats(book)
        _write(book, formats, "申报书", _PAPERS, _papers(seen))
        _write(book, formats, "问题", _FINDINGS, _findings(seen, clauses))
        _write(book, formats, "跨申报书", _PORTFOLIO, _portfolio(seen, clauses))
    path.write_bytes(buffer.getvalue())


_PAPERS = (
    ("序号", 6), ("文件", 30), ("结论", 11), ("项目名称", 30), ("申报单位", 20), ("统一社会信用代码", 21), ("团长", 9), ("首席专家", 10),
    ("重点服务省份", 14), ("经费总预算（万元）", 11), ("申请科协经费（万元）", 11), ("自有经费（万元）", 11), ("地方配套（万元）", 11),
    ("必须修改", 10), ("建议核对", 10), ("提示", 7), ("待定", 7), ("跨申报书", 10), ("读不出的原因", 32), ("没有把握读对的地方", 44),
)  # fmt: skip
_FINDINGS = (
    ("序号", 6), ("文件", 28), ("项目名称", 26), ("分量", 11), ("问题", 44), ("位置", 32), ("现为", 20), ("应为", 22), ("改法", 38),
    ("依据", 18), ("依据说明", 46), ("规则", 20), ("字段", 28),
)  # fmt: skip
_PORTFOLIO = (
    ("序号", 6), ("分量", 11), ("问题", 38), ("改法", 34), ("涉及文件", 34), ("证据", 10), ("名称", 18), ("相似度", 9), ("甲：文件", 28),
    ("甲：位置", 26), ("甲：原文", 52), ("乙：文件", 28), ("乙：位置", 26), ("乙：原文", 52), ("相同部分", 40), ("依据", 14), ("依据说明", 46),
    ("规则", 20),
)  # fmt: skip
_LAST_PRINTED = {
    "申报书": "读不出的原因",
    "问题": "依据",
    "跨申报书": "乙：原文",
}  # more columns would print too small to read
_LINE, _TALLEST = 14.5, 290  # points: a line of text, and the tallest row, half a screen


def _papers(seen: Digest) -> Iterator[list[Cell]]:
    for paper in seen.papers:
        form, read = paper.form, paper.state != "unreadable"
        budget = form.get("budget") or {}
        provinces = (form.get("service") or {}).get("provinces") or []
        yield [
            paper.number,
            paper.file,
            Worded(paper.state),
            paper.title,
            paper.society,
            (form.get("society") or {}).get("uscc"),
            (form.get("leader") or {}).get("name"),
            (form.get("chief_expert") or {}).get("name"),
            "、".join(map(str, provinces)),
            *(budget.get(key) for key in ("total", "requested", "own", "matching")),
            *(paper.counts.get(weight, 0) if read else None for weight in WEIGHTS),
            len(paper.overlaps) if read else None,
            paper.reason,
            "\n".join(
                "：".join(filter(None, (r.place, r.message))) + (f"（原文：{r.found}）" if r.found else "")
                for r in paper.remarks
            ),
        ]


def _findings(seen: Digest, clauses: Mapping[str, str]) -> Iterator[list[Cell]]:
    number = 0
    for paper in seen.papers:
        for f in (*paper.findings, *paper.folded):
            number += 1
            told: list[Cell] = [
                number,
                paper.file,
                paper.title,
                Worded(f.weight),
                f.message,
                f.place,
                f.found,
                f.wanted,
                f.fix,
            ]
            yield [*told, f.clause, _sentences(f.clause, clauses), f.rule, f.path]


def _portfolio(seen: Digest, clauses: Mapping[str, str]) -> Iterator[list[Cell]]:
    for overlap in seen.portfolio:
        head: list[Cell] = [
            overlap.number,
            Worded(overlap.weight),
            overlap.message,
            overlap.fix,
            "\n".join(overlap.files),
        ]
        tail: list[Cell] = [overlap.clause, _sentences(overlap.clause, clauses), overlap.rule]
        for proof in _proofs(overlap):
            yield [*head, *proof, *tail]


def _proofs(overlap: Overlap) -> Iterator[list[Cell]]:
    """One row a pair of sides; a piece of evidence with one side, or with more than two, takes a row a side."""
    if not overlap.evidence:
        yield [None] * 10
    for proof in overlap.evidence:
        head: list[Cell] = [
            KINDS.get(proof.kind, proof.kind),
            proof.label,
            proof.score if proof.kind == "text" else None,
        ]
        for pair in _pairs(proof):
            sides = [cell for side in pair for cell in (side.file, side.place, side)]
            yield [*head, *sides, *[None] * (6 - len(sides)), proof.shared if len(pair) == 2 else None]


def _pairs(proof: Evidence) -> Sequence[tuple[Side, ...]]:
    return [proof.sides] if len(proof.sides) in (0, 2) else [(side,) for side in proof.sides]


def _sentences(clause: str, clauses: Mapping[str, str]) -> str:
    return "\n".join(sentence for _, sentence in cited(clause, clauses) if sentence)


class _Formats:
    """The few looks of the workbook."""

    def __init__(self, book: Any) -> None:
        base = {**_FONT, "valign": "top", "border": 1, "border_color": "#D5DCE6"}
        text = {**base, "text_wrap": True, "align": "left"}
        self.head = book.add_format(
            {
                **base,
                "bold": True,
                "font_color": "#FFFFFF",
                "bg_color": "#0B3F91",
                "valign": "vcenter",
                "text_wrap": True,
            }
        )
        self.text = book.add_format(text)
        self.quoted = book.add_format({**text, "quote_prefix": True})
        self.whole = book.add_format({**base, "num_format": "0", "align": "center"})
        self.money = book.add_format({**base, "num_format": "0.00"})
        self.share = book.add_format({**base, "num_format": "0%"})
        self.plain = book.add_format(_FONT)
        self.mark = book.add_format({**_FONT, "bold": True, "underline": 1, "font_color": "#9C1C12"})
        self.worded = {
            key: book.add_format({**text, "bold": True, "font_color": ink, "bg_color": ground})
            for key, (ink, ground) in COLOURS.items()
        }


def _write(
    book: Any, formats: _Formats, name: str, columns: Sequence[tuple[str, float]], rows: Iterator[list[Cell]]
) -> None:
    page = book.add_worksheet(name)
    for at, (head, width) in enumerate(columns):
        page.set_column(at, at, width)
        page.write_string(0, at, head, formats.head)
    last = 0
    for last, row in enumerate(rows, 1):
        page.set_row(last, _height(row, columns))
        for at, cell in enumerate(row):
            _put(page, formats, last, at, cell, share=columns[at][0] == "相似度", money="万元" in columns[at][0])
    page.set_row(0, 34)
    page.print_area(0, 0, last, [head for head, _ in columns].index(_LAST_PRINTED[name]))
    page.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(last, 1), len(columns) - 1)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&C&P / &N")


def _height(row: Sequence[Cell], columns: Sequence[tuple[str, float]]) -> float:
    """The height that shows the whole row; Excel would find it by itself, WPS and LibreOffice do not."""
    return min(_LINE * max(map(_lines, row, (width for _, width in columns))) + 3, _TALLEST)


def _lines(cell: Cell, width: float) -> int:
    text = cell.text if isinstance(cell, Side) else cell if isinstance(cell, str) else ""
    # GBK takes two bytes for what is two columns wide
    return sum(max(1, -(-len(line.encode("gbk", "replace")) // int(width - 1))) for line in text[:5000].split("\n"))


def _put(page: Any, formats: _Formats, row: int, at: int, cell: Cell, *, share: bool, money: bool) -> None:
    match cell:
        case None | "":
            page.write_blank(row, at, None, formats.text)
        case Worded():
            page.write_string(row, at, WORDS[cell], formats.worded[str(cell)])
        case int() | float():
            page.write_number(row, at, cell, formats.share if share else formats.money if money else formats.whole)
        case Side():
            _put_side(page, formats, row, at, cell)
        case str():
            text = fitting(cell)
            page.write_string(row, at, text, formats.quoted if text.startswith(RISKY) else formats.text)


def _put_side(page: Any, formats: _Formats, row: int, at: int, side: Side) -> None:
    """A text with its shared parts marked, where Excel can hold it so; else the plain text."""
    look = formats.quoted if side.text.startswith(RISKY) else formats.text
    pieces = [(text, marked) for text, marked in side.pieces if text]
    if len(pieces) < 2 or len(side.text) > LIMIT:
        page.write_string(row, at, fitting(side.text), look)
        return
    fragments = [part for text, marked in pieces for part in (formats.mark if marked else formats.plain, text)]
    page.write_rich_string(row, at, *fragments, look)


def fitting(text: str) -> str:
    """The text, cut to what a cell can hold, with a word about the cut. Excel counts UTF-16 units."""
    text = clean(text)
    if len(text.encode("utf-16-le")) <= 2 * LIMIT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (LIMIT - len(CUT))].decode("utf-16-le", "ignore")
    return kept + CUT
