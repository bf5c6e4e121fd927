"""The journal, for the auditor, who reads it and nothing else."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from ketuan.programme import auditing
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of


@door("auditing.journal")
@require_safe
@signed_in
def journal(request: HttpRequest) -> HttpResponse:
    words, verb = request.GET.get("q", "").strip(), request.GET.get("stage", "")
    day = _day(request.GET.get("day", ""))
    rows = auditing.journal(who=who_of(request), words=words, verb=verb, day=day)
    page = Paginator(rows, 50).get_page(request.GET.get("page"))
    stages = [("", "全部"), *((name, STAGES.get(name, name)) for name in auditing.verbs())]
    pills = [{"label": label, "url": f"?stage={name}&q={words}", "active": name == verb} for name, label in stages]
    search = {"name": "q", "value": words, "placeholder": "句子、单位或编号", "hint": ""}
    return render(
        request, "journal/list.html", {"page": page, "pills": pills, "search": search, "keep": [("stage", verb)]}
    )


@door("auditing.journal", "auditing.unmask")
@signed_in
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry; its personal data only by POST, with a reason that is itself written down."""
    reason = request.POST.get("reason", "") if request.method == "POST" else ""
    row, sealed = auditing.entry(seq, who=who_of(request), reason=reason)
    missing = request.method == "POST" and not reason.strip()
    context = {"row": row, "sealed": sealed, "data": sorted(row.data.items()), "missing": missing}
    return render(request, "journal/entry.html", context)


@door("auditing.verify")
@signed_in
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    return render(request, "journal/verdict.html", {"verdict": auditing.verify(who=who_of(request))})


def _day(text: str) -> object:
    try:
        return parse_date(text)
    except ValueError:
        return None


STAGES = {
    "applying": "填报",
    "auditing": "查阅日志",
    "calling": "申报通知",
    "corresponding": "通知",
    "enrolling": "人员与单位",
    "receiving": "邮件与纸质材料",
    "recommending": "推荐",
    "submitting": "提交",
}

urls = [
    path("journal/", journal, name="journal"),
    path("journal/<int:seq>/", entry, name="journal_entry"),
    path("journal/verify/", verify, name="journal_verify"),
]
