"""The province decides: consent with a letter and a liaison group, refusal, or return for change."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from ketuan.documents.letters import Consent, Person
from ketuan.documents.letters import consent as printed
from ketuan.journal.outbox import letter
from ketuan.programme import calling, numbers
from ketuan.programme.addressees import society_people
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.recommending.reading import brief, findings_of, served
from ketuan.programme.unique import unique
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Call, Paper, Recommendation

State = Recommendation.State
LONGEST_REASON = 2000


@dataclass(frozen=True, slots=True)
class Officer:
    """A person of the liaison group (附件1 2). ``side``: 组长, or one of the call's three sides."""

    side: str
    name: str
    unit: str = ""
    post: str = ""
    phone: str = ""


def consent(
    recommendation: Recommendation,
    head: Officer,
    officers: Sequence[Officer],
    *,
    who: Who,
    number: str = "",
    despite: bool = False,
) -> Recommendation:
    """Consent: the letter is made, numbered and put among the papers of the application.

    ``number`` is the association's own 文号; left empty, the number of verification stands in its place.
    ``despite``: the association knows that the version has findings that must be mended. Invalid where it has some and
    that was not said, the liaison group is not complete, or the number was used before; Refused once decided or after the deadline.
    """
    with transaction.atomic():
        recommendation = _locked(recommendation)
        holding = permit("recommending.consent", who, recommendation)
        application, province = recommendation.application, recommendation.province
        rules = calling.rules_of(application.call)
        head = Officer(
            "组长", head.name.strip(), head.unit.strip() or province.name, head.post.strip(), head.phone.strip()
        )
        _complete(head, officers, rules.liaison.officers.value)
        blocking = sum(finding.weight == "block" for finding in findings_of(recommendation))
        if blocking and not despite:
            raise Invalid({"despite": f"这一版还有{blocking}条必须修改。仍同意推荐的，请勾选确认。"})
        number = " ".join(number.split())
        Call.objects.select_for_update(no_key=True).get(pk=application.call_id)
        if number and Recommendation.objects.filter(number=number).exclude(pk=recommendation.pk).exists():
            raise Invalid({"number": f"文号“{number}”已经用过，请核对。"})
        issued = Recommendation.objects.filter(application__call=application.call_id).exclude(code="").count()
        recommendation.code = numbers.number_of(numbers.LETTER, rules.about.year, issued + 1)
        recommendation.number = number or recommendation.code
        recommendation.head = asdict(head)
        recommendation.officers = [asdict(one) for one in officers]
        _decide(recommendation, State.CONSENTED, "", who)
        recommendation.letter = _letter(recommendation, who)
        recommendation.sha256 = recommendation.letter.sha256
        with unique(number=f"文号“{recommendation.number}”刚刚已被用过，请核对。"):
            recommendation.save()
        record(
            who,
            holding,
            "recommending.consent",
            recommendation,
            f"{province}同意推荐，文号{recommendation.number}",
            data={
                "number": recommendation.number,
                "code": recommendation.code,
                "sha256": recommendation.sha256,
                "blocking": blocking,
                "served": served(recommendation),
            },
            sealed={"head": recommendation.head, "officers": recommendation.officers},
            application=application,
        )
        _tell("recommendation_consented", recommendation, number=recommendation.number)
    return recommendation


def letter_bytes(recommendation: Recommendation) -> bytes:
    """The letter as it was made. NotFound while there is none."""
    if recommendation.letter is None:
        raise NotFound(str(recommendation.pk))
    with default_storage.open(recommendation.letter.key) as file:
        content: bytes = file.read()
    return content


def refuse(recommendation: Recommendation, reason: str, *, who: Who) -> Recommendation:
    """No recommendation. Invalid without a reason."""
    return _turn_down(recommendation, "recommending.refuse", State.REFUSED, "不同意推荐", reason, who)


def return_for_change(recommendation: Recommendation, reason: str, *, who: Who) -> Recommendation:
    """The society is to change something and ask again. Invalid without a reason."""
    return _turn_down(recommendation, "recommending.return_for_change", State.RETURNED, "退回修改", reason, who)


def revoke(recommendation: Recommendation, reason: str, *, who: Who) -> Recommendation:
    """Take back the own consent before anything was submitted on it: the letter is void and leaves the papers.

    Invalid without a reason; Refused after the submission or the deadline.
    """
    with transaction.atomic():
        recommendation = _locked(recommendation)
        holding = permit("recommending.revoke", who, recommendation)
        reason = _reason(reason)
        _decide(recommendation, State.REVOKED, reason, who)
        recommendation.save(update_fields=["state", "reason", "decided_at", "decided_by"])
        Paper.objects.filter(pk=recommendation.letter_id or 0, removed_at=None).update(removed_at=clock.now())
        record(
            who,
            holding,
            "recommending.revoke",
            recommendation,
            f"{recommendation.province}收回推荐，文号{recommendation.number}的推荐函作废",
            data={"number": recommendation.number, "code": recommendation.code},
            sealed={"reason": reason},
            application=recommendation.application,
        )
        _tell("recommendation_revoked", recommendation, number=recommendation.number, reason=reason)
    return recommendation


def _reason(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": "请写明理由，学会会看到。"})
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": f"理由最多{LONGEST_REASON}字，现在{len(reason)}字。"})
    return reason


def _turn_down(
    recommendation: Recommendation, verb: str, state: Recommendation.State, says: str, reason: str, who: Who
) -> Recommendation:
    with transaction.atomic():
        recommendation = _locked(recommendation)
        holding = permit(verb, who, recommendation)
        reason = _reason(reason)
        _decide(recommendation, state, reason, who)
        recommendation.save()
        record(
            who,
            holding,
            verb,
            recommendation,
            f"{recommendation.province}{says}",
            data={"state": str(state)},
            sealed={"reason": reason},
            application=recommendation.application,
        )
        _tell(f"recommendation_{state}", recommendation, reason=reason)
    return recommendation


def _locked(recommendation: Recommendation) -> Recommendation:
    """The row as it stands now, its application locked, so that no two people decide."""
    application = locked(recommendation.application)
    held = Recommendation.objects.select_for_update(of=("self",), no_key=True).select_related("province", "version")
    now = held.get(pk=recommendation.pk)
    now.application = application
    return now


def _decide(recommendation: Recommendation, state: Recommendation.State, reason: str, who: Who) -> None:
    recommendation.state, recommendation.reason = state, reason
    recommendation.decided_at, recommendation.decided_by_id = clock.now(), who.user_id


def _complete(head: Officer, officers: Sequence[Officer], sides: Sequence[str]) -> None:
    missing = {
        f"head_{name}": f"请填写联络组组长的{label}（附件1 2）。"
        for name, label in (("name", "姓名"), ("post", "职务"), ("phone", "电话"))
        if not getattr(head, name)
    }
    given = {one.side: one for one in officers}
    for at, side in enumerate(sides):
        one = given.get(side)
        for name, label in (("name", "姓名"), ("unit", "单位"), ("phone", "电话")):
            if one is None or not getattr(one, name).strip():
                missing[f"officer{at}_{name}"] = f"请填写{side}联络员的{label}（附件1 2）。"
    if missing:
        raise Invalid(missing)


def _letter(recommendation: Recommendation, who: Who) -> Paper:
    """The letter as PDF among the papers; its bytes are kept, so that its hash stays true."""
    application, province, version = recommendation.application, recommendation.province, recommendation.version
    rules = calling.rules_of(application.call)
    seen = brief(version, province.division)
    content = printed(
        Consent(
            number=recommendation.number,
            province_association=province.name,
            addressee=rules.about.issuer,
            society=application.society.name,
            call_title=rules.about.title,
            corps_title=(version.form["cover"]["title"] if version else "") or application.title,
            problems=tuple(title for title, _, _ in seen.problems),
            cities=seen.cities,
            head=Person(**recommendation.head),
            officers=tuple(Person(**one) for one in recommendation.officers),
            dated=clock.today(),
            short_code=version.short_code if version else "",
            url=f"{settings.KETUAN_BASE_URL}/verify/{recommendation.code}/",
        )
    )
    key = default_storage.save(f"papers/{application.pk}/{uuid.uuid4().hex}.pdf", ContentFile(content))
    return Paper.objects.create(
        application=application,
        kind=Paper.Kind.CONSENT_LETTER,
        name=f"{province.name}同意推荐函.pdf",
        key=key,
        content_type="application/pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        note=f"平台生成，文号{recommendation.number}",
        added_by_id=who.user_id,
        added_at=clock.now(),
    )


def _tell(kind: str, recommendation: Recommendation, **context: Any) -> None:
    application = recommendation.application
    letter(
        kind,
        society_people(application.society_id),
        key=f"{kind}:{recommendation.pk}",
        link=f"/applications/{application.code}/submit/",
        province=recommendation.province.name,
        title=application.title or application.code,
        **context,
    )
