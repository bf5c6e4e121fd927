"""Which pairs are worth a column: the first list, and the pairs that the prices so far do not rule out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.assigning.duals import Duals, blocks
from ketuan.matching.assigning.problem import Ints, Problem, no_pairs, ordered

SPARE = 12
"""candidates per paper beyond what it needs"""
SPREAD = 8
"""further pairs per paper that go round all reviewers in turn, so that every reviewer's load can be filled"""
LOWEST = np.iinfo(np.int64).min // 4


def candidates(problem: Problem, weights: Ints | None = None, reviewers: Ints | None = None, copies: int = 1) -> Ints:
    """The best pairs of each paper and of each reviewer, pairs spread evenly, and pins.

    `reviewers`: what the reviewers' time is thought to cost, if anybody has a guess; `copies`: how many papers each one stands for.
    """
    if not problem.papers or not problem.reviewers:
        return no_pairs()
    width, wanted = problem.reviewers, max(1, _reviews(problem) // copies)
    free = np.zeros(width, np.int64) if reviewers is None else reviewers
    duals = Duals(np.zeros(problem.papers, np.int64), free)
    found = [problem.pins[:, 0] * width + problem.pins[:, 1]]
    for first, end, reduced in blocks(problem, duals, weights):
        reduced[~problem.allowed[first:end]] = LOWEST
        if reviewers is not None and wanted <= width:
            last = np.partition(reduced, width - wanted, axis=1)[:, width - wanted]
            reduced -= np.maximum(last, LOWEST // 2)[:, None]
            reduced[~problem.allowed[first:end]] = LOWEST
        found.append(_best(reduced, SPARE + wanted, first, width))
        share = int(np.ceil((problem.papers * wanted / width + 3) * (end - first) / problem.papers)) + 1
        found.append(_best_of_columns(reduced, share, first, width))
    turn = np.random.default_rng(0).permutation(width)
    paper = np.repeat(np.arange(problem.papers), min(SPREAD, width))
    found.append(paper * width + turn[np.arange(len(paper)) % width])
    return _pairs(np.unique(np.concatenate(found)), problem)


def _reviews(problem: Problem) -> int:
    """About how many reviews a paper will have."""
    room = -(-int(problem.reviewer_most.sum()) // problem.papers)
    return int(max(np.median(problem.paper_least), min(np.median(problem.paper_most), room)))


def violated(
    problem: Problem, duals: Duals, weights: Ints | None, known: NDArray[np.bool_], per_paper: int, per_reviewer: int
) -> Ints:
    """Pairs not yet `known` (papers, reviewers) whose score exceeds the prices: the most telling of each paper and reviewer."""
    width, found = problem.reviewers, [np.empty(0, np.int64)]
    for first, end, reduced in blocks(problem, duals, weights):
        open_ = reduced > 0
        open_ &= problem.allowed[first:end]
        open_ &= ~known[first:end]
        telling = np.flatnonzero(open_.any(axis=1))
        if not len(telling):
            continue
        reduced = np.where(open_[telling], reduced[telling], LOWEST)
        for keys in (_best(reduced, per_paper, 0, width), _best_of_columns(reduced, per_reviewer, 0, width)):
            row, column = keys // width, keys % width
            keep = reduced[row, column] > 0
            found.append((telling[row[keep]] + first) * width + column[keep])
    return _pairs(np.unique(np.concatenate(found)), problem)


def _best(reduced: Ints, many: int, first: int, width: int) -> Ints:
    """Keys paper * width + reviewer of the best `many` of each row."""
    if many >= reduced.shape[1]:
        return (first + np.arange(len(reduced)))[:, None].repeat(width, 1).ravel() * width + np.tile(
            np.arange(width), len(reduced)
        )
    best = np.argpartition(reduced, width - many, axis=1)[:, width - many :]
    return ((first + np.arange(len(reduced)))[:, None] * width + best).ravel()


def _best_of_columns(reduced: Ints, many: int, first: int, width: int) -> Ints:
    rows = len(reduced)
    if many >= rows:
        best = np.arange(rows)[:, None].repeat(width, 1)
    else:
        best = np.argpartition(reduced, rows - many, axis=0)[rows - many :]
    return ((first + best) * width + np.arange(width)).ravel()


def _pairs(keys: Ints, problem: Problem) -> Ints:
    pairs = np.stack([keys // problem.reviewers, keys % problem.reviewers], axis=1)
    return ordered(pairs[problem.allowed[pairs[:, 0], pairs[:, 1]]])
