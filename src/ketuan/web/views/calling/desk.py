"""The office's desk of calls: the list, a new one, the checklist, the rehearsal, publishing, correcting, extending."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import calling, moment
from ketuan.programme.calling import sheet
from ketuan.programme.errors import Invalid, NotFound, NotReady
from ketuan.programme.permits import may, permit, sees
from ketuan.rules import publishing
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of

WORDS = {"set": "已设定", "default": "照原样", "missing": "还没有写", "wrong": "需要改"}
TONES = {"set": "good", "default": "quiet", "missing": "stop", "wrong": "stop"}


def draft_of(request: HttpRequest, code: str) -> Any:
    return calling.find_draft(code, who=who_of(request))


def frame(call: Any, here: str) -> dict[str, Any]:
    """What every page of one call shows around itself: the way through, and the pages to set."""
    published = call.current is not None
    steps = [
        ("desk", "office_call", "检查"),
        ("set", "office_set_first", "逐页设置"),
        ("contact", "office_contact", "报送与联系"),
        ("registry", "office_registry", "城市名册"),
        ("rehearsal", "office_rehearsal", "演练"),
        *((("publish", "office_correct", "更正与延期"),) if published else (("publish", "office_publish", "发布"),)),
    ]
    return {
        "call": call,
        "published": published,
        "withdrawn": call.state == "withdrawn",
        "tabs": [
            {"label": label, "url": reverse(name, args=[call.code]), "active": key == here}
            for key, name, label in steps
        ],
    }


@door("see:call_draft")
@require_safe
@signed_in
def desk(request: HttpRequest) -> HttpResponse:
    who, now = who_of(request), moment.now()
    if not sees("call_draft", who):
        raise NotFound("office/calls")
    rows = [(call, calling.left_of(call, now)) for call in calling.drafts(who=who)]
    return render(request, "calling/desk.html", {"rows": rows, "makes": may("calling.make", who)})


@door("calling.make", "calling.make_from_file")
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """From last year's or from a file."""
    who = who_of(request)
    errors: dict[str, str] = {}
    calling.may_make(who=who)
    if request.method == "POST":
        code = request.POST.get("code", "").strip()
        try:
            if file := request.FILES.get("file"):
                call = calling.make_from_file(file.read(), who=who, code=code)
            elif request.POST.get("way") == "file":
                raise Invalid({"file": "请选一个 .toml 文件。"})
            else:
                call = calling.make(code, after=request.POST.get("after", ""), who=who)
        except Invalid as wrong:
            errors = wrong.errors
        else:
            messages.success(request, f"申报通知 {call.code} 的草稿建好了。先看检查结果，再逐页核对。")
            return redirect("office_call", call.code)
    sources = calling.sources()
    context = {
        "sources": sources,
        "errors": errors,
        "typed": request.POST,
        "suggested": _free_year({call.code for call in calling.drafts(who=who)}),
    }
    return render(request, "calling/new.html", context, status=400 if errors else 200)


def _free_year(taken: set[str]) -> str:
    year = moment.today().year
    while str(year) in taken:
        year += 1
    return str(year)


@door("see:call_draft")
@require_safe
@signed_in
def checklist(request: HttpRequest, code: str) -> HttpResponse:
    call = draft_of(request, code)
    items = calling.checklist_of(call)
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in items:
        unsure = item.path in call.suggested
        table = item.path.split(".")[0] or "call"
        page = table if table in sheet.tables() else "call"
        groups.setdefault(item.group, []).append(
            {
                "item": item,
                "word": "待确认" if unsure and item.state in ("set", "default") else WORDS[item.state],
                "tone": "warn" if unsure and item.state in ("set", "default") else TONES[item.state],
                "url": f"{reverse('office_set', args=[code, page])}#{sheet.anchor(item.path)}",
            }
        )
    counts = {
        "bad": sum(item.state in ("missing", "wrong") for item in items),
        "unsure": len(call.suggested),
        "all": len(items),
        "good": sum(item.state in ("set", "default") and item.path not in call.suggested for item in items),
    }
    against = () if call.current else calling.against(call)
    pending = calling.changes_of(call)
    shown = [
        {"title": title, "lines": lines, "open": any(line["tone"] in ("stop", "warn") for line in lines)}
        for title, lines in groups.items()
    ]
    context = {**frame(call, "desk"), "groups": shown, "counts": counts, "against": against, "pending": pending}
    return render(request, "calling/checklist.html", context)


@door("see:call_draft", "calling.rehearse")
@signed_in
def rehearsal(request: HttpRequest, code: str) -> HttpResponse:
    call = draft_of(request, code)
    done = calling.rehearse(call, who=who_of(request)) if request.method == "POST" else None
    return render(request, "calling/rehearsal.html", {**frame(draft_of(request, code), "rehearsal"), "done": done})


@door("see:call_draft")
@require_safe
@signed_in
def blank_form(request: HttpRequest, code: str) -> HttpResponse:
    """The Word form as the draft prints it."""
    from ketuan.web.views.calling.public import WORD

    data = calling.blank_form(calling.rules_of_draft(draft_of(request, code)))
    response = HttpResponse(data, content_type=WORD)
    response["Content-Disposition"] = f'attachment; filename="{code}-draft.docx"'
    return response


@door("see:call_draft", "calling.publish")
@signed_in
def publish(request: HttpRequest, code: str) -> HttpResponse:
    call, errors = draft_of(request, code), {}
    if request.method == "POST":
        try:
            calling.publish(call, who=who_of(request), opens=_day(request.POST.get("opens", "")))
        except Invalid as wrong:
            errors = wrong.errors
        except NotReady as wrong:
            errors = {"": wrong.why}
        else:
            messages.success(request, "已发布。内容已锁定为第 1 版，学会的经办人和审核人会收到通知。")
            return redirect("call", code)
    rule = calling.rules_of_draft(call)
    context = {
        **frame(call, "publish"),
        "against": calling.against(call),
        "rule": rule,
        "errors": errors,
        "typed": request.POST,
        "today": moment.today(),
        "many": calling.how_many_told(),
    }
    return render(request, "calling/publish.html", context, status=400 if errors else 200)


@door("see:call_draft")
@require_safe
@signed_in
def correct_page(request: HttpRequest, code: str) -> HttpResponse:
    return _correct_page(request, code, {})


def _correct_page(request: HttpRequest, code: str, errors: dict[str, str]) -> HttpResponse:
    call = draft_of(request, code)
    if call.current is None:
        return redirect("office_publish", code)
    context = {
        **frame(call, "publish"),
        "changes": calling.changes_of(call),
        "rule": calling.rules_of(call),
        "versions": calling.versions_of(call),
        "errors": errors,
        "typed": request.POST,
        "many": calling.how_many_told(),
    }
    return render(request, "calling/correct.html", context, status=400 if errors else 200)


@door("see:call_draft", "calling.correct")
@signed_in
@require_POST
def correct(request: HttpRequest, code: str) -> HttpResponse:
    call = draft_of(request, code)
    permit("calling.correct", who_of(request), call)
    try:
        version = calling.correct(call, request.POST.get("notice", ""), who=who_of(request))
    except Invalid as wrong:
        return _correct_page(request, code, {"correct_notice": wrong.errors["notice"]})
    except NotReady as wrong:
        return _correct_page(request, code, {"correct_notice": wrong.why})
    messages.success(request, f"更正已发布，现行版本是第 {version.number} 版。")
    return redirect("call", code)


@door("see:call_draft", "calling.extend")
@signed_in
@require_POST
def extend(request: HttpRequest, code: str) -> HttpResponse:
    call = draft_of(request, code)
    permit("calling.extend", who_of(request), call)
    day = _day(request.POST.get("day", ""))
    try:
        version = calling.extend(call, day, request.POST.get("notice", ""), who=who_of(request))
    except Invalid as wrong:
        return _correct_page(request, code, {f"extend_{key}": said for key, said in wrong.errors.items()})
    messages.success(request, f"已延期到 {publishing.shown_value(day)}，现行版本是第 {version.number} 版。")
    return redirect("call", code)


@door("see:call_draft", "calling.discard")
@signed_in
@require_POST
def discard(request: HttpRequest, code: str) -> HttpResponse:
    call = draft_of(request, code)
    permit("calling.discard", who_of(request), call)
    try:
        calling.discard(call, request.POST.get("code", ""), who=who_of(request))
    except Invalid as wrong:
        messages.error(request, str(wrong))
        return redirect("office_call", code)
    messages.success(request, f"申报通知 {code} 的草稿已作废。")
    return redirect("office_calls")


@door("see:call_draft", "calling.withdraw")
@signed_in
@require_POST
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    call = draft_of(request, code)
    permit("calling.withdraw", who_of(request), call)
    try:
        calling.withdraw(call, request.POST.get("notice", ""), who=who_of(request))
    except Invalid as wrong:
        return _correct_page(request, code, {"withdraw_notice": wrong.errors["notice"]})
    messages.success(request, "通知已撤回，公告已公开，学会会收到通知。")
    return redirect("call", code)


def _day(text: str) -> datetime.date | None:
    try:
        return parse_date(text.strip())
    except ValueError:
        return None


urls = [
    path("office/calls/", desk, name="office_calls"),
    path("office/calls/new/", new, name="office_new_call"),
    path("office/calls/<slug:code>/", checklist, name="office_call"),
    path("office/calls/<slug:code>/rehearsal/", rehearsal, name="office_rehearsal"),
    path("office/calls/<slug:code>/form.docx", blank_form, name="office_form"),
    path("office/calls/<slug:code>/publish/", publish, name="office_publish"),
    path("office/calls/<slug:code>/correct/", correct_page, name="office_correct"),
    path("office/calls/<slug:code>/correct/publish/", correct, name="office_correct_publish"),
    path("office/calls/<slug:code>/extend/", extend, name="office_extend"),
    path("office/calls/<slug:code>/discard/", discard, name="office_discard"),
    path("office/calls/<slug:code>/withdraw/", withdraw, name="office_withdraw"),
]
