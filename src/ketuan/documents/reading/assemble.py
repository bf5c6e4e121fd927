"""From raw answers to the form: each text read as what its field is, doubts kept as remarks."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from ketuan.documents.reading.hints import without_hint
from ketuan.documents.reading.labels import Plan, key, mirrored, spaced
from ketuan.documents.reading.lines import Found, Raw
from ketuan.documents.reading.ticks import read_ticks
from ketuan.documents.reading.values import (
    Dated,
    Value,
    amount_in_words,
    blank_date,
    dates_in,
    one_day,
    read_day,
    read_money,
    read_names,
    read_provinces,
)
from ketuan.forms.fields import Kind
from ketuan.forms.identity import name_key
from ketuan.forms.money import FEN_PER_WAN
from ketuan.forms.paper import Node, blank
from ketuan.forms.remarks import Place, Remark

T = TypeVar("T")
_FOLDED = {Kind.CODE, Kind.MOBILE, Kind.PHONE, Kind.EMAIL, Kind.CONTACT}
_PREFIX = re.compile(r"^(?:e-?mail|邮箱|电子邮箱|手机|电话|联系电话|tel|mobile)\s*:\s*", re.IGNORECASE)
_CJK = re.compile(r"[\u2e80-\u9fff\uff00-\uffef“”（）、，。]")


class Assembler:
    """Builds the plain data of a form; ``remarks`` fills up on the way."""

    def __init__(self, found: Found, plan: Plan) -> None:
        self.found = found
        self.plan = plan
        self.remarks: list[Remark] = list(found.remarks)
        self.other: dict[str, str] = {}
        """What stands behind 其他, by the path of the field that takes it."""
        self.sentences: dict[str, Any] = {}
        """Values of the blanks in sentences, by path."""

    def data(self) -> dict[str, Any]:
        """The form as nested plain data, ready for the model."""
        for area in self.plan.areas:
            if area.sentence:
                self.sentence(area.index, area.sentence)
        data = {top.name: self.node(top, top.path) for top in self.plan.paper.tops()}
        for path, value in self.sentences.items():
            _put(data, path, value)
        self.mirrors(data)
        return data

    def node(self, node: Node, path: str) -> Any:
        if node.kind is Kind.PART:
            return self.part(node.children, path)
        if node.kind is Kind.TABLE:
            return [self.row(node, path, i, row) for i, row in enumerate(self.found.rows.get(path, ()))]
        if node.kind is Kind.ANNEX:
            return self.annexes(node, path)
        return self.leaf(node, path, self.found.raw.get(path))

    def part(self, children: tuple[Node, ...], path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for child in children:
            if not child.spec.behind:
                made[child.name] = self.node(child, f"{path}.{child.name}")
        for child in children:
            if child.spec.behind:
                made[child.name] = self.other.pop(f"{path}.{child.name}", "")
        return made

    def leaf(self, node: Node, path: str, raw: Raw | None) -> Any:
        if raw is None:
            return _empty(node.kind)
        if any("\ufffc" in piece for piece in raw.pieces):
            self.remark(path, "这里有读不出的图形、公式或文本框，请改成文字", _joined(raw), raw.place)
            raw = Raw([piece.replace("\ufffc", "") for piece in raw.pieces], raw.place)
        value = _READ[node.kind](self, node, path, raw)
        if isinstance(value, Value):
            if value.note:
                self.remark(path, value.note, _joined(raw), raw.place, unread=value.unread)
            return value.value
        return value

    def text(self, node: Node, path: str, raw: Raw) -> str:
        text = _joined(raw)
        if node.spec.one_line:
            return _one_line(text)
        return without_hint(text, node.spec.hint)

    def code(self, node: Node, path: str, raw: Raw) -> str:
        text = _one_line(_joined(raw)).strip(" _")
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text).strip(" _")
        return _PREFIX.sub("", text) if node.kind is not Kind.CODE else text

    def money(self, node: Node, path: str, raw: Raw) -> Value:
        return read_money(_joined(raw), fen=100 if node.path in self.found.yuan else FEN_PER_WAN)

    def day(self, node: Node, path: str, raw: Raw) -> Value:
        return read_day(_joined(raw), end=node.spec.until, loose=node.spec.loose, window=self.window(path))

    def ticks(self, node: Node, path: str, raw: Raw) -> list[str]:
        spec = node.spec
        ticked = read_ticks(_joined(raw), spec.choices, other_hint=spec.hint)
        if spec.other:
            self.other[f"{path.rpartition('.')[0]}.{spec.other}"] = ticked.other
        elif ticked.other:
            self.remark(path, "选项后另写有文字，未读入", ticked.other, raw.place)
        if ticked.note:
            self.remark(path, ticked.note, _joined(raw), raw.place)
        return list(ticked.choices)

    def names(self, node: Node, path: str, raw: Raw) -> list[str]:
        return read_names(without_hint(_joined(raw), node.spec.hint))

    def provinces(self, node: Node, path: str, raw: Raw) -> list[str]:
        names, strange = read_provinces(_joined(raw))
        if strange:
            self.remark(
                path, f"“{'、'.join(strange)}”不是省、自治区、直辖市的名称，照原文读入", _joined(raw), raw.place
            )
        return names

    # -- tables and annexes --

    def row(self, node: Node, path: str, index: int, row: dict[str, Raw]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        by_name = {child.name: child for child in node.children}
        for names, raw in row.items():
            here = f"{path}.{index}"
            parts = names.split("/")
            if len(parts) == 1:
                made[names] = self.leaf(by_name[names], f"{here}.{names}", raw)
            else:
                made.update(self.together([by_name[p] for p in parts], here, raw))
        return made

    def together(self, nodes: list[Node], path: str, raw: Raw) -> dict[str, Any]:
        """Dates that share a cell, in their order: “2024年6月15日至2024年10月31日”."""
        return {
            n.name: day for n, day in self.period(nodes, [f"{path}.{n.name}" for n in nodes], _joined(raw), raw.place)
        }

    def period(
        self, nodes: list[Node], paths: list[str], text: str, place: Place | None
    ) -> Iterator[tuple[Node, datetime.date | None]]:
        """The dates of a text for the fields they belong to; a remark for each that is written and cannot be read."""
        dates = _ends_of(text)
        if not dates and blank_date(text):
            return
        window = self.window(paths[0])
        wanted = "某年某月某日" if len(nodes) == 1 else "某年某月某日至某年某月某日"
        for at, (node, path) in enumerate(zip(nodes, paths, strict=True)):
            dated = dates[at] if len(dates) == len(nodes) else None
            if dated is None:
                if len(dates) != len(nodes) and any(c.isdigit() for c in text):
                    note = f"“{' '.join(text.split())[:60]}”没有写明{len(nodes)}个日期，请写成{wanted}"
                    self.remark(path, note, text, place, unread=True)
                continue
            value = one_day(dated, text, end=node.spec.until, window=window)
            if value.note:
                self.remark(path, value.note, text, place, unread=value.unread)
            yield node, value.value

    def annexes(self, node: Node, path: str) -> list[dict[str, Any]]:
        """Annex tables; empty copies beside filled ones were never meant and are left out."""
        made = []
        keep = [i for i in range(self.found.annexes) if self.filled(f"{path}.{i}.")]
        dropped = [i for i in range(self.found.annexes) if i not in keep]
        if not keep and dropped:
            keep, dropped = dropped[:1], dropped[1:]
        for index, old in enumerate(keep):
            if index != old:
                self.renumber(f"{path}.{old}.", f"{path}.{index}.")
            made.append(self.part(node.children, f"{path}.{index}"))
        for old in dropped:
            place = self.found.places.get(f"{path}.{old}.{node.children[0].name}")
            self.remark(path, f"第{old + 1}张空白的{node.spec.label}未计入", "", place)
        return made

    def filled(self, prefix: str) -> bool:
        """True where a field of the annex was answered; printed hints, boxes and units are no answer."""
        silent = Assembler(self.found, self.plan)
        node = self.plan.paper.annexes[0]
        for child in node.children:
            raw = self.found.raw.get(f"{prefix}{child.name}")
            if raw is not None and not child.spec.behind and not blank(silent.leaf(child, "", raw)):
                return True
        return False

    def renumber(self, old: str, new: str) -> None:
        _moved(self.found.raw, old, new)
        _moved(self.found.places, old, new)

    # -- blanks in sentences --

    def sentence(self, index: int, blanks: tuple[Node, ...]) -> None:
        """Fill the blanks of a printed sentence: days in their order, amounts behind their words."""
        said = self.found.sentences.get(index)
        if not said:
            return
        text, place = "\n".join(t for t, _ in said), said[0][1]
        for node in blanks:
            self.found.places[node.path] = place
        days = [n for n in blanks if n.kind is Kind.DAY]
        if days:
            for node, day in self.period(days, [n.path for n in days], text, place):
                self.sentences[node.path] = day
        for node, segment in _segments([n for n in blanks if n.kind is Kind.MONEY], text):
            value = read_money(segment)
            if value.unread and not amount_in_words(segment) and not any(c.isdigit() for c in segment):
                value = Value()
            if value.note:
                self.remark(node.path, value.note, segment.strip(), place, unread=value.unread)
            self.sentences[node.path] = value.value

    def window(self, path: str) -> tuple[datetime.date, datetime.date] | None:
        """First and last day of the period that the sentence over a table names (that of the project for its stages)."""
        part = path.partition(".")[0]
        days = [d for p, d in self.sentences.items() if p.startswith(f"{part}.") and isinstance(d, datetime.date)]
        return (days[0], days[1]) if len(days) == 2 and days[0] <= days[1] else None

    # -- what the cover prints a second time --

    def mirrors(self, data: dict[str, Any]) -> None:
        for node in self.plan.paper.mirrors():
            raw = self.found.raw.get(mirrored(node.path))
            said = _one_line(_joined(raw)) if raw else ""
            value = _get(data, node.path)
            place = raw.place if raw else self.found.places.get(mirrored(node.path))
            label = f"封面“{node.spec.also_at}”"
            if not said and value and place is not None:
                self.remarks.append(Remark(node.path, f"{label}未填", "", place, "missing"))
            elif said and not value:
                self.remark(node.path, f"只在{label}写有“{said}”，正文未填", said, place)
            elif said and name_key(said) != name_key(value):
                self.remark(node.path, f"{label}写“{said}”，正文写“{value}”，两处不一致", said, place)

    def remark(self, path: str, message: str, found: str, place: Place | None, *, unread: bool = False) -> None:
        self.remarks.append(Remark(path, message, found[:80], place, "unread" if unread else "unsure"))


_READ: dict[Kind, Callable[[Assembler, Node, str, Raw], Any]] = {
    Kind.TEXT: Assembler.text,
    Kind.WORDS: Assembler.text,
    **dict.fromkeys(_FOLDED, Assembler.code),
    Kind.MONEY: Assembler.money,
    Kind.DAY: Assembler.day,
    Kind.TICKS: Assembler.ticks,
    Kind.NAMES: Assembler.names,
    Kind.PROVINCES: Assembler.provinces,
}


def _moved(table: dict[str, T], old: str, new: str) -> None:
    for path in [p for p in table if p.startswith(old)]:
        table[new + path[len(old) :]] = table.pop(path)


def _empty(kind: Kind) -> Any:
    if kind in (Kind.TICKS, Kind.NAMES, Kind.PROVINCES):
        return []
    return None if kind in (Kind.MONEY, Kind.DAY) else ""


def _joined(raw: Raw) -> str:
    if len(raw.pieces) == 1:
        return raw.pieces[0].strip()
    return "\n".join(p for p in raw.pieces if p).strip()


def _one_line(text: str) -> str:
    """Lines of one name put together: without a space between Chinese characters, with one between words."""
    if "\n" not in text:
        return text
    joined = ""
    for line in (part.strip() for part in text.split("\n")):
        if joined and line and not (_CJK.match(joined[-1]) or _CJK.match(line[0])):
            joined += " "
        joined += line
    return joined


def _ends_of(text: str) -> list[Dated | None]:
    """The dates of a period; where only one of two was filled in, the word 至 tells which."""
    dates: list[Dated | None] = [*dates_in(text)]
    if len(dates) != 1:
        return dates
    if re.search(r"(?:前|止|截止)[。；;]?\s*$", text) and "至" not in text:
        return [None, dates[0]]
    before, found, behind = text.partition("至")
    if not found:
        return dates
    if dates_in(before):
        return [dates[0], None] if blank_date(behind) else dates
    return [None, dates[0]] if blank_date(re.sub(r"^[^：:]*[：:]", "", before)) else dates


def _segments(nodes: list[Node], text: str) -> list[tuple[Node, str]]:
    """What stands behind each label of a sentence, up to the next one."""
    marks: list[tuple[int, int, Node]] = []
    at = 0
    for node in nodes:
        label = re.sub(r"^[\d\W]+", "", node.spec.before or node.spec.label)
        match = re.compile(rf"(?:\d\s*[.．、)）]\s*)?{spaced(key(label))}").search(text, at)
        if match:
            marks.append((match.start(), match.end(), node))
            at = match.end()
    ends = [*[m[0] for m in marks[1:]], len(text)][: len(marks)]
    found = []
    for (_, begin, node), end in zip(marks, ends, strict=True):
        segment = text[begin:end].strip(" \t\n:：，,。；;")
        segment = re.sub(r"[，,]?其中\s*+[:：]?", "", segment)
        segment = re.sub(r"[（(][^（()）]*[）)]", "", segment)
        found.append((node, segment.split("\n")[0] if "\n" in segment.strip() else segment))
    return found


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    *parts, last = path.split(".")
    for part in parts:
        data = data[part]
    data[last] = value


def _get(data: dict[str, Any], path: str) -> Any:
    value: Any = data
    for part in path.split("."):
        value = value[part]
    return value
