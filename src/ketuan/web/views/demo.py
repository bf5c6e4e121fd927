"""The demo's own pages: another day, another person. None of them exists on a platform that is no demo."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import calling, showcase
from ketuan.programme.enrolling import signing
from ketuan.programme.errors import Invalid
from ketuan.programme.who import who_is
from ketuan.web.doors import PUBLIC, door
from ketuan.web.signing import place
from ketuan.web.views.finding import who_of

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@door(PUBLIC, "calling.move_day")
def day(request: HttpRequest) -> HttpResponse:
    """The stages of the call as buttons, any day by hand, and back to today."""
    showcase.only_here()
    error = ""
    if request.method == "POST":
        try:
            after = calling.move_day(_moment(request), who=who_of(request))
        except Invalid as wrong:
            error = wrong.errors["day"]
        else:
            messages.success(request, f"平台现在是 {after:%Y年%-m月%-d日 %H:%M}。")
            return redirect(_next(request, reverse("demo_day")))
    context = {"stages": calling.stages(), "at": calling.day_of(), "error": error, "next": request.GET.get("next", "")}
    return render(request, "demo/day.html", context, status=400 if error else 200)


def _moment(request: HttpRequest) -> datetime.datetime | None:
    """What was asked for: a stage by its key, today, or a day and time in Asia/Shanghai. Invalid for anything else."""
    asked = request.POST.get("stage", "")
    if asked == "today":
        return None
    for stage in calling.stages():
        if asked in (stage.key, f"{stage.code}/{stage.key}"):
            return stage.at
    try:
        typed = parse_datetime(request.POST.get("at", ""))
    except ValueError:
        typed = None
    if typed is None:
        raise Invalid({"day": "请写明日期和时间，如 2024-05-20 09:00。"})
    return typed if typed.tzinfo else typed.replace(tzinfo=calling.day_of().tzinfo)


@door(PUBLIC)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """One-click sign-ins."""
    mine = who_of(request).user_id
    sides: list[dict[str, Any]] = [
        {
            "title": title,
            "note": note,
            "people": [
                {
                    "role": face.role,
                    "name": face.name,
                    "organisation": face.organisation,
                    "see": face.see,
                    "url": reverse("demo_in"),
                    "value": face.pk,
                    "now": face.pk == mine,
                }
                for face in faces
            ],
        }
        for title, note, faces in showcase.faces()
    ]
    return render(request, "demo/people.html", {"sides": sides, "next": request.GET.get("next", "")})


@door(PUBLIC)
@require_POST
def enter(request: HttpRequest) -> HttpResponse:
    """Become one of the invented people."""
    return _as(request, showcase.person(request.POST.get("who", "")))


@door(PUBLIC)
@require_safe
def enter_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A printed link: signs in at once, in the demo only."""
    return _as(request, showcase.of_token(token))


def _as(request: HttpRequest, user: Any) -> HttpResponse:
    login(request, user, backend=BACKEND)
    signing.sign_in(means="demo", at=place(request), who=who_is(user))
    messages.success(request, f"您现在是{user.name}。")
    return redirect(_next(request, reverse("home")))


def _next(request: HttpRequest, otherwise: str) -> str:
    """Where to go on; never to another site."""
    to = request.POST.get("next", "")
    return to if url_has_allowed_host_and_scheme(to, {request.get_host()}, request.is_secure()) else otherwise


urls = [
    path("demo/day/", day, name="demo_day"),
    path("demo/people/", people, name="demo_people"),
    path("demo/in/", enter, name="demo_in"),
    path("demo/in/<str:token>/", enter_by_link, name="demo_in_by_link"),
]
