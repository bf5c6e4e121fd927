"""Applications and settings as rows of an integer program: the border between ids and indices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from math import gcd

import numpy as np
import numpy.typing as npt

from ketuan.matching.selecting.values import Application, Settings, Spans, bonus
from ketuan.matching.selecting.whole import unit_of, whole
from ketuan.matching.solver import INFINITY, Floats, Program, Row

Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Limit:
    """`least <= Σ weights · x[columns] <= most`, None for no limit. `kind` and `of` name it: ("province", "甲省").

    `step`: 分 in one unit of the weights, for money; else 1.
    """

    kind: str
    of: str
    columns: Ints
    weights: Ints
    least: int | None
    most: int | None
    step: int = 1

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.of}" if self.of else self.kind


@dataclass(frozen=True)
class Instance:
    """Everything by index; applications stand in the order of their ids, so the order of the input does not matter.

    `worth`: (n,) score and bonus in whole `unit`s. `lower`, `upper`: (n,) bounds of x. `neighbours`: who excludes whom.
    """

    applications: tuple[Application, ...]
    settings: Settings
    unit: Decimal
    worth: Ints
    limits: tuple[Limit, ...]
    lower: Bits
    upper: Bits
    neighbours: tuple[frozenset[int], ...]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        return tuple(a.id for a in self.applications)

    @cached_property
    def index(self) -> dict[str, int]:
        return {name: i for i, name in enumerate(self.ids)}

    @cached_property
    def of(self) -> tuple[tuple[int, ...], ...]:
        """The limits in which each application counts."""
        found: list[list[int]] = [[] for _ in self.applications]
        for number, limit in enumerate(self.limits):
            for column in limit.columns.tolist():
                found[column].append(number)
        return tuple(map(tuple, found))

    @cached_property
    def table(self) -> Table:
        return Table.of(self.limits, len(self.applications))

    def used(self, x: Bits) -> Ints:
        """(limits,) how much of each limit a choice uses."""
        return self.table.times(x.astype(np.int64))

    def keeps_limits(self, x: Bits) -> bool:
        """Does the choice keep every limit? In whole numbers; `lower` and `upper` are not looked at."""
        used = self.used(x)
        return bool(np.all(used <= self.table.most) and np.all(used >= self.table.least))


FAR = 1 << 62
"""Stands for no limit."""


@dataclass(frozen=True)
class Table:
    """The limits as one sparse table of whole numbers, by rows: entries `starts[r]:starts[r + 1]` belong to row r."""

    starts: Ints
    columns: Ints
    weights: Ints
    rows: Ints
    least: Ints
    most: Ints
    width: int

    @staticmethod
    def of(limits: Sequence[Limit], width: int) -> Table:
        sizes = np.array([len(limit.columns) for limit in limits], dtype=np.int64)
        return Table(
            starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            columns=np.concatenate([np.empty(0, np.int64), *(limit.columns for limit in limits)]),
            weights=np.concatenate([np.empty(0, np.int64), *(limit.weights for limit in limits)]),
            rows=np.repeat(np.arange(len(limits)), sizes),
            least=np.array([-FAR if limit.least is None else limit.least for limit in limits], dtype=np.int64),
            most=np.array([FAR if limit.most is None else limit.most for limit in limits], dtype=np.int64),
            width=width,
        )

    @cached_property
    def by_column(self) -> tuple[Ints, Ints, Ints]:
        """Starts, rows and weights of the same entries by columns."""
        order = np.argsort(self.columns, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(self.columns, minlength=self.width))]).astype(np.int64)
        return starts, self.rows[order], self.weights[order]

    @cached_property
    def heaviest(self) -> Floats:
        """(rows,) the largest weight of each, times the most entries that a column has."""
        heaviest = np.zeros(len(self.least))
        np.maximum.at(heaviest, self.rows, np.abs(self.weights).astype(np.float64))
        return heaviest * float(np.max(np.bincount(self.columns), initial=1))

    def times(self, x: Ints) -> Ints:
        """(rows,) table · x."""
        return _sums(self.weights * x[self.columns], self.starts)

    def priced(self, prices: Ints) -> Ints:
        """(columns,) tableᵀ · prices, exact while single terms and results stay below 2⁶³ (sums may wrap round)."""
        starts, rows, weights = self.by_column
        return _sums(weights * prices[rows], starts)

    def program(self, worth: Ints, lower: Bits, upper: Bits) -> Program:
        """For the solver. Worth is handed over divided by a power of two if it is large."""
        sides = zip(
            self.starts[:-1].tolist(), self.starts[1:].tolist(), self.least.tolist(), self.most.tolist(), strict=True
        )
        rows = [
            Row(
                self.columns[a:b],
                self.weights[a:b],
                least=-INFINITY if least == -FAR else float(least),
                most=INFINITY if most == FAR else float(most),
            )
            for a, b, least, most in sides
        ]
        return Program(worth / divisor(worth), rows, lower=lower, upper=upper)


def divisor(worth: Ints) -> float:
    """What worth is divided by for the solver, whose tolerances are made for numbers of moderate size."""
    return float(1 << max(0, int(np.max(worth, initial=0)).bit_length() - 16))


def _sums(terms: Ints, starts: Ints) -> Ints:
    upto = np.zeros(len(terms) + 1, dtype=np.int64)
    np.cumsum(terms, out=upto[1:])
    return np.asarray(upto[starts[1:]] - upto[starts[:-1]])


def instance(applications: Sequence[Application], settings: Settings) -> Instance:
    """Ids must be unique, and all of `settings` and of `excludes` known; the caller has seen to that."""
    ordered = tuple(sorted(applications, key=lambda a: a.id))
    index = {a.id: i for i, a in enumerate(ordered)}
    totals = [a.score + bonus(a, settings.weights) for a in ordered]
    fine = unit_of(totals)
    worth = [whole(total, fine) for total in totals]
    shared = gcd(*worth) or 1  # sums are multiples of it, so a bound that misses the next one is as good as exact
    neighbours = _neighbours(ordered, index)
    lower = np.zeros(len(ordered), dtype=np.int8)
    upper = np.ones(len(ordered), dtype=np.int8)
    for i, a in enumerate(ordered):
        if a.id in settings.force:
            lower[i] = 1
        if a.id in settings.without or (settings.grant is not None and a.amount > settings.grant):
            upper[i] = 0
    return Instance(
        applications=ordered,
        settings=settings,
        unit=fine * shared,
        worth=np.array(worth, dtype=np.int64) // shared,
        limits=tuple(_limits(ordered, settings, neighbours)),
        lower=lower,
        upper=upper,
        neighbours=neighbours,
    )


def _limits(
    ordered: Sequence[Application], settings: Settings, neighbours: Sequence[frozenset[int]]
) -> Iterator[Limit]:
    everyone = np.arange(len(ordered), dtype=np.int64)
    ones = np.ones(len(ordered), dtype=np.int64)
    if settings.awards is not None and settings.awards < len(ordered):
        yield Limit("awards", "", everyone, ones, None, settings.awards)
    amounts = [a.amount for a in ordered]
    if settings.budget is not None and settings.budget < sum(amounts):
        step = gcd(*amounts)  # sums are multiples of it; small numbers keep the solver's tolerances out of the way
        some = np.flatnonzero(np.array(amounts, dtype=np.int64))
        weights = np.array(amounts, dtype=np.int64)[some] // step
        yield Limit("budget", "", some, weights, None, settings.budget // step, step)
    for society, members in _groups(ordered, lambda a: a.society):
        if settings.per_society is not None and settings.per_society < len(members):
            yield Limit("society", society, members, ones[: len(members)], None, settings.per_society)
    sorting: tuple[tuple[str, Spans, Callable[[Application], str]], ...] = (
        ("province", settings.province, lambda a: a.province),
        ("field", settings.field, lambda a: a.field),
        ("category", settings.category, lambda a: a.category),
    )
    for kind, spans, of in sorting:
        found = dict(_groups(ordered, of))
        for name in sorted({*found, *spans.named}):
            span, members = spans.of(name), found.get(name, everyone[:0])
            most = None if span.most is None or span.most >= len(members) else span.most
            if span.least > 0 or most is not None:
                yield Limit(kind, name, members, ones[: len(members)], span.least or None, most)
    for clique in _cliques(neighbours):
        names = "|".join(ordered[i].id for i in clique)
        yield Limit("exclude", names, np.array(clique, dtype=np.int64), ones[: len(clique)], None, 1)


def _groups(ordered: Sequence[Application], of: Callable[[Application], str]) -> list[tuple[str, Ints]]:
    """Members of each value, both in order; an empty value is no group."""
    found: dict[str, list[int]] = {}
    for i, a in enumerate(ordered):
        if name := of(a):
            found.setdefault(name, []).append(i)
    return [(name, np.array(found[name], dtype=np.int64)) for name in sorted(found)]


def _neighbours(ordered: Sequence[Application], index: dict[str, int]) -> tuple[frozenset[int], ...]:
    found: list[set[int]] = [set() for _ in ordered]
    for i, a in enumerate(ordered):
        for other in a.excludes:
            if index[other] != i:
                found[i].add(index[other])
                found[index[other]].add(i)
    return tuple(map(frozenset, found))


def _cliques(neighbours: Sequence[frozenset[int]]) -> Iterator[tuple[int, ...]]:
    """Groups whose members all exclude one another and that together hold every pair.

    One row "at most one of them" is as good as all its pairs for whole numbers and closer to them for a linear program.
    """
    covered: set[tuple[int, int]] = set()
    for a, others in enumerate(neighbours):
        for b in sorted(others):
            if b < a or (a, b) in covered:
                continue
            clique, common = [a, b], neighbours[a] & neighbours[b]
            for c in sorted(common):
                if c in common:
                    clique.append(c)
                    common &= neighbours[c]
            clique.sort()
            covered.update((p, q) for i, p in enumerate(clique) for q in clique[i + 1 :])
            yield tuple(clique)
