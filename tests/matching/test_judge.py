"""What `Judge` says of copies, of independent texts, of known sentences and of hostile input."""

import subprocess
import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.edits import (
    BOILERPLATE,
    EDITS,
    HINTS,
    JUDGE,
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

from ketuan.matching.overlapping import judge as judge_module
from ketuan.matching.overlapping.evidence import FLAG, FLAG_TITLE
from ketuan.matching.overlapping.folding import fold, folded_alone, origins
from ketuan.matching.overlapping.judge import MOST, Judge
from ketuan.matching.overlapping.letters import SPAN, STOCK, normalise
from ketuan.matching.overlapping.pairs import NO_OVERLAP, Overlap
from ketuan.rules.call import load

CALL = load("2024").likeness
FIRST, SECOND = TEXTS[0], TEXTS[6]


def shared(a: str, b: str, judge: Judge = JUDGE) -> list[tuple[str, str]]:
    """The passages themselves."""
    return [(a[i:j], b[k:m]) for i, j, k, m in judge(a, b).spans]


# Copies and independent texts

HARDEST = ("50 % replaced", "15 % swapped, moved, 30 % replaced")


@pytest.mark.parametrize("kind", EDITS)
def test_a_copy_edited_in_any_of_the_usual_ways_is_flagged(kind: str) -> None:
    assert [pair for pair in edited(kind) if not JUDGE(*pair).flag] == []


@pytest.mark.parametrize("kind", [kind for kind in EDITS if kind not in HARDEST])
def test_the_call_asks_for_no_more_than_an_edited_copy_has(kind: str) -> None:
    asked = (CALL.near_copy_content.value, CALL.near_copy_problem.value)
    assert [pair for pair in edited(kind) if JUDGE(*pair).score < max(asked)] == []


def test_of_copies_with_half_of_the_text_replaced_the_call_finds_most() -> None:
    asked = CALL.near_copy_content.value
    found = [sum(JUDGE(*pair).score >= asked for pair in edited(kind)) for kind in HARDEST]
    assert found == [108, 58]


@pytest.mark.parametrize("kind", unrelated())
def test_independent_texts_are_far_from_what_the_call_asks_even_if_nothing_is_known(kind: str) -> None:
    assert max(scores(unrelated()[kind])) < min(CALL.near_copy_content.value, CALL.near_copy_problem.value) - 0.25


@pytest.mark.parametrize("kind", ["same field", "same field, deliverables list in both"])
def test_independent_texts_are_not_flagged_once_the_deliverables_are_known(kind: str) -> None:
    assert max(scores(unrelated()[kind], HINTS)) < FLAG


def test_titles_are_told_apart() -> None:
    assert CALL.near_title.value == FLAG_TITLE
    assert [pair for pair in near_titles() if not JUDGE(*pair).flag] == []
    assert [pair for pair in far_titles() if JUDGE(*pair).flag] == []


def test_two_titles_of_one_matter_and_of_two() -> None:
    title = "钠离子电池负极材料低温衰减"
    assert JUDGE(title, "钠离子电池负极材料的低温衰减问题").score == 1.0
    assert round(JUDGE(title, "锂离子电池回收工艺").score, 2) == 0.44


def test_the_words_of_the_programme_do_not_make_two_titles_alike() -> None:
    assert round(JUDGE("“科创中国”钠电池科技服务团", "“科创中国”机器人科技服务团").score, 2) == 0.52


def test_the_table_in_the_docstring_is_what_the_code_gives() -> None:
    assert [line for line in table() if line not in (judge_module.__doc__ or "").splitlines()] == []


# The score and the share


@pytest.mark.parametrize("text", [FIRST, "钠", "A", "技术交流对接", "①", BOILERPLATE])
def test_a_text_is_wholly_found_in_itself(text: str) -> None:
    assert (JUDGE(text, text).score, JUDGE(text, text).share) == (1.0, 1.0)
    assert Judge(least=0.9)(text, text) == JUDGE(text, text)


@pytest.mark.parametrize("empty", ["", "  \n\t　", "，。；！“”——…", "\0\0\0\0\0\0\0\0"])
def test_an_empty_text_shares_nothing(empty: str) -> None:
    assert [JUDGE(empty, FIRST), JUDGE(FIRST, empty), JUDGE(empty, empty)] == [NO_OVERLAP] * 3


def test_marks_blanks_width_and_case_make_no_difference() -> None:
    assert JUDGE("采用ABC-12型传感器，误差≤3％", "采用 ａｂｃ１２ 型传感器:误差3%") == Overlap(
        1.0, 1.0, True, ((0, 17, 0, 17),)
    )


def test_the_share_is_that_of_the_shorter_text_whichever_comes_first() -> None:
    half, rest = "甲乙丙丁戊己庚辛壬癸" * 3, "子丑寅卯辰巳午未申酉" * 3
    other = half + "天地玄黄宇宙洪荒日月盈昃" * 3
    assert (JUDGE(half + rest, other).share, JUDGE(other, half + rest).share) == (0.5, 0.5)
    assert JUDGE(half + rest, "，".join(other)).share == 0.5


def test_a_part_of_a_long_text_is_found_in_the_whole() -> None:
    found = JUDGE(clauses(FIRST)[2] + clauses(FIRST)[3], SECOND + FIRST + TEXTS[20])
    assert (found.score > 0.9, found.share) == (True, 1.0)


def test_the_answer_for_two_texts_does_not_depend_on_those_asked_about_before() -> None:
    judge = Judge()
    pairs = [pair for kind in list(EDITS)[:5] for pair in edited(kind)[::9]]
    assert [judge(*pair) for pair in pairs] == [Judge()(*pair) for pair in pairs]


def test_a_judge_alone_loads_no_numpy() -> None:
    program = (
        f"import sys; sys.path[:0] = {sys.path}; from ketuan.matching.overlapping.judge import Judge; Judge(['蹲点']); "
        "print('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, check=True).stdout == b"False\n"


# The passages


def test_moved_sentences_are_found_where_they_went() -> None:
    a = "主轴热伸长造成误差。冷却套流道为直槽结构！"
    b = "冷却套的流道为直槽结构；主轴热伸长，造成误差"
    assert shared(a, b) == [
        ("主轴热伸长造成误差", "主轴热伸长，造成误差"),
        ("冷却套", "冷却套"),
        ("流道为直槽结构", "流道为直槽结构"),
    ]


def test_a_passage_that_stands_twice_in_the_other_text_is_shown_once() -> None:
    assert shared("低温界面膜成分检测", "低温界面膜成分检测，又：低温界面膜成分检测") == [("低温界面膜成分检测",) * 2]


def test_a_passage_may_not_cut_a_character_in_two() -> None:
    assert shared("建设面积约三百㎡", "建设面积约三百m") == [("建设面积约三百",) * 2]
    assert shared("建设面积约三百㎡", "建设面积约三百m²") == [("建设面积约三百㎡", "建设面积约三百m²")]
    assert shared("㎡建设面积约三百", "2建设面积约三百") == [("建设面积约三百",) * 2]


def test_stock_words_alone_are_no_passage() -> None:
    assert JUDGE("先开展技术交流对接、联合攻关，", "再组织技术交流对接联合攻关").spans == ()


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
    assert JUDGE(a, b).spans == ((0, 11, 18, 29),)
    before = "".join(TEXTS[10:15])
    at = len(before) + 18
    assert JUDGE(a, before + b).spans == ((0, 11, at, at + 11),)


# What is known


def test_a_known_sentence_counts_neither_in_the_score_nor_as_a_passage() -> None:
    known = Judge(["项目须于明年三月底前完成全部考核指标。"])
    a, b = FIRST + "项目须于明年三月底前完成全部考核指标。", "项目须于明年三月底前，完成全部考核指标" + SECOND
    assert (known(a, b).share, known(a, b).spans) == (0.0, ())
    assert known(a, b).score == JUDGE(FIRST, SECOND).score
    assert [one for one, _ in shared(a, b)] == ["项目须于明年三月底前完成全部考核指标"]


def test_a_text_of_known_sentences_only_scores_nothing() -> None:
    assert Judge([BOILERPLATE])(BOILERPLATE, BOILERPLATE) == NO_OVERLAP


def test_a_number_changed_in_a_known_sentence_does_not_make_it_a_copy() -> None:
    known = Judge(["每个服务团蹲点累计不少于60天，提交满意度评价报告1份"])
    for text in (
        "每个服务团蹲点累计不少于90天，提交满意度评价报告1份",
        "（二）每个服务团蹲点累计不少于60天，提交满意度评价报告3份",
    ):
        assert known(text, text) == NO_OVERLAP


def test_a_known_phrase_divides_the_passage_it_stands_in() -> None:
    text = "硬碳负极析钠检测蹲点建立低温评价方法"
    assert Judge(["蹲点"])(text, text) == Overlap(1.0, 1.0, True, ((0, 8, 0, 8), (10, 18, 10, 18)))


def test_a_single_known_character_is_ignored() -> None:
    assert Judge(["的", "，", ""])("铜的冶炼", "铜的冶炼").share == 1.0


def test_what_is_not_known_counts_as_before() -> None:
    assert Judge([SECOND])(FIRST, FIRST) == JUDGE(FIRST, FIRST)


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
knowns = st.lists(texts, max_size=2)
often = settings(deadline=None, database=None, max_examples=150)


@often
@given(a=texts, b=texts, known=knowns)
def test_the_order_of_the_two_texts_does_not_matter(a: str, b: str, known: list[str]) -> None:
    judge = Judge(known)
    there, back = judge(a, b), judge(b, a)
    assert (there.score, there.share, there.flag) == (back.score, back.share, back.flag)
    assert there.spans == tuple(sorted((i, j, k, m) for k, m, i, j in back.spans))
    assert 0.0 <= there.score <= 1.0
    assert 0.0 <= there.share <= 1.0


@often
@given(a=texts, b=texts, known=knowns)
def test_passages_are_equal_sorted_and_never_overlap(a: str, b: str, known: list[str]) -> None:
    spans = Judge(known)(a, b).spans
    assert [normalise(a[i:j]) for i, j, _, _ in spans] == [normalise(b[k:m]) for _, _, k, m in spans]
    in_a, in_b = [span[:2] for span in spans], sorted(span[2:] for span in spans)
    for places, text in ((in_a, a), (in_b, b)):
        borders = [0, *(border for place in places for border in place), len(text)]
        assert borders == sorted(borders)


@often
@given(a=texts, known=knowns, b=texts)
def test_no_passage_holds_anything_known(a: str, b: str, known: list[str]) -> None:
    folded = [normalise(one) for one in known]
    pieces = {one[i : i + SPAN] for one in folded for i in range(len(one) - SPAN + 1)}
    pieces |= {one for one in folded if 2 <= len(one) < SPAN}
    marked = [normalise(a[i:j]) for i, j, _, _ in Judge(known)(a, b).spans]
    assert [text for text in marked for piece in pieces if piece in text] == []


@often
@given(a=texts, b=texts, known=knowns, least=st.sampled_from([0.05, 0.3, 0.65, 1.0]))
def test_a_glance_changes_no_answer_of_the_least_score_or_more(a: str, b: str, known: list[str], least: float) -> None:
    found = Judge(known)(a, b)
    assert Judge(known, least=least)(a, b) == (found if found.score >= least else NO_OVERLAP)


@pytest.mark.parametrize("least", [0.3, 0.7])
def test_a_glance_changes_no_answer_of_real_titles_and_copies(least: float) -> None:
    judge = Judge(least=least)
    pairs = [*far_titles(), *near_titles(), *(pair for kind in EDITS for pair in edited(kind)[::7])]
    wanted = [found if found.score >= least else NO_OVERLAP for found in (JUDGE(*pair) for pair in pairs)]
    assert [judge(*pair) for pair in pairs] == wanted


@often
@given(seed=st.integers(0, 10_000), text=st.sampled_from(TEXTS))
def test_a_text_with_its_sentences_moved_is_marked_nearly_whole(seed: int, text: str) -> None:
    found = JUDGE(text, moved(text, Random(seed)))
    assert (found.score > 0.75, found.share > 0.8) == (True, True)


@often
@given(a=st.text(), b=st.text())
def test_folding_goes_character_by_character_and_twice_is_once(a: str, b: str) -> None:
    assert normalise(a + b) == normalise(a) + normalise(b)
    assert normalise(normalise(a)) == normalise(a)


@often
@given(text=st.text("甲aＡ㎡ﬃﷺ1，。 \n\0𠀀\ud800", max_size=30))
def test_a_text_folded_alone_is_folded_as_among_others(text: str) -> None:
    alone, among = folded_alone(text), fold([text])
    assert (alone.codes.tolist(), alone.starts.tolist()) == (among.codes.tolist(), among.starts.tolist())
    assert origins(text).tolist() == among.origin.tolist()


# Hostile input


def test_one_letter_over_and_over_is_answered() -> None:
    assert JUDGE("a" * 200_000, "a" * 199_999) == Overlap(1.0, 1.0, True, ((0, MOST, 0, MOST),))
    assert JUDGE("a" * 15_000, "a" * 14_999).score == 1.0


def test_two_letters_at_random_are_answered() -> None:
    rng = Random(1)
    a, b = ("".join(rng.choices("甲乙", k=200_000)) for _ in range(2))
    assert JUDGE(a, b).score == 1.0


def test_signs_that_fold_to_many_letters_are_answered() -> None:
    found = JUDGE("ﷺ" * 200_000, "ﷺ" * 190_000)
    assert (found.score, len(found.spans)) == (1.0, 1)
