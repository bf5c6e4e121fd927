"""What the reader looks for: the labels of a paper, derived from the form model and from nothing else."""

from __future__ import annotations

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ketuan.documents.reading.values import blank_date
from ketuan.forms.fields import Kind, Shape
from ketuan.forms.paper import Node, Paper

_SILENT = re.compile(r"[\s\W_]+")
_PARENTHESIS = re.compile(r"[（(〔\[][^（()）〕\]]*[）)〕\]]")
_HAN = r"第?(?:[（(][一二三四五六七八九十之]{1,5}[）)]|[一二三四五六七八九十之]{1,5}[ \t]{0,4}(?:部分)?[、.．,，:：\s])\s{0,8}+"
_NUMERAL = rf"(?:{_HAN}|[（(]\d{{1,2}}[）)]\s{{0,8}}+|\d{{1,2}}[ \t]{{0,4}}[、.．,，:：\s]\s{{0,8}}+)"
LONGEST_LABEL = 80
_ENUMERATED = re.compile(r"^\s*[（(]?\d{1,2}[）)]?\s*[.．、]\s*")
_BEFORE = "0123456789.．、） \t\n\u3000\xa0*＊※•·★▲（([【“\"'"


@functools.lru_cache(maxsize=4096)
def key(text: str) -> str:
    """A label without white space, punctuation, width and case: “联 系 人：” → “联系人”."""
    return _SILENT.sub("", unicodedata.normalize("NFKC", text)).lower()


def bare(text: str) -> str:
    """A label without what stands in brackets: “申报单位简介（200字以内）” → “申报单位简介”."""
    return _PARENTHESIS.sub("", text)


def spaced(text: str) -> str:
    """A pattern for the letters of a label with any white space or punctuation between them."""
    return r"[\s\W_]*".join(re.escape(c) for c in key(text))


@dataclass(frozen=True, slots=True)
class Column:
    """A printed column; several fields share one where they are written together (start and end of a stage)."""

    names: tuple[str, ...]
    keys: frozenset[str]
    node: Node


@dataclass(frozen=True, slots=True)
class TablePlan:
    path: str
    node: Node
    columns: tuple[Column, ...]
    printed: tuple[Column, ...]
    """The columns of the printed header; ``columns`` also holds those that people print apart (start, end)."""
    starters: frozenset[str]

    def header(self, keys: Iterable[str]) -> list[Column | None] | None:
        """Columns of a row, cell by cell, where the row is this table's header; None where it is not."""
        found = [next((c for c in self.columns if k in c.keys), None) for k in keys]
        hits = len({c.names for c in found if c})
        return found if hits >= 2 and hits * 5 >= len(self.printed) * 3 else None


@dataclass(frozen=True, slots=True)
class Area:
    """Part of the paper within which labels are unambiguous: the cover, a section, an annex table."""

    index: int
    labels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    """Names of persons (“团长”) → path of the part."""
    beside: dict[str, str] = field(default_factory=dict)
    """Path of a part → path of the field that stands at once beside its name."""
    frames: frozenset[str] = frozenset()
    tables: tuple[TablePlan, ...] = ()
    sentence: tuple[Node, ...] = ()
    essay: Node | None = None
    inline: re.Pattern[str] | None = None
    """Any label of the area with a colon behind it, for labels that share a line with their values."""
    leading: re.Pattern[str] | None = None
    """A label at the head of a line, parted from its value by white space."""
    heads: frozenset[str] = frozenset()
    """Keys that the first cells of a table's header may have."""
    first: frozenset[str] = frozenset()
    """First letters of labels and names of persons: most values are told from labels by theirs."""
    glued: re.Pattern[str] | None = None
    """A label at the head of a line with its value right behind it (a table that a converter has melted)."""

    @property
    def static(self) -> bool:
        """True for a section that nobody fills in."""
        return not (self.labels or self.tables or self.sentence or self.essay)

    def label(self, text: str) -> tuple[str, ...]:
        if len(text) > LONGEST_LABEL or not self.begins(text):
            return ()
        found = self.labels.get(key(text)) or self.labels.get(key(bare(text)))
        return found or self.labels.get(key(_ENUMERATED.sub("", text)), ())

    def begins(self, text: str) -> bool:
        """False where no label of the area begins as the text does."""
        return text[:1] in self.first or text.lstrip(_BEFORE)[:1] in self.first

    def anchor(self, text: str) -> str | None:
        if not self.begins(text):
            return None
        found = self.anchors.get(key(text)) or self.anchors.get(key(bare(text)))
        return found or self.anchors.get(key(_ENUMERATED.sub("", text)))


COVER, ANNEX = -1, 10_000


class Plan:
    """All that is known of a paper before a document is opened."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self.cover = _area(COVER, [paper.cover] if paper.cover else [], mirrors=tuple(paper.mirrors()))
        self.areas = tuple(_section_area(i, s.nodes, s.title) for i, s in enumerate(paper.sections))
        self.annex = _area(ANNEX, list(paper.annexes))
        self.behind = Area(ANNEX + 1)
        """Pages behind the form, before an annex has begun."""
        self.annex_path = paper.annexes[0].path if paper.annexes else ""
        first = next((n for n in paper.annexes[0].children), None) if paper.annexes else None
        self.annex_start = frozenset(_keys(first)) if first else frozenset()
        front = getattr(paper.model, "front", None)
        lines = (
            (front.brand, front.title, front.issuer, front.notes_title, *front.notes, *front.annex_title)
            if front
            else ()
        )
        titles_of = [*(front.annex_title if front else ()), *(n.spec.label for n in paper.annexes)]
        self.annex_titles = frozenset(k for k in map(key, titles_of) if len(k) > 4)
        self.printed = frozenset(map(key, lines)) | self.annex_titles
        """Lines that the paper prints and nobody fills in."""
        closing = [line for s in paper.sections for line in s.text.split("\n")]
        self.closing = tuple(k for k in (key(line) for line in closing) if len(k) > 3)
        self.front = frozenset(map(key, (front.brand, front.title))) if front else frozenset()
        fronts = [n for n in paper.cover.children if n.kind in (Kind.CODE, Kind.TEXT)][:2] if paper.cover else []
        self._fronts = tuple(key(n.spec.label) for n in fronts)
        self.annex_only = frozenset(self.annex.labels) - {k for a in (self.cover, *self.areas) for k in a.labels}
        """Labels that only the annex has."""
        titles = [s.title for s in paper.sections]
        alternatives = "|".join(f"(?P<s{i}>{spaced(t)})" for i, t in enumerate(titles))
        self._heading = re.compile(
            rf"\s*(?P<numeral>{_NUMERAL})?(?:{alternatives})[ \t:：]*"
            rf"(?P<note>[（(][^）)]{{0,60}}[）)])?[ \t:：]*(?P<rest>[^\n]*)"
        )
        own = "|".join(rf"{s.number}\s*[、.．]\s*{spaced(s.title)}" for s in paper.sections if s.number)
        self._strong = re.compile(rf"^[ \t]*(?:{own})[ \t:：]*(?:[（(][^）)\n]*[）)])?[ \t:：]*$", re.MULTILINE)
        """A heading with its own number on a line of its own, for headings that share a cell with other text."""
        owners: dict[str, list[int]] = {}
        for area in self.areas:
            for known in area.labels:
                owners.setdefault(known, []).append(area.index)
        self.owner = {k: v[0] for k, v in owners.items() if len(v) == 1}

    def heading(self, text: str) -> tuple[int, str, bool] | None:
        """Section index, what follows the heading in the cell, and whether the heading carries its number."""
        match = self._heading.match(text)
        if match is None:
            return None
        strong, note, rest = bool(match["numeral"]), match["note"], match["rest"].strip()
        if rest and not (strong and note):
            return None  # a sentence that begins with the words of a title
        index = next(i for i in range(len(self.areas)) if match[f"s{i}"] is not None)
        if strong and key(match["numeral"]).strip("第部分") not in (self.paper.sections[index].number, str(index + 1)):
            return None  # a heading of somebody's own, inside an answer
        following = text[match.end() :].strip()
        return index, "\n".join(p for p in (rest, following) if p), strong

    def opens(self, text: str) -> bool:
        """True for the heading of the first section."""
        heading = self.heading(text)
        return heading is not None and heading[0] == 0

    def fronts(self, text: str) -> bool:
        """True for a title line of the cover and for one that begins with one of its first labels."""
        known = key(text[:60])
        return known in self.front or (bool(self._fronts) and known.startswith(self._fronts))

    def numbers(self, text: str) -> bool:
        """True for a line that begins with the very first label of the cover (项目编号)."""
        return bool(self._fronts) and key(text[:60]).startswith(self._fronts[0])

    def silent(self, text: str) -> bool:
        """True for what the paper prints and nobody fills in, and for the names and dates beside signatures."""
        known = key(text)
        return not known or known in self.printed or known.startswith(self.closing) or blank_date(text)

    def glued(self, text: str) -> bool:
        """True for a line in which the first label of the annex and its value stand together without a mark between."""
        if self.annex.glued is None or key(text) in self.annex.labels:
            return False
        match = self.annex.glued.match(text)
        inline = self.annex.inline.match(text) if self.annex.inline else None
        return match is not None and inline is None and key(match.group(1)) in self.annex_start

    def annex_label(self, text: str) -> str:
        """The label of the annex that a cell or a line begins with; empty where it begins with none."""
        if not text or not self.annex.begins(text):
            return ""
        for pattern in (self.annex.inline, self.annex.glued):
            if pattern is not None and (match := pattern.match(text)):
                return key(match.group(1))
        if len(text) > LONGEST_LABEL:
            return ""
        for known in (key(text), key(bare(text))):
            if known in self.annex.labels:
                return known
        return ""

    def in_sentence(self, area: Area, text: str) -> bool:
        """True where a line has words of the sentence that the section prints around its blanks."""
        known = key(text)
        return any(
            key(n.spec.before or n.spec.label).lstrip("0123456789") in known for n in area.sentence if n.spec.before
        )

    def is_caption(self, area: Area, text: str) -> bool:
        """True for the line that the section prints over its table."""
        known = key(text)
        captions = (t.node.spec.caption.partition("{")[0] for t in area.tables)
        return any(known.startswith(key(c)) for c in captions if c)

    def chunks(self, text: str) -> list[str]:
        """A cell's text cut before every numbered heading in it."""
        starts = [m.start() for m in self._strong.finditer(text)]
        if not starts or starts == [0]:
            return [text]
        edges = [0, *[s for s in starts if s], len(text)]
        return [text[a:b].strip() for a, b in itertools.pairwise(edges) if text[a:b].strip()]

    def structural(self, texts: list[list[str]]) -> bool:
        """True where a nested table holds parts of the form and not just somebody's answer."""
        labels = 0
        for row in texts:
            keys = [key(t) for t in row if t and len(t) <= LONGEST_LABEL]
            labels += sum(k in self.owner or k in self.cover.labels or k in self.annex.labels for k in keys)
            if labels >= 4 or any(self.heading(t) is not None for t in row if t):
                return True
            if any(t.header(keys) for a in self.areas for t in a.tables):
                return True
        return False


def _keys(node: Node) -> Iterator[str]:
    spec = node.spec
    for label in (spec.label, spec.heading, *spec.also):
        if label:
            yield key(label)
            yield key(bare(label))


def _section_area(index: int, nodes: tuple[Node, ...], title: str) -> Area:
    if len(nodes) == 1 and nodes[0].kind is Kind.WORDS and nodes[0].spec.label == title:
        return Area(index, essay=nodes[0])
    return _area(index, list(nodes))


def _area(index: int, nodes: list[Node], mirrors: tuple[Node, ...] = ()) -> Area:
    labels: dict[str, list[str]] = {}
    anchors: dict[str, str] = {}
    beside: dict[str, str] = {}
    frames: set[str] = set()
    tables: list[TablePlan] = []
    sentence: list[Node] = []

    def learn(node: Node, within: Node | None) -> None:
        spec = node.spec
        if spec.frame:
            frames.update((key(spec.frame), key(bare(spec.frame))))
        if node.kind is Kind.TABLE:
            tables.append(_table(node))
        elif node.kind in (Kind.PART, Kind.ANNEX):
            if spec.shape is Shape.PERSON:
                anchors.update(dict.fromkeys(_keys(node), node.path))
            for child in node.children:
                learn(child, node)
        elif within is not None and within.spec.shape is Shape.SENTENCE:
            sentence.append(node)
        elif not spec.label:
            beside[within.path if within else ""] = node.path
        elif not spec.behind:
            for known in set(_keys(node)):
                labels.setdefault(known, []).append(node.path)

    for node in nodes:
        learn(node, None)
    for node in mirrors:
        labels.setdefault(key(node.spec.also_at), []).append(mirrored(node.path))
    spoken = sorted({*labels, *anchors}, key=lambda k: (-len(k), k))
    inline = re.compile(rf"(?<![^\s\W_])({'|'.join(spaced(k) for k in spoken)})[）)”]*\s*[:：]") if spoken else None
    heads = "|".join(spaced(k) for k in sorted(labels, key=lambda k: (-len(k), k)))
    leading = re.compile(rf"\s*({heads})(?:[ \u3000]{{2,}}|\t|\u3000)\s*(\S.*)", re.DOTALL) if labels else None
    glued = re.compile(rf"\s*({heads})[）)\s]*(?=\S)(.+)", re.DOTALL) if labels else None
    fixed = {k: tuple(v) for k, v in labels.items()}
    silent = frozenset(frames - {""})
    heads_of = frozenset(k for t in tables for c in t.columns for k in c.keys) | {"序号", "编号", "no"}
    first = frozenset(k[0] for k in (*labels, *anchors))
    return Area(
        index,
        labels=fixed,
        anchors=anchors,
        beside=beside,
        frames=silent,
        tables=tuple(tables),
        sentence=tuple(sentence),
        inline=inline,
        leading=leading,
        heads=heads_of if tables else frozenset(),
        first=first,
        glued=glued,
    )


def mirrored(path: str) -> str:
    """Name under which the cover's second print of a field is kept while reading."""
    return f"~{path}"


def _table(node: Node) -> TablePlan:
    printed: dict[str, Column] = {}
    apart: list[Column] = []
    for child in node.children:
        label = child.spec.label
        if child.spec.apart:
            apart.append(Column((child.name,), frozenset(map(key, child.spec.apart)), child))
        if label in printed:
            printed[label] = Column((*printed[label].names, child.name), printed[label].keys, printed[label].node)
        else:
            printed[label] = Column((child.name,), frozenset(_keys(child)), child)
    columns = tuple(printed.values())
    return TablePlan(node.path, node, (*columns, *apart), columns, frozenset(map(key, node.spec.starters)))
