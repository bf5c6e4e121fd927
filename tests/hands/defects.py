"""`DEFECTS`: name → (what breaks a clean form, the rule that must speak, the path it must name or None, a sentence).

`clean()` is a form that breaks no rule of an application and names everything the requirements ask for. A defect of
`DEFECTS` changes the form; one of `FILE_DEFECTS` changes the filled file, where the mistake is one of the hand.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from .editing import rows_below
from .fill import fill
from .habits import Hand
from .people import Form, truth
from .xml import TEMPLATE, Package, cells_of, paragraphs_of, qn, said

Change = Callable[[Form], Form]
FileChange = Callable[[bytes], bytes]
DEFECTS: dict[str, tuple[Change, str, str | None, str]] = {}
FILE_DEFECTS: dict[str, tuple[FileChange, str, str | None, str]] = {}

CLEAN_SEED = 6
COVERED = ("研发指南", "智库报告", "服务站", "不少于60天", "总结报告", "典型案例", "宣传报道", "满意度评价", "决策建议")


def clean() -> Form:
    """The form all defects start from: both plans told in full, at least two stages, six people and two lines."""
    seed = CLEAN_SEED
    while not _is_rich(truth(seed)):
        seed += 1
    return truth(seed)


def _is_rich(form: Form) -> bool:
    told = form["work_plan"] + form["objectives"]
    counts = (len(form["schedule"]["stages"]) >= 2, 6 <= len(form["personnel"]) < 20, len(form["problems"]) == 1)
    return all(word in told for word in COVERED) and all(counts) and form["problems"][0]["other_industry"] is None


def broken(name: str, hand: Hand | None = None) -> bytes:
    """The official form, filled cleanly but for one defect."""
    hand = hand or Hand()
    if name in FILE_DEFECTS:
        return FILE_DEFECTS[name][0](fill(clean(), hand))
    return fill(DEFECTS[name][0](clean()), hand)


def defect(rule: str, path: str | None, sentence: str) -> Callable[[Callable[[Form], None]], Callable[[Form], None]]:
    def entered(change: Callable[[Form], None]) -> Callable[[Form], None]:
        def changed(form: Form) -> Form:
            fresh = copy.deepcopy(form)
            change(fresh)
            return fresh

        DEFECTS[change.__name__] = (changed, rule, path, sentence)
        return change

    return entered


def file_defect(rule: str, path: str | None, sentence: str) -> Callable[[Callable[[Package], None]], FileChange]:
    def entered(change: Callable[[Package], None]) -> FileChange:
        def changed(data: bytes) -> bytes:
            package = Package.opened(data)
            change(package)
            return package.saved()

        FILE_DEFECTS[change.__name__] = (changed, rule, path, sentence)
        return changed

    return entered


def _long(text: str, limit: int) -> str:
    """A text with one 字 more than the limit by every way of counting: nothing but Chinese characters."""
    kept = "".join(letter for letter in text if "\u4e00" <= letter <= "\u9fff")
    return (kept * (limit // len(kept) + 1))[: limit + 1]


# --- completeness -------------------------------------------------------------------------------------------------


@defect("form.complete", "society.introduction", "The introduction of the society is missing.")
def no_introduction(form: Form) -> None:
    form["society"]["introduction"] = None


@defect("form.complete", "leader.mobile", "The mobile number of the corps leader is missing.")
def no_leader_mobile(form: Form) -> None:
    form["leader"]["mobile"] = None


@defect("form.complete", "chief_expert.professional_title", "The title of the chief expert is missing.")
def no_chief_title(form: Form) -> None:
    form["chief_expert"]["professional_title"] = None


@defect("form.complete", "work_plan", "The work plan is missing.")
def no_work_plan(form: Form) -> None:
    form["work_plan"] = None


@defect("form.complete", "partners", "No partner is named.")
def no_partners(form: Form) -> None:
    form["partners"] = []


@defect("form.complete", None, "The problem table does not say where the problem is.")
def no_location(form: Form) -> None:
    form["problems"][0]["location"] = None


@defect("form.complete", None, "A member's contact is missing in the list of people.")
def no_member_contact(form: Form) -> None:
    form["personnel"][3]["contact"] = None


@defect("title.format", "cover.title", "The placeholder XXXX is still in the name of the project.")
def placeholder_title(form: Form) -> None:
    form["cover"]["title"] = "“科创中国”XXXX科技服务团"


@defect("title.format", "cover.title", "The name of the project lacks “科创中国”.")
def bare_title(form: Form) -> None:
    form["cover"]["title"] = form["cover"]["title"].replace("“科创中国”", "")


# --- people -------------------------------------------------------------------------------------------------------


@defect("leader.not_chief", None, "One person is corps leader and chief expert.")
def leader_is_chief(form: Form) -> None:
    chief, leader = form["chief_expert"], form["leader"]
    row = next(person for person in form["personnel"] if person["name"] == chief["name"])
    form["personnel"].remove(row)
    chief.update({key: leader[key] for key in ("name", "mobile", "email", "office_phone", "post")})


@defect("personnel.limit", "personnel", "The list of people has 21 rows.")
def too_many_people(form: Form) -> None:
    others = [person for seed in range(40) for person in truth(seed)["personnel"]]
    names = {person["name"] for person in form["personnel"]}
    while len(form["personnel"]) < 21:
        person = others.pop()
        if person["name"] not in names:
            names.add(person["name"])
            form["personnel"].append(person)


@defect("personnel.lead_listed", "personnel", "The chief expert does not stand in the list of people.")
def chief_not_listed(form: Form) -> None:
    form["personnel"] = [person for person in form["personnel"] if person["name"] != form["chief_expert"]["name"]]


@defect("personnel.duplicate", None, "One person stands twice in the list of people, with other work.")
def person_twice(form: Form) -> None:
    form["personnel"].append({**form["personnel"][4], "duty": "数据分析"})


# --- words --------------------------------------------------------------------------------------------------------


@defect("words.introduction", "society.introduction", "The introduction of the society has 201 字.")
def long_introduction(form: Form) -> None:
    form["society"]["introduction"] = _long(form["society"]["introduction"], 200)


@defect("words.rationale", "rationale", "The rationale has 201 字.")
def long_rationale(form: Form) -> None:
    form["rationale"] = _long(form["rationale"], 200)


@defect("words.work_plan", "work_plan", "The work plan says all that is asked for, in more than 300 字.")
def long_work_plan(form: Form) -> None:
    form["work_plan"] += _long(form["rationale"], 300)


@defect("words.objectives", "objectives", "The objectives say all that is asked for, in more than 300 字.")
def long_objectives(form: Form) -> None:
    form["objectives"] += _long(form["rationale"], 300)


@defect("words.capacity", "capacity", "The conditions for implementation have 301 字.")
def long_capacity(form: Form) -> None:
    form["capacity"] = _long(form["capacity"], 300)


@defect("plan.covers", None, "Work plan and objectives name nothing of what the requirements ask for.")
def silent_plan(form: Form) -> None:
    form["work_plan"] = "围绕难题分步推进，每月调度，把关技术路线，举办专题活动。"
    form["objectives"] = "推动良品率提高，能耗降低，新增产值。"


# --- identifiers and dates ----------------------------------------------------------------------------------------


@defect("society.uscc", "society.uscc", "The last character of the social credit code is wrong.")
def wrong_uscc(form: Form) -> None:
    number = form["society"]["uscc"]
    form["society"]["uscc"] = number[:-1] + ("2" if number[-1] == "1" else "1")


@defect("society.uscc", "society.uscc", "A character of the social credit code was left out.")
def short_uscc(form: Form) -> None:
    form["society"]["uscc"] = form["society"]["uscc"][:-1]


@defect("contact.phone", "cover.mobile", "The mobile number on the cover has ten digits.")
def short_mobile(form: Form) -> None:
    form["cover"]["mobile"] = form["cover"]["mobile"][:-1]


@defect("contact.phone", "leader.office_phone", "The office phone of the corps leader has three digits.")
def short_office_phone(form: Form) -> None:
    form["leader"]["office_phone"] = "010"


@defect("contact.email", "chief_expert.email", "The e-mail address of the chief expert has no @.")
def wrong_email(form: Form) -> None:
    form["chief_expert"]["email"] = form["chief_expert"]["email"].replace("@", ".")


@defect("date.signed", "cover.dated", "The cover is dated the day after the deadline.")
def dated_late(form: Form) -> None:
    form["cover"]["dated"] = "2024-05-25"


@defect("schedule.within", "schedule.end", "The project ends a month after the day the call sets.")
def ends_late(form: Form) -> None:
    form["schedule"]["end"] = form["schedule"]["stages"][-1]["end"] = "2025-04-30"


@defect("schedule.within", None, "The last stage ends before it starts.")
def stage_backwards(form: Form) -> None:
    stage = form["schedule"]["stages"][-1]
    stage["start"], stage["end"] = stage["end"], stage["start"]


@defect("schedule.within", None, "The first stage starts before the project.")
def stage_too_early(form: Form) -> None:
    form["schedule"]["stages"][0]["start"] = "2024-05-27"


# --- money --------------------------------------------------------------------------------------------------------


@defect("grant.cap", "budget.requested", "More than 80 万元 are asked for; all sums agree.")
def asks_too_much(form: Form) -> None:
    more = round(80.5 - form["budget"]["requested"], 2)
    for owner, name in ((form["budget"], "requested"), (form["budget"], "total"), (form["budget"]["lines"][0], "requested"),
                        (form["schedule"]["stages"][0], "budget")):  # fmt: skip
        owner[name] = round(owner[name] + more, 2)


@defect("budget.sum", "budget.lines", "The column of CAST funds sums to one 万元 more than is asked for.")
def column_too_high(form: Form) -> None:
    form["budget"]["lines"][0]["requested"] += 1


@defect("budget.sum", "budget.total", "The total is one 万元 more than its parts; the stages agree with it.")
def total_too_high(form: Form) -> None:
    form["budget"]["total"] += 1
    form["schedule"]["stages"][0]["budget"] += 1


@defect("budget.sum", "budget.lines", "The column of other funds sums to one 分 of a 万元 more than own and matching.")
def other_column_too_high(form: Form) -> None:
    line = form["budget"]["lines"][0]
    line["other"] = round(line["other"] + 0.01, 2)


@defect("budget.stages", None, "The stages sum to one 万元 more than the total.")
def stages_too_high(form: Form) -> None:
    form["schedule"]["stages"][0]["budget"] += 1


@defect("budget.basis", None, "A line of expenditure has no basis of estimate.")
def no_basis(form: Form) -> None:
    form["budget"]["lines"][1]["basis"] = None


# --- problems and places ------------------------------------------------------------------------------------------


@defect("problem.count", "problems", "Three problem tables are attached.")
def three_problems(form: Form) -> None:
    first = form["problems"][0]
    form["problems"] += [{**copy.deepcopy(first), "title": f"{first['title']}（{mark}）"} for mark in "二三"]


@defect("problem.category", None, "Two classes are ticked.")
def two_categories(form: Form) -> None:
    form["problems"][0]["category"] = ["改造提升传统产业", "布局建设未来产业"]


@defect("problem.category", None, "No class is ticked.")
def no_category(form: Form) -> None:
    form["problems"][0]["category"] = []


@defect("problem.industry", None, "No industry is ticked.")
def no_industry(form: Form) -> None:
    form["problems"][0]["industries"] = []


@defect("problem.industry", None, "其他 is ticked without a word on what it is.")
def other_without_text(form: Form) -> None:
    form["problems"][0]["industries"].append("其他")


@defect("problem.zone", None, "Two kinds of place are ticked.")
def two_zones(form: Form) -> None:
    form["problems"][0]["zone"] = ["创新驱动示范市（区）", "“科创中国”试点城市（园区）"]


@defect("problem.zone", None, "The place is a pilot city of the registry, 以上都不是 is ticked.")
def zone_against_registry(form: Form) -> None:
    form["problems"][0].update({"location": "湖南省长沙市", "zone": ["以上都不是"]})


@defect("provinces.count", "service.provinces", "Three provinces are named as main places.")
def three_provinces(form: Form) -> None:
    form["service"]["provinces"] = ["浙江省", "江苏省", "安徽省"]


# --- mistakes of the hand -----------------------------------------------------------------------------------------


def _empty(package: Package, label: str) -> None:
    for target in paragraphs_of(cells_of(package.row(label))[-1]):
        for old in target.findall(qn("r")):
            target.remove(old)


@file_defect("form.complete", "society.uscc", "The cell of the social credit code was emptied.")
def uscc_emptied(package: Package) -> None:
    _empty(package, "统一社会信用代码")


@file_defect("form.complete", "service.industry", "The row of the industry was deleted with its label.")
def industry_row_deleted(package: Package) -> None:
    row = package.row("拟重点服务的产业领域")
    row.getparent().remove(row)


@file_defect("form.complete", "personnel", "All rows of the list of people were emptied.")
def people_emptied(package: Package) -> None:
    for row in rows_below(package.row("在本项目中承担的主要工作")):
        row.getparent().remove(row)


@file_defect("problem.count", "problems", "The problem table was deleted.")
def problem_table_deleted(package: Package) -> None:
    table = package.table("难题问题名称")
    table.getparent().remove(table)


@file_defect("problem.category", None, "The tick of the class was taken back: three empty boxes.")
def tick_taken_back(package: Package) -> None:
    for node in cells_of(package.row("所属分类"))[1].iter(qn("t")):
        node.text = node.text.replace("☑", "□")


@file_defect("form.complete", "rationale", "Only the printed hint stands in the cell of the rationale.")
def only_the_hint(package: Package) -> None:
    cell = cells_of(package.row_starting("三、").getnext())[0]
    blank = Package.opened(TEMPLATE.read_bytes())
    printed = cells_of(blank.row_starting("三、").getnext())[0]
    for target in paragraphs_of(cell):
        cell.remove(target)
    cell.extend(paragraphs_of(printed))
    assert said(cell).startswith("请写明")
