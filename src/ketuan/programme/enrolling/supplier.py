"""供应商注册 on the budget platform (通知 四.1): who has done it, with number, day and proof; who is missing."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from ketuan.documents.sniffing import Kind, refusal, sniff
from ketuan.journal import outbox
from ketuan.programme.applying import attachments, keeping
from ketuan.programme.enrolling.registries import office
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit, seen
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Organisation, Paper, Role, SupplierRegistration, User

CLAUSE = "通知 四.1"
PLATFORM_URL = "https://ysyth.cast.org.cn/portal/login"
PROOFS: tuple[Kind, ...] = ("pdf", "png", "jpeg")
State = SupplierRegistration.State


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the checklist; ``done`` as far as the platform can know."""

    label: str
    note: str
    done: bool
    only_again: bool = False


def registration_of(organisation: Organisation) -> SupplierRegistration:
    """What is known of a body's registration; unsaved, with the state it starts from, where nothing was told yet."""
    found = SupplierRegistration.objects.select_related("proof").filter(organisation=organisation).first()
    return found or SupplierRegistration(
        organisation=organisation, state=_beginning(organisation), updated_at=clock.now()
    )


def steps_of(registration: SupplierRegistration) -> list[Step]:
    """The checklist of a body, in the order in which it is worked through."""
    body, state = registration.organisation, registration.state
    sent, done = state in (State.ASKED, State.DONE), state == State.DONE
    steps = [
        Step(
            "备好单位资料",
            "统一社会信用代码、法定代表人、开户银行和账号，与证书和开户许可一致。",
            bool(body.uscc) or sent,
        ),
        Step("登录预算管理一体化服务平台", "用本单位的账号登录；没有账号的先点“供应商注册”。", sent),
        Step("核对从旧系统带来的信息", "在智慧计财系统注册过的，也要在新系统逐项核对、补全。", sent, only_again=True),
        Step("填写并提交供应商信息", "提交后，在本页把状态改为“已提交注册”。", sent),
        Step(
            "记下供应商编号和日期",
            "审核通过后，在本页填写编号和注册日期，改为“已注册”。",
            done and bool(registration.number),
        ),
        Step("留一份证明", "上传平台上显示注册成功的页面截图或 PDF，备查。", registration.proof_id is not None),
    ]
    return [s for s in steps if not s.only_again or body.had_legacy_supplier]


def save_supplier(
    organisation: Organisation,
    state: str,
    *,
    who: Who,
    number: str = "",
    day: datetime.date | None = None,
) -> SupplierRegistration:
    """Note how far the registration is. Invalid where 已注册 is told without number and day."""
    holding = permit("enrolling.save_supplier", who, organisation)
    errors = {}
    if state not in State.values:
        errors["state"] = "请选择一个状态。"
    if state == State.NONE and organisation.had_legacy_supplier:
        errors["state"] = f"本单位在智慧计财系统注册过，须在新系统重新完善（{CLAUSE}）。"
    if state == State.DONE and not number.strip():
        errors["number"] = "请填写平台给出的供应商编号。"
    if state == State.DONE and day is None:
        errors["day"] = "请填写注册通过的日期。"
    if day is not None and day > clock.today():
        errors["day"] = "注册日期不能晚于今天。"
    if errors:
        raise Invalid(errors)
    with transaction.atomic():
        row = _locked(organisation)
        before = State(row.state).label
        row.state, row.number, row.day, row.updated_at = state, number.strip(), day, clock.now()
        row.save()
        record(
            who,
            holding,
            "enrolling.save_supplier",
            row,
            f"供应商注册：{row.get_state_display()}",
            data={"state": {"before": before, "after": row.get_state_display()}, "number": row.number, "day": day},
            organisation=organisation,
        )
    return row


def attach_proof(organisation: Organisation, name: str, data: bytes, *, who: Who) -> SupplierRegistration:
    """Keep the proof of the registration. Invalid where the file is no picture and no PDF, or too big."""
    holding = permit("enrolling.attach_proof", who, organisation)
    name = attachments.plain_name(name)
    if said := refusal(data, name, allowed=PROOFS, most_bytes=attachments.most_bytes()):
        raise Invalid({"proof": said})
    with transaction.atomic():
        row = _locked(organisation)
        now, key = clock.now(), keeping.keep(data)
        paper = Paper.objects.create(
            organisation=organisation,
            kind=Paper.Kind.SUPPLIER_PROOF,
            name=name,
            key=key,
            content_type=sniff(data, name).content_type,
            size=len(data),
            sha256=keeping.hash_of(data),
            added_by_id=who.user_id,
            added_at=now,
        )
        if row.proof is not None:
            Paper.objects.filter(pk=row.proof.pk).update(removed_at=now)
        row.proof, row.updated_at = paper, now
        row.save()
        says, known = "上传供应商注册证明", {"size": paper.size, "sha256": paper.sha256}
        record(
            who,
            holding,
            "enrolling.attach_proof",
            row,
            says,
            data=known,
            sealed={"name": name},
            organisation=organisation,
        )
    return row


def missing(*, who: Who) -> QuerySet[Organisation]:
    """Societies that have not finished, in name order; empty for who sees none."""
    return societies(who=who).exclude(supplier__state=State.DONE)


def seen_by(organisation: Organisation, *, who: Who) -> bool:
    """Whether the registration of this body is any of the person's business."""
    return Organisation.objects.filter(seen("supplier", who), pk=organisation.pk).exists()


def societies(*, who: Who, state: str = "") -> QuerySet[Organisation]:
    """Societies with somebody who acts for them: those whose registration the programme must look after."""
    people = Role.objects.filter(organisation=OuterRef("pk"), state=Role.State.ACTIVE)
    rows = Organisation.objects.filter(seen("supplier", who), kind="society", state="active")
    rows = rows.filter(Exists(people)).select_related("supplier__proof").order_by("name_key", "pk")
    return rows.filter(_in_state(state)) if state else rows


def counts(*, who: Who) -> dict[str, int]:
    """State → number of societies."""
    told = dict.fromkeys(State.values, 0)
    for body in societies(who=who):
        told[state_of(body)] += 1
    return told


def state_of(organisation: Organisation) -> str:
    """The state of a body whose ``supplier`` was fetched with it."""
    row = getattr(organisation, "supplier", None)
    return row.state if row is not None else _beginning(organisation)


def remind_suppliers(*, who: Who) -> int:
    """A letter to the people of every society that has not finished; once a day. Returns the number of societies."""
    holding = permit("enrolling.remind_suppliers", who)
    today = clock.today()
    with transaction.atomic():
        late = list(missing(who=who))
        for body in late:
            held = Role.objects.filter(organisation=body, state=Role.State.ACTIVE).select_related("user")
            people: dict[int, User] = {r.user_id: r.user for r in held}
            outbox.letter(
                "supplier_reminder",
                people.values(),
                key=f"supplier_reminder:{body.pk}:{today}",
                link=f"/bodies/{body.pk}/supplier/",
                body=body.name,
                state=State(state_of(body)).label,
            )
        if late:
            says = f"提醒 {len(late)} 个学会办理供应商注册"
            data = {"bodies": [b.pk for b in late]}
            record(who, holding, "enrolling.remind_suppliers", office(), says, data=data, organisation=office())
    return len(late)


def _beginning(organisation: Organisation) -> str:
    return State.AGAIN if organisation.had_legacy_supplier else State.NONE


def _in_state(state: str) -> Q:
    told = Q(supplier__state=state)
    if state == State.AGAIN:
        return told | Q(supplier=None, had_legacy_supplier=True)
    if state == State.NONE:
        return told | Q(supplier=None, had_legacy_supplier=False)
    return told


def _locked(organisation: Organisation) -> SupplierRegistration:
    row, _new = SupplierRegistration.objects.select_for_update(no_key=True).get_or_create(
        organisation=organisation, defaults={"state": _beginning(organisation), "updated_at": clock.now()}
    )
    return row
