"""Pages of the corps: the roster, Excel, invitations, the printed table, the cross-check."""

from __future__ import annotations

from django.urls import URLPattern, path

from ketuan.web.views.corps.cross import cross
from ketuan.web.views.corps.excel import excel, export, take, template
from ketuan.web.views.corps.invitation import answered, invitation, invite
from ketuan.web.views.corps.printed import printed
from ketuan.web.views.corps.roster import add, change, remove, roster, without

_ONE = "applications/<slug:code>"
urls: list[URLPattern] = [
    path(f"{_ONE}/corps/", roster, name="corps"),
    path(f"{_ONE}/corps/add/", add, name="corps_add"),
    path(f"{_ONE}/corps/excel/", excel, name="corps_excel"),
    path(f"{_ONE}/corps/excel/take/", take, name="corps_take"),
    path(f"{_ONE}/corps/excel/template.xlsx", template, name="corps_template"),
    path(f"{_ONE}/corps/export/", export, name="corps_export"),
    path(f"{_ONE}/corps/invite/", invite, name="corps_invite"),
    path(f"{_ONE}/corps/printed/", printed, name="corps_printed"),
    path(f"{_ONE}/corps/<int:pk>/without/", without, name="corps_without"),
    path(f"{_ONE}/corps/<int:pk>/change/", change, name="corps_change"),
    path(f"{_ONE}/corps/<int:pk>/remove/", remove, name="corps_remove"),
    path(f"{_ONE}/cross/", cross, name="cross"),
    path("invited/corps/answered/", answered, name="corps_answered"),
    path("invited/corps/<str:token>/", invitation, name="corps_invitation"),
]
