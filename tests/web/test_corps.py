"""Pages of the corps: roster, Excel, invitation, printed table, cross-check; strangers get 404."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from tests.programme.rosters import entry, some, workbook
from tests.world import World, expert

from ketuan.programme import applying
from ketuan.programme.applying import members
from ketuan.records.models import Application

STRANGERS = ("other_editor", "far_provincial", "municipal", "owner", "reviewer", "nobody")


@pytest.fixture
def application(world: World) -> Application:
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def add(world: World, application, *entries) -> None:
    members.add_members(application, entries, who=world.who("editor"))


def url(name: str, application, *more: object) -> str:
    return reverse(name, args=(application.code, *more))


def test_strangers_get_404_and_the_public_the_sign_in(world: World, application) -> None:
    add(world, application, entry("甲一"))
    pk = application.members.get().pk
    pages = [url(n, application) for n in ("corps", "corps_printed", "cross", "corps_template")]
    pages.append(url("corps_without", application, pk))
    acts = [
        url(n, application)
        for n in ("corps_add", "corps_excel", "corps_take", "corps_export", "corps_invite", "corps_printed")
    ]
    acts += [url(n, application, pk) for n in ("corps_change", "corps_remove")]
    for name in STRANGERS:
        client = world.client(name)
        assert [client.get(page).status_code for page in pages] == [404] * len(pages), name
        assert [client.post(act).status_code for act in acts] == [404] * len(acts), name
    public = world.client()
    assert [public.get(page).status_code for page in pages] == [302] * len(pages)
    assert [public.post(act).status_code for act in acts] == [302] * len(acts)
    assert application.members.count() == 1


def test_who_sees_but_may_not_is_refused(world: World, application) -> None:
    add(world, application, entry("甲一"))
    client = world.client("officer")
    assert client.get(url("corps", application)).status_code == 200
    assert client.post(url("corps_invite", application), {"name": "乙一"}).status_code == 403
    assert client.post(url("corps_export", application)).status_code == 403


def test_unsafe_acts_are_not_done_by_get(world: World, application) -> None:
    client = world.client("editor")
    for name in ("corps_add", "corps_excel", "corps_take", "corps_export", "corps_invite"):
        assert client.get(url(name, application)).status_code == 405


def test_the_roster_shows_what_is_lacking_and_masks_phones(world: World, application) -> None:
    add(world, application, *some(old=10, young=7, elite=2))
    page = world.client("editor").get(url("corps", application)).content.decode()
    assert "还差 3 人，还差 3 名 45 岁及以下" in page
    assert "139****0000" in page
    assert "13900000000" not in page
    assert "139****" not in world.client("officer").get(url("corps", application)).content.decode()


def test_the_roster_takes_as_many_queries_for_fifty_as_for_one(
    world: World, application, django_assert_max_num_queries
) -> None:
    add(world, application, entry("甲一"))
    client = world.client("editor")
    client.get(url("corps", application))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        client.get(url("corps", application))
    add(world, application, *(entry(f"乙{n}", unit=f"单位{n}号") for n in range(49)))
    with django_assert_max_num_queries(len(few)):
        client.get(url("corps", application))


def test_what_if_is_a_part_for_htmx_and_a_page_without(world: World, application) -> None:
    add(world, application, *some(old=10, young=10, elite=2))
    pk = application.members.get(expert__name="老一").pk
    client = world.client("editor")
    part = client.get(url("corps_without", application, pk), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in part, "会新出现 1 处不符" in part) == (False, True)
    assert "如果老一退出" in client.get(url("corps_without", application, pk)).content.decode()


def test_a_workbook_is_previewed_and_the_ticked_rows_are_imported(world: World, application) -> None:
    client = world.client("editor")
    file = SimpleUploadedFile("名册.xlsx", workbook([entry("甲一"), entry("甲二"), entry("甲三")]))
    page = client.post(url("corps_excel", application), {"file": file})
    assert page.status_code == 200
    assert application.members.count() == 0
    signed = re.search(r'name="rows" value="([^"]+)"', page.content.decode())
    assert signed is not None
    client.post(url("corps_take", application), {"rows": signed[1], "row": ["0", "2"]})
    assert [m.expert.name for m in application.members.all()] == ["甲一", "甲三"]
    other = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    client.post(url("corps_take", other), {"rows": signed[1], "row": ["0"]})
    world.client("checker").post(url("corps_take", application), {"rows": signed[1], "row": ["1"]})
    assert (other.members.count(), application.members.count()) == (0, 2)


def test_a_file_that_is_no_workbook_is_told_on_the_page(world: World, application) -> None:
    file = SimpleUploadedFile("名册.xlsx", b"MZ")
    page = world.client("editor").post(url("corps_excel", application), {"file": file})
    assert (page.status_code, "不是 Excel 工作簿" in page.content.decode()) == (400, True)


def test_the_search_finds_and_adds(world: World, application) -> None:
    known = expert("乔木", "云岭大学", added_by=world.bodies["society"])
    client = world.client("editor")
    assert f'value="{known.pk}"' in client.get(url("corps", application), {"q": "乔木"}).content.decode()
    client.post(url("corps_add", application), {"expert": known.pk})
    assert application.members.get().expert == known


def invited(world: World, application, name: str = "乔木") -> str:
    page = world.client("editor").post(url("corps_invite", application), {"name": name}).content.decode()
    found = re.search(r'value="http[^"]*(/invited/corps/[^"]+)"', page)
    assert found is not None
    return found[1]


ANSWER = {
    "name": "乔木", "unit": "云岭大学", "born": "1985-03-12", "phone": "13900000001", "consent": "corps-1", "answer": "agree",
}  # fmt: skip


def test_an_expert_answers_without_an_account(world: World, application) -> None:
    link, client = invited(world, application), world.client()
    page = client.get(link).content.decode()
    assert world.bodies["society"].name in page
    done = client.post(link, ANSWER, follow=True)
    assert "您已同意参加" in done.content.decode()
    assert application.members.get().consent == "given"
    assert client.get(link).status_code == 404


def test_without_the_consent_box_nothing_is_agreed(world: World, application) -> None:
    link = invited(world, application)
    page = world.client().post(link, {**ANSWER, "consent": ""})
    assert (page.status_code, 'value="云岭大学"' in page.content.decode()) == (400, True)
    assert application.members.get().consent == "invited"


def test_an_expert_may_decline_with_an_empty_form(world: World, application) -> None:
    done = world.client().post(invited(world, application), {"answer": "refuse"}, follow=True)
    assert "没有保存" in done.content.decode()
    assert application.members.get().consent == "refused"


def test_a_made_up_link_is_gone_not_broken(world: World) -> None:
    assert world.client().get("/invited/corps/made-up/").status_code == 404


def test_the_invitation_page_shows_nothing_of_the_register(world: World, application) -> None:
    known = expert("乔木", "云岭大学", phone="13900000009", added_by=world.bodies["society"])
    member = members.add_member(application, known.pk, who=world.who("editor"))
    page = world.client("editor").post(url("corps_invite", application), {"member": member.pk}).content.decode()
    link = re.search(r'value="http[^"]*(/invited/corps/[^"]+)"', page)
    assert link is not None
    assert "13900000009" not in world.client().get(link[1]).content.decode()


def test_the_printed_table_is_written_in_the_order_of_the_numbers(world: World, application) -> None:
    add(world, application, entry("甲一"), entry("甲二"), entry("甲三"))
    one, two, three = (m.pk for m in application.members.all())
    posted = {
        "base": "0", "count": "3",
        "member-1": one, "on-1": "1", "order-1": "2", "duty-1": "总体", "key-1": "",
        "member-2": two, "on-2": "1", "order-2": "1", "duty-2": "", "key-2": "",
        "member-3": three, "order-3": "", "duty-3": "", "key-3": "",
    }  # fmt: skip
    answer = world.client("editor").post(url("corps_printed", application), posted)
    application.refresh_from_db()
    assert answer.status_code == 302
    assert [(r["name"], r["duty"]) for r in application.form["personnel"]] == [("甲二", ""), ("甲一", "总体")]


def test_a_province_sees_that_something_is_shared_and_not_what(world: World, application) -> None:
    other = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    for one in (application, other):
        add(world, one, entry("乔木"))
    application.recommendations.create(province=world.bodies["province"], asked_at=application.created_at)
    page = world.client("provincial").get(url("cross", application)).content.decode()
    assert "另一份不在您能查看的范围内" in page
    assert (other.code in page, "乔木" in page) == (False, False)
    assert world.client("provincial").get(url("cross", other)).status_code == 404
    own = world.client("editor").get(url("cross", application), headers={"HX-Request": "true"}).content.decode()
    assert ("<html" in own, other.code in own, "乔木" in own) == (False, True, True)


LEAKS = ("", "check/", "submit/", "cross/", "corps/")


@pytest.mark.parametrize("page", LEAKS)
def test_no_page_of_one_application_tells_a_province_of_the_other(world: World, application, page: str) -> None:
    other = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    add(world, application, entry("乔木", phone="13900000001"))
    add(world, other, entry("乔木", phone="13900000001"), entry("别团的人"))
    applying.save(other, [applying.Change("cover.title", "别处的服务团", 0)], who=world.who("editor"))
    application.recommendations.create(province=world.bodies["province"], asked_at=application.created_at)
    asked = world.client("provincial").get(f"/applications/{application.code}/{page}")
    assert asked.status_code == 200 if page != "corps/" else asked.status_code in (200, 404)
    text = asked.content.decode()
    told = [word for word in (other.code, "别处的服务团", "别团的人", "13900000001", "个相同的成员") if word in text]
    assert told == []
    if page in ("submit/", "cross/"):
        assert "另一份不在您能查看的范围内" in text
    own = world.client("editor").get(f"/applications/{application.code}/submit/").content.decode()
    assert ("1 个相同的成员：乔木" in own, "另一份不在您能查看的范围内" in own) == (True, False)


def test_the_home_page_asks_for_the_cross_check(world: World, application) -> None:
    page = world.client("editor").get(f"/applications/{application.code}/").content.decode()
    assert f'hx-get="{url("cross", application)}"' in page
    assert world.client("editor").get(f"/applications/{application.code}/shared/").status_code == 404


def test_a_link_goes_out_by_mail_too_where_the_address_is_known(world: World, application, mailoutbox) -> None:
    page = world.client("editor").post(
        url("corps_invite", application), {"name": "乔木", "email": "Qiao@example.invalid"}
    )
    link = re.search(r'value="http[^"]*(/invited/corps/[^"]+)"', page.content.decode())
    assert link is not None
    assert [(m.to, link[1] in m.body) for m in mailoutbox] == [(["qiao@example.invalid"], True)]
    wrong = world.client("editor").post(url("corps_invite", application), {"name": "甲一", "email": "不是邮箱"})
    assert (wrong.status_code, len(mailoutbox)) == (400, 1)


def test_the_address_of_the_register_is_used_and_not_shown(world: World, application, mailoutbox) -> None:
    known = expert("乔木", "云岭大学", email="qiao@example.invalid")
    member = members.add_member(application, known.pk, who=world.who("editor"))
    page = world.client("editor").post(url("corps_invite", application), {"member": member.pk}).content.decode()
    assert [m.to for m in mailoutbox] == [["qiao@example.invalid"]]
    assert "qiao@example.invalid" not in page
