"""The clicks of the submit page, each one verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ketuan.programme import applying, moment, submitting
from ketuan.programme.errors import Invalid, NotReady
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of
from ketuan.web.views.submitting import page


def _acted(request: HttpRequest, code: str, act: Callable[[Any], Any], says: str, at: str = "") -> HttpResponse:
    """Do it and return to the page; what is missing or wrong is shown there, with what was typed."""
    application = applying.find(code, who=who_of(request))
    try:
        act(application)
    except Invalid as invalid:
        return page.shown(
            request, application, status=400, wrong=str(invalid), errors=invalid.errors, typed=request.POST.dict()
        )
    except NotReady as unready:
        return page.shown(request, application, status=409, wrong=unready.why, typed=request.POST.dict())
    messages.success(request, says)
    response = redirect("submitting", code)
    response["Location"] += at
    return response


@signed_in
@require_POST
@door("applying.give_reason")
def reason(request: HttpRequest, code: str) -> HttpResponse:
    key, text = request.POST.get("key", ""), request.POST.get("text", "")
    return _acted(
        request,
        code,
        lambda a: applying.give_reason(a, key, text, who=who_of(request)),
        "理由已记下，推荐、审查和评审时都会看到。",
        "#step-reasons",
    )


@signed_in
@require_POST
@door("submitting.commit")
def commit(request: HttpRequest, code: str) -> HttpResponse:
    given = set(request.POST.getlist("commitment"))
    return _acted(
        request,
        code,
        lambda a: submitting.commit(a, given, who=who_of(request)),
        "承诺已记在您的名下。",
        "#step-commit",
    )


@signed_in
@require_POST
@door("submitting.send_to_checker")
def send(request: HttpRequest, code: str) -> HttpResponse:
    return _acted(
        request, code, lambda a: submitting.send_to_checker(a, who=who_of(request)), "已送审，审核人会收到通知。"
    )


@signed_in
@require_POST
@door("submitting.take_back")
def take_back(request: HttpRequest, code: str) -> HttpResponse:
    return _acted(request, code, lambda a: submitting.take_back(a, who=who_of(request)), "已收回，可以继续修改。")


@signed_in
@require_POST
@door("submitting.return_to_maker")
def return_to_maker(request: HttpRequest, code: str) -> HttpResponse:
    said = request.POST.get("remarks", "")
    return _acted(
        request,
        code,
        lambda a: submitting.return_to_maker(a, said, who=who_of(request)),
        "已退回，经办人会收到您的意见。",
    )


@signed_in
@require_POST
@door("submitting.submit")
def submit(request: HttpRequest, code: str) -> HttpResponse:
    """The moment at which the request came in counts (通知 四.2), so it is taken before anything else."""
    arrived, who = moment.now(), who_of(request)
    application = applying.find(code, who=who)
    try:
        submission = submitting.submit(application, key=request.POST.get("click", ""), who=who, arrived=arrived)
    except NotReady as unready:
        return page.shown(request, application, status=409, wrong=unready.why, typed=request.POST.dict())
    return redirect("receipt", submission.number)


@signed_in
@require_POST
@door("submitting.reopen")
def reopen(request: HttpRequest, code: str) -> HttpResponse:
    return _acted(
        request,
        code,
        lambda a: submitting.reopen(a, who=who_of(request)),
        "可以修改了。再次提交以前，原来的回执仍然有效。",
    )


@signed_in
@require_POST
@door("submitting.withdraw")
def withdraw(request: HttpRequest, code: str) -> HttpResponse:
    said = request.POST.get("reason", "")
    return _acted(
        request,
        code,
        lambda a: submitting.withdraw(a, said, who=who_of(request)),
        "申报书已撤回，回执不再有效。",
    )
