"""Doing what must follow: jobs and letters, on rows in the database, at least once.

A job is claimed by a lease; a worker that dies leaves a lease that runs out, and another takes the job up. Jobs must
therefore bear being done twice (they are verbs with keys of their own).
"""

from __future__ import annotations

import contextlib
import datetime
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from types import FrameType

from django.conf import settings
from django.db import close_old_connections, models, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from ketuan.journal import anchors, sending
from ketuan.records import clock
from ketuan.records.models import Job

LEASE = datetime.timedelta(minutes=5)
ATTEMPTS = 8
PAUSE = 1.0
"""Seconds between two looks at an empty table."""
log = logging.getLogger("ketuan.worker")


def jobs() -> Mapping[str, Callable[..., None]]:
    """The table job name → function, of the roof."""
    table: Mapping[str, Callable[..., None]] = import_string(settings.KETUAN_JOBS)
    return table


def claim() -> Job | None:
    """The next due job, leased to this worker."""
    now = timezone.now()
    with transaction.atomic():
        rows = Job.objects.select_for_update(skip_locked=sending._skips())
        waiting = models.Q(state=Job.State.WAITING, due_at__lte=clock.now())
        waiting &= models.Q(leased_until=None) | models.Q(leased_until__lte=now)
        left = models.Q(state=Job.State.RUNNING, leased_until__lte=now)
        job = rows.filter(waiting | left).order_by("due_at", "pk").first()
        if job is not None:
            job.state, job.leased_until, job.attempts = Job.State.RUNNING, now + LEASE, job.attempts + 1
            job.save(update_fields=["state", "leased_until", "attempts"])
    return job


def perform(job: Job, table: Mapping[str, Callable[..., None]]) -> None:
    """Do one job; a failure is written down and tried again later, longer apart each time."""
    try:
        table[job.name](**job.args)
    except Exception as problem:  # the job's row tells what happened; the worker goes on
        log.exception("job %s failed", job.name)
        job.error = f"{type(problem).__name__}: {problem}"[:2000]
        final = job.attempts >= ATTEMPTS
        job.state = Job.State.FAILED if final else Job.State.WAITING
        job.leased_until = timezone.now() + datetime.timedelta(seconds=15 * 2**job.attempts)
    else:
        job.state, job.error, job.leased_until, job.done_at = Job.State.DONE, "", None, clock.now()
    job.save(update_fields=["state", "error", "leased_until", "done_at"])


def turn() -> int:
    """Everything that is due now: how much was done."""
    done = 0
    table = jobs()
    if settings.KETUAN_EVERY_TURN:
        import_string(settings.KETUAN_EVERY_TURN)()
    while (job := claim()) is not None:
        perform(job, table)
        done += 1
    attach = import_string(settings.KETUAN_ATTACH) if settings.KETUAN_ATTACH else None
    done += sending.send_due(attach)
    anchors.write()
    return done


def run(*, once: bool = False) -> None:
    """Work until told to stop (SIGTERM, Ctrl+C), or ``once``."""
    stopped = threading.Event()
    with _told_by_signals(stopped):
        while not stopped.is_set():
            try:
                done = turn()
            except Exception:  # a database that is away for a moment must not end the worker
                log.exception("the worker's turn failed")
                done = 0
                time.sleep(PAUSE)
            if once:
                return
            if not done:
                stopped.wait(PAUSE)
            close_old_connections()


@contextlib.contextmanager
def _told_by_signals(stopped: threading.Event) -> Iterator[None]:
    """SIGTERM and SIGINT set ``stopped``; afterwards they mean again what they meant before."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopped.set()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
