"""Reasons: one verb for every warning, whichever page it stands on; they follow their rows and grow stale."""

import pytest
from tests.programme.rosters import entry
from tests.programme.test_saving import save
from tests.ready import submitted, written
from tests.world import World

from ketuan.programme import applying, submitting
from ketuan.programme.applying import members
from ketuan.programme.applying.reasons import LONGEST
from ketuan.programme.errors import Invalid, Refused
from ketuan.programme.permits import DO, may
from ketuan.programme.who import PLATFORM
from ketuan.records.models import Entry, Letter

WHY = "老专家坐镇，青年正在增补。"


def asked(application, rule: str, who=PLATFORM) -> applying.Asked:
    application.refresh_from_db()
    return next(a for a in submitting.readiness(application, who=who).asked if a.finding.rule == rule)


def test_there_is_one_verb() -> None:
    assert [name for name in DO if name.endswith(".give_reason")] == ["applying.give_reason"]


def test_a_reason_is_asked_for_again_when_the_finding_says_something_else(world: World) -> None:
    application = written(world, young=3)
    applying.give_reason(application, asked(application, "corps.youth").key, WHY, who=world.who("editor"))
    assert asked(application, "corps.youth").answered
    member = application.members.filter(expert__born__year=1985).first()
    members.remove_member(application, member, who=world.who("editor"))
    now = asked(application, "corps.youth")
    assert (now.text, now.stale, now.answered) == (WHY, True, False)


def test_a_reason_is_taken_back_with_an_empty_text(world: World) -> None:
    application = written(world, young=3)
    key = asked(application, "corps.youth").key
    with pytest.raises(Invalid, match="请写明理由"):
        applying.give_reason(application, key, " ", who=world.who("editor"))
    with pytest.raises(Invalid, match=f"最多 {LONGEST} 个"):
        applying.give_reason(application, key, "长" * (LONGEST + 1), who=world.who("editor"))
    applying.give_reason(application, key, WHY, who=world.who("editor"))
    applying.give_reason(application, key, "", who=world.who("editor"))
    application.refresh_from_db()
    assert application.reasons == {}


def test_the_open_journal_holds_neither_the_finding_nor_the_reason(world: World) -> None:
    application = written(world, young=3)
    applying.give_reason(application, asked(application, "corps.youth").key, WHY, who=world.who("editor"))
    told = Entry.objects.get(verb="applying.give_reason")
    assert WHY not in f"{told.says}{told.data}"
    assert told.sealed["text"] == WHY


def test_a_reason_stays_with_its_row_when_another_is_removed(world: World) -> None:
    application = written(world)
    found = [(applying.key_of(application, f), f) for f in applying.findings_of(application) if "personnel.1" in f.path]
    key = applying.keyed(application, "personnel.1.name")
    assert key == f"personnel.{application.rows['personnel'][1]}.name"
    assert all(f.path not in kept for kept, f in found)


def test_what_is_shared_is_answered_by_the_society_and_closed_for_the_others(world: World) -> None:
    one, two = (applying.start(world.call, world.bodies["society"], who=world.who("editor")) for _ in range(2))
    for application in (one, two):
        members.add_members(application, [entry("乔木", phone="13900000001")], who=world.who("editor"))
    one.recommendations.create(province=world.bodies["province"], asked_at=one.created_at)
    own = [a for a in applying.asked_by(one, who=world.who("editor")) if a.finding.rule == "overlap.members"]
    assert [two.code in a.finding.message or two.code in a.key for a in own] == [True]
    theirs = [a for a in applying.asked_by(one, who=world.who("provincial")) if a.finding.rule == "overlap.members"]
    assert [(a.key, "另一份不在您能查看的范围内" in a.finding.message) for a in theirs] == [("", True)]
    assert (two.code in str(theirs), "乔木" in str(theirs)) == (False, False)


# ---- withdrawing -----------------------------------------------------------------------------------------------------


def test_what_was_never_submitted_is_withdrawn_by_the_editor(world: World) -> None:
    application = written(world)
    assert may("applying.withdraw", world.who("editor"), application)
    assert not may("submitting.withdraw", world.who("checker"), application)
    from tests.ready import asked as ask

    request = ask(world, application)
    applying.withdraw(application, who=world.who("editor"))
    request.refresh_from_db()
    assert request.state == "withdrawn"
    told = Letter.objects.get(kind="recommendation_taken_back", channel="in_app")
    assert told.user == world.people["provincial"]


def test_what_was_submitted_is_withdrawn_by_the_checker_with_a_reason(world: World) -> None:
    application = submitted(world).application
    with pytest.raises(Refused, match="学会审核人"):
        applying.withdraw(application, who=world.who("editor"))
    submitting.reopen(application, who=world.who("editor"))
    with pytest.raises(Refused, match="学会审核人"):
        applying.withdraw(application, who=world.who("checker"))
    home = f"/applications/{application.code}/"
    assert f'href="{home}submit/#withdraw"' in world.client("checker").get(home).content.decode()
    assert "撤回申报书" not in world.client("editor").get(home).content.decode()
    submitting.withdraw(application, "重复申报", who=world.who("checker"))
    application.refresh_from_db()
    assert (application.state, application.submitted.withdrawn_at is None) == ("withdrawn", False)


# ---- standing --------------------------------------------------------------------------------------------------------


def test_a_reopened_application_stands_as_submitted_on_every_list(world: World) -> None:
    application = submitted(world).application
    submitting.reopen(application, who=world.who("editor"))
    save(world, application, "rationale", "再改一稿")
    application.refresh_from_db()
    word = "已提交（第1次）；正在修改，新版本尚未提交"
    assert submitting.standing(application).word == word
    assert submitting.words_of([application]) == {application.pk: word}
    home = world.client("editor").get(f"/applications/{application.code}/").content.decode()
    assert (word in home, "<strong>未提交" in home) == (True, False)
    for who in ("editor", "officer"):
        page = world.client(who).get("/applications/").content.decode()
        assert ("已提交（第1次）" in page, "正在修改，新版本尚未提交" in page) == (True, True)


def test_an_application_that_was_never_submitted_stands_as_it_is(world: World) -> None:
    application = written(world)
    assert submitting.words_of([application]) == {application.pk: "填写中"}
    assert submitting.standing(application).word == "未提交"


def test_the_office_finds_late_permits_from_the_application(world: World) -> None:
    application = written(world)
    link = f'href="/applications/{application.code}/late/"'
    page = f"/applications/{application.code}/"
    assert link in world.client("officer").get(page).content.decode()
    assert link not in world.client("editor").get(page).content.decode()
