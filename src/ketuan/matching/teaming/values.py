"""What the corps builder is given, and the pool as arrays: ids become indices here, in the order of ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

DIGITS = 4
"""Fitness is rounded to so many decimals, and so are all gains: sums of gains that differ, differ by a whole unit."""
UNIT = 10.0**-DIGITS


@dataclass(frozen=True, slots=True)
class Expert:
    """One person of the pool. `age` on the day that counts, None if unknown (then nobody can say that he is young).

    `kind`: what sort of unit he comes from. `corps`: (society, corps) for each corps he is in; `load`: how many corps he
    holds already, at least the number of `corps`.
    """

    id: str
    age: int | None = None
    unit: str = ""
    kind: str = ""
    elite: bool = False
    load: int = 0
    corps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """The rules of composition, as numbers. 0 is no rule, `load` None as well.

    `cover`: each part has so many members who take it with a fitness of `enough` or more. `strict`: the young elite
    members are demanded, else they are encouraged. `society`, `corps`: for whom the corps is made, and its own id.
    """

    size: int
    young: int = 0
    young_age: int = 45
    elite: int = 0
    strict: bool = False
    kinds: Mapping[str, int] = field(default_factory=dict)
    cover: int = 1
    enough: float = 0.15
    load: int | None = None
    society: str = ""
    corps: str = ""
    locks: frozenset[str] = frozenset()
    bans: frozenset[str] = frozenset()
    beyond: float = 0.5
    encouraged: float = 0.1


@dataclass(frozen=True, slots=True)
class Field:
    """The pool as arrays; row i is the expert `ids[i]`, column p part p of the problem. Never written to.

    `fitness` (people × parts), 0..1, rounded; `fit` where it is `enough`; `young`, `elite` (people); `kinds`
    (people × kinds that count); `bars` (people × `BARS`): which rule keeps him out.
    """

    ids: tuple[str, ...]
    fitness: Floats
    fit: Flags
    young: Flags
    elite: Flags
    kinds: Flags
    bars: Flags

    @property
    def people(self) -> int:
        return len(self.ids)

    @property
    def parts(self) -> int:
        return int(self.fitness.shape[1])


BARS = ("load", "society", "ban")
"""Rules that keep single people out."""


def field_of(experts: Sequence[Expert], fitness: Floats, wanted: Wanted) -> tuple[tuple[Expert, ...], Field]:
    """The pool in the order of ids, as it is and as arrays. `fitness`: experts × parts, 0..1.

    ValueError for numbers out of range, ids that stand twice, and locks that are not in the pool.
    """
    given = np.asarray(fitness, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] != len(experts) or given.shape[1] < 1:
        raise ValueError("fitness has a row for each expert and a column for each part")
    if not (np.isfinite(given).all() and (given >= 0).all() and (given <= 1).all()):
        raise ValueError("fitness is from 0 to 1")
    _plausible(wanted)
    order = sorted(range(len(experts)), key=lambda i: experts[i].id)
    people = tuple(experts[i] for i in order)
    ids = tuple(one.id for one in people)
    if len(set(ids)) < len(ids):
        raise ValueError("an id stands twice in the pool")
    if unknown := wanted.locks - set(ids):
        raise ValueError(f"not in the pool: {sorted(unknown)[0]}")
    rounded = np.round(given[order], DIGITS)
    bars = np.zeros((len(people), len(BARS)), dtype=bool)
    for i, one in enumerate(people):
        bars[i, 0] = wanted.load is not None and max(one.load, len(one.corps)) > wanted.load
        bars[i, 1] = bool(wanted.society) and any(s == wanted.society and c != wanted.corps for s, c in one.corps)
        bars[i, 2] = one.id in wanted.bans
    return people, Field(
        ids=ids,
        fitness=rounded,
        fit=rounded >= wanted.enough - UNIT / 2,
        young=np.array([one.age is not None and one.age <= wanted.young_age for one in people], dtype=bool),
        elite=np.array([one.elite for one in people], dtype=bool),
        kinds=np.array([[one.kind == kind for kind in wanted.kinds] for one in people], dtype=bool).reshape(
            len(people), len(wanted.kinds)
        ),
        bars=bars,
    )


def _plausible(wanted: Wanted) -> None:
    counts = [wanted.young, wanted.elite, wanted.cover, wanted.load or 0, *wanted.kinds.values()]
    if wanted.size < 1 or min(counts) < 0:
        raise ValueError("a corps has at least one member, and numbers of people are not negative")
    if not (0 <= wanted.enough <= 1 and 0 <= wanted.beyond <= 1 and 0 <= wanted.encouraged < float("inf")):
        raise ValueError("enough and beyond are from 0 to 1, encouraged is not negative")


@dataclass(frozen=True, slots=True)
class Limits:
    """The rules as the solver sees them, with those left out that are not to hold.

    `open`: who may be in; `locked`: who must. `size` None: any number. `bonus`: what an encouraged member adds.
    """

    size: int | None
    seats: int
    young: int
    elite: int
    encouraged: int
    bonus: float
    beyond: float
    kinds: tuple[int, ...]
    cover: tuple[int, ...]
    open: Flags
    locked: tuple[int, ...]

    def without(self, person: int) -> Limits:
        """The same, and this person stays out."""
        shut = self.open.copy()
        shut[person] = False
        return replace(self, open=shut, locked=tuple(i for i in self.locked if i != person))


def rules_of(pool: Field, wanted: Wanted) -> tuple[str, ...]:
    """Names of the rules that demand something here, in a fixed order."""
    names = ["size"]
    names += ["young"] if wanted.young else []
    names += ["young_elite"] if wanted.elite and (wanted.strict or wanted.encouraged) else []
    names += [f"kind:{kind}" for kind, least in wanted.kinds.items() if least]
    names += [f"cover:{p + 1}" for p in range(pool.parts) if wanted.cover]
    names += [bar for k, bar in enumerate(BARS) if pool.bars[:, k].any()]
    return (*names, *(f"lock:{one}" for one in sorted(wanted.locks)))


def limits_of(pool: Field, wanted: Wanted, rules: frozenset[str]) -> Limits:
    """Only `rules` hold."""
    barred = np.array([bar in rules for bar in BARS])
    elite = wanted.elite if "young_elite" in rules else 0
    return Limits(
        size=wanted.size if "size" in rules else None,
        seats=max(-(-wanted.size // pool.parts), wanted.cover, 1),
        young=wanted.young if "young" in rules else 0,
        elite=elite if wanted.strict else 0,
        encouraged=0 if wanted.strict else elite,
        bonus=round(wanted.encouraged, DIGITS),
        beyond=wanted.beyond,
        kinds=tuple(n if f"kind:{kind}" in rules else 0 for kind, n in wanted.kinds.items()),
        cover=tuple(wanted.cover if f"cover:{p + 1}" in rules else 0 for p in range(pool.parts)),
        open=~(pool.bars & barred).any(axis=1),
        locked=tuple(i for i, one in enumerate(pool.ids) if f"lock:{one}" in rules),
    )
