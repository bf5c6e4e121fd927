"""What `ketuan.matching.likeness` says of copies, of independent texts, of known sentences and of hostile input."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.edits import (
    BOILERPLATE,
    EDITS,
    HINTS,
    TEXTS,
    clauses,
    edited,
    far_titles,
    moved,
    near_titles,
    scores,
    table,
    unrelated,
)

from ketuan.matching import likeness
from ketuan.matching.likeness import (
    MOST,
    NEAR_COPY,
    NEAR_TITLE,
    NOTHING,
    SPAN,
    STOCK,
    Likeness,
    compare,
    known_of,
    normalise,
)

FIRST, SECOND = TEXTS[0], TEXTS[6]


def shared(a: str, b: str, **options: likeness.Known) -> list[tuple[str, str]]:
    """The passages themselves."""
    return [(a[i:j], b[k:m]) for i, j, k, m in compare(a, b, **options).spans]


# Copies and independent texts


@pytest.mark.parametrize("kind", EDITS)
def test_a_copy_edited_in_any_of_the_usual_ways_is_a_near_copy(kind: str) -> None:
    assert [pair for pair in edited(kind) if compare(*pair).score < NEAR_COPY] == []


@pytest.mark.parametrize("kind", unrelated())
def test_independent_texts_are_no_near_copies_even_if_nothing_is_known(kind: str) -> None:
    assert [pair for pair in unrelated()[kind] if compare(*pair).score >= NEAR_COPY] == []


def test_the_deliverables_list_does_not_count_at_all_once_it_is_known() -> None:
    assert set(scores(unrelated()["same field, deliverables list in both"], HINTS)) == {0.0}


def test_titles_are_told_apart() -> None:
    assert [pair for pair in near_titles() if compare(*pair).score < NEAR_TITLE] == []
    assert [pair for pair in far_titles() if compare(*pair).score >= NEAR_TITLE] == []


def test_the_two_titles_of_the_brief() -> None:
    title = "钠离子电池负极材料低温衰减"
    assert compare(title, "钠离子电池负极材料的低温衰减问题").score == 1.0
    assert round(compare(title, "锂离子电池回收工艺").score, 2) == 0.44


def test_the_words_of_the_programme_do_not_make_two_titles_alike() -> None:
    assert round(compare("“科创中国”钠电池科技服务团", "“科创中国”机器人科技服务团").score, 2) == 0.23


def test_the_table_in_the_docstring_is_what_the_code_gives() -> None:
    assert [line for line in table() if line not in (likeness.__doc__ or "").splitlines()] == []


# The score


@pytest.mark.parametrize("text", [FIRST, "钠", "A", "技术交流对接", "①", BOILERPLATE])
def test_a_text_is_wholly_found_in_itself(text: str) -> None:
    assert compare(text, text).score == 1.0


@pytest.mark.parametrize("empty", ["", "  \n\t　", "，。；！“”——…", "\0\0\0\0\0\0\0\0"])
def test_an_empty_text_shares_nothing(empty: str) -> None:
    nothing = Likeness(0.0, ())
    assert [compare(empty, FIRST), compare(FIRST, empty), compare(empty, empty)] == [nothing] * 3


def test_marks_blanks_width_and_case_make_no_difference() -> None:
    assert compare("采用ABC-12型传感器，误差≤3％", "采用 ａｂｃ１２ 型传感器:误差3%") == Likeness(
        1.0, ((0, 17, 0, 17),)
    )


def test_a_part_of_a_long_text_is_found_in_the_whole() -> None:
    assert compare(clauses(FIRST)[2] + clauses(FIRST)[3], SECOND + FIRST + TEXTS[20]).score == 1.0


def test_half_a_copy_scores_its_share() -> None:
    half, rest = "甲乙丙丁戊己庚辛壬癸" * 3, "子丑寅卯辰巳午未申酉" * 3
    assert compare(half + rest, half + "天地玄黄宇宙洪荒日月盈昃" * 3).score == 0.5


def test_short_runs_far_from_any_other_do_not_count() -> None:
    around = "子丑寅卯辰巳午未申酉戌亥"
    other = "天地玄黄宇宙洪荒日月盈昃"
    assert compare(around * 6 + "离子电池" + around * 6, other * 7 + "离子电池" + other * 6) == Likeness(0.0, ())


# The passages


def test_moved_sentences_are_found_where_they_went() -> None:
    a = "主轴热伸长造成误差。冷却套流道为直槽结构！"
    b = "冷却套的流道为直槽结构；主轴热伸长，造成误差"
    assert shared(a, b) == [("主轴热伸长造成误差", "主轴热伸长，造成误差"), ("流道为直槽结构", "流道为直槽结构")]


def test_a_passage_that_stands_twice_in_the_other_text_is_shown_once() -> None:
    assert shared("低温界面膜成分检测", "低温界面膜成分检测，又：低温界面膜成分检测") == [("低温界面膜成分检测",) * 2]


def test_a_passage_may_not_cut_a_character_in_two() -> None:
    assert shared("建设面积约三百㎡", "建设面积约三百m") == [("建设面积约三百",) * 2]
    assert shared("建设面积约三百㎡", "建设面积约三百m²") == [("建设面积约三百㎡", "建设面积约三百m²")]
    assert shared("㎡建设面积约三百", "2建设面积约三百") == [("建设面积约三百",) * 2]


def test_stock_words_alone_are_no_passage() -> None:
    assert compare("先开展技术交流对接、联合攻关，", "再组织技术交流对接联合攻关").spans == ()


def test_the_longer_of_two_passages_that_overlap_is_kept_whole() -> None:
    assert shared("一二三四五六七八九十", "三四五六七八九十，一二三四五六") == [("三四五六七八九十",) * 2]


def test_of_two_passages_that_overlap_the_shorter_keeps_what_is_left_of_it() -> None:
    a = "一二三四五六七八九十甲乙丙丁戊己庚"
    assert shared(a, "五六七八九十甲乙丙丁戊己庚。一二三四五六七八九十") == [
        ("五六七八九十甲乙丙丁戊己庚",) * 2,
    ]
    assert shared(a, "七八九十甲乙丙丁戊己庚。一二三四五六七八九") == [
        ("一二三四五六",) * 2,
        ("七八九十甲乙丙丁戊己庚",) * 2,
    ]


def test_the_longest_of_several_places_is_chosen() -> None:
    a, b = "低温界面膜成分检测方法", "低温界面膜成分，低温界面膜成分检测，低温界面膜成分检测方法的选择"
    assert compare(a, b).spans == ((0, 11, 18, 29),)
    before = "".join(TEXTS[10:15])
    at = len(before) + 18
    assert compare(a, before + b).spans == ((0, 11, at, at + 11),)


# What is known


def test_a_known_sentence_counts_neither_in_the_score_nor_as_a_passage() -> None:
    known = known_of(["项目须于明年三月底前完成全部考核指标。"])
    a, b = FIRST + "项目须于明年三月底前完成全部考核指标。", "项目须于明年三月底前，完成全部考核指标" + SECOND
    assert compare(a, b, known=known) == Likeness(0.0, ())
    assert [size for size, *_ in shared(a, b)] == ["项目须于明年三月底前完成全部考核指标"]


def test_a_text_of_known_sentences_only_scores_nothing() -> None:
    assert compare(BOILERPLATE, BOILERPLATE, known=known_of([BOILERPLATE])) == Likeness(0.0, ())


def test_a_number_changed_in_a_known_sentence_does_not_make_it_a_copy() -> None:
    known = known_of(["每个服务团蹲点累计不少于60天，提交满意度评价报告1份"])
    for text in (
        "每个服务团蹲点累计不少于90天，提交满意度评价报告1份",
        "（二）每个服务团蹲点累计不少于60天，提交满意度评价报告3份",
    ):
        assert compare(text, text, known=known) == Likeness(0.0, ())


def test_a_known_phrase_divides_the_passage_it_stands_in() -> None:
    text = "硬碳负极析钠检测蹲点建立低温评价方法"
    assert compare(text, text, known=known_of(["蹲点"])) == Likeness(1.0, ((0, 8, 0, 8), (10, 18, 10, 18)))


def test_a_single_known_character_is_ignored() -> None:
    assert known_of(["的", "，", ""]) == NOTHING


def test_what_is_not_known_counts_as_before() -> None:
    assert compare(FIRST, FIRST, known=known_of([SECOND])) == compare(FIRST, FIRST)


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
texts = st.lists(st.sampled_from(PIECES) | st.text("甲乙aＡ㎡ﬃ１1，。 \n\0𠀀", max_size=12), max_size=12).map("".join)
knowns = st.lists(texts, max_size=2).map(known_of) | st.just(NOTHING)
often = settings(deadline=None, database=None, max_examples=300)


@often
@given(a=texts, b=texts, known=knowns)
def test_the_order_of_the_two_texts_does_not_matter(a: str, b: str, known: likeness.Known) -> None:
    there, back = compare(a, b, known=known), compare(b, a, known=known)
    assert there.score == back.score
    assert there.spans == tuple(sorted((i, j, k, m) for k, m, i, j in back.spans))
    assert 0.0 <= there.score <= 1.0


@often
@given(a=texts, b=texts, known=knowns)
def test_passages_are_equal_sorted_long_enough_and_never_overlap(a: str, b: str, known: likeness.Known) -> None:
    spans = compare(a, b, known=known).spans
    assert [normalise(a[i:j]) for i, j, _, _ in spans] == [normalise(b[k:m]) for _, _, k, m in spans]
    assert [span for span in spans if len(normalise(a[span[0] : span[1]])) < SPAN] == []
    in_a, in_b = [span[:2] for span in spans], sorted(span[2:] for span in spans)
    for places, text in ((in_a, a), (in_b, b)):
        borders = [0, *(border for place in places for border in place), len(text)]
        assert borders == sorted(borders)


@often
@given(a=texts, known=knowns, b=texts)
def test_no_passage_holds_anything_known(a: str, b: str, known: likeness.Known) -> None:
    folded = [normalise(a[i:j]) for i, j, _, _ in compare(a, b, known=known).spans]
    assert [text for text in folded for piece in known.passages | known.phrases if piece in text] == []


@often
@given(seed=st.integers(0, 10_000), text=st.sampled_from(TEXTS))
def test_the_order_of_the_sentences_does_not_matter(seed: int, text: str) -> None:
    pieces = [piece for piece in clauses(text) if len(normalise(piece)) >= 4]
    assert compare("".join(pieces), moved("".join(pieces), Random(seed))).score == 1.0


@often
@given(given_texts=st.lists(texts, max_size=4))
def test_the_order_of_the_known_texts_does_not_matter(given_texts: list[str]) -> None:
    assert known_of(given_texts) == known_of(reversed(given_texts))


@often
@given(a=st.text(), b=st.text())
def test_folding_goes_character_by_character_and_twice_is_once(a: str, b: str) -> None:
    assert normalise(a + b) == normalise(a) + normalise(b)
    assert normalise(normalise(a)) == normalise(a)


# Hostile input


def test_one_letter_over_and_over_is_answered() -> None:
    assert compare("a" * 200_000, "a" * 199_999) == Likeness(1.0, ((0, MOST, 0, MOST),))
    assert compare("a" * 15_000, "a" * 14_999) == Likeness(1.0, ((0, 14_999, 0, 14_999),))


def test_two_letters_at_random_are_answered() -> None:
    rng = Random(1)
    a, b = ("".join(rng.choices("甲乙", k=200_000)) for _ in range(2))
    assert compare(a, b).score == 1.0


def test_signs_that_fold_to_many_letters_are_cut_at_the_same_bound() -> None:
    found = compare("ﷺ" * 200_000, "ﷺ" * 190_000)
    assert (found.score, len(found.spans)) == (1.0, 1)
