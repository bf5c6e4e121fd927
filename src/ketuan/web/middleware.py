"""Around every page: the headers that keep browsers honest, the acting person, and refusals told as pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import SimpleLazyObject

from ketuan.programme.who import who_is

_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'self'",
    )
)
Handler = Callable[[HttpRequest], HttpResponse]


def headers(get_response: Handler) -> Handler:
    """Content policy and its companions; nothing personal is kept by caches."""

    def handle(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", _POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return handle


def addressed(get_response: Handler) -> Handler:
    """Behind a proxy all requests come from its address: whose tries are counted says the proxy, in the last entry.

    Without this five wrong passwords of one person would shut out everybody else's way to the same account (P13).
    """

    def handle(request: HttpRequest) -> HttpResponse:
        if settings.KETUAN_BEHIND_PROXY:
            told = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = told or request.META.get("REMOTE_ADDR", "")
        return get_response(request)

    return handle


def spelt(get_response: Handler) -> Handler:
    """A zero byte is no letter of any word, and PostgreSQL takes none: refused at the door, wherever it stands."""

    def handle(request: HttpRequest) -> HttpResponse:
        typed = (
            request.path_info,
            *(v for values in (request.GET, request.POST) for _, held in values.lists() for v in held),
        )
        if any("\0" in text for text in typed):
            return render(request, "400.html", {"errors": {}}, status=400)
        return get_response(request)

    return handle


class Person:
    """Puts ``request.who`` on every request, and turns what a verb says into a page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.who = SimpleLazyObject(lambda: who_is(request.user))  # type: ignore[attr-defined]
        from ketuan.web.views.errors import wrong_way

        return wrong_way(request, self.get_response(request))

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        from ketuan.web.views.errors import told

        return told(request, problem)


person = Person
