"""What goes in and out, in the words of the check contract. Amounts are in 万元 as in the official form, days ISO 8601."""

from __future__ import annotations

import datetime
from typing import Any

from ninja import Field, Schema


class Trouble(Schema):
    """What went wrong, for people (Chinese); ``fields`` by place where there are several."""

    detail: str
    fields: dict[str, str] = Field(default_factory=dict)


class CallOut(Schema):
    code: str
    title: str
    state: str
    version: int | None
    sha256: str | None
    opens_at: datetime.datetime | None
    deadline_at: datetime.datetime | None


class CallFull(CallOut):
    """``rules`` are the tables of the call file, with every number, date and clause."""

    rules: dict[str, Any]


class OrganisationOut(Schema):
    id: int
    kind: str
    name: str
    code: str
    division: str
    state: str


class ApplicationOut(Schema):
    code: str
    title: str
    state: str
    society: str
    call: str
    revision: int
    changed_at: datetime.datetime
    receipt: str | None


class ApplicationFull(ApplicationOut):
    """``form`` as ``ketuan check`` prints it."""

    form: dict[str, Any]
    unread: dict[str, Any]


class ChangeIn(Schema):
    """One field: dotted path (rows by their key, ``personnel.k3.name``), text as a person would type it."""

    path: str
    value: str | list[str]
    base: int = 0


class ChangesIn(Schema):
    changes: list[ChangeIn] = Field(min_length=1, max_length=200)


class SavedOut(Schema):
    revision: int
    saved: dict[str, str]
    overtaken: dict[str, str]
    gone: list[str]


class FindingOut(Schema):
    rule: str
    weight: str
    clause: str
    path: str
    message: str
    found: str | None
    wanted: str | None
    fix: str | None


class PaperOut(Schema):
    label: str
    size: int
    sha256: str


class ReceiptOut(Schema):
    """What the public page of a receipt or a letter shows; ``state`` in words, ``valid`` whether it still counts."""

    kind: str
    number: str
    title: str
    society: str
    call: str
    at: datetime.datetime
    sha256: str
    papers: list[PaperOut]
    journal_number: int | None
    journal_hash: str
    state: str
    valid: bool
