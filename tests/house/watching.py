"""Seeing what a request writes: statements as they go to the database, and the tables as they stood before."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, transaction

QUIET = frozenset({"django_session", "axes_accessattempt", "axes_accesslog", "axes_accessfailurelog", "usersessions_usersession"})
"""Sessions and tries of signing in: not what the promise is about."""
READ_AT = re.compile(r'UPDATE "records_letter" SET "read_at" = ')
USED_AT = re.compile(r'UPDATE "records_apitoken" SET "used_at" = ')
_CHANGE = re.compile(r'^\s*(?:INSERT (?:OR \w+ )?INTO|UPDATE|DELETE FROM|REPLACE INTO) "(\w+)"')


class Watch:
    """Every request runs in a savepoint that is rolled back; what it changed is told."""

    def __init__(self) -> None:
        self._changes: list[str] = []
        self._before: dict[str, str] | None = None

    @contextmanager
    def request(self) -> Iterator[list[str]]:
        """The list holds, after the block, the tables that the request changed."""
        told: list[str] = []
        self._changes = []
        with transaction.atomic():
            with connection.execute_wrapper(self._see):
                yield_to = told
                yield yield_to
            if self._changes:
                told += sorted(self._differing())
            transaction.set_rollback(True)

    def _see(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        found = _CHANGE.match(sql)
        if found and found[1] not in QUIET and not READ_AT.match(sql) and not USED_AT.match(sql):
            self._changes.append(found[1])
        return execute(sql, params, many, context)
