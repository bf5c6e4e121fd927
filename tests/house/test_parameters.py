"""Odd parameters: no list breaks by one, and none shows more by one than without (promises P7, P8)."""

from __future__ import annotations

import re

import pytest
from django.core.cache import cache
from django.utils.http import urlencode
from tests.house.scene import Scene
from tests.house.watching import Watch

pytestmark = pytest.mark.django_db
ODD = (
    "-1", "0", "x", "99999999999999999999", "' OR 1=1 --", "%", "_", "__class__", "password", "user__password",
    "-roles__user__email", "甲" * 3000, "a\x00b", "🙂", "../../etc/passwd", "{{7*7}}", "<script>alert(1)</script>", "null",
    "²", "१", "2024-13-45", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "%ff", "[]", "a,b",
)  # fmt: skip
KNOWN = (
    "page", "q", "sort", "order", "state", "kind", "stage", "day", "next", "call", "offset", "limit", "role", "roles", "from",
    "to", "a", "b", "version", "number", "row", "division", "part", "fields", "include", "society", "__class__",
)  # fmt: skip
LISTS = (
    ("editor", "/applications/"),
    ("provincial", "/applications/"),
    ("officer", "/applications/"),
    ("provincial", "/recommending/"),
    ("nobody", "/bodies/"),
    ("officer", "/bodies/"),
    ("checker", "/bodies/asked/"),
    ("anonymous", "/bodies/choose/"),
    ("officer", "/bodies/suppliers/"),
    ("editor", "/experts/"),
    ("officer", "/receiving/"),
    ("officer", "/receiving/paper/"),
    ("editor", "/me/letters/"),
    ("editor", "/me/tokens/"),
    ("auditor", "/journal/"),
    ("anonymous", "/calls/"),
    ("anonymous", "/verify/"),
    ("editor", "/applications/{draft}/history/"),
    ("editor", "/applications/{draft}/history/compare/"),
    ("editor", "/applications/{draft}/corps/"),
    ("editor", "/applications/{draft}/papers/"),
    ("editor", "/applications/{draft}/cross/"),
    ("editor", "/api/applications"),
    ("nobody", "/api/organisations"),
    ("anonymous", "/api/calls"),
)
_ADDRESS = re.compile(r'href="(/[\w/.-]+/)[?"]')
_TEXT = re.compile(r"\bK24-\d+|\b[a-z0-9._+-]+@example\.invalid")


def things(body: str) -> set[str]:
    """What a page shows: where its links lead, codes and mail addresses in it."""
    return set(_ADDRESS.findall(body)) | set(_TEXT.findall(body))


@pytest.mark.parametrize(("role", "url"), LISTS)
def test_no_parameter_breaks_a_list_or_shows_more(scene: Scene, watch: Watch, role: str, url: str) -> None:
    where = url.format(draft=scene.near.draft.code)
    plain = _all_pages(scene, role, where) | {where}
    for number, name in enumerate(KNOWN):
        for value in ODD if name in ("page", "q") else (ODD[number % len(ODD)],):
            with watch.request() as written:
                status, body = _got(scene, role, f"{where}?{urlencode({name: value})}")
            assert status < 500, (where, name, value[:40])
            more = {one for one in things(body) - plain if one not in value}
            assert status >= 400 or more == set(), (where, name, value[:40])
            assert written == [], (where, name, value[:40])


def _all_pages(scene: Scene, role: str, where: str) -> set[str]:
    """What stands on any page of the list: a parameter may turn the page."""
    found: set[str] = set()
    for page in range(1, 20):
        there = things(_got(scene, role, f"{where}?page={page}")[1])
        if there <= found:
            break
        found |= there
    return found


def _got(scene: Scene, role: str, url: str) -> tuple[int, str]:
    cache.clear()
    if url.startswith("/api/"):
        key = {"HTTP_AUTHORIZATION": f"Bearer {scene.keys[role]}"} if role in scene.keys else {}
        response = scene.browser("anonymous").get(url, **key)
    else:
        response = scene.browser(role).get(url)
    return response.status_code, response.content.decode(errors="replace")
