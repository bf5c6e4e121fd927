"""Maker and checker: the maker sends, the checker returns or submits; neither does both."""

from __future__ import annotations

from django.db import transaction

from ketuan.journal.outbox import letter
from ketuan.programme import applying
from ketuan.programme.addressees import people_of
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.submitting.readiness import readiness
from ketuan.programme.submitting.telling import deadline_of, tell_changes
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Version


def send_to_checker(application: Application, *, who: Who) -> Application:
    """The text is locked and goes to the checkers. NotReady while a finding blocks or a warning has no reason."""
    with transaction.atomic():
        application = locked(application)
        holding = permit("submitting.send_to_checker", who, application)
        ready = readiness(application, who=who)
        if not ready.text_ready:
            raise NotReady(
                "还有必须修改的问题，或没有说明理由的建议，暂不能送审。",
                (*ready.blocking, *(one.finding for one in ready.unanswered)),
            )
        to = people_of(application.society_id, "checker").exclude(pk=who.user_id or 0)
        if not to.exists():
            raise NotReady("送审和提交须由两个人办理，本单位还没有另一位审核人。请先邀请一位同事担任学会审核人。")
        applying.drop_blank_rows(application, who=who)
        version = applying.freeze(application, Version.Why.TO_CHECKER, who=who)
        application.state = Application.State.CHECKING
        application.sent_to_checker_at, application.sent_by_id = clock.now(), who.user_id
        application.returned_reason = ""
        application.save(update_fields=["state", "sent_to_checker_at", "sent_by", "returned_reason"])
        record(
            who,
            holding,
            "submitting.send_to_checker",
            application,
            f"送审核人审核（第{version.number}版）",
            data={"version": version.number, "sha256": version.sha256},
            application=application,
        )
        letter(
            "application_to_checker",
            to,
            key=f"application_to_checker:{version.pk}",
            link=f"/applications/{application.code}/submit/",
            title=application.title or application.code,
            name=who.name,
            deadline=deadline_of(application),
        )
        if ready.consent is not None:
            tell_changes(application, ready.consent, ready.changed)
    return application


def take_back(application: Application, *, who: Who) -> Application:
    """The society takes the text back from the checker and goes on writing."""
    return _to_maker(application, "submitting.take_back", "收回送审，继续修改", "", who)


def return_to_maker(application: Application, reason: str, *, who: Who) -> Application:
    """The checker returns it with remarks. Invalid without any."""
    permit("submitting.return_to_maker", who, application)
    if not reason.strip():
        raise Invalid({"reason": "请写明要修改什么，经办人会看到。"})
    return _to_maker(application, "submitting.return_to_maker", "审核退回", reason.strip(), who)


def _to_maker(application: Application, verb: str, says: str, reason: str, who: Who) -> Application:
    with transaction.atomic():
        application = locked(application)
        holding = permit(verb, who, application)
        sent_by = application.sent_by_id
        application.state = Application.State.DRAFT
        application.sent_to_checker_at, application.sent_by = None, None
        application.returned_reason = reason
        application.save(update_fields=["state", "sent_to_checker_at", "sent_by", "returned_reason"])
        entry = record(
            who,
            holding,
            verb,
            application,
            says,
            sealed={"reason": reason} if reason else None,
            application=application,
        )
        if reason:
            letter(
                "application_returned",
                people_of(application.society_id, "editor", "checker").filter(pk=sent_by or 0),
                key=f"application_returned:{entry.seq}",
                link=f"/applications/{application.code}/submit/",
                title=application.title or application.code,
                reason=reason,
            )
    return application
