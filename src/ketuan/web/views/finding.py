"""Fetching what an address names, with the person's eyes: 404 for what they do not see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from ketuan.programme.who import Who


def who_of(request: HttpRequest) -> Who:
    """The acting person of a request (set by :mod:`ketuan.web.middleware`)."""
    who: Any = request.who  # type: ignore[attr-defined]
    acting: Who = who
    return acting


def number_in(text: str) -> int:
    """A number that a form sends; 0 for anything that is none."""
    return int(text) if text.isdecimal() and len(text) < 19 else 0
