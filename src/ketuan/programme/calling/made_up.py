"""A made-up applicant for rehearsals, cut to the call it rehearses: one that keeps everything, one with common slips."""

from __future__ import annotations

import datetime
from typing import Any

from ketuan.forms.application import Application as Form
from ketuan.forms.roster import RosterEntry
from ketuan.rules import call as rules
from ketuan.rules.catalogue import catalogue

_SURNAMES, _GIVEN = "沈江顾陆程夏严温路白", "听澜 晚晴 南舟 知行 安之 守正 如玉 长青 云深 思齐".split()
FEN_IN_WAN = 1_000_000
SLIPS = (
    "申请经费比上限多 10 万元",
    "立项依据超出字数",
    "项目在完成期限之后 30 天才结束",
    "团长和首席专家是同一个人",
    "名册上少一半人",
)
"""What :func:`careless` does wrong, in words."""


def _person(number: int) -> str:
    return _SURNAMES[number % 10] + _GIVEN[number // 10 % 10]


def applicant(rule: rules.Call) -> tuple[Form, tuple[RosterEntry, ...]]:
    """An invented society that keeps every number of the call, and its corps."""
    form, roster = _sheets(rule)
    return Form.model_validate(form), roster


def careless(rule: rules.Call) -> tuple[Form, tuple[RosterEntry, ...]]:
    """The same society with :data:`SLIPS`."""
    form, roster = _sheets(rule)
    more = 10 * FEN_IN_WAN
    budget = form["budget"]
    budget["requested"] += more
    budget["total"] += more
    budget["lines"][0]["requested"] += more
    form["schedule"]["stages"][0]["budget"] += more
    limit = rule.form.limits.get("rationale")
    form["rationale"] = "依据" * (limit.value if limit else 200)
    late = rule.project.completion.value + datetime.timedelta(days=30)
    form["schedule"]["end"] = form["schedule"]["stages"][-1]["end"] = late
    form["chief_expert"] = {**form["leader"], "professional_title": "研究员"}
    return Form.model_validate(form), roster[: len(roster) // 2]


def _sheets(rule: rules.Call) -> tuple[dict[str, Any], tuple[RosterEntry, ...]]:
    deadline, completion = rule.submission.deadline.value, rule.project.completion.value
    start = min(deadline + datetime.timedelta(days=21), completion)
    middle = start + (completion - start) / 2
    grant = rule.project.grant.value
    own = 10 * FEN_IN_WAN
    kinds = rule.registry.kinds.value
    field = "精密测绘装备"
    zone = next(
        (z for z in rule.zones if z.kind == "pilot" and z.verified == "yes" and z.holds_on(rule.registry_day)), None
    )
    province, city = (zone.province, zone.name) if zone else ("安徽省", "铜陵市")
    people = [
        {
            "name": _person(n),
            "affiliation": f"云杉{'甲乙丙丁戊己'[n]}大学/教授",
            "contact": f"1390000{n:04d}",
            "duty": "技术诊断",
        }
        for n in range(min(6, _limit(rule, "personnel", 6)))
    ]

    def lead(n: int) -> dict[str, str]:
        reach = {"mobile": people[n]["contact"], "email": f"lead{n}@example.invalid", "office_phone": f"010-6800000{n}"}
        return {"name": people[n]["name"], "post": people[n]["affiliation"], **reach}

    officer = {"name": "温若谷", "title": "秘书长", "phone": "010-68000010", "email": "office@example.invalid"}
    title = rule.form.title
    covered = "、".join(cover.name for cover in rule.covers)

    def first(path: str, default: str) -> list[str]:
        listed = rule.form.choices.get(path)
        return [listed.value[0]] if listed else [default]

    form = {
        "cover": {
            "call_code": rule.project.code.value,
            "title": f"“{title.brand.value}”{field}{title.tail.value}",
            "contact_name": "沈清和",
            "mobile": "13900009999",
            "phone": "010-68000011",
            "email": "contact@example.invalid",
            "dated": deadline - datetime.timedelta(days=3),
        },
        "society": {
            "name": "中国云上测绘装备学会",
            "uscc": "511000005000123452",
            "address": "北京市海淀区云杉路1号 100080",
            "head": officer,
            "contact": {**officer, "name": "沈清和"},
            "introduction": "学会长期组织测绘装备领域的学术交流和标准研制。",
        },
        "partners": ["云杉大学"],
        "leader": lead(0),
        "chief_expert": {**lead(1), "professional_title": "研究员"},
        "service": {"industry": field, "provinces": [province], "key_cities": city, "other_cities": "池州市"},
        "rationale": "对标国家规划，经征集遴选确定。",
        "work_plan": f"组织诊断和攻关，形成：{covered}。"[: _limit(rule, "work_plan", 300)],
        "objectives": f"按期交出：{covered}。"[: _limit(rule, "objectives", 300)],
        "capacity": "学会有专家三百人，地方出台了专项政策。",
        "schedule": {
            "start": start,
            "end": completion,
            "stages": [
                {"name": "第一阶段", "budget": grant // 2 + own, "goal": "组建和诊断", "start": start, "end": middle},
                {
                    "name": "第二阶段",
                    "budget": grant - grant // 2,
                    "goal": "攻关和总结",
                    "start": min(middle + datetime.timedelta(days=1), completion),
                    "end": completion,
                },
            ],
        },
        "personnel": people,
        "budget": {
            "total": grant + own,
            "requested": grant,
            "own": own,
            "matching": 0,
            "lines": [
                {"item": "专家咨询费", "requested": grant // 2, "other": own, "basis": "按标准和人天测算"},
                {"item": "差旅费", "requested": grant - grant // 2, "other": 0, "basis": "按差旅标准测算"},
            ],
        },
        "problems": [
            {
                "title": "高精度测绘传感器标定难题",
                "proposer": "合肥青穹仪器有限公司",
                "category": first("problems.*.category", "布局建设未来产业"),
                "industries": first("problems.*.industries", "高端装备"),
                "policy_basis": first("problems.*.policy_basis", "国家制定的产业发展规划列明的重点产业领域"),
                "description": "传感器在低温下零点漂移超过指标，现有标定方法耗时长、重复性差，需要新的标定装置和算法。",
                "investment": 500 * FEN_IN_WAN,
                "solve_by": completion + datetime.timedelta(days=270),
                "location": f"{province}{city}",
                "zone": [kinds.pilot if zone else kinds.neither],
                "local_support": "配套资金30万元。",
                "proposer_support": "开放中试线。",
                "assessment": "真实、紧迫，同意选题。",
                "track_record": "曾解决同类问题。",
                "solution_outline": "研制低温标定台，建立漂移模型，在产线验证。",
            }
        ],
    }  # fmt: skip
    many = max(rule.corps.people.value, len(people))
    born = rule.age_day.replace(day=1) - datetime.timedelta(days=365 * (rule.corps.young_age.value - 5))
    older = rule.age_day.replace(day=1) - datetime.timedelta(days=366 * (rule.corps.young_age.value + 5))
    roster = tuple(
        RosterEntry(
            corps=str(form["cover"]["title"]),  # type: ignore[index]
            name=_person(n),
            born=born if n < rule.corps.young.value else older,
            unit=f"云杉{'甲乙丙丁戊己'[n]}大学" if n < len(people) else f"云杉{n}研究院",
            young_elite="第七届" if n < rule.corps.young_elite.value else "",
            role="团长" if n == 0 else "首席专家" if n == 1 else "团员",
            phone=f"1390000{n:04d}",
        )
        for n in range(many)
    )
    return form, roster


def _limit(rule: rules.Call, path: str, usual: int) -> int:
    entry = rule.form.limits.get(path)
    return entry.value if entry else usual


def quiet(said: set[str]) -> tuple[str, ...]:
    """What was checked without a finding, in words."""
    looked = (row for row in catalogue().values() if row.subject in ("application", "roster"))
    return tuple(row.checks for row in looked if row.code not in said)
