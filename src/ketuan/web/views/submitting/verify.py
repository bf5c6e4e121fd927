"""The public page: is this receipt, this letter true? Anybody may ask; no person is named."""

from __future__ import annotations

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from ketuan.programme import receipts
from ketuan.programme.errors import NotFound
from ketuan.web.doors import PUBLIC, door

TRIES, SECONDS = 30, 60
"""Questions of one address in this time."""


@require_GET
@door(PUBLIC)
def box(request: HttpRequest) -> HttpResponse:
    """One box; a number typed there has its own address, which one can send."""
    number = request.GET.get("number", "").strip()
    if number and "/" not in number:
        return redirect("verify_number", number[:60])
    return render(request, "submitting/verify.html", {"number": number})


@require_GET
@door(PUBLIC)
def show(request: HttpRequest, number: str) -> HttpResponse:
    if _too_many(request):
        response = render(request, "submitting/verify.html", {"number": number, "many": True}, status=429)
        response["Retry-After"] = str(SECONDS)
        return response
    try:
        found = receipts.verify(number)
    except NotFound:
        return render(request, "submitting/verify.html", {"number": number, "unknown": True}, status=404)
    return render(request, "submitting/verify.html", {"number": found.number, "found": found})


def _too_many(request: HttpRequest) -> bool:
    key = f"verify:{request.META.get('REMOTE_ADDR', '')}"
    cache.add(key, 0, SECONDS)
    try:
        return cache.incr(key) > TRIES
    except ValueError:  # the count ran out between the two lines
        return False
