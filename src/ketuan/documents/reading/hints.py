"""Printed hints are not part of what the applicant says, whether they were written over, behind or in front of."""

from __future__ import annotations

import re
import unicodedata

_SILENT = re.compile(r"[\s\W_]+")
_CLOSERS = "）)。.；;：: \t"


def without_hint(text: str, hint: str) -> str:
    """``text`` less the printed ``hint``; white space, width, punctuation and the year in it do not matter."""
    if not hint or not text:
        return text
    wanted, _ = _letters(hint)
    letters, positions = _letters(text)
    at = letters.find(wanted)
    if at < 0:
        return _without_most(text, wanted)
    start, end = positions[at], positions[at + len(wanted) - 1] + 1
    while end < len(text) and text[end] in _CLOSERS:
        end += 1
    before = text[:start].rstrip("（(")
    return "\n".join(p for p in (before.strip(), text[end:].strip()) if p)


def _letters(text: str) -> tuple[str, list[int]]:
    """Letters of a text with digits made alike, and where each stands."""
    letters: list[str] = []
    positions: list[int] = []
    for i, character in enumerate(text):
        for c in unicodedata.normalize("NFKC", character):
            if c.isalnum():
                letters.append("0" if c.isdigit() else c.lower())
                positions.append(i)
    return "".join(letters), positions


def _without_most(text: str, wanted: str) -> str:
    """Drop leading paragraphs that are the hint with a few words taken out or changed."""
    from rapidfuzz import fuzz  # loaded only where a hint was half kept

    lines = text.split("\n")
    first, _ = _letters(lines[0])
    if len(first) >= 8 and first[:4] == wanted[:4] and fuzz.ratio(first, wanted) >= 85:
        return "\n".join(lines[1:]).strip()
    return text
