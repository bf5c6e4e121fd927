"""Bodies: naming a new one, approving or refusing it, correcting what is known of it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from ketuan.forms.identity import folded
from ketuan.forms.regions import divisions
from ketuan.journal import outbox
from ketuan.programme.enrolling import names
from ketuan.programme.enrolling.kinds import LOCAL, NEW, UNMISTAKABLE, WITH_DIVISION, WITH_USCC, Body
from ketuan.programme.errors import Invalid, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.unique import unique
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Organisation, Role

EDITABLE = ("short_name", "uscc", "address", "phone")
"""What a body's own people keep right; name, kind and division are the office's."""
OFFICE_EDITS = ("name", "division", *EDITABLE)
_WORDS = {
    "name": "名称", "short_name": "简称", "uscc": "统一社会信用代码", "division": "所在地", "address": "地址", "phone": "电话",
}  # fmt: skip


def checked(kind: str, values: Mapping[str, str], *, but: int | None = None) -> dict[str, str]:
    """The values of a body, cleaned. Invalid with a sentence for each field that cannot be taken."""
    clean = {name: value.strip() for name, value in values.items()}
    errors: dict[str, str] = {}
    if "name" in clean:
        clean["name"] = names.visible(clean["name"])
        clean["name_key"] = folded(clean["name"])
        others = Organisation.objects.filter(kind__in={kind, *UNMISTAKABLE}).exclude(pk=but or 0)
        if len(clean["name_key"]) < 4:
            errors["name"] = "请填写单位全称，与公章一致。"
        elif same := others.filter(name_key=clean["name_key"]).first():
            errors["name"] = {
                Organisation.State.ASKED: f"{same.name}已有人登记，正在等待批准。批准后即可在名录中选择它。",
                Organisation.State.ACTIVE: f"名录中已有{same.name}。请返回上一步，直接选择它。",
            }.get(
                Organisation.State(same.state), f"{same.name}曾登记过，现为“{same.get_state_display()}”。请联系项目办。"
            )
    if clean.get("uscc"):
        clean["uscc"], wrong = names.uscc_of(clean["uscc"])
        if wrong:
            errors["uscc"] = wrong
    elif "uscc" in clean and kind in WITH_USCC:
        errors["uscc"] = "请填写统一社会信用代码，共 18 位。"
    if "division" in clean and kind in WITH_DIVISION:
        unit = divisions().get(clean["division"])
        if unit is None:
            errors["division"] = "请选择单位所在的省和市。"
        elif kind == Body.CITY and unit.is_province:
            errors["division"] = "市级科协请选到所在的市。"
    if errors:
        raise Invalid(errors)
    return clean


def above_of(kind: str, division: str, park: Organisation | None = None) -> Organisation | None:
    """The body that approves one of this kind: its park, its city, its province, or the office."""
    if kind in LOCAL and park is not None and park.division[:2] == division[:2]:
        return park
    bodies = Organisation.objects.filter(state=Organisation.State.ACTIVE)
    if kind in LOCAL and division:
        with_people = bodies.filter(roles__state=Role.State.ACTIVE)
        for level, code in (
            (Body.CITY, division),
            (Body.CITY, division[:4] + "00"),
            (Body.PROVINCE, division[:2] + "0000"),
        ):
            if found := with_people.filter(kind=level, division=code).order_by("pk").first():
                return found
    return bodies.filter(kind=Body.OFFICE).order_by("pk").first()


def propose(
    kind: str, name: str, *, who: Who, uscc: str = "", division: str = "", park: Organisation | None = None
) -> Organisation:
    """A body that is not in the registry, waiting for approval. Invalid with a sentence by field."""
    holding = permit("enrolling.propose", who)
    if kind not in NEW:
        raise Invalid({"kind": "这类单位由项目办维护，请在名录中选择；没有时请联系项目办。"})
    clean = checked(kind, {"name": name, "uscc": uscc, "division": division})
    with transaction.atomic():
        with unique(name=f"{clean['name']}刚刚已有人登记，正在等待批准。批准后即可在名录中选择它。"):
            body = Organisation.objects.create(
                kind=kind,
                **clean,
                parent=above_of(kind, clean["division"], park),
                state=Organisation.State.ASKED,
                created_at=clock.now(),
            )
        says = f"登记新单位：{body.name}（{body.get_kind_display()}）"
        record(who, holding, "enrolling.propose", body, says, organisation=body)
    return body


def approve_body(organisation: Organisation, *, who: Who) -> Organisation:
    """The body is real; whoever registered it gets the roles asked for. NotReady where it does not wait."""
    with transaction.atomic():
        body = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        holding = permit("enrolling.approve_body", who, body)
        if who.user_id is not None and body.roles.filter(user=who.user_id, state=Role.State.ASKED).exists():
            raise Refused("不能批准自己登记的单位。", "请本单位另一位工作人员或上级单位批准。")
        _waits(body)
        body.state, body.reason = Organisation.State.ACTIVE, ""
        body.save(update_fields=["state", "reason"])
        record(who, holding, "enrolling.approve_body", body, f"批准单位：{body.name}", organisation=body)
        founders = list(body.roles.filter(state=Role.State.ASKED, user__emailaddress__verified=True).distinct())
        for role in founders:
            role.state, role.decided_at, role.decided_by_id = Role.State.ACTIVE, clock.now(), who.user_id
            role.save(update_fields=["state", "decided_at", "decided_by"])
            says = f"随单位批准角色：{role.get_kind_display()}"
            record(who, holding, "enrolling.approve_body", role, says, organisation=body)
        _tell("body_approved", body, founders)
    return body


def refuse_body(organisation: Organisation, reason: str, *, who: Who) -> Organisation:
    """The body is not taken, and with it the roles asked for in it. Invalid without a reason."""
    if not reason.strip():
        raise Invalid({"reason": "请写明不批准的原因，申请人会收到。"})
    with transaction.atomic():
        body = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        holding = permit("enrolling.refuse_body", who, body)
        _waits(body)
        body.state, body.reason = Organisation.State.REFUSED, reason.strip()
        body.save(update_fields=["state", "reason"])
        record(
            who, holding, "enrolling.refuse_body", body, f"不批准单位：{body.name}",
            sealed={"reason": reason.strip()}, organisation=body,
        )  # fmt: skip
        asked = list(body.roles.filter(state=Role.State.ASKED).select_related("user"))
        for role in asked:
            role.state, role.reason = Role.State.REFUSED, reason.strip()
            role.decided_at, role.decided_by_id = clock.now(), who.user_id
            role.save(update_fields=["state", "reason", "decided_at", "decided_by"])
        _tell("body_refused", body, asked, reason=reason.strip())
    return body


def edit_body(organisation: Organisation, values: Mapping[str, str], *, who: Who) -> Organisation:
    """Correct what is known of a body: its own people the contact data, the office also name and division."""
    with transaction.atomic():
        body = Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        holding = permit("enrolling.edit_body", who, body)
        allowed = OFFICE_EDITS if holding.role in ("officer", "platform") else EDITABLE
        if foreign := set(values) - set(allowed):
            raise Invalid(dict.fromkeys(foreign, "这一项由项目办修改。"))
        clean = checked(body.kind, values, but=body.pk)
        before = {name: getattr(body, name) for name in clean}
        changed = {name: value for name, value in clean.items() if value != before[name]}
        if not changed:
            return body
        for name, value in changed.items():
            setattr(body, name, value)
        with unique(name="名录中已有同名的单位，请核对名称。"):
            body.save(update_fields=list(changed))
        words = "、".join(_WORDS[n] for n in changed if n in _WORDS)
        told = {n: {"before": before[n], "after": changed[n]} for n in changed if n not in ("phone", "name_key")}
        record(who, holding, "enrolling.edit_body", body, f"修改单位信息：{words}", data=told, organisation=body)
    return body


def _waits(body: Organisation) -> None:
    if body.state != Organisation.State.ASKED:
        raise NotReady(f"{body.name}现为“{body.get_state_display()}”，不在待批准之列。")


def _tell(kind: str, body: Organisation, roles: list[Role], reason: str = "") -> None:
    people = {role.user_id: role.user for role in roles}
    outbox.letter(
        kind, people.values(), key=f"{kind}:{body.pk}", link=f"/bodies/{body.pk}/", body=body.name, reason=reason
    )
