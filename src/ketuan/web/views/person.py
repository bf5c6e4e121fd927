"""My account: roles and keys for programs. (My letters and how I want them: :mod:`ketuan.web.views.letters`.)"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import enrolling
from ketuan.programme.enrolling.tokens import DAYS, SCOPES
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.moment import now
from ketuan.web.doors import SIGNED_IN, door, signed_in
from ketuan.web.views.finding import who_of


@door(SIGNED_IN)
@require_safe
@signed_in
def roles(request: HttpRequest) -> HttpResponse:
    """The bodies I act for, and what I asked for."""
    bodies: dict[int, dict[str, Any]] = {}
    for role in enrolling.own_roles(who=who_of(request)):
        body = bodies.setdefault(role.organisation_id, {"body": role.organisation, "roles": [], "held": False})
        body["roles"].append(role)
        body["held"] = body["held"] or role.state in ("active", "asked")
    return render(request, "person/roles.html", {"bodies": list(bodies.values())})


@door("enrolling.leave")
@signed_in
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    body = enrolling.find(pk, who=who)
    if not any(
        role.organisation_id == pk and role.state in ("active", "asked") for role in enrolling.own_roles(who=who)
    ):
        raise NotFound(str(pk))
    if request.method == "POST":
        enrolling.leave(pk, who=who)
        messages.success(request, f"您已离开{body.name}。")
        return redirect("my_roles")
    shown = {
        "title": "离开单位", "question": f"不再为{body.name}办事？", "label": "离开", "danger": True, "back_url": "/me/roles/",
        "text": "您在这个单位的角色全部结束，马上看不到它的申报书。已办的事和记录都保留。要回来须重新申请或受邀请。",
    }  # fmt: skip
    return render(request, "parts/confirm.html", shown)


@door(SIGNED_IN, "enrolling.make_token")
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """A new key answers with the page itself: it is shown once and stands in no address and no session."""
    who = who_of(request)
    shown: dict[str, Any] = {"scopes": SCOPES.items(), "days": DAYS, "given": {}, "errors": {}}
    if request.method == "POST":
        days = request.POST.get("days", "")
        name, chosen = request.POST.get("name", ""), request.POST.getlist("scopes")
        try:
            token, raw = enrolling.make_token(name, chosen, int(days) if days.isdecimal() else 0, who=who)
        except Invalid as wrong:
            shown |= {"given": {"name": name, "scopes": chosen}, "errors": wrong.errors}
        else:
            shown |= {"made": token, "raw": raw}
    shown |= {"tokens": enrolling.tokens_of(who=who), "now": now(), "labels": SCOPES}
    return render(request, "person/tokens.html", shown, status=400 if shown["errors"] else 200)


@door("enrolling.revoke_token")
@require_POST
@signed_in
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    enrolling.revoke_token(pk, who=who_of(request))
    messages.success(request, "密钥已停用。")
    return redirect("my_tokens")


urls = [
    path("me/roles/", roles, name="my_roles"),
    path("me/roles/<int:pk>/leave/", leave, name="my_leave"),
    path("me/tokens/", tokens, name="my_tokens"),
    path("me/tokens/<int:pk>/revoke/", revoke, name="my_token_revoke"),
]
