"""What records are known to be beside their texts (province, unit, age …), for filters: named columns of values.

Values are compared as they are written; a number by its shortest writing, so 40 and 40.0 are not the same.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Known = tuple[tuple[str, str], ...]
"""Names and values of one record"""


@dataclass(frozen=True, eq=False)
class Column:
    """One name's values for r records."""

    name: str
    values: tuple[str, ...]
    """Those that occur, ascending"""
    code: NDArray[np.int32]
    """(r,) index into `values`; -1 where the record has none"""

    def among(self, values: Collection[str]) -> NDArray[np.bool_]:
        """(r,) has the record one of these values?"""
        wanted = [at for at, value in enumerate(self.values) if value in values]
        return np.isin(self.code, np.array(wanted, dtype=np.int32))


def columns(records: Iterable[Known]) -> tuple[Column, ...]:
    """The columns of records in their order, by name."""
    found: dict[str, dict[str, list[int]]] = {}
    many = 0
    for at, known in enumerate(records):
        many = at + 1
        for name, value in known:
            found.setdefault(name, {}).setdefault(value, []).append(at)
    made = []
    for name, places in sorted(found.items()):
        code = np.full(many, -1, dtype=np.int32)
        for number, (_, rows) in enumerate(sorted(places.items())):
            code[rows] = number
        made.append(Column(name, tuple(sorted(places)), code))
    return tuple(made)


def picked(parts: Sequence[tuple[tuple[Column, ...], int]], order: NDArray[np.int64]) -> tuple[Column, ...]:
    """The records that `order` names, counting through several groups of columns and the number of their records."""
    made = []
    for name in sorted({column.name for columns, _ in parts for column in columns}):
        values = sorted({value for columns, _ in parts for c in columns if c.name == name for value in c.values})
        number = {value: at for at, value in enumerate(values)}
        codes = []
        for columns_, many in parts:
            column = next((c for c in columns_ if c.name == name), None)
            table = np.array([number[value] for value in column.values] if column else [], dtype=np.int32)
            codes.append(np.full(many, -1, dtype=np.int32) if column is None else _through(column.code, table))
        code = np.concatenate(codes)[order]
        used = np.unique(code[code >= 0])
        if len(used):
            kept = tuple([values[at] for at in used.tolist()])
            made.append(Column(name, kept, np.where(code < 0, -1, np.searchsorted(used, code)).astype(np.int32)))
    return tuple(made)


def known(columns: tuple[Column, ...], record: int) -> Known:
    """What stands in the columns of one record"""
    return tuple([(c.name, c.values[int(c.code[record])]) for c in columns if c.code[record] >= 0])


def _through(code: NDArray[np.int32], table: NDArray[np.int32]) -> NDArray[np.int32]:
    found = np.full(len(code), -1, dtype=np.int32)
    found[code >= 0] = table[code[code >= 0]]
    return found
