"""Reading the journal: the timeline of a thing for those who see the thing, all of it for the auditor; the proof for both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from ketuan.journal import anchors, verifying
from ketuan.programme.errors import Invalid, NotFound, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import PLATFORM, Who
from ketuan.records.models import Application, Call, Entry, Organisation


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a timeline, as this reader may see it."""

    seq: int
    at: Any
    name: str
    acted_as: str
    says: str
    data: dict[str, Any]
    sealed: str
    """“含个人信息，已隐去” where the entry holds personal data; never the data itself."""
    mac: str


def timeline(subject: Application | Call | Organisation, *, who: Who, most: int = 10) -> list[Event]:
    """What happened to a thing, newest first. Whoever found the thing through its ``find`` may read it.

    Entries of the desk of another body (a province's working steps) carry the body, not the person's name.
    """
    field = {Application: "application", Call: "call", Organisation: "organisation"}[type(subject)]
    rows = Entry.objects.filter(**{field: subject}).select_related("actor").order_by("-seq")[:most]
    own = set(who.bodies("editor", "checker", "provincial", "municipal", "officer"))
    return [_event(row, named=_colleague(row, who, own)) for row in rows]


def _colleague(row: Entry, who: Who, own: set[int]) -> bool:
    """Names of people are shown to colleagues of the same body and to the office."""
    if who.roles() & {"officer", "auditor"} or row.actor_id == who.user_id:
        return True
    return any(h.organisation and row.acted_as.endswith(f" · {h.organisation}") for h in who.holdings if own)


def _event(row: Entry, *, named: bool) -> Event:
    name = (row.actor.name if row.actor else "平台") if named else ""
    sealed = "含个人信息，已隐去" if row.sealed_mac else ""
    return Event(row.seq, row.at, name, row.acted_as, row.says, row.data, sealed, row.mac)


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
