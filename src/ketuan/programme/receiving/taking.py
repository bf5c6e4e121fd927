"""Taking in a letter: kept as it came, judged, accepted or not, answered once. Each message counts once (promise P1)."""

from __future__ import annotations

import datetime
import hashlib
import re

from django.db import IntegrityError, transaction

from ketuan.documents.errors import Unreadable
from ketuan.documents.mail import Letter, read_letter
from ketuan.documents.sniffing import sniff
from ketuan.journal.entries import canonical
from ketuan.programme import calling
from ketuan.programme.applying import keeping
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.receiving.answering import answer_once
from ketuan.programme.receiving.deciding import settle
from ketuan.programme.receiving.envelope import automatic, clean
from ketuan.programme.receiving.sorting import Item, sort
from ketuan.programme.who import Holding, Who
from ketuan.records import clock
from ketuan.records.models import Call, Mail, Paper
from ketuan.rules.mail import subject_of

_SAME = (Mail.State.ACCEPTED, Mail.State.MISSING, Mail.State.UNCLEAR)
"""States after which the same letter again brings nothing new."""
BODY = 5_000


def take_in(data: bytes, *, who: Who, arrived: datetime.datetime | None = None, in_time: str = "") -> Mail:
    """The letter in ``data``, kept, judged and answered; the same message again is the row there is.

    ``arrived`` is when it came, where the caller knows; else what the last mail server noted, else now. What a file says of
    its own arrival counts after the deadline only with a reason (``in_time``), which is kept. Invalid for a dropped
    file that is no mail, and while no call is published. Whatever else is wrong with it stands on the desk, in words.
    """
    holding = permit("receiving.take_in", who)
    try:
        letter, why = read_letter(data), ""
    except Unreadable as wrong:
        if who.signed_in and sniff(data[:65_536], "mail.eml").kind != "eml":  # a mailbox holds nothing but mails
            raise Invalid({"file": str(wrong)}) from None
        letter, why = _bare(data), str(wrong)
    now = clock.now()
    at = min(arrived or _sane(letter.arrived_at) or now, now)
    call = _call(letter.subject, at)
    in_time = in_time.strip()[:300] if who.signed_in and _over(call, now) else ""
    if who.signed_in and arrived is None and _over(call, now) and not in_time:
        at = now
    content = _content(letter)
    message_id, there = _identity(letter, data, content)
    if there is not None and not (in_time and there.state == Mail.State.LATE):
        return there
    items: list[Item] = []
    if not why:
        try:
            items = sort(letter.attachments, calling.rules_of(call).edition())
        except Unreadable as wrong:
            why = str(wrong)
    if there is not None:
        return _in_time_after_all(there, letter, items, at, in_time, holding, who) if not why else there
    mail = Mail(
        call=call,
        message_id=message_id,
        content=content,
        sender=clean(letter.sender, 200),
        sender_name=clean(letter.sender_name, 100),
        subject=clean(letter.subject, 300),
        body=clean(letter.text, BODY),
        automatic=automatic(data, letter.sender, (call.contact or {}).get("mailbox", "")),
        sent_at=_sane(letter.sent_at),
        received_at=at,
        taken_at=now,
        in_time=in_time,
        attachments=[item.told() for item in items],
    )
    return _kept(mail, data, letter, items, why, holding, who)


def too_big(head: bytes, size: int, *, who: Who) -> Mail:
    """A message that the mailbox holds and that is not fetched: its head stands on the desk with the reason."""
    holding = permit("receiving.take_in", who)
    letter = _bare(head)
    why = f"邮件有 {size >> 20} MB，超过可以读取的大小，没有取来。请在邮箱里查看，或请对方分几封发送。"
    now = clock.now()
    call = _call(letter.subject, now)
    message_id, there = _identity(letter, head, "")
    if there is not None:
        return there
    mail = Mail(
        call=call,
        message_id=message_id,
        sender=clean(letter.sender, 200),
        subject=clean(letter.subject, 300),
        automatic=automatic(head, letter.sender),
        received_at=min(_sane(letter.arrived_at) or now, now),
        taken_at=now,
    )
    return _kept(mail, head, letter, [], why, holding, who)


def _kept(mail: Mail, data: bytes, letter: Letter, items: list[Item], why: str, holding: Holding, who: Who) -> Mail:
    key = keeping.keep(data)
    try:
        with transaction.atomic():
            mail.paper = Paper.objects.create(
                kind=Paper.Kind.MAIL,
                name=f"来信-{mail.received_at:%Y%m%d-%H%M%S}.eml",
                key=key,
                content_type="message/rfc822",
                size=len(data),
                sha256=keeping.hash_of(data),
                added_by_id=who.user_id,
                added_at=mail.taken_at,
            )
            mail.state, mail.why = Mail.State.UNCLEAR, why
            mail.save()
            first = _first(mail)
            if first is not None:
                mail.state, mail.again_of, mail.society = Mail.State.REPEATED, first, first.society
                mail.why = f"与{first.received_at.astimezone(clock.CHINA):%Y年%-m月%-d日 %H:%M} 收到的邮件内容相同，按那一封办理。"
                mail.application = first.application
            elif mail.automatic and not items:
                mail.state, mail.why = Mail.State.ASIDE, "自动回复、退信或群发邮件，没有申报材料。"
            elif not why:
                settle(mail, letter, items, verb="receiving.take_in", holding=holding, who=who)
            mail.save()
            record(
                who,
                holding,
                "receiving.take_in",
                mail,
                f"收到来信，{mail.get_state_display()}" + (f"：{mail.society}" if mail.society else ""),
                data={"state": mail.state, "sha256": mail.paper.sha256, "arrived": mail.received_at.isoformat()},
                sealed={"sender": mail.sender, "subject": mail.subject, **_reason(mail)},
                application=mail.application,
                organisation=mail.society,
                call=mail.call,
            )
            answer_once(mail)
    except IntegrityError:  # somebody took in the same message at the same moment
        keeping.forget(key)
        there = Mail.objects.filter(message_id=mail.message_id).first()
        if there is None:
            raise
        return there
    except BaseException:
        keeping.forget(key)
        raise
    return mail


def _in_time_after_all(
    there: Mail, letter: Letter, items: list[Item], at: datetime.datetime, in_time: str, holding: Holding, who: Who
) -> Mail:
    """A letter that counted as late, put in once more with the reason why it is not."""
    with transaction.atomic():
        rows = Mail.objects.select_for_update(of=("self",), no_key=True).select_related("call__current", "paper")
        mail = rows.get(pk=there.pk)
        if mail.state != Mail.State.LATE:
            return mail
        mail.received_at, mail.in_time, mail.attachments = at, in_time, [item.told() for item in items]
        settle(mail, letter, items, verb="receiving.take_in", holding=holding, who=who)
        mail.decided_by_id, mail.decided_at = who.user_id, clock.now()
        mail.save()
        record(
            who,
            holding,
            "receiving.take_in",
            mail,
            f"再次放入逾期来信，写明按时收到的理由，{mail.get_state_display()}",
            data={"state": mail.state, "arrived": at.isoformat()},
            sealed=_reason(mail),
            application=mail.application,
            organisation=mail.society,
            call=mail.call,
        )
        answer_once(mail)
    return mail


def _over(call: Call, now: datetime.datetime) -> bool:
    return call.deadline_at is not None and now.replace(microsecond=0) > call.deadline_at


def _reason(mail: Mail) -> dict[str, str]:
    return {"in_time": mail.in_time} if mail.in_time else {}


def _first(mail: Mail) -> Mail | None:
    if not mail.content:
        return None
    same = Mail.objects.filter(content=mail.content, call=mail.call, state__in=_SAME).exclude(pk=mail.pk)
    return same.order_by("pk").first()


def _call(subject: str, at: datetime.datetime) -> Call:
    """The call whose subject line it carries, else the one that was open or last open when it came."""
    published = Call.objects.filter(state=Call.State.PUBLISHED).exclude(current=None).select_related("current")
    rows = sorted(published, key=lambda one: (one.opens_at is not None and one.opens_at <= at, one.code), reverse=True)
    if not rows:
        raise Invalid({"file": "还没有发布的申报通知，暂不能收信。发布以后再收，邮件不会丢。"})
    return next((one for one in rows if subject_of(subject, calling.rules_of(one)).right), rows[0])


def _identity(letter: Letter, data: bytes, content: str) -> tuple[str, Mail | None]:
    """The Message-ID, or what stands for it; and the row of this message, where it came before.

    One Message-ID with other content is another letter: nobody can push a letter aside by using its number first.
    """
    said = clean(letter.message_id, 1_000)
    if len(said) > 200 or not said:
        said = f"sha256:{hashlib.sha256(said.encode() if said else data).hexdigest()}"
    there = Mail.objects.filter(message_id=said).first()
    if there is None or there.content == content:
        return said, there
    other = f"{said[:180]}#{content[:32] or hashlib.sha256(data).hexdigest()[:32]}"
    return other, Mail.objects.filter(message_id=other).first()


def _content(letter: Letter) -> str:
    brought = sorted(hashlib.sha256(one.data).hexdigest() for one in letter.attachments)
    said = "" if brought else clean(letter.text, 1 << 20)
    told = [letter.sender.lower(), "".join(clean(letter.subject, 1_000).split()), said, brought]
    return hashlib.sha256(canonical([clean(one, 1 << 20) if isinstance(one, str) else one for one in told])).hexdigest()


def _bare(data: bytes) -> Letter:
    """What can be known of a letter that is not read: its head."""
    head = re.split(rb"\r?\n\r?\n", data[: 1 << 18], maxsplit=1)[0]
    kept = [line for line in re.split(rb"\r?\n(?![ \t])", head) if not line.lower().startswith(b"content-")]
    try:
        return read_letter(b"\r\n".join(kept) + b"\r\nX-Head: 1\r\n\r\n")
    except Unreadable:
        return Letter("", "", "", "", None, None, "", ())


def _sane(at: datetime.datetime | None) -> datetime.datetime | None:
    """Without the years that machines with a dead battery write, and that no calendar can convert."""
    return at if at is not None and 2000 <= at.year <= 2100 else None
