"""The deadline and the clocks (promise P3): the arrival counts, to the second, in Asia/Shanghai, wherever servers stand."""

from __future__ import annotations

import datetime
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone
from tests.ready import checked
from tests.world import World

from ketuan.programme import submitting
from ketuan.programme.errors import Refused
from ketuan.records import clock
from ketuan.records.models import Submission

ROOT = Path(__file__).resolve().parents[2]
LAST = datetime.datetime(2024, 5, 24, 23, 59, 59, 900_000, tzinfo=clock.CHINA)
MIDNIGHT = datetime.datetime(2024, 5, 25, tzinfo=clock.CHINA)


def posted(world: World, moment: datetime.datetime) -> int:
    """The status of a click at this moment; the call ends on 24 May."""
    application = checked(world)
    world.travel(moment)  # type: ignore[attr-defined]
    return world.client("checker").post(f"/applications/{application.code}/submit/now/", {"click": "one"}).status_code


def test_a_tenth_of_a_second_before_midnight_counts(world: World) -> None:
    assert posted(world, LAST) == 302
    assert Submission.objects.get().at == LAST


def test_midnight_does_not(world: World) -> None:
    assert posted(world, MIDNIGHT) == 403
    assert Submission.objects.count() == 0


def test_the_same_instant_in_another_zone_is_the_same_instant(world: World) -> None:
    assert posted(world, MIDNIGHT.astimezone(datetime.UTC)) == 403


def test_who_arrived_in_time_and_waited_for_a_turn_is_in(world: World) -> None:
    application = checked(world)
    world.travel(MIDNIGHT + datetime.timedelta(seconds=20))  # type: ignore[attr-defined]
    assert submitting.submit(application, key="k", who=world.who("checker"), arrived=LAST).at == LAST


@pytest.mark.parametrize(
    "step", [datetime.timedelta(minutes=-30), datetime.timedelta(hours=2), datetime.timedelta(seconds=7)]
)
def test_a_clock_that_steps_while_a_request_waits(world: World, step: datetime.timedelta) -> None:
    """Two seconds before the end the clock jumps: who had arrived is in, and a moment that lies ahead counts for nobody."""
    application = checked(world)
    arrived = MIDNIGHT - datetime.timedelta(seconds=2)
    world.travel(arrived + step)  # type: ignore[attr-defined]
    submission = submitting.submit(application, key="k", who=world.who("checker"), arrived=arrived)
    assert submission.at == min(arrived, arrived + step)


def test_a_moment_of_arrival_in_the_future_does_not_help(world: World) -> None:
    application = checked(world)
    world.travel(MIDNIGHT)  # type: ignore[attr-defined]
    with pytest.raises(Refused, match="截止"):
        submitting.submit(
            application, key="k", who=world.who("checker"), arrived=timezone.now() + datetime.timedelta(days=1)
        )


_ASK = """
import datetime, django
django.setup()
import time_machine
from ketuan.programme.permits import late
from ketuan.records import clock
from ketuan.records.models import Call
from django.conf import settings
settings.KETUAN_DEMO = False
call = Call(state="published", opens_at=clock.start_of(datetime.date(2024, 5, 7)),
            deadline_at=clock.end_of(datetime.date(2024, 5, 24)))
for text in ("2024-05-24T15:59:59.900000+00:00", "2024-05-24T16:00:00+00:00", "2024-05-06T16:00:00+00:00"):
    with time_machine.travel(datetime.datetime.fromisoformat(text), tick=False):
        print(clock.now().isoformat(), clock.today(), bool(late(call)))
"""


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati", "UTC"])
def test_the_zone_of_the_server_changes_nothing(zone: str, tmp_path: Path) -> None:
    environ = {**os.environ, "TZ": zone, "KETUAN_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    environ["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
    told = subprocess.run([sys.executable, "-c", _ASK], env=environ, capture_output=True, text=True, timeout=60)
    assert told.stdout.splitlines() == [
        "2024-05-24T23:59:59.900000+08:00 2024-05-24 False",
        "2024-05-25T00:00:00+08:00 2024-05-25 True",
        "2024-05-07T00:00:00+08:00 2024-05-07 False",
    ], told.stderr
