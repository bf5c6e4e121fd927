"""What `ketuan.matching.overlapping` says of two texts: copies, strangers, known sentences, marked passages."""

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching import overlap_naive
from tests.matching.edits import BOILERPLATE, EDITS, TEXTS, clauses, edited, unrelated

from ketuan.matching.overlapping.evidence import FLAG
from ketuan.matching.overlapping.folding import LONGEST, fold, grams
from ketuan.matching.overlapping.known import NOTHING, KnownTexts, known_mask, known_texts
from ketuan.matching.overlapping.letters import STOCK, normalise
from ketuan.matching.overlapping.pairs import Overlap, overlaps

FIRST, SECOND = TEXTS[0], TEXTS[6]


def overlap(a: str, b: str, known: KnownTexts = NOTHING) -> Overlap:
    return overlaps([(a, b)], known=known)[0]


# Copies and strangers


@pytest.mark.parametrize("kind", EDITS)
def test_a_copy_edited_in_any_of_the_usual_ways_is_flagged(kind: str) -> None:
    pairs = edited(kind)
    assert [pair for pair, found in zip(pairs, overlaps(pairs), strict=True) if not found.flag] == []


def test_a_passage_of_two_clauses_is_found_in_a_text_on_something_else() -> None:
    rng = Random(4)
    pairs = []
    for text, other in zip(TEXTS, TEXTS[7:] + TEXTS[:7], strict=True):
        inside = clauses(other)
        passage = "".join(clauses(text)[1:3])
        inside.insert(rng.randrange(len(inside)), passage)
        pairs.append((text, "".join(inside)))
    found = overlaps(pairs)
    assert [
        pair for pair, one in zip(pairs, found, strict=True) if len(clauses(pair[0])[1]) > 12 and not one.flag
    ] == []


@pytest.mark.parametrize("kind", ["other field", "same field", "two work plans, shared stock phrases"])
def test_strangers_are_not_flagged(kind: str) -> None:
    pairs = unrelated()[kind]
    known = known_texts([BOILERPLATE])
    assert [pair for pair, one in zip(pairs, overlaps(pairs, known=known), strict=True) if one.flag] == []


# The score


def test_a_term_repeated_in_two_texts_of_one_topic_is_no_passage() -> None:
    a = "大肠埃希菌甲，大肠埃希菌乙，大肠埃希菌丙，大肠埃希菌丁，大肠埃希菌戊。" + FIRST
    b = "子大肠埃希菌，丑大肠埃希菌，寅大肠埃希菌，卯大肠埃希菌，辰大肠埃希菌。" + SECOND
    assert overlap(a, b).score < FLAG


def test_one_shared_term_does_not_flag_two_titles() -> None:
    assert not overlap("我们研究大肠埃希菌的分布情况和变化规律", "本项目调查某医院大肠埃希菌耐药").flag
    assert not overlap("“科创中国”钠电池科技服务团", "“科创中国”机器人科技服务团").flag
    assert overlap("钠离子电池负极材料低温衰减", "钠离子电池负极材料的低温衰减问题").flag


# What is known


def test_a_known_sentence_leaves_the_score_of_what_is_beside_it() -> None:
    sentence = "项目须于明年三月底前完成全部考核指标。"
    a, b = FIRST + sentence, "项目须于明年三月底前，完成全部考核指标" + SECOND
    found, plain = overlap(a, b, known_texts([sentence])), overlap(FIRST, SECOND)
    assert (found.score, found.share) == (plain.score, plain.share)


# For all texts

PIECES = [
    *clauses(FIRST)[:4],
    *clauses(SECOND)[:3],
    *clauses(BOILERPLATE),
    *STOCK[:4],
    "㎡",
    "ﷺ",
    "ß",
    "é",
    "①",
    "Ａ",
    "a",
]
texts = st.lists(st.sampled_from(PIECES) | st.text("甲乙aＡ㎡ﬃ１1，。 \n\0𠀀", max_size=12), max_size=10).map("".join)
knowns = st.lists(texts, max_size=2).map(known_texts) | st.just(NOTHING)
often = settings(deadline=None, database=None, max_examples=60)


@often
@given(a=texts, b=texts, known=knowns)
def test_the_order_of_the_two_texts_does_not_matter(a: str, b: str, known: KnownTexts) -> None:
    there, back = overlap(a, b, known), overlap(b, a, known)
    assert (there.score, there.flag) == (back.score, back.flag)
    assert there.spans == tuple(sorted((i, j, k, m) for k, m, i, j in back.spans))
    assert 0.0 <= there.score <= 1.0


@often
@given(a=texts, b=texts, known=knowns)
def test_passages_are_equal_sorted_and_never_overlap(a: str, b: str, known: KnownTexts) -> None:
    spans = overlap(a, b, known).spans
    assert [normalise(a[i:j]) for i, j, _, _ in spans] == [normalise(b[k:m]) for _, _, k, m in spans]
    for places, text in (([s[:2] for s in spans], a), (sorted(s[2:] for s in spans), b)):
        borders = [0, *(border for place in places for border in place), len(text)]
        assert borders == sorted(borders)


@often
@given(a=texts, b=texts, others=st.lists(texts, max_size=3))
def test_a_naive_second_program_gives_the_same_score(a: str, b: str, others: list[str]) -> None:
    pairs = [(a, b), *((other, b) for other in others)]
    assert [one.score for one in overlaps(pairs)] == [
        overlap_naive.score(x, y, {text for pair in pairs for text in pair}) for x, y in pairs
    ]


@often
@given(pairs=st.lists(st.tuples(texts, texts), min_size=1, max_size=4), seed=st.integers(0, 99))
def test_the_order_of_the_pairs_does_not_matter(pairs: list[tuple[str, str]], seed: int) -> None:
    order = Random(seed).sample(range(len(pairs)), len(pairs))
    found = overlaps(pairs)
    assert overlaps([pairs[i] for i in order]) == [found[i] for i in order]


@often
@given(given_texts=st.lists(st.text(max_size=30), max_size=5))
def test_folding_many_texts_is_folding_each(given_texts: list[str]) -> None:
    folded = fold(given_texts)
    assert ["".join(map(chr, folded.text(i).tolist())) for i in range(len(folded))] == list(map(normalise, given_texts))
    for i, text in enumerate(given_texts):
        assert "".join(normalise(text[at]) for at in np.unique(folded.where(i)).tolist()) == normalise(text)


@often
@given(known=st.lists(texts, min_size=1, max_size=3), text=texts)
def test_no_known_passage_is_left(known: list[str], text: str) -> None:
    folded = fold([text])
    mask = known_mask(folded, known_texts(known))
    left = "".join(
        "\0" if hidden else chr(code) for code, hidden in zip(folded.codes.tolist(), mask.tolist(), strict=True)
    )
    for one in map(normalise, known):
        runs = [one[i : i + 6] for i in range(len(one) - 5)] if len(one) >= 6 else [one] if len(one) >= 2 else []
        assert [run for run in runs if run in left] == []


def test_numbers_of_runs_are_the_same_on_every_machine() -> None:
    assert grams(fold(["钠离子电池"]).codes, 4).tolist() == [14569934657460599309, 13196354454120166469]


# Hostile input


@pytest.mark.parametrize(
    ("a", "b", "score"),
    [
        ("a" * 250_000, "a" * 249_999, 1.0),
        ("ﷺ" * 200_000, "ﷺ" * 190_000, 1.0),
        ("".join(Random(1).choices("甲乙", k=20_000)), "".join(Random(2).choices("甲乙", k=20_000)), 1.0),
    ],
    ids=["one letter", "signs that fold to many", "two letters at random"],
)
def test_hostile_texts_are_answered(a: str, b: str, score: float) -> None:
    assert overlap(a, b).score == score


def test_no_more_than_the_bound_is_read() -> None:
    assert len(fold(["ﷺ" * LONGEST]).codes) == LONGEST
