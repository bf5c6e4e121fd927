"""What is at hand while the applications are written: the call, the experts, who serves which city already."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ketuan.forms.regions import divisions
from ketuan.programme.demo import prose
from ketuan.programme.demo.prose import Voice
from ketuan.programme.demo.rosters import Pool
from ketuan.programme.demo.tables import cities, rows, themes
from ketuan.programme.demo.values import DemoProblem, Organisation, Staff
from ketuan.rules.call import Call

_SECOND_PROVINCE = 5
"""Every fifth corps serves a second province."""


@dataclass(slots=True)
class Desk:
    """What is at hand while the applications are written."""

    call: Call
    rng: Random
    pool: Pool
    societies: dict[str, Organisation]
    """By the word of the tables."""
    staff: dict[str, list[Staff]]
    bases: dict[str, dict[str, int]] = field(default_factory=dict)
    turns: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    served: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    problems: list[DemoProblem] = field(default_factory=list)

    def voice(self, society: str) -> Voice:
        """The next voice of a society."""
        if society not in self.bases:
            self.bases[society] = prose.base_of(self.rng)
        turn = self.turns[society]
        self.turns[society] = turn + 1
        subject = next(row["field"] for row in rows("societies") if row["word"] == society)
        return Voice(self.bases[society], turn, {**prose.numbers(self.rng), "field": subject})


def title_of(chain: str) -> str:
    return f"“科创中国”{chain}科技服务团"


def provinces_of(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(f"province-{code[:2]}" for code in codes))


def served(desk: Desk, theme: dict[str, Any], number: int) -> tuple[str, ...]:
    """The city of the problem, one more of its province, that of a second problem, now and then one of another province;
    none twice in a society.
    """
    home, taken = theme["city"], desk.served[theme["society"]]
    free = [code for code in cities() if code not in taken]
    near = [code for code in free if code[:2] == home[:2]]
    far = [code for code in free if code[:2] != home[:2]]
    codes = [home, *near[:1]]
    if "second" in theme:
        codes += [one["city"] for one in themes() if one["chain"] == theme["second"]["chain"] and one["city"] in free]
    elif number % _SECOND_PROVINCE == 0 and far:
        codes.append(desk.rng.choice(far))
    codes = list(dict.fromkeys(codes))
    taken.update(codes)
    return tuple(codes)


def listed(codes: tuple[str, ...]) -> str:
    """Cities by province: 江苏省无锡市（惠澜高新技术产业园）、常州市；安徽省合肥市."""
    told: dict[str, list[str]] = {}
    for code in codes:
        park = cities()[code]["park"]
        name = divisions()[code].name + (f"（{park}）" if park and code == codes[0] else "")
        told.setdefault(divisions()[code[:2] + "0000"].name, []).append(name)
    return "；".join(province + "、".join(names) for province, names in told.items())
