"""Whether the rules allow any corps, and if not, the smallest set of rules that collide.

People count here only by what the rules see of them (`_Kinds`), so that a pool of thousands is a program of dozens of
whole numbers. The smallest set is found by the duality of colliding sets and corrections (Reiter 1987; Ignatiev, Previti,
Liffiton and Marques-Silva 2015): every set of rules that collide hits every set of rules whose dropping helps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ketuan.matching.solver import INFINITY, Program, Row
from ketuan.matching.teaming.optimum import Place
from ketuan.matching.teaming.values import BARS, Field, Floats, Limits, Wanted, Whole, limits_of, rules_of

_MOST = 150
"""Questions to the solver on the way to the smallest set."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One of the rules that collide. `most`: what is reached at best while the others of the set hold, `wanted` what
    the rule asks; both None for a rule that counts nothing (a lock, a ban). For `size` it may be more than wanted."""

    rule: str
    wanted: int | None
    most: int | None


@dataclass(frozen=True, slots=True)
class Collision:
    """No corps keeps all rules; these cannot be kept together, but can if any one of them is dropped.

    `smallest`: it is proven that no smaller set collides.
    """

    clashes: tuple[Clash, ...]
    smallest: bool

    @property
    def rules(self) -> tuple[str, ...]:
        return tuple(clash.rule for clash in self.clashes)


class _Kinds:
    """Some people in groups that the rules see alike. A column: so many people of a group who take a part for which they
    are fit enough (`part`), or any other (-1). `goal`: "" any answer, a rule: the most that it counts; "size": the most
    people, "-size": the fewest."""

    def __init__(self, pool: Field, limits: Limits, people: Whole, goal: str) -> None:
        must = np.zeros(pool.people, dtype=bool)
        must[list(limits.locked)] = True
        asked = np.array([least > 0 or goal == f"cover:{p + 1}" for p, least in enumerate(limits.cover)])
        sees = np.column_stack([pool.young, pool.elite, must, pool.kinds, pool.fit & asked])
        self.people = people
        seen, group = np.unique(sees[people], axis=0, return_inverse=True)
        self.group = group.reshape(-1)
        sizes = np.bincount(self.group, minlength=len(seen))
        begin = 3 + pool.kinds.shape[1]
        columns = [(g, p) for g in range(len(seen)) for p in (-1, *np.flatnonzero(seen[g, begin:]).tolist())]
        self.of, self.part = (np.array(side, dtype=np.int64) for side in zip(*columns, strict=True))
        demands: dict[str, tuple[Whole, float, float]] = {
            "young": (np.flatnonzero(seen[self.of, 0]), limits.young, INFINITY),
            "young_elite": (np.flatnonzero(seen[self.of, 1]), limits.elite, INFINITY),
            "size": (np.arange(len(columns)), limits.size or 0, INFINITY if limits.size is None else limits.size),
        }
        for k, least in enumerate(limits.kinds):
            demands[f"kind:{k}"] = np.flatnonzero(seen[self.of, 3 + k]), least, INFINITY
        for p, least in enumerate(limits.cover):
            demands[f"cover:{p + 1}"] = np.flatnonzero(self.part == p), least, INFINITY
        rows = [Row(own, 1.0, least=low, most=high) for own, low, high in demands.values() if low or high < INFINITY]
        ends = np.searchsorted(self.of, np.arange(len(seen) + 1))
        for g, size in enumerate(sizes.tolist()):
            if seen[g, 2] or ends[g + 1] - ends[g] > 1:
                own = np.arange(ends[g], ends[g + 1])
                rows.append(Row(own, 1.0, least=size if seen[g, 2] else -INFINITY, most=size))
        gain = np.zeros(len(columns))
        if goal:
            gain[demands[goal.removeprefix("-")][0]] = -1.0 if goal.startswith("-") else 1.0
        self.program = Program(gain, rows, upper=sizes[self.of].astype(float))


def _solve(pool: Field, limits: Limits, goal: str = "") -> tuple[_Kinds, Floats] | None:
    """Whole numbers that keep the rules, None if there are none. First among people who keep many rules at once: if the
    linear program over all others promises no more, that is the answer."""
    if not limits.open[list(limits.locked)].all():
        return None
    likely = _likely(pool, limits, goal)
    if not len(likely):
        return None
    few = _Kinds(pool, limits, likely, goal)
    near = few.program.solve()
    if near.values is not None and not goal:
        return few, near.values
    every = _Kinds(pool, limits, np.flatnonzero(limits.open), goal)
    relaxed = every.program.relax()
    if relaxed.status != "optimal":
        return None
    if near.values is not None and np.floor(relaxed.value + 1e-6) <= near.value + 0.5:
        return few, near.values
    rounded = np.rint(relaxed.values)
    if np.abs(relaxed.values - rounded).max() < 1e-7:
        return every, rounded
    values = every.program.solve().values
    return None if values is None else (every, values)


def _likely(pool: Field, limits: Limits, goal: str) -> Whole:
    """The locked, and of those who help to keep a rule the ones who help to keep the most."""
    masks = [(pool.young, limits.young), (pool.elite, limits.elite)]
    masks += [(pool.kinds[:, k], least) for k, least in enumerate(limits.kinds)]
    masks += [(pool.fit[:, p], least) for p, least in enumerate(limits.cover)]
    helps = np.zeros(pool.people)
    for mask, least in masks:
        helps += mask * (least > 0)
    chosen = [np.array(limits.locked, dtype=np.int64)]
    for mask, least in (*((m, n) for m, n in masks if n), (limits.open, limits.size or 1)):
        order = np.argsort(np.where(mask & limits.open, -helps, 1.0), kind="stable")[: least + 20]
        chosen.append(order[(mask & limits.open)[order]])
    every: Whole = np.unique(np.concatenate(chosen))
    return every


def possible(pool: Field, limits: Limits) -> tuple[Place, ...] | None:
    """Any corps that keeps the rules, the fittest of each kind; None if there is none."""
    answer = _solve(pool, limits)
    if answer is None:
        return None
    kinds, values = answer
    places: list[Place] = []
    full = [0] * pool.parts
    others: list[int] = []
    for g in range(int(kinds.group.max()) + 1):
        members = kinds.people[kinds.group == g]
        order = np.lexsort((-pool.fitness[members].max(axis=1), pool.bars[members].any(axis=1)))
        members = members[order].tolist()
        for c in np.flatnonzero(kinds.of == g).tolist():
            for _ in range(round(values[c])):
                part, person = int(kinds.part[c]), members.pop(0)
                if part >= 0 and full[part] < limits.cover[part]:
                    full[part] += 1
                    places.append(Place(person, part, True))
                else:
                    others.append(person)
    for person in others:
        part = int(pool.fitness[person].argmax())
        places.append(Place(person, part, full[part] < limits.seats))
        full[part] += 1
    return tuple(sorted(places, key=lambda place: place.person))


def collide(pool: Field, wanted: Wanted) -> Collision | None:
    """A smallest set of rules that cannot be kept together, None if all can.

    After `_MOST` questions to the solver any set is taken that gets smaller by none of its rules; `smallest` says so.
    """
    asked = _Asked(pool, wanted)
    rules = asked.rules
    if asked.holds(frozenset(rules)):
        return None
    alone = [frozenset({rule}) for rule in rules]
    for easy in (*alone, *_shut_out(pool, wanted)):
        if not asked.holds(easy):
            return Collision(_clashes(pool, wanted, rules, easy), smallest=True)
    corrections: list[frozenset[str]] = []
    while asked.questions < _MOST:
        chosen = _hits(rules, corrections)
        if not asked.holds(chosen):
            return Collision(_clashes(pool, wanted, rules, chosen), smallest=True)
        grown = asked.witness(chosen)
        for rule in rules:
            if rule not in grown and asked.holds(grown | {rule}):
                grown = asked.witness(grown | {rule})
        corrections.append(frozenset(rules) - grown)
    chosen = frozenset(rules)
    for rule in rules:
        if not asked.holds(chosen - {rule}):
            chosen -= {rule}
    return Collision(_clashes(pool, wanted, rules, chosen), smallest=False)


def _shut_out(pool: Field, wanted: Wanted) -> list[frozenset[str]]:
    """A locked person and what keeps him out, pair by pair."""
    locked = [i for i, one in enumerate(pool.ids) if one in wanted.locks]
    return [frozenset({bar, f"lock:{pool.ids[i]}"}) for k, bar in enumerate(BARS) for i in locked if pool.bars[i, k]]


class _Asked:
    """Which sets of rules can be kept. What a corps keeps besides what was asked is remembered: it answers later sets."""

    def __init__(self, pool: Field, wanted: Wanted) -> None:
        self.pool, self.wanted, self.rules = pool, wanted, rules_of(pool, wanted)
        self.kept: list[frozenset[str]] = []
        self.not_kept: list[frozenset[str]] = []
        self.questions = 0

    def holds(self, some: frozenset[str]) -> bool:
        if any(some <= kept for kept in self.kept):
            return True
        if any(some >= broken for broken in self.not_kept):
            return False
        self.questions += 1
        limits = limits_of(self.pool, self.wanted, some)
        places = possible(self.pool, limits)
        demands = (limits.size, limits.young, limits.elite, *limits.kinds, *limits.cover, limits.locked)
        if places is None and (limits.open.any() or any(demands)):
            self.not_kept.append(some)
            return False
        self.kept.append(some | self._keeps(places or ()))
        return True

    def witness(self, some: frozenset[str]) -> frozenset[str]:
        """The most rules that a corps known to keep `some` keeps."""
        return max((kept for kept in self.kept if some <= kept), key=len)

    def _keeps(self, places: tuple[Place, ...]) -> frozenset[str]:
        pool, team = self.pool, [place.person for place in places]
        rules = limits_of(pool, self.wanted, frozenset(self.rules))
        fits = [sum(p.part == part and bool(pool.fit[p.person, part]) for p in places) for part in range(pool.parts)]
        found = {
            "size": len(team) == self.wanted.size,
            "young": pool.young[team].sum() >= rules.young,
            "young_elite": pool.elite[team].sum() >= rules.elite,
            **{
                f"kind:{kind}": pool.kinds[team, k].sum() >= least
                for k, (kind, least) in enumerate(self.wanted.kinds.items())
            },
            **{f"cover:{p + 1}": fits[p] >= self.wanted.cover for p in range(pool.parts)},
            **{bar: not pool.bars[team, k].any() for k, bar in enumerate(BARS)},
            **{f"lock:{pool.ids[i]}": i in team for i in rules.locked},
        }
        return frozenset(rule for rule in self.rules if found[rule])


def _hits(rules: Sequence[str], sets: Sequence[frozenset[str]]) -> frozenset[str]:
    """A smallest set of rules with one of each of the sets; the first by the order of rules among equals."""
    if not sets:
        return frozenset()
    count = len(rules)
    gain = [-float(count * 1000) - k for k in range(count)]
    rows = [Row([k for k, rule in enumerate(rules) if rule in one], 1.0, least=1.0) for one in sets]
    values = Program(gain, rows).solve().values
    assert values is not None
    return frozenset(rule for rule, value in zip(rules, values, strict=True) if value > 0.5)


def _clashes(pool: Field, wanted: Wanted, rules: Sequence[str], chosen: frozenset[str]) -> tuple[Clash, ...]:
    return tuple(_clash(pool, wanted, rule, chosen - {rule}) for rule in rules if rule in chosen)


def _clash(pool: Field, wanted: Wanted, rule: str, others: frozenset[str]) -> Clash:
    """How far the rule gets while the others hold."""
    limits = limits_of(pool, wanted, others)
    asked = {
        "size": wanted.size,
        "young": wanted.young,
        "young_elite": wanted.elite,
        **{f"kind:{kind}": least for kind, least in wanted.kinds.items()},
        **{f"cover:{p + 1}": wanted.cover for p in range(pool.parts)},
    }.get(rule)
    if asked is None:
        return Clash(rule, None, None)
    if rule == "size":
        most = _total(_solve(pool, limits, "size"))
        return Clash(rule, asked, most if most < asked else _total(_solve(pool, limits, "-size")))
    goal = f"kind:{list(wanted.kinds).index(rule.removeprefix('kind:'))}" if rule.startswith("kind:") else rule
    answer = _solve(pool, limits, goal)
    return Clash(rule, asked, 0 if answer is None else round(float(answer[0].program.gain @ answer[1])))


def _total(answer: tuple[_Kinds, Floats] | None) -> int:
    return 0 if answer is None else round(float(answer[1].sum()))
