"""What the acceptance found on the pages: which call leads, dead links, words that contradict each other."""

import datetime

import pytest
import time_machine
from tests.programme.test_calling import ready
from tests.ready import submitted
from tests.world import World

from ketuan.journal import letters
from ketuan.programme import applying, calling, tasks
from ketuan.programme.applying import inviting
from ketuan.programme.errors import Invalid
from ketuan.records import clock
from ketuan.records.models import Call, Invitation


def at(day: str) -> time_machine.travel:
    return time_machine.travel(datetime.datetime.fromisoformat(f"{day}+08:00"), tick=False)


@pytest.fixture
def next_year(world: World) -> Call:
    """2025 is published as well, and opens when its deadline is four weeks away."""
    call = calling.make("2025", after="2024", who=world.who("officer"))
    calling.publish(ready(world, call), who=world.who("officer"))
    call.refresh_from_db()
    assert call.deadline_at is not None
    call.opens_at = call.deadline_at - datetime.timedelta(days=28)
    call.save()
    return call


def order() -> list[str]:
    return [call.code for call in calling.leading(Call.objects.order_by("-code"))]


def test_the_open_call_leads_then_what_opens_next_then_what_closed_last(world: World, next_year: Call) -> None:
    assert order() == ["2024", "2025"]
    with at("2024-06-10T09:00"):
        assert order() == ["2025", "2024"]
    with at("2026-06-10T09:00"):
        assert order() == ["2025", "2024"]
    front = world.client().get("/")
    assert (front.context["call"]["url"], front.context["call"]["state"]) == ("/calls/2024/", "申报中")
    assert world.client("editor").get("/home/").context["call"].code == "2024"


def test_both_calls_keep_their_stages(world: World, next_year: Call) -> None:
    assert list(dict.fromkeys(stage.code for stage in calling.stages())) == ["2024", "2025"]
    assert [(stage.code, stage.key) for stage in calling.stages() if stage.now] == [("2024", "opens")]
    world.client().post("/demo/day/", {"stage": "2025/two_hours"})
    assert clock.now().year == 2025
    assert [(stage.code, stage.key) for stage in calling.stages() if stage.now] == [("2025", "two_hours")]
    world.client().post("/demo/day/", {"stage": "2024/two_hours"})
    assert clock.now().year == 2024


def test_a_new_call_is_a_task_of_who_applied_for_the_last_one(world: World, next_year: Call) -> None:
    applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    assert next_year.opens_at is not None
    with time_machine.travel(next_year.opens_at, tick=False):
        asked = [task.url for task in tasks.tasks_of(world.who("editor")) if next_year.title in task.title]
    assert asked == ["/applications/"]


def test_an_invitation_ends_with_the_deadline(world: World) -> None:
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    inviting.invite_member(application, name="甲", who=world.who("editor"))
    assert Invitation.objects.get().expires_at == clock.now() + datetime.timedelta(days=14)
    with at("2024-05-20T09:00"):
        inviting.invite_member(application, name="乙", who=world.who("editor"))
    assert Invitation.objects.get(name="乙").expires_at == world.call.deadline_at


def test_an_address_opened_the_wrong_way_is_a_page_with_a_way_back(world: World) -> None:
    answer = world.client("officer").get("/office/calls/2024/extend/")
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert "这个地址只接受表单提交，请从原来的页面操作" in page
    assert 'href="/office/calls/2024/"' in page
    assert "不接受提交" in world.client("officer").post("/office/calls/").content.decode()


def test_after_the_deadline_nobody_is_told_to_change_or_begin(world: World) -> None:
    submitted(world)
    before = world.client("editor").get("/applications/").content.decode()
    assert "截止前还可以重新修改" in before
    with at("2024-05-25T09:00"):
        after = world.client("editor").get("/applications/").content.decode()
        empty = world.client("other_editor").get("/applications/").content.decode()
    assert "截止前" not in after
    assert "申报已经截止，内容不能再改。" in after
    assert "新建一份" not in empty


def test_the_list_of_calls_counts_hours_on_the_last_day(world: World) -> None:
    with at("2024-05-24T21:59:59"):
        assert '今天截止，还剩 <b class="num">2</b> 小时' in world.client().get("/calls/").content.decode()


def test_nobody_is_sent_where_they_may_not_go(world: World) -> None:
    for name in ("reviewer", "auditor", "municipal", "administrator", "officer"):
        assert 'href="/applications/">开始申报' not in world.client(name).get("/calls/2024/").content.decode()
    assert 'href="/applications/">开始申报' in world.client("editor").get("/calls/2024/").content.decode()
    assert "/office/calls/new/" not in world.client("administrator").get("/office/calls/").content.decode()
    assert "/office/calls/new/" in world.client("officer").get("/office/calls/").content.decode()


def test_an_extension_says_all_that_is_wrong_at_once(world: World) -> None:
    with pytest.raises(Invalid) as told:
        calling.extend(world.call, datetime.date(2024, 5, 1), "短", who=world.who("officer"))
    assert sorted(told.value.errors) == ["day", "notice"]
    page = world.client("officer").post("/office/calls/2024/extend/", {"day": "", "notice": ""}).content.decode()
    assert "请选新的截止日。" in page
    assert "请写明改了什么" in page


def test_no_letter_quotes_a_title_twice() -> None:
    texts = [text for kind in letters.KINDS.values() for text in (kind.subject, kind.body)]
    assert [text for text in texts if "“{title}”" in text] == []


def test_the_auditor_has_no_desk_of_bodies(world: World) -> None:
    client = world.client("auditor")
    assert client.get("/bodies/").status_code == 404
    assert client.get(f"/bodies/{world.bodies['society'].pk}/").status_code == 404


def test_ones_own_other_window_is_not_called_somebody_else(world: World) -> None:
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    url = f"/applications/{application.code}/save/"
    told = []
    for name, text in (("editor", "一"), ("editor", "二"), ("checker", "三")):
        body = {"changes": [{"path": "rationale", "raw": text, "base": 0, "was": [""]}]}
        answer = world.client(name).post(url, body, content_type="application/json").json()
        told += [one["own"] for one in answer["overtaken"].values()]
    assert told == [True, False]
