"""Versions, reasons, sums and who is writing: what the pages of an application show besides its fields."""

import pytest
from tests.world import World

from ketuan.programme import applying
from ketuan.programme.applying.saving import Change
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.records.models import Application, Entry


@pytest.fixture
def application(world: World) -> Application:
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def save(world: World, application: Application, path: str, raw: str, by: str = "editor", **more):
    return applying.save(application, [Change(path, raw, **more)], who=world.who(by))


def test_a_restored_version_is_there_and_so_is_what_it_replaced(world: World, application) -> None:
    save(world, application, "rationale", "后来写的")
    made = applying.restore(application, 1, who=world.who("editor"))
    application.refresh_from_db()
    assert application.form["rationale"] == ""
    before = applying.version(application, made.number - 1)
    assert (before.why, before.form["rationale"]) == ("before_restore", "后来写的")
    assert Entry.objects.filter(verb="applying.restore").count() == 1


def test_a_page_open_on_old_rows_does_not_write_into_restored_ones(world: World, application) -> None:
    who = world.who("editor")
    key = applying.add_row(application, "personnel", who=who)
    save(world, application, f"personnel.{key}.name", "甲")
    kept = applying.freeze(applying.find(application.code, who=who), "to_checker", who=who)
    save(world, application, f"personnel.{key}.name", "乙")
    applying.restore(application, kept.number, who=who)
    assert save(world, application, f"personnel.{key}.name", "丙").gone == [f"personnel.{key}.name"]
    application.refresh_from_db()
    assert [row["name"] for row in application.form["personnel"]] == ["甲"]


def test_somebody_typing_while_a_version_is_restored_is_told(world: World, application) -> None:
    revision = save(world, application, "rationale", "经办人写的").revision
    kept = applying.freeze(
        applying.find(application.code, who=world.who("editor")), "to_checker", who=world.who("editor")
    )
    revision = save(world, application, "rationale", "经办人改的").revision
    applying.restore(application, kept.number, who=world.who("checker"))
    later = save(world, application, "rationale", "经办人还在改", base=revision)
    assert later.overtaken["rationale"].theirs == "经办人写的"


def test_restoring_is_refused_after_the_deadline_and_to_strangers(world: World, application) -> None:
    save(world, application, "rationale", "后来写的")
    for stranger in ("other_editor", "officer", "provincial", "nobody"):
        with pytest.raises(Refused):
            applying.restore(application, 1, who=world.who(stranger))
    with pytest.raises(NotFound):
        applying.restore(application, 99, who=world.who("editor"))
    world.travel("2024-05-25 00:00:00+08:00")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        applying.restore(application, 1, who=world.who("editor"))


def test_restoring_what_is_there_already_is_no_act(world: World, application) -> None:
    with pytest.raises(NotReady):
        applying.restore(application, 1, who=world.who("editor"))
    assert not Entry.objects.filter(verb="applying.restore").exists()


def test_only_a_warning_is_answered(world: World, application) -> None:
    for key in ("form.complete|rationale", "no.rule|nowhere"):
        with pytest.raises(Invalid):
            applying.give_reason(application, key, "不想写", who=world.who("editor"))
    application.refresh_from_db()
    assert application.reasons == {}


def test_sums_are_of_whole_fen_and_say_how_they_differ(world: World, application) -> None:
    for path, raw in (
        ("budget.total", "100"),
        ("budget.requested", "80"),
        ("budget.own", "0.1"),
        ("budget.matching", "0.2"),
    ):
        save(world, application, path, raw)
    application.refresh_from_db()
    sums = {s.key: s for s in applying.sums_of(applying.form_of(application))}
    assert (sums["sources"].fen, sums["sources"].words) == (80_300_000, "比经费总预算少 19.70 万元")
    assert (sums["requested"].fen, sums["requested"].off) == (0, -80_000_000)
    assert sums["other"].beside == 300_000


def test_who_writes_where_is_known_for_ten_minutes(world: World, application) -> None:
    save(world, application, "rationale", "第一稿")
    save(world, application, "budget.total", "80", by="checker")
    assert [(t.name, t.slug, t.lately) for t in applying.touches(application)] == [
        ("沈听澜", "s9", True),
        ("江晚晴", "s3", True),
    ]
    world.travel("2024-05-10 09:45:00+08:00")
    assert [t.lately for t in applying.touches(application)] == [False, False]


def test_a_withdrawn_application_frees_its_place_and_takes_no_more(world: World, application) -> None:
    applying.withdraw(application, who=world.who("editor"))
    for _ in range(5):
        applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    with pytest.raises(Refused):
        save(world, application, "rationale", "再写")
    with pytest.raises(Refused):
        applying.withdraw(application, who=world.who("editor"))
    with pytest.raises(Refused):
        applying.withdraw(application, who=world.who("officer"))
