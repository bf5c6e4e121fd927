"""The publishing checklist and the list of corrections follow the model of the call."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.rules import builder

from ketuan.rules.call import Call, call_of, load
from ketuan.rules.publishing import ORDER, Change, Item, changes, checklist, ready, rest_day

CALL = call_of("2024")
TODAY = datetime.date(2024, 5, 8)


def item(call: Call | Mapping[str, Any], path: str, **more: Any) -> Item:
    return next(one for one in checklist(call, **more) if one.path == path)


def test_every_entry_of_the_call_has_one_line_and_the_shipped_call_is_ready() -> None:
    items = checklist(CALL, today=TODAY)
    wanted = {path for path, _ in CALL.entries()} | {
        f"call.{n}" for n in ("id", "year", "title", "number", "issuer", "issued")
    }
    assert sorted(one.path for one in items) == sorted(wanted)
    assert ready(items)
    assert [one.path for one in items if one.hints] == []
    assert all(one.label and one.shown and (one.why or one.path.startswith("call.")) for one in items)


def test_groups_stand_in_order_and_nothing_is_left_over() -> None:
    groups = list(dict.fromkeys(one.group for one in checklist(CALL)))
    assert groups == [group for group in ORDER if group != "其他"]
    assert [one.path for one in checklist(CALL) if one.group == "日期"] == [
        "call.issued",
        "project.completion",
        "submission.deadline",
    ]


def test_a_line_shows_value_reason_and_clause() -> None:
    assert item(CALL, "project.grant") == Item(
        "project.grant",
        "数额",
        "一个项目申请的中国科协经费不超过这个数（万元）",
        "set",
        "80.00 万元",
        CALL.clauses["通知 二.2"],
        "通知 二.2",
    )
    day = item(CALL, "settings.age_day")
    assert (day.group, day.state, day.shown, day.why) == (
        "未决事项",
        "default",
        "申报截止日",
        CALL.settings.age_day.note,
    )
    assert item(CALL, "service.provinces").shown == "1–2"
    assert item(CALL, "settings.leaders_count").shown == "是"


def test_the_tables_of_a_file_give_the_same_list() -> None:
    assert checklist(builder.raw_call(), today=TODAY) == checklist(CALL, today=TODAY)


@pytest.mark.parametrize(
    "path", [path for path, _ in CALL.entries() if path.split(".")[0] not in ("deliverables", "covers", "form")]
)
def test_whatever_is_left_out_of_a_file_is_missing(path: str) -> None:
    raw = builder.raw_call()
    place: Any = raw
    *steps, last = path.split(".")
    for step in steps:
        place = place[step]
    says = place[last]["says"]
    place[last]["value"] = ""
    assert (item(raw, path).state, item(raw, path).label) == ("missing", says.rstrip("。"))
    del place[last]
    assert item(raw, path).state == "missing"
    assert not ready(checklist(raw))


def test_a_file_with_nothing_in_it_misses_everything_and_does_not_fail() -> None:
    items = checklist({})
    assert {one.state for one in items} == {"missing"}
    assert not ready(items)


def test_a_wrong_value_is_told() -> None:
    raw = builder.raw_call()
    raw["corps"]["people"]["value"] = "二十"
    raw["corps"]["young"]["clause"] = "附件1 99"
    raw["settings"]["count"]["options"] = ["characters"]
    raw["call"]["issued"] = "2024-05-07"
    assert (item(raw, "corps.people").state, item(raw, "corps.people").hints) == (
        "wrong",
        ("value：应是整数，现为 '二十'。",),
    )
    assert item(raw, "corps.young").hints == ("所引的条款“附件1 99”不在条款表里。",)
    assert item(raw, "settings.count").state == "wrong"
    assert (item(raw, "call.issued").state, item(raw, "call.issued").shown) == ("set", "2024年5月7日")


def test_what_only_the_whole_file_shows_is_a_line_of_its_own() -> None:
    raw = builder.raw_call()
    raw["form"]["limits"]["work_paln"] = raw["form"]["limits"]["work_plan"]
    (whole,) = [one for one in checklist(raw) if one.path == ""]
    assert whole.state == "wrong"
    assert "“form.limits”里的“work_paln”不是申报书上有限数的栏目" in whole.hints[0]


@pytest.mark.parametrize(
    ("change", "path", "hint"),
    [
        (
            {"submission.deadline": datetime.date(2024, 5, 7)},
            "submission.deadline",
            "申报截止日要晚于发文日2024年5月7日。",
        ),
        (
            {"project.completion": datetime.date(2024, 5, 24)},
            "project.completion",
            "完成期限要晚于申报截止日2024年5月24日。",
        ),
        ({"project.awards": 0}, "project.awards", "立项数要大于 0。"),
        ({"project.grant": "0"}, "project.grant", "经费额度要大于 0。"),
        ({"quota.per_society": 0}, "quota.per_society", "每个单位的限额要大于 0。"),
        ({"corps.young": 21}, "corps.young", "青年人数不能多于服务团总人数。"),
        ({"submission.mail_subject": "材料"}, "submission.mail_subject", "要写上 {society}，它代表申报单位名称。"),
    ],
)
def test_what_makes_no_sense_is_wrong(change: dict[str, Any], path: str, hint: str) -> None:
    found = item(builder.call_with(change), path, today=datetime.date(2024, 5, 1))
    assert (found.state, found.hints) == ("wrong", (hint,))


def test_a_deadline_that_is_past_is_wrong_only_from_the_next_day_on() -> None:
    assert item(CALL, "submission.deadline", today=datetime.date(2024, 5, 24)).state == "set"
    past = item(CALL, "submission.deadline", today=datetime.date(2024, 5, 25))
    assert (past.state, past.hints) == ("wrong", ("申报截止日已经过去（今天是2024年5月25日）。",))


def test_a_deadline_on_a_day_of_rest_is_a_hint() -> None:
    found = item(builder.call_with({"submission.deadline": datetime.date(2024, 5, 25)}), "submission.deadline")
    assert (found.state, found.hints) == ("set", ("2024年5月25日（周六）是休息日，咨询和收件可能没有人，请核对。",))
    assert rest_day(datetime.date(2024, 5, 11)) == ""  # a Saturday on which people work
    assert rest_day(datetime.date(2024, 5, 1)) == "2024年5月1日（周三）是休息日，咨询和收件可能没有人，请核对。"
    assert rest_day(datetime.date(2050, 5, 14)) == "2050年5月14日是周六（2050 年调休安排未收录），请核对。"
    assert rest_day(datetime.date(2050, 5, 13)) == ""


def test_what_was_taken_over_from_another_call_is_marked() -> None:
    call = builder.call_with({"project.awards": 90})
    assert (item(call, "project.awards", base=CALL).state, item(call, "quota.per_society", base=CALL).state) == (
        "set",
        "default",
    )
    assert item(call, "submission.deadline", base=CALL).hints == ("和所据的那一年一样，请核对日期。",)


def test_nothing_differs_between_a_call_and_itself() -> None:
    assert changes(CALL, CALL) == ()


def test_an_extension_is_told_in_words() -> None:
    later = builder.call_with({"submission.deadline": datetime.date(2024, 5, 31), "project.grant": "90.5"})
    assert changes(CALL, later) == (
        Change(
            "project.grant", "一个项目申请的中国科协经费不超过这个数（万元）", "80.00 万元", "90.50 万元", "通知 二.2"
        ),
        Change(
            "submission.deadline", "申报截止的日子，封面日期不能晚于它", "2024年5月24日", "2024年5月31日", "通知 四.2"
        ),
    )


def test_what_came_went_or_is_said_otherwise_is_told() -> None:
    raw = builder.raw_call()
    raw["deliverables"] = [one for one in raw["deliverables"] if one["id"] != "media"]
    raw["clauses"]["通知 一"] = "另一句话。"
    raw["quota"]["per_society"]["clause"] = "通知 三.1"
    raw["zones"] = []
    new = Call.model_validate(raw)
    assert changes(CALL, new) == (
        Change(
            "quota.per_society", "一个单位最多申报几个服务团", "5（依据 通知 三.5）", "5（依据 通知 三.1）", "通知 三.1"
        ),
        Change("deliverables.media", "主流媒体宣传报道", "至少 2", "", "附件1 10"),
        Change("clauses.通知 一", "条款 通知 一", CALL.clauses["通知 一"], "另一句话。", "通知 一"),
    )


def test_two_years_differ_in_many_things_and_all_have_words() -> None:
    found = changes(CALL, load(Path(__file__).parent / "calls" / "2099.toml"))
    assert len(found) > 20
    assert all(one.label and one.before != one.after for one in found)
