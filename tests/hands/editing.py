"""What all edits share: the list they enter, and the cells and runs they work on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from .xml import Element, Package, bare, paragraphs_of, qn, said

Edit = Callable[[bytes], bytes]
EDITS: dict[str, tuple[Edit, str]] = {}

PERSON = ("姓名", "手机", "电子邮箱", "单位电话", "单位及职务", "专业职称")
OFFICE = ("负责人", "联系人", "职称/职务", "联系电话")
LABELS = {
    *PERSON,
    *OFFICE,
    "项目编号",
    "项目名称",
    "申报单位",
    "电话",
    "申报日期",
    "申报单位（全国学会）",
    "单位名称",
    "统一社会信用代码",
    "通讯地址及邮编",
    "申报单位简介（200字以内）",
    "服务团组成单位名称（可填写多个参与单位名称）",
    "服务团",
    "团长",
    "首席专家",
    "拟重点服务的产业领域",
    "拟重点服务的省份",
    "拟重点服务的示范市和试点城市（园区）、以及该产业链在省内布局的其他城市",
    "意向服务的其他示范市和试点城市（园区）",
    "实施阶段",
    "经费预算（万元）",
    "目标内容",
    "时间进度",
    "序号",
    "工作单位及职务/职称",
    "联系方式",
    "在本项目中承担的主要工作",
    "支出内容",
    "申请中国科协经费",
    "其他来源经费",
    "测算依据",
    "难题问题名称",
    "提出单位",
    "所属分类",
    "产业领域",
    "是否国家（地方）鼓励或支持的重点领域（可多选）",
    "难题问题描述",
    "解决难题问题预计总投入",
    "问题解决期限",
    "实施地点",
    "所在省份及地市名称",
    "是否位于创新驱动示范市（区）或“科创中国”试点城市（园区）",
    "可配套资源（政策、资金等）",
    "地方政府、科协配套情况",
    "难题问题提出单位配套情况",
    "全国学会评估意见",
    "全国学会相关工作基础",
    "难题问题解决初步方案",
}
HEADINGS = (
    "项目申报单位基本情况",
    "项目基本信息",
    "立项依据和目的（",
    "工作方案（",
    "目标及预期成果（",
    "组织实施条件（",
    "实施步骤和进度计划",
    "项目负责人及主要参加人员",
    "经费预算",
    "必要附件",
    "申报单位审核意见",
)
PRINTED = ("项目起止时间", "经费总预算", "经费支出预算表", "1.省级科协", "项目负责人（签名）")


def edit(name: str, sentence: str) -> Callable[[Callable[[Package], None]], Callable[[Package], None]]:
    """Enter an edit of an opened package into the list, under a name and with a sentence on who does such a thing."""

    def entered(change: Callable[[Package], None]) -> Callable[[Package], None]:
        def edited(data: bytes) -> bytes:
            package = Package.opened(data)
            change(package)
            return package.saved()

        EDITS[name] = (edited, sentence)
        return change

    return entered


def is_heading(text: str) -> bool:
    """A heading of the form, not a paragraph of an essay that somebody numbered 一、二、三、."""
    return bool(re.match(r"[一二三四五六七八九十]{1,2}、", text)) and bare(text).partition("、")[2].startswith(HEADINGS)


def is_label(cell: Element) -> bool:
    """A label of the form. 团长, 首席专家 and 联系人 are also duties that people write in the list of people."""
    text = bare(said(cell))
    if text == "联系人" and cell.getnext() is None:
        return False
    if text in ("团长", "首席专家"):
        return cell.find(f"{qn('tcPr')}/{qn('vMerge')}") is not None
    return text in LABELS


def label_cells(package: Package) -> Iterator[Element]:
    return (cell for cell in package.document.iter(qn("tc")) if is_label(cell))


def value_cells(package: Package) -> list[Element]:
    """Cells somebody has filled, tick lists and printed sentences aside."""
    return [cell for cell in package.document.iter(qn("tc")) if _is_value(cell)]


def _is_value(cell: Element) -> bool:
    text = bare(said(cell))
    if not text or text == "……" or is_heading(text) or text.startswith(PRINTED):
        return False
    ticks = cell.iter(qn("sdt"), qn("fldChar"), qn("sym"))
    return not is_label(cell) and next(ticks, None) is None and not set(text) & set("□☐☑○●")


def filled_paragraphs(cells: list[Element]) -> list[Element]:
    return [target for cell in cells for target in paragraphs_of(cell) if said(target)]


def text_runs(target: Element) -> list[Element]:
    """The runs of a paragraph that carry text."""
    return [found for found in target.findall(qn("r")) if found.find(qn("t")) is not None]


def personnel_header(package: Package) -> Element:
    return package.row("在本项目中承担的主要工作")


def rows_below(header: Element) -> list[Element]:
    """The rows of a list below its header, as long as they have its number of cells."""
    width, rows, row = len(header.findall(qn("tc"))), [], header.getnext()
    while row is not None and len(row.findall(qn("tc"))) == width:
        rows.append(row)
        row = row.getnext()
    return rows
