"""Databases for tests of races."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from tests.reliability.racing import default_database, in_a_file, on_postgres
from tests.world import BEGINNING, World, build
from tools.postgres import NoPostgres, Postgres

_numbers = itertools.count()


@pytest.fixture(scope="session")
def postgres(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """The address of a throw-away PostgreSQL; its database ``empty`` has all tables. Skips where there is no server."""
    try:
        server = Postgres()
    except NoPostgres as why:
        pytest.skip(str(why))
    with server, django_db_blocker.unblock():
        with default_database(**on_postgres(server.url, "postgres")), connection.cursor() as cursor:
            cursor.execute("create database empty")
        with default_database(**on_postgres(server.url, "empty")):
            call_command("migrate", verbosity=0, run_syncdb=True)
            call_command("createcachetable", verbosity=0)
        yield server.url


@pytest.fixture(params=["sqlite", "postgres"])
def filed(request: pytest.FixtureRequest, db: None, django_db_blocker: Any, tmp_path: Path) -> Iterator[World]:
    """The world of :mod:`tests.world` in a database that other threads see, on SQLite and on PostgreSQL."""
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            if connection.vendor != "sqlite":
                pytest.skip("the tests run on another database")
            other = in_a_file(tmp_path / "race.sqlite3")
        else:
            url, name = request.getfixturevalue("postgres"), f"race{next(_numbers)}"
            with default_database(**on_postgres(url, "postgres")), connection.cursor() as cursor:
                cursor.execute(f"create database {name} template empty")
            other = on_postgres(url, name)
        with default_database(**other), time_machine.travel(BEGINNING, tick=False):
            yield build()


@pytest.fixture
def on_server(filed: World) -> World:
    """Where rows are locked one by one; SQLite lets one writer in at a time, whatever the code asks for."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no lock on rows that could be switched off")
    return filed
