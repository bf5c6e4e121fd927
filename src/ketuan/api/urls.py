"""Addresses of the API, one router a noun."""

from __future__ import annotations

import json
import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from ninja import NinjaAPI
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder

from ketuan import __version__
from ketuan.api import applications, calls, organisations, receipts
from ketuan.programme.enrolling.tokens import SCOPES
from ketuan.programme.errors import Invalid, NotFound, NotReady, Overtaken, Refused


class Plain(BaseRenderer):
    """JSON with Chinese as it is written."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return json.dumps(data, cls=NinjaJSONEncoder, ensure_ascii=False).encode()


api = NinjaAPI(
    title="科团 API",
    version=__version__,
    description="“科创中国”科技服务团项目平台。权限与网页相同；密钥在“我的账号 · 程序密钥”里新建。",
    renderer=Plain(),
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/calls", calls.router, tags=["申报通知"])
api.add_router("/organisations", organisations.router, tags=["单位"])
api.add_router("/applications", applications.router, tags=["申报书"])
api.add_router("/receipts", receipts.router, tags=["回执"])


@api.exception_handler(NotFound)
def _not_found(request: HttpRequest, problem: NotFound) -> HttpResponse:
    return api.create_response(request, {"detail": "没有找到，或者您看不到它。", "fields": {}}, status=404)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, problem: Refused) -> HttpResponse:
    return api.create_response(request, {"detail": f"{problem.why}{problem.fix}", "fields": {}}, status=403)


@api.exception_handler(NotReady)
def _not_ready(request: HttpRequest, problem: NotReady) -> HttpResponse:
    fields = {finding.path: finding.message for finding in problem.findings}
    return api.create_response(request, {"detail": problem.why, "fields": fields}, status=409)


@api.exception_handler(Overtaken)
def _overtaken(request: HttpRequest, problem: Overtaken) -> HttpResponse:
    return api.create_response(request, {"detail": str(problem), "fields": {problem.path: problem.theirs}}, status=409)


@api.exception_handler(Invalid)
def _invalid(request: HttpRequest, problem: Invalid) -> HttpResponse:
    return api.create_response(request, {"detail": str(problem), "fields": problem.errors}, status=400)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, problem: Exception) -> HttpResponse:
    """A fault of ours: told in JSON as well, and written to the log; nothing of it goes out."""
    logging.getLogger("django.request").error("api: %s", request.path, exc_info=problem)
    return api.create_response(request, {"detail": "系统出了错，已记录。请稍后再试。", "fields": {}}, status=500)


def docs(request: HttpRequest) -> HttpResponse:
    """What there is, for people: made from the same description that programs read."""
    schema = api.get_openapi_schema()
    operations = [
        {
            "method": method.upper(),
            "path": address,
            "summary": operation.get("summary", ""),
            "parameters": [p["name"] for p in operation.get("parameters", ())],
            "answers": sorted(str(status) for status in operation["responses"]),
            "open": not operation.get("security"),
        }
        for address, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(request, "api/docs.html", {"operations": operations, "scopes": SCOPES.items()})


docs.permit = ("public",)  # type: ignore[attr-defined]

urlpatterns = [path("docs", docs, name="api_docs"), path("", api.urls)]
