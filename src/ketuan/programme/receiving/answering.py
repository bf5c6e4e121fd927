"""Answers to an outside address: a receipt, or what is missing. One answer of a kind to a letter, none to a machine."""

from __future__ import annotations

import datetime
from typing import Any

from ketuan.documents.letters import Missing, ReturnedList, returned_list
from ketuan.journal.letters import KINDS
from ketuan.programme import calling, receipts
from ketuan.programme.receiving.envelope import deliverable
from ketuan.records import clock
from ketuan.records.models import Letter, Mail

SHOWN = 8
"""Findings that are told in the letter itself; all stand on the platform."""
_KIND = {
    Mail.State.ACCEPTED: "mail_accepted",
    Mail.State.MISSING: "mail_missing",
    Mail.State.LATE: "mail_late",
    Mail.State.REPEATED: "mail_repeated",
}


def answer_once(mail: Mail) -> None:
    """Tell the sender what became of the letter; nothing while a person must look, nothing twice."""
    kind = _KIND.get(Mail.State(mail.state))
    if kind is None:
        return
    papers: list[dict[str, Any]] = []
    if mail.state == Mail.State.ACCEPTED:
        papers = [{"kind": "receipt", "submission": one["submission"]} for one in mail.results]
    elif mail.state in (Mail.State.MISSING, Mail.State.LATE):
        papers = [{"kind": "returned_list", "mail": mail.pk}]
    if answer_with(mail, kind, key=f"mail:{mail.pk}:{kind}", papers=papers, **_context(mail)):
        mail.save(update_fields=["answered_at"])


def answer_with(mail: Mail, kind: str, *, key: str, papers: list[dict[str, Any]] | None = None, **context: Any) -> bool:
    """A letter to the sender into the outbox; False where nobody is to be answered or it was written before."""
    if mail.automatic or not deliverable(mail.sender):
        return False
    template, now = KINDS[kind], clock.now()
    words = {"subject": mail.subject or "没有主题的邮件", **context}
    values = {
        "kind": kind,
        "channel": Letter.Channel.MAIL,
        "user": None,
        "address": mail.sender,
        "subject": template.subject.format_map(words)[:200],
        "body": template.body.format_map(words),
        "papers": papers or [],
        "state": Letter.State.WAITING,
        "due_at": now,
        "written_at": now,
    }
    _, made = Letter.objects.get_or_create(key=key, defaults=values)
    if made:
        mail.answered_at = now
    return made


def list_pdf(mail: Mail) -> bytes:
    """材料核对告知单 of a letter as PDF."""
    rules = calling.rules_of(mail.call)
    missing = [
        Missing(
            f["message"],
            f["found"] or "",
            f["wanted"] or "",
            f["fix"] or "",
            _clause(f["clause"]),
            f["weight"] == "block",
        )
        for f in mail.findings
        if f["rule"] != "submission.sender"
    ]
    return returned_list(
        ReturnedList(
            number=number_of(mail),
            sender=mail.society.name if mail.society else mail.sender,
            call_title=rules.about.title,
            issuer=rules.about.issuer,
            subject=mail.subject,
            received_at=mail.received_at,
            attachments=tuple(one["name"] for one in mail.attachments),
            missing=tuple(missing),
            deadline=_deadline(mail),
            dated=mail.taken_at.astimezone(clock.CHINA).date(),
            url=receipts.url_of("").rstrip("/") + "/",
        )
    )


def attachment(mail: int) -> tuple[str, bytes, str]:
    """The list for a letter (site/jobs.py)."""
    found = Mail.objects.select_related("call__current", "society").get(pk=mail)
    return f"材料核对告知单-{number_of(found)}.pdf", list_pdf(found), "application/pdf"


def number_of(mail: Mail) -> str:
    return f"LX{calling.rules_of(mail.call).about.year}-{mail.pk:06d}"


def _context(mail: Mail) -> dict[str, str]:
    at = f"{mail.received_at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M:%S}"
    last = f"{_deadline(mail):%Y年%-m月%-d日}"
    context = {"at": at, "deadline": last, "why": mail.why}
    if mail.state == Mail.State.ACCEPTED:
        context["receipts"] = "\n".join(
            f"“{one['title'] or one['name']}”：回执{one['number']}，哈希值{one['sha256']}，核验{receipts.url_of(one['number'])}"
            for one in mail.results
        )
        blocks = [said for one in mail.results for said in one["blocks"]]
        if any(one["shared"] for one in mail.results):  # what other applications hold is told to nobody by mail
            blocks.append("与本单位其他申报书有重复（通知 三.5），请本单位人员登录平台查看。")
        context["blocks"] = (
            "\n\n形式上还有这些问题，会影响受理，请在截止前改好重新发送：\n" + _listed(blocks) if blocks else ""
        )
    if mail.state == Mail.State.MISSING:
        context["missing"] = _listed(
            [f"{f['message']}{f['fix'] or ''}" for f in mail.findings if f["weight"] == "block"]
        )
    if mail.state == Mail.State.REPEATED and mail.again_of:
        context["outcome"] = _outcome(mail.again_of)
    return context


def _outcome(first: Mail) -> str:
    if first.state == Mail.State.ACCEPTED:
        return f"材料已收到，回执{'、'.join(one['number'] for one in first.results)}，不用再发。"
    if first.state == Mail.State.MISSING:
        return "材料不齐，请按告知单补齐后重新发送。"
    return "正在由工作人员核对，有结果会答复您，不用再发。"


def _listed(sentences: list[str]) -> str:
    lines = [f"{n}. {said}" for n, said in enumerate(sentences[:SHOWN], 1)]
    more = len(sentences) - SHOWN
    return "\n".join([*lines, f"……另有 {more} 条。"] if more > 0 else lines)


def _deadline(mail: Mail) -> datetime.date:
    at = mail.call.deadline_at
    return at.astimezone(clock.CHINA).date() if at else calling.rules_of(mail.call).submission.deadline.value


def _clause(clause: Any) -> str:
    return clause if isinstance(clause, str) else "、".join(clause)
