"""Which rules run, and running them. A rule outside these tables does not exist; a test holds them to the catalogue."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ketuan.forms.application import Application
from ketuan.forms.paper import Node, Paper
from ketuan.forms.remarks import Reading
from ketuan.forms.roster import RosterEntry
from ketuan.rules.call import Call
from ketuan.rules.catalogue import Rule, catalogue
from ketuan.rules.checks import budget, contact, corps, dates, form, personnel, plan, portfolio, problem, society, words
from ketuan.rules.checks.case import Case, case_of
from ketuan.rules.checks.portfolio import (
    Alike,
    Alikeness,
    Entry,
    Portfolio,
    by_society,
    least_alike,
    marks_of,
    not_copied,
    portfolio_of,
)
from ketuan.rules.findings import WEIGHTS, Finding, PortfolioFinding, Say, SayOfSeveral

__all__ = [
    "APPLICATION",
    "PORTFOLIO",
    "ROSTER",
    "Alike",
    "Alikeness",
    "Entry",
    "check",
    "check_portfolio",
    "check_societies",
    "least_alike",
    "marks_of",
    "not_copied",
]

APPLICATION: tuple[Rule[[Case], Say], ...] = (
    form.complete,
    form.title,
    form.not_chief,
    words.introduction,
    words.rationale,
    words.work_plan,
    words.objectives,
    words.capacity,
    society.uscc,
    contact.phone,
    contact.email,
    dates.signed,
    budget.cap,
    budget.sums,
    budget.stages,
    budget.basis,
    dates.within,
    personnel.limit,
    personnel.lead_listed,
    personnel.duplicate,
    plan.covers,
    problem.count,
    problem.category,
    problem.industry,
    problem.zone,
    plan.provinces,
)
ROSTER: tuple[Rule[[Case], Say], ...] = (corps.size, corps.youth, corps.young_elite, corps.known)
PORTFOLIO: tuple[Rule[[Portfolio], SayOfSeveral], ...] = (
    portfolio.quota,
    portfolio.members,
    portfolio.problems,
    portfolio.regions,
    portfolio.content,
)

_HEAVY = {weight: at for at, weight in enumerate(WEIGHTS)}
_BEHIND = 1_000_000  # a path that is no field of the form stands behind all fields


def check(
    reading: Reading[Application],
    call: Call,
    *,
    roster: Sequence[RosterEntry] | None = None,
    own_roster: bool = False,
) -> tuple[Finding, ...]:
    """Everything the rules say of one application: heaviest first, then in the order of the paper, then by rule.

    Without a ``roster``, or with an empty one that is not known to be this corps' own, the rules on the composition of
    the corps are pending.
    """
    case = case_of(reading, call, roster, own_roster=own_roster)
    findings = [
        Finding(
            one.row.code,
            say.weight or one.row.weight,
            one.row.clause,
            say.path,
            say.message,
            say.found,
            say.wanted,
            say.fix,
        )
        for one in APPLICATION + ROSTER
        for say in one.judge(case)
    ]
    findings += words.unlisted(case)
    findings.sort(key=lambda f: (_HEAVY[f.weight], _order(case.paper, f.path), _RANK.get(f.rule, _BEHIND)))
    return tuple(findings)


def check_portfolio(entries: Sequence[Entry], call: Call, *, alike: Alike) -> tuple[PortfolioFinding, ...]:
    """What the applications of each society share and should not: heaviest first, then by rule and file."""
    return check_societies(entries.__getitem__, [marks_of(e.form) for e in entries], call, alike=alike)


def check_societies(
    entry: Callable[[int], Entry], marks: Sequence[frozenset[str]], call: Call, *, alike: Alike
) -> tuple[PortfolioFinding, ...]:
    """The same where not all forms are at hand at once: ``entry`` fetches the application of a number, society by society.

    ``marks`` are those of :func:`ketuan.rules.checks.portfolio.marks_of`, one set an application.
    """
    findings: list[tuple[int, int, list[int], PortfolioFinding]] = []
    for numbers in by_society(marks):
        entries = [entry(number) for number in numbers]
        at = {e.file: number for e, number in zip(entries, numbers, strict=True)}
        given = portfolio_of(entries, call, alike)
        for one in PORTFOLIO:
            for say in one.judge(given):
                weight, row = say.weight or one.row.weight, one.row
                found = PortfolioFinding(
                    row.code, weight, row.clause, say.files, say.message, say.evidence, say.found, say.wanted, say.fix
                )
                findings.append((_HEAVY[weight], _RANK[row.code], [at[file] for file in say.files], found))
    findings.sort(key=lambda f: f[:3])
    return tuple(found for *_, found in findings)


_RANK = {code: at for at, code in enumerate(catalogue())}


def _order(paper: Paper, path: str) -> tuple[int, ...]:
    """Where a path stands on the paper: place among its neighbours, step by step."""
    nodes: Sequence[Node] = tuple(paper.tops())
    order: list[int] = []
    for step in path.split("."):
        if step.isdigit():
            order.append(int(step))
            continue
        place = next((at for at, node in enumerate(nodes) if node.name == step), _BEHIND)
        order.append(place)
        nodes = nodes[place].children if place < _BEHIND else ()
    return tuple(order)
