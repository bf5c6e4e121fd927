"""The cross-check with the society's other applications, with the evidence side by side."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ketuan.programme import applying
from ketuan.programme.applying import crossing
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of


@signed_in
@door("see:application")
@require_GET
def cross(request: HttpRequest, code: str) -> HttpResponse:
    """The page; htmx asks for its inner part again while somebody works on one of the papers."""
    who = who_of(request)
    application = applying.find(code, who=who)
    shown = {
        "application": application,
        "crossings": crossing.crossings_of(application, who=who),
        "others": crossing.compared_with(application, who=who),
        "least": crossing.least_of(application),
    }
    return render(request, "corps/cross_found.html" if request.htmx else "corps/cross.html", shown)  # type: ignore[attr-defined]
