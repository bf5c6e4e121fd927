"""What the head of a mail says of who wrote it: a person, or a machine that must never be answered by another (RFC 3834)."""

from __future__ import annotations

import email.policy
import re
from email.parser import BytesHeaderParser

HEAD = 1 << 16
_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)\b", re.IGNORECASE)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}")


def automatic(data: bytes, sender: str, own: str = "") -> bool:
    """True for auto-replies, bounces, mailing lists, and for letters that this platform wrote itself."""
    try:
        head = BytesHeaderParser(policy=email.policy.compat32).parsebytes(data[:HEAD])
    except (ValueError, IndexError):
        return True
    said = {name.lower(): str(value).strip().lower() for name, value in head.raw_items()}
    if said.get("auto-submitted", "no").partition(";")[0].strip() != "no":
        return True
    if said.get("precedence", "") in ("bulk", "junk", "list", "auto_reply"):
        return True
    if re.sub(r"\s", "", said.get("return-path", "x")) == "<>":
        return True
    if {
        "list-id",
        "list-unsubscribe",
        "list-post",
        "x-auto-response-suppress",
        "x-autoreply",
        "feedback-id",
    } & said.keys():
        return True
    if said.get("content-type", "").startswith("multipart/report"):
        return True
    return bool(_MACHINES.match(sender)) or (bool(own) and own.lower() in sender.lower())


def deliverable(sender: str) -> bool:
    """An address that an answer can be sent to; nothing that could steer a mail program."""
    return len(sender) <= 200 and _ADDRESS.fullmatch(sender) is not None


def clean(text: str, most: int) -> str:
    """Text that every database and every page takes: no NUL, no lone surrogates, no signs that turn the line round."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", whole)[:most]
