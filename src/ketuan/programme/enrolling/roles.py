"""Roles: asked for, approved or refused by the body above, ended, left."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from ketuan.journal import outbox
from ketuan.programme.enrolling import deciding, letters
from ketuan.programme.enrolling.acting import person_of
from ketuan.programme.enrolling.kinds import BY_INVITATION, ROLES, check_separate, warning_of
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Organisation, Role, User


def ask(organisation: Organisation, kinds: Sequence[str], *, who: Who) -> list[Role]:
    """Ask to act for a body; the roles stand ASKED until :func:`approve`. What is held or asked already stays.

    Invalid for a role this body does not have, Refused for one that needs an invitation.
    """
    holding = permit("enrolling.ask", who, organisation)
    if not kinds:
        raise Invalid({"roles": "请至少选择一个角色。"})
    if set(kinds) - set(ROLES[organisation.kind]):
        raise Invalid({"roles": f"{organisation.get_kind_display()}没有这个角色，请重新选择。"})
    if closed := [Role.Kind(k).label for k in kinds if k in BY_INVITATION]:
        raise Refused(f"{'、'.join(closed)}不能自行申请。", "请向系统管理员或项目办索取邀请链接。")
    if organisation.state not in (Organisation.State.ACTIVE, Organisation.State.ASKED):
        raise NotReady(f"{organisation.name}现为“{organisation.get_state_display()}”，不能登记为它的人员。")
    asked = []
    with transaction.atomic():
        for kind in kinds:
            role, new = Role.objects.get_or_create(
                user_id=person_of(who), organisation=organisation, kind=kind, defaults={"asked_at": clock.now()}
            )
            if not new and role.state in (Role.State.REFUSED, Role.State.ENDED):
                role.state, role.asked_at, role.reason = Role.State.ASKED, clock.now(), ""
                role.decided_at = role.decided_by = None
                role.save()
                new = True
            if new:
                asked.append(role)
                says = f"申请角色：{role.get_kind_display()}"
                record(who, holding, "enrolling.ask", role, says, organisation=organisation)
        _tell_deciders(asked)
    return asked


def confirm(user: User) -> None:
    """The mail address is confirmed: now those who approve are told what was asked (before, nobody is bothered)."""
    with transaction.atomic():
        asked = Role.objects.filter(user=user, state=Role.State.ASKED).select_related("organisation", "user")
        _tell_deciders(list(asked))


def approve(role: Role, *, who: Who) -> str:
    """The person may act in this role from now on; a warning to show, or nothing. NotReady where it does not wait."""
    with transaction.atomic():
        role = _locked(role)
        holding = permit("enrolling.approve", who, role)
        _others(role, who)
        if role.state != Role.State.ASKED:
            raise NotReady(f"这个角色现为“{role.get_state_display()}”，不在待批准之列。")
        if role.organisation.state != Organisation.State.ACTIVE:
            raise NotReady(f"{role.organisation.name}还没有批准，请先批准单位。")
        check_separate(role.user, role.kind)
        warning = warning_of(role.user, role.organisation, role.kind)
        _decide(role, Role.State.ACTIVE, "", who)
        says = f"批准角色：{role.get_kind_display()}"
        record(who, holding, "enrolling.approve", role, says, organisation=role.organisation)
        _tell("role_approved", role)
        if holding.role == role.kind == Role.Kind.CHECKER:
            letters.further_checker(
                role.organisation,
                who.name,
                role.user.name,
                "批准",
                key=f"role:{role.pk}:{role.decided_at:%Y%m%d%H%M%S}",
            )
    return warning


def refuse(role: Role, reason: str, *, who: Who) -> None:
    """The person may not act in this role. Invalid without a reason."""
    _reason(reason)
    with transaction.atomic():
        role = _locked(role)
        holding = permit("enrolling.refuse", who, role)
        if role.state != Role.State.ASKED:
            raise NotReady(f"这个角色现为“{role.get_state_display()}”，不在待批准之列。")
        _decide(role, Role.State.REFUSED, reason.strip(), who)
        says = f"不批准角色：{role.get_kind_display()}"
        sealed = {"reason": reason.strip()}
        record(who, holding, "enrolling.refuse", role, says, sealed=sealed, organisation=role.organisation)
        _tell("role_refused", role, reason=reason.strip())


def end_role(role: Role, reason: str, *, who: Who) -> None:
    """The person no longer acts in this role. Invalid without a reason, Refused for the last administrator."""
    _reason(reason)
    with transaction.atomic():
        role = _locked(role)
        holding = permit("enrolling.end_role", who, role)
        _end(role, reason.strip(), who)
        says = f"结束角色：{role.get_kind_display()}"
        sealed = {"reason": reason.strip()}
        record(who, holding, "enrolling.end_role", role, says, sealed=sealed, organisation=role.organisation)
        _tell("role_ended", role, reason=reason.strip())


def leave(organisation_id: int, *, who: Who) -> int:
    """The person leaves a body: all own roles there end. NotFound where none is held or asked for."""
    holding = permit("enrolling.leave", who)
    with transaction.atomic():
        rows = Role.objects.select_for_update(of=("self",), no_key=True).filter(
            user=who.user_id, organisation=organisation_id, state__in=(Role.State.ACTIVE, Role.State.ASKED)
        )
        held = list(rows.select_related("organisation"))
        if not held:
            raise NotFound(str(organisation_id))
        for role in held:
            _end(role, "本人离开", who)
            says = f"本人不再担任：{role.get_kind_display()}"
            record(who, holding, "enrolling.leave", role, says, organisation=role.organisation)
    return len(held)


def _end(role: Role, reason: str, who: Who) -> None:
    if role.state == Role.State.ENDED:
        raise NotReady("这个角色已经结束。")
    last = role.kind == Role.Kind.ADMINISTRATOR and role.state == Role.State.ACTIVE
    if last and Role.objects.filter(kind=role.kind, state=Role.State.ACTIVE).count() == 1:
        raise Refused("这是最后一位系统管理员，不能结束。", "请先邀请另一位系统管理员。")
    _decide(role, Role.State.ENDED, reason, who)


def _locked(role: Role) -> Role:
    rows = Role.objects.select_for_update(of=("self",), no_key=True).select_related("organisation", "user")
    return rows.get(pk=role.pk)


def _others(role: Role, who: Who) -> None:
    if role.user_id == who.user_id:
        raise Refused("不能批准自己的角色。", "请本单位另一位审核人或上级单位批准。")


def _reason(reason: str) -> None:
    if not reason.strip():
        raise Invalid({"reason": "请写明原因，本人会收到。"})


def _decide(role: Role, state: str, reason: str, who: Who) -> None:
    role.state, role.reason, role.decided_at, role.decided_by_id = state, reason, clock.now(), who.user_id
    role.save(update_fields=["state", "reason", "decided_at", "decided_by"])


def _tell(kind: str, role: Role, reason: str = "") -> None:
    outbox.letter(
        kind,
        [role.user],
        key=f"{kind}:{role.pk}:{role.decided_at:%Y%m%d%H%M%S}",
        link=f"/bodies/{role.organisation_id}/" if kind == "role_approved" else "/me/roles/",
        body=role.organisation.name,
        role=role.get_kind_display(),
        reason=reason,
    )


def _tell_deciders(asked: list[Role]) -> None:
    confirmed = set(
        User.objects.filter(pk__in=[r.user_id for r in asked], emailaddress__verified=True).values_list("pk", flat=True)
    )
    for role in asked:
        if role.user_id in confirmed:
            outbox.letter(
                "role_asked",
                [u for u in deciding.deciders_of(role.organisation, role.kind) if u.pk != role.user_id],
                key=f"role_asked:{role.pk}:{role.asked_at:%Y%m%d%H%M%S}",
                link="/bodies/asked/",
                person=role.user.name,
                body=role.organisation.name,
                role=role.get_kind_display(),
            )
