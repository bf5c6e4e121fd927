"""Reading the journal: the auditor's view of it, and its proof."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from ketuan.journal import anchors, verifying
from ketuan.programme.errors import Invalid, NotFound, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import PLATFORM, Who
from ketuan.records.models import Entry


def journal(*, who: Who, words: str = "", verb: str = "", day: Any = None) -> QuerySet[Entry]:
    """The whole journal, for the auditor. ``words`` is looked for in the sentences; Refused for everybody else."""
    permit("auditing.journal", who)
    rows = Entry.objects.select_related("actor").order_by("-seq")
    if words:
        rows = rows.filter(Q(says__icontains=words) | Q(acted_as__icontains=words) | Q(subject_id=words))
    if verb:
        rows = rows.filter(verb__startswith=verb)
    if day:
        rows = rows.filter(at__date=day)
    return rows


def entry(seq: int, *, who: Who, reason: str = "") -> tuple[Entry, dict[str, Any]]:
    """One entry; with a ``reason`` also its personal data (:func:`unmask`)."""
    permit("auditing.journal", who)
    row = Entry.objects.select_related("actor").filter(seq=seq).first()
    if row is None:
        raise NotFound(str(seq))
    return row, unmask(row, reason, who=who) if reason.strip() else {}


def unmask(row: Entry, reason: str, *, who: Who) -> dict[str, Any]:
    """The personal data of an entry; that they were read, and why, is itself an act that is written down (P12)."""
    holding = permit("auditing.unmask", who)
    data = {"seq": row.seq, "reason": reason}
    with transaction.atomic():
        record(who, holding, "auditing.unmask", row, f"查看第 {row.seq} 条记录的个人信息", data=data)
    unmasked: dict[str, Any] = row.sealed
    return unmasked


def erase(seq: int, reason: str, *, who: Who) -> Entry:
    """Erase the personal data of an entry, as the law may demand; the entry stays, and a new one says so and why.

    Invalid without a reason; NotFound for no such entry; NotReady where nothing is left to erase. The reason is read by
    the auditor: it names no person.
    """
    holding = permit("auditing.erase", who)
    if not reason.strip():
        raise Invalid({"reason": "请写明依据和理由，例如“本人撤回同意，要求删除”。不要写姓名。"})
    with transaction.atomic():
        row = Entry.objects.select_for_update(no_key=True).filter(seq=seq).first()
        if row is None:
            raise NotFound(str(seq))
        if not row.sealed:
            raise NotReady(f"第 {seq} 条没有个人信息，或已经删除。")
        Entry.objects.filter(pk=row.pk).update(sealed={})
        row.sealed = {}
        record(
            who,
            holding,
            verifying.ERASING,
            row,
            f"删除第 {seq} 条记录的个人信息",
            data={"seq": seq, "reason": reason.strip()[:300]},
        )
    return row


def verify(*, who: Who = PLATFORM) -> verifying.Verdict:
    """Go through the chain (minutes for millions of entries); Refused for whoever is not the auditor."""
    permit("auditing.verify", who)
    return verifying.verify()


def anchor(*, who: Who = PLATFORM) -> anchors.Head | None:
    """Write the head of the chain to the anchor file now."""
    permit("auditing.verify", who)
    return anchors.write()


def verbs() -> list[str]:
    """Stages that occur in the journal, for the filter."""
    names = Entry.objects.values_list("verb", flat=True).distinct()
    return sorted({name.partition(".")[0] for name in names})
