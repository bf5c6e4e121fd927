"""Files of indexes and of sentence vectors; answers by meaning, with a made-up model."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ketuan.matching.ranking import stored, vectors
from ketuan.matching.ranking.index import Index, Record
from ketuan.matching.ranking.search import Searcher

RECORDS = [
    Record("甲", ("航空发动机叶片", "高温合金"), known=(("province", "浙江"),)),
    Record(7, ("轴承 GH4169",), ("paper",)),
    Record("空", ()),
]


class Made:
    """A model without sense: the same vector for the same text. Those of one `group` are the same."""

    name = "made"

    def __init__(self, group: Sequence[str] = ()) -> None:
        self.group, self.read = group, 0

    def query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.array([self._of(text) for text in texts], dtype=np.float32)

    def passage(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.read += len(texts)
        return self.query(texts)

    def _of(self, text: str) -> NDArray[np.float64]:
        seed = hashlib.sha256(("" if text in self.group else text).encode()).digest()
        row = np.frombuffer(seed, dtype=np.uint8) / 255 - 0.5
        row = row.astype(np.float64)
        return row / np.linalg.norm(row)


def test_an_index_from_a_file_gives_the_same_answers_bit_by_bit(tmp_path: Path) -> None:
    index = Index.of(RECORDS)
    stored.write(index, tmp_path / "index")
    again = stored.load(tmp_path / "index")
    assert again.records() == index.records()
    for query in ("叶片", "高温合金轴承", "gh4169"):
        assert Searcher(again).search(query) == Searcher(index).search(query)
    more = Record("乙", ("轴承",))
    assert Searcher(again.add([more])).search("轴承") == Searcher(Index.of([*RECORDS, more])).search("轴承")
    stored.write(again, tmp_path / "twice")
    assert (tmp_path / "twice").read_bytes() == (tmp_path / "index").read_bytes()


def test_a_changed_or_cut_file_is_refused(tmp_path: Path) -> None:
    stored.write(Index.of(RECORDS), tmp_path / "index")
    good = (tmp_path / "index").read_bytes()
    for at in range(0, len(good), 37):
        (tmp_path / "index").write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(stored.NoIndex):
            stored.load(tmp_path / "index")
        (tmp_path / "index").write_bytes(good[:at])
        with pytest.raises(stored.NoIndex):
            stored.load(tmp_path / "index")
    (tmp_path / "index").write_bytes(good.replace(b"ketuan-ranking 2", b"ketuan-ranking 9", 1))
    with pytest.raises(stored.NoIndex, match="版本是 9"):
        stored.load(tmp_path / "index")


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored.write(Index.of(RECORDS), tmp_path / "index")
    before = (tmp_path / "index").read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="No space"):
        stored.write(Index.of([]), tmp_path / "index")
    assert [path.name for path in tmp_path.iterdir()] == ["index"]
    assert (tmp_path / "index").read_bytes() == before


def test_vectors_are_computed_once(tmp_path: Path) -> None:
    model = Made()
    first = vectors.computed(["甲", "乙", "甲", " "], model)
    assert model.read == 2
    vectors.write(first, tmp_path / "v.npz")
    again = vectors.computed(["甲", "丙"], model, vectors.load(tmp_path / "v.npz"))
    assert model.read == 3
    assert len(again.digests) == 3
    assert np.array_equal(again.rows(["甲"]).row, first.rows(["甲"]).row)


def test_vectors_of_another_model_do_not_count() -> None:
    model = Made()
    other = vectors.Vectors("other", *_fields(vectors.computed(["甲"], model)))
    vectors.computed(["甲"], model, other)
    assert model.read == 2


def _fields(found: vectors.Vectors) -> tuple[NDArray[np.void], NDArray[np.int16]]:
    return found.digests, found.whole


def test_a_long_computation_is_kept_now_and_then_and_told() -> None:
    kept: list[int] = []
    told: list[tuple[int, int]] = []
    texts = [f"第 {i} 段" for i in range(300)]
    vectors.computed(
        texts, Made(), progress=lambda *at: told.append(at), keep=lambda found: kept.append(len(found.digests))
    )
    assert kept == [256, 300]
    assert told[-1] == (300, 300)


@pytest.mark.parametrize("content", [b"", b"no", b"PK\x03\x04rubbish"])
def test_a_file_of_something_else_holds_no_vectors(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "v.npz").write_bytes(content)
    with pytest.raises(vectors.NoVectors):
        vectors.load(tmp_path / "v.npz")


def test_likeness_has_the_same_bits_alone_and_among_others() -> None:
    model = Made()
    texts = [f"第 {i} 段" for i in range(500)]
    found = vectors.computed(texts, model)
    query = vectors.whole(model.query(["问"]))[0]
    together = found.rows(texts).likeness(query)
    assert together.tolist() == [float(found.rows([text]).likeness(query)[0]) for text in texts]
    exact = model.query(texts) @ model.query(["问"])[0]
    assert np.abs(together - exact).max() < 1e-3


def test_meaning_finds_what_has_no_word_in_common() -> None:
    model = Made(group=("断了腿", "骨折"))
    index = Index.of([Record("a", ("水泥", "骨折")), Record("b", ("断水",)), Record("c", ("轴承",))])
    rows = vectors.computed(["水泥", "骨折", "断水", "轴承"], model).rows(["水泥", "骨折", "断水", "轴承"])
    query = vectors.whole(model.query(["断了腿"]))[0]
    found = Searcher(index, meaning=rows).search("断了腿", vector=query)
    assert found.ids[0] == "a"
    assert (found.whys[0].nearest, found.whys[0].likeness) == (1, pytest.approx(1.0))
    assert list(found.scores) == sorted(found.scores, reverse=True)
    assert Searcher(index, meaning=rows).search("断了腿").ids == ("b",)
    only = Searcher(index, meaning=rows).search("断了腿", vector=query, filters={"": np.array([False, True, True])})
    assert "a" not in only.ids
