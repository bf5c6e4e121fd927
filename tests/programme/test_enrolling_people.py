"""Invitations, the experts' register, keys for programs, 供应商注册."""

import datetime
import hashlib

import pytest
from django.core import mail
from tests.world import World, expert, person

from ketuan.programme import enrolling
from ketuan.programme.enrolling import experts, supplier
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.who import ANYBODY, PLATFORM
from ketuan.records.models import (
    ApiToken,
    Application,
    CorpsMember,
    Entry,
    Expert,
    Invitation,
    Letter,
    Organisation,
)

NUMBER = "11010519491231002X"
"""The example of the standard, GB 11643."""


# ---- invitations -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("by", "where", "roles"),
    [
        ("checker", "society", {"editor", "checker"}),
        ("editor", "society", set()),
        ("other_checker", "society", set()),
        ("officer", "society", {"editor", "checker"}),
        ("officer", "office", {"reviewer", "chair"}),
        ("administrator", "office", {"officer", "administrator", "auditor"}),
        ("administrator", "society", set()),
        ("provincial", "city", {"municipal"}),
        ("far_provincial", "city", set()),
        ("municipal", "enterprise", {"owner"}),
        ("municipal", "city", set()),
        ("auditor", "office", set()),
        ("nobody", "society", set()),
    ],
)
def test_who_may_invite_whom(world: World, by: str, where: str, roles: set[str]) -> None:
    assert {k for k, _ in enrolling.invitable(world.bodies[where], who=world.who(by))} == roles
    if not roles:
        kind = {"society": "editor", "office": "officer", "city": "municipal", "enterprise": "owner"}[where]
        with pytest.raises(Refused):
            enrolling.invite(world.bodies[where], kind, who=world.who(by))


def test_an_accepted_invitation_gives_the_role_once(world: World) -> None:
    made = enrolling.invite(world.bodies["society"], "editor", who=world.who("checker"))
    role, warning = enrolling.accept_invitation(made.token, who=world.who("nobody"))
    assert (role.state, warning, "editor" in world.who("nobody").roles()) == ("active", "", True)
    with pytest.raises(NotFound):
        enrolling.accept_invitation(made.token, who=world.who("owner"))


def test_only_the_hash_of_a_link_is_kept(world: World) -> None:
    made = enrolling.invite(world.bodies["society"], "editor", who=world.who("checker"), email="new@example.invalid")
    row = Invitation.objects.get()
    assert row.token_hash == hashlib.sha256(made.token.encode()).hexdigest()
    assert made.token not in str([list(m.objects.values()) for m in (Invitation, Entry, Letter)])
    assert made.mailed
    assert f"/invited/{made.token}/" in str(mail.outbox[0].body)


def test_a_link_for_an_address_opens_for_no_other_person(world: World) -> None:
    made = enrolling.invite(world.bodies["society"], "editor", who=world.who("checker"), email="new@example.invalid")
    with pytest.raises(Refused, match="另一个邮箱"):
        enrolling.accept_invitation(made.token, who=world.who("nobody"))
    world.people["new"] = person("新人", "new@example.invalid")
    assert enrolling.accept_invitation(made.token, who=world.who("new"))[0].user == world.people["new"]


def test_a_link_ends_after_fourteen_days(world: World) -> None:
    made = enrolling.invite(world.bodies["society"], "editor", who=world.who("checker"))
    world.travel("2024-05-24 09:29:59+08:00")
    assert enrolling.invitation_of(made.token).pk == made.invitation.pk
    world.travel("2024-05-24 09:30:00+08:00")
    with pytest.raises(NotFound):
        enrolling.invitation_of(made.token)


def test_a_withdrawn_link_opens_nothing(world: World) -> None:
    society = world.bodies["society"]
    made = enrolling.invite(society, "editor", who=world.who("checker"))
    with pytest.raises(Refused):
        enrolling.withdraw_invitation(society, made.invitation.pk, who=world.who("editor"))
    with pytest.raises(NotFound):
        enrolling.withdraw_invitation(world.bodies["other"], made.invitation.pk, who=world.who("other_checker"))
    enrolling.withdraw_invitation(society, made.invitation.pk, who=world.who("checker"))
    with pytest.raises(NotFound):
        enrolling.accept_invitation(made.token, who=world.who("nobody"))
    with pytest.raises(NotReady):
        enrolling.withdraw_invitation(society, made.invitation.pk, who=world.who("checker"))


def test_a_link_of_somebody_who_left_opens_nothing(world: World) -> None:
    made = enrolling.invite(world.bodies["society"], "checker", who=world.who("checker"))
    enrolling.leave(world.bodies["society"].pk, who=world.who("checker"))
    with pytest.raises(NotFound):
        enrolling.accept_invitation(made.token, who=world.who("checker"))


def test_a_guessed_link_opens_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        enrolling.invitation_of("guess")


# ---- experts ---------------------------------------------------------------------------------------------------------


def match(world: World, name: str, by: str = "editor", body: str = "society", **more: object) -> Expert:
    return enrolling.match_or_create(name, who=world.who(by), organisation=world.bodies[body], **more)  # type: ignore[arg-type]


def test_one_person_is_one_record_by_phone_mail_or_unit(world: World) -> None:
    first = match(world, "林 知远", unit="江城大学材料学院/教授", phone="139 1234 0000")
    assert match(world, "林知远", unit="别处研究院", phone="13912340000") == first
    assert match(world, "林知远", unit="江城大学") == first
    assert match(world, "林知远", unit="云岭大学", phone="13700000000") != first
    assert match(world, "林知遥", phone="13912340000") != first


def test_the_name_alone_makes_nobody_the_same(world: World) -> None:
    assert match(world, "林知远") != match(world, "林知远")


def test_another_birth_date_is_another_person(world: World) -> None:
    first = match(world, "林知远", unit="江城大学", born=datetime.date(1980, 1, 1))
    assert match(world, "林知远", unit="江城大学", born=datetime.date(1990, 1, 1)) != first


def test_the_identity_number_decides_and_is_not_kept(world: World) -> None:
    first = match(world, "林知远", unit="江城大学", identity_number=NUMBER)
    assert match(world, "林知远", unit="云岭大学", identity_number="1101 0519 4912 3100 2x") == first
    assert first.identity_hash != hashlib.sha256(NUMBER.encode()).hexdigest()
    assert NUMBER not in str([list(m.objects.values()) for m in (Expert, Entry)])
    with pytest.raises(Invalid, match="居民身份证号不对"):
        match(world, "林知远", identity_number="110105194912310021")


def test_blanks_are_filled_and_nothing_is_overwritten(world: World) -> None:
    match(world, "林知远", unit="江城大学", phone="13912340000")
    found = match(world, "林知远", unit="江城大学", phone="13700000000", email="lin@example.invalid", field="材料")
    found.refresh_from_db()
    assert (found.phone, found.email, found.field) == ("13912340000", "lin@example.invalid", "材料")


def test_a_stranger_adds_nobody(world: World) -> None:
    for by in ("other_editor", "provincial", "nobody", "reviewer"):
        with pytest.raises(Refused):
            match(world, "林知远", by=by)
    assert Expert.objects.count() == 0


def test_who_sees_what_of_an_expert(world: World) -> None:
    added = match(world, "林知远", unit="江城大学", phone="13912340000", email="lin@example.invalid")
    Expert.objects.filter(pk=added.pk).update(born=datetime.date(1980, 5, 24), user=world.people["nobody"])
    full = ("13912340000", "lin@example.invalid", "1980年5月24日")
    masked = ("139****0000", "l***@example.invalid", "1980年")
    for name, expected in {
        "nobody": full, "editor": full, "checker": full,
        "other_editor": masked, "provincial": masked, "officer": masked,
    }.items():  # fmt: skip
        sight = enrolling.find_expert(added.pk, who=world.who(name))
        assert (sight.phone, sight.email, sight.born) == expected, name
    for name in ("owner", "municipal", "reviewer", "chair", "screener", "supervisor", "auditor", "administrator"):
        with pytest.raises(NotFound):
            enrolling.find_expert(added.pk, who=world.who(name))
    with pytest.raises(NotFound):
        enrolling.find_expert(added.pk, who=ANYBODY)


def roster(world: World, body: str, who: Expert, state: str = "draft") -> CorpsMember:
    code = f"K24-{Application.objects.count() + 1:04d}"
    now = world.call.created_at
    application = Application.objects.create(
        code=code, call=world.call, society=world.bodies[body], state=state, form={}, created_at=now, changed_at=now
    )
    return CorpsMember.objects.create(application=application, expert=who, consent="given", added_at=now)


def test_a_society_with_the_expert_on_its_roster_sees_all(world: World) -> None:
    lin = expert("林知远", "江城大学", phone="13912340000")
    assert enrolling.find_expert(lin.pk, who=world.who("other_editor")).full is False
    roster(world, "other", lin)
    assert enrolling.find_expert(lin.pk, who=world.who("other_editor")).full is True


def test_searching_by_several_words(world: World) -> None:
    lin = expert("林知远", "江城大学", field="膜分离")
    expert("林知秋", "江城大学", field="机器人")
    assert list(enrolling.search("林 膜", who=world.who("editor"))) == [lin]
    assert list(enrolling.search("林", who=world.who("owner"))) == []


def test_merging_keeps_the_memberships(world: World) -> None:
    keep, drop = expert("林知远", "江城大学"), expert("林知远", "江城大学", phone="13912340000")
    here, there = roster(world, "society", keep), roster(world, "society", drop)
    CorpsMember.objects.create(application=here.application, expert=drop, added_at=world.call.created_at)
    for stranger in ("editor", "provincial", "administrator", "nobody"):
        with pytest.raises(Refused):
            enrolling.merge_experts(keep, drop, who=world.who(stranger))
    merged = enrolling.merge_experts(keep, drop, who=world.who("officer"))
    assert merged.phone == "13912340000"
    assert list(Expert.objects.all()) == [keep]
    assert {m.application for m in keep.memberships.all()} == {here.application, there.application}
    assert Entry.objects.get(verb="enrolling.merge_experts").sealed["phone"] == "13912340000"


def test_two_identity_numbers_are_two_people(world: World) -> None:
    a, b = expert("林知远", "江城大学", identity_hash="a" * 64), expert("林知远", "江城大学", identity_hash="b" * 64)
    with pytest.raises(Refused, match="身份证号不同"):
        enrolling.merge_experts(a, b, who=world.who("officer"))


def test_an_expert_corrects_the_own_record(world: World) -> None:
    expert("林知远", "江城大学", user=world.people["nobody"])
    enrolling.correct_own({"unit": "云岭大学", "name": "改不了"}, who=world.who("nobody"))
    own = enrolling.own_record(who=world.who("nobody"))
    assert own is not None
    assert (own.expert.name, own.expert.unit, own.expert.unit_key) == ("林知远", "云岭大学", "云岭大学")
    with pytest.raises(NotFound):
        enrolling.correct_own({"unit": "x"}, who=world.who("editor"))


def test_withdrawn_consent_hides_the_record_and_tells_the_society(world: World) -> None:
    lin = expert("林知远", "江城大学", user=world.people["nobody"])
    open_, sent = roster(world, "society", lin), roster(world, "society", lin, state="submitted")
    enrolling.withdraw_consent(who=world.who("nobody"))
    open_.refresh_from_db()
    sent.refresh_from_db()
    assert (open_.consent, sent.consent) == ("refused", "given")
    told = Letter.objects.filter(kind="consent_withdrawn", channel="in_app").values_list("user__email", flat=True)
    assert set(told) == {"editor@example.invalid", "checker@example.invalid"}
    for name in ("other_editor", "officer", "provincial"):
        with pytest.raises(NotFound):
            enrolling.find_expert(lin.pk, who=world.who(name))
    assert enrolling.find_expert(lin.pk, who=world.who("editor")).expert == lin
    enrolling.give_consent(who=world.who("nobody"))
    assert enrolling.find_expert(lin.pk, who=world.who("other_editor")).expert.consent_wording == experts.WORDING


# ---- keys for programs -----------------------------------------------------------------------------------------------


def test_a_key_opens_as_its_person_until_it_ends(world: World) -> None:
    token, raw = enrolling.make_token("办公系统", ["call:read", "receipt:read"], 30, who=world.who("editor"))
    assert enrolling.person_of_token(raw) == (world.who("editor"), frozenset({"call:read", "receipt:read"}))
    assert raw not in str(list(ApiToken.objects.values()) + list(Entry.objects.values()))
    token.refresh_from_db()
    assert token.used_at is not None
    world.travel("2024-06-09 09:30:00+08:00")
    assert enrolling.person_of_token(raw) is None


def test_a_revoked_or_guessed_key_opens_nothing(world: World) -> None:
    token, raw = enrolling.make_token("办公系统", ["call:read"], 30, who=world.who("editor"))
    with pytest.raises(NotFound):
        enrolling.revoke_token(token.pk, who=world.who("checker"))
    enrolling.revoke_token(token.pk, who=world.who("editor"))
    assert enrolling.person_of_token(raw) is None
    assert enrolling.person_of_token("ketuan_guess") is None
    assert enrolling.person_of_token("") is None


def test_a_key_of_a_closed_account_opens_nothing(world: World) -> None:
    _token, raw = enrolling.make_token("办公系统", ["call:read"], 30, who=world.who("editor"))
    world.people["editor"].is_active = False
    world.people["editor"].save()
    assert enrolling.person_of_token(raw) is None


def test_a_key_needs_purpose_scope_and_end(world: World) -> None:
    with pytest.raises(Invalid) as wrong:
        enrolling.make_token(" ", ["all:write"], 9999, who=world.who("editor"))
    assert set(wrong.value.errors) == {"name", "scopes", "days"}
    with pytest.raises(Refused):
        enrolling.make_token("x", ["call:read"], 30, who=ANYBODY)
    with pytest.raises(Refused):
        enrolling.make_token("x", ["call:read"], 30, who=PLATFORM)


# ---- 供应商注册 --------------------------------------------------------------------------------------------------------


def test_a_society_of_the_older_system_starts_again(world: World) -> None:
    society = world.bodies["society"]
    assert enrolling.registration_of(society).state == "none"
    society.had_legacy_supplier = True
    society.save()
    assert enrolling.registration_of(society).state == "again"
    with pytest.raises(Invalid, match=r"通知 四\.1"):
        enrolling.save_supplier(society, "none", who=world.who("editor"))


def test_registered_needs_number_and_day(world: World) -> None:
    society = world.bodies["society"]
    with pytest.raises(Invalid) as wrong:
        enrolling.save_supplier(society, "done", who=world.who("editor"))
    assert set(wrong.value.errors) == {"number", "day"}
    with pytest.raises(Invalid, match="晚于今天"):
        enrolling.save_supplier(society, "done", who=world.who("editor"), number="G1", day=datetime.date(2024, 5, 11))
    day = datetime.date(2024, 5, 9)
    row = enrolling.save_supplier(society, "done", who=world.who("editor"), number="GYS-1", day=day)
    assert (row.state, row.number, row.day) == ("done", "GYS-1", day)
    for stranger in ("other_editor", "officer", "provincial", "nobody"):
        with pytest.raises(Refused):
            enrolling.save_supplier(society, "asked", who=world.who(stranger))


def test_the_office_knows_who_is_missing_and_reminds_once_a_day(world: World) -> None:
    officer = world.who("officer")
    enrolling.save_supplier(
        world.bodies["society"], "done", who=world.who("editor"), number="G1", day=datetime.date(2024, 5, 9)
    )
    Organisation.objects.filter(pk=world.bodies["other"].pk).update(had_legacy_supplier=True)
    assert list(supplier.missing(who=officer)) == [world.bodies["other"]]
    assert list(supplier.societies(who=officer, state="again")) == [world.bodies["other"]]
    assert supplier.counts(who=officer) == {"none": 0, "again": 1, "asked": 0, "done": 1}
    assert (enrolling.remind_suppliers(who=officer), enrolling.remind_suppliers(who=officer)) == (1, 1)
    told = Letter.objects.filter(kind="supplier_reminder", channel="in_app").values_list("user__email", flat=True)
    assert sorted(told) == ["other_checker@example.invalid", "other_editor@example.invalid"]
    for stranger in ("editor", "provincial", "administrator"):
        with pytest.raises(Refused):
            enrolling.remind_suppliers(who=world.who(stranger))


def test_the_proof_is_a_picture_or_a_pdf(world: World) -> None:
    society = world.bodies["society"]
    with pytest.raises(Invalid):
        enrolling.attach_proof(society, "证明.pdf", b"MZ no pdf at all", who=world.who("editor"))
    png = bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
    row = enrolling.attach_proof(society, "证明.png", png, who=world.who("editor"))
    assert row.proof is not None
    assert (row.proof.kind, row.proof.name, row.proof.size) == ("supplier_proof", "证明.png", len(png))
    with pytest.raises(Refused):
        enrolling.attach_proof(society, "证明.png", png, who=world.who("other_editor"))


# ---- one rule for who knows what -------------------------------------------------------------------------------------


def test_register_and_roster_know_the_same(world: World) -> None:
    from ketuan.programme.applying import members

    lin = expert("林知远", "江城大学", datetime.date(1985, 5, 24), phone="13912340000", added_by=world.bodies["other"])
    member = roster(world, "society", lin)
    for consent, known in (("none", False), ("invited", False), ("given", True), ("refused", False)):
        CorpsMember.objects.filter(pk=member.pk).update(consent=consent)
        line = members.lines_of(member.application, who=world.who("editor"))[0]
        full = enrolling.find_expert(lin.pk, who=world.who("editor")).full
        assert (full, not line.hidden, bool(line.phone)) == (known, known, known), consent


def test_consent_to_another_society_opens_nothing(world: World) -> None:
    lin = expert("林知远", "江城大学", phone="13912340000")
    roster(world, "other", lin)
    assert enrolling.find_expert(lin.pk, who=world.who("editor")).full is False


def test_after_the_consent_is_withdrawn_not_even_who_added_the_person_sees_all(world: World) -> None:
    lin = expert("林知远", "江城大学", phone="13912340000", added_by=world.bodies["society"])
    roster(world, "society", lin)
    Expert.objects.filter(pk=lin.pk).update(consent_withdrawn_at=world.call.created_at)
    assert enrolling.find_expert(lin.pk, who=world.who("editor")).full is False


def test_the_office_unmasks_with_a_reason_and_it_is_written_down(world: World) -> None:
    lin = expert("林知远", "江城大学", phone="13912340000")
    with pytest.raises(Invalid):
        enrolling.unmask_expert(lin.pk, " ", who=world.who("officer"))
    assert not Entry.objects.filter(verb="enrolling.unmask_expert").exists()
    assert enrolling.unmask_expert(lin.pk, "核对联系人", who=world.who("officer")).phone == "13912340000"
    told = Entry.objects.get(verb="enrolling.unmask_expert")
    assert (told.subject_id, told.sealed, "13912340000" in f"{told.says}{told.data}") == (
        str(lin.pk), {"reason": "核对联系人"}, False,
    )  # fmt: skip
    assert enrolling.find_expert(lin.pk, who=world.who("officer")).full is False


@pytest.mark.parametrize("name", ["editor", "other_editor", "provincial", "nobody", "auditor"])
def test_nobody_else_unmasks(world: World, name: str) -> None:
    lin = expert("林知远", "江城大学", phone="13912340000")
    with pytest.raises((Refused, NotFound)):
        enrolling.unmask_expert(lin.pk, "好奇", who=world.who(name))
    answer = world.client(name).post(f"/experts/{lin.pk}/unmask/", {"reason": "好奇"})
    assert (answer.status_code in (403, 404), "13912340000" in answer.content.decode()) == (True, False)


def test_the_page_of_an_expert_unmasks_once(world: World) -> None:
    lin = expert("林知远", "江城大学", phone="13912340000")
    officer, page = world.client("officer"), f"/experts/{lin.pk}/"
    assert "13912340000" not in officer.get(page).content.decode()
    assert officer.post(f"{page}unmask/", {"reason": ""}).status_code == 400
    shown = officer.post(f"{page}unmask/", {"reason": "核对联系人"})
    assert ("13912340000" in shown.content.decode(), shown.headers["Cache-Control"]) == (True, "no-store")
    assert "查看完整信息" not in world.client("editor").get(page).content.decode()


def test_the_second_of_two_who_register_one_name_gets_a_sentence(world: World) -> None:
    from ketuan.programme.unique import unique

    body = world.bodies["society"]
    with pytest.raises(Invalid, match="刚刚已有人登记"), unique(name="刚刚已有人登记。"):
        type(body).objects.create(kind=body.kind, name=body.name, name_key=body.name_key, created_at=body.created_at)
    assert type(body).objects.filter(name_key=body.name_key).count() == 1
