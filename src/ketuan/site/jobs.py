"""Which function stands behind the name of a job, and behind the name of an attachment of a letter.

An unknown name is a loud error, not a shrug.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ketuan.exchange import mailbox
from ketuan.programme import receipts, receiving, submitting

JOBS: dict[str, Callable[..., None]] = {
    "receiving.fetch_mail": mailbox.fetch_mail,
    "submitting.remind": submitting.remind,
}

ATTACHMENTS: dict[str, Callable[..., tuple[str, bytes, str]]] = {
    "receipt": receipts.attachment,
    "returned_list": receiving.attachment,
}
"""kind of paper → function that makes it: file name, bytes, content type."""


def attach(paper: dict[str, Any]) -> tuple[str, bytes, str]:
    """The attachment that a letter describes: ``kind`` names the function, the rest are its arguments."""
    rest = dict(paper)
    return ATTACHMENTS[rest.pop("kind")](**rest)


def every_turn() -> None:
    """What the worker looks after without being asked."""
    receiving.keep_asking()
