"""The front page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from ketuan.web.doors import PUBLIC, door


@door(PUBLIC)
def front(request: HttpRequest) -> HttpResponse:
    return render(request, "front.html", {})


urls = [path("", front, name="front")]
