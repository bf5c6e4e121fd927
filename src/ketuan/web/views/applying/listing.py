"""The society's home: its applications and what each needs next. Others get a list to search."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import applying, calling, moment, submitting
from ketuan.programme.errors import NotFound
from ketuan.programme.permits import sees
from ketuan.web.doors import door, signed_in
from ketuan.web.views.applying.steps import next_step
from ketuan.web.views.finding import who_of

A_PAGE = 25
STATES = {str(state): word for state, word in submitting.WORDS.items()}
ORDERS = {
    "code": ("编号", ("code",)),
    "title": ("项目名称", ("title", "pk")),
    "society": ("申报单位", ("society__name", "code")),
    "state": ("状态", ("state", "code")),
    "requested": ("申请经费", ("requested_fen", "code")),
    "changed": ("最近修改", ("changed_at", "pk")),
}
"""Columns by which the list can be ordered."""


@signed_in
@door("see:application", "applying.start")
@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    if not sees("application", who):
        raise NotFound("applications")
    if who.roles() & {"editor", "checker"}:
        return _society(request, who)
    return _list(request, who)


@signed_in
@door("applying.start")
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    who = who_of(request)
    number = request.POST.get("society", "")
    society, call = (
        applying.society_of(int(number) if number.isdecimal() else 0, who=who),
        applying.call_of(request.POST.get("call", ""), who=who),
    )
    application = applying.start(call, society, who=who)
    messages.success(request, f"已新建申报书 {application.code}。从封面开始填，填一栏存一栏。")
    return redirect("application", code=application.code)


def _society(request: HttpRequest, who: Any) -> HttpResponse:
    rows = list(applying.listing(who=who).filter(society__in=who.bodies("editor", "checker")))
    groups = []
    for call in applying.calls_of(rows, who=who):
        mine = [a for a in rows if a.call_id == call.pk]
        groups.append(_under(call, mine, who))
    return render(request, "applying/society.html", {"groups": groups, "now": moment.now()})


def _under(call: Any, rows: list[Any], who: Any) -> dict[str, Any]:
    """The applications under one call, and how many more there may be."""
    most = calling.rules_of(call).quota.per_society.value
    quota = []
    for society in applying.societies_of(who):
        there = [a for a in rows if a.society_id == society.pk and a.state != "withdrawn"]
        why = applying.why_not_start(call, society, who=who) or (
            f"已有 {len(there)} 个，到了每个单位的上限（通知 三.5）。" if len(there) >= most else ""
        )
        quota.append({"society": society, "used": len(there), "left": max(most - len(there), 0), "why": why})
    findings = applying.findings_of_each([a for a in rows if a.state != "withdrawn"])
    words = submitting.words_of(rows)
    cards = [_card(a, findings.get(a.pk, ()), words[a.pk], who) for a in rows]
    starts = any(not one["why"] for one in quota)
    return {"call": call, "most": most, "quota": quota, "cards": cards, "starts": starts}


def _card(application: Any, findings: tuple[Any, ...], words: str, who: Any) -> dict[str, Any]:
    sections = applying.sections_of(application, findings)
    word, _, more = words.partition("；")
    return {
        "a": application,
        "word": word,
        "more": more,
        "done": sum(s.word == "已完成" for s in sections),
        "of": len(sections),
        "blocking": sum(f.weight == "block" for f in findings),
        "asking": sum(f.weight == "warn" for f in findings),
        "left": applying.time_left(application),
        "step": next_step(application, findings, who),
    }


def _list(request: HttpRequest, who: Any) -> HttpResponse:
    rows = applying.listing(who=who)
    q, state = request.GET.get("q", "").strip(), request.GET.get("state", "")
    if q:
        rows = rows.filter(
            Q(code__iexact=q) | Q(title__icontains=q) | Q(society__name__icontains=q) | Q(industry__icontains=q)
        )
    counts = applying.counted(rows)
    if state in STATES:
        rows = rows.filter(state=state)
    order = request.GET.get("order", "-changed")
    name = order.lstrip("-")
    if name not in ORDERS:
        order, name = "-changed", "changed"
    sign = "-" if order.startswith("-") else ""
    rows = rows.order_by(*(sign + column for column in ORDERS[name][1]))
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    here = reverse("applications")
    given = {"q": q} if q else {}
    pills = [
        {
            "label": "全部",
            "url": f"{here}?{urlencode(given)}",
            "active": state not in STATES,
            "count": sum(counts.values()),
        }
    ]
    pills += [
        {
            "label": word,
            "url": f"{here}?{urlencode({**given, 'state': key})}",
            "active": state == key,
            "count": counts.get(key, 0),
        }
        for key, word in STATES.items()
    ]
    words = submitting.words_of(list(page))
    heads = [
        {
            "label": label,
            "url": f"{here}?{urlencode({**given, **({'state': state} if state else {}), 'order': key if order == '-' + key else '-' + key})}",
            "sorted": ("descending" if order.startswith("-") else "ascending") if name == key else "",
            "num": key == "requested",
        }
        for key, (label, _) in ORDERS.items()
    ]
    return render(
        request,
        "applying/list.html",
        {
            "page": page,
            "rows": [(a, *words[a.pk].partition("；")[::2]) for a in page],
            "heads": heads,
            "pills": pills,
            "search": {"name": "q", "value": q, "placeholder": "编号、项目名称、申报单位或产业领域", "action": here},
            "keep": [("state", state)] if state in STATES else [],
            "clear_url": here if q or state else "",
            "now": moment.now(),
        },
    )
