"""Forms that lost what the reader goes by, and answers in a shape of their own: read, or said not to be read."""

from __future__ import annotations

import copy
import fnmatch
import json
from collections.abc import Callable, Sequence

import pytest
from tests.hands import EDITS, Form, Hand, differences, each_habit, fill, truth
from tests.hands.editing import personnel_header, rows_below
from tests.hands.edits_lost import NAMES, REMARKED
from tests.hands.xml import (
    TEMPLATE,
    Element,
    Package,
    bare,
    cells_of,
    clone,
    letters,
    look,
    paragraph,
    paragraphs_of,
    qn,
    rows_of,
    said,
    set_span,
    span_of,
    w,
)

from ketuan.documents.reading import read
from ketuan.forms.application import Application
from ketuan.forms.remarks import Reading
from ketuan.rules.call import call_of
from ketuan.rules.checking import check

LEFT = "下面的文字不属于任何一栏，未读入"
Change = Callable[[Package], None]


def reading_of(form: Form, *changes: Change, hand: Hand = Hand()) -> Reading[Application]:  # noqa: B008 - a frozen value
    package = Package.opened(fill(form, hand))
    for change in changes:
        change(package)
    return read(package.saved())


def plain(reading: Reading[Application]) -> Form:
    form: Form = json.loads(reading.form.model_dump_json())
    return form


def remarked(reading: Reading[Application]) -> list[str]:
    return [remark.path for remark in reading.remarks]


def retype(cell: Element, text: str) -> None:
    """Type over all that stands in a cell."""
    for old in paragraphs_of(cell):
        cell.remove(old)
    cell.extend(paragraph(line) for line in text.split("\n"))


def beside(label: str, text: str) -> Change:
    """Type over the answer behind a label."""

    def changed(package: Package) -> None:
        cell = next(cell for cell in cells_of(package.row(label)) if bare(said(cell)) == label)
        retype(cell.getnext(), text)

    return changed


def column(label: str, at: int, texts: Sequence[str]) -> Change:
    """Type over a column of the list under a header."""

    def changed(package: Package) -> None:
        for row, text in zip(rows_below(package.row(label)), texts, strict=False):
            retype(cells_of(row)[at], text)

    return changed


def header(label: str, at: int, text: str) -> Change:
    return lambda package: retype(cells_of(package.row(label))[at], text)


def spoken(old: str, new: str) -> Change:
    """Put other characters for one of the form."""

    def changed(package: Package) -> None:
        for node in package.document.iter(qn("t")):
            if old in (node.text or ""):
                node.getparent().replace(node, letters(node.text.replace(old, new)))

    return changed


def behind(*texts: str) -> Change:
    def changed(package: Package) -> None:
        for text in texts:
            package.body.find(qn("sectPr")).addprevious(paragraph(text))

    return changed


def weights(reading: Reading[Application], rule: str, path: str) -> list[str]:
    return [f.weight for f in check(reading, call_of("2024")) if f.rule == rule and f.path == path]


# --- remarks ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [3, 11, 14])
def test_an_edit_is_remarked_where_something_was_guessed_or_left_out_and_only_there(name: str, seed: int) -> None:
    change, sentence = EDITS[name]
    reading = read(change(fill(truth(seed))))
    assert differences(truth(seed), plain(reading)) == [], sentence
    wanted = [REMARKED[name]] if name in REMARKED else []
    assert [fnmatch.fnmatchcase(path, one) for path, one in zip(remarked(reading), wanted, strict=True)] == [
        True for _ in wanted
    ]


def test_the_official_blank_has_no_remark() -> None:
    assert read(TEMPLATE.read_bytes()).remarks == ()


@pytest.mark.parametrize("seed", range(12))
def test_an_ordinary_form_has_no_remark(seed: int) -> None:
    assert read(fill(truth(seed))).remarks == ()


HABITS = list(enumerate(each_habit()))


@pytest.mark.parametrize(("seed", "hand"), HABITS, ids=[f"{seed}-{hand}" for seed, hand in HABITS])
def test_a_habit_has_no_remark(seed: int, hand: Hand) -> None:
    assert read(fill(truth(seed), hand)).remarks == ()


def test_text_left_over_behind_the_form_is_one_remark() -> None:
    reading = reading_of(truth(4), behind("补充说明", "学会另有三项工作基础，见下。", "联系人：柏舟", "第四条"))
    assert differences(truth(4), plain(reading)) == []
    [remark] = reading.remarks
    assert (remark.path, remark.kind, remark.found) == ("", "unsure", "补充说明")
    assert remark.message.startswith(f"{LEFT}：“补充说明”；“学会另有三项工作基础，见下。”；“联系人：柏舟”")
    assert remark.message.endswith("等 4 处")
    assert remark.place is not None


# --- dates --------------------------------------------------------------------------------------------------------


def two_stages() -> Form:
    form = truth(1)
    stage = form["schedule"]["stages"][0]
    one = {**stage, "name": "第一阶段", "start": "2024-06-15", "end": "2024-10-31"}
    two = {**stage, "name": "第二阶段", "start": "2024-11-01", "end": "2025-03-28"}
    form["schedule"] = {"start": "2024-06-15", "end": "2025-03-28", "stages": [one, two]}
    return form


ENDS = [f"schedule.stages.{at}.{name}" for at in (0, 1) for name in ("start", "end")]
MONTHS = [
    ("2024年6月至2024年10月", "2024年11月至2025年3月"),
    ("2024年6月至10月", "2024年11月至2025年3月"),
    ("2024年6-10月", "2024年11月-2025年3月"),
    ("2024.6-2024.10", "2024.11-2025.3"),
    ("2024.06—2024.10", "2024.11—2025.03"),
    ("2024/6-2024/10", "2024/11-2025/3"),
    ("6月至10月", "11月至2025年3月"),
    ("6月-10月", "11月-3月"),
    ("二〇二四年六月至十月", "二〇二四年十一月至二〇二五年三月"),
]


@pytest.mark.parametrize("texts", MONTHS, ids=[" ".join(texts) for texts in MONTHS])
def test_stages_told_in_months_stay_within_the_project_and_are_remarked(texts: tuple[str, str]) -> None:
    reading = reading_of(two_stages(), column("目标内容", 3, texts))
    assert differences(two_stages(), plain(reading)) == []
    assert remarked(reading) == ENDS
    assert {remark.kind for remark in reading.remarks} == {"unsure"}
    assert not [f for f in check(reading, call_of("2024")) if f.path.startswith("schedule") and f.weight == "block"]


DAYS = [
    ("2024.06.15-10.31", "2024.11.01-2025.03.28"),
    ("2024/6/15-10/31", "2024/11/1-2025/3/28"),
    ("2024年6月15日至10月31日", "2024年11月1日至2025年3月28日"),
    ("2024.6.15～2024.10.31", "2024.11.1～2025.3.28"),
]


@pytest.mark.parametrize("texts", DAYS, ids=[" ".join(texts) for texts in DAYS])
def test_stages_told_in_days_are_certain(texts: tuple[str, str]) -> None:
    reading = reading_of(two_stages(), column("目标内容", 3, texts))
    assert (differences(two_stages(), plain(reading)), reading.remarks) == ([], ())


def test_start_and_end_of_a_stage_may_stand_in_two_columns() -> None:
    form = two_stages()

    def apart(package: Package) -> None:
        head = package.row("目标内容")
        texts = [("开始时间", "结束时间"), *[(s["start"], s["end"]) for s in form["schedule"]["stages"]]]
        for row, (start, end) in zip([head, *rows_below(head)], [*texts, ("", "")], strict=False):
            cell = cells_of(row)[3]
            twin = clone(cell)
            set_span(twin, 1)
            set_span(cell, span_of(cell) - 1)
            cell.addnext(twin)
            retype(cell, start)
            retype(twin, end)

    reading = reading_of(form, apart)
    assert (differences(form, plain(reading)), reading.remarks) == ([], ())


@pytest.mark.parametrize(
    "text",
    [
        "2025年底",
        "2025年",
        "2025年年底",
        "2025年底前",
        "到2025年底",
        "二〇二五年底",
    ],
)
def test_a_year_is_a_time_limit_read_as_its_last_day(text: str) -> None:
    form = truth(1)
    reading = reading_of(form, beside("问题解决期限", text))
    form["problems"][0]["solve_by"] = "2025-12-31"
    assert differences(form, plain(reading)) == []
    assert [(r.path, r.kind) for r in reading.remarks] == [("problems.0.solve_by", "unsure")]


@pytest.mark.parametrize("text", ["12个月", "1年", "一年", "长期", "2024年6月至2025年12月", "2025年上半年"])
def test_a_length_of_time_is_no_date_but_does_not_block(text: str) -> None:
    form = truth(1)
    reading = reading_of(form, beside("问题解决期限", text))
    form["problems"][0]["solve_by"] = None
    assert differences(form, plain(reading)) == []
    assert [(r.path, r.kind) for r in reading.remarks] == [("problems.0.solve_by", "unread")]
    assert weights(reading, "form.complete", "problems.0.solve_by") == ["pending"]


# --- what cannot be read ------------------------------------------------------------------------------------------

UNREAD: list[tuple[str, Change]] = [
    *[
        ("budget.lines.0.requested", column("测算依据", 2, [text]))
        for text in ("-5", "－5", "−5", "负5", "20-25", "待定")
    ],
    *[
        ("problems.0.investment", beside("解决难题问题预计总投入", text))
        for text in ("100万美元", "USD 100万", "-5万元", "500-800万元")
    ],
    *[
        ("cover.dated", beside("申报日期", text))
        for text in ("2024年5月32日", "2024年2月30日", "2024年13月1日", "45432", "五月底")
    ],
]


@pytest.mark.parametrize(("path", "change"), UNREAD, ids=[f"{at} {path}" for at, (path, _) in enumerate(UNREAD)])
def test_what_is_no_amount_and_no_date_is_left_out_and_said(path: str, change: Change) -> None:
    form = truth(1)
    reading = reading_of(form, change)
    assert [(r.path, r.kind) for r in reading.remarks] == [(path, "unread")]
    place: Form | list[Form] = form
    *parts, last = path.split(".")
    for part in parts:
        place = place[int(part)] if isinstance(place, list) else place[part]
    assert isinstance(place, dict)
    place[last] = None
    assert differences(form, plain(reading)) == []
    assert weights(reading, "form.complete", path) == ["block"]


def test_a_drawing_is_no_text_and_is_remarked() -> None:
    form = truth(1)
    reading = reading_of(form, beside("单位名称", "中国归雁\ufffc工程学会"), beside("提出单位", "\ufffc"))
    assert "problems.0.proposer" in remarked(reading)
    assert "society.name" in remarked(reading)
    assert "\ufffc" not in reading.form.model_dump_json()
    assert plain(reading)["society"]["name"] == "中国归雁工程学会"
    assert plain(reading)["problems"][0]["proposer"] is None
    assert weights(reading, "form.complete", "problems.0.proposer") == ["block"]


def test_a_drawing_in_the_first_field_of_a_problem_is_remarked_as_well() -> None:
    reading = reading_of(truth(1), beside("难题问题名称", "\ufffc负极低温衰减"))
    assert "problems.0.title" in remarked(reading)
    assert plain(reading)["problems"][0]["title"] == "负极低温衰减"


# --- amounts, names, provinces ------------------------------------------------------------------------------------


@pytest.mark.parametrize("caption", [True, False])
def test_amounts_in_yuan_are_told_by_the_header(caption: bool) -> None:
    form = truth(5)

    def yuan(amounts: list[float | None]) -> list[str]:
        return ["" if amount is None else str(round(amount * 10000)) for amount in amounts]

    lines, stages = form["budget"]["lines"], form["schedule"]["stages"]
    changes = [
        column("测算依据", 2, yuan([line["requested"] for line in lines])),
        column("测算依据", 3, yuan([line["other"] for line in lines])),
        column("目标内容", 1, yuan([stage["budget"] for stage in stages])),
        header("测算依据", 2, "申请中国科协经费（元）"),
        header("测算依据", 3, "其他来源经费\n（元）"),
        header("目标内容", 1, "经费预算（元）"),
    ]
    if caption:
        row = "经费支出预算表"
        changes.append(lambda package: retype(cells_of(package.row_starting(row))[0], f"{row}            单位：元"))
    reading = reading_of(form, *changes)
    assert (differences(form, plain(reading)), reading.remarks) == ([], ())


PROVINCES = [
    ("浙江/江苏", ["浙江省", "江苏省"], False),
    ("浙江省/江苏省", ["浙江省", "江苏省"], False),
    ("浙江／江苏", ["浙江省", "江苏省"], False),
    ("浙江江苏", ["浙江省", "江苏省"], False),
    ("浙江省江苏省", ["浙江省", "江苏省"], False),
    ("浙江和江苏", ["浙江省", "江苏省"], False),
    ("浙江省及江苏省。", ["浙江省", "江苏省"], False),
    ("浙江 江苏", ["浙江省", "江苏省"], False),
    ("内蒙古、北京", ["内蒙古自治区", "北京市"], False),
    ("广西自治区、上海", ["广西壮族自治区", "上海市"], False),
    ("新疆自治区、宁夏自治区", ["新疆维吾尔自治区", "宁夏回族自治区"], False),
    ("浙江省（宁波市）", ["浙江省"], True),
    ("浙江省（宁波市）、江苏省（无锡市）", ["浙江省", "江苏省"], True),
    ("浙江省宁波市、江苏省无锡市", ["浙江省", "江苏省"], True),
]


@pytest.mark.parametrize(("text", "names", "unsure"), PROVINCES, ids=[text for text, _, _ in PROVINCES])
def test_provinces_are_known_in_every_way_of_writing(text: str, names: list[str], unsure: bool) -> None:
    form = truth(1)
    reading = reading_of(form, beside("拟重点服务的省份", text))
    form["service"]["provinces"] = names
    assert differences(form, plain(reading)) == []
    assert remarked(reading) == (["service.provinces"] if unsure else [])


UNITS = ["归雁大学（材料学院、化学系）", "鹿鸣研究院", "听松（集团）股份有限公司"]
JOINED = {
    "brackets": "、".join(UNITS),
    "brackets and ；": "；".join(UNITS) + "。",
    "rings without separators": "".join(f"{'①②③'[at]}{name}" for at, name in enumerate(UNITS)),
    "rings and spaces": " ".join(f"{'①②③'[at]} {name}" for at, name in enumerate(UNITS)),
    "double spaces": "  ".join(UNITS),
    "full-width spaces": "　".join(UNITS),
    "tabs": "\t".join(UNITS),
    "numbers and spaces": " ".join(f"{at}、{name}" for at, name in enumerate(UNITS, 1)),
}


@pytest.mark.parametrize("name", JOINED)
def test_partners_are_told_apart_and_keep_their_brackets(name: str) -> None:
    form = truth(1)
    package = Package.opened(fill(form))
    retype(cells_of(package.row_starting("服务团组成单位名称"))[1], JOINED[name])
    reading = read(package.saved())
    form["partners"] = UNITS
    assert (differences(form, plain(reading)), reading.remarks) == ([], ())


@pytest.mark.parametrize(
    "labels", [("工作单位", "职务/职称"), ("工作单位", "职称/职务"), ("单位", "职务"), ("工作单位", "职称")]
)
def test_unit_and_post_may_stand_in_two_columns(labels: tuple[str, str]) -> None:
    form = truth(1)
    for at, person in enumerate(form["personnel"]):
        person["affiliation"] = f"归雁大学 教授{at}"

    def apart(package: Package) -> None:
        head = personnel_header(package)
        texts = [labels, *[tuple(person["affiliation"].split(" ")) for person in form["personnel"]]]
        rows = [head, *rows_below(head)]
        for row, (unit, post) in zip(rows, [*texts, *[("", "")] * len(rows)], strict=False):
            cell = cells_of(row)[2]
            twin = clone(cell)
            set_span(twin, 2)
            set_span(cell, 2)
            cell.addnext(twin)
            retype(cell, unit)
            retype(twin, post)

    reading = reading_of(form, apart)
    assert (differences(form, plain(reading)), reading.remarks) == ([], ())


# --- ticks --------------------------------------------------------------------------------------------------------

TICKS = ("category", "industries", "policy_basis", "zone")


@pytest.mark.parametrize("mark", ["□勾", "□对", "□ 勾", "勾"])
def test_a_tick_may_be_a_word(mark: str) -> None:
    reading = reading_of(truth(2), spoken("☑", mark))
    assert (differences(truth(2), plain(reading)), reading.remarks) == ([], ())


@pytest.mark.parametrize(("font", "char"), [("Webdings", "F061"), ("Wingdings", "F0FC"), ("Wingdings 2", "F050")])
def test_a_tick_may_be_of_any_symbol_font(font: str, char: str) -> None:
    def drawn(package: Package) -> None:
        for node in package.document.iter(qn("sym")):
            if node.get(qn("char")) == "F0FE":
                node.set(qn("font"), font)
                node.set(qn("char"), char)

    reading = reading_of(truth(2), drawn, hand=Hand(tick="Wingdings F0FE"))
    assert (differences(truth(2), plain(reading)), reading.remarks) == ([], ())


@pytest.mark.parametrize("sign", ["◆", "★", "▲"])
def test_a_sign_that_is_no_tick_is_remarked(sign: str) -> None:
    form = truth(5)
    reading = reading_of(form, spoken("☑", sign))
    wanted = [f"problems.{at}.{name}" for at in range(len(form["problems"])) for name in TICKS]
    assert len(wanted) == 8
    assert remarked(reading) == wanted
    blocked = {found.path for found in check(reading, call_of("2024")) if found.weight == "block"}
    assert [path for path in wanted if path not in blocked] == []


def test_a_sign_that_is_no_tick_is_remarked_at_the_first_option_too() -> None:
    form = truth(1)
    form["problems"] = form["problems"][:1]
    form["problems"][0]["category"] = ["改造提升传统产业"]
    reading = reading_of(form, spoken("☑", "◆"))
    assert "problems.0.category" in remarked(reading)


# --- answers that look like labels --------------------------------------------------------------------------------

LOOKALIKES = [
    (("society", "introduction"), "联系电话：010-68571234，电子邮箱：x@example.cn，单位名称沿革：原名某会。"),
    (("society", "introduction"), "学会简介。\n联系电话：010-68571234\n电子邮箱：x@example.cn"),
    (("society", "introduction"), "负责人：柏舟。\n联系人：云海宁。"),
    (("problems", 0, "description"), "提出单位：某企业。所属分类：新兴。实施地点：宁波。"),
    (("problems", 0, "description"), "背景说明。\n提出单位：某企业。\n问题解决期限：一年。"),
    (("problems", 0, "solution_outline"), "难题问题名称：见上。先诊断，后攻关。"),
    (("work_plan",), "一、项目基本信息整理。二、实施步骤和进度计划：分两阶段。三、经费预算：合理。"),
    (("work_plan",), "三、立项依据和目的已述。\n五、目标及预期成果见下。\n开展服务。"),
    (("capacity",), "团长：统筹。\n首席专家：把关。\n姓名与手机见前。"),
    (("rationale",), "项目名称：见封面。\n单位名称：见第一部分。"),
]


@pytest.mark.parametrize(("path", "text"), LOOKALIKES, ids=[f"{at}" for at in range(len(LOOKALIKES))])
@pytest.mark.parametrize("hint", ["overwritten", "kept, new paragraph", "kept, same paragraph"])
@pytest.mark.parametrize("lines", ["paragraphs", "breaks"])
def test_an_answer_that_begins_with_a_label_stays_whole(
    path: tuple[str | int, ...], text: str, hint: str, lines: str
) -> None:
    form = truth(1)
    place = form
    for part in path[:-1]:
        place = place[part]
    place[path[-1]] = text
    reading = reading_of(form, hand=Hand(hint=hint, lines=lines))
    assert (differences(form, plain(reading)), reading.remarks) == ([], ())


# --- parts that are gone ------------------------------------------------------------------------------------------


def without_first_row(at: int) -> Change:
    def changed(package: Package) -> None:
        tables = [t for t in package.tables() if bare(said(cells_of(rows_of(t)[0])[0])) == "难题问题名称"]
        tables[at].remove(rows_of(tables[at])[0])

    return changed


def forms_with_problems(count: int) -> Form:
    form = truth(3)
    form["problems"] = [copy.deepcopy(form["problems"][0]) for _ in range(count)]
    for at, problem in enumerate(form["problems"], 1):
        problem["title"] += f"之{at}"
        problem["description"] += f"第{at}题。"
    return form


@pytest.mark.parametrize(("count", "at"), [(1, 0), (2, 0), (2, 1), (3, 1)])
def test_a_problem_table_without_its_first_row_lacks_its_title_only(count: int, at: int) -> None:
    form = forms_with_problems(count)
    reading = reading_of(form, without_first_row(at))
    form["problems"][at]["title"] = None
    assert differences(form, plain(reading)) == []
    assert weights(reading, "form.complete", f"problems.{at}.title") == ["block"]


def test_problems_told_in_lines_are_found_behind_a_form_that_ends_with_its_budget() -> None:
    form = truth(1)
    change, _ = EDITS["problems_as_lines"]
    package = Package.opened(fill(form))
    for words in ("十、", "十一、"):
        row = package.row_starting(words)
        for gone in (row.getnext(), row):
            gone.getparent().remove(gone)
    reading = read(change(package.saved()))
    assert differences(form, plain(reading)) == []


def test_spaces_and_a_tab_part_label_and_answer_of_a_cover_line() -> None:
    form = truth(1)

    def lines(package: Package) -> None:
        table = package.table("项目名称")
        for row in rows_of(table):
            label, answer = (said(cell).strip() for cell in cells_of(row))
            gap = w("r", look(), letters(f"{label.rstrip('：')}  "), w("tab"), letters(answer))
            table.addprevious(w("p", gap))
        table.getparent().remove(table)

    reading = reading_of(form, lines)
    assert (differences(form, plain(reading)), reading.remarks) == ([], ())


OWN_TABLE = (("实施阶段", "经费预算", "目标内容", "时间进度"), ("调研", "1", "走访企业", "2024年7月"))


def test_a_table_of_ones_own_in_the_work_plan_leaves_the_stages_alone() -> None:
    """It has the header of the stages, and the heading of section 七 is still to come."""

    def own_table(package: Package) -> None:
        cell = cells_of(package.row_starting("四、"))[0]
        cell.append(w("tbl", w("tblPr"), *(w("tr", *(w("tc", paragraph(t)) for t in texts)) for texts in OWN_TABLE)))
        cell.append(w("p"))

    form = truth(1)
    reading = reading_of(form, own_table)
    assert differences(form["schedule"], plain(reading)["schedule"]) == []
    assert differences(form["capacity"], plain(reading)["capacity"]) == []
    assert plain(reading)["work_plan"].startswith(form["work_plan"])
    assert reading.remarks == ()
