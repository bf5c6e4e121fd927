"""What stands in the fields of an application's pages: the raw text of each, by paths with stable row keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ketuan.forms.paper import Node
from ketuan.programme.applying.typed import shown
from ketuan.records.models import Application


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as the pages show it. ``rows`` are the keys of each table's rows, ``unread`` what is no value yet."""

    form: Mapping[str, Any]
    rows: Mapping[str, Sequence[str]] = field(default_factory=dict)
    unread: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def raw(self, node: Node, path: str) -> str | list[str]:
        """The text of a field, or its chosen ticks; what could not be read stands as it was typed."""
        if path in self.unread:
            return self.unread[path]["raw"]
        return shown(node, self.value(path))

    def value(self, path: str) -> Any:
        """The value in the column; None where there is none, or no such row."""
        held: Any = self.form
        at = ""
        for step in path.split("."):
            if isinstance(held, list):
                keys = self.rows.get(at, ())
                number = keys.index(step) if step in keys else -1
                held = held[number] if 0 <= number < len(held) else None
            else:
                held = (held or {}).get(step)
            at = f"{at}.{step}" if at else step
        return held

    def keys(self, table: str) -> Sequence[str]:
        """Keys of the rows of a table, in order."""
        return self.rows.get(table, ())


def filled(application: Application) -> Filled:
    """The application as its pages show it."""
    return Filled(application.form, application.rows, application.unread)
