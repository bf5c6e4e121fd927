"""What every page shows around itself: navigation, the person, the demo's day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from ketuan.programme import corresponding, moment
from ketuan.programme.who import ANYBODY, Who
from ketuan.web.navigation import lines


def shell(request: HttpRequest) -> dict[str, Any]:
    who: Who = getattr(request, "who", ANYBODY)
    return {
        "who": who,
        "nav": lines(request, who),
        "person": _person(who),
        "demo": _demo() if settings.KETUAN_DEMO else None,
        "links": {
            "help": reverse("help"),
            "verify": "/verify/",
            "api": "/api/docs",
            "source": "",
        },
    }


def _person(who: Who) -> dict[str, Any] | None:
    if not who.signed_in:
        return None
    first = next((h for h in who.holdings if h.organisation), None)
    return {
        "name": who.name,
        "organisation": first.organisation if first else "",
        "role": first.label if first else "尚未加入单位",
        "unread": corresponding.unread(who=who),
        "letters_url": reverse("letters"),
    }


def _demo() -> dict[str, Any]:
    return {"day": moment.today(), "url": "/demo/day/", "people_url": "/demo/people/"}
