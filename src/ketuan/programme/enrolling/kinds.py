"""Which roles a body of a kind has, how one comes to hold them, and which may not meet in one person."""

from __future__ import annotations

from ketuan.programme.errors import Refused
from ketuan.records.models import Organisation, Role, User

Body, Of = Organisation.Kind, Role.Kind

ROLES: dict[str, tuple[str, ...]] = {
    Body.OFFICE: (Of.OFFICER, Of.ADMINISTRATOR, Of.AUDITOR, Of.REVIEWER, Of.CHAIR),
    Body.SOCIETY: (Of.EDITOR, Of.CHECKER),
    Body.PROVINCE: (Of.PROVINCIAL,),
    Body.CITY: (Of.MUNICIPAL,),
    Body.GRASSROOTS: (Of.OWNER,),
    Body.PARK: (Of.OWNER,),
    Body.ENTERPRISE: (Of.OWNER,),
    Body.SCREENER: (Of.SCREENER,),
    Body.SUPERVISOR: (Of.SUPERVISOR,),
}
"""Kind of body → the roles its people hold."""
BY_INVITATION = frozenset({Of.OFFICER, Of.ADMINISTRATOR, Of.AUDITOR, Of.REVIEWER, Of.CHAIR})
"""Nobody asks for these; one is invited."""
LOCAL = (Body.GRASSROOTS, Body.PARK, Body.ENTERPRISE)
"""Bodies approved by their city or park, else their province; all others by the office."""
NEW = (*LOCAL, Body.CITY, Body.SCREENER, Body.SUPERVISOR)
"""Bodies a person may name at registration; societies and provinces come from the registry."""
UNMISTAKABLE = (Body.OFFICE, Body.SOCIETY, Body.PROVINCE, Body.CITY)
"""Bodies whose name no body of another kind may bear."""
WITH_USCC = (Body.PARK, Body.ENTERPRISE, Body.SCREENER, Body.SUPERVISOR)
"""Bodies that must give their 统一社会信用代码."""
WITH_DIVISION = (*LOCAL, Body.CITY)

SEPARATE = (Of.ADMINISTRATOR, Of.OFFICER, Of.AUDITOR)
"""三员分立: no two of these in one person (等保 8.1.4.2 d); the auditor holds no other role at all."""
SECOND_FACTOR = frozenset({Of.OFFICER, Of.ADMINISTRATOR, Of.AUDITOR, Of.SCREENER, Of.REVIEWER, Of.CHAIR, Of.SUPERVISOR})
"""Roles that need a second factor where the operator asks for it (P13)."""
HELD = (Role.State.ASKED, Role.State.ACTIVE)


def askable(kind: str) -> tuple[tuple[str, str], ...]:
    """Roles one may ask for in a body of this kind, with their words; empty where one must be invited."""
    return tuple((r, Of(r).label) for r in ROLES[kind] if r not in BY_INVITATION)


def check_separate(user: User | None, kind: str) -> None:
    """Refused where the person holds, or has asked for, a role that must lie in other hands."""
    if user is None:
        return
    others = set(Of) if kind == Of.AUDITOR else set(SEPARATE) if kind in SEPARATE else {Of.AUDITOR}
    held = Role.objects.filter(user=user, kind__in=others - {kind}, state=Role.State.ACTIVE).order_by("pk")
    if met := held.values_list("kind", flat=True).first():
        raise Refused(
            f"{Of(kind).label}与{Of(met).label}不能由同一人担任（三员分立）。",
            f"请另选一人，或先结束这个人的{Of(met).label}角色。",
        )


def warning_of(user: User, organisation: Organisation, kind: str) -> str:
    """What is allowed but should be known: maker and checker of one society in one person."""
    if kind not in (Of.EDITOR, Of.CHECKER):
        return ""
    other = Of.CHECKER if kind == Of.EDITOR else Of.EDITOR
    if not Role.objects.filter(user=user, organisation=organisation, kind=other, state__in=HELD).exists():
        return ""
    return "此人同时是经办人和审核人。同一份申报书的送审和提交须由两个人办理，请再安排一人。"
