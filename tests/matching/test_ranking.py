"""The index and its answers: the same from the same records, true reasons, and scores that a plain second program gives."""

from __future__ import annotations

import math
import random
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ketuan.matching.ranking import weighing
from ketuan.matching.ranking.folding import characters, fold
from ketuan.matching.ranking.index import DuplicateId, Index, Record
from ketuan.matching.ranking.search import Searcher, _highest
from ketuan.matching.ranking.terms import PAIRS, WORDS, cut, terms_of

PIECES = (
    "轴承",
    "高温合金",
    "叶片",
    "的",
    "疲劳寿命",
    "GH4169",
    "PM2.5",
    "㎡",
    "，",
    " ",
    "Ａ",
    "定向凝固",
    "水",
    "Ti-6Al-4V",
    "。",
)
TEXT = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
KNOWN = st.dictionaries(st.sampled_from(["province", "age"]), st.sampled_from("甲乙丙"), max_size=2).map(
    lambda found: tuple(sorted(found.items()))
)
RECORDS = st.dictionaries(
    st.text("abc12", min_size=1, max_size=3),
    st.tuples(st.lists(TEXT, max_size=3).map(tuple), KNOWN),
    min_size=1,
    max_size=8,
).map(lambda found: [Record(name, parts, known=known) for name, (parts, known) in found.items()])


def arrays(index: Index) -> Iterator[object]:
    yield from (index.ids, index.blob, index.names)
    singles = (index.first, index.edge, index.field, index.singles, index.common)
    posted = [getattr(view, name) for view in index.views for name in ("key", "start", "text", "count")]
    for array in (*singles, *posted):
        yield array.dtype, array.shape, array.tobytes()
    for column in index.columns:
        yield column.name, column.values, column.code.dtype, column.code.tobytes()


def answer(records: list[Record], query: str, **options: object) -> list[tuple[object, float]]:
    found = Searcher(Index.of(records)).search(query, **options)  # type: ignore[arg-type]
    return list(zip(found.ids, found.scores, strict=True))


# the same records, the same index


@settings(max_examples=25, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_count(records: list[Record], chance: random.Random) -> None:
    shuffled = chance.sample(records, len(records))
    assert list(arrays(Index.of(shuffled))) == list(arrays(Index.of(records)))


@settings(max_examples=25, deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_adding_and_removing_gives_the_index_built_afresh(records: list[Record], chance: random.Random) -> None:
    some = chance.sample(records, chance.randint(0, len(records)))
    names = {record.id for record in some}
    rest = [record for record in records if record.id not in names]
    whole = Index.of(records)
    assert list(arrays(Index.of(some).add(rest))) == list(arrays(whole))
    assert list(arrays(whole.remove(names))) == list(arrays(Index.of(rest)))
    assert list(arrays(whole.remove(names).add(some))) == list(arrays(whole))


@settings(max_examples=15, deadline=None)
@given(RECORDS)
def test_an_index_gives_its_records_back(records: list[Record]) -> None:
    found = Index.of(records).records()
    told = [(r.id, r.parts, r.known) for r in sorted(records, key=lambda r: str(r.id))]
    assert [(r.id, r.parts, tuple(sorted(r.known))) for r in found] == told


@settings(max_examples=25, deadline=None)
@given(RECORDS, TEXT)
def test_names_only_decide_between_equals(records: list[Record], query: str) -> None:
    def named(turn: bool) -> list[Record]:
        order = sorted(records, key=lambda record: str(record.id), reverse=turn)
        return [Record(f"{at:03d}", record.parts) for at, record in enumerate(order)]

    one, two = answer(named(False), query), answer(named(True), query)
    turned = [(f"{len(records) - 1 - int(str(name)):03d}", score) for name, score in two]
    assert {name: round(score, 6) for name, score in one} == {name: round(score, 6) for name, score in turned}


def test_two_records_of_one_name_are_refused() -> None:
    with pytest.raises(DuplicateId):
        Index.of([Record("1", ("甲",)), Record(1, ("乙",))])
    with pytest.raises(DuplicateId):
        Index.of([Record("1", ("甲",))]).add([Record("1", ("乙",))])


def test_fields_follow_their_parts_through_add_and_remove() -> None:
    one = Record("b", ("轴承", "叶片"), ("profile", "paper"))
    two = Record("a", ("轴承",), ("service",))
    index = Index.of([one]).add([two])
    assert index.records() == [two, one]
    assert index.remove(["a"]).names == ("paper", "profile")
    with pytest.raises(ValueError, match="2 parts but 1 fields"):
        Record("c", ("甲", "乙"), ("profile",))


# terms


def test_width_case_and_compatibility_forms_do_not_count() -> None:
    assert fold("ＧＨ４１６９㎡℃")[0] == "gh4169m2°c"
    assert list(fold("a㎡b")[1]) == [0, 1, 1, 2]
    assert answer([Record("x", ("GH4169 合金",))], "ｇｈ４１６９")[0][0] == "x"


def test_numbers_and_formulas_stay_whole() -> None:
    for whole in ("PM2.5", "Ti-6Al-4V", "GH4169", "TiO2"):
        assert len(terms_of(characters([whole]))[PAIRS].key) == 1
    assert answer([Record("x", ("PM25",))], "PM2.5") == []


def test_few_characters_are_folded_as_many_are() -> None:
    texts = ["ＧＨ４１６９㎡ 轴承\n疲劳", "", "PM2.5-x.", "\ud800龘"]
    few, many = characters(texts), characters([*texts, "水" * 9000])
    for name in ("code", "kind", "text"):
        one, two = getattr(few, name), getattr(many, name)
        assert one.dtype == two.dtype
        assert one.tolist() == two[: len(one)].tolist()


def test_terms_of_a_text_do_not_hang_on_its_neighbours() -> None:
    together = terms_of(characters(["轴承", "叶片"]))
    for view in (PAIRS, WORDS):
        apart = [terms_of(characters([text]))[view].key.tolist() for text in ("轴承", "叶片")]
        assert together[view].key.tolist() == [*apart[0], *apart[1]]


# scores


def naive(records: list[Record], query: str) -> dict[str, float]:
    """The formula of weighing.py and search.py in plain loops, for few records with one text each."""
    total: Counter[str] = Counter()
    for share, view in ((1.0, naive_pairs), (1.0, naive_words), (0.25, naive_characters)):
        texts = {str(record.id): Counter(view(fold(record.parts[0])[0])) for record in records}
        mean = sum(sum(counts.values()) for counts in texts.values()) / len(texts) or 1.0
        asked = set(view(fold(query)[0]))
        df = {term: sum(term in counts for counts in texts.values()) for term in asked}
        weight = {t: math.log(1 + (len(texts) - df[t] + 0.5) / (df[t] + 0.5)) ** 1.5 for t in asked}
        for name, counts in texts.items():
            for term in asked & set(counts):
                damp = 0.9 * (0.25 + 0.75 * sum(counts.values()) / mean)
                part = counts[term] / (counts[term] + damp)
                total[name] += share / 2.25 * weight[term] * part / sum(weight.values())
    return {name: score for name, score in total.items() if score > 0}


LETTERS = r"[a-z0-9°]+(?:[.\-][a-z0-9°]+)*"


def naive_pairs(text: str) -> list[str]:
    found: list[str] = []
    for run in re.findall(r"[一-鿿]+", text):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found + re.findall(LETTERS, text)


def naive_words(text: str) -> list[str]:
    found = [word for run in re.findall(r"[一-鿿]+", text) for word in cut(run)]
    return found + re.findall(LETTERS, text)


def naive_characters(text: str) -> list[str]:
    return re.findall(r"[一-鿿]", text)


@settings(max_examples=25, deadline=None)
@given(st.lists(TEXT, min_size=1, max_size=8), TEXT)
def test_a_plain_second_program_gives_the_same_scores(texts: list[str], query: str) -> None:
    records = [Record(f"{at}", (text,)) for at, text in enumerate(texts)]
    found = answer(records, query)
    assert {name: pytest.approx(score, rel=1e-4) for name, score in naive(records, query).items()} == dict(found)
    assert [name for name, _ in found] == [n for n, s in sorted(found, key=lambda one: (-one[1], str(one[0])))]
    assert all(0 < score <= 1 for _, score in found)


def test_the_best_text_and_the_whole_record_count_half_each() -> None:
    both = [Record("one", ("轴承疲劳", "")), Record("two", ("轴承", "疲劳")), Record("none", ("水", "泥"))]
    found = answer(both, "轴承疲劳")
    assert [name for name, _ in found] == ["one", "two"]


def test_a_field_of_weight_nought_does_not_count() -> None:
    records = [Record("a", ("轴承", "水泥"), ("paper", "profile")), Record("b", ("叶片",), ("paper",))]
    index = Index.of(records)
    assert Searcher(index, {"paper": 0.0}).search("轴承").ids == ()
    assert Searcher(index, {"paper": 0.5}).search("轴承").scores[0] == pytest.approx(
        Searcher(index).search("轴承").scores[0] / 2
    )


def test_common_terms_count_though_they_call_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(1)
    records = [
        Record(f"{i:03d}", ("".join(rng.choices(PIECES, k=6)), "".join(rng.choices(PIECES, k=3)))) for i in range(90)
    ]
    want = answer(records, "轴承的GH4169疲劳寿命")
    monkeypatch.setattr("ketuan.matching.ranking.search.COMMON", (20, 16))
    assert answer(records, "轴承的GH4169疲劳寿命") == [(name, pytest.approx(score)) for name, score in want]


def test_only_so_many_are_given_and_filters_are_told() -> None:
    records = [Record(i, ("轴承" * (i + 1),)) for i in range(9)]
    even = np.arange(9) % 2 == 0
    found = Searcher(Index.of(records)).search("轴承", top=3, filters={"偶数": even})
    assert len(found.ids) == 3
    assert all(int(name) % 2 == 0 for name in found.ids)
    assert found.filtered == (("偶数", 4),)


@settings(max_examples=25, deadline=None)
@given(RECORDS, TEXT)
def test_a_filter_takes_out_records_and_changes_no_score(records: list[Record], query: str) -> None:
    index = Index.of(records)
    mask = np.zeros(len(index), dtype=np.bool_)
    for column in index.columns:
        if column.name == "province":
            mask = column.among({"甲", "丙"})
    whole, part = Searcher(index).search(query), Searcher(index).search(query, filters={"province": mask})
    passed = {r.id for r in records if dict(r.known).get("province") in {"甲", "丙"}}
    assert list(zip(part.ids, part.scores, strict=True)) == [
        (name, pytest.approx(score)) for name, score in zip(whole.ids, whole.scores, strict=True) if name in passed
    ]
    assert part.filtered == (("province", len(records) - len(passed)),)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([1, 2, 10, 40]), st.sampled_from([3, 1000]))
def test_the_highest_are_those_that_sorting_gives(seed: int, top: int, values: int) -> None:
    chance = np.random.default_rng(seed)
    score = chance.integers(0, values, 1500) * (chance.random(1500) < chance.random()) / 7.0
    order = np.argsort(-score, kind="stable")[:top]
    assert _highest(score, top).tolist() == sorted(order[score[order] > 0].tolist())


@settings(max_examples=25, deadline=None)
@given(RECORDS)
def test_a_term_calls_its_record_by_the_text_where_it_is_worth_most(records: list[Record]) -> None:
    index = Index.of(records)
    for view in Searcher(index).views:
        postings, best = view.postings, {}
        owner = np.repeat(np.arange(len(index)), np.diff(index.first))
        for term in range(len(postings.key)):
            for pair in range(postings.start[term], postings.start[term + 1]):
                text, count = postings.text[pair], postings.count[pair : pair + 1]
                worth = float(weighing.worth(view.weight[term : term + 1], count, view.damp[text : text + 1])[0])
                known = best.get((term, owner[text]))
                if known is None or worth > known[0]:
                    best[term, owner[text]] = worth, pair
        kept = {pair for _, pair in best.values()}
        assert view.lesser.tolist() == [pair for pair in range(len(postings.text)) if pair not in kept]


@pytest.mark.parametrize("query", ["", "，。！", " \n", "龘"])
def test_a_query_without_evidence_has_no_answer(query: str) -> None:
    found = Searcher(Index.of([Record("a", ("轴承",)), Record("b", ())])).search(query)
    assert (found.ids, found.scores, found.whys) == ((), (), ())


def test_an_empty_index_answers() -> None:
    assert Searcher(Index.of([])).search("轴承").ids == ()


# reasons


@settings(max_examples=25, deadline=None)
@given(RECORDS, TEXT)
def test_reasons_are_true(records: list[Record], query: str) -> None:
    found = Searcher(Index.of(records)).search(query)
    parts = {record.id: record.parts for record in records}
    for name, why in zip(found.ids, found.whys, strict=True):
        assert sum(phrase.share for phrase in why.phrases) <= 1.0001
        assert why.nearest is not None
        assert 0 <= why.nearest < len(parts[name])
        for phrase in why.phrases:
            assert parts[name][phrase.part][phrase.at : phrase.at + len(phrase.text)] == phrase.text
            assert fold(phrase.text)[0] in fold(query)[0] or "m2" in fold(phrase.text)[0]


def test_reasons_name_the_longest_phrase_and_its_place() -> None:
    index = Index.of([Record("a", ("水泥", "研究ＧＨ4169高温合金的疲劳寿命")), Record("b", ("叶片",))])
    why = Searcher(index).search("高温合金的疲劳寿命预测").whys[0]
    assert why.phrases[0].text == "高温合金的疲劳寿命"
    assert (why.phrases[0].part, why.phrases[0].at, why.nearest) == (1, 8, 1)
    assert why.phrases[0].share == pytest.approx(1.0)


def test_inputs_are_left_as_they_were() -> None:
    records = [Record("b", ("轴承",)), Record("a", ("叶片",))]
    index = Index.of(records)
    before = list(arrays(index))
    index.add([Record("c", ("水",))])
    index.remove(["a"])
    Searcher(index).search("轴承")
    assert list(arrays(index)) == before
    assert [record.id for record in records] == ["b", "a"]


def test_hundreds_of_texts_with_one_word_keep_their_order() -> None:
    index = Index.of(Record(f"{i:04d}", ("轴承",)) for i in reversed(range(700)))
    assert Searcher(index).search("轴承", top=500).ids == tuple(f"{i:04d}" for i in range(500))
    assert np.diff(Searcher(index).search("轴承").scores).tolist() == [0.0] * 699
