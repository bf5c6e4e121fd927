"""The choice is the best one, the proof proves it, and the smallest change is the smallest: against trying all subsets."""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import random
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.matching.selecting_naive import best, keeps, questions, total

from ketuan.matching.selecting.answer import answer, collision_shown
from ketuan.matching.selecting.choosing import Selector
from ketuan.matching.selecting.colliding import Demand, collision
from ketuan.matching.selecting.explaining import left_out
from ketuan.matching.selecting.limits import Instance
from ketuan.matching.selecting.values import Application, Settings, Span, Spans
from ketuan.matching.selecting.verifying import verify
from ketuan.matching.selecting.whole import points, unit_of, whole

Question = tuple[list[Application], Settings]
MANY = settings(max_examples=60, deadline=None)
FEW = settings(max_examples=25, deadline=None)


def chosen(selector: Selector) -> tuple[str, ...] | None:
    found = selector.optimum
    return None if found is None else tuple(i for i, x in zip(selector.instance.ids, found.x, strict=True) if x)


def shown(everyone: list[Application], limits: Settings) -> dict[str, Any]:
    """The answer as it is read back from its file."""
    selector = Selector(everyone, limits)
    assert selector.optimum is not None
    left = left_out(selector, exactly=lambda _: True, raising=True)
    made: dict[str, Any] = json.loads(json.dumps(answer(selector, selector.optimum, left), ensure_ascii=False))
    return made


def one(id_: str, score: str, society: str = "甲学会", **more: Any) -> Application:
    return Application(id_, Decimal(score), society, more.pop("province", "东省"), **more)


@MANY
@given(questions())
def test_the_choice_is_the_one_that_trying_every_subset_finds(question: Question) -> None:
    everyone, limits = question
    selector, expected = Selector(everyone, limits), best(everyone, limits)
    assert chosen(selector) == (None if expected is None else expected[1])
    if expected is not None and selector.optimum is not None:
        assert points(selector.optimum.worth, selector.instance.unit) == expected[0]
        assert selector.optimum.bound == selector.optimum.worth


@MANY
@given(questions(14))
def test_every_limit_holds_and_the_proof_is_accepted(question: Question) -> None:
    everyone, limits = question
    selector = Selector(everyone, limits)
    assume(selector.optimum is not None)
    ids = chosen(selector) or ()
    assert keeps([a for a in everyone if a.id in ids], everyone, limits)
    made = shown(everyone, limits)
    verdict = verify(everyone, limits, made)
    assert (verdict.wrong, verdict.proved) == ((), True)
    assert made["bound"] >= made["value"]
    assert verdict.bound is not None
    assert verdict.bound >= sum((total(a, limits) for a in everyone if a.id in ids), Decimal(0))


@FEW
@given(questions(12), st.randoms(use_true_random=False))
def test_neither_the_order_of_the_input_nor_other_names_change_it(question: Question, dice: random.Random) -> None:
    everyone, limits = question
    assume(Selector(everyone, limits).optimum is not None)
    turned = everyone.copy()
    dice.shuffle(turned)
    assert shown(turned, limits) == shown(everyone, limits)
    # other names in the same order of names
    names = {a.id: f"项目{a.id}" for a in everyone}
    renamed = [
        dataclasses.replace(a, id=names[a.id], excludes=frozenset(names[b] for b in a.excludes)) for a in everyone
    ]
    other = dataclasses.replace(
        limits,
        force=frozenset(names[n] for n in limits.force),
        without=frozenset(names[n] for n in limits.without),
    )
    assert chosen(Selector(renamed, other)) == tuple(names[n] for n in chosen(Selector(everyone, limits)) or ())


@MANY
@given(questions(8))
def test_the_smallest_rise_of_a_score_is_the_smallest(question: Question) -> None:
    everyone, limits = question
    assume(best(everyone, limits) is not None)
    selector = Selector(everyone, limits)
    for left in left_out(selector, exactly=lambda _: True, raising=False):
        assert left.exact

        def lifted(by: Decimal, name: str = left.id) -> bool:
            higher = [dataclasses.replace(a, score=a.score + by) if a.id == name else a for a in everyone]
            found = best(higher, limits)
            assert found is not None
            return name in found[1]

        unit = selector.instance.unit
        if not left.possible:
            assert left.needed is None
            assert not lifted(Decimal(10**6))
        else:
            assert left.needed is not None
            assert lifted(left.needed + unit)
            assert left.needed == 0 or not lifted(left.needed - unit)
            assert left.at_least == left.needed


@FEW
@given(questions(8))
def test_the_cheap_bounds_hold_the_smallest_rise_between_them(question: Question) -> None:
    everyone, limits = question
    assume(best(everyone, limits) is not None)
    selector = Selector(everyone, limits)
    exact = left_out(selector, exactly=lambda _: True, raising=False)
    cheap = left_out(selector, exactly=lambda _: False, raising=False)
    assert [a.obstacles for a in exact] == [b.obstacles for b in cheap]
    for true, quick in zip(exact, cheap, strict=True):
        if true.needed is not None:
            assert quick.at_least <= true.needed
            assert quick.needed is None or quick.needed >= true.needed
        if quick.exact:
            assert (quick.possible, quick.needed) == (true.possible, true.needed)


@FEW
@given(questions(8))
def test_a_limit_said_to_let_it_in_when_raised_does(question: Question) -> None:
    everyone, limits = question
    assume(best(everyone, limits) is not None)
    for left in left_out(Selector(everyone, limits), exactly=lambda _: False, raising=True):
        for kind, of, by in left.raises:
            if kind == "awards":
                assert limits.awards is not None
                steps = [dataclasses.replace(limits, awards=limits.awards + n) for n in range(1, by + 1)]
            elif kind in ("province", "field", "category"):
                spans: Spans = getattr(limits, kind)
                span = spans.of(of)
                assert span.most is not None
                higher = Spans(spans.each, {**spans.named, of: Span(span.least, span.most + by)})
                steps = [dataclasses.replace(limits, **{kind: higher})]
            else:
                continue  # one society's number alone cannot be said in `Settings`
            inside = [left.id in (best(everyone, step) or (0, ()))[1] for step in steps]
            assert inside == [False] * (len(steps) - 1) + [True]


@FEW
@given(questions(8), st.data())
def test_forcing_one_in_or_out_costs_what_trying_every_subset_says(question: Question, data: st.DataObject) -> None:
    everyone, limits = question
    before = best(everyone, limits)
    assume(before is not None)
    assert before is not None
    name = data.draw(st.sampled_from([a.id for a in everyone]))
    selector = Selector(everyone, limits)
    for force, without in (([name], []), ([], [name])):
        change = selector.what_if(force=force, without=without)
        after = best(
            everyone,
            dataclasses.replace(limits, force=limits.force | set(force), without=limits.without | set(without)),
        )
        assert change.possible == (after is not None)
        if after is not None:
            assert change.loss == before[0] - after[0]
    assert chosen(selector) == before[1]


def weakened(everyone: list[Application], limits: Settings, inst: Instance, demand: Demand) -> Settings:
    """The same question without one demand."""
    if demand.side in ("force", "without"):
        gone = {demand.side: getattr(limits, demand.side) - {inst.ids[demand.number]}}
        return dataclasses.replace(limits, **gone)
    limit = inst.limits[demand.number]
    if limit.kind in ("province", "field", "category"):
        spans: Spans = getattr(limits, limit.kind)
        span = spans.of(limit.of)
        freed = Span(0, span.most) if demand.side == "least" else Span(span.least, None)
        return dataclasses.replace(limits, **{limit.kind: Spans(spans.each, {**spans.named, limit.of: freed})})
    return dataclasses.replace(limits, **{{"awards": "awards", "budget": "budget"}[limit.kind]: None})


@MANY
@given(questions(8))
def test_what_collides_is_impossible_alone_and_possible_without_any_one_of_it(question: Question) -> None:
    everyone, limits = question
    limits = dataclasses.replace(limits, province=Spans(Span(1, 3)), field=Spans(Span(1, 2)))
    assume(best(everyone, limits) is None)
    inst = Selector(everyone, limits).instance
    demands = collision(inst)
    assert demands
    # keep only what collides, then take each away in turn
    sides = {(d.side, d.number) for d in demands}
    kept_limits = tuple(
        dataclasses.replace(
            limit,
            least=limit.least if ("least", r) in sides else None,
            most=limit.most if ("most", r) in sides else None,
        )
        for r, limit in enumerate(inst.limits)
    )
    lower, upper = inst.lower.copy(), inst.upper.copy()
    for i in range(len(lower)):
        lower[i] = int(("force", i) in sides)
        upper[i] = 0 if {("without", i), ("grant", i)} & sides else 1
    alone = dataclasses.replace(inst, limits=kept_limits, lower=lower, upper=upper)
    assert not subset_exists(alone)
    for demand in demands:
        low, high, rest = lower.copy(), upper.copy(), list(kept_limits)
        if demand.side == "force":
            low[demand.number] = 0
        elif demand.side in ("without", "grant"):
            if {("without", demand.number), ("grant", demand.number)} <= sides:
                continue
            high[demand.number] = 1
        else:
            rest[demand.number] = dataclasses.replace(rest[demand.number], **{demand.side: None})
        assert subset_exists(dataclasses.replace(inst, limits=tuple(rest), lower=low, upper=high))
    told = collision_shown(inst, demands)
    assert len({row["says"] for row in told["collision"]}) == len(demands)


def subset_exists(inst: Instance) -> bool:
    size = len(inst.ids)
    for code in range(1 << size):
        x = [code >> i & 1 for i in range(size)]
        if any(v < low or v > high for v, low, high in zip(x, inst.lower, inst.upper, strict=True)):
            continue
        used = [sum(int(w) * x[c] for c, w in zip(limit.columns, limit.weights, strict=True)) for limit in inst.limits]
        if all(
            (limit.least is None or n >= limit.least) and (limit.most is None or n <= limit.most)
            for n, limit in zip(used, inst.limits, strict=True)
        ):
            return True
    return False


def test_equal_applications_are_taken_by_id() -> None:
    everyone = [one(f"t{i}", "80") for i in (5, 2, 9, 1, 7)]
    assert chosen(Selector(everyone, Settings(awards=2))) == ("t1", "t2")


def test_of_two_equal_lists_the_one_with_the_smallest_id_wins() -> None:
    """90 alone, or 50 and 40 that exclude it."""
    everyone = [one("b", "90"), one("a", "50", excludes=frozenset("b")), one("c", "40", excludes=frozenset("b"))]
    assert chosen(Selector(everyone, Settings())) == ("a", "c")


def test_exclusion_counts_both_ways_whoever_names_it() -> None:
    for first, second in ((frozenset("b"), frozenset[str]()), (frozenset[str](), frozenset("a"))):
        everyone = [one("a", "3", excludes=first), one("b", "2", excludes=second)]
        assert chosen(Selector(everyone, Settings())) == ("a",)


def test_bonus_points_are_shown_and_decide() -> None:
    everyone = [one("a", "80"), one("b", "79.5", traits=frozenset(["emerging"]))]
    made = shown(everyone, Settings(awards=1, weights={"emerging": Decimal("0.7")}))
    assert (made["chosen"], made["value"]) == (["b"], 80.2)
    assert made["scores"] == [{"id": "b", "score": 79.5, "bonus": 0.7, "total": 80.2}]
    assert made["left_out"][0]["needed"] == 0.2


def test_who_is_left_out_reads_why_and_what_would_help() -> None:
    everyone = [one("a", "90"), one("b", "85.5"), one("c", "99", "乙学会", excludes=frozenset("a"))]
    made = shown(everyone, Settings(per_society=1, awards=2))
    assert made["chosen"] == ["b", "c"]
    [left] = made["left_out"]
    assert [(rule["kind"], rule["beside"]) for rule in left["rules"]] == [
        ("awards", []),
        ("society", ["b"]),
        ("exclude", ["c"]),
    ]
    assert (left["needed"], left["exact"], left["leaves"]) == (94.5, True, ["b", "c"])
    assert left["says"] == (
        "立项总数已满（2/2）；学会“甲学会”的名额已满（1/1：b）；与已入选的 c 互斥。"
        "综合分再高出 94.5 分以上即可入选。届时退出：b、c。"
    )


def test_the_most_money_of_one_award_cannot_be_bought_with_score() -> None:
    [left] = shown([one("a", "90", amount=81), one("b", "1", amount=80)], Settings(grant=80))["left_out"]
    assert (left["possible"], left["needed"], left["rules"][0]["by"]) == (False, None, 1)


def test_one_fen_too_much_is_too_much() -> None:
    """Sums in 分 near the size of real budgets, where a solver's tolerance would let the better list pass."""
    everyone = [one("a", "90", amount=4_200_000_001), one("b", "80", amount=4_200_000_000), one("c", "70", amount=1)]
    assert chosen(Selector(everyone, Settings(budget=8_400_000_000))) == ("a", "c")
    assert chosen(Selector(everyone, Settings(budget=8_400_000_001))) == ("a", "b")


@pytest.mark.parametrize(
    ("scores", "unit"),
    [
        (["80", "91"], "1"),
        (["80.5", "91.25"], "0.01"),
        (["83.12345678901234", "9.5"], "0.000001"),
        (["1e300"], "1e293"),
        (["0.00000001"], "0.00000001"),
        (["0"], "1"),
    ],
)
def test_scores_keep_eight_digits(scores: list[str], unit: str) -> None:
    totals = [Decimal(s) for s in scores]
    assert unit_of(totals) == Decimal(unit)
    assert max(whole(t, Decimal(unit)) for t in totals) <= 10**8


def large(size: int, seed: int = 5) -> tuple[list[Application], Settings]:
    dice = random.Random(seed)
    everyone = [
        one(
            f"A{i:05}",
            f"{dice.randrange(6000, 9800) / 100}",
            f"示例学会{i // 5}",
            province=f"省{dice.randrange(12)}",
            field=f"链{dice.randrange(20)}",
            amount=dice.randrange(400, 801) * 100_000,
            excludes=frozenset(f"A{j:05}" for j in range(i // 5 * 5, i) if dice.random() < 0.15),
        )
        for i in range(size)
    ]
    awards = size // 5
    return everyone, Settings(
        awards=awards,
        budget=awards * 540 * 100_000,
        per_society=3,
        province=Spans(Span(1, awards // 8)),
        field=Spans(Span(0, awards // 12)),
    )


@functools.cache
def hard() -> tuple[list[Application], Settings, dict[str, Any]]:
    """One whose linear program is a little too hopeful, with its answer."""
    everyone, limits = large(120)
    return everyone, limits, shown(everyone, limits)


def test_a_gap_of_the_linear_program_is_closed_by_a_tree_that_can_be_checked() -> None:
    everyone, limits, made = hard()
    assert made["proof"]["kind"] == "tree"
    assert made["lp_bound"] > made["value"]
    assert verify(everyone, limits, made).proved


def test_where_our_search_ends_early_the_solver_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    everyone, limits = large(120)
    alone = Selector(everyone, limits).optimum
    monkeypatch.setattr("ketuan.matching.selecting.choosing.NODES", 1)
    monkeypatch.setattr("ketuan.matching.selecting.choosing.PROOF_NODES", 1)
    selector = Selector(everyone, limits)
    assert alone is not None
    assert selector.optimum is not None
    assert (selector.optimum.worth, selector.optimum.bound) == (alone.worth, alone.worth)
    left = left_out(selector, exactly=lambda _: False, raising=False)
    made = json.loads(json.dumps(answer(selector, selector.optimum, left)))
    assert made["proof"]["kind"] == "solver"
    verdict = verify(everyone, limits, made)
    assert (verdict.wrong, verdict.proved) == ((), False)


TAMPERED = {
    "another list": lambda m: m.update(chosen=[*m["chosen"][1:], m["left_out"][0]["id"]]),
    "one fewer": lambda m: m["chosen"].pop(),
    "a stranger": lambda m: m["chosen"].append("nobody"),
    "one twice": lambda m: m["chosen"].append(m["chosen"][0]),
    "a higher total": lambda m: m.update(value=m["value"] + 1, bound=m["bound"] + 1),
    "a lower bound": lambda m: m.update(bound=m["value"] - 1),
    "a higher bound": lambda m: m.update(bound=m["bound"] + 1, gap=1),
    "no gap": lambda m: m.update(gap=3),
    "other limits": lambda m: m["settings"].update(awards=99),
    "a coarser unit": lambda m: m.update(unit="1"),
    "a score": lambda m: m["scores"][0].update(score=100),
    "a bonus": lambda m: m["left_out"][0].update(bonus=1),
    "a smaller change": lambda m: next(r for r in m["left_out"] if r["needed"]).update(needed=0.01),
    "no prices": lambda m: m["proof"].update(tree={"prices": []}),
    "another price": lambda m: m["proof"]["tree"]["prices"][0].__setitem__(2, 5),
    "a price with a point": lambda m: m["proof"]["tree"]["prices"][0].__setitem__(2, 5.5),
    "a wrong sign": lambda m: m["proof"]["tree"]["prices"][0].__setitem__(2, -5),
    "an unknown limit": lambda m: m["proof"]["tree"]["prices"].append(["society", "无", 1]),
    "no proof": lambda m: m.pop("proof"),
    "a cut tree": lambda m: m["proof"]["tree"]["then"].pop("split"),
    "a false contradiction": lambda m: m["proof"]["tree"].update(contradiction=True),
    "another scale": lambda m: m["proof"].update(scale=0),
    "a false step": lambda m: m["proof"].update(money_step=7),
    "a false clique": lambda m: m["proof"]["tree"]["prices"].append(["exclude", ["A00000", "A00119"], 1]),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_tampered_answer_is_refused(how: str) -> None:
    everyone, limits, made = hard()
    changed = copy.deepcopy(made)
    TAMPERED[how](changed)
    assert verify(everyone, limits, made).wrong == ()
    assert verify(everyone, limits, changed).wrong


def test_the_question_is_not_changed_by_asking() -> None:
    everyone, limits = large(60)
    before = (copy.deepcopy(everyone), copy.deepcopy(limits))
    selector = Selector(everyone, limits)
    first = chosen(selector)
    selector.what_if(force=["A00000"], without=["A00001"])
    assert ((everyone, limits), chosen(Selector(everyone, limits))) == (before, first)
