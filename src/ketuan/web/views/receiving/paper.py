"""Paper by post: how the bags stand beside the electronic versions, and entering one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from ketuan.programme import applying, calling, receiving
from ketuan.programme.errors import Invalid
from ketuan.programme.permits import permit
from ketuan.programme.receiving.posted import WORDS
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of

A_PAGE = 30
_LOOKED = (("", "还没有看"), ("yes", "是"), ("no", "否"))
_MINUTE = "%Y-%m-%dT%H:%M"


class BagForm(forms.Form):
    """What stands on the bag and what lies in it. What cannot be is said by the verb, field by field."""

    sent_on = forms.DateField(
        label="寄出日期",
        help_text="看快递单或邮戳。",
        error_messages={"required": "请写寄出日期，看快递单或邮戳。", "invalid": "请写成 2024-05-24 这样的日期。"},
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    received_at = forms.DateTimeField(
        label="收到时间",
        required=False,
        help_text="还没有收到的，不填。",
        input_formats=[_MINUTE, f"{_MINUTE}:%S"],
        widget=forms.DateTimeInput({"type": "datetime-local"}, _MINUTE),
    )
    carrier = forms.CharField(label="快递公司", required=False)
    tracking = forms.CharField(label="单号", required=False)
    originals = forms.IntegerField(label="原件份数", required=False, widget=forms.NumberInput({"min": 0}))
    copies = forms.IntegerField(label="复印件份数", required=False, widget=forms.NumberInput({"min": 0}))
    sealed = forms.ChoiceField(label="文件袋已密封", required=False, choices=_LOOKED)
    labelled = forms.ChoiceField(label="文件袋注明了项目名称和申报单位名称", required=False, choices=_LOOKED)
    short_code = forms.CharField(
        label="纸面短码",
        required=False,
        help_text="印在申报书每页下方和文件袋标签上，八位字母和数字。用来核对纸面是不是已提交的那一版。",
        widget=forms.TextInput({"autocapitalize": "characters", "autocomplete": "off"}),
    )
    note = forms.CharField(label="备注", required=False)

    def bag(self) -> receiving.Bag:
        given: dict[str, Any] = dict(self.cleaned_data)
        for name in ("sealed", "labelled"):
            given[name] = {"yes": True, "no": False}.get(given[name])
        return receiving.Bag(**given)


@signed_in
@door("receiving.enter_bag")
@require_GET
def paper(request: HttpRequest) -> HttpResponse:
    """Every submitted application with its paper."""
    who = who_of(request)
    permit("receiving.enter_bag", who)
    word, search = request.GET.get("state", ""), request.GET.get("q", "").strip()
    found = receiving.posted(who=who, search=search)
    url = reverse("receiving_paper")
    pills = [{"label": "全部", "url": _url(url, "", search), "active": word not in WORDS, "count": len(found)}]
    for key, label in WORDS.items():
        count = len(receiving.told(found, key))
        if count or key == word:
            pills.append({"label": label, "url": _url(url, key, search), "active": key == word, "count": count})
    context = {
        "page": Paginator(receiving.told(found, word), A_PAGE).get_page(request.GET.get("page")),
        "pills": pills if found or word else [],
        "search": {"value": search, "placeholder": "短码、回执编号、编号、项目、学会或单号", "action": url},
        "keep": [("state", word)] if word in WORDS else [],
        "clear_url": url if word or search else "",
        "tab": "paper",
    }
    return render(request, "receiving/paper.html", context)


@signed_in
@door("receiving.enter_bag")
@require_GET
def find(request: HttpRequest) -> HttpResponse:
    """From what stands on the bag to its application; one hit opens it at once."""
    who = who_of(request)
    permit("receiving.enter_bag", who)
    typed = request.GET.get("q", "").strip()
    found = receiving.search(typed, who=who)
    if len(found) == 1:
        return redirect("receiving_bag", found[0].code)
    return render(request, "receiving/find.html", {"typed": typed, "found": found, "tab": "paper"})


@signed_in
@door("see:application", "receiving.enter_bag")
@require_http_methods(["GET", "POST"])
def bag(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a bag."""
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("receiving.enter_bag", who, application)
    form = BagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _written(request, code, receiving.enter_bag(application, form.bag(), who=who))
        except Invalid as wrong:
            _errors(form, wrong)
    return _page(request, application, form, None)


@signed_in
@door("see:dispatch", "receiving.mend_bag")
@require_http_methods(["GET", "POST"])
def mend(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Put right what was entered."""
    who = who_of(request)
    application = applying.find(code, who=who)
    held = receiving.bag_of(application, pk, who=who)
    permit("receiving.mend_bag", who, application)
    looked = {True: "yes", False: "no", None: ""}
    names = ("sent_on", "received_at", "carrier", "tracking", "originals", "copies", "short_code", "note")
    initial: dict[str, Any] = {name: getattr(held, name) for name in names}
    initial |= {"sealed": looked[held.sealed], "labelled": looked[held.labelled]}
    form = BagForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _written(request, code, receiving.mend_bag(held, form.bag(), who=who))
        except Invalid as wrong:
            _errors(form, wrong)
    return _page(request, application, form, held)


def _written(request: HttpRequest, code: str, held: Any) -> HttpResponse:
    if held.findings:
        messages.warning(
            request, f"已登记，有 {len(held.findings)} 处问题。" + ("已告知申报单位。" if held.received_at else "")
        )
    else:
        messages.success(
            request, "已登记，没有问题。" + ("已告知申报单位。" if held.received_at else "收到后请补登记。")
        )
    return redirect("receiving_bag", code)


def _errors(form: BagForm, wrong: Invalid) -> None:
    for name, said in wrong.errors.items():
        form.add_error(name if name in form.fields else None, said)


def _page(request: HttpRequest, application: Any, form: BagForm, held: Any) -> HttpResponse:
    who = who_of(request)
    rules = calling.rules_of(application.call)
    codes: dict[str, Any] = {}
    for version in receiving.versions_on_paper(application):
        codes.setdefault(version.short_code, version)
    context = {
        "application": application,
        "form": form,
        "held": held,
        "posted": receiving.posted_of(application),
        "bags": receiving.bags_of(application, who=who),
        "asked": rules.submission,
        "by": "寄出" if rules.settings.paper_by.value == "dispatch" else "收到",
        "last": receiving.last_day(application),
        "versions": list(codes.values()),
        "tab": "paper",
    }
    return render(request, "receiving/bag.html", context, status=400 if form.errors else 200)


def _url(url: str, state: str, search: str) -> str:
    asked = {name: value for name, value in (("state", state), ("q", search)) if value}
    return f"{url}?{urlencode(asked)}" if asked else url
