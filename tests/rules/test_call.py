"""The call file: what it holds, how it is resolved, and what is said of a wrong one."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any, get_args

import pytest
from tests.rules import builder

from ketuan.forms.application import Application
from ketuan.forms.paper import PRINTED, paper
from ketuan.rules import call as calls
from ketuan.rules.call import CallError, Setting, Settings, call_from, call_of, load
from ketuan.rules.checks.words import near_limit

HERE = Path(__file__).parent


def test_the_shipped_call_is_read_once() -> None:
    assert calls.calls() == ("2024",)
    assert call_of("2024") is call_of("2024")


def test_the_numbers_of_2024() -> None:
    call = call_of("2024")
    assert call.project.awards.value == 105
    assert call.project.grant.value == 80_000_000
    assert call.project.completion.value == datetime.date(2025, 3, 31)
    assert call.submission.deadline.value == datetime.date(2024, 5, 24)
    assert (call.submission.originals.value, call.submission.copies.value) == (1, 5)
    assert call.quota.per_society.value == 5
    assert (call.corps.people.value, call.corps.young.value, call.corps.young_age.value) == (20, 10, 45)
    assert call.corps.young_elite.value == 2
    assert call.residency.days.value == 60
    assert {d.id: d.count for d in call.deliverables}["media"] == 2
    assert call.age_day == datetime.date(2024, 5, 24)


def test_the_edition_of_2024_is_the_paper_as_printed() -> None:
    printed, ours = paper(Application, PRINTED), call_of("2024").paper
    assert {p: (n.spec.limit, n.spec.choices, n.spec.hint) for p, n in printed.nodes.items()} == {
        p: (n.spec.limit, n.spec.choices, n.spec.hint) for p, n in ours.nodes.items()
    }


def test_the_edition_of_2099_prints_other_limits_choices_and_year() -> None:
    ours = load(HERE / "calls" / "2099.toml").paper.nodes
    assert ours["work_plan"].spec.limit == 130
    assert ours["personnel"].spec.limit == 11
    assert ours["problems.*.policy_basis"].spec.choices == ("虚构规划", "自定")
    assert "2099年度" in ours["society.introduction"].spec.hint


def test_a_clause_of_several_is_resolved_one_by_one() -> None:
    call = call_of("2024")
    assert [c.id for c in call.clauses_of("附件1 4,6,7,10")] == ["附件1 4", "附件1 6", "附件1 7", "附件1 10"]
    assert call.clause("附件1 8,9") == call.clause("附件1 8") + call.clause("附件1 9")
    with pytest.raises(CallError, match="没有条款“附件9 1”"):
        call.clause("附件9 1")


def test_every_clause_and_entry_has_a_sentence() -> None:
    call = call_of("2024")
    says = [*call.clauses.values(), *(entry.says for _, entry in call.entries() if hasattr(entry, "says"))]
    assert all(s.endswith("。") for s in says)


def test_every_open_question_lists_the_options_that_the_code_knows() -> None:
    settings = call_of("2024").settings
    for name, info in Settings.model_fields.items():
        setting: Setting[Any] = getattr(settings, name)
        known = get_args(info.annotation.model_fields["value"].annotation) if info.annotation else ()
        assert setting.options == tuple(known), name
        assert setting.note


def test_pages_show_both_counts_from_the_margin_on() -> None:
    call = call_of("2024")
    assert near_limit("字" * 269, "work_plan", call) is None
    assert near_limit("字" * 265 + " AI 2024", "work_plan", call) is None
    shown = near_limit("字" * 270 + " AI 2024", "work_plan", call)
    assert shown == "272 字（Word 字数；不计空格的字符数 276），限 300 字"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"corps.people": "二十"}, "corps.people.value：应是整数，现为 '二十'"),
        ({"corps.people": -1}, "corps.people.value：不能小于 0，现为 -1"),
        ({"project.grant": "八十"}, "project.grant.value：请填写数字，单位万元，现为 '八十'"),
        ({"project.completion": "明年三月"}, "project.completion.value：应是日期，如 2024-05-24，现为 '明年三月'"),
        ({"service.provinces": {"least": 2, "most": 1}}, "most 不能小于 least"),
        ({"settings.count": "字"}, "settings.count.value：只能取 'word' 或 'characters'，现为 '字'"),
        ({"form.title.placeholder": "["}, "form.title.placeholder.value：不是可用的正则表达式"),
        ({"likeness.near_title": 1.5}, "likeness.near_title.value：不能大于 1.0，现为 1.5"),
        ({"form.choices.problems.*.zone": ["甲"]}, "“registry.kinds”里的“创新驱动示范市（区）”不是"),
    ],
)
def test_a_wrong_value_is_told_with_its_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(CallError) as told:
        builder.call_with(change)
    assert message in str(told.value)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda raw: raw.pop("corps"), "corps：缺这一项"),
        (lambda raw: raw["corps"].update(peopel={}), "corps.peopel：多出这一项"),
        (lambda raw: raw["corps"]["people"].update(clause="附件1 99"), "“corps.people”所引的条款“附件1 99”不在 [clauses] 里"),
        (lambda raw: raw["settings"]["count"].update(options=["characters"]), "“settings.count.value”写的“word”不在它的 options 里"),
        (
            lambda raw: raw["form"]["limits"].update({"work_paln": raw["form"]["limits"]["work_plan"]}),
            "“form.limits”里的“work_paln”不是申报书上有限数的栏目",
        ),
        (lambda raw: raw["registry"].update(file="没有.tsv"), "“registry.file”写的名册“没有.tsv”没有找到"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_told_with_its_place(spoil: Any, message: str) -> None:
    raw = builder.raw_call()
    spoil(raw)
    with pytest.raises(CallError) as told:
        call_from(raw)
    assert message in str(told.value)


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(CallError, match="没有找到申报通知“1999”。现有：2024"):
        load("1999")
    file = tmp_path / "x.toml"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(CallError, match=r"x\.toml 不是 UTF-8"):
        load(file)
    file.write_text("a = ", encoding="utf-8")
    with pytest.raises(CallError, match=r"x\.toml 不符合 TOML 的写法"):
        load(file)
