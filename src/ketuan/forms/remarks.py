"""What reading a paper leaves behind besides the form: where each value stood, and what was not certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel

RemarkKind = Literal["unsure", "unread", "missing"]
"""unsure: a value was made of it, look again · unread: something is written but no value could be made of it · missing:
a second printed cell of the field is empty while the first is filled."""

Form = TypeVar("Form", bound=BaseModel)


class Place(NamedTuple):
    """Table, row and cell (all from 1) of a value; ``table`` 0 is running text, ``row`` then the paragraph."""

    table: int
    row: int
    cell: int = 1

    def __str__(self) -> str:
        return f"第{self.table}个表第{self.row}行第{self.cell}格" if self.table else f"正文第{self.row}段"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that could not be read for certain. ``found`` is what stands on the paper."""

    path: str
    message: str
    found: str = ""
    place: Place | None = None
    kind: RemarkKind = "unsure"


@dataclass(frozen=True, slots=True)
class Reading(Generic[Form]):
    """A form with the places of its values (by path) and the remarks of the reader."""

    form: Form
    remarks: tuple[Remark, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, path: str) -> Place | None:
        """Where ``path`` was read, or the nearest part above it that has a place."""
        while path:
            if path in self.places:
                return self.places[path]
            path = path.rpartition(".")[0]
        return None
