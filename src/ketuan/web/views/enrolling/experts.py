"""The experts' register, the page of one expert, and one's own record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import enrolling
from ketuan.programme.enrolling import experts as register
from ketuan.programme.enrolling.names import division_name
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.permits import may, permit
from ketuan.web.doors import SIGNED_IN, door, signed_in
from ketuan.web.views.enrolling.lists import page_of
from ketuan.web.views.finding import who_of

READERS = frozenset({"editor", "checker", "provincial", "officer"})


@door("see:expert")
@require_safe
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if not who.roles() & READERS:
        raise NotFound("experts")
    q = request.GET.get("q", "").strip()
    page = page_of(request, enrolling.search(q, who=who))
    rows = [enrolling.sight(expert) for expert in page]
    search = {
        "value": q, "placeholder": "姓名、单位或专业", "action": reverse("experts"), "target": "#experts",
        "hint": "几个词用空格隔开，例如“大学 膜分离”。手机、邮箱只对添加他的学会和他同意参加其服务团的学会完整显示。",
    }  # fmt: skip
    return render(request, "enrolling/experts.html", {"page": page, "rows": rows, "search": search})


@door("see:expert", "see:application")
@require_safe
@signed_in
def expert(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    return render(request, "enrolling/expert.html", _shown(enrolling.find_expert(pk, who=who), who))


@door("enrolling.unmask_expert")
@signed_in
@require_POST
def unmask(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole record, once, on the answer to the reason."""
    who = who_of(request)
    reason = request.POST.get("reason", "")
    try:
        sight, wrong = enrolling.unmask_expert(pk, reason, who=who), ""
    except Invalid as invalid:
        sight, wrong = enrolling.find_expert(pk, who=who), str(invalid)
    shown = {**_shown(sight, who), "unmasked": sight.full, "unmask_error": wrong}
    response = render(request, "enrolling/expert.html", shown, status=400 if wrong else 200)
    response["Cache-Control"] = "no-store"
    return response


def _shown(sight: register.Sight, who: Any) -> dict[str, Any]:
    merges = may("enrolling.merge_experts", who, sight.expert)
    return {
        "sight": sight,
        "facts": _facts(sight),
        "members": register.memberships_of(sight.expert, who=who),
        "twins": register.twins_of(sight.expert) if merges else [],
        "may_unmask": not sight.full and may("enrolling.unmask_expert", who, sight.expert),
    }


def _facts(sight: register.Sight) -> list[tuple[str, str]]:
    row = sight.expert
    return [
        ("工作单位", row.unit),
        ("职务/职称", row.post),
        ("专业领域", row.field),
        ("出生日期" if sight.full else "出生年份", sight.born),
        ("青年人才托举工程", row.young_elite),
        ("所在地", division_name(row.division)),
        ("手机", sight.phone),
        ("电子邮箱", sight.email),
    ]


@door("enrolling.merge_experts")
@signed_in
def merge(request: HttpRequest, pk: int, other: int) -> HttpResponse:
    """Keep ``pk``, end ``other``; asked first, with both records side by side."""
    who = who_of(request)
    keep, drop = enrolling.find_expert(pk, who=who), enrolling.find_expert(other, who=who)
    permit("enrolling.merge_experts", who, keep.expert)
    if request.method == "POST":
        kept = enrolling.merge_experts(keep.expert, drop.expert, who=who)
        messages.success(request, f"已合并为一条记录：{kept.name}。")
        return redirect("expert", pk=kept.pk)
    shown = {"pairs": [(a[0], a[1], b[1]) for a, b in zip(_facts(keep), _facts(drop), strict=True)]}
    return render(request, "enrolling/merge.html", {**shown, "keep": keep, "drop": drop})


class Correct(forms.Form):
    """The own record; name and identity number are put right by the office."""

    unit = forms.CharField(label="工作单位", max_length=120)
    post = forms.CharField(label="职务/职称", max_length=120, required=False)
    field = forms.CharField(label="专业领域", max_length=120, required=False)
    born = forms.DateField(
        label="出生日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成 1980-05-24 这样。"},
    )  # fmt: skip
    young_elite = forms.CharField(label="青年人才托举工程届次", max_length=40, required=False)
    phone = forms.CharField(label="手机", max_length=40, required=False)
    email = forms.EmailField(label="电子邮箱", required=False)
    profile = forms.CharField(label="简介", required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 5}))


@door(SIGNED_IN, "enrolling.correct_own")
@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    own = enrolling.own_record(who=who)
    form = None
    if own is not None:
        initial = {name: getattr(own.expert, name) for name in Correct.base_fields}
        form = Correct(request.POST or None, initial=initial)
        if request.method == "POST" and form.is_valid():
            try:
                enrolling.correct_own(form.cleaned_data, who=who)
            except Invalid as wrong:
                for name, says in wrong.errors.items():
                    form.add_error(name, says)
            else:
                messages.success(request, "已更正。")
                return redirect("my_expert")
    members: Any = register.memberships_of(own.expert, who=who) if own else []
    return render(
        request, "enrolling/my_expert.html", {"own": own, "form": form, "members": members, "wording": register.CONSENT}
    )


@door("enrolling.give_consent", "enrolling.withdraw_consent")
@require_POST
@signed_in
def consent(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if request.POST.get("consent") == "give":
        enrolling.give_consent(who=who)
        messages.success(request, "已记下您的同意。")
    else:
        enrolling.withdraw_consent(who=who)
        messages.success(request, "已撤回同意：他人查不到您的记录，相关学会会收到通知。")
    return redirect("my_expert")


urls = [
    path("experts/", listing, name="experts"),
    path("experts/<int:pk>/", expert, name="expert"),
    path("experts/<int:pk>/unmask/", unmask, name="expert_unmask"),
    path("experts/<int:pk>/merge/<int:other>/", merge, name="expert_merge"),
    path("me/expert/", mine, name="my_expert"),
    path("me/expert/consent/", consent, name="my_expert_consent"),
]
