"""The door for programs: the same permits and verbs as the pages; a key opens what its scopes say, a stranger nothing."""

import json

import pytest
from tests.world import World

from ketuan.programme import applying
from ketuan.programme.enrolling import tokens
from ketuan.records.models import Application


@pytest.fixture
def application(world: World):
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def key(world: World, name: str, *scopes: str) -> dict[str, str]:
    _, raw = tokens.make_token("测试", scopes, 30, who=world.who(name))
    return {"HTTP_AUTHORIZATION": f"Bearer {raw}"}


def test_anybody_reads_the_published_calls(world: World) -> None:
    answer = world.client().get("/api/calls/2024").json()
    assert answer["rules"]["project"]["awards"]["value"] == 105
    assert answer["deadline_at"].startswith("2024-05-24T")


def test_without_a_key_there_is_nothing_else(world: World, application) -> None:
    client = world.client()
    for address in ("/api/organisations", "/api/applications", f"/api/applications/{application.code}"):
        assert client.get(address).status_code == 401


def test_the_browser_session_is_no_key(world: World, application) -> None:
    assert world.client("editor").get(f"/api/applications/{application.code}").status_code == 401


def test_a_key_without_the_scope_is_refused_in_words(world: World, application) -> None:
    answer = world.client().get("/api/applications", **key(world, "editor", "call:read"))
    assert answer.status_code == 403
    assert "读取申报书" in answer.json()["detail"]


def test_the_owner_reads_and_saves_and_the_stranger_finds_nothing(world: World, application) -> None:
    client, address = world.client(), f"/api/applications/{application.code}"
    owner = key(world, "editor", "application:read", "application:write")
    body = json.dumps({"changes": [{"path": "budget.requested", "value": "80"}]})
    saved = client.post(f"{address}/save", body, content_type="application/json", **owner)
    assert saved.json() == {"revision": 1, "saved": {"budget.requested": ""}, "overtaken": {}, "gone": []}
    assert client.get(address, **owner).json()["form"]["budget"]["requested"] == 80.0
    stranger = key(world, "other_editor", "application:read", "application:write")
    assert client.get(address, **stranger).status_code == 404
    assert client.get(f"{address}/findings", **stranger).status_code == 404
    assert client.post(f"{address}/save", body, content_type="application/json", **stranger).status_code == 404
    assert client.get("/api/applications", **stranger).json() == []
    assert Application.objects.get().revision == 1


def test_findings_are_those_of_the_rules(world: World, application) -> None:
    owner = key(world, "editor", "application:read")
    told = world.client().get(f"/api/applications/{application.code}/findings", **owner).json()
    assert [(f["rule"], f["path"]) for f in told] == [(f.rule, f.path) for f in applying.findings_of(application)]


def test_wrong_input_is_told_by_place(world: World, application) -> None:
    owner = key(world, "editor", "application:write")
    body = json.dumps({"changes": [{"path": "no.such.field", "value": "x"}]})
    answer = world.client().post(
        f"/api/applications/{application.code}/save", body, content_type="application/json", **owner
    )
    assert (answer.status_code, answer.json()["fields"]) == (400, {"no.such.field": "表中没有这一栏。"})


def test_a_receipt_that_was_never_given_is_404(world: World) -> None:
    assert world.client().get("/api/receipts/HZ2024-999999-AA").status_code == 404


def test_the_description_and_its_page_answer(world: World) -> None:
    client = world.client()
    assert client.get("/api/openapi.json").json()["openapi"] == "3.1.0"
    assert client.get("/api/docs").status_code == 200


def test_findings_say_nothing_of_another_application(world: World, application) -> None:
    from tests.programme.rosters import entry

    from ketuan.programme.applying import members

    other = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    for one in (application, other):
        members.add_members(one, [entry("乔木")], who=world.who("editor"))
    application.recommendations.create(province=world.bodies["province"], asked_at=application.created_at)
    answer = world.client().get(
        f"/api/applications/{application.code}/findings", **key(world, "provincial", "application:read")
    )
    assert (answer.status_code, other.code in answer.content.decode()) == (200, False)
