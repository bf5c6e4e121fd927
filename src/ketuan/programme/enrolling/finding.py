"""Which bodies, roles and histories a person sees."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from ketuan.forms.identity import folded
from ketuan.programme.errors import NotFound
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records.models import Application, Entry, Invitation, Organisation, Role

CHOICES = 20
"""Most bodies a search at registration shows."""


def find(pk: int, *, who: Who) -> Organisation:
    """The body, if this person sees it; NotFound otherwise."""
    found = listing(who=who).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def listing(*, who: Who, q: str = "", kind: str = "", state: str = "") -> QuerySet[Organisation]:
    """Bodies this person sees, by kind, registry code and name, with the number of active people."""
    rows = Organisation.objects.filter(seen("organisation", who)).select_related("parent", "supplier")
    if q.strip():
        rows = rows.filter(_named(q))
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    active = Count("roles", filter=Q(roles__state=Role.State.ACTIVE), distinct=True)
    return rows.annotate(people=active).order_by("kind", "code", "name_key", "pk")


def choices(q: str, *, kind: str = "") -> list[Organisation]:
    """Approved bodies one may register for, by name, short name or registry code; for everybody, name and kind only."""
    rows = Organisation.objects.filter(state=Organisation.State.ACTIVE).exclude(kind=Organisation.Kind.OFFICE)
    if kind:
        rows = rows.filter(kind=kind)
    if q.strip():
        rows = rows.filter(_named(q))
    return list(rows.order_by("kind", "code", "name_key", "pk")[:CHOICES])


def choice(pk: int) -> Organisation:
    """An approved body one may register for; NotFound otherwise."""
    rows = Organisation.objects.filter(state=Organisation.State.ACTIVE).exclude(kind=Organisation.Kind.OFFICE)
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def parks() -> list[Organisation]:
    """Approved parks, above which an enterprise may stand."""
    return list(Organisation.objects.filter(kind="park", state="active").order_by("division", "name_key"))


def find_role(pk: int, *, who: Who) -> Role:
    """The role, if this person sees it; NotFound otherwise."""
    found = roles(who=who).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def roles(*, who: Who) -> QuerySet[Role]:
    rows = Role.objects.filter(seen("role", who)).distinct()
    return rows.select_related("user", "organisation__parent", "decided_by")


def people_of(organisation: Organisation, *, who: Who) -> list[Role]:
    """Who acts, asked to act or acted for a body, as far as this person sees it."""
    return list(roles(who=who).filter(organisation=organisation).order_by("state", "kind", "pk"))


def own_roles(*, who: Who) -> list[Role]:
    rows = Role.objects.filter(user=who.user_id).select_related("organisation", "decided_by")
    return list(rows.order_by("state", "pk"))


def invitations_of(organisation: Organisation) -> list[Invitation]:
    """Links given out for roles in this body, newest first. The caller asks ``enrolling.invite`` first."""
    rows = Invitation.objects.filter(organisation=organisation).exclude(role="")
    return list(rows.select_related("made_by", "used_by")[:50])


def history_of(organisation: Organisation, *, most: int = 30) -> list[Entry]:
    """What happened to the body itself and its people, newest first."""
    rows = Entry.objects.filter(organisation=organisation, application=None).select_related("actor")
    return list(rows.order_by("-seq")[:most])


@dataclass(frozen=True, slots=True)
class Counted:
    """Applications of a society as far as the person sees them."""

    all: int
    submitted: int


def applications_of(organisation: Organisation, *, who: Who) -> Counted | None:
    """None where applications are no concern of the body."""
    if organisation.kind != Organisation.Kind.SOCIETY:
        return None
    rows = Application.objects.filter(seen("application", who), society=organisation)
    got = rows.aggregate(
        all=Count("pk", distinct=True),
        submitted=Count("pk", filter=Q(state=Application.State.SUBMITTED), distinct=True),
    )
    return Counted(got["all"], got["submitted"])


def _named(q: str) -> Q:
    words = q.strip()
    return Q(name_key__contains=folded(words)) | Q(short_name__icontains=words) | Q(code__iexact=words)
