"""What an attacker tried, each kept as a test: nothing of it may work again."""

import datetime
import json
import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.test import Client
from tests import ready
from tests.world import World

from ketuan.journal import sending, verifying
from ketuan.programme import applying, calling, enrolling, receipts, recommending, submitting
from ketuan.programme.applying.saving import ROWS, Change
from ketuan.programme.applying.typed import LONGEST
from ketuan.programme.enrolling.administrator import make_administrator
from ketuan.programme.enrolling.tokens import make_token
from ketuan.programme.errors import Invalid, Refused
from ketuan.records import clock
from ketuan.records.models import Application, Letter, Submission, User

USCC = "91340100MA2MQ11R0K"
PASSWORD = "correct horse 2024"  # that of tests.world


@pytest.fixture(autouse=True)
def _nothing_counted() -> None:
    cache.clear()


def begun(world: World) -> Application:
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


# ---- coming in -------------------------------------------------------------------------------------------------------


def second_step(world: World, secret: str) -> Client:
    """A browser in which the officer's password, which somebody stole, was typed already."""
    TOTP.activate(world.people["officer"], secret)
    thief = Client()
    answer = thief.post("/account/login/", {"login": world.people["officer"].email, "password": PASSWORD})
    assert answer["Location"] == "/account/2fa/authenticate/"
    return thief


def test_the_codes_of_the_second_factor_cannot_be_tried_one_by_one(world: World) -> None:
    secret = generate_totp_secret()
    thief = second_step(world, secret)
    right = format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30))
    for tried in range(5):
        thief.post("/account/2fa/authenticate/", {"code": f"{(int(right) + tried + 1000) % 1_000_000:06d}"})
    thief.post("/account/2fa/authenticate/", {"code": right})
    assert "_auth_user_id" not in thief.session


def test_the_right_code_comes_in_after_some_wrong_ones(world: World) -> None:
    secret = generate_totp_secret()
    owner = second_step(world, secret)
    right = format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30))
    for tried in range(3):
        owner.post("/account/2fa/authenticate/", {"code": f"{(int(right) + tried + 1000) % 1_000_000:06d}"})
    owner.post("/account/2fa/authenticate/", {"code": right})
    assert owner.session["_auth_user_id"] == str(world.people["officer"].pk)


def test_wrong_passwords_from_elsewhere_do_not_shut_the_owner_out(world: World) -> None:
    """Also behind a proxy, where all requests come from one address."""
    email = world.people["officer"].email
    for _ in range(8):
        Client(REMOTE_ADDR="203.0.113.9").post("/account/login/", {"login": email, "password": "wrong"})
    owner = Client(REMOTE_ADDR="198.51.100.7")
    owner.post("/account/login/", {"login": email, "password": PASSWORD})
    assert owner.session["_auth_user_id"] == str(world.people["officer"].pk)


def test_behind_a_proxy_tries_are_counted_by_the_address_that_the_proxy_tells(world: World, settings: object) -> None:
    settings.KETUAN_BEHIND_PROXY = True  # type: ignore[attr-defined]
    email = world.people["officer"].email

    def come(forwarded: str, password: str) -> Client:
        browser = Client(REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR=forwarded)
        browser.post("/account/login/", {"login": email, "password": password})
        return browser

    for n in range(6):  # what the attacker writes into the header himself does not count
        come(f"10.0.0.{n}, 203.0.113.9", "wrong")
    assert "_auth_user_id" not in come("10.0.0.99, 203.0.113.9", PASSWORD).session
    assert come("198.51.100.7", PASSWORD).session["_auth_user_id"] == str(world.people["officer"].pk)


def test_a_key_for_programs_is_no_way_around_the_second_factor(world: World, settings: object) -> None:
    begun(world)
    _, raw = make_token("脚本", ["application:read"], 30, who=world.who("officer"))
    settings.KETUAN_SECOND_FACTOR = True  # type: ignore[attr-defined]
    key = {"HTTP_AUTHORIZATION": f"Bearer {raw}"}
    assert Client().get("/api/applications", **key).status_code == 403
    TOTP.activate(world.people["officer"], generate_totp_secret())
    assert Client().get("/api/applications", **key).status_code == 200


def test_who_registers_the_address_of_the_coming_administrator_gains_nothing(world: World) -> None:
    squatter = User.objects.create_user("boss@example.invalid", "of the squatter 1", name="占位者")
    EmailAddress.objects.create(user=squatter, email=squatter.email, verified=False, primary=True)
    made = make_administrator(squatter.email, "管维安", "of the operator 2")
    assert (made.check_password("of the squatter 1"), made.check_password("of the operator 2")) == (False, True)
    assert made.name == "管维安"


def test_a_confirmed_account_keeps_its_password_when_it_becomes_administrator(world: World) -> None:
    made = make_administrator(world.people["nobody"].email, "", "another password 3")
    assert made.check_password(PASSWORD)


# ---- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        "安徽省科学技术协会",
        "安徽省\u200b科学技术协会",
        "安徽省科学技术协会\u202e",
        " 中国深谷材料学会",
        "中国深谷材料\u00ad学会",
    ],
)
def test_no_enterprise_registers_under_the_name_of_a_society_or_an_association(world: World, name: str) -> None:
    with pytest.raises(Invalid) as wrong:
        enrolling.propose("enterprise", name, who=world.who("nobody"), uscc=USCC, division="340100")
    assert list(wrong.value.errors) == ["name"]


def test_a_name_with_a_line_break_becomes_no_header_and_stops_no_letter(world: World) -> None:
    User.objects.filter(pk=world.people["nobody"].pk).update(name="甲\r\nBcc: x@example.invalid")
    enrolling.ask(world.bodies["society"], ["editor"], who=world.who("nobody"))
    waiting = Letter.objects.filter(channel=Letter.Channel.MAIL).count()
    assert (sending.send_due(), len(mail.outbox)) == (waiting, waiting)
    assert waiting > 0
    assert all("\n" not in one.subject and one.bcc == [] for one in mail.outbox)


# ---- what is sent ----------------------------------------------------------------------------------------------------


def save(world: World, application: Application, body: str) -> tuple[int, str]:
    address = f"/applications/{application.code}/save/"
    answer = world.client("editor").post(address, data=body, content_type="application/json")
    return answer.status_code, answer.headers["Content-Type"]


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000,
        '{"changes": [{"path": "cover.title", "raw": "x", "base": 1e999}]}',
        '{"changes": [{"path": "cover.__class__", "raw": "x"}]}',
        '{"changes": [{"path": "", "raw": "x"}]}',
        '{"changes": [{"path": "' + ".".join(["a"] * 5000) + '", "raw": "x"}]}',
        '{"changes": {"path": "cover.title"}}',
        "[]",
        "null",
    ],
)
def test_a_body_of_another_shape_is_told_and_changes_nothing(world: World, body: str) -> None:
    application = begun(world)
    assert save(world, application, body) == (400, "application/json")
    application.refresh_from_db()
    assert application.revision == 0


def test_signs_that_no_database_holds_are_left_out(world: World) -> None:
    application = begun(world)
    body = json.dumps({"changes": [{"path": "cover.title", "raw": "甲\u0000\ud800\u0007乙"}]})
    assert save(world, application, body) == (200, "application/json")
    application.refresh_from_db()
    assert application.form["cover"]["title"] == "甲乙"


def test_a_field_takes_no_more_than_a_person_writes(world: World) -> None:
    application = begun(world)
    who = world.who("editor")
    with pytest.raises(Invalid):
        applying.save(application, [Change("work_plan", "长" * (LONGEST + 1))], who=who)
    applying.save(application, [Change("work_plan", "长" * LONGEST)], who=who)
    application.refresh_from_db()
    assert len(application.form["work_plan"]) == LONGEST


def test_a_table_has_an_end(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ketuan.programme.applying.saving.ROWS", 2)
    application = begun(world)
    for _ in range(2):
        applying.add_row(application, "problems", who=world.who("editor"))
    with pytest.raises(Invalid):
        applying.add_row(application, "problems", who=world.who("editor"))
    application.refresh_from_db()
    assert (len(application.form["problems"]), ROWS) == (2, 200)


@pytest.mark.parametrize("address", ["/applications/%00/", "/applications/?q=%00", "/experts/?q=a%00b", "/verify/%00/"])
def test_a_zero_byte_is_refused_at_the_door(world: World, address: str) -> None:
    assert world.client("editor").get(address).status_code == 400


def test_a_zero_byte_in_a_form_is_refused_at_the_door(world: World) -> None:
    application = begun(world)
    told = {"key": "x", "text": "\0"}
    assert world.client("editor").post(f"/applications/{application.code}/submit/reason/", told).status_code == 400


@pytest.mark.parametrize("noun", ["applications", "organisations"])
@pytest.mark.parametrize("offset", ["9" * 25, "-5"])
def test_the_api_counts_no_further_than_databases_do(world: World, noun: str, offset: str) -> None:
    _, raw = make_token("脚本", ["application:read", "organisation:read"], 30, who=world.who("editor"))
    answer = Client().get(f"/api/{noun}?offset={offset}", HTTP_AUTHORIZATION=f"Bearer {raw}")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json; charset=utf-8")


def test_a_fault_of_ours_is_told_to_a_program_in_json(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr(calling, "listing", broken)
    answer = Client(raise_request_exception=False).get("/api/calls")
    assert (answer.status_code, "detail" in answer.json(), "secret" in answer.content.decode()) == (500, True, False)


@pytest.mark.parametrize("data", [b"a=" + b"[" * 20_000, b"a=" + b"9" * 5_000])
def test_a_call_file_that_breaks_readers_is_refused_with_a_sentence(world: World, data: bytes) -> None:
    with pytest.raises(Invalid) as wrong:
        calling.make_from_file(data, who=world.who("officer"), code="2031")
    assert list(wrong.value.errors) == ["file"]


# ---- going around a decision -----------------------------------------------------------------------------------------


def test_the_letter_of_an_earlier_consent_does_not_stand_for_one_that_was_refused(world: World) -> None:
    application = ready.written(world)
    ready.consented(world, application)
    who = world.who("editor")
    applying.save(application, [Change("cover.title", "换了名称的科技服务团", force=True)], who=who)
    application.refresh_from_db()
    second = recommending.ask(application, world.bodies["province"], who=who)
    recommending.refuse(second, "服务地市不符。", who=world.who("provincial"))
    application.refresh_from_db()
    consent = [
        paper.present
        for paper in submitting.readiness(application, who=world.who("editor")).papers
        if paper.kind == "consent"
    ]
    assert consent == [False]


def test_a_letter_that_the_society_uploads_itself_still_counts(world: World) -> None:
    application = ready.written(world)
    ready.paper(application, "consent_letter", "盖章的推荐材料.pdf")  # type: ignore[arg-type]
    consent = [
        paper.present
        for paper in submitting.readiness(application, who=world.who("editor")).papers
        if paper.kind == "consent"
    ]
    assert consent == [True]


# ---- what is shown and proven ----------------------------------------------------------------------------------------


def test_links_in_mails_lead_here_whatever_host_was_named(world: World) -> None:
    Client(HTTP_HOST="evil.example").post("/account/password/reset/", {"email": world.people["editor"].email})
    links = re.findall(r"https?://[^\s/]+", mail.outbox[0].body)
    assert set(links) == {"http://127.0.0.1:8000"}


def test_a_receipt_that_was_changed_in_the_database_is_found(world: World, settings: object, tmp_path: Path) -> None:
    settings.KETUAN_ANCHORS = str(tmp_path)  # type: ignore[attr-defined]
    submission = submitting.submit(ready.checked(world), key="k", who=world.who("checker"))
    assert verifying.verify().whole
    for change in (
        {"sha256": "0" * 64},
        {"at": submission.at - datetime.timedelta(days=9)},
        {"number": "HZ2024-000009-AA"},
    ):
        Submission.objects.filter(pk=submission.pk).update(**change)
        assert [fault.seq for fault in verifying.verify().faults] == [submission.entry.seq], change
        submission.save()
    assert verifying.verify().whole


def test_the_public_page_calls_no_receipt_valid_that_the_journal_does_not_know_so(world: World) -> None:
    submission = submitting.submit(ready.checked(world), key="k", who=world.who("checker"))
    assert receipts.verify(submission.number).valid
    Submission.objects.filter(pk=submission.pk).update(at=submission.at - datetime.timedelta(days=9))
    found = receipts.verify(submission.number)
    assert (found.valid, found.state) == (False, "与日志不符，请向项目办核实")


@pytest.mark.parametrize(
    ("reader", "status"), [("editor", 200), ("checker", 200), ("provincial", 403), ("officer", 403)]
)
def test_birth_dates_and_phones_of_the_roster_leave_only_to_the_society(world: World, reader: str, status: int) -> None:
    submission = submitting.submit(ready.checked(world), key="k", who=world.who("checker"))
    browser = world.client(reader)
    assert browser.get(f"/receipts/{submission.number}/form.json").status_code == status
    shown = "form.json" in browser.get(f"/receipts/{submission.number}/").content.decode()
    assert shown == (status == 200)


@pytest.mark.parametrize(("maker", "body", "role"), [("officer", "other", "checker"), ("checker", "society", "editor")])
def test_nobody_takes_the_role_of_an_own_invitation(world: World, maker: str, body: str, role: str) -> None:
    made = enrolling.invite(world.bodies[body], role, who=world.who(maker))
    with pytest.raises(Refused):
        enrolling.accept_invitation(made.token, who=world.who(maker))
    assert {holding.role for holding in world.who(maker).holdings} == {maker, "person", "public"}
