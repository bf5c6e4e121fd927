"""Invented applications for the tests of the rules: a clean one, changed in one place and judged again."""

from __future__ import annotations

import copy
import datetime
import json
import random
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ketuan.forms.application import Application
from ketuan.forms.paper import value_at
from ketuan.forms.remarks import Reading, Remark
from ketuan.forms.roster import RosterEntry
from ketuan.rules import call as calls
from ketuan.rules.call import Call
from ketuan.rules.checking import Entry

HERE = Path(__file__).parent
Form = dict[str, Any]

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_GIVEN = "明远 思齐 嘉言 若谷 怀瑾 清和 景行 知行 子衿 云舟 望舒 致远".split()
_CHARACTERS = "天地山水风云日月星辰春夏秋冬东西南北江河湖海花草树木金石火土光电声波机器数据材料工艺检测控制温度压力"
# verified pilot cities of the registry, two for each application
_CITIES = [
    ("湖南省", "长沙市", "衡阳市"),
    ("四川省", "成都市", "德阳市"),
    ("福建省", "福州市", "泉州市"),
    ("河北省", "保定市", "邢台市"),
    ("安徽省", "铜陵市", "池州市"),
    ("江西省", "吉安市", "抚州市"),
    ("云南省", "玉溪市", "曲靖市"),
]
_FIELDS = ["钠离子储能电池", "工业软件", "先进陶瓷", "脑机接口", "特种钢", "低空物流", "绿色氢能"]
WORK_PLAN = (
    "聚焦层状氧化物正极材料难题，组织技术诊断和联合攻关。在长沙市建立学会服务站1个，选派2名青年科技工作者“蹲点”服务，"
    "累计不少于60天。编制研发指南1份、智库报告1份，提出解决方案、已解决的问题难题清单和决策建议。"
)
OBJECTIVES = (
    "解决关键难题1项；取得被服务方满意度评价报告1份、服务站工作成效总结1份、“蹲点”情况报告1份；完成总结报告1篇、典型案例1篇，"
    "主流媒体宣传报道2篇。"
)


def person_name(number: int) -> str:
    return _SURNAMES[number % len(_SURNAMES)] + _GIVEN[number // len(_SURNAMES) % len(_GIVEN)]


def scribble(seed: object, length: int) -> str:
    """Text that shares no passage with that of another seed."""
    return "".join(random.Random(str(seed)).choices(_CHARACTERS, k=length))


def clean(number: int = 0) -> Form:
    """The ``number``-th application of one invented society, in the JSON shape of the contract; none breaks a rule."""
    province, city, other = _CITIES[number % len(_CITIES)]
    field = _FIELDS[number % len(_FIELDS)]
    base = number * 22
    pilot = number < 5
    people = [
        {
            "name": person_name(base + n),
            "affiliation": f"{'甲乙丙丁戊己庚辛'[number]}{'子丑寅卯辰巳'[n]}大学/教授",
            "contact": f"13{number}0000{n:04d}",
            "duty": "技术诊断",
        }
        for n in range(6)
    ]

    def lead(n: int) -> Form:
        who = people[n]
        email, phone = f"lead{number}{n}@example.org", f"010-6800{number}{n:03d}"
        return {"name": who["name"], "mobile": who["contact"], "email": email, "office_phone": phone,
                "post": who["affiliation"]}  # fmt: skip

    officer = {"name": "卫若谷", "title": "秘书长", "phone": "010-68000000", "email": "office@example.org"}
    return {
        "cover": {
            "call_code": "KJFWT2024-01",
            "title": f"“科创中国”{field}科技服务团",
            "contact_name": "沈清和",
            "mobile": "13800000000",
            "phone": "010-68000001",
            "email": "contact@example.org",
            "dated": "2024-05-20",
        },
        "society": {
            "name": "中国云杉工程学会",
            "uscc": "511000005000123452",
            "address": "北京市海淀区云杉路1号 100080",
            "head": officer,
            "contact": {**officer, "name": "沈清和"},
            "introduction": "学会成立于1979年，业务范围包括学术交流和标准研制，多次参与“科创中国”建设。",
        },
        "partners": ["云杉大学", "星桥研究院"],
        "leader": lead(0),
        "chief_expert": {**lead(1), "professional_title": "研究员"},
        "service": {"industry": field, "provinces": [province], "key_cities": f"{city}、{other}", "other_cities": "大连市"},
        "rationale": "对标“十四五”规划，经征集遴选确定。",
        "work_plan": WORK_PLAN if number == 0 else scribble(f"plan {number}", 200),
        "objectives": OBJECTIVES if number == 0 else scribble(f"objectives {number}", 200),
        "capacity": "学会有专家三百人，地方出台了专项政策。",
        "schedule": {
            "start": "2024-06-15",
            "end": "2025-03-31",
            "stages": [
                {"name": "第一阶段", "budget": 36, "goal": "组建", "start": "2024-06-15", "end": "2024-10-31"},
                {"name": "第二阶段", "budget": 44, "goal": "攻关", "start": "2024-11-01", "end": "2025-03-31"},
            ],
        },
        "personnel": people,
        "budget": {
            "total": 80, "requested": 70, "own": 10, "matching": 0,
            "lines": [
                {"item": "专家咨询费", "requested": 30, "other": 10, "basis": "2400元/人天"},
                {"item": "差旅费", "requested": 40, "other": 0, "basis": "按差旅标准"},
            ],
        },
        "problems": [
            {
                "title": f"{scribble(f'title {number}', 12)}难题",
                "proposer": "砚溪科技有限公司",
                "category": ["布局建设未来产业"],
                "industries": ["新型储能"],
                "other_industry": None,
                "policy_basis": ["国家制定的产业发展规划列明的重点产业领域"],
                "description": scribble(f"description {number}", 200),
                "investment": 500,
                "solve_by": "2025-12-31",
                "location": f"{province}{city}",
                "zone": ["“科创中国”试点城市（园区）" if pilot else "以上都不是"],
                "local_support": "配套资金30万元。",
                "proposer_support": "开放中试线。",
                "assessment": "真实、紧迫，同意选题。",
                "track_record": "曾解决同类问题。",
                "solution_outline": scribble(f"solution {number}", 100),
            }
        ],
    }  # fmt: skip


def roster(people: int = 20, young: int = 10, elite: int = 2, change: Mapping[str, Any] | None = None) -> list[Form]:
    """A corps roster: the first ``young`` are 45 on the day of the deadline, the others 46."""
    rows: list[Form] = [
        {
            "name": person_name(n),
            "born": "1978-06-01" if n < young else "1978-05-24",
            "unit": f"云杉{n}大学",
            "young_elite": "第七届" if n < elite else None,
            "phone": f"1390000{n:04d}",
        }
        for n in range(people)
    ]
    return changed(rows, change or {})


def changed(form: Any, change: Mapping[str, Any]) -> Any:
    """A copy with values set by path; ``personnel.+`` appends a row or several, ``{like: n}`` stands for a copy of row n.

    A value ``{字: n}`` is a text of n 字.
    """
    form = copy.deepcopy(form)
    for path, value in change.items():
        *steps, last = path.split(".")
        holder: Any = form
        for step in steps:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        if isinstance(value, dict) and "字" in value:
            value = "字" * value["字"]
        if last == "+":
            holder += [_like(holder, one) for one in (value if isinstance(value, list) else [value])]
        elif isinstance(holder, list):
            holder[int(last)] = value
        else:
            holder[last] = value
    return form


def _like(rows: list[Form], value: Form) -> Form:
    """``{like: n}`` is a copy of row n."""
    return copy.deepcopy(rows[value["like"]]) if "like" in value else value


def padded(form: Form, rows: int) -> Form:
    """With so many rows of personnel, all different people."""
    more = [
        {"name": person_name(n + 100), "affiliation": f"星桥{n}研究院", "contact": f"1350000{n:04d}", "duty": "测试"}
        for n in range(rows - len(form["personnel"]))
    ]
    return {**form, "personnel": form["personnel"] + more}


def application(form: Form) -> Application:
    return Application.model_validate_json(json.dumps(form, ensure_ascii=False, default=_iso))


def _iso(value: object) -> str:
    if isinstance(value, datetime.date):
        return value.isoformat()
    raise TypeError(value)


def reading(form: Form, remarks: list[Form] | None = None) -> Reading[Application]:
    return Reading(application(form), tuple(Remark(**{"message": "", **r}) for r in remarks or []))


def people_of(rows: list[Form] | None) -> list[RosterEntry] | None:
    if rows is None:
        return None
    return [RosterEntry.model_validate_json(json.dumps(row, ensure_ascii=False, default=_iso)) for row in rows]


def raw_call(name: str = "2024") -> dict[str, Any]:
    folder = Path(calls.__file__).parent / "calls" if name == "2024" else HERE / "calls"
    return tomllib.loads((folder / f"{name}.toml").read_text(encoding="utf-8"))


def call_with(change: Mapping[str, Any] | None = None) -> Call:
    """The call of 2024 with some values set by path (“corps.people”, “settings.count”; “zones” for the registry)."""
    if not change:
        return calls.call_of("2024")
    raw = raw_call()
    for path, value in change.items():
        set_value(raw, path, value)
    return calls.call_from(raw)


def set_value(raw: dict[str, Any], path: str, value: Any) -> None:
    """Set the ``value`` of the entry at ``path``; paths of the form may hold dots themselves."""
    if path == "zones":
        raw["zones"] = value
        return
    if path == "call.issued":
        raw["call"]["issued"] = value
        return
    if path.startswith("covers."):
        next(c for c in raw["covers"] if c["id"] == path.split(".")[1])["patterns"] = value
        return
    holder = raw
    rest = path
    while rest:
        step = next(k for k in sorted(holder, key=len, reverse=True) if rest == k or rest.startswith(k + "."))
        holder, rest = holder[step], rest[len(step) + 1 :]
    assert "value" in holder, path
    holder["value"] = value


@dataclass(frozen=True)
class Like:
    score: float
    spans: tuple[tuple[int, int, int, int], ...]
    share: float


def alike(a: str, b: str) -> Like:
    """Share of the shorter text in common passages of six characters and more."""
    blocks = [m for m in SequenceMatcher(None, a, b, autojunk=False).get_matching_blocks() if m.size >= 6]
    spans = tuple((m.a, m.a + m.size, m.b, m.b + m.size) for m in blocks)
    share = sum(m.size for m in blocks) / max(1, min(len(a), len(b)))
    return Like(share, spans, share)


def entry(
    number: int,
    change: Mapping[str, Any],
    rows: list[Form] | None = None,
    copied: Mapping[str, float] | None = None,
) -> Entry:
    """The ``number``-th application of the society, so large a share of some texts ``copied`` from the first."""
    form = clean(number)
    for path, share in (copied or {}).items():
        theirs, own = value_at(application(clean()), path), value_at(application(form), path)
        cut = round(len(theirs) * share)
        form = changed(form, {path: theirs[:cut] + own[cut:]})
    return Entry(f"{number}.docx", application(changed(form, change)), tuple(people_of(rows) or ()))
