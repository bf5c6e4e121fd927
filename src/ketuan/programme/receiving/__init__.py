"""The old ways in (通知 四.2): letters to the mailbox of the call, and the sealed bag by post."""

from ketuan.programme.receiving.answering import attachment, list_pdf
from ketuan.programme.receiving.bags import Bag
from ketuan.programme.receiving.deciding import answer, decide, set_aside
from ketuan.programme.receiving.entering import enter_bag, last_day, mend_bag, versions_on_paper
from ketuan.programme.receiving.finding import (
    bag_of,
    bags_of,
    candidates,
    counts,
    find,
    letters_of,
    listing,
    societies,
    states,
)
from ketuan.programme.receiving.mailbox import box, keep_asking, known, since
from ketuan.programme.receiving.posted import Posted, posted, posted_of, search, told
from ketuan.programme.receiving.sorting import KINDS
from ketuan.programme.receiving.taking import take_in, too_big

__all__ = [
    "KINDS",
    "Bag",
    "Posted",
    "answer",
    "attachment",
    "bag_of",
    "bags_of",
    "box",
    "candidates",
    "counts",
    "decide",
    "enter_bag",
    "find",
    "keep_asking",
    "known",
    "last_day",
    "letters_of",
    "list_pdf",
    "listing",
    "mend_bag",
    "posted",
    "posted_of",
    "search",
    "set_aside",
    "since",
    "societies",
    "states",
    "take_in",
    "told",
    "too_big",
    "versions_on_paper",
]
