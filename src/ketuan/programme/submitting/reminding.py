"""Reminders before the deadline, to those who have not submitted and to nobody else."""

from __future__ import annotations

import datetime
from typing import Any

from ketuan.journal import outbox
from ketuan.programme import recommending
from ketuan.programme.addressees import people_of, society_people
from ketuan.records import clock
from ketuan.records.models import Application, Call

HOURS = (72, 24, 2)
"""Before the deadline."""
JOB = "submitting.remind"


def plan_reminders(call: Call) -> None:
    """Ask for the reminders of a call; call it whenever a call is published or its deadline moves."""
    if call.deadline_at is None:
        return
    deadline = call.deadline_at.astimezone(clock.CHINA)
    for hours in HOURS:
        due = deadline - datetime.timedelta(hours=hours)
        if due > clock.now():
            key = f"remind:{call.code}:{deadline:%Y%m%d%H%M%S}:{hours}"
            outbox.ask(JOB, key=key, due=due, call=call.pk, hours=hours, deadline=deadline.isoformat())


def remind(call: int, hours: int, deadline: str) -> None:
    """The job: letters for every application without a valid submission. Nothing after the deadline or when it moved."""
    held = Call.objects.filter(pk=call, state=Call.State.PUBLISHED).first()
    if held is None or held.deadline_at is None or clock.now() > held.deadline_at:
        return
    if held.deadline_at != datetime.datetime.fromisoformat(deadline):
        return
    waiting = Application.objects.filter(call=held, state__in=(Application.State.DRAFT, Application.State.CHECKING))
    for application in waiting.filter(submitted=None).select_related("society").order_by("pk"):
        _write(application, held.deadline_at.astimezone(clock.CHINA), hours)


def _write(application: Application, deadline: datetime.datetime, hours: int) -> None:
    link = f"/applications/{application.code}/submit/"
    mark = f"{application.pk}:{deadline:%Y%m%d%H%M%S}:{hours}"
    context: dict[str, Any] = {
        "hours": hours,
        "title": application.title or application.code,
        "deadline": f"{deadline:%Y年%-m月%-d日 %H:%M}",
    }
    people = society_people(application.society_id)
    outbox.letter("deadline_near", people, key=f"deadline_near:{mark}", link=link, **context)
    if recommending.in_force(application) is None and not application.papers.filter(
        kind="consent_letter", removed_at=None
    ):
        outbox.letter("consent_missing", people, key=f"consent_missing:{mark}", link=link, **context)
        asked = recommending.pending(application)
        if asked is not None:
            outbox.letter(
                "consent_missing",
                people_of(asked.province_id, "provincial"),
                key=f"consent_missing:{mark}",
                link=f"/recommending/{asked.pk}/",
                **context,
            )
