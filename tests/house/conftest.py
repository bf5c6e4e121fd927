"""The scene of the house's tests: built once a module, and every request rolled back."""

from collections.abc import Iterator

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
