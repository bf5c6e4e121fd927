"""How much of one Chinese text stands in another: near copies among the applications of one society (通知 三.5).

`compare(a, b)` answers a share and the passages. Both texts are folded to letters and digits. A character of the
shorter text is *found* when it lies in a run of 4 characters that the other text also has (2 if neither is over 40) and
two fifths of the 12 characters to either side lie in such runs. So sentences may move, a swapped word costs itself and a
little more, and runs that merely occur, far from any other, do not count. Words of the programme (`STOCK`) weigh a tenth.

Chosen by measuring against n-gram containment (n = 2, 3, 4) and coverage without a neighbourhood. Share of pairs
of the invented texts in tests/matching (`python -m tests.matching.edits`; a test holds this table to the code):

kind                                                    pairs least middle most
verbatim                                                 120  1.00  1.00  1.00
punctuation, width, blanks                               120  1.00  1.00  1.00
15 % of words swapped                                    120  0.74  0.82  0.88
12 to 30 % of words swapped                              120  0.56  0.75  0.88
clauses moved                                            120  1.00  1.00  1.00
30 % dropped                                             120  1.00  1.00  1.00
50 % dropped                                             120  1.00  1.00  1.00
30 % foreign clauses                                     120  1.00  1.00  1.00
100 % foreign clauses                                    120  1.00  1.00  1.00
30 % replaced                                            120  0.69  0.79  0.92
50 % replaced                                            120  0.52  0.68  0.85
15 % swapped, moved, 30 % replaced                       120  0.41  0.61  0.74
unrelated: other field                                   405  0.00  0.00  0.17
unrelated: same field                                     30  0.00  0.00  0.00
unrelated: two work plans, shared stock phrases           45  0.07  0.09  0.17
unrelated: same field, deliverables list in both          30  0.14  0.25  0.31
titles reworded                                           21  0.77  0.98  1.00
titles unrelated                                         224  0.00  0.00  0.59
the same, known: two work plans, shared stock phrases     45  0.00  0.00  0.00
the same, known: same field, deliverables list in both    30  0.00  0.00  0.00

Outside the repository, on 10,761 real abstracts (CSL, 229 characters): each of 1,500 beside the two others nearest to it
(2,940 pairs): middle 0.00, 99th percentile 0.24, most 0.59; 11 reach 0.4, papers of one pattern (medical trials, monthly
weather) or of one piece of work. 300 abstracts with pairs of characters replaced at random: 15 % of them, least 0.62;
30 %, least 0.31, 99 % reach 0.4; 40 %, 80 % reach it. A text re-worded throughout is not found: no run of four is left.

Copies among many texts, with the rarity of what they share: `ketuan.matching.overlapping`, which folds alike, takes out the
same known sentences, and flags (a test says so) what is a near copy here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from heapq import heapify, heappop, heappush
from itertools import accumulate

NEAR_COPY = 0.4
"""Suggested least score of a near copy among texts of 100 characters and more; the call file holds the deciding one."""
NEAR_TITLE = 0.7
"""Suggested least score of a near copy among titles, up to about 40 characters; the call file holds the deciding one."""

SPAN = 6
"""Shortest passage, in folded characters, that is shown as a span or recognised as known."""
MOST = 20_000
"""Only so many characters of a text are read."""
STOCK = (
    *("科创中国", "科技服务团", "服务团", "产业链", "全国学会", "科技工作者"),
    *("学会服务站", "服务站", "蹲点服务", "蹲点", "累计不少于"),
    *("技术交流对接", "供需对接", "产业规划咨询", "企业技术诊断", "产业技术诊断", "技术诊断", "难题联合攻关"),
    *("联合技术攻关", "联合攻关", "成果转化推广", "成果转化", "团体标准研制", "团体标准", "项目签约落地"),
    *("研发指南", "智库报告", "解决方案", "满意度评价报告", "满意度评价", "典型案例", "总结报告"),
    *("关键技术", "共性技术", "技术研究", "研究与应用", "研究", "应用", "技术", "产业", "问题", "难题"),
)
"""Words that the programme itself puts into every application, and those that every title has."""
HEAVY, LIGHT = 10, 1
"""Weight of a character, and of a character of a stock word. A passage mostly of stock words is no span."""

_SHORT = 40  # if the longer text has no more characters, runs of 2 count, else of 4: runs of 3 or 2 made no gain there
_REACH = 12  # characters to either side that make the neighbourhood
_DENSE = 2, 5  # share of the neighbourhood, as a fraction: exact on every machine
_PLACES = 8  # places of one passage in the other text that are tried
_SEEDS = 20_000  # shared passages that are tried
_FEW = 8  # runs are looked up one by one if there is less than one to so many characters, else in one go
_GAP = "\0"  # stands for a known passage; folding never yields it


@dataclass(frozen=True, slots=True)
class Likeness:
    """What two texts share.

    `score`: 0..1, share of the shorter text, known sentences left out, that is found again in the other.
    `spans`: (a_from, a_to, b_from, b_to), half-open offsets into the original strings, sorted by a_from, not
    overlapping in a nor in b; `normalise(a[a_from:a_to]) == normalise(b[b_from:b_to])`, `SPAN` folded characters at least.
    """

    score: float
    spans: tuple[tuple[int, int, int, int], ...]


@dataclass(frozen=True, slots=True)
class Known:
    """Sentences and phrases that do not count as copying; build it once with `known_of`.

    `passages`: all runs of `SPAN` folded characters of the known texts. `phrases`: texts shorter than that, folded.
    """

    passages: frozenset[str]
    phrases: frozenset[str]


NOTHING = Known(frozenset(), frozenset())


class _Folds(dict[int, str]):
    """Code point → what is left of it: NFKD, no case, letters and digits only."""

    def __missing__(self, code: int) -> str:
        spread = unicodedata.normalize("NFKD", chr(code)).casefold()
        folded = "".join(c for c in unicodedata.normalize("NFKD", spread) if c.isalnum())
        if len(self) < 70_000:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def normalise(text: str) -> str:
    """The letters and digits of `text`, full width and case folded, character by character; nothing else is left.

    Character by character means: `normalise(a + b) == normalise(a) + normalise(b)`.
    """
    return text.translate(_FOLDS)


_STOCK = re.compile("|".join(sorted(map(normalise, STOCK), key=lambda word: (-len(word), word))))


def known_of(texts: Iterable[str]) -> Known:
    """What does not count: hints of the form, sentences of the call, phrases. Build once, hand to every `compare`.

    A passage of a text counts as known when `SPAN` folded characters of it in a row stand in one of `texts`.
    A text of two to five folded characters is a phrase and known wherever it stands; a single one is ignored.
    """
    folded = [normalise(text) for text in texts]
    passages = frozenset(text[i : i + SPAN] for text in folded for i in range(len(text) - SPAN + 1))
    return Known(passages, frozenset(text for text in folded if 2 <= len(text) < SPAN))


def compare(a: str, b: str, *, known: Known = NOTHING) -> Likeness:
    """How much of the shorter text is found again in the other, and where.

    Empty texts, and texts of known sentences only, score 0 and have no spans; texts equal after folding score 1.
    Cost: about 55 µs for unrelated texts of 300 characters, 0.4 ms for 1,900, when each text is compared with four
    others; copies take up to seven times as long. Bound: `MOST` characters of each text are read, about `_SEEDS` shared
    passages tried; the worst of 28 hostile pairs (200,000 characters: one letter, two letters, periods, Fibonacci words,
    ligatures) took 0.7 s and 40 MB. At that bound spans may be missing; the score is not affected.
    """
    one, two = _prepared(a[:MOST], known), _prepared(b[:MOST], known)
    turned = (two.weight, two.text) < (one.weight, one.text)
    short, long = (two, one) if turned else (one, two)
    if not short.weight:
        return Likeness(0.0, ())
    size, begins = _common(short, long)
    tiles = _tiles(short, long, size, begins)
    if turned:
        tiles = [(most, j, i) for most, i, j in tiles]
    return Likeness(_share(short, long, size, begins), tuple(sorted(_spans(tiles, one, two))))


class _Prepared:
    """One text made ready: folded, known passages replaced by a gap, weighed; the rest on demand."""

    def __init__(self, source: str, known: Known) -> None:
        self.source = source
        self.text, self.where = _without(normalise(source)[:MOST], known)
        self.weigh = [HEAVY] * len(self.text)
        for hit in re.finditer(_GAP, self.text):
            self.weigh[hit.start()] = 0
        for hit in _STOCK.finditer(self.text):
            self.weigh[hit.start() : hit.end()] = [LIGHT] * (hit.end() - hit.start())
        self.weight = sum(self.weigh)
        self._runs: dict[int, frozenset[str]] = {}

    def runs(self, size: int) -> frozenset[str]:
        """All runs of `size` characters that hold no gap."""
        if size not in self._runs:
            text = self.text
            runs = frozenset([text[i : i + size] for i in range(len(text) - size + 1)])
            self._runs[size] = frozenset(run for run in runs if _GAP not in run) if _GAP in text else runs
        return self._runs[size]

    @cached_property
    def origin(self) -> list[int]:
        """Folded character → index of the character of `source` it comes from."""
        return [i for i, c in enumerate(self.source) for _ in _FOLDS[ord(c)]]


@lru_cache(maxsize=128)
def _prepared(source: str, known: Known) -> _Prepared:
    """The texts of one society are compared pair by pair: each is made ready once."""
    return _Prepared(source, known)


def _without(folded: str, known: Known) -> tuple[str, Sequence[int]]:
    """`folded` with every known piece replaced by one gap, and for each character left its index in `folded`.

    Less than `SPAN` characters between known passages are what somebody changed in a known sentence: known as well.
    """
    kept = bytearray(b"\1" * len(folded))
    if known.passages:
        end = 0
        for i in range(len(folded) - SPAN + 1):
            if folded[i : i + SPAN] in known.passages:
                start = end if i - end < SPAN else i
                kept[start : i + SPAN] = bytes(i + SPAN - start)
                end = i + SPAN
        if end and len(folded) - end < SPAN:
            kept[end:] = bytes(len(folded) - end)
    for phrase in known.phrases:
        at = folded.find(phrase)
        while at >= 0:
            kept[at : at + len(phrase)] = bytes(len(phrase))
            at = folded.find(phrase, at + 1)
    if all(kept):
        return folded, range(len(folded))
    where = [i for i in range(len(folded)) if kept[i] or (i and kept[i - 1])]
    return "".join(folded[i] if kept[i] else _GAP for i in where), where


def _common(short: _Prepared, long: _Prepared) -> tuple[int, bytearray]:
    """Size of the runs that count between these two texts; for each place of `short`: does a common run begin there?"""
    text = short.text
    size = min(2 if len(long.text) <= _SHORT else 4, len(text))
    begins = bytearray(len(text))
    common = short.runs(size) & long.runs(size)
    if len(common) * _FEW < len(text):
        for run in common:
            at = text.find(run)
            while at >= 0:
                begins[at] = 1
                at = text.find(run, at + 1)
    else:
        for i in range(len(text) - size + 1):
            begins[i] = text[i : i + size] in common
    return size, begins


def _share(short: _Prepared, long: _Prepared, size: int, begins: bytearray) -> float:
    """Weight of the found characters of `short` over its whole weight."""
    if short.text == long.text:
        return 1.0
    if not any(begins):
        return 0.0
    text, weigh = short.text, short.weigh
    found = bytearray(len(text))
    at = begins.find(1)
    while at >= 0:
        found[at : at + size] = b"\1" * size
        at = begins.find(1, at + 1)
    upto = [0, *accumulate(found)]
    total, at = 0, found.find(1)
    while at >= 0:
        low, high = max(0, at - _REACH), min(len(text), at + _REACH + 1)
        if (upto[high] - upto[low]) * _DENSE[1] >= (high - low) * _DENSE[0]:
            total += weigh[at]
        at = found.find(1, at + 1)
    return total / short.weight


def _places(runs: Sequence[str], text: str) -> dict[str, list[int]]:
    """The first `_PLACES` places of each run of `SPAN` characters in `text`."""
    places: dict[str, list[int]] = {run: [] for run in runs}
    if len(places) * _FEW < len(text):
        for run, found in places.items():
            at = text.find(run)
            while at >= 0 and len(found) < _PLACES:
                found.append(at)
                at = text.find(run, at + 1)
    else:
        for at in range(len(text) - SPAN + 1):
            run = text[at : at + SPAN]
            if run in places and len(places[run]) < _PLACES:
                places[run].append(at)
    return places


def _tiles(short: _Prepared, long: _Prepared, size: int, begins: bytearray) -> list[tuple[int, int, int]]:
    """Shared passages (size, place in short, place in long), longest first, that overlap in neither text.

    Greedy string tiling (Wise 1993), seeded by runs of `SPAN` characters; ties go to the earlier place.
    """
    a, b = short.text, long.text
    if a == b:
        return [(len(piece[0]), piece.start(), piece.start()) for piece in re.finditer(f"[^{_GAP}]+", a)]
    starts = [hit.start() for hit in re.finditer(b"(?=%s)" % (b"\1" * (SPAN - size + 1)), begins)]
    places = _places([a[i : i + SPAN] for i in starts], b)
    seeds: list[tuple[int, int, int]] = []
    before: tuple[int, Sequence[int]] = (-1, ())
    for i in starts:
        here = places[a[i : i + SPAN]]
        last = before[1] if before[0] == i - 1 else ()
        seeds += [(-_stretch(a, i, b, j), i, j) for j in here if j - 1 not in last]
        before = i, here
        if len(seeds) > _SEEDS:
            break
    heapify(seeds)
    taken_a, taken_b = bytearray(len(a)), bytearray(len(b))
    tiles = []
    while seeds:
        minus, i, j = heappop(seeds)
        most, at = -minus, 0
        while at < most and (taken_a[i + at] or taken_b[j + at]):
            free_a, free_b = taken_a.find(0, i + at), taken_b.find(0, j + at)
            at = max(free_a - i if free_a >= 0 else most, free_b - j if free_b >= 0 else most)
        ends = [taken_a.find(1, i + at, i + most) - i, taken_b.find(1, j + at, j + most) - j]
        end = min((e for e in ends if e >= at), default=most)
        if at == 0 and end == most:
            taken_a[i : i + most] = taken_b[j : j + most] = b"\1" * most
            tiles.append((most, i, j))
        else:
            for low, high in ((at, end), (end, most)):
                if high - low >= SPAN:
                    heappush(seeds, (low - high, i + low, j + low))
    return tiles


def _stretch(a: str, i: int, b: str, j: int) -> int:
    """Length of the common run, without a gap, that starts at a[i] and b[j]; `SPAN` of it is known to be common."""
    stops = [a.find(_GAP, i) - i, b.find(_GAP, j) - j, len(a) - i, len(b) - j]
    most = min(stop for stop in stops if stop >= 0)
    low, step = SPAN, SPAN
    while low < most:
        step = min(step, most - low)
        if a[i + low : i + low + step] == b[j + low : j + low + step]:
            low, step = low + step, step * 2
        elif step == 1:
            break
        else:
            step //= 2
            most = min(most, low + 2 * step)
    return low


def _spans(
    tiles: Iterable[tuple[int, int, int]], one: _Prepared, two: _Prepared
) -> Iterator[tuple[int, int, int, int]]:
    """Tiles as offsets into the original texts; those of stock words left out, ends moved to whole characters."""
    for size, i, j in tiles:
        if 2 * sum(one.weigh[i : i + size]) < size * (HEAVY + LIGHT):
            continue
        p, q = one.where[i], two.where[j]
        low, high = 0, size
        while low < high and (_inside(one.origin, p + low) or _inside(two.origin, q + low)):
            low += 1
        while low < high and (_inside(one.origin, p + high) or _inside(two.origin, q + high)):
            high -= 1
        if high - low >= SPAN:
            yield one.origin[p + low], one.origin[p + high - 1] + 1, two.origin[q + low], two.origin[q + high - 1] + 1


def _inside(origin: list[int], at: int) -> bool:
    """Does the border before folded character `at` cut an original character in two?"""
    return 0 < at < len(origin) and origin[at - 1] == origin[at]
