"""The commitments of the call (通知 三.2): given by name, to words of a known version."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from ketuan.programme import calling
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application


def commit(application: Application, numbers: Collection[str], *, who: Who) -> Application:
    """Give all commitments of the call at once, under one's own name.

    Invalid where one of them is left out: half a commitment is none.
    """
    with transaction.atomic():
        application = locked(application)
        holding = permit("submitting.commit", who, application)
        rules, version = calling.rules_of(application.call), application.call.current
        texts = {str(n): text for n, text in enumerate(rules.applicant.commitments.value, 1)}
        left = [text for n, text in texts.items() if n not in numbers]
        if left:
            raise Invalid({"commitments": f"请逐条勾选（{rules.applicant.commitments.clause}）：{'；'.join(left)}。"})
        wording = f"{application.call.code} 第{version.number if version else 0}版"
        given = {"wording": wording, "by": who.user_id, "name": who.name, "at": clock.now().isoformat()}
        application.commitments = {n: {"text": text, **given} for n, text in texts.items()}
        application.save(update_fields=["commitments"])
        record(
            who,
            holding,
            "submitting.commit",
            application,
            f"作出承诺{len(texts)}条（{rules.applicant.commitments.clause}）",
            data={"wording": wording, "texts": texts},
            application=application,
        )
    return application
