"""A person's own letters, and how they want to get them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet

from ketuan.journal.letters import CHOICES, KINDS, by_mail
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Letter, User

__all__ = ["CHOICES", "inbox", "label", "read", "read_all", "unread", "wish", "wishes"]


def inbox(*, who: Who) -> QuerySet[Letter]:
    """One's own letters in the platform, newest first."""
    return Letter.objects.filter(user=who.user_id or 0, channel=Letter.Channel.IN_APP)


def label(kind: str) -> str:
    """What a kind of letter is called; a kind that is no longer sent keeps its bare name."""
    return KINDS[kind].label if kind in KINDS else kind


def unread(*, who: Who) -> int:
    return inbox(who=who).filter(read_at=None).count()


def read(pk: int, *, who: Who) -> Letter:
    """Open a letter of one's own; NotFound for anybody else's."""
    letter = inbox(who=who).filter(pk=pk).first()
    if letter is None:
        raise NotFound(str(pk))
    if letter.read_at is None:
        letter.read_at = clock.now()
        letter.save(update_fields=["read_at"])
    return letter


def read_all(*, who: Who) -> int:
    return inbox(who=who).filter(read_at=None).update(read_at=clock.now())


def wishes(*, who: Who) -> list[tuple[str, str, str, bool]]:
    """Kind, its name, how this person wants it by mail, and whether that can be chosen at all."""
    user = User.objects.get(pk=who.person)
    return [(kind, one.label, by_mail(kind, user), not one.must) for kind, one in sorted(KINDS.items())]


def wish(chosen: Mapping[str, str], *, who: Who) -> None:
    """Choose how letters come by mail; what stays as it is is not written down. Invalid for a kind or a way there is not."""
    holding = permit("corresponding.wish", who)
    wrong = {
        kind: "没有这种通知或接收方式。" for kind, way in chosen.items() if kind not in KINDS or way not in CHOICES
    }
    if wrong:
        raise Invalid(wrong)
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=who.person)
        changed = {kind: [now, way] for kind, way in chosen.items() if (now := by_mail(kind, user)) != way}
        if not changed:
            return
        user.letters = {**user.letters, **{kind: way for kind, (_, way) in changed.items()}}
        user.save(update_fields=["letters"])
        record(who, holding, "corresponding.wish", user, "修改通知接收方式", data=changed)
