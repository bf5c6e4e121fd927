"""What is chosen from, and under which limits."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

NOTHING: Mapping[str, Decimal] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Application:
    """One application. `amount`: 分. `traits`: preferences that it meets ("emerging", "local"). `excludes`: ids that cannot
    be awarded beside it; it is enough that one of the two names the other."""

    id: str
    score: Decimal
    society: str
    province: str
    field: str = ""
    amount: int = 0
    category: str = ""
    traits: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Span:
    """From `least` to `most`, both included; no upper limit if `most` is None."""

    least: int = 0
    most: int | None = None


FREE = Span()
Sorting = Literal["province", "field", "category"]


@dataclass(frozen=True, slots=True)
class Spans:
    """Least and most for each value of one column: `each` for all that occur, unless `named` says otherwise."""

    each: Span = FREE
    named: Mapping[str, Span] = dataclasses.field(default_factory=dict)

    def of(self, name: str) -> Span:
        return self.named.get(name, self.each)


@dataclass(frozen=True, slots=True)
class Settings:
    """Every limit; None means that there is none. Money in 分. `weights`: score points for a trait. `force` and `without`:
    ids that are in or out whatever their score."""

    awards: int | None = None
    budget: int | None = None
    grant: int | None = None
    per_society: int | None = None
    province: Spans = Spans()
    field: Spans = Spans()
    category: Spans = Spans()
    weights: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)
    force: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


def bonus(application: Application, weights: Mapping[str, Decimal]) -> Decimal:
    """Score points for the preferences of the call that the application meets."""
    return sum((weight for trait, weight in sorted(weights.items()) if trait in application.traits), Decimal(0))
