"""What a rule gets to see of one application: the form, walked once, the call, the reader's remarks, the roster."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ketuan.forms.application import Application
from ketuan.forms.fields import Kind
from ketuan.forms.identity import Person, person
from ketuan.forms.money import FEN_PER_WAN
from ketuan.forms.paper import Node, Paper, paper
from ketuan.forms.remarks import Reading, Remark
from ketuan.forms.roster import RosterEntry
from ketuan.rules.call import Call

Cell = tuple[str, Node, Any]
"""Path, field and value. An empty table is a cell of its own."""

_REACH = frozenset((Kind.MOBILE, Kind.PHONE, Kind.EMAIL, Kind.CONTACT))


@dataclass(frozen=True, slots=True)
class Case:
    form: Application
    call: Call
    paper: Paper
    """The printed form of the call, of the very model that was read."""
    cells: tuple[Cell, ...]
    contacts: tuple[tuple[str, Kind, str], ...]
    """Path, kind and text of the filled cells for telephone numbers and e-mail addresses."""
    unread: dict[str, Remark]
    """Blank cells in which something stands that could not be read."""
    missing: tuple[Remark, ...]
    """Second printed cells that are empty while the first is filled."""
    roster: tuple[RosterEntry, ...] | None = None
    own_roster: bool = False
    """True where the roster is that of this very corps: an empty one then means nobody, not that nothing is known."""
    memo: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """What several rules need and one of them has computed."""

    def limit(self, path: str) -> int | None:
        """字 or rows that the call allows a field, None where it sets no limit."""
        return self.paper.nodes[path].spec.limit

    def choices(self, path: str) -> tuple[str, ...]:
        """What may be ticked."""
        return self.paper.nodes[path].spec.choices

    def place(self, path: str) -> str:
        """Where a field stands, in quotation marks, for a message."""
        return f"“{self.paper.place(path)}”"


def case_of(
    reading: Reading[Application],
    call: Call,
    roster: Sequence[RosterEntry] | None = None,
    *,
    own_roster: bool = False,
) -> Case:
    cells: list[Cell] = []
    model = type(reading.form)
    tree = call.paper if model is Application else paper(model, call.edition())
    for top in tree.tops():
        _walk(reading.form, (top,), "", cells)
    contacts = tuple((path, node.spec.kind, value) for path, node, value in cells if value and node.spec.kind in _REACH)
    unread = {remark.path: remark for remark in reading.remarks if remark.kind == "unread"}
    missing = tuple(remark for remark in reading.remarks if remark.kind == "missing")
    held = None if roster is None else tuple(roster)
    own = own_roster and held is not None
    return Case(reading.form, call, tree, tuple(cells), contacts, unread, missing, held, own)


def _walk(part: object, nodes: tuple[Node, ...], prefix: str, cells: list[Cell]) -> None:
    for node in nodes:
        value = getattr(part, node.name)
        path = prefix + node.name
        if not node.children:
            cells.append((path, node, value))
        elif node.spec.kind is Kind.PART:
            _walk(value, node.children, path + ".", cells)
        elif value:
            for number, row in enumerate(value):
                _walk(row, node.children, f"{path}.{number}.", cells)
        else:
            cells.append((path, node, value))


# ---- words for messages ------------------------------------------------------------


def wan(fen: int) -> str:
    """万元 as people say it: “83”, “80.5”."""
    whole, rest = divmod(abs(fen), FEN_PER_WAN)
    digits = f"{rest:06d}".rstrip("0")
    return f"{'-' if fen < 0 else ''}{whole}{'.' + digits if digits else ''}"


def spoken(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def shortened(text: str, most: int = 40) -> str:
    """A value for the middle of a sentence."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"


def leaders(form: Application) -> tuple[Person, Person]:
    """团长 and 首席专家."""
    a, b = form.leader, form.chief_expert
    return (
        person(a.name, a.post, a.mobile, a.email, a.office_phone, path="leader.name"),
        person(b.name, b.post, b.mobile, b.email, b.office_phone, path="chief_expert.name"),
    )
