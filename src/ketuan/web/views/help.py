"""Help, a page for each side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from ketuan.programme import upkeep
from ketuan.web.doors import PUBLIC, door

TOPICS = {
    "society": "全国学会怎样申报",
    "province": "省级科协怎样出具推荐意见",
    "expert": "专家怎样加入服务团",
    "office": "项目办怎样发布和受理",
    "receipt": "怎样核验回执",
    "account": "账号、密码和双重验证",
}


@door(PUBLIC)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    return render(request, "help/index.html", {"topics": TOPICS.items()})


@door(PUBLIC)
@require_safe
def topic(request: HttpRequest, name: str) -> HttpResponse:
    if name not in TOPICS:
        raise Http404(name)
    return render(request, f"help/{name}.html", {"title": TOPICS[name], "topics": TOPICS.items()})


@door(PUBLIC)
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For load balancers and ``ketuan up``: 200 while the database answers and can be written."""
    upkeep.answers()
    return HttpResponse("ok", content_type="text/plain")


urls = [
    path("health/", health, name="health"),
    path("help/", index, name="help"),
    path("help/<slug:name>/", topic, name="help_topic"),
]
