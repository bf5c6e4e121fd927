"""The province's word on an application (通知 三.1, 附件1 2): asked for by the society, given by the association.

What is asked for is a frozen version; the association consents, refuses or returns it, and its consent is a letter.
"""

from ketuan.programme.recommending.asking import ask, provinces, suggested, take_back
from ketuan.programme.recommending.deciding import Officer, consent, refuse, return_for_change
from ketuan.programme.recommending.finding import beside, find, history, in_force, listing, pending
from ketuan.programme.recommending.reading import Brief, Changed, brief, changed, findings_of

__all__ = [
    "Brief",
    "Changed",
    "Officer",
    "ask",
    "beside",
    "brief",
    "changed",
    "consent",
    "find",
    "findings_of",
    "history",
    "in_force",
    "listing",
    "pending",
    "provinces",
    "refuse",
    "return_for_change",
    "suggested",
    "take_back",
]
