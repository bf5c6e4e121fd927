"""Fixtures of the platform's tests."""

from pathlib import Path
from typing import Any

import pytest
import time_machine
from tests.world import BEGINNING, World, build

TOGETHER = (
    "tests/house/",
    "tests/flows/",
    "tests/reliability/",
    "tests/programme/test_demo_building.py",
    "tests/cli/test_operators.py",
    "tests/cli/test_demo_up.py",
)
"""Files whose tests share something dear (a scene, a browser, a server): each file stays with one worker."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        file = item.nodeid.partition("::")[0]
        if file.startswith(TOGETHER):
            item.add_marker(pytest.mark.xdist_group(file))


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    """The small world of :mod:`tests.world`, on 10 May 2024, while the 2024 call is open."""
    settings.KETUAN_ANCHORS = tmp_path / "anchors"  # another test's anchors would speak against this one's journal
    with time_machine.travel(BEGINNING, tick=False) as traveller:
        made = build()
        made.travel = traveller.move_to  # type: ignore[attr-defined]
        yield made
