"""Word in: a filled form is read, held against what stands here, and taken over by choice."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from ketuan.programme import applying
from ketuan.programme.applying import importing
from ketuan.programme.errors import Invalid, NotReady
from ketuan.programme.permits import permit, why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.uploads import file_of
from ketuan.web.views.finding import number_in, who_of


@signed_in
@door("see:application", "applying.import_form")
@require_http_methods(["GET", "POST"])
def import_form(request: HttpRequest, code: str) -> HttpResponse:
    """Upload, then compare; by POST what was chosen is taken over."""
    who = who_of(request)
    application = applying.find(code, who=who)
    upload = importing.waiting(application, who=who)
    if upload is None:
        closed = why_not("applying.import_form", who, application)
        if request.method == "POST":
            messages.warning(request, closed or "没有等待导入的 Word 申报书，请先上传。")
        return render(request, "papers/import.html", _empty(application, closed))
    error, status = "", 200
    if request.method == "POST":
        everything = request.POST.get("all") == "1"
        try:
            base = number_in(request.POST.get("base", ""))
            importing.import_form(
                application, upload, choices_of(request.POST), everything=everything, base=base, who=who
            )
        except NotReady as wrong:
            error, status = wrong.why, 409
            application.refresh_from_db()
        else:
            messages.success(request, "已导入。导入前的内容留在版本记录里，可以恢复。")
            return redirect(reverse("application", args=(code,)))
    compared = importing.comparison_of(application, upload)
    groups: dict[str, list[Any]] = {}
    for line in compared.lines:
        groups.setdefault(line.heading, []).append(line)
    shown = {
        "application": application,
        "upload": upload,
        "compared": compared,
        "groups": list(groups.items()),
        "error": error,
        "closed": "",
    }
    return render(request, "papers/compare.html", shown, status=status)


@signed_in
@door("applying.read_form")
@require_POST
def upload_form(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("applying.read_form", who, application)
    name, data = file_of(request)
    try:
        if not name:
            raise Invalid({"file": "请先选择填好的 Word 申报书。"})
        importing.read_form(application, name, data, who=who)
    except Invalid as wrong:
        return render(request, "papers/import.html", {**_empty(application, ""), "error": str(wrong)}, status=400)
    return redirect(reverse("import", args=(code,)))


@signed_in
@door("applying.read_form")
@require_POST
def dismiss(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("applying.read_form", who, application)
    upload = importing.waiting(application, who=who)
    if upload is not None:
        importing.dismiss(application, upload, who=who)
    messages.success(request, "已放弃这次导入，申报书没有变化。")
    return redirect(reverse("import", args=(code,)))


def choices_of(posted: QueryDict) -> dict[str, importing.Choice]:
    """``choice:<path>`` → keep, take or append; anything else is not there."""
    known = {"keep", "take", "append"}
    return {
        name.removeprefix("choice:"): cast(importing.Choice, value)
        for name, value in posted.items()
        if name.startswith("choice:") and value in known
    }


def _empty(application: Any, closed: str) -> dict[str, Any]:
    return {"application": application, "closed": closed, "most_mb": settings.KETUAN_UPLOAD_MAX_MB}
