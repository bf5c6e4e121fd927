"""Who is in which corps: near fields first, nobody twice in one society, the work shared out evenly."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random

from ketuan.forms.roster import RosterEntry
from ketuan.programme.demo.people import manages
from ketuan.programme.demo.values import Expert

YOUNG_FROM = date(1978, 5, 25)
"""45 at most on the last day of the call of 2024; test_demo_content holds this to the call."""
_NEAR = {
    "材料": "材料 航空 机械 共性 化工",
    "机械": "机械 材料 信息 共性 海工",
    "电子": "电子 信息 材料 共性 能源",
    "能源": "能源 化工 电子 共性 材料",
    "化工": "化工 材料 能源 共性 生物",
    "生物": "生物 化工 信息 共性 电子",
    "航空": "航空 材料 信息 共性 机械",
    "海工": "海工 机械 材料 共性 电子",
    "信息": "信息 电子 机械 共性 能源",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What a corps is made of; the first two are leader and chief expert."""

    people: int = 22
    young: int = 11
    elite: int = 2
    exactly: bool = False
    """So many young and elite people, and no more."""


@dataclass(slots=True)
class Pool:
    """The experts that may be asked, with how often they were, and by which society."""

    experts: tuple[Expert, ...]
    rng: Random
    asked: Counter[str] = field(default_factory=Counter)
    taken: dict[str, set[str]] = field(default_factory=dict)

    def corps(self, society: str, cluster: str, wish: Wish) -> list[Expert]:
        """Leader, chief expert and members. LookupError where the register is too small for the wish."""
        order = self._order(society, cluster)
        # those who lead are of the very field, however often they were asked
        leading = sorted(order, key=lambda one: (one.cluster != cluster, self.asked[one.key]))
        chosen = [_first(one for one in leading if manages(one) and not young(one))]
        chosen.append(_first(one for one in leading if one not in chosen and not young(one) and _eminent(one)))
        elite = [one for one in order if young(one) and one.young_elite][: wish.elite]
        plain = [one for one in order if young(one) and one not in elite and not (wish.exactly and one.young_elite)]
        youth = elite + plain[: wish.young - len(elite)]
        rest = [one for one in order if one not in chosen and one not in youth and not (wish.exactly and young(one))]
        rest = [one for one in rest if not (wish.exactly and one.young_elite)]
        chosen += youth + rest[: wish.people - 2 - len(youth)]
        if len(chosen) < wish.people:
            raise LookupError(f"名单里的专家不够 {society} 用")
        self.taken[society] |= {one.key for one in chosen}
        self.asked.update(one.key for one in chosen)
        self.rng.shuffle(body := chosen[2:])
        return chosen[:2] + body

    def _order(self, society: str, cluster: str) -> list[Expert]:
        taken = self.taken.setdefault(society, set())
        near = {name: at for at, name in enumerate(_NEAR[cluster].split())}
        free = [one for one in self.experts if not one.roles and one.key not in taken]
        rank = {one.key: (near.get(one.cluster, 9) + 2 * self.asked[one.key], self.rng.random()) for one in free}
        return sorted(free, key=lambda one: rank[one.key])


def _first(found: Iterator[Expert]) -> Expert:
    one = next(found, None)
    if one is None:
        raise LookupError("名单里没有合适的负责人")
    return one


def _eminent(one: Expert) -> bool:
    return one.post.startswith(("教授", "研究员")) and not manages(one)


def young(one: Expert) -> bool:
    return one.born >= YOUNG_FROM


def entries(title: str, people: list[Expert]) -> tuple[RosterEntry, ...]:
    roles = ("团长", "首席专家")
    return tuple(
        RosterEntry(
            corps=title,
            name=one.name,
            born=one.born,
            unit=one.unit,
            post=one.post,
            young_elite=one.young_elite,
            role=roles[at] if at < len(roles) else "团员",
            field=one.field,
            phone=one.mobile,
        )
        for at, one in enumerate(people)
    )
