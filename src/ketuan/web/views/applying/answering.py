"""Leaving a warning as it is, with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from ketuan.programme import applying
from ketuan.programme.errors import Invalid, NotFound
from ketuan.web.doors import door, signed_in
from ketuan.web.views.applying import told
from ketuan.web.views.finding import who_of


@signed_in
@door("applying.give_reason")
def answer(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    key = request.POST.get("key") or request.GET.get("key", "")
    back = f"{reverse('application', args=(code,))}#findings"
    asked = applying.warning_at(application, key, who=who)
    error = ""
    if request.method == "POST":
        try:
            applying.give_reason(application, key, request.POST.get("text", ""), who=who)
        except Invalid as invalid:
            error = invalid.errors.get("text", str(invalid))
        else:
            messages.success(request, "说明已记下，推荐、审查和评审时都会看到。")
            return redirect(back)
    if asked is None and not error:
        raise NotFound(key)
    return render(
        request,
        "applying/reason.html",
        {
            "application": application,
            "finding": told.told(application, [asked.finding])[0] if asked else None,
            "key": key,
            "text": request.POST.get("text") or (asked.text if asked else ""),
            "error": error,
            "back": back,
        },
        status=400 if error else 200,
    )
