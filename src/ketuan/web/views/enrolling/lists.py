"""What every list here needs: pages, and pills that keep the other conditions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

PER_PAGE = 50


def page_of(request: HttpRequest, rows: Any) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def pills(
    request: HttpRequest, name: str, choices: Iterable[tuple[str, str]], every: str = "全部"
) -> list[dict[str, Any]]:
    """One pill a choice, the first for all of them; a pill begins at the first page again."""
    now = request.GET.get(name, "")
    made = []
    for value, label in (("", every), *choices):
        query = request.GET.copy()
        query.pop("page", None)
        query.pop(name, None)
        if value:
            query[name] = value
        made.append({"label": label, "url": f"?{query.urlencode()}", "active": now == value})
    return made
