"""The pages of receiving: only the office has the desk, a society sees its own."""

from __future__ import annotations

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests import letters
from tests.ready import submitted
from tests.world import World

from ketuan.programme import receiving
from ketuan.programme.receiving import Bag
from ketuan.programme.who import PLATFORM
from ketuan.records import clock
from ketuan.records.models import Application, Dispatch, Mail, Submission

STRANGERS = ("editor", "checker", "other_editor", "provincial", "reviewer", "auditor", "nobody")


def take_in(data: bytes) -> Mail:
    return receiving.take_in(data, who=PLATFORM)


def dropped(world: World, *files: tuple[str, bytes], name: str = "officer"):
    given = [SimpleUploadedFile(title, data) for title, data in files]
    return world.client(name).post("/receiving/drop/", {"file": given}, follow=True)


def test_several_letters_are_dropped_at_once_and_told(world: World) -> None:
    shown = dropped(
        world,
        ("一.eml", letters.letter()),
        ("二.eml", letters.letter({}, subject="问题", message_id="<2@x.invalid>")),
        ("三.eml", b"%PDF-1.4"),
    )
    assert [str(m) for m in shown.context["messages"]] == [
        "三.eml：这不是邮件文件（.eml）。请在邮箱里用“导出邮件”或“另存为 eml”得到它。",
        "收了 2 封：已受理 1 封，待人工处理 1 封。",
    ]
    assert Submission.objects.count() == 1


def test_the_same_letter_dropped_again_is_told(world: World) -> None:
    dropped(world, ("一.eml", letters.letter()))
    shown = dropped(world, ("一.eml", letters.letter()))
    assert [str(m) for m in shown.context["messages"]] == ["收了 1 封：已受理 1 封。其中 1 封以前收过。"]


def test_the_desk_filters_and_searches(world: World) -> None:
    take_in(letters.letter())
    take_in(letters.letter({}, subject="请问怎样报送", message_id="<2@x.invalid>"))
    client = world.client("officer")
    assert len(client.get("/receiving/").context["page"]) == 2
    assert [m.subject for m in client.get("/receiving/?state=unclear").context["page"]] == ["请问怎样报送"]
    assert [m.state for m in client.get("/receiving/?q=云上测绘").context["page"]] == ["accepted"]
    assert len(client.get("/receiving/?q=没有这个").context["page"]) == 0


def test_a_person_decides_on_the_page(world: World) -> None:
    files = {"项目申报书.docx": letters.word(society="云测学会"), "1.pdf": letters.pdf("a"), "2.pdf": letters.pdf("b")}
    mail = take_in(letters.letter(files, subject="申报材料"))
    client, url = world.client("officer"), f"/receiving/mail/{mail.pk}/"
    assert client.get(url).status_code == 200
    assert client.post(f"{url}decide/", {"society": "没有这个学会"}).status_code == 400
    given = {"society": letters.SOCIETY, "kind:1": "signed_scan", "kind:2": "consent_letter"}
    client.post(f"{url}decide/", given)
    mail.refresh_from_db()
    assert (mail.state, Application.objects.count()) == ("accepted", 1)
    assert client.post(f"{url}decide/", given).status_code == 403


def test_a_forged_kind_is_refused(world: World) -> None:
    mail = take_in(letters.letter({"1.pdf": letters.pdf()}, subject="x"))
    shown = world.client("officer").post(
        f"/receiving/mail/{mail.pk}/decide/", {"society": letters.SOCIETY, "kind:0": "supplier_proof"}
    )
    assert (shown.status_code, shown.context["errors"]) == (400, {"kinds": "请为附件选择种类。"})


def test_answering_setting_aside_and_the_list(world: World) -> None:
    mail = take_in(letters.letter({"项目申报书.docx": letters.word()}))
    client, url = world.client("officer"), f"/receiving/mail/{mail.pk}/"
    assert client.get(f"{url}list.pdf").content[:5] == b"%PDF-"
    assert client.post(f"{url}answer/", {"text": ""}).status_code == 400
    assert client.post(f"{url}answer/", {"text": "请补齐。"}).status_code == 302
    assert client.post(f"{url}aside/", {"why": ""}).status_code == 400
    assert client.post(f"{url}aside/", {"why": "电话里说好了"}).status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.why) == ("aside", "电话里说好了")


def test_what_a_letter_says_is_shown_as_text(world: World) -> None:
    nasty = "<script>alert(1)</script>"
    mail = take_in(letters.letter({f"{nasty}.pdf": b"x"}, subject=nasty, text=nasty, sender="a@b.cn"))
    for url in ("/receiving/", f"/receiving/mail/{mail.pk}/"):
        assert nasty not in world.client("officer").get(url).content.decode()


@pytest.mark.parametrize("name", STRANGERS)
def test_the_desk_is_the_offices(world: World, name: str) -> None:
    mail, client = take_in(letters.letter()), world.client(name)
    assert client.get("/receiving/").status_code == 403
    assert client.get("/receiving/paper/").status_code == 403
    assert client.get("/receiving/paper/find/?q=K24").status_code == 403
    assert dropped(world, ("一.eml", letters.letter()), name=name).status_code == 403
    for tail in ("", "list.pdf"):
        assert client.get(f"/receiving/mail/{mail.pk}/{tail}").status_code == 404
    for tail in ("decide/", "answer/", "aside/"):
        assert client.post(f"/receiving/mail/{mail.pk}/{tail}", {}).status_code == 404
    assert client.get(f"/papers/{mail.paper_id}/").status_code == 404


def test_who_is_not_signed_in_is_sent_to_the_door(world: World) -> None:
    assert world.client().get("/receiving/").status_code == 302


# ---- paper -----------------------------------------------------------------------------------------------------------


def test_a_bag_is_entered_mended_and_seen_by_its_society(world: World) -> None:
    application = submitted(world).application
    code, url = application.submitted.version.short_code, f"/receiving/paper/{application.code}/"
    client = world.client("officer")
    assert client.get(f"/receiving/paper/find/?q={code}").url == url
    given = {
        "sent_on": "2024-05-09",
        "received_at": "2024-05-10T09:00",
        "originals": "1",
        "copies": "3",
        "sealed": "yes",
        "labelled": "no",
        "short_code": code,
    }
    assert client.post(url, given).status_code == 302
    held = Dispatch.objects.get()
    assert (held.sealed, held.labelled, [f["rule"] for f in held.findings]) == (
        True,
        False,
        ["paper.copies", "paper.label"],
    )
    assert client.get(url).status_code == 200
    assert client.post(f"{url}{held.pk}/", given | {"copies": "5", "labelled": "yes"}).status_code == 302
    held.refresh_from_db()
    assert (held.findings, held.agrees) == ([], True)
    own = f"/receiving/of/{application.code}/"
    assert list(world.client("editor").get(own).context["bags"]) == [held]
    assert world.client("other_editor").get(own).status_code == 404
    assert world.client("nobody").get(own).status_code == 404


def test_what_was_typed_wrong_is_kept_and_told_at_its_field(world: World) -> None:
    application = submitted(world).application
    given = {"sent_on": "2024-05-09", "received_at": "2024-05-10T09:00", "originals": "1", "short_code": "K7"}
    shown = world.client("officer").post(f"/receiving/paper/{application.code}/", given)
    assert shown.status_code == 400
    assert sorted(shown.context["form"].errors) == ["copies", "short_code"]


@pytest.mark.parametrize("name", ["editor", "provincial"])
def test_who_sees_an_application_does_not_enter_its_bag(world: World, name: str) -> None:
    application = submitted(world).application
    client = world.client(name)
    assert client.get(f"/receiving/paper/{application.code}/").status_code == 403
    assert client.post(f"/receiving/paper/{application.code}/", {}).status_code == 403
    assert world.client("other_editor").get(f"/receiving/paper/{application.code}/").status_code == 404


def queries(world: World, url: str) -> int:
    client = world.client("officer")
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_lists_ask_the_database_as_often_for_fifty_rows_as_for_one(world: World) -> None:
    mail = take_in(letters.letter())
    application = Application.objects.get()
    receiving.enter_bag(application, Bag(sent_on=datetime.date(2024, 5, 9)), who=world.who("officer"))
    urls = ("/receiving/", "/receiving/paper/")
    one = [queries(world, url) for url in urls]
    submission = application.submitted
    for n in range(49):
        mail.pk, mail.message_id = None, f"{n}@x.invalid"
        mail.save()
        copy = Application.objects.get(pk=application.pk)
        version = submission.version
        copy.pk, copy.code, copy.submitted = None, f"K24-1{n:03d}", None
        copy.save()
        version.pk, version.application = None, copy
        version.save()
        made = Submission.objects.get(pk=submission.pk)
        made.pk, made.key, made.number, made.version, made.application, made.entry = (
            None,
            f"k{n}",
            f"N{n}",
            version,
            copy,
            None,
        )
        made.save()
        copy.submitted = made
        copy.save()
        Dispatch.objects.create(
            application=copy,
            sent_on=datetime.date(2024, 5, 9),
            entered_by=world.people["officer"],
            entered_at=clock.now(),
        )
    assert [queries(world, url) for url in urls] == one
