"""Writing an act of a person into the journal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import models

from ketuan.journal import entries
from ketuan.programme.who import Holding, Who
from ketuan.records.models import Application, Call, Entry, Organisation


def record(
    who: Who,
    holding: Holding,
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
    """The act of ``who`` under ``holding``; the parameters are those of :func:`ketuan.journal.entries.record`."""
    if application is not None:
        organisation, call = organisation or application.society, call or application.call
    return entries.record(
        who.user_id,
        str(holding),
        verb,
        subject,
        says,
        data=data,
        sealed=sealed,
        application=application,
        organisation=organisation,
        call=call,
    )
