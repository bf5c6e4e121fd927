"""A roster in Excel, looked at before it is taken in: what each row is, and what the reader was not sure of."""

from __future__ import annotations

from dataclasses import dataclass

from ketuan.documents.errors import Unreadable
from ketuan.documents.rosters import read_roster
from ketuan.forms.roster import RosterEntry
from ketuan.programme.applying.attachments import plain_name
from ketuan.programme.applying.members import TOGETHER, elsewhere
from ketuan.programme.enrolling import experts
from ketuan.programme.errors import Invalid
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records.models import Application

WORDS = {
    "new": "新登记",
    "known": "库中已有",
    "here": "已在本团",
    "elsewhere": "在本会另一服务团",
    "other": "写的是别的服务团",
    "double": "名册中重复",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the workbook."""

    number: int
    line: int
    entry: RosterEntry
    standing: str
    note: str
    remarks: tuple[str, ...]

    @property
    def word(self) -> str:
        return WORDS[self.standing]

    @property
    def chosen(self) -> bool:
        """Ticked beforehand: nothing speaks against it."""
        return self.standing in ("new", "known")

    @property
    def open(self) -> bool:
        return self.standing != "here"


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    rows: tuple[Row, ...]
    remarks: tuple[str, ...]
    """Of no single row."""


def look_at(application: Application, name: str, data: bytes, *, who: Who) -> Sheet:
    """What a workbook holds for this corps; nothing is stored. Invalid with the reader's reason where it is none."""
    permit("applying.add_members", who, application)
    try:
        roster, remarks = read_roster(data, plain_name(name))
    except Unreadable as reason:
        raise Invalid({"file": str(reason)}) from None
    if not roster.entries:
        raise Invalid({"file": "表里没有人。请从第二行起一行填写一人，再传一次。"})
    if len(roster.entries) > TOGETHER:
        raise Invalid({"file": f"表里有 {len(roster.entries)} 人，一次最多导入 {TOGETHER} 人，请分几次。"})
    ours = {id(entry) for entry in roster.of(application.title, alone=True)}
    there = set(application.members.values_list("expert_id", flat=True))
    seen: dict[tuple[str, str, str], int] = {}
    rows = []
    for number, entry in enumerate(roster.entries):
        told = tuple(r.message for r in remarks if r.path.startswith(f"{number}."))
        expert = experts.match(entry.name, entry.unit, entry.phone, born=entry.born)
        standing, note = "new", ""
        key = (entry.name, entry.unit, entry.phone)
        if entry.corps and application.title and id(entry) not in ours:
            standing, note = "other", entry.corps
        elif key in seen:
            standing, note = "double", f"与第 {seen[key]} 行相同"
        elif expert is not None and expert.pk in there:
            standing = "here"
        elif expert is not None and (code := elsewhere(application, expert)):
            standing, note = "elsewhere", f"{code}：各服务团的成员不得重复（通知 三.5）"
        elif expert is not None:
            standing = "known"
        line = roster.lines[number] if roster.lines else number + 1
        seen.setdefault(key, line)
        rows.append(Row(number, line, entry, standing, note, told))
    rest = tuple(r.message for r in remarks if not r.path.partition(".")[0].isdigit())
    return Sheet(roster.source, tuple(rows), rest)
