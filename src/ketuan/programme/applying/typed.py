"""What was typed into a field of a page → the value of the form, or what is wrong with it. Nothing typed is thrown away."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ketuan.documents.reading.values import read_day, read_money, read_names, read_provinces
from ketuan.forms.fields import Kind
from ketuan.forms.money import show_wan
from ketuan.forms.paper import Node

LONGEST = 50_000
"""Letters of one field, far beyond every limit of the form; more is no text that a person typed."""
_NO_TEXT = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f\\ud800-\\udfff\\ufffe\\uffff]")


def written(raw: str | Sequence[str]) -> str | list[str]:
    """What was sent without the signs that no paper and no database holds (zero bytes, halves of letters)."""
    return _NO_TEXT.sub("", raw) if isinstance(raw, str) else [_NO_TEXT.sub("", one) for one in raw]


@dataclass(frozen=True, slots=True)
class Typed:
    """``value`` for the form's column; ``note`` where the person should look again; ``unread`` where no value came of it."""

    value: Any
    note: str = ""
    unread: bool = False


def typed(node: Node, raw: str | Sequence[str]) -> Typed:
    """A value of the kind the field is of. ``raw`` is a list for ticks and a text for everything else."""
    kind = node.kind
    if kind is Kind.TICKS:
        chosen = [raw] if isinstance(raw, str) else list(raw)
        return Typed([choice for choice in node.spec.choices if choice in chosen])
    text = raw if isinstance(raw, str) else "\n".join(raw)
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if kind is Kind.MONEY:
        value = read_money(text)
        return Typed(value.value, value.note, value.unread)
    if kind is Kind.DAY:
        value = read_day(text, end=node.spec.until, loose=node.spec.loose)
        return Typed(value.value and value.value.isoformat(), value.note, value.unread)
    if kind is Kind.PROVINCES:
        names, unknown = read_provinces(text)
        note = f"没有认出“{'、'.join(unknown)}”，请写省、自治区、直辖市的名称" if unknown else ""
        return Typed([*names, *unknown], note)
    if kind is Kind.NAMES:
        return Typed(read_names(text))
    if node.spec.one_line:
        text = " ".join(text.split("\n"))
    return Typed(text)


def shown(node: Node, value: Any) -> str | list[str]:
    """The value as it stands in the field of a page: the inverse of :func:`typed`."""
    if node.kind is Kind.TICKS:
        return list(value or [])
    if value is None:
        return ""
    if node.kind is Kind.MONEY:
        return show_wan(int(value))
    if node.kind is Kind.DAY:
        return value.isoformat() if isinstance(value, datetime.date) else str(value)
    if node.kind in (Kind.NAMES, Kind.PROVINCES):
        return "、".join(value)
    return str(value)
