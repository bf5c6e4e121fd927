"""Saving a field while somebody types. Answers in JSON, also where the session has ended: nothing typed may be lost."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ketuan.programme import applying, moment
from ketuan.programme.errors import OTHER_WINDOW, Invalid, NotFound, Refused
from ketuan.web.controls import findings as beside
from ketuan.web.doors import door
from ketuan.web.fields import widgets_of
from ketuan.web.views.applying import told
from ketuan.web.views.applying.part import fields_of, panel, sums_on
from ketuan.web.views.finding import who_of

SIGN_IN = "登录已过期。您刚才写的内容已保存在这台电脑的浏览器里，重新登录后会自动补存。"
OTHER_PERSON = "这个浏览器现在登录的是另一个人。请用原来的账号登录，写的内容会自动补存。"


@door("applying.save")
@require_http_methods(["GET", "POST"])
def save(request: HttpRequest, code: str) -> HttpResponse:
    """POST {changes: [{path, raw, base, was, force}], slug, person}; GET gives a fresh token after a new sign-in."""
    who = who_of(request)
    if not who.signed_in:
        return JsonResponse({"why": SIGN_IN, "sign_in": reverse("account_login")}, status=401)
    try:
        application = applying.find(code, who=who)
        if request.method == "GET":
            return JsonResponse({"token": get_token(request), "revision": application.revision})
        asked, changes = _asked(request)
        if asked.get("person") not in (None, who.user_id):
            return JsonResponse({"why": OTHER_PERSON, "sign_in": reverse("account_login")}, status=401)
        saved = applying.save(application, changes, who=who)
    except NotFound:
        return JsonResponse({"why": "没有这份申报书，或者您现在不能打开它。"}, status=404)
    except Refused as refusal:
        return JsonResponse({"why": refusal.why, "fix": refusal.fix}, status=403)
    except Invalid as invalid:
        return JsonResponse({"why": "；".join(invalid.errors.values()), "errors": invalid.errors}, status=400)
    return JsonResponse(answer(request, saved, str(asked.get("slug", "")), who))


def answer(request: HttpRequest, saved: applying.Saved, slug: str, who: Any) -> dict[str, Any]:
    """What became of the changes, and everything on the page that follows from them."""
    application = saved.application
    findings = applying.findings_of(application)
    filled = applying.filled(application)
    paper = applying.paper_of(application)
    given: dict[str, Any] = {
        "revision": saved.revision,
        "at": f"{moment.now():%H:%M}",
        "saved": {
            path: {"note": note, "shown": filled.raw(node, path)}
            for path, note in saved.saved.items()
            if (node := applying.node_at(paper, path)) is not None
        },
        "overtaken": {
            path: {
                "theirs": o.theirs,
                "by": o.by,
                "own": o.by == OTHER_WINDOW,
                "at": o.at,
                "revision": o.revision,
                "says": str(o),
                "place": paper.place(path),
                "url": told.field_url(application, path),
            }
            for path, o in saved.overtaken.items()
        },
        "gone": saved.gone,
        "blocking": sum(f.weight == "block" for f in findings),
    }
    if slug not in applying.slugs(paper):
        return given
    made = fields_of(application, slug, findings)
    widgets = list(widgets_of(made))
    given["counts"] = {w.path: w.used for w in widgets if w.limit}
    fields = told.by_field(application, findings)
    given["fields"] = {
        path: beside(fields[path]) for path in {w.path for w in widgets} | {b.path for b in made} if path in fields
    }
    groups = panel(application, findings, slug, who)
    given["panel"] = render_to_string("applying/panel.html", {"groups": groups})
    given["sections"] = render_to_string(
        "applying/sections.html",
        {"sections": applying.sections_of(application, findings), "application": application, "slug": slug},
    )
    if sums := sums_on(application, slug):
        given["sums"] = render_to_string("applying/sums.html", {"sums": sums})
    return given


def _asked(request: HttpRequest) -> tuple[dict[str, Any], list[applying.Change]]:
    """Invalid where the body is not what the page sends (a request cut in the middle is not an empty save)."""
    try:
        asked = json.loads(request.body)
        changes = [
            applying.Change(
                str(c["path"]), _raw(c["raw"]), int(c.get("base", 0)), bool(c.get("force")), _known(c.get("was"))
            )
            for c in asked["changes"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError, RawPostDataException):
        raise Invalid({"": "没有收到完整的内容，请稍后再试。"}) from None
    return asked, changes


def _raw(raw: Any) -> str | list[str]:
    if isinstance(raw, str):
        return raw
    if isinstance(raw, list) and all(isinstance(one, str) for one in raw):
        return raw
    raise TypeError


def _known(was: Any) -> list[str | list[str]] | None:
    return None if was is None else [_raw(one) for one in was]
