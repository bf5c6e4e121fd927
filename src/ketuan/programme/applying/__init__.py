"""Writing an application: from an empty form to one that is ready to be sent.

What is filled is saved field by field (:mod:`.saving`), judged by the ground floor's rules (:mod:`.judging`), kept in
versions (:mod:`.versions`).
"""

from ketuan.programme.applying.filled import Filled, filled
from ketuan.programme.applying.finding import find, listing, of_society
from ketuan.programme.applying.judging import findings_of, findings_of_each, sections_of, slugs
from ketuan.programme.applying.overview import (
    call_of,
    calls_of,
    counted,
    societies_of,
    society_of,
    standing_of,
    why_not_start,
)
from ketuan.programme.applying.papers import (
    form_of,
    keyed,
    node_at,
    paper_of,
    reading_of,
    roster_of,
    without_blank_rows,
)
from ketuan.programme.applying.reasons import Asked, asked_by, asked_of, give_reason, key_of, warning_at
from ketuan.programme.applying.restoring import changes_between, restore, version
from ketuan.programme.applying.saving import (
    TOGETHER,
    Change,
    Saved,
    add_row,
    drop_blank_rows,
    move_row,
    remove_row,
    save,
    start,
)
from ketuan.programme.applying.standing import happened, time_left, touches
from ketuan.programme.applying.sums import sums_of
from ketuan.programme.applying.versions import freeze, history
from ketuan.programme.applying.withdrawing import withdraw

__all__ = [
    "TOGETHER",
    "Asked",
    "Change",
    "Filled",
    "Saved",
    "add_row",
    "asked_by",
    "asked_of",
    "call_of",
    "calls_of",
    "changes_between",
    "counted",
    "drop_blank_rows",
    "filled",
    "find",
    "findings_of",
    "findings_of_each",
    "form_of",
    "freeze",
    "give_reason",
    "happened",
    "history",
    "key_of",
    "keyed",
    "listing",
    "move_row",
    "node_at",
    "of_society",
    "paper_of",
    "reading_of",
    "remove_row",
    "restore",
    "roster_of",
    "save",
    "sections_of",
    "slugs",
    "societies_of",
    "society_of",
    "standing_of",
    "start",
    "sums_of",
    "time_left",
    "touches",
    "version",
    "warning_at",
    "why_not_start",
    "withdraw",
    "without_blank_rows",
]
