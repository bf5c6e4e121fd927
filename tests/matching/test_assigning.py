"""Assignment: limits, optimum, proof and collisions, against programs that know nothing of the solver."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketuan.matching.assigning import drawing, proofs
from ketuan.matching.assigning.collisions import holds
from ketuan.matching.assigning.duals import Duals, bound
from ketuan.matching.assigning.fair import fair
from ketuan.matching.assigning.problem import Collision, Impossible, Limit, Problem
from ketuan.matching.assigning.total import total
from ketuan.matching.assigning.verifying import limits_broken, verify

slow = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def problem_of(
    scores: Any,
    paper: tuple[int, int],
    reviewer: tuple[int, int],
    forbidden: list[tuple[int, int]] | None = None,
    **more: Any,
) -> Problem:
    units = np.array(scores, np.int32)
    allowed = np.ones(units.shape, bool)
    for p, r in forbidden or []:
        allowed[p, r] = False
    papers, reviewers = units.shape
    limits = [
        np.full(papers, paper[0]),
        np.full(papers, paper[1]),
        np.full(reviewers, reviewer[0]),
        np.full(reviewers, reviewer[1]),
    ]
    return Problem(units, more.pop("scale", 100), allowed, *limits, **more)


@st.composite
def problems(draw: st.DrawFn, rich: bool = True) -> Problem:
    papers, reviewers = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    whole = lambda shape, top: np.array(  # noqa: E731
        draw(st.lists(st.integers(0, top), min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    ).reshape(shape)
    units = whole((papers, reviewers), draw(st.sampled_from([2, 100]))).astype(np.int32)
    allowed = whole((papers, reviewers), 4) > 0
    paper_least, reviewer_least = whole((papers,), 2), whole((reviewers,), 1)
    paper_most, reviewer_most = paper_least + whole((papers,), 2), reviewer_least + whole((reviewers,), 3)
    more: dict[str, Any] = {}
    if rich and draw(st.booleans()):
        more |= {"unit": whole((reviewers,), 2) - 1, "unit_most": draw(st.integers(1, 2))}
    if rich and draw(st.booleans()):
        kinds = draw(st.integers(1, 2))
        more |= {"disciplines": whole((kinds, reviewers), 1) > 0, "needs": whole((papers, kinds), 3) > 2}
    if rich and draw(st.booleans()) and allowed.any():
        choice = np.argwhere(allowed)
        more["pins"] = choice[draw(st.integers(0, len(choice) - 1))][None]
    return Problem(units, 100, allowed, paper_least, paper_most, reviewer_least, reviewer_most, **more)


def by_trying(problem: Problem) -> int | None:
    """The best sum, by going through all sets of reviewers of each paper; None where nothing fits."""
    states = {(0,) * problem.reviewers: 0}
    pins = set(map(tuple, problem.pins.tolist()))
    for p in range(problem.papers):
        following: dict[tuple[int, ...], int] = {}
        for many in range(int(problem.paper_least[p]), min(int(problem.paper_most[p]), problem.reviewers) + 1):
            for chosen in itertools.combinations(range(problem.reviewers), many):
                if not _fits(problem, p, chosen, pins):
                    continue
                gain = sum(int(problem.units[p, r]) for r in chosen)
                for loads, value in states.items():
                    new = tuple(load + (r in chosen) for r, load in enumerate(loads))
                    if all(load <= most for load, most in zip(new, problem.reviewer_most, strict=True)):
                        following[new] = max(following.get(new, -1), value + gain)
        states = following
    full = [v for loads, v in states.items() if all(a >= b for a, b in zip(loads, problem.reviewer_least, strict=True))]
    return max(full, default=None)


def _fits(problem: Problem, p: int, chosen: tuple[int, ...], pins: set[tuple[int, ...]]) -> bool:
    if not all(problem.allowed[p, r] for r in chosen) or any(q == p and r not in chosen for q, r in pins):
        return False
    if problem.unit is not None and problem.unit_most is not None:
        units = [int(problem.unit[r]) for r in chosen if problem.unit[r] >= 0]
        if any(units.count(unit) > problem.unit_most for unit in units):
            return False
    if problem.needs is not None and problem.disciplines is not None:
        return all(any(problem.disciplines[k, r] for r in chosen) for k in np.flatnonzero(problem.needs[p]))
    return True


@slow
@given(problems())
def test_total_is_the_best_of_all_and_keeps_every_limit(problem: Problem) -> None:
    best = by_trying(problem)
    if best is None:
        with pytest.raises(Impossible):
            total(problem)
        return
    found = total(problem)
    assert (found.value, limits_broken(problem, found.pairs)) == (best, [])
    assert found.bound >= best
    if problem.needs is None or problem.unit is None:
        assert found.bound - found.value <= (0 if problem.needs is None else 100 * problem.papers)


@slow
@given(problems(rich=False))
def test_without_crossing_limits_the_proof_closes_the_gap(problem: Problem) -> None:
    try:
        found = total(problem)
    except Impossible:
        return
    assert found.bound == found.value == second_program(problem, proofs.prices(found.duals))


def second_program(problem: Problem, prices: dict[str, Any], weights: list[Fraction] | None = None) -> Fraction:
    """The bound from the page on the proof, in fractions, pair by pair."""
    u, v = prices["papers"], prices["reviewers"]
    top = Fraction(0)
    for side, least, most in (
        (u, problem.paper_least, problem.paper_most),
        (v, problem.reviewer_least, problem.reviewer_most),
    ):
        for price, low, high in zip(side, least.tolist(), most.tolist(), strict=True):
            top += max(price * low, price * high)
    unit_prices = {(p, unit): price for p, unit, price in prices["units"]}
    bonuses = [(p, kind, bonus) for p, kind, bonus in prices["disciplines"]]
    assert all(price >= 0 for price in unit_prices.values())
    assert all(bonus >= 0 for _, _, bonus in bonuses)
    top += sum(unit_prices.values()) * (problem.unit_most or 0) - sum(bonus for _, _, bonus in bonuses)
    pins = set(map(tuple, problem.pins.tolist()))
    for p in range(problem.papers):
        for r in range(problem.reviewers):
            left = Fraction(int(problem.units[p, r])) * (weights[p] if weights else 1) - u[p] - v[r]
            if problem.unit is not None:
                left -= unit_prices.get((p, int(problem.unit[r])), 0)
            for q, kind, bonus in bonuses:
                if q == p and problem.disciplines is not None and problem.disciplines[kind, r]:
                    left += bonus
            if (p, r) in pins:
                top += left
            elif problem.allowed[p, r] and left > 0:
                top += left
    return top


@slow
@given(problems(), st.randoms(use_true_random=False))
def test_any_prices_at_all_give_a_bound(problem: Problem, chance: Any) -> None:
    best = by_trying(problem)
    prices = Duals(
        np.array([chance.randint(-150, 150) for _ in range(problem.papers)]),
        np.array([chance.randint(-150, 150) for _ in range(problem.reviewers)]),
    )
    if problem.unit is not None and problem.unit.max() >= 0:
        prices = replace(prices, units=np.array([[0, problem.unit.max(), chance.randint(0, 50)]]))
    if problem.needs is not None and problem.needs[0].any():
        prices = replace(prices, disciplines=np.array([[0, np.argmax(problem.needs[0]), chance.randint(0, 50)]]))
    top = bound(problem, prices)
    assert top == second_program(problem, proofs.prices(prices))
    assert best is None or top >= best


def test_a_negative_price_of_a_unit_is_no_price() -> None:
    problem = problem_of([[1]], (0, 1), (0, 1), unit=np.array([0]), unit_most=1)
    with pytest.raises(ValueError, match="negative"):
        bound(problem, Duals(np.zeros(1, np.int64), np.zeros(1, np.int64), units=np.array([[0, 0, -1]])))


@slow
@given(problems(rich=False), st.randoms(use_true_random=False))
def test_renaming_changes_no_value(problem: Problem, chance: Any) -> None:
    rows, columns = list(range(problem.papers)), list(range(problem.reviewers))
    chance.shuffle(rows)
    chance.shuffle(columns)
    renamed = Problem(
        problem.units[rows][:, columns],
        100,
        problem.allowed[rows][:, columns],
        problem.paper_least[rows],
        problem.paper_most[rows],
        problem.reviewer_least[columns],
        problem.reviewer_most[columns],
    )
    assert _value(problem) == _value(renamed)


def _value(problem: Problem) -> int | None:
    try:
        return total(problem).value
    except Impossible:
        return None


@slow
@given(problems())
def test_what_collides_is_impossible_alone_and_nothing_of_it_is_idle(problem: Problem) -> None:
    try:
        total(problem)
    except Impossible as impossible:
        collision = impossible.collision
    else:
        return
    if not collision.irreducible:
        assert problem.needs is not None
        return
    limits = list(collision.limits)
    alone = [limit for limit in limits if limit.kind != "pin"]
    assert by_trying(only(problem, alone)) is None
    for limit in alone:
        rest = [other for other in alone if other is not limit]
        assert holds(problem, rest)
        relaxed = only(problem, rest)
        if relaxed.needs is None and relaxed.unit is None:
            assert by_trying(relaxed) is not None


def only(problem: Problem, limits: list[Limit]) -> Problem:
    """The problem with all but these limits lifted; written anew for the test."""
    lifted = replace(
        problem,
        paper_least=problem.paper_least * 0,
        paper_most=problem.paper_most * 0 + problem.reviewers,
        reviewer_least=problem.reviewer_least * 0,
        reviewer_most=problem.reviewer_most * 0 + problem.papers,
        needs=None if problem.needs is None else problem.needs & False,
    )
    listed = {limit.other for limit in limits if limit.kind == "unit"}
    if problem.unit is not None and {(x.number, x.other) for x in limits if x.kind == "unit"} != {
        (p, u) for p in range(problem.papers) for u in listed
    }:
        lifted = replace(lifted, unit=np.where(np.isin(problem.unit, sorted(listed)), problem.unit, -1))
    for limit in limits:
        if limit.kind == "discipline":
            assert lifted.needs is not None
            lifted.needs[limit.number, limit.other] = True
        elif limit.kind != "unit":
            getattr(lifted, limit.kind.replace("-", "_"))[limit.number] = limit.amount
    return lifted


def test_papers_whose_reviewers_are_too_few_are_named() -> None:
    """Papers 1 and 3 may only go to reviewer 0, who takes one; all else has room."""
    forbidden = [(p, r) for p in (1, 3) for r in range(1, 6)]
    problem = problem_of(np.full((6, 6), 50), (1, 2), (0, 5), forbidden)
    problem.reviewer_most[0] = 1
    with pytest.raises(Impossible) as caught:
        total(problem)
    limits = (Limit("paper-least", 1, 1), Limit("paper-least", 3, 1), Limit("reviewer-most", 0, 1))
    assert caught.value.collision == Collision(limits, irreducible=True)


def test_reviewers_who_cannot_be_kept_busy_are_named() -> None:
    forbidden = [(p, r) for p in range(1, 5) for r in (0, 1)]
    problem = problem_of(np.full((5, 4), 50), (0, 1), (0, 5), forbidden)
    problem.reviewer_least[:2] = 1
    with pytest.raises(Impossible) as caught:
        total(problem)
    limits = (Limit("reviewer-least", 0, 1), Limit("reviewer-least", 1, 1), Limit("paper-most", 0, 1))
    assert caught.value.collision == Collision(limits, irreducible=True)


def test_pins_beyond_a_limit_are_named() -> None:
    problem = problem_of([[1, 1], [1, 1]], (1, 1), (0, 1), pins=np.array([[0, 0], [1, 0]]))
    with pytest.raises(Impossible) as caught:
        total(problem)
    limits = (Limit("reviewer-most", 0, 1), Limit("pin", 0, 1, 0), Limit("pin", 1, 1, 0))
    assert caught.value.collision == Collision(limits, irreducible=True)


def test_units_that_crowd_each_other_are_named() -> None:
    """Two reviews, all three reviewers of one unit, one of a unit at most."""
    problem = problem_of([[1, 1, 1]], (2, 2), (0, 1), unit=np.array([0, 0, 0]), unit_most=1)
    with pytest.raises(Impossible) as caught:
        total(problem)
    limits = (Limit("paper-least", 0, 2), Limit("unit", 0, 1, 0))
    assert caught.value.collision == Collision(limits, irreducible=True)


def test_a_discipline_nobody_has_is_named() -> None:
    belongs, needs = np.array([[True, False], [False, False]]), np.array([[True, True]])
    problem = problem_of([[1, 1]], (1, 2), (0, 1), disciplines=belongs, needs=needs)
    with pytest.raises(Impossible) as caught:
        total(problem)
    assert caught.value.collision == Collision((Limit("discipline", 0, 1, 1),), irreducible=True)


def hard(papers: int = 60, reviewers: int = 40, seed: int = 0) -> Problem:
    chance = np.random.default_rng(seed)
    fame, need = chance.beta(1, 3, reviewers), chance.random(papers)
    units = np.rint(1000 * np.clip(np.outer(need, fame) + 0.1 * chance.random((papers, reviewers)), 0, 1))
    problem = problem_of(units, (3, 3), (0, -(-papers * 3 // reviewers)), scale=1000)
    problem.allowed[chance.random((papers, reviewers)) < 0.1] = False
    return problem


def test_pairs_outside_the_first_list_are_priced_in() -> None:
    """Everybody wants the same reviewers: the first candidates do not suffice, the gap still closes."""
    problem = hard(300, 150)
    found = total(problem)
    assert found.value == found.bound == second_program(problem, proofs.prices(found.duals))
    assert limits_broken(problem, found.pairs) == []


def test_equal_scores_everywhere_are_no_trouble() -> None:
    problem = problem_of(np.full((200, 100), 7), (3, 3), (6, 6))
    found = total(problem)
    assert (found.value, found.bound) == (200 * 3 * 7, 200 * 3 * 7)


def test_twice_is_the_same_bit_by_bit() -> None:
    one, two = total(hard()), total(hard())
    assert np.array_equal(one.pairs, two.pairs)
    assert np.array_equal(one.duals.papers, two.duals.papers)
    assert np.array_equal(one.duals.reviewers, two.duals.reviewers)


def test_nothing_of_the_problem_is_changed() -> None:
    problem, before = hard(), hard()
    total(problem)
    for name in ("units", "allowed", "paper_least", "paper_most", "reviewer_least", "reviewer_most"):
        assert np.array_equal(getattr(problem, name), getattr(before, name))


@pytest.fixture(scope="module")
def proven() -> tuple[Problem, Any, dict[str, Any]]:
    problem = hard()
    best = total(problem)
    answer = fair(problem, best)
    return problem, answer.pairs, proofs.written(problem, "fair", answer.pairs, best, proofs.worst(answer))


def test_a_fair_proof_holds_for_the_verifier_and_for_a_second_program(
    proven: tuple[Problem, Any, dict[str, Any]],
) -> None:
    problem, pairs, proof = proven
    verdict = verify(problem, pairs, proof)
    assert verdict.faults == ()
    part = proof["worst"]
    weights = [Fraction(y + part["lambda"]) for y in part["y"]]
    top = (second_program(problem, part, weights) - part["lambda"] * part["target"]) / (sum(part["y"]) * problem.scale)
    sums = sorted(problem.by_paper(pairs).tolist())
    assert verdict.worst == Fraction(sum(sums[:6]), 6 * problem.scale)
    assert verdict.worst <= top == verdict.worst_bound == Fraction(*part["bound"])
    assert 100 * sum(sums) >= 99 * second_program(problem, proof["total"])


@slow
@given(problems())
def test_whatever_the_limits_the_fair_proof_holds(problem: Problem) -> None:
    try:
        best = total(problem)
    except Impossible:
        return
    answer = fair(problem, best)
    proof = proofs.written(problem, "fair", answer.pairs, best, proofs.worst(answer))
    verdict = verify(problem, answer.pairs, proof)
    assert (verdict.faults, verdict.worst, verdict.worst_bound) == ((), answer.worst, answer.bound)


def _with(proof: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    if not path:
        return to  # type: ignore[no-any-return]
    copy: Any = list(proof) if isinstance(proof, list) else dict(proof)
    copy[path[0]] = _with(copy[path[0]], *path[1:], to=to)
    return copy  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("path", "value", "codes"),
    [
        (("total", "papers", 0), -900, {"bound", "low"}),
        (("total", "bound"), 1, {"bound"}),
        (("value",), 1, {"value"}),
        (("scale",), 10, {"scale"}),
        (("scale",), 100.0, {"scale"}),
        (("total", "papers"), [0], {"proof-form"}),
        (("total", "reviewers", 0), 0.5, {"proof-form"}),
        (("total", "units"), [[0, 0, 1]], {"proof-form"}),
        (("total", "disciplines"), [[0, 0, 5]], {"proof-form"}),
        (("total",), None, {"proof-form"}),
        (("worst", "y"), [-1] * 60, {"shares"}),
        (("worst", "y"), [1] + [0] * 59, {"shares"}),
        (("worst", "lambda"), -1, {"shares"}),
        (("worst", "target"), 10**9, {"target", "worst-bound", "worst-beyond"}),
        (("worst", "papers", 0), 10**14, {"worst-bound"}),
        (("worst", "bound"), [1, 2], {"worst-bound"}),
        (("worst", "bound"), [1, 0], {"proof-form"}),
        (("worst", "bound"), [0.5, 1], {"proof-form"}),
    ],
)
def test_a_tampered_proof_is_refused(
    proven: tuple[Problem, Any, dict[str, Any]], path: tuple[Any, ...], value: Any, codes: set[str]
) -> None:
    problem, pairs, proof = proven
    assert {fault.code for fault in verify(problem, pairs, _with(proof, *path, to=value)).faults} == codes


def test_every_broken_limit_of_an_answer_is_found() -> None:
    needs, belongs = np.array([[True], [False]]), np.array([[False, False, True]])
    problem = problem_of(
        np.ones((2, 3)),
        (1, 1),
        (0, 1),
        [(1, 1)],
        unit=np.array([0, 0, 1]),
        unit_most=1,
        needs=needs,
        disciplines=belongs,
    )
    problem = replace(problem, pins=np.array([[1, 2]]))
    answer = np.array([[0, 0], [0, 1], [1, 1], [1, 1], [9, 0]])
    assert [(fault.code, fault.numbers) for fault in limits_broken(problem, answer)] == [
        ("forbidden", (1, 1)),
        ("twice", (1, 1)),
        ("unknown", (9, 0)),
        ("paper", (0, 2, 1, 1)),
        ("reviewer", (1, 2, 0, 1)),
        ("unit", (0, 0, 2, 1)),
        ("discipline", (0, 0)),
        ("pin", (1, 2)),
    ]


@slow
@given(problems(), st.integers(0, 5))
def test_a_random_draw_keeps_every_limit(problem: Problem, seed: int) -> None:
    try:
        pairs = drawing.random(problem, seed)
    except Impossible:
        assert by_trying(problem) is None
        return
    assert limits_broken(problem, pairs) == []


def test_random_draws_differ_by_seed_and_reach_every_pair() -> None:
    problem = problem_of(np.zeros((4, 4)), (1, 1), (1, 1))
    seen = np.zeros((4, 4))
    for seed in range(200):
        pairs = drawing.random(problem, seed)
        seen[pairs[:, 0], pairs[:, 1]] += 1
    assert ((seen > 25) & (seen < 80)).all()
    assert np.array_equal(drawing.random(problem, 3), drawing.random(problem, 3))


def test_under_a_cap_no_pair_is_likelier_and_every_limit_holds() -> None:
    problem = hard(12, 9)
    cap, seen = Fraction(1, 2), np.zeros((12, 9))
    chances = np.zeros((12, 9))
    for seed in range(300):
        lottery = drawing.draw(problem, cap, seed)
        assert limits_broken(problem, lottery.pairs) == []
        seen[lottery.pairs[:, 0], lottery.pairs[:, 1]] += 1
    chances[lottery.chances[0][:, 0], lottery.chances[0][:, 1]] = lottery.chances[1]
    assert chances.max() <= 0.5 + 1e-9
    assert np.abs(seen / 300 - chances).max() < 0.13  # four and a half standard deviations
    assert lottery.expected == pytest.approx((chances * problem.units).sum())
    assert lottery.expected == pytest.approx(float(lottery.bound), abs=1e-6)
    assert lottery.expected < total(problem).value


def test_a_cap_that_leaves_too_few_reviewers_is_impossible() -> None:
    problem = problem_of(np.ones((2, 3)), (2, 2), (0, 2))
    with pytest.raises(Impossible) as caught:
        drawing.draw(problem, Fraction(1, 2), 0)
    assert {limit.kind for limit in caught.value.collision.limits} == {"paper-least"}


def test_a_cap_cannot_be_promised_beside_units() -> None:
    problem = problem_of(np.ones((2, 3)), (1, 1), (0, 2), unit=np.array([0, 0, 1]), unit_most=1)
    with pytest.raises(ValueError, match="units"):
        drawing.draw(problem, Fraction(1, 2), 0)


def test_weights_of_papers_are_part_of_value_and_proof() -> None:
    problem = hard()
    weights = np.arange(60) % 3
    found = total(problem, weights=weights)
    assert (
        found.value
        == found.bound
        == second_program(problem, proofs.prices(found.duals), list(map(Fraction, weights.tolist())))
    )


def test_progress_is_told() -> None:
    told: list[tuple[int, int]] = []
    total(hard(), progress=lambda done, of: told.append((done, of)))
    assert told
    assert told[-1][0] == told[-1][1]
