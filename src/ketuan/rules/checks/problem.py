"""The tables of industrial problems (附件3 附件, 附件1 4)."""

from __future__ import annotations

from collections.abc import Iterator

from ketuan.forms.identity import folded
from ketuan.forms.problem import Problem
from ketuan.forms.regions import places_in
from ketuan.rules.call import Call, Zone
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case
from ketuan.rules.findings import Say, Weight


@rule("problem.count")
def count(case: Case) -> Iterator[Say]:
    """附件1 4: 1个重点产业链难题，或1-2个重大产业关键共性技术问题."""
    tables, asked = len(case.form.problems), case.call.problems.tables.value
    if tables not in asked:
        yield Say(
            "problems",
            f"附了 {tables} 张难题问题基本情况表，一般为 {asked} 张。",
            found=str(tables),
            wanted=str(asked),
            fix="请按要求选定难题，每个难题附一张表。",
        )


@rule("problem.category")
def category(case: Case) -> Iterator[Say]:
    """附件3 附件: 所属分类（单选）."""
    choices = case.choices("problems.*.category")
    for number, problem in enumerate(case.form.problems):
        yield from _one_tick(f"problems.{number}.category", f"{_named(number)}的“所属分类”", problem.category, choices)


@rule("problem.industry")
def industry(case: Case) -> Iterator[Say]:
    """附件3 附件: 产业领域；勾“其他”的要写明."""
    choices, other = case.choices("problems.*.industries"), case.call.form.other.value
    for number, problem in enumerate(case.form.problems):
        path, name = f"problems.{number}.industries", f"{_named(number)}的“产业领域”"
        strange = [tick for tick in problem.industries if tick not in choices]
        if not problem.industries:
            said = f"，只在“{other}”后面写了“{problem.other_industry}”" if problem.other_industry else ""
            fix = "请在符合的产业领域前打勾，至少一项。"
            yield Say(path, f"{name}没有勾选{said}。", wanted="至少 1 项", fix=fix)
        elif strange:
            yield _strange(path, name, strange)
        if other in problem.industries and not problem.other_industry and not _may_be_empty(case.call):
            yield Say(
                f"problems.{number}.other_industry",
                f"{name}勾了“{other}”，后面没有写是什么领域。",
                fix=f"请在“{other}”后面写明产业领域，或改勾列出的领域。",
            )


def _may_be_empty(call: Call) -> bool:
    return call.settings.other_text_may_be_empty.value


def _named(number: int) -> str:
    return f"第 {number + 1} 张难题表"


def _strange(path: str, name: str, ticks: list[str]) -> Say:
    listed = "、".join(ticks)
    return Say(path, f"{name}里有表上没有的选项“{listed}”。", found=listed, fix="请用今年表样印好的选项。")


def _one_tick(path: str, name: str, ticks: list[str], choices: tuple[str, ...]) -> Iterator[Say]:
    strange = [tick for tick in ticks if tick not in choices]
    if not ticks:
        yield Say(path, f"{name}没有勾选，要勾一项。", wanted="1 项", fix="请在符合的一项前打勾。")
    elif len(ticks) > 1:
        listed = "、".join(ticks)
        message = f"{name}勾了 {len(ticks)} 项（{listed}），只能勾一项。"
        yield Say(path, message, found=listed, wanted="1 项", fix="请只保留最符合的一项。")
    elif strange:
        yield _strange(path, name, strange)


@rule("problem.zone")
def zone(case: Case) -> Iterator[Say]:
    """附件3 附件: 是否位于示范市（区）或试点城市（园区）；与名册一致."""
    choices = case.choices("problems.*.zone")
    for number, problem in enumerate(case.form.problems):
        path, name = f"problems.{number}.zone", f"{_named(number)}的实施地点"
        faults = tuple(_one_tick(path, f"{name}“是否位于示范市或试点城市”", problem.zone, choices))
        if faults:
            yield from faults
        elif problem.location:
            yield from _against_registry(path, name, problem, case.call)


def _against_registry(path: str, name: str, problem: Problem, call: Call) -> Iterator[Say]:
    ticked, kinds = problem.zone[0], call.registry.kinds.value
    if ticked not in (kinds.demonstration, kinds.pilot, kinds.neither):
        return
    listed = zones_at(problem.location, call)
    labels = {"demonstration": kinds.demonstration, "pilot": kinds.pilot}
    if ticked == kinds.neither:
        if listed:
            yield _listed_yet_denied(path, name, problem, listed, labels)
        return
    if any(labels[zone.kind] == ticked for zone in listed):
        return
    other = f"，只列为{labels[listed[0].kind]}" if listed else ""
    if call.registry.complete.value:
        weight: Weight = "block"
        doubt, fix = "。", "请核对实施地点和勾选的类别。"
    else:
        weight = "pending"
        doubt = "；但随软件的名册不全，不能据此判错。"
        fix = "请对照主办方公布的示范市、试点城市名单核对；主办方可以换上完整名册后再查。"
    yield Say(
        path,
        f"{name}“{problem.location}”勾的是{ticked}，名册里没有这个地方{other}{doubt}",
        found=ticked,
        wanted=labels[listed[0].kind] if listed else None,
        fix=fix,
        weight=weight,
    )


def _listed_yet_denied(path: str, name: str, problem: Problem, listed: list[Zone], labels: dict[str, str]) -> Say:
    sure = [zone for zone in listed if zone.verified == "yes"]
    shown = sure or listed
    wanted = "、".join(dict.fromkeys(labels[zone.kind] for zone in shown))
    names = "、".join(dict.fromkeys(zone.name for zone in shown))
    doubt = "" if sure else "，但这一行未经查证"
    return Say(
        path,
        f"{name}“{problem.location}”勾的是{problem.zone[0]}，而名册把{names}列为{wanted}{doubt}。",
        found=problem.zone[0],
        wanted=wanted if sure else None,
        fix=f"请改勾{wanted}，或核对实施地点。" if sure else "请对照主办方公布的名单核对。",
        weight=None if sure else "pending",
    )


def zones_at(location: str, call: Call) -> list[Zone]:
    """Rows of the registry, valid on the call's day, that a written place lies in."""
    codes = {unit.code for unit in places_in(location)}
    text, day = folded(location), call.registry_day
    return [z for z in call.zones if z.holds_on(day) and (z.division_code in codes or folded(z.name) in text)]
