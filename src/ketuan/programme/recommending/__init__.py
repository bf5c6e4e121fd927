"""The province's word on an application (通知 三.1, 附件1 2): asked for by the society, given by the association.

What is asked for is a frozen version; the association consents, refuses or returns it, and its consent is a letter.
"""

from ketuan.programme.recommending.asking import ask, provinces, suggested, take_back
from ketuan.programme.recommending.deciding import Officer, consent, letter_bytes, refuse, return_for_change, revoke
from ketuan.programme.recommending.finding import (
    beside,
    counts,
    find,
    head_before,
    history,
    in_force,
    listing,
    pending,
    search,
)
from ketuan.programme.recommending.reading import (
    Brief,
    Changed,
    brief,
    changed,
    filled,
    findings_of,
    other_text,
    served,
    serves,
    since,
    since_consent,
)

__all__ = [
    "Brief",
    "Changed",
    "Officer",
    "ask",
    "beside",
    "brief",
    "changed",
    "consent",
    "counts",
    "filled",
    "find",
    "findings_of",
    "head_before",
    "history",
    "in_force",
    "letter_bytes",
    "listing",
    "other_text",
    "pending",
    "provinces",
    "refuse",
    "return_for_change",
    "revoke",
    "search",
    "served",
    "serves",
    "since",
    "since_consent",
    "suggested",
    "take_back",
]
