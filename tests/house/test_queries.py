"""No list asks the database more often when it has more lines: the number of queries is fixed, with one line and with fifty."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from tests.house.scene import Scene

from ketuan.records import clock
from ketuan.records.models import ApiToken, Entry, Expert, Role, User

pytestmark = pytest.mark.django_db
MORE = 49
Maker = Callable[[Scene], None]


def copies(row: Model, change: Callable[[Any, int], None], count: int = MORE) -> list[Any]:
    """``row`` again and again, each changed where it must be another one."""
    made = []
    for n in range(count):
        one = copy.copy(row)
        one._state = copy.copy(row._state)
        one.pk, one._state.adding = None, True
        change(one, n)
        made.append(one)
    return list(type(row)._default_manager.bulk_create(made))


def setting(**values: Callable[[int], Any]) -> Callable[[Any, int], None]:
    def change(one: Any, n: int) -> None:
        for name, value in values.items():
            setattr(one, name, value(n))

    return change


def applications(scene: Scene) -> None:
    made = copies(scene.near.draft, setting(code=lambda n: f"K24-9{n:03}"))
    asked = scene.near.asked
    copies(asked, setting(application_id=lambda n: made[n].pk))


def recommendations(scene: Scene) -> None:
    applications(scene)


def bodies(scene: Scene) -> None:
    copies(
        scene.near.society,
        setting(name=lambda n: f"甲{n}学会", name_key=lambda n: f"甲{n}学会", code=lambda n: f"Y-{n}"),
    )


def experts(scene: Scene) -> list[Expert]:
    plain = setting(
        name=lambda n: f"王{n}", name_key=lambda n: f"王{n}", user_id=lambda n: None, identity_hash=lambda n: "",
    )  # fmt: skip
    return copies(scene.near.expert, plain)


def members(scene: Scene) -> None:
    people = experts(scene)
    copies(scene.near.member, setting(expert_id=lambda n: people[n].pk, order=lambda n: 200 + n))


def papers(scene: Scene) -> None:
    copies(scene.near.paper, setting(key=lambda n: f"papers/more/{n}"))


def mails(scene: Scene) -> None:
    copies(scene.near.mail, setting(message_id=lambda n: f"<{n}@more.invalid>"))


def bags(scene: Scene) -> None:
    copies(scene.near.dispatch, setting())


def letters(scene: Scene) -> None:
    copies(scene.letters["editor"], setting(key=lambda n: f"more:{n}"))


def entries(scene: Scene) -> None:
    last = Entry.objects.order_by("seq").last()
    copies(last, setting(seq=lambda n: last.seq + 1 + n, mac=lambda n: f"{n:064}"))


def calls(scene: Scene) -> None:
    copies(scene.world.call, setting(code=lambda n: f"19{n:02}"))


def users(scene: Scene) -> list[User]:
    return copies(scene.world.people["nobody"], setting(email=lambda n: f"more{n}@example.invalid"))


def askers(scene: Scene) -> None:
    people = users(scene)
    copies(scene.near.asked_role, setting(user_id=lambda n: people[n].pk))
    copies(scene.near.asked_body, setting(name=lambda n: f"乙{n}厂", name_key=lambda n: f"乙{n}厂", uscc=lambda n: ""))


def staff(scene: Scene) -> None:
    people = users(scene)
    copies(scene.near.role, setting(user_id=lambda n: people[n].pk))
    copies(scene.near.invitation, setting(token_hash=lambda n: f"{n:064}"))


def tokens(scene: Scene) -> None:
    copies(scene.tokens["editor"], setting(token_hash=lambda n: f"{n:064}"))


def versions(scene: Scene) -> None:
    last = scene.near.draft.versions.order_by("number").last()
    copies(last, setting(number=lambda n: last.number + 1 + n))


def permits(scene: Scene) -> None:
    copies(scene.near.late_permit, setting())


def roles(scene: Scene) -> None:
    bodies(scene)
    user, now = scene.world.people["editor"], clock.now()
    societies = list(type(scene.near.society).objects.filter(name__startswith="甲"))
    Role.objects.bulk_create(
        Role(user=user, organisation=b, kind="editor", state="ended", asked_at=now) for b in societies
    )


LISTS: tuple[tuple[str, str, Maker], ...] = (
    ("/applications/", "officer", applications),
    ("/applications/", "provincial", applications),
    ("/applications/", "editor", applications),
    ("/home/", "officer", askers),
    ("/recommending/", "provincial", recommendations),
    ("/recommending/", "officer", recommendations),
    ("/bodies/", "officer", bodies),
    ("/bodies/asked/", "officer", askers),
    ("/bodies/asked/", "checker", askers),
    ("/bodies/suppliers/", "officer", bodies),
    ("/bodies/{society}/", "officer", staff),
    ("/bodies/{society}/", "checker", staff),
    ("/bodies/choose/", "anonymous", bodies),
    ("/experts/", "editor", experts),
    ("/experts/", "officer", experts),
    ("/receiving/", "officer", mails),
    ("/receiving/paper/", "officer", bags),
    ("/receiving/of/{submitted}/", "editor", bags),
    ("/me/letters/", "editor", letters),
    ("/me/tokens/", "editor", tokens),
    ("/me/roles/", "editor", roles),
    ("/journal/", "auditor", entries),
    ("/calls/", "anonymous", calls),
    ("/office/calls/", "officer", calls),
    ("/applications/{draft}/corps/", "editor", members),
    ("/applications/{draft}/corps/", "provincial", members),
    ("/applications/{draft}/corps/printed/", "editor", members),
    ("/applications/{draft}/papers/", "editor", papers),
    ("/applications/{draft}/history/", "editor", versions),
    ("/applications/{submitted}/late/", "officer", permits),
    ("/api/applications", "officer", applications),
    ("/api/organisations", "officer", bodies),
)
COUNTS: dict[tuple[str, str], int] = {
    ("/applications/", "officer"): 9,
    ("/applications/", "provincial"): 9,
    ("/applications/", "editor"): 10,
    ("/home/", "officer"): 12,
    ("/recommending/", "provincial"): 8,
    ("/recommending/", "officer"): 8,
    ("/bodies/", "officer"): 7,
    ("/bodies/asked/", "officer"): 8,
    ("/bodies/asked/", "checker"): 7,
    ("/bodies/suppliers/", "officer"): 8,
    ("/bodies/{society}/", "officer"): 12,
    ("/bodies/{society}/", "checker"): 12,
    ("/bodies/choose/", "anonymous"): 0,
    ("/experts/", "editor"): 7,
    ("/experts/", "officer"): 7,
    ("/receiving/", "officer"): 9,
    ("/receiving/paper/", "officer"): 7,
    ("/receiving/of/{submitted}/", "editor"): 9,
    ("/me/letters/", "editor"): 8,
    ("/me/tokens/", "editor"): 6,
    ("/me/roles/", "editor"): 6,
    ("/journal/", "auditor"): 8,
    ("/calls/", "anonymous"): 1,
    ("/office/calls/", "officer"): 6,
    ("/applications/{draft}/corps/", "editor"): 10,
    ("/applications/{draft}/corps/", "provincial"): 10,
    ("/applications/{draft}/corps/printed/", "editor"): 9,
    ("/applications/{draft}/papers/", "editor"): 7,
    ("/applications/{draft}/history/", "editor"): 7,
    ("/applications/{submitted}/late/", "officer"): 7,
    ("/api/applications", "officer"): 4,
    ("/api/organisations", "officer"): 4,
}
"""Queries of each list, session and person included; as on a platform that is no demo, whose clock asks the database."""


def counted(scene: Scene, url: str, role: str) -> tuple[int, list[str]]:
    cache.clear()
    client, more = scene.browser(role), {}
    if url.startswith("/api/"):
        client, more = scene.browser("anonymous"), {"HTTP_AUTHORIZATION": f"Bearer {scene.keys[role]}"}
    with CaptureQueriesContext(
        connection,
    ) as seen:
        response = client.get(url, **more)
    assert response.status_code == 200, url
    return len(seen), [one["sql"] for one in seen.captured_queries]


def address(scene: Scene, url: str) -> str:
    near = scene.near
    return url.format(society=near.society.pk, draft=near.draft.code, submitted=near.submitted.code)


@pytest.mark.parametrize(("url", "role", "more"), LISTS, ids=[f"{role} {url}" for url, role, _ in LISTS])
def test_a_longer_list_asks_no_more(scene: Scene, settings: Any, url: str, role: str, more: Maker) -> None:
    settings.KETUAN_DEMO = False
    where = address(scene, url)
    ApiToken.objects.update(used_at=clock.now())
    counted(scene, where, role)
    few, _ = counted(scene, where, role)
    more(scene)
    many, statements = counted(scene, where, role)
    repeated = sorted({s[:90] for s in statements if sum(o[:90] == s[:90] for o in statements) > 8})
    assert (few, many) == (COUNTS.get((url, role)),) * 2, repeated
