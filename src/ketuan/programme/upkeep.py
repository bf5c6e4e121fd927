"""What an operator asks of the platform at three in the morning."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.core.files.storage import default_storage

from ketuan.records.models import Job, Letter, Paper


@dataclass(frozen=True, slots=True)
class Backlog:
    overdue: int
    failed: int


def backlog(before: datetime.datetime) -> Backlog:
    """Jobs and letters due before that moment and not done, and those that were given up."""
    overdue = Job.objects.filter(state=Job.State.WAITING, due_at__lt=before).count()
    overdue += Letter.objects.filter(state=Letter.State.WAITING, due_at__lt=before).count()
    failed = (
        Job.objects.filter(state=Job.State.FAILED).count() + Letter.objects.filter(state=Letter.State.FAILED).count()
    )
    return Backlog(overdue, failed)


def answers() -> None:
    """Ask the database something small; whatever it raises where it is away is for the caller."""
    Job.objects.filter(pk=0).exists()


def missing_papers() -> list[str]:
    """Names of papers whose file is not where it should be."""
    rows = Paper.objects.filter(removed_at=None).values_list("name", "key")
    return [name for name, key in rows.iterator() if not default_storage.exists(key)]
