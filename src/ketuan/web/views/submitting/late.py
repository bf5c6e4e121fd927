"""The office lets one application in after the deadline."""

from __future__ import annotations

import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import make_aware
from django.views.decorators.http import require_POST

from ketuan.programme import applying, submitting
from ketuan.programme.errors import Invalid
from ketuan.programme.permits import permit
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of


@signed_in
@door("submitting.permit_late")
def show(request: HttpRequest, code: str) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    permit("submitting.permit_late", who, application)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            submitting.permit_late(
                application, request.POST.get("reason", ""), _moment(request.POST.get("until", "")), who=who
            )
        except Invalid as invalid:
            errors = invalid.errors
        else:
            messages.success(request, "已批准逾期提交，学会会收到通知。")
            return redirect("late_permits", code)
    return render(
        request,
        "submitting/late.html",
        {
            "application": application,
            "permits": submitting.permits_of(application),
            "errors": errors,
            "typed": request.POST,
        },
        status=400 if errors else 200,
    )


@signed_in
@require_POST
@door("submitting.withdraw_permit")
def withdraw(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    who = who_of(request)
    application = applying.find(code, who=who)
    submitting.withdraw_permit(submitting.find_permit(application, pk), who=who)
    messages.success(request, "许可已收回。")
    return redirect("late_permits", code)


def _moment(typed: str) -> datetime.datetime | None:
    """What a browser's field for day and time gives, as Beijing time."""
    try:
        return make_aware(datetime.datetime.fromisoformat(typed).replace(tzinfo=None))
    except ValueError:
        return None
