"""Suspicious pairs of a corpus, and the index of all earlier texts."""

from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.matching.edits import BOILERPLATE, EDITS, TEXTS, clauses, mixed_in, moved, reworded

from ketuan.matching.overlapping.candidates import very_many
from ketuan.matching.overlapping.corpus import LISTED, suspicious
from ketuan.matching.overlapping.index import Index
from ketuan.matching.overlapping.known import NOTHING, KnownTexts, known_texts
from ketuan.matching.overlapping.rarity import Rarity

SENTENCES = [clause for text in TEXTS for clause in clauses(text)]


def applications() -> dict[str, str]:
    """Thirty, two texts each but for the last, all with the same boilerplate; no text stands in two."""
    return {f"{i:02}": TEXTS[i] + "\n" + BOILERPLATE for i in range(len(TEXTS))}


def pairs(texts: dict[str, str], **options: KnownTexts) -> list[tuple[str, str]]:
    return [(found.a, found.b) for found in suspicious(texts, **options) if found.flag]


def test_thirty_applications_that_share_only_boilerplate_are_not_suspicious() -> None:
    assert pairs(applications()) == []


def test_nothing_is_marked_that_very_many_texts_share() -> None:
    texts = applications() | {"copy": TEXTS[3] + BOILERPLATE}
    (found,) = (one for one in suspicious(texts) if one.flag)
    assert [texts[found.b][k:m] for *_, k, m in found.spans if m > len(TEXTS[3])] == []


@pytest.mark.parametrize("kind", EDITS)
def test_a_copied_text_is_found_among_thirty(kind: str) -> None:
    rng = Random(kind)
    found = []
    for number in range(0, len(TEXTS), 6):
        copy = EDITS[kind](TEXTS[number], TEXTS[number - 8], rng) + BOILERPLATE
        texts = applications() | {"copy": copy}
        if TEXTS[number - 8][:5] in copy:  # foreign clauses stand in the corpus as well
            del texts[f"{(number - 8) % len(TEXTS):02}"]
        found.append((f"{number:02}", "copy") in pairs(texts))
    assert found == [True] * len(found)


def test_known_sentences_are_no_copies_even_if_few_texts_have_them() -> None:
    texts = {"甲": TEXTS[0] + BOILERPLATE * 2, "乙": TEXTS[9] + BOILERPLATE}
    assert pairs(texts) == [("乙", "甲")]
    assert suspicious(texts, known=known_texts([BOILERPLATE])) == []


def ring(size: int) -> dict[str, str]:
    """The same text under many names, each with another number in it; beside thirty others."""
    return applications() | {f"ring{i:02}": f"共{i * 37}家企业。{TEXTS[0]}{TEXTS[9]}" for i in range(size)}


@pytest.mark.parametrize("size", [3, 9, 12, 25])
def test_a_whole_text_handed_in_by_many_is_a_copy_though_so_many_have_it(size: int) -> None:
    texts = {name: text for name, text in ring(size).items() if name not in ("00", "09")}
    names = [name for name in texts if name.startswith("ring")]
    assert sorted(pairs(texts)) == [(a, b) for a in names for b in names if a < b]


def test_a_whole_text_of_known_sentences_is_no_copy_however_many_have_it() -> None:
    texts = applications() | {f"same{i:02}": BOILERPLATE * 2 for i in range(12)}
    assert {a[:4] for a, _ in pairs(texts)} == {"same"}
    assert pairs(texts, known=known_texts([BOILERPLATE])) == []


def test_ten_texts_make_a_sentence_nobodys_own_in_a_small_corpus_and_one_in_a_hundred_in_a_large() -> None:
    assert [very_many(n) for n in (2, 100, 1_000, 1_001, 1_500)] == [10, 10, 10, 11, 15]


@pytest.mark.parametrize("texts", [{}, {"a": ""}, {"a": "", "b": ""}, {"a": "，。", "b": "钠"}, {"a": TEXTS[0]}])
def test_small_corpora_are_answered(texts: dict[str, str]) -> None:
    assert suspicious(texts) == []


def test_hostile_corpora_are_answered() -> None:
    texts = {str(i): "甲" * (2_000 + i) for i in range(60)} | {f"r{i}": "甲乙丙丁戊" * 300 for i in range(5)}
    assert suspicious(texts) == [one for one in suspicious(texts) if one.a[0] == one.b[0] == "r"]


# Invariances and the index

documents = st.lists(
    st.lists(st.sampled_from(SENTENCES[:24]), min_size=1, max_size=8).map("".join), min_size=2, max_size=9
)
often = settings(deadline=None, database=None, max_examples=25)


@often
@given(texts=documents, seed=st.integers(0, 99))
def test_the_order_of_the_texts_does_not_matter(texts: list[str], seed: int) -> None:
    rows = [(f"{i}", text) for i, text in enumerate(texts)]
    assert suspicious(dict(Random(seed).sample(rows, len(rows)))) == suspicious(dict(rows))


@often
@given(texts=documents)
def test_other_names_give_the_same_pairs_under_those_names(texts: list[str]) -> None:
    plain = {f"{i}": text for i, text in enumerate(texts)}
    named = {f"学会{i}": text for i, text in enumerate(texts)}
    renamed = [(f"学会{one.a}", f"学会{one.b}", one.score, one.spans) for one in suspicious(plain)]
    assert [(one.a, one.b, one.score, one.spans) for one in suspicious(named)] == renamed


def answers(index: Index, texts: dict[str, str]) -> dict[tuple[str, str], float]:
    return {(name, one.id): one.score for name in texts for one in index.like(texts[name], top=99, but=name)}


@often
@given(texts=documents)
def test_the_index_gives_the_scores_of_the_corpus(texts: list[str]) -> None:
    rows = {f"{i}": text for i, text in enumerate(texts)}
    index = Index()
    index.add(rows)
    both = {(x, y): one.score for one in suspicious(rows) for x, y in ((one.a, one.b), (one.b, one.a))}
    assert answers(index, rows) == both


@often
@given(texts=documents, more=documents, seed=st.integers(0, 99))
def test_adding_one_by_one_and_removing_is_building_anew(texts: list[str], more: list[str], seed: int) -> None:
    keep = {f"{i}": text for i, text in enumerate(texts)}
    drop = {f"x{i}": text for i, text in enumerate(more)}
    index, fresh = Index(), Index()
    fresh.add(keep)
    for name in Random(seed).sample(sorted(keep | drop), len(keep | drop)):
        index.add({name: (keep | drop)[name]})
    index.remove(drop)
    assert answers(index, keep) == answers(fresh, keep)
    assert (len(index), index._rarity.texts) == (len(keep), len(keep))
    assert np.array_equal(index._rarity.having, fresh._rarity.having)


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    index = Index(known_texts([BOILERPLATE, "蹲点"]))
    index.add(applications())
    index.remove(["03"])
    index.save(tmp_path / "texts.npz")
    again = Index.load(tmp_path / "texts.npz")
    assert answers(again, applications()) == answers(index, applications())
    assert ("03" in again, "04" in again, len(again)) == (False, True, 29)
    again.add({"03": TEXTS[3]})
    assert [one.id for one in again.like(TEXTS[3])] == ["03"]


def test_what_is_no_index_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "other.npz", numbers=np.arange(3))
    (tmp_path / "text.npz").write_text("不是索引")
    (tmp_path / "torn.npz").write_bytes((tmp_path / "other.npz").read_bytes()[:200])
    (tmp_path / "empty.npz").write_bytes(b"")
    for name in ("other", "text", "torn", "empty"):
        with pytest.raises(ValueError, match="不是查重索引"):
            Index.load(tmp_path / f"{name}.npz")


def test_an_id_stands_once_in_an_index_and_only_what_is_there_can_go() -> None:
    index = Index()
    index.add({"a": TEXTS[0]})
    with pytest.raises(ValueError, match="编号“a”已在索引中"):
        index.add({"b": TEXTS[1], "a": TEXTS[2]})
    with pytest.raises(KeyError):
        index.remove(["a", "b"])
    assert (len(index), "b" in index) == (1, False)
    index.remove(["a"])
    assert (len(index), index.like(TEXTS[0])) == (0, [])


def test_the_nearest_come_first_with_the_marked_passages() -> None:
    rng = Random(5)
    index = Index()
    index.add(applications())
    asked = mixed_in(moved(reworded(TEXTS[5], 0.15, rng), rng), TEXTS[20], 0.2, rng)
    found = index.like(asked)
    assert found[0].id == "05"
    assert all(asked[i:j] for i, j, _, _ in found[0].spans)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert list(index.like(asked, top=1)) == found[:1]
    assert [one for one in found if one.score < LISTED] == []


def test_counts_of_texts_go_up_and_down_alike() -> None:
    rarity, folded = Rarity(), Index(NOTHING)._folded(TEXTS[:4])
    before = rarity.having.copy()
    rarity.add(folded)
    assert int(rarity.having.max()) >= 4
    rarity.remove(folded)
    assert (rarity.texts, np.array_equal(rarity.having, before)) == (0, True)
