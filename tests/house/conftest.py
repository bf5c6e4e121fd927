"""The scene of the house's tests: built once a module, and every request rolled back."""

import os
from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker
from tests.house.scene import Scene, build
from tests.house.watching import Watch
from tests.world import BEGINNING


@pytest.fixture(scope="module")
def scene(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), time_machine.travel(BEGINNING, tick=False), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def watch(scene: Scene) -> Watch:
    return Watch()


Cells = dict[str, str]


@pytest.fixture(scope="module")
def renewed() -> Iterator[Callable[[str, str, Cells], bool]]:
    """With ``KETUAN_RENEW=1``: gathers the answers, and writes the table at the end."""
    wanted = "KETUAN_RENEW" in os.environ
    gathered: dict[tuple[str, str], Cells] = {}

    def gather(role: str, method: str, found: Cells) -> bool:
        for route, cell in found.items() if wanted else ():
            gathered.setdefault((route, method), {})[role] = cell
        return wanted

    yield gather
    if gathered:
        from tests.house.test_walk import renew

        renew(gathered)
