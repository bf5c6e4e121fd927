"""What tests of races share: real transactions, on a database in a file and on PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.db import connections
from django.db.models import Model, QuerySet
from tests.world import World, body, person

from ketuan.programme.who import Who
from ketuan.records.models import Application

PATIENCE = 60


@contextlib.contextmanager
def default_database(**other: Any) -> Iterator[None]:
    """Let every thread's default database be another one."""
    settings, mine = connections.databases["default"], connections["default"]
    connections.databases["default"] = {**settings, "CONN_MAX_AGE": 0, **other}
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections["default"] = mine
        connections.databases["default"] = settings


def in_a_file(file: Path) -> dict[str, Any]:
    """A copy of the tests' empty tables in a SQLite file, opened as the platform opens its own."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select sql from sqlite_master where sql is not null and name not like 'sqlite_%'")
        tables = [sql for (sql,) in cursor.fetchall()]
    with contextlib.closing(sqlite3.connect(file)) as copy:
        copy.executescript(";\n".join(tables))
    return {"NAME": str(file)}


def on_postgres(url: str, name: str) -> dict[str, Any]:
    parts = urlsplit(url)
    engine, options = "django.db.backends.postgresql", dict(parse_qsl(parts.query))
    return {
        "ENGINE": engine,
        "NAME": name,
        "USER": parts.username,
        "PASSWORD": "",
        "PORT": "",
        "HOST": options["host"],
        "OPTIONS": {},
    }


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    """Every act in a thread of its own, all let go together; what each gave, or the kind of what it raised."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            results[at] = act()
        except Exception as problem:
            results[at] = type(problem)  # type: ignore[call-overload]
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=(at, act)) for at, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not [thread for thread in threads if thread.is_alive()]
    return results


def without_lock(patch: pytest.MonkeyPatch, model: type[Model]) -> None:
    """Switch the lock on rows of a table off: a race that is then still won proves nothing."""
    lock = QuerySet.select_for_update

    def unlocked(rows: QuerySet[Any], **how: Any) -> QuerySet[Any]:
        return rows.all() if rows.model is model else lock(rows, **how)

    patch.setattr(QuerySet, "select_for_update", unlocked)


def societies(world: World, count: int) -> list[World]:
    """The world as each of so many other societies sees it: maker and checker of their own."""
    made = []
    for n in range(count):
        society = body("society", f"中国第{n}测试学会", code=f"R-{n:02d}", parent=world.bodies["office"])
        people = {
            role: person(f"{name}{n}", f"{role}{n}@example.invalid", (role, society))
            for role, name in (("editor", "编写"), ("checker", "审核"))
        }
        made.append(World(world.call, {**world.bodies, "society": society}, {**world.people, **people}))
    return made


def again(application: Application) -> Application:
    """As another process would read it."""
    return Application.objects.get(pk=application.pk)


def whos(world: World, *names: str) -> list[Who]:
    return [world.who(name) for name in names]
