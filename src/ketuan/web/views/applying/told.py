"""Findings as pages show them: with the words of the clause, the place, the jump there, and the reason given."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode

from ketuan.programme import applying, calling
from ketuan.rules.call import CallError
from ketuan.rules.findings import Finding
from ketuan.web.fields import anchor
from ketuan.web.templatetags.show import TONES, WEIGHT_MEANS, WEIGHT_WORDS, clause_words

EMPTY = "form.complete"
"""The rule that speaks of a field left empty."""


@dataclass(frozen=True, slots=True)
class Told:
    """One finding on a page."""

    weight: str
    message: str
    found: str
    wanted: str
    fix: str
    clause: str
    says: str
    rule: str
    path: str
    place: str
    url: str
    reason: str
    answer_url: str


@lru_cache(maxsize=256)
def there(address: str) -> str:
    """The address, if the platform has such a page; empty otherwise."""
    try:
        resolve(address)
    except Resolver404:
        return ""
    return address


def page_of(application: Any, name: str) -> str:
    """The address of a page of an application that another stage makes: corps, papers, submit."""
    return there(f"/applications/{application.code}/{name}/")


def told(application: Any, findings: Iterable[Finding], *, here: str = "", may_answer: bool = False) -> list[Told]:
    """``here`` is the slug of the page they stand on: their jumps stay on it."""
    paper = applying.paper_of(application)
    call = calling.rules_of(application.call)
    slugs = {node.name: slug for slug, (_, nodes) in applying.slugs(paper).items() for node in nodes}
    pages = {slug: "" if slug == here else _part(application, slug) for slug in set(slugs.values())}
    corps = page_of(application, "corps")
    says: dict[str, str] = {}
    listed = []
    for finding in findings:
        if finding.clause not in says:
            says[finding.clause] = _says(call, finding.clause)
        slug = slugs.get(finding.path.partition(".")[0], "")
        asked = applying.asked_of(application, finding)
        url = f"{pages[slug]}#{anchor(applying.keyed(application, finding.path))}" if slug else corps
        listed.append(
            Told(
                finding.weight,
                finding.message,
                finding.found or "",
                finding.wanted or "",
                finding.fix or "",
                clause_words(finding.clause),
                says[finding.clause],
                finding.rule,
                finding.path,
                paper.place(finding.path) if slug else "团员名单" if finding.rule.startswith("corps.") else "",
                url,
                asked.text if asked.answered else "",
                f"{_page(application, 'reason')}?{urlencode({'key': asked.key})}"
                if may_answer and finding.weight == "warn"
                else "",
            )
        )
    return listed


def groups(listed: Sequence[Any]) -> list[dict[str, Any]]:
    """By weight, heaviest first; empty groups are left out."""
    made = []
    for weight, word in WEIGHT_WORDS:
        if items := [f for f in listed if f.weight == weight]:
            tone, sign = TONES[word]
            made.append(
                {
                    "weight": weight,
                    "word": word,
                    "means": WEIGHT_MEANS[weight],
                    "tone": tone,
                    "sign": sign,
                    "items": items,
                }
            )
    return made


@dataclass(frozen=True, slots=True)
class Unfilled:
    """The empty fields of one section: so many, and where the first of them stands."""

    heading: str
    count: int
    url: str


def apart(application: Any, findings: Iterable[Finding]) -> tuple[list[Finding], list[Unfilled]]:
    """Empty fields are counted by section, so that they do not bury what is wrong; the other findings stay as they are."""
    paper = applying.paper_of(application)
    headings = {n.name: (slug, heading) for slug, (heading, nodes) in applying.slugs(paper).items() for n in nodes}
    empty: dict[str, list[Finding]] = {}
    others = []
    for finding in findings:
        top = finding.path.partition(".")[0]
        if finding.rule == EMPTY and top in headings:
            empty.setdefault(headings[top][0], []).append(finding)
        else:
            others.append(finding)
    words = dict(headings.values())
    return others, [
        Unfilled(words[slug], len(some), field_url(application, applying.keyed(application, some[0].path)))
        for slug, some in empty.items()
    ]


def by_field(application: Any, findings: Iterable[Finding]) -> dict[str, list[Finding]]:
    """By path with row keys, as the fields of a page are named."""
    fields: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        fields[applying.keyed(application, finding.path)].append(finding)
    return fields


def field_url(application: Any, path: str) -> str:
    """Where a field stands; its path with row keys."""
    slugs = {n.name: slug for slug, (_, nodes) in applying.slugs(applying.paper_of(application)).items() for n in nodes}
    return f"{_part(application, slugs[path.partition('.')[0]])}#{anchor(path)}"


def _says(call: Any, clause: str) -> str:
    try:
        return str(call.clause(clause))
    except CallError:
        return ""


def _part(application: Any, slug: str) -> str:
    return reverse("application_part", args=(application.code, slug))


def _page(application: Any, name: str) -> str:
    return reverse(f"application_{name}", args=(application.code,))
