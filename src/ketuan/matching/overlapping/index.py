"""What in all earlier texts is like this one? An index that grows and shrinks text by text.

Postings are 64-bit numbers, 40 bits of the run of four characters and 24 of the text, in sorted segments; a new segment
is merged with the one before it as long as that is not more than twice as large (the logarithmic method of Bentley and
Saxe 1980), so each posting is moved a few times only. A text is judged against the texts that share most of its rare
runs (`candidates.ENOUGH`, at most `JUDGED` texts), by the same rules as in a corpus: an index of the texts of a corpus
gives the scores of the corpus; only whole texts that very many have (`rings`) are not looked for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.candidates import ENOUGH, MOST_TEXTS, chosen, spread, very_many, worth
from ketuan.matching.overlapping.corpus import FLAG, LISTED
from ketuan.matching.overlapping.evidence import Prepared, score
from ketuan.matching.overlapping.folding import Folded, fold
from ketuan.matching.overlapping.known import NOTHING, KnownTexts, Mask, known_mask, without
from ketuan.matching.overlapping.passages import Span, spans
from ketuan.matching.overlapping.rarity import Rarity

_BITS = np.uint64(24)
_NUMBER = np.uint64((1 << 24) - 1)
_FORMAT = 1
JUDGED = 40
"""So many texts, those that share most rare runs, are judged in full."""

Keys = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Like:
    """`spans`: (from, to, other_from, other_to): offsets into the text asked about and into the one found."""

    id: str
    score: float
    flag: bool
    spans: tuple[Span, ...]


class Index:
    """Texts by id. `known`: what does not count in any of them."""

    def __init__(self, known: KnownTexts = NOTHING) -> None:
        self.known = known
        self._numbers: dict[str, int] = {}
        self._ids: list[str | None] = []
        self._texts: dict[str, str] = {}
        self._segments: list[Keys] = []
        self._rarity = Rarity()

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, name: str) -> bool:
        return name in self._numbers

    def add(self, texts: Mapping[str, str]) -> None:
        """Take in texts by id. Raises `ValueError`, with nothing taken in, for an id that is there already."""
        if there := sorted(texts.keys() & self._numbers.keys()):
            raise ValueError(f"编号“{there[0]}”已在索引中")
        if len(self._ids) + len(texts) > int(_NUMBER):
            self._renumber()
        names = sorted(texts)
        if not names:
            return
        first = len(self._ids)
        for number, name in enumerate(names, first):
            self._numbers[name] = number
            self._ids.append(name)
            self._texts[name] = texts[name]
        folded = self._folded([texts[name] for name in names])
        self._rarity.add(folded)
        self._push(_postings(folded, first))

    def remove(self, names: Iterable[str]) -> None:
        """Forget texts. Raises `KeyError`, with nothing forgotten, for an id that is not there."""
        gone = sorted(set(names))
        numbers = [self._numbers[name] for name in gone]
        if not gone:
            return
        self._rarity.remove(self._folded([self._texts[name] for name in gone]))
        alive = np.ones(len(self._ids), dtype=np.bool_)
        alive[numbers] = False
        kept = [segment[alive[(segment & _NUMBER).astype(np.int64)]] for segment in self._segments]
        self._segments = [segment for segment in kept if len(segment)]
        for name, number in zip(gone, numbers, strict=True):
            del self._numbers[name], self._texts[name]
            self._ids[number] = None

    def like(self, text: str, *, top: int = 10, least: float = LISTED, but: str | None = None) -> list[Like]:
        """The texts most like `text`, best first, ties by id; the one of id `but` is left out."""
        asked = self._folded([text])
        mask = self._common(asked)
        names = self._candidates(asked, mask, but)
        if not names:
            return []
        folded = self._folded([text, *(self._texts[name] for name in names)])
        folded = without(folded, self._common(folded))
        weights = self._rarity.weigh(folded.codes)
        ready = [
            Prepared(folded.codes[low:high], weights[low:high])
            for low, high in zip(folded.starts[:-1].tolist(), folded.starts[1:].tolist(), strict=True)
        ]
        values = [
            (-score(ready[0], other), name, at)
            for at, (name, other) in enumerate(zip(names, ready[1:], strict=True), 1)
        ]
        best = sorted(value for value in values if -value[0] >= least)[:top]
        return [
            Like(name, -minus, -minus >= FLAG, tuple(spans(ready[0], ready[at], folded.where(0), folded.where(at))))
            for minus, name, at in best
        ]

    def save(self, path: Path) -> None:
        """Write the index to one file (numpy's .npz); the file is replaced whole."""
        self._renumber()
        names = sorted(self._numbers)
        having = np.flatnonzero(self._rarity.having)
        texts = json.dumps([[name, self._texts[name]] for name in names]).encode()
        stored: dict[str, NDArray[Any]] = {
            "form": np.array([_FORMAT, self._rarity.texts]),
            "texts": np.frombuffer(texts, dtype=np.uint8),
            "segment": self._segments[0] if self._segments else np.zeros(0, dtype=np.uint64),
            "having": having,
            "counts": self._rarity.having[having],
            "runs": self.known.runs,
        }
        stored |= {f"phrases{size}": found for size, found in self.known.phrases.items()}
        beside = path.with_name(f".{path.name}.part")
        with beside.open("wb") as file:
            np.savez(file, allow_pickle=False, **stored)
        beside.replace(path)

    @classmethod
    def load(cls, path: Path) -> Index:
        """Raises `ValueError` for a file that `save` did not write."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                if int(stored["form"][0]) != _FORMAT:
                    raise KeyError("form")
                phrases = {int(name[7:]): stored[name] for name in stored.files if name.startswith("phrases")}
                index = cls(KnownTexts(stored["runs"], phrases))
                for number, (name, text) in enumerate(json.loads(stored["texts"].tobytes())):
                    index._numbers[name] = number
                    index._ids.append(name)
                    index._texts[name] = text
                index._segments = [stored["segment"]] if len(stored["segment"]) else []
                index._rarity.texts = int(stored["form"][1])
                index._rarity.having[stored["having"]] = stored["counts"]
                return index
        except (KeyError, EOFError, TypeError, IndexError, ValueError, BadZipFile) as problem:
            raise ValueError(f"{path} 不是查重索引，或是另一版本的，请重新建立") from problem

    def _folded(self, texts: list[str]) -> Folded:
        folded = fold(texts)
        return without(folded, known_mask(folded, self.known))

    def _push(self, segment: Keys) -> None:
        while self._segments and len(self._segments[-1]) <= 2 * len(segment):
            segment = np.sort(np.concatenate([self._segments.pop(), segment]))
        self._segments.append(segment)

    def _renumber(self) -> None:
        """Numbers from 0 in the order of ids, and one segment."""
        names = sorted(self._numbers)
        new = np.zeros(len(self._ids) + 1, dtype=np.uint64)
        new[[self._numbers[name] for name in names]] = np.arange(len(names), dtype=np.uint64)
        whole = np.concatenate([np.zeros(0, dtype=np.uint64), *self._segments])
        whole = np.sort((whole >> _BITS << _BITS) | new[(whole & _NUMBER).astype(np.int64)])
        self._segments = [whole] if len(whole) else []
        self._numbers = {name: number for number, name in enumerate(names)}
        self._ids = list(names)

    def _ranges(self, keys: Keys) -> list[tuple[Keys, NDArray[np.int64], NDArray[np.int64]]]:
        """For each segment where the postings of each of the sorted, cut-off `keys` begin and end."""
        return [(s, np.searchsorted(s, keys), np.searchsorted(s, keys | _NUMBER, side="right")) for s in self._segments]

    def _having(self, keys: Keys) -> NDArray[np.int64]:
        """How many texts have each of `keys`."""
        distinct, back = np.unique(keys >> _BITS << _BITS, return_inverse=True)
        total = np.zeros(len(distinct), dtype=np.int64)
        for _, low, high in self._ranges(distinct):
            total += high - low
        return total[back]

    def _common(self, folded: Folded) -> Mask:
        keys, at = chosen(folded)
        state = np.zeros(len(folded.codes), dtype=np.int8)
        state[at] = np.where(self._having(keys) >= very_many(len(self)), 2, 1)
        return spread(state, folded)

    def _candidates(self, asked: Folded, mask: Mask, but: str | None) -> list[str]:
        keys, at = chosen(asked)
        keys = np.unique(keys[~mask[at]] >> _BITS << _BITS)
        ranges = self._ranges(keys)
        having = sum((high - low for _, low, high in ranges), np.zeros(len(keys), dtype=np.int64))
        rare = having <= min(MOST_TEXTS, very_many(len(self)) - 1)
        value = worth(having + (but is None))  # the text asked about has them too
        found, values = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        for segment, low, high in ranges:
            count = np.where(rare, high - low, 0)
            first = np.repeat(low - np.concatenate([[0], np.cumsum(count)[:-1]]), count)
            found.append((segment[first + np.arange(len(first))] & _NUMBER).astype(np.int64))
            values.append(np.repeat(value, count))
        numbers, back = np.unique(np.concatenate(found), return_inverse=True)
        total = np.zeros(len(numbers), dtype=np.int64)
        np.add.at(total, back, np.concatenate(values))
        ranked = sorted(
            (-sum_, name)
            for number, sum_ in zip(numbers.tolist(), total.tolist(), strict=True)
            if sum_ >= ENOUGH and (name := self._ids[number]) is not None and name != but
        )
        return [name for _, name in ranked[:JUDGED]]


def _postings(folded: Folded, first: int) -> Keys:
    """One posting for each chosen run of each text, sorted."""
    keys, at = chosen(folded)
    numbers = (folded.owner()[at].astype(np.int64) + first).astype(np.uint64)
    return np.unique(keys >> _BITS << _BITS | numbers)
