"""项目申报书 (附件3): the application form of the call, as printed for 2024.

The numbers on the paper (200字, 不超过20人) stand here because the paper prints them; which number decides is said by
the call file, which may differ from the paper (:class:`ketuan.forms.paper.Edition`).
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict

from ketuan.forms.fields import (
    Day,
    Kind,
    Money,
    Names,
    Shape,
    Text,
    annex,
    day,
    money,
    names,
    part,
    rows,
    text,
    words,
)
from ketuan.forms.problem import Problem
from ketuan.forms.wording import CLOSING, FRONT, Front, Static

_Rows = BeforeValidator(lambda v: [] if v is None else v)


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cover(Part):
    call_code: Text = text("项目编号", kind=Kind.CODE)
    title: Text = text("项目名称", hint="“科创中国”XXXX科技服务团", one_line=True)
    contact_name: Text = text("联系人", one_line=True)
    mobile: Text = text("手机", kind=Kind.MOBILE, also=("手机号", "手机号码"))
    phone: Text = text("电话", kind=Kind.PHONE, also=("联系电话", "办公电话"))
    email: Text = text("电子邮箱", kind=Kind.EMAIL, also=("邮箱", "电子邮件"))
    dated: Day = day("申报日期", also=("填报日期",))


class Officer(Part):
    """负责人 or 联系人 of the society."""

    name: Text = text("", one_line=True)
    title: Text = text("职称/职务", also=("职务/职称", "职务"))
    phone: Text = text("联系电话", kind=Kind.PHONE, also=("电话",))
    email: Text = text("电子邮箱", kind=Kind.EMAIL, also=("邮箱",))


class Society(Part):
    name: Text = text("单位名称", also_at="申报单位", one_line=True)
    uscc: Text = text("统一社会信用代码", kind=Kind.CODE, also=("社会信用代码",))
    address: Text = text("通讯地址及邮编", also=("通讯地址", "通信地址及邮编"))
    head: Officer = part("负责人", Officer, shape=Shape.PERSON, row="officers")
    contact: Officer = part("联系人", Officer, shape=Shape.PERSON, row="officers")
    introduction: Text = words(
        "申报单位简介",
        200,
        also=("单位简介",),
        hint="（简要介绍单位成立背景、业务范围，参与“科创中国”建设情况及{year}年度重点工作方向）",
    )


class Leader(Part):
    """团长."""

    name: Text = text("姓名", row="1", one_line=True)
    mobile: Text = text("手机", kind=Kind.MOBILE, row="1", also=("手机号", "手机号码"))
    email: Text = text("电子邮箱", kind=Kind.EMAIL, row="2", also=("邮箱",))
    office_phone: Text = text("单位电话", kind=Kind.PHONE, row="2", also=("办公电话",))
    post: Text = text("单位及职务", row="3")


class ChiefExpert(Leader):
    """首席专家."""

    professional_title: Text = text("专业职称", row="3", also=("职称",))


class Service(Part):
    industry: Text = text("拟重点服务的产业领域")
    provinces: Names = names("拟重点服务的省份", kind=Kind.PROVINCES)
    key_cities: Text = text("拟重点服务的示范市和试点城市（园区）、以及该产业链在省内布局的其他城市")
    other_cities: Text = text("意向服务的其他示范市和试点城市（园区）")


class Stage(Part):
    name: Text = text("实施阶段", width=2, one_line=True)
    budget: Money = money("经费预算", note="（万元）", width=2)
    goal: Text = text("目标内容", width=5)
    start: Day = day("时间进度", width=3, row="period", after="至", apart=("开始时间", "起始时间", "开始日期"))
    end: Day = day("时间进度", row="period", until=True, apart=("结束时间", "完成时间", "截止时间", "结束日期"))


class Schedule(Part):
    start: Day = day("项目开始日期", before="项目起止时间：", after="起至")
    end: Day = day("项目结束日期", before="", after="止", until=True)
    stages: Annotated[list[Stage], _Rows] = rows("实施阶段", starters=("第一阶段", "第二阶段"))


class Member(Part):
    """One of 项目负责人及主要参加人员."""

    name: Text = text("姓名", width=2, one_line=True)
    affiliation: Text = text(
        "工作单位及职务/职称",
        width=4,
        also=("工作单位及职务职称", "工作单位、职务及职称", "单位及职务/职称", "工作单位", "单位"),
        apart=("职务/职称", "职称/职务", "职务", "职称"),
    )
    contact: Text = text("联系方式", kind=Kind.CONTACT, width=2, also=("联系电话",))
    duty: Text = text("在本项目中承担的主要工作", width=3, also=("承担的主要工作", "主要工作"))


class BudgetLine(Part):
    item: Text = text("支出内容", width=4, one_line=True)
    requested: Money = money("申请中国科协经费", width=2)
    other: Money = money("其他来源经费", width=2, required=False)
    basis: Text = text("测算依据", width=3, rule="budget.basis")


class Budget(Part):
    total: Money = money("经费总预算", before="经费总预算", after="，其中：\n")
    requested: Money = money("申请中国科协项目经费", before="1.申请中国科协项目经费", after="\n")
    own: Money = money("自有经费", before="2.自有经费", after="（如没有可不填）\n", required=False)
    matching: Money = money("地方配套经费", before="3.地方配套经费", after="（如没有可不填）", required=False)
    lines: Annotated[list[BudgetLine], _Rows] = rows(
        "经费支出预算表", numbered=True, blanks=4, caption="经费支出预算表{gap}单位：万元"
    )


class Application(Part):
    front: ClassVar[Front] = FRONT
    closing: ClassVar[tuple[Static, ...]] = CLOSING

    cover: Cover = part("封面", Cover, shape=Shape.COVER)
    society: Society = part(
        "申报单位", Society, section="一", title="项目申报单位基本情况", frame="申报单位（全国学会）"
    )
    partners: Names = names(
        "服务团组成单位名称",
        section="一",
        note="（可填写多个参与单位名称）",
        hint="（填写服务团组成单位名称全称）",
        also=("组成单位名称",),
    )
    leader: Leader = part("团长", Leader, shape=Shape.PERSON, section="二", title="项目基本信息", frame="服务团")
    chief_expert: ChiefExpert = part("首席专家", ChiefExpert, shape=Shape.PERSON, section="二", frame="服务团")
    service: Service = part("服务领域和区域", Service, section="二", width=4)
    rationale: Text = words(
        "立项依据和目的",
        200,
        "三",
        hint="请写明本项目在选择服务区域和产业领域时对标的战略规划、政策法规、领导讲话等上位依据，并简要阐述前期问题征集遴选的基本情况，以及实施本项目的目的意义。",
    )
    work_plan: Text = words(
        "工作方案",
        300,
        "四",
        note="（{limit}字以内，须体现项目实施要求）",
        hint="请写明开展本项目的主要内容、基本思路和方法、与服务区域对接举措、实施计划及有关措施，须体现拟解决的省级重点产业链发展难题和重大产业共性技术问题、拟提供的科技服务。",
    )
    objectives: Text = words(
        "目标及预期成果",
        300,
        "五",
        note="（{limit}字以内，须体现项目实施要求）",
        hint="请按照申报通知内容写明项目实施预期目标以及主要考核指标、预期成果及形式等。",
    )
    capacity: Text = words(
        "组织实施条件",
        300,
        "六",
        hint="请写明与本项目实施有关的工作经验和已取得的工作成效（包括但不限于专家资源、与服务区域合作基础、工作团队等情况），以及其他实施条件（地方党委政府、产业部门、园区、企业的政策、资金等支持情况）等。",
    )
    schedule: Schedule = part(
        "实施步骤和进度计划", Schedule, shape=Shape.SENTENCE, section="七", title="实施步骤和进度计划"
    )
    personnel: Annotated[list[Member], _Rows] = rows(
        "项目负责人及主要参加人员", section="八", note="（不超过{limit}人）", limit=20, numbered=True
    )
    budget: Budget = part("经费预算", Budget, shape=Shape.SENTENCE, section="九", title="经费预算")
    problems: Annotated[list[Problem], _Rows] = annex(
        "重点产业链发展难题和重大产业共性技术问题基本情况表", title="附件"
    )
