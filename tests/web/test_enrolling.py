"""The pages of enrolling: who gets which, forms that work without script, lists with a fixed number of queries."""

import re

import pytest
from django.test import Client
from tests.programme.test_enrolling_roles import GOOD
from tests.world import World, body, expert, person

from ketuan.programme import enrolling
from ketuan.records.models import Letter, Organisation, Role, User

OFFICE, NOBODY = "officer", "nobody"


def status(world: World, name: str | None, address: str) -> int:
    return world.client(name).get(address).status_code


@pytest.mark.parametrize(
    ("address", "seen", "unseen"),
    [
        ("/bodies/", ("officer", "provincial", "editor", "nobody"), ()),
        ("/bodies/asked/", ("officer", "provincial", "municipal", "owner", "checker"), ("editor", "auditor", "nobody")),
        ("/bodies/suppliers/", ("officer",), ("administrator", "checker", "provincial", "nobody")),
        ("/bodies/{society}/supplier/", ("officer", "editor"), ("other_editor", "provincial", "nobody", "auditor")),
        ("/bodies/{society}/", ("officer", "editor", "other_editor", "nobody"), ()),
        ("/experts/", ("officer", "editor", "checker", "provincial"), ("owner", "auditor", "reviewer", "nobody")),
        ("/experts/{expert}/", ("officer", "other_editor"), ("owner", "auditor", "reviewer", "nobody")),
        ("/me/tokens/", ("officer", "nobody"), ()),
        ("/me/roles/", ("officer", "nobody"), ()),
        ("/me/expert/", ("officer", "nobody"), ()),
        ("/invited/guess/", (), ("officer", "nobody")),
    ],
)
def test_who_gets_which_page(world: World, address: str, seen: tuple[str, ...], unseen: tuple[str, ...]) -> None:
    address = address.format(society=world.bodies["society"].pk, expert=expert("林知远", "江城大学").pk)
    assert {n: status(world, n, address) for n in (*seen, *unseen)} == {
        **dict.fromkeys(seen, 200),
        **dict.fromkeys(unseen, 404),
    }
    assert status(world, None, address) == (404 if "invited" in address else 302)


def test_people_of_a_body_are_shown_to_its_own_only(world: World) -> None:
    address = f"/bodies/{world.bodies['society'].pk}/"
    assert "沈听澜" in world.client("editor").get(address).content.decode()
    assert "沈听澜" not in world.client("other_editor").get(address).content.decode()


def test_a_body_that_waits_does_not_exist_for_others(world: World) -> None:
    waiting = body("enterprise", "合肥待批公司", state="asked", division="340100", parent=world.bodies["city"])
    address = f"/bodies/{waiting.pk}/"
    assert (status(world, "municipal", address), status(world, "editor", address)) == (200, 404)
    assert "合肥待批公司" not in Client().get("/bodies/choose/?q=待批").content.decode()


# ---- registration ----------------------------------------------------------------------------------------------------


def registration(**more: object) -> dict[str, object]:
    return {
        "name": "程知新",
        "email": "new@example.invalid",
        "password1": "correct horse 2024",
        "password2": "correct horse 2024",
        **more,
    }


def test_registering_for_a_society_in_two_steps(world: World, mailoutbox: list) -> None:
    client, society = Client(), world.bodies["society"]
    found = client.get("/bodies/choose/?q=云上测绘").content.decode()
    assert f"/account/signup/?body={society.pk}" in found
    page = client.get(f"/account/signup/?body={society.pk}").content.decode()
    assert "中国云上测绘装备学会" in page
    sent = client.post("/account/signup/", registration(body=society.pk, roles=["editor"]))
    assert sent.status_code == 302
    role = Role.objects.get(user__email="new@example.invalid")
    assert (role.user.name, role.kind, role.state) == ("程知新", "editor", "asked")
    assert Letter.objects.count() == 0
    link = re.search(r"/account/confirm-email/\S+", mailoutbox[0].body)
    assert link is not None
    client.post(link.group())
    assert Letter.objects.filter(kind="role_asked", channel="in_app").count() == 2
    assert "程知新" in world.client("officer").get("/bodies/asked/").content.decode()


def test_registering_a_new_enterprise(world: World) -> None:
    page = Client().get("/account/signup/?new=enterprise").content.decode()
    assert 'name="uscc"' in page
    given = registration(new="enterprise", body_name="合肥新芽电子公司", uscc="91", division="340100", roles=["owner"])
    wrong = Client().post("/account/signup/", given)
    assert "应为 18 位" in wrong.content.decode()
    assert User.objects.filter(email="new@example.invalid").count() == 0
    assert Client().post("/account/signup/", {**given, "uscc": GOOD}).status_code == 302
    made = Organisation.objects.get(name="合肥新芽电子公司")
    assert (made.state, made.parent, made.roles.get().state) == ("asked", world.bodies["city"], "asked")


def test_registering_without_a_body(world: World) -> None:
    assert Client().post("/account/signup/", registration()).status_code == 302
    assert User.objects.get(email="new@example.invalid").roles.count() == 0


def test_a_role_of_the_office_cannot_be_slipped_in(world: World) -> None:
    given = registration(body=world.bodies["society"].pk, roles=["officer"])
    assert Client().post("/account/signup/", given).status_code == 200
    given = registration(body=world.bodies["office"].pk, roles=["officer"])
    assert Client().post("/account/signup/", given).status_code == 302
    assert Role.objects.filter(user__email="new@example.invalid").count() == 0


def test_joining_later(world: World) -> None:
    client, society = world.client(NOBODY), world.bodies["society"]
    assert client.post(f"/me/join/?body={society.pk}", {"roles": ["editor"]}).status_code == 302
    assert Role.objects.get(user=world.people[NOBODY]).state == "asked"
    given = {"body_name": "合肥新芽电子公司", "uscc": GOOD, "division": "340100", "roles": ["owner"]}
    assert client.post("/me/join/?new=enterprise", given).status_code == 302
    assert Organisation.objects.get(name="合肥新芽电子公司").state == "asked"


# ---- the desk, people, invitations -----------------------------------------------------------------------------------


def test_approving_and_refusing_at_the_desk(world: World) -> None:
    one = enrolling.ask(world.bodies["society"], ["editor"], who=world.who(NOBODY))[0]
    two = enrolling.ask(world.bodies["society"], ["editor"], who=world.who("owner"))[0]
    client = world.client("checker")
    assert world.client("other_checker").post(f"/bodies/asked/{one.pk}/approve/").status_code == 404
    assert client.get(f"/bodies/asked/{one.pk}/approve/").status_code == 405
    assert client.post(f"/bodies/asked/{one.pk}/approve/").status_code == 302
    assert client.post(f"/bodies/asked/{two.pk}/refuse/", {"reason": ""}).status_code == 400
    assert client.post(f"/bodies/asked/{two.pk}/refuse/", {"reason": "不是本会人员"}).status_code == 302
    assert list(Role.objects.filter(pk__in=(one.pk, two.pk)).order_by("pk").values_list("state", flat=True)) == [
        "active",
        "refused",
    ]


def test_an_invitation_is_shown_once_and_accepted(world: World) -> None:
    address = f"/bodies/{world.bodies['society'].pk}/"
    client = world.client("checker")
    page = client.post(f"{address}invite/", {"role": "editor", "name": "新人"}).content.decode()
    link = re.search(r"/invited/[\w-]+/", page)
    assert link is not None
    assert link.group() not in client.get(address).content.decode()
    assert "我是新来的" in Client().get(link.group()).content.decode()
    guest = world.client(NOBODY)
    assert guest.get(link.group()).status_code == 200
    assert guest.post(link.group()).status_code == 302
    assert "editor" in world.who(NOBODY).roles()
    assert guest.get(link.group()).status_code == 404
    assert world.client("editor").post(f"{address}invite/", {"role": "editor"}).status_code in (400, 403)


def test_ending_a_role_and_leaving(world: World) -> None:
    society = world.bodies["society"]
    role = Role.objects.get(user=world.people["editor"])
    address = f"/bodies/{society.pk}/roles/{role.pk}/end/"
    assert world.client("other_checker").post(address, {"reason": "x"}).status_code == 404
    assert world.client("editor").post(address, {"reason": "x"}).status_code == 403
    assert world.client("editor").post(f"/me/roles/{society.pk}/leave/").status_code == 302
    assert Role.objects.get(pk=role.pk).state == "ended"


def test_editing_the_own_body(world: World) -> None:
    address = f"/bodies/{world.bodies['society'].pk}/edit/"
    assert world.client("editor").post(address, {"address": "北京市西城区"}).status_code == 302
    assert Organisation.objects.get(pk=world.bodies["society"].pk).address == "北京市西城区"
    assert world.client("other_editor").get(address).status_code == 403


# ---- keys, experts, supplier -----------------------------------------------------------------------------------------


def test_a_key_is_shown_once(world: World) -> None:
    client = world.client("editor")
    page = client.post("/me/tokens/", {"name": "办公系统", "scopes": ["call:read"], "days": "30"}).content.decode()
    raw = re.search(r"ketuan_[\w-]{40,}", page)
    assert raw is not None
    assert raw.group() not in client.get("/me/tokens/").content.decode()
    assert enrolling.person_of_token(raw.group()) is not None
    token = enrolling.tokens_of(who=world.who("editor"))[0]
    assert world.client("checker").post(f"/me/tokens/{token.pk}/revoke/").status_code == 404
    assert client.post(f"/me/tokens/{token.pk}/revoke/").status_code == 302
    assert client.post("/me/tokens/", {"name": "", "days": "30"}).status_code == 400


def test_no_phone_or_mail_of_an_expert_leaves_in_full(world: World) -> None:
    lin = expert(
        "林知远", "江城大学", phone="13912340000", email="lin@example.invalid", added_by=world.bodies["society"]
    )
    for name in ("officer", "provincial", "other_editor"):
        for address in ("/experts/", f"/experts/{lin.pk}/"):
            page = world.client(name).get(address).content.decode()
            assert ("13912340000" in page, "lin@example.invalid" in page) == (False, False), (name, address)
    assert "13912340000" in world.client("editor").get(f"/experts/{lin.pk}/").content.decode()


def test_merging_experts_is_the_offices(world: World) -> None:
    a, b = expert("林知远", "江城大学"), expert("林知远", "江城大学")
    address = f"/experts/{a.pk}/merge/{b.pk}/"
    assert world.client("editor").get(address).status_code == 403
    assert world.client(NOBODY).get(address).status_code == 404
    assert world.client(OFFICE).get(address).status_code == 200
    assert world.client(OFFICE).post(address).status_code == 302


def test_the_own_record_and_consent(world: World) -> None:
    expert("林知远", "江城大学", user=world.people[NOBODY])
    client = world.client(NOBODY)
    assert client.post("/me/expert/", {"unit": "云岭大学"}).status_code == 302
    assert client.post("/me/expert/consent/", {"consent": "give"}).status_code == 302
    assert client.post("/me/expert/consent/", {"consent": "withdraw"}).status_code == 302
    assert "您已于2024年5月10日撤回同意" in client.get("/me/expert/").content.decode()
    assert world.client("editor").post("/me/expert/consent/", {"consent": "give"}).status_code == 404


def test_supplier_registration(world: World) -> None:
    address = f"/bodies/{world.bodies['society'].pk}/supplier/"
    client = world.client("editor")
    assert "请填写平台给出的供应商编号" in client.post(address, {"state": "done"}).content.decode()
    given = {"state": "done", "number": "GYS-1", "day": "2024-05-09"}
    assert client.post(address, given).status_code == 302
    assert world.client(OFFICE).post(address, given).status_code == 403
    assert "GYS-1" in world.client(OFFICE).get("/bodies/suppliers/").content.decode()
    assert client.post("/bodies/suppliers/remind/").status_code == 403
    assert client.get(f"{address}proof/").status_code == 404
    assert world.client(OFFICE).post("/bodies/suppliers/remind/").status_code == 302


# ---- numbers of queries ----------------------------------------------------------------------------------------------


def queries(world: World, name: str, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = world.client(name)
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


@pytest.mark.parametrize(
    ("name", "address", "most"),
    [
        ("officer", "/bodies/", 9),
        ("officer", "/bodies/asked/", 12),
        ("checker", "/bodies/asked/", 12),
        ("officer", "/bodies/suppliers/", 12),
        ("officer", "/experts/", 9),
        ("officer", "/bodies/{society}/", 24),
    ],
)
def test_lists_take_as_many_queries_for_fifty_rows_as_for_one(world: World, name: str, address: str, most: int) -> None:
    society = world.bodies["society"]
    address = address.format(society=society.pk)

    def grow(*numbers: int) -> None:
        for n in numbers:
            person(f"甲{n}", f"a{n}@example.invalid", ("editor", body("society", f"中国第{n}学会")))
            expert(f"林{n}", "江城大学")
            new = person(f"乙{n}", f"b{n}@example.invalid")
            Role.objects.create(user=new, organisation=society, kind="editor", asked_at=world.call.created_at)
            waiting = body("city", f"第{n}市科协", state="asked")
            Role.objects.create(user=new, organisation=waiting, kind="municipal", asked_at=world.call.created_at)

    grow(0)
    one = queries(world, name, address)
    grow(*range(1, 50))
    fifty = queries(world, name, address)
    assert fifty == one
    assert fifty <= most
