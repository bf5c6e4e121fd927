"""The letters of enrolling, and those the platform cannot keep: an invitation's link is known to its bearer only."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterable

from django.conf import settings
from django.core.mail import send_mail

from ketuan.journal import outbox
from ketuan.journal.letters import KINDS
from ketuan.programme.addressees import office_people
from ketuan.records import clock
from ketuan.records.models import CorpsMember, Invitation, Letter, Organisation, Role

log = logging.getLogger(__name__)


def invitation(made: Invitation, token: str) -> bool:
    """Send the link by mail, at once and past the outbox, whose rows would keep it. False where it did not leave."""
    if not made.email or made.organisation is None:
        return False
    role = Role.Kind(made.role).label
    text = (
        f"{made.name or '您好'}：\n\n"
        f"{made.made_by.name}邀请您在科团平台担任{made.organisation.name}的{role}。\n\n"
        f"请在{made.expires_at:%Y年%-m月%-d日}前打开下面的链接接受。链接只能用一次，请勿转发。\n\n"
        f"{settings.KETUAN_BASE_URL}/invited/{token}/\n\n"
        "如果您不认识邀请人，不必理会这封信。\n"
    )
    return _sent(made, f"【科团】邀请您担任{made.organisation.name}的{role}", text, made.email)


def further_checker(society: Organisation, by: str, person: str, how: str, *, key: str) -> None:
    """The office learns of each checker whom another checker let in: two accounts may be one person."""
    outbox.letter(
        "further_checker",
        office_people(),
        key=f"further_checker:{key}",
        link=f"/bodies/{society.pk}/",
        society=society.name,
        by=by,
        person=person or "没有写姓名",
        how=how,
    )


def corps_invitation(made: Invitation, token: str, address: str) -> bool:
    """The same for a place in a corps; the address is the one the society gave, or the expert's own in the register."""
    if not address or made.organisation is None or made.member is None:
        return False
    society, corps = made.organisation.name, made.member.application.title
    text = (
        f"{made.name}：\n\n"
        f"{society}邀请您参加科技服务团{f'《{corps}》' if corps else ''}。\n\n"
        f"请在{made.expires_at.astimezone(clock.CHINA):%Y年%-m月%-d日}前打开下面的链接，填写您的信息并答复是否同意。"
        "不用注册。链接只能答复一次，请勿转发。\n\n"
        f"{settings.KETUAN_BASE_URL}/invited/corps/{token}/\n\n"
        "如果您不认识邀请单位，不必理会这封信。\n"
    )
    return _sent(made, f"【科团】{society}邀请您参加科技服务团", text, address)


def corps_answered(made: Invitation, member: CorpsMember, addresses: Iterable[str], answer: str) -> None:
    """Whoever answered: the invited person learns of it wherever they are known. In the transaction of the answer."""
    template, now = KINDS["corps_answered"], clock.now()
    words = {
        "society": member.application.society.name,
        "title": f"《{member.application.title}》" if member.application.title else "",
        "answer": answer,
        "at": f"{now.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M}",
    }
    for address in addresses:
        Letter.objects.get_or_create(
            key=f"corps_answered:{made.pk}:{address}"[:160],
            defaults={
                "kind": "corps_answered",
                "channel": Letter.Channel.MAIL,
                "user": None,
                "address": address,
                "subject": template.subject.format_map(words)[:200],
                "body": template.body.format_map(words),
                "state": Letter.State.WAITING,
                "due_at": now,
                "written_at": now,
            },
        )


def _sent(made: Invitation, subject: str, text: str, address: str) -> bool:
    try:
        return bool(send_mail(subject, text, None, [address]))
    except (OSError, smtplib.SMTPException):
        log.exception("the mail of invitation %s did not leave", made.pk)
        return False
