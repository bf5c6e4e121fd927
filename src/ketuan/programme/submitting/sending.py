"""The submission itself (通知 四.2; promises P1 to P4): one transaction, one version, one receipt."""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import asdict
from typing import Any

from django.db import transaction

from ketuan.journal.entries import canonical
from ketuan.journal.outbox import letter
from ketuan.programme import applying, calling, receipts
from ketuan.programme.addressees import people_of, society_people
from ketuan.programme.applying.finding import locked, society_locked
from ketuan.programme.applying.withdrawing import end_requests
from ketuan.programme.errors import Invalid, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import late, permit
from ketuan.programme.submitting.lateness import permit_at
from ketuan.programme.submitting.readiness import Readiness, readiness
from ketuan.programme.submitting.telling import tell_changes
from ketuan.programme.who import PLATFORM, Holding, Who
from ketuan.records import clock
from ketuan.records.models import Application, CallVersion, Entry, Paper, Submission, Version

LONGEST_KEY = 64
SENT = (Paper.Kind.CONSENT_LETTER, Paper.Kind.SIGNED_SCAN, Paper.Kind.PROBLEM_TABLE, Paper.Kind.PROOF)
"""Kinds of papers that belong to a submission."""


def submit(application: Application, *, key: str, who: Who, arrived: datetime.datetime | None = None) -> Submission:
    """Freeze the form and its papers, and give a receipt.

    ``key`` belongs to the click: the same click again gets the same receipt. ``arrived`` is when the request came in; that
    moment counts for the deadline, however long it then waited for its turn. Refused for the maker, after the deadline
    without a permit, or when somebody was faster; NotReady with everything that is still missing.
    """
    if not 0 < len(key) <= LONGEST_KEY:
        permit("submitting.submit", who, application)
        raise Invalid({"key": "页面已过期，请刷新后再提交。"})
    with transaction.atomic():
        society_locked(application.society_id)
        application = locked(application)
        again = Submission.objects.filter(key=key, application=application, submitted_by=who.user_id or 0).first()
        if again is not None:
            return again
        holding = permit("submitting.submit", who, application)
        now = clock.now()
        at = min(arrived or now, now)
        if why := late(application.call, application, at=at):
            raise Refused(why)
        if application.sent_by_id == who.user_id:
            raise Refused("送审和提交须由两个人办理。这份申报书是您送审的，请本单位另一位审核人提交。")
        _within_quota(application)
        ready = readiness(application, who=who)
        if not ready.ready:
            raise NotReady("还差几样，补齐后才能提交。", ready.missing)
        applying.drop_blank_rows(application, who=who)
        submission = _accept(application, ready, key, at, who)
        entry = _recorded(application, submission, "submitting.submit", "提交申报书", holding, who)
        _settle(application, submission, entry, ready)
    return submission


def take_as_received(
    application: Application,
    *,
    key: str,
    at: datetime.datetime,
    verb: str,
    holding: Holding,
    who: Who,
    by_hand: bool = False,
) -> Submission:
    """What came by mail, as it came: findings are recorded, they do not stop it. Inside the transaction of the letter.

    ``at`` is when the letter arrived; ``by_hand``: as a person of the office said, after the deadline. Refused after the
    deadline without a permit; NotReady beyond the society's quota.
    """
    if why := late(application.call, application, at=at):
        raise Refused(why)
    _within_quota(application)
    ready = readiness(application, who=PLATFORM)
    submission = _accept(application, ready, key, at, PLATFORM, Submission.Channel.MAIL, Version.Why.MAIL)
    by = {"by_hand": True} if by_hand else {}
    entry = _recorded(application, submission, verb, "收到邮件报送的申报书", holding, who, **by)
    _settle(application, submission, entry, ready)
    return submission


def _recorded(
    application: Application, submission: Submission, verb: str, says: str, holding: Holding, who: Who, **more: bool
) -> Entry:
    """The entry that a receipt rests on: the same facts by whichever way the application came."""
    late_permit = "（逾期许可）" if submission.late_permit_id else ""
    return record(
        who,
        holding,
        verb,
        application,
        f"{says}，回执{submission.number}{late_permit}",
        data={
            "number": submission.number,
            "sha256": submission.sha256,
            "version": submission.version.number,
            "arrived": submission.at.isoformat(),
            "late_permit": submission.late_permit_id,
            **more,
        },
        application=application,
    )


def reopen(application: Application, *, who: Who) -> Application:
    """Go on writing after a submission; that one stays valid until a newer one takes its place."""
    with transaction.atomic():
        application = locked(application)
        holding = permit("submitting.reopen", who, application)
        application.state = Application.State.DRAFT
        application.sent_to_checker_at, application.sent_by = None, None
        application.save(update_fields=["state", "sent_to_checker_at", "sent_by"])
        number = application.submitted.number if application.submitted else ""
        record(
            who,
            holding,
            "submitting.reopen",
            application,
            f"重新修改；回执{number}在再次提交前仍然有效",
            data={"number": number},
            application=application,
        )
    return application


def withdraw(application: Application, reason: str, *, who: Who) -> Application:
    """Take a submitted application out of the call; its receipts say so. Invalid without a reason."""
    if not reason.strip():
        raise Invalid({"reason": "请写明撤回的理由。"})
    with transaction.atomic():
        application = locked(application)
        holding = permit("submitting.withdraw", who, application)
        submission = application.submitted
        if submission is None:
            raise Refused("申报书还没有提交过。")
        submission.withdrawn_at = clock.now()
        submission.save(update_fields=["withdrawn_at"])
        end_requests(application)
        application.state = Application.State.WITHDRAWN
        application.save(update_fields=["state"])
        record(
            who,
            holding,
            "submitting.withdraw",
            application,
            f"撤回申报书，回执{submission.number}不再有效",
            data={"number": submission.number},
            sealed={"reason": reason.strip()},
            application=application,
        )
        for people, link in (
            (society_people(application.society_id), f"/receipts/{submission.number}/"),
            (people_of(application.province_id, "provincial"), "/recommending/"),
        ):
            letter(
                "submission_withdrawn",
                people,
                key=f"submission_withdrawn:{submission.pk}",
                link=link,
                title=application.title,
                number=submission.number,
                reason=reason.strip(),
            )
    return application


def digest(version: Version, papers: list[dict[str, Any]]) -> str:
    """SHA-256 of a submission: the version's hash and name, size and hash of every paper."""
    listed = [{name: paper[name] for name in ("name", "size", "sha256")} for paper in papers]
    return hashlib.sha256(canonical({"version": version.sha256, "papers": listed})).hexdigest()


def _within_quota(application: Application) -> None:
    most = calling.rules_of(application.call).quota.per_society
    others = applying.of_society(application).exclude(submitted=None).count()
    if others >= most.value:
        raise NotReady(f"本单位已提交{others}个，每个单位最多{most.value}个（{most.clause}）。")


def _accept(
    application: Application,
    ready: Readiness,
    key: str,
    at: datetime.datetime,
    who: Who,
    channel: Submission.Channel = Submission.Channel.ONLINE,
    why: Version.Why = Version.Why.SUBMISSION,
) -> Submission:
    version = applying.freeze(application, why, who=who)
    frozen = receipts.frozen(version)
    held = application.papers.filter(removed_at=None, kind__in=SENT).values("kind", "name", "size", "sha256")
    form = {
        "kind": receipts.FORM,
        "name": f"申报书第{version.number}版.json",
        "size": len(frozen),
        "sha256": version.sha256,
    }
    rest: list[dict[str, Any]] = [dict(one) for one in held.order_by("pk")]
    papers = [form, *sorted(rest, key=lambda paper: SENT.index(paper["kind"]))]
    current: CallVersion | None = application.call.current
    if current is None:
        raise Refused("申报通知尚未发布，现在还不能申报。")
    return Submission.objects.create(
        application=application,
        version=version,
        call_version=current,
        number=receipts.next_number(application.call),
        key=key,
        channel=channel,
        at=at,
        sha256=digest(version, papers),
        papers=papers,
        findings=[asdict(f) for f in (*ready.blocking, *(one.finding for one in ready.asked), *ready.notes)],
        reasons={one.key: application.reasons[one.key] for one in ready.asked if one.key in application.reasons},
        commitments=application.commitments,
        late_permit=permit_at(application, at),
        submitted_by_id=who.user_id,
    )


def _settle(application: Application, submission: Submission, entry: Entry, ready: Readiness) -> None:
    _proved(submission, entry)
    previous = application.submitted
    if previous is not None and previous.withdrawn_at is None:
        previous.superseded_at = submission.at
        previous.save(update_fields=["superseded_at"])
    application.submitted, application.state = submission, Application.State.SUBMITTED
    application.save(update_fields=["submitted", "state"])
    _tell(application, submission, ready)


def _proved(submission: Submission, entry: Entry) -> None:
    submission.entry, submission.proof = entry, entry.mac
    submission.save(update_fields=["entry", "proof"])


def _tell(application: Application, submission: Submission, ready: Readiness) -> None:
    at = submission.at.astimezone(clock.CHINA)
    context = {
        "title": application.title,
        "society": application.society.name,
        "number": submission.number,
        "at": f"{at:%Y年%-m月%-d日 %H:%M:%S}",
        "sha256": submission.sha256,
        "url": receipts.url_of(submission.number),
    }
    link, papers = f"/receipts/{submission.number}/", [{"kind": "receipt", "submission": submission.pk}]
    letter(
        "application_submitted",
        society_people(application.society_id),
        key=f"application_submitted:{submission.pk}",
        link=link,
        papers=papers,
        **context,
    )
    letter(
        "application_submitted_province",
        people_of(ready.consent.province_id if ready.consent else None, "provincial"),
        key=f"application_submitted_province:{submission.pk}",
        link=link,
        papers=papers,
        **context,
    )
    if ready.consent is not None:
        tell_changes(application, ready.consent, ready.changed)
