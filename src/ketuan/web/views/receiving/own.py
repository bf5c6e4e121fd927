"""A society's own view of its paper and of the letters with which an application came."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ketuan.programme import applying, calling, receiving
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of


@signed_in
@door("see:application", "see:dispatch", "see:mail")
@require_GET
def own(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    rules = calling.rules_of(application.call)
    context = {
        "application": application,
        "bags": receiving.bags_of(application, who=who),
        "letters": receiving.letters_of(application, who=who),
        "asked": rules.submission,
        "by": "寄出" if rules.settings.paper_by.value == "dispatch" else "收到",
        "last": receiving.last_day(application),
        "contact": application.call.contact or {},
    }
    return render(request, "receiving/own.html", context)
