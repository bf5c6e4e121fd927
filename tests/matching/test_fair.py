"""The fair assignment: hard limits, the kept sum, the worst tenth against every assignment there is, and the proof."""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketuan.matching.assigning.duals import Duals
from ketuan.matching.assigning.fair import Fair, WorstProof, fair, shares, target_of, worst_bound, worst_mean
from ketuan.matching.assigning.problem import Impossible, Ints, Problem
from ketuan.matching.assigning.total import Total, total


def a_problem(papers: int, reviewers: int, seed: int = 0, reviews: int = 2, **changes: object) -> Problem:
    """Scores of some fields of work, with ties; every reviewer may take a little more than the mean load."""
    chance = np.random.default_rng([papers, reviewers, seed])
    field, skill = chance.integers(0, 4, papers), chance.integers(0, 4, reviewers)
    units = np.where(field[:, None] == skill, 50, 0) + chance.integers(0, 51, (papers, reviewers))
    units[chance.random((papers, reviewers)) < 0.2] = 0
    most = -(-papers * reviews // reviewers) + 1
    problem = Problem(
        units.astype(np.int32),
        100,
        chance.random((papers, reviewers)) > 0.05,
        np.full(papers, reviews),
        np.full(papers, reviews),
        np.zeros(reviewers, np.int64),
        np.full(reviewers, most),
    )
    return dataclasses.replace(problem, **changes)  # type: ignore[arg-type]


def both(problem: Problem) -> tuple[Total, Fair]:
    first = total(problem)
    return first, fair(problem, first)


def broken(problem: Problem, pairs: Ints) -> list[str]:
    """The hard limits that do not hold, found by plain loops."""
    found = []
    chosen = [(int(p), int(r)) for p, r in pairs]
    if len(set(chosen)) != len(chosen):
        found.append("twice")
    if not all(problem.allowed[p, r] for p, r in chosen):
        found.append("conflict")
    for name, side, least, most in (
        ("paper", 0, problem.paper_least, problem.paper_most),
        ("reviewer", 1, problem.reviewer_least, problem.reviewer_most),
    ):
        for number in range(len(least)):
            count = sum(pair[side] == number for pair in chosen)
            if not least[number] <= count <= most[number]:
                found.append(f"{name} {number}")
    if not {(int(p), int(r)) for p, r in problem.pins} <= set(chosen):
        found.append("pin")
    for p in range(problem.papers):
        own = [r for q, r in chosen if q == p]
        if problem.unit is not None and problem.unit_most is not None:
            units = [int(problem.unit[r]) for r in own if problem.unit[r] >= 0]
            if any(units.count(unit) > problem.unit_most for unit in units):
                found.append(f"unit {p}")
        if problem.needs is not None and problem.disciplines is not None:
            for kind in range(len(problem.disciplines)):
                if problem.needs[p, kind] and not any(problem.disciplines[kind, r] for r in own):
                    found.append(f"discipline {p}")
    return found


def naive_worst(problem: Problem, chosen: list[tuple[int, int]]) -> Fraction:
    asked = [int(least or most) for least, most in zip(problem.paper_least, problem.paper_most, strict=True)]
    counted = [p for p in range(problem.papers) if problem.paper_most[p]]
    per_review = len({asked[p] for p in counted}) > 1
    values = sorted(
        Fraction(sum(int(problem.units[p, r]) for q, r in chosen if q == p), problem.scale)
        / (asked[p] if per_review else 1)
        for p in counted
    )
    worst = values[: -(-len(values) // 10)]
    return sum(worst, Fraction(0)) / len(worst)


def naive_bound(problem: Problem, proof: WorstProof) -> Fraction:
    """The proof written out with loops and fractions, from the formula of the documentation."""
    asked = [int(least or most) for least, most in zip(problem.paper_least, problem.paper_most, strict=True)]
    counted = [p for p in range(problem.papers) if problem.paper_most[p]]
    per_review = len({asked[p] for p in counted}) > 1
    whole, m = sum(int(y) for y in proof.y), -(-len(counted) // 10)
    assert all(0 <= m * int(y) <= whole for y in proof.y)
    assert whole > 0
    assert proof.lam >= 0
    common = shares(problem)[1]
    value = Fraction(0)
    for price, least, most in (
        (proof.duals.papers, problem.paper_least, problem.paper_most),
        (proof.duals.reviewers, problem.reviewer_least, problem.reviewer_most),
    ):
        for u, low, high in zip(price, least, most, strict=True):
            value += max(int(u) * int(low), int(u) * int(high))
    pins = {(int(p), int(r)) for p, r in problem.pins}
    unit_price = {(int(p), int(u)): int(price) for p, u, price in proof.duals.units}
    bonus = {(int(p), int(kind)): int(price) for p, kind, price in proof.duals.disciplines}
    value += (problem.unit_most or 0) * sum(unit_price.values()) - sum(bonus.values())
    for p, r in itertools.product(range(problem.papers), range(problem.reviewers)):
        if not problem.allowed[p, r]:
            continue
        share = Fraction(common, asked[p]) if per_review and problem.paper_most[p] else int(problem.paper_most[p] > 0)
        weight = share * int(proof.y[p]) + proof.lam
        rest = weight * int(problem.units[p, r]) - int(proof.duals.papers[p]) - int(proof.duals.reviewers[r])
        if problem.unit is not None and problem.unit[r] >= 0:
            rest -= unit_price.get((p, int(problem.unit[r])), 0)
        if problem.disciplines is not None:
            rest += sum(b for (q, kind), b in bonus.items() if q == p and problem.disciplines[kind, r])
        value += rest if (p, r) in pins else max(rest, Fraction(0))
    return (value - proof.lam * proof.target) / (whole * problem.scale * common)


def every_assignment(problem: Problem) -> Iterator[list[tuple[int, int]]]:
    """All that keep the limits of papers and reviewers and the conflicts."""

    def further(p: int, chosen: list[tuple[int, int]], load: list[int]) -> Iterator[list[tuple[int, int]]]:
        if p == problem.papers:
            if all(have >= least for have, least in zip(load, problem.reviewer_least, strict=True)):
                yield chosen
            return
        free = [r for r in range(problem.reviewers) if problem.allowed[p, r] and load[r] < problem.reviewer_most[r]]
        for size in range(int(problem.paper_least[p]), int(problem.paper_most[p]) + 1):
            for own in itertools.combinations(free, size):
                after = [have + (r in own) for r, have in enumerate(load)]
                yield from further(p + 1, chosen + [(p, r) for r in own], after)

    return further(0, [], [0] * problem.reviewers)


def best_of_all(problem: Problem, first: Total) -> Fraction:
    """The best worst tenth there is, by looking at every assignment whose sum is large enough."""
    target = Fraction(99, 100) * first.value
    return max(
        naive_worst(problem, chosen)
        for chosen in every_assignment(problem)
        if sum(int(problem.units[p, r]) for p, r in chosen) >= target
    )


CASES = [(30, 20, 2), (60, 25, 3), (12, 8, 2), (25, 40, 4), (11, 11, 1)]


@pytest.mark.parametrize(("papers", "reviewers", "reviews"), CASES)
@pytest.mark.parametrize("seed", [0, 1])
def test_limits_hold_the_sum_stays_and_the_worst_tenth_is_near_what_is_proven(
    papers: int, reviewers: int, reviews: int, seed: int
) -> None:
    problem = a_problem(papers, reviewers, seed, reviews)
    first, found = both(problem)
    assert broken(problem, found.pairs) == []
    assert problem.value(found.pairs) >= target_of(first) >= Fraction(99, 100) * first.value
    assert found.worst == naive_worst(problem, found.pairs.tolist()) == worst_mean(problem, found.pairs)
    assert worst_mean(problem, first.pairs) <= found.worst <= found.bound
    assert found.bound == worst_bound(problem, found.proof) == naive_bound(problem, found.proof)
    assert found.worst >= Fraction(85, 100) * found.bound


def test_the_worst_tenth_is_near_the_bound_on_average() -> None:
    ratios = []
    for seed in range(3):
        for papers, reviewers in ((80, 40), (150, 100)):
            found = both(a_problem(papers, reviewers, seed, 3))[1]
            ratios.append(float(found.worst / found.bound))
    assert sum(ratios) / len(ratios) > 0.96
    assert min(ratios) > 0.9


@pytest.mark.parametrize("seed", range(12))
def test_the_best_of_all_assignments_is_found_where_they_can_be_counted(seed: int) -> None:
    problem = a_problem(4, 5, seed, 2, reviewer_most=np.full(5, 2))
    try:
        first, found = both(problem)
    except Impossible:
        assert list(every_assignment(problem)) == []
        return
    best = best_of_all(problem, first)
    assert found.worst == best <= found.bound


@pytest.mark.parametrize("seed", range(6))
def test_the_mean_of_the_two_worst_of_eleven_is_the_best_there_is(seed: int) -> None:
    near = np.arange(11)[:, None] % 6
    allowed = (np.arange(6) == near) | (np.arange(6) == (near + 1 + np.arange(11)[:, None] // 6) % 6)
    problem = a_problem(11, 6, seed, 1, allowed=allowed, reviewer_most=np.full(6, 3))
    first, found = both(problem)
    assert shares(problem)[2] == 2
    assert found.worst == best_of_all(problem, first) <= found.bound


@pytest.mark.parametrize("seed", range(6))
def test_more_reviews_than_needed_are_used_where_they_help(seed: int) -> None:
    problem = a_problem(4, 4, seed, 1, paper_most=np.full(4, 2), reviewer_most=np.full(4, 2))
    first, found = both(problem)
    assert found.worst == best_of_all(problem, first) <= found.bound


@pytest.mark.parametrize("seed", range(6))
def test_unequal_numbers_of_reviews_are_compared_by_the_mean(seed: int) -> None:
    reviews = np.array([1, 2, 3, 1])
    problem = a_problem(4, 5, seed, 2, paper_least=reviews, paper_most=reviews, allowed=np.ones((4, 5), bool))
    first, found = both(problem)
    assert shares(problem)[0].tolist() == [6, 3, 2, 6]
    assert found.worst == best_of_all(problem, first) <= found.bound
    assert found.bound == naive_bound(problem, found.proof)


def test_a_paper_that_may_have_no_review_is_not_counted() -> None:
    most = np.array([2] * 19 + [0] * 2)
    problem = a_problem(21, 12, 0, 2, paper_least=most, paper_most=most)
    assert shares(problem) == (pytest.approx(np.array([1] * 19 + [0] * 2)), 1, 2)
    found = both(problem)[1]
    assert found.worst > 0
    assert found.bound == naive_bound(problem, found.proof)


def test_nothing_to_assign_is_an_answer() -> None:
    none = np.zeros(3, np.int64)
    problem = a_problem(3, 3, 0, 1, paper_least=none, paper_most=none)
    found = both(problem)[1]
    assert (found.pairs.tolist(), found.worst, found.bound) == ([], 0, 0)
    assert worst_bound(problem, found.proof) == 0


def test_scores_of_nothing_but_zeros_are_proven_to_be_zero() -> None:
    problem = a_problem(20, 10, 0, 2, units=np.zeros((20, 10), np.int32))
    found = both(problem)[1]
    assert (found.worst, found.bound) == (0, 0)
    assert broken(problem, found.pairs) == []


def test_where_all_papers_see_the_same_scores_the_worst_is_proven_to_be_no_better_than_the_mean() -> None:
    papers, reviewers = 300, 200
    units = np.tile(np.rint(1000 * np.linspace(1, 0, reviewers) ** 3).astype(np.int32), (papers, 1))
    problem = a_problem(papers, reviewers, reviews=3, units=units, scale=1000, reviewer_most=np.full(reviewers, 6))
    first, answer = both(problem)
    assert broken(problem, answer.pairs) == []
    assert answer.bound == naive_bound(problem, answer.proof) <= Fraction(first.bound, papers * problem.scale)


@pytest.mark.parametrize("mix", [0.0, 0.1])
def test_reviewers_whom_all_papers_want_are_spread_over_the_papers(mix: float) -> None:
    papers, reviewers = 300, 200
    chance = np.random.default_rng(0).random((papers, reviewers))
    units = np.rint(1000 * ((1 - mix) * np.linspace(1, 0, reviewers) ** 3 + mix * chance)).astype(np.int32)
    allowed, most = np.ones((papers, reviewers), np.bool_), np.full(reviewers, 6)
    problem = a_problem(papers, reviewers, 0, 3, units=units, scale=1000, allowed=allowed, reviewer_most=most)
    pins = total(problem).pairs[::90]
    for pinned in (problem, dataclasses.replace(problem, pins=pins)):
        first, answer = both(pinned)
        assert broken(pinned, answer.pairs) == []
        assert pinned.value(answer.pairs) >= Fraction(99, 100) * first.value
        assert answer.worst >= Fraction(965, 1000) * answer.bound


def test_where_a_tenth_of_the_papers_has_no_fitting_reviewer_the_proof_says_zero() -> None:
    problem = a_problem(40, 20)
    units = problem.units.copy()
    units[:5] = 0
    found = both(dataclasses.replace(problem, units=units))[1]
    assert (found.worst, found.bound) == (0, 0)


def test_pins_bans_units_and_disciplines_are_kept() -> None:
    plain = a_problem(24, 18, 3, 3)
    allowed = plain.allowed.copy()
    pins = np.array([[p, (5 * p) % 18] for p in range(0, 24, 4)])
    allowed[pins[:, 0], pins[:, 1]] = True
    problem = dataclasses.replace(
        plain,
        allowed=allowed,
        pins=pins,
        unit=np.arange(18) % 6 - 1,
        unit_most=1,
        disciplines=np.stack([np.arange(18) % 3 == 0, np.arange(18) % 4 == 1]),
        needs=np.stack([np.arange(24) % 2 == 0, np.arange(24) % 3 == 0], axis=1),
    )
    first, found = both(problem)
    assert broken(problem, found.pairs) == []
    assert problem.value(found.pairs) >= Fraction(99, 100) * first.value
    assert worst_mean(problem, first.pairs) < found.worst <= found.bound == naive_bound(problem, found.proof)


@pytest.mark.parametrize("seed", range(4))
def test_the_sum_stays_where_many_exchanges_break_units_and_disciplines(seed: int) -> None:
    problem = dataclasses.replace(
        a_problem(60, 30, seed, 3),
        unit=np.arange(30) % 7,
        unit_most=1,
        disciplines=np.stack([np.arange(30) % 5 == 0, np.arange(30) % 7 == 1]),
        needs=np.stack([np.arange(60) % 3 == 0, np.arange(60) % 4 == 0], axis=1),
    )
    first, found = both(problem)
    assert broken(problem, found.pairs) == []
    assert problem.value(found.pairs) >= target_of(first)
    assert worst_mean(problem, first.pairs) <= found.worst <= found.bound


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.data())
def test_any_limits_hold(data: st.DataObject) -> None:
    papers, reviewers = data.draw(st.integers(1, 14)), data.draw(st.integers(1, 9))
    seed = data.draw(st.integers(0, 1000))
    least = data.draw(st.lists(st.integers(0, 3), min_size=papers, max_size=papers))
    more = data.draw(st.lists(st.integers(0, 2), min_size=papers, max_size=papers))
    low = data.draw(st.lists(st.integers(0, 2), min_size=reviewers, max_size=reviewers))
    high = data.draw(st.lists(st.integers(0, 9), min_size=reviewers, max_size=reviewers))
    problem = a_problem(
        papers,
        reviewers,
        seed,
        paper_least=np.array(least),
        paper_most=np.array(least) + np.array(more),
        reviewer_least=np.array(low),
        reviewer_most=np.array(low) + np.array(high),
    )
    if data.draw(st.booleans()):
        problem = dataclasses.replace(problem, unit=np.arange(reviewers) % 4 - 1, unit_most=1)
    try:
        first, found = both(problem)
    except Impossible:
        return
    assert broken(problem, found.pairs) == []
    assert problem.value(found.pairs) >= Fraction(99, 100) * first.value
    assert worst_mean(problem, first.pairs) <= found.worst <= found.bound
    if found.proof.y.any():
        assert found.bound == naive_bound(problem, found.proof)


def test_twice_the_same() -> None:
    problem = a_problem(60, 30, 5, 3)
    one, two = both(problem)[1], both(problem)[1]
    assert one.pairs.tolist() == two.pairs.tolist()
    assert (one.worst, one.bound) == (two.worst, two.bound)
    assert one.proof.y.tolist() == two.proof.y.tolist()


def test_the_scale_of_the_scores_does_not_matter() -> None:
    problem = a_problem(40, 25, 2, 3)
    fine = dataclasses.replace(problem, units=problem.units * 1000, scale=problem.scale * 1000)
    one, two = both(problem)[1], both(fine)[1]
    assert broken(fine, two.pairs) == []
    assert float(one.worst) == pytest.approx(float(two.worst), rel=0.02)
    assert float(one.bound) == pytest.approx(float(two.bound), rel=0.005)


def test_nothing_given_is_changed() -> None:
    problem = a_problem(30, 20)
    first = total(problem)
    before = [problem.units.copy(), problem.allowed.copy(), first.pairs.copy(), first.duals.reviewers.copy()]
    fair(problem, first)
    after = [problem.units, problem.allowed, first.pairs, first.duals.reviewers]
    assert [array.tolist() for array in before] == [array.tolist() for array in after]


def test_progress_grows() -> None:
    problem, seen = a_problem(30, 20), []
    fair(problem, total(problem), progress=lambda done, of: seen.append((done, of)))
    assert seen == sorted(seen)
    assert all(done < of for done, of in seen)
    assert seen


@pytest.mark.parametrize(
    "wrong",
    [
        {"lam": -1},
        {"y": np.array([99] + [1] * 29)},
        {"y": np.array([-1] + [5] * 29)},
        {"y": np.zeros(30, np.int64)},
    ],
)
def test_prices_that_are_none_are_refused(wrong: dict[str, object]) -> None:
    problem = a_problem(30, 20)
    proof = WorstProof(np.ones(30, np.int64), 1, 0, Duals(np.zeros(30, np.int64), np.zeros(20, np.int64)))
    assert worst_bound(problem, proof) == naive_bound(problem, proof)
    with pytest.raises(ValueError, match="no weights"):
        worst_bound(problem, dataclasses.replace(proof, **wrong))  # type: ignore[arg-type]
