"""The receipt for those whom it concerns, and the label of the bag."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from ketuan.programme import applying, receipts
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of


@signed_in
@require_GET
@door("see:submission")
def show(request: HttpRequest, number: str) -> HttpResponse:
    submission = receipts.find(number, who=who_of(request))
    return render(
        request,
        "submitting/receipt.html",
        {
            "s": submission,
            "state": receipts.state_of(submission),
            "nth": receipts.nth_of(submission),
            "title": submission.version.form["cover"]["title"] or submission.application.code,
            "verify_url": receipts.url_of(submission.number),
            "consent": receipts.consent_of(submission),
            "whole": receipts.is_own(submission, who=who_of(request)),
        },
    )


@signed_in
@require_GET
@door("see:submission")
def pdf(request: HttpRequest, number: str) -> HttpResponse:
    submission = receipts.find(number, who=who_of(request))
    return _file(receipts.pdf(submission), f"{submission.number}.pdf", "application/pdf")


@signed_in
@require_GET
@door("see:submission")
def form(request: HttpRequest, number: str) -> HttpResponse:
    """The frozen form, byte for byte what was hashed: for the society, as the roster in it is whole."""
    submission = receipts.find(number, who=who_of(request))
    return _file(receipts.frozen_for(submission, who=who_of(request)), f"{submission.number}.json", "application/json")


@signed_in
@require_GET
@door("see:application")
def label(request: HttpRequest, code: str) -> HttpResponse:
    application = applying.find(code, who=who_of(request))
    return _file(receipts.label(application), f"{application.code}-label.pdf", "application/pdf")


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    return response
