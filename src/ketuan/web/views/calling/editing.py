"""The pages on which a call is set, one a table of the call file; contact; the registry of cities."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from ketuan.programme import calling
from ketuan.programme.calling import sheet
from ketuan.programme.errors import Invalid, NotFound, Overtaken
from ketuan.programme.permits import permit
from ketuan.web.doors import door, signed_in
from ketuan.web.views.calling.desk import draft_of, frame
from ketuan.web.views.finding import who_of


@door("see:call_draft")
@require_safe
@signed_in
def first(request: HttpRequest, code: str) -> HttpResponse:
    draft_of(request, code)
    return redirect("office_set", code, next(iter(sheet.tables())))


@door("see:call_draft", "calling.save")
@signed_in
def page(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One table of the call. What is wrong stays on the page with its message; nothing is saved then."""
    call = draft_of(request, code)
    if name not in sheet.tables():
        raise NotFound(name)
    typed: dict[str, str] = {}
    wrong: dict[str, str] = {}
    if request.method == "POST":
        typed = calling.compact(
            name, {key: str(text) for key, text in request.POST.items() if key.startswith(f"{name}/")}
        )
        try:
            calling.save(call, name, typed, base=request.POST.get("base", ""), who=who_of(request))
        except Invalid as invalid:
            wrong = invalid.errors
        except Overtaken:
            wrong = {"": "您打开本页以后，别人改过这一页。您填的还在下面；请核对后再保存一次，保存时以您的为准。"}
        else:
            messages.success(request, f"“{sheet.title_of(name)}”已保存。")
            return redirect(_after(request, code, name))
    shown = sheet.page_of(call.draft, name, typed=typed or None, wrong=wrong, suggested=call.suggested)
    context = {
        **frame(call, "set"),
        "page": shown,
        "clauses": list(call.draft.get("clauses", {})),
        "pages": _pages(call, name),
        "base": calling.mark_of(call, name),
        "summary": _summary(shown, wrong),
        "unsure": any(path.split(".")[0] == name for path in call.suggested),
    }
    return render(request, "calling/page.html", context, status=400 if wrong else 200)


def _after(request: HttpRequest, code: str, name: str) -> str:
    """“Save and next” goes to the page that follows."""
    names = list(sheet.tables())
    if "next" in request.POST and name != names[-1]:
        name = names[names.index(name) + 1]
    return reverse("office_set", args=[code, name])


def _pages(call: Any, here: str) -> list[dict[str, Any]]:
    unsure = {path.split(".")[0] for path in call.suggested}
    return [
        {
            "title": sheet.title_of(name),
            "url": reverse("office_set", args=[call.code, name]),
            "active": name == here,
            "unsure": name in unsure,
        }
        for name in sheet.tables()
    ]


def _summary(shown: sheet.Page, wrong: dict[str, str]) -> list[tuple[str, str, str]]:
    """What is wrong, on top of the page: (label, message, id of the control); what is not on it goes without."""
    if not wrong:
        return []
    here = {}
    for item in (*shown.items, *shown.rows):
        here[item.path] = (item.label, item.anchor)
        for blank in (*item.values, *item.words):
            here[blank.path] = (f"{item.label} · {blank.label}", blank.anchor)
    told = []
    for at, said in wrong.items():
        label, place = here.get(at, (at, ""))
        told.append((label, said, place))
    return told


@door("see:call_draft", "calling.set_contact")
@signed_in
def contact(request: HttpRequest, code: str) -> HttpResponse:
    call, errors = draft_of(request, code), {}
    held = call.contact or {}
    if request.method == "POST":
        held = {key: request.POST.get(key, "") for key in calling.CONTACT}
        try:
            calling.set_contact(call, held, who=who_of(request))
        except Invalid as wrong:
            errors = wrong.errors
        else:
            messages.success(request, "报送与联系已保存，公开页上随即更新。" if call.current else "报送与联系已保存。")
            return redirect("office_contact", code)
    blanks = [
        {
            "key": key,
            "label": label,
            "value": held.get(key, ""),
            "error": errors.get(key, ""),
            "hint": HINTS.get(key, ""),
        }
        for key, label in calling.CONTACT.items()
    ]
    return render(
        request, "calling/contact.html", {**frame(call, "contact"), "blanks": blanks}, status=400 if errors else 200
    )


HINTS = {
    "mailbox": "学会把签字盖章的电子版发到这里。平台收信也用它核对。",
    "address": "纸质材料寄到哪里，写到楼门牌号。",
    "people": "写姓名，几个人用顿号隔开。会公开显示，请先征得本人同意。",
    "hours": "如：工作日 9:00—11:30，13:30—17:00",
}


@door("see:call_draft", "calling.set_registry")
@signed_in
def registry(request: HttpRequest, code: str) -> HttpResponse:
    call, error = draft_of(request, code), ""
    if request.method == "POST":
        permit("calling.set_registry", who_of(request), call)
        file = request.FILES.get("file")
        try:
            if file is None:
                raise Invalid({"file": "请选一个 Excel 工作簿，或制表符分隔的文本。"})
            call = calling.set_registry(call, file.read(), file.name or "", who=who_of(request))
        except Invalid as wrong:
            error = wrong.errors["file"]
        else:
            messages.success(request, f"城市名册已换用，共 {len(call.draft['zones'])} 行。")
            return redirect("office_registry", code)
    rule = calling.rules_of_draft(call)
    zones = sorted(rule.zones, key=lambda zone: (zone.division_code, zone.kind))
    context = {
        **frame(call, "registry"),
        "zones": zones,
        "many": len(zones),
        "error": error,
        "complete": rule.registry.complete,
        "kinds": rule.registry.kinds.value,
    }
    return render(request, "calling/registry.html", context, status=400 if error else 200)


@door("see:call_draft")
@require_safe
@signed_in
def registry_file(request: HttpRequest, code: str) -> HttpResponse:
    """The registry as a table of tabs: the sample to fill in."""
    rule = calling.rules_of_draft(draft_of(request, code))
    response = HttpResponse(calling.zones_as_tabs(rule), content_type="text/tab-separated-values; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="zones-{code}.tsv"'
    return response


urls = [
    path("office/calls/<slug:code>/set/", first, name="office_set_first"),
    path("office/calls/<slug:code>/set/<slug:name>/", page, name="office_set"),
    path("office/calls/<slug:code>/contact/", contact, name="office_contact"),
    path("office/calls/<slug:code>/registry/", registry, name="office_registry"),
    path("office/calls/<slug:code>/registry.tsv", registry_file, name="office_registry_file"),
]
