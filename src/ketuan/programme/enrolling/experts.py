"""The experts' register: one record a person across years and calls, so that age, overlap and recusal can be decided."""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.db.models import BooleanField, Case, Count, Exists, OuterRef, Q, QuerySet, Value, When
from stdnum import exceptions
from stdnum.cn import ric

from ketuan.forms import identity
from ketuan.journal import outbox
from ketuan.programme.enrolling import masking
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit, seen
from ketuan.programme.unique import unique
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, CorpsMember, Expert, Organisation, Role, User

WORDING = "expert-2024-2"
"""Version of the wording consented to (:data:`CONSENT`)."""
CONSENT = (
    "平台为组建科技服务团和评审回避，保存您的姓名、单位、出生年月、职务职称、专业领域和联系方式。"
    "添加您的学会和您同意参加其服务团的学会看到全部信息；其他学会、省级科协和项目办只看到姓名、单位和专业，"
    "手机、邮箱打码，出生日期只显示年份。项目办确需联系您时，写明理由才能查看，并记入日志。"
    "您可以随时查看、更正，或撤回同意。"
)
CORRECTABLE = ("unit", "born", "post", "field", "young_elite", "phone", "email", "profile", "division")
_FILLED = ("unit", "post", "field", "young_elite", "phone", "email", "profile", "division")


@dataclass(frozen=True, slots=True)
class Sight:
    """An expert as one person sees the record: in full, or enough to recognise."""

    expert: Expert
    full: bool

    @property
    def born(self) -> str:
        day = self.expert.born
        if day is None:
            return ""
        return f"{day.year}年{day.month}月{day.day}日" if self.full else f"{day.year}年"

    @property
    def phone(self) -> str:
        return self.expert.phone if self.full else masking.phone(self.expert.phone)

    @property
    def email(self) -> str:
        return self.expert.email if self.full else masking.email(self.expert.email)


def search(q: str = "", *, who: Who) -> QuerySet[Expert]:
    """Experts this person sees, by words of name, unit or field; each with ``full`` and the number of ``corps``."""
    rows = Expert.objects.filter(seen("expert", who)).select_related("added_by")
    for word in q.split()[:6]:
        rows = rows.filter(
            Q(name_key__contains=identity.name_key(word)) | Q(unit__icontains=word) | Q(field__icontains=word)
        )
    return rows.annotate(full=_full(who), corps=Count("memberships", distinct=True)).order_by("name_key", "pk")


def sight(expert: Any) -> Sight:
    """What of a row of :func:`search` may be shown to whoever searched."""
    return Sight(expert, bool(expert.full))


def find_expert(pk: int, *, who: Who) -> Sight:
    """The record as this person sees it; NotFound where it does not exist for them."""
    found = search(who=who).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return sight(found)


def own_record(*, who: Who) -> Sight | None:
    """The person's own record, in full; None where there is none."""
    found = Expert.objects.filter(user=who.user_id).first() if who.user_id is not None else None
    return Sight(found, True) if found else None


def memberships_of(expert: Expert, *, who: Who) -> list[CorpsMember]:
    """The expert's places in applications that this person sees."""
    rows = expert.memberships.filter(application__in=Application.objects.filter(seen("application", who)))
    return list(rows.select_related("application__society", "application__call").order_by("-application__pk"))


def unmask_expert(pk: int, reason: str, *, who: Who) -> Sight:
    """The whole record for the office; that it was read, and why, is itself an act that is written down (P12).

    NotFound where the person sees no such expert, Invalid without a reason.
    """
    found = find_expert(pk, who=who).expert
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": "请写明为什么要看，例如“核对推荐函联系人”。理由会记入日志。"})
    with transaction.atomic():
        holding = permit("enrolling.unmask_expert", who, found)
        record(who, holding, "enrolling.unmask_expert", found, "查看专家的个人信息", sealed={"reason": reason[:500]})
    return Sight(found, True)


def twins_of(expert: Expert) -> list[Expert]:
    """Records of the same name: the office looks whether they are one person."""
    return list(Expert.objects.filter(name_key=expert.name_key).exclude(pk=expert.pk)[:10])


def hash_of_identity(number: str) -> str:
    """Keyed hash of a 居民身份证号; the number itself is kept nowhere. Invalid where it is none."""
    bare = identity.folded(number).upper()
    try:
        valid = ric.validate(bare)
    except exceptions.ValidationError:
        raise Invalid({"identity_number": "居民身份证号不对：应为 18 位，最后一位是校验位。请对照证件核对。"}) from None
    key = settings.KETUAN_JOURNAL_KEY.encode()
    return hmac.new(key, b"identity:" + valid.encode(), hashlib.sha256).hexdigest()


def match(
    name: str, unit: str, phone: str, email: str = "", born: datetime.date | None = None, *, hashed: str = ""
) -> Expert | None:
    """The expert of the register who surely is this person, the one decision of it.

    Same identity number; else same name, same unit, phone or mail, and neither another birth date nor another number.
    """
    if hashed and (same := Expert.objects.filter(identity_hash=hashed).first()):
        return same
    asked = identity.person(name, unit, phone, email)
    for row in Expert.objects.filter(name_key=asked.key).order_by("pk"):
        if hashed and row.identity_hash and row.identity_hash != hashed:
            continue
        if born and row.born and born != row.born:
            continue
        there = identity.person(row.name, row.unit, row.phone, row.email)
        evidence = bool(asked.reach & there.reach) or identity.same_unit(asked.unit, there.unit)
        if evidence and identity.same_person(asked, there):
            return row
    return None


def known(experts: Iterable[int], society: int) -> set[int]:
    """Those of the experts whose phone, mail and birth date this society may see; the rule of register and roster."""
    return set(Expert.objects.filter(_known_to((society,)), pk__in=set(experts)).values_list("pk", flat=True))


def match_or_create(
    name: str,
    unit: str = "",
    born: datetime.date | None = None,
    phone: str = "",
    email: str = "",
    identity_number: str | None = None,
    *,
    who: Who,
    organisation: Organisation | None = None,
    **more: str,
) -> Expert:
    """The one record of this person: found again by identity number, else by name with phone, mail or unit.

    Blanks of a found record are filled, nothing is overwritten. The name alone makes nobody the same here: the office
    merges (:func:`merge_experts`). ``more``: post, field, young_elite, profile, division. Invalid for values that
    cannot be taken.
    """
    holding = permit("enrolling.match_or_create", who, organisation)
    key = identity.name_key(name)
    if len(key) < 2:
        raise Invalid({"name": "请填写专家姓名。"})
    hashed = hash_of_identity(identity_number) if identity_number else ""
    given: dict[str, Any] = {"unit": unit.strip(), "born": born, "phone": phone.strip(), "email": email.strip().lower()}
    given |= {k: v.strip() for k, v in more.items() if k in _FILLED}
    with transaction.atomic():
        found = match(name, given["unit"], given["phone"], given["email"], born, hashed=hashed)
        now, fresh = clock.now(), found is None
        if found is None:
            found = Expert(
                name=name.strip(),
                name_key=key,
                identity_hash=hashed,
                added_by=organisation,
                created_at=now,
                updated_at=now,
            )
            changed = [k for k, v in given.items() if v]
            says = "专家入库"
        else:
            changed = [k for k, v in given.items() if v and not getattr(found, k)]
            if organisation is not None and found.added_by_id != organisation.pk and "email" in changed:
                changed.remove("email")  # invitations go there: nobody puts an own address on another's record
            found.identity_hash = found.identity_hash or hashed
            says = "补充专家信息"
        for name_ in changed:
            setattr(found, name_, given[name_])
        found.unit_key = identity.unit_key(found.unit)
        if changed or fresh or hashed:
            found.updated_at = now
            with unique(identity_number="这个居民身份证号刚刚已登记，请再查一次。"):
                found.save()
            record(
                who,
                holding,
                "enrolling.match_or_create",
                found,
                says,
                data={"fields": changed},
                organisation=organisation,
            )
    return found


def merge_experts(keep: Expert, drop: Expert, *, who: Who) -> Expert:
    """Two records were one person: memberships, account and blanks go to ``keep``, the other ends.

    Refused where their identity numbers differ or both have an account.
    """
    with transaction.atomic():
        rows = {e.pk: e for e in Expert.objects.select_for_update(no_key=True).filter(pk__in=(keep.pk, drop.pk))}
        if len(rows) != 2:
            raise NotReady("其中一条记录已经不在了，请刷新后再看。")
        kept, gone = rows[keep.pk], rows[drop.pk]
        holding = permit("enrolling.merge_experts", who, kept)
        if kept.identity_hash and gone.identity_hash and kept.identity_hash != gone.identity_hash:
            raise Refused("两条记录的身份证号不同，是两个人，不能合并。")
        if kept.user_id and gone.user_id and kept.user_id != gone.user_id:
            raise Refused("两条记录各有登录账号，不能合并。", "请先与本人核实，停用其中一个账号。")
        here = set(kept.memberships.values_list("application_id", flat=True))
        moved = gone.memberships.exclude(application__in=here).update(expert=kept)
        doubled = gone.memberships.count()
        gone.memberships.all().delete()
        taken = {name: getattr(gone, name) for name in (*_FILLED, "born", "identity_hash", "user_id", "consented_at")}
        was = {name: str(value) for name, value in taken.items() if value and name != "identity_hash"}
        number = gone.pk
        gone.delete()
        for name, value in taken.items():
            if value and not getattr(kept, name):
                setattr(kept, name, value)
        kept.unit_key, kept.updated_at = identity.unit_key(kept.unit), clock.now()
        kept.save()
        record(
            who,
            holding,
            "enrolling.merge_experts",
            kept,
            f"合并重复的专家记录 {number}，转入 {moved} 个服务团",
            data={"dropped": number, "moved": moved, "doubled": doubled},
            sealed=was,
        )
    return kept


def correct_own(values: Mapping[str, Any], *, who: Who) -> Expert:
    """The expert corrects the own record. NotFound without one, Invalid with a sentence by field."""
    holding = permit("enrolling.correct_own", who)
    with transaction.atomic():
        expert = _own(who)
        clean = {k: v.strip() if isinstance(v, str) else v for k, v in values.items() if k in CORRECTABLE}
        born = clean.get("born")
        if isinstance(born, datetime.date) and born >= clock.today():
            raise Invalid({"born": "出生日期应早于今天。"})
        changed = [k for k, v in clean.items() if v != getattr(expert, k)]
        if not changed:
            return expert
        before = {k: str(getattr(expert, k) or "") for k in changed}
        for name in changed:
            setattr(expert, name, clean[name])
        expert.unit_key, expert.updated_at = identity.unit_key(expert.unit), clock.now()
        expert.save()
        record(
            who, holding, "enrolling.correct_own", expert, "专家更正本人信息", data={"fields": changed}, sealed=before
        )
    return expert


def give_consent(*, who: Who) -> Expert:
    """The expert consents to the record as worded in :data:`CONSENT`."""
    holding = permit("enrolling.give_consent", who)
    with transaction.atomic():
        expert = _own(who)
        expert.consented_at, expert.consent_wording, expert.consent_withdrawn_at = clock.now(), WORDING, None
        expert.save(update_fields=["consented_at", "consent_wording", "consent_withdrawn_at"])
        record(who, holding, "enrolling.give_consent", expert, "专家同意信息入库", data={"wording": WORDING})
    return expert


def withdraw_consent(*, who: Who) -> Expert:
    """The expert withdraws: the record leaves the search, places in unsubmitted applications become 本人不同意.

    Submitted papers stay as they were sent; the societies concerned are told.
    """
    holding = permit("enrolling.withdraw_consent", who)
    with transaction.atomic():
        expert = _own(who)
        if expert.consent_withdrawn_at is not None:
            raise NotReady("您已经撤回过同意。")
        now = clock.now()
        expert.consented_at, expert.consent_withdrawn_at = None, now
        expert.save(update_fields=["consented_at", "consent_withdrawn_at"])
        open_ = expert.memberships.filter(
            application__state__in=(Application.State.DRAFT, Application.State.CHECKING)
        ).select_related("application__society", "application__call")
        for member in open_:
            member.consent = CorpsMember.Consent.REFUSED
            member.save(update_fields=["consent"])
            application = member.application
            record(who, holding, "enrolling.withdraw_consent", expert, "一名团员撤回了同意", application=application)
            outbox.letter(
                "consent_withdrawn",
                _society_people(application.society_id),
                key=f"consent_withdrawn:{member.pk}:{now:%Y%m%d%H%M%S}",
                link=f"/applications/{application.code}/",
                person=expert.name,
                title=application.title or application.code,
            )
        record(who, holding, "enrolling.withdraw_consent", expert, "专家撤回同意")
    return expert


def _own(who: Who) -> Expert:
    expert = (
        Expert.objects.select_for_update(no_key=True).filter(user=who.user_id).first()
        if who.user_id is not None
        else None
    )
    if expert is None:
        raise NotFound("expert")
    return expert


def _society_people(society: int) -> Iterable[User]:
    held = Role.objects.filter(organisation=society, state=Role.State.ACTIVE).select_related("user").order_by("pk")
    return {role.user_id: role.user for role in held}.values()


def _full(who: Who) -> Case | Value:
    """True for the own record and for those that the person's societies may know."""
    if who.roles() == {"platform"}:
        return Value(True, output_field=BooleanField())
    whole = _known_to(who.bodies("editor", "checker"))
    if who.user_id is not None:
        whole |= Q(user=who.user_id)
    return Case(When(whole, then=Value(True)), default=Value(False), output_field=models.BooleanField())


def _known_to(societies: Collection[int]) -> Q:
    """Whose phone, mail and birth date these societies may see: they added the person, or the person consented to a
    corps of theirs, known to be that person; in no case after the consent was withdrawn."""
    consented = CorpsMember.objects.filter(
        expert=OuterRef("pk"), application__society__in=societies, consent=CorpsMember.Consent.GIVEN, filled={}
    )
    return (Q(added_by__in=societies) | Q(Exists(consented))) & Q(consent_withdrawn_at=None)
