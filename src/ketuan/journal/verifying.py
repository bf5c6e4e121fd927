"""Going through the chain: is it whole, is it the one that was anchored, does it reach as far as it once did? (P9)"""

from __future__ import annotations

import datetime
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from ketuan.journal import anchors
from ketuan.journal.entries import BEGINNING, chained, mac
from ketuan.records import clock
from ketuan.records.models import Entry, Submission

ERASING = "auditing.erase"
"""Verb of the entry that says of another, by its number, that its personal data was erased."""


@dataclass(frozen=True, slots=True)
class Fault:
    """``seq`` of the entry at which it shows."""

    seq: int
    says: str


@dataclass(frozen=True, slots=True)
class Verdict:
    entries: int
    head: str
    anchors: int
    erased: int
    """Entries whose personal data was erased, as the law allows; the chain holds without it."""
    faults: tuple[Fault, ...]

    @property
    def whole(self) -> bool:
        return not self.faults


def verify(known: Iterable[anchors.Head] | None = None) -> Verdict:
    """The whole chain under the key of the environment; the first fault of each kind, in order."""
    faults: list[Fault] = []
    previous, expected, count = BEGINNING, 1, 0
    blank: list[int] = []
    erasings: set[object] = set()
    wanted = list(anchors.listed() if known is None else known)
    receipts = {s.entry_id: s for s in Submission.objects.exclude(entry=None).select_related("entry")}
    wanted += [
        anchors.Head(s.entry.seq, s.proof or s.entry.mac, "", f"回执 {s.number}")
        for s in receipts.values()
        if s.entry is not None
    ]
    at = {one.seq: one for one in wanted}
    macs: dict[int, str] = {}
    for entry in Entry.objects.order_by("seq").iterator(chunk_size=2000):
        count += 1
        if entry.seq != expected:
            faults.append(Fault(entry.seq, f"第 {expected} 条到第 {entry.seq - 1} 条不见了：中间被删，或编号被改。"))
            break
        if entry.previous != previous:
            faults.append(Fault(entry.seq, f"第 {entry.seq} 条接不上前一条：这里有记录被替换或插入。"))
            break
        if not hmac.compare_digest(entry.mac, mac(chained(entry))):
            faults.append(
                Fault(entry.seq, f"第 {entry.seq} 条的内容与校验值不符：内容被改过，或不是用本平台的密钥写的。")
            )
            break
        if entry.verb == ERASING:
            erasings.add(entry.data.get("seq"))
        if entry.sealed_mac and not entry.sealed:
            blank.append(entry.seq)
        elif entry.sealed_mac and not hmac.compare_digest(entry.sealed_mac, mac(entry.sealed)):
            faults.append(Fault(entry.seq, f"第 {entry.seq} 条的个人信息部分被改过。"))
            break
        faults += [Fault(entry.seq, says) for says in _otherwise(receipts.get(entry.pk), entry)]
        if entry.seq in at:
            macs[entry.seq] = entry.mac
        previous, expected = entry.mac, expected + 1
    last = expected - 1
    if not faults:
        faults += _against(wanted, macs, last)
    lawful = [seq for seq in blank if seq in erasings]
    if last == count:  # else the entry that tells of the erasing may lie behind the break
        faults += [
            Fault(seq, f"第 {seq} 条的个人信息不见了，而日志里没有删除它的记录。")
            for seq in blank
            if seq not in erasings
        ]
    faults += [
        Fault(last, f"回执 {number} 在日志里没有对应的记录：回执是补写的，或它与记录的联系被抹去。")
        for number in Submission.objects.filter(entry=None).order_by("pk").values_list("number", flat=True)
    ]
    return Verdict(count, previous, len(wanted), len(lawful), tuple(sorted(faults, key=lambda fault: fault.seq)))


def bears(submission: Submission) -> bool:
    """Whether the journal says of a submission what its row says: number, hash and moment (the row alone proves nothing)."""
    entry = submission.entry
    return (
        entry is not None and hmac.compare_digest(entry.mac, mac(chained(entry))) and not _otherwise(submission, entry)
    )


def _otherwise(submission: Submission | None, entry: Entry) -> list[str]:
    if submission is None:
        return []
    said = (entry.data.get("number"), entry.data.get("sha256"), entry.data.get("arrived"))
    held = (submission.number, submission.sha256, submission.at.astimezone(clock.CHINA).isoformat())
    moment = datetime.datetime.fromisoformat(said[2]).astimezone(clock.CHINA).isoformat() if said[2] else None
    if (*said[:2], moment) == held:
        return []
    return [f"回执 {submission.number} 的编号、时间或哈希值与第 {entry.seq} 条记录不同：回执被改过。"]


def _against(wanted: list[anchors.Head], macs: dict[int, str], last: int) -> list[Fault]:
    """An unbroken chain may still be another one than was anchored, or a shorter one."""
    for one in sorted(wanted, key=lambda w: w.seq):
        if one.seq > last:
            return [Fault(one.seq, f"链只到第 {last} 条，而{one.where}记着第 {one.seq} 条：末尾被截去。")]
        if macs.get(one.seq) != one.mac:
            return [Fault(one.seq, f"第 {one.seq} 条与{one.where}所记的不同：整条链被重新计算过。")]
    return []
