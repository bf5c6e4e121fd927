"""An index over records with several texts: build, add, remove, ask.

An `Index` is a value: `add` and `remove` give a new one. It holds the same arrays, bit by bit, as one built afresh from the
same records in whatever order, and so gives the same answers.
"""

from __future__ import annotations

import io
from array import array
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.ranking import facts
from ketuan.matching.ranking import postings as po
from ketuan.matching.ranking.folding import characters
from ketuan.matching.ranking.postings import Postings, ranges
from ketuan.matching.ranking.terms import VIEWS, singles_of, terms_of

Id = str | int

_CODE = 21  # bits of a code point
_CODES = 0x110000
_CHUNK = 3 << 16  # bytes of text that are taken apart at once: bounds the memory


@dataclass(frozen=True, slots=True)
class Record:
    """Somebody or something that is looked for: an expert is profile, achievements, papers, services."""

    id: Id
    parts: tuple[str, ...]
    fields: tuple[str, ...] = ()
    """What each part is (profile, paper, …), for weights; empty: all the same"""

    known: facts.Known = ()
    """What it is beside its texts, for filters; each name once"""

    def __post_init__(self) -> None:
        if self.fields and len(self.fields) != len(self.parts):
            raise ValueError(f"record {self.id!r}: {len(self.parts)} parts but {len(self.fields)} fields")

    def named(self) -> tuple[str, ...]:
        """The field of each part"""
        return self.fields or ("",) * len(self.parts)


class DuplicateId(ValueError):
    """Two records have the same id, read as text."""


@dataclass(frozen=True, eq=False)
class Index:
    """r records in the order of their ids read as text, p texts in the order of the records."""

    ids: tuple[Id, ...]
    first: NDArray[np.int64]
    """(r + 1,) the texts of record i are first[i] … first[i + 1]"""
    blob: bytes
    """The texts in UTF-8, one behind the other"""
    edge: NDArray[np.int64]
    """(p + 1,) the bytes of text i are edge[i] … edge[i + 1]"""
    names: tuple[str, ...]
    """Names of fields, ascending"""
    field: NDArray[np.int32]
    """(p,) index into `names`"""
    views: tuple[Postings, ...]
    """The texts' terms by view"""
    singles: NDArray[np.int32]
    """(p,) Han characters of each text"""
    common: NDArray[np.int32]
    """(c, 2) Han character, ascending, and how many texts have it"""
    columns: tuple[facts.Column, ...] = ()
    """What the records are beside their texts, by name"""

    @classmethod
    def of(cls, records: Iterable[Record], *, progress: Callable[[int, int], None] | None = None) -> Index:
        """The index of `records`. Raises `DuplicateId`."""
        ids, first, blob, edge, names, field, columns = _gathered(records)
        views, singles, common = _views(blob, edge, progress)
        return cls(ids, first, blob, edge, names, field, views, singles, common, columns)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def texts(self) -> int:
        return len(self.field)

    def text(self, number: int) -> str:
        return _text(self.blob, self.edge, number)

    def records(self) -> list[Record]:
        """What the index was built from, by id."""
        edges = zip(self.ids, self.first[:-1].tolist(), self.first[1:].tolist(), strict=True)
        return [
            Record(
                name,
                tuple([self.text(t) for t in range(low, high)]),
                tuple([self.names[f] for f in self.field[low:high].tolist()]),
                facts.known(self.columns, at),
            )
            for at, (name, low, high) in enumerate(edges)
        ]

    def add(self, records: Iterable[Record]) -> Index:
        """The index with these records as well. Raises `DuplicateId` if one of them is there already."""
        more = Index.of(records)
        known = {str(name) for name in self.ids}
        if twice := next((name for name in more.ids if str(name) in known), None):
            raise DuplicateId(f"the index has a record {twice!r} already")
        names = [str(name) for name in self.ids + more.ids]
        return _picked([self, more], sorted(range(len(names)), key=names.__getitem__))

    def remove(self, ids: Collection[Id]) -> Index:
        """The index without these records; ids that it does not have are passed over."""
        gone = {str(name) for name in ids}
        return _picked([self], [at for at, name in enumerate(self.ids) if str(name) not in gone])


_Gathered = tuple[
    tuple[Id, ...],
    NDArray[np.int64],
    bytes,
    NDArray[np.int64],
    tuple[str, ...],
    NDArray[np.int32],
    tuple[facts.Column, ...],
]


def _gathered(records: Iterable[Record]) -> _Gathered:
    """Ids, texts, fields and columns of an index. No object stays for each text: these may be very many."""
    ids: list[Id] = []
    blob, sizes, many = io.BytesIO(), array("q"), array("q")
    number: dict[str, int] = {}
    named = array("i")
    known: list[facts.Known] = []
    for record in records:
        ids.append(record.id)
        known.append(record.known)
        many.append(len(record.parts))
        named.extend([number.setdefault(name, len(number)) for name in record.named()])
        for part in record.parts:
            sizes.append(blob.write(part.encode("utf-8", "surrogatepass")))
    texts = [str(one) for one in ids]
    names = sorted(number)
    field = np.array([names.index(name) for name in number], dtype=np.int32)[np.array(named, dtype=np.int64)]
    columns = facts.columns(known)
    first, edge, code = _edges(np.array(many)), _edges(np.array(sizes)), blob.getvalue()
    if all(one < two for one, two in pairwise(texts)):
        return tuple(ids), first, code, edge, tuple(names), field, columns
    order = sorted(range(len(ids)), key=texts.__getitem__)
    for one, two in pairwise(order):
        if texts[one] == texts[two]:
            raise DuplicateId(f"two records have the id {ids[two]!r}")
    picked = np.array(order, dtype=np.int64)
    before, first = first, _edges(np.diff(first)[picked])
    which = ranges(before[picked], np.diff(first))
    code, edge = _reordered(code, edge, which), _edges(np.diff(edge)[which])
    columns = facts.picked([(columns, len(ids))], picked)
    return tuple([ids[at] for at in order]), first, code, edge, tuple(names), field[which], columns


def _views(
    blob: bytes, edge: NDArray[np.int64], progress: Callable[[int, int], None] | None
) -> tuple[tuple[Postings, ...], NDArray[np.int32], NDArray[np.int32]]:
    """The postings of the texts, taken apart chunk by chunk; Han characters of each; texts of each Han character."""
    texts = len(edge) - 1
    taken: list[list[po.Taken]] = [[] for _ in VIEWS]
    singles, has = np.zeros(texts, dtype=np.int32), np.zeros(_CODES, dtype=np.int32)
    low = 0
    while low < texts:
        high = max(low + 1, int(np.searchsorted(edge, edge[low] + _CHUNK, side="right")) - 1)
        high = min(high, low + po.TEXTS)
        chunk = characters([_text(blob, edge, number) for number in range(low, high)])
        for rows, terms in zip(taken, terms_of(chunk), strict=True):
            rows.append(po.taken(terms.key, chunk.text[terms.at], low))
        single = singles_of(chunk)
        owner = chunk.text[single.at].astype(np.int64)
        singles[low:high] = np.bincount(owner, minlength=high - low)
        pairs = np.sort((owner << _CODE) | single.key)
        code = pairs[np.diff(pairs, prepend=-1) != 0] & ((1 << _CODE) - 1)
        many = np.bincount(code)
        has[: len(many)] += many.astype(np.int32)
        low = high
        if progress is not None:
            progress(low, texts)
    return tuple([po.built(rows) for rows in taken]), singles, _table(has)


def _table(has: NDArray[np.int32]) -> NDArray[np.int32]:
    found = np.flatnonzero(has)
    return np.stack((found, has[found]), axis=1).astype(np.int32)


def _reordered(blob: bytes, edge: NDArray[np.int64], order: NDArray[np.int64]) -> bytes:
    """The texts one behind the other in another order."""
    new, old = io.BytesIO(), memoryview(blob)
    for low, high in zip(edge[order].tolist(), edge[order + 1].tolist(), strict=True):
        new.write(old[low:high])
    return new.getvalue()


def _text(blob: bytes, edge: NDArray[np.int64], number: int) -> str:
    return blob[edge[number] : edge[number + 1]].decode("utf-8", "surrogatepass")


def _picked(indexes: Sequence[Index], order: Sequence[int]) -> Index:
    """The records of `indexes` that `order` names, counting through, in this order; those of each stay in theirs."""
    picked = np.array(order, dtype=np.int64)
    ids = [name for index in indexes for name in index.ids]
    codes = [code for index in indexes for code in _codes(index)]
    names = sorted({name for index in indexes for name in index.names})
    fields, begins, manies, sizes = [], [], [], []
    shift = 0
    for index in indexes:
        fields.append(np.array([names.index(name) for name in index.names], dtype=np.int32)[index.field])
        begins.append(index.first[:-1] + shift)
        manies.append(np.diff(index.first))
        sizes.append(np.diff(index.edge))
        shift += index.texts
    many = np.concatenate(manies)[picked]
    texts = ranges(np.concatenate(begins)[picked], many)
    number = np.full(shift, -1, dtype=np.int32)
    number[texts] = np.arange(len(texts))
    field = np.concatenate(fields)[texts]
    used = np.unique(field)
    numbers = np.split(number, np.cumsum([index.texts for index in indexes])[:-1])
    has = np.zeros(_CODES, dtype=np.int32)
    for index in indexes:
        has[index.common[:, 0]] += index.common[:, 1]
    for index, new in zip(indexes, numbers, strict=True):
        for at in np.flatnonzero(new < 0).tolist():
            has[np.unique(singles_of(characters([index.text(at)])).key)] -= 1
    views = []
    for view in VIEWS:
        rows = [po.kept(index.views[view], new) for index, new in zip(indexes, numbers, strict=True)]
        views.append(rows[0] if len(rows) == 1 else po.merged(*rows))
    return Index(
        tuple([ids[at] for at in order]),
        _edges(many),
        b"".join([codes[at] for at in order]),
        _edges(np.concatenate(sizes)[texts]),
        tuple([names[at] for at in used.tolist()]),
        np.searchsorted(used, field).astype(np.int32),
        tuple(views),
        np.concatenate([index.singles for index in indexes])[texts],
        _table(has),
        facts.picked([(index.columns, len(index)) for index in indexes], picked),
    )


def _codes(index: Index) -> list[bytes]:
    """The bytes of all texts of each record"""
    edges = index.edge[index.first].tolist()
    return [index.blob[low:high] for low, high in pairwise(edges)]


def _edges(sizes: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    edges = np.zeros(len(sizes) + 1, dtype=np.int64)
    np.cumsum(np.asarray(sizes, dtype=np.int64), out=edges[1:])
    return edges
