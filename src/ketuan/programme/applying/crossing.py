"""What an application shares with the society's others, shown only to those who see both (通知 三.5)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ketuan.programme import calling
from ketuan.programme.applying import papers
from ketuan.programme.applying.finding import listing, of_society
from ketuan.programme.applying.judging import portfolio_of
from ketuan.programme.who import Who
from ketuan.records.models import Application
from ketuan.rules.findings import Evidence, Finding, PortfolioFinding, Span

_SHARED = {
    "society.quota": "申报的项目数",
    "overlap.members": "服务团成员",
    "overlap.problems": "拟解决的难题",
    "overlap.regions": "服务区域",
    "overlap.content": "申报内容",
}
_MOBILE = re.compile(r"(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)")
_MAIL = re.compile(r"([\w.+-])[\w.+-]*@")


@dataclass(frozen=True, slots=True)
class Shown:
    """One paper's side of a piece of evidence."""

    code: str
    title: str
    place: str
    pieces: tuple[tuple[str, bool], ...]
    """Text, and whether both sides have it."""


@dataclass(frozen=True, slots=True)
class Crossing:
    rule: str
    label: str
    """What is shared: 服务团成员, 服务区域, …"""
    weight: str
    clause: str
    message: str
    fix: str
    pairs: tuple[tuple[str, tuple[Shown, ...], str], ...] = ()
    """What is held against each other, its sides, and how alike they are."""
    hidden: bool = False
    """True where this person does not see the other application: neither its code nor its content is here."""


def crossings_of(application: Application, *, who: Who) -> list[Crossing]:
    """Findings over several applications, heaviest first; of applications unseen only that there is something."""
    seen = _seen(application, who)
    crossings: list[Crossing] = []
    for finding in portfolio_of(application):
        if set(finding.files) <= seen.keys():
            crossings.append(_open(finding, seen))
        else:
            closed = _closed(finding)
            if closed not in crossings:
                crossings.append(closed)
    return crossings


def findings_beside(application: Application, *, who: Who) -> list[tuple[Finding, Finding | None]]:
    """Findings over several applications as findings of this one; ``path`` is made of their codes.

    The second is what this person may be shown instead; None where every application concerned is seen.
    """
    found = portfolio_of(application)
    seen = _seen(application, who) if found else {}
    told: list[tuple[Finding, Finding | None]] = []
    for one in found:
        whole = Finding(
            one.rule, one.weight, one.clause, "+".join(one.files), one.message, one.found, one.wanted, one.fix
        )
        closed = None
        if not set(one.files) <= seen.keys():
            shown = _closed(one)
            closed = Finding(shown.rule, one.weight, shown.clause, "", shown.message, fix=shown.fix)
        told.append((whole, closed))
    return told


def compared_with(application: Application, *, who: Who) -> list[Application]:
    """The other applications that are held against this one and that this person sees."""
    return [a for code, a in _seen(application, who).items() if code != application.code]


def _seen(application: Application, who: Who) -> dict[str, Application]:
    pks = [application.pk, *of_society(application).values_list("pk", flat=True)]
    return {a.code: a for a in listing(who=who).filter(pk__in=pks)}


def _open(finding: PortfolioFinding, seen: dict[str, Application]) -> Crossing:
    return Crossing(
        finding.rule,
        _SHARED.get(finding.rule, "内容"),
        finding.weight,
        finding.clause,
        finding.message,
        finding.fix or "",
        tuple(_pair(evidence, seen) for evidence in finding.evidence),
    )


def _closed(finding: PortfolioFinding) -> Crossing:
    what = _SHARED.get(finding.rule, "内容")
    return Crossing(
        finding.rule,
        what,
        finding.weight,
        finding.clause,
        f"申报单位的另一份申报书与这一份在{what}上可能重复。另一份不在您能查看的范围内。",
        "如需核实，请向申报单位或项目办了解。",
        hidden=True,
    )


def _pair(evidence: Evidence, seen: dict[str, Application]) -> tuple[str, tuple[Shown, ...], str]:
    sides = []
    for number, side in enumerate(evidence.sides):
        held = seen[side.file]
        text = masked(side.text) if evidence.kind == "person" else side.text
        spans = evidence.spans if number < 2 and evidence.kind != "person" else ()
        pieces = tuple(pieces_of(text, [_half(span, number) for span in spans]))
        place = papers.paper_of(held).place(side.path) if not side.path.startswith("roster") else "团员名册"
        sides.append(Shown(side.file, held.title or side.file, place, pieces))
    score = f"相似度 {evidence.score:.0%}" if evidence.score is not None else ""
    return evidence.label, tuple(sides), score


def _half(span: Span, number: int) -> tuple[int, int]:
    return (span[0], span[1]) if number == 0 else (span[2], span[3])


def pieces_of(text: str, spans: list[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """A text cut at the borders of its shared passages."""
    at = 0
    for start, end in sorted(spans):
        start = max(start, at)
        if start >= end:
            continue
        if start > at:
            yield text[at:start], False
        yield text[start:end], True
        at = end
    if at < len(text):
        yield text[at:], False


def masked(text: str) -> str:
    """Phones and addresses of a person so that they can be told apart and not be used (P12)."""
    return _MAIL.sub(r"\1***@", _MOBILE.sub(r"\1****\2", text))


def least_of(application: Application) -> int:
    """From how many applications of one society on these must differ."""
    return calling.rules_of(application.call).quota.distinct_from.value
