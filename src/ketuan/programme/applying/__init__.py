"""Writing an application: from an empty form to one that is ready to be sent.

What is filled is saved field by field (:mod:`.saving`), judged by the ground floor's rules (:mod:`.judging`), kept in
versions (:mod:`.versions`).
"""

from ketuan.programme.applying.finding import find, listing, of_society
from ketuan.programme.applying.judging import findings_of, portfolio_of, sections_of
from ketuan.programme.applying.papers import form_of, reading_of, roster_of
from ketuan.programme.applying.saving import add_row, move_row, remove_row, save, start
from ketuan.programme.applying.versions import freeze, history

__all__ = [
    "add_row",
    "find",
    "findings_of",
    "form_of",
    "freeze",
    "history",
    "listing",
    "move_row",
    "of_society",
    "portfolio_of",
    "reading_of",
    "remove_row",
    "roster_of",
    "save",
    "sections_of",
    "start",
]
