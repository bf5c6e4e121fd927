"""What the form prints and nobody fills in: title, notes for the applicant, and the closing sections."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Front:
    """Cover and notes (附件3)."""

    brand: str
    title: str
    issuer: str
    notes_title: str
    notes: tuple[str, ...]
    annex_title: tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Static:
    """A section without fields."""

    number: str
    title: str
    text: str


FRONT = Front(
    brand="“科创中国”科技服务团",
    title="项目申报书",
    issuer="中国科协科学技术创新部制",
    notes_title="填  报  说  明",
    notes=(
        "1．本申报书是申报中国科协项目的依据，填写内容须实事求是，表述应明确、严谨。相应栏目请填写完整。缺项或格式不符的申报书不予受理。",
        "2．本申报书为A4纸张打印，具体报送份数请参照项目申报通知要求。同时应发送申报书电子版。",
        "3．请结合重点服务产业领域，在本申报书封面按格式补全项目名称，如：“科创中国”人工智能科技服务团。",
        "4．内容较多时，可多附页。",
        "5．项目申报书填好后，须由申报单位负责人签字并加盖单位公章，按照项目申报通知要求报送。",
        "6．服务团团长与首席专家不得为同一人。",
        "7．本申报书的必要附件须随本申报书一并提交。",
    ),
    annex_title=("附件", "重点产业链发展难题和重大产业共性技术问题", "基本情况表"),
)

CLOSING = (
    Static(
        "十",
        "必要附件",
        "1.省级科协同意推荐申报的说明材料，请另附；\n2.重点产业链发展难题或重大产业共性技术问题基本情况表。",
    ),
    Static(
        "十一",
        "申报单位审核意见",
        "项目负责人（签名）：\n\n（单位公章）\n年    月    日\n\n单位负责人（签名）：\n\n（单位公章）\n年    月    日",
    ),
)
