"""Rosters: the empty sheet, and what is read from sheets as people fill them in."""

from __future__ import annotations

import base64
import datetime
import io
import zipfile
import zlib
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from ketuan.documents.errors import Unreadable
from ketuan.documents.rosters import MAX_BYTES, MAX_ROWS, read_roster, template
from ketuan.forms.fields import spec_of
from ketuan.forms.remarks import Place
from ketuan.forms.roster import RosterEntry

LABELS = [spec_of(info).label for info in RosterEntry.model_fields.values()]
BORN = datetime.date(1985, 3, 12)


def workbook(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets:
        sheet = book.add_worksheet(name)
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, datetime.date):
                    sheet.write_datetime(row, column, datetime.datetime.combine(value, datetime.time()), day)
                elif isinstance(value, str):
                    sheet.write_string(row, column, value)
                else:
                    sheet.write(row, column, value)
    book.close()
    return out.getvalue()


def one(*rows: Sequence[Any], sheet: str = "Sheet1") -> bytes:
    return workbook((sheet, rows))


def born(written: Any) -> tuple[datetime.date | None, list[str]]:
    roster, remarks = read_roster(one(("姓名", "出生日期"), ("张三", written)), "r.xlsx")
    return roster.entries[0].born, [r.kind for r in remarks]


# ---- the empty sheet -------------------------------------------------------------------------------------------------


def test_the_empty_sheet_has_the_labels_of_the_model_and_explains_them() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template()))
    assert book.sheetnames == ["名册", "填写说明"]
    assert [cell.value for cell in book["名册"][1]] == LABELS
    explained = [row[0] for row in book["填写说明"].iter_rows(values_only=True)]
    assert [label for label in LABELS if label not in explained] == []


def test_the_empty_sheet_checks_dates_and_offers_the_roles() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(template()))["名册"]
    rules = {(r.type, r.formula1) for r in sheet.data_validations.dataValidation}
    assert ("list", '"团长,首席专家,团员"') in rules
    assert "date" in {kind for kind, _ in rules}


def test_the_empty_sheet_is_always_the_same_and_has_nobody_in_it() -> None:
    assert template() == template()
    roster, remarks = read_roster(template(), "empty.xlsx")
    assert (roster.entries, remarks) == ((), ())


def test_what_is_written_into_the_empty_sheet_is_read_back() -> None:
    book = openpyxl.load_workbook(io.BytesIO(template()))
    people = [
        ("“科创中国”脑机接口科技服务团", "张三", BORN, "某某大学", "教授", "第七届", "团长", "神经工程", "13800000000"),
        ("“科创中国”脑机接口科技服务团", "李四", datetime.date(1990, 12, 1), "某某公司", "", "", "", "", "13900000001"),
    ]
    for row, person in enumerate(people, 2):
        for column, value in enumerate(person, 1):
            book["名册"].cell(row, column, value)
    out = io.BytesIO()
    book.save(out)
    roster, remarks = read_roster(out.getvalue(), "团.xlsx")
    names = list(RosterEntry.model_fields)
    assert [tuple(getattr(e, n) for n in names) for e in roster.entries] == people
    assert (roster.source, roster.lines, remarks) == ("团.xlsx", (2, 3), ())


# ---- what people do --------------------------------------------------------------------------------------------------


def test_the_header_may_stand_lower_with_gaps_notes_and_other_names() -> None:
    data = one(
        ("某某服务团人员名册",),
        ("填报单位：某某学会",),
        ("序号", "姓 名*", "出生年月日（年-月-日）", "所在单位", "职 称", "职务", "联系电话"),
        (1, "张三", "1985-03-12", "某某大学", "教授", "院长", 13800000000),
    )
    roster, remarks = read_roster(data, "r.xlsx")
    (person,) = roster.entries
    assert (person.name, person.born, person.unit, person.post, person.phone) == (
        *("张三", BORN, "某某大学", "教授/院长", "13800000000"),
    )
    assert (roster.lines, remarks) == ((4,), ())


def test_columns_that_mean_nothing_to_us_are_named_in_a_remark() -> None:
    roster, remarks = read_roster(one(("姓名", "工作单位", "血型", "爱好"), ("张三", "某大学", "A", "棋")), "r.xlsx")
    assert len(roster.entries) == 1
    (remark,) = remarks
    assert (remark.found, remark.place) == ("血型、爱好", Place(1, 1, 3))


def test_every_sheet_with_the_header_is_read_and_its_name_says_which_corps() -> None:
    head = ("姓名", "工作单位")
    data = workbook(
        ("说明", [("请如实填写",)]),
        ("脑机接口", [head, ("张三", "某大学")]),
        ("Sheet3", [head, ("李四", "某公司")]),
        ("名单", [("服务团", *head), ("量子信息", "王五", "某所"), ("", "赵六", "某院")]),
    )
    roster, _ = read_roster(data, "r.xlsx")
    assert [(e.corps, e.name) for e in roster.entries] == [
        *(("脑机接口", "张三"), ("", "李四"), ("量子信息", "王五"), ("", "赵六"))
    ]


def test_a_value_merged_over_several_lines_counts_for_each() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(1, 1, ("服务团", "姓名"))
    sheet.merge_range(2, 1, 3, 1, "低空经济")
    sheet.write_column(2, 2, ("张三", "李四"))
    book.close()
    roster, _ = read_roster(out.getvalue(), "r.xlsx")
    assert [(e.corps, e.name) for e in roster.entries] == [("低空经济", "张三"), ("低空经济", "李四")]


def test_blank_lines_examples_and_repeated_headers_are_passed_over() -> None:
    data = one(
        ("序号", "姓名", "工作单位", "团内身份"),
        (1, "例：王小明", "某某大学", "团员"),
        ("", "", "", "团长、首席专家、团员"),
        (2, "张三", "某大学", "团长"),
        (3, " ", None, ""),
        ("序号", "姓名", "工作单位", "团内身份"),
        (4, "李四", "某公司", "团员"),
    )
    roster, remarks = read_roster(data, "r.xlsx")
    assert [e.name for e in roster.entries] == ["张三", "李四"]
    assert (roster.lines, remarks) == ((4, 7), ())


def test_a_line_without_a_name_is_not_read_in_silence() -> None:
    roster, remarks = read_roster(one(("姓名", "工作单位"), ("", "某大学"), ("张三", "某所")), "r.xlsx")
    assert [e.name for e in roster.entries] == ["张三"]
    assert [(r.kind, r.found, r.place) for r in remarks] == [("unread", "某大学", Place(1, 2, 1))]


def test_what_looks_like_a_formula_is_text() -> None:
    roster, _ = read_roster(one(("姓名", "工作单位"), ("=1+1", '=HYPERLINK("http://x","y")'), ("@a", "+1")), "r.xlsx")
    assert [(e.name, e.unit) for e in roster.entries] == [("=1+1", '=HYPERLINK("http://x","y")'), ("@a", "+1")]


@pytest.mark.parametrize(
    "written",
    [
        BORN,
        *("1985-03-12", "1985-3-12", "1985/3/12", "1985.3.12", "1985.03.12.", "1985年3月12日", "19850312"),
        *(19850312, "１９８５年３月１２日", " 1985 年 3 月 12 日 ", "1985-03-12 00:00:00", "1985—03—12"),
    ],
)
def test_a_birth_date_is_read_from_every_common_writing(written: Any) -> None:
    assert born(written) == (BORN, [])


@pytest.mark.parametrize("written", ["1985-03", "1985.3", 1985.3, "1985年3月", "1985", 1985, "198503"])
def test_a_birth_date_without_its_day_is_left_open_with_a_remark(written: Any) -> None:
    assert born(written) == (None, ["unread"])


@pytest.mark.parametrize("written", ["1985-02-30", "不详", "85.3.12", "1985-13-01", "三月十二日"])
def test_what_is_no_date_is_left_open_with_a_remark(written: str) -> None:
    assert born(written) == (None, ["unread"])


def test_a_bare_serial_number_is_read_as_excel_means_it_and_doubted() -> None:
    assert born(31118) == (BORN, ["unsure"])


def test_a_remark_says_where_and_what_to_do() -> None:
    data = one(("姓名", "出生年月"), ("张三", BORN), ("李四", "1990.5"))
    _, (remark,) = read_roster(data, "r.xlsx")
    assert (remark.path, remark.found, remark.place) == ("1.born", "1990.5", Place(1, 3, 2))
    assert remark.message == (
        "工作表“Sheet1”第3行出生日期“1990.5”没有写到日，无法据以核对年龄，请写成 1985-03-12 的样子。"
    )


# A workbook of Excel 97 (made with xlwt 1.3): sheet 脑机接口, header in line 2, two people; zlib, base64.
OLD = (
    "eNrtWE9IVEEY/817u+vuovvH1kADXYS0TCOJKBd0SygP5bpm/zTDXHdbwlxjqYMdSrM9BkGnooughy5WEP2hDnXrECh5CIpgTezSKSiI0H19"
    "8+3b2rUCF0rYeL/HfDPzm/m+mXkz8828NzvjTk7cq5jHCrRARUqzwZLFCQq2TMYFKtc0mczEVgqagYKCzUoTaTHjScnLIjmHcr7noeCu6TlJ"
    "4D2FXpxFYDgW8a4hWrkP/UL2oZmkwC1iHCjnXpWyHGC5juUdrvmU5W5mrrJsprpJ0YMZf6Bul76KjynVXOaAtPuQdd4w04gyvJCr+NI1ka5r"
    "xp746f4zBVZQaSrGJGhC2yKxSFzmnZiCHRghNAwNNYTDSXhosifxRfMCnzO7+pnX4NeWFyD+ay5f9AfeSpO4kr+umIBRaCd5kyTIL+80yRKT"
    "cI/5olMDC11LOMCuWQaqM9ddcsgE8a2z6vxipCpKzP6QL0rM4onejsNd7R3EePtsARViNlrbfeo45QPRt0fIMzQ2NW3busMujwF2G64ct1HC"
    "26mYZBhOTrt5U7mo5aXbn161h4L+PmZGuS/pA2Wj7D80jEkNUnYwy0NgWccaW1heZqsbOF3B0kMrnuKaYJme2DfOda5waQ21s50x56/NSm+i"
    "dOJj56PKxIJ/M6Wn2+YveKZf+ydQTQdcmPTlM456US9u3pB47M/EQnc+71iW/+KIrIpLH4Gmn5pOLNPWk5ybiXROvh3xI6fo7yqdUymn6raU"
    "39hS2JZ8OxcVO4+3FL4PpKdIl6ak2wn23Le1pmtLe2bdnsqrINeeyvYsevsq901Oa4tSigeyMXKpP2GHAQMGDBgwYMCAgYKF4Osg+AooL5Rm"
    "/TJfpP/XWaaQMn6T/Lc4iGF6ztFH5V7EKI5jJK/1sx5mkbElVqmT+V8ocZRaj2MQIe7HYN7rlz7GRPZ4Vq3o+ntbKN/2U/n08x+3/x3couP9"
)


def test_the_old_format_is_read_too() -> None:
    roster, remarks = read_roster(zlib.decompress(base64.b64decode(OLD)), "r.xls")
    assert [(e.corps, e.name, e.born, e.phone) for e in roster.entries] == [
        ("脑机接口", "张三", BORN, "13800000000"),
        ("脑机接口", "李四", None, ""),
    ]
    assert [(r.found, r.place) for r in remarks] == [("1990.5", Place(1, 4, 2))]


# ---- hostile ---------------------------------------------------------------------------------------------------------


def zipped(name: str = "a.txt", content: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr(name, content)
    return out.getvalue()


def far_apart() -> bytes:
    """Two cells at opposite corners: a dense grid of 17 thousand million cells."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("姓名", "工作单位"))
    sheet.write(1_048_575, 16_383, "x")
    book.close()
    return out.getvalue()


def swollen() -> bytes:
    """A sheet of one cell whose text is 300 MB of one letter."""
    small = one(("姓名", "工作单位"), ("张三", "某大学"))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sharedStrings.xml"):
                content = content.replace("某大学".encode(), b"A" * 300_000_000)
            new.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "空的"),
        (b"hello", "不是 Excel 工作簿"),
        (b"PK\x03\x04 broken", "不是完好的 Excel 工作簿"),
        (zipped(), "不是完好的 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "不是完好的 Excel 工作簿"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "密码"),
        (b"PK" + b"\x00" * MAX_BYTES, "20MB"),
        (one(("名称", "数量"), ("张三", 1)), "没有找到名册的表头"),
        (one(("姓名", "工作单位"), *[("张三", "某大学")] * MAX_ROWS), f"超过{MAX_ROWS}行"),
    ],
    ids=["nothing", "text", "torn", "zip", "ole", "locked", "large", "other table", "long"],
)
def test_what_is_no_roster_is_refused_with_a_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read_roster(data, "r.xlsx")


def test_a_workbook_that_asks_for_all_memory_is_refused() -> None:
    with pytest.raises(Unreadable, match="过大"):
        read_roster(far_apart(), "r.xlsx")


def test_a_swollen_cell_is_cut_or_refused_but_never_handed_on_whole() -> None:
    try:
        roster, _ = read_roster(swollen(), "r.xlsx")
    except Unreadable:
        return
    assert len(roster.entries[0].unit) <= 1_000
