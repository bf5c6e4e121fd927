"""What lists and homes show of applications besides the form: quotas, counts, corps, papers, recommendation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from ketuan.programme.errors import NotFound
from ketuan.programme.permits import late, seen, why_not
from ketuan.programme.who import Who
from ketuan.records.models import Application, Call, CorpsMember, Organisation, Paper, Recommendation

WRITERS = ("editor", "checker")


def societies_of(who: Who) -> list[Organisation]:
    """The societies for which this person writes applications."""
    return list(Organisation.objects.filter(pk__in=who.bodies(*WRITERS), kind=Organisation.Kind.SOCIETY).order_by("pk"))


def society_of(pk: int, *, who: Who) -> Organisation:
    """One of them; NotFound for any other."""
    found = next((s for s in societies_of(who) if s.pk == pk), None)
    if found is None:
        raise NotFound(str(pk))
    return found


def calls_of(applications: Iterable[Application], *, who: Who) -> list[Call]:
    """The calls under which there is an application or may be one now, the newest first."""
    wanted = Q(pk__in={a.call_id for a in applications}) | Q(state=Call.State.PUBLISHED)
    return list(
        Call.objects.filter(seen("call", who))
        .filter(wanted, current__isnull=False)
        .select_related("current")
        .order_by("-code")
    )


def call_of(code: str, *, who: Who) -> Call:
    """A published call by its code; NotFound for any other."""
    found = Call.objects.filter(seen("call", who), code=code, current__isnull=False).select_related("current").first()
    if found is None:
        raise NotFound(code)
    return found


def why_not_start(call: Call, society: Organisation, *, who: Who) -> str:
    """Why no application may be begun now, the quota aside; empty where one may."""
    return why_not("applying.start", who, society) or late(call)


def counted(applications: QuerySet[Application]) -> dict[str, int]:
    """How many there are in each state."""
    rows = applications.order_by().values("state").annotate(n=Count("pk", distinct=True))
    return {row["state"]: row["n"] for row in rows}


@dataclass(frozen=True, slots=True)
class Standing:
    """People, papers and the province's word, as the application's home shows them."""

    members: int
    consented: int
    printed: int
    leader: str
    chief: str
    papers: tuple[tuple[str, str, int], ...]
    """Kind, its label, how many there are."""
    recommendation: Recommendation | None


def standing_of(application: Application) -> Standing:
    """Three queries."""
    members = list(application.members.select_related("expert"))
    there = [m for m in members if m.consent != CorpsMember.Consent.REFUSED]
    names = {m.place: m.expert.name for m in reversed(there)}
    counts = {
        row["kind"]: row["n"]
        for row in Paper.objects.filter(application=application, removed_at=None)
        .order_by()
        .values("kind")
        .annotate(n=Count("pk"))
    }
    wanted = (Paper.Kind.CONSENT_LETTER, Paper.Kind.SIGNED_SCAN, Paper.Kind.PROBLEM_TABLE, Paper.Kind.PROOF)
    recommendation = (
        application.recommendations.exclude(state=Recommendation.State.WITHDRAWN).select_related("province").first()
    )
    return Standing(
        len(there),
        sum(m.consent == CorpsMember.Consent.GIVEN for m in there),
        sum(m.printed for m in there),
        names.get(CorpsMember.Place.LEADER, ""),
        names.get(CorpsMember.Place.CHIEF, ""),
        tuple((str(kind), str(kind.label), counts.get(kind, 0)) for kind in wanted),
        recommendation,
    )
