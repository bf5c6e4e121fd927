"""A letter held against the call: what it brings, what it lacks, whom it is from. Nothing is written here."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ketuan.documents.mail import Letter
from ketuan.forms.identity import folded
from ketuan.programme import calling, recommending
from ketuan.programme.permits import late
from ketuan.programme.receiving.naming import known_sender, near, society_named
from ketuan.programme.receiving.sorting import OTHER, Bundle, Item, bundles
from ketuan.records.models import Application, Call, Mail, Organisation, Paper
from ketuan.rules import mail as rules
from ketuan.rules.findings import WEIGHTS, Finding

SENDER, FILE = "submission.sender", "submission.file"
_CLAUSE = "通知 四.2"


@dataclass(slots=True)
class Judged:
    """``state`` ACCEPTED means that it may be accepted; whether it is, the accepting says."""

    state: Mail.State
    why: str = ""
    society: Organisation | None = None
    suggested: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    bundles: list[Bundle] = field(default_factory=list)


def judge(
    letter: Letter,
    items: Sequence[Item],
    call: Call,
    at: datetime.datetime,
    *,
    society: Organisation | None = None,
    application: Application | None = None,
) -> Judged:
    """What becomes of a letter. ``society`` and ``application`` are what a person said, else they are found by name."""
    chosen = society is not None
    found, left = bundles(items)
    call_rules = calling.rules_of(call)
    said = rules.subject_of(letter.subject, call_rules)
    written = [said.society, *(one.reading.form.society.name for one in found)]
    judged = Judged(Mail.State.ACCEPTED, society=society, bundles=found)
    if society is None:
        judged.society, judged.why = _society(written)
        if judged.society is None:
            judged.suggested = near(written)
    matches = [application or matched(call, judged.society, one.title) for one in found]
    asked = call_rules.submission.papers.value
    present = [_present(one, match, asked) for one, match in zip(found, matches, strict=True)]
    here = frozenset.intersection(*present) if present else frozenset[str]()
    judged.findings = [*rules.judge(rules.Mail(letter.subject, at, here), call_rules), *_files(items)]
    if judged.society is not None and not known_sender(judged.society, letter.sender):
        judged.findings.append(_sender(judged.society))
    judged.findings.sort(key=lambda one: WEIGHTS.index(one.weight))
    judged.state, why = _state(judged, call, at, items, left, matches, chosen)
    judged.why = why or judged.why
    return judged


def matched(call: Call, society: Organisation | None, title: str) -> Application | None:
    """The society's application of that title under this call, the newest first."""
    key = _title(title)
    if society is None or not key:
        return None
    rows = Application.objects.filter(call=call, society=society).exclude(state=Application.State.WITHDRAWN)
    return next((one for one in rows.order_by("-pk") if _title(one.title) == key), None)


def _title(title: str) -> str:
    return re.sub(r"[“”\"'‘’《》]", "", folded(title))


def _society(written: Sequence[str]) -> tuple[Organisation | None, str]:
    names = [name for name in written if name.strip()]
    if not names:
        return None, "邮件主题和附件里都没有申报单位名称，不知道是哪个学会报送的。"
    societies = {one.pk: one for name in names if (one := society_named(name)) is not None}
    if len(societies) > 1:
        told = "、".join(one.name for one in societies.values())
        return None, f"邮件里写了几个申报单位：{told}。请核对是哪个学会报送的。"
    if not societies:
        return None, f"名录里没有“{'”“'.join(dict.fromkeys(names))}”。请核对单位名称后指定学会。"
    return next(iter(societies.values())), ""


def _state(
    judged: Judged,
    call: Call,
    at: datetime.datetime,
    items: Sequence[Item],
    left: Sequence[Item],
    matches: Sequence[Application | None],
    chosen: bool,
) -> tuple[Mail.State, str]:
    closed = [why for match in matches or [None] if (why := late(call, match, at=at))]
    if not closed:  # in time, or by a late permit
        judged.findings = [one for one in judged.findings if one.rule != "submission.deadline" or one.weight != "block"]
    after = call.deadline_at is not None and at.replace(microsecond=0) > call.deadline_at
    if closed and after:
        return Mail.State.LATE, closed[0]
    if closed:
        return Mail.State.UNCLEAR, closed[0]
    if judged.society is None:
        return Mail.State.UNCLEAR, ""
    if left:
        names = "、".join(item.name for item in left)
        return (
            Mail.State.UNCLEAR,
            f"邮件里有几份申报书，分不清这些附件属于哪一份：{names}。请对方每份申报书发一封邮件。",
        )
    if any(one.weight == "block" for one in judged.findings):
        unsorted = [item.name for item in items if item.kind == OTHER and not item.says]
        if unsorted and judged.bundles:
            return Mail.State.UNCLEAR, f"没有认出这些附件是什么：{'、'.join(unsorted)}。请打开看一看，选好种类再受理。"
        return Mail.State.MISSING, ""
    known = not any(one.rule == SENDER for one in judged.findings)
    if not known and not chosen and any(matches):
        return (
            Mail.State.UNCLEAR,
            "平台上已有这份申报书，而发件地址不是该学会登记的人员。请与学会核对后再受理，以免别人替换内容。",
        )
    return Mail.State.ACCEPTED, ""


def _present(one: Bundle, match: Application | None, asked: Sequence[str]) -> frozenset[str]:
    """Which of the papers the call asks for are there for this form."""
    consent = one.has(Paper.Kind.CONSENT_LETTER) or (match is not None and recommending.in_force(match) is not None)
    have = {
        rules.FORM: True,
        "attachment.recommendation": consent,
        "attachment.problems": bool(one.reading.form.problems) or one.has(Paper.Kind.PROBLEM_TABLE),
        "attachment.signed_scan": one.has(Paper.Kind.SIGNED_SCAN),
    }
    return frozenset(
        name for name in asked if have.get(rules.code_of(name), any(name in item.name for item in one.papers))
    )


def _files(items: Sequence[Item]) -> list[Finding]:
    return [
        Finding(
            FILE, "warn", _CLAUSE, f"attachments.{item.number}", f"附件“{item.name}”没有收下。", None, None, item.says
        )
        for item in items
        if item.says
    ]


def _sender(society: Organisation) -> Finding:
    return Finding(
        SENDER,
        "warn",
        _CLAUSE,
        "sender",
        f"发件地址不是{society.name}在平台登记的人员。",
        None,
        None,
        "已告知该学会的经办人和审核人；有疑问时请与学会核对。",
    )
