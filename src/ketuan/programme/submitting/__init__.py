"""From a written form to a receipt: what is still missing, the second pair of eyes, the submission (通知 四.2)."""

from ketuan.programme.submitting.handing import return_to_maker, send_to_checker, take_back
from ketuan.programme.submitting.lateness import find_permit, permit_late, permits_of, withdraw_permit
from ketuan.programme.submitting.promising import commit
from ketuan.programme.submitting.readiness import Readiness, readiness
from ketuan.programme.submitting.reminding import plan_reminders, remind
from ketuan.programme.submitting.sending import reopen, submit, withdraw
from ketuan.programme.submitting.standing import WORDS, Standing, standing, words_of

__all__ = [
    "WORDS",
    "Readiness",
    "Standing",
    "commit",
    "find_permit",
    "permit_late",
    "permits_of",
    "plan_reminders",
    "readiness",
    "remind",
    "reopen",
    "return_to_maker",
    "send_to_checker",
    "standing",
    "submit",
    "take_back",
    "withdraw",
    "withdraw_permit",
    "words_of",
]
