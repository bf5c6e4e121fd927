"""Answering a warning with a reason, which everybody who reads the application later sees beside it."""

from __future__ import annotations

from django.db import transaction

from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.judging import findings_of
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application
from ketuan.rules.findings import Finding

LONGEST = 500


def key_of(finding: Finding) -> str:
    """By which a reason is kept: the rule and the field."""
    return f"{finding.rule}|{finding.path}"


def give_reason(application: Application, key: str, text: str, *, who: Who) -> None:
    """Say why a warning is left as it is; an empty text takes the reason back.

    Invalid where there is no such warning now (what must be mended cannot be argued away), or the text is too long.
    """
    text = text.strip()
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.give_reason", who, application)
        warning = next((f for f in findings_of(application) if key_of(f) == key and f.weight == "warn"), None)
        if warning is None:
            raise Invalid({"text": "这条建议已经不在了，不必说明。请刷新页面。"})
        if len(text) > LONGEST:
            raise Invalid({"text": f"说明有 {len(text)} 个字符，最多 {LONGEST} 个。"})
        if text:
            application.reasons[key] = {
                "text": text,
                "by": who.user_id,
                "at": clock.now().isoformat(timespec="seconds"),
            }
        else:
            application.reasons.pop(key, None)
        application.save(update_fields=["reasons"])
        says = f"{'说明' if text else '收回说明'}：{warning.message}"
        record(
            who, holding, "applying.give_reason", application, says[:400], data={"key": key}, application=application
        )
