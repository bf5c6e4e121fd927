"""Uploads that are too large are refused by their announced length, before a byte of them is read or spooled."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

SLACK = 1 << 20
"""Beside the file: its envelope and the other fields."""


def bounded(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """Middleware before everything that looks into the body."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        announced = request.META.get("CONTENT_LENGTH") or "0"
        length = int(announced) if announced.isdecimal() else 0
        if length <= (settings.KETUAN_UPLOAD_MAX_MB << 20) + SLACK:
            return get_response(request)
        return too_large(request, length)

    return handle


def too_large(request: HttpRequest, length: int) -> HttpResponse:
    most = settings.KETUAN_UPLOAD_MAX_MB
    why = f"文件约 {length / (1 << 20):.0f} MB，超过 {most} MB，没有上传。请压缩图片或分成几个文件再传。"
    return render(request, "papers/too_large.html", {"why": why}, status=413)


def file_of(request: HttpRequest, name: str = "file") -> tuple[str, bytes]:
    """Name and bytes of the uploaded file; both empty where none came."""
    file = request.FILES.get(name)
    return ("", b"") if file is None else (file.name or "", file.read())
