"""Pages that say what went wrong, in the words of an official who helps."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import is_valid_path
from django.utils.http import urlencode

from ketuan.programme.errors import Invalid, NotFound, NotReady, Overtaken, Refused


def told(request: HttpRequest, problem: Exception) -> HttpResponse | None:
    """The page for what a verb raised; None for anything else, which is a fault of ours."""
    if isinstance(problem, NotFound):
        return not_found(request, problem)
    if isinstance(problem, Refused):
        if not request.user.is_authenticated:
            return redirect(f"/account/login/?{urlencode({'next': request.get_full_path()})}")
        return render(request, "403.html", {"why": problem.why, "fix": problem.fix}, status=403)
    if isinstance(problem, NotReady):
        return render(request, "409.html", {"why": problem.why, "findings": problem.findings}, status=409)
    if isinstance(problem, Overtaken):
        return render(request, "409.html", {"why": str(problem), "findings": ()}, status=409)
    if isinstance(problem, Invalid):
        return render(request, "400.html", {"errors": problem.errors}, status=400)
    return None


def wrong_way(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An empty 405 as a page that leads back to where the form stands; any other response as it is."""
    if response.status_code != 405 or response.content or request.path.startswith("/api/"):
        return response
    allowed = response.headers.get("Allow", "")
    page = render(request, "405.html", {"sends": "POST" in allowed, "back_url": _above(request)}, status=405)
    page.headers["Allow"] = allowed
    return page


def _above(request: HttpRequest) -> str:
    """The nearest address above that exists; the page with the form, as a rule."""
    parts = request.path.strip("/").split("/")
    for n in range(len(parts) - 1, 0, -1):
        url = f"/{'/'.join(parts[:n])}/"
        if is_valid_path(url):
            return url
    return ""


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", {"why": "您不能打开这个页面。", "fix": ""}, status=403)


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "400.html", {"errors": {}}, status=400)


def broken(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)


def csrf(request: HttpRequest, reason: str = "") -> HttpResponse:
    why = "页面停留太久，安全校验已过期。您刚才填写的内容还在上一页，请返回、刷新后再提交一次。"
    return render(request, "403.html", {"why": why, "fix": ""}, status=403)
