"""Invitations by link: for one role in one body, for one use, for fourteen days; only the link's hash is kept."""

from __future__ import annotations

import datetime
import hashlib
import secrets
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ketuan.programme.enrolling import letters
from ketuan.programme.enrolling.acting import person_of
from ketuan.programme.enrolling.kinds import ROLES, check_separate, warning_of
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Holding, Who, who_is
from ketuan.records import clock
from ketuan.records.models import Invitation, Organisation, Role, User

LASTS = datetime.timedelta(days=14)
_OFFICERS = frozenset({"editor", "checker", "provincial", "municipal", "owner", "screener", "supervisor"})
MAY_INVITE: dict[str, frozenset[str]] = {
    "administrator": frozenset({"officer", "auditor", "administrator"}),
    "officer": _OFFICERS | {"reviewer", "chair"},
    "provincial": frozenset({"municipal", "owner"}),
    "municipal": frozenset({"owner"}),
    "checker": frozenset({"editor", "checker"}),
    "owner": frozenset({"owner"}),
}
"""Role held → roles that may be given out by link."""


@dataclass(frozen=True, slots=True)
class Place:
    """A role in a body, to be given out."""

    organisation: Organisation
    role: str


@dataclass(frozen=True, slots=True)
class Invited:
    """``token`` is known now and never again."""

    invitation: Invitation
    token: str
    mailed: bool

    @property
    def path(self) -> str:
        return f"/invited/{self.token}/"


def invites(holding: Holding, place: Place) -> bool:
    """Whether the holder of this role may give out the place."""
    if place.role not in MAY_INVITE.get(holding.role, ()):
        return False
    body = place.organisation
    own = holding.organisation_id == body.pk
    match holding.role:
        case "checker" | "owner":
            return own
        case "municipal":
            return body.parent_id == holding.organisation_id
        case "provincial":
            return body.parent_id == holding.organisation_id or body.division[:2] == (holding.division[:2] or "-")
    return True


def invitable(organisation: Organisation, *, who: Who) -> list[tuple[str, str]]:
    """Roles this person may give out in a body, with their words."""
    return [
        (kind, Role.Kind(kind).label)
        for kind in ROLES[organisation.kind]
        if any(invites(h, Place(organisation, kind)) for h in who.holdings)
    ]


def invite(organisation: Organisation, role: str, *, who: Who, email: str = "", name: str = "") -> Invited:
    """A link for one role, once. With ``email`` it is sent there too, and only that address may take it.

    Invalid for an address that is none or a role the body does not have; Refused by 三员分立.
    """
    address = email.strip().lower()
    errors = {}
    if address:
        try:
            validate_email(address)
        except ValidationError:
            errors["email"] = "邮箱地址写得不对，请核对，例如 name@example.org。"
    if role not in ROLES[organisation.kind]:
        errors["role"] = "请选择一个角色。"
    if errors:
        raise Invalid(errors)
    holding = permit("enrolling.invite", who, Place(organisation, role))
    if organisation.state != Organisation.State.ACTIVE:
        raise NotReady(f"{organisation.name}还没有批准，请先批准单位。")
    token = secrets.token_urlsafe(24)
    now = clock.now()
    with transaction.atomic():
        check_separate(User.objects.filter(email=address).first() if address else None, role)
        made = Invitation.objects.create(
            token_hash=hash_of(token),
            email=address,
            name=name.strip(),
            organisation=organisation,
            role=role,
            made_by_id=person_of(who),
            made_at=now,
            expires_at=now + LASTS,
        )
        says = f"邀请担任：{made.get_role_display()}"
        sealed = {"email": address, "name": name.strip()}
        record(who, holding, "enrolling.invite", made, says, sealed=sealed, organisation=organisation)
        if holding.role == role == Role.Kind.CHECKER:
            letters.further_checker(organisation, who.name, made.name, "邀请", key=f"invitation:{made.pk}")
    return Invited(made, token, letters.invitation(made, token))


def withdraw_invitation(organisation: Organisation, pk: int, *, who: Who) -> None:
    """The link no longer opens. NotFound for one of another body, NotReady for one already used or withdrawn."""
    with transaction.atomic():
        rows = Invitation.objects.select_for_update(of=("self",), no_key=True).select_related("organisation")
        made = rows.filter(pk=pk, organisation=organisation).exclude(role="").first()
        if made is None:
            raise NotFound(str(pk))
        holding = permit("enrolling.withdraw_invitation", who, Place(organisation, made.role))
        if made.used_at or made.withdrawn_at:
            raise NotReady("这个邀请已经用过或作废。")
        made.withdrawn_at = clock.now()
        made.save(update_fields=["withdrawn_at"])
        says = f"作废邀请：{made.get_role_display()}"
        record(who, holding, "enrolling.withdraw_invitation", made, says, organisation=organisation)


def invitation_of(token: str) -> Invitation:
    """The invitation that a link opens. NotFound for a wrong, used, withdrawn or expired one: all look alike.

    It holds only while its maker may still invite: whoever left a body leaves no open door behind.
    """
    rows = Invitation.objects.filter(
        token_hash=hash_of(token), used_at=None, withdrawn_at=None, expires_at__gt=clock.now()
    )
    found = rows.exclude(role="").select_related("organisation", "made_by").first()
    if found is None or found.organisation is None:
        raise NotFound("invitation")
    place = Place(found.organisation, found.role)
    if not any(invites(holding, place) for holding in who_is(found.made_by).holdings):
        raise NotFound("invitation")
    return found


def accept_invitation(token: str, *, who: Who) -> tuple[Role, str]:
    """Take the role the link gives; it is active at once. Returns the role and a warning to show, or nothing.

    NotFound for a link that does not open, Refused for another person's or by 三员分立.
    """
    holding = permit("enrolling.accept_invitation", who)
    with transaction.atomic():
        made = invitation_of(token)
        made = (
            Invitation.objects.select_for_update(of=("self",), no_key=True)
            .select_related("organisation")
            .get(pk=made.pk)
        )
        user = User.objects.get(pk=person_of(who))
        organisation = made.organisation
        if made.used_at is not None or made.withdrawn_at is not None or organisation is None:
            raise NotFound("invitation")
        if made.made_by_id == user.pk:
            raise Refused("不能接受自己发出的邀请。", "请把链接交给要担任这个角色的人。")
        if (
            made.email
            and not User.objects.filter(
                pk=user.pk, emailaddress__email__iexact=made.email, emailaddress__verified=True
            ).exists()
        ):
            raise Refused(
                "这个邀请是发给另一个邮箱的。",
                "请用收到邀请的邮箱登录，或在“我的账号”里添加并确认那个邮箱；也可以请邀请人重新邀请。",
            )
        check_separate(user, made.role)
        now = clock.now()
        warning = warning_of(user, organisation, made.role)
        role, _new = Role.objects.update_or_create(
            user=user,
            organisation=organisation,
            kind=made.role,
            defaults={"state": Role.State.ACTIVE, "reason": "", "decided_at": now, "decided_by_id": made.made_by_id},
            create_defaults={
                "state": Role.State.ACTIVE, "asked_at": now, "decided_at": now, "decided_by_id": made.made_by_id,
            },
        )  # fmt: skip
        made.used_at, made.used_by = now, user
        made.save(update_fields=["used_at", "used_by"])
        says = f"接受邀请：{role.get_kind_display()}"
        record(who, holding, "enrolling.accept_invitation", role, says, organisation=organisation)
    return role, warning


def hash_of(token: str) -> str:
    """What is kept of a link or a key for programs. It has 192 bits by chance, so that no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
