"""The roster of a corps: everybody, what the rules say of them, who may be added."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ketuan.programme import applying
from ketuan.programme.applying import members
from ketuan.programme.errors import Invalid
from ketuan.programme.permits import why_not
from ketuan.programme.who import Who
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import number_in, who_of

CONSENT = {"none": "未邀请", "invited": "待确认", "given": "已同意", "refused": "已拒绝"}
"""State of consent → the word of the page."""


@signed_in
@door("see:application")
@require_GET
def roster(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    return render(request, "corps/roster.html", standing(application, who, request.GET.get("q", "")))


def standing(application: Any, who: Who, words: str = "") -> dict[str, Any]:
    """What the page of the roster shows."""
    closed = why_not("applying.add_member", who, application)
    tally = members.tally_of(application)
    return {
        "application": application,
        "lines": [_said(line) for line in members.lines_of(application, who=who)],
        "places": members.places(),
        "young_label": f"{tally.young_age} 岁及以下",
        "tally": tally,
        "lacking": members.lacking(tally),
        "findings": members.corps_findings(application),
        "closed": closed,
        "words": words,
        "found": members.search_experts(application, words, who=who) if words and not closed else [],
        "may_export": not why_not("applying.export_roster", who, application),
    }


def _said(line: members.Line) -> dict[str, Any]:
    return {**dataclasses.asdict(line), "consent_word": CONSENT[line.consent]}


@signed_in
@door("see:application")
@require_GET
def without(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """What the rules would say if somebody left; a part of the page for htmx, a page of its own without."""
    who = who_of(request)
    application = applying.find(code, who=who)
    would = members.without(application, members.find_member(application, pk))
    shown = {"application": application, "would": would, "title_if": f"如果{would.name}退出"}
    return render(request, "corps/without.html" if request.htmx else "corps/without_page.html", shown)  # type: ignore[attr-defined]


@signed_in
@door("applying.add_member")
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    try:
        member = members.add_member(application, number_in(request.POST.get("expert", "")), who=who)
    except Invalid as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, f"已加入{member.expert.name}。")
        if there := members.elsewhere(application, member.expert):
            messages.warning(request, f"{member.expert.name}也在 {there} 中：各服务团的成员不得重复（通知 三.5）。")
    return redirect(reverse("corps", args=(code,)))


@signed_in
@door("applying.change_member")
@require_POST
def change(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    member = members.find_member(application, pk)
    fill = request.POST.get("fill") == "1"
    members.change_member(application, member, request.POST.get("place", ""), fill=fill, who=who)
    messages.success(request, f"已改好{member.expert.name}的团内身份{'，并填入申报书第二部分' if fill else ''}。")
    return redirect(reverse("corps", args=(code,)))


@signed_in
@door("applying.remove_member")
@require_POST
def remove(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    member = members.find_member(application, pk)
    members.remove_member(application, member, who=who)
    messages.success(request, f"已移出{member.expert.name}。")
    return redirect(reverse("corps", args=(code,)))
