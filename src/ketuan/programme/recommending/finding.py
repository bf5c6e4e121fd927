"""Which recommendations a person sees, and which of an application counts."""

from __future__ import annotations

from django.db.models import Case, Count, Q, QuerySet, When

from ketuan.programme.errors import NotFound
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records.models import Application, Recommendation

State = Recommendation.State


def find(pk: int, *, who: Who) -> Recommendation:
    """The recommendation, if this person sees it; NotFound otherwise."""
    found = listing(who=who).filter(pk=pk).first()
    if found is None:
        raise NotFound(str(pk))
    return found


def listing(*, who: Who) -> QuerySet[Recommendation]:
    """All recommendations this person sees, newest first, with what a list shows of them."""
    rows = Recommendation.objects.filter(seen("recommendation", who))
    return rows.select_related("application__society", "application__call__current", "province", "version", "letter")


def search(rows: QuerySet[Recommendation], *, state: str = "", words: str = "") -> QuerySet[Recommendation]:
    """What a desk asks of its list: a state, and words in title, society, code or number; what waits stands first."""
    if state in State.values:
        rows = rows.filter(state=state)
    for word in words.split()[:5]:
        rows = rows.filter(
            Q(application__title__icontains=word)
            | Q(application__society__name__icontains=word)
            | Q(application__code__iexact=word)
            | Q(number__icontains=word)
        )
    waits = Case(When(state=State.ASKED, then=0), default=1)
    return rows.order_by(waits, "-asked_at", "-pk")


def counts(rows: QuerySet[Recommendation]) -> dict[str, int]:
    """How many there are of each state, in one query."""
    held = dict(rows.order_by().values_list("state").annotate(Count("pk", distinct=True)))
    return {state: held.get(state, 0) for state in State.values}


def head_before(province: int) -> dict[str, str]:
    """The head of the liaison group whom this province named last; empty for its first consent."""
    rows = Recommendation.objects.filter(province=province, state=State.CONSENTED).order_by("-decided_at")
    return rows.values_list("head", flat=True).first() or {}


def history(application: Application) -> QuerySet[Recommendation]:
    """Everything asked for this application, newest first."""
    rows = application.recommendations.select_related("province", "letter", "asked_by", "decided_by", "version")
    return rows.order_by("-pk")


def pending(application: Application) -> Recommendation | None:
    """What still waits for a province."""
    return history(application).filter(state=State.ASKED).first()


def in_force(application: Application) -> Recommendation | None:
    """The newest consent that its province did not take back, be it by refusing a later version."""
    for one in history(application).filter(state__in=(State.CONSENTED, State.REFUSED, State.REVOKED)):
        if one.state == State.CONSENTED:
            return one
        if one.province_id == application.province_id:
            return None
    return None


def beside(recommendation: Recommendation) -> QuerySet[Recommendation]:
    """The other applications of the same call that ask the same province."""
    rows = Recommendation.objects.filter(
        province=recommendation.province_id, application__call=recommendation.application.call_id
    )
    rows = rows.exclude(state=State.WITHDRAWN).exclude(application=recommendation.application_id)
    return rows.select_related("application__society").defer("application__form").order_by("-pk")
