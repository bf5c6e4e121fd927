"""To whom a letter goes: the people who act for a body."""

from __future__ import annotations

from django.db.models import QuerySet

from ketuan.records.models import Role, User


def people_of(body: int | None, *roles: str) -> QuerySet[User]:
    """Everybody who holds one of the roles for the body; nobody where there is no body."""
    held = Role.objects.filter(organisation=body, kind__in=roles, state=Role.State.ACTIVE)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def office_people() -> QuerySet[User]:
    """Everybody who works in the programme office."""
    held = Role.objects.filter(kind=Role.Kind.OFFICER, state=Role.State.ACTIVE)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("pk")


def society_people(society: int) -> QuerySet[User]:
    """Makers and checkers."""
    return people_of(society, "editor", "checker")
