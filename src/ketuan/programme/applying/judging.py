"""What the rules say of an application now. Nothing of it is stored: it is derived from what is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ketuan.forms.paper import Node, Paper, Section, blank, value_at
from ketuan.forms.roster import RosterEntry
from ketuan.matching.overlapping.judge import Judge
from ketuan.programme import calling
from ketuan.programme.applying import papers
from ketuan.programme.applying.finding import of_society
from ketuan.records.models import Application
from ketuan.rules.checking import Entry, check, check_portfolio, least_alike, not_copied
from ketuan.rules.findings import Finding, PortfolioFinding


def findings_of(application: Application) -> tuple[Finding, ...]:
    """Findings of the single application, heaviest first; the same that ``ketuan check`` prints."""
    return findings_of_each([application])[application.pk]


def findings_of_each(applications: Sequence[Application]) -> dict[int, tuple[Finding, ...]]:
    """Findings of several, each by itself, by their ids; one query for all rosters."""
    rosters = papers.rosters_of(applications)
    return {a.pk: _judged(a, rosters[a.pk]) for a in applications}


def _judged(application: Application, roster: tuple[RosterEntry, ...]) -> tuple[Finding, ...]:
    """Rows that nobody filled are not judged; the paths are those of the form with them."""
    bare = papers.without_blank_rows(application)
    found = check(papers.reading_of(bare), calling.rules_of(application.call), roster=roster, own_roster=True)
    if bare is application:
        return found
    return tuple(replace(f, path=papers.indexed(application, papers.keyed(bare, f.path)) or f.path) for f in found)


def portfolio_of(application: Application) -> tuple[PortfolioFinding, ...]:
    """What it shares with the society's other applications and should not (通知 三.5); ``files`` are their codes."""
    call = calling.rules_of(application.call)
    others = list(of_society(application))
    if len(others) + 1 < call.quota.distinct_from.value:
        return ()
    rosters = papers.rosters_of([application, *others])
    entries = [Entry(a.code, papers.form_of(a), rosters[a.pk]) for a in (application, *others)]
    found = check_portfolio(entries, call, alike=Judge(not_copied(call), least=least_alike(call)))
    return tuple(f for f in found if application.code in f.files)


@dataclass(frozen=True, slots=True)
class SectionState:
    """One line of the task list."""

    slug: str
    heading: str
    nodes: tuple[Node, ...]
    filled: int
    fields: int
    blocking: int
    asking: int
    word: str
    """未开始, 填写中, 需修改 or 已完成"""


def slugs(paper: Paper) -> dict[str, tuple[str, tuple[Node, ...]]]:
    """Slug of a page → heading and fields: cover, s1 … s9, problems. Sections without fields have no page."""
    pages: dict[str, tuple[str, tuple[Node, ...]]] = {}
    if paper.cover:
        pages["cover"] = ("封面", (paper.cover,))
    numbered: list[Section] = [s for s in paper.sections if s.nodes]
    for at, section in enumerate(numbered, 1):
        pages[f"s{at}"] = (section.heading, section.nodes)
    for annex in paper.annexes:
        pages[annex.name] = (annex.spec.label, (annex,))
    return pages


def sections_of(application: Application, findings: tuple[Finding, ...]) -> tuple[SectionState, ...]:
    """The task list: how far every section is."""
    paper = papers.paper_of(application)
    form = papers.form_of(papers.without_blank_rows(application))
    states = []
    for slug, (heading, nodes) in slugs(paper).items():
        names = {node.name for node in nodes}
        mine = [f for f in findings if f.path.partition(".")[0] in names]
        blocking = [f for f in mine if f.weight == "block"]
        empty = [f for f in blocking if f.rule == "form.complete"]
        filled = fields = 0
        for node in nodes:
            for leaf in node.leaves():
                if "*" in leaf.path:
                    continue
                fields += 1
                filled += not blank(value_at(form, leaf.path)) and not _given(leaf.path)
            if any("*" in leaf.path for leaf in node.leaves()):
                fields += 1
                filled += bool(_rows_of(form, node))
        word = "未开始" if not filled else "需修改" if len(blocking) > len(empty) else "填写中" if empty else "已完成"
        states.append(
            SectionState(
                slug,
                heading,
                nodes,
                filled,
                fields,
                len(blocking),
                sum(f.weight == "warn" for f in mine),
                word,
            )
        )
    return tuple(states)


def _given(path: str) -> bool:
    """Filled by the platform when the application was begun: says nothing about work done."""
    return path in ("cover.call_code", "society.name", "society.uscc", "society.address")


def _rows_of(form: object, node: Node) -> bool:
    held = getattr(form, node.name)
    if isinstance(held, list):
        return bool(held)
    return any(isinstance(v, list) and v for v in vars(held).values())
