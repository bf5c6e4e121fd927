"""供应商注册: the page of a body, and the office's list of who is missing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import enrolling
from ketuan.programme.applying import attachments
from ketuan.programme.enrolling import supplier as registrations
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.permits import may, permit
from ketuan.programme.who import Who
from ketuan.web.doors import door, signed_in
from ketuan.web.views.enrolling.lists import page_of, pills
from ketuan.web.views.finding import who_of


class State(forms.Form):
    state = forms.ChoiceField(label="办到哪一步", choices=registrations.State.choices, widget=forms.RadioSelect)
    number = forms.CharField(
        label="供应商编号", max_length=60, required=False, help_text="注册通过后，平台上显示的编号。"
    )
    day = forms.DateField(
        label="注册日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成 2024-05-24 这样。"},
    )  # fmt: skip
    proof = forms.FileField(label="证明", required=False, help_text="注册成功页面的截图或 PDF。")


def _body(pk: int, who: Who) -> Any:
    found = enrolling.find(pk, who=who)
    if not registrations.seen_by(found, who=who):
        raise NotFound(str(pk))
    return found


@door("see:supplier", "enrolling.save_supplier", "enrolling.attach_proof")
@signed_in
def supplier(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    found = _body(pk, who)
    row = enrolling.registration_of(found)
    form = State(
        request.POST or None, request.FILES or None, initial={"state": row.state, "number": row.number, "day": row.day}
    )
    if request.method == "POST":
        permit("enrolling.save_supplier", who, found)
        if form.is_valid():
            given = form.cleaned_data
            try:
                if given["proof"]:
                    enrolling.attach_proof(found, given["proof"].name, given["proof"].read(), who=who)
                enrolling.save_supplier(found, given["state"], who=who, number=given["number"], day=given["day"])
            except Invalid as wrong:
                for name, says in wrong.errors.items():
                    form.add_error(name if name in form.fields else None, says)
            else:
                messages.success(request, "已保存。")
                return redirect("supplier", pk=pk)
    shown = {
        "body": found,
        "row": row,
        "steps": registrations.steps_of(row),
        "form": form if may("enrolling.save_supplier", who, found) else None,
        "platform_url": registrations.PLATFORM_URL,
        "clause": registrations.CLAUSE,
    }
    return render(request, "enrolling/supplier.html", shown)


@door("see:supplier", "see:paper")
@require_safe
@signed_in
def proof(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    row = enrolling.registration_of(_body(pk, who_of(request)))
    if row.proof is None:
        raise NotFound("proof")
    response = FileResponse(attachments.opened(row.proof), as_attachment=True, filename=row.proof.name)
    response.headers["Content-Security-Policy"] = "sandbox"
    return response


@door("see:supplier")
@require_safe
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if "officer" not in who.roles():
        raise NotFound("suppliers")
    state = request.GET.get("state", "")
    if state not in registrations.State.values:
        state = ""
    page = page_of(request, registrations.societies(who=who, state=state))
    counts = registrations.counts(who=who)
    labels = dict(registrations.State.choices)
    shown = {
        "page": page,
        "rows": [(b, labels[registrations.state_of(b)], getattr(b, "supplier", None)) for b in page],
        "pills": pills(request, "state", [(s, f"{labels[s]} {counts[s]}") for s in labels]),
        "stats": [{"label": labels[s], "value": counts[s], "unit": "个", "url": f"?state={s}"} for s in labels],
        "late": sum(n for s, n in counts.items() if s != registrations.State.DONE),
        "clear_url": reverse("suppliers") if state else "",
    }
    return render(request, "enrolling/suppliers.html", shown)


@door("enrolling.remind_suppliers")
@require_POST
@signed_in
def remind(request: HttpRequest) -> HttpResponse:
    told = enrolling.remind_suppliers(who=who_of(request))
    messages.success(request, f"已提醒 {told} 个学会。同一天再提醒不会重复发信。")
    return redirect("suppliers")


urls = [
    path("bodies/suppliers/", listing, name="suppliers"),
    path("bodies/suppliers/remind/", remind, name="suppliers_remind"),
    path("bodies/<int:pk>/supplier/", supplier, name="supplier"),
    path("bodies/<int:pk>/supplier/proof/", proof, name="supplier_proof"),
]
