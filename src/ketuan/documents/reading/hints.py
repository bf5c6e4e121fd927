"""Printed hints are not part of what the applicant says, whether they were written over, behind or in front of."""

from __future__ import annotations

import unicodedata

_CLOSERS = "）)。.；;：: \t"


class _Letters(dict[int, str]):
    """Code point → its letters, digits made alike; nothing for white space and marks."""

    def __missing__(self, code: int) -> str:
        spread = unicodedata.normalize("NFKC", chr(code))
        letters = "".join("0" if c.isdigit() else c.lower() for c in spread if c.isalnum())
        if len(self) < 70_000:
            self[code] = letters
        return letters


_LETTERS = _Letters()


def without_hint(text: str, hint: str) -> str:
    """``text`` less the printed ``hint``; white space, width, punctuation and the year in it do not matter."""
    if not hint or not text:
        return text
    wanted, letters = hint.translate(_LETTERS), text.translate(_LETTERS)
    at = letters.find(wanted)
    if at < 0:
        return _without_most(text, wanted)
    positions = [i for i, c in enumerate(text) for _ in _LETTERS[ord(c)]]
    start, end = positions[at], positions[at + len(wanted) - 1] + 1
    while end < len(text) and text[end] in _CLOSERS:
        end += 1
    before = text[:start].rstrip("（(")
    return "\n".join(p for p in (before.strip(), text[end:].strip()) if p)


def _without_most(text: str, wanted: str) -> str:
    """Drop leading paragraphs that are the hint with a few words taken out or changed."""
    first_line, _, rest = text.partition("\n")
    first = first_line.translate(_LETTERS)
    if len(first) < 8 or first[:4] != wanted[:4]:
        return text
    from rapidfuzz import fuzz  # loaded only where a hint was half kept

    return rest.strip() if fuzz.ratio(first, wanted) >= 85 else text
