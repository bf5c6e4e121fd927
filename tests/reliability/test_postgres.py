"""The platform on PostgreSQL: tables from nothing, and the tests of the programme, the journal and the API once more."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.postgres import NoPostgres, Postgres

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    try:
        postgres = Postgres()
    except NoPostgres as why:
        pytest.skip(str(why))
    with postgres:
        yield postgres


def run(server: Postgres, home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KETUAN_", "PYTEST_"))}
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={
            **kept,
            "KETUAN_DATABASE_URL": server.url,
            "KETUAN_HOME": str(home),
            "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
            "PYTHONUTF8": "1",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        },
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=1500,
    )


def test_the_tables_are_made_from_nothing_and_nothing_is_left_to_do(server: Postgres, tmp_path: Path) -> None:
    made = run(server, tmp_path, "django", "migrate", "--verbosity=0")
    assert (made.returncode, made.stderr) == (0, "")
    left = run(server, tmp_path, "django", "migrate", "--check")
    assert (left.returncode, left.stderr) == (0, "")


@pytest.mark.skipif(not os.environ.get("KETUAN_TEST_LONG"), reason="takes minutes; .ci/run sets KETUAN_TEST_LONG=1")
def test_the_tests_pass_there_too(server: Postgres, tmp_path: Path) -> None:
    parts = ("tests/programme", "tests/journal", "tests/api")
    told = run(server, tmp_path, "pytest", "-q", "-p", "no:cacheprovider", *parts)
    assert told.returncode == 0, told.stdout[-4000:]
