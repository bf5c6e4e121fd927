"""The registries of real bodies that the platform starts with: national societies and provincial associations."""

from __future__ import annotations

import csv
import functools
import importlib.resources
from dataclasses import dataclass

__all__ = ["NationalSociety", "ProvincialAssociation", "national_societies", "provincial_associations"]


@dataclass(frozen=True, slots=True)
class NationalSociety:
    """A row of ``societies.tsv``; what the columns mean stands in README.md."""

    code: str
    name: str
    category_code: str
    category: str
    membership: str
    verified: str
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class ProvincialAssociation:
    """A row of ``associations.tsv``; 兵团 has no GB/T 2260 code and stands as XPCC."""

    division: str
    province: str
    name: str
    short_name: str
    kind: str
    verified: str
    source: str


def _rows(name: str) -> list[dict[str, str]]:
    table = importlib.resources.files("ketuan.programme.registries") / name
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t"))


@functools.cache
def national_societies() -> tuple[NationalSociety, ...]:
    """All national societies, in the order of the file."""
    return tuple(
        NationalSociety(
            row["code"],
            row["name"],
            row["category_code"],
            row["category_zh"],
            row["membership"],
            row["verified"],
            row["source"],
            row["note"] or "",
        )
        for row in _rows("societies.tsv")
    )


@functools.cache
def provincial_associations() -> tuple[ProvincialAssociation, ...]:
    """The 32 provincial associations, 兵团 with them."""
    return tuple(
        ProvincialAssociation(
            row["division_code"],
            row["province"],
            row["name"],
            row["short_name"],
            row["kind"],
            row["verified"],
            row["source"],
        )
        for row in _rows("associations.tsv")
    )
