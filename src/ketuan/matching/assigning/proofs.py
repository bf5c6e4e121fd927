"""The proof as it is written down: plain lists of whole numbers, described on the users' page about the engines."""

from __future__ import annotations

from typing import Any

from ketuan.matching.assigning.duals import Duals
from ketuan.matching.assigning.fair import Fair
from ketuan.matching.assigning.problem import Ints, Problem
from ketuan.matching.assigning.total import Total


def written(
    problem: Problem, goal: str, pairs: Ints, best: Total, worst: dict[str, Any] | None = None
) -> dict[str, Any]:
    """`worst`: the second part of a fair answer."""
    proof: dict[str, Any] = {
        "format": "ketuan-assign-1",
        "goal": goal,
        "scale": problem.scale,
        "value": problem.value(pairs),
        "total": {"bound": best.bound, **prices(best.duals)},
    }
    if worst is not None:
        proof["worst"] = worst
    return proof


def prices(duals: Duals) -> dict[str, Any]:
    return {
        "papers": duals.papers.tolist(),
        "reviewers": duals.reviewers.tolist(),
        "units": duals.units.tolist(),
        "disciplines": duals.disciplines.tolist(),
    }


def worst(answer: Fair) -> dict[str, Any]:
    """The second part of a fair answer's proof."""
    proof = answer.proof
    return {
        "bound": [answer.bound.numerator, answer.bound.denominator],
        "target": proof.target,
        "y": proof.y.tolist(),
        "lambda": proof.lam,
        **prices(proof.duals),
    }
