"""What every page shows around itself: navigation, the person, the demo's day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from ketuan.programme.who import ANYBODY


def shell(request: HttpRequest) -> dict[str, Any]:
    return {
        "who": getattr(request, "who", ANYBODY),
        "is_demo": settings.KETUAN_DEMO,
        "nav": _nav(request),
    }


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    """Addresses of the first level, by role."""
    from ketuan.web.navigation import lines

    return lines(request)
