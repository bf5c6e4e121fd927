"""Anchors: the head of the chain written to a file outside the database, one line each time it has moved.

Whoever can change the database cannot thereby change these lines; copied elsewhere (a mail, a printout), they outlive the
machine too. A chain that was recomputed or cut disagrees with them (:mod:`ketuan.journal.verifying`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from ketuan.records import clock
from ketuan.records.models import Entry


@dataclass(frozen=True, slots=True)
class Head:
    """``seq`` and ``mac`` of the last entry, at ``at`` (ISO 8601), and where the line stands."""

    seq: int
    mac: str
    at: str
    where: str = ""


def head() -> Head | None:
    """The last entry of the chain; None before the first."""
    last = Entry.objects.order_by("-seq").values("seq", "mac").first()
    return Head(last["seq"], last["mac"], clock.now().isoformat(timespec="seconds")) if last else None


def folder() -> Path:
    return Path(settings.KETUAN_ANCHORS)


def write() -> Head | None:
    """Add the head to this month's file, if it has moved since the last line; synced to disk."""
    now = head()
    if now is None:
        return None
    newest = max(listed(), key=lambda one: one.seq, default=None)
    if newest is not None and newest.seq >= now.seq:
        return None
    folder().mkdir(parents=True, exist_ok=True)
    file = folder() / f"{now.at[:7]}.tsv"
    with file.open("a", encoding="ascii") as lines:
        lines.write(f"{now.seq}\t{now.mac}\t{now.at}\n")
        lines.flush()
        os.fsync(lines.fileno())
    return now


def listed() -> Iterator[Head]:
    """Every anchor of every file; a torn last line is passed over."""
    for file in sorted(folder().glob("*.tsv")):
        for number, line in enumerate(file.read_text(encoding="ascii", errors="replace").splitlines(), 1):
            seq, _, rest = line.partition("\t")
            mac, _, at = rest.partition("\t")
            if seq.isdigit() and len(mac) == 64:
                yield Head(int(seq), mac, at, f"{file.name} 第{number}行")
