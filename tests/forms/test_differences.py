"""Two versions of a form: what differs is named once, in the words of the paper."""

from __future__ import annotations

import datetime
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.forms.strategies import forms
from tests.hands import truth

from ketuan.forms.application import Application
from ketuan.forms.differences import Difference, differences, shown
from ketuan.forms.paper import generic, paper, value_at

PAPER = paper(Application)


def sample(seed: int = 7) -> Application:
    return Application.model_validate_json(json.dumps(truth(seed)))


def changed(form: Application, path: str, value: Any) -> Application:
    data = form.model_dump()
    place: Any = data
    *steps, last = path.split(".")
    for step in steps:
        place = place[int(step)] if step.isdigit() else place[step]
    place[int(last) if last.isdigit() else last] = value
    return Application.model_validate(data)


def leaves(form: Any, path: str = "") -> dict[str, Any]:
    """Every field that a person can fill, by path."""
    node = PAPER.node(path) if path else None
    value = value_at(form, path) if path else form
    if node is not None and not node.children:
        return {path: value}
    if isinstance(value, list):
        return {k: v for number in range(len(value)) for k, v in leaves(form, f"{path}.{number}").items()}
    prefix = f"{path}." if path else ""
    return {k: v for name in type(value).model_fields for k, v in leaves(form, f"{prefix}{name}").items()}


def test_nothing_differs_between_a_form_and_itself() -> None:
    assert differences(sample(), sample(), PAPER) == ()


def test_values_are_shown_as_people_write_them() -> None:
    form = sample()
    later = changed(changed(form, "budget.own", 80_000_000), "cover.dated", datetime.date(2024, 5, 24))
    before = changed(changed(form, "budget.own", 361_250_0), "cover.dated", datetime.date(2024, 5, 3))
    dated, own = differences(before, later, PAPER)
    assert (dated.before, dated.after, dated.place) == ("2024年5月3日", "2024年5月24日", "封面 · 申报日期")
    assert (own.before, own.after, own.kind, own.spans) == ("3.6125 万元", "80.00 万元", "changed", ())
    assert (own.place, own.label) == ("九、经费预算 · 自有经费", "自有经费")


def test_a_field_that_was_empty_is_added_and_one_that_is_empty_removed() -> None:
    full, empty = changed(sample(), "partners", ["甲大学", "乙公司"]), changed(sample(), "partners", [])
    (came,), (went,) = differences(empty, full, PAPER), differences(full, empty, PAPER)
    assert (came.kind, came.before, came.after) == ("added", "", "甲大学、乙公司")
    assert (went.kind, went.before, went.after) == ("removed", "甲大学、乙公司", "")


def test_nothing_and_zero_are_two_things() -> None:
    (one,) = differences(changed(sample(), "budget.own", None), changed(sample(), "budget.own", 0), PAPER)
    assert (one.kind, one.before, one.after) == ("added", "", "0.00 万元")


PERSON = {"name": "周若谷", "affiliation": "甲大学教授", "contact": "13900000000", "duty": "咨询"}


def test_a_person_in_the_middle_is_one_addition() -> None:
    form = sample()
    people = form.model_dump()["personnel"]
    assert len(people) > 3
    longer = changed(form, "personnel", [*people[:2], PERSON, *people[2:]])
    (came,), (went,) = differences(form, longer, PAPER), differences(longer, form, PAPER)
    shown_row = "姓名：周若谷；工作单位及职务/职称：甲大学教授；联系方式：13900000000；在本项目中承担的主要工作：咨询"
    label = "项目负责人及主要参加人员"
    assert came == Difference("personnel.2", "八、项目负责人及主要参加人员 · 第3行", label, "", shown_row, "added")
    assert (went.path, went.kind, went.before, went.after) == ("personnel.2", "removed", shown_row, "")


def test_a_person_added_before_one_who_changed_leaves_one_change() -> None:
    form = sample()
    people = form.model_dump()["personnel"]
    moved = {**people[1], "contact": "13900000001"}
    found = differences(form, changed(form, "personnel", [PERSON, people[0], moved, *people[2:]]), PAPER)
    assert [(one.path, one.kind) for one in found] == [("personnel.0", "added"), ("personnel.2.contact", "changed")]


def test_a_person_replaced_by_another_is_two_things() -> None:
    form = sample()
    found = differences(form, changed(form, "personnel.1", PERSON), PAPER)
    assert [(one.path, one.kind) for one in found] == [("personnel.1", "removed"), ("personnel.1", "added")]


def test_words_are_marked_where_they_changed() -> None:
    before = changed(sample(), "work_plan", "攻关 5G-A 基站，节能30%，建站1个。")
    after = changed(sample(), "work_plan", "攻关 6G 基站，节能30%，建立服务站2个。")
    (one,) = differences(before, after, PAPER)
    assert one.before_pieces == (
        ("攻关 ", False), ("5G-A", True), (" 基站，节能30%，建", False), ("站1", True), ("个。", False)
    )  # fmt: skip
    assert "".join(piece for piece, marked in one.after_pieces if marked) == "6G立服务站2"
    assert "".join(piece for piece, _ in one.after_pieces) == after.work_plan


def test_very_long_texts_are_compared_in_a_moment() -> None:
    before = changed(sample(), "work_plan", "甲乙丙丁" * 50_000)
    after = changed(sample(), "work_plan", "甲" + "乙丙丁戊" * 50_000)
    (one,) = differences(before, after, PAPER)
    assert len(one.spans) == 1


def test_every_node_can_be_shown() -> None:
    form = sample()
    for path, value in leaves(form).items():
        node = PAPER.node(path)
        assert node is not None
        assert isinstance(shown(node, value), str)
    assert shown(PAPER.nodes["personnel"], form.personnel[:1]).startswith("1. 姓名：")


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms())
def test_no_form_differs_from_itself(form: Application) -> None:
    assert differences(form, form.model_copy(deep=True), PAPER) == ()


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms(), st.data())
def test_every_changed_field_is_named_and_nothing_else(form: Application, data: st.DataObject) -> None:
    """One field is changed: exactly it is named, or its row where too little of the row is left to know it by."""
    path = data.draw(st.sampled_from(sorted(leaves(form))))
    other = data.draw(forms())
    pool = [
        value for at, value in leaves(other).items() if generic(at) == generic(path) and value != value_at(form, path)
    ]
    if not pool:
        return
    after = changed(form, path, pool[0])
    found = differences(form, after, PAPER)
    row = next(
        (path[: path.index(step) + len(step) - 1] for step in (f".{n}." for n in range(9)) if step in path), path
    )
    assert found
    assert all(one.path == path or one.path == row for one in found)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms(), forms())
def test_between_any_two_forms_nothing_is_left_out(before: Application, after: Application) -> None:
    """What is not named is equal: fields outside of rows one by one, rows as many as there are."""
    found = differences(before, after, PAPER)
    named = {one.path for one in found}
    was, now = leaves(before), leaves(after)
    for path in {p for p in (*was, *now) if "*" not in generic(p)}:
        assert (path in named) == (was[path] != now[path]), path
    for table in ("personnel", "budget.lines", "schedule.stages", "problems"):
        came = sum(one.kind == "added" and one.path.rpartition(".")[0] == table for one in found)
        went = sum(one.kind == "removed" and one.path.rpartition(".")[0] == table for one in found)
        assert len(value_at(before, table)) - went + came == len(value_at(after, table))
        if value_at(before, table) != value_at(after, table):
            assert any(name.startswith(f"{table}.") for name in named)
    assert all(one.place and one.label for one in found)
