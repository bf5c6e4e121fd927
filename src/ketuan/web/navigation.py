"""The main navigation: one table, a line an entry, shown to those who hold one of its roles."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse

from ketuan.programme.who import Who


class Line(NamedTuple):
    label: str
    url_name: str
    roles: frozenset[str]


def _for(*roles: str) -> frozenset[str]:
    return frozenset(roles)


LINES: tuple[Line, ...] = (
    Line("首页", "front", _for("public")),
    Line("申报书", "applications", _for("editor", "checker", "provincial", "officer", "leader", "chief", "member")),
    Line("推荐", "recommending", _for("provincial", "officer")),
    Line("收件", "receiving", _for("officer")),
    Line("申报通知", "calls", _for("public")),
    Line("编制通知", "office_calls", _for("officer")),
    Line("日志", "journal", _for("auditor")),
    Line("单位", "bodies", _for("officer", "administrator", "provincial", "municipal")),
    Line("专家库", "experts", _for("officer", "editor", "checker", "provincial")),
    Line("帮助", "help", _for("public")),
)


def lines(request: HttpRequest, who: Who) -> list[dict[str, Any]]:
    """What of the first level this person gets, in the order of the table."""
    roles = who.roles()
    shown = []
    for line in LINES:
        if line.roles & roles:
            url = reverse(line.url_name)
            active = request.path == url or (url != "/" and request.path.startswith(url))
            shown.append({"label": line.label, "url": url, "active": active, "count": 0})
    return shown
