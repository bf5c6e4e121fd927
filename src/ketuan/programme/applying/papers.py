"""Rows ↔ papers: the form, the reading and the roster of an application, and the keys of its table rows.

Rows of a table have keys that stay with them (``personnel.k3.name``), so that two people may work while a third removes a
row; the form itself counts them (``personnel.2.name``).
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from pydantic import BaseModel

from ketuan.forms.application import Application as Form
from ketuan.forms.fields import Kind
from ketuan.forms.paper import Node, Paper, blank
from ketuan.forms.remarks import Reading, Remark
from ketuan.forms.roster import RosterEntry
from ketuan.programme import calling
from ketuan.records.models import Application, CorpsMember

LISTED = (Kind.TABLE, Kind.ANNEX)


def paper_of(application: Application) -> Paper:
    """The printed form of the application's call."""
    return calling.rules_of(application.call).paper


def form_of(application: Application) -> Form:
    """The form as filled."""
    return Form.model_validate(application.form)


def plain(form: BaseModel) -> dict[str, Any]:
    """What the column holds: amounts in 分, days as text. The inverse of :func:`form_of`."""
    held: dict[str, Any] = json.loads(json.dumps(form.model_dump(mode="python"), cls=DjangoJSONEncoder))
    return held


def reading_of(application: Application) -> Reading[Form]:
    """The form with a remark for every field whose text could not be taken for a value."""
    remarks = []
    for path, unread in application.unread.items():
        at = indexed(application, path)
        if at is not None:
            remarks.append(Remark(at, unread["message"], unread["raw"], None, "unread"))
    return Reading(form_of(application), tuple(remarks))


def without_blank_rows(application: Application) -> Application:
    """The application with no row that is blank in every field: a copy not to be saved, or itself where there is none.

    What is judged and printed. A row with text that is no value yet is not blank.
    """
    form, rows = dict(application.form), dict(application.rows)
    for table, keys in application.rows.items():
        *steps, last = table.split(".")
        at = form
        for step in steps:
            at[step] = dict(at.get(step) or {})
            at = at[step]
        held = list(zip(keys, at.get(last) or (), strict=False))
        kept = [(key, row) for key, row in held if not _empty(row) or _has_unread(application, f"{table}.{key}.")]
        if len(kept) < len(held):
            rows[table], at[last] = [key for key, _ in kept], [row for _, row in kept]
    if rows == application.rows:
        return application
    bare = copy.copy(application)
    bare.form, bare.rows = form, rows
    return bare


def _empty(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_empty(one) for one in value.values())
    return blank(value.strip() if isinstance(value, str) else value)


def _has_unread(application: Application, prefix: str) -> bool:
    return any(path.startswith(prefix) for path in application.unread)


def entry_of(member: CorpsMember, title: str = "") -> RosterEntry:
    """What the expert answered for this corps, else the register."""
    expert, filled = member.expert, member.filled
    return RosterEntry(
        corps=title,
        name=expert.name,
        born=filled.get("born") or expert.born,
        unit=filled.get("unit") or expert.unit,
        post=filled.get("post") or expert.post,
        young_elite=filled.get("young_elite") or expert.young_elite,
        role=member.get_place_display(),
        field=filled.get("field") or expert.field,
        phone=filled.get("phone") or expert.phone,
    )


def roster_of(application: Application) -> tuple[RosterEntry, ...]:
    """Everybody of the corps, as the composition rules read them (附件1 1)."""
    return rosters_of([application])[application.pk]


def rosters_of(applications: Sequence[Application]) -> dict[int, tuple[RosterEntry, ...]]:
    """The rosters of several applications by their ids, in one query."""
    held: dict[int, list[RosterEntry]] = {application.pk: [] for application in applications}
    titles = {application.pk: application.title for application in applications}
    members = CorpsMember.objects.filter(application__in=held).exclude(consent=CorpsMember.Consent.REFUSED)
    for member in members.select_related("expert"):
        held[member.application_id].append(entry_of(member, titles[member.application_id]))
    return {pk: tuple(entries) for pk, entries in held.items()}


def tables(paper: Paper) -> tuple[str, ...]:
    """Paths of the tables and annexes of the form, in printed order."""
    return tuple(path for path, node in paper.nodes.items() if node.kind in LISTED)


def node_at(paper: Paper, path: str) -> Node | None:
    """The node of a path with row keys: ``personnel.k3.name`` → that of ``personnel.*.name``."""
    steps = ("*" if step[:1] == "k" and step[1:].isdecimal() else step for step in path.split("."))
    return paper.node(".".join(steps))


def indexed(application: Application, path: str) -> str | None:
    """``personnel.k3.name`` → ``personnel.2.name``; None where the row is gone."""
    for table, keys in application.rows.items():
        if path.startswith(f"{table}."):
            key, dot, rest = path[len(table) + 1 :].partition(".")
            if key not in keys:
                return None
            return f"{table}.{keys.index(key)}{dot}{rest}"
    return path


def keyed(application: Application, path: str) -> str:
    """``personnel.2.name`` → ``personnel.k3.name``; a path without a row stays as it is."""
    for table, keys in application.rows.items():
        if path.startswith(f"{table}."):
            number, dot, rest = path[len(table) + 1 :].partition(".")
            if number.isdecimal() and int(number) < len(keys):
                return f"{table}.{keys[int(number)]}{dot}{rest}"
    return path


def with_keys(paper: Paper, form: dict[str, Any], rows: dict[str, list[str]]) -> dict[str, list[str]]:
    """Keys for every row of every table: those there are, and new ones for rows that have none."""
    keys: dict[str, list[str]] = {}
    for table in tables(paper):
        held = form
        for step in table.split("."):
            held = held.get(step) or {}
        count, known = len(held), rows.get(table, [])
        highest = max((int(k[1:]) for k in known), default=0)
        keys[table] = [*known[:count], *(f"k{highest + n}" for n in range(1, count - len(known) + 1))]
    return keys
