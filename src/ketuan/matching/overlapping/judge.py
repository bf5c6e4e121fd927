"""Two texts by themselves: how alike, and where. What the checker asks of the applications of one society (通知 三.5).

What is rare is taken from the built-in table alone (`rarity.prior`), so that the answer never depends on other texts.
numpy is loaded when two texts are first held against each other.

Chosen by measuring. Scores of pairs of the invented texts in tests/matching (`python -m tests.matching.edits`; a test holds this
table to the code):

TABLE
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ketuan.matching.overlapping.known import KnownTexts
    from ketuan.matching.overlapping.pairs import Overlap

MOST = 20_000
"""Only so many characters of a text are read."""
NEAR_COPY = 0.4
"""Suggested least score of a near copy among texts of 100 characters and more; the call file holds the deciding one."""
NEAR_TITLE = 0.7
"""Suggested least score of a near copy among titles, up to 40 characters; the call file holds the deciding one."""
HELD = 256
"""So many texts stay ready: those of one society are compared pair by pair."""


class Judge:
    """`judge(a, b)` answers score, share and spans; the same for both orders, but for the sides of the spans.

    `known`: sentences and phrases that are no copying (`known.known_texts`). `least`: a pair of a lower score is answered
    with nothing at all, mostly after a glance at what the two texts share.
    """

    def __init__(self, known: Iterable[str] = (), *, least: float = 0.0) -> None:
        self._texts, self._least = tuple(known), least
        self._ready: Any = lru_cache(maxsize=HELD)(self._made)

    def __call__(self, a: str, b: str, /) -> Overlap:
        from ketuan.matching.overlapping.pairs import NO_OVERLAP, judged_ready

        one, two = self._ready(a[:MOST]), self._ready(b[:MOST])
        if self._least and one.most(two) < self._least:
            return NO_OVERLAP
        return judged_ready(one.text, two.text, one.where, two.where, self._least)

    @cached_property
    def _known(self) -> KnownTexts:
        from ketuan.matching.overlapping.known import known_texts

        return known_texts(self._texts)

    def _made(self, text: str) -> Any:
        from ketuan.matching.overlapping.glance import Ready

        return Ready(text, self._known)
