"""Results of many files, kept on disk: memory holds no more than what the rules across applications ask for at a time."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from ketuan.cli.judging import Judged


@dataclass(frozen=True, slots=True)
class _Kept:
    text: tuple[int, int]
    form: tuple[int, int] | None
    brief: tuple[int, int]
    title: str
    marks: frozenset[str]
    blocks: bool


class Shelf:
    """Use as a context manager; results are numbered from 0 in the order in which they are put in."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="ketuan-")  # noqa: SIM115 — closed in __exit__
        self._kept: list[_Kept] = []

    def __enter__(self) -> Shelf:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __len__(self) -> int:
        return len(self._kept)

    def put(self, judged: Judged) -> None:
        head = self._write(judged.head)
        form = self._write(judged.form or "null")
        tail = self._write(judged.tail)
        whole = (head[0], sum(length for _, length in (head, form, tail)))
        kept = _Kept(
            whole,
            form if judged.form is not None else None,
            self._write(judged.brief),
            judged.title,
            judged.marks,
            judged.blocks,
        )
        self._kept.append(kept)

    def texts(self) -> Iterator[bytes]:
        """Every file's object of the check contract, as JSON."""
        return (self._read(kept.text) for kept in self._kept)

    def objects(self, *, whole: bool) -> list[dict[str, Any]]:
        """The same as dicts; without the forms (but for title and society) where these are not asked for."""
        return [json.loads(self._read(kept.text if whole else kept.brief)) for kept in self._kept]

    def form(self, number: int) -> bytes:
        """The form of a file that could be read, as JSON."""
        place = self._kept[number].form
        if place is None:
            raise LookupError(number)
        return self._read(place)

    def title(self, number: int) -> str:
        return self._kept[number].title

    def marks(self) -> list[frozenset[str]]:
        """By what the society of each file is known; nothing for files that could not be read."""
        return [kept.marks for kept in self._kept]

    @property
    def unread(self) -> bool:
        """True where a file could not be read as the form."""
        return any(kept.form is None for kept in self._kept)

    @property
    def blocks(self) -> bool:
        """True where something blocks in a file."""
        return any(kept.blocks for kept in self._kept)

    def _write(self, text: str) -> tuple[int, int]:
        start = self._file.seek(0, 2)
        return start, self._file.write(text.encode())

    def _read(self, place: tuple[int, int]) -> bytes:
        self._file.seek(place[0])
        return self._file.read(place[1])
