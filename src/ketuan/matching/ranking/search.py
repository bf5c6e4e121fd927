"""Asking an index: which records are nearest to a text, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking import weighing
from ketuan.matching.ranking.folding import characters
from ketuan.matching.ranking.fusing import fused
from ketuan.matching.ranking.index import Id, Index
from ketuan.matching.ranking.postings import Postings, ranges
from ketuan.matching.ranking.reasons import MOST, Asked, Key, Why, asked, phrases
from ketuan.matching.ranking.terms import CHARACTERS, Terms, singles_of, terms_of
from ketuan.matching.ranking.vectors import Rows, Whole
from ketuan.matching.ranking.weighing import Floats, Weights

_EVERY = 16
_Value = TypeVar("_Value", bound=np.generic)

FIRST = 10
"""Results that are explained."""
CLOSER = 300
"""So many records, the best by words, are looked at more closely."""
SMALL = 4096
"""If fewer are called, and there are so few texts, all are looked at, and single characters count as well: whoever says the
same in other words often has no more than these in common. (Among many texts they bring noise: measured.)"""
COMMON = 4096, 16
"""A term is common if so many texts have it, and so many-th part of all; common terms do not call anybody up."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The records found, best first; equal scores by id read as text."""

    ids: tuple[Id, ...]
    scores: tuple[float, ...]
    whys: tuple[Why, ...]
    """Of the first ones"""
    filtered: tuple[tuple[str, int], ...]
    """Name of each filter, and how many records it took out"""


@dataclass(frozen=True, eq=False)
class View:
    """One view of the texts with what its terms are worth."""

    postings: Postings
    weight: Weights
    """(t,) of the terms"""
    damp: Weights
    """(p,) of the texts"""
    lesser: NDArray[np.int64]
    """Pairs that do not call their record: see `weighing.lesser`"""
    common: Mapping[int, int]
    """Index of a common term → its row in `counts`"""
    counts: NDArray[np.uint8]
    """(c, p) how often each text has each common term"""


@dataclass(frozen=True, slots=True)
class Asking:
    """The terms of a query that the index knows, q in all; each counts once, however often the query has it."""

    key: tuple[Key, ...]
    row: tuple[int, ...]
    """Index among the view's terms"""
    scale: tuple[float, ...]
    """By view: one over the weight of all terms, so that the most a text can reach does not hang on the query's length"""


@dataclass(frozen=True, slots=True)
class Hits:
    """What terms of a query bring to texts: h hits, by term, then by text."""

    size: NDArray[np.int64]
    """How many hits are of the first term, of the next, …"""
    text: NDArray[np.int64]
    """(h,)"""
    worth: Weights
    """(h,)"""


@dataclass(frozen=True, slots=True)
class TextsOf:
    """The texts of some records, in their order: c texts, k records."""

    number: NDArray[np.int64]
    """(c,)"""
    begin: NDArray[np.int64]
    """(k,) where those of each record begin"""
    owner: NDArray[np.int64]
    """(c,) which of the records"""
    record: NDArray[np.int64]
    """(k,) number of each record"""


@dataclass(frozen=True, slots=True)
class Closer:
    """What the terms of a query bring to some of the texts: h hits, by term, then by text."""

    term: NDArray[np.int64]
    """(h,) which of the query's terms"""
    text: NDArray[np.int64]
    """(h,) which of the texts"""
    worth: Weights
    """(h,)"""


class Searcher:
    """An index made ready to be asked.

    `weights`: field → how much its texts count, 1 if not named. `meaning`: the sentence vectors of the index's texts.
    """

    def __init__(self, index: Index, weights: Mapping[str, float] | None = None, meaning: Rows | None = None) -> None:
        self.index = index
        self.meaning = meaning
        factor = np.array([(weights or {}).get(name, 1.0) for name in index.names], dtype=np.float32)
        self.factor = factor[index.field] if (factor != 1).any() else None
        self.single = bool((np.diff(index.first) == 1).all())
        self.record = np.repeat(np.arange(len(index)), np.diff(index.first))
        self.ids = np.empty(len(index), dtype=np.object_)  # many at a time: four times as fast as from the tuple
        self.ids[:] = index.ids
        self.views = [self._view(postings) for postings in index.views]
        self.damp = weighing.damping(index.singles.astype(np.float64))

    def _view(self, postings: Postings) -> View:
        texts = self.index.texts
        weight = weighing.weights(np.diff(postings.start), texts).astype(np.float32)
        damp = weighing.damping(weighing.lengths(postings, texts))
        rows = np.flatnonzero(np.diff(postings.start) > max(COMMON[0], texts // COMMON[1])).tolist()
        counts = np.zeros((len(rows), texts), dtype=np.uint8)
        for count, row in zip(counts, rows, strict=True):
            pairs = slice(*postings.start[row : row + 2].tolist())
            count[postings.text[pairs]] = postings.count[pairs]
        lesser = weighing.lesser(postings, weight, damp, self.factor, self.record)
        return View(postings, weight, damp, lesser, {row: at for at, row in enumerate(rows)}, counts)

    def search(
        self,
        texts: str | Sequence[str],
        *,
        top: int = 1000,
        filters: Mapping[str, NDArray[np.bool_]] | None = None,
        vector: Whole | None = None,
        explain: int = FIRST,
    ) -> Answer:
        """The records nearest to the query's texts; those without any evidence are left out.

        In two steps: terms that are not common call up the `top` records (`CLOSER`, if that is more), then these are
        scored by all terms. If that calls too few, common terms call as well. With the query's sentence `vector` the
        `CLOSER` nearest by meaning are called too. `filters`: name → (r,) who may be called.
        """
        folded = characters([texts] if isinstance(texts, str) else texts)
        terms: tuple[Terms, ...] = terms_of(folded)
        allowed, filtered = self._filtered(filters or {})
        asking = self._asking(terms)
        wanted = max(top, CLOSER)
        terms_at = enumerate(zip(asking.key, asking.row, strict=True))
        calls = [at for at, ((view, _), row) in terms_at if row not in self.views[view].common]
        hits, called = self._called(asking, calls, allowed, wanted)
        if len(called) < wanted and len(calls) < len(asking.key):
            calls = list(range(len(asking.key)))
            hits, called = self._called(asking, calls, allowed, wanted)
        few = len(called) < CLOSER and self.index.texts <= SMALL
        if few:
            has_texts = np.diff(self.index.first) > 0
            called = np.flatnonzero(has_texts if allowed is None else has_texts & allowed)
        likeness = None
        if vector is not None and self.meaning is not None:
            likeness = self.meaning.likeness(vector)
            by_record = self._nearest(likeness)
            near = _highest(by_record if allowed is None else np.where(allowed, by_record, 0), CLOSER)
            called = np.union1d(called, near)
        texts_of = self._texts_of(called)
        closer = self._closer(asking, calls, hits, texts_of.number)
        keys = asking.key
        if few:
            terms = (*terms, singles_of(folded))
            more, counted = self._counted(terms[-1], texts_of, len(keys))
            keys, closer = keys + more, _joined(closer, counted)
        points = self._points(closer, texts_of)
        if likeness is not None:
            points = fused(points, by_record[called], np.isin(called, near), CLOSER)
        order = np.argsort(-points, kind="stable")[:top]
        if likeness is None:
            order = order[points[order] > 0]
        whys = self._whys(asked(folded, terms), keys, closer, texts_of, order[:explain].tolist(), likeness)
        ids = tuple(self.ids[called[order]].tolist())
        return Answer(ids, tuple(points[order].tolist()), tuple(whys), filtered)

    def _filtered(
        self, filters: Mapping[str, NDArray[np.bool_]]
    ) -> tuple[NDArray[np.bool_] | None, tuple[tuple[str, int], ...]]:
        """(r,) who may be called; how many each filter took out"""
        allowed, filtered = None, []
        for name, passes in filters.items():
            filtered.append((name, len(passes) - int(passes.sum())))
            allowed = passes if allowed is None else allowed & passes
        return allowed, tuple(filtered)

    def _nearest(self, likeness: Floats) -> Floats:
        """(r,) likeness of the nearest text of each record, 0 of one without texts that count"""
        if self.factor is not None:
            likeness = np.where(self.factor > 0, likeness, 0.0)
        nearest = np.zeros(len(self.index))
        filled = np.flatnonzero(np.diff(self.index.first))
        if len(filled):
            nearest[filled] = np.maximum.reduceat(likeness, self.index.first[filled])
        return np.maximum(nearest, 0.0)

    def _asking(self, terms: Sequence[Terms]) -> Asking:
        keys: list[Key] = []
        rows: list[int] = []
        scale = []
        for number, (view, part) in enumerate(zip(self.views, terms, strict=True)):
            key, known = np.unique(part.key), view.postings.key
            row = np.searchsorted(known, key)
            row[row == len(known)] = 0
            row = row[known[row] == key] if len(known) else row[:0]
            keys += [(number, one) for one in known[row].tolist()]
            rows += row.tolist()
            unknown = weighing.weights(np.zeros(len(key) - len(row), dtype=np.int64), self.index.texts)
            total = float(view.weight[row].sum(dtype=np.float64) + unknown.sum())
            scale.append(_scale(number, total))
        return Asking(tuple(keys), tuple(rows), tuple(scale))

    def _called(
        self, asking: Asking, calls: Sequence[int], allowed: NDArray[np.bool_] | None, wanted: int
    ) -> tuple[Hits, NDArray[np.int64]]:
        """What the calling terms bring to all texts; the at most `wanted` records to which they bring most.

        Each term counts in that text of a record where it is worth most.
        """
        texts, worths, counted, sizes = [], [], [], []
        for number, view in enumerate(self.views):
            row = np.array([asking.row[at] for at in calls if asking.key[at][0] == number], dtype=np.int64)
            low, high = view.postings.start[row], view.postings.start[row + 1]
            pairs = [slice(*pair) for pair in zip(low.tolist(), high.tolist(), strict=True)]
            text = _together(view.postings.text, pairs, np.int64)  # cast once, for all that is looked up
            count = _together(view.postings.count, pairs, np.uint8)
            worth = weighing.worth(np.repeat(view.weight[row], high - low), count, view.damp.take(text))
            worth = self._scaled(worth, text, asking.scale[number])
            worths.append(worth)
            texts.append(text)
            sizes.append(high - low)
            if len(view.lesser):
                begin, end = np.searchsorted(view.lesser, low), np.searchsorted(view.lesser, high)
                shift = np.cumsum(high - low) - high
                worth = worth.copy()
                worth[view.lesser[ranges(begin, end - begin)] + np.repeat(shift, end - begin)] = 0
            counted.append(worth)
        text = np.concatenate(texts)
        hits = Hits(np.concatenate(sizes), text, np.concatenate(worths))
        score = np.bincount(
            text if self.single else self.record.take(text),
            np.concatenate(counted, dtype=np.float64),
            minlength=len(self.index),
        ).astype(np.float64, copy=False)
        if allowed is not None:
            score[~allowed] = 0
        return hits, _highest(score, wanted)

    def _scaled(self, worth: Weights, text: NDArray[np.integer], scale: float) -> Weights:
        """(h,) worth of hits in the texts, with the share of their view and the weight of the text's field."""
        if self.factor is not None:
            worth *= self.factor[text]
        worth *= np.float32(scale)
        return worth

    def _texts_of(self, records: NDArray[np.int64]) -> TextsOf:
        first = self.index.first[records]
        many = self.index.first[records + 1] - first
        return TextsOf(ranges(first, many), np.cumsum(many) - many, np.repeat(np.arange(len(records)), many), records)

    def _closer(self, asking: Asking, calls: Sequence[int], hits: Hits, texts: NDArray[np.int64]) -> Closer:
        """What all terms bring to some texts."""
        place = np.full(self.index.texts, -1, dtype=np.int32)
        place[texts] = np.arange(len(texts))
        whose = place.take(hits.text)
        found = np.flatnonzero(whose >= 0)
        many = np.diff(np.searchsorted(found, np.cumsum(hits.size)), prepend=0)
        rows = [(np.repeat(np.array(calls, dtype=np.int64), many), whose[found], hits.worth[found])]
        left = sorted(set(range(len(asking.key))).difference(calls))
        for number, view in enumerate(self.views):
            ats = np.array([at for at in left if asking.key[at][0] == number], dtype=np.int64)
            if len(ats):
                row = np.array([asking.row[at] for at in ats.tolist()])
                common = [view.common[at] for at in row.tolist()]
                count = np.concatenate([view.counts[at].take(texts) for at in common])
                has = np.flatnonzero(count)
                which, text = np.divmod(has, len(texts))
                worth = weighing.worth(view.weight[row[which]], count[has], view.damp[texts[text]])
                worth = self._scaled(worth, texts[text], asking.scale[number])
                rows.append((ats[which], text.astype(np.int32), worth))
        term, text, worth = (np.concatenate(column) for column in zip(*rows, strict=True))
        return Closer(term, text, worth)

    def _counted(self, singles: Terms, texts: TextsOf, known: int) -> tuple[tuple[Key, ...], Closer]:
        """The query's single characters, and what they bring to the texts; the first of these terms is number `known`."""
        asked_for = np.unique(singles.key)
        at = np.minimum(np.searchsorted(self.index.common[:, 0], asked_for), max(len(self.index.common) - 1, 0))
        df = np.zeros(len(asked_for), dtype=np.int64)
        if len(self.index.common):
            df = np.where(self.index.common[at, 0] == asked_for, self.index.common[at, 1], 0).astype(np.int64)
        weight = weighing.weights(df, self.index.texts)
        many = max(len(texts.number), 1)
        read = characters([self.index.text(number) for number in texts.number.tolist()])
        place = np.minimum(np.searchsorted(asked_for, read.code), max(len(asked_for) - 1, 0))
        here = np.flatnonzero(asked_for[place] == read.code) if len(asked_for) else np.zeros(0, dtype=np.int64)
        times = np.bincount(place[here] * many + read.text[here], minlength=len(asked_for) * many)
        found = np.flatnonzero(times)
        term, text = found // many, found % many
        number = texts.number[text]
        count = np.minimum(times[found], 255).astype(np.uint8)
        worth = weighing.worth(weight[term].astype(np.float32), count, self.damp[number])
        worth = self._scaled(worth, number, _scale(CHARACTERS, float(weight.sum())))
        keys = tuple([(CHARACTERS, key) for key in asked_for.tolist()])
        return keys, Closer(term + known, text.astype(np.int32), worth)

    def _points(self, closer: Closer, texts: TextsOf) -> Floats:
        """The mean of two sums: all terms, each in that text where it is worth most; all terms of the best text.

        So somebody with one text that fits and somebody who has it all but spread out both come up, and who has many
        texts gains by that no more than each term's best place.
        """
        by_text: Floats = np.bincount(closer.text, closer.worth, minlength=len(texts.owner)).astype(
            np.float64, copy=False
        )
        if self.single:
            return by_text
        if not len(closer.term):
            return np.zeros(len(texts.begin))
        owner = texts.owner[closer.text]
        new = np.ones(len(owner), dtype=np.bool_)
        np.not_equal(owner[1:], owner[:-1], out=new[1:])
        new[1:] |= closer.term[1:] != closer.term[:-1]
        begin = np.flatnonzero(new)
        most = np.maximum.reduceat(closer.worth, begin)
        total = np.bincount(owner[begin], most, minlength=len(texts.begin))
        points: Floats = (total + np.maximum.reduceat(by_text, texts.begin)) / 2
        return points

    def _whys(
        self,
        query: Asked,
        keys: Sequence[Key],
        closer: Closer,
        texts: TextsOf,
        best: Sequence[int],
        likeness: Floats | None,
    ) -> list[Why]:
        """Reasons of the best records."""
        rank = np.full(len(texts.begin), -1)
        rank[best] = np.arange(len(best))
        ranks = rank[texts.owner[closer.text]]
        mine = np.flatnonzero(ranks >= 0)
        mine = mine[np.argsort(ranks[mine], kind="stable")]
        edges = np.searchsorted(ranks[mine], np.arange(len(best) + 1)).tolist()
        hits = [column[mine].tolist() for column in (closer.term, closer.text, closer.worth)]
        whys = []
        for place, low, high in zip(best, edges[:-1], edges[1:], strict=True):
            begin = int(texts.begin[place])
            many = int(self.index.first[int(texts.record[place]) + 1] - texts.number[begin])
            parts: dict[Key, tuple[int, float]] = {}
            sum_of = dict.fromkeys(hits[1][low:high], 0.0)
            for term, text, worth in zip(*[column[low:high] for column in hits], strict=True):
                key = keys[term]
                if key not in parts or worth > parts[key][1]:
                    parts[key] = text - begin, worth
                sum_of[text] += worth
            first = int(texts.number[begin])
            read = {part: self.index.text(first + part) for part in {part for part, _ in parts.values()}}
            if likeness is not None:
                nearest = int(likeness[first : first + many].argmax())
                like = float(likeness[first + nearest])
            else:
                nearest, like = min(sorted(sum_of), key=lambda text: -sum_of[text]) - begin, None
            whys.append(Why(tuple(phrases(query, read, parts)[:MOST]), nearest, like))
        return whys


def _joined(one: Closer, two: Closer) -> Closer:
    return Closer(
        np.concatenate((one.term, two.term)),
        np.concatenate((one.text, two.text)),
        np.concatenate((one.worth, two.worth)),
    )


def _scale(view: int, total: float) -> float:
    """What hits of a view are multiplied by if the query's terms weigh `total`: all of them, twice over, come to 1."""
    share = weighing.SHARES[view] / sum(weighing.SHARES)
    return share / (total * (weighing.K1 + 1)) if total else 0.0


def _together(values: NDArray[Any], pieces: Sequence[slice], kind: type[_Value]) -> NDArray[_Value]:
    return np.concatenate([values[:0], *[values[piece] for piece in pieces]], dtype=kind)


def _highest(score: Floats, top: int) -> NDArray[np.int64]:
    """Numbers of the at most `top` highest scores above 0, ascending; of equal scores at the edge those that come first."""
    sample = score[::_EVERY]
    few = 2 * top // _EVERY + 1
    above = 0.0
    if len(sample) > 4 * few:  # a guess that spares the sorting of those far below
        above = float(np.partition(sample, len(sample) - few)[len(sample) - few])
    found = np.flatnonzero(score >= above) if above > 0 else np.flatnonzero(score > 0)
    if above > 0 and len(found) < top:
        found = np.flatnonzero(score > 0)
    if len(found) > top:
        points = score[found]
        edge = np.partition(points, len(found) - top)[len(found) - top]
        found, points = found[points >= edge], points[points >= edge]
        if len(found) > top:
            found = np.delete(found, np.flatnonzero(points == edge)[top - len(found) :])
    return found
