"""Sentences for the forms. Every place has six ways of saying it; the corps of one society take different ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from ketuan.programme.demo.tables import toml

_ASIDE = 3


@dataclass(slots=True)
class Voice:
    """How one corps of a society speaks: ``turn`` moves every place on by one from sibling to sibling."""

    base: Mapping[str, int]
    turn: int
    facts: dict[str, Any] = field(default_factory=dict)

    def say(self, *places: str, **more: Any) -> str:
        return "".join(self.ways(place).format_map({**self.facts, **more}) for place in places)

    def aside(self) -> Voice:
        """The same facts in other ways of saying: for the second problem of a corps."""
        return Voice(self.base, self.turn + _ASIDE, dict(self.facts))

    def ways(self, place: str) -> str:
        ways: list[str] = toml("prose")[place]
        return ways[(self.base[place] + self.turn) % len(ways)]


def base_of(rng: Random) -> dict[str, int]:
    """Where a society starts in every place."""
    return {place: rng.randrange(len(ways)) for place, ways in toml("prose").items()}


def numbers(rng: Random) -> dict[str, int]:
    """The counts that sentences speak of."""
    return {
        "k": rng.randint(3, 8),
        "j": rng.randint(2, 4),
        "n": rng.randint(12, 48),
        "m": rng.randint(16, 62),
        "a": rng.randrange(120, 800, 20),
        "N": rng.randrange(320, 3600, 10),
    }
