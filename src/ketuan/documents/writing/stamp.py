"""The mark of a frozen version: short code, QR of its address and a note, at the foot of every page."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a stamped paper shows. ``url`` is the page on which anybody verifies the version."""

    short_code: str
    url: str
    note: str
    """One line, such as “已提交 2024年5月20日 14:03:21”."""
