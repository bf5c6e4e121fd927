"""A field that is added to the model appears everywhere with no other edit: Word, PDF, reader, JSON Schema, rules."""

from __future__ import annotations

from typing import Annotated

import pypdfium2
from pydantic import BeforeValidator

from ketuan.documents.reading import read_as
from ketuan.documents.writing import write_docx, write_pdf
from ketuan.forms.application import Application, Budget, BudgetLine, Member, Problem, Service, Society
from ketuan.forms.fields import Money, Names, Text, annex, essay, money, part, rows, text, ticks, words
from ketuan.forms.fields import Shape as Shape
from ketuan.forms.remarks import Reading
from ketuan.forms.schema import json_schema
from ketuan.rules.call import call_of
from ketuan.rules.checking import check

_Rows = BeforeValidator(lambda v: v or [])


class NewSociety(Society):
    founded: Text = text("成立年份")


class NewMember(Member):
    degree: Text = text("最高学历", width=2)


class NewProblem(Problem):
    urgency: Names = ticks("紧迫程度", ("非常紧迫", "比较紧迫", "一般"))
    risk: Text = essay("主要风险", hint="请写明解决难题可能遇到的风险")


class NewLine(BudgetLine):
    note: Text = text("备注", width=2, required=False)


class NewBudget(Budget):
    donated: Money = money("社会捐助经费", before="4.社会捐助经费", after="（如没有可不填）", required=False)
    lines: Annotated[list[NewLine], _Rows] = rows(
        "经费支出预算表", numbered=True, caption="经费支出预算表{gap}单位：万元"
    )


class NewApplication(Application):
    society: NewSociety = part(
        "申报单位", NewSociety, section="一", title="项目申报单位基本情况", frame="申报单位（全国学会）"
    )
    personnel: Annotated[list[NewMember], _Rows] = rows(
        "项目负责人及主要参加人员", section="八", note="（不超过{limit}人）", limit=20, numbered=True
    )
    budget: NewBudget = part("经费预算", NewBudget, shape=Shape.SENTENCE, section="九", title="经费预算")
    conditions: Text = words("保障措施", 30, "九之二", hint="请写明保障措施")
    problems: Annotated[list[NewProblem], _Rows] = annex(
        "重点产业链发展难题和重大产业共性技术问题基本情况表", title="附件"
    )


FORM = NewApplication(
    society=NewSociety(name="中国拾光学会", founded="1958年"),
    service=Service(industry="储能"),
    personnel=[NewMember(name="韩敏", degree="博士研究生", duty="总体协调")],
    budget=NewBudget(total=90_000_000, donated=5_000_000, lines=[NewLine(item="专家咨询费", note="按人次")]),
    conditions="成立保障专班。\n每月调度一次。",
    problems=[NewProblem(title="负极低温衰减", urgency=["比较紧迫"], risk="原料价格波动")],
    cover={"title": "“科创中国”储能科技服务团"},
)
ANSWERS = ["1958年", "博士研究生", "5.00", "成立保障专班。", "按人次", "比较紧迫", "原料价格波动"]


def test_new_fields_are_written_into_word_and_read_back() -> None:
    assert read_as(NewApplication, write_docx(FORM)).form == FORM


def test_new_fields_stand_on_the_pdf() -> None:
    document = pypdfium2.PdfDocument(write_pdf(FORM))
    seen = "".join(page.get_textpage().get_text_bounded() for page in document)
    seen = "".join(seen.split())
    assert [answer for answer in ANSWERS if answer not in seen] == []


def test_new_fields_stand_in_the_schema_with_label_hint_limit_and_choices() -> None:
    schema = json_schema(NewApplication)
    assert schema["properties"]["conditions"]["title"] == "保障措施（30字以内）"
    assert schema["properties"]["conditions"]["description"] == "请写明保障措施"
    assert schema["properties"]["conditions"]["x-ketuan"]["limit"] == 30
    assert schema["$defs"]["NewProblem"]["properties"]["urgency"]["items"] == {"enum": ["非常紧迫", "比较紧迫", "一般"]}
    assert schema["$defs"]["NewSociety"]["properties"]["founded"]["title"] == "成立年份"


def test_new_fields_are_asked_for_where_they_are_empty() -> None:
    reading = read_as(NewApplication, write_docx(NewApplication(cover={"title": "“科创中国”储能科技服务团"})))
    missing = {f.path for f in check(reading, call_of("2024")) if f.rule == "form.complete"}
    assert {"society.founded", "conditions", "problems.0.urgency", "problems.0.risk"} - missing == set()
    assert {"budget.donated"} & missing == set()


def test_a_new_limit_is_kept_watch_over() -> None:
    long = FORM.model_copy(update={"conditions": "保障" * 16})
    findings = [f for f in check(Reading(long), call_of("2024")) if f.path == "conditions"]
    assert [(f.rule, f.weight, f.found, f.wanted) for f in findings] == [("words.conditions", "block", "32", "30")]
