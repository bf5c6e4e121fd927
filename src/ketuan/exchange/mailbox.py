"""The mailbox of the call, read by IMAP: every message once, none deleted, those taken in marked as seen (通知 四.2).

``KETUAN_IMAP_URL`` is ``imaps://user:password@host[:port]/INBOX``, with what is not a letter of an address written as %xx.
Plain ``imap://`` is taken for this machine only.
"""

from __future__ import annotations

import contextlib
import datetime
import imaplib
import logging
import re
import ssl
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.conf import settings

from ketuan.documents.mail import MAX_BYTES
from ketuan.programme import receiving
from ketuan.programme.errors import Invalid
from ketuan.programme.who import PLATFORM

SECONDS, AT_A_TIME, TIMEOUT = 180, 50, 30
"""A round ends within the worker's lease; the rest comes with the next one."""
_HERE = ("127.0.0.1", "localhost", "::1")
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
log = logging.getLogger("ketuan.mailbox")


class Unreachable(OSError):
    """The mailbox cannot be read; the sentence says why and holds no password."""


@dataclass(frozen=True, slots=True)
class Address:
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    safe: bool


@dataclass(frozen=True, slots=True)
class Lying:
    """A message as it lies in the mailbox."""

    uid: str
    size: int
    message_id: str
    seen: bool


def fetch_mail() -> None:
    """Take in what is new (site/jobs.py). Unreachable where the mailbox cannot be read; it is tried again."""
    first = receiving.since()
    if not settings.KETUAN_IMAP_URL or first is None:
        return
    until = time.monotonic() + SECONDS
    with _opened(_address(settings.KETUAN_IMAP_URL)) as box:
        new = _new(box, first)
        for one in new[:AT_A_TIME]:
            if time.monotonic() > until:
                break
            _taken(box, one)


def _address(url: str) -> Address:
    parts = urllib.parse.urlsplit(url)
    safe = parts.scheme == "imaps"
    if parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username:
        raise Unreachable("收件邮箱的地址写得不对，应为 imaps://用户:口令@服务器/INBOX。")
    if not safe and parts.hostname not in _HERE:
        raise Unreachable("收件邮箱要用加密的 imaps://。")
    return Address(
        parts.hostname,
        parts.port or (993 if safe else 143),
        urllib.parse.unquote(parts.username),
        urllib.parse.unquote(parts.password or ""),
        urllib.parse.unquote(parts.path.strip("/")) or "INBOX",
        safe,
    )


@contextlib.contextmanager
def _opened(address: Address) -> Iterator[imaplib.IMAP4]:
    try:
        box = (
            imaplib.IMAP4_SSL(address.host, address.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
            if address.safe
            else imaplib.IMAP4(address.host, address.port, timeout=TIMEOUT)
        )
    except (OSError, imaplib.IMAP4.error) as problem:
        raise Unreachable(f"连不上收件邮箱 {address.host}：{type(problem).__name__}。") from None
    try:
        _signed_in(box, address)
        yield box
    except Unreachable:
        raise
    except (OSError, imaplib.IMAP4.error) as problem:
        raise Unreachable(f"收件邮箱中断：{type(problem).__name__}。") from None
    finally:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            box.logout()


def _signed_in(box: imaplib.IMAP4, address: Address) -> None:
    try:
        box.login(address.user, address.password)
    except imaplib.IMAP4.error:
        raise Unreachable("收件邮箱不接受用户名或口令，请系统管理员核对（有的邮箱要用授权码）。") from None
    if "ID" in box.capabilities:
        # 163 and 126 let nobody open a folder who has not said what program they are
        imaplib.Commands.setdefault("ID", ("AUTH",))
        box.xatom("ID", '("name" "ketuan" "version" "1")')
    said, _ = box.select(_quoted(address.folder))
    if said != "OK":
        raise Unreachable(f"收件邮箱里没有文件夹 {address.folder}。")


def _new(box: imaplib.IMAP4, first: datetime.date) -> list[Lying]:
    """What was not taken in yet, oldest first; read or unread, for people look into the mailbox too."""
    before = first - datetime.timedelta(days=1)
    day = f"{before.day:02d}-{_MONTHS[before.month - 1]}-{before.year}"
    said, found = box.uid("SEARCH", "SINCE", day)
    if said != "OK":
        raise Unreachable("收件邮箱不能查找邮件。")
    uids = (found[0] or b"").decode("ascii", "replace").split()
    lying = [one for at in range(0, len(uids), 200) for one in _heads(box, uids[at : at + 200])]
    known = receiving.known(one.message_id for one in lying if one.message_id)
    return [one for one in lying if (one.message_id not in known if one.message_id else not one.seen)]


def _heads(box: imaplib.IMAP4, uids: list[str]) -> Iterator[Lying]:
    asked = "(UID FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])"
    said, rows = box.uid("FETCH", ",".join(uids), asked)
    if said != "OK":
        raise Unreachable("收件邮箱不能读取邮件。")
    for row in rows:
        if not isinstance(row, tuple):
            continue
        told = row[0].decode("ascii", "replace")
        uid, size = re.search(r"\bUID (\d+)", told), re.search(r"RFC822\.SIZE (\d+)", told)
        if uid and size:
            head = re.sub(r"\s+", " ", row[1].decode("utf-8", "replace")).partition(":")[2]
            yield Lying(uid[1], int(size[1]), head.strip("<> "), "\\Seen" in told)


def _taken(box: imaplib.IMAP4, one: Lying) -> None:
    """One message in; what goes wrong with it leaves it in the mailbox and does not keep the next ones out."""
    try:
        if one.size > MAX_BYTES:
            receiving.too_big(_bytes(box, one, "BODY.PEEK[HEADER]"), one.size, who=PLATFORM)
        else:
            receiving.take_in(_bytes(box, one, "BODY.PEEK[]"), who=PLATFORM)
    except Invalid as wrong:
        log.warning("message %s stays in the mailbox: %s", one.uid, wrong)
        return
    except (OSError, imaplib.IMAP4.error):
        raise
    except Exception:  # a letter that nobody foresaw must not stop the mailbox
        log.exception("message %s stays in the mailbox", one.uid)
        return
    box.uid("STORE", one.uid, "+FLAGS", "(\\Seen)")


def _bytes(box: imaplib.IMAP4, one: Lying, what: str) -> bytes:
    said, rows = box.uid("FETCH", one.uid, f"({what})")
    found = next((row[1] for row in rows if isinstance(row, tuple)), b"") if said == "OK" else b""
    if not found:
        raise Unreachable("收件邮箱没有给出邮件的内容。")
    return bytes(found)


def _quoted(folder: str) -> str:
    """UTF-7 of IMAP is not needed for INBOX and plain names; others are given as the server lists them."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
