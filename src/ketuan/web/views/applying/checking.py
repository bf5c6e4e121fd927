"""Check your answers: the whole form as on paper, read only, each answer with the way to change it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ketuan.programme import applying
from ketuan.programme.permits import why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.fields import blocks
from ketuan.web.views.applying import told
from ketuan.web.views.finding import who_of


@signed_in
@door("see:application")
@require_safe
def check(request: HttpRequest, code: str) -> HttpResponse:
    """Readable by everybody who sees the application: society, corps, provinces that were asked, the office."""
    who = who_of(request)
    application = applying.find(code, who=who)
    findings = applying.findings_of(application)
    closed = why_not("applying.save", who, application)
    filled = applying.filled(application)
    parts: list[dict[str, Any]] = []
    for slug, (heading, nodes) in applying.slugs(applying.paper_of(application)).items():
        url = "" if closed else f"{reverse('application_part', args=(code, slug))}?back=check"
        parts.append({"slug": slug, "heading": heading, "blocks": blocks(nodes, filled), "url": url})
    return render(
        request,
        "applying/check.html",
        {
            "application": application,
            "parts": parts,
            "closed": closed,
            "groups": told.groups(told.told(application, findings)),
            "blocking": sum(f.weight == "block" for f in findings),
            "sums": applying.sums_of(applying.form_of(application)),
            "submit_url": told.page_of(application, "submit"),
            "left": applying.time_left(application),
        },
    )
