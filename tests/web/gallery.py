"""The sample with which parts/gallery.html shows every part in every state. Everybody in it is invented."""

# ruff: noqa: C408

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.core.paginator import Paginator

ZONE = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2024, 5, 20, 14, 3, 21, tzinfo=ZONE)
DEAD = dt.datetime(2024, 5, 24, 23, 59, 59, tzinfo=ZONE)


def _(**given: Any) -> dict[str, Any]:
    return given


SAMPLE: dict[str, Any] = dict(
    money=80_000_000,
    now=NOW,
    deadline=DEAD,
    stations=[
        _(label="申报", state="done", day=dt.date(2024, 5, 7)),
        _(label="填写", state="now", note="还剩 4 天"),
        _(label="推荐", state="next"),
        _(label="提交", state="next", day=dt.date(2024, 5, 24)),
        _(label="初审", state="next"),
        _(label="评审", state="next"),
        _(label="公示", state="off"),
        _(label="立项", state="next"),
    ],
    groups=[
        _(
            title="申报单位和服务团",
            tasks=[
                _(
                    label="一、项目申报单位基本情况",
                    url="#",
                    status="已完成",
                    who="张示例",
                    when=NOW - dt.timedelta(minutes=3),
                ),
                _(
                    label="二、项目基本信息",
                    url="#",
                    status="需修改",
                    who="李示例",
                    when=NOW - dt.timedelta(hours=5),
                    count=3,
                ),
                _(
                    label="八、项目负责人及主要参加人员",
                    url="#",
                    status="填写中",
                    who="王示例",
                    when=NOW - dt.timedelta(days=2),
                    hint="印在表里的不超过 20 人，从名册里选",
                ),
            ],
        ),
        _(
            title="方案和经费",
            tasks=[
                _(label="三、立项依据和目的（200字以内）", url="#", status="填写中", who="张示例", when=NOW),
                _(label="九、经费预算", url="#", status="未开始"),
                _(
                    label="十一、申报单位审核意见",
                    url="#",
                    status="暂不能填",
                    hint="前面各部分没有必须修改的问题后再盖章",
                ),
            ],
        ),
    ],
    findings=[
        _(
            weight="block",
            message="立项依据和目的 212 字，超出 12 字。",
            found="212 字",
            wanted="不超过 200 字",
            fix="删去 12 字，或把背景移到工作方案。",
            clause="附件3.三",
            url="#g1",
            place="去改第三部分",
            says="立项依据和目的写 200 字以内。",
        ),
        _(
            weight="block",
            message="团长和首席专家是同一人。",
            found="都是王示例",
            wanted="两个不同的人",
            fix="换一位团长或首席专家。",
            clause="附件3.填报说明.6",
            url="#",
            place="去改第二部分",
        ),
        _(
            weight="warn",
            message="团员 18 人，一般不少于 20 人。",
            found="18 人",
            wanted="20 人以上",
            fix="再请 2 人，或说明理由。",
            clause="附件1.一.1",
            url="#",
            reason="两位专家的同意书在路上，本周内补齐。",
        ),
        _(weight="note", message="服务团里有 1 名青年人才托举工程入选者，鼓励 2 名。", clause="附件1.一.1", url="#"),
        _(weight="pending", message="还没有省级科协同意推荐的材料。", clause="通知 三.1", fix="向省级科协请求推荐。"),
    ],
    field_findings=[
        _(weight="block", message="212 字，超出 12 字。", fix="删去 12 字。", clause="附件3.三"),
        _(weight="note", message="没有写到难题怎样征集。", clause="附件3.三"),
    ],
    none_yet=[],
    stats=[
        _(label="必须修改", value=3, unit="处", tone="stop", url="#"),
        _(label="建议核对", value=1, unit="处", tone="warn", url="#"),
        _(label="团员", value=18, unit="人", note="还差 2 名"),
        _(label="申请经费", value="80.00", unit="万元"),
    ],
    budget=[
        ("专家咨询费", 30_000_000, 5_000_000, "20 人次，每人次 1.5 万元"),
        ("差旅费", 24_000_000, 0, "三省六市，往返 48 人次"),
        ("委托业务费", 26_000_000, 15_000_000, "中试验证，按合同"),
    ],
    search=_(
        value="",
        placeholder="项目、单位、编号，或 省:江苏 状态:未提交",
        hint="这个列表的地址可以发给同事，打开看到同样的内容。",
        action="/gallery",
    ),
    pills=[
        _(label="全部", url="#", count=60),
        _(label="未提交", url="#", active=True, count=23),
        _(label="需修改", url="#", count=9),
        _(label="已提交", url="#", count=28),
    ],
    table=[
        ("“科创中国”新能源汽车动力电池科技服务团", "示例储能与动力电池学会", 80_000_000, "填写中", "江苏、安徽"),
        (
            "“科创中国”面向东北老工业基地高端数控机床与增材制造装备可靠性提升科技服务团",
            "示例先进制造装备与智能工艺学会",
            79_500_000,
            "已提交",
            "辽宁",
        ),
        ("“科创中国”稻渔综合种养科技服务团", "示例水产学会", 60_000_000, "退回修改", "湖北、湖南"),
        ("“科创中国”低空经济科技服务团", "示例航空学会", 80_000_000, "不予受理", "四川"),
    ],
    page=Paginator(range(60), 20).page(2),
    facts=[
        _(label="项目名称", value="“科创中国”新能源汽车动力电池科技服务团", change_url="#"),
        _(label="重点服务的省份", value="江苏省、安徽省", change_url="#"),
        _(label="申请经费", value="80.00 万元", note="不超过 80 万元", change_url="#"),
        _(label="地方配套经费", value="", change_url="#"),
    ],
    rows=[("编号", "KJFWT2024-017"), ("首席专家", "王示例"), ("团长", ""), ("手机", "139****0000")],
    files=[
        _(
            name="省级科协推荐函（盖章扫描件）.pdf",
            label="省级科协同意推荐的证明",
            kind="PDF",
            size="1.2 MB",
            who="张示例",
            when=NOW,
            url="#",
            preview_url="#",
            remove_url="#",
            status="已收到",
        ),
        _(
            name="难题基本情况表-动力电池低温性能衰减机理与快充安全边界-最终版-修改7.docx",
            label="难题基本情况表",
            kind="Word",
            size="84 KB",
            who="李示例",
            when=NOW,
            url="#",
            status="缺材料",
            note="没有盖章页，请再传扫描件。",
        ),
    ],
    left=_(
        title="动力电池科技服务团",
        place="四、工作方案",
        url="#",
        pieces=[
            ("本项目", False),
            ("以企业需求为导向，组织专家开展技术诊断和联合攻关", True),
            ("，重点面向苏南电池产业集群。", False),
        ],
    ),
    right=_(
        title="储能材料科技服务团",
        place="四、工作方案",
        url="#",
        pieces=[("我们", False), ("以企业需求为导向，组织专家开展技术诊断和联合攻关", True), ("，兼顾皖北。", False)],
    ),
    entries=[
        _(
            when=NOW,
            who="张示例",
            as_what="学会经办人",
            what="改了“立项依据和目的”",
            tone="busy",
            details=[
                _(label="立项依据和目的", before="为落实规划", after="为落实国家动力电池产业布局"),
                _(label="邮编", before="100081", after=""),
            ],
        ),
        _(
            when=NOW - dt.timedelta(hours=3),
            who="赵示例",
            as_what="省级科协经办人",
            what="退回修改",
            tone="warn",
            note="请补充主要服务市的配套情况。",
        ),
        _(when=NOW - dt.timedelta(days=3), who="张示例", as_what="学会经办人", what="新建申报书", url="#"),
    ],
    steps=[_(label="选文件", state="done"), _(label="核对读到的内容", state="now"), _(label="接受", state="next")],
    words=[
        "未开始",
        "填写中",
        "需修改",
        "已完成",
        "暂不能填",
        "已提交",
        "未提交",
        "退回修改",
        "待批准",
        "已停用",
        "建议核对",
        "提示",
        "待定",
        "查无此号",
    ],
)
