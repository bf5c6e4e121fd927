"""What was done to an application until it reached its state, by whom and when, in office hours of May 2024."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from ketuan.programme.demo.values import Step

SHANGHAI = ZoneInfo("Asia/Shanghai")
_OPENS = date(2024, 5, 8)
_DAY = 570
"""Minutes from 8:30 to 18:00."""
_LAST = 14 * _DAY - 60
"""An hour before the end of 21 May: the demo opens on the morning after, while there is still time to apply."""
_WRITE = ("created", "written")
_ASKED = (*_WRITE, "consent_asked")
_CONSENTED = (*_ASKED, "consented")
_CHECKED = (*_CONSENTED, "sent_to_checker")
PATHS: dict[str, tuple[str, ...]] = {
    "draft_empty": ("created",),
    "draft_started": _WRITE,
    "draft_with_blocking": _WRITE,
    "draft_ready": _WRITE,
    "waiting_consent": _ASKED,
    "consent_returned": (*_ASKED, "consent_returned"),
    "consent_refused": (*_ASKED, "consent_refused"),
    "consented": _CONSENTED,
    "with_checker": _CHECKED,
    "returned_by_checker": (*_CHECKED, "returned_by_checker"),
    "submitted": (*_CHECKED, "submitted"),
    "resubmitted": (*_CHECKED, "submitted", "written", "sent_to_checker", "submitted"),
    "submitted_late_by_permit": (*_CHECKED, "permitted_late", "submitted"),
    "came_by_mail": ("came_by_mail",),
    "withdrawn": (*_CHECKED, "submitted", "withdrawn"),
}
_LATE = {"permitted_late": datetime(2024, 5, 21, 16, 12, tzinfo=SHANGHAI)}
_AFTER_LATE = datetime(2024, 5, 27, 16, 41, 8, tzinfo=SHANGHAI)
_REASONED = {"consent_returned", "consent_refused", "returned_by_checker", "permitted_late", "withdrawn"}


def steps(state: str, doer: Callable[[str], str], reason: str, rng: Random) -> tuple[Step, ...]:
    """The steps of a state in order; ``doer`` names the person for a step."""
    path = PATHS[state]
    first = 0 if state != "came_by_mail" else _LAST - 3 * _DAY
    minutes = sorted(rng.sample(range(first, _LAST), len(path)))
    if path[-1] in ("submitted", "withdrawn"):
        minutes[-1] = rng.randrange(max(minutes[-2] + 1, _LAST - 4 * _DAY), _LAST + 1)
    told = []
    late = False
    for what, minute in zip(path, minutes, strict=True):
        at = _LATE.get(what) or (_AFTER_LATE if late else _at(minute, rng))
        late = late or what in _LATE
        told.append(Step(at, what, doer(what), reason if what in _REASONED else ""))
    return tuple(told)


def _at(minute: int, rng: Random) -> datetime:
    days, rest = divmod(minute, _DAY)
    start = datetime(_OPENS.year, _OPENS.month, _OPENS.day, 8, 30, tzinfo=SHANGHAI)
    return start + timedelta(days=days, minutes=rest, seconds=rng.randrange(60))
