"""The best corps and the proof that none is better, over the whole pool.

A linear program over few people whose prices (duals) judge all others (column generation, Gilmore and Gomory 1961);
the prices bound every corps of the pool from above (`Table.bound`, weak duality: anybody can recompute it). Who cannot
be in a corps better than the best known, by his reduced profit, is left out for good (reduced cost fixing, Dantzig,
Fulkerson and Johnson 1954), and an integer program over the rest decides. All gains are multiples of `UNIT`, so a bound
less than one `UNIT` above a corps proves it best.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ketuan.matching.solver import INFINITY, Program, Row
from ketuan.matching.teaming.values import DIGITS, UNIT, Field, Flags, Floats, Limits, Whole

_STEP = 0.9 * UNIT
_BATCH = 200
"""People who join the linear program in one round; choices that are so many that a first look takes only the best."""


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody's place in the corps; `part` from 0. `full`: he counts with his whole fitness, else with a share of it."""

    person: int
    part: int
    full: bool


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of the linear program. `member` what a seat in the corps costs, `seats` what a full seat of each part
    costs besides; what somebody earns who helps to keep a rule: `young`, `elite`, `kinds`, `cover`, none below 0."""

    member: float
    young: float
    elite: float
    kinds: Floats
    cover: Floats
    seats: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """A corps, its value in fitness and encouragement, and what bounds all corps: `bound` with the integer program,
    `relaxed` by the prices alone. `people`: whom the linear program looked at, a good start for the next question."""

    places: tuple[Place, ...]
    fitness: float
    bonus: float
    bound: float
    relaxed: float
    prices: Prices
    people: Whole

    @property
    def value(self) -> float:
        return round(self.fitness + self.bonus, DIGITS)

    @property
    def team(self) -> frozenset[int]:
        return frozenset(place.person for place in self.places)


class Table:
    """Every choice of every person: column p is a full seat of part p, the last one a seat beyond the full ones of the
    part he fits best. Arrays are people × (parts + 1). Choices that are never better than another are closed."""

    def __init__(self, pool: Field, beyond: float) -> None:
        self.pool = pool
        best = pool.fitness.argmax(axis=1)
        everybody = np.arange(pool.people)
        top = pool.fitness[everybody, best]
        self.gain: Floats = np.column_stack([pool.fitness, np.round(beyond * top, DIGITS)])
        self.part: Whole = np.column_stack([np.tile(np.arange(pool.parts), (pool.people, 1)), best])
        self.fit: Flags = np.column_stack([pool.fit, pool.fit[everybody, best]])
        self.usable: Flags = (self.gain > self.gain[:, -1:]) | self.fit
        self.usable[:, -1] = True

    def profit(self, prices: Prices) -> Floats:
        """What each choice brings at these prices; -inf where it is closed."""
        pool, parts = self.pool, self.pool.parts
        profit = self.gain + np.where(self.fit, prices.cover[self.part], 0.0)
        profit[:, :parts] -= prices.seats
        profit += (pool.young * prices.young + pool.elite * prices.elite + pool.kinds @ prices.kinds - prices.member)[
            :, None
        ]
        opened: Floats = np.where(self.usable, profit, -np.inf)
        return opened

    def bound(self, limits: Limits, prices: Prices, best: Floats) -> float:
        """No corps is worth more, whatever the prices are. `best`: the best profit of each person."""
        assert limits.size is not None
        taken = np.where(limits.open, np.maximum(best, 0.0), 0.0)
        taken[list(limits.locked)] = best[list(limits.locked)]
        return float(
            prices.member * limits.size
            - prices.young * limits.young
            - prices.elite * limits.elite
            + max(0.0, limits.bonus - prices.elite) * limits.encouraged
            - prices.kinds @ np.array(limits.kinds, dtype=np.float64)
            - prices.cover @ np.array(limits.cover, dtype=np.float64)
            + prices.seats.sum() * limits.seats
            + taken.sum()
        )


def with_places(table: Table, limits: Limits, found: Found, places: Iterable[Place]) -> Found:
    """The same answer with another corps; its bound and prices still hold."""
    ordered = tuple(sorted(places, key=lambda place: place.person))
    fitness, bonus = value_of(table, limits, ordered)
    return replace(found, places=ordered, fitness=fitness, bonus=bonus)


def value_of(table: Table, limits: Limits, places: tuple[Place, ...]) -> tuple[float, float]:
    """Fitness and encouragement of a corps."""
    parts = table.pool.parts
    fitness = sum(float(table.gain[p.person, p.part if p.full else parts]) for p in places)
    elite = sum(bool(table.pool.elite[p.person]) for p in places)
    return round(fitness, DIGITS), round(limits.bonus * min(elite, limits.encouraged), DIGITS)


def optimum(table: Table, limits: Limits, *, known: Found | None = None, start: Whole | None = None) -> Found | None:
    """The best corps, None if the rules allow none. `known`: a corps that the limits allow, from an earlier question;
    it comes back, with the new bound, if nothing is better. `start`: people to look at first."""
    from ketuan.matching.teaming.collision import possible

    if not limits.open[list(limits.locked)].all():
        return None
    people = np.unique(np.concatenate([_first(table, limits), *([] if start is None else [start])]))
    people = people[limits.open[people]]
    answer = _priced(table, limits, people)
    if answer is None:  # nothing but the penalty holds the rules, as far as the linear program can see
        some = possible(table.pool, limits)
        if some is None:
            return None
        answer = _priced(table, limits, np.union1d(people, _persons(some)), sure=True)
        assert answer is not None
    people, prices, whole = answer
    profit = table.profit(prices)
    best = profit.max(axis=1)
    relaxed = table.bound(limits, prices, best)
    waste = _waste(limits, profit, best)

    places = known.places if known is not None else whole
    if whole is not None and known is not None and sum(value_of(table, limits, whole)) > known.value + UNIT / 2:
        places = whole
    value = -INFINITY if places is None else sum(value_of(table, limits, places))
    if (
        waste <= relaxed - value - _STEP + 1e-9
    ).sum() > _BATCH:  # many: a good corps of the best choices, to have fewer
        few = waste <= np.partition(waste, _BATCH, axis=None)[_BATCH]
        near, _ = _whole(table, limits, few, value + _STEP)
        places = near or places
    places = places or possible(table.pool, limits)
    if places is None:
        return None
    value = sum(value_of(table, limits, places))
    bound = relaxed
    if relaxed - value >= _STEP:
        rest = waste <= relaxed - value - _STEP + 1e-9
        better, bound = _whole(table, limits, rest, value + _STEP)
        places = better or places
    fitness, bonus = value_of(table, limits, places)
    bound = max(fitness + bonus, np.floor((bound + 1e-6) / UNIT) * UNIT)
    return Found(
        places, fitness, bonus, round(float(bound), DIGITS), relaxed, prices, np.union1d(people, _persons(places))
    )


def _persons(places: tuple[Place, ...]) -> Whole:
    return np.array(sorted(place.person for place in places), dtype=np.int64)


def _first(table: Table, limits: Limits) -> Whole:
    """The people the linear program begins with: the best for each part, and the best who keep each rule."""
    pool, size = table.pool, limits.size or 0
    share = min(size, limits.seats + 4)
    top = table.gain.max(axis=1)
    wishes = [(pool.fitness[:, p], share) for p in range(pool.parts)]
    masks = [(pool.young, limits.young), (pool.elite, limits.elite + limits.encouraged)]
    masks += [(pool.kinds[:, k], least) for k, least in enumerate(limits.kinds)]
    wishes += [(np.where(mask, top, -1.0), least + 4) for mask, least in masks if least]
    chosen = [np.array(limits.locked, dtype=np.int64)]
    for worth, many in wishes:
        open_worth = np.where(limits.open, worth, -1.0)
        chosen.append(np.argsort(-open_worth, kind="stable")[:many])
    every: Whole = np.unique(np.concatenate(chosen))
    return every


def _priced(
    table: Table, limits: Limits, people: Whole, *, sure: bool = False
) -> tuple[Whole, Prices, tuple[Place, ...] | None] | None:
    """People and prices at which nobody else is worth having, and the corps if the linear program finds a whole one.
    None if the rules cannot be kept; `sure` they can: then broken rules only make the prices worse, never wrong."""
    penalty = 10.0 * ((limits.size or 0) + limits.bonus * limits.encouraged + 1)
    while True:
        usable = np.zeros_like(table.usable)
        usable[people] = table.usable[people]
        lp = _Corps(table, limits, usable, penalty)
        found = lp.program.relax()
        assert found.status == "optimal"
        prices = lp.prices(found.duals)
        best = table.profit(prices).max(axis=1)
        best[people] = -np.inf
        best[~limits.open] = -np.inf
        fresh = np.flatnonzero(best > 1e-9)
        if not len(fresh):
            break
        fresh = fresh[np.argsort(-best[fresh], kind="stable")[:_BATCH]]
        people = np.union1d(people, fresh)
    if lp.broken(found.values) > 1e-7:
        return (people, prices, None) if sure else None
    near = np.rint(found.values)
    whole = lp.places(near) if np.abs(found.values - near).max() < 1e-7 else None
    return people, prices, whole


def _waste(limits: Limits, profit: Floats, best: Floats) -> Floats:
    """What the bound loses if a choice is taken; inf where it cannot be."""
    at_best = np.maximum(best, 0.0)
    at_best[list(limits.locked)] = best[list(limits.locked)]
    waste: Floats = np.where(limits.open[:, None] & np.isfinite(profit), at_best[:, None] - profit, np.inf)
    return waste


def _whole(
    table: Table, limits: Limits, usable: npt.NDArray[np.bool_], least: float
) -> tuple[tuple[Place, ...] | None, float]:
    """The best corps of these choices that is worth `least`, None if there is none, and a bound for all of them."""
    ip = _Corps(table, limits, usable, None)
    answer = ip.program.solve(gap=UNIT / 4, cutoff=least)
    if answer.values is None:
        return None, least - _STEP
    return ip.places(answer.values), answer.bound


class _Corps:
    """The program over some choices: each person at most once, the rules as rows. With a `penalty` rules may be broken."""

    def __init__(self, table: Table, limits: Limits, usable: Flags, penalty: float | None) -> None:
        assert limits.size is not None
        pool = table.pool
        self.person, self.seat = np.nonzero(usable)
        self.part = table.part[self.person, self.seat]
        self.parts = pool.parts
        here = np.arange(len(self.person))
        fit = table.fit[self.person, self.seat]
        count = len(here)
        gain = table.gain[self.person, self.seat]
        gains, upper = [gain], [np.ones(count)]
        young, elite = here[pool.young[self.person]], here[pool.elite[self.person]]
        bonus: list[int] = []
        if limits.encouraged:
            bonus = [count]
            gains.append(np.array([limits.bonus]))
            upper.append(np.array([float(limits.encouraged)]))
            count += 1
        demands: list[tuple[npt.NDArray[np.int64], int]] = [
            (young, limits.young),
            (elite, limits.elite),
            *((here[pool.kinds[self.person, k]], least) for k, least in enumerate(limits.kinds)),
            *((here[fit & (self.part == p)], least) for p, least in enumerate(limits.cover)),
        ]
        rows = []
        self.first_slack = count
        for columns, least in (*demands, (here, limits.size)):
            row = np.asarray(columns, dtype=np.int64)
            weights = np.ones(len(row))
            size = columns is here
            if penalty is not None and (least or size):
                extra = [count] if not size else [count, count + 1]
                row = np.concatenate([row, extra])
                weights = np.concatenate([weights, [1.0, -1.0][: len(extra)]])
                count += len(extra)
                gains.append(np.full(len(extra), -penalty))
                upper.append(np.full(len(extra), 1e6))
            rows.append(Row(row, weights, least if (least or size) else -INFINITY, limits.size if size else INFINITY))
        rows += [Row(here[self.seat == p], 1.0, most=limits.seats) for p in range(self.parts)]
        if bonus:
            rows.append(Row(np.concatenate([elite, bonus]), [1.0] * len(elite) + [-1.0], least=0.0))
        self.encouraging = bool(bonus)
        ends = np.flatnonzero(np.diff(np.append(self.person, -1))) + 1
        locked = frozenset(limits.locked)
        for begin, end in (
            zip(np.concatenate([[0], ends[:-1]]).tolist(), ends.tolist(), strict=True) if len(here) else ()
        ):
            must = int(self.person[begin]) in locked
            if must or end - begin > 1:
                rows.append(Row(here[begin:end], 1.0, least=1.0 if must else -INFINITY, most=1.0))
        self.kinds = len(limits.kinds)
        self.program = Program(np.concatenate(gains), rows, upper=np.concatenate(upper))

    def prices(self, duals: Floats) -> Prices:
        """Duals as prices, small ones of the wrong sign taken as 0: the bound holds for any that are not negative."""
        at = 2 + self.kinds
        earns = np.maximum(0.0, -duals) + 0.0  # no -0.0, which prints as such
        seats = at + self.parts + 1
        return Prices(
            member=float(duals[at + self.parts]) + 0.0,
            young=float(earns[0]),
            elite=float(earns[seats + self.parts]) if self.encouraging else float(earns[1]),
            kinds=earns[2:at],
            cover=earns[at : at + self.parts],
            seats=np.maximum(0.0, duals[seats : seats + self.parts]) + 0.0,
        )

    def broken(self, values: Floats) -> float:
        return float(values[self.first_slack :].sum())

    def places(self, values: Floats) -> tuple[Place, ...]:
        chosen = np.flatnonzero(values[: len(self.person)] > 0.5)
        return tuple(Place(int(self.person[c]), int(self.part[c]), int(self.seat[c]) < self.parts) for c in chosen)
