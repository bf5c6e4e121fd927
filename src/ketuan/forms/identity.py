"""When are two written names one person, one unit, one society?

Names are compared without white space and without regard to width or case; a person is recognised by the name together
with a telephone number, an e-mail address or a unit (house rule of 通知 三.5: the call says nothing of identity numbers).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_GAPS = re.compile(r"[\s\u200b\u00ad·•・‧∙.。，,、_-]+")
_PHONE = re.compile(
    r"(?:\+?86[\s-]*)?(1[3-9]\d(?:[\s-]*\d){8}|0\d{2,3}[\s-]*\d{7,8}|400[\s-]*\d{3}[\s-]*\d{4}|\d{7,8})"
)
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")  # bounded, or long runs cost their square
_UNIT_END = re.compile(r".*?(?:大学|学院|研究院|研究所|公司|集团|中心|医院|学会|协会|研究会|实验室|厂|局|委员会|部)")


def folded(text: str) -> str:
    """Half width, lower case, no white space: the form in which codes and labels are compared."""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).lower()


def name_key(name: str) -> str:
    """A person's or unit's name without gaps, dots and width: “欧阳·明 远” → “欧阳明远”."""
    return _GAPS.sub("", unicodedata.normalize("NFKC", name)).lower()


def phones(text: str) -> frozenset[str]:
    """Digits of the telephone numbers in a cell."""
    found = _PHONE.findall(unicodedata.normalize("NFKC", text))
    return frozenset(re.sub(r"\D", "", n) for n in found)


def emails(text: str) -> frozenset[str]:
    return frozenset(e.lower() for e in _EMAIL.findall(unicodedata.normalize("NFKC", text)))


def unit_key(affiliation: str) -> str:
    """The unit at the head of “某大学材料学院/教授”: everything before the first mark, without gaps."""
    head = re.split(r"[\s/／，,；;、|]", affiliation.strip(), maxsplit=1)[0]
    return name_key(head)


def same_unit(a: str, b: str) -> bool:
    """True where one affiliation names the other's unit, with or without department and post behind it."""
    x, y = unit_key(a), unit_key(b)
    if not x or not y:
        return False
    if x == y or x.startswith(y) or y.startswith(x):
        return min(len(x), len(y)) >= 2
    short_x, short_y = _UNIT_END.match(x), _UNIT_END.match(y)
    return bool(short_x and short_y and short_x.group() == short_y.group())


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as one paper names them; ``path`` says where."""

    name: str
    unit: str = ""
    reach: frozenset[str] = frozenset()
    """Telephone numbers and e-mail addresses."""
    path: str = ""
    text: str = ""

    @property
    def key(self) -> str:
        return name_key(self.name)


def person(name: str, unit: str = "", *reach: str, path: str = "") -> Person:
    known = frozenset().union(*(phones(r) | emails(r) for r in reach)) if reach else frozenset()
    return Person(name, unit, known, path, " ".join(p for p in (name, unit, *reach) if p))


def same_person(a: Person, b: Person) -> bool:
    """One name, and one telephone number, e-mail address or unit in common.

    Where nothing but the name is known of one of the two, the name alone decides: the office must look.
    """
    if not a.key or a.key != b.key:
        return False
    if a.reach & b.reach or same_unit(a.unit, b.unit):
        return True
    comparable = (a.reach and b.reach) or (a.unit and b.unit)
    return not comparable
