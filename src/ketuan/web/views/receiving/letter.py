"""One letter: what it brings, what the call says of it, and what a person does with it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from ketuan.programme import receiving
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.permits import permit, why_not
from ketuan.programme.who import Who
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of
from ketuan.web.views.papers.serving import given


@signed_in
@door("see:mail", "receiving.take_in")
@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    return _shown(request, _mail(request, pk), {}, 200)


@signed_in
@door("receiving.decide")
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The society, the application, and the kind of each file, as a person says."""
    who, mail = who_of(request), _mail(request, pk)
    permit("receiving.decide", who, mail)
    society = receiving.societies(who=who).filter(name=request.POST.get("society", "").strip()).first()
    application = None
    errors = {}
    if society is None:
        errors["society"] = "名录里没有这个学会，请从列表里选。"
    elif code := request.POST.get("application", ""):
        application = receiving.candidates(mail, society, who=who).filter(code=code).first()
        if application is None:
            errors["application"] = "该学会没有这份申报书，请重新选择。"
    kinds = {
        one["number"]: kind
        for one in mail.attachments
        if (kind := request.POST.get(f"kind:{one['number']}", "")) and kind != one["kind"]
    }
    if not errors:
        try:
            mail = receiving.decide(mail, society, application=application, kinds=kinds, who=who)
        except Invalid as wrong:
            errors = wrong.errors
        else:
            messages.success(request, f"已办理：{mail.get_state_display()}。")
            return redirect("receiving_mail", pk)
    return _shown(request, mail, errors, 400)


@signed_in
@door("receiving.answer")
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    mail = _mail(request, pk)
    try:
        receiving.answer(mail, request.POST.get("text", ""), who=who_of(request))
    except Invalid as wrong:
        return _shown(request, mail, wrong.errors, 400)
    messages.success(request, "答复已放入待发邮件。")
    return redirect("receiving_mail", pk)


@signed_in
@door("receiving.set_aside")
@require_POST
def aside(request: HttpRequest, pk: int) -> HttpResponse:
    mail = _mail(request, pk)
    try:
        receiving.set_aside(mail, request.POST.get("why", ""), who=who_of(request))
    except Invalid as wrong:
        return _shown(request, mail, wrong.errors, 400)
    messages.success(request, "已归为无须办理。")
    return redirect("receiving")


@signed_in
@door("see:mail", "receiving.take_in")
@require_GET
def list_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """材料核对告知单, as the sender gets it."""
    mail = _mail(request, pk)
    if not mail.findings:
        raise NotFound(str(pk))
    name, data, content_type = receiving.attachment(mail.pk)
    return given(name, content_type, data)


def _mail(request: HttpRequest, pk: int) -> Any:
    """Letters are the office's: the desk shows addresses that a society need not see of others."""
    who = who_of(request)
    if "officer" not in who.roles():
        raise NotFound(str(pk))
    return receiving.find(pk, who=who)


def _shown(request: HttpRequest, mail: Any, errors: dict[str, str], status: int) -> HttpResponse:
    who: Who = who_of(request)
    society = mail.society
    names = list(receiving.societies(who=who).values_list("name", flat=True))
    open_ = not why_not("receiving.decide", who, mail)
    suggested = next(iter(mail.suggested), "")
    typed = request.POST.get("society") or (society.name if society else suggested)
    chosen = receiving.societies(who=who).filter(name=typed).first() if typed else None
    context = {
        "mail": mail,
        "errors": errors,
        "typed": request.POST,
        "society_typed": typed,
        "societies": names,
        "candidates": receiving.candidates(mail, chosen, who=who) if open_ else (),
        "kinds": receiving.KINDS.items(),
        "open": open_,
        "why_no_answer": why_not("receiving.answer", who, mail),
        "findings": mail.findings,
        "tab": "letters",
    }
    return render(request, "receiving/letter.html", context, status=status)
