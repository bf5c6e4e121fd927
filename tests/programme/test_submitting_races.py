"""Many at once, on a database in a file (promises P2 and P4). Threads have their own connections, as processes have."""

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import time_machine
from django.db import connection, connections
from tests.ready import checked
from tests.world import BEGINNING, World, build, person

from ketuan.programme import applying, submitting
from ketuan.programme.errors import NotReady, Refused
from ketuan.programme.who import Who
from ketuan.records.models import Application, Call, Entry, Submission

TOGETHER = 8


@pytest.fixture
def filed(transactional_db: None, tmp_path: Path) -> Iterator[World]:
    """The world of :mod:`tests.world` in a database file, for every thread the default one."""
    if connection.vendor != "sqlite":
        pytest.skip("the race on other databases is run by tests of the deadline")
    settings = connections.databases["default"]
    memory, name = connections["default"], settings["NAME"]
    memory.ensure_connection()
    with contextlib.closing(sqlite3.connect(tmp_path / "race.sqlite3")) as copy:
        memory.connection.backup(copy)
    settings["NAME"] = str(tmp_path / "race.sqlite3")
    connections["default"] = connections.create_connection("default")
    try:
        with time_machine.travel(BEGINNING, tick=False):
            yield build()
    finally:
        connections["default"].close()
        connections["default"] = memory
        settings["NAME"] = name


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Every act in a thread of its own, all let go together; what each gave or raised, in order."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[at] = act()
        except (NotReady, Refused) as told:
            results[at] = type(told)
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(at, act)) for at, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def submission(code: str, key: str, who: Who) -> Callable[[], object]:
    return lambda: submitting.submit(Application.objects.get(code=code), key=key, who=who).pk


def test_a_double_click_gives_one_receipt(filed: World) -> None:
    code, who = checked(filed).code, filed.who("checker")
    results = at_once([submission(code, "one click", who)] * 2)
    assert results == [Submission.objects.get().pk] * 2
    assert Entry.objects.filter(verb="submitting.submit").count() == 1


def test_two_checkers_at_once_get_one_receipt_between_them(filed: World) -> None:
    filed.people["second"] = person("第二审", "second@example.invalid", ("checker", filed.bodies["society"]))
    code = checked(filed).code
    results = at_once([submission(code, name, filed.who(name)) for name in ("checker", "second")])
    assert sorted(results, key=str) == sorted([Submission.objects.get().pk, Refused], key=str)


def test_no_race_gets_past_the_quota(filed: World) -> None:
    """通知 三.5: eight at once, five are let in."""
    call, society, who = filed.call.pk, filed.bodies["society"], filed.who("editor")
    results = at_once([lambda: applying.start(Call.objects.get(pk=call), society, who=who).code] * TOGETHER)
    assert results.count(NotReady) == TOGETHER - 5
    assert sorted(c for c in results if isinstance(c, str)) == [f"K24-000{n}" for n in range(1, 6)]
    assert Application.objects.count() == 5


def test_saves_and_the_click_at_once_leave_no_half_text(filed: World) -> None:
    """Whatever was acknowledged before the click is in the text; what came after it was refused."""
    application, editor = checked(filed), filed.who("editor")

    def save() -> object:
        change = applying.Change("rationale", "对标规划，迟到的一稿。")
        return applying.save(Application.objects.get(pk=application.pk), [change], who=editor)

    def back() -> object:
        return submitting.take_back(Application.objects.get(pk=application.pk), who=editor).state

    results = at_once([submission(application.code, "click", filed.who("checker")), back, save])
    application.refresh_from_db()
    accepted = Submission.objects.count()
    assert accepted == (results[0] is not Refused)
    if accepted:
        assert (application.submitted.version.form, results[2]) == (application.form, Refused)
