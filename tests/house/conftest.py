"""The scene of the house's tests: built once a module, and every request rolled back."""

from collections.abc import Iterator

import pytest
import time_machine
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker
from tests.house.scene import Scene, build
from tests.house.watching import Watch, drawn_once
from tests.world import BEGINNING


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Scene]:
    with django_db_blocker.unblock(), transaction.atomic():
        with time_machine.travel(BEGINNING, tick=False):
            made = build()
        with drawn_once():
            yield made
        transaction.set_rollback(True)


@pytest.fixture
def scene(built: Scene, db: None) -> Iterator[Scene]:
    """On the day of the world; what the test itself changes is undone after it."""
    with time_machine.travel(BEGINNING, tick=False):
        yield built


@pytest.fixture(scope="session")
def watch() -> Watch:
    return Watch()
