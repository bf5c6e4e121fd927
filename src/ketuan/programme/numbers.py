"""Numbers on papers of the platform: a running number of the call and two letters that nobody can guess.

The letters are keyed, so that counting upwards in the public box of verification finds nothing.
"""

from __future__ import annotations

import re

from ketuan.journal.entries import mac

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Letters and digits that are not mistaken for one another when read from paper."""
_SPELT = re.compile(r"(HZ|TJ)(\d{4})-?(\d{6})-?([0-9A-Z]{2})")
RECEIPT, LETTER = "HZ", "TJ"


def number_of(kind: str, year: int, running: int) -> str:
    """``HZ2024-000017-K7``."""
    first, second = divmod(int(mac(["number", kind, year, running])[:12], 16), len(_LETTERS))
    return f"{kind}{year}-{running:06d}-{_LETTERS[first % len(_LETTERS)]}{_LETTERS[second]}"


def tidied(typed: str) -> str:
    """A number as it was printed, from what somebody typed: any case, with or without the dashes; "" where it is none."""
    plain = re.sub(r"[\s\u2010-\u2015－—]", "-", typed.strip().upper()).replace("--", "-")
    found = _SPELT.fullmatch(plain.replace("-", ""))
    return f"{found[1]}{found[2]}-{found[3]}-{found[4]}" if found else ""
