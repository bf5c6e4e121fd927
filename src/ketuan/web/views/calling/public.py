"""What everybody reads of a call: its page, its versions, its files, its calendar."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from ketuan.documents import rosters
from ketuan.programme import calling, moment
from ketuan.programme.calling import sheet
from ketuan.programme.errors import NotFound
from ketuan.rules import publishing
from ketuan.rules.call import Call as Rules
from ketuan.rules.call import clause_ids
from ketuan.web.doors import PUBLIC, door
from ketuan.web.views.finding import who_of

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAPERS = {"通知": "通知正文", "附件1": "附件1 实施要求", "附件2": "附件2", "附件3": "附件3 申报书"}
KEY = ("project.awards", "project.grant", "quota.per_society", "corps.people", "residency.days")
"""Entries that stand in big figures at the top, where the call has them."""


@door(PUBLIC)
@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    now = moment.now()
    rows = [(call, calling.left_of(call, now)) for call in calling.listing(who=who_of(request)) if call.current]
    return render(request, "calling/calls.html", {"rows": rows})


@door(PUBLIC)
@require_safe
def call_page(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    call = calling.find(code, who=who)
    if call.current is None:
        raise NotFound(code)
    rule = calling.rules_of(call)
    items = publishing.checklist(rule)
    context = {
        "call": call,
        "rule": rule,
        "left": calling.left_of(call),
        "stations": calling.stations(call),
        "figures": figures(items),
        "papers": clauses_by_paper(rule, items),
        "questions": questions(rule),
        "versions": [(one, calling.changes_between(call, one.number)) for one in calling.versions_of(call)],
        "contact": contact_of(call.contact),
        "files": files(call),
        "desk": calling.drafts(who=who_of(request)).filter(pk=call.pk).exists(),
        "applies": not who.signed_in or bool(who.roles() & {"editor", "checker"}),
        "now": moment.now(),
    }
    return render(request, "calling/call.html", context)


INWARD = ("covers.", "settings.", "likeness.", "form.choices.", "form.title.placeholder", "registry.")
"""Entries that tell the program how to look; nobody outside reads them."""


def figures(items: Iterable[publishing.Item]) -> list[dict[str, Any]]:
    """The key numbers of a call, as a row of figures."""
    known = {item.path: item for item in items}
    found = (known[path] for path in KEY if path in known)
    return [{"label": FIGURES.get(item.path, item.label), **_amount(item), "note": item.clause} for item in found]


FIGURES = {
    "project.awards": "立项不超过",
    "project.grant": "每项经费不超过",
    "quota.per_society": "每个学会最多申报",
    "corps.people": "服务团一般不少于",
    "residency.days": "蹲点累计不少于",
}
UNITS = {"project.awards": "个", "quota.per_society": "个", "corps.people": "人", "residency.days": "天"}


def _amount(item: publishing.Item) -> dict[str, str]:
    number, _, unit = item.shown.partition(" ")
    return {"value": number, "unit": unit or UNITS.get(item.path, "")}


def clauses_by_paper(
    rule: Rules, items: Iterable[publishing.Item]
) -> list[tuple[str, list[tuple[str, str, list[Any]]]]]:
    """Paper → its clauses: (number, what it asks, entries that come from it)."""
    entries: dict[str, list[publishing.Item]] = {}
    for item in items:
        if item.clause and not item.path.startswith(INWARD):
            for one in clause_ids(item.clause):
                entries.setdefault(one, []).append(replace(item, shown=item.shown.replace("{society}", "申报单位名称")))
    papers: dict[str, list[tuple[str, str, list[Any]]]] = {}
    for one, says in rule.clauses.items():
        name, _, number = one.partition(" ")
        papers.setdefault(name, []).append((number, says, entries.get(one, [])))
    return [(PAPERS.get(name, name), lines) for name, lines in papers.items()]


def questions(rule: Rules) -> list[dict[str, Any]]:
    """Where the call leaves something open, and what is taken."""
    found = []
    for _, setting in rule.open_questions():
        options = [publishing.shown_value(one, setting=True) for one in setting.options]
        value = publishing.shown_value(setting.value, setting=True)
        others = [one for one in options if one != value]
        found.append(
            {
                "says": setting.says,
                "value": value,
                "others": others,
                "note": sheet.in_words(setting.note, setting.options),
                "clause": setting.clause,
            }
        )
    return found


def contact_of(held: dict[str, str]) -> list[tuple[str, str]]:
    return [(label, held[key]) for key, label in calling.CONTACT.items() if held.get(key)]


def files(call: Any) -> list[dict[str, Any]]:
    name = f"calls/{call.code}"
    return [
        {"kind": "Word", "label": "空白申报书", "name": f"申报书（{call.code}）.docx", "url": f"/{name}/form.docx"},
        {"kind": "Excel", "label": "团员名册样表", "name": "团员名册.xlsx", "url": f"/{name}/roster.xlsx"},
        {
            "kind": "日历",
            "label": "加到日历：开始、截止、完成期限",
            "name": f"{call.code}.ics",
            "url": f"/{name}/calendar.ics",
        },
        {
            "kind": "数据",
            "label": "通知数据：条款、数字、日期",
            "name": f"{call.code}.toml",
            "url": f"/{name}/versions/{call.current.number}/call.toml",
            "note": "给程序用；也可下载 .json。",
        },
    ]


@door(PUBLIC)
@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A published version, as it was: it stays readable for good, with its hash."""
    call = calling.find(code, who=who_of(request))
    one = calling.version_of(call, number)
    intact = calling.intact(one)
    context: dict[str, Any] = {"call": call, "version": one, "intact": intact, "current": call.current}
    if intact:
        rule = calling.rules_of_version(one)
        items = publishing.checklist(rule)
        context |= {
            "rule": rule,
            "papers": clauses_by_paper(rule, items),
            "questions": questions(rule),
            "figures": figures(items),
            "changes": calling.changes_between(call, number),
        }
    return render(request, "calling/version.html", context)


@door(PUBLIC)
@require_safe
def version_file(request: HttpRequest, code: str, number: int, kind: str) -> HttpResponse:
    one = calling.version_of(calling.find(code, who=who_of(request)), number)
    if kind == "toml":
        return _file(calling.toml_of(one.content).encode(), "application/toml", f"{code}-{number}.toml")
    data = {"call": code, "version": number, "sha256": one.sha256, "published_at": one.published_at.isoformat()}
    text = json.dumps({**data, "content": one.content}, ensure_ascii=False, indent=2)
    return _file(text.encode(), "application/json", f"{code}-{number}.json")


@door(PUBLIC)
@require_safe
def blank_form(request: HttpRequest, code: str) -> HttpResponse:
    rule = calling.rules_of(calling.find(code, who=who_of(request)))
    return _file(calling.blank_form(rule), WORD, f"{code}-application.docx")


@door(PUBLIC)
@require_safe
def roster(request: HttpRequest, code: str) -> HttpResponse:
    calling.find(code, who=who_of(request))
    return _file(rosters.template(), EXCEL, "roster.xlsx")


@door(PUBLIC)
@require_safe
def feed(request: HttpRequest, code: str) -> HttpResponse:
    call = calling.find(code, who=who_of(request))
    url = f"{settings.KETUAN_BASE_URL}{reverse('call', args=[code])}"
    response = _file(calling.calendar_of(call, url), "text/calendar; charset=utf-8", f"{code}.ics", inline=True)
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _file(data: bytes, kind: str, name: str, *, inline: bool = False) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    return response


urls = [
    path("calls/", calls, name="calls"),
    path("calls/<slug:code>/", call_page, name="call"),
    path("calls/<slug:code>/form.docx", blank_form, name="call_form"),
    path("calls/<slug:code>/roster.xlsx", roster, name="call_roster"),
    path("calls/<slug:code>/calendar.ics", feed, name="call_calendar"),
    path("calls/<slug:code>/versions/<int:number>/", version, name="call_version"),
    path("calls/<slug:code>/versions/<int:number>/call.toml", version_file, {"kind": "toml"}, name="call_toml"),
    path("calls/<slug:code>/versions/<int:number>/call.json", version_file, {"kind": "json"}, name="call_json"),
]
