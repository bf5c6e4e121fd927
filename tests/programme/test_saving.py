"""Saving field by field: nothing typed is lost, nobody is overwritten, a stranger finds nothing."""

import pytest
from tests.world import World

from ketuan.programme import applying
from ketuan.programme.applying.saving import Change
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.records.models import Entry


@pytest.fixture
def application(world: World):
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def save(world: World, application, path: str, raw, *, by: str = "editor", base: int = 0, force: bool = False):
    return applying.save(application, [Change(path, raw, base, force)], who=world.who(by))


def test_a_saved_field_is_in_the_form_and_in_the_journal(world: World, application) -> None:
    save(world, application, "budget.requested", "80")
    application.refresh_from_db()
    assert application.form["budget"]["requested"] == 80_000_000
    assert application.requested_fen == 80_000_000
    assert Entry.objects.get(verb="applying.save").data["paths"] == ["budget.requested"]


def test_text_that_is_no_amount_is_kept_and_becomes_a_finding(world: World, application) -> None:
    save(world, application, "budget.requested", "八十万左右吧")
    application.refresh_from_db()
    assert application.unread["budget.requested"]["raw"] == "八十万左右吧"
    found = [f for f in applying.findings_of(application) if f.path == "budget.requested"]
    assert found[0].weight == "block"
    assert found[0].found == "八十万左右吧"


def test_two_people_in_one_field_are_told(world: World, application) -> None:
    save(world, application, "rationale", "第一稿")
    mine = save(world, application, "rationale", "审核人的稿", by="checker", base=0)
    assert list(mine.overtaken) == ["rationale"]
    assert mine.overtaken["rationale"].theirs == "第一稿"
    application.refresh_from_db()
    assert application.form["rationale"] == "第一稿"
    seen = mine.overtaken["rationale"].revision
    assert save(world, application, "rationale", "审核人的稿", by="checker", base=seen).overtaken == {}


def test_a_row_keeps_its_key_when_another_is_removed(world: World, application) -> None:
    who = world.who("editor")
    first = applying.add_row(application, "personnel", who=who)
    second = applying.add_row(application, "personnel", who=who)
    applying.remove_row(application, "personnel", first, who=who)
    save(world, application, f"personnel.{second}.name", "江晚晴")
    application.refresh_from_db()
    assert [row["name"] for row in application.form["personnel"]] == ["江晚晴"]
    assert save(world, application, f"personnel.{first}.name", "谁").gone == [f"personnel.{first}.name"]


def test_a_stranger_finds_nothing_and_saves_nothing(world: World, application) -> None:
    for stranger in ("other_editor", "far_provincial", "reviewer", "nobody"):
        with pytest.raises(NotFound):
            applying.find(application.code, who=world.who(stranger))
        with pytest.raises(Refused):
            save(world, application, "rationale", "不该写进去", by=stranger)
    application.refresh_from_db()
    assert application.form["rationale"] == ""


def test_the_sixth_application_is_refused_with_the_clause(world: World, application) -> None:
    for _ in range(4):
        applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    with pytest.raises(NotReady, match=r"通知 三\.5"):
        applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def test_a_path_that_is_no_field_is_refused(world: World, application) -> None:
    with pytest.raises(Invalid):
        save(world, application, "society.secret", "x")


def test_after_the_deadline_nothing_is_saved(world: World, application) -> None:
    world.travel("2024-05-25 00:00:00+08:00")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        save(world, application, "rationale", "晚了")
