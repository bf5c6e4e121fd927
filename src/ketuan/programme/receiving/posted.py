"""How the paper of each application stands beside its electronic version: one list for the office, one page for a society."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q

from ketuan.programme.applying.finding import listing
from ketuan.programme.numbers import tidied as number_of
from ketuan.programme.permits import may
from ketuan.programme.receiving.bags import CODE, COPIES, DAY, ORIGINALS, tidied
from ketuan.programme.who import Who
from ketuan.records.models import Application, Dispatch

NONE, ON_WAY, GOOD, OTHER, LATE, SHORT, LOOK = (
    "未收到纸质件",
    "已寄出",
    "已收到",
    "不一致",
    "逾期寄出",
    "份数不足",
    "需核对",
)
WORDS = {"none": NONE, "on_way": ON_WAY, "other": OTHER, "late": LATE, "short": SHORT, "look": LOOK, "good": GOOD}
"""Filter of the list → its word, what needs doing first."""
_BY_RULE = {CODE: OTHER, DAY: LATE, ORIGINALS: SHORT, COPIES: SHORT}


@dataclass(frozen=True, slots=True)
class Posted:
    application: Application
    bag: Dispatch | None
    word: str
    says: str = ""


def posted(*, who: Who, search: str = "") -> list[Posted]:
    """Every application with a valid submission, and every one a bag came for; a fixed number of queries."""
    rows = listing(who=who).filter(_worth_a_bag()).select_related("submitted__version")
    for word in search.split()[:5]:
        rows = rows.filter(_found_by(word))
    rows = rows.defer("form", "unread", "rows", "reasons", "submitted__version__form", "submitted__version__roster")
    bags = Prefetch("dispatches", Dispatch.objects.order_by("-pk"))
    return [_standing(one) for one in rows.prefetch_related(bags).order_by("code")]


def posted_of(application: Application) -> Posted:
    """The same of one application."""
    return _standing(application)


def search(text: str, *, who: Who) -> list[Application]:
    """Applications for which a bag can be entered, by short code, number of the receipt, code, title or society."""
    if not text.strip() or not may("receiving.enter_bag", who):
        return []
    rows = listing(who=who).filter(_worth_a_bag(), _found_by(text.strip()))
    return list(rows.select_related("submitted__version").order_by("code")[:20])


def told(found: list[Posted], word: str) -> list[Posted]:
    """Those of one filter; all where there is none of that name."""
    return [one for one in found if one.word == WORDS[word]] if word in WORDS else found


def _worth_a_bag() -> Q:
    return (Q(submitted__isnull=False) & ~Q(state=Application.State.WITHDRAWN)) | Q(dispatches__isnull=False)


def _found_by(text: str) -> Q:
    found = Q(code__icontains=text) | Q(title__icontains=text) | Q(society__name__icontains=text)
    code, number = tidied(text), number_of(text)
    if len(code) == 9:
        found |= Q(versions__short_code=code)
    if number:
        found |= Q(submissions__number=number)
    return found | Q(dispatches__tracking__iexact=text)


def _standing(application: Application) -> Posted:
    bags: list[Any] = list(application.dispatches.all())
    if not bags:
        return Posted(application, None, NONE)
    bag = bags[0]
    if bag.received_at is None:
        late = any(f["rule"] == DAY for f in bag.findings)
        return Posted(application, bag, LATE if late else ON_WAY)
    current = application.submitted.version if application.submitted else None
    if bag.short_code and current is not None and bag.short_code != current.short_code:
        return Posted(application, bag, OTHER, f"纸面 {bag.short_code}，已提交 {current.short_code}")
    findings = [f for f in bag.findings if f["rule"] != CODE]
    if findings:
        return Posted(application, bag, _BY_RULE.get(findings[0]["rule"], LOOK), findings[0]["message"])
    if not bag.short_code:
        return Posted(application, bag, LOOK, "还没有核对纸面短码")
    return Posted(application, bag, GOOD)
