"""Provinces and cities by name and code (GB/T 2260, ``data/divisions.tsv``; provenance in ``data/README.md``)."""

from __future__ import annotations

import csv
import functools
import importlib.resources
import re
from dataclasses import dataclass

from ketuan.forms.identity import folded

_TAILS = (
    "维吾尔自治区",
    "壮族自治区",
    "回族自治区",
    "特别行政区",
    "自治区",
    "省",
    "市",
)
_LONGEST_PROVINCE = 8
"""新疆维吾尔自治区."""
_PREFECTURE_TAILS = re.compile(r"(?:[\u4e00-\u9fff]族)*自治州$|地区$|盟$|市$|林区$|县$")


@dataclass(frozen=True, slots=True)
class Division:
    """A province, prefecture or county; ``parent`` is the code of the unit above."""

    code: str
    name: str
    parent: str
    level: str

    @property
    def is_province(self) -> bool:
        return self.level == "province"

    @property
    def province(self) -> str:
        return self.code[:2] + "0000"


@functools.cache
def divisions() -> dict[str, Division]:
    """All units by code."""
    table = importlib.resources.files("ketuan.forms") / "data" / "divisions.tsv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines(), delimiter="\t")
    return {r["code"]: Division(r["code"], r["name"], r["parent_code"], r["level"]) for r in rows}


def _short(name: str) -> str:
    for tail in _TAILS:
        if name.endswith(tail) and len(name) - len(tail) >= 2:
            return name[: -len(tail)]
    return name


@functools.cache
def _provinces() -> dict[str, Division]:
    table: dict[str, Division] = {}
    for unit in divisions().values():
        if unit.is_province:
            short = _short(unit.name)
            for name in (unit.name, short, f"{short}自治区" if "自治区" in unit.name else short):
                table[name] = unit
    table["内蒙"] = table["内蒙古"]
    return table


def province_at(text: str, at: int) -> tuple[Division, int] | None:
    """The province whose name stands in ``text`` from ``at`` on (the longest such name), and where the name ends."""
    names = _provinces()
    for end in range(min(len(text), at + _LONGEST_PROVINCE), at + 1, -1):
        if unit := names.get(text[at:end]):
            return unit, end
    return None


def province_named(text: str) -> Division | None:
    """The province of an official or short name (“浙江”, “广西壮族自治区”, “新疆”)."""
    return _provinces().get(folded(text))


@functools.cache
def _lexicon() -> tuple[re.Pattern[str], dict[str, tuple[Division, ...]]]:
    names: dict[str, list[Division]] = {}
    for unit in divisions().values():
        keys = {unit.name}
        if unit.is_province:
            keys.add(_short(unit.name))
        elif unit.level == "prefecture":
            short = _PREFECTURE_TAILS.sub("", unit.name)
            if len(short) >= 2:
                keys.add(short)
        for key in keys:
            names.setdefault(key, []).append(unit)
    pattern = re.compile("|".join(sorted(map(re.escape, names), key=lambda k: (-len(k), k))))
    return pattern, {k: tuple(v) for k, v in names.items()}


def places_in(text: str) -> tuple[Division, ...]:
    """Every unit that a text names, in order, each once.

    “浙江省宁波市、嘉兴” → 浙江省, 宁波市, 嘉兴市. A name that several units share goes to the one inside a province named
    just before it; without one, a full name is preferred to a short one and the province to the prefecture.
    """
    pattern, names = _lexicon()
    found: dict[str, Division] = {}
    inside = ""
    for match in pattern.finditer(folded(text)):
        units = names[match.group()]
        unit = next((u for u in units if inside and u.province == inside and not u.is_province), None)
        unit = unit or next((u for u in units if u.is_province), units[0])
        if unit.is_province:
            inside = unit.code
        found.setdefault(unit.code, unit)
    return tuple(found.values())
