"""A section of the form: made from the form model, saved field by field, or as a whole where there is no script."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from ketuan.programme import applying, calling
from ketuan.programme.errors import OTHER_WINDOW, NotFound, Refused
from ketuan.programme.permits import why_not
from ketuan.rules.checks.words import length
from ketuan.web.doors import door, signed_in
from ketuan.web.fields import Around, Block, Widget, anchor, blocks, widgets_of
from ketuan.web.views.applying import told
from ketuan.web.views.finding import who_of


@signed_in
@door("see:application", "applying.save")
@require_http_methods(["GET", "HEAD", "POST"])
def part(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    pages = applying.slugs(applying.paper_of(application))
    if slug not in pages:
        raise NotFound(slug)
    if request.method == "POST":
        return _posted(request, application, slug)
    return render(request, "applying/part.html", context(request, application, slug))


def context(request: HttpRequest, application: Any, slug: str, **more: Any) -> dict[str, Any]:
    """Everything a section page shows."""
    who = who_of(request)
    findings = applying.findings_of(application)
    closed = why_not("applying.save", who, application)
    made = fields_of(application, slug, findings, closed=bool(closed), me=who.user_id)
    pages = applying.slugs(applying.paper_of(application))
    names = list(pages)
    at = names.index(slug)
    return {
        "application": application,
        "slug": slug,
        "heading": pages[slug][0],
        "blocks": made,
        "closed": closed,
        "sections": applying.sections_of(application, findings),
        "groups": panel(application, findings, slug, who),
        "sums": sums_on(application, slug),
        "were": json.dumps({w.path: print_of(w.raw) for w in widgets_of(made)}),
        "wide": any(block.kind == "table" for block in made),
        "others": [t for t in applying.touches(application) if t.lately and t.user_id != who.user_id],
        "previous": names[at - 1] if at else "",
        "next": names[at + 1] if at + 1 < len(names) else "",
        "next_heading": pages[names[at + 1]][0] if at + 1 < len(names) else "",
        "count_by": calling.rules_of(application.call).settings.count.value,
        "left": applying.time_left(application),
        "back": "check" if request.GET.get("back") == "check" else "",
        "person_id": who.user_id,
        **more,
    }


def fields_of(
    application: Any, slug: str, findings: Sequence[Any], *, closed: bool = False, me: int | None = None
) -> list[Block]:
    """The fields of one section as the page shows them."""
    rules = calling.rules_of(application.call)
    around = Around(
        count=lambda text: length(text, rules),
        findings=told.by_field(application, findings),
        readonly=closed,
    )
    return blocks(applying.slugs(rules.paper)[slug][1], applying.filled(application), around)


def panel(application: Any, findings: Sequence[Any], slug: str, who: Any) -> list[dict[str, Any]]:
    """The findings of a section, and those of no section, by weight."""
    pages = applying.slugs(applying.paper_of(application))
    names = {node.name for node in pages[slug][1]}
    mine = [f for f in findings if f.path.partition(".")[0] in names]
    may = not why_not("applying.give_reason", who, application)
    return told.groups(told.told(application, mine, here=slug, may_answer=may))


def sums_on(application: Any, slug: str) -> list[Any]:
    """The sums that belong to a section."""
    names = {node.name for node in applying.slugs(applying.paper_of(application))[slug][1]}
    return [s for s in applying.sums_of(applying.form_of(application)) if names.intersection(s.parts)]


def print_of(raw: str | Sequence[str]) -> str:
    """By which the server knows, on a page without script, which fields the person changed."""
    text = raw if isinstance(raw, str) else "\n".join(raw)
    return hashlib.sha256("\n".join(text.split("\r\n")).strip().encode()).hexdigest()[:10]


def _posted(request: HttpRequest, application: Any, slug: str) -> HttpResponse:
    """保存 and the buttons of tables. What the person did not change is not sent on."""
    who = who_of(request)
    changes = [] if request.POST.get("only") == "act" else _changed(request, application, slug)
    clashes: dict[str, Any] = {}
    notes: dict[str, str] = {}
    for at in range(0, len(changes), applying.TOGETHER):
        some = changes[at : at + applying.TOGETHER]
        saved = applying.save(application, some, who=who)
        clashes |= saved.overtaken
        notes |= {path: note for path, note in saved.saved.items() if note}
        application = saved.application
    place = _acted(application, request.POST.get("act", ""), who)
    if clashes:
        mine = {c.path: c.raw for c in changes}
        told_of = [
            {"path": p, "theirs": o, "own": o.by == OTHER_WINDOW, "mine": mine[p], "list": not isinstance(mine[p], str)}
            for p, o in clashes.items()
        ]
        return render(request, "applying/part.html", context(request, application, slug, clashes=told_of), status=409)
    if not place and request.POST.get("only") != "act":
        messages.success(request, f"已保存 {len(changes)} 栏。" if changes else "没有改动，不必保存。")
    for note in notes.values():
        messages.warning(request, note)
    back = {"back": "check"} if request.GET.get("back") == "check" else {}
    url = reverse("application_part", args=(application.code, slug))
    return redirect(f"{url}{'?' + urlencode(back) if back else ''}{'#' + place if place else ''}")


def _changed(request: HttpRequest, application: Any, slug: str) -> list[applying.Change]:
    base = request.POST.get("base", "0")
    try:
        were = json.loads(request.POST.get("were", "{}"))
    except ValueError:
        were = {}
    forced = request.POST.getlist("mine")
    changes = []
    for widget in widgets_of(fields_of(application, slug, ())):
        sent, mine = _sent(request, widget), widget.path in forced
        if sent is None or not (mine or (widget.path in were and print_of(sent) != were[widget.path])):
            continue
        changes.append(applying.Change(widget.path, sent, int(base) if base.isdecimal() else 0, mine))
    return changes


def _sent(request: HttpRequest, widget: Widget) -> str | list[str] | None:
    if widget.look.control == "ticks":
        return request.POST.getlist(widget.path)
    return request.POST.get(widget.path)


def _acted(application: Any, act: str, who: Any) -> str:
    """A button of a table: “add personnel”, “up personnel k3”. Where the page should open afterwards."""
    verb, _, rest = act.partition(" ")
    table, _, key = rest.partition(" ")
    if verb == "add":
        key = applying.add_row(application, table, who=who)
    elif verb == "remove":
        applying.remove_row(application, table, key, who=who)
        return anchor(table)
    elif verb in ("up", "down"):
        applying.move_row(application, table, key, -1 if verb == "up" else 1, who=who)
    elif verb:
        raise Refused("页面没有这个按钮。")
    return anchor(f"{table}.{key}") if verb else ""
