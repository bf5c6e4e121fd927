"""Taking back an application that was never submitted; a submitted one is withdrawn in :mod:`..submitting.sending`.

It stays readable, counts no longer (通知 三.5), and cannot be written again.
"""

from __future__ import annotations

from django.db import transaction

from ketuan.journal.outbox import letter
from ketuan.programme.addressees import people_of
from ketuan.programme.applying.finding import locked
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Recommendation


def withdraw(application: Application, *, who: Who) -> Application:
    """Withdraw for good, its open requests for consent with it, in one transaction.

    Refused for others than the society, after the deadline, once it was submitted, and where it was withdrawn before.
    """
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.withdraw", who, application)
        was = application.get_state_display()
        end_requests(application)
        application.state = Application.State.WITHDRAWN
        application.save(update_fields=["state"])
        record(who, holding, "applying.withdraw", application, "撤回申报书", data={"was": was}, application=application)
    return application


def end_requests(application: Application) -> None:
    """Nobody needs to answer any more what was asked for an application that is withdrawn. Inside its transaction."""
    asked = Recommendation.objects.filter(application=application, state=Recommendation.State.ASKED)
    for one in asked:
        one.state, one.decided_at = Recommendation.State.WITHDRAWN, clock.now()
        one.save(update_fields=["state", "decided_at"])
        letter(
            "recommendation_taken_back",
            people_of(one.province_id, "provincial"),
            key=f"recommendation_taken_back:{one.pk}",
            link="/recommending/",
            society=application.society.name,
            title=application.title or application.code,
        )
