"""What a person sees in a document is what is read of it."""

from __future__ import annotations

import pytest
from lxml import etree

from ketuan.documents.reading import markup
from ketuan.documents.reading.package import Part


def _body(inside: str) -> Part:
    xml = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
        'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{inside}</w:body></w:document>"
    ).encode()
    return Part(etree.fromstring(xml), xml)


@pytest.mark.parametrize(
    ("inside", "seen"),
    [
        ("<w:p><w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t></w:r></w:p>", ["甲\n乙"]),
        ("<w:p><w:pPr><w:tabs><w:tab w:val='left'/></w:tabs></w:pPr><w:r><w:tab/><w:t>甲</w:t></w:r></w:p>", ["\t甲"]),
        (
            "<w:p><w:ins><w:r><w:t>留</w:t></w:r></w:ins><w:del><w:r><w:delText>去</w:delText></w:r></w:del></w:p>",
            ["留"],
        ),
        ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>隐</w:t></w:r><w:r><w:t>显</w:t></w:r></w:p>", ["显"]),
        ("<w:p><w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t>显</w:t></w:r></w:p>", ["显"]),
        ("<w:p><w:r><w:sym w:font='Wingdings' w:char='F0FE'/></w:r></w:p>", ["☑"]),
        ("<w:p><w:r><w:sym w:font='Wingdings 2' w:char='F0A3'/></w:r></w:p>", ["□"]),
        ("<w:p><w:r><w:sym w:char='zz'/><w:t>甲</w:t></w:r></w:p>", ["甲"]),
        ("<w:p><w:r><w:noBreakHyphen/><w:t>1</w:t></w:r></w:p>", ["-1"]),
        (
            "<w:p><w:pPr><w:rPr><w:del/></w:rPr></w:pPr><w:r><w:t>上</w:t></w:r></w:p><w:p><w:r><w:t>下</w:t></w:r></w:p>",
            ["上下"],
        ),
        (
            "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:p><w:r><w:t>单击此处</w:t></w:r></w:p></w:sdtContent></w:sdt>",
            [""],
        ),
        (
            "<w:p><mc:AlternateContent><mc:Choice><w:r><w:t>一</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>二</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>",
            ["一"],
        ),
    ],
)
def test_what_a_person_sees_is_what_is_read(inside: str, seen: list[str]) -> None:
    assert markup.blocks(_body(inside)) == seen


def test_a_cell_merged_down_is_one_cell_and_the_cells_below_point_to_it() -> None:
    row = (
        "<w:tr><w:tc><w:tcPr><w:vMerge{}/></w:tcPr><w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc><w:tc><w:p/></w:tc></w:tr>"
    )
    top_row, row_below = row.format(' w:val="restart"', "甲"), row.format("", "看不见")
    [table] = markup.blocks(_body(f"<w:tbl>{top_row}{row_below}</w:tbl>"))
    assert isinstance(table, markup.Table)
    top, below = table.rows[0][0], table.rows[1][0]
    assert (top.text, below.text, below.over) == ("甲", "", top)


@pytest.mark.parametrize(
    ("inside", "seen"),
    [
        ("<w:p><w:r><w:drawing/></w:r></w:p>", ["\ufffc"]),
        (
            "<w:p><w:r><w:pict><w:txbxContent><w:p><w:r><w:t>框</w:t></w:r></w:p></w:txbxContent></w:pict></w:r></w:p>",
            ["\n框\n"],
        ),
    ],
)
def test_a_picture_leaves_a_mark_and_a_text_box_its_text(inside: str, seen: list[str]) -> None:
    assert markup.blocks(_body(inside)) == seen
