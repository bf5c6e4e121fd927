"""材料核对告知单: what a submission by mail still lacks, as the answer to its sender (通知 四.2)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ketuan.documents.letters.press import day, moment, press


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that is missing or wrong."""

    says: str
    found: str = ""
    wanted: str = ""
    fix: str = ""
    clause: str = ""
    must: bool = True
    """False: worth a look, but nothing that stops the submission."""


@dataclass(frozen=True, slots=True)
class ReturnedList:
    number: str
    sender: str
    """Whom the answer is for: the society, or the address the mail came from."""
    call_title: str
    issuer: str
    subject: str
    received_at: datetime.datetime
    """With a zone; shown in Beijing time."""
    attachments: tuple[str, ...]
    missing: tuple[Missing, ...]
    deadline: datetime.date
    dated: datetime.date
    url: str


def returned_list(given: ReturnedList) -> bytes:
    """The list as PDF; ValueError for a time without a zone."""
    values = {
        "title": f"材料核对告知单 {given.number}",
        "author": given.issuer,
        "number": given.number,
        "sender": given.sender,
        "issuer": given.issuer,
        "call": given.call_title,
        "facts": [
            ("邮件主题", given.subject or "（没有写主题）"),
            ("收到时间", f"{moment(given.received_at)}（北京时间）"),
            ("收到附件", "；".join(given.attachments) or "没有附件"),
        ],
        "must": [_row(one) for one in given.missing if one.must],
        "look": [_row(one) for one in given.missing if not one.must],
        "deadline": day(given.deadline),
        "dated": day(given.dated),
    }
    return press("returned_list", values, url=given.url, created=given.received_at)


def _row(one: Missing) -> list[str]:
    seen = [f"收到的：{one.found}"] if one.found else []
    seen += [f"应为：{one.wanted}"] if one.wanted else []
    return [one.says, "\n".join(seen), one.fix, one.clause]
