"""The province's desk in a browser's eyes: what it shows, what it costs, who finds nothing."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.programme.test_saving import save
from tests.ready import asked, consented, written
from tests.world import World

from ketuan.programme import recommending
from ketuan.records.models import Application, Entry, Recommendation

PEOPLE = {
    "head_name": "程远山",
    "head_post": "副主席",
    "head_phone": "0551-60000001",
    **{f"officer{n}_name": name for n, name in enumerate(("江晚晴", "程安之", "夏知秋"))},
    **{f"officer{n}_unit": f"单位{n}" for n in range(3)},
    **{f"officer{n}_phone": f"1380000001{n}" for n in range(3)},
}


@pytest.fixture
def application(world: World):
    cache.clear()
    return written(world)


def test_the_society_asks_and_the_province_finds_it(world: World, application) -> None:
    editor, province = world.client("editor"), world.client("provincial")
    page = editor.get(f"/applications/{application.code}/consent/").content.decode()
    assert page.index("安徽省科学技术协会") < page.index("云南省科学技术协会")
    answer = editor.post(f"/applications/{application.code}/consent/", {"province": world.bodies["province"].pk})
    assert (answer.status_code, answer["Location"]) == (302, f"/applications/{application.code}/submit/")
    desk = province.get("/recommending/").content.decode()
    assert [word for word in ("特种钢", "铜陵市", "待推荐") if word not in desk] == []


def test_a_province_that_the_form_does_not_name_is_asked_only_knowingly(world: World, application) -> None:
    editor, address = world.client("editor"), f"/applications/{application.code}/consent/"
    first = editor.post(address, {"province": world.bodies["far"].pk})
    assert (first.status_code, "仍要请它推荐的，请勾选确认" in first.content.decode()) == (400, True)
    assert editor.post(address, {"province": world.bodies["far"].pk, "unserved": "yes"}).status_code == 302
    found = Recommendation.objects.get()
    page = world.client("far_provincial").get(f"/recommending/{found.pk}/").content.decode()
    assert "申报书没有写服务贵省" in page
    assert Entry.objects.get(verb="recommending.ask").data["served"] is False


def test_consent_despite_what_must_be_mended_is_given_knowingly(world: World, application) -> None:
    save(world, application, "rationale", "字" * 300)
    application.refresh_from_db()
    found, client = asked(world, application), world.client("provincial")
    address = f"/recommending/{found.pk}/"
    page = client.get(address).content.decode()
    assert ("仍有 1 条必须修改，仍同意推荐" in page, "申报书没有写服务贵省" in page) == (True, False)
    assert client.post(f"{address}consent/", PEOPLE).status_code == 400
    assert client.post(f"{address}consent/", {**PEOPLE, "despite": "yes"}).status_code == 302
    assert Entry.objects.get(verb="recommending.consent").data["blocking"] == 1


def test_nothing_chosen_keeps_the_page_and_says_so(world: World, application) -> None:
    answer = world.client("editor").post(f"/applications/{application.code}/consent/", {})
    assert (answer.status_code, "请选择一个省级科协" in answer.content.decode()) == (400, True)


def test_the_page_of_one_shows_the_paper_and_the_decision(world: World, application) -> None:
    found = asked(world, application)
    page = world.client("provincial").get(f"/recommending/{found.pk}/").content.decode()
    wanted = ("云杉大学", "联络组组长", "主要服务市区科协联络员", "同意推荐并出函", found.version.short_code)
    assert [word for word in wanted if word not in page] == []


def test_consent_gives_the_letter(world: World, application) -> None:
    found, client = asked(world, application), world.client("provincial")
    assert client.post(f"/recommending/{found.pk}/consent/", PEOPLE).status_code == 302
    letter = client.get(f"/recommending/{found.pk}/letter.pdf")
    assert (letter["Content-Type"], letter.content[:5]) == ("application/pdf", b"%PDF-")
    assert world.client("editor").get(f"/recommending/{found.pk}/letter.pdf").status_code == 200


def test_what_was_typed_stays_when_something_is_missing(world: World, application) -> None:
    found = asked(world, application)
    answer = world.client("provincial").post(f"/recommending/{found.pk}/consent/", {**PEOPLE, "head_phone": ""})
    page = answer.content.decode()
    assert (answer.status_code, "请填写联络组组长的电话" in page, "程远山" in page) == (400, True, True)
    answer = world.client("provincial").post(f"/recommending/{found.pk}/return/", {"reason": ""})
    assert answer.status_code == 400


def test_the_desk_is_filtered_by_state_and_words(world: World, application) -> None:
    asked(world, application)
    client = world.client("provincial")
    for address, there in (
        ("/recommending/?state=asked", True),
        ("/recommending/?state=refused", False),
        ("/recommending/?q=特种钢+测绘", True),
        ("/recommending/?q=量子", False),
        ("/recommending/?state=nonsense&page=99", True),
    ):
        assert (application.code in client.get(address).content.decode()) == there, address


def queries(client, address: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def test_the_desk_costs_the_same_with_one_and_with_fifty_rows(world: World, application) -> None:
    found = asked(world, application)
    client = world.client("provincial")
    one = queries(client, "/recommending/")
    for n in range(50):
        copy = Application.objects.get(pk=application.pk)
        copy.pk, copy.code = None, f"K24-{n + 100}"
        copy.save()
        Recommendation.objects.create(
            application=copy, province=found.province, version=found.version, asked_at=found.asked_at
        )
    assert recommending.listing(who=world.who("provincial")).count() == 51
    assert queries(client, "/recommending/") == one
    assert one <= 14


@pytest.mark.parametrize(
    "stranger", ["other_editor", "other_checker", "far_provincial", "municipal", "reviewer", "nobody"]
)
def test_a_stranger_gets_404_on_every_address(world: World, application, stranger: str) -> None:
    found = consented(world, application)
    client = world.client(stranger)
    has_a_desk = stranger in ("other_editor", "other_checker", "far_provincial")
    assert client.get("/recommending/").status_code == (200 if has_a_desk else 404)
    for address in (
        f"/recommending/{found.pk}/",
        f"/recommending/{found.pk}/letter.pdf",
        f"/applications/{application.code}/consent/",
    ):
        assert (address, client.get(address).status_code) == (address, 404)
    for address in (
        f"/recommending/{found.pk}/consent/",
        f"/recommending/{found.pk}/refuse/",
        f"/recommending/{found.pk}/return/",
        f"/applications/{application.code}/consent/",
        f"/applications/{application.code}/consent/{found.pk}/take-back/",
    ):
        assert (address, client.post(address, {"reason": "x"}).status_code) == (address, 404)


def test_the_public_is_sent_to_sign_in(world: World, application) -> None:
    found = asked(world, application)
    answer = world.client().get(f"/recommending/{found.pk}/")
    assert (answer.status_code, answer["Location"][:15]) == (302, "/account/login/")


def test_who_sees_but_may_not_is_told_why(world: World, application) -> None:
    found = asked(world, application)
    assert world.client("editor").post(f"/recommending/{found.pk}/consent/", PEOPLE).status_code == 403
    assert world.client("officer").post(f"/recommending/{found.pk}/refuse/", {"reason": "x"}).status_code == 403
    assert (
        world.client("provincial")
        .post(f"/applications/{application.code}/consent/", {"province": found.province_id})
        .status_code
        == 403
    )
