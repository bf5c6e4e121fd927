"""What becomes of a letter: by itself when it comes, or by a person who said which society and what each file is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from django.db import transaction

from ketuan.documents.errors import Unreadable
from ketuan.documents.mail import Letter, read_letter
from ketuan.journal.outbox import letter as write
from ketuan.programme import calling
from ketuan.programme.addressees import society_people
from ketuan.programme.applying.attachments import opened
from ketuan.programme.errors import Invalid, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.receiving.accepting import accept
from ketuan.programme.receiving.answering import answer_once, answer_with
from ketuan.programme.receiving.judging import SENDER, judge
from ketuan.programme.receiving.sorting import KINDS, Item, sort
from ketuan.programme.who import Holding, Who
from ketuan.records import clock
from ketuan.records.models import Application, Mail, Organisation, Submission

LONGEST = 2_000


def decide(
    mail: Mail,
    society: Organisation | None,
    *,
    application: Application | None = None,
    kinds: Mapping[int, str] | None = None,
    who: Who,
) -> Mail:
    """Judge a letter again, with what a person knows of it; it is accepted, or it says what is still missing.

    Refused for a letter that was accepted; Invalid without a society or with a letter that cannot be read.
    """
    holding = permit("receiving.decide", who, mail)
    if society is None:
        raise Invalid({"society": "请选择是哪个学会报送的。"})
    if application is not None and application.society_id != society.pk:
        raise Invalid({"application": "这份申报书不是该学会的，请重新选择。"})
    wrong = {number: kind for number, kind in (kinds or {}).items() if kind not in KINDS}
    if wrong:
        raise Invalid({"kinds": "请为附件选择种类。"})
    try:
        with opened(mail.paper) as file:
            letter = read_letter(file.read())
        items = sort(letter.attachments, calling.rules_of(mail.call).edition(), kinds)
    except Unreadable as reason:
        raise Invalid({"file": f"{reason}可以答复对方，请其重新发送。"}) from None
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(of=("self",), no_key=True)
            .select_related("call__current", "paper")
            .get(pk=mail.pk)
        )
        holding = permit("receiving.decide", who, mail)
        mail.attachments = [item.told() for item in items]
        settle(
            mail,
            letter,
            items,
            verb="receiving.decide",
            holding=holding,
            who=who,
            society=society,
            application=application,
        )
        mail.decided_by_id, mail.decided_at = who.user_id, clock.now()
        mail.save()
        record(
            who,
            holding,
            "receiving.decide",
            mail,
            f"办理来信，{mail.get_state_display()}：{society}",
            data={"state": mail.state, "kinds": {str(n): kind for n, kind in (kinds or {}).items()}},
            application=mail.application,
            organisation=society,
            call=mail.call,
        )
        answer_once(mail)
    return mail


def answer(mail: Mail, text: str, *, who: Who) -> Mail:
    """Write to the sender in one's own words; the letter then counts as answered, unless it was accepted."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Invalid({"text": f"最多写 {LONGEST} 字。" if text else "请写明要对方做什么。"})
    with transaction.atomic():
        mail = Mail.objects.select_for_update(of=("self",), no_key=True).select_related("call__current").get(pk=mail.pk)
        holding = permit("receiving.answer", who, mail)
        if mail.state == Mail.State.UNCLEAR:
            mail.state = Mail.State.ANSWERED
        mail.decided_by_id, mail.decided_at = who.user_id, clock.now()
        entry = record(
            who,
            holding,
            "receiving.answer",
            mail,
            "答复来信",
            sealed={"to": mail.sender, "text": text},
            application=mail.application,
            organisation=mail.society,
            call=mail.call,
        )
        answer_with(mail, "mail_answer", key=f"mail:{mail.pk}:answer:{entry.seq}", text=text)
        mail.save()
    return mail


def set_aside(mail: Mail, why: str, *, who: Who) -> Mail:
    """A letter that needs no doing (advertising, a question answered by telephone). Invalid without a reason."""
    if not why.strip():
        raise Invalid({"why": "请写明为什么不用办理。"})
    with transaction.atomic():
        mail = Mail.objects.select_for_update(of=("self",), no_key=True).select_related("call__current").get(pk=mail.pk)
        holding = permit("receiving.set_aside", who, mail)
        mail.state, mail.why = Mail.State.ASIDE, why.strip()[:500]
        mail.decided_by_id, mail.decided_at = who.user_id, clock.now()
        mail.save()
        record(who, holding, "receiving.set_aside", mail, "来信无须办理", data={"why": mail.why}, call=mail.call)
    return mail


def settle(
    mail: Mail,
    letter: Letter,
    items: list[Item],
    *,
    verb: str,
    holding: Holding,
    who: Who,
    society: Organisation | None = None,
    application: Application | None = None,
) -> None:
    """Judge, and accept what can be accepted: state, findings and results onto the row. Inside a transaction."""
    judged = judge(letter, items, mail.call, mail.received_at, society=society, application=application)
    if application is not None and len(judged.bundles) > 1:
        raise Invalid({"application": "邮件里有几份申报书，不能都记到同一份上。请按名称受理，或请对方分开发送。"})
    mail.state, mail.why, mail.society = judged.state, judged.why, judged.society
    mail.suggested, mail.findings = judged.suggested, [asdict(one) for one in judged.findings]
    mail.results = [{"name": one.form.name, "title": one.title, "code": "", "number": ""} for one in judged.bundles]
    if judged.state != Mail.State.ACCEPTED or judged.society is None:
        return
    taken: list[Submission] = []
    try:
        with transaction.atomic():
            for one in judged.bundles:
                found = accept(
                    mail,
                    one,
                    judged.society,
                    at=mail.received_at,
                    verb=verb,
                    holding=holding,
                    who=who,
                    application=application,
                )
                taken.append(found)
    except (NotReady, Refused) as why:
        mail.state, mail.why = Mail.State.UNCLEAR, why.why
        return
    mail.application = taken[0].application if taken else None
    mail.results = [_result(one.form.name, one.title, found) for one, found in zip(judged.bundles, taken, strict=True)]
    if any(one.rule == SENDER for one in judged.findings):
        for found in taken:
            write(
                "mail_in_your_name",
                society_people(found.application.society_id),
                key=f"mail_in_your_name:{found.pk}",
                link=f"/applications/{found.application.code}/",
                title=found.application.title or found.application.code,
                number=found.number,
            )


def _result(name: str, title: str, found: Submission) -> dict[str, object]:
    """``blocks`` are of the form itself; ``shared`` name what other applications hold and stay on the platform."""
    code = found.application.code
    blocks = [f for f in found.findings if f["weight"] == "block"]
    apart = [code in f["path"].split("+") for f in blocks]
    return {
        "name": name,
        "title": title,
        "code": code,
        "number": found.number,
        "submission": found.pk,
        "sha256": found.sha256,
        "blocks": [f["message"] for f, other in zip(blocks, apart, strict=True) if not other],
        "shared": [f["message"] for f, other in zip(blocks, apart, strict=True) if other],
    }
