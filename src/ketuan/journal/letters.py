"""The letters of the platform: their kinds, their words, and by which channels a person wants them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ketuan.records import clock
from ketuan.records.models import Letter, User


@dataclass(frozen=True, slots=True)
class Kind:
    """``subject`` and ``body`` are filled with ``str.format_map`` from the context of the act."""

    label: str
    subject: str
    body: str
    mail: bool = True


KINDS: dict[str, Kind] = {}


def compose(
    kind: str, user: User, *, key: str, link: str, papers: list[dict[str, Any]], context: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """The rows of Letter to write for one person: one a channel."""
    template = KINDS[kind]
    now = clock.now()
    wanted = user.letters.get(kind, [Letter.Channel.IN_APP, *([Letter.Channel.MAIL] if template.mail else [])])
    for channel in wanted:
        yield {
            "key": f"{key}:{user.pk}:{channel}",
            "kind": kind,
            "channel": channel,
            "user": user,
            "address": user.email if channel == Letter.Channel.MAIL else "",
            "subject": template.subject.format_map(context),
            "body": template.body.format_map(context),
            "link": link,
            "papers": papers,
            "state": Letter.State.SENT if channel == Letter.Channel.IN_APP else Letter.State.WAITING,
            "due_at": now,
            "written_at": now,
        }
