"""Invitations by link: the expert opens it without an account, fills in, and consents or does not."""

from __future__ import annotations

import datetime
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Sum

from ketuan.documents.reading.values import read_day
from ketuan.forms.identity import name_key, phones, unit_key
from ketuan.forms.roster import RosterEntry
from ketuan.programme.applying import versions
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.members import elsewhere, find_member, placed
from ketuan.programme.enrolling import experts, letters
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import late, permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, CorpsMember, Expert, Invitation, Version

DAYS = 14
TRIES = 5
"""Answers that do not fit the register before the links to an expert end."""
_FILLED = ("unit", "post", "field", "young_elite", "phone")
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
    """``token`` is known now and never again; empty where only the invited person may have it. ``mailed``: it was sent."""

    token: str
    mailed: bool
    until: datetime.datetime


def invite_member(
    application: Application, *, name: str = "", email: str = "", member: CorpsMember | None = None, who: Who
) -> Link:
    """A new link, for a member of the corps or for somebody who is only known by name.

    It is shown once; only its hash is kept. Links given out before for the same member end. Where the register knows an
    address or account of the expert, the link goes there and nowhere else: who answers is that person. Else it goes to the
    address given here too. Invalid where too many answers contradicted the register, or the expert withdrew.
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
        known = known_address(member.expert)
        if known and member.expert.consent_withdrawn_at is not None:
            raise Invalid({"name": f"{member.expert.name}撤回过信息使用的同意，不能代发邀请。请本人登录后重新同意。"})
        if not known and _tries_of(member.expert, now) >= TRIES:
            raise Invalid(
                {"name": f"{member.expert.name}的邀请多次填写不符，{DAYS} 天内不能再发链接。请联系项目办核对专家登记。"}
            )
        address = known or address
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
            expires_at=_until(application, now),
            proven=bool(known),
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
    return Link("" if known else token, letters.corps_invitation(made, token, address), made.expires_at)


def known_address(expert: Expert) -> str:
    """Where the expert is surely reached: the own account, else the mail address in the register."""
    return expert.user.email if expert.user is not None else expert.email


def find_invitation(token: str) -> Invitation:
    """The open invitation behind a link; NotFound for one that is unknown, used, withdrawn or too old.

    Nor is there one after the deadline, or for an application that was withdrawn: a corps is not changed any more.
    """
    rows = Invitation.objects.filter(token_hash=_hash(token), member__isnull=False, used_at=None, withdrawn_at=None)
    found = rows.select_related("member__expert", "member__application__society", "member__application__call").first()
    if found is None or found.member is None or found.expires_at < clock.now():
        raise NotFound("invitation")
    application = found.member.application
    if application.state == Application.State.WITHDRAWN or late(application.call, application):
        raise NotFound("invitation")
    return found


def answer_invitation(token: str, answer: Answer, *, who: Who) -> CorpsMember:
    """Take the expert at their word: consent with what they filled in, or refusal, which stores nothing else.

    The words go into the register only where nobody else's record is touched by them: of one whom this society added and
    who never consented, or who surely answers in person. Else they stand on the roster alone. Invalid by field; after a
    few answers that contradict the register the links to this expert end.
    """
    invitation = find_invitation(token)
    try:
        return _answered(invitation.pk, token, answer, who)
    except Contradicted:
        _count_try(invitation.pk, who)
        raise
    except KnownAlready as known:
        _hand_over(invitation.pk, known.expert, who)
        raise


class Contradicted(Invalid):
    """The bearer of a link does not know what the invited person would know."""


class KnownAlready(Invalid):
    """The person stands in the register with an address: only from there can they answer."""

    def __init__(self, expert: Expert) -> None:
        super().__init__(
            {"name": "专家库里已有您的记录。为防冒名，新的链接已发到您登记的邮箱，请从那封邮件答复。这个链接不能再用。"}
        )
        self.expert = expert


def _answered(pk: int, token: str, answer: Answer, who: Who) -> CorpsMember:
    with transaction.atomic():
        invitation = Invitation.objects.select_for_update(of=("self",), no_key=True).get(pk=pk)
        invitation = find_invitation(token) if invitation.used_at is None else _gone()
        member = invitation.member
        if member is None:
            raise NotFound("invitation")
        holding = permit("applying.answer_invitation", who, member)
        application, now = locked(member.application), clock.now()
        told = _addresses(invitation, member.expert)
        if answer.agrees:
            entry = _entry(answer, member.expert)
            member.expert, member.filled = _taken_over(member, entry, application, invitation.proven, who)
            told |= _addresses(invitation, member.expert)
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
        letters.corps_answered(invitation, member, sorted(told), "同意参加" if answer.agrees else "不参加")
    return member


def _addresses(invitation: Invitation, expert: Expert) -> set[str]:
    """Everywhere the person may learn that somebody answered for them."""
    account = expert.user.email if expert.user is not None else ""
    return {one.lower() for one in (invitation.email, expert.email, account) if one}


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


def _taken_over(
    member: CorpsMember, entry: RosterEntry, application: Application, proven: bool, who: Who
) -> tuple[Expert, dict[str, Any]]:
    """The expert, and what of the answer stands on the roster only; a placeholder gives way to who is known already."""
    expert = member.expert
    known = experts.match(entry.name, entry.unit, entry.phone, born=entry.born)
    if known is not None and known.pk != expert.pk and not expert.unit and known.born == entry.born:
        if application.members.filter(expert=known).exists():
            raise Invalid({"name": "您已经在这个服务团里，不用再填。"})
        if known_address(known) and not _in_person(known, who):
            raise KnownAlready(known)
        expert, proven = known, False
    sure = proven or _in_person(expert, who)
    writable = sure or (expert.added_by_id == application.society_id and expert.consented_at is None)
    if expert.born not in (None, entry.born) and (expert.consented_at is not None or not writable):
        raise Contradicted({"born": "出生日期与专家库中登记的不一致。如果登记有误，请联系项目办更正。"})
    if not writable:
        return expert, entry.model_dump(mode="json", include={"born", *_FILLED})
    now = clock.now()
    expert.unit, expert.unit_key = entry.unit, unit_key(entry.unit)
    for name in ("born", *_FILLED):
        if getattr(entry, name):
            setattr(expert, name, getattr(entry, name))
    expert.consented_at, expert.consent_wording, expert.updated_at = now, WORDING, now
    expert.consent_withdrawn_at = None
    expert.save()
    return expert, {}


def _in_person(expert: Expert, who: Who) -> bool:
    return who.user_id is not None and expert.user_id == who.user_id


def _hand_over(pk: int, expert: Expert, who: Who) -> None:
    """The place goes to the expert who is known, and the link to the address that the register knows."""
    token = secrets.token_urlsafe(24)
    with transaction.atomic():
        invitation = _locked(pk)
        member = invitation.member
        if member is None or invitation.used_at or invitation.withdrawn_at:
            return
        holding, now = permit("applying.answer_invitation", who, member), clock.now()
        application = locked(member.application)
        if expert.consent_withdrawn_at is not None or application.members.filter(expert=expert).exists():
            return
        invitation.withdrawn_at = now
        invitation.save(update_fields=["withdrawn_at"])
        member.expert = expert
        member.save(update_fields=["expert"])
        made = Invitation.objects.create(
            token_hash=_hash(token),
            email=known_address(expert),
            name=expert.name,
            organisation_id=application.society_id,
            member=member,
            made_by_id=invitation.made_by_id,
            made_at=now,
            expires_at=_until(application, now),
            proven=True,
        )
        versions.keep(application, Version.Why.SITTING, who=who)
        record(
            who,
            holding,
            "applying.answer_invitation",
            member,
            "受邀专家已在专家库中，邀请改发到登记的邮箱",
            sealed={"names": [expert.name]},
            application=application,
        )
    letters.corps_invitation(made, token, made.email)


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


def _count_try(pk: int, who: Who) -> None:
    """One more answer that contradicts the register. Links that may be in anybody's hands end together."""
    with transaction.atomic():
        invitation = _locked(pk)
        member = invitation.member
        if member is None:
            return
        expert = Expert.objects.select_for_update(no_key=True).get(pk=member.expert_id)
        holding, now = permit("applying.answer_invitation", who, member), clock.now()
        invitation.tries += 1
        if invitation.tries >= TRIES:
            invitation.withdrawn_at = now
        invitation.save(update_fields=["tries", "withdrawn_at"])
        tries = _tries_of(expert, now)
        if tries >= TRIES:
            open_ = Invitation.objects.filter(member__expert=expert, proven=False, used_at=None, withdrawn_at=None)
            open_.update(withdrawn_at=now)
        record(
            who,
            holding,
            "applying.answer_invitation",
            member,
            "邀请的答复与专家登记不符，没有采用",
            data={"tries": tries, "invitation": pk},
            application=member.application,
        )


def _tries_of(expert: Expert, now: datetime.datetime) -> int:
    """Answers to any link to this expert that contradicted the register, of late."""
    since = now - datetime.timedelta(days=DAYS)
    made = Invitation.objects.filter(member__expert=expert, proven=False, made_at__gte=since)
    total: int | None = made.aggregate(total=Sum("tries"))["total"]
    return total or 0


def _locked(pk: int) -> Invitation:
    rows = Invitation.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("member__application__society", "member__application__call").get(pk=pk)


def _until(application: Application, now: datetime.datetime) -> datetime.datetime:
    """Not beyond the deadline, or the end of a late permit: after it a corps is not changed any more."""
    ends = application.call.deadline_at
    if ends is not None and ends < now:
        ends = max((p.until for p in application.late_permits.all() if p.withdrawn_at is None), default=ends)
    lasts = now + datetime.timedelta(days=DAYS)
    return lasts if ends is None else min(lasts, ends)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
