"""Letters and bags, with the eyes of the person who asks."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from ketuan.programme.errors import NotFound
from ketuan.programme.permits import may, seen
from ketuan.programme.who import Who
from ketuan.records.models import Application, Dispatch, Mail, Organisation


def listing(*, who: Who, state: str = "", search: str = "") -> QuerySet[Mail]:
    """Letters, newest first. ``search`` looks into subject, sender, society and the code of the application."""
    rows = Mail.objects.filter(seen("mail", who)).select_related("society", "application", "paper", "call")
    rows = rows.defer("body", "application__form", "application__unread", "application__rows", "call__draft")
    if state in Mail.State.values:
        rows = rows.filter(state=state)
    for word in search.split()[:5]:
        rows = rows.filter(
            Q(subject__icontains=word)
            | Q(sender__icontains=word)
            | Q(sender_name__icontains=word)
            | Q(society__name__icontains=word)
            | Q(application__code__icontains=word)
        )
    return rows.order_by("-received_at", "-pk")


def states() -> dict[str, str]:
    """State → its word, what needs a person first."""
    first = (Mail.State.UNCLEAR, Mail.State.MISSING, Mail.State.LATE, Mail.State.ACCEPTED)
    return {state.value: str(state.label) for state in (*first, *(s for s in Mail.State if s not in first))}


def counts(*, who: Who) -> dict[str, int]:
    """State → how many letters."""
    rows = Mail.objects.filter(seen("mail", who)).order_by().values("state").annotate(n=Count("pk"))
    return {row["state"]: row["n"] for row in rows}


def find(pk: int, *, who: Who) -> Mail:
    """The letter, if this person sees it; NotFound otherwise."""
    rows = Mail.objects.filter(seen("mail", who), pk=pk)
    found = rows.select_related("society", "application", "paper", "call__current", "decided_by", "again_of").first()
    if found is None:
        raise NotFound(str(pk))
    return found


def letters_of(application: Application, *, who: Who) -> QuerySet[Mail]:
    """Letters with which an application came."""
    return listing(who=who).filter(application=application)


def candidates(mail: Mail, society: Organisation | None, *, who: Who) -> QuerySet[Application]:
    """Applications of a society that a letter may belong to; nobody but who decides on letters gets any."""
    rows = Application.objects.filter(call=mail.call, society=society).exclude(state=Application.State.WITHDRAWN)
    return rows.order_by("code") if society is not None and may("receiving.decide", who, mail) else rows.none()


def societies(*, who: Who) -> QuerySet[Organisation]:
    """All active societies, for the choice of the one that wrote."""
    rows = Organisation.objects.filter(seen("organisation", who), kind=Organisation.Kind.SOCIETY, state="active")
    return rows.distinct().order_by("name")


def bags_of(application: Application, *, who: Who) -> QuerySet[Dispatch]:
    """Bags of one application, newest first."""
    rows = Dispatch.objects.filter(seen("dispatch", who), application=application)
    return rows.select_related("entered_by").order_by("-pk")


def bag_of(application: Application, pk: int, *, who: Who) -> Dispatch:
    """One bag of an application; NotFound otherwise."""
    found = bags_of(application, who=who).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found
