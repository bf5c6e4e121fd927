"""The roster in Excel: an empty one to fill in, a filled one looked at before it is taken in, and the export."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from ketuan.documents import rosters
from ketuan.documents.sniffing import CONTENT_TYPES
from ketuan.forms.roster import RosterEntry
from ketuan.programme import applying
from ketuan.programme.applying import downloading, members, sheets
from ketuan.programme.errors import Invalid
from ketuan.programme.permits import permit, why_not
from ketuan.web.doors import door, signed_in
from ketuan.web.uploads import file_of
from ketuan.web.views.corps.roster import standing
from ketuan.web.views.finding import who_of
from ketuan.web.views.papers.serving import given

LOOKED_FOR = 2 * 3600
"""Seconds for which a preview may be taken in."""


@signed_in
@door("see:application")
@require_GET
def template(request: HttpRequest, code: str) -> HttpResponse:
    applying.find(code, who=who_of(request))
    return given("团员名册（空白）.xlsx", CONTENT_TYPES["xlsx"], rosters.template())


@signed_in
@door("applying.add_members")
@require_POST
def excel(request: HttpRequest, code: str) -> HttpResponse:
    """What an uploaded workbook holds; nothing is stored before the person says so."""
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("applying.add_members", who, application)
    name, data = file_of(request)
    try:
        if not name:
            raise Invalid({"file": "请先选择填好的名册文件。"})
        sheet = sheets.look_at(application, name, data, who=who)
    except Invalid as wrong:
        shown = {**standing(application, who), "excel_error": str(wrong)}
        return render(request, "corps/roster.html", shown, status=400)
    rows = [row.entry.model_dump(mode="json") for row in sheet.rows]
    shown = {
        "application": application,
        "sheet": sheet,
        "chosen": sum(row.chosen for row in sheet.rows),
        "signed": signing.dumps(rows, salt=_salt(application, who.user_id), compress=True),
        "closed": why_not("applying.add_members", who, application),
    }
    return render(request, "corps/excel.html", shown)


@signed_in
@door("applying.add_members")
@require_POST
def take(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("applying.add_members", who, application)
    try:
        signed = request.POST.get("rows", "")
        rows = signing.loads(signed, salt=_salt(application, who.user_id), max_age=LOOKED_FOR)
    except signing.BadSignature:
        messages.error(request, "预览已经过期，请重新上传名册。没有导入任何人。")
        return redirect(reverse("corps", args=(code,)))
    chosen = {int(number) for number in request.POST.getlist("row") if number.isdecimal()}
    entries = [RosterEntry.model_validate(row) for number, row in enumerate(rows) if number in chosen]
    if not entries:
        messages.warning(request, "没有勾选任何人，名册没有变化。")
    else:
        try:
            added = members.add_members(application, entries, who=who)
        except Invalid as wrong:
            messages.error(request, f"{wrong}没有导入任何人。")
        else:
            messages.success(request, f"已导入 {added} 人。")
    return redirect(reverse("corps", args=(code,)))


@signed_in
@door("applying.export_roster")
@require_POST
def export(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    made = downloading.export_roster(applying.find(code, who=who), who=who)
    return given(made.name, made.content_type, made.data)


def _salt(application: Any, user_id: int | None) -> str:
    """A preview is good for this application and this person only."""
    return f"corps-excel:{application.pk}:{user_id}"
