"""What the applications of one society may not share (通知 三.5)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Protocol

from ketuan.forms.application import Application
from ketuan.forms.identity import Person, name_key, person, same_unit
from ketuan.forms.regions import Division, divisions, places_in
from ketuan.forms.roster import RosterEntry
from ketuan.rules.call import Call
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import leaders, shortened
from ketuan.rules.checks.society import uscc_fault, uscc_folded
from ketuan.rules.findings import Evidence, SayOfSeveral, Side, Span


class Alikeness(Protocol):
    @property
    def score(self) -> float: ...

    @property
    def share(self) -> float:
        """So much of the shorter text is marked by the spans."""
        ...

    @property
    def spans(self) -> tuple[Span, ...]: ...


class Alike(Protocol):
    """How alike two texts are; handed in by the door, so that this room knows no method of comparing."""

    def __call__(self, a: str, b: str, /) -> Alikeness: ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One application of the year, with its roster where there is one."""

    file: str
    form: Application
    roster: tuple[RosterEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class Society:
    """The applications of one applicant, in the order given."""

    name: str
    entries: tuple[Entry, ...]

    def pairs(self) -> Iterator[tuple[Entry, Entry]]:
        return combinations(self.entries, 2)


@dataclass(frozen=True, slots=True)
class Portfolio:
    call: Call
    alike: Alike
    societies: tuple[Society, ...]
    """Societies with two applications or more."""

    def rivals(self) -> Iterator[Society]:
        """Societies with so many applications that these must differ."""
        least = self.call.quota.distinct_from.value
        return (society for society in self.societies if len(society.entries) >= least)


def marks_of(form: Application) -> frozenset[str]:
    """By what a society is known: its credit code, where that is valid, and its name."""
    return frozenset({_valid_code(form.society.uscc), name_key(form.society.name)} - {""})


def by_society(marks: Sequence[frozenset[str]]) -> list[list[int]]:
    """Numbers of the applications of each society that has two or more, in their order.

    Applications that share a code or a name belong together, also by way of a third: a code may be mistyped and a name
    shortened; one of the two is enough, so that no quota is escaped by a slip.
    """
    groups: list[tuple[frozenset[str], list[int]]] = []
    for number, known in enumerate(marks):
        if not known:
            continue
        met = [group for group in groups if group[0] & known]
        groups = [group for group in groups if not group[0] & known]
        numbers = sorted([number, *(n for _, ns in met for n in ns)])
        groups.append((known.union(*(m for m, _ in met)), numbers))
    return sorted(numbers for _, numbers in groups if len(numbers) > 1)


def portfolio_of(entries: Sequence[Entry], call: Call, alike: Alike) -> Portfolio:
    """The applications of one society, ready for the rules."""
    return Portfolio(call, alike, (Society(_name_of(entries), tuple(entries)),))


def not_copied(call: Call) -> tuple[str, ...]:
    """What stands in many papers and is no copying: the printed hints of the form, and what the call lists."""
    hints = (node.spec.hint for node in call.paper.leaves())
    return (*(hint for hint in hints if hint), *call.likeness.known.value)


def least_alike(call: Call) -> float:
    """No rule asks whether two texts are less alike than this."""
    asked = call.likeness
    return min(asked.near_copy_problem.value, asked.near_title.value, asked.near_copy_content.value)


def _valid_code(written: str) -> str:
    return uscc_folded(written) if written and uscc_fault(written) is None else ""


def _name_of(entries: Iterable[Entry]) -> str:
    return next((e.form.society.name for e in entries if e.form.society.name), "同一单位")


def _files(*entries: Entry) -> tuple[str, ...]:
    return tuple(entry.file for entry in entries)


# ---- number ------------------------------------------------------------


@rule("society.quota")
def quota(portfolio: Portfolio) -> Iterator[SayOfSeveral]:
    """通知 三.5: 每个单位最多申报不超过5个科技服务团项目."""
    most = portfolio.call.quota.per_society.value
    for society in portfolio.societies:
        count = len(society.entries)
        if count > most:
            sides = tuple(Side(entry.file, "cover.title", entry.form.cover.title) for entry in society.entries)
            yield SayOfSeveral(
                _files(*society.entries),
                f"{shortened(society.name)}申报了 {count} 个服务团，每个单位最多 {most} 个。",
                (Evidence("application", society.name, sides),),
                found=str(count),
                wanted=str(most),
                fix=f"请申报单位选定不超过 {most} 个，撤回其余的。",
            )


# ---- members ------------------------------------------------------------


@dataclass(slots=True)
class _Named:
    """Everything one paper says of the people of one name whom it does not tell apart."""

    people: list[Person] = field(default_factory=list)

    def is_one(self, other: Person) -> bool:
        """As :func:`ketuan.forms.identity.same_person`, over all that is known of this person."""
        return self.meets(_Named([other]))

    def meets(self, other: _Named) -> bool:
        reach, theirs = self.reach, other.reach
        if reach & theirs:
            return True
        units, others = [p.unit for p in self.people if p.unit], [p.unit for p in other.people if p.unit]
        if any(same_unit(a, b) for a in units for b in others):
            return True
        return not (reach and theirs) and not (units and others)

    @property
    def reach(self) -> frozenset[str]:
        return frozenset().union(*(p.reach for p in self.people))


@rule("overlap.members")
def members(portfolio: Portfolio) -> Iterator[SayOfSeveral]:
    """通知 三.5: 各服务团的成员不得重复."""
    for society in portfolio.rivals():
        keys = [_names(entry) for entry in society.entries]
        known: dict[tuple[int, str], list[_Named]] = {}
        for a, b in combinations(range(len(keys)), 2):
            evidence: list[Evidence] = []
            for key in keys[a]:
                if key not in keys[b]:
                    continue
                for at in (a, b):
                    if (at, key) not in known:
                        known[at, key] = _told_apart(society.entries[at], key)
                evidence += _same(society.entries[a], known[a, key], society.entries[b], known[b, key])
            if evidence:
                names = "、".join(one.label for one in evidence)
                yield SayOfSeveral(
                    _files(society.entries[a], society.entries[b]),
                    f"{shortened(society.name)}的两个服务团有 {len(evidence)} 个相同的成员：{shortened(names, 80)}。",
                    tuple(evidence),
                    found=names,
                    fix="请让每位专家只参加本单位的一个服务团；如果只是同名，请写明各自的单位和联系方式。",
                )


def _names(entry: Entry) -> dict[str, None]:
    """Keys of everybody a paper names, in its order."""
    form = entry.form
    names = [form.leader.name, form.chief_expert.name, *(m.name for m in form.personnel)]
    names += [row.name for row in entry.roster]
    return dict.fromkeys(key for key in map(name_key, names) if key)


def _told_apart(entry: Entry, key: str) -> list[_Named]:
    found: list[_Named] = []
    for one in _people(entry, key):
        same = next((named for named in found if named.is_one(one)), None)
        if same is None:
            found.append(_Named([one]))
        else:
            same.people.append(one)
    return found


def _people(entry: Entry, key: str) -> Iterator[Person]:
    yield from (lead for lead in leaders(entry.form) if lead.key == key)
    for number, member in enumerate(entry.form.personnel):
        if name_key(member.name) == key:
            yield person(member.name, member.affiliation, member.contact, path=f"personnel.{number}.name")
    for number, row in enumerate(entry.roster):
        if name_key(row.name) == key:
            yield person(row.name, row.unit, row.phone, path=f"roster.{number}")


def _same(one: Entry, mine: list[_Named], other: Entry, theirs: list[_Named]) -> Iterator[Evidence]:
    for a in mine:
        b = next((named for named in theirs if a.meets(named)), None)
        if b is not None:
            sides = tuple(
                Side(e.file, named.people[0].path, named.people[0].text) for e, named in ((one, a), (other, b))
            )
            yield Evidence("person", a.people[0].name, sides)


# ---- problems and content ------------------------------------------------------------


@rule("overlap.problems")
def problems(portfolio: Portfolio) -> Iterator[SayOfSeveral]:
    """通知 三.5: 拟解决问题难题不得重复."""
    asked = portfolio.call.likeness
    for society in portfolio.rivals():
        for one, other in society.pairs():
            evidence = []
            for m, a in enumerate(one.form.problems):
                for n, b in enumerate(other.form.problems):
                    whole = _texts(
                        portfolio,
                        (one.file, f"problems.{m}", f"{a.title}\n{a.description}"),
                        (other.file, f"problems.{n}", f"{b.title}\n{b.description}"),
                        asked.near_copy_problem.value if a.description and b.description else None,
                        a.title or "难题",
                    )
                    found = whole or _texts(
                        portfolio,
                        (one.file, f"problems.{m}.title", a.title),
                        (other.file, f"problems.{n}.title", b.title),
                        asked.near_title.value,
                        a.title or "难题",
                    )
                    if found:
                        evidence.append(found)
            if evidence:
                names = "、".join(f"“{shortened(e.label, 30)}”" for e in evidence)
                yield SayOfSeveral(
                    _files(one, other),
                    f"{shortened(society.name)}的两份申报书有相同或相近的难题：{names}，相似度 {_percent(evidence)}。",
                    tuple(evidence),
                    found=_percent(evidence),
                    fix="请对照两份难题表，同一个难题只由一个服务团来解决。",
                )


@rule("overlap.content")
def content(portfolio: Portfolio) -> Iterator[SayOfSeveral]:
    """通知 三.5: 服务内容及成果成效不得重复."""
    least = portfolio.call.likeness.near_copy_content.value
    paper = portfolio.call.paper
    for society in portfolio.rivals():
        for one, other in society.pairs():
            pairs = [
                (("work_plan", one.form.work_plan), ("work_plan", other.form.work_plan)),
                (("objectives", one.form.objectives), ("objectives", other.form.objectives)),
            ]
            pairs += [
                (
                    (f"problems.{m}.solution_outline", a.solution_outline),
                    (f"problems.{n}.solution_outline", b.solution_outline),
                )
                for m, a in enumerate(one.form.problems)
                for n, b in enumerate(other.form.problems)
            ]
            evidence = []
            for (path, text), (path_b, text_b) in pairs:
                label = paper.nodes[re.sub(r"\.\d+\.", ".*.", path)].spec.label
                found = _texts(portfolio, (one.file, path, text), (other.file, path_b, text_b), least, label)
                if found:
                    evidence.append(found)
            if evidence:
                names = "、".join(dict.fromkeys(f"“{e.label}”" for e in evidence))
                nearest = max(evidence, key=lambda e: (e.score or 0, e.share or 0))
                yield SayOfSeveral(
                    _files(one, other),
                    f"{shortened(society.name)}的两份申报书，{names}有大段相同，最高相似度 {_percent(evidence)}，"
                    f"相同的文字占较短一份的 {nearest.share or 0:.0%}。",
                    tuple(evidence),
                    found=_percent(evidence),
                    fix="请对照标出的文字，写出各自的服务内容和成果；确属两回事的可以说明。",
                )


def _texts(
    portfolio: Portfolio, a: tuple[str, str, str], b: tuple[str, str, str], least: float | None, label: str
) -> Evidence | None:
    """Evidence where the texts (file, path, text) are at least so alike."""
    if least is None or not a[2] or not b[2]:
        return None
    like = portfolio.alike(a[2], b[2])
    if like.score < least:
        return None
    return Evidence("text", label, (Side(*a), Side(*b)), like.score, tuple(like.spans), like.share)


def _percent(evidence: Iterable[Evidence]) -> str:
    return f"{max(e.score or 0 for e in evidence):.0%}"


# ---- regions ------------------------------------------------------------

_CUT = re.compile(r"[、，,；;/\s]+")
_TAIL = re.compile(r"(?:等地区|等地市|等地|等城市|等市|等)$")
_NOWHERE = frozenset(("", "无", "暂无", "没有", "待定", "其他", "其他城市", "全国", "省内其他城市"))

Served = dict[str, str]
"""Key of a region (code or name) → how it is called."""


@rule("overlap.regions")
def regions(portfolio: Portfolio) -> Iterator[SayOfSeveral]:
    """通知 三.5: 服务区域不得重复."""
    level = portfolio.call.settings.region_level.value
    if level == "off":
        return
    for society in portfolio.rivals():
        served = [_served(entry.form, portfolio.call) for entry in society.entries]
        for a, b in combinations(range(len(served)), 2):
            shared = _shared(served[a], served[b])
            if shared:
                one, other = society.entries[a], society.entries[b]
                sides = tuple(Side(e.file, *_cell(e.form, portfolio.call)) for e in (one, other))
                names = "、".join(shared)
                yield SayOfSeveral(
                    _files(one, other),
                    f"{shortened(society.name)}的两个服务团都服务：{shortened(names, 80)}。",
                    tuple(Evidence("region", name, sides) for name in shared),
                    found=names,
                    fix="请重新分配服务地区，同一地区只由本单位的一个服务团服务。",
                )


def _cell(form: Application, call: Call) -> tuple[str, str]:
    """Path and text of the cells that count as served regions."""
    texts = [form.service.key_cities]
    if call.settings.served_cells.value == "key_and_other":
        texts.append(form.service.other_cities)
    if call.settings.region_level.value == "province":
        texts.append("、".join(form.service.provinces))
    return "service.key_cities", "\n".join(text for text in texts if text)


def _served(form: Application, call: Call) -> Served:
    _, text = _cell(form, call)
    units = places_in(text)
    if call.settings.region_level.value == "province":
        return {unit.province: divisions()[unit.province].name for unit in units}
    inner = {unit.province for unit in units if not unit.is_province}
    served = {unit.code: unit.name for unit in units if not (unit.is_province and unit.code in inner)}
    for piece in _CUT.split(text):
        key = name_key(_TAIL.sub("", piece))
        if key not in _NOWHERE and not places_in(piece):
            served[key] = piece
    return served


def _shared(a: Served, b: Served) -> list[str]:
    """Names of what both serve; a whole province or municipality holds everything inside it."""
    found: dict[str, None] = {}
    for key, name in a.items():
        if key in b:
            found[name] = None
    for mine, theirs in ((a, b), (b, a)):
        for key in mine:
            unit = divisions().get(key)
            if unit and unit.is_province:
                found.update((theirs[k], None) for k in theirs if _inside(k, unit))
    return list(found)


def _inside(key: str, province: Division) -> bool:
    unit = divisions().get(key)
    return bool(unit and unit.province == province.code and unit.code != province.code)
