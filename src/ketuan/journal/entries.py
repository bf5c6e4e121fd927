"""Writing down what happened: one entry an act, in the act's own transaction, chained under a key outside the database.

Personal data goes into ``sealed``: the chain holds only its keyed hash, so that it can be erased without breaking it.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from ketuan.records import clock
from ketuan.records.models import Application, Call, Entry, Organisation

BEGINNING = "0" * 64
_LOCK = 0x6B657475616E  # one number for the whole journal, on databases that lock by number


def canonical(value: Any) -> bytes:
    """One spelling of a JSON value: sorted keys, no blanks, UTF-8."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return text.encode()


def mac(value: Any) -> str:
    """HMAC-SHA-256 of the canonical spelling under the journal's key, in hexadecimal."""
    return hmac.new(settings.KETUAN_JOURNAL_KEY.encode(), canonical(value), hashlib.sha256).hexdigest()


def chained(entry: Entry) -> dict[str, Any]:
    """What of an entry the chain holds; anything else about it could be changed unseen, so nothing else matters."""
    return {
        "seq": entry.seq,
        "at": entry.at.astimezone(clock.CHINA).isoformat(timespec="microseconds"),
        "actor": entry.actor_id,
        "as": entry.acted_as,
        "verb": entry.verb,
        "subject": [entry.subject_kind, entry.subject_id],
        "about": [entry.application_id, entry.organisation_id, entry.call_id],
        "says": entry.says,
        "data": json.loads(canonical(entry.data)),
        "sealed": entry.sealed_mac,
        "previous": entry.previous,
    }


def record(
    actor_id: int | None,
    acted_as: str,
    verb: str,
    subject: models.Model,
    says: str,
    *,
    data: Mapping[str, Any] | None = None,
    sealed: Mapping[str, Any] | None = None,
    application: Application | None = None,
    organisation: Organisation | None = None,
    call: Call | None = None,
) -> Entry:
    """Add one entry. Must run inside the transaction of the act: if it fails, the act fails.

    ``says`` is the sentence of the timeline and names no private person; ``data`` before and after without personal
    data; ``sealed`` the personal data.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("an entry belongs into the transaction of its act")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])
    last = Entry.objects.order_by("-seq").values("seq", "mac").first()
    entry = Entry(
        seq=last["seq"] + 1 if last else 1,
        at=clock.now(),
        actor_id=actor_id,
        acted_as=acted_as[:120],
        verb=verb,
        subject_kind=subject._meta.model_name or "",
        subject_id=str(subject.pk),
        application=application,
        organisation=organisation,
        call=call,
        says=says[:400],
        data=json.loads(canonical(data or {})),
        sealed=json.loads(canonical(sealed or {})),
        previous=last["mac"] if last else BEGINNING,
    )
    entry.sealed_mac = mac(entry.sealed) if sealed else ""
    entry.mac = mac(chained(entry))
    entry.save(force_insert=True)
    return entry
