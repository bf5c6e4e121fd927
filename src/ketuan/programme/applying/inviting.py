"""Invitations by link: the expert opens it without an account, fills in, and consents or does not."""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from dataclasses import dataclass

from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ketuan.documents.reading.values import read_day
from ketuan.forms.identity import name_key, phones, unit_key
from ketuan.forms.roster import RosterEntry
from ketuan.programme.applying import versions
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.members import elsewhere, find_member, placed
from ketuan.programme.enrolling import experts, letters
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, CorpsMember, Expert, Invitation, Version

DAYS = 14
TRIES = 5
"""Answers that do not fit the register before the link is withdrawn."""
WORDING = "corps-1"
"""Version of :data:`CONSENT`; a changed sentence gets a new one."""
CONSENT = (
    "我同意参加上述科技服务团，并同意申报学会、推荐的省级科协和项目办为组团、核对团员年龄与重复参团、评审和联系工作的目的，"
    "使用我在本页填写的信息。出生日期只用于计算年龄，不印在申报书上。我可以随时向申报学会或项目办查询、更正，或撤回同意。"
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the expert filled in, as typed."""

    name: str
    unit: str = ""
    born: str = ""
    post: str = ""
    field: str = ""
    young_elite: str = ""
    phone: str = ""
    agrees: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """``token`` is known now and never again. ``mailed``: it was also sent to the invited person."""

    token: str
    mailed: bool


def invite_member(
    application: Application, *, name: str = "", email: str = "", member: CorpsMember | None = None, who: Who
) -> Link:
    """A new link, for a member of the corps or for somebody who is only known by name.

    It is shown once; only its hash is kept. Links given out before for the same member end. It goes out by mail too where
    an address is known: the one given here, else the expert's own in the register, which the society need not see.
    """
    address = email.strip().lower()
    if address:
        try:
            validate_email(address)
        except ValidationError:
            raise Invalid({"email": "邮箱地址写得不对，请核对，例如 name@example.org。"}) from None
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.invite_member", who, application)
        assert who.user_id is not None, "the permit lets only persons invite"
        now = clock.now()
        if member is None:
            if not name_key(name):
                raise Invalid({"name": "请填写被邀请人的姓名。"})
            member = placed(application, _placeholder(application, name.strip()[:60], now), who=who)
        else:
            member = find_member(application, member.pk)
            if member.consent == CorpsMember.Consent.GIVEN:
                raise Invalid({"name": f"{member.expert.name}已经同意参加，不用再邀请。"})
        open_before = Invitation.objects.filter(member=member, used_at=None, withdrawn_at=None)
        open_before.update(withdrawn_at=now)
        made = Invitation.objects.create(
            token_hash=_hash(token),
            email=address,
            name=member.expert.name,
            organisation=application.society,
            member=member,
            made_by_id=who.user_id,
            made_at=now,
            expires_at=now + datetime.timedelta(days=DAYS),
        )
        member.consent = CorpsMember.Consent.INVITED
        member.save(update_fields=["consent"])
        versions.keep(application, Version.Why.SITTING, who=who)
        record(
            who,
            holding,
            "applying.invite_member",
            member,
            "邀请团员 1 人",
            sealed={"names": [member.expert.name]},
            application=application,
        )
    if not address and member.expert.consent_withdrawn_at is None:
        address = member.expert.email
    return Link(token, letters.corps_invitation(made, token, address))


def find_invitation(token: str) -> Invitation:
    """The open invitation behind a link; NotFound for one that is unknown, used, withdrawn or too old."""
    rows = Invitation.objects.filter(token_hash=_hash(token), member__isnull=False, used_at=None, withdrawn_at=None)
    found = rows.select_related("member__expert", "member__application__society", "member__application__call").first()
    if found is None or found.expires_at < clock.now():
        raise NotFound("invitation")
    return found


def answer_invitation(token: str, answer: Answer, *, who: Who) -> CorpsMember:
    """Take the expert at their word: consent with what they filled in, or refusal, which stores nothing else.

    Invalid by field. Data that contradicts the register is not taken over; after a few such tries the link ends.
    """
    invitation = find_invitation(token)
    try:
        return _answered(invitation.pk, token, answer, who)
    except Contradicted:
        _count_try(invitation)
        raise


class Contradicted(Invalid):
    """The bearer of a link does not know what the invited person would know."""


def _answered(pk: int, token: str, answer: Answer, who: Who) -> CorpsMember:
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        invitation = find_invitation(token) if invitation.used_at is None else _gone()
        member = invitation.member
        if member is None:
            raise NotFound("invitation")
        holding = permit("applying.answer_invitation", who, member)
        application, now = locked(member.application), clock.now()
        if answer.agrees:
            entry = _entry(answer, member.expert)
            member.expert = _taken_over(member, entry, application, now)
            member.consent = CorpsMember.Consent.GIVEN
            member.consented_at, member.wording = now, WORDING
        else:
            member.consent = CorpsMember.Consent.REFUSED
        member.save()
        invitation.used_at, invitation.used_by_id = now, who.user_id
        invitation.save(update_fields=["used_at", "used_by"])
        versions.keep(application, Version.Why.SITTING, who=who)
        record(
            who,
            holding,
            "applying.answer_invitation",
            member,
            "受邀专家同意参加" if answer.agrees else "受邀专家不同意参加",
            data={"wording": WORDING if answer.agrees else "", "consent": member.consent},
            sealed={"names": [member.expert.name]},
            application=application,
        )
    return member


def _gone() -> Invitation:
    raise NotFound("invitation")


def _entry(answer: Answer, expert: Expert) -> RosterEntry:
    errors: dict[str, str] = {}
    if name_key(answer.name) != expert.name_key:
        errors["name"] = "姓名与邀请上的不一致。如果邀请上的姓名写错了，请联系邀请您的学会。"
    if not answer.unit.strip():
        errors["unit"] = "请填写工作单位的全称。"
    born = read_day(answer.born.strip()).value if re.search(r"\d{4}\D+\d{1,2}\D+\d{1,2}", answer.born) else None
    if born is None:
        errors["born"] = "请填写出生日期，写到日，例如 1985-03-12。"
    elif not datetime.date(1900, 1, 1) <= born <= clock.today():
        errors["born"] = "出生日期不对，请核对年份。"
    if not phones(answer.phone):
        errors["phone"] = "请填写手机号码，例如 13900000000。"
    if errors:
        raise Invalid(errors)
    return RosterEntry(
        name=expert.name,
        born=born,
        unit=answer.unit.strip()[:120],
        post=answer.post.strip()[:120],
        field=answer.field.strip()[:120],
        young_elite=answer.young_elite.strip()[:40],
        phone=answer.phone.strip()[:40],
    )


def _taken_over(member: CorpsMember, entry: RosterEntry, application: Application, now: datetime.datetime) -> Expert:
    """The expert of the register with what was filled in; a placeholder gives way to the person who is known already."""
    expert = member.expert
    if expert.consented_at is not None and expert.born is not None and expert.born != entry.born:
        raise Contradicted({"born": "出生日期与专家库中登记的不一致。如果登记有误，请联系项目办更正。"})
    known = experts.match(entry.name, entry.unit, entry.phone, born=entry.born)
    if known is not None and known.pk != expert.pk and not expert.unit and known.born == entry.born:
        if application.members.filter(expert=known).exists():
            raise Invalid({"name": "您已经在这个服务团里，不用再填。"})
        expert = known
    expert.unit, expert.unit_key = entry.unit, unit_key(entry.unit)
    for name in ("born", "post", "field", "young_elite", "phone"):
        if getattr(entry, name):
            setattr(expert, name, getattr(entry, name))
    expert.consented_at, expert.consent_wording, expert.updated_at = now, WORDING, now
    expert.consent_withdrawn_at = None
    expert.save()
    return expert


def warned(member: CorpsMember) -> str:
    """Another corps of the same society in which the expert is; shown to the society, not to the bearer of the link."""
    return elsewhere(member.application, member.expert)


def _placeholder(application: Application, name: str, now: datetime.datetime) -> Expert:
    return Expert.objects.create(
        name=name,
        name_key=name_key(name),
        added_by_id=application.society_id,
        created_at=now,
        updated_at=now,
    )


def _count_try(invitation: Invitation) -> None:
    key = f"invitation-tries:{invitation.pk}"
    cache.add(key, 0, DAYS * 86_400)
    if cache.incr(key) >= TRIES:
        Invitation.objects.filter(pk=invitation.pk).update(withdrawn_at=clock.now())


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
