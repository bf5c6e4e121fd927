"""Answering a warning with a reason, which everybody who reads the application later sees beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from ketuan.programme.applying import crossing, papers
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


@dataclass(frozen=True, slots=True)
class Asked:
    """A warning, and the reason that was given for it. ``stale``: given when the finding said something else."""

    finding: Finding
    key: str
    text: str = ""
    by: str = ""
    at: str = ""
    stale: bool = False

    @property
    def answered(self) -> bool:
        return bool(self.text) and not self.stale


def key_of(application: Application, finding: Finding) -> str:
    """By which a reason is kept: the rule and the field, which follows its row wherever that moves."""
    return f"{finding.rule}|{papers.keyed(application, finding.path)}"


def asked_of(application: Application, finding: Finding) -> Asked:
    """The finding with the reason that is held for it, if any."""
    key = key_of(application, finding)
    held: dict[str, Any] = application.reasons.get(key) or {}
    if not held:
        return Asked(finding, key)
    stale = held.get("found", _said(finding)) != _said(finding)
    return Asked(finding, key, held["text"], held.get("name", ""), held.get("at", ""), stale)


def asked_by(application: Application, *, who: Who, since: Finding | None = None) -> tuple[Asked, ...]:
    """Every finding of the application with its reason: by itself, beside the society's others, and ``since`` a consent.

    Of applications that this person does not see only the closed sentence is here, without a key and with no word of
    the reason.
    """
    alone = [asked_of(application, finding) for finding in findings_of(application)]
    beside = []
    for finding, closed in crossing.findings_beside(application, who=who):
        asked = asked_of(application, finding)
        if closed is not None:
            said = "申报单位已说明理由。" if asked.answered else ""
            asked = Asked(closed, "", said, stale=asked.stale)
        if asked not in beside:
            beside.append(asked)
    return (*alone, *beside, *([asked_of(application, since)] if since else []))


def warning_at(application: Application, key: str, *, who: Who) -> Asked | None:
    """The warning with this key, as it stands now; None where there is none (any more)."""
    from ketuan.programme import recommending  # reason: that stage imports this one

    asked = asked_by(application, who=who, since=recommending.since_consent(application))
    return next((one for one in asked if key and one.key == key and one.finding.weight == "warn"), None)


def give_reason(application: Application, key: str, text: str, *, who: Who) -> Application:
    """Say why a warning is left as it is; an empty text takes the reason back.

    Invalid where there is no such warning now (what must be mended cannot be argued away), or the text is too long.
    """
    text = text.strip()
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.give_reason", who, application)
        warning = warning_at(application, key, who=who)
        if warning is None:
            raise Invalid({"text": "这条建议已经不在了，不必说明。请刷新页面。"})
        if len(text) > LONGEST:
            raise Invalid({"text": f"说明有 {len(text)} 个字符，最多 {LONGEST} 个。"})
        if not text and not warning.text:
            raise Invalid({"text": "请写明理由。"})
        reasons = {kept: held for kept, held in application.reasons.items() if kept != key}
        if text:
            reasons[key] = {
                "text": text,
                "by": who.user_id,
                "name": who.name,
                "at": clock.now().isoformat(timespec="seconds"),
                "found": _said(warning.finding),
            }
        application.reasons = reasons
        application.save(update_fields=["reasons"])
        record(
            who,
            holding,
            "applying.give_reason",
            application,
            f"{'说明' if text else '收回'}一条建议的理由（{warning.finding.clause}）",
            data={"key": key},
            sealed={"message": warning.finding.message, "text": text},
            application=application,
        )
    return application


def _said(finding: Finding) -> str:
    """What the reason answers: when this changes, it must be given anew."""
    return finding.found or finding.message
