"""Versions: what the form was at a moment, its hash and its short code."""

from __future__ import annotations

import datetime
import hashlib
from typing import Any

from django.db.models import QuerySet

from ketuan.journal.entries import canonical
from ketuan.programme.applying import papers
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Version

SITTING = datetime.timedelta(minutes=20)
"""Savings of one person with no longer pause than this are one version."""
_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that are not mistaken for one another when read from paper."""


def digest(form: dict[str, Any], unread: dict[str, Any], roster: list[Any]) -> str:
    """SHA-256 of the canonical spelling of everything a version holds."""
    return hashlib.sha256(canonical({"form": form, "unread": unread, "roster": roster})).hexdigest()


def short_code(sha256: str) -> str:
    """Eight letters of a hash, in two fours: stands on every page, so that paper and electronic version can be compared."""
    number = int(sha256[:16], 16)
    letters = ""
    for _ in range(8):
        number, rest = divmod(number, len(_LETTERS))
        letters += _LETTERS[rest]
    return f"{letters[:4]}-{letters[4:]}"


def keep(application: Application, why: Version.Why, *, who: Who) -> Version:
    """The form as it is now, as a version; a sitting that goes on is brought up to date instead. Inside a transaction."""
    roster = [entry.model_dump(mode="json") for entry in papers.roster_of(application)]
    sha256 = digest(application.form, application.unread, roster)
    now = clock.now()
    values = {
        "form": application.form,
        "unread": application.unread,
        "roster": roster,
        "sha256": sha256,
        "short_code": short_code(sha256),
        "made_at": now,
    }
    last = application.versions.order_by("-number").first()
    goes_on = (
        why == Version.Why.SITTING
        and last is not None
        and last.why == why
        and last.made_by_id == who.user_id
        and abs(now - last.made_at) < SITTING
    )
    if goes_on and last is not None:
        for name, value in values.items():
            setattr(last, name, value)
        last.save(update_fields=list(values))
        return last
    return Version.objects.create(
        application=application,
        number=last.number + 1 if last else 1,
        why=why,
        made_by_id=who.user_id,
        **values,
    )


def freeze(application: Application, why: Version.Why, *, who: Who) -> Version:
    """A version of its own, never brought up to date: what a decision rests on."""
    return keep(application, why, who=who)


def history(application: Application) -> QuerySet[Version]:
    """Newest first, without the forms themselves."""
    return application.versions.select_related("made_by").defer("form", "unread", "roster").order_by("-number")
