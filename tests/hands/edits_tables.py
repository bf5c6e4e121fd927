"""Edits that move rows, cells and tables and leave every answer where its label is."""

from __future__ import annotations

import random
import re
import unicodedata

from lxml import etree

from .editing import edit, is_heading, personnel_header, rows_below
from .xml import (
    Element,
    Package,
    after,
    bare,
    cells_of,
    clone,
    letters,
    merge_of,
    new_cell,
    new_table,
    paragraph,
    paragraphs_of,
    property_of,
    qn,
    rows_of,
    run,
    said,
    set_span,
    span_of,
    w,
)

WIDTH = 12


# --- splitting and joining ----------------------------------------------------------------------------------------


def split_before(row: Element) -> Element:
    """Word's 拆分表格: this row and all below become a table of their own, an empty paragraph between."""
    table = row.getparent()
    below = [row, *row.itersiblings(qn("tr"))]
    fresh = w("tbl", clone(table.find(qn("tblPr"))), clone(table.find(qn("tblGrid"))), *below)
    after(table, w("p"), fresh)
    for cell in cells_of(row):
        if merge_of(cell) == "continue":
            cell.find(f"{qn('tcPr')}/{qn('vMerge')}").set(qn("val"), "restart")
    return fresh


@edit("split_between_sections", "Somebody splits the table before sections 二, 五 and 九 to keep the pages apart.")
def split_between_sections(package: Package) -> None:
    for words in ("二、", "五、", "九、"):
        split_before(package.row_starting(words))


@edit("split_at_every_section", "Somebody makes a table of every section.")
def split_at_every_section(package: Package) -> None:
    for row in [row for row in rows_of(package.table("单位名称")) if is_heading(said(row))][1:]:
        split_before(row)


@edit("split_in_personnel", "The table is split in the middle of the list of people, where a page ends.")
def split_in_personnel(package: Package) -> None:
    split_before(rows_below(personnel_header(package))[3])


@edit("split_in_budget", "The table is split between two lines of expenditure.")
def split_in_budget(package: Package) -> None:
    split_before(rows_below(package.row("测算依据"))[1])


@edit("split_below_headers", "The table is split between the header of a list and its first row.")
def split_below_headers(package: Package) -> None:
    for label in ("目标内容", "在本项目中承担的主要工作", "测算依据"):
        split_before(package.row(label).getnext())


@edit("split_between_leaders", "The table is split between 团长 and 首席专家, through the merged cell 服务团.")
def split_between_leaders(package: Package) -> None:
    split_before(package.row("首席专家"))


@edit("split_inside_leader", "The table is split after the first row of 团长, through two merged cells.")
def split_inside_leader(package: Package) -> None:
    split_before(package.row("团长").getnext())


@edit("split_between_heading_and_text", "A page break between a heading row and its text made two tables.")
def split_between_heading_and_text(package: Package) -> None:
    for words in ("三、", "五、", "六、"):
        split_before(package.row_starting(words).getnext())


@edit("headings_outside", "The headings of the sections were taken out of the table as paragraphs between tables.")
def headings_outside(package: Package) -> None:
    for row in [row for row in rows_of(package.table("单位名称")) if is_heading(said(row))]:
        if said(row).startswith("四、"):
            continue
        heading = paragraphs_of(cells_of(row)[0])
        if row.getparent().index(row) > 2:
            split_before(row)
        table = row.getparent()
        table.remove(row)
        for target in heading:
            table.addprevious(target)


@edit("all_tables_joined", "All tables were joined in one; what stood between them became rows.")
def all_tables_joined(package: Package) -> None:
    tables = package.tables()
    whole = new_table(WIDTH)
    tables[0].addprevious(whole)
    for element in [child for child in package.body if child.tag != qn("sectPr") and child is not whole]:
        if element.tag == qn("tbl"):
            for row in rows_of(element):
                _spread(row)
                whole.append(row)
            element.getparent().remove(element)
        elif said(element):
            whole.append(w("tr", new_cell(WIDTH, element)))
        else:
            element.getparent().remove(element)
    whole.addnext(w("p"))


def _spread(row: Element) -> None:
    """A row of the cover, two cells wide, made as wide as the others."""
    cells = cells_of(row)
    if sum(span_of(cell) for cell in cells) < WIDTH:
        for cell in cells:
            set_span(cell, WIDTH // len(cells))


@edit(
    "main_joined_with_problems", "The empty lines between application and problem tables were deleted: one long table."
)
def main_joined_with_problems(package: Package) -> None:
    main, *others = [table for table in package.tables() if len(cells_of(rows_of(table)[-1])) != 2 or _is_long(table)]
    for table in others:
        if table is not main:
            main.extend(rows_of(table))
            table.getparent().remove(table)


def _is_long(table: Element) -> bool:
    return len(rows_of(table)) > 10


@edit("form_in_layout_table", "A program laid the whole form out in the single cell of a table.")
def form_in_layout_table(package: Package) -> None:
    content = [child for child in package.body if child.tag != qn("sectPr")]
    frame = new_table(1, w("tr", w("tc", w("tcPr", w("tcW", w=8952, type="dxa")), *content)), width=8952)
    package.body.insert(0, frame)
    cells_of(rows_of(frame)[0])[0].append(w("p"))
    frame.addnext(w("p"))


# --- merges and grids ---------------------------------------------------------------------------------------------


def _merged_columns(package: Package) -> list[list[Element]]:
    """Every vertical merge as the list of its cells from top to bottom."""
    found: dict[tuple[Element, int], list[Element]] = {}
    groups: list[list[Element]] = []
    for table in package.document.iter(qn("tbl")):
        for row in rows_of(table):
            column = 0
            for cell in cells_of(row):
                if merge_of(cell) == "restart":
                    found[table, column] = [cell]
                    groups.append(found[table, column])
                elif merge_of(cell) == "continue":
                    found[table, column].append(cell)
                column += span_of(cell)
    return groups


def _drop_merge(cell: Element) -> None:
    properties = property_of(cell, "tcPr")
    properties.remove(properties.find(qn("vMerge")))


@edit("merges_broken", "Vertical merges were dissolved: the label stays in the first row, the cells below are empty.")
def merges_broken(package: Package) -> None:
    for group in _merged_columns(package):
        for cell in group:
            _drop_merge(cell)


@edit("merges_repeated", "Vertical merges were dissolved and the label was repeated in every row.")
def merges_repeated(package: Package) -> None:
    for first, *others in _merged_columns(package):
        for cell in others:
            for target in paragraphs_of(cell):
                cell.remove(target)
            cell.extend(clone(target) for target in paragraphs_of(first))
        for cell in (first, *others):
            _drop_merge(cell)


@edit("merge_cells_left_out", "A converter kept gridBefore instead of the cells that continue a merge.")
def merge_cells_left_out(package: Package) -> None:
    for row in list(package.rows()):
        skipped = 0
        for cell in cells_of(row):
            if merge_of(cell) != "continue":
                break
            skipped += span_of(cell)
            row.remove(cell)
        if skipped:
            property_of(row, "trPr").insert(0, w("gridBefore", val=skipped))
    for group in _merged_columns(package):
        _drop_merge(group[0])


@edit("grid_doubled", "A program saved every column as two.")
def grid_doubled(package: Package) -> None:
    for table in package.tables():
        _regrid(table, [2] * len(table.find(qn("tblGrid"))))


@edit("grid_finer", "After columns were dragged by mouse the grid is finer, differently for every column.")
def grid_finer(package: Package) -> None:
    chance = random.Random("grid_finer")
    for table in package.tables():
        _regrid(table, [chance.randint(1, 4) for _ in table.find(qn("tblGrid"))])


def _regrid(table: Element, parts: list[int]) -> None:
    for row in rows_of(table):
        column = 0
        for cell in cells_of(row):
            span = span_of(cell)
            set_span(cell, sum(parts[column : column + span]))
            column += span
    grid = table.find(qn("tblGrid"))
    for column, count in zip(list(grid), parts, strict=True):
        width = int(column.get(qn("w"))) // count
        after(column, *[w("gridCol", w=width) for _ in range(count)])
        grid.remove(column)


@edit("grid_spans_lost", "In the lists every cell takes one column: a program dropped gridSpan there.")
def grid_spans_lost(package: Package) -> None:
    for label in ("目标内容", "在本项目中承担的主要工作", "测算依据"):
        header = package.row(label)
        for row in [header, *rows_below(header)]:
            for cell in cells_of(row):
                set_span(cell, 1)


@edit("grid_before", "The whole table starts one column further right: gridBefore in every row.")
def grid_before(package: Package) -> None:
    for table in package.tables():
        table.find(qn("tblGrid")).insert(0, w("gridCol", w=100))
        for row in rows_of(table):
            properties = property_of(row, "trPr")
            before = properties.find(qn("gridBefore"))
            if before is None:
                properties.insert(0, w("gridBefore", val=1))
            else:
                before.set(qn("val"), str(int(before.get(qn("val"))) + 1))


# --- rows ---------------------------------------------------------------------------------------------------------


def _blank_like(row: Element) -> Element:
    twin = clone(row)
    for cell in cells_of(twin):
        for child in list(cell):
            if child.tag != qn("tcPr"):
                cell.remove(child)
        cell.append(w("p"))
        merge = cell.find(f"{qn('tcPr')}/{qn('vMerge')}")
        if merge is not None:
            merge.getparent().remove(merge)
    return twin


@edit("blank_rows_added", "Blank rows were left in the lists and between sections.")
def blank_rows_added(package: Package) -> None:
    people, lines = rows_below(personnel_header(package)), rows_below(package.row("测算依据"))
    after(people[1], _blank_like(people[1]))
    after(people[3], _blank_like(people[3]), _blank_like(people[3]))
    after(lines[0], _blank_like(lines[0]))
    for words in ("二、", "七、", "九、"):
        package.row_starting(words).addprevious(w("tr", new_cell(WIDTH)))


@edit("header_row_repeated", "After a page break somebody typed the header row of the lists again.")
def header_row_repeated(package: Package) -> None:
    for label, at in (("在本项目中承担的主要工作", 3), ("测算依据", 1)):
        header = package.row(label)
        after(rows_below(header)[at], clone(header))


@edit(
    "section_heading_repeated",
    "After a page break the heading of section 八 was typed again with （续） and the header row.",
)
def section_heading_repeated(package: Package) -> None:
    header = personnel_header(package)
    title = clone(header.getprevious())
    paragraphs_of(cells_of(title)[0])[0].append(run("（续）"))
    after(rows_below(header)[3], title, clone(header))


@edit("budget_total_row", "The expenditure table ends with a row 合计.")
def budget_total_row(package: Package) -> None:
    rows = rows_below(package.row("测算依据"))
    total = _blank_like(rows[0])
    filled = [row for row in rows if any(said(cell) for cell in cells_of(row)[1:])]
    _type(cells_of(total)[1], "合  计")
    for at in (2, 3):
        _type(cells_of(total)[at], _summed([said(cells_of(row)[at]) for row in filled]))
    after(filled[-1], total)


def _summed(amounts: list[str]) -> str:
    """The sum of a column, in the unit in which its amounts are written."""
    plain = [unicodedata.normalize("NFKC", amount).replace(",", "") for amount in amounts]
    total = sum(float("".join(re.findall(r"[\d.]", amount)) or 0) for amount in plain)
    return f"{total:.2f}" + ("元" if plain[0].strip().endswith("元") and "万" not in plain[0] else "")


@edit("nothing_below", "The list of people ends with 以下空白.")
def nothing_below(package: Package) -> None:
    rows = rows_below(personnel_header(package))
    filled = [row for row in rows if any(said(cell) for cell in cells_of(row)[1:])]
    last = _blank_like(filled[-1])
    _type(cells_of(last)[1], "（以下空白）")
    after(filled[-1], last)


def _type(cell: Element, text: str) -> None:
    paragraphs_of(cell)[0].append(run(text))


# --- cells --------------------------------------------------------------------------------------------------------


@edit("extra_empty_cell", "The cell of an answer was split and its right half is empty.")
def extra_empty_cell(package: Package) -> None:
    for cell in _long_answers(package):
        span = span_of(cell)
        set_span(cell, span - 2)
        cell.addnext(new_cell(2))


@edit("answer_in_second_cell", "The cell of an answer was split and the answer stands in its right half.")
def answer_in_second_cell(package: Package) -> None:
    for cell in _long_answers(package):
        span = span_of(cell)
        set_span(cell, span - 1)
        cell.addprevious(new_cell(1))


@edit("address_over_two_cells", "Address and postcode were put in two cells side by side.")
def address_over_two_cells(package: Package) -> None:
    cell = cells_of(package.row("通讯地址及邮编"))[2]
    text = said(cell).strip()
    street, _, postcode = text.rpartition(" ")
    for target in paragraphs_of(cell):
        cell.remove(target)
    cell.append(paragraph(street))
    set_span(cell, 5)
    cell.addnext(new_cell(2, paragraph(postcode)))


def _long_answers(package: Package) -> list[Element]:
    rows = [package.row(label) for label in ("单位名称", "统一社会信用代码", "拟重点服务的产业领域", "难题问题名称")]
    rows.append(package.row("提出单位"))
    return [cells_of(row)[-1] for row in rows]


@edit("heading_and_text_in_one_cell", "Heading and text of sections 三, 五 and 六 were merged in one cell.")
def heading_and_text_in_one_cell(package: Package) -> None:
    for words in ("三、", "五、", "六、"):
        row = package.row_starting(words)
        cell, body = cells_of(row)[0], cells_of(row.getnext())[0]
        cell.extend(child for child in body if child.tag != qn("tcPr"))
        row.getparent().remove(row.getnext())


@edit("heading_and_text_in_two_cells", "Section 四 got a heading row of its own, like its neighbours.")
def heading_and_text_in_two_cells(package: Package) -> None:
    row = package.row_starting("四、")
    heading = paragraphs_of(cells_of(row)[0])[0]
    row.addprevious(w("tr", new_cell(WIDTH, heading)))


@edit("personnel_extra_columns", "Columns 性别 and 年龄 were put into the list of people.")
def personnel_extra_columns(package: Package) -> None:
    header = personnel_header(package)
    chance = random.Random("personnel_extra_columns")
    for row in [header, *rows_below(header)]:
        unit = cells_of(row)[2]
        filled = said(unit) != ""
        sex, age = chance.choice("男女"), str(chance.randint(28, 61))
        texts = ("性别", "年龄") if row is header else (sex, age) if filled else ("", "")
        set_span(unit, 2)
        for text in texts:
            unit.addprevious(new_cell(1, paragraph(text) if text else w("p")))


@edit("personnel_column_behind", "A column 备注 was put behind the list of people and some remarks stand in it.")
def personnel_column_behind(package: Package) -> None:
    header = personnel_header(package)
    for at, row in enumerate([header, *rows_below(header)]):
        duty = cells_of(row)[4]
        set_span(duty, 2)
        remark = "备注" if at == 0 else "青托" if at == 3 else ""
        duty.addnext(new_cell(1, paragraph(remark) if remark else w("p")))


@edit("essays_in_nested_tables", "The long texts were pasted as one-cell tables into their cells.")
def essays_in_nested_tables(package: Package) -> None:
    cells = [cells_of(package.row_starting(words).getnext())[0] for words in ("三、", "五、", "六、")]
    cells.append(cells_of(package.row_starting("申报单位简介"))[1])
    cells += [cells_of(row)[1] for row in package.rows() if bare(said(cells_of(row)[0])) == "难题问题描述"]
    for cell in cells:
        told = [target for target in paragraphs_of(cell) if said(target)]
        place = told[0].getprevious()
        inner = w("tc", w("tcPr", w("tcW", w=5000, type="dxa")), *told)
        after(place, new_table(1, w("tr", inner), width=5000))
        cell.append(w("p"))


# --- cover, headings, annexes -------------------------------------------------------------------------------------


@edit("cover_as_paragraphs", "The cover was typed as lines, label and answer in one paragraph each.")
def cover_as_paragraphs(package: Package) -> None:
    for table in package.tables()[:2]:
        for row in rows_of(table):
            label, value = cells_of(row)
            line = paragraphs_of(label)[0]
            for target in paragraphs_of(value):
                line.extend(child for child in target if child.tag != qn("pPr"))
            table.addprevious(line)
        table.getparent().remove(table)


@edit("headings_numbered", "The numbers 一、二、三、 of the headings are automatic, they are not in the text.")
def headings_numbered(package: Package) -> None:
    _add_chinese_counting(package)
    for target in package.document.iter(qn("p")):
        cell = target.getparent()
        if cell.tag != qn("tc") or paragraphs_of(cell)[0] is not target or not is_heading(said(target)):
            continue
        first = next(target.iter(qn("t")))
        _, _, rest = first.text.partition("、")
        first.getparent().replace(first, letters(rest))
        property_of(target, "pPr").append(w("numPr", w("ilvl", val=0), w("numId", val=77)))


def _add_chinese_counting(package: Package) -> None:
    name = "word/numbering.xml"
    tree = etree.fromstring(package.parts[name])
    level = w("lvl", w("start", val=1), w("numFmt", val="chineseCountingThousand"), w("lvlText", val="%1、"), ilvl=0)
    level.append(w("lvlJc", val="left"))
    tree.find(qn("num")).addprevious(w("abstractNum", w("multiLevelType", val="singleLevel"), level, abstractNumId=77))
    tree.append(w("num", w("abstractNumId", val=77), numId=77))
    package.parts[name] = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


@edit("instructions_deleted", "The page of instructions was deleted.")
def instructions_deleted(package: Package) -> None:
    told = [target for target in package.body.findall(qn("p")) if said(target)[1:2] == "．" or "填  报" in said(target)]
    for target in told:
        target.getparent().remove(target)


@edit("signatures_filled", "The opinion at the end is signed and dated by two people.")
def signatures_filled(package: Package) -> None:
    cell = cells_of(package.row_starting("项目负责人（签名）"))[0]
    for target in paragraphs_of(cell):
        text = said(target)
        if "签名" in text:
            target.append(run("柏舟  "))
        elif text.startswith("年"):
            for old in target.findall(qn("r")):
                target.remove(old)
            target.append(run("2024年5月17日"))
    paragraphs_of(cell)[0].addprevious(paragraph("情况属实，同意申报。"))


ANNEX = ["附页", "“科创中国”科技服务团团员名单"]
CONSENT = [
    "关于同意推荐申报2024年“科创中国”科技服务团项目的函",
    "中国科协科学技术创新部：",
    "经研究，同意推荐该服务团申报，并由我单位牵头成立工作联络组。联系人：柏舟，联系电话：010-60000000。",
    "某某省科学技术协会",
    "2024年5月16日",
]


@edit(
    "annex_pages", "Pages were added at the end: a list of corps members and the letter of the provincial association."
)
def annex_pages(package: Package) -> None:
    end = package.body.find(qn("sectPr"))
    head = w("tr", *[new_cell(1, paragraph(text)) for text in ("序号", "姓名", "单位", "年龄", "职称")])
    members = [("1", "柏舟", "归雁研究院", "41", "研究员"), ("2", "云海宁", "鹿鸣大学", "38", "教授")]
    rows = [w("tr", *[new_cell(1, paragraph(text)) for text in texts]) for texts in members]
    pages = [w("p", w("r", w("br", type="page"))), *map(paragraph, ANNEX), new_table(5, head, *rows)]
    pages += [w("p", w("r", w("br", type="page"))), *map(paragraph, CONSENT)]
    for element in pages:
        end.addprevious(element)


@edit(
    "annex_between", "The letter of the provincial association was put between the application and the problem table."
)
def annex_between(package: Package) -> None:
    for text in CONSENT:
        package.table("难题问题名称").getprevious().getprevious().getprevious().addprevious(paragraph(text))


@edit("labels_left_in_text", "The page of instructions was replaced by a remark that names labels of the form.")
def labels_left_in_text(package: Package) -> None:
    remark = "说明：项目名称、单位名称、联系人、手机以申报书为准；团长、首席专家见第二部分；经费总预算见第九部分。"
    package.table("单位名称").addprevious(paragraph(remark))


@edit("options_in_one_paragraph", "The lines of options were joined: all boxes of a cell stand in one paragraph.")
def options_in_one_paragraph(package: Package) -> None:
    for row in package.rows():
        if bare(said(cells_of(row)[0])) not in ("所属分类", "产业领域"):
            continue
        first, *others = paragraphs_of(cells_of(row)[1])
        for target in others:
            first.append(run("  "))
            first.extend(child for child in target if child.tag != qn("pPr"))
            target.getparent().remove(target)


@edit(
    "problem_titles_deleted", "The titles above the problem tables were deleted, a blank line is all that parts them."
)
def problem_titles_deleted(package: Package) -> None:
    for target in package.body.findall(qn("p")):
        if bare(said(target)) in ("附件", "重点产业链发展难题和重大产业共性技术问题", "基本情况表"):
            package.body.remove(target)


@edit("table_at_the_end", "Nothing stands behind the last table, as in the blank form itself.")
def table_at_the_end(package: Package) -> None:
    last = package.body.find(qn("sectPr")).getprevious()
    if last.tag == qn("p") and not said(last):
        package.body.remove(last)
