"""Who decides about a body or a role: the body above it. One query says it for the desk and for the permits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from ketuan.programme.enrolling.kinds import BY_INVITATION, LOCAL, SEPARATE
from ketuan.programme.who import Holding, Who
from ketuan.records.models import Organisation, Role, User

ENDERS = frozenset({"officer", "administrator", "provincial", "municipal", "owner", "checker"})
"""Roles by which one may end another person's role, as the permits say."""
_SOCIETY_ROLES = (Role.Kind.EDITOR, Role.Kind.CHECKER)


def _people(**of: object) -> Exists:
    return Exists(Role.objects.filter(state=Role.State.ACTIVE, organisation__state="active", **of))


def _nobody_above(prefix: str) -> Q:
    return ~Q(
        _people(
            organisation=OuterRef(f"{prefix}parent"),
            kind__in=(Role.Kind.MUNICIPAL, Role.Kind.OWNER, Role.Kind.PROVINCIAL),
        )
    )


def _nobody_in_province(prefix: str) -> Q:
    province = Concat(Substr(OuterRef(f"{prefix}division"), 1, 2), Value("0000"))
    return ~Q(_people(kind=Role.Kind.PROVINCIAL, organisation__kind="province", organisation__division=province))


def _bodies_of(holding: Holding, prefix: str) -> Q | None:
    """Bodies (or, by ``prefix``, things of bodies) the holder of this role decides about; None for none."""
    local = Q(**{f"{prefix}kind__in": LOCAL})
    below = local & Q(**{f"{prefix}parent": holding.organisation_id})
    match holding.role:
        case "platform":
            return Q()
        case "officer":
            return ~local | (_nobody_above(prefix) & _nobody_in_province(prefix))
        case "municipal":
            return below
        case "owner" if holding.organisation_kind == "park":
            return below
        case "provincial":
            inside = local & Q(**{f"{prefix}division__startswith": holding.division[:2] or "-"})
            return below | (inside & _nobody_above(prefix))
    return None


def _any(parts: list[Q | None]) -> Q:
    found = Q(pk__in=())
    for part in parts:
        if part is not None:
            if not part:
                return part
            found |= part
    return found


def _bodies(holdings: tuple[Holding, ...]) -> Q:
    return _any([_bodies_of(h, "") for h in holdings])


def _roles(holdings: tuple[Holding, ...]) -> Q:
    lines = [_bodies_of(h, "organisation__") for h in holdings]
    lines += [Q(organisation=h.organisation_id, kind__in=_SOCIETY_ROLES) for h in holdings if h.role == "checker"]
    return _any(lines) & ~Q(kind__in=BY_INVITATION)


def decides_body(holding: Holding, organisation: Organisation) -> bool:
    return Organisation.objects.filter(_bodies((holding,)), pk=organisation.pk).exists()


def decides_role(holding: Holding, role: Role) -> bool:
    return Role.objects.filter(_roles((holding,)), pk=role.pk).exists()


def ends_role(holding: Holding, role: Role, decides: Callable[[], bool]) -> bool:
    """The administrator ends the three separated roles, a checker those of the society, who decides all others."""
    apart = role.kind in SEPARATE
    match holding.role:
        case "administrator":
            return apart
        case "checker":
            return role.organisation_id == holding.organisation_id
        case "officer":
            return not apart
    return not apart and decides()


def in_hand(people: list[Role], *, who: Who) -> tuple[frozenset[int], frozenset[int]]:
    """Of the roles of a body: which wait for this person, which this person may end; one query for all."""
    reach = set(Role.objects.filter(_roles(who.holdings), pk__in=[r.pk for r in people]).values_list("pk", flat=True))
    waiting = {r.pk for r in people if r.state == Role.State.ASKED and r.pk in reach and r.user_id != who.user_id}
    enders = [h for h in who.holdings if h.role in ENDERS]
    ended = {
        r.pk
        for r in people
        if r.state == Role.State.ACTIVE and any(ends_role(h, r, lambda r=r: r.pk in reach) for h in enders)  # type: ignore[misc]
    }
    return frozenset(waiting), frozenset(ended)


def asked_bodies(*, who: Who) -> QuerySet[Organisation]:
    """Bodies that wait for this person's approval; those whose founder has confirmed the mail address."""
    waiting = Organisation.objects.filter(_bodies(who.holdings), state=Organisation.State.ASKED)
    confirmed = Role.objects.filter(
        organisation=OuterRef("pk"), state=Role.State.ASKED, user__emailaddress__verified=True
    )
    return waiting.filter(Exists(confirmed)).select_related("parent").order_by("created_at", "pk")


def asked_roles(*, who: Who) -> QuerySet[Role]:
    """Roles that wait for this person's approval, in bodies that are approved themselves; not the person's own."""
    waiting = Role.objects.filter(
        _roles(who.holdings), state=Role.State.ASKED, organisation__state=Organisation.State.ACTIVE
    )
    confirmed = waiting.filter(user__emailaddress__verified=True).exclude(user=who.user_id)
    return confirmed.select_related("user", "organisation__parent").distinct().order_by("asked_at", "pk")


def deciders_of(organisation: Organisation, kind: str = "") -> list[User]:
    """The people who may approve this body, or this kind of role in it."""
    candidates = Role.objects.filter(
        state=Role.State.ACTIVE, kind__in=("officer", "municipal", "owner", "provincial", "checker")
    ).filter(
        Q(kind="officer")
        | Q(kind="provincial", organisation__division__startswith=organisation.division[:2] or "-")
        | Q(organisation=organisation.parent_id)
        | Q(organisation=organisation, kind="checker")
    )
    found: dict[int, User] = {}
    for role in candidates.select_related("organisation", "user").order_by("pk"):
        body = role.organisation
        holding = Holding(role.kind, body.pk, body.kind, body.name, body.division)
        own = role.kind == "checker" and body.pk == organisation.pk and kind in _SOCIETY_ROLES
        if own or (role.kind != "checker" and decides_body(holding, organisation)):
            found[role.user_id] = role.user
    return list(found.values())


def claimed_of(organisations: list[Organisation]) -> Mapping[int, list[Role]]:
    """The roles asked for in bodies that wait, by body: one query."""
    rows = Role.objects.filter(organisation__in=organisations, state=Role.State.ASKED).select_related("user")
    claims: dict[int, list[Role]] = {o.pk: [] for o in organisations}
    for role in rows.filter(user__emailaddress__verified=True).distinct().order_by("pk"):
        claims[role.organisation_id].append(role)
    return claims
