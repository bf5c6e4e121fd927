"""Fitness from texts, and the answer in words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketuan.matching.overlapping.letters import normalise
from ketuan.matching.teaming import reasons
from ketuan.matching.teaming.builder import Corps, build
from ketuan.matching.teaming.collision import Clash, Collision
from ketuan.matching.teaming.fitness import fitness_of, shared
from ketuan.matching.teaming.values import Expert, Wanted

WORDS = st.text(alphabet="轴承润滑寿命热变形监测AB，。 ", max_size=12)


def by_hand(parts: list[str], texts: list[list[str]]) -> list[list[float]]:
    """The formula of the docstring, with sets."""

    def pairs(text: str) -> set[str]:
        folded = normalise(text)
        return {folded[i : i + 2] for i in range(len(folded) - 1)}

    held = [set().union(*map(pairs, one)) if one else set() for one in texts]
    count = {g: sum(g in own for own in held) for part in parts for g in pairs(part)}
    weight = {g: np.log((1 + len(texts)) / (1 + n)) if n else 0.0 for g, n in count.items()}
    whole = [sum(weight[g] for g in pairs(part)) for part in parts]
    return [
        [
            sum(weight[g] for g in pairs(part) & own) / total if total else 0.0
            for part, total in zip(parts, whole, strict=True)
        ]
        for own in held
    ]


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=3), st.lists(st.lists(WORDS, max_size=3), min_size=1, max_size=5))
def test_fitness_is_the_formula(parts: list[str], texts: list[list[str]]) -> None:
    assert fitness_of(parts, texts) == pytest.approx(np.array(by_hand(parts, texts)), abs=1e-12)


def test_all_the_wording_is_one_and_none_is_zero() -> None:
    found = fitness_of(["主轴轴承润滑"], [["研究主轴，轴承；润滑"], ["水稻育种"], ["轴承"]])
    assert found[:, 0].tolist()[:2] == [pytest.approx(1.0), 0.0]
    assert 0 < found[2, 0] < 1


def test_width_case_and_strange_characters_do_not_matter() -> None:
    plain = fitness_of(["ＡＩ芯片\ud800"], [["ai 芯-片"], ["无关"], [""]])
    assert plain[:, 0].tolist() == [pytest.approx(1.0), 0.0, 0.0]


def test_what_is_shared_is_shown_longest_first() -> None:
    assert shared("高速主轴轴承寿命短，润滑失效", ["主轴轴承的寿命", "润滑"]) == ("主轴轴承", "寿命", "润滑")
    assert shared("轴", ["轴"]) == ()


WANTED = Wanted(4, young=2, elite=1, kinds={"企业": 1, "高校": 1}, enough=0.5, locks=frozenset({"D"}))
PARTS = ["轴承的润滑" * 6, "热变形"]


def corps_of(wanted: Wanted) -> Corps:
    experts = [
        Expert("A", 38, "甲厂", "企业", elite=True),
        Expert("B", 45, "乙校", "高校"),
        Expert("C", 60, "丙校", "高校"),
        Expert("D", 61, "丁所", "科研院所"),
        Expert("E", 30, "戊校", "高校"),
        Expert("F", 70, "己校", "高校"),
    ]
    fitness = np.array([[0.9, 0.0], [0.2, 0.6], [0.8, 0.1], [0.1, 0.2], [0.5, 0.1], [0.3, 0.3]])
    corps = build(experts, fitness, wanted)
    assert isinstance(corps, Corps)
    return corps


def test_reasons_say_what_each_one_is_for() -> None:
    corps = corps_of(WANTED)
    told = dict(zip((m.expert.id for m in corps.members), reasons.reasons_of(corps, WANTED, PARTS), strict=True))
    assert told == {
        "A": (
            "承担第 1 部分“轴承的润滑轴承的润滑轴承的润滑轴承的润滑轴承的润…”，适配度 0.9，在承担这一部分的 2 人中列第 1",
            "38 岁，45 岁及以下第 1 名（共 2 名，要求 2 名，少一名就不够）",
            "青年人才托举工程入选者第 1 名（鼓励 1 名）",
            "来自企业，全团只有他一名（要求 1 名）",
            "没有他就凑不齐全部要求",
        ),
        "B": (
            "承担第 2 部分“热变形”，适配度 0.6，在承担这一部分的 2 人中列第 1；适配度够 0.5 的只有 1 人，他是其中之一",
            "45 岁，45 岁及以下第 2 名（共 2 名，要求 2 名，少一名就不够）",
            "来自高校（共 2 名，要求 1 名）",
            "没有他就凑不齐全部要求",
        ),
        "C": (
            "承担第 1 部分“轴承的润滑轴承的润滑轴承的润滑轴承的润滑轴承的润…”，适配度 0.8，在承担这一部分的 2 人中列第 2",
            "来自高校（共 2 名，要求 1 名）",
            "没有他，总分减少 0.3（由 E 替补）",
        ),
        "D": (
            "指定入团",
            "承担第 2 部分“热变形”，适配度 0.2，在承担这一部分的 2 人中列第 2",
            "不指定他反而高 0.1（由 F 替补）",
        ),
    }  # fmt: skip


def test_names_of_rules_and_what_they_cost() -> None:
    corps = corps_of(WANTED)
    assert [(reasons.rule_name(s.rule, WANTED, PARTS), reasons.cost_says(s, WANTED)) for s in corps.rules] == [
        ("全团 4 名", ""),
        ("45 岁及以下不少于 2 名", "没有代价：去掉这一条，结果不会更好"),
        ("鼓励青年人才托举工程入选者不少于 1 名", "没有代价：去掉这一条，结果不会更好"),
        ("来自企业的不少于 1 名", "没有代价：去掉这一条，结果不会更好"),
        ("来自高校的不少于 1 名", "没有代价：去掉这一条，结果不会更好"),
        (f"第 1 部分“{PARTS[0][:24]}…”至少 1 名适配度不低于 0.5 的人承担", "没有代价：去掉这一条，结果不会更好"),
        ("第 2 部分“热变形”至少 1 名适配度不低于 0.5 的人承担", "没有代价：去掉这一条，结果不会更好"),
        ("指定“D”入团", "代价 0.1：去掉这一条，总分可增加这么多"),
    ]


@pytest.mark.parametrize(
    ("clash", "alone", "says"),
    [
        (Clash("young", 10, 7), True, "最多只有 7 名，还差 3 名 45 岁及以下的"),
        (Clash("young_elite", 2, 1), False, "其余几条满足时，最多只有 1 名，还差 1 名青年人才托举工程入选者"),
        (Clash("kind:企业", 1, 0), True, "最多只有 0 名，还差 1 名来自企业的"),
        (Clash("cover:2", 1, 0), True, "最多只有 0 名，还差 1 名能承担第 2 部分、适配度不低于 0.5 的"),
        (Clash("size", 20, 17), True, "可选的只有 17 名，还差 3 名"),
        (Clash("size", 4, 6), False, "其余几条满足时，至少要 6 名，超出 2 名"),
        (Clash("ban", None, None), False, "与其余几条不能同时满足，可以放开这一条"),
    ],
)
def test_what_is_missing_is_said(clash: Clash, alone: bool, says: str) -> None:
    assert reasons.clash_says(clash, WANTED, PARTS, alone=alone) == says


def test_other_rules_have_names_too() -> None:
    wanted = replace(WANTED, load=2, strict=True)
    assert [reasons.rule_name(rule, wanted, PARTS) for rule in ("load", "society", "ban", "young_elite")] == [
        "已参加的服务团不超过 2 个",
        "不在同一学会的其他服务团",
        "不选禁选名单上的人",
        "青年人才托举工程入选者不少于 1 名",
    ]
    assert isinstance(build([Expert("A")], np.array([[0.1]]), Wanted(1, enough=0.5)), Collision)
