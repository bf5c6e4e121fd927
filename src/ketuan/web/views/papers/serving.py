"""Giving files out: as attachments that no browser runs, to those only who see them."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from ketuan.programme import applying
from ketuan.programme.applying import attachments, downloading
from ketuan.web.doors import door, signed_in
from ketuan.web.views.finding import who_of

SANDBOX = "sandbox; default-src 'none'"


def given(name: str, content_type: str, data: bytes) -> HttpResponse:
    """Bytes made here, as a download with its Chinese name (RFC 5987)."""
    return sealed(HttpResponse(data, content_type=content_type), name)


def sealed(response: HttpResponse | FileResponse, name: str) -> HttpResponse:
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, no-store"
    return response  # type: ignore[return-value]


@signed_in
@door("see:paper")
@require_GET
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The original, byte for byte."""
    found = attachments.find_paper(pk, who=who_of(request))
    response = FileResponse(attachments.opened(found), content_type=found.content_type)
    response.headers["Content-Length"] = str(found.size)
    return sealed(response, found.name)


@signed_in
@door("see:paper")
@require_GET
def page(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """A page as a picture that was drawn anew: nothing of the original but its dots."""
    found = attachments.find_paper(pk, who=who_of(request))
    response = HttpResponse(attachments.page_of(found, number), content_type="image/png")
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "private, max-age=600"
    return response


@signed_in
@door("see:application")
@require_GET
def form_docx(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    return _form(request, code, "docx", number)


@signed_in
@door("see:application")
@require_GET
def form_pdf(request: HttpRequest, code: str, number: int | None = None) -> HttpResponse:
    return _form(request, code, "pdf", number)


def _form(request: HttpRequest, code: str, made: downloading.Made, number: int | None) -> HttpResponse:
    application = applying.find(code, who=who_of(request))
    file = downloading.form_file(application, made, number=number)
    return given(file.name, file.content_type, file.data)
