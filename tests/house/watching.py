"""Seeing what a request writes: statements as they go to the database, and the tables as they stood before."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import importlib
import pickle
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connection, transaction

QUIET = frozenset(
    {
        "django_session",
        "usersessions_usersession",
        "axes_accessattempt",
        "axes_accesslog",
        "axes_accessfailurelog",
        "ketuan_cache",
    }
)
"""Sessions, tries of signing in, and the counts that slow down who asks too often: not what the promise is about."""
MARKS = ('UPDATE "records_letter" SET "read_at" = ', 'UPDATE "records_apitoken" SET "used_at" = ')
"""That a letter was opened, that a key was used: kept by reading, as promised."""
_CHANGE = re.compile(r'^\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"')

DRAWN = (
    "ketuan.documents.preview._asked",
    "ketuan.documents.writing.docx.docx_of",
    "ketuan.documents.writing.pdf.pdf_of",
    "ketuan.documents.letters.press.typeset",
)
"""Pure functions of the ground floor that take their time: the same in gives the same out."""


@contextmanager
def drawn_once() -> Iterator[None]:
    """Each of :data:`DRAWN` works once for the same thing: who may have a file is asked every time, how it looks is not."""
    with contextlib.ExitStack() as stack:
        for name in DRAWN:
            module, _, function = name.rpartition(".")
            stack.enter_context(mock.patch(name, _kept(getattr(importlib.import_module(module), function))))
        yield


def _kept(draw: Callable[..., Any]) -> Callable[..., Any]:
    known: dict[bytes, Any] = {}

    @functools.wraps(draw)
    def kept(*given: Any, **named: Any) -> Any:
        key = pickle.dumps((given, sorted(named.items())))
        if key not in known:
            known[key] = draw(*given, **named)
        return known[key]

    return kept


class Watch:
    """Every request runs in a savepoint that is rolled back; which tables it changed is told."""

    def __init__(self) -> None:
        self._changes: set[str] = set()
        self._before: dict[str, str] = {}

    @contextmanager
    def request(self) -> Iterator[list[str]]:
        """The list holds, after the block, the tables whose rows are no longer as they were."""
        told: list[str] = []
        self._changes = set()
        with transaction.atomic():
            with connection.execute_wrapper(self._see):
                yield told
            told += [table for table in sorted(self._changes) if self._rows(table) != self._before[table]]
            transaction.set_rollback(True)

    def _see(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _CHANGE.match(sql)
        if found and found[1] not in QUIET and not any(sql.startswith(one) for one in MARKS):
            self._changes.add(found[1])
            if found[1] not in self._before:
                self._before[found[1]] = self._rows(found[1])
        return execute(sql, params, many, context)

    def _rows(self, table: str) -> str:
        """Everything that stands in a table, as a hash."""
        with connection.cursor() as cursor:
            cursor.cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            return hashlib.sha256(repr(cursor.cursor.fetchall()).encode()).hexdigest()
