"""The demo year: everything that exists in it, made from one seed, the same every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from random import Random
from typing import Protocol, TypeVar

from ketuan.programme.demo.corps import corps_of_year
from ketuan.programme.demo.desk import Desk
from ketuan.programme.demo.enterprises import enterprises, parks_and_bases
from ketuan.programme.demo.people import People, as_contact, experts
from ketuan.programme.demo.rosters import Pool
from ketuan.programme.demo.societies import OFFICE, associations, office, outside, societies
from ketuan.programme.demo.tables import rows
from ketuan.programme.demo.timeline import PATHS, steps
from ketuan.programme.demo.values import (
    Consent,
    Contact,
    Corps,
    DemoProblem,
    Expert,
    Liaison,
    Organisation,
    Staff,
)
from ketuan.rules.call import load

CALL = "2024"
_ROLE_OF = {
    "consented": "provincial_officer",
    "consent_returned": "provincial_officer",
    "consent_refused": "provincial_officer",
    "submitted": "society_checker",
    "returned_by_checker": "society_checker",
    "withdrawn": "society_checker",
    "permitted_late": "programme_officer",
    "came_by_mail": "programme_officer",
}
"""Who does a step; the rest is the editor's."""
_OUTCOMES = {"consent_asked": "waiting", "consent_returned": "returned", "consent_refused": "refused"}


@dataclass(frozen=True)
class DemoYear:
    """All of it. Keys are unique in their kind and the same for the same seed."""

    seed: int
    call: str
    organisations: tuple[Organisation, ...]
    staff: tuple[Staff, ...]
    experts: tuple[Expert, ...]
    problems: tuple[DemoProblem, ...]
    corps: tuple[Corps, ...]

    def organisation(self, key: str) -> Organisation:
        """KeyError for a key that is not there; so do the others that take a key."""
        return _by_key(self.organisations, key)

    def expert(self, key: str) -> Expert:
        return _by_key(self.experts, key)

    def problem(self, key: str) -> DemoProblem:
        return _by_key(self.problems, key)

    def one(self, key: str) -> Corps:
        return _by_key(self.corps, key)

    def of_kind(self, kind: str) -> tuple[Organisation, ...]:
        return tuple(one for one in self.organisations if one.kind == kind)

    def staff_of(self, organisation: str, role: str | None = None) -> tuple[Staff, ...]:
        return tuple(s for s in self.staff if s.organisation == organisation and (role is None or role in s.roles))

    def corps_of(self, society: str) -> tuple[Corps, ...]:
        return tuple(one for one in self.corps if one.society == society)

    def in_state(self, state: str) -> tuple[Corps, ...]:
        return tuple(one for one in self.corps if one.state == state)


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


_Kind = TypeVar("_Kind", bound=_Keyed)


def _by_key(some: tuple[_Kind, ...], key: str) -> _Kind:
    found = next((one for one in some if one.key == key), None)
    if found is None:
        raise KeyError(key)
    return found


@cache
def demo_year(seed: int = 2024) -> DemoYear:
    """The year of a seed. Pure: reads the tables of this package and the call, nothing else."""
    rng = Random(seed)
    people = People(rng)
    bodies = [office(people), *societies(people), *associations(people), *outside(people)]
    bodies += [*enterprises(people), *parks_and_bases(people)]
    register = experts(people)
    by_home: dict[str, list[Staff]] = defaultdict(list)
    for one in people.staff:
        by_home[one.organisation].append(one)
    word = {row["word"]: body for row, body in zip(rows("societies"), bodies[1:], strict=False)}
    desk = Desk(load(CALL), rng, Pool(register, rng), word, by_home)
    places = {body.key: body for body in bodies}
    corps = tuple(_told(one, by_home, places, rng) for one in corps_of_year(desk))
    return DemoYear(seed, CALL, tuple(bodies), tuple(people.staff), register, tuple(desk.problems), corps)


def _told(one: Corps, staff: dict[str, list[Staff]], places: dict[str, Organisation], rng: Random) -> Corps:
    """The corps with its timeline, consents and liaison group."""
    told = steps(one.state, _doer(one, staff), one.reason, rng)
    return replace(
        one, steps=told, consents=_consents(one), liaison=_liaison(one, staff, places) if one.problems else None
    )


def _doer(one: Corps, staff: dict[str, list[Staff]]) -> Callable[[str], str]:
    def who(what: str) -> str:
        role = _ROLE_OF.get(what, "society_editor")
        home = {"provincial_officer": next(iter(one.provinces), ""), "programme_officer": OFFICE}
        return next(s.key for s in staff[home.get(role, one.society)] if role in s.roles)

    return who


def _consents(one: Corps) -> tuple[Consent, ...]:
    """What each province said: the last word of the path, the same for all but where one still waits."""
    path = PATHS[one.state]
    if one.state == "came_by_mail":
        path = ("consented",)
    if "consent_asked" not in path and "consented" not in path:
        return ()
    said = "consented" if "consented" in path else _OUTCOMES[path[-1]]
    return tuple(
        Consent(
            province,
            said if at == 0 or said == "consented" else "waiting",
            f"TJ2024-{province[-2:]}-{one.key[-2:]}" if said == "consented" else "",
            one.reason if at == 0 and said in ("returned", "refused") else "",
        )
        for at, province in enumerate(one.provinces)
    )


def _liaison(one: Corps, staff: dict[str, list[Staff]], places: dict[str, Organisation]) -> Liaison:
    province = places[one.provinces[0]]
    city = places.get(f"city-{one.cities[0]}")
    return Liaison(
        head=province.head,
        society=as_contact(staff[one.society][0]),
        province=province.contact,
        city=_city_officer(city) or province.contact,
    )


def _city_officer(city: Organisation | None) -> Contact | None:
    return city.contact if city else None
