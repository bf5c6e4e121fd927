"""难题基本情况表 (附件3 附件): one industrial problem as its proposer and the society describe it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from ketuan.forms import choices
from ketuan.forms.fields import Day, Money, Names, Text, day, essay, money, text, ticks


class Problem(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text = text("难题问题名称", one_line=True, also=("难题名称", "问题名称"))
    proposer: Text = text("提出单位", one_line=True, also=("难题提出单位", "问题提出单位"))
    category: Names = ticks("所属分类", choices.CATEGORIES, rule="problem.category")
    industries: Names = ticks(
        "产业领域",
        choices.INDUSTRIES,
        breaks=choices.INDUSTRY_LINES,
        other="other_industry",
        rule="problem.industry",
    )
    other_industry: Text = text("其他产业领域", required=False, rule="problem.industry", behind="industries")
    policy_basis: Names = ticks(
        "是否国家（地方）鼓励或支持的重点领域",
        choices.POLICY_BASES,
        note="\n（可多选）",
        other="other_basis",
        hint="（地方出台的产业发展指导意见等）",
    )
    other_basis: Text = text("其他依据", required=False, behind="policy_basis", exclude_if=lambda v: not v)
    description: Text = essay(
        "难题问题描述",
        hint="包括问题产生背景、目前进展、面临的关键难点和挑战、拟开展合作方式，以及预期取得的科技、经济和社会效益等",
    )
    investment: Money = money("解决难题问题预计总投入", row="cost")
    solve_by: Day = day("问题解决期限", row="cost", until=True, loose=True)
    location: Text = text("所在省份及地市名称", frame="实施地点")
    zone: Names = ticks(
        "是否位于创新驱动示范市（区）或“科创中国”试点城市（园区）",
        choices.ZONES,
        frame="实施地点",
        rule="problem.zone",
    )
    local_support: Text = essay("地方政府、科协配套情况", frame="可配套资源（政策、资金等）")
    proposer_support: Text = essay("难题问题提出单位配套情况", frame="可配套资源（政策、资金等）")
    assessment: Text = essay(
        "全国学会评估意见",
        hint="对地方挖掘推荐难题问题的重要性、紧迫性、真实性、成熟度等进行评估，选取价值高、紧迫性强、可推动解决的难题问题确定选题",
    )
    track_record: Text = essay(
        "全国学会相关工作基础",
        hint="相关产业领域的人才储备情况、参与相关产业领域发展工作开展情况、此前解决类似问题的成功案例等",
    )
    solution_outline: Text = essay(
        "难题问题解决初步方案",
        hint="包括解决难题问题拟开展的技术交流对接、产业规划咨询、产业技术诊断、联合技术攻关、成果转化推广、学会服务站建设、“蹲点”服务等",
    )
