"""Pages of applying: the society's home, an application's home, its sections, its check page, its versions."""

from __future__ import annotations

from django.urls import URLPattern, path

from ketuan.web.views.applying.answering import answer
from ketuan.web.views.applying.checking import check
from ketuan.web.views.applying.home import home, withdraw
from ketuan.web.views.applying.listing import applications, start
from ketuan.web.views.applying.part import part
from ketuan.web.views.applying.saving import save
from ketuan.web.views.applying.versions import compare, history, restore

_ONE = "applications/<slug:code>"
urls: list[URLPattern] = [
    path("applications/", applications, name="applications"),
    path("applications/new/", start, name="application_start"),
    path(f"{_ONE}/", home, name="application"),
    path(f"{_ONE}/part/<slug:slug>/", part, name="application_part"),
    path(f"{_ONE}/save/", save, name="application_save"),
    path(f"{_ONE}/check/", check, name="application_check"),
    path(f"{_ONE}/reason/", answer, name="application_reason"),
    path(f"{_ONE}/withdraw/", withdraw, name="application_withdraw"),
    path(f"{_ONE}/history/", history, name="application_history"),
    path(f"{_ONE}/history/compare/", compare, name="application_compare"),
    path(f"{_ONE}/history/<int:number>/restore/", restore, name="application_restore"),
]
