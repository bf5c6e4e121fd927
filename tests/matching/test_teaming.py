"""The corps builder: every rule holds, nothing is better, the proof holds, and the answer does not hang on the order."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching import teaming_naive as naive
from tests.matching.teaming_naive import Case, cases

from ketuan.matching.teaming import collision
from ketuan.matching.teaming.builder import Corps, build
from ketuan.matching.teaming.collision import Collision
from ketuan.matching.teaming.values import Expert, Wanted

SOME = settings(max_examples=60, deadline=None)


def pool(count: int, parts: int, seed: int = 0) -> tuple[list[Expert], np.ndarray]:
    """Invented people: most fit one part well and the others little."""
    chance = np.random.default_rng(seed)
    fitness = chance.beta(1.2, 8, (count, parts))
    own = chance.integers(0, parts, count)
    fitness[np.arange(count), own] = chance.beta(2.5, 4, count)
    experts = [
        Expert(
            id=f"E{i:05}",
            age=int(age),
            unit=f"单位{i % 97}",
            kind=str(chance.choice(["企业", "高校", "科研院所", "其他"], p=[0.12, 0.5, 0.3, 0.08])),
            elite=bool(age <= 45 and chance.random() < 0.08),
            load=int(chance.integers(0, 4)),
        )
        for i, age in enumerate(chance.integers(28, 70, count))
    ]
    return experts, fitness


CALL = Wanted(20, young=10, elite=2, kinds={"企业": 1, "高校": 1, "科研院所": 1}, enough=0.3, load=2)


@SOME
@given(cases())
def test_every_rule_holds_and_no_corps_is_better(case: Case) -> None:
    experts, fitness, wanted = case
    rules = naive.rules_of(wanted, experts, fitness.shape[1])
    corps = build(experts, fitness, wanted)
    expected = naive.best(experts, fitness, wanted, set(rules))
    if isinstance(corps, Collision):
        assert expected is None
        return
    at = {one.id: i for i, one in enumerate(experts)}
    given_parts = {at[m.expert.id]: m.part for m in corps.members}
    assert naive.kept([m.expert for m in corps.members], wanted, set(rules))
    told = [v for v, ways in naive.values(sorted(given_parts), fitness, wanted, set(rules)) if ways == given_parts]
    assert told == [pytest.approx(corps.fitness)]
    assert expected is not None
    assert (corps.value, corps.bound) == (pytest.approx(expected[0]), pytest.approx(expected[0]))
    assert corps.relaxed >= corps.value - 1e-9


@settings(max_examples=25, deadline=None)
@given(cases(6))
def test_a_rule_costs_the_difference_of_two_optima(case: Case) -> None:
    experts, fitness, wanted = case
    corps = build(experts, fitness, wanted)
    if isinstance(corps, Collision):
        return
    rules = set(naive.rules_of(wanted, experts, fitness.shape[1]))
    assert {state.rule for state in corps.rules} == rules
    for state in corps.rules:
        if state.rule == "size":
            assert state.cost is None
            continue
        without = naive.best(experts, fitness, wanted, rules - {state.rule})
        assert without is not None
        encouraged = state.rule == "young_elite" and not wanted.strict
        assert state.cost == pytest.approx(without[1] - corps.fitness if encouraged else without[0] - corps.value)


@settings(max_examples=25, deadline=None)
@given(cases(6))
def test_a_member_is_worth_what_the_best_corps_without_him_lacks(case: Case) -> None:
    experts, fitness, wanted = case
    corps = build(experts, fitness, wanted)
    if isinstance(corps, Collision):
        return
    for member in corps.members:
        name = member.expert.id
        banned = replace(wanted, locks=wanted.locks - {name})
        others = [i for i, one in enumerate(experts) if one.id != name]
        left, rules = [experts[i] for i in others], naive.rules_of(banned, experts, fitness.shape[1])
        without = naive.best(left, fitness[others], banned, set(rules))
        assert member.loss == (None if without is None else pytest.approx(corps.value - without[0]))
        if without is not None:
            team = {m.expert.id for m in corps.members} - {name, *member.leaves} | set(member.comes)
            assert (len(team), name in team) == (wanted.size, False)
        for substitute in member.substitutes:
            assert member.loss is not None
            assert substitute.loss >= member.loss - 1e-9


@settings(max_examples=40, deadline=None)
@given(cases(5))
def test_the_rules_that_collide_are_the_fewest_that_do(case: Case) -> None:
    experts, fitness, wanted = case
    answer = build(experts, fitness, replace(wanted, young=wanted.young + 1, cover=max(1, wanted.cover)))
    if not isinstance(answer, Collision):
        return
    wanted = replace(wanted, young=wanted.young + 1, cover=max(1, wanted.cover))
    rules = naive.rules_of(wanted, experts, fitness.shape[1])
    assert (answer.smallest, naive.best(experts, fitness, wanted, set(answer.rules))) == (True, None)
    for fewer in range(len(answer.rules)):
        for some in combinations(rules, fewer):
            assert naive.best(experts, fitness, wanted, set(some)) is not None, some


def test_without_time_for_the_smallest_set_none_of_a_set_can_be_spared(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collision, "_MOST", 0)
    experts = [Expert(f"E{i}", kind="高校", age=40) for i in range(6)]
    wanted = Wanted(3, young=2, kinds={"高校": 2}, locks=frozenset({"E0", "E1", "E2"}), cover=2)
    fitness = np.array([[0.1, 0.1]] * 3 + [[0.9, 0.9]] * 3)
    answer = build(experts, fitness, wanted)
    assert isinstance(answer, Collision)
    assert (answer.smallest, naive.best(experts, fitness, wanted, set(answer.rules))) == (False, None)
    for rule in answer.rules:
        assert naive.best(experts, fitness, wanted, set(answer.rules) - {rule}) is not None


@settings(max_examples=30, deadline=None)
@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_pool_changes_nothing(case: Case, chance: st.randoms) -> None:  # type: ignore[valid-type]
    experts, fitness, wanted = case
    order = list(range(len(experts)))
    chance.shuffle(order)  # type: ignore[attr-defined]
    shuffled = build([experts[i] for i in order], fitness[order], wanted)
    assert str(shuffled) == str(build(experts, fitness, wanted))


@settings(max_examples=30, deadline=None)
@given(cases())
def test_other_names_in_the_same_order_change_nothing_else(case: Case) -> None:
    experts, fitness, wanted = case
    new = {one.id: f"人{i + 100}" for i, one in enumerate(experts)}
    renamed = build(
        [replace(one, id=new[one.id]) for one in experts],
        fitness,
        replace(
            wanted,
            locks=frozenset(new[one] for one in wanted.locks),
            bans=frozenset(new[one] for one in wanted.bans),
        ),
    )
    answer = build(experts, fitness, wanted)
    if isinstance(answer, Corps):
        assert isinstance(renamed, Corps)
        assert [m.expert.id for m in renamed.members] == [new[m.expert.id] for m in answer.members]
        assert (renamed.value, renamed.bound) == (answer.value, answer.bound)


def test_people_alike_in_all_but_the_id_come_in_by_id() -> None:
    alike = [Expert(f"E{i}", age=40, kind="高校") for i in range(9)]
    corps = build(alike, np.full((9, 2), 0.5), Wanted(4, young=2))
    assert isinstance(corps, Corps)
    assert sorted(m.expert.id for m in corps.members) == ["E0", "E1", "E2", "E3"]


@settings(max_examples=30, deadline=None)
@given(cases(6))
def test_of_equals_the_first_by_id_is_in(case: Case) -> None:
    experts, fitness, wanted = case
    corps = build(experts, fitness, wanted)
    if isinstance(corps, Corps):
        for member in corps.members:
            if member.expert.id not in wanted.locks:
                assert [s.id for s in member.substitutes if s.loss == 0 and s.id < member.expert.id] == []


def test_the_prices_prove_the_bound_to_anybody() -> None:
    """The bound once more from the printed prices, by hand, and for prices that are only roughly right."""
    experts, fitness = pool(300, 3)
    fitness = np.round(fitness, 4)
    wanted = replace(CALL, strict=True)
    corps = build(experts, fitness, wanted)
    assert isinstance(corps, Corps)
    for digits in (12, 2):
        prices = corps.prices
        member, young, elite = (round(p, digits) for p in (prices.member, prices.young, prices.elite))
        kinds = dict(zip(wanted.kinds, np.round(prices.kinds, digits), strict=True))
        bound = member * 20 - young * 10 - elite * 2 - sum(kinds.values())
        bound += float((np.round(prices.seats, digits) * 7 - np.round(prices.cover, digits)).sum())
        for one, fits in zip(experts, fitness, strict=True):
            if one.load > 2:
                continue
            helps = kinds.get(one.kind, 0.0) + elite * one.elite + young * (one.age is not None and one.age <= 45)
            choices = []
            for p, f in enumerate(fits):
                covers = round(float(prices.cover[p]), digits) * (f >= 0.3)
                choices += [f - round(float(prices.seats[p]), digits) + covers, round(0.5 * f, 4) + covers]
            bound += max(0.0, max(choices) + helps - member)
        assert bound >= corps.value - 1e-9
        if digits == 12:
            assert bound == pytest.approx(corps.relaxed)
            assert bound <= corps.value * 1.01


@pytest.mark.parametrize(("count", "parts", "seed"), [(200, 4, 1), (200, 1, 2), (1000, 7, 3), (3000, 25, 4)])
def test_whole_pools_are_proven(count: int, parts: int, seed: int) -> None:
    corps = build(*pool(count, parts, seed), replace(CALL, cover=0 if parts > 20 else 1))
    assert isinstance(corps, Corps)
    assert (len(corps.members), corps.gap) == (20, 0.0)
    assert sum(state.takers for state in corps.parts) == 20
    assert corps.value == pytest.approx(sum(m.counted for m in corps.members) + corps.bonus)


def test_what_is_missing_is_counted() -> None:
    experts = [Expert(f"E{i}", age=40 if i < 7 else 60, kind="高校") for i in range(30)]
    answer = build(experts, np.full((30, 1), 0.5), Wanted(20, young=10))
    assert isinstance(answer, Collision)
    assert [(c.rule, c.wanted, c.most) for c in answer.clashes] == [("young", 10, 7)]


def test_a_rule_is_missed_only_beside_another() -> None:
    """Seven of the ten young ones are in another corps of the society."""
    experts = [
        Expert(f"E{i}", age=40 if i < 10 else 60, corps=(("甲学会", "别团"),) if i < 7 else ()) for i in range(40)
    ]
    answer = build(experts, np.full((40, 1), 0.5), Wanted(20, young=10, society="甲学会", corps="本团"))
    assert isinstance(answer, Collision)
    assert [(c.rule, c.wanted, c.most) for c in answer.clashes] == [("young", 10, 3), ("society", None, None)]
    assert isinstance(build(experts, np.full((40, 1), 0.5), Wanted(20, young=10, society="乙学会")), Corps)


def test_too_few_people_and_too_many_rules_for_the_size() -> None:
    few = build([Expert("A"), Expert("B")], np.full((2, 1), 0.5), Wanted(3))
    assert isinstance(few, Collision)
    assert [(c.rule, c.wanted, c.most) for c in few.clashes] == [("size", 3, 2)]
    crowd = [Expert(f"E{i}") for i in range(6)]
    locked = build(crowd, np.full((6, 1), 0.5), Wanted(2, locks=frozenset({"E0", "E1", "E2"})))
    assert isinstance(locked, Collision)
    assert [(c.rule, c.wanted, c.most) for c in locked.clashes] == [
        ("size", 2, 3), ("lock:E0", None, None), ("lock:E1", None, None), ("lock:E2", None, None),
    ]  # fmt: skip


def test_one_more_beyond_the_full_seats_counts_less() -> None:
    """Two parts, two seats: three who fit only the first part leave one of them with a half."""
    fitness = np.array([[0.8, 0.0], [0.8, 0.0], [0.6, 0.0], [0.1, 0.2]])
    corps = build([Expert(f"E{i}") for i in range(4)], fitness, Wanted(3, cover=0))
    assert isinstance(corps, Corps)
    assert [(m.expert.id, m.part, m.full, m.counted) for m in corps.members] == [
        ("E0", 0, True, 0.8), ("E1", 0, True, 0.8), ("E2", 0, False, 0.3),
    ]  # fmt: skip


def test_nothing_given_is_changed() -> None:
    experts, fitness = pool(60, 2)
    before = fitness.copy(), list(experts)
    fitness.setflags(write=False)
    build(experts, fitness, replace(CALL, load=None))
    assert (np.array_equal(before[0], fitness), before[1]) == (True, experts)


@pytest.mark.parametrize(
    ("experts", "fitness", "wanted"),
    [
        ([Expert("A"), Expert("A")], [[0.5], [0.5]], Wanted(1)),
        ([Expert("A")], [[1.5]], Wanted(1)),
        ([Expert("A")], [[float("nan")]], Wanted(1)),
        ([Expert("A")], [[0.5], [0.5]], Wanted(1)),
        ([Expert("A")], [[0.5]], Wanted(0)),
        ([Expert("A")], [[0.5]], Wanted(1, young=-1)),
        ([Expert("A")], [[0.5]], Wanted(1, enough=2)),
        ([Expert("A")], [[0.5]], Wanted(1, locks=frozenset({"B"}))),
    ],
)
def test_what_makes_no_sense_is_refused(experts: list[Expert], fitness: list[list[float]], wanted: Wanted) -> None:
    with pytest.raises(ValueError, match=r"."):
        build(experts, np.array(fitness), wanted)


def test_progress_ends_where_it_said() -> None:
    told: list[tuple[int, int]] = []
    build(*pool(60, 2), replace(CALL, load=None), progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == told[-1][1]
