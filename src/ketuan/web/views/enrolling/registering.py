"""Registration's first step: find the body (works as a search page, and while typing), or name a new one."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_safe

from ketuan.programme import enrolling
from ketuan.programme.enrolling import kinds
from ketuan.programme.enrolling.finding import CHOICES
from ketuan.programme.errors import Invalid, Refused
from ketuan.web.accounts import add_body, add_roles, body_values, check_body
from ketuan.web.doors import PUBLIC, door, signed_in
from ketuan.web.views.enrolling.lists import pills
from ketuan.web.views.finding import who_of

_KINDS = [(k.value, k.label) for k in kinds.Body if k != kinds.Body.OFFICE]
_NEW = [(k.value, k.label) for k in kinds.NEW]


@door(PUBLIC)
@require_safe
def choose(request: HttpRequest) -> HttpResponse:
    """The list is public: names and kinds of approved bodies, nothing else."""
    q, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    if kind not in dict(_KINDS):
        kind = ""
    found = enrolling.choices(q, kind=kind) if q or kind else []
    going_on = "/me/join/" if who_of(request).signed_in else "/account/signup/"
    shown = {
        "q": q,
        "kind": kind,
        "found": found,
        "many": len(found) == CHOICES,
        "new_kinds": _NEW,
        "going_on": going_on,
        "keep": [("kind", kind)] if kind else [],
        "pills": pills(request, "kind", _KINDS, "全部类别"),
    }
    return render(request, "enrolling/choose.html", shown)


class Join(forms.Form):
    """The same questions as at registration, for somebody who has an account."""


@door("enrolling.ask", "enrolling.propose")
@signed_in
def join(request: HttpRequest) -> HttpResponse:
    """Ask for a role in a body (``?body=``) or name a new one (``?new=``)."""
    who = who_of(request)
    pk, kind = request.GET.get("body", ""), request.GET.get("new", "")
    body = enrolling.choice(int(pk)) if pk.isdecimal() else None
    if body is None and kind not in kinds.NEW:
        return redirect("enrolling_choose")
    kind = body.kind if body else kind
    form = Join(request.POST or None)
    if body is None:
        add_body(form, kind)
    add_roles(form, kind, body)
    if request.method == "POST" and form.is_valid():
        if body is None:
            check_body(form, kind)
        if not form.errors:
            try:
                asked = body or enrolling.propose(kind, who=who, **body_values(form))
                enrolling.ask(asked, form.cleaned_data["roles"], who=who)
            except (Invalid, Refused) as problem:
                form.add_error(None, str(problem))
            else:
                messages.success(request, "申请已送出，批准后会通知您。")
                return redirect("my_roles")
    return render(request, "enrolling/join.html", {"form": form, "body": body, "kind": kinds.Body(kind).label})


urls = [
    path("bodies/choose/", choose, name="enrolling_choose"),
    path("me/join/", join, name="enrolling_join"),
]
