"""Many at once (promises P1, P2, P4, P9). Each race is run again with its lock switched off, and must then be lost."""

from __future__ import annotations

import threading
import types
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from tests.ready import checked, consented, paper, written
from tests.reliability.racing import again, at_once, societies, without_lock
from tests.world import World, person

from ketuan import programme as programme_package
from ketuan.journal import entries
from ketuan.journal.verifying import verify
from ketuan.programme import applying, submitting
from ketuan.programme.applying.finding import locked, society_locked
from ketuan.programme.errors import NotReady, Refused
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Call, Entry, Organisation, Paper, Role, Submission, User

WRITERS = 8
EACH = 6


def clicking(application: Application, key: str, who: Who) -> Callable[[], object]:
    return lambda: submitting.submit(again(application), key=key, who=who).number


def saving(application: Application, path: str, text: str, who: Who) -> Callable[[], object]:
    return lambda: applying.save(again(application), [applying.Change(path, text)], who=who).saved


# ---- the journal -----------------------------------------------------------------------------------------------------


def write_together(world: World) -> list[object]:
    subject = world.people["editor"].pk

    def write() -> int:
        for n in range(EACH):
            with transaction.atomic():
                entries.record(subject, "编写", "test.write", world.call, f"第{n}条")
        return EACH

    return at_once([write] * WRITERS)


def test_the_chain_stays_whole_under_many_writers(filed: World) -> None:
    before = Entry.objects.count()
    assert write_together(filed) == [EACH] * WRITERS
    verdict = verify(known=())
    assert (verdict.entries - before, verdict.faults) == (EACH * WRITERS, ())


def test_without_its_lock_writers_of_the_journal_fall_over_each_other(
    on_server: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entries, "connection", types.SimpleNamespace(in_atomic_block=True, vendor="unlocked"))
    assert IntegrityError in write_together(on_server)
    assert verify(known=()).whole  # what did get in stands in one chain: seq is unique


# ---- five a society (通知 三.5) -----------------------------------------------------------------------------------------


def start_together(world: World) -> list[object]:
    who, society = world.who("editor"), world.bodies["society"]
    return at_once([lambda: applying.start(Call.objects.get(), society, who=who).code] * WRITERS)


def test_no_race_gets_past_the_quota(filed: World) -> None:
    results = start_together(filed)
    assert results.count(NotReady) == WRITERS - 5
    assert sorted(code for code in results if isinstance(code, str)) == [f"K24-000{n}" for n in range(1, 6)]


def test_without_the_lock_on_the_society_the_quota_falls(on_server: World, monkeypatch: pytest.MonkeyPatch) -> None:
    without_lock(monkeypatch, Organisation)
    start_together(on_server)
    assert Application.objects.count() > 5


# ---- one receipt (P2) ------------------------------------------------------------------------------------------------


def test_the_same_click_many_times_gives_one_receipt(filed: World) -> None:
    application, who = checked(filed), filed.who("checker")
    results = at_once([clicking(application, "one click", who)] * WRITERS)
    assert results == [Submission.objects.get().number] * WRITERS
    assert Entry.objects.filter(verb="submitting.submit").count() == 1


def test_without_locks_the_same_click_is_not_answered_alike(on_server: World, monkeypatch: pytest.MonkeyPatch) -> None:
    application, who = checked(on_server), on_server.who("checker")
    for model in (Organisation, Application, Call):
        without_lock(monkeypatch, model)
    results = at_once([clicking(application, "one click", who)] * WRITERS)
    assert results != [Submission.objects.get().number] * WRITERS


def test_two_checkers_get_one_receipt_between_them(filed: World) -> None:
    filed.people["second"] = person("第二审", "second@example.invalid", ("checker", filed.bodies["society"]))
    application = checked(filed)
    results = at_once([clicking(application, name, filed.who(name)) for name in ("checker", "second") * 2])
    number = Submission.objects.get().number
    assert sorted(results, key=str) == sorted([number, number, Refused, Refused], key=str)


def submit_together(world: World) -> list[object]:
    """Eight societies click at the same moment, while eight makers of theirs start another application."""
    worlds = societies(world, WRITERS)
    ready = [checked(one) for one in worlds]
    clicks = [
        clicking(application, f"click {n}", one.who("checker"))
        for n, (one, application) in enumerate(zip(worlds, ready, strict=True))
    ]
    starts = [
        lambda one=one: len(applying.start(Call.objects.get(), one.bodies["society"], who=one.who("editor")).code)
        for one in worlds
    ]
    return at_once([*clicks, *starts])


def test_submissions_of_many_societies_get_numbers_of_their_own(filed: World) -> None:
    results = submit_together(filed)
    numbers = sorted(str(number) for number in results[:WRITERS])
    assert [number[:13] for number in numbers] == [f"HZ2024-{n:06d}" for n in range(1, WRITERS + 1)]
    assert numbers == sorted(Submission.objects.values_list("number", flat=True))
    assert results[WRITERS:] == [len("K24-0001")] * WRITERS
    assert verify(known=()).faults == ()


def test_without_the_lock_on_the_call_numbers_collide(on_server: World, monkeypatch: pytest.MonkeyPatch) -> None:
    without_lock(monkeypatch, Call)
    assert IntegrityError in submit_together(on_server)


# ---- saves and the click (P1) ----------------------------------------------------------------------------------------

FIELDS = ("society.address", "rationale", "work_plan", "objectives", "capacity")


def save_together(world: World) -> tuple[Application, list[object], dict[str, str]]:
    """Makers save one field each while one of them sends the text on; what was acknowledged."""
    application = written(world)
    consented(world, application)
    paper(application, Paper.Kind.SIGNED_SCAN)
    submitting.commit(application, {"1", "2"}, who=world.who("editor"))
    texts = {path: f"{value_at(again(application), path)}第{n}稿" for n, path in enumerate(paths(application))}
    editor = world.who("editor")
    acts = [saving(application, path, text, editor) for path, text in texts.items()]
    results = at_once([*acts, lambda: submitting.send_to_checker(again(application), who=editor).state])
    kept = {path: text for (path, text), result in zip(texts.items(), results, strict=False) if result == {path: ""}}
    return application, results, kept


def paths(application: Application) -> list[str]:
    return [path for path in FIELDS if isinstance(value_at(application, path), str)]


def value_at(application: Application, path: str) -> object:
    value: object = application.form
    for step in path.split("."):
        value = value.get(step) if isinstance(value, dict) else None
    return value


def lost(form: Application, kept: dict[str, str]) -> list[str]:
    return [path for path, text in kept.items() if value_at(form, path) != text]


def test_the_submitted_text_holds_every_save_that_was_acknowledged(filed: World) -> None:
    application, results, kept = save_together(filed)
    assert len(paths(application)) >= 3
    assert {result for result in results[:-1] if isinstance(result, type)} <= {Refused}
    assert results[-1] == "checking"
    submission = submitting.submit(again(application), key="click", who=filed.who("checker"))
    submission.version.refresh_from_db()
    frozen = again(application)
    frozen.form = submission.version.form
    assert lost(frozen, kept) == []


def test_without_the_lock_on_the_application_saves_are_lost(on_server: World, monkeypatch: pytest.MonkeyPatch) -> None:
    without_lock(monkeypatch, Application)
    application, results, kept = save_together(on_server)
    failed = {result for result in results if isinstance(result, type)} - {Refused}
    assert lost(again(application), kept) or failed


def in_a_circle(application: Application, what: str, editor: User) -> list[object]:
    """One holds a row and waits for the journal; the other, about to end, adds a row that points at the held one."""
    held, told = threading.Event(), threading.Event()

    def first() -> str:
        with transaction.atomic():
            society_locked(application.society_id) if what == "society" else locked(application)
            held.set()
            told.wait(5)
            entries.record(editor.pk, "审核", "test.first", application, "提交")
        return "first"

    def second() -> str:
        held.wait(5)
        with transaction.atomic():
            if what == "society":
                asked = {"kind": "checker", "state": "asked", "asked_at": clock.now()}
                Role.objects.create(user=editor, organisation=application.society, **asked)
            else:
                paper(application, Paper.Kind.PROOF)
            entries.record(editor.pk, "编写", "test.second", application, "填写")
            told.set()
        return "second"

    return at_once([first, second])


@pytest.mark.parametrize("what", ["society", "application"])
def test_two_verbs_do_not_wait_for_each_other_in_a_circle(on_server: World, what: str) -> None:
    assert in_a_circle(written(on_server), what, on_server.people["editor"]) == ["first", "second"]


def test_with_locks_that_hold_up_pointing_rows_they_do(on_server: World, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = QuerySet.select_for_update
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, no_key=False, **how: lock(rows, **how))
    assert OperationalError in in_a_circle(written(on_server), "society", on_server.people["editor"])


def test_no_lock_of_the_programme_holds_up_rows_that_point_at_what_is_locked() -> None:
    programme = Path(programme_package.__file__).parent
    strict = [
        f"{file.name}: {line.strip()}"
        for file in programme.rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if "select_for_update(" in line and "no_key=True" not in line
    ]
    assert strict == []
