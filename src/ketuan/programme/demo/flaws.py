"""Mistakes made on purpose: each changes the raw form (or the wish for the corps) and names the rule that must speak.

A table of functions ``(raw form, roster) → Flaw``; what concerns several corps is entered by :mod:`corps`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from ketuan.forms.money import FEN_PER_WAN
from ketuan.forms.words import words
from ketuan.programme.demo.rosters import Wish
from ketuan.programme.demo.values import Flaw
from ketuan.rules.call import Call

Raw = dict[str, Any]
WISHES: dict[str, tuple[Wish, Flaw]] = {
    "few": (
        Wish(people=17, young=10, elite=2),
        Flaw("corps.size", "roster", "全团只有 17 人", answer="另有 4 名专家正在办理单位同意手续，立项后补入。"),
    ),
    "old": (
        Wish(people=21, young=8, elite=2, exactly=True),
        Flaw("corps.youth", "roster", "45 岁及以下只有 8 人", answer="失效分析要靠老专家，青年人员将随试验进度增补。"),
    ),
    "no_elite": (
        Wish(people=22, young=12, elite=0, exactly=True),
        Flaw("corps.young_elite", "roster", "没有青年人才托举工程入选者", answer="本领域暂无合适人选。"),
    ),
}
_FILLER = "以上安排由联络组逐月督办并向学会报告落实情况"


def _words(raw: Raw, call: Call) -> Flaw:
    limit = call.form.limits["work_plan"].value
    text: str = raw["work_plan"]
    while words(text) < limit + 21:
        text += (_FILLER + "，")[: limit + 21 - words(text)]
    raw["work_plan"] = text
    return Flaw("words.work_plan", "work_plan", "工作方案超出 21 字")


def _sums(raw: Raw, call: Call) -> Flaw:
    raw["budget"]["lines"][0]["requested"] += 2 * FEN_PER_WAN
    return Flaw("budget.sum", "budget.lines", "支出预算表申请一列比申请数多 2 万元")


def _same_lead(raw: Raw, call: Call) -> Flaw:
    title = raw["chief_expert"]["professional_title"]
    raw["chief_expert"] = {**raw["leader"], "professional_title": title}
    return Flaw("leader.not_chief", "chief_expert.name", "团长和首席专家是同一人")


def _mobile(raw: Raw, call: Call) -> Flaw:
    raw["cover"]["mobile"] = raw["cover"]["mobile"][:-1]
    return Flaw("contact.phone", "cover.mobile", "手机号码少一位")


def _blank(raw: Raw, call: Call) -> Flaw:
    raw["service"]["other_cities"] = ""
    return Flaw("form.complete", "service.other_cities", "意向服务的城市没有填写")


def _zone(raw: Raw, call: Call) -> Flaw:
    raw["problems"][0]["zone"] = [call.registry.kinds.value.neither]
    return Flaw("problem.zone", "problems.0.zone", "实施地点是示范市，却勾了“以上都不是”")


def _stages(raw: Raw, call: Call) -> Flaw:
    raw["schedule"]["stages"][1]["budget"] += FEN_PER_WAN
    return Flaw(
        "budget.stages", "schedule.stages", "各阶段经费合计比总预算多 1 万元", answer="第二阶段含企业追加的 1 万元。"
    )


def _late_end(raw: Raw, call: Call) -> Flaw:
    raw["schedule"]["end"] = raw["schedule"]["stages"][-1]["end"] = date(2025, 4, 30)
    return Flaw("schedule.within", "schedule.end", "结束日期晚于完成期限")


def _basis(raw: Raw, call: Call) -> Flaw:
    raw["budget"]["lines"][3]["basis"] = ""
    return Flaw("budget.basis", "budget.lines.3.basis", "劳务费没有测算依据")


def _title(raw: Raw, call: Call) -> Flaw:
    raw["cover"]["title"] = raw["cover"]["title"].replace("“", "").replace("”", "")
    return Flaw("title.format", "cover.title", "项目名称没有写引号")


def _signed(raw: Raw, call: Call) -> Flaw:
    raw["cover"]["dated"] = date(2024, 5, 27)
    return Flaw("date.signed", "cover.dated", "封面日期晚于截止日")


def _cap(raw: Raw, call: Call) -> Flaw:
    budget, extra = raw["budget"], call.project.grant.value + 6 * FEN_PER_WAN - raw["budget"]["requested"]
    for part in (budget, budget["lines"][-1]):
        part["requested"] += extra
    budget["total"] += extra
    raw["schedule"]["stages"][1]["budget"] += extra
    return Flaw("grant.cap", "budget.requested", "申请 86 万元，超过额度")


def _provinces(raw: Raw, call: Call) -> Flaw:
    named: list[str] = raw["service"]["provinces"]
    named += [name for name in ("湖北省", "江西省", "陕西省") if name not in named][: 3 - len(named)]
    return Flaw("provinces.count", "service.provinces", "重点服务的省份写了 3 个", answer="产业链上下游分在三省。")


def _covers(raw: Raw, call: Call) -> Flaw:
    for path in ("work_plan", "objectives"):
        for said in ("智库报告各", "智库报告"):
            raw[path] = raw[path].replace(said, "调研材料各" if said.endswith("各") else "调研材料")
    return Flaw(
        "plan.covers", "work_plan", "方案和目标里没有写智库报告", answer="调研材料即智库报告，结项时按此名称提交。"
    )


def _unlisted(raw: Raw, call: Call) -> Flaw:
    raw["personnel"] = raw["personnel"][1:]
    return Flaw(
        "personnel.lead_listed", "leader.name", "团长不在人员表里", answer="团长已在第二部分填写，人员表只列技术人员。"
    )


FORMS: dict[str, Callable[[Raw, Call], Flaw]] = {
    "words": _words,
    "sums": _sums,
    "same_lead": _same_lead,
    "mobile": _mobile,
    "blank": _blank,
    "zone": _zone,
    "stages": _stages,
    "late_end": _late_end,
    "basis": _basis,
    "title": _title,
    "signed": _signed,
    "cap": _cap,
    "provinces": _provinces,
    "covers": _covers,
    "unlisted": _unlisted,
}
UNBORN = Flaw("corps.known", "roster", "名册上有一人缺出生日期")
NEAR_COPY = ("overlap.problems", "overlap.content")
SHARED_MEMBERS = "overlap.members"
SHARED_CITY = "overlap.regions"
