"""Both roads through a document lead to the same blocks."""

from __future__ import annotations

from typing import Any

import pytest
from tests.hands import EDITS, each_habit, fill, truth

from ketuan.documents.reading import markup
from ketuan.documents.reading.package import Part, main_part


def _shape(blocks: list[str | markup.Table]) -> list[Any]:
    return [
        block
        if isinstance(block, str)
        else [[(c.number, c.col, c.span, c.over is not None, _shape(c.blocks)) for c in row] for row in block.rows]
        for block in blocks
    ]


def _long_road(data: bytes) -> list[str | markup.Table]:
    part = main_part(data)
    walk = markup._Walk(part)
    walk.through(part.root)
    return walk.found


@pytest.mark.parametrize("name", EDITS)
def test_the_short_road_gives_what_the_long_one_gives(name: str) -> None:
    data = EDITS[name][0](fill(truth(5)))
    short = markup._plain(main_part(data))
    if short is None:
        pytest.skip("this document needs the long road")
    assert _shape(short) == _shape(_long_road(data))


def test_an_ordinary_form_takes_the_short_road() -> None:
    assert [markup._plain(main_part(fill(truth(seed)))) is None for seed in range(5)] == [False] * 5


def test_boxes_made_in_seven_ways_look_the_same() -> None:
    ticks = ["☑", "Wingdings F0FE", "Wingdings 2 F052", "R in Wingdings 2", "content control", "form field"]
    hands = [hand for hand in each_habit() if hand.tick in ticks]
    seen = {hand.tick: "☑" in str(_shape(markup.blocks(main_part(fill(truth(5), hand))))) for hand in hands}
    assert seen == dict.fromkeys(seen, True)
    assert len(seen) >= 5


def _body(inside: str) -> Part:
    from lxml import etree

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
