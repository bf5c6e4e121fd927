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
PARTIES = (Of.EDITOR, Of.CHECKER, Of.PROVINCIAL, Of.SCREENER, Of.SUPERVISOR)
"""Who applies, recommends, screens or supervises: their papers and work are in the hands of the office."""
APART: tuple[tuple[frozenset[str], frozenset[str], str], ...] = (
    (frozenset({Of.AUDITOR}), frozenset(Of), "三员分立"),
    (frozenset(SEPARATE), frozenset(SEPARATE), "三员分立"),
    (frozenset({Of.OFFICER}), frozenset(PARTIES), "项目办不能同时是申报、推荐、形式审查或监理的一方"),
)
"""Roles of the one side and of the other do not meet in one person, and why."""
SOCIETY = frozenset({Of.EDITOR, Of.CHECKER})
JUDGES = frozenset({Of.REVIEWER, Of.CHAIR, Of.SCREENER})
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
    held = Role.objects.filter(user=user, state=Role.State.ACTIVE).exclude(kind=kind).order_by("pk")
    for met in held.values_list("kind", flat=True):
        for ones, others, why in APART:
            if (kind in ones and met in others) or (met in ones and kind in others):
                raise Refused(
                    f"{Of(kind).label}与{Of(met).label}不能由同一人担任（{why}）。",
                    f"请另选一人，或先结束这个人的{Of(met).label}角色。",
                )


def warning_of(user: User, organisation: Organisation, kind: str) -> str:
    """What is allowed but should be known: maker and checker of one society in one person, judge and applicant."""
    against = JUDGES if kind in SOCIETY else SOCIETY if kind in JUDGES else frozenset[str]()
    met = Role.objects.filter(user=user, kind__in=against, state__in=HELD).select_related("organisation").first()
    if met is not None:
        return (
            f"此人同时是{met.organisation.name}的{met.get_kind_display()}。"
            "审查和评审本学会的申报书时须回避，请在分配时避开。"
        )
    if kind not in SOCIETY:
        return ""
    other = Of.CHECKER if kind == Of.EDITOR else Of.EDITOR
    if not Role.objects.filter(user=user, organisation=organisation, kind=other, state__in=HELD).exists():
        return ""
    return "此人同时是经办人和审核人。同一份申报书的送审和提交须由两个人办理，请再安排一人。"
