"""Letting one application in after the deadline: by name, with a reason, until a moment, in the journal."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet

from ketuan.journal.outbox import letter
from ketuan.programme.addressees import society_people
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, LatePermit, User


def permits_of(application: Application) -> QuerySet[LatePermit]:
    """All of them, newest first."""
    return application.late_permits.select_related("given_by").order_by("-pk")


def find_permit(application: Application, pk: int) -> LatePermit:
    """One of an application's permits; NotFound otherwise."""
    found = permits_of(application).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def permit_at(application: Application, at: datetime.datetime) -> LatePermit | None:
    """The permit that a submission at this moment rests on; None before the deadline."""
    deadline = application.call.deadline_at
    at = at.replace(microsecond=0)
    if deadline is None or at <= deadline:
        return None
    held = application.late_permits.filter(withdrawn_at=None, until__gte=at)
    return next((one for one in held.order_by("pk") if one.given_at.replace(microsecond=0) <= at), None)


def permit_late(application: Application, reason: str, until: datetime.datetime | None, *, who: Who) -> LatePermit:
    """Let this application in until then. Invalid without a reason or with an end that is past or not after the deadline."""
    with transaction.atomic():
        application = locked(application)
        holding = permit("submitting.permit_late", who, application)
        wrong = {}
        if not reason.strip():
            wrong["reason"] = "请写明理由，申报单位和审计员都会看到。"
        deadline = application.call.deadline_at
        if until is None:
            wrong["until"] = "请写明有效到什么时候。"
        elif until <= clock.now() or (deadline is not None and until <= deadline):
            wrong["until"] = "有效期须晚于现在，也须晚于申报截止时间。"
        if wrong or until is None:
            raise Invalid(wrong)
        given = LatePermit.objects.create(
            application=application,
            reason=reason.strip(),
            until=until,
            given_by=User.objects.get(pk=who.user_id or 0),
            given_at=clock.now(),
        )
        shown = f"{until.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}"
        record(
            who,
            holding,
            "submitting.permit_late",
            given,
            f"批准逾期提交，有效至{shown}",
            data={"until": until.isoformat()},
            sealed={"reason": given.reason},
            application=application,
        )
        letter(
            "late_permitted",
            society_people(application.society_id),
            key=f"late_permitted:{given.pk}",
            link=f"/applications/{application.code}/submit/",
            title=application.title or application.code,
            until=shown,
            reason=given.reason,
        )
    return given


def withdraw_permit(given: LatePermit, *, who: Who) -> LatePermit:
    """Take a permit back; what was submitted under it stays."""
    with transaction.atomic():
        application = locked(given.application)
        given = LatePermit.objects.get(pk=given.pk)
        holding = permit("submitting.withdraw_permit", who, application)
        if given.withdrawn_at is None:
            given.withdrawn_at = clock.now()
            given.save(update_fields=["withdrawn_at"])
            record(who, holding, "submitting.withdraw_permit", given, "收回逾期许可", application=application)
    return given
