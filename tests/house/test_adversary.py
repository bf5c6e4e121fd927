"""What an attacker tried, each kept as a test: nothing of it may work again."""

import dataclasses
import datetime
import json
import re
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from tests import letters, ready
from tests.world import World, expert

from ketuan.cli import platform
from ketuan.journal import sending, verifying
from ketuan.programme import applying, calling, enrolling, receipts, recommending, submitting
from ketuan.programme.applying import importing, inviting, members
from ketuan.programme.applying.inviting import Answer
from ketuan.programme.applying.saving import ROWS, Change
from ketuan.programme.applying.typed import LONGEST
from ketuan.programme.enrolling import kinds, signing
from ketuan.programme.enrolling.administrator import make_administrator
from ketuan.programme.enrolling.tokens import make_token
from ketuan.programme.errors import Invalid, NotFound, Refused
from ketuan.programme.who import ANYBODY
from ketuan.records import clock
from ketuan.records.models import (
    Application,
    CorpsMember,
    Entry,
    Expert,
    Invitation,
    Letter,
    Role,
    Submission,
    User,
)

USCC = "91340100MA2MQ11R0K"
PASSWORD = "correct horse 2024"  # that of tests.world


@pytest.fixture(autouse=True)
def _nothing_counted(db: None) -> None:
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


# ---- what must outlive a process ---------------------------------------------------------------------------------------


def test_tries_are_counted_where_all_processes_see_them(world: World) -> None:
    Client().get("/verify/HZ2024-000001-AA/")
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from ketuan_cache where cache_key like %s", ["%verify:%"])
        assert cursor.fetchone() == (1,)


def test_a_platform_without_the_table_of_tries_gets_it_when_it_is_made_ready(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "_static", lambda _command: None)
    with connection.cursor() as cursor:
        cursor.execute("drop table ketuan_cache")
    platform.prepare()
    cache.set("a", 1)
    assert cache.get("a") == 1


def test_nobody_gets_mail_for_an_address_that_is_not_registered(world: World) -> None:
    answer = Client().post("/account/password/reset/", {"email": "stranger@example.org"})
    assert (answer.status_code, mail.outbox) == (302, [])


@pytest.mark.parametrize("data", ["x" * 3_000_000, "名称\t行政区划代码\t类别\n" + "x" * 200_000])
def test_a_registry_that_no_reader_takes_is_refused_with_a_sentence(world: World, data: str) -> None:
    draft = calling.make("2031", after="2024", who=world.who("officer"))
    with pytest.raises(Invalid) as wrong:
        calling.set_registry(draft, data.encode(), "zones.tsv", who=world.who("officer"))
    assert list(wrong.value.errors) == ["file"]


def test_putting_a_reading_away_is_written_down_once(world: World) -> None:
    application = begun(world)
    who = world.who("editor")
    upload = importing.read_form(application, "申报书.docx", letters.word(), who=who)
    importing.dismiss(application, upload, who=who)
    importing.dismiss(application, upload, who=who)
    says = Entry.objects.filter(verb="applying.read_form").values_list("says", flat=True)
    assert sorted(says) == ["上传 Word 申报书", "放弃导入 Word 申报书"]


# ---- two hats ----------------------------------------------------------------------------------------------------------


def give(world: World, name: str, kind: str, body: str) -> None:
    now = clock.now()
    Role.objects.create(
        user=world.people[name], organisation=world.bodies[body], kind=kind, state="active", asked_at=now
    )


HATS = [
    ("editor", "officer", "office"),
    ("checker", "officer", "office"),
    ("provincial", "officer", "office"),
    ("screener", "officer", "office"),
    ("supervisor", "officer", "office"),
    ("officer", "editor", "society"),
    ("officer", "provincial", "province"),
    ("officer", "supervisor", "supervisors"),
    ("officer", "administrator", "office"),
    ("auditor", "editor", "society"),
]


@pytest.mark.parametrize(("holder", "role", "body"), HATS)
def test_roles_that_must_lie_apart_are_refused_with_the_reason(world: World, holder: str, role: str, body: str) -> None:
    with pytest.raises(Refused, match="不能由同一人担任"):
        kinds.check_separate(world.people[holder], role)


@pytest.mark.parametrize(("holder", "role"), [("editor", "checker"), ("owner", "municipal"), ("officer", "reviewer")])
def test_other_roles_may_meet(world: World, holder: str, role: str) -> None:
    kinds.check_separate(world.people[holder], role)


def test_who_checks_for_the_society_does_not_recommend_it_for_the_province(world: World) -> None:
    application = ready.written(world)
    asked = recommending.ask(application, world.bodies["province"], who=world.who("editor"))
    give(world, "checker", "provincial", "province")
    with pytest.raises(Refused, match="本学会"):
        recommending.refuse(asked, "服务地市不符。", who=world.who("checker"))
    recommending.refuse(asked, "服务地市不符。", who=world.who("provincial"))
    asked.refresh_from_db()
    assert asked.state == "refused"


def test_judge_and_applicant_in_one_person_are_told(world: World) -> None:
    assert "回避" in kinds.warning_of(world.people["reviewer"], world.bodies["society"], "editor")
    assert "回避" in kinds.warning_of(world.people["checker"], world.bodies["screeners"], "screener")
    assert kinds.warning_of(world.people["nobody"], world.bodies["society"], "editor") == ""


def test_the_office_learns_of_each_checker_whom_a_checker_lets_in(world: World) -> None:
    society = world.bodies["society"]
    enrolling.invite(society, "checker", email="second@example.invalid", who=world.who("checker"))
    enrolling.invite(society, "editor", email="third@example.invalid", who=world.who("checker"))
    enrolling.invite(society, "checker", email="fourth@example.invalid", who=world.who("officer"))
    told = Letter.objects.filter(kind="further_checker", channel="mail").values_list("user__email", flat=True)
    assert list(told) == ["officer@example.invalid"]
    [asked] = enrolling.ask(society, ["checker"], who=world.who("nobody"))
    enrolling.approve(asked, who=world.who("checker"))
    assert Letter.objects.filter(kind="further_checker", channel="mail").count() == 2


# ---- coming in is written down -----------------------------------------------------------------------------------------


def told_of(stage: str = "enrolling.") -> list[tuple[str, int | None, str]]:
    rows = Entry.objects.filter(verb__startswith=stage).order_by("seq")
    return [(row.verb.removeprefix(stage), row.actor_id, row.says) for row in rows]


def test_coming_in_and_going_out_is_written_down(world: World) -> None:
    editor = world.people["editor"]
    browser = Client(REMOTE_ADDR="203.0.113.9")
    browser.post("/account/login/", {"login": editor.email, "password": PASSWORD})
    browser.post("/account/logout/")
    assert told_of() == [("sign_in", editor.pk, "登录（密码）"), ("sign_out", editor.pk, "退出登录")]
    assert Entry.objects.first().sealed == {"at": "203.0.113.9"}


@pytest.mark.parametrize("address", ["editor@example.invalid", "stranger@example.org"])
def test_a_failed_sign_in_is_written_down_without_the_password(world: World, address: str) -> None:
    Client().post("/account/login/", {"login": address.upper(), "password": "a wrong secret"})
    entry = Entry.objects.get(verb="enrolling.fail_to_sign_in")
    assert entry.sealed == {"address": address, "at": "127.0.0.1"}
    assert (address in str(entry.data) + entry.says, "wrong secret" in str(vars(entry))) == (False, False)
    assert entry.subject_id == str(world.people["editor"].pk if "editor" in address else 0)


def test_a_wrong_code_of_the_second_factor_is_written_down(world: World) -> None:
    second_step(world, generate_totp_secret()).post("/account/2fa/authenticate/", {"code": "000000"})
    assert [
        (e.data["factor"], e.sealed["address"]) for e in Entry.objects.filter(verb="enrolling.fail_to_sign_in")
    ] == [("second", "officer@example.invalid")]


def test_nobody_floods_the_journal_with_failed_sign_ins(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "MOST", 3)
    for _ in range(6):
        Client().post("/account/login/", {"login": "stranger@example.org", "password": "wrong"})
    assert Entry.objects.filter(verb="enrolling.fail_to_sign_in").count() == 3


def test_passwords_factors_and_sessions_are_written_down(
    world: World, django_capture_on_commit_callbacks: object
) -> None:
    editor = world.people["editor"]
    browser, elsewhere = Client(), Client()
    for one in (elsewhere, browser):
        one.post("/account/login/", {"login": editor.email, "password": PASSWORD})
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        browser.post("/account/reauthenticate/", {"password": PASSWORD})
        browser.get("/account/2fa/totp/activate/")
        secret = browser.session["mfa.totp.secret"]
        code = format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // 30))
        browser.post("/account/2fa/totp/activate/", {"code": code})
        browser.post("/account/2fa/recovery-codes/generate/")
        browser.post("/account/sessions/")
        browser.post("/account/2fa/totp/deactivate/")
        new = "another horse 2024"
        browser.post("/account/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    assert {actor for _, actor, _ in told_of()} == {editor.pk}
    assert sorted(says for verb, _, says in told_of() if verb != "sign_in") == sorted(
        [
            "启用双重验证",
            "生成备用验证码",
            "生成备用验证码",
            "结束 1 处登录",
            "停用双重验证",
            "作废备用验证码",
            "修改密码",
        ]
    )


def test_a_password_that_is_reset_by_mail_is_written_down(world: World) -> None:
    editor = world.people["editor"]
    Client().post("/account/password/reset/", {"email": editor.email})
    link = re.search(r"https?://[^/]+(/account/password/reset/key/\S+)", mail.outbox[0].body)
    assert link is not None
    browser = Client()
    page = browser.get(link[1])
    browser.post(page["Location"], {"password1": "another horse 2024", "password2": "another horse 2024"})
    assert told_of() == [("change_secret", editor.pk, "重置密码")]


def test_the_demos_one_click_is_written_down(world: World) -> None:
    Client().post("/demo/in/", {"who": world.people["editor"].pk})
    assert told_of() == [("sign_in", world.people["editor"].pk, "登录（演示平台一键进入）")]


# ---- consent in somebody else's name -----------------------------------------------------------------------------------

BORN = datetime.date(1985, 3, 12)
FORGED = Answer("乔木", "云岭大学", "1985-03-12", phone="13800000666", agrees=True)


def link_in(sent: mail.EmailMessage) -> str:
    found = re.search(r"/invited/corps/([\w-]+)/", str(sent.body))
    assert found is not None
    return found[1]


def invite(world: World, application: Application, **more: object) -> inviting.Link:
    return inviting.invite_member(application, who=world.who("editor"), **more)  # type: ignore[arg-type]


def placed(world: World, application: Application, **more: object) -> CorpsMember:
    known = expert("乔木", "云岭大学", BORN, **more)
    return members.add_member(application, known.pk, who=world.who("editor"))


def test_the_link_to_an_expert_with_an_address_goes_there_and_nowhere_else(world: World) -> None:
    member = placed(world, begun(world), email="qiao@example.invalid")
    link = invite(world, member.application, member=member, email="forger@example.invalid")
    assert (link.token, link.mailed, [one.to for one in mail.outbox]) == ("", True, [["qiao@example.invalid"]])
    page = world.client("editor").post(
        f"/applications/{member.application.code}/corps/invite/", {"member": member.pk, "email": "f@example.invalid"}
    )
    assert (page.status_code, "/invited/corps/" in page.content.decode()) == (200, False)
    answered = inviting.answer_invitation(link_in(mail.outbox[-1]), FORGED, who=ANYBODY)
    assert (answered.consent, answered.filled, answered.expert.phone) == ("given", {}, "13800000666")


def test_the_link_to_an_expert_with_an_account_goes_to_the_account(world: World) -> None:
    member = placed(world, begun(world), user=world.people["nobody"], email="old@example.invalid")
    assert invite(world, member.application, member=member).token == ""
    assert mail.outbox[0].to == ["nobody@example.invalid"]


def test_an_answer_by_an_open_link_leaves_the_register_as_it_is(world: World) -> None:
    member = placed(world, begun(world), phone="13900000009", added_by=world.bodies["other"])
    token = invite(world, member.application, member=member).token
    inviting.answer_invitation(token, FORGED, who=ANYBODY)
    known = Expert.objects.get(pk=member.expert_id)
    assert (known.phone, known.consented_at) == ("13900000009", None)
    line = members.lines_of(member.application, who=world.who("editor"))[0]
    assert (line.phone, line.age, line.consent) == ("13800000666", 39, "given")
    assert not enrolling.find_expert(known.pk, who=world.who("editor")).full


def test_a_name_without_a_record_does_not_become_a_person_who_has_an_address(world: World) -> None:
    known = expert("乔木", "云岭大学", BORN, email="qiao@example.invalid", phone="13900000009")
    application = begun(world)
    token = invite(world, application, name="乔木", email="forger@example.invalid").token
    with pytest.raises(Invalid, match="登记的邮箱"):
        inviting.answer_invitation(token, FORGED, who=ANYBODY)
    member = application.members.get()
    known.refresh_from_db()
    assert (member.expert_id, member.consent, known.phone) == (known.pk, "invited", "13900000009")
    with pytest.raises(NotFound):
        inviting.answer_invitation(token, FORGED, who=ANYBODY)
    assert mail.outbox[-1].to == ["qiao@example.invalid"]
    own = dataclasses.replace(FORGED, phone="13900000009")
    assert inviting.answer_invitation(link_in(mail.outbox[-1]), own, who=ANYBODY).consent == "given"


def test_who_is_signed_in_answers_for_the_own_record(world: World) -> None:
    known = expert("乔木", "云岭大学", BORN, user=world.people["nobody"])
    token = invite(world, begun(world), name="乔木").token
    member = inviting.answer_invitation(token, FORGED, who=world.who("nobody"))
    known.refresh_from_db()
    assert (member.expert_id, member.filled, known.phone) == (known.pk, {}, "13800000666")


def test_tries_are_counted_by_expert_whatever_the_link(world: World) -> None:
    member = placed(world, begun(world), phone="13900000009", consented_at=clock.now())
    wrong = dataclasses.replace(FORGED, born="1984-03-12")
    for _ in range(inviting.TRIES):
        token = invite(world, member.application, member=member).token
        with pytest.raises(Invalid, match="不一致"):
            inviting.answer_invitation(token, wrong, who=ANYBODY)
    with pytest.raises(NotFound):
        inviting.find_invitation(token)
    with pytest.raises(Invalid, match="多次填写不符"):
        invite(world, member.application, member=member)
    told = Entry.objects.filter(verb="applying.answer_invitation").order_by("seq")
    assert [entry.data["tries"] for entry in told] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("agrees", [True, False])
def test_the_expert_learns_of_every_answer(world: World, agrees: bool) -> None:
    token = invite(world, begun(world), name="乔木", email="qiao@example.invalid").token
    inviting.answer_invitation(token, dataclasses.replace(FORGED, agrees=agrees), who=ANYBODY)
    told = Letter.objects.get(kind="corps_answered")
    assert (told.address, "答复是：同意参加。" in told.body) == ("qiao@example.invalid", agrees)


def test_an_invitation_ends_with_the_deadline_and_with_the_application(world: World) -> None:
    application = begun(world)
    token = invite(world, application, name="乔木").token
    applying.withdraw(application, who=world.who("editor"))
    with pytest.raises(NotFound):
        inviting.find_invitation(token)
    other = invite(world, begun(world), name="乔林").token
    assert inviting.find_invitation(other)
    Invitation.objects.update(expires_at=datetime.datetime(2024, 6, 30, tzinfo=clock.CHINA))
    world.travel("2024-05-25 00:00:01+08:00")  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        inviting.find_invitation(other)


def test_a_society_puts_no_own_address_on_somebody_elses_record(world: World) -> None:
    known = expert("乔木", "云岭大学", BORN, added_by=world.bodies["other"])
    society = world.bodies["society"]
    found = enrolling.match_or_create(
        "乔木", "云岭大学", BORN, email="forger@example.invalid", who=world.who("editor"), organisation=society
    )
    assert (found.pk, found.email) == (known.pk, "")
