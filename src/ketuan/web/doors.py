"""How a view names its permit. The walk in tests/house goes through every address by these names."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC = "public"
"""Anybody may, signed in or not."""
SIGNED_IN = "signed_in"
"""Anybody who is signed in; the page shows what belongs to the person."""


def door(*verbs: str) -> Callable[[View], View]:
    """Mark a view with the verbs of the permit table that it calls, or PUBLIC, SIGNED_IN, or ``see:kind``."""

    def mark(view: View) -> View:
        view.permit = verbs  # type: ignore[attr-defined]
        return view

    return mark


def signed_in(view: View) -> View:
    """Send a stranger to the sign-in page first, and back afterwards."""
    import functools

    from django.contrib.auth.decorators import login_required

    return functools.wraps(view)(login_required(view))  # type: ignore[return-value]
