"""Every address × every person × own and stranger's × reading and sending: what comes is what the table says (P8).

The table is ``expected.tsv``: a line an address and method, a column a person, in each cell what the own thing answers
and, after a stroke, the stranger's. ``KETUAN_RENEW=1 python -m pytest tests/house/test_walk.py`` writes it anew; then
read every changed cell before it is kept: a wrong one is a hole, not an expectation.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from tests.house.addresses import addresses, both
from tests.house.scene import Scene
from tests.house.watching import Watch

from ketuan.programme.permits import DO, SEE

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("expected.tsv")
RENEW = os.environ.get("KETUAN_RENEW", "")
ONLY = "" if RENEW == "1" else RENEW
"""Beginning of the addresses to renew, ``KETUAN_RENEW=recommending/``; 1 for all."""
LEGEND = {
    "+": "opens (2xx)",
    ">": "done, goes on to another page (3xx)",
    "login": "to the sign-in page",
    "no": "refused with the reason (403)",
    "-": "does not exist for this person (404)",
    "POST": "only by POST, or only by GET (405)",
    "?": "the form is not enough, or not now (400, 409, 422)",
    "!": "after + or >: something was written",
    "key": "no key for programs (401)",
}


FORM = {
    "reason": "理由写在这里，不少于十个字。",
    "role": "editor",
    "roles": "editor",
    "name": "某人",
    "place": "chief",
    "key": "click-of-the-walk",
    "day": "2024-05-30",
    "until": "2024-05-30T12:00",
    "notice": "公开说明写在这里。",
    "note": "说明",
    "email": "somebody@example.invalid",
}
"""What forms send, as far as one set of words fits all: an empty one would often not get as far as the permit."""
CHANGE = '{"changes": [{"path": "rationale", "value": "一句话"}]}'
"""What programs send: nothing at all would not get past the shape, and so not to the permit."""


def word(response: HttpResponse) -> str:
    """The outcome as the table writes it."""
    status = response.status_code
    if status in (301, 302, 303, 307, 308):
        return "login" if "/account/login/" in response.headers["Location"] else ">"
    known = {401: "key", 403: "no", 404: "-", 405: "POST", 400: "?", 409: "?", 422: "?", 413: "?", 429: "?"}
    return known.get(status, "+" if 200 <= status < 300 else str(status))


def send(scene: Scene, role: str, method: str, url: str) -> HttpResponse:
    """As the browser of ``role``, or as its program where the address is of the API."""
    cache.clear()
    if url.startswith("/api/"):
        more = {"HTTP_AUTHORIZATION": f"Bearer {scene.keys[role]}"} if role in scene.keys else {}
        if method == "GET":
            return scene.browser("anonymous").get(url, **more)
        return scene.browser("anonymous").post(url, CHANGE, content_type="application/json", **more)
    client = scene.browser(role)
    return client.get(url) if method == "GET" else client.post(url, FORM)


BEARERS = {
    "verify/<number>/": "whoever holds a receipt may verify it",
    "api/receipts/<number>": "whoever holds a receipt may verify it",
    "invited/corps/<token>/": "the invited person reads what they are asked to join",
    "journal/": "the auditor reads every sentence of the journal",
    "journal/<seq>/": "the auditor reads every sentence of the journal",
}
"""Addresses that tell a title to people who do not see the application, with the reason."""
SIGNS_IN = {"demo/in/<token>/": "a printed link of the demo signs in at once, and the journal holds every sign-in"}
"""Addresses that write an entry when they are only opened, with the reason."""
KNOW_NEAR = frozenset({"editor", "checker", "provincial", "officer", "leader", "chief", "member"})
KNOW_FAR = frozenset({"other_editor", "other_checker", "far_provincial", "officer"})


def hidden(scene: Scene, role: str) -> list[str]:
    """Titles of the applications that this person must not even hear of."""
    texts = []
    for side, known in ((scene.near, KNOW_NEAR), (scene.far, KNOW_FAR)):
        if role not in known:
            texts.append(side.draft.title)
    return texts


BY_METHOD: set[tuple[str, str, str]] = set()
"""(route, method, sort of person) that got a 405: the decorator says it before it looks at the person."""


def outcomes(scene: Scene, watch: Watch, role: str, method: str) -> dict[str, str]:
    """Route → cell; AssertionError where something was written that must not be."""
    found = {}
    for address in addresses():
        if not address.route.startswith(ONLY):
            continue
        if (address.route, method, _sort(role)) in BY_METHOD:
            found[address.route] = "/".join("POST" for _ in both(scene, address, role))
            continue
        words = []
        for url in both(scene, address, role):
            with watch.request() as written:
                response = send(scene, role, method, url)
                said = word(response)
                body = b"".join(response) if response.streaming else response.content
            if address.route not in BEARERS:
                told = [text for text in hidden(scene, role) if text.encode() in body]
                assert told == [], f"{role} {method} {url} shows what is not theirs"
            if method == "GET" and address.route in SIGNS_IN:
                assert set(written) <= {"records_entry", "records_user"}
            elif method == "GET" or said not in ("+", ">"):
                assert written == [], f"{role} {method} {url} ({said}) wrote: {written}"
            words.append(f"{said}!" if written else said)
            if said == "POST":
                BY_METHOD.add((address.route, method, _sort(role)))
        found[address.route] = "/".join(words)
    return found


def _sort(role: str) -> str:
    return "anonymous" if role == "anonymous" else "signed in"


def written() -> dict[tuple[str, str], dict[str, str]]:
    """(route, method) → person → cell."""
    lines = [
        line.rstrip("\n").split("\t")
        for line in TABLE.read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    heads = lines[0] if lines else []
    return {(cells[0], cells[1]): dict(zip(heads[2:], cells[2:], strict=True)) for cells in lines[1:]}


def renew(role: str, method: str, found: dict[str, str]) -> None:
    """Put the answers to one person into the table (``KETUAN_RENEW=1``)."""
    table = written()
    lines = [f"# {word}: {says}" for word, says in LEGEND.items()]
    lines.append("\t".join(("address", "method", *ROLES)))
    for address in addresses():
        for way in ("GET", "POST"):
            cells = table.get((address.route, way), {})
            if way == method and address.route in found:
                cells = cells | {role: found[address.route]}
            lines.append("\t".join((address.route, way, *(cells.get(role, "") for role in ROLES))))
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_every_address_stands_in_the_table() -> None:
    known = {route for route, _ in written()}
    new = sorted({one.route for one in addresses()} - known)
    assert new == [], "write these into tests/house/expected.tsv (KETUAN_RENEW=1), and read what they answer to whom"
    assert sorted(known - {one.route for one in addresses()}) == [], "these addresses are gone: take out their lines"


ROLES = (
    "anonymous", "nobody", "editor", "checker", "other_editor", "provincial", "municipal", "officer", "administrator",
    "auditor", "screener", "leader",
)  # fmt: skip
ALIKE = {
    "chair": "nobody",
    "reviewer": "nobody",
    "owner": "municipal",
    "supervisor": "screener",
    "chief": "leader",
    "member": "leader",
}
"""People who do not walk, as the table of permits treats them like those who do."""
MIRRORED = {"other_checker": "checker", "far_provincial": "provincial"}
"""The same roles in the other society and the other province; what they see is tried from the near side."""


def test_every_person_of_the_world_walks_or_is_like_one_who_does(scene: Scene) -> None:
    assert sorted(scene.roles) == sorted((*ROLES, *ALIKE, *MIRRORED))


@pytest.mark.parametrize(("one", "other"), ALIKE.items())
def test_those_alike_stand_in_the_same_lines(one: str, other: str) -> None:
    """A line that is given to one of them only sends both on the walk."""
    done = {role: {v for v, line in DO.items() if role in {g.role for g in line.grants}} for role in (one, other)}
    seen = {role: {kind for kind, lines in SEE.items() if role in lines} for role in (one, other)}
    assert (done[one], seen[one]) == (done[other], seen[other])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_each_person_gets(scene: Scene, watch: Watch, role: str, method: str) -> None:
    found = outcomes(scene, watch, role, method)
    if RENEW:
        renew(role, method, found)
    wanted = {route: cells[role] for (route, way), cells in written().items() if way == method}
    wrong = {route: (cell, wanted.get(route)) for route, cell in found.items() if cell != wanted.get(route)}
    assert wrong == {}, "route: (answers, wanted)"
