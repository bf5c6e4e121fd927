"""The answer of the corps builder: who, why, what each rule costs and who could stand in; or which rules collide."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ketuan.matching.teaming.collision import Collision, collide
from ketuan.matching.teaming.optimum import Found, Place, Prices, Table, optimum, with_places
from ketuan.matching.teaming.swaps import settled, swapped, swaps
from ketuan.matching.teaming.values import (
    BARS,
    DIGITS,
    Expert,
    Field,
    Floats,
    Limits,
    Wanted,
    field_of,
    limits_of,
    rules_of,
)

SUBSTITUTES = 3


@dataclass(frozen=True, slots=True)
class Substitute:
    """Somebody who could take a member's place while all others stay as they are, and the value that is lost."""

    id: str
    loss: float


@dataclass(frozen=True, slots=True)
class Member:
    """One of the corps. `part` from 0; `full`, `counted`: see the package. `rank` among the members of his part.

    `loss`: value of the best corps minus that of the best one without him, None if there is none without him; below 0
    if only a lock keeps him in. `instead`: who comes and who leaves in that other corps.
    """

    expert: Expert
    part: int
    full: bool
    fitness: float
    counted: float
    fits: bool
    rank: int
    loss: float | None
    comes: tuple[str, ...]
    leaves: tuple[str, ...]
    substitutes: tuple[Substitute, ...]


@dataclass(frozen=True, slots=True)
class RuleState:
    """What a rule asks and what the corps has. `cost`: how much the value grows if this one rule is dropped (for the
    encouraged young elite: how much the fitness grows if nothing is added for them); None for the size."""

    rule: str
    wanted: int | None
    found: int | None
    cost: float | None


@dataclass(frozen=True, slots=True)
class PartState:
    """Who takes a part: how many, how many of them are fit enough, their fitness together, and the full seats."""

    takers: int
    fit: int
    fitness: float
    seats: int


@dataclass(frozen=True, slots=True)
class Corps:
    """The best corps. `value` = `fitness` + `bonus` <= optimum <= `bound` <= `relaxed`, the last by `prices` alone.

    Members stand in the order of parts, in a part the fittest first.
    """

    members: tuple[Member, ...]
    fitness: float
    bonus: float
    bound: float
    relaxed: float
    prices: Prices
    rules: tuple[RuleState, ...]
    parts: tuple[PartState, ...]

    @property
    def value(self) -> float:
        return round(self.fitness + self.bonus, DIGITS)

    @property
    def gap(self) -> float:
        return round(self.bound - self.value, DIGITS)


def build(
    experts: Sequence[Expert],
    fitness: Floats,
    wanted: Wanted,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> Corps | Collision:
    """The best corps, or the smallest set of rules that no corps can keep. `fitness`: experts × parts, 0..1.

    The order of `experts` does not matter. ValueError as in `field_of`. `progress` is told questions done and in all.
    """
    people, pool = field_of(experts, fitness, wanted)
    rules = rules_of(pool, wanted)
    table = Table(pool, wanted.beyond)
    limits = limits_of(pool, wanted, frozenset(rules))
    best = optimum(table, limits)
    if best is None:
        collision = collide(pool, wanted)
        assert collision is not None
        return collision
    best = settled(table, limits, best)
    total = 1 + len(rules) + len(best.places)
    costs = {}
    for done, rule in enumerate(rules):
        if progress is not None:
            progress(1 + done, total)
        costs[rule] = _cost(table, wanted, rules, rule, best)
    members = []
    for done, place in enumerate(_in_order(pool, best)):
        if progress is not None:
            progress(1 + len(rules) + done, total)
        members.append(_member(people, table, limits, best, place))
    if progress is not None:
        progress(total, total)
    return Corps(
        members=tuple(members),
        fitness=best.fitness,
        bonus=best.bonus,
        bound=best.bound,
        relaxed=best.relaxed,
        prices=best.prices,
        rules=tuple(RuleState(rule, *_count(pool, wanted, best, rule), costs[rule]) for rule in rules),
        parts=tuple(_part(pool, limits, best, p) for p in range(pool.parts)),
    )


def _in_order(pool: Field, best: Found) -> list[Place]:
    return sorted(best.places, key=lambda p: (p.part, -pool.fitness[p.person, p.part], p.person))


def _cost(table: Table, wanted: Wanted, rules: Sequence[str], rule: str, best: Found) -> float | None:
    if rule == "size":
        return None
    limits = limits_of(table.pool, wanted, frozenset(rules) - {rule})
    if rule == "young_elite" and not wanted.strict:
        known = with_places(table, limits, best, best.places)
        free = optimum(table, limits, known=known, start=best.people)
        assert free is not None
        return round(free.fitness - best.fitness, DIGITS) + 0.0
    free = optimum(table, limits, known=best, start=best.people)
    assert free is not None
    return round(free.value - best.value, DIGITS) + 0.0


def _count(pool: Field, wanted: Wanted, best: Found, rule: str) -> tuple[int | None, int | None]:
    """Asked and found."""
    team = sorted(best.team)
    if rule == "size":
        return wanted.size, len(team)
    if rule == "young":
        return wanted.young, int(pool.young[team].sum())
    if rule == "young_elite":
        return wanted.elite, int(pool.elite[team].sum())
    name, _, of = rule.partition(":")
    if name == "kind":
        return wanted.kinds[of], int(pool.kinds[team, list(wanted.kinds).index(of)].sum())
    if name == "cover":
        return wanted.cover, sum(p.part == int(of) - 1 and bool(pool.fit[p.person, p.part]) for p in best.places)
    if name == "lock":
        return 1, 1
    return 0, int(pool.bars[team, BARS.index(rule)].sum())


def _part(pool: Field, limits: Limits, best: Found, part: int) -> PartState:
    takers = [p.person for p in best.places if p.part == part]
    fit = int(pool.fit[takers, part].sum())
    return PartState(len(takers), fit, round(float(pool.fitness[takers, part].sum()), DIGITS), limits.seats)


def _member(people: Sequence[Expert], table: Table, limits: Limits, best: Found, place: Place) -> Member:
    pool = table.pool
    own = float(pool.fitness[place.person, place.part])
    counted = float(table.gain[place.person, place.part if place.full else pool.parts])
    fitter = [p for p in _in_order(pool, best) if p.part == place.part]
    near = swaps(table, limits, best, place, SUBSTITUTES)
    known = swapped(table, limits, best, place, near[0][0]) if near else None
    other = optimum(table, limits.without(place.person), known=known, start=best.people)
    return Member(
        expert=people[place.person],
        part=place.part,
        full=place.full,
        fitness=own,
        counted=counted,
        fits=bool(pool.fit[place.person, place.part]),
        rank=1 + fitter.index(place),
        loss=None if other is None else round(best.value - other.value, DIGITS) + 0.0,
        comes=() if other is None else tuple(pool.ids[i] for i in sorted(other.team - best.team)),
        leaves=() if other is None else tuple(pool.ids[i] for i in sorted(best.team - other.team - {place.person})),
        substitutes=tuple(Substitute(pool.ids[i], loss) for i, loss in near),
    )
