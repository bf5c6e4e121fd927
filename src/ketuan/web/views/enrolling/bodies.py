"""Bodies: the list, the page of one, its data, its people and invitations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import enrolling
from ketuan.programme.enrolling import deciding, kinds
from ketuan.programme.enrolling.bodies import OFFICE_EDITS
from ketuan.programme.enrolling.inviting import Place
from ketuan.programme.enrolling.names import division_choices, division_name
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.moment import now
from ketuan.programme.permits import may, permit, sees
from ketuan.web.doors import door, signed_in
from ketuan.web.views.enrolling.lists import page_of, pills
from ketuan.web.views.finding import who_of


@door("see:organisation")
@require_safe
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if not sees("organisation", who):
        raise NotFound("bodies")
    q, kind = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    page = page_of(request, enrolling.listing(who=who, q=q, kind=kind))
    for body in page:
        body.place = division_name(body.division)
    shown = {
        "page": page,
        "search": {"value": q, "placeholder": "名称、简称或编号", "action": reverse("bodies"), "target": "#bodies"},
        "pills": pills(request, "kind", kinds.Body.choices),
        "keep": [("kind", kind)] if kind else [],
        "clear_url": reverse("bodies") if q or kind else "",
        "approves": bool(who.roles() & {"officer", "provincial", "municipal", "owner", "checker"}),
        "registers": "officer" in who.roles(),
    }
    return render(request, "enrolling/bodies.html", shown)


@door("see:organisation", "see:role")
@require_safe
@signed_in
def body(request: HttpRequest, pk: int) -> HttpResponse:
    return _page(request, pk)


def _page(request: HttpRequest, pk: int, **more: Any) -> HttpResponse:
    who = who_of(request)
    found = enrolling.find(pk, who=who)
    people = enrolling.people_of(found, who=who)
    decidable, endable = deciding.in_hand(people, who=who)
    invitable = enrolling.invitable(found, who=who)
    inside = may("enrolling.edit_body", who, found)
    society = found.kind == kinds.Body.SOCIETY
    registers = society and (inside or "officer" in who.roles())
    facts = [
        ("类别", found.get_kind_display()),
        ("科协编号", found.code),
        ("统一社会信用代码", found.uscc),
        ("所在地", division_name(found.division)),
        ("地址", found.address),
        ("电话", found.phone),
        ("上级（批准单位）", found.parent.name if found.parent else ""),
    ]
    asked = [r for r in people if r.state == "asked"]
    shown = {
        "body": found,
        "facts": [(label, value) for label, value in facts if value],
        "people": [r for r in people if r.state == "active"],
        "asked": asked,
        "former": [r for r in people if r.state == "ended"],
        "endable": endable,
        "decidable": decidable,
        "invitable": invitable,
        "invitations": enrolling.invitations_of(found) if invitable else [],
        "may_edit": inside,
        "registers": registers,
        "supplier": enrolling.registration_of(found) if registers else None,
        "now": now(),
        "counted": enrolling.applications_of(found, who=who),
        "entries": _entries(found, who) if inside else None,
        "own": any(r.user_id == who.user_id and r.state in ("active", "asked") for r in people),
        **more,
    }
    return render(request, "enrolling/body.html", shown, status=400 if more.get("errors") else 200)


def _entries(found: Any, who: Any) -> list[dict[str, Any]]:
    return [
        {"when": e.at, "who": e.actor.name if e.actor else "平台", "as_what": e.acted_as, "what": e.says}
        for e in enrolling.history_of(found)
    ]


class Edit(forms.Form):
    """The data of a body; what the person may not change is left out."""

    name = forms.CharField(label="单位全称", max_length=120)
    short_name = forms.CharField(label="简称", max_length=60, required=False)
    uscc = forms.CharField(label="统一社会信用代码", max_length=40, required=False, help_text="18 位，见证书。")
    division = forms.ChoiceField(label="所在省、市", required=False)
    address = forms.CharField(label="地址", max_length=200, required=False, help_text="写全，邮寄用。")
    phone = forms.CharField(label="电话", max_length=40, required=False)

    def __init__(self, *args: Any, office: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        division: Any = self.fields["division"]
        division.choices = [("", "不填"), *division_choices()]
        if not office:
            del self.fields["name"], self.fields["division"]


@door("enrolling.edit_body")
@signed_in
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    found = enrolling.find(pk, who=who)
    office = permit("enrolling.edit_body", who, found).role == "officer"
    initial = {name: getattr(found, name) for name in OFFICE_EDITS}
    form = Edit(request.POST or None, initial=initial, office=office)
    if request.method == "POST" and form.is_valid():
        try:
            enrolling.edit_body(found, form.cleaned_data, who=who)
        except Invalid as wrong:
            for name, says in wrong.errors.items():
                form.add_error(name if name in form.fields else None, says)
        else:
            messages.success(request, "已保存。")
            return redirect("body", pk=pk)
    shown = {"form": form, "body": found, "office": office}
    return render(request, "enrolling/edit.html", shown, status=400 if form.errors else 200)


@door("enrolling.invite")
@require_POST
@signed_in
def invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Answers with the page itself: the link is shown once and stands in no address and no session."""
    who = who_of(request)
    found = enrolling.find(pk, who=who)
    given = {name: request.POST.get(name, "") for name in ("role", "email", "name")}
    if not enrolling.invitable(found, who=who):
        permit("enrolling.invite", who, Place(found, given["role"]))
    try:
        made = enrolling.invite(found, given["role"], who=who, email=given["email"], name=given["name"])
    except Invalid as wrong:
        return _page(request, pk, errors=wrong.errors, given=given)
    except (Refused, NotReady) as problem:
        return _page(request, pk, errors={"role": problem.why}, given=given)
    link = request.build_absolute_uri(made.path)
    return _page(request, pk, made=made, link=link)


@door("enrolling.withdraw_invitation")
@require_POST
@signed_in
def withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    who = who_of(request)
    enrolling.withdraw_invitation(enrolling.find(pk, who=who), invitation, who=who)
    messages.success(request, "邀请已作废，链接不能再用。")
    return redirect("body", pk=pk)


@door("enrolling.end_role")
@signed_in
def end_role(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    who = who_of(request)
    held = enrolling.find_role(role, who=who)
    permit("enrolling.end_role", who, held)
    facts = [("姓名", held.user.name), ("单位", held.organisation.name), ("角色", held.get_kind_display())]
    shown: dict[str, Any] = {
        "title": "结束角色", "question": "结束这个角色？", "text": "本人马上不能再以这个身份办事；已办的事和记录都保留。",
        "facts": facts, "label": "结束角色", "danger": True, "reason": "原因（本人会收到）", "back_url": f"/bodies/{pk}/",
    }  # fmt: skip
    if request.method == "POST":
        try:
            enrolling.end_role(held, request.POST.get("reason", ""), who=who)
        except Invalid as wrong:
            return render(request, "parts/confirm.html", {**shown, "reason_error": str(wrong)}, status=400)
        messages.success(request, "角色已结束，并通知本人。")
        return redirect("body", pk=held.organisation_id)
    return render(request, "parts/confirm.html", shown)


urls = [
    path("bodies/", listing, name="bodies"),
    path("bodies/<int:pk>/", body, name="body"),
    path("bodies/<int:pk>/edit/", edit, name="body_edit"),
    path("bodies/<int:pk>/invite/", invite, name="body_invite"),
    path("bodies/<int:pk>/invitations/<int:invitation>/withdraw/", withdraw, name="body_withdraw_invitation"),
    path("bodies/<int:pk>/roles/<int:role>/end/", end_role, name="body_end_role"),
]
