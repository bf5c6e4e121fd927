"""Versions: the list, what differs between two, and going back to one."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from ketuan.programme import applying, moment
from ketuan.programme.errors import NotFound, Refused
from ketuan.programme.permits import why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.views.applying import told
from ketuan.web.views.finding import who_of


@signed_in
@door("see:application")
@require_safe
def history(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    rows = list(applying.history(application))
    base = reverse("application_compare", args=(code,))
    older = dict(zip([v.number for v in rows], [v.number for v in rows[1:]], strict=False))
    versions = [
        {
            "v": v,
            "why": v.get_why_display(),
            "diff_url": f"{base}?{urlencode({'a': older[v.number], 'b': v.number})}" if v.number in older else "",
            "now_url": f"{base}?{urlencode({'a': v.number})}",
            "restore_url": reverse("application_restore", args=(code, v.number)) if v != rows[0] else "",
            "files": _files(application, v.number),
        }
        for v in rows
    ]
    closed = why_not("applying.restore", who, application)
    return render(
        request,
        "applying/history.html",
        {"application": application, "versions": versions, "closed": closed, "now": moment.now()},
    )


@signed_in
@door("see:application")
@require_safe
def compare(request: HttpRequest, code: str) -> HttpResponse:
    """?a=3&b=7: what version 7 has otherwise than version 3; without b what stands there now."""
    application = applying.find(code, who=who_of(request))
    before = applying.version(application, _number(request.GET.get("a")))
    after = applying.version(application, _number(request.GET["b"])) if request.GET.get("b") else None
    if after and after.number < before.number:
        before, after = after, before
    return render(
        request,
        "applying/compare.html",
        {
            "application": application,
            "before": before,
            "after": after,
            "changes": applying.changes_between(application, before, after),
            "numbers": [v.number for v in applying.history(application)],
        },
    )


@signed_in
@door("applying.restore")
def restore(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Asks first, with what would change; by POST it is done."""
    who = who_of(request)
    application = applying.find(code, who=who)
    if why := why_not("applying.restore", who, application):
        raise Refused(why)
    back = reverse("application_history", args=(code,))
    version = applying.version(application, number)
    if request.method == "POST":
        made = applying.restore(application, number, who=who)
        messages.success(request, f"已恢复第 {number} 版，现为第 {made.number} 版。恢复前的内容也留了一版。")
        return redirect(back)
    changes = applying.changes_between(application, version, None)
    places = "、".join(dict.fromkeys(d.place.partition(" · ")[0] for d in changes))
    return render(
        request,
        "parts/confirm.html",
        {
            "title": f"恢复第 {number} 版",
            "question": f"把申报书恢复成第 {number} 版？",
            "text": "现在的内容会先留成一版，随时可以再恢复回来。团员名单和附件不变。",
            "facts": [
                ("短码", version.short_code),
                ("会改变", f"{len(changes)} 处：{places}" if changes else "没有不同"),
            ],
            "label": "恢复这一版",
            "back_url": back,
        },
    )


def _files(application: Any, number: int) -> list[dict[str, str]]:
    listed = [
        {"url": told.there(f"/applications/{application.code}/versions/{number}/form.{kind}"), "label": label}
        for kind, label in (("docx", "Word"), ("pdf", "PDF"))
    ]
    return [one for one in listed if one["url"]]


def _number(text: str | None) -> int:
    if text and text.isdecimal():
        return int(text)
    raise NotFound(text)
