"""An answer and its proof checked anew, by simple means: nothing of the solver is used here, and no tolerance.

Whole numbers only. Whoever distrusts this file can write his own from the page on the proof's format.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from ketuan.matching.assigning.problem import Ints, Problem

MOST = 1 << 52
"""of a price or weight: products and sums of a row stay exact in 64 bits"""


@dataclass(frozen=True)
class Fault:
    """What does not hold. `code` is stable; `numbers` fill its sentence."""

    code: str
    numbers: tuple[int | str, ...] = ()


@dataclass(frozen=True)
class Verdict:
    """`faults` is empty when everything holds. `value`, `bound` in units; `worst`, `worst_bound` as scores."""

    faults: tuple[Fault, ...]
    value: int
    bound: int | None
    worst: Fraction
    """mean quality of the worst tenth of the papers"""
    worst_bound: Fraction | None
    unproven: bool = False
    """of a fair answer: that its sum is at least 99 % of the optimum; only disciplines can leave that open"""


def verify(problem: Problem, pairs: Ints, proof: dict[str, Any] | None) -> Verdict:
    """Every hard limit of the answer, then the bounds of the proof."""
    faults = limits_broken(problem, pairs)
    inside = pairs[(pairs < [problem.papers, problem.reviewers]).all(axis=1)]
    value = sum(int(problem.units[p, r]) for p, r in inside.tolist())
    sums = [0] * problem.papers
    for p, r in inside.tolist():
        sums[p] += int(problem.units[p, r])
    share, denominator, many = shares(problem)
    quality = sorted(a * b for a, b in zip(sums, share, strict=True) if b)
    worst = Fraction(sum(quality[:many]), max(1, many) * denominator * problem.scale)
    bound = worst_bound = None
    if proof is not None:
        try:
            bound, worst_bound = _proof(problem, proof, value, worst, faults)
        except (KeyError, TypeError, ValueError, OverflowError, IndexError, AttributeError, ZeroDivisionError) as wrong:
            faults.append(Fault("proof-form", (f"{type(wrong).__name__} {wrong}"[:80],)))
    open_ = worst_bound is not None and bound is not None and 100 * value < 99 * bound
    return Verdict(tuple(faults), value, bound, worst, worst_bound, open_)


def limits_broken(problem: Problem, pairs: Ints) -> list[Fault]:
    """All hard limits that the pairs break."""
    faults = []
    chosen: set[tuple[int, int]] = set()
    per_paper, per_reviewer = [0] * problem.papers, [0] * problem.reviewers
    groups: dict[tuple[int, int], int] = {}
    for p, r in pairs.tolist():
        if p >= problem.papers or r >= problem.reviewers:
            faults.append(Fault("unknown", (p, r)))
            continue
        if (p, r) in chosen:
            faults.append(Fault("twice", (p, r)))
            continue
        chosen.add((p, r))
        if not problem.allowed[p, r]:
            faults.append(Fault("forbidden", (p, r)))
        per_paper[p] += 1
        per_reviewer[r] += 1
        if problem.unit is not None and problem.unit[r] >= 0:
            group = p, int(problem.unit[r])
            groups[group] = groups.get(group, 0) + 1
    for code, counts, least, most in (
        ("paper", per_paper, problem.paper_least, problem.paper_most),
        ("reviewer", per_reviewer, problem.reviewer_least, problem.reviewer_most),
    ):
        for number, count in enumerate(counts):
            if not least[number] <= count <= most[number]:
                faults.append(Fault(code, (number, count, int(least[number]), int(most[number]))))
    if problem.unit_most is not None:
        for (p, unit), count in sorted(groups.items()):
            if count > problem.unit_most:
                faults.append(Fault("unit", (p, unit, count, problem.unit_most)))
    if problem.needs is not None and problem.disciplines is not None:
        present = {(p, kind) for p, r in chosen for kind in np.flatnonzero(problem.disciplines[:, r]).tolist()}
        for p, kind in np.argwhere(problem.needs).tolist():
            if (p, kind) not in present:
                faults.append(Fault("discipline", (p, kind)))
    for p, r in problem.pins.tolist():
        if (p, r) not in chosen:
            faults.append(Fault("pin", (p, r)))
    return faults


def shares(problem: Problem) -> tuple[list[int], int, int]:
    """`(share, denominator, m)`: a paper's quality is share x its sum of scores / denominator; m papers are the worst tenth.

    With the same number of reviews asked for everywhere quality is the sum; else the sum for each review asked for (with more than
    5,040 as their common multiple: with shares rounded to 1/5,040). A paper that may have no review does not count.
    """
    limits = zip(problem.paper_least.tolist(), problem.paper_most.tolist(), strict=True)
    asked = [least or min(most, problem.reviewers) for least, most in limits]
    many = -(-sum(1 for a in asked if a) // 10)
    if len({a for a in asked if a}) < 2:
        return [1 if a else 0 for a in asked], 1, many
    common = min(math.lcm(*(a for a in asked if a)), 5040)
    return [max(1, round(common / a)) if a else 0 for a in asked], common, many


def _proof(
    problem: Problem, proof: dict[str, Any], value: int, worst: Fraction, faults: list[Fault]
) -> tuple[int, Fraction | None]:
    if not _same(proof["scale"], problem.scale):
        faults.append(Fault("scale", (proof["scale"], problem.scale)))
        return 0, None
    bound = priced(problem, proof["total"], [1] * problem.papers)
    for name, said, found in (("value", proof["value"], value), ("bound", proof["total"]["bound"], bound)):
        if not _same(said, found):
            faults.append(Fault(name, (said, found)))
    if value > bound:
        faults.append(Fault("beyond", (value, bound)))
    if proof["goal"] != "fair":
        return bound, None
    part = proof["worst"]
    y, extra, target = _whole(part["y"], problem.papers), *_whole([part["lambda"], part["target"]], 2)
    share, denominator, many = shares(problem)
    if not many:
        return bound, Fraction(0)
    if (
        min(y) < 0
        or sum(y) < 1
        or max(y) * many > sum(y)
        or extra < 0
        or any(a and not b for a, b in zip(y, share, strict=True))
    ):
        faults.append(Fault("shares"))
        return bound, None
    if target > -(-99 * bound // 100) or value < target:
        faults.append(Fault("target", (target, value, bound)))
    if 100 * value < 99 * bound and problem.needs is None:
        faults.append(Fault("low", (value, bound)))
    top = priced(problem, part, [a * b + extra for a, b in zip(y, share, strict=True)]) - extra * target
    worst_bound = Fraction(top, sum(y) * denominator * problem.scale)
    if Fraction(*_whole(part["bound"], 2, limit=None)) != worst_bound:
        faults.append(Fault("worst-bound", (f"{part['bound'][0]}/{part['bound'][1]}", str(worst_bound))))
    if worst > worst_bound:
        faults.append(Fault("worst-beyond"))
    return bound, worst_bound


def priced(problem: Problem, prices: dict[str, Any], weights: list[int]) -> int:
    """What no assignment can exceed: limits at their price, and what the pairs bring beyond the prices."""
    papers, reviewers = _whole(prices["papers"], problem.papers), _whole(prices["reviewers"], problem.reviewers)
    if max(weights) * problem.scale > MOST:
        raise ValueError("weights are too large")
    total = 0
    for price, least, most in zip(papers, problem.paper_least.tolist(), problem.paper_most.tolist(), strict=True):
        total += max(price * least, price * most)
    for price, least, most in zip(
        reviewers, problem.reviewer_least.tolist(), problem.reviewer_most.tolist(), strict=True
    ):
        total += max(price * least, price * most)
    of_unit: dict[int, dict[int, int]] = {}
    for p, unit, price in (_whole(row, 3) for row in prices.get("units", [])):
        if price < 0 or problem.unit_most is None or unit < 0 or unit in of_unit.get(p, {}):
            raise ValueError("units")
        of_unit.setdefault(p, {})[unit] = price
        total += price * problem.unit_most
    of_kind: dict[int, dict[int, int]] = {}
    for p, kind, bonus in (_whole(row, 3) for row in prices.get("disciplines", [])):
        needed = problem.needs is not None and p >= 0 and kind >= 0 and bool(problem.needs[p, kind])
        if bonus < 0 or not needed or kind in of_kind.get(p, {}):
            raise ValueError("disciplines")
        of_kind.setdefault(p, {})[kind] = bonus
        total -= bonus
    pinned: dict[int, list[int]] = {}
    for p, r in problem.pins.tolist():
        pinned.setdefault(p, []).append(r)
    reviewer_prices = np.array(reviewers, np.int64)
    for p in range(problem.papers):
        row = problem.units[p].astype(np.int64) * weights[p] - papers[p] - reviewer_prices
        for unit, price in of_unit.get(p, {}).items():
            if problem.unit is not None:
                row[problem.unit == unit] -= price
        for kind, bonus in of_kind.get(p, {}).items():
            if problem.disciplines is not None:
                row[problem.disciplines[kind]] += bonus
        gains = np.where(problem.allowed[p] & (row > 0), row, 0)
        for r in pinned.get(p, []):
            gains[r] = row[r]
        total += sum(gains.tolist()) if np.abs(gains).max(initial=0) > MOST >> 16 else int(gains.sum())
    return total


def _same(said: Any, found: int) -> bool:
    return type(said) is int and said == found


def _whole(values: Any, many: int, limit: int | None = MOST) -> list[int]:
    """A list of so many whole numbers of bearable size."""
    if not isinstance(values, list) or len(values) != many:
        raise ValueError("length")
    if any(type(value) is not int or (limit is not None and abs(value) > limit) for value in values):
        raise ValueError("not whole numbers")
    return list(values)
