"""Edits that lose, double or move what the reader goes by: headings, headers, labels, the order of the parts.

Every answer can still be told. `REMARKED` are the edits after which the reader must say that it went by something else.
"""

from __future__ import annotations

import re

from .editing import (
    EDITS,
    edit,
    filled_paragraphs,
    is_heading,
    is_label,
    personnel_header,
    rows_below,
    value_cells,
)
from .xml import (
    Element,
    Package,
    after,
    bare,
    cells_of,
    clone,
    letters,
    look,
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

_BEFORE = frozenset(EDITS)
REMARKED: dict[str, str] = {}
"""Edit → the path its remark must carry; an empty path is the remark on texts that belong to no field."""

FRAMES = ("实施地点", "可配套资源（政策、资金等）")


# --- headings -----------------------------------------------------------------------------------------------------


def _headings(package: Package) -> list[Element]:
    """The first paragraph of every heading, in order."""
    cells = [cells_of(row)[0] for row in rows_of(package.table("单位名称"))]
    return [paragraphs_of(cell)[0] for cell in cells if is_heading(said(cell))]


def _renumber(package: Package, pattern: str) -> None:
    headings = _headings(package)
    assert len(headings) == 11
    for at, target in enumerate(headings, 1):
        text = said(target)
        for old in target.findall(qn("r")):
            target.remove(old)
        number, _, title = text.partition("、")
        target.append(run(pattern.format(at=at, han=number, title=title)))


@edit("headings_with_dots", "The headings are numbered 1. to 11. by hand.")
def headings_with_dots(package: Package) -> None:
    _renumber(package, "{at}.{title}")


@edit("headings_with_spaced_dots", "The headings are numbered 1. to 11. with a space behind the dot.")
def headings_with_spaced_dots(package: Package) -> None:
    _renumber(package, "{at}. {title}")


@edit("headings_with_arabic_numbers", "The headings are numbered 1、 to 11、.")
def headings_with_arabic_numbers(package: Package) -> None:
    _renumber(package, "{at}、{title}")


@edit("headings_in_brackets", "The headings are numbered （一） to （十一）.")
def headings_in_brackets(package: Package) -> None:
    _renumber(package, "（{han}）{title}")


@edit("headings_in_arabic_brackets", "The headings are numbered （1） to （11）.")
def headings_in_arabic_brackets(package: Package) -> None:
    _renumber(package, "（{at}）{title}")


@edit("heading_of_society_deleted", "The heading row of section 一 was deleted.")
def heading_of_society_deleted(package: Package) -> None:
    row = package.row_starting("一、项目申报单位")
    row.getparent().remove(row)


REMARKED["heading_of_work_plan_overwritten"] = "work_plan"


@edit("heading_of_work_plan_overwritten", "In section 四 the answer was typed over the heading that shares its cell.")
def heading_of_work_plan_overwritten(package: Package) -> None:
    cell = cells_of(package.row_starting("四、"))[0]
    cell.remove(paragraphs_of(cell)[0])


# --- headers of lists ---------------------------------------------------------------------------------------------

REMARKED |= {
    "personnel_header_deleted": "personnel",
    "budget_header_deleted": "budget.lines",
    "stages_header_deleted": "schedule.stages",
}


@edit("personnel_header_deleted", "The header row of the list of people was deleted.")
def personnel_header_deleted(package: Package) -> None:
    _delete_row(package, "在本项目中承担的主要工作")


@edit("budget_header_deleted", "The header row of the expenditure table was deleted.")
def budget_header_deleted(package: Package) -> None:
    _delete_row(package, "测算依据")


@edit("stages_header_deleted", "The header row of the stages was deleted.")
def stages_header_deleted(package: Package) -> None:
    _delete_row(package, "目标内容")


def _delete_row(package: Package, label: str) -> None:
    row = package.row(label)
    row.getparent().remove(row)


REMARKED["budget_header_in_two_rows"] = ""


@edit("budget_header_in_two_rows", "The expenditure table has a header in two rows, 经费来源 over two columns of it.")
def budget_header_in_two_rows(package: Package) -> None:
    lower = package.row("测算依据")
    upper = clone(lower)
    lower.addprevious(upper)
    number, item, requested, other, basis = cells_of(upper)
    set_span(requested, span_of(requested) + span_of(other))
    upper.remove(other)
    _retype(requested, "经费来源（万元）")
    for cell in (number, item, basis):
        property_of(cell, "tcPr").append(w("vMerge", val="restart"))
    for at in (0, 1, 4):
        cell = cells_of(lower)[at]
        property_of(cell, "tcPr").append(w("vMerge"))
        _retype(cell, "")


def _retype(cell: Element, text: str) -> None:
    for old in paragraphs_of(cell):
        cell.remove(old)
    cell.append(paragraph(text) if text else w("p"))


# --- people -------------------------------------------------------------------------------------------------------


@edit("office_names_labelled", "Between 负责人, 联系人 and their names a cell 姓名 was put.")
def office_names_labelled(package: Package) -> None:
    cells = cells_of(package.row("负责人"))
    for cell in cells:
        if bare(said(cell)) in ("负责人", "联系人"):
            answer = cell.getnext()
            assert span_of(answer) > 1
            set_span(answer, span_of(answer) - 1)
            cell.addnext(new_cell(1, paragraph("姓名")))


@edit(
    "office_people_in_rows_of_their_own", "负责人 and 联系人 stand side by side no more: 负责人 | 姓名 | … | 职务 | …."
)
def office_people_in_rows_of_their_own(package: Package) -> None:
    first = package.row("负责人")
    rows = rows_of(first.getparent())
    four = [cells_of(row) for row in rows[rows.index(first) : rows.index(first) + 4]]
    made = []
    for label, side in (("负责人", 1), ("联系人", 3)):
        side += len(four[0]) - 4
        name, title, phone, email = (cells[side] for cells in four)
        made.append(_person_row(label, ("姓名", name), ("职称/职务", title)))
        made.append(_person_row(label, ("联系电话", phone), ("电子邮箱", email)))
    after(first.getprevious(), *made)
    for cells in four:
        row = cells[-1].getparent()
        row.getparent().remove(row)


def _person_row(label: str, *answers: tuple[str, Element]) -> Element:
    cells = [new_cell(2, paragraph(label))]
    for name, answer in answers:
        twin = clone(answer)
        set_span(twin, 3)
        cells += [new_cell(2, paragraph(name)), twin]
    return w("tr", *cells)


REMARKED["personnel_on_an_annex_page"] = ""


@edit("personnel_on_an_annex_page", "The list of people goes on on a page behind the form, under the same header.")
def personnel_on_an_annex_page(package: Package) -> None:
    header = personnel_header(package)
    rows = rows_below(header)
    for at, row in enumerate(rows, 1):  # numbers that can go on were typed
        first = cells_of(row)[0]
        if bare(said(first)) != "……":
            _retype(first, str(at))
    moved = [row for row in rows[3:] if any(said(cell) for cell in cells_of(row)[1:])]
    table = new_table(12, clone(header), *moved)
    _append(package, paragraph("附页"), paragraph("八、项目负责人及主要参加人员（续）"), table)


REMARKED["members_on_an_annex_page"] = ""
MEMBERS = [
    ("1", "柏舟", "归雁研究院 研究员", "13800000001", "团员"),
    ("2", "云海宁", "鹿鸣大学 教授", "13800000002", "团员"),
    ("3", "陶望舒", "听松大学 教授", "13800000003", "团员"),
]


@edit(
    "members_on_an_annex_page", "A list of all corps members, counted from 1, stands behind the form under the header."
)
def members_on_an_annex_page(package: Package) -> None:
    header = clone(personnel_header(package))
    rows = [w("tr", *[new_cell(1, paragraph(text)) for text in texts]) for texts in MEMBERS]
    for cell in cells_of(header):
        set_span(cell, 1)
    _append(package, paragraph("科技服务团团员名单"), new_table(5, header, *rows))


def _append(package: Package, *elements: Element) -> None:
    end = package.body.find(qn("sectPr"))
    for element in (w("p", w("r", w("br", type="page"))), *elements, w("p")):
        end.addprevious(element)


# --- before the cover ---------------------------------------------------------------------------------------------

LETTER = [
    "关于推荐申报的函",
    "兹推荐该学会申报“科创中国”科技服务团项目。",
    "单位名称：听松省科学技术协会",
    "联系人：柏舟  电话：010-66668888",
    "电子邮箱：letter@example.org",
    "2024年4月1日",
]
REMARKED |= {"letter_before_cover": "", "letter_table_before_cover": "", "summary_before_cover": ""}


def _put_first(package: Package, *elements: Element) -> None:
    for at, element in enumerate(elements):
        package.body.insert(at, element)


@edit("letter_before_cover", "The letter of the provincial association is bound before the cover; it has labels too.")
def letter_before_cover(package: Package) -> None:
    _put_first(package, *map(paragraph, LETTER))


@edit("letter_table_before_cover", "The letter before the cover ends with a table 联系人, 电话, 单位名称.")
def letter_table_before_cover(package: Package) -> None:
    answers = [("联系人：", "柏舟"), ("电话", "010-66668888"), ("单位名称", "听松省科学技术协会")]
    rows = [w("tr", *[new_cell(1, paragraph(text)) for text in texts]) for texts in answers]
    _put_first(package, *map(paragraph, LETTER[:2]), new_table(2, *rows), w("p"))


@edit("summary_before_cover", "A summary table of the applications of the society lies before the cover.")
def summary_before_cover(package: Package) -> None:
    texts = [
        ("序号", "项目名称", "申报单位", "联系人", "手机"),
        ("1", "“科创中国”听松科技服务团", "中国听松学会", "柏舟", "13800000009"),
    ]
    rows = [w("tr", *[new_cell(1, paragraph(text)) for text in row]) for row in texts]
    _put_first(package, paragraph("申报项目汇总表"), new_table(5, *rows), w("p"))


def _problem_tables(package: Package) -> list[Element]:
    return [table for table in package.tables() if bare(said(cells_of(rows_of(table)[0])[0])) == "难题问题名称"]


@edit("problems_before_cover", "The problem tables lie before the cover.")
def problems_before_cover(package: Package) -> None:
    _put_first(package, *[element for table in _problem_tables(package) for element in (table, w("p"))])


# --- the problem table --------------------------------------------------------------------------------------------


@edit("problem_titles_numbered", "The labels 难题问题名称 are numbered （1）, （2）.")
def problem_titles_numbered(package: Package) -> None:
    for at, table in enumerate(_problem_tables(package), 1):
        _retype(cells_of(rows_of(table)[0])[0], f"难题问题名称（{at}）")


@edit("problem_title_in_one_cell", "Label and answer of the first row were merged: 难题问题名称：….")
def problem_title_in_one_cell(package: Package) -> None:
    for table in _problem_tables(package):
        label, answer = cells_of(rows_of(table)[0])
        target = [line for line in paragraphs_of(label) if said(line)][-1]
        target.append(run("："))
        for line in paragraphs_of(answer):
            target.extend(child for child in line if child.tag != qn("pPr"))
        set_span(label, span_of(label) + span_of(answer))
        answer.getparent().remove(answer)


@edit("problem_labels_over_answers", "The problem table was set anew: in two columns, each label over its answer.")
def problem_labels_over_answers(package: Package) -> None:
    for table in _problem_tables(package):
        pairs = _pairs(table)
        assert len(pairs) == 15
        rows = []
        for at in range(0, len(pairs), 2):
            labels, answers = zip(*pairs[at : at + 2], strict=True)
            for cells in (labels, answers):
                twins = [clone(cell) for cell in cells]
                for twin in twins:
                    _plain(twin)
                rows.append(w("tr", *twins, *([new_cell(1)] if len(twins) == 1 else [])))
        table.getparent().replace(table, new_table(2, *rows))


def _pairs(table: Element) -> list[tuple[Element, Element]]:
    """Labels of a problem table with their answers."""
    cells = [cell for row in rows_of(table) for cell in cells_of(row) if is_label(cell)]
    return [(cell, cell.getnext()) for cell in cells if bare(said(cell)) not in FRAMES]


def _plain(cell: Element) -> None:
    properties = property_of(cell, "tcPr")
    for name in ("gridSpan", "vMerge"):
        for old in properties.findall(qn(name)):
            properties.remove(old)


@edit("problems_as_lines", "The problem tables were turned into text, 难题问题名称：… and so on.")
def problems_as_lines(package: Package) -> None:
    for table in _problem_tables(package):
        for label, answer in _pairs(table):
            first, *others = map(clone, paragraphs_of(answer))
            line = w("p", run(said(label) + "："))
            line.extend(child for child in first if child.tag != qn("pPr"))
            for target in (line, *others):
                table.addprevious(target)
        table.getparent().remove(table)


REMARKED["last_problem_melted"] = "problems.*"


@edit("last_problem_melted", "LibreOffice saved the form as doc: the last table is running text without separators.")
def last_problem_melted(package: Package) -> None:
    table = _problem_tables(package)[-1]
    lines = [w("p")]
    for row in rows_of(table):
        for cell in cells_of(row):
            if merge_of(cell) == "continue":
                continue
            for at, target in enumerate(paragraphs_of(cell)):
                if at:
                    lines.append(w("p"))
                lines[-1].extend(clone(child) for child in target if child.tag != qn("pPr"))
    after(table, *lines)
    table.getparent().remove(table)


# --- the cover and prefixes ---------------------------------------------------------------------------------------


@edit("cover_lines_without_colons", "The cover was typed as lines with spaces between label and answer, no colons.")
def cover_lines_without_colons(package: Package) -> None:
    for table in package.tables()[:2]:
        for row in rows_of(table):
            label, answer = cells_of(row)
            line = w("p", w("r", look(), letters(said(label).strip().rstrip("：:") + "    ")))
            for target in paragraphs_of(answer):
                line.extend(child for child in target if child.tag != qn("pPr"))
            for tab in list(line.iter(qn("tab"))):
                tab.getparent().remove(tab)
            table.addprevious(line)
        table.getparent().remove(table)


@edit("emails_with_prefix", "E-mail addresses have E-mail： before them.")
def emails_with_prefix(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        if re.fullmatch(r"\s*[\w.\-＿－．]+[@＠][\w.\-－．]+\s*", said(target)):
            first = next(child for child in target if child.tag != qn("pPr"))
            first.addprevious(run("E-mail："))


NAMES = tuple(name for name in EDITS if name not in _BEFORE)
assert REMARKED.keys() <= {*NAMES}
