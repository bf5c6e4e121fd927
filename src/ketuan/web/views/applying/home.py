"""An application's home: where it stands, what is next, its sections, its people and papers, what happened."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ketuan.programme import applying, moment, submitting
from ketuan.programme.applying.crossing import crossings_of
from ketuan.programme.errors import Refused
from ketuan.programme.permits import DO, why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.views.applying import told
from ketuan.web.views.applying.steps import next_step
from ketuan.web.views.finding import who_of


@signed_in
@door("see:application")
@require_safe
def home(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    findings = applying.findings_of(application)
    sections = applying.sections_of(application, findings)
    touches = applying.touches(application)
    may_answer = not why_not("applying.give_reason", who, application)
    submission = submitting.standing(application)
    closed = why_not("applying.save", who, application)
    others, unfilled = told.apart(application, findings)
    return render(
        request,
        "applying/home.html",
        {
            "application": application,
            "now": moment.now(),
            "step": next_step(application, findings, who, crossings_of(application, who=who)),
            "tasks": [{"title": "", "tasks": _tasks(application, sections, touches, closed)}],
            "writing": [t for t in touches if t.lately and t.user_id != who.user_id],
            "groups": told.groups(told.told(application, others, may_answer=may_answer)),
            "unfilled": unfilled,
            "unfilled_count": sum(one.count for one in unfilled),
            "blocking": sum(f.weight == "block" for f in findings),
            "done": sum(s.word == "已完成" for s in sections),
            "of": len(sections),
            "closed": closed,
            "standing": applying.standing_of(application),
            "submission": submission,
            "receipt_url": reverse("receipt", args=(submission.number,)) if submission.number else "",
            "timeline": [_line(e) for e in applying.happened(application)],
            "pages": {name: told.page_of(application, name) for name in ("corps", "papers", "submit", "import")},
            "downloads": _downloads(application),
            "withdraw_url": _withdraw_url(application, who),
            "may_permit": not why_not("submitting.permit_late", who, application),
            "reopen": _reopen(application, who),
            "person_id": who.user_id,
        },
    )


@signed_in
@door("applying.withdraw")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    """Asks first; by POST it is done."""
    who = who_of(request)
    application = applying.find(code, who=who)
    back = reverse("application", args=(code,))
    if request.method == "POST":
        applying.withdraw(application, who=who)
        messages.success(request, f"申报书 {code} 已撤回。")
        return redirect(back)
    if why := why_not("applying.withdraw", who, application):
        raise Refused(why)
    return render(
        request,
        "parts/confirm.html",
        {
            "title": "撤回申报书",
            "question": f"撤回“{application}”？",
            "text": "撤回后不再计入本单位的申报数量，只能查看，不能恢复填写。",
            "facts": [("编号", code), ("状态", application.get_state_display())],
            "label": "撤回",
            "danger": True,
            "back_url": back,
        },
    )


def _tasks(application: Any, sections: Any, touches: Any, closed: str) -> list[dict[str, Any]]:
    last: dict[str, Any] = {}
    for touch in touches:
        last.setdefault(touch.slug, touch)
    tasks = []
    for section in sections:
        touch = last.get(section.slug)
        tasks.append(
            {
                "label": section.heading,
                "url": reverse("application_part", args=(application.code, section.slug)),
                "status": section.word,
                "hint": f"已填 {section.filled} / {section.fields} 项" if section.word != "已完成" else "",
                "who": touch.name if touch else "",
                "when": touch.at if touch else None,
                "count": section.blocking if section.word == "需修改" else 0,
            }
        )
    return tasks


def _line(entry: Any) -> dict[str, Any]:
    return {
        "when": entry.at,
        "who": str(entry.actor) if entry.actor else "平台",
        "as_what": entry.acted_as.partition(" · ")[0],
        "what": entry.says,
        "tone": {
            "submitting.submit": "good",
            "applying.withdraw": "stop",
            "submitting.withdraw": "stop",
            "applying.start": "busy",
        }.get(entry.verb, "quiet"),
    }


def _downloads(application: Any) -> list[dict[str, str]]:
    """Whichever of the downloads the platform has."""
    known = (("form.docx", "Word 申报书"), ("form.pdf", "PDF 申报书"))
    listed = [{"url": told.there(f"/applications/{application.code}/{name}"), "label": label} for name, label in known]
    return [one for one in listed if one["url"]]


def _withdraw_url(application: Any, who: Any) -> str:
    """One button: what was never submitted is withdrawn here, what was submitted by the checker on the submit page."""
    if not why_not("applying.withdraw", who, application):
        return reverse("application_withdraw", args=(application.code,))
    if not why_not("submitting.withdraw", who, application):
        return reverse("submitting", args=(application.code,)) + "#withdraw"
    return ""


def _reopen(application: Any, who: Any) -> dict[str, str] | None:
    """重新修改: shown after the submission, where the platform knows the verb."""
    url = told.page_of(application, "reopen") or told.page_of(application, "submit/reopen")
    if application.state != "submitted" or "submitting.reopen" not in DO or not url:
        return None
    return {"url": url, "why": why_not("submitting.reopen", who, application)}
