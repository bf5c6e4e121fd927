"""The papers of an application: by kind, with their pages to look at; uploading and removing."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ketuan.documents.sniffing import EXTENSIONS, NAMES
from ketuan.programme import applying
from ketuan.programme.applying import attachments
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.permits import permit, why_not
from ketuan.programme.who import Who
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of

HINTS = {
    "consent_letter": "平台上同意推荐的，推荐函会自动归入，不用再传。线下盖章的请扫描上传。",
    "signed_scan": "申报书打印、签字盖章后扫描成一个 PDF。",
    "problem_table": "企业或园区填写的难题问题基本情况表，每个难题一份。",
    "proof": "能说明工作基础、支持条件的材料。",
}


@signed_in
@door("see:application")
@require_GET
def papers(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    return render(request, "papers/papers.html", _shown(application, who, request.GET.get("kind", "")))


@signed_in
@door("applying.add_paper")
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("applying.add_paper", who, application)
    kind = request.POST.get("kind", "")
    files = request.FILES.getlist("file")
    taken = 0
    try:
        if not files:
            raise Invalid({"file": "请先选择要上传的文件。"})
        for file in files:
            attachments.add_paper(
                application, kind, file.name or "", file.read(), note=request.POST.get("note", ""), who=who
            )
            taken += 1
    except Invalid as wrong:
        shown = {**_shown(application, who, kind), "error": f"{wrong}{f'前面的 {taken} 个已经上传。' if taken else ''}"}
        return render(request, "papers/papers.html", shown, status=400)
    messages.success(request, f"已上传 {len(files)} 个文件。")
    return redirect(reverse("papers", args=(code,)))


@signed_in
@door("applying.remove_paper")
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    who = who_of(request)
    paper = attachments.find_paper(pk, who=who)
    if paper.application is None:
        raise NotFound(str(pk))
    attachments.remove_paper(paper, who=who)
    messages.success(request, f"已移除“{paper.name}”。")
    return redirect(reverse("papers", args=(paper.application.code,)))


def _shown(application: Any, who: Who, kind: str) -> dict[str, Any]:
    held: dict[str, list[dict[str, Any]]] = {kind: [] for kind in attachments.ALLOWED}
    count = 0
    for paper in attachments.papers_of(application, who=who):
        count += 1
        held[paper.kind].append(_line(paper))
    labels = attachments.labels()
    kinds = [
        {"kind": name, "label": labels[name], "hint": HINTS[name], "papers": held[name], "takes": _takes(name)}
        for name in attachments.ALLOWED
    ]
    return {
        "application": application,
        "kinds": kinds,
        "kind": kind if kind in held else "signed_scan",
        "count": count,
        "most": attachments.MOST,
        "most_mb": settings.KETUAN_UPLOAD_MAX_MB,
        "accept": ",".join(
            sorted({end for kinds in attachments.ALLOWED.values() for k in kinds for end in EXTENSIONS[k]})
        ),
        "closed": why_not("applying.add_paper", who, application),
    }


def _line(paper: Any) -> dict[str, Any]:
    pages = attachments.shown_pages(paper)
    return {
        "pk": paper.pk,
        "name": paper.name,
        "kind": paper.name.rpartition(".")[2].upper()[:4],
        "size": _size(paper.size),
        "pages": paper.pages,
        "who": paper.added_by,
        "when": paper.added_at,
        "note": paper.note,
        "shown": [(number, reverse("paper_page", args=(paper.pk, number))) for number in range(1, pages + 1)],
        "more": (paper.pages or 0) - pages,
    }


def _size(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"


def _takes(kind: str) -> str:
    return "、".join(NAMES[name] for name in attachments.ALLOWED[kind])
