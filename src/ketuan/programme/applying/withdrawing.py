"""Taking an application back. It stays readable, counts no longer (通知 三.5), and cannot be written again."""

from __future__ import annotations

from django.db import transaction

from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Recommendation, Submission


def withdraw(application: Application, *, who: Who) -> Application:
    """Withdraw for good: its submission and its open requests for consent with it, in one transaction.

    Refused for others than the society and after the deadline; NotReady where it was withdrawn before.
    """
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.withdraw", who, application)
        if application.state == Application.State.WITHDRAWN:
            raise NotReady("申报书已经撤回，不必再撤。")
        was = application.get_state_display()
        now = clock.now()
        open_requests = Recommendation.objects.filter(application=application, state=Recommendation.State.ASKED)
        open_requests.update(state=Recommendation.State.WITHDRAWN, decided_at=now)
        Submission.objects.filter(application=application, withdrawn_at=None).update(withdrawn_at=now)
        application.state = Application.State.WITHDRAWN
        application.save(update_fields=["state"])
        record(who, holding, "applying.withdraw", application, "撤回申报书", data={"was": was}, application=application)
    return application
