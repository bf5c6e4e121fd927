"""The corps builder once more, by trying every corps: slow, short, and with nothing in common with the real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from ketuan.matching.teaming.values import Expert, Wanted

Case = tuple[list[Expert], npt.NDArray[np.float64], Wanted]
KINDS = ("企业", "高校", "科研院所")


def rules_of(wanted: Wanted, experts: Sequence[Expert], parts: int) -> list[str]:
    names = ["size", *(["young"] if wanted.young else []), *(["young_elite"] if wanted.elite else [])]
    names += [f"kind:{kind}" for kind, least in wanted.kinds.items() if least]
    names += [f"cover:{p + 1}" for p in range(parts) if wanted.cover]
    names += [bar for bar in ("load", "society", "ban") if any(bar in barred(one, wanted) for one in experts)]
    return names + [f"lock:{one}" for one in sorted(wanted.locks)]


def barred(one: Expert, wanted: Wanted) -> set[str]:
    why = set()
    if wanted.load is not None and max(one.load, len(one.corps)) > wanted.load:
        why.add("load")
    if wanted.society and any(s == wanted.society and c != wanted.corps for s, c in one.corps):
        why.add("society")
    if one.id in wanted.bans:
        why.add("ban")
    return why


def kept(team: Sequence[Expert], wanted: Wanted, rules: set[str]) -> bool:
    """All rules but those of the parts."""
    young = sum(one.age is not None and one.age <= wanted.young_age for one in team)
    elite = sum(one.elite for one in team)
    return (
        ("size" not in rules or len(team) == wanted.size)
        and ("young" not in rules or young >= wanted.young)
        and ("young_elite" not in rules or not wanted.strict or elite >= wanted.elite)
        and all(
            f"kind:{kind}" not in rules or sum(one.kind == kind for one in team) >= least
            for kind, least in wanted.kinds.items()
        )
        and not any(barred(one, wanted) & rules for one in team)
        and all(f"lock:{one}" not in rules or one in [m.id for m in team] for one in wanted.locks)
    )


def values(
    team: Sequence[int], fitness: npt.NDArray[np.float64], wanted: Wanted, rules: set[str]
) -> Iterator[tuple[float, dict[int, int]]]:
    """Fitness of a corps for each way to give everybody a part that keeps the rules of the parts."""
    parts = fitness.shape[1]
    seats = max(-(-wanted.size // parts), wanted.cover, 1)
    for given in product(range(parts), repeat=len(team)):
        by_part: Mapping[int, list[float]] = {
            p: sorted((fitness[i, p] for i, g in zip(team, given, strict=True) if g == p), reverse=True)
            for p in range(parts)
        }
        if all(
            f"cover:{p + 1}" not in rules or sum(f >= wanted.enough - 1e-9 for f in by_part[p]) >= wanted.cover
            for p in range(parts)
        ):
            worth = sum(
                f if at < seats else round(wanted.beyond * f, 4) for fs in by_part.values() for at, f in enumerate(fs)
            )
            yield worth, dict(zip(team, given, strict=True))


def best(
    experts: Sequence[Expert], fitness: npt.NDArray[np.float64], wanted: Wanted, rules: set[str]
) -> tuple[float, float] | None:
    """Value and fitness of the best corps with just these rules; of equal values the most fitness."""
    found = None
    sizes = [wanted.size] if "size" in rules else range(len(experts) + 1)
    for size in sizes:
        for team in combinations(range(len(experts)), size):
            people = [experts[i] for i in team]
            if not kept(people, wanted, rules):
                continue
            worth = max((value for value, _ in values(team, fitness, wanted, rules)), default=None)
            if worth is None:
                continue
            helped = wanted.elite if "young_elite" in rules and not wanted.strict else 0
            bonus = wanted.encouraged * min(helped, sum(one.elite for one in people))
            found = max(found, (worth + bonus, worth)) if found else (worth + bonus, worth)
    return found


@st.composite
def cases(draw: st.DrawFn, most: int = 8) -> Case:
    """A small pool and rules for it; many of them possible, some not."""
    count, parts = draw(st.integers(3, most)), draw(st.integers(1, 3))
    tenths = st.integers(0, 20).map(lambda n: n / 20)
    fitness = np.array([[draw(tenths) for _ in range(parts)] for _ in range(count)])
    experts = [
        Expert(
            id=f"E{i}",
            age=draw(st.sampled_from([None, 30, 45, 46, 60])),
            kind=draw(st.sampled_from([*KINDS, "其他"])),
            elite=draw(st.booleans()),
            load=draw(st.integers(0, 2)),
            corps=draw(st.sampled_from([(), (("甲学会", "1"),), (("甲学会", "0"), ("乙学会", "2"))])),
        )
        for i in range(count)
    ]
    ids = st.frozensets(st.sampled_from([one.id for one in experts]), max_size=1)
    wanted = Wanted(
        size=draw(st.integers(1, 4)),
        young=draw(st.integers(0, 2)),
        elite=draw(st.integers(0, 2)),
        strict=draw(st.booleans()),
        kinds={kind: draw(st.integers(0, 1)) for kind in KINDS},
        cover=draw(st.integers(0, 2)),
        enough=draw(st.sampled_from([0.0, 0.3, 0.6])),
        load=draw(st.sampled_from([None, 1])),
        society=draw(st.sampled_from(["", "甲学会"])),
        corps="1",
        locks=draw(ids),
        bans=draw(ids),
        beyond=draw(st.sampled_from([0.0, 0.5, 1.0])),
        encouraged=draw(st.sampled_from([0.1, 0.5])),
    )
    return experts, fitness, wanted
