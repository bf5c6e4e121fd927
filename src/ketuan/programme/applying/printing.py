"""The printed table 项目负责人及主要参加人员 (附件3 八): chosen from the roster, rows typed by hand beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ketuan.forms.identity import name_key
from ketuan.programme.applying import papers, versions
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.members import known_to_society, members_of
from ketuan.programme.applying.placing import put_rows, stored
from ketuan.programme.errors import Invalid, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records.models import Application, CorpsMember, FieldEdit, Version

TABLE = "personnel"
LABELS = {"name": "姓名", "affiliation": "单位及职务", "contact": "联系方式"}


@dataclass(frozen=True, slots=True)
class Item:
    """A line of the chooser: a person of the roster, printed or not, or a row typed by hand."""

    member: int | None
    key: str
    name: str
    affiliation: str
    contact: str
    duty: str
    printed: bool
    differs: tuple[tuple[str, str, str], ...] = ()
    """Label, what is printed, what the roster says now."""
    like: int | None = None
    """For a row typed by hand: the person of the roster with the same name."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One row of the table to be, in order. ``key`` alone is a row typed by hand; with a member it is linked."""

    member: int | None = None
    key: str = ""
    duty: str = ""
    refresh: bool = False
    """Write name, unit and contact anew from the roster."""


def most_rows(application: Application) -> int:
    """Rows the call allows."""
    limit = papers.paper_of(application).nodes[TABLE].spec.limit
    assert limit is not None, "the table of the form has a limit"
    return limit


def items_of(application: Application) -> list[Item]:
    """Printed rows in their order, then everybody else of the roster."""
    members = [m for m in members_of(application) if m.consent != CorpsMember.Consent.REFUSED]
    known = known_to_society(members)
    keys, rows = application.rows.get(TABLE, []), application.form.get(TABLE) or []
    linked = {m.row: m for m in members if m.row in keys}
    free = {name_key(m.expert.name): m for m in members if m.row not in keys}
    items = []
    for key, row in zip(keys, rows, strict=False):
        said = {name: str(row.get(name) or "") for name in ("name", "affiliation", "contact", "duty")}
        tied = linked.get(key)
        if tied is None:
            like = free.get(name_key(said["name"]))
            items.append(_item(None, key, said, like=like.pk if like else None))
            continue
        now = _row_of(tied, known)
        differs = tuple(
            (label, said[name], now[name]) for name, label in LABELS.items() if now[name] and said[name] != now[name]
        )
        items.append(_item(tied.pk, key, said, differs=differs))
    for member in members:
        if member.row not in linked:
            now = _row_of(member, known)
            items.append(
                Item(member.pk, "", now["name"], now["affiliation"], now["contact"], member.duty, printed=False)
            )
    return items


def _item(
    member: int | None,
    key: str,
    said: dict[str, str],
    *,
    differs: tuple[tuple[str, str, str], ...] = (),
    like: int | None = None,
) -> Item:
    """A printed row."""
    return Item(member, key, said["name"], said["affiliation"], said["contact"], said["duty"], True, differs, like)


def gone_from_roster(application: Application) -> list[str]:
    """Names that are printed and that nobody of the roster has: typed by hand, or of somebody who left."""
    names = {m.expert.name_key for m in members_of(application) if m.consent != CorpsMember.Consent.REFUSED}
    printed = [row.get("name") or "" for row in application.form.get(TABLE) or []]
    return [name for name in printed if name and name_key(name) not in names]


def choose_printed(application: Application, picked: Sequence[Picked], *, base: int, who: Who) -> None:
    """Write the printed table from the choice, in its order; duties typed earlier stay unless typed anew.

    Rows typed by hand that the choice does not name stay at the end. Invalid beyond the limit of the call, NotReady when
    somebody else wrote into the table after revision ``base``.
    """
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.choose_printed", who, application)
        since = FieldEdit.objects.filter(application=application, path__startswith=f"{TABLE}.", revision__gt=base)
        if since.exclude(by_id=who.user_id).exists():
            raise NotReady("您选择期间，有人改过这张表。没有保存，请看过新的内容再选一次。")
        members = {m.pk: m for m in members_of(application)}
        held = dict(zip(application.rows.get(TABLE, []), application.form.get(TABLE) or [], strict=False))
        linked = {m.row for m in members.values() if m.row}
        rows = _rows(picked, members, held)
        named = {key for _, key, _ in rows if key}
        rows += [(None, key, row) for key, row in held.items() if key not in named and key not in linked]
        limit = most_rows(application)
        if len(rows) > limit:
            raise Invalid(
                {"": f"表上一共 {len(rows)} 行，不超过 {limit} 人（附件3 八）。请去掉 {len(rows) - limit} 人。"}
            )
        versions.keep(application, Version.Why.SITTING, who=who)
        keys = put_rows(application, TABLE, [(key, row) for _, key, row in rows])
        changed = [
            f"{TABLE}.{key}.{name}"
            for key, (_, before, row) in zip(keys, rows, strict=True)
            for name in row
            if (held.get(before) or {}).get(name) != row[name]
        ]
        stored(application, changed, who=who)
        at = {member.pk: key for key, (member, _, _) in zip(keys, rows, strict=True) if member is not None}
        for member in members.values():
            _mark(member, at.get(member.pk, ""), held)
        for chosen, _, row in rows:
            if chosen is not None:
                chosen.duty = str(row.get("duty") or "")[:300]
        CorpsMember.objects.bulk_update(members.values(), ["row", "printed", "duty"])
        versions.keep(application, Version.Why.SITTING, who=who)
        record(
            who,
            holding,
            "applying.choose_printed",
            application,
            f"选定主要参加人员 {len(rows)} 人",
            data={"rows": len(rows), "from_roster": len(at), "revision": application.revision},
            application=application,
        )


def _rows(
    picked: Sequence[Picked], members: dict[int, CorpsMember], held: dict[str, dict[str, Any]]
) -> list[tuple[CorpsMember | None, str, dict[str, Any]]]:
    rows: list[tuple[CorpsMember | None, str, dict[str, Any]]] = []
    used: set[object] = set()
    known = known_to_society(members.values())
    for pick in picked:
        member = members.get(pick.member) if pick.member is not None else None
        if pick.member is not None and (member is None or member.consent == CorpsMember.Consent.REFUSED):
            continue
        key = pick.key or (member.row if member else "")
        key = key if key in held else ""
        if (member is None and not key) or (key and key in used) or (member and member.pk in used):
            continue
        used |= {key, member.pk if member else None} - {"", None}
        row = dict(held.get(key) or {})
        if member is not None:
            fresh = _row_of(member, known)
            if not key or pick.refresh:
                row = {**row, **{name: value for name, value in fresh.items() if value or not row.get(name)}}
            row["duty"] = pick.duty.strip() or row.get("duty") or member.duty
        elif pick.duty.strip():
            row["duty"] = pick.duty.strip()
        rows.append((member, key, row))
    return rows


def _row_of(member: CorpsMember, known: set[int]) -> dict[str, str]:
    expert = papers.entry_of(member)
    return {
        "name": expert.name,
        "affiliation": "/".join(part for part in (expert.unit, expert.post) if part),
        "contact": expert.phone if member.pk in known else "",
    }


def _mark(member: CorpsMember, key: str, held: dict[str, dict[str, Any]]) -> None:
    """Tie a member to its row; whoever is taken off the table keeps the duty that stood there."""
    if not key and member.row in held:
        member.duty = str(held[member.row].get("duty") or member.duty)[:300]
    member.row, member.printed = key, bool(key)
