"""Word: the layout as a .docx.

python-docx makes the package once per process (styles, page, footer); each form then is one string of XML put into it.
Nothing depends on the clock, so equal forms give equal bytes.
"""

from __future__ import annotations

import datetime
import functools
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from xml.sax.saxutils import escape

from pydantic import BaseModel

from ketuan.documents.qr import qr_png
from ketuan.documents.writing.layout import GRID, Annex, Cell, Layout, Line, Role, Row, layout
from ketuan.documents.writing.stamp import Stamp
from ketuan.forms.paper import PRINTED, Edition

BODY_FONT, HEAD_FONT, TITLE_FONT, ISSUER_FONT = "仿宋", "黑体", "方正小标宋简体", "楷体"
OTHER_NAMES = {"仿宋": "仿宋_GB2312", "楷体": "楷体_GB2312", "黑体": "SimHei", "方正小标宋简体": "小标宋体"}
"""Names under which the same fonts are installed elsewhere."""

COLUMN = 746
"""Width of a twelfth, in twentieths of a point."""
_FIXED_DATE = (2024, 5, 24, 0, 0, 0)
_PLACE = "@@body@@"
_CODE_PLACE, _NOTE_PLACE = "@@code@@", "@@note@@"


def write_docx(
    form: BaseModel,
    *,
    edition: Edition = PRINTED,
    created: datetime.datetime | None = None,
    stamp: Stamp | None = None,
) -> bytes:
    """The filled form as a Word file; ``created`` goes into its properties, ``stamp`` to the foot of every page."""
    return docx_of(layout(form, edition=edition), created=created, stamp=stamp)


def docx_of(paper: Layout, *, created: datetime.datetime | None = None, stamp: Stamp | None = None) -> bytes:
    shell = _stamped(stamp) if stamp else _shell()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as package:
        for name, content in shell.items():
            if name == "word/document.xml":
                content = content.replace(_PLACE.encode(), "".join(_body(paper)).encode())
            elif name == "docProps/core.xml":
                content = _properties(paper, created).encode()
            entry = zipfile.ZipInfo(name, _FIXED_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o600 << 16
            package.writestr(entry, content)
    return out.getvalue()


# ---- body ------------------------------------------------------------------------------------------------------------


def _body(paper: Layout) -> Iterator[str]:
    yield from _cover(paper)
    if paper.notes:
        yield _paragraph(paper.notes_title, "KtNotesTitle", _BREAK)
        yield from (_paragraph(note, "KtNote") for note in paper.notes)
    yield _thin(new_page=bool(paper.brand))
    yield from _table(paper.rows)
    for annex in paper.annexes:
        yield from _annex(annex)
    yield _thin()


def _cover(paper: Layout) -> Iterator[str]:
    if paper.code:
        yield from _lines_table(paper.code, (1500, 3400), "KtCode", "left")
    if paper.brand:
        yield _paragraph(paper.brand, "KtBrand")
        yield _paragraph(paper.name, "KtPaper")
    if paper.cover:
        yield from _lines_table(paper.cover, (2000, 5600), "KtCover", "center")
    if paper.issuer:
        yield _paragraph(paper.issuer, "KtIssuer")


def _annex(annex: Annex) -> Iterator[str]:
    first, *titles = annex.titles
    yield _paragraph(first, "KtAnnex", _BREAK)
    yield from (_paragraph(title, "KtAnnexTitle") for title in titles)
    yield from _table(annex.rows)


def _lines_table(lines: Sequence[Line], widths: tuple[int, int], style: str, align: str) -> Iterator[str]:
    """Labels and values of the cover: no borders but a line under each value."""
    yield _table_head(widths, borders=False, align=align)
    under = '<w:tcBorders><w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/></w:tcBorders>'
    for line in lines:
        label = _paragraph(line.label, f"{style}Label")
        value = "".join(_paragraph(part, f"{style}Value") for part in line.text.split("\n"))
        yield (
            f'<w:tr><w:trPr><w:cantSplit/></w:trPr><w:tc><w:tcPr><w:tcW w:w="{widths[0]}" w:type="dxa"/>'
            f'<w:vAlign w:val="bottom"/></w:tcPr>{label}</w:tc><w:tc><w:tcPr><w:tcW w:w="{widths[1]}" w:type="dxa"/>'
            f'{under}<w:vAlign w:val="bottom"/></w:tcPr>{value}</w:tc></w:tr>'
        )
    yield "</w:tbl>"


def _table(rows: Sequence[Row]) -> Iterator[str]:
    yield _table_head((COLUMN,) * GRID, borders=True)
    open_above: dict[int, tuple[int, int]] = {}  # column → rows still covered, span
    for row in rows:
        yield f"<w:tr><w:trPr>{'<w:cantSplit/>' if row.whole else ''}{_height(row)}</w:trPr>"
        last = all(left == 1 for left, _ in open_above.values()) and all(c.rowspan == 1 for c in row.cells)
        keep = "<w:keepNext/>" if row.leads or (row.whole and not last) else ""  # a frame stays on one page
        column = 0
        cells = iter(row.cells)
        while column < GRID:
            if column in open_above:
                left, span = open_above.pop(column)
                if left > 1:
                    open_above[column] = (left - 1, span)
                yield _cell(Cell("", span), "<w:vMerge/>", keep)
                column += span
                continue
            cell = next(cells)
            merge = ""
            if cell.rowspan > 1:
                open_above[column] = (cell.rowspan - 1, cell.span)
                merge = '<w:vMerge w:val="restart"/>'
            yield _cell(cell, merge, keep, small=row.small(cell))
            column += cell.span
        yield "</w:tr>"
    yield "</w:tbl>"


def _table_head(widths: Sequence[int], *, borders: bool, align: str = "center") -> str:
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    lines = "".join(f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>' for side in sides)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:jc w:val="{align}"/>'
        f"{f'<w:tblBorders>{lines}</w:tblBorders>' if borders else ''}"
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="85" w:type="dxa"/><w:right w:w="85" w:type="dxa"/>'
        f"</w:tblCellMar></w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
    )


def _height(row: Row) -> str:
    least = 454
    if any(cell.tall for cell in row.cells):
        least = 1900 if len(row.cells) == 1 else 1100
    elif row.cells[0].role in (Role.HEADING, Role.HEAD):
        least = 510
    return f'<w:trHeight w:val="{least}" w:hRule="atLeast"/>'


_STYLES = {
    Role.HEADING: "KtHeading",
    Role.FRAME: "KtLabel",
    Role.LABEL: "KtLabel",
    Role.HEAD: "KtLabel",
    Role.CAPTION: "KtValue",
    Role.VALUE: "KtValue",
    Role.HINT: "KtValue",
    Role.TEXT: "KtText",
    Role.SIGN: "KtSign",
}


def _cell(cell: Cell, merge: str, keep: str, *, small: bool = False) -> str:
    style = "KtLabel" if cell.centred else _STYLES[cell.role]
    if small:
        style = "KtSmallCentred" if cell.centred else "KtSmall"
    top = cell.tall or cell.role is Role.TEXT
    span = f'<w:gridSpan w:val="{cell.span}"/>' if cell.span > 1 else ""
    inside = "".join(_paragraph(line, _signed(line) if style == "KtSign" else style, keep) for line in cell.lines)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{cell.span * COLUMN}" w:type="dxa"/>{span}{merge}'
        f'<w:vAlign w:val="{"top" if top else "center"}"/></w:tcPr>{inside}</w:tc>'
    )


def _signed(line: str) -> str:
    """Seal and date stand at the right."""
    return "KtValue" if "：" in line or not line else "KtSign"


_BREAK = "<w:pageBreakBefore/>"


def _paragraph(text: str, style: str, more: str = "") -> str:
    """``more``: paragraph properties that stand behind the style."""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{_run(text)}</w:p>'


def _run(text: str) -> str:
    if not text:
        return ""
    parts = (f'<w:t xml:space="preserve">{escape(part)}</w:t>' if part else "" for part in text.split("\t"))
    return f"<w:r>{'<w:tab/>'.join(parts)}</w:r>"


def _thin(*, new_page: bool = False) -> str:
    """An empty paragraph that takes no room: Word wants one between tables and at the end."""
    return f'<w:p><w:pPr><w:pStyle w:val="KtThin"/>{_BREAK if new_page else ""}</w:pPr></w:p>'


# ---- package ---------------------------------------------------------------------------------------------------------


def _properties(paper: Layout, created: datetime.datetime | None) -> str:
    moment = f"{created:%Y-%m-%dT%H:%M:%SZ}" if created else ""
    made = "".join(
        f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>'
        for name in ("created", "modified")
        if moment
    )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escape(paper.title)}</dc:title><dc:creator>{escape(paper.author)}</dc:creator>"
        f"<dc:language>zh-CN</dc:language>{made}</cp:coreProperties>"
    )


def _stamped(stamp: Stamp) -> dict[str, bytes]:
    """The shell whose footers, that of the cover too, bear the stamp."""
    parts = dict(_shell(stamped=True))
    for name, content in parts.items():
        if name.startswith("word/footer"):
            filled = content.replace(_CODE_PLACE.encode(), escape(stamp.short_code).encode())
            parts[name] = filled.replace(_NOTE_PLACE.encode(), escape(stamp.note).encode())
        elif name.startswith("word/media/"):
            parts[name] = qr_png(stamp.url)
    return parts


@functools.cache
def _shell(*, stamped: bool = False) -> dict[str, bytes]:
    """Parts of an empty package with our styles, A4 page and footer; the body is a place holder."""
    import docx
    from docx.shared import Twips

    document = docx.Document()
    page = document.sections[0]
    page.page_width, page.page_height = Twips(11906), Twips(16838)
    page.top_margin = page.bottom_margin = Twips(1587)
    page.left_margin = page.right_margin = Twips(1474)
    page.header_distance, page.footer_distance = Twips(850), Twips(992)
    page.different_first_page_header_footer = True  # the cover bears no number
    _lighten(document)
    _fonts(document)
    for style in _PARAGRAPHS:
        _add_style(document, *style)
    if stamped:
        page.footer_distance = Twips(340)  # the code fits below the text: stamped pages break where others do
        _stamp_pages(page.first_page_footer, numbered=False)
        _stamp_pages(page.footer, numbered=True)
    else:
        page.footer.is_linked_to_previous = False
        _number_pages(page.footer.paragraphs[0])
    document.add_paragraph(_PLACE)
    saved = io.BytesIO()
    document.save(saved)
    with zipfile.ZipFile(saved) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    body = parts["word/document.xml"]
    start, end = body.index(b"<w:body>") + len(b"<w:body>"), body.rindex(b"<w:sectPr")
    parts["word/document.xml"] = body[:start] + _PLACE.encode() + body[end:]
    return parts


# name, font, half points, line (240 = single), before, after, alignment, more
_PARAGRAPHS: tuple[tuple[str, str, int, int, int, int, str, str], ...] = (
    ("KtCodeLabel", BODY_FONT, 24, 240, 0, 0, "left", ""),
    ("KtCodeValue", BODY_FONT, 24, 240, 0, 0, "left", ""),
    ("KtBrand", TITLE_FONT, 52, 240, 2000, 240, "center", ""),
    ("KtPaper", TITLE_FONT, 60, 240, 0, 1900, "center", ""),
    ("KtCoverLabel", BODY_FONT, 32, 240, 140, 0, "distribute", ""),
    ("KtCoverValue", BODY_FONT, 32, 240, 140, 0, "left", ""),
    ("KtIssuer", ISSUER_FONT, 32, 240, 1500, 0, "center", ""),
    ("KtNotesTitle", HEAD_FONT, 36, 240, 240, 480, "center", ""),
    ("KtNote", BODY_FONT, 28, 420, 0, 60, "both", '<w:ind w:firstLineChars="200" w:firstLine="560"/>'),
    ("KtHeading", HEAD_FONT, 24, 240, 0, 0, "left", ""),
    ("KtLabel", BODY_FONT, 24, 240, 0, 0, "center", ""),
    ("KtValue", BODY_FONT, 24, 240, 0, 0, "left", ""),
    ("KtSmall", BODY_FONT, 21, 240, 0, 0, "left", ""),
    ("KtSmallCentred", BODY_FONT, 21, 240, 0, 0, "center", ""),
    ("KtText", BODY_FONT, 24, 300, 0, 0, "both", '<w:ind w:firstLineChars="200" w:firstLine="480"/>'),
    ("KtSign", BODY_FONT, 24, 300, 0, 0, "right", '<w:ind w:rightChars="200" w:right="480"/>'),
    ("KtAnnex", HEAD_FONT, 28, 240, 0, 120, "left", ""),
    ("KtAnnexTitle", TITLE_FONT, 32, 240, 0, 120, "center", "<w:keepNext/>"),
    ("KtThin", BODY_FONT, 2, 240, 0, 0, "left", ""),
)


def _lighten(document: Any) -> None:
    """Without the template's table styles, picture and extras, a file is small and quick to write."""
    parts = document.part.rels
    for key in [k for k, r in parts.items() if r.reltype.endswith(("/stylesWithEffects", "/customXml", "/numbering"))]:
        del parts[key]
    package = document.part.package.rels
    for key in [k for k, r in package.items() if r.reltype.endswith("/thumbnail")]:
        del package[key]
    styles = document.styles.element
    needed = {"Normal", "DefaultParagraphFont", "TableNormal", "NoList", "Header", "Footer"}
    for style in styles.style_lst:
        if style.styleId not in needed:
            styles.remove(style)
        for link in list(style):
            if link.tag.endswith(("}link", "}next")):
                style.remove(link)


def _fonts(document: Any) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn

    styles = document.styles.element
    defaults = styles.find(qn("w:docDefaults"))
    styles.replace(
        defaults,
        parse_xml(
            f"<w:docDefaults {nsdecls('w')}><w:rPrDefault><w:rPr>{_font(BODY_FONT)}"
            '<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr>'
            '</w:rPrDefault><w:pPrDefault><w:pPr><w:spacing w:after="0" w:line="240" w:lineRule="auto"/></w:pPr>'
            "</w:pPrDefault></w:docDefaults>"
        ),
    )
    table = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in OTHER_NAMES.items()
    )
    for rel in document.part.rels.values():
        if rel.reltype.endswith("/fontTable"):
            rel.target_part._blob = f"<w:fonts {nsdecls('w')}>{table}</w:fonts>".encode()
    language = document.settings.element.find(qn("w:themeFontLang"))
    if language is not None:
        language.set(qn("w:eastAsia"), "zh-CN")


def _font(name: str) -> str:
    return f'<w:rFonts w:ascii="{name}" w:hAnsi="{name}" w:eastAsia="{name}" w:cs="{name}"/>'


def _add_style(
    document: Any, name: str, font: str, size: int, line: int, before: int, after: int, align: str, more: str
) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    keep = more if more.startswith("<w:keep") else ""
    document.styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="paragraph" w:customStyle="1" w:styleId="{name}"><w:name w:val="{name}"/>'
            f'<w:basedOn w:val="Normal"/><w:pPr>{keep}<w:snapToGrid w:val="0"/>'
            f'<w:spacing w:before="{before}" w:after="{after}" w:line="{line}" w:lineRule="auto"/>'
            f'{"" if keep else more}<w:jc w:val="{align}"/></w:pPr>'
            f'<w:rPr>{_font(font)}<w:sz w:val="{size}"/><w:szCs w:val="{size}"/></w:rPr></w:style>'
        )
    )


def _number_pages(paragraph: Any) -> None:
    """“— 1 —” by a PAGE field."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    paragraph.alignment = 1
    runs: Iterable[str] = (
        '<w:t xml:space="preserve">— </w:t>',
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
        '<w:t xml:space="preserve"> —</w:t>',
    )
    for run in runs:
        look = f'<w:rPr>{_font("宋体")}<w:sz w:val="28"/></w:rPr>'
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{look}{run}</w:r>"))


def _stamp_pages(footer: Any, *, numbered: bool) -> None:
    """Short code and note at the left, the number in the middle, the code at the right, in a table without lines."""
    from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls, qn
    from docx.shared import Mm, Pt, Twips

    footer.is_linked_to_previous = False
    widths = (Twips(3700), Twips(1558), Twips(3700))
    table = footer.add_table(1, 3, sum(widths))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    sides = "".join(f'<w:{side} w:w="0" w:type="dxa"/>' for side in ("left", "right"))
    look = table._tbl.tblPr.find(qn("w:tblLook"))
    look.addprevious(parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>"))
    left, middle, right = table.rows[0].cells
    for column, cell, width in zip(table.columns, (left, middle, right), widths, strict=True):
        column.width = cell.width = width
        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    for number, (place, size) in enumerate(((f"短码 {_CODE_PLACE}", 20), (_NOTE_PLACE, 17))):
        paragraph = left.paragraphs[0] if number == 0 else left.add_paragraph()
        look = f'<w:rPr>{_font("宋体")}<w:sz w:val="{size}"/></w:rPr>'
        paragraph._p.append(parse_xml(f'<w:r {nsdecls("w")}>{look}<w:t xml:space="preserve">{place}</w:t></w:r>'))
    if numbered:
        _number_pages(middle.paragraphs[0])
    right.paragraphs[0].alignment = 2
    picture = right.paragraphs[0].add_run().add_picture(io.BytesIO(qr_png("0")), width=Mm(17), height=Mm(17))
    picture._inline.docPr.set("name", "核验二维码")
    picture._inline.docPr.set("descr", "扫码核验这一版")
    first = footer.paragraphs[0]  # Word wants a paragraph behind the table; it must take no room
    footer._element.append(first._p)
    first.paragraph_format.line_spacing = Pt(1)
    first.paragraph_format.space_after = Pt(0)
