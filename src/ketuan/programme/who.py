"""The acting person, as the permits know them: who, and in which roles for which bodies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ketuan.records.models import CorpsMember, Role, User

CORPS = {"leader": "团长", "chief": "首席专家", "member": "团员"}
"""Roles that follow from the roster of an application."""
LABELS = {**dict(Role.Kind.choices), **CORPS, "public": "公众", "platform": "平台", "person": "本人"}


@dataclass(frozen=True, slots=True)
class Holding:
    """One role for one body (or, for the corps, for one application)."""

    role: str
    organisation_id: int | None = None
    organisation_kind: str = ""
    organisation: str = ""
    division: str = ""
    application_id: int | None = None

    @property
    def label(self) -> str:
        return LABELS[self.role]

    def __str__(self) -> str:
        return f"{self.label} · {self.organisation}" if self.organisation else self.label


PUBLIC = Holding("public")
PERSON = Holding("person")


@dataclass(frozen=True, slots=True)
class Who:
    """``user_id`` None is the public, unless it acts as the platform itself."""

    user_id: int | None
    name: str
    holdings: tuple[Holding, ...]

    @property
    def signed_in(self) -> bool:
        return self.user_id is not None

    @property
    def person(self) -> int:
        """Id of the signed-in person; LookupError for the public and the platform, whom no verb of a person admits."""
        if self.user_id is None:
            raise LookupError("nobody is signed in")
        return self.user_id

    def roles(self) -> frozenset[str]:
        return frozenset(h.role for h in self.holdings)

    def bodies(self, *roles: str) -> tuple[int, ...]:
        """Ids of the bodies for which one of the roles is held."""
        return tuple(h.organisation_id for h in self.holdings if h.role in roles and h.organisation_id is not None)


ANYBODY = Who(None, "", (PUBLIC,))
PLATFORM = Who(None, "平台", (Holding("platform"),))
"""Jobs, letters that came in, commands of the operator."""


def who_is(user: Any) -> Who:
    """The person behind a signed-in user (two queries); ANYBODY for no one."""
    if not isinstance(user, User) or not user.is_active:
        return ANYBODY
    roles = Role.objects.filter(user=user, state=Role.State.ACTIVE, organisation__state="active")
    held = [
        Holding(r.kind, r.organisation_id, r.organisation.kind, r.organisation.name, r.organisation.division)
        for r in roles.select_related("organisation")
    ]
    corps = CorpsMember.objects.filter(expert__user=user, consent=CorpsMember.Consent.GIVEN)
    held += [
        Holding(m.place, m.application.society_id, "society", m.application.society.name, "", m.application_id)
        for m in corps.select_related("application__society")
    ]
    return Who(user.pk, user.name, (*held, PERSON, PUBLIC))


def person_of_address(email: str) -> Who:
    """The person who signs in with this address, for commands of the operator; ANYBODY for none."""
    return who_is(User.objects.filter(email=email.strip().lower()).first())
