"""Fixtures of the platform's tests."""

import pytest
import time_machine
from tests.world import BEGINNING, World, build


@pytest.fixture
def world(db: None) -> World:
    """The small world of :mod:`tests.world`, on 10 May 2024, while the 2024 call is open."""
    with time_machine.travel(BEGINNING, tick=False) as traveller:
        made = build()
        made.travel = traveller.move_to  # type: ignore[attr-defined]
        yield made
