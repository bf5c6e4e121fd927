"""What a rule says: frozen values, in the words of the check contract. Showing them is done elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Weight = Literal["block", "warn", "note", "pending"]
WEIGHTS: tuple[Weight, ...] = ("block", "warn", "note", "pending")
"""须、不得、不超过、不予受理 · 一般 · 鼓励、优先 · 凭收到的材料还不能判断; heaviest first."""

EvidenceKind = Literal["person", "text", "region", "application"]
Span = tuple[int, int, int, int]
"""a_from, a_to, b_from, b_to: a passage that two texts share, half open."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one rule says about one paper."""

    rule: str
    weight: Weight
    clause: str
    path: str
    message: str
    found: str | None = None
    wanted: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one paper says, and where."""

    file: str
    path: str
    text: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why two or more papers are held against each other. ``spans`` are places in the texts of the first two sides;
    ``score``: how alike these are, 0 to 1; ``share``: so much of the shorter is marked by the spans."""

    kind: EvidenceKind
    label: str
    sides: tuple[Side, ...]
    score: float | None = None
    spans: tuple[Span, ...] = ()
    share: float | None = None


@dataclass(frozen=True, slots=True)
class PortfolioFinding:
    """One thing that one rule says about several papers of one society."""

    rule: str
    weight: Weight
    clause: str
    files: tuple[str, ...]
    message: str
    evidence: tuple[Evidence, ...] = ()
    found: str | None = None
    wanted: str | None = None
    fix: str | None = None


@dataclass(frozen=True, slots=True)
class Say:
    """What a rule function yields: a finding without what the catalogue knows. ``weight`` only where it differs."""

    path: str
    message: str
    found: str | None = None
    wanted: str | None = None
    fix: str | None = None
    weight: Weight | None = None


@dataclass(frozen=True, slots=True)
class SayOfSeveral:
    """What a portfolio rule yields."""

    files: tuple[str, ...]
    message: str
    evidence: tuple[Evidence, ...] = ()
    found: str | None = None
    wanted: str | None = None
    fix: str | None = None
    weight: Weight | None = None
