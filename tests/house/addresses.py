"""Every address of the platform, and what stands in its place-holders: a thing of the own side, and a stranger's."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from tests.house.scene import Scene, Side

Given = Callable[[Scene, Side, str], dict[str, Any]]
"""Scene, side, person → the arguments of an address."""

_HOLDER = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True, slots=True)
class Address:
    route: str
    """As in the urls, converters left out: ``applications/<code>/save/``."""
    view: Any

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(_HOLDER.findall(self.route))

    def filled(self, values: dict[str, Any]) -> str:
        return "/" + _HOLDER.sub(lambda found: str(values[found[1]]), self.route)


def addresses() -> list[Address]:
    """All of them, in the order of the urls; those of the account library (allauth) are not ours."""
    return [one for one in _all(get_resolver(), "") if not one.route.startswith("account/")]


def foreign() -> list[Address]:
    """Addresses of the account library."""
    return [one for one in _all(get_resolver(), "") if one.route.startswith("account/")]


def _all(resolver: URLResolver, before: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield Address(_HOLDER.sub(r"<\1>", route), pattern.callback)
        else:
            yield from _all(pattern, route)


def _draft(scene: Scene, side: Side, role: str) -> dict[str, Any]:
    return {"code": side.draft.code}


def _own(kind: str) -> Given:
    """Letters and keys: one's own, and those of somebody else."""

    def of(scene: Scene, side: Side, role: str) -> dict[str, Any]:
        near, _ = scene.sides(role)
        holders = getattr(scene, kind)
        other = "editor" if role != "editor" else "checker"
        name = role if side is near and role in holders else other
        return {"pk": holders[name].pk}

    return of


ARGUMENTS: tuple[tuple[str, Given], ...] = (
    (r"calls/<code>", lambda scene, side, role: {"code": "2024" if side is scene.sides(role)[0] else "2025", "number": 1}),
    (r"office/calls/<code>", lambda scene, side, role: {
        "code": "2025" if side is scene.sides(role)[0] else "2024", "name": "project"}),
    (r"bodies/asked/<pk>", lambda scene, side, role: {"pk": side.asked_role.pk}),
    (r"bodies/<pk>/(approve|refuse)/", lambda scene, side, role: {"pk": side.asked_body.pk}),
    (r"bodies/<pk>", lambda scene, side, role: {
        "pk": side.society.pk, "invitation": side.invitation.pk, "role": side.role.pk}),
    (r"invited/corps/<token>", lambda scene, side, role: {"token": side.corps_token}),
    (r"invited/<token>", lambda scene, side, role: {"token": side.invitation_token}),
    (r"experts/<pk>/merge/<other>", lambda scene, side, role: {
        "pk": side.expert.pk, "other": scene.world.people["leader"].expert.pk}),
    (r"experts/<pk>", lambda scene, side, role: {"pk": side.expert.pk}),
    (r"applications/<code>/late/<pk>", lambda scene, side, role: {
        "code": side.submitted.code, "pk": side.late_permit.pk}),
    (r"applications/<code>/(late|label)", lambda scene, side, role: {"code": side.submitted.code}),
    (r"applications/<code>/corps/<pk>", lambda scene, side, role: {"code": side.draft.code, "pk": side.member.pk}),
    (r"applications/<code>/consent/<pk>", lambda scene, side, role: {"code": side.draft.code, "pk": side.asked.pk}),
    (r"applications/<code>.*<(number|slug)>", lambda scene, side, role: {
        "code": side.draft.code, "number": 1, "slug": "cover"}),
    (r"applications/<code>", _draft),
    (r"papers/<pk>", lambda scene, side, role: {"pk": side.paper.pk, "number": 1}),
    (r"recommending/<pk>/letter", lambda scene, side, role: {"pk": side.consented.pk}),
    (r"recommending/<pk>/revoke", lambda scene, side, role: {"pk": side.revocable.pk}),
    (r"recommending/<pk>", lambda scene, side, role: {"pk": side.asked.pk}),
    (r"(receipts|verify)/<number>", lambda scene, side, role: {"number": side.submission.number}),
    (r"receiving/mail/<pk>", lambda scene, side, role: {"pk": side.mail.pk, "number": 1}),
    (r"receiving/(paper|of)/<code>", lambda scene, side, role: {"code": side.submitted.code, "pk": side.dispatch.pk}),
    (r"me/letters/<pk>", _own("letters")),
    (r"me/tokens/<pk>", _own("tokens")),
    (r"me/roles/<pk>", lambda scene, side, role: {"pk": side.society.pk}),
    (r"help/<name>", lambda scene, side, role: {"name": "society"}),
    (r"journal/<seq>", lambda scene, side, role: {"seq": 1}),
    (r"demo/in/<token>", lambda scene, side, role: {"token": scene.link}),
    (r"api/calls/<code>", lambda scene, side, role: {"code": "2024" if side is scene.sides(role)[0] else "2025"}),
    (r"api/organisations/<pk>", lambda scene, side, role: {"pk": side.society.pk}),
    (r"api/applications/<code>", _draft),
    (r"api/receipts/<number>", lambda scene, side, role: {"number": side.submission.number}),
)  # fmt: skip
"""Route (from its beginning) → arguments; the first that fits."""


def given(address: Address) -> Given:
    """KeyError with a sentence for an address nobody has said what to put in."""
    for route, values in ARGUMENTS:
        if re.match(route, address.route):
            return values
    raise KeyError(f"{address.route}: say in tests/house/addresses.py ARGUMENTS what stands in {address.names}")


STRANGERS = frozenset({"anonymous", "nobody", "administrator", "auditor", "screener"})
"""People to whom the one society is as strange as the other: for them one of the two is tried."""
OF_A_SOCIETY = (
    "applications/", "bodies/", "experts/", "papers/", "recommending/", "receipts/", "receiving/", "verify/", "invited/",
    "api/applications", "api/organisations", "api/receipts",
)  # fmt: skip


def both(scene: Scene, address: Address, role: str) -> tuple[str, ...]:
    """The address of the own thing and of the stranger's; one where it names no thing, or both are strangers'."""
    if not address.names:
        return ("/" + address.route,)
    values = given(address)
    alike = role in STRANGERS and address.route.startswith(OF_A_SOCIETY)
    return tuple(address.filled(values(scene, side, role)) for side in scene.sides(role)[: 1 if alike else 2])
