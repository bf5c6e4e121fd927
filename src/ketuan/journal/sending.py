"""Sending the letters that wait: mail, digests, group robots. At least once; a repeated mail carries the same Message-ID."""

from __future__ import annotations

import base64
import datetime
import hashlib
import hmac
import json
import logging
import time
import urllib.parse
import urllib.request
from collections.abc import Callable
from itertools import groupby

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from ketuan.records import clock
from ketuan.records.models import Letter

ATTEMPTS = 8
Attach = Callable[[dict[str, object]], tuple[str, bytes, str]]
"""What makes an attachment of a letter: its description → file name, bytes, content type."""
log = logging.getLogger("ketuan.letters")


def due() -> list[Letter]:
    """Letters to be sent now, claimed by this worker: another one will not take them for ten minutes."""
    with transaction.atomic():
        waiting = Letter.objects.select_for_update(of=("self",), skip_locked=_skips()).filter(
            state__in=(Letter.State.WAITING, Letter.State.SENDING), due_at__lte=clock.now()
        )
        letters = [one for one in waiting.select_related("user").order_by("pk")[:200] if _ready(one)]
        lease = timezone.now() + datetime.timedelta(minutes=10)
        for one in letters:
            one.state, one.leased_until = Letter.State.SENDING, lease
        Letter.objects.bulk_update(letters, ["state", "leased_until"])
    return letters


def _skips() -> bool:
    from django.db import connection

    return connection.features.has_select_for_update_skip_locked


def _ready(letter: Letter) -> bool:
    return letter.leased_until is None or letter.leased_until <= timezone.now()


def send_due(attach: Attach | None = None) -> int:
    """Send what waits; how many letters went out."""
    letters = due()
    sent = 0
    single = [one for one in letters if not one.digest]
    together = sorted((one for one in letters if one.digest), key=lambda one: one.address)
    for letter in single:
        sent += _tried([letter], lambda one=letter: _send(one, attach))  # type: ignore[misc]
    for address, group in groupby(together, key=lambda one: one.address):
        batch = list(group)
        sent += _tried(batch, lambda a=address, b=batch: _send_digest(a, b))  # type: ignore[misc]
    return sent


def _tried(letters: list[Letter], send: Callable[[], None]) -> int:
    try:
        send()
    except Exception as problem:  # whatever the other side does, the letter stays and the next one goes out
        for letter in letters:
            letter.attempts += 1
            letter.error = f"{type(problem).__name__}: {problem}"[:300]
            final = letter.attempts >= ATTEMPTS
            letter.state = Letter.State.FAILED if final else Letter.State.WAITING
            letter.leased_until = timezone.now() + datetime.timedelta(seconds=30 * 2**letter.attempts)
            letter.save(update_fields=["attempts", "error", "state", "leased_until"])
        log.warning("letter %s: %s", letters[0].key, type(problem).__name__)
        return 0
    for letter in letters:
        letter.state, letter.sent_at, letter.leased_until = Letter.State.SENT, clock.now(), None
        letter.save(update_fields=["state", "sent_at", "leased_until"])
    return len(letters)


def _send(letter: Letter, attach: Attach | None) -> None:
    if letter.channel == Letter.Channel.ROBOT:
        _to_robots(letter)
        return
    message = _mail(letter.address, letter.subject, _text(letter), letter.key, member=letter.user_id is not None)
    for paper in letter.papers if attach else []:
        assert attach is not None
        message.attach(*attach(paper))
    message.send()


def _send_digest(address: str, letters: list[Letter]) -> None:
    count = len(letters)
    body = "\n\n————\n\n".join(f"{one.subject}\n{_text(one)}" for one in letters)
    _mail(address, f"今天的 {count} 条通知", body, letters[0].key).send()


def _text(letter: Letter) -> str:
    link = f"\n\n查看：{settings.KETUAN_BASE_URL}{letter.link}" if letter.link else ""
    return f"{letter.body}{link}"


def _mail(address: str, subject: str, body: str, key: str, *, member: bool = True) -> EmailMessage:
    identity = hashlib.sha256(key.encode()).hexdigest()[:32]
    host = urllib.parse.urlsplit(settings.KETUAN_BASE_URL).hostname or "ketuan.invalid"
    foot = "科团平台自动发出。" + ("在“我的通知”里可以改变接收方式。" if member else "")
    # machines on the other side must not answer a machine (RFC 3834)
    headers = {"Message-ID": f"<{identity}@{host}>", "Auto-Submitted": "auto-generated"}
    line = " ".join(subject.split())  # a name with a line break in it must not stop the letter, nor become a header
    return EmailMessage(f"【科团】{line}", f"{body}\n\n——\n{foot}", to=[address], headers=headers)


def _to_robots(letter: Letter) -> None:
    """To the robots that the operator named; their addresses come from the environment only."""
    text = f"{letter.subject}\n{_text(letter)}"
    if settings.KETUAN_WECOM_ROBOT:
        _post(settings.KETUAN_WECOM_ROBOT, {"msgtype": "text", "text": {"content": text}})
    if settings.KETUAN_DINGTALK_ROBOT:
        _post(_signed(settings.KETUAN_DINGTALK_ROBOT), {"msgtype": "text", "text": {"content": text}})


def _signed(url: str) -> str:
    """钉钉 robots may ask for a signature over the time (``KETUAN_DINGTALK_SECRET``)."""
    secret = settings.KETUAN_DINGTALK_SECRET
    if not secret:
        return url
    now = str(int(time.time() * 1000))
    digest = hmac.new(secret.encode(), f"{now}\n{secret}".encode(), hashlib.sha256).digest()
    sign = urllib.parse.quote_plus(base64.b64encode(digest))
    return f"{url}&timestamp={now}&sign={sign}"


def _post(url: str, value: dict[str, object]) -> None:
    request = urllib.request.Request(url, json.dumps(value).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        told = json.loads(answer.read(10_000) or b"{}")
    if told.get("errcode"):
        raise OSError(f"机器人没有接受：{told.get('errmsg', told['errcode'])}")
