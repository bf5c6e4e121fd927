"""What must follow an act: letters to people and jobs for the worker, written in the act's transaction."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from ketuan.journal.letters import compose, for_robots
from ketuan.records import clock
from ketuan.records.models import Job, Letter, User


def letter(
    kind: str,
    to: Iterable[User],
    *,
    key: str,
    link: str = "",
    papers: Iterable[dict[str, Any]] = (),
    **context: Any,
) -> None:
    """One letter of ``kind`` to each person, by the channels they chose; the same ``key`` again writes nothing new.

    ``context`` fills the template of the kind (:mod:`ketuan.journal.letters`). KeyError for an unknown kind.
    """
    for user in to:
        for draft in compose(kind, user, key=key, link=link, papers=list(papers), context=context):
            Letter.objects.get_or_create(key=draft.pop("key"), defaults=draft)
    robots = settings.KETUAN_WECOM_ROBOT or settings.KETUAN_DINGTALK_ROBOT
    told = for_robots(kind, key=key, link=link, context=context) if robots else None
    if told is not None:
        Letter.objects.get_or_create(key=told.pop("key"), defaults=told)


def ask(name: str, *, key: str, due: datetime.datetime | None = None, **args: Any) -> None:
    """A job for the worker, at ``due`` or at once; the same ``key`` again is the same job."""
    now = clock.now()
    Job.objects.get_or_create(key=key, defaults={"name": name, "args": args, "due_at": due or now, "asked_at": now})
