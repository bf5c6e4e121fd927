"""Pages of calls: what everybody reads, the office's desk, the home with my tasks, and the demo's own pages."""

import datetime
import json
import re
import tomllib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from tests.world import World

from ketuan.programme import applying, calling, showcase, tasks
from ketuan.programme.calling import sheet
from ketuan.records import clock
from ketuan.records.models import Application, Call, CallVersion, Role, Shift

NOTICE = "应多家学会请求，申报截止日延长一周。"
OFFICE = (
    "/office/calls/",
    "/office/calls/new/",
    *(f"/office/calls/2025/{page}" for page in ("", "rehearsal/", "publish/", "contact/", "registry/", "registry.tsv")),
    *(f"/office/calls/2025/set/{name}/" for name in sheet.tables()),
    "/office/calls/2025/form.docx",
    "/office/calls/2024/correct/",
)
ACTS = (
    "/office/calls/new/",
    "/office/calls/2025/set/quota/",
    "/office/calls/2025/contact/",
    "/office/calls/2025/registry/",
    "/office/calls/2025/rehearsal/",
    "/office/calls/2025/publish/",
    "/office/calls/2024/correct/publish/",
    "/office/calls/2024/extend/",
    "/office/calls/2025/discard/",
    "/office/calls/2024/withdraw/",
)


@pytest.fixture
def draft(world: World) -> Call:
    return calling.make("2025", after="2024", who=world.who("officer"))


def text_of(client: Client, url: str, status: int = 200) -> str:
    response = client.get(url)
    assert response.status_code == status
    return response.content.decode()


# ---- what everybody reads ----------------------------------------------------------------------------------------------


def test_a_stranger_reads_the_published_call(world: World) -> None:
    page = text_of(world.client(), "/calls/2024/")
    assert '<b class="num">14</b>' in page  # days left on 10 May
    assert "2024年5月24日 23:59:59" in page
    for said in calling.rules_of(world.call).clauses.values():
        assert said in page
    for setting in (entry for _, entry in calling.rules_of(world.call).open_questions()):
        assert setting.says in page
    assert "（deadline）" not in page
    assert "/calls/2024/" in text_of(world.client(), "/calls/")


def test_a_draft_is_nobody_elses(world: World, draft: Call) -> None:
    for name in (None, "editor", "provincial", "auditor"):
        assert world.client(name).get("/calls/2025/").status_code == 404
        assert world.client(name).get("/calls/2025/calendar.ics").status_code == 404
    assert world.client("officer").get("/calls/2025/").status_code == 404  # no version to read yet
    assert "2025" not in text_of(world.client(), "/calls/")


def test_the_files_of_a_call(world: World) -> None:
    client = world.client()
    form = client.get("/calls/2024/form.docx")
    assert form.content[:2] == b"PK"
    assert client.get("/calls/2024/roster.xlsx").content[:2] == b"PK"
    told = tomllib.loads(client.get("/calls/2024/versions/1/call.toml").content.decode())
    assert told["project"]["awards"]["value"] == 105
    data = json.loads(client.get("/calls/2024/versions/1/call.json").content)
    assert calling.hash_of(data["content"]) == data["sha256"]
    feed = client.get("/calls/2024/calendar.ics")
    assert feed["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"DTSTART:20240524T155959Z" in feed.content


def test_an_old_version_stays_readable_with_its_hash(world: World) -> None:
    calling.extend(world.call, datetime.date(2024, 5, 31), NOTICE, who=world.who("officer"))
    page = text_of(world.client(), "/calls/2024/")
    assert NOTICE in page
    assert "2024年5月31日 23:59:59" in page
    old = text_of(world.client(), "/calls/2024/versions/1/")
    assert world.call.current.sha256 in old
    assert "这不是现行版本" in old
    assert "内容与发布时一致" in old
    assert world.client().get("/calls/2024/versions/3/").status_code == 404


def test_an_altered_version_says_so_and_shows_nothing_of_it(world: World) -> None:
    CallVersion.objects.filter(pk=world.call.current.pk).update(sha256="0" * 64)
    page = text_of(world.client(), "/calls/2024/versions/1/")
    assert "内容与发布时的校验值不一致" in page
    assert "通知正文" not in page


def test_the_front_page_counts_the_days_and_sends_the_signed_in_home(world: World) -> None:
    page = text_of(world.client(), "/")
    assert '<b class="num">14</b>天' in page
    assert world.client("editor").get("/")["Location"] == "/home/"


def test_after_the_deadline_nobody_is_sent_to_apply(world: World) -> None:
    world.travel("2024-05-25 00:00:00+08:00")
    assert "开始申报" not in text_of(world.client(), "/")
    assert "开始申报" not in text_of(world.client(), "/calls/2024/")
    assert "已截止" in text_of(world.client(), "/calls/2024/")


# ---- the office's desk -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("url", OFFICE)
def test_the_office_opens_its_pages_and_nobody_else_does(world: World, draft: Call, url: str) -> None:
    assert world.client("officer").get(url).status_code == 200
    assert world.client().get(url)["Location"].startswith("/account/login/")
    for stranger in ("editor", "provincial", "nobody"):
        expected = {"/office/calls/new/": 403}.get(url, 404)
        assert world.client(stranger).get(url).status_code == expected


@pytest.mark.parametrize("url", ACTS)
def test_a_stranger_does_nothing_by_post(world: World, draft: Call, url: str) -> None:
    before = list(Call.objects.order_by("pk").values()), CallVersion.objects.count()
    posted = {"code": "2030", "after": "2024", "notice": NOTICE, "day": "2024-05-31", "mailbox": "x@example.invalid"}
    for stranger in (None, "editor", "checker", "auditor", "nobody"):
        assert world.client(stranger).post(url, posted).status_code in (302, 403, 404)
    assert (list(Call.objects.order_by("pk").values()), CallVersion.objects.count()) == before


def test_a_call_is_made_set_rehearsed_and_published_on_the_pages(world: World) -> None:
    client = world.client("officer")
    assert client.post("/office/calls/new/", {"way": "after", "code": "2025", "after": "2024"}).status_code == 302
    assert "还不能发布" in text_of(client, "/office/calls/2025/")
    for page in ("call", "clauses", "project", "submission"):
        call = Call.objects.get(code="2025")
        shown = sheet.page_of(call.draft, page)
        typed = {b.name: b.typed for item in (*shown.items, *shown.rows) for b in (*item.values, *item.words)}
        posted = client.post(f"/office/calls/2025/set/{page}/", {**typed, "base": calling.mark_of(call, page)})
        assert posted.status_code == 302
    assert client.post("/office/calls/2025/contact/", {"mailbox": "apply@example.invalid"}).status_code == 302
    assert "没有发现要改的" in client.post("/office/calls/2025/rehearsal/").content.decode()
    assert Application.objects.count() == 0
    published = client.post("/office/calls/2025/publish/", {"opens": "2025-05-07"})
    assert published["Location"] == "/calls/2025/"
    page = text_of(world.client(), "/calls/2025/")
    assert "apply@example.invalid" in page
    assert "尚未开始" in page


def test_wrong_values_stay_on_the_page_with_their_message(world: World, draft: Call) -> None:
    shown = sheet.page_of(draft.draft, "project")
    typed = {b.name: b.typed for item in shown.items for b in (*item.values, *item.words)}
    typed |= {"project/awards/value": "很多", "base": calling.mark_of(draft, "project")}
    response = world.client("officer").post("/office/calls/2025/set/project/", typed)
    page = response.content.decode()
    assert response.status_code == 400
    assert 'value="很多"' in page
    assert "应是整数，现为“很多”。" in page
    assert 'href="#c-e-project-awards-value"' in page
    assert 'id="c-e-project-awards-value"' in page


def test_every_line_of_the_checklist_leads_to_a_place_that_exists(world: World, draft: Call) -> None:
    client = world.client("officer")
    pages: dict[str, str] = {}
    for url, anchor in re.findall(
        r'href="(/office/calls/2025/set/\w+/)#([^"]+)"', text_of(client, "/office/calls/2025/")
    ):
        pages.setdefault(url, text_of(client, url))
        assert f'id="{anchor}"' in pages[url]
    assert len(pages) > 15


def test_publishing_too_early_says_why(world: World, draft: Call) -> None:
    response = world.client("officer").post("/office/calls/2025/publish/")
    assert response.status_code == 400
    assert "待确认" in response.content.decode()
    assert CallVersion.objects.filter(call=draft).count() == 0


def test_correction_and_extension_ask_for_their_notice(world: World) -> None:
    client = world.client("officer")
    refused = client.post("/office/calls/2024/extend/", {"day": "2024-05-31", "notice": "短"})
    assert refused.status_code == 400
    assert "不少于 10 个字" in refused.content.decode()
    assert client.post("/office/calls/2024/extend/", {"day": "2024-05-31", "notice": NOTICE}).status_code == 302
    assert client.get("/office/calls/2024/extend/").status_code == 405


@pytest.mark.parametrize("url", ["/calls/", "/office/calls/", "/"])
def test_a_list_asks_the_database_no_more_for_50_rows_than_for_1(world: World, url: str) -> None:
    client = world.client("officer" if url.startswith("/office") else None)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url).status_code == 200
        return len(queries)

    asked()
    one = asked()
    first = CallVersion.objects.get()
    for n in range(50):
        call = Call.objects.create(
            code=f"2024-{n}", title="又一次申报", state="published", draft=first.content, created_at=clock.now(),
            opens_at=world.call.opens_at, deadline_at=world.call.deadline_at,
        )  # fmt: skip
        call.current = CallVersion.objects.create(
            call=call, number=1, content=first.content, sha256=first.sha256, kind="first",
            published_at=clock.now(), published_by=first.published_by,
        )  # fmt: skip
        call.save()
    assert asked() == one


# ---- home --------------------------------------------------------------------------------------------------------------


def test_my_tasks_come_first(world: World, draft: Call) -> None:
    assert "申报《2024年" in text_of(world.client("editor"), "/home/")
    applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    assert "/applications/K24-0001/" in text_of(world.client("editor"), "/home/")
    assert "/applications/K24-0001/" not in text_of(world.client("other_editor"), "/home/")
    assert "/office/calls/2025/" in text_of(world.client("officer"), "/home/")
    assert "没有待办" in text_of(world.client("auditor"), "/home/")
    assert "还没有加入单位" in text_of(world.client("nobody"), "/home/")
    assert world.client().get("/home/")["Location"].startswith("/account/login/")


def test_every_task_and_every_desk_has_an_address_that_exists(world: World, draft: Call) -> None:
    """The floor below writes plain addresses; this is where a renamed one is noticed."""
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    Application.objects.filter(pk=application.pk).update(state="checking")
    Role.objects.create(
        user=world.people["nobody"], organisation=world.bodies["society"], kind="editor", asked_at=clock.now()
    )
    addresses = {door.url for _, door in tasks.DOORS} | {tasks.APPROVALS}
    addresses |= {task.url for name in world.people for task in tasks.tasks_of(world.who(name))}
    assert len(addresses) > 8
    for address in addresses:
        resolve(address)


# ---- the demo's own pages ----------------------------------------------------------------------------------------------


def test_a_stage_of_the_call_is_one_click_away(world: World) -> None:
    client = world.client()
    assert client.post("/demo/day/", {"stage": "three_days"}).status_code == 302
    assert clock.now() == datetime.datetime(2024, 5, 21, 9, tzinfo=clock.CHINA)
    assert '<b class="num">3</b>' in text_of(client, "/calls/2024/")
    assert client.post("/demo/day/", {"at": "2024-05-24T22:00"}).status_code == 302
    assert '<b class="num">1</b><span>小时' in text_of(client, "/calls/2024/")
    assert client.post("/demo/day/", {"stage": "today"}).status_code == 302
    assert Shift.objects.get().by == datetime.timedelta(0)
    assert client.post("/demo/day/", {"at": "没有这一天"}).status_code == 400


def test_one_click_makes_one_somebody_else(world: World) -> None:
    client = world.client()
    assert "江晚晴" in text_of(client, "/demo/people/")
    entered = client.post("/demo/in/", {"who": world.people["editor"].pk, "next": "/calls/2024/"})
    assert entered["Location"] == "/calls/2024/"
    assert "江晚晴" in text_of(client, "/home/")
    assert (
        client.post("/demo/in/", {"who": world.people["officer"].pk, "next": "https://example.org/"})["Location"]
        == "/home/"
    )


def test_a_printed_link_signs_in_until_it_is_old_or_altered(world: World) -> None:
    token = showcase.token_of(world.people["provincial"])
    client = world.client()
    assert client.get(f"/demo/in/{token}/")["Location"] == "/home/"
    assert client.get(f"/demo/in/{token}x/").status_code == 404
    world.travel(clock.now() + datetime.timedelta(days=31))
    assert world.client().get(f"/demo/in/{token}/").status_code == 404


def test_the_printed_links_are_one_a_role(world: World) -> None:
    links = {role: path for role, _, path in showcase.links()}
    assert len(links) == 12
    client = world.client()
    client.get(links["审计员"])
    assert "申计明" in text_of(client, "/home/")


def test_a_real_person_is_never_signed_in_by_a_click(world: World) -> None:
    real = world.people["checker"]
    token = showcase.token_of(real)
    real.invented = False
    real.save()
    client = world.client()
    assert real.name not in text_of(client, "/demo/people/")
    assert client.post("/demo/in/", {"who": real.pk}).status_code == 404
    assert client.get(f"/demo/in/{token}/").status_code == 404
    assert client.post("/demo/in/", {"who": "1 or 1"}).status_code == 404


def test_outside_of_the_demo_none_of_it_exists(world: World, settings) -> None:
    token = showcase.token_of(world.people["officer"])
    settings.KETUAN_DEMO = False
    client = world.client()
    for url in ("/demo/day/", "/demo/people/", f"/demo/in/{token}/"):
        assert client.get(url).status_code == 404
    assert client.post("/demo/day/", {"stage": "closed"}).status_code == 404
    assert client.post("/demo/in/", {"who": world.people["officer"].pk}).status_code == 404
    assert Shift.objects.count() == 0


def test_a_sign_in_by_click_needs_the_token_of_the_form(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post("/demo/in/", {"who": world.people["editor"].pk}).status_code == 403


def test_home_asks_the_database_no_more_for_50_applications_than_for_1(world: World) -> None:
    client = world.client("editor")
    applying.start(world.call, world.bodies["society"], who=world.who("editor"))

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/home/").status_code == 200
        return len(queries)

    asked()
    one = asked()
    first = Application.objects.get()
    for n in range(50):
        Application.objects.create(
            code=f"K24-1{n:03d}", call=world.call, society=first.society, changed_at=clock.now(), created_at=clock.now()
        )
    assert asked() == one
