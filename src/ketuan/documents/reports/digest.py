"""What a person wants to know of a result: weights in words, order, counts, states. Every view reads this, none counts by itself.

A result is the JSON document of the check contract, as `json.loads` gives it. Texts come from papers of strangers: `clean` makes
them harmless once, here, so that no view can forget it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

WEIGHTS = {"block": "必须修改", "warn": "建议核对", "note": "提示", "pending": "待定"}
MEANINGS = {
    "block": "通知写明“须”“不得”“不超过”“不予受理”的，报送前须改好。",
    "warn": "通知写“一般”的，或可能写漏、写重的，请再看一遍。",
    "note": "通知写“鼓励”“优先”的，供参考。",
    "pending": "凭收到的材料还不能判断，补齐后再核对。",
}
READY, MEND, UNREADABLE = "可以报送", "须修改", "读不出"
STATES = {"ready": READY, "mend": MEND, "unreadable": UNREADABLE}
KINDS = {"person": "同一人", "text": "文字相近", "region": "同一地区", "application": "申报书"}
GROUPS = {  # the part of a rule's code before the dot, in the order of the paper
    "form": "是否填全",
    "title": "项目名称",
    "date": "申报日期",
    "society": "申报单位",
    "contact": "联系方式",
    "leader": "团长与首席专家",
    "corps": "服务团人员",
    "provinces": "服务地区",
    "words": "字数",
    "plan": "实施要求",
    "schedule": "进度计划",
    "personnel": "参加人员",
    "grant": "经费额度",
    "budget": "经费预算",
    "problem": "难题问题",
    "overlap": "相互重复",
}
ADVICE = "请用 Word 或 WPS 打开，另存为 .docx 后重新核对；打不开的，请向申报单位再要一份电子版。"

# Control characters and lone surrogates break XML, UTF-8 and terminals; direction marks make a text read otherwise than it is written.
# Each becomes one visible sign, so that offsets into the text stay true and the reader sees that something was there.
_UNSAFE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_BREAKS = str.maketrans(
    {"\r": " ", "\x0b": "\n", "\x0c": "\n", "\x85": "\n", "\u2028": "\n", "\u2029": "\n", "\t": " "}
)
_EDGES = " \n\u3000，。；、：,.;:"
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def clean(text: object) -> str:
    """The text with every dangerous character replaced by one harmless one; its length does not change.

    >>> clean("a\\x1b[31m\\u202eb")
    'a�[31m�b'
    """
    return "" if text is None else _UNSAFE.sub("\ufffd", str(text).translate(_BREAKS))


def letter(number: int) -> str:
    """甲 for the first of several papers, 乙 for the second."""
    return "甲乙丙丁戊己庚辛壬癸"[number : number + 1] or str(number + 1)


def spoken(value: object) -> str:
    """A value as the paper would write it: every number of a form is 万元, every ISO date a Chinese one."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case int() | float():
            return f"{value:.2f} 万元"
        case date():
            return f"{value.year}年{value.month}月{value.day}日"
        case str() if found := _DATE.fullmatch(value):
            year, month, day = map(int, found.groups())
            return f"{year}年{month}月{day}日"
    return clean(value).strip()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a rule says about one form."""

    rule: str
    weight: str
    clause: str
    path: str
    message: str
    found: str
    wanted: str
    fix: str
    place: str


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the reader could not read for certain."""

    path: str
    place: str
    message: str
    found: str


@dataclass(frozen=True, slots=True)
class Paper:
    """One file, with what is to be said about it."""

    number: int
    file: str
    state: str
    reason: str
    title: str
    society: str
    form: Mapping[str, Any]
    findings: tuple[Finding, ...]  # by weight, then as given
    folded: tuple[Finding, ...]  # the corps rules nobody can decide without a roster; not among `findings`
    remarks: tuple[Remark, ...]
    counts: Mapping[str, int]  # weight → how many, the folded ones included
    overlaps: tuple[int, ...]  # the numbers of the portfolio findings that name this file

    @property
    def groups(self) -> list[tuple[str, list[Finding]]]:
        """The findings weight by weight, heaviest first."""
        return [(weight, mine) for weight in WEIGHTS if (mine := [f for f in self.findings if f.weight == weight])]

    @property
    def name(self) -> str:
        """What people call it: the project's name, else the file's."""
        return self.title or self.file.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the texts that are compared. `pieces` together are the text; those marked stand in the other one too."""

    file: str
    place: str
    text: str
    pieces: tuple[tuple[str, bool], ...]

    def excerpt(self, around: int) -> tuple[tuple[str, bool], ...]:
        """The pieces, of the unmarked ones only so much as stands beside a marked one."""
        last, kept = len(self.pieces) - 1, []
        for at, (text, marked) in enumerate(self.pieces):
            before, after = around * (at > 0), around * (at < last)
            if not marked and len(text) > before + after + 1:
                text = f"{text[:before]}…{text[len(text) - after :]}"
            kept.append((text, marked))
        return tuple(kept) if last else ((_shortened(self.text, 8 * around), self.pieces[0][1]),)


@dataclass(frozen=True, slots=True)
class Evidence:
    kind: str
    label: str
    score: float | None
    sides: tuple[Side, ...]

    @property
    def shared(self) -> str:
        """What the sides have in common, in words."""
        if not self.sides or self.kind == "application":
            return ""
        return " … ".join(text.strip() for text, marked in self.sides[0].pieces if marked and text.strip())


@dataclass(frozen=True, slots=True)
class Overlap:
    """One thing a rule says about several forms together."""

    number: int
    rule: str
    weight: str
    clause: str
    files: tuple[str, ...]
    message: str
    fix: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Digest:
    call: str
    roster: str
    papers: tuple[Paper, ...]
    portfolio: tuple[Overlap, ...]

    @property
    def states(self) -> Mapping[str, int]:
        return Counter(paper.state for paper in self.papers)

    @property
    def weights(self) -> Mapping[str, int]:
        """Weight → findings of single forms."""
        return sum((Counter(paper.counts) for paper in self.papers), Counter())

    @property
    def folded(self) -> int:
        return sum(len(paper.folded) for paper in self.papers)

    @property
    def meetings(self) -> list[tuple[tuple[str, ...], list[Overlap]]]:
        """The portfolio findings by the files they are about: what two papers share stands together."""
        tally: dict[tuple[str, ...], list[Overlap]] = {}
        for overlap in self.portfolio:
            tally.setdefault(overlap.files, []).append(overlap)
        return list(tally.items())

    @property
    def by_group(self) -> list[tuple[str, Mapping[str, int]]]:
        """Rule group → weight → how many, in the order of the paper: portfolio findings included, the folded ones not."""
        tally: dict[str, Counter[str]] = {}
        every = [(f.rule, f.weight) for paper in self.papers for f in paper.findings]
        for rule, weight in (*every, *((o.rule, o.weight) for o in self.portfolio)):
            tally.setdefault(rule.partition(".")[0], Counter())[weight] += 1
        order = {code: place for place, code in enumerate(GROUPS)}
        return [
            (GROUPS.get(code, code), tally[code]) for code in sorted(tally, key=lambda c: (order.get(c, len(order)), c))
        ]

    @property
    def summary(self) -> str:
        """共 12 份：9 份可以报送，2 份须修改，1 份读不出"""
        parts = [f"{count} 份{word}" for state, word in STATES.items() if (count := self.states.get(state, 0))]
        return f"共 {len(self.papers)} 份" + ("：" + "，".join(parts) if parts else "")


def digest(result: Mapping[str, Any]) -> Digest:
    """The result in the order in which people read it. A weight that nobody knows is an error, not a colour."""
    portfolio = sorted(result.get("portfolio") or [], key=_heaviness)
    named: dict[str, list[int]] = {}
    barred: set[str] = set()
    for number, finding in enumerate(portfolio, 1):
        for file in set(finding.get("files") or []):
            named.setdefault(file, []).append(number)
            if finding["weight"] == "block":
                barred.add(file)
    roster = clean(result.get("roster"))
    return Digest(
        call=clean(result.get("call")),
        roster=roster,
        papers=tuple(
            _paper(number, raw, roster=roster, overlaps=tuple(named.get(raw["file"], ())), barred=raw["file"] in barred)
            for number, raw in enumerate(result.get("files") or [], 1)
        ),
        portfolio=tuple(
            Overlap(
                number=number,
                rule=clean(raw["rule"]),
                weight=raw["weight"],
                clause=clean(raw.get("clause")),
                files=tuple(map(clean, raw.get("files") or [])),
                message=clean(raw["message"]),
                fix=clean(raw.get("fix")),
                evidence=tuple(map(_evidence, raw.get("evidence") or [])),
            )
            for number, raw in enumerate(portfolio, 1)
        ),
    )


def cited(clause: str, clauses: Mapping[str, str]) -> list[tuple[str, str]]:
    """The clause, or the several clauses, a finding rests on, each with the sentence the call file has for it."""
    parts = [clause] if clause in clauses else [part for part in re.split(r"\s*[;；]\s*", clause) if part]
    ids = [one for part in parts for one in ([part] if part in clauses else _spread(part, clauses))]
    return [(one, clean(clauses.get(one, ""))) for one in ids]


def _spread(clause: str, clauses: Mapping[str, str]) -> list[str]:
    """附件1 4,6 as 附件1 4 and 附件1 6, where the call knows these."""
    head, _, numbers = clause.rpartition(" ")
    several = [f"{head} {number}" for number in re.split("[,，、]", numbers)]
    return several if all(one in clauses for one in several) else [clause]


def finder(labels: Mapping[str, str] | Callable[[str], str] | None) -> Callable[[str], str]:
    """Path → label, asked once a path; "" when nobody knows.

    The label of a row's cell (`personnel.3.name`) may be kept under that path, under `personnel.*.name`, or under `personnel.name`.
    """
    known: dict[str, str] = {}

    def ask(path: str) -> str:
        if labels is None:
            return ""
        try:
            answer = labels(path) if callable(labels) else labels.get(path, "")
        except LookupError:
            return ""
        return "" if answer == path else clean(answer).replace("\n", "")

    def find(path: str) -> str:
        if path not in known:
            dotted = re.sub(r"\[(\d*)\]", r".\1", path)
            starred = re.sub(r"\.\d*(?=\.|$)", ".*", dotted)
            known[path] = ask(path) or ask(dotted) or ask(starred) or ask(starred.replace(".*", ""))
        return known[path]

    return find


def _heaviness(finding: Mapping[str, Any]) -> int:
    if finding["weight"] not in WEIGHTS:
        raise ValueError(f"不认识的分量“{finding['weight']}”，规则 {finding.get('rule')}")
    return list(WEIGHTS).index(finding["weight"])


def _paper(number: int, raw: Mapping[str, Any], *, roster: str, overlaps: tuple[int, ...], barred: bool) -> Paper:
    form = raw.get("form") or {}
    every = tuple(
        Finding(
            rule=clean(f["rule"]),
            weight=f["weight"],
            clause=clean(f.get("clause")),
            path=clean(f.get("path")),
            message=clean(f["message"]),
            found=clean(f.get("found")),
            wanted=clean(f.get("wanted")),
            fix=clean(f.get("fix")),
            place=clean(f.get("place")),
        )
        for f in sorted(raw.get("findings") or [], key=_heaviness)
    )
    corps = tuple(f for f in every if f.rule.startswith("corps."))
    folded = corps if not roster and corps and all(f.weight == "pending" for f in corps) else ()
    counts = Counter(f.weight for f in every)
    return Paper(
        number=number,
        file=clean(raw["file"]),
        state="unreadable" if raw.get("status") == "unreadable" else "mend" if counts["block"] or barred else "ready",
        reason=clean(raw.get("reason")),
        title=clean((form.get("cover") or {}).get("title")).strip(),
        society=clean((form.get("society") or {}).get("name")).strip(),
        form=form,
        findings=tuple(f for f in every if f not in folded) if folded else every,
        folded=folded,
        remarks=tuple(
            Remark(clean(r.get("path")), clean(r.get("place")), clean(r.get("message")), clean(r.get("found")))
            for r in raw.get("remarks") or []
        ),
        counts=counts,
        overlaps=overlaps,
    )


def _evidence(raw: Mapping[str, Any]) -> Evidence:
    kind, label, spans = clean(raw.get("kind")), clean(raw.get("label")), raw.get("spans") or []
    sides = []
    for position, side in enumerate(raw.get("sides") or []):
        text = clean(side.get("text"))
        if kind == "text":
            marks = [(span[2 * position], span[2 * position + 1]) for span in spans] if position < 2 else []
        elif kind in ("person", "region"):
            marks = _occurrences(label, text)
        else:
            marks = []
        sides.append(Side(clean(side.get("file")), clean(side.get("place")), text, tuple(_pieces(text, marks))))
    score = raw.get("score")
    return Evidence(kind, label, None if score is None else float(score), tuple(sides))


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most] + "…"


def _occurrences(word: str, text: str) -> list[tuple[int, int]]:
    return [found.span() for found in re.finditer(re.escape(word), text)] if word else []


def _pieces(text: str, marks: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text cut at its marks; marks may overlap, touch, or reach beyond the text. Blanks and stops at their edges stay unmarked."""
    at = 0
    for start, stop in _merged(marks, len(text)):
        start, stop = _trimmed(text, start, stop)
        if start >= stop:
            continue
        if start > at:
            yield text[at:start], False
        yield text[start:stop], True
        at = stop
    if at < len(text):
        yield text[at:], False


def united(several: Iterable[tuple[tuple[str, bool], ...]]) -> tuple[tuple[str, bool], ...]:
    """One text cut several ways, cut at once: marked is what any of them marks."""
    text, marks = "", []
    for pieces in several:
        text, at = "".join(piece for piece, _ in pieces), 0
        for piece, marked in pieces:
            if marked:
                marks.append((at, at + len(piece)))
            at += len(piece)
    return tuple(_pieces(text, marks))


def _trimmed(text: str, start: int, stop: int) -> tuple[int, int]:
    inner = text[start:stop]
    return stop - len(inner.lstrip(_EDGES)), start + len(inner.rstrip(_EDGES))


def _merged(marks: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, stop in sorted((max(0, a), min(b, length)) for a, b in marks):
        if start >= stop:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged
