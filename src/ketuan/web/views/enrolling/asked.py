"""The approval desk: bodies and roles that wait for this person."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import enrolling
from ketuan.programme.enrolling.names import division_name
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.permits import permit
from ketuan.web.doors import door, signed_in
from ketuan.web.views.enrolling.lists import page_of
from ketuan.web.views.finding import who_of

DESK = frozenset({"officer", "provincial", "municipal", "owner", "checker"})


@door("see:role", "see:organisation")
@require_safe
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if not who.roles() & DESK:
        raise NotFound("desk")
    bodies = list(enrolling.asked_bodies(who=who)[:50])
    claims = enrolling.claimed_of(bodies)
    page = page_of(request, enrolling.asked_roles(who=who))
    cards = [{"body": b, "place": division_name(b.division), "claims": claims[b.pk]} for b in bodies]
    return render(request, "enrolling/asked.html", {"cards": cards, "page": page})


@door("enrolling.approve")
@require_POST
@signed_in
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    role = enrolling.find_role(pk, who=who)
    warning = enrolling.approve(role, who=who)
    messages.success(request, f"已批准{role.user.name}担任{role.get_kind_display()}，并通知本人。")
    if warning:
        messages.warning(request, warning)
    return redirect("enrolling_asked")


@door("enrolling.refuse")
@signed_in
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    role = enrolling.find_role(pk, who=who)
    permit("enrolling.refuse", who, role)
    facts = [("姓名", role.user.name), ("单位", role.organisation.name), ("角色", role.get_kind_display())]
    shown: dict[str, Any] = {
        "title": "不批准角色", "question": "不批准这个申请？", "facts": facts, "label": "不批准", "danger": True,
        "reason": "原因（申请人会收到）", "back_url": "/bodies/asked/",
    }  # fmt: skip
    if request.method == "POST":
        try:
            enrolling.refuse(role, request.POST.get("reason", ""), who=who)
        except Invalid as wrong:
            return render(request, "parts/confirm.html", {**shown, "reason_error": str(wrong)}, status=400)
        messages.success(request, "已答复不批准，原因已发给申请人。")
        return redirect("enrolling_asked")
    return render(request, "parts/confirm.html", shown)


@door("enrolling.approve_body")
@require_POST
@signed_in
def approve_body(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    body = enrolling.approve_body(enrolling.find(pk, who=who), who=who)
    messages.success(request, f"已批准{body.name}，申请人的角色一并生效。")
    return redirect("enrolling_asked")


@door("enrolling.refuse_body")
@signed_in
def refuse_body(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    body = enrolling.find(pk, who=who)
    permit("enrolling.refuse_body", who, body)
    shown: dict[str, Any] = {
        "title": "不批准单位", "question": f"不批准{body.name}？", "text": "随单位申请的角色也不批准。", "label": "不批准",
        "facts": [("类别", body.get_kind_display()), ("所在地", division_name(body.division))], "danger": True,
        "reason": "原因（申请人会收到）", "back_url": "/bodies/asked/",
    }  # fmt: skip
    if request.method == "POST":
        try:
            enrolling.refuse_body(body, request.POST.get("reason", ""), who=who)
        except Invalid as wrong:
            return render(request, "parts/confirm.html", {**shown, "reason_error": str(wrong)}, status=400)
        messages.success(request, "已答复不批准，原因已发给申请人。")
        return redirect("enrolling_asked")
    return render(request, "parts/confirm.html", shown)


urls = [
    path("bodies/asked/", desk, name="enrolling_asked"),
    path("bodies/asked/<int:pk>/approve/", approve, name="enrolling_approve"),
    path("bodies/asked/<int:pk>/refuse/", refuse, name="enrolling_refuse"),
    path("bodies/<int:pk>/approve/", approve_body, name="enrolling_approve_body"),
    path("bodies/<int:pk>/refuse/", refuse_body, name="enrolling_refuse_body"),
]
