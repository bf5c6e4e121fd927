"""Which applications a person sees."""

from __future__ import annotations

from django.db.models import QuerySet

from ketuan.programme.errors import NotFound
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records.models import Application, Organisation


def find(code: str, *, who: Who) -> Application:
    """The application, if this person sees it; NotFound otherwise."""
    rows = listing(who=who).filter(code=code)
    found = rows.first()
    if found is None:
        raise NotFound(code)
    return found


def listing(*, who: Who) -> QuerySet[Application]:
    """All applications this person sees, newest first, with what a list shows of them."""
    rows = Application.objects.filter(seen("application", who))
    return rows.select_related("society", "call__current", "province", "submitted", "changed_by").distinct()


def of_society(application: Application) -> QuerySet[Application]:
    """The other applications of the same society under the same call that still count (通知 三.5)."""
    rows = Application.objects.filter(call=application.call_id, society=application.society_id)
    return rows.exclude(state=Application.State.WITHDRAWN).exclude(pk=application.pk).order_by("pk")


def society_locked(pk: int) -> Organisation:
    """The society's row, locked for the rest of the transaction: whatever counts its applications begins with this.

    Like every lock of ours it is one that does not hold up rows which only point at it: an entry of the journal points at
    what another transaction has locked that waits for the journal.
    """
    return Organisation.objects.select_for_update(no_key=True).get(pk=pk)


def locked(application: Application) -> Application:
    """The same row, locked for the rest of the transaction, as it stands now."""
    rows = Application.objects.select_for_update(of=("self",), no_key=True).select_related("call__current", "society")
    return rows.get(pk=application.pk)
