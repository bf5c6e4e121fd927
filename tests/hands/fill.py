"""Fills the official blank form the way a person does in Word: types into its cells, adds rows, ticks its boxes."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from .habits import DATES, MARKS, MONEYS, PADDINGS, PARTNERS, RANGES, Hand, wide
from .people import Form
from .xml import (
    TEMPLATE,
    W14,
    Element,
    Package,
    after,
    bare,
    cells_of,
    clone,
    letters,
    look,
    paragraphs_of,
    property_of,
    qn,
    rows_of,
    run,
    said,
    w,
    wordml,
)

__all__ = ["Hand", "fill"]

ESSAYS = {"rationale": "三、", "work_plan": "四、", "objectives": "五、", "capacity": "六、"}
ORDINALS = "一二三四五六七八九十"


def fill(form: Form, hand: Hand = Hand()) -> bytes:  # noqa: B008 - a frozen value
    """The official form with the answers of `form` in it. What is None stays as printed."""
    package = Package.opened(TEMPLATE.read_bytes())
    pen = Pen(hand)
    _fill_cover(package, pen, form)
    _fill_society(package, pen, form)
    _fill_leaders(package, pen, form)
    _fill_essays(package, pen, form)
    _fill_schedule(package, pen, form["schedule"])
    _fill_personnel(package, pen, form["personnel"])
    _fill_budget(package, pen, form["budget"])
    _fill_problems(package, pen, form["problems"])
    package.body.find(qn("sectPr")).addprevious(w("p"))  # Word puts a paragraph behind a table that ends the document
    return package.saved()


class Pen:
    """Writes text into paragraphs and cells with the habits of one hand."""

    def __init__(self, hand: Hand) -> None:
        self.hand = hand
        self.chance = random.Random(hand.seed)

    def runs(self, text: str, *looks: Element) -> list[Element]:
        return [w("r", look("仿宋", 24, *map(clone, looks)), letters(piece)) for piece in self._pieces(text)]

    def _pieces(self, text: str) -> Iterable[str]:
        if self.hand.pieces == "every character":
            return list(text)
        if self.hand.pieces == "split" and len(text) > 1:
            cuts = sorted(self.chance.sample(range(1, len(text)), min(3, len(text) - 1)))
            return [text[low:high] for low, high in zip([0, *cuts], [*cuts, len(text)], strict=True)]
        return [text]

    def say(self, target: Element, text: str) -> None:
        """Append text to a paragraph; a tab inside is a tab as Word keeps it."""
        for part in re.split(r"(\t)", text):
            if part == "\t":
                target.append(w("r", look(), w("tab")))
            elif part:
                target.extend(self.runs(part))

    def write(self, cell: Element, text: str | None) -> None:
        """Type a value into an empty cell; a new line of the value is what the hand makes of it."""
        if text is None or text == "":
            return
        first = paragraphs_of(cell)[0]
        for old in first.findall(qn("r")):
            first.remove(old)
        self._lines(first, PADDINGS[self.hand.padding](text).split("\n"))

    def overwrite(self, cell: Element, text: str | None) -> None:
        """Select all that is printed in the cell and type over it."""
        if text is None or text == "":
            return
        for old in paragraphs_of(cell)[1:]:
            cell.remove(old)
        self.write(cell, text)

    def essay(self, cell: Element, text: str | None, hint: Element) -> None:
        """Type a longer text where a hint is printed: over it or behind it."""
        if text is None or text == "":
            return
        lines = text.split("\n")
        if self.hand.indent == "two full-width spaces" and "same paragraph" not in self.hand.hint:
            lines = ["　　" + line for line in lines]
        blanks = [blank for blank in paragraphs_of(cell) if not said(blank)]
        habit = self.hand.hint
        if habit == "overwritten":
            for old in hint.findall(qn("r")):
                hint.remove(old)
            self._lines(hint, lines)
        elif habit == "kept, same paragraph":
            self._lines(hint, lines)
        elif habit == "kept, line break":
            hint.append(w("r", look(), w("br")))
            self._lines(hint, lines)
        else:
            self._lines(blanks[-1 if "last" in habit else 0], lines)

    def _lines(self, first: Element, lines: list[str]) -> None:
        self.say(first, lines[0])
        if self.hand.lines == "breaks":
            for line in lines[1:]:
                first.append(w("r", look(), w("br")))
                self.say(first, line)
            return
        more = [w("p") for _ in lines[1:]]
        for target, line in zip(more, lines[1:], strict=True):
            self.say(target, line)
        after(first, *more)

    def identifier(self, text: str | None) -> str | None:
        return wide(text) if text and self.hand.width == "full" else text

    def day(self, iso: str | None) -> str | None:
        return DATES[self.hand.date](date.fromisoformat(iso)) if iso else None

    def span(self, first: str | None, last: str | None) -> str | None:
        start, end = self.day(first), self.day(last)
        return RANGES[self.hand.span](start.strip(), end.strip()) if start and end else start or end

    def money(self, amount: float | None) -> str | None:
        return None if amount is None else MONEYS[self.hand.money](amount)

    def money_in_words(self, amount: float) -> str:
        """An amount in a sentence that has its own 万元 behind the gap."""
        text = MONEYS[self.hand.money](amount)
        text = text if text.endswith("元") else text + ("元" if text.endswith("万") else "万元")
        return f"  {text}" if self.hand.sentence == "spaced" else text

    def sentence(self, target: Element, *pieces: str) -> None:
        """Complete a printed sentence: what is printed and what is typed in turn, the typed perhaps underlined."""
        for old in target.findall(qn("r")):
            target.remove(old)
        for at, piece in enumerate(pieces):
            line = [w("u", val="single")] if at % 2 and self.hand.sentence == "underlined" else []
            target.extend(self.runs(piece, *line) if piece else [])


# --- sections -----------------------------------------------------------------------------------------------------


def _fill_cover(package: Package, pen: Pen, form: Form) -> None:
    cover = form["cover"]
    pen.overwrite(cells_of(package.row("项目编号"))[1], pen.identifier(cover["call_code"]))
    answers = {
        "项目名称": cover["title"],
        "申报单位": form["society"]["name"],
        "联系人": cover["contact_name"],
        "手机": pen.identifier(cover["mobile"]),
        "电话": pen.identifier(cover["phone"]),
        "电子邮箱": pen.identifier(cover["email"]),
        "申报日期": pen.day(cover["dated"]),
    }
    for row in rows_of(package.table("项目名称")):
        label, cell = cells_of(row)
        pen.overwrite(cell, answers[bare(said(label))])


def _fill_society(package: Package, pen: Pen, form: Form) -> None:
    society = form["society"]
    pen.write(cells_of(package.row("单位名称"))[2], society["name"])
    pen.write(cells_of(package.row("统一社会信用代码"))[2], pen.identifier(society["uscc"]))
    pen.write(cells_of(package.row("通讯地址及邮编"))[2], society["address"])
    _, _, head, _, contact = zip(*[cells_of(row) for row in _four_rows(package)], strict=True)
    _fill_person(pen, head, society["head"])
    _fill_person(pen, contact, society["contact"])
    introduction = cells_of(package.row_starting("申报单位简介"))[1]
    pen.essay(introduction, society["introduction"], paragraphs_of(introduction)[0])
    partners = cells_of(package.row_starting("服务团组成单位名称"))[1]
    pen.essay(partners, PARTNERS[pen.hand.partners](form["partners"]), paragraphs_of(partners)[0])


def _four_rows(package: Package) -> list[Element]:
    first = package.row("负责人")
    rows = rows_of(first.getparent())
    at = rows.index(first)
    return rows[at : at + 4]


def _fill_person(pen: Pen, cells: Iterable[Element], person: Form) -> None:
    texts = (person["name"], person["title"], pen.identifier(person["phone"]), pen.identifier(person["email"]))
    for cell, text in zip(cells, texts, strict=True):
        pen.write(cell, text)


def _fill_leaders(package: Package, pen: Pen, form: Form) -> None:
    first = package.row("团长")
    rows = rows_of(first.getparent())
    at = rows.index(first)
    for name, three in (("leader", rows[at : at + 3]), ("chief_expert", rows[at + 3 : at + 6])):
        person, (top, middle, low) = form[name], map(cells_of, three)
        pen.write(top[3], person["name"])
        pen.write(top[5], pen.identifier(person["mobile"]))
        pen.write(middle[3], pen.identifier(person["email"]))
        pen.write(middle[5], pen.identifier(person["office_phone"]))
        pen.write(low[3], person["post"])
    pen.write(low[5], form["chief_expert"]["professional_title"])
    _fill_service(package, pen, form["service"])


def _fill_service(package: Package, pen: Pen, service: Form) -> None:
    provinces = PARTNERS[pen.hand.partners](service["provinces"])
    pen.write(cells_of(package.row("拟重点服务的产业领域"))[1], service["industry"])
    pen.write(cells_of(package.row("拟重点服务的省份"))[1], provinces)
    pen.write(cells_of(package.row_starting("拟重点服务的示范市"))[1], service["key_cities"])
    pen.write(cells_of(package.row_starting("意向服务的其他"))[1], service["other_cities"])


def _fill_essays(package: Package, pen: Pen, form: Form) -> None:
    for name, number in ESSAYS.items():
        heading = package.row_starting(number)
        if number == "四、":
            cell = cells_of(heading)[0]
            hint = paragraphs_of(cell)[1]
        else:
            cell = cells_of(heading.getnext())[0]
            hint = paragraphs_of(cell)[0]
        pen.essay(cell, form[name], hint)


def _fill_schedule(package: Package, pen: Pen, schedule: Form) -> None:
    term = package.row_starting("项目起止时间")
    start, end = pen.day(schedule["start"]), pen.day(schedule["end"])
    if start and end:
        pen.sentence(paragraphs_of(cells_of(term)[0])[0], "项目起止时间：", start, "起至", end, "止")
    elif start or end:
        blank = "   年   月   日"
        pen.sentence(paragraphs_of(cells_of(term)[0])[0], "项目起止时间：", start or blank, "起至", end or blank, "止")
    first = package.row("第一阶段")
    printed = [first, first.getnext(), first.getnext().getnext()]
    answers = [
        [stage["name"], pen.money(stage["budget"]), stage["goal"], pen.span(stage["start"], stage["end"])]
        for stage in schedule["stages"]
    ]
    _fill_rows(pen, printed, answers, named=True)


def _fill_personnel(package: Package, pen: Pen, people: list[Form]) -> None:
    answers = [
        [str(at), person["name"], person["affiliation"], pen.identifier(person["contact"]), person["duty"]]
        for at, person in enumerate(people, 1)
    ]
    _fill_rows(pen, _numbered_rows(package.row("在本项目中承担的主要工作")), answers)


def _numbered_rows(header: Element) -> list[Element]:
    """The printed rows 1, 2, … and the row of dots below a header."""
    rows, row = [], header.getnext()
    while row is not None and len(cells_of(row)) == len(cells_of(header)):
        rows.append(row)
        row = row.getnext()
    return rows


def _fill_rows(pen: Pen, printed: list[Element], answers: list[list[str | None]], named: bool = False) -> None:
    """Fill printed rows, adding rows like the row of dots when there are more answers than rows."""
    *numbered, dots = printed
    blank = clone(dots)
    for at, answer in enumerate(answers):
        if at < len(numbered):
            row = numbered[at]
        else:
            row = clone(blank)
            dots.addprevious(row)
        _fill_row(pen, row, answer, named)
    _leftovers(pen, numbered[len(answers) :], dots, blank, len(answers))


def _fill_row(pen: Pen, row: Element, answer: list[str | None], named: bool) -> None:
    first, *others = cells_of(row)
    if named:
        pen.overwrite(first, answer[0])
    else:
        _number(pen, first, answer[0] or "")
    for cell, text in zip(others, answer[1:], strict=True):
        pen.overwrite(cell, text)


def _number(pen: Pen, cell: Element, number: str) -> None:
    target = paragraphs_of(cell)[0]
    for old in target.findall(qn("r")):
        target.remove(old)
    if pen.hand.numbers == "automatic":
        numbering = w("numPr", w("ilvl", val=0), w("numId", val=1))
        property_of(target, "pPr").append(numbering)
    elif pen.hand.numbers != "none":
        target.append(run(wide(number) if pen.hand.numbers == "full-width" else number))


def _leftovers(pen: Pen, unused: list[Element], dots: Element, blank: Element, used: int) -> None:
    habit = pen.hand.leftovers
    if habit == "deleted":
        for row in [*unused, dots]:
            row.getparent().remove(row)
    elif habit == "dots behind":
        for row in unused:
            row.getparent().remove(row)
    elif habit == "many blank rows":
        more = [clone(blank) for _ in range(4)]
        for at, row in enumerate(more, used + len(unused) + 1):
            label = cells_of(row)[0]
            target = paragraphs_of(label)[0]
            for old in target.findall(qn("r")):
                target.remove(old)
            target.append(run(str(at)))
        after(unused[-1] if unused else dots.getprevious(), *(more if _is_numbered(dots) else []))


def _is_numbered(dots: Element) -> bool:
    return len(cells_of(dots)) == 5


def _fill_budget(package: Package, pen: Pen, budget: Form) -> None:
    printed = paragraphs_of(cells_of(package.row_starting("经费总预算"))[0])
    heads = ("经费总预算", "1.申请中国科协项目经费", "2.自有经费", "3.地方配套经费")
    tails = ("，其中：", "", "（如没有可不填）", "（如没有可不填）")
    names = ("total", "requested", "own", "matching")
    for target, head, tail, name in zip(printed, heads, tails, names, strict=True):
        _fill_amount(pen, target, head, tail, budget[name])
    header = package.row("测算依据")
    answers = [
        [str(at), line["item"], pen.money(line["requested"]), pen.money(line["other"]), line["basis"]]
        for at, line in enumerate(budget["lines"], 1)
    ]
    _fill_rows(pen, _numbered_rows(header), answers)


def _fill_amount(pen: Pen, target: Element, head: str, tail: str, amount: float | None) -> None:
    if amount is not None:
        pen.sentence(target, head, pen.money_in_words(amount), tail)
    elif tail.startswith("（") and pen.hand.nothing in ("/", "无"):
        pen.sentence(target, head, f"  {pen.hand.nothing}  ", f"万元{tail}")
    elif tail.startswith("（") and pen.hand.nothing == "line deleted":
        target.getparent().remove(target)


# --- the problem table --------------------------------------------------------------------------------------------


def _fill_problems(package: Package, pen: Pen, problems: list[Form]) -> None:
    table = package.table("难题问题名称")
    headed = [table]
    while len(headed) < 5:
        headed.insert(0, headed[0].getprevious())
    blanks = [[clone(element) for element in headed] for _ in problems[1:]]
    tables = [table]
    for copied in blanks:
        after(tables[-1], *copied)
        tables.append(copied[-1])
    if not problems:
        for element in headed:
            element.getparent().remove(element)
    for problem, printed in zip(problems, tables, strict=False):
        _fill_problem(printed, pen, problem)


def _fill_problem(table: Element, pen: Pen, problem: Form) -> None:
    rows = {bare(said(cell)): cells_of(row) for row in rows_of(table) for cell in cells_of(row) if said(cell)}
    pen.write(rows["难题问题名称"][1], problem["title"])
    pen.write(rows["提出单位"][1], problem["proposer"])
    _tick(pen, rows["所属分类"][1], problem["category"], None)
    _tick(pen, rows["产业领域"][1], problem["industries"], problem["other_industry"])
    _tick(pen, rows["是否国家（地方）鼓励或支持的重点领域（可多选）"][1], problem["policy_basis"], None)
    if problem["investment"] is not None:
        pen.overwrite(rows["解决难题问题预计总投入"][1], pen.money_in_words(problem["investment"]))
    pen.write(rows["问题解决期限"][3], pen.day(problem["solve_by"]))
    pen.write(rows["所在省份及地市名称"][2], problem["location"])
    _tick(pen, rows["是否位于创新驱动示范市（区）或“科创中国”试点城市（园区）"][2], problem["zone"], None)
    pen.write(rows["地方政府、科协配套情况"][2], problem["local_support"])
    pen.write(rows["难题问题提出单位配套情况"][2], problem["proposer_support"])
    essays = {
        "难题问题描述": "description",
        "全国学会评估意见": "assessment",
        "全国学会相关工作基础": "track_record",
        "难题问题解决初步方案": "solution_outline",
    }
    for label, name in essays.items():
        cell = rows[label][1]
        pen.essay(cell, problem[name], paragraphs_of(cell)[0])


def _tick(pen: Pen, cell: Element, chosen: list[str], other: str | None) -> None:
    """Mark the chosen ones among the options □… that are printed in a cell."""
    for target in paragraphs_of(cell):
        options = re.findall(r"□([^□]*)", said(target))
        if not options:
            continue
        for old in target.findall(qn("r")):
            target.remove(old)
        for option in options:
            _option(pen, target, option, chosen, other)
    _drop_blank(pen, cell)


def _option(pen: Pen, target: Element, printed: str, chosen: list[str], other: str | None) -> None:
    label = printed.split()[0]
    tail = printed[len(label) :]
    ticked = label in chosen
    if pen.hand.tick == "others deleted" and not ticked:
        return
    if label == "其他" and ticked and other:
        tail = f" {other}  "
    before, behind = _marks(pen.hand.tick, ticked)
    for mark in (before, label, behind, tail):
        if isinstance(mark, str):
            pen.say(target, mark)
        else:
            target.extend(mark)


def _drop_blank(pen: Pen, cell: Element) -> None:
    if pen.hand.tick != "others deleted":
        return
    for blank in [target for target in paragraphs_of(cell) if not said(target)][: len(paragraphs_of(cell)) - 1]:
        cell.remove(blank)


def _marks(style: str, ticked: bool) -> tuple[Any, str]:
    if style in MARKS:
        before, behind, empty = MARKS[style]
        return (before, behind) if ticked else (empty, "")
    return DRAWINGS[style](ticked), ""


def _symbol(font: str, char: str) -> list[Element]:
    return [w("r", w("rPr", w("rFonts", ascii=font, hAnsi=font)), w("sym", font=font, char=char))]


def _in_font(font: str, char: str) -> list[Element]:
    return [w("r", w("rPr", w("rFonts", ascii=font, hAnsi=font, cs=font), w("sz", val=24)), letters(char))]


def _content_control(ticked: bool) -> list[Element]:
    state = 1 if ticked else 0
    box = (
        f'<w14:checkbox><w14:checked w14:val="{state}"/><w14:checkedState w14:val="2612" w14:font="MS Gothic"/>'
        '<w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/></w14:checkbox>'
    )
    shown = w("r", w("rPr", w("rFonts", ascii="MS Gothic", eastAsia="MS Gothic", hint="eastAsia")), w("t", "☐☒"[state]))
    control = w("sdt", w("sdtPr", wordml(box)), w("sdtContent", shown))
    assert control.find(f".//{{{W14}}}checkbox") is not None
    return [control]


def _form_field(ticked: bool) -> list[Element]:
    box = w("checkBox", w("sizeAuto"), w("default", val=0), *([w("checked")] if ticked else []))
    data = w("ffData", w("name", val="复选框"), w("enabled"), w("calcOnExit", val=0), box)
    return [
        w("r", w("fldChar", data, fldCharType="begin")),
        w("r", letters(" FORMCHECKBOX ", "instrText")),
        w("r", w("fldChar", fldCharType="separate")),
        w("r", w("fldChar", fldCharType="end")),
    ]


DRAWINGS = {
    "Wingdings F0FE": lambda ticked: _symbol("Wingdings", "F0FE" if ticked else "F0A8"),
    "Wingdings 2 F052": lambda ticked: _symbol("Wingdings 2", "F052" if ticked else "F0A3"),
    "R in Wingdings 2": lambda ticked: _in_font("Wingdings 2", "R") if ticked else [run("□")],
    "Wingdings F0FE as a character": lambda ticked: _in_font("Wingdings", "\uf0fe") if ticked else [run("□")],
    "content control": _content_control,
    "form field": _form_field,
    "others deleted": lambda ticked: [run("☑")],
}
