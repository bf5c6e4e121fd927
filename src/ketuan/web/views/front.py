"""The front page for everybody, and the home of those who are signed in: my tasks first."""

from __future__ import annotations

import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from ketuan.programme import calling, moment
from ketuan.programme.tasks import counts_of, doors_of, tasks_of
from ketuan.rules.call import Call as Rules
from ketuan.web.doors import PUBLIC, SIGNED_IN, door, signed_in
from ketuan.web.views.calling.public import figures
from ketuan.web.views.finding import who_of

SHOWN = 5
"""Most calls on the front page; all of them stand at /calls/."""


@door(PUBLIC)
@require_safe
def front(request: HttpRequest) -> HttpResponse:
    """For strangers; the signed-in go to their tasks."""
    who = who_of(request)
    if who.signed_in:
        return redirect("home")
    now = moment.now()
    calls = _calls(who, now)
    shown: dict[str, Any] = {"call": None, "calls": [_line(call, now) for call in calls], "verify_url": "/verify/"}
    if calls:
        rule = calling.rules_of(calls[0])
        shown |= {"call": _current(calls[0], rule), "figures": figures(calling.items_of(rule))[:4]}
    login = reverse("account_login")
    for name, target in (("office_url", "/recommending/"), ("problem_url", "/home/"), ("expert_url", "/home/")):
        shown[name] = f"{login}?next={target}"
    return render(request, "front.html", shown)


def _calls(who: Any, now: datetime.datetime) -> list[Any]:
    """The most pressing first."""
    return calling.leading((call for call in calling.listing(who=who) if call.current), now)[:SHOWN]


def _line(call: Any, now: datetime.datetime) -> dict[str, Any]:
    left = calling.left_of(call, now)
    note = f"还剩 {left.days} 天" if left.days else "今天截止" if left.days == 0 else ""
    rule = calling.rules_of(call)
    return {
        "title": call.title,
        "number": rule.about.number,
        "url": reverse("call", args=[call.code]),
        "state": left.words,
        "day": call.deadline_at,
        "note": note,
    }


def _current(call: Any, rule: Rules) -> dict[str, Any]:
    left = calling.left_of(call)
    opened = left.words == "申报中"
    return {
        "title": call.title,
        "year": rule.about.year,
        "number": rule.about.number,
        "issuer": rule.about.issuer,
        "url": reverse("call", args=[call.code]),
        "deadline": call.deadline_at,
        "days_left": left.days,
        "state": left.words,
        "apply_url": f"{reverse('account_login')}?next=/applications/" if opened else "",
    }


@door(SIGNED_IN)
@require_safe
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """My tasks first, then my desks, then the calls."""
    who = who_of(request)
    calls = _calls(who, moment.now())
    current = calls[0] if calls else None
    context = {
        "tasks": tasks_of(who),
        "doors": doors_of(who),
        "stats": [{"label": one.label, "value": one.value, "unit": "份", "url": one.url} for one in counts_of(who)],
        "call": current,
        "left": calling.left_of(current) if current else None,
        "stations": calling.stations(current) if current else (),
        "now": moment.now(),
        "without_body": not any(h.organisation for h in who.holdings),
    }
    return render(request, "home.html", context)


urls = [path("", front, name="front"), path("home/", home, name="home")]
