"""A guess of the reviewers' prices from every eighth paper, so that the first list of pairs is a good one.

Where everybody wants the same few reviewers, the best scores alone are a bad list. A sampled paper stands for eight; its program
has about the same prices (the same reviewers are short) and an eighth of the size. A guess may be as bad as it likes: it only
chooses where the exact work begins.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ketuan.matching.assigning.problem import Ints, Problem, no_pairs

STEP = 8
SMALL = 150_000
"""pairs below which no guess is needed"""


def sample(problem: Problem, weights: Ints | None) -> tuple[Problem, Ints | None] | None:
    """Every eighth paper, asking for eight times as much; None for a small problem."""
    if problem.papers * problem.reviewers < SMALL or problem.papers < 5 * STEP:
        return None
    fewer = replace(
        problem,
        units=problem.units[::STEP],
        allowed=problem.allowed[::STEP],
        paper_least=problem.paper_least[::STEP] * STEP,
        paper_most=problem.paper_most[::STEP] * STEP,
        pins=no_pairs(),
        unit_most=None if problem.unit_most is None else problem.unit_most * STEP,
        needs=None if problem.needs is None else problem.needs[::STEP],
    )
    return fewer, None if weights is None else np.ascontiguousarray(weights[::STEP])
