"""Receipts: numbers, what stands on them, and what anybody may verify without signing in (promise P2).

On the public side no person is named and no file is called by the name it was uploaded with.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from ketuan.documents.letters import BagLabel, Commitment, Receipt, bag_label
from ketuan.documents.letters import Paper as Listed
from ketuan.documents.letters import receipt as printed
from ketuan.journal import verifying
from ketuan.journal.entries import canonical
from ketuan.programme import calling, numbers
from ketuan.programme.errors import NotFound, Refused
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Call, LatePermit, Paper, Recommendation, Submission, Version

FORM = "form"
"""Kind of the paper that is the frozen form itself."""
BY_HAND = "来信在截止以后由项目办放入，按信头的时间算，理由已记入日志"
_LABELS = {FORM: "申报书（电子版数据）", **dict(Paper.Kind.choices)}


@dataclass(frozen=True, slots=True)
class Consented:
    """The province's consent that lies among the papers of a submission."""

    province: str
    number: str
    version: Version
    changed: bool
    """What was submitted is not, word for word, what was consented to."""


@dataclass(frozen=True, slots=True)
class Verified:
    """What the public page says of a number. No personal data."""

    kind: str
    """提交回执 or 省级科协推荐函."""
    number: str
    title: str
    society: str
    call: str
    at: datetime.datetime
    sha256: str
    state: str
    """有效, 已被第2次提交替代, 已撤回, 已收回."""
    valid: bool
    papers: tuple[dict[str, Any], ...] = ()
    """label, size and sha256 of each."""
    nth: int = 1
    version: int = 0
    short_code: str = ""
    journal_number: int | None = None
    journal_hash: str = ""
    late: str = ""
    """Day until which a late permit was given, where the submission rests on one."""
    province: str = ""
    by_hand: bool = False
    """The letter was put in after the deadline, and the office said that it came in time."""


def next_number(call: Call) -> str:
    """The number of the next receipt of a call; call it inside the transaction that writes the submission.

    The call's row is locked until then, so that no number is given twice and none is left out.
    """
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    running = Submission.objects.filter(application__call=call).count() + 1
    return numbers.number_of(numbers.RECEIPT, calling.rules_of(call).about.year, running)


def listing(*, who: Who) -> QuerySet[Submission]:
    """All submissions this person sees, newest first."""
    rows = Submission.objects.filter(seen("submission", who))
    return rows.select_related(
        "application__society", "application__call__current", "version", "entry", "submitted_by", "late_permit"
    )


def find(number: str, *, who: Who) -> Submission:
    """The submission with this number, if this person sees it; NotFound otherwise."""
    found = listing(who=who).filter(number=numbers.tidied(number)).first()
    if found is None:
        raise NotFound(number)
    return found


def verify(typed: str) -> Verified:
    """What anybody may know of a receipt or a letter by its number. NotFound for a number that was never given."""
    number = numbers.tidied(typed)
    if number.startswith(numbers.RECEIPT):
        rows = Submission.objects.select_related(
            "application__society", "application__call", "version", "late_permit", "entry"
        )
        if submission := rows.filter(number=number).first():
            return _of_submission(submission)
    elif number:
        letters = Recommendation.objects.select_related("application__society", "application__call", "province")
        if found := letters.select_related("version", "letter").filter(code=number).first():
            return _of_letter(found)
    raise NotFound(typed)


def consent_of(submission: Submission) -> Consented | None:
    """For which version the submitted letter of consent was given; None where none was made here."""
    hashes = [one["sha256"] for one in submission.papers]
    given = Recommendation.objects.filter(application=submission.application_id, letter__sha256__in=hashes)
    one = given.exclude(version=None).select_related("province", "version").order_by("-decided_at").first()
    if one is None or one.version is None:
        return None
    changed = one.version.form != submission.version.form
    return Consented(one.province.name, one.number, one.version, changed)


def nth_of(submission: Submission) -> int:
    """Which submission of its application it is, counted from one."""
    return Submission.objects.filter(application=submission.application_id, pk__lte=submission.pk).count()


def state_of(submission: Submission) -> str:
    """有效, 已被第n次提交替代 or 已撤回."""
    if submission.withdrawn_at:
        return "已撤回"
    if submission.superseded_at:
        return f"已被第{nth_of(submission) + 1}次提交替代"
    return "有效"


def labelled(papers: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Papers under the names of their kinds, numbered where there are several of one."""
    count: dict[str, int] = {}
    shown = []
    for paper in papers:
        label = _LABELS[paper["kind"]]
        count[label] = count.get(label, 0) + 1
        number = count[label] if sum(p["kind"] == paper["kind"] for p in papers) > 1 else ""
        tail = PurePath(paper["name"]).suffix.lower()
        shown.append({"label": f"{label}{number}{tail}", "size": paper["size"], "sha256": paper["sha256"]})
    return tuple(shown)


def frozen(version: Version) -> bytes:
    """The frozen form as a file: exactly the bytes whose SHA-256 is the version's."""
    return canonical({"form": version.form, "unread": version.unread, "roster": version.roster})


def is_own(submission: Submission, *, who: Who) -> bool:
    """Whether the person acts for the society that submitted."""
    return submission.application.society_id in who.bodies("editor", "checker")


def frozen_for(submission: Submission, *, who: Who) -> bytes:
    """The frozen form for the society itself; Refused for other readers: birth dates and phones of the roster are in it."""
    if not is_own(submission, who=who):
        raise Refused("这份数据含团员的出生日期和手机号码，只给申报学会。", "申报书和名册请在平台上查看。")
    return frozen(submission.version)


def url_of(number: str) -> str:
    """The public page of verification, as QR codes carry it."""
    return f"{settings.KETUAN_BASE_URL}/verify/{number}/"


def pdf(submission: Submission) -> bytes:
    """The receipt as PDF."""
    rules = calling.rules_of_version(submission.call_version)
    entry = submission.entry
    return printed(
        Receipt(
            number=submission.number,
            project=_title(submission),
            society=submission.application.society.name,
            call_title=rules.about.title,
            issuer=rules.about.issuer,
            version=submission.version.number,
            short_code=submission.version.short_code,
            submitted_at=submission.at,
            submitted_by=str(submission.submitted_by or "平台"),
            sha256=submission.sha256,
            journal_number=entry.seq if entry else 0,
            journal_hash=submission.proof,
            url=url_of(submission.number),
            papers=tuple(Listed(p["name"], p["size"], p["sha256"]) for p in submission.papers),
            commitments=tuple(
                Commitment(given["text"], given["name"]) for _, given in sorted(submission.commitments.items())
            ),
            late=_permit(submission.late_permit),
            by_hand=BY_HAND if _by_hand(submission) else "",
        )
    )


def attachment(submission: int) -> tuple[str, bytes, str]:
    """The receipt for a letter (site/jobs.py)."""
    held = Submission.objects.select_related(
        "application__society", "call_version", "version", "entry", "submitted_by", "late_permit"
    )
    found = held.get(pk=submission)
    return f"{found.number}.pdf", pdf(found), "application/pdf"


def label(application: Application) -> bytes:
    """The label of the bag for the post as PDF (通知 四.2). NotFound while nothing was submitted."""
    submission = application.submitted
    if submission is None:
        raise NotFound(application.code)
    rules = calling.rules_of_version(submission.call_version)
    contact = application.call.contact or {}
    lines = [contact.get("address"), contact.get("recipient"), contact.get("phone")]
    last = application.call.deadline_at
    return bag_label(
        BagLabel(
            project=_title(submission),
            society=application.society.name,
            call_title=rules.about.title,
            short_code=submission.version.short_code,
            receipt_number=submission.number,
            originals=rules.submission.originals.value,
            copies=rules.submission.copies.value,
            address_lines=tuple(line for line in lines if line) or (rules.about.issuer,),
            url=url_of(submission.number),
            dispatch_by=f"{last.astimezone(clock.CHINA):%Y年%-m月%-d日}" if last else "",
        )
    )


def _permit(given: LatePermit | None) -> str:
    """The permit in words; its reason is for the society and the auditor, not for whoever holds the paper."""
    if given is None:
        return ""
    start, end = given.given_at.astimezone(clock.CHINA), given.until.astimezone(clock.CHINA)
    return f"项目办{start:%Y年%-m月%-d日}批准逾期提交（第 {given.pk} 号许可），有效至{end:%Y年%-m月%-d日 %H:%M}"


def _by_hand(submission: Submission) -> bool:
    return submission.entry is not None and bool(submission.entry.data.get("by_hand"))


def _title(submission: Submission) -> str:
    """As frozen; what is being written now may already be called otherwise."""
    title: str = submission.version.form["cover"]["title"]
    return title or submission.application.code


def _of_submission(submission: Submission) -> Verified:
    state = state_of(submission) if verifying.bears(submission) else "与日志不符，请向项目办核实"
    entry = submission.entry
    return Verified(
        "提交回执",
        submission.number,
        _title(submission),
        submission.application.society.name,
        submission.application.call.title,
        submission.at,
        submission.sha256,
        state,
        state == "有效",
        labelled(submission.papers),
        nth_of(submission),
        submission.version.number,
        submission.version.short_code,
        entry.seq if entry else None,
        submission.proof,
        f"{submission.late_permit.until.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}"
        if submission.late_permit
        else "",
        by_hand=_by_hand(submission),
    )


def _of_letter(found: Recommendation) -> Verified:
    version, paper = found.version, found.letter
    revoked = found.state == Recommendation.State.REVOKED
    papers = [{"kind": paper.kind, "name": paper.name, "size": paper.size, "sha256": paper.sha256}] if paper else []
    return Verified(
        "省级科协推荐函",
        found.code,
        version.form["cover"]["title"] if version else found.application.title,
        found.application.society.name,
        found.application.call.title,
        found.decided_at or found.asked_at,
        found.sha256,
        "已收回" if revoked else "有效",
        not revoked,
        labelled(papers),
        version=version.number if version else 0,
        short_code=version.short_code if version else "",
        province=found.province.name,
    )
