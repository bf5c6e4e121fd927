"""What both sides are told when a text is no longer the one that was consented to."""

from __future__ import annotations

import hashlib

from ketuan.journal.entries import canonical
from ketuan.journal.outbox import letter
from ketuan.programme.addressees import people_of, society_people
from ketuan.programme.recommending import Changed
from ketuan.records import clock
from ketuan.records.models import Application, Recommendation


def deadline_of(application: Application) -> str:
    """2024年5月24日 23:59."""
    at = application.call.deadline_at
    return f"{at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}" if at else "申报截止"


def tell_changes(application: Application, consent: Recommendation, changed: tuple[Changed, ...]) -> None:
    """A letter to the society and one to the province; once for the same changes."""
    if not changed:
        return
    said = [f"{one.label}：“{one.before or '空'}”改为“{one.after or '空'}”" for one in changed]
    mark = hashlib.sha256(canonical(said)).hexdigest()[:16]
    sides = (
        (society_people(application.society_id), f"/applications/{application.code}/submit/"),
        (people_of(consent.province_id, "provincial"), f"/recommending/{consent.pk}/"),
    )
    for people, link in sides:
        letter(
            "changed_after_consent",
            people,
            key=f"changed_after_consent:{consent.pk}:{mark}",
            link=link,
            title=application.title,
            province=consent.province.name,
            changes="；".join(said),
        )
