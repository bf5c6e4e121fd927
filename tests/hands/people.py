"""Invented applications that keep every rule: `truth(seed)` is a form in the JSON shape of the contract.

Provinces, cities and the check lists are real; people, units and societies are not.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from stdnum.cn import uscc

Form = dict[str, Any]

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜戚谢邹喻柏苏潘葛范彭鲁韦马方俞任袁柳鲍史唐"
GIVEN = (
    "明远 思齐 嘉言 若谷 怀瑾 清和 景行 知行 子衿 云舟 晓棠 望舒 静姝 慎之 致远 立群 国栋 海宁 文博 雨桐 "
    "伟 敏 静 磊 洋 艳 勇 军 杰 娟 涛 超 秀兰 建华 志强 桂英 晨曦 一诺 书瑶 浩然 亦凡 沐阳 庆云 维桢"
).split()
COMPOUND = ["欧阳", "司马", "上官", "诸葛"]
PINYIN = "lin chen wang zhao he su yan qin tang fang lu song gu jiang mo ye ning hao yun zhen".split()
INVENTED = "云杉 星桥 砚溪 澄澜 启衡 沐光 赤霄 凌川 玄石 清岳 栖梧 鹿鸣 望潮 听松 拾光 归雁".split()

# industry of the problem form → class of the problem form, a chain, a technology
FIELDS = {
    "新型储能": ("布局建设未来产业", "钠离子储能电池", "层状氧化物正极材料"),
    "脑机接口": ("布局建设未来产业", "脑机接口", "柔性神经电极封装"),
    "量子信息": ("布局建设未来产业", "量子精密测量", "小型化原子磁力仪"),
    "人形机器人": ("布局建设未来产业", "人形机器人", "高扭矩密度关节模组"),
    "生物制造": ("布局建设未来产业", "生物制造", "长链二元酸连续发酵"),
    "新一代信息技术": ("培育壮大新兴产业", "工业软件", "多物理场求解器"),
    "新能源": ("培育壮大新兴产业", "绿色氢能", "质子交换膜电解槽"),
    "新材料": ("培育壮大新兴产业", "先进陶瓷", "氮化硅基板流延成型"),
    "高端装备": ("培育壮大新兴产业", "高端数控机床", "静压主轴热误差补偿"),
    "低空经济": ("培育壮大新兴产业", "低空物流", "无人机集群空域协同"),
    "绿色环保": ("培育壮大新兴产业", "动力电池回收", "湿法短流程再生"),
    "钢铁": ("改造提升传统产业", "特种钢", "超纯净冶炼夹杂物控制"),
    "有色": ("改造提升传统产业", "铜基新材料", "高强高导铜合金连铸"),
    "石化": ("改造提升传统产业", "绿色石化", "原油直接裂解催化剂"),
    "建材": ("改造提升传统产业", "低碳建材", "贝利特水泥低温烧成"),
    "电力装备": ("改造提升传统产业", "智能输变电装备", "环保气体绝缘开关"),
}
NEIGHBOURS = {
    "新型储能": "电力装备",
    "人形机器人": "高端装备",
    "新能源": "化工",
    "有色": "新材料",
    "低空经济": "民用航空",
}
OTHERS = ["氢能装备", "海洋牧场工程装备", "智慧养老", "冰雪装备", "时空信息服务"]

# pilot cities whose place in the list was read in a source, by province
PILOTS = {
    "湖南省": ["长沙市", "衡阳市"],
    "四川省": ["成都市", "德阳市"],
    "福建省": ["福州市", "泉州市"],
    "河北省": ["保定市"],
    "安徽省": ["铜陵市"],
}
PLAIN_CITIES = {"浙江省": ["丽水市", "衢州市"], "云南省": ["玉溪市", "曲靖市"], "江西省": ["吉安市", "抚州市"]}
INTENDED = ["武汉市", "西安市", "宁波市", "大连市", "青岛市", "无锡市", "洛阳市", "绵阳市"]
PILOT, DEMONSTRATION, NEITHER = "“科创中国”试点城市（园区）", "创新驱动示范市（区）", "以上都不是"
POLICIES = [
    "国家重大区域战略明确的重点培育和发展的产业领域",
    "国家制定的产业发展规划列明的重点产业领域",
    "各省（自治区、直辖市）党代会、“十四五”规划、政府工作报告列明的重点产业领域",
    "各省（自治区、直辖市）制定的产业发展规划列明的重点产业领域",
    "其他",
]

STAGE_GOALS = [
    "组建服务团和联络组，走访重点企业，完成难题清单确认。",
    "建成学会服务站，开展产业技术诊断，形成初步解决方案。",
    "组织联合攻关和成果对接，中试验证关键工艺。",
    "编制研发指南和智库报告，开展团体标准研制。",
    "完成满意度评价、总结报告和典型案例，准备结项。",
]
STAGE_ENDS = ["", "（启动筹备）", "（诊断对接）", "（攻关转化）", "（总结验收）"]
ORDINALS = "一二三四五"
LINES = [
    ("专家咨询费", "高级专家2400元/人天，共计{n}人天"),
    ("会议费", "举办对接会{n}场，每场按三类会议标准列支"),
    ("差旅费", "赴服务区域调研{n}人次，按差旅标准测算"),
    ("劳务费", "聘用辅助人员{n}人，按月据实支付"),
    ("印刷出版费", "印制研发指南、智库报告{n}套"),
    ("技术服务费", "委托检测分析{n}批次"),
    ("“蹲点”服务补助", "选派2人，累计不少于60天"),
    ("宣传费", "主流媒体报道{n}篇次及专题制作"),
    ("其他", "不可预见支出，按5%以内控制"),
]
DUTIES = [
    "产业技术诊断",
    "负责工艺攻关与中试验证",
    "“蹲点”服务，驻站技术指导",
    "智库报告执笔",
    "成果转化对接、知识产权服务",
    "团体标准研制",
    "项目秘书，联络协调",
    "联系人",
    "数据分析",
]
TITLES = ["教授", "研究员", "正高级工程师", "高级工程师", "副教授"]
POSTS = ["副院长", "总工程师", "所长", "秘书长", "科研处处长", "实验室主任"]
OFFICES = ["理事长", "秘书长", "副秘书长/研究员", "学术部主任/高级工程师", "项目主管"]
UNIT_ENDS = ["大学", "理工大学", "研究院", "科技有限公司", "（集团）股份有限公司", "产业技术研究所", "新区科协"]
AREA_CODES = ["010", "021", "0574", "0731", "028", "0591", "0312"]


class Chance(random.Random):
    """The one source of variety of a form."""

    def coin(self, share: float = 0.5) -> bool:
        return self.random() < share

    def digits(self, count: int) -> str:
        return "".join(self.choice("0123456789") for _ in range(count))

    def mobile(self) -> str:
        return self.choice(["138", "139", "150", "177", "186", "199"]) + self.digits(8)

    def landline(self) -> str:
        return f"{self.choice(AREA_CODES)}-{self.choice('56789')}{self.digits(7)}"

    def email(self) -> str:
        name = (
            self.choice(PINYIN)
            + self.choice([".", "_", "", "-"])
            + self.choice(PINYIN)
            + self.choice(["", "2024", "01"])
        )
        return f"{name}@{self.choice(['mail.example.com', 'example.org', 'lab.example.net'])}"

    def unit(self) -> str:
        return self.choice(INVENTED) + self.choice(UNIT_ENDS)

    def names(self, count: int) -> list[str]:
        found: dict[str, None] = {}
        while len(found) < count:
            surname = self.choice(COMPOUND) if self.coin(0.05) else self.choice(SURNAMES)
            found[surname + self.choice(GIVEN)] = None
        return list(found)


def truth(seed: int) -> Form:
    """A complete form that breaks no rule of an application, always the same for the same seed."""
    chance = Chance(seed)
    industry = chance.choice(list(FIELDS))
    cities, elsewhere = _places(chance)
    society = _society(chance, FIELDS[industry][1])
    leaders = chance.names(chance.randint(5, 20))
    leader, chief = _leader(chance, leaders[0]), _chief(chance, leaders[1])
    budget = _budget(chance)
    form = {
        "cover": _cover(chance, FIELDS[industry][1], society),
        "society": society,
        "partners": _distinct(chance.unit, chance.randint(1, 6)),
        "leader": leader,
        "chief_expert": chief,
        "service": _service(chance, industry, cities, elsewhere),
        **_essays(chance, industry, cities),
        "schedule": _schedule(chance, budget["total"]),
        "personnel": _personnel(chance, leaders, leader, chief),
        "budget": budget,
        "problems": [_problem(chance, industry, *place) for place in _sites(chance, cities)],
    }
    _within_limits(form)
    return form


def _distinct(make: Any, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        found[make()] = None
    return list(found)


def _places(chance: Chance) -> tuple[dict[str, list[str]], list[str]]:
    """One or two provinces with their cities, and cities that are only intended."""
    known = {**PILOTS, **PLAIN_CITIES}
    chosen = chance.sample(list(known), chance.choice([1, 1, 2]))
    return {province: known[province] for province in chosen}, chance.sample(INTENDED, chance.randint(1, 3))


def _sites(chance: Chance, cities: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Where the problems are, with the kind of place that the registry of cities gives them."""
    everywhere = [(province, city) for province, names in cities.items() for city in names]
    sites = [chance.choice(everywhere) for _ in range(chance.choice([1, 1, 2]))]
    return [(province + city, _zone(chance, province, city)) for province, city in sites]


def _zone(chance: Chance, province: str, city: str) -> str:
    if city == "铜陵市":
        return chance.choice([DEMONSTRATION, PILOT])
    return PILOT if province in PILOTS else NEITHER


def _cover(chance: Chance, chain: str, society: Form) -> Form:
    return {
        "call_code": "KJFWT2024-01",
        "title": f"“科创中国”{chain}科技服务团",
        "contact_name": society["contact"]["name"],
        "mobile": chance.mobile(),
        "phone": chance.landline(),
        "email": society["contact"]["email"],
        "dated": (date(2024, 5, 8) + timedelta(days=chance.randint(0, 16))).isoformat(),
    }


def _society(chance: Chance, chain: str) -> Form:
    root = chance.choice(INVENTED)
    name = f"中国{root}{chance.choice(['工程', '技术', '科学'])}学会"
    head, contact = chance.names(2)
    return {
        "name": name,
        "uscc": _uscc(chance),
        "address": f"北京市海淀区{root}路{chance.randint(1, 199)}号{chance.choice('ABC')}座 {100080 + chance.randint(0, 20)}",
        "head": {"name": head, "title": OFFICES[0], "phone": chance.landline(), "email": chance.email()},
        "contact": {
            "name": contact,
            "title": chance.choice(OFFICES[1:]),
            "phone": chance.mobile(),
            "email": chance.email(),
        },
        "introduction": _introduction(chance, name, chain),
    }


def _introduction(chance: Chance, name: str, chain: str) -> str:
    year = chance.randint(1956, 1998)
    first = f"{name}成立于{year}年，是从事{chain}及相关领域研究的科技工作者自愿组成的全国性学术团体，业务范围包括学术交流、标准研制、科学普及和咨询服务。"
    second = f"{chance.randint(2021, 2023)}年起参与“科创中国”建设，组织专家{chance.randint(80, 400)}人次深入企业。"
    third = "2024年度重点开展产业技术诊断、学会服务站建设与成果转化。"
    return chance.choice(["", "\n"]).join([first, second + third])


def _uscc(chance: Chance) -> str:
    organisation = "5000" + chance.digits(4)
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    check = (11 - sum(int(digit) * weight for digit, weight in zip(organisation, weights, strict=True)) % 11) % 11
    number = f"51100000{organisation}{'X' if check == 10 else check}"
    return number + uscc.calc_check_digit(number)


def _leader(chance: Chance, name: str) -> Form:
    return {
        "name": name,
        "mobile": chance.mobile(),
        "email": chance.email(),
        "office_phone": chance.landline(),
        "post": chance.unit() + chance.choice(POSTS),
    }


def _chief(chance: Chance, name: str) -> Form:
    return {**_leader(chance, name), "professional_title": chance.choice(TITLES)}


def _service(chance: Chance, industry: str, cities: dict[str, list[str]], elsewhere: list[str]) -> Form:
    return {
        "industry": f"{industry}（{FIELDS[industry][1]}）" if chance.coin() else industry,
        "provinces": list(cities),
        "key_cities": "、".join(city for names in cities.values() for city in names),
        "other_cities": "、".join(elsewhere),
    }


def _essays(chance: Chance, industry: str, cities: dict[str, list[str]]) -> Form:
    _, chain, technique = FIELDS[industry]
    province, names = next(iter(cities.items()))
    joint = chance.choice(["", "\n", "\n一、"])
    return {
        "rationale": _joined(_rationale(chance, chain, province), joint),
        "work_plan": _joined(_work_plan(chance, chain, technique, names[0]), joint),
        "objectives": _joined(_objectives(chance, chain), joint),
        "capacity": _joined(_capacity(chance, chain, names[0]), joint),
    }


def _joined(told: list[str], joint: str) -> str:
    """Sentences in one paragraph, in several, or in several numbered 一、二、三、 like the sections of the form."""
    if joint != "\n一、":
        return joint.join(told)
    if told[0].startswith(("1.", "（1）")):
        return "\n".join(told)
    return "\n".join(f"{ORDINALS[at]}、{line}" for at, line in enumerate(told))


def _rationale(chance: Chance, chain: str, province: str) -> list[str]:
    return [
        f"{province}“十四五”规划和2024年政府工作报告均将{chain}列为重点产业链。",
        f"前期会同省、市科协征集问题{chance.randint(12, 60)}项，经学会专业化评估，遴选出共性强、紧迫性高的难题。",
        f"项目旨在汇聚跨界科技力量，打通{chain}“卡点”，服务新质生产力发展。",
    ]


def _work_plan(chance: Chance, chain: str, technique: str, city: str) -> list[str]:
    told = [
        f"1.聚焦{technique}难题，组织技术交流对接、产业规划咨询和企业技术诊断，开展联合攻关。",
        f"2.在{city}建立学会服务站1个，选派2名青年科技工作者“蹲点”服务，累计不少于60天。",
        f"3.编制《{chain}研发指南》1份、智库报告1份，提出解决方案、已解决的问题难题清单和决策建议。",
        "4.在“科创中国”数字平台完成服务团注册，及时上传工作动态。",
    ]
    plain = [
        f"围绕{technique}，按“征集—诊断—攻关—转化”四步推进。",
        f"建立省、市科协联络员机制，每月调度；在{city}举办专题对接会{chance.randint(2, 5)}场，团长负责统筹，首席专家把关技术路线。",
        "拟提供技术诊断、标准研制、人才培训等服务。",
    ]
    return told if chance.coin(0.7) else plain


def _objectives(chance: Chance, chain: str) -> list[str]:
    told = [
        f"（1）解决{chain}关键难题{chance.randint(1, 2)}项，形成解决方案{chance.randint(2, 4)}套；",
        "（2）研发指南1份、智库报告1份、决策建议1份，被服务方满意度评价报告1份；",
        "（3）服务站运营工作成效总结1份，“蹲点”情况报告1份及满意度评价；",
        "（4）总结报告1篇、典型案例1篇，主流媒体宣传报道不少于2篇。",
    ]
    plain = [
        f"推动{chain}良品率提高{chance.randint(3, 9)}%，能耗降低{chance.randint(5, 15)}%。",
        f"促成产学研合作{chance.randint(2, 6)}项，新增产值约{chance.randint(1, 9)}000万元；成果以报告、标准、示范线形式体现。",
    ]
    return told if chance.coin(0.7) else plain


def _capacity(chance: Chance, chain: str, city: str) -> list[str]:
    return [
        f"学会拥有{chain}领域会员{chance.randint(2, 9)}000余人，院士{chance.randint(1, 8)}人，设专业委员会{chance.randint(6, 30)}个。",
        f"2022—2023年在{city}开展技术服务{chance.randint(10, 40)}次，促成签约{chance.randint(2, 9)}项。",
        f"{city}人民政府已出台专项政策，园区提供场地{chance.randint(2, 8)}00平方米，企业承诺配套中试条件。",
    ]


def _schedule(chance: Chance, total: float) -> Form:
    count = chance.randint(1, 5)
    start = date(2024, 6, 1) + timedelta(days=chance.randint(0, 29))
    end = date(2025, 3, 31) - timedelta(days=chance.choice([0, 0, 3, 16]))
    cuts = [start + (end - start) * step // count for step in range(count + 1)]
    shares = _parted(chance, round(total * 100), count)
    ends = STAGE_ENDS if chance.coin(0.3) else [""] * 5
    stages = [
        {
            "name": f"第{ORDINALS[step]}阶段{ends[step]}",
            "budget": shares[step] / 100,
            "goal": STAGE_GOALS[step],
            "start": (cuts[step] + timedelta(days=1 if step else 0)).isoformat(),
            "end": cuts[step + 1].isoformat(),
        }
        for step in range(count)
    ]
    return {"start": start.isoformat(), "end": end.isoformat(), "stages": stages}


def _parted(chance: Chance, cents: int, count: int) -> list[int]:
    """A sum of money in 分 of 万元 cut in parts, each more than nothing where there is anything to give."""
    unit = 50 if cents % 50 == 0 and cents >= 100 * count else 1
    whole = cents // unit
    if whole < count:
        return [cents, *[0] * (count - 1)]
    cuts = sorted(chance.sample(range(1, whole), count - 1))
    return [(high - low) * unit for low, high in zip([0, *cuts], [*cuts, whole], strict=True)]


def _personnel(chance: Chance, names: list[str], leader: Form, chief: Form) -> list[Form]:
    led = chance.choice(["团长，总体协调", "团长", "项目负责人、团长"])
    advised = chance.choice(["首席专家，负责技术路线", "首席专家", "首席专家/技术总负责"])
    members = [
        {"name": leader["name"], "affiliation": leader["post"], "contact": leader["mobile"], "duty": led},
        {
            "name": chief["name"],
            "affiliation": f"{chief['post']}/{chief['professional_title']}",
            "contact": chief["mobile"],
            "duty": advised,
        },
    ]
    members += [_member(chance, name) for name in names[2:]]
    return members if chance.coin(0.8) else [members[1], members[0], *members[2:]]


def _member(chance: Chance, name: str) -> Form:
    contact = chance.email() if chance.coin(0.2) else chance.mobile()
    affiliation = f"{chance.unit()}{chance.choice(['', ' ', '/'])}{chance.choice(TITLES)}"
    return {"name": name, "affiliation": affiliation, "contact": contact, "duty": chance.choice(DUTIES)}


def _budget(chance: Chance) -> Form:
    requested = chance.choice([8000, 8000, 7950, 6000, 7525])
    own = chance.choice([None, 0, 500, 1000, 1250])
    matching = chance.choice([None, 0, 2000, 10050, 100050])
    other = (own or 0) + (matching or 0)
    kinds = sorted(chance.sample(range(len(LINES)), chance.randint(3, len(LINES))))
    asked, added = _parted(chance, requested, len(kinds)), _parted(chance, other, len(kinds))
    lines = [
        {
            "item": LINES[kind][0],
            "requested": asked[at] / 100,
            "other": added[at] / 100,
            "basis": LINES[kind][1].format(n=chance.randint(2, 60)),
        }
        for at, kind in enumerate(kinds)
    ]
    yuan = {"own": own, "matching": matching, "requested": requested, "total": requested + other}
    money = {name: None if cents is None else cents / 100 for name, cents in yuan.items()}
    return {"total": money["total"], "requested": money["requested"], "own": money["own"], "matching": money["matching"],
            "lines": lines}  # fmt: skip


def _problem(chance: Chance, industry: str, location: str, zone: str) -> Form:
    category, chain, technique = FIELDS[industry]
    industries = [industry]
    if industry in NEIGHBOURS and chance.coin():
        industries.append(NEIGHBOURS[industry])
    other = chance.choice(OTHERS) if chance.coin(0.3) else None
    return {
        "title": f"{technique}{chance.choice(['关键技术', '一致性控制难题', '规模化应用瓶颈'])}",
        "proposer": chance.unit(),
        "category": [category],
        "industries": [*sorted(industries, key=INDUSTRIES.index), *(["其他"] if other else [])],
        "other_industry": other,
        "policy_basis": [policy for policy in POLICIES if chance.coin(0.4)] or [POLICIES[1]],
        "investment": chance.choice([500.0, 800.0, 1080.5, 12000.0, 365.25]),
        "solve_by": date(2025, chance.randint(3, 12), chance.choice([1, 15, 28])).isoformat(),
        "location": location,
        "zone": [zone],
        **_problem_texts(chance, chain, technique, location),
    }


def _problem_texts(chance: Chance, chain: str, technique: str, location: str) -> Form:
    joint = chance.choice(["", "\n"])
    return {
        "description": joint.join([
            f"背景：{location}{chain}企业{chance.randint(20, 200)}家，{technique}长期依赖进口。",
            f"进展：已完成小试，批次合格率约{chance.randint(60, 85)}%。",
            "难点：工艺窗口窄、在线检测手段不足。拟采用“揭榜挂帅”方式合作，预期年新增效益3000万元。",
        ]),
        "local_support": f"市政府配套政策资金{chance.randint(1, 9)}0万元，市科协安排专人对接。",
        "proposer_support": f"企业投入研发经费{chance.randint(2, 9)}00万元，开放中试线1条。",
        "assessment": chance.choice(["经评估，该难题真实、紧迫、成熟度适中，同意选题。", "该问题具有行业共性，价值高、可推动解决。"]),
        "track_record": f"学会设有{chain}专委会，专家{chance.randint(30, 90)}人，曾帮助3家企业解决同类问题。",
        "solution_outline": joint.join(["组织技术诊断2次；", "成立联合攻关组，驻站“蹲点”指导；", "推动成果中试转化。"]),
    }  # fmt: skip


INDUSTRIES = (
    "新一代信息技术 新能源 新材料 高端装备 新能源和智能网联汽车 绿色环保 民用航空 船舶与海洋工程装备 "
    "低空经济 元宇宙 脑机接口 量子信息 人形机器人 生成式人工智能 生物制造 未来显示 未来网络 新型储能 钢铁 "
    "有色 石化 化工 建材 机械 汽车 电力装备 轻工业 电子信息制造业 其他"
).split()

LIMITS = {"rationale": 200, "work_plan": 300, "objectives": 300, "capacity": 300}


def _within_limits(form: Form) -> None:
    long = [name for name, limit in LIMITS.items() if len(form[name]) > limit]
    long += ["introduction"] if len(form["society"]["introduction"]) > 200 else []
    if long:
        raise ValueError(f"longer than the form allows: {long}")
