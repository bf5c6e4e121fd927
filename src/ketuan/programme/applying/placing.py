"""Values that come from elsewhere than a field of a page (a Word form, the roster) into the form, as saving puts them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ketuan.programme.applying import papers
from ketuan.programme.applying.saving import store
from ketuan.programme.who import Who
from ketuan.records.models import Application, FieldEdit


def value_in(form: Mapping[str, Any], path: str) -> Any:
    """What stands at a path with row numbers; None where nothing does."""
    held: Any = form
    for step in path.split("."):
        if isinstance(held, list):
            held = held[int(step)] if int(step) < len(held) else None
        else:
            held = (held or {}).get(step)
    return held


def put(application: Application, path: str, value: Any) -> bool:
    """Set one value; False where it stood there already. Text that was no value before is gone with it."""
    *steps, last = path.split(".")
    held: Any = application.form
    for step in steps:
        held = held[int(step)] if isinstance(held, list) else held.setdefault(step, {})
    was_unread = application.unread.pop(papers.keyed(application, path), None) is not None
    if held.get(last) == value and not was_unread:
        return False
    held[last] = value
    return True


def put_rows(application: Application, table: str, rows: Sequence[tuple[str, dict[str, Any]]]) -> list[str]:
    """Set all rows of a table, each with its key (empty for a new one); the keys. What was unread in lost rows goes."""
    known = application.rows.get(table, [])
    number = max((int(key[1:]) for key in known), default=0)
    keys: list[str] = []
    for key, _ in rows:
        if not key:
            number += 1
        keys.append(key or f"k{number}")
    *steps, last = table.split(".")
    held: Any = application.form
    for step in steps:
        held = held.setdefault(step, {})
    held[last] = [row for _, row in rows]
    application.rows = {**application.rows, table: keys}
    for path in list(application.unread):
        if path.startswith(f"{table}.") and path[len(table) + 1 :].partition(".")[0] not in keys:
            del application.unread[path]
    return keys


def stored(application: Application, paths: Sequence[str], *, who: Who) -> None:
    """Store the form and note who last wrote these fields (with row keys), so that others in them are told."""
    store(application, who=who)
    for path in paths:
        FieldEdit.objects.update_or_create(
            application=application,
            path=path,
            defaults={"revision": application.revision, "by_id": who.user_id, "at": application.changed_at},
        )
