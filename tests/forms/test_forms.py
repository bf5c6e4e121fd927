"""字, money, names and the description of the paper."""

from __future__ import annotations

import datetime
import unicodedata
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from ketuan.forms.application import Application
from ketuan.forms.identity import name_key, person, phones, same_person, same_unit
from ketuan.forms.money import fen_of, show_wan
from ketuan.forms.paper import Edition, blank, generic, paper, value_at
from ketuan.forms.parsing import parse_form
from ketuan.forms.regions import places_in, province_named
from ketuan.forms.roster import Roster, RosterEntry, corps_key
from ketuan.forms.schema import json_schema
from ketuan.forms.words import characters, words


@pytest.mark.parametrize(
    ("text", "in_words", "in_characters"),
    [
        ("", 0, 0),
        ("   \n\t\u3000", 0, 0),
        ("科技服务团", 5, 5),
        ("建立学会服务站，“蹲点”60天。", 15, 16),
        ("AI技术", 3, 4),
        ("5G-A基站", 3, 6),
        ("R&D guide 1份", 4, 10),
        ("2024年5月20日", 6, 10),
        ("增长3.5%，达1,200万元", 8, 15),
        ("Na+/K+泵", 2, 7),
        ("全角ＡＢＣ１２", 7, 7),
        ("①②③", 3, 3),
        ("α相", 2, 2),
        ("a b  c", 3, 3),
        ("零\u200b宽", 2, 2),
        ("𠮷野家", 3, 3),
        ("……——", 4, 4),
    ],
)
def test_words_counts_as_word_does_and_characters_counts_what_is_visible(
    text: str, in_words: int, in_characters: int
) -> None:
    assert (words(text), characters(text)) == (in_words, in_characters)


def test_every_wide_character_counts_one() -> None:
    wide = [
        chr(code)
        for code in (*range(0x3001, 0xA4C7), *range(0xAC00, 0xD7A4), *range(0xFF01, 0xFF61))
        if unicodedata.east_asian_width(chr(code)) in "WF" and unicodedata.category(chr(code))[0] in "LNPS"
    ]
    assert [c for c in wide if words(c * 3) != 3] == []


@given(st.text(), st.text())
def test_text_apart_counts_the_sum(a: str, b: str) -> None:
    assert words(f"{a}\n{b}") == words(a) + words(b)
    assert characters(f"{a}\n{b}") == characters(a) + characters(b)


@given(st.integers(0, 10**15))
def test_money_shown_is_money_read(fen: int) -> None:
    assert fen_of(show_wan(fen)) == fen


@pytest.mark.parametrize(
    ("fen", "shown"), [(0, "0.00"), (80_000_000, "80.00"), (36_125_000, "36.125"), (1, "0.000001")]
)
def test_money_has_two_decimals_and_more_only_where_two_would_lose_some(fen: int, shown: str) -> None:
    assert show_wan(fen) == shown


@pytest.mark.parametrize("wrong", [True, "八十", "-1", -1, "0.0000001", "NaN", "Infinity"])
def test_what_is_no_amount_is_refused_in_chinese(wrong: object) -> None:
    with pytest.raises(ValueError, match=r"[请金]"):
        fen_of(wrong)


def test_floats_never_take_part() -> None:
    form, errors = parse_form('{"budget": {"total": 36.1, "requested": 0.1, "own": 0.2}}', Application)
    assert form is not None
    assert (errors, form.budget.total, form.budget.requested, form.budget.own) == ({}, 36_100_000, 100_000, 200_000)
    with pytest.raises(ValueError, match="整数分"):
        Application.model_validate({"budget": {"total": 36.1}})


def test_blank_text_is_null_outside_and_empty_inside() -> None:
    form, _ = parse_form('{"rationale": null, "partners": null, "cover": {"dated": null}}', Application)
    assert form == Application()
    assert (form.rationale, form.partners, form.cover.dated) == ("", [], None)
    assert '"rationale":null,' in form.model_dump_json()


def test_errors_name_the_path_and_say_in_chinese_what_is_wanted() -> None:
    form, errors = parse_form('{"cover": {"dated": "20 May"}, "budget": {"total": "x"}, "colour": 1}', Application)
    assert form is None
    assert errors == {
        "cover.dated": "日期应写成 2024-05-24 的样子",
        "budget.total": "请填写数字，单位万元",
        "colour": "没有这一栏，请核对名称",
    }


def test_the_sections_are_those_of_the_paper() -> None:
    assert [s.heading for s in paper(Application).sections] == [
        "一、项目申报单位基本情况",
        "二、项目基本信息",
        "三、立项依据和目的（200字以内）",
        "四、工作方案（300字以内，须体现项目实施要求）",
        "五、目标及预期成果（300字以内，须体现项目实施要求）",
        "六、组织实施条件（300字以内）",
        "七、实施步骤和进度计划",
        "八、项目负责人及主要参加人员（不超过20人）",
        "九、经费预算",
        "十、必要附件",
        "十一、申报单位审核意见",
    ]


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("cover.title", "封面 · 项目名称"),
        ("society.head.name", "一、项目申报单位基本情况 · 负责人 · 姓名"),
        ("leader.mobile", "二、项目基本信息 · 团长 · 手机"),
        ("rationale", "三、立项依据和目的"),
        ("personnel.3.contact", "八、项目负责人及主要参加人员 · 第4行 · 联系方式"),
        ("budget.requested", "九、经费预算 · 申请中国科协项目经费"),
    ],
)
def test_a_path_has_a_place_in_the_words_of_the_paper(path: str, place: str) -> None:
    assert paper(Application).place(path) == place


def test_an_edition_changes_limits_choices_and_year_and_nothing_else() -> None:
    edition = Edition.of(2099, {"rationale": 50, "personnel": 7}, {"problems.*.category": ["甲", "乙"]})
    tree = paper(Application, edition)
    assert tree.sections[2].heading == "三、立项依据和目的（50字以内）"
    assert tree.sections[7].heading == "八、项目负责人及主要参加人员（不超过7人）"
    assert tree.nodes["problems.*.category"].spec.choices == ("甲", "乙")
    assert "2099年度" in tree.nodes["society.introduction"].spec.hint
    assert tree.nodes["work_plan"] == paper(Application).nodes["work_plan"]


def test_the_schema_carries_what_the_call_says() -> None:
    schema = json_schema(
        Application, Edition.of(2099, {"rationale": 50, "personnel": 7}, {"problems.*.zone": ["甲", "乙"]})
    )
    assert schema["properties"]["rationale"]["title"] == "立项依据和目的（50字以内）"
    assert schema["properties"]["rationale"]["x-ketuan"]["limit"] == 50
    assert schema["properties"]["personnel"]["maxItems"] == 7
    assert schema["$defs"]["Problem"]["properties"]["zone"]["items"] == {"enum": ["甲", "乙"]}


def test_every_field_of_the_paper_stands_in_the_schema() -> None:
    schema = json_schema(Application)
    fields = [p for owner in (schema, *schema["$defs"].values()) for p in owner["properties"].values()]
    assert [f for f in fields if "x-ketuan" not in f] == []


def test_value_at_follows_a_path_into_rows() -> None:
    form, _ = parse_form('{"personnel": [{"name": "甲"}, {"name": "乙"}]}', Application)
    assert form is not None
    assert (value_at(form, "personnel.1.name"), generic("personnel.1.name")) == ("乙", "personnel.*.name")
    with pytest.raises(LookupError):
        value_at(form, "personnel.2.name")
    with pytest.raises(LookupError):
        value_at(form, "cover.colour")


def test_zero_is_an_amount_and_not_a_blank() -> None:
    assert [blank(v) for v in (0, None, "", [], "无")] == [False, True, True, True, False]


# ---- identity ----


@pytest.mark.parametrize(("a", "b"), [("欧阳 明远", "欧阳明远"), ("阿·迪力", "阿迪力"), ("ＬＩ Ming", "li ming")])
def test_a_name_is_one_name_in_any_spelling(a: str, b: str) -> None:
    assert name_key(a) == name_key(b)


def test_a_telephone_number_is_one_number_in_any_spelling() -> None:
    assert phones("１３８ 0013-8000") == phones("+86 13800138000") == {"13800138000"}


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (person("张三", "甲大学/教授", "13800138000"), person("张 三", "乙公司", "138-0013-8000"), True),
        (person("张三", "甲大学材料学院 教授", "13800138000"), person("张三", "甲大学/院长", "13900139000"), True),
        (person("张三", "甲大学/教授", "13800138000"), person("张三", "乙公司", "13900139000"), False),
        (person("张三", "甲大学/教授", "13800138000"), person("李四", "甲大学/教授", "13800138000"), False),
        (person("张三"), person("张三", "乙公司", "13900139000"), True),
        (person(""), person(""), False),
    ],
)
def test_a_person_is_known_by_name_with_telephone_or_unit(a: object, b: object, same: bool) -> None:
    assert (same_person(a, b), same_person(b, a)) == (same, same)  # type: ignore[arg-type]


def test_a_unit_is_one_unit_with_department_and_post_behind_it() -> None:
    assert same_unit("清和大学材料学院/教授", "清和大学 院长") is True
    assert same_unit("清和大学", "清和科技有限公司") is False


# ---- regions and rosters ----


def test_places_are_found_by_long_and_short_names() -> None:
    assert [p.name for p in places_in("浙江省宁波市、嘉兴；苏州工业园区，上海市浦东新区")] == [
        "浙江省",
        "宁波市",
        "嘉兴市",
        "苏州市",
        "上海市",
        "浦东新区",
    ]
    assert [p.name for p in places_in("吉林省吉林市")] == ["吉林省", "吉林市"]


@pytest.mark.parametrize(
    ("written", "official"), [("广西", "广西壮族自治区"), ("内蒙古", "内蒙古自治区"), ("浙江省", "浙江省")]
)
def test_a_province_is_known_by_its_short_name(written: str, official: str) -> None:
    found = province_named(written)
    assert found is not None
    assert found.name == official


def test_a_city_is_no_province() -> None:
    assert province_named("宁波市") is None


def test_people_without_a_corps_belong_to_the_form_only_when_it_is_alone() -> None:
    born = datetime.date(1985, 3, 12)
    mine, free = RosterEntry(corps="储能科技服务团", name="甲", born=born), RosterEntry(name="乙", born=born)
    roster = Roster("名册.xlsx", (mine, free))
    assert roster.of("“科创中国”储能科技服务团") == (mine,)
    assert roster.of("“科创中国”储能科技服务团", alone=True) == (mine, free)
    assert roster.of("“科创中国”低空经济科技服务团") == ()
    assert corps_key("“科创中国”储能科技服务团") == corps_key("储能") == "储能"


def test_choices_are_told_in_chinese() -> None:
    class Choice(BaseModel):
        one: Literal["甲"]
        two: Literal["甲", "乙"]
        three: Literal["甲", "乙", "丙 or 丁"]
        figures: Literal[1, 2, 3]

    _, errors = parse_form('{"one": 0, "two": 0, "three": 0, "figures": 0}', Choice)
    assert errors == {
        "one": "只能是“甲”",
        "two": "只能是“甲”或“乙”",
        "three": "只能是“甲”、“乙”或“丙 or 丁”",
        "figures": "只能是1、2或3",
    }
