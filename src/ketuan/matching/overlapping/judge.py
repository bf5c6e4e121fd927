"""Two texts by themselves: how alike, and where. What the checker asks of the applications of one society (通知 三.5).

What is rare is taken from the built-in table alone (`rarity.prior`), so that the answer never depends on other texts.
numpy is loaded when two texts are first held against each other.

Scores of pairs of the invented texts in tests/matching (`python -m tests.matching.edits`; a test holds this table to the code):

kind                                                    pairs least middle most
verbatim                                                 120  1.00  1.00  1.00
punctuation, width, blanks                               120  1.00  1.00  1.00
15 % of words swapped                                    120  0.80  0.87  0.91
12 to 30 % of words swapped                              120  0.68  0.83  0.91
clauses moved                                            120  0.85  0.91  0.96
30 % dropped                                             120  0.94  0.98  1.00
50 % dropped                                             120  0.89  0.97  1.00
30 % foreign clauses                                     120  0.97  0.99  1.00
100 % foreign clauses                                    120  0.91  0.97  0.99
30 % replaced                                            120  0.73  0.87  0.94
50 % replaced                                            120  0.57  0.77  0.88
15 % swapped, moved, 30 % replaced                       120  0.40  0.65  0.79
a passage of 20 to 39 characters                          46  0.22  0.45  0.58
a passage of 40 to 59 characters                          18  0.51  0.64  0.72
unrelated: other field                                   405  0.00  0.02  0.27
unrelated: same field                                     30  0.00  0.02  0.06
unrelated: two work plans, shared stock phrases           45  0.10  0.15  0.27
unrelated: same field, deliverables list in both          30  0.27  0.29  0.33
titles reworded                                           21  0.78  0.96  1.00
titles unrelated                                         224  0.00  0.00  0.65
the same, known: two work plans, shared stock phrases     45  0.01  0.03  0.06
the same, known: same field, deliverables list in both    30  0.00  0.02  0.07

Outside the repository, on 3,000 real abstracts, 600 of them beside the two nearest to each (1,154 pairs): 15 reach 0.27, 3 reach
0.4, 1 reaches 0.6. 5,062 first clauses of abstracts, 10 to 40 characters, 1,500 of them beside the two nearest (2,794 pairs): 57
reach 0.7, 32 reach 0.75, most of them set phrases. `python bench/engine_overlap.py` measures copies of real abstracts.

A verbatim passage of 45 characters in texts of another matter comes to about 0.6 by itself, one of any length to about 0.65; to
reach more, a part of the whole text must be shared as well.
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
