"""提交回执: what was submitted, when and with which fingerprint, so that anybody can verify it (通知 四.2)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from ketuan.documents.letters.press import grouped, moment, press, size


@dataclass(frozen=True, slots=True)
class Paper:
    """A file of the submission."""

    name: str
    size: int
    """Bytes."""
    sha256: str


@dataclass(frozen=True, slots=True)
class Commitment:
    """A commitment (通知 三.2) and who gave it."""

    text: str
    given_by: str


@dataclass(frozen=True, slots=True)
class Receipt:
    number: str
    project: str
    society: str
    call_title: str
    issuer: str
    version: int
    short_code: str
    submitted_at: datetime.datetime
    """With a zone; shown in Beijing time."""
    submitted_by: str
    sha256: str
    """Of the frozen version."""
    journal_number: int
    journal_hash: str
    url: str
    """The public page of verification."""
    papers: tuple[Paper, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    late: str = ""
    by_hand: str = ""
    """How it came, where that needs saying."""
    """The permit that a submission after the deadline rests on, in words; empty for the others."""


def receipt(given: Receipt) -> bytes:
    """The receipt as PDF; ValueError for a time without a zone."""
    at = moment(given.submitted_at)
    values = {
        "title": f"提交回执 {given.number}",
        "author": given.issuer,
        "issuer": given.issuer,
        "number": given.number,
        "society": given.society,
        "facts": [
            ("项目名称", given.project),
            ("申报单位", given.society),
            ("申报年度", given.call_title),
            ("提交版本", f"第 {given.version} 版，短码 {given.short_code}"),
            ("提交时间", f"{at}（北京时间）"),
            ("提交人", given.submitted_by),
            *([("逾期许可", given.late)] if given.late else []),
            *([("收到方式", given.by_hand)] if given.by_hand else []),
        ],
        "digest": grouped(given.sha256),
        "journal": [f"第 {given.journal_number} 号", grouped(given.journal_hash)],
        "papers": [[paper.name, size(paper.size), grouped(paper.sha256[:16])] for paper in given.papers],
        "commitments": [[one.text, one.given_by] for one in given.commitments],
        "at": at,
    }
    return press("receipt", values, url=given.url, created=given.submitted_at)
