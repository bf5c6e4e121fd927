"""A result of `ketuan check` as it could be: people, units and societies are invented, the cities are real."""

from __future__ import annotations

import copy
from difflib import SequenceMatcher
from typing import Any

CLAUSES = {
    "附件3 填报说明1": "表述明确、严谨，相应栏目填写完整；缺项或格式不符的申报书不予受理。",
    "附件3 填报说明3": "项目名称按“科创中国”某某科技服务团的格式补全。",
    "附件3 填报说明6": "服务团团长与首席专家不得为同一人。",
    "附件3 一": "申报单位填写名称、统一社会信用代码，简介在 200 字以内。",
    "附件3 四": "工作方案在 300 字以内，须体现项目实施要求。",
    "附件3 七": "写明各阶段的经费预算、目标内容和时间进度。",
    "附件3 八": "项目负责人及主要参加人员不超过 20 人。",
    "附件3 九": "经费总预算等于各项来源之和，每一项支出写明测算依据。",
    "附件3 附件": "每个难题问题填写一张基本情况表。",
    "附件1 1": "团员一般不少于 20 人，其中 45 岁及以下一般不少于 10 人，鼓励吸纳青年人才托举工程入选者。",
    "附件1 4,6,7,10": "结项前提交研发指南、智库报告、总结报告和典型案例，建立学会服务站，“蹲点”累计不少于 60 天。",
    "附件1 5": "一般以 1 至 2 个省为重点服务地区。",
    "通知 二.2": "申请中国科协的经费每个项目不超过 80 万元。",
    "通知 三.5": "每个单位最多申报 5 个项目；各服务团的成员、难题问题、服务区域、服务内容及成果均不得重复。",
}

LABELS = {
    "cover": "封面",
    "cover.call_code": "项目编号",
    "cover.title": "项目名称",
    "cover.contact_name": "联系人",
    "cover.mobile": "手机",
    "cover.phone": "电话",
    "cover.email": "电子邮箱",
    "cover.dated": "申报日期",
    "society": "一、项目申报单位基本情况",
    "society.name": "单位名称",
    "society.uscc": "统一社会信用代码",
    "society.address": "通讯地址及邮编",
    "society.head": "负责人",
    "society.head.name": "姓名",
    "society.head.title": "职称/职务",
    "society.head.phone": "联系电话",
    "society.head.email": "电子邮箱",
    "society.contact": "联系人",
    "society.contact.name": "姓名",
    "society.contact.title": "职称/职务",
    "society.contact.phone": "联系电话",
    "society.contact.email": "电子邮箱",
    "society.introduction": "申报单位简介",
    "partners": "服务团组成单位名称",
    "leader": "二、项目基本信息 · 团长",
    "leader.name": "姓名",
    "leader.mobile": "手机",
    "leader.email": "电子邮箱",
    "leader.office_phone": "单位电话",
    "leader.post": "单位及职务",
    "chief_expert": "二、项目基本信息 · 首席专家",
    "chief_expert.name": "姓名",
    "chief_expert.mobile": "手机",
    "chief_expert.email": "电子邮箱",
    "chief_expert.office_phone": "单位电话",
    "chief_expert.post": "单位及职务",
    "chief_expert.professional_title": "专业职称",
    "service": "二、项目基本信息 · 服务方向",
    "service.industry": "拟重点服务的产业领域",
    "service.provinces": "拟重点服务的省份",
    "service.key_cities": "拟重点服务的示范市和试点城市（园区）、以及该产业链在省内布局的其他城市",
    "service.other_cities": "意向服务的其他示范市和试点城市（园区）",
    "rationale": "三、立项依据和目的",
    "work_plan": "四、工作方案",
    "objectives": "五、目标及预期成果",
    "capacity": "六、组织实施条件",
    "schedule": "七、实施步骤和进度计划",
    "schedule.start": "开始日期",
    "schedule.end": "结束日期",
    "schedule.stages": "实施阶段",
    "schedule.stages.name": "阶段",
    "schedule.stages.budget": "经费预算",
    "schedule.stages.goal": "目标内容",
    "schedule.stages.start": "自",
    "schedule.stages.end": "至",
    "personnel": "八、项目负责人及主要参加人员",
    "personnel.name": "姓名",
    "personnel.affiliation": "工作单位及职务/职称",
    "personnel.contact": "联系方式",
    "personnel.duty": "在本项目中承担的主要工作",
    "budget": "九、经费预算",
    "budget.total": "经费总预算",
    "budget.requested": "申请中国科协项目经费",
    "budget.own": "自有经费",
    "budget.matching": "地方配套经费",
    "budget.lines": "经费支出预算表",
    "budget.lines.item": "支出内容",
    "budget.lines.requested": "申请中国科协经费",
    "budget.lines.other": "其他来源经费",
    "budget.lines.basis": "测算依据",
    "problems": "附件 难题问题基本情况表",
    "problems.title": "难题问题名称",
    "problems.proposer": "提出单位",
    "problems.category": "所属分类",
    "problems.industries": "产业领域",
    "problems.other_industry": "其他产业领域",
    "problems.policy_basis": "是否国家（地方）鼓励或支持的重点领域",
    "problems.description": "难题问题描述",
    "problems.investment": "解决难题问题预计总投入",
    "problems.solve_by": "问题解决期限",
    "problems.location": "所在省份及地市名称",
    "problems.zone": "是否位于示范市（区）或试点城市（园区）",
    "problems.local_support": "地方政府、科协配套情况",
    "problems.proposer_support": "提出单位配套情况",
    "problems.assessment": "全国学会评估意见",
    "problems.track_record": "全国学会相关工作基础",
    "problems.solution_outline": "难题问题解决初步方案",
}

PLAN_A = (
    "围绕钠离子电池正极材料批次一致性差、硬碳负极首效偏低两个难题，组织 22 名专家组成服务团，分三步开展工作。"
    "一是联合宁波、嘉兴两地科协走访企业 30 家，完成企业技术诊断并形成问题清单；二是组织“揭榜”式联合攻关，"
    "建立学会服务站 1 个，选派 2 名青年科技工作者驻站“蹲点”，累计不少于 60 天；三是召开产业链对接会 4 场，"
    "推动不少于 3 项成果在园区中试，形成研发指南和智库报告各 1 份。"
)
PLAN_B = (
    "围绕固态电池电解质界面阻抗高、干法电极成膜不均匀两个难题，组织 21 名专家组成服务团，分三步开展工作。"
    "一是联合宁波、湖州两地科协走访企业 25 家，完成企业技术诊断并形成问题清单；二是组织专题研讨与技术咨询，"
    "建立学会服务站 1 个，选派 2 名青年科技工作者驻站“蹲点”，累计不少于 60 天；三是召开产业链对接会 3 场，"
    "推动不少于 3 项成果在园区中试，形成研发指南和智库报告各 1 份。"
)
PROBLEM_A = (
    "钠离子电池层状氧化物正极在湿热环境下表面残碱升高，浆料易凝胶，批次间克容量极差超过 6%，导致电芯一致性不达标。"
    "企业已尝试包覆和水洗工艺，残碱可降至 0.8% 以下，但循环 500 次后容量保持率仅 82%。"
    "希望与高校联合开发低残碱前驱体及在线检测方法，预期一年内将极差控制在 2% 以内。"
)
PROBLEM_B = (
    "储能电芯生产中，层状氧化物正极在湿热环境下表面残碱升高，浆料易凝胶，批次间克容量极差超过 5%，影响成组效率。"
    "企业已尝试包覆和水洗工艺，残碱可降至 0.8% 以下，但高温存储性能仍不稳定。"
    "希望引进在线检测设备并联合开发低残碱前驱体，预期一年半内将极差控制在 2% 以内。"
)
SOCIETY = "华原储能技术学会"
A, B = "浙江省/001_钠离子储能电池科技服务团申报书（盖章版）.docx", "浙江省/002_固态电池.docx"
CLEAN, SCAN = "四川省/007_低空经济.docx", "湖南省/008_先进陶瓷_扫描件.doc"
OTHERS = {
    "安徽省/003_液流电池.docx": ("液流电池", "安徽省", "铜陵市", "周望川"),
    "山东省/004_飞轮储能.docx": ("飞轮储能", "山东省", "烟台市", "许知夏"),
    "贵州省/005_电池回收.docx": ("电池梯次利用与回收", "贵州省", "贵阳市", "罗景云"),
    "陕西省/006_储能安全.docx": ("储能电站安全", "陕西省", "西安市", "韩千帆"),
}
QUOTA = [A, B, *OTHERS]


def form(
    *, title: str, society: str, leader: str, province: str, cities: str, plan: str, requested: float, field: str
) -> dict[str, Any]:
    """One filled form in the shape of the check contract."""
    people = [leader, "沈砚秋", "顾南乔", "陆时雨", "程野", "叶知秋"]
    return {
        "cover": {
            "call_code": "KJFWT2024-01",
            "title": title,
            "contact_name": "何晓舟",
            "mobile": "13800001234",
            "phone": "010-60001234",
            "email": "hexz@huayuan.example",
            "dated": "2024-05-20",
        },
        "society": {
            "name": society,
            "uscc": "51100000MJ0000000X",
            "address": "北京市海淀区知新路 18 号，100000",
            "head": {"name": "钟岳", "title": "理事长", "phone": "010-60001200", "email": "zhongyue@huayuan.example"},
            "contact": {"name": "何晓舟", "title": "项目主管", "phone": "13800001234", "email": "hexz@huayuan.example"},
            "introduction": "学会成立于 2003 年，主要从事储能材料、器件和系统的学术交流、标准研制与科学普及，现有分支机构 16 个。"
            "2024 年重点开展产业链难题攻关和青年人才培养。",
        },
        "partners": ["甬江新能源研究院", "明湖大学材料学院", "恒川电池科技有限公司"],
        "leader": {
            "name": leader,
            "mobile": "13900005678",
            "email": "leader@huayuan.example",
            "office_phone": "010-60001210",
            "post": f"{society}副秘书长",
        },
        "chief_expert": {
            "name": "沈砚秋",
            "mobile": "13700009012",
            "email": "shen@minghu.example",
            "office_phone": "0574-80001234",
            "post": "明湖大学材料学院教授",
            "professional_title": "教授",
        },
        "service": {"industry": field, "provinces": [province], "key_cities": cities, "other_cities": None},
        "rationale": "对标国家新型储能发展规划和省级“十四五”能源规划，前期征集难题 17 项，经评估遴选 2 项。"
        "项目实施有助于降低储能成本，带动区域产业链升级。",
        "work_plan": plan,
        "objectives": "建立学会服务站 1 个；“蹲点”不少于 60 天；形成研发指南、智库报告、总结报告和典型案例各 1 份；"
        "主流媒体报道不少于 2 篇；推动 3 项成果进入中试。",
        "capacity": "服务团成员近三年承担企业委托项目 40 余项，与当地科协签有合作协议，园区提供办公和中试场地。",
        "schedule": {
            "start": "2024-06-15",
            "end": "2025-03-31",
            "stages": [
                {
                    "name": "第一阶段",
                    "budget": 36.0,
                    "goal": "走访调研，形成问题清单",
                    "start": "2024-06-15",
                    "end": "2024-10-31",
                },
                {
                    "name": "第二阶段",
                    "budget": 54.0,
                    "goal": "联合攻关，成果中试，总结验收",
                    "start": "2024-11-01",
                    "end": "2025-03-31",
                },
            ],
        },
        "personnel": [
            {
                "name": name,
                "affiliation": ("明湖大学 教授", "甬江新能源研究院 研究员", "恒川电池科技有限公司 总工程师")[n % 3],
                "contact": f"1390000{1000 + n}",
                "duty": ("统筹协调", "技术诊断", "联合攻关", "驻站“蹲点”")[n % 4],
            }
            for n, name in enumerate(people)
        ],
        "budget": {
            "total": requested + 10.0,
            "requested": requested,
            "own": 10.0,
            "matching": None,
            "lines": [
                {"item": "专家咨询费", "requested": 32.0, "other": 4.0, "basis": "高级职称 2400 元/人天 × 150 人天"},
                {"item": "差旅费", "requested": 28.0, "other": 2.0, "basis": "30 家企业，2 人次/家，5000 元/人次"},
                {"item": "会议费", "requested": requested - 60.0, "other": 4.0, "basis": None},
            ],
        },
        "problems": [
            {
                "title": "层状氧化物正极批次一致性提升",
                "proposer": "恒川电池科技有限公司",
                "category": ["培育壮大新兴产业"],
                "industries": ["新材料", "新型储能"],
                "other_industry": None,
                "policy_basis": ["国家制定的产业发展规划列明的重点产业领域"],
                "description": PROBLEM_A,
                "investment": 500.0,
                "solve_by": "2025-12-31",
                "location": f"{province}{cities.split('、')[0]}",
                "zone": ["“科创中国”试点城市（园区）"],
                "local_support": "市级配套 20 万元",
                "proposer_support": "提供中试线和检测设备",
                "assessment": "问题真实，紧迫性强，技术路线基本成熟。",
                "track_record": "学会储能材料分会有专家 260 余名，曾解决同类问题 4 项。",
                "solution_outline": "技术交流对接、企业技术诊断、联合攻关与“蹲点”服务。",
            }
        ],
    }


def finding(rule: str, weight: str, clause: str, path: str, message: str, **more: str | None) -> dict[str, Any]:
    """A finding with every key of the contract; what is not said is null."""
    rest = {key: more.get(key) for key in ("found", "wanted", "fix", "place")}
    return {"rule": rule, "weight": weight, "clause": clause, "path": path, "message": message, **rest}


def pending_corps() -> list[dict[str, Any]]:
    return [
        finding(
            "corps.size",
            "pending",
            "附件1 1",
            "corps",
            "没有收到团员名册，不能判断总人数是否达到 20 人。",
            fix="附上团员名册后再核对。",
        ),
        finding(
            "corps.youth",
            "pending",
            "附件1 1",
            "corps",
            "没有收到团员名册，不能判断 45 岁及以下的人数。",
            fix="附上团员名册后再核对。",
        ),
        finding(
            "corps.young_elite",
            "pending",
            "附件1 1",
            "corps",
            "没有收到团员名册，不能判断青年人才托举工程入选者的人数。",
        ),
    ]


def spans(left: str, right: str, least: int = 8) -> list[list[int]]:
    blocks = SequenceMatcher(None, left, right, autojunk=False).get_matching_blocks()
    return [[b.a, b.a + b.size, b.b, b.b + b.size] for b in blocks if b.size >= least]


def _side(file: str, path: str, place: str, text: str) -> dict[str, Any]:
    return {"file": file, "path": path, "place": place, "text": text}


def _title(field: str) -> str:
    return f"“科创中国”{field}科技服务团"


def _read(
    file: str, form_: dict[str, Any], findings: list[dict[str, Any]], remarks: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    return {
        "file": file,
        "status": "read",
        "reason": None,
        "form": form_,
        "findings": findings,
        "remarks": remarks or [],
    }


def sample() -> dict[str, Any]:
    """Eight files: one society with six forms (one too many, two of them overlapping), a clean one, one that cannot be read."""
    first = form(
        title=_title("钠离子储能电池"),
        society=SOCIETY,
        leader="林听澜",
        province="浙江省",
        cities="宁波市、嘉兴市",
        plan=PLAN_A,
        requested=83.0,
        field="新型储能",
    )
    second = form(
        title=_title("固态电池"),
        society=SOCIETY,
        leader="江照野",
        province="浙江省",
        cities="宁波市、湖州市",
        plan=PLAN_B,
        requested=76.0,
        field="新能源和智能网联汽车",
    )
    second["problems"][0] |= {"title": "正极浆料稳定性与电芯成组一致性提升", "description": PROBLEM_B}
    files = [
        _read(
            A,
            first,
            [
                finding(
                    "personnel.lead_listed",
                    "warn",
                    "附件3 八",
                    "personnel",
                    "团长林听澜没有写进主要参加人员表。",
                    wanted="团长和首席专家都在参加人员表中",
                    fix="在表中加一行，写明团长的单位、职务和承担的工作。",
                    place="第3个表 · 八、项目负责人及主要参加人员",
                ),
                finding(
                    "grant.cap",
                    "block",
                    "通知 二.2",
                    "budget.requested",
                    "申请中国科协项目经费超出 3.00 万元。",
                    found="83.00 万元",
                    wanted="不超过 80.00 万元",
                    fix="把申请经费减到 80.00 万元以内，支出预算表同步调减。",
                    place="九、经费预算 · 申请中国科协项目经费 · 第3个表第31行",
                ),
                finding(
                    "society.uscc",
                    "block",
                    "附件3 一",
                    "society.uscc",
                    "统一社会信用代码的校验位不对，可能抄错了一位。",
                    found="51100000MJ0000000X",
                    wanted="18 位，最后一位校验码为 8",
                    fix="对照法人登记证书重新填写。",
                    place="一、项目申报单位基本情况 · 统一社会信用代码 · 第1个表第2行",
                ),
                finding(
                    "budget.basis",
                    "block",
                    "附件3 九",
                    "budget.lines.2.basis",
                    "“会议费”没有写测算依据。",
                    wanted="每一项支出都有测算依据",
                    fix="写明单价、次数、人数，例如“4 场 × 60 人 × 400 元/人”。",
                    place="九、经费预算 · 测算依据 · 第3个表第36行",
                ),
                finding(
                    "plan.covers",
                    "warn",
                    "附件1 4,6,7,10",
                    "work_plan",
                    "工作方案和预期成果里没有找到：满意度评价报告。",
                    fix="在“五、目标及预期成果”中补写。",
                    place="四、工作方案 · 第2个表第14行",
                ),
                finding(
                    "provinces.count",
                    "note",
                    "附件1 5",
                    "service.provinces",
                    "只写了 1 个重点服务省份，可以再说明在其他地区推广的打算。",
                    found="浙江省",
                    place="拟重点服务的省份 · 第1个表第16行",
                ),
                *pending_corps(),
            ],
            [
                {
                    "path": "cover.dated",
                    "place": "封面 · 申报日期",
                    "message": "日期写了两处，取了后一处。",
                    "found": "2024年5月18日 2024年5月20日",
                },
                {
                    "path": "problems.0.category",
                    "place": "所属分类 · 第4个表第3行",
                    "message": "勾选符号不清楚，按“培育壮大新兴产业”读。",
                    "found": "◪培育壮大新兴产业",
                },
            ],
        ),
        _read(
            B,
            second,
            [
                finding(
                    "leader.not_chief",
                    "block",
                    "附件3 填报说明6",
                    "leader.name",
                    "团长与首席专家的手机号码相同，疑为同一人。",
                    found="江照野、沈砚秋，均为 13700009012",
                    wanted="两个人",
                    fix="另选团长或首席专家；如只是号码写错，请改正号码。",
                    place="二、项目基本信息 · 团长 · 第1个表第11行",
                ),
                finding(
                    "budget.stages",
                    "warn",
                    "附件3 七",
                    "schedule.stages",
                    "各阶段经费之和与总预算不等。",
                    found="90.00 万元",
                    wanted="86.00 万元",
                    fix="核对两个阶段的经费预算。",
                    place="七、实施步骤和进度计划 · 第2个表第22行",
                ),
                *pending_corps(),
            ],
        ),
    ]
    for file, (field, province, city, leader) in OTHERS.items():
        other = form(
            title=_title(field),
            society=SOCIETY,
            leader=leader,
            province=province,
            cities=city,
            plan=PLAN_A,
            requested=72.0,
            field="新型储能",
        )
        files.append(_read(file, other, pending_corps()))
    clean = form(
        title=_title("低空经济"),
        society="天衢航空应用研究会",
        leader="苏见微",
        province="四川省",
        cities="成都市、德阳市",
        plan=PLAN_B,
        requested=80.0,
        field="低空经济",
    )
    files.append(_read(CLEAN, clean, pending_corps()))
    files.append(
        {
            "file": SCAN,
            "status": "unreadable",
            "reason": "文件里只有扫描图片，没有可以读取的文字。",
            "form": None,
            "findings": [],
            "remarks": [],
        }
    )
    portfolio = [
        {
            "rule": "overlap.content",
            "weight": "warn",
            "clause": "通知 三.5",
            "files": [A, B],
            "message": "两份申报书的工作方案大段相同，请说明服务内容的区别。",
            "evidence": [
                {
                    "kind": "text",
                    "label": "工作方案",
                    "score": 0.71,
                    "sides": [
                        _side(A, "work_plan", "四、工作方案 · 第2个表第14行", PLAN_A),
                        _side(B, "work_plan", "四、工作方案 · 第2个表第14行", PLAN_B),
                    ],
                    "spans": spans(PLAN_A, PLAN_B),
                }
            ],
        },
        {
            "rule": "society.quota",
            "weight": "block",
            "clause": "通知 三.5",
            "files": QUOTA,
            "message": f"{SOCIETY}申报了 6 个项目，每个单位最多申报 5 个。",
            "evidence": [
                {
                    "kind": "application",
                    "label": file.rpartition("/")[2].removesuffix(".docx"),
                    "score": None,
                    "sides": [_side(file, "society.name", "单位名称 · 第1个表第1行", SOCIETY)],
                    "spans": [],
                }
                for file in QUOTA
            ],
        },
        {
            "rule": "overlap.members",
            "weight": "block",
            "clause": "通知 三.5",
            "files": [A, B],
            "message": "有 2 人同时在两个服务团中。",
            "evidence": [
                {
                    "kind": "person",
                    "label": name,
                    "score": None,
                    "sides": [
                        _side(
                            A,
                            f"personnel.{row}",
                            f"八、主要参加人员 · 第3个表第{row + 4}行",
                            f"{name}，{unit}，{phone}",
                        ),
                        _side(
                            B,
                            f"personnel.{row}",
                            f"八、主要参加人员 · 第3个表第{row + 3}行",
                            f"{name}，{unit}，{phone}",
                        ),
                    ],
                    "spans": [],
                }
                for row, (name, unit, phone) in enumerate(
                    [("沈砚秋", "明湖大学 教授", "13700009012"), ("顾南乔", "甬江新能源研究院 研究员", "13900001002")]
                )
            ],
        },
        {
            "rule": "overlap.problems",
            "weight": "block",
            "clause": "通知 三.5",
            "files": [A, B],
            "message": "拟解决的难题问题高度相近。",
            "evidence": [
                {
                    "kind": "text",
                    "label": "难题问题描述",
                    "score": 0.83,
                    "sides": [
                        _side(A, "problems.0.description", "难题问题描述 · 第4个表第6行", PROBLEM_A),
                        _side(B, "problems.0.description", "难题问题描述 · 第4个表第6行", PROBLEM_B),
                    ],
                    "spans": spans(PROBLEM_A, PROBLEM_B),
                }
            ],
        },
        {
            "rule": "overlap.regions",
            "weight": "block",
            "clause": "通知 三.5",
            "files": [A, B],
            "message": "两个服务团都服务宁波市。",
            "evidence": [
                {
                    "kind": "region",
                    "label": "宁波市",
                    "score": None,
                    "sides": [
                        _side(
                            A,
                            "service.key_cities",
                            "拟重点服务的示范市和试点城市（园区） · 第1个表第17行",
                            "宁波市、嘉兴市",
                        ),
                        _side(
                            B,
                            "service.key_cities",
                            "拟重点服务的示范市和试点城市（园区） · 第1个表第17行",
                            "宁波市、湖州市",
                        ),
                    ],
                    "spans": [],
                }
            ],
        },
    ]
    return {"call": "2024", "roster": None, "files": files, "portfolio": portfolio}


def many(count: int) -> dict[str, Any]:
    """The sample grown to `count` files; every tenth cannot be read, every third has something to mend."""
    source = sample()
    kinds = [source["files"][i] for i in (2, 6, 0, 3, 1, 4, 0, 5, 1)]
    files = []
    for n in range(count):
        raw = copy.deepcopy(source["files"][7] if n % 10 == 9 else kinds[n % 9])
        raw["file"] = f"第{n // 50 + 1}批/{n + 1:04d}.docx"
        files.append(raw)
    return {**source, "files": files, "portfolio": []}


FILL, ROWS, TICK = (
    "请补全这一栏；缺项的申报书不予受理。",
    "请逐行填写这张表；缺项的申报书不予受理。",
    "请在符合的一项前打勾。",
)
SHEET = "重点产业链发展难题和重大产业共性技术问题基本情况表 · 第1张表"
EMPTY = {  # place without cell → cell, in the order of the paper
    "封面 · 联系人": "第2个表第3行第2格",
    "封面 · 手机": "第2个表第4行第2格",
    "一、项目申报单位基本情况 · 负责人 · 姓名": "第3个表第5行第3格",
    "二、项目基本信息 · 拟重点服务的示范市和试点城市（园区）、以及该产业链在省内布局的其他城市": "第3个表第20行第2格",
    "三、立项依据和目的": "第3个表第23行第1格",
    f"{SHEET} · 提出单位": "第4个表第2行第2格",
}


def blank() -> dict[str, Any]:
    """A form nobody has filled in: the same thing is to be done in many places."""

    def lacking(label: str, cell: str, what: str, fix: str) -> dict[str, Any]:
        place = f"{label} · {cell}"
        return finding("form.complete", "block", "附件3 填报说明1", "", f"“{label}”{what}。", fix=fix, place=place)

    findings = [lacking(label, cell, "没有填写", FILL) for label, cell in EMPTY.items()]
    findings.insert(3, lacking("八、项目负责人及主要参加人员", "第3个表第36行第1格", "是空的", ROWS))
    for label, rule, row in (("所属分类", "problem.category", 3), ("实施地点", "problem.zone", 9)):
        message, place = f"第 1 张难题表的“{label}”没有勾选，要勾一项。", f"{SHEET} · {label} · 第4个表第{row}行第2格"
        findings.append(finding(rule, "block", "附件3 附件", "", message, wanted="1 项", fix=TICK, place=place))
    form = {"cover": {"title": "“科创中国”XXXX科技服务团"}}
    return {"call": "2024", "roster": None, "files": [_read("空白.docx", form, findings)], "portfolio": []}


def overlaps(count: int) -> dict[str, Any]:
    """Two papers of one society that have so many things in common."""
    result = sample()
    source = next(o for o in result["portfolio"] if o["rule"] == "overlap.content")
    result["portfolio"] = [
        {**source, "message": f"第 {n + 1} 处相同。", "fix": "请写出各自的内容。"} for n in range(count)
    ]
    return result
