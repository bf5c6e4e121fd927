"""A submission by mail against the call (通知 四.2): subject line, day of arrival, papers. Pure values in, findings out."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ketuan.rules.call import Call
from ketuan.rules.catalogue import catalogue
from ketuan.rules.checks.case import shortened, spoken
from ketuan.rules.findings import WEIGHTS, Finding, Weight

_BEIJING = ZoneInfo("Asia/Shanghai")
_CLAUSE = "通知 四.2"

SUBJECT, FORM, OTHER = "submission.subject", "submission.form", "submission.papers"
"""What only a mail can lack; the other codes are those of the catalogue."""
_OWN: dict[str, tuple[Weight, str]] = {
    SUBJECT: ("warn", _CLAUSE),
    FORM: ("block", _CLAUSE),
    OTHER: ("block", "附件3 十"),
}
PAPERS: tuple[tuple[str, str], ...] = (
    ("推荐", "attachment.recommendation"),
    ("难题|问题", "attachment.problems"),
    ("扫描|签字|盖章", "attachment.signed_scan"),
    ("申报书", FORM),
)
"""A word in the name of a paper of the call → the rule that asks for it; first found first."""


@dataclass(frozen=True, slots=True)
class Mail:
    """What the judgement needs to know of a mail."""

    subject: str
    arrived_at: datetime.datetime | None
    """With a zone; None where no server has noted it."""
    papers: frozenset[str]
    """Which of the call's papers (``submission.papers``) are among the attachments."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a subject line says."""

    society: str
    """Name of the applicant, "" where none is found."""
    right: bool
    """Written as the call asks, but for widths, dashes, quotation marks and spaces."""


def subject_of(subject: str, call: Call) -> Subject:
    """The society that a subject line names, and whether the line is as the call asks."""
    wanted = call.submission.mail_subject.value
    front, _, back = _folded(wanted).partition("{society}")
    line = _REPLY.sub("", _folded(subject))
    front = front.rstrip("-")
    if line.startswith(front) and line.endswith(back):
        name = line[len(front) : len(line) - len(back)] if back else line[len(front) :]
        return Subject(name.strip("-:_"), bool(name.strip("-:_")))
    last = line.rpartition("-")[2] if "-" in line else ""
    return Subject(last if _SOCIETY.search(last) else "", False)


def judge(mail: Mail, call: Call) -> tuple[Finding, ...]:
    """What is wrong with a submission by mail, heaviest first. ValueError for a time without a zone."""
    found = [*_subject(mail, call), *_deadline(mail, call), *_papers(mail, call)]
    return tuple(sorted(found, key=lambda one: WEIGHTS.index(one.weight)))


_DASHES = re.compile("[-\u2010-\u2015\u2212\u2500\u2501\u2e3a\u2e3b\ufe58\ufe63\uff0d~\u301c\uff5e]+")
_QUOTES = re.compile("[\"'“”‘’「」『』《》〝〞＂]")
_REPLY = re.compile(r"^(?:(?:re|fw|fwd|回复|答复|转发)[:：])+", re.IGNORECASE)
_SOCIETY = re.compile(r"(?:学会|协会|研究会|联合会|促进会|学社)$")


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _DASHES.sub("-", text))
    return re.sub(r"\s+", "", _QUOTES.sub("", _DASHES.sub("-", plain)))


def _subject(mail: Mail, call: Call) -> Iterator[Finding]:
    said = subject_of(mail.subject, call)
    if said.right:
        return
    wanted = call.submission.mail_subject.value.replace("{society}", said.society or "申报单位名称")
    if not mail.subject.strip():
        message = "邮件没有写主题。"
    elif said.society:
        message = f"邮件主题“{shortened(mail.subject)}”和通知要求的写法不同。"
    else:
        message = f"邮件主题“{shortened(mail.subject)}”里没有找到申报单位名称。"
    yield _finding(SUBJECT, "subject", message, mail.subject or None, wanted, f"请把主题写成：{wanted}")


def _deadline(mail: Mail, call: Call) -> Iterator[Finding]:
    last = call.submission.deadline.value
    if mail.arrived_at is None:
        message = "邮件里没有收件服务器记下的时间，不能确定是不是在截止日以前收到。"
        fix = "请在收件邮箱里核对收到的时间。"
        yield _finding("submission.deadline", "arrived_at", message, None, last.isoformat(), fix, weight="pending")
        return
    if mail.arrived_at.tzinfo is None:
        raise ValueError("收到的时刻要带时区")
    at = mail.arrived_at.astimezone(_BEIJING)
    if at.date() > last:
        message = f"邮件在{spoken(at.date())} {at:%H:%M:%S} 收到，晚于申报截止日{spoken(last)}，逾期不再受理。"
        fix = "有特殊情况的，请书面向发通知的部门说明。"
        yield _finding("submission.deadline", "arrived_at", message, at.isoformat(), last.isoformat(), fix)


def _papers(mail: Mail, call: Call) -> Iterator[Finding]:
    asked = call.submission.papers.value
    for number, name in enumerate(asked):
        if name in mail.papers:
            continue
        found = "、".join(one for one in asked if one in mail.papers) or "没有一样"
        fix = f"请补上{name}，连同其他材料一起重新发送。"
        yield _finding(code_of(name), f"papers.{number}", f"附件里没有{name}。", found, name, fix)


def code_of(paper: str) -> str:
    """The rule that asks for a paper of the call."""
    return next((code for word, code in PAPERS if re.search(word, paper)), OTHER)


def _finding(
    code: str, path: str, message: str, found: str | None, wanted: str, fix: str, *, weight: Weight | None = None
) -> Finding:
    usual, clause = _OWN[code] if code in _OWN else (catalogue()[code].weight, catalogue()[code].clause)
    return Finding(code, weight or usual, clause, path, message, found, wanted, fix)
