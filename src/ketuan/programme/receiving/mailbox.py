"""What the door to the mailbox needs to know: which messages are here, since when to look, how it went."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Min

from ketuan.journal.outbox import ask
from ketuan.records import clock
from ketuan.records.models import Call, Job, Mail

JOB = "receiving.fetch_mail"
EVERY = datetime.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Box:
    """How the mailbox stands: ``wanted`` where the operator named one."""

    wanted: bool
    last: datetime.datetime | None = None
    trouble: str = ""


def box() -> Box:
    job = Job.objects.filter(key=JOB).first()
    if not settings.KETUAN_IMAP_URL or job is None:
        return Box(bool(settings.KETUAN_IMAP_URL))
    return Box(True, job.done_at, job.error.partition(": ")[2] or job.error)


def known(message_ids: Iterable[str]) -> frozenset[str]:
    """Which of these messages have been taken in."""
    return frozenset(Mail.objects.filter(message_id__in=list(message_ids)).values_list("message_id", flat=True))


def since() -> datetime.date | None:
    """From which day on letters are looked for: the first of the published calls; None while there is none."""
    first: datetime.datetime | None = (
        Call.objects.filter(state=Call.State.PUBLISHED).exclude(current=None).aggregate(at=Min("opens_at"))["at"]
    )
    return first.astimezone(clock.CHINA).date() if first else None


def keep_asking() -> None:
    """One job, asked again two minutes after it was done; the worker calls this at every turn."""
    if not settings.KETUAN_IMAP_URL:
        return
    now = clock.now()
    ask(JOB, key=JOB, due=now)
    rested = Job.objects.filter(key=JOB, state__in=(Job.State.DONE, Job.State.FAILED))
    done = rested.exclude(done_at__gt=now - EVERY, done_at__lte=now)
    done.update(state=Job.State.WAITING, due_at=now, attempts=0, leased_until=None)
