"""Checking what identifies a body: its name and its 统一社会信用代码."""

from __future__ import annotations

import unicodedata

from stdnum import exceptions
from stdnum.cn import uscc

from ketuan.forms.identity import folded
from ketuan.forms.regions import divisions

_WRONG: tuple[tuple[type[exceptions.ValidationError], str], ...] = (
    (exceptions.InvalidLength, "统一社会信用代码应为 18 位，现为 {n} 位。请对照营业执照或法人证书核对。"),
    (exceptions.InvalidFormat, "统一社会信用代码只含数字和大写字母（不含 I、O、S、V、Z）。请核对是否把 0 写成了 O。"),
    (exceptions.InvalidChecksum, "统一社会信用代码的校验位不对，可能有一位写错。请对照证书逐位核对。"),
    (exceptions.ValidationError, "统一社会信用代码无效。请对照证书核对。"),
)


def visible(name: str) -> str:
    """A name without the signs that nobody sees and that make one name look like another (U+200B, U+202E, …)."""
    return "".join(sign for sign in name if unicodedata.category(sign) not in ("Cc", "Cf")).strip()


def uscc_of(text: str) -> tuple[str, str]:
    """The code as written on certificates, and what is wrong with it (empty where nothing is)."""
    bare = folded(text).upper()
    try:
        return uscc.validate(bare), ""
    except exceptions.ValidationError as wrong:
        says = next(words for kind, words in _WRONG if isinstance(wrong, kind))
        return bare, says.format(n=len(bare))


def division_name(code: str) -> str:
    """“安徽省合肥市”; empty for none."""
    known = divisions()
    here = known.get(code)
    if here is None:
        return ""
    above = known.get(here.province)
    return here.name if above is None or above is here else above.name + here.name


def division_choices() -> list[tuple[str, list[tuple[str, str]]]]:
    """Provinces with their cities, as a grouped choice: the whole province first."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for unit in divisions().values():
        if unit.is_province:
            groups[unit.code] = [(unit.code, unit.name)]
    for unit in divisions().values():
        if unit.level not in ("province", "county") and unit.province in groups:
            groups[unit.province].append((unit.code, unit.name))
    return [(rows[0][1], rows) for rows in groups.values()]
