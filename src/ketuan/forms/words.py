"""字: how long a text is, in the sense in which the forms say “200字以内”.

Two numbers exist and people argue about which one is meant, so both are computed here and nowhere else:

* :func:`words` is what Word shows as 字数: every CJK character and every full-width mark counts one; every unbroken run
  of other visible characters (a Latin word, a number, ``5G-A``, ``3.5%``) counts one; white space counts nothing.
* :func:`characters` is what Word shows as 字符数（不计空格）: every visible character counts one.

The call file says which of the two decides (``limits.count``).
"""

from __future__ import annotations

import re

# East Asian wide and full-width characters (Unicode Standard Annex 11, classes W and F) …
_WIDE = (
    "\u1100-\u115f\u2e80-\u2fff\u3001-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19"
    "\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\U0001b000-\U0001b2ff\U0001f200-\U0001f251\U0001f300-\U0001faff"
    "\U00020000-\U0003fffd"
)
# … and the marks of class A (ambiguous) that Chinese type sets full width: quotation marks, dashes, ellipsis, middle
# dot, ticks, circled numbers, mathematical and unit signs. Letters of class A (Greek, Cyrillic) are not among them.
_MARKS = (
    "\u00a7\u00a8\u00b0\u00b1\u00b7\u00d7\u00f7\u2010\u2013-\u2016\u2018\u2019\u201c\u201d\u2020-\u2022\u2024-\u2027"
    "\u2030\u2032\u2033\u2035\u203b\u203e\u20ac\u2103\u2105\u2109\u2113\u2116\u2121\u2122\u2150-\u215f\u2160-\u217f"
    "\u2190-\u21ff\u2200-\u22ff\u2312\u2460-\u24ff\u2500-\u27bf\u2b1b\u2b1c\u2b50"
)
_INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
_UNIT = re.compile(rf"[{_WIDE}{_MARKS}]|[^\s{_WIDE}{_MARKS}{_INVISIBLE}]+")
_BLANK = re.compile(rf"[\s{_INVISIBLE}]+")


def words(text: str) -> int:
    """字数 as Word counts it.

    >>> words("AI技术2024年"), words("攻关5G-A基站，节能30%。")
    (5, 10)
    """
    return sum(1 for _ in _UNIT.finditer(text))


def characters(text: str) -> int:
    """字符数（不计空格）: the number of visible characters.

    >>> characters("AI 技术 2024 年")
    9
    """
    return len(_BLANK.sub("", text))
