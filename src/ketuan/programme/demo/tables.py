"""The tables beside this module, read once."""

from __future__ import annotations

import csv
import functools
import importlib.resources
import tomllib
from typing import Any

Row = dict[str, str]


def _text(name: str) -> str:
    table = importlib.resources.files("ketuan.programme.demo") / "data" / name
    return table.read_text(encoding="utf-8")


@functools.cache
def rows(name: str) -> tuple[Row, ...]:
    """Rows of ``<name>.tsv``."""
    return tuple(csv.DictReader(_text(f"{name}.tsv").splitlines(), delimiter="\t"))


@functools.cache
def toml(name: str) -> dict[str, Any]:
    """``<name>.toml``."""
    return tomllib.loads(_text(f"{name}.toml"))


@functools.cache
def themes() -> tuple[dict[str, Any], ...]:
    """The industrial problems with the route and the targets of their corps, in the order of the files."""
    return tuple(theme for part in (1, 2, 3) for theme in toml(f"problems-{part}")["problem"])


@functools.cache
def cities() -> dict[str, Row]:
    """By division code: area code, postcode, park and street."""
    return {row["code"]: row for row in rows("cities")}
