"""The corps: who belongs to it, what the society may know of them, and what the composition rules say (附件1 1)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max

from ketuan.forms.identity import name_key
from ketuan.forms.roster import RosterEntry
from ketuan.programme import calling
from ketuan.programme.applying import papers, versions
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.placing import put, stored
from ketuan.programme.enrolling import experts
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Holding, Who
from ketuan.records import clock
from ketuan.records.models import Application, CorpsMember, Expert, Version
from ketuan.rules.checking import ROSTER, check
from ketuan.rules.checks.case import case_of
from ketuan.rules.checks.corps import age, muster, youth_of
from ketuan.rules.findings import Finding

FOUND = 20
"""Most experts that a search shows."""
TOGETHER = 500
"""Most persons of one import."""
CODES = tuple(one.row.code for one in ROSTER)
_SUBJECT: dict[str, str] = {CorpsMember.Place.LEADER: "leader", CorpsMember.Place.CHIEF: "chief_expert"}


@dataclass(frozen=True, slots=True)
class Line:
    """One person on the roster page; what the viewer may not know is empty."""

    pk: int
    name: str
    unit: str
    post: str
    young_elite: str
    field: str
    phone: str
    age: int | None
    young: bool
    hidden: bool
    """True where birth date and phone are not shown before the person consents."""
    place: str
    place_label: str
    consent: str
    printed: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """The corps counted as the rules count it, beside what the call asks for."""

    people: int
    people_least: int
    young: int
    young_least: int
    young_age: int
    elite: int
    elite_least: int
    age_day: datetime.date


@dataclass(frozen=True, slots=True)
class Without:
    """What the rules would say if somebody left: what would newly fail, and what would be further off."""

    name: str
    newly: tuple[Finding, ...]
    worse: tuple[Finding, ...]
    printed: bool


# ---- who is there ----------------------------------------------------------------------------------------------------


def members_of(application: Application) -> list[CorpsMember]:
    """Everybody of the corps in order, those who refused at the end."""
    members = list(application.members.select_related("expert", "application"))
    return sorted(members, key=lambda m: m.consent == CorpsMember.Consent.REFUSED)


def find_member(application: Application, pk: int) -> CorpsMember:
    """NotFound where this corps has no such member."""
    found = application.members.select_related("expert", "application").filter(pk=pk).first()
    if found is None:
        raise NotFound(f"{application.code}/{pk}")
    return found


def known_to_society(members: Iterable[CorpsMember]) -> set[int]:
    """Ids of the members whose birth date and phone are the society's to see (:func:`..enrolling.experts.known`)."""
    listed = list(members)
    if not listed:
        return set()
    known = experts.known([m.expert_id for m in listed], listed[0].application.society_id)
    return {m.pk for m in listed if m.expert_id in known or _answered(m)}


def _answered(member: CorpsMember) -> bool:
    """What the expert filled in for this corps is for its society; the register is not opened by it."""
    given = member.consent == CorpsMember.Consent.GIVEN and member.expert.consent_withdrawn_at is None
    return given and bool(member.filled)


def known_entries(application: Application) -> list[RosterEntry]:
    """The roster with nothing that the society does not know."""
    members = members_of(application)
    known = known_to_society(members)
    entries = []
    for member in members:
        entry = papers.entry_of(member, application.title)
        entries.append(entry if member.pk in known else entry.model_copy(update={"born": None, "phone": ""}))
    return entries


def lines_of(application: Application, *, who: Who) -> list[Line]:
    """The roster as this person sees it: members of the corps see no ages, only the society sees phones."""
    rules = calling.rules_of(application.call)
    day, most = rules.age_day, rules.corps.young_age.value
    roles = {h.role for h in who.holdings if h.organisation_id == application.society_id} | who.roles() & {"officer"}
    own = bool(roles & {"editor", "checker"})
    judges = own or bool(who.roles() & {"officer", "provincial"})
    rows = application.rows.get("personnel", [])
    lines, members = [], members_of(application)
    told = known_to_society(members)
    for member in members:
        expert, known = papers.entry_of(member), member.pk in told
        years = age(expert.born, day) if expert.born and known and judges else None
        lines.append(
            Line(
                member.pk,
                expert.name,
                expert.unit,
                expert.post,
                expert.young_elite,
                expert.field,
                expert.phone if own and known else "",
                years,
                years is not None and years <= most,
                judges and not known,
                member.place,
                member.get_place_display(),
                member.consent,
                bool(member.row) and member.row in rows,
            )
        )
    return lines


# ---- what the rules say ----------------------------------------------------------------------------------------------


def corps_findings(application: Application) -> tuple[Finding, ...]:
    """What the composition rules say of the roster as it is."""
    return _judged(application, papers.roster_of(application))


def tally_of(application: Application) -> Tally:
    rules = calling.rules_of(application.call)
    roster = papers.roster_of(application)
    case = case_of(papers.reading_of(application), rules, roster)
    corps = muster(case, roster)
    return Tally(
        len(corps.people),
        rules.corps.people.value,
        youth_of(case, corps).young,
        rules.corps.young.value,
        rules.corps.young_age.value,
        sum(bool(body.round) for body in corps.people),
        rules.corps.young_elite.value,
        rules.age_day,
    )


def without(application: Application, member: CorpsMember) -> Without:
    """What would be if the member left; nothing is changed."""
    members = application.members.select_related("expert").exclude(consent=CorpsMember.Consent.REFUSED)
    rest = tuple(papers.entry_of(m, application.title) for m in members if m.pk != member.pk)
    now = {(f.rule, f.weight): f for f in corps_findings(application)}
    then = [f for f in _judged(application, rest) if f.rule != "corps.known"]
    newly = tuple(f for f in then if (f.rule, f.weight) not in now)
    worse = tuple(f for f in then if f not in newly and now[f.rule, f.weight].found != f.found)
    printed = bool(member.row) and member.row in application.rows.get("personnel", [])
    return Without(member.expert.name, newly, worse, printed)


def _judged(application: Application, roster: tuple[RosterEntry, ...]) -> tuple[Finding, ...]:
    found = check(papers.reading_of(application), calling.rules_of(application.call), roster=roster, own_roster=True)
    return tuple(f for f in found if f.rule in CODES)


# ---- the register ----------------------------------------------------------------------------------------------------


def search_experts(application: Application, words: str, *, who: Who) -> list[Expert]:
    """Experts of the register who are not in this corps, for those who may add them; nothing for less than two letters."""
    permit("applying.add_member", who, application)
    if len(name_key(words)) < 2:
        return []
    rows = experts.search(words, who=who).exclude(unit="")
    return list(rows.exclude(memberships__application=application)[:FOUND])


def elsewhere(application: Application, expert: Expert) -> str:
    """Code of another corps of the same society and call that this expert belongs to (通知 三.5); empty for none."""
    others = CorpsMember.objects.filter(
        expert=expert, application__society=application.society_id, application__call=application.call_id
    )
    others = others.exclude(application=application).exclude(consent=CorpsMember.Consent.REFUSED)
    codes = others.exclude(application__state=Application.State.WITHDRAWN).values_list("application__code", flat=True)
    return "、".join(codes)


# ---- verbs -----------------------------------------------------------------------------------------------------------


def add_member(application: Application, expert_pk: int, *, who: Who) -> CorpsMember:
    """Take an expert of the register into the corps. NotFound for one that the search does not show."""
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.add_member", who, application)
        expert = experts.search(who=who).filter(pk=expert_pk).first()
        if expert is None:
            raise NotFound(str(expert_pk))
        member = placed(application, expert, who=who)
        _told(application, holding, "applying.add_member", "增加团员 1 人", [member], who=who)
    return member


def add_members(application: Application, entries: Sequence[RosterEntry], *, who: Who) -> int:
    """Take the rows of a roster into the corps, all or none; how many are new in it. Invalid for too many."""
    if len(entries) > TOGETHER:
        raise Invalid({"file": f"一次最多导入 {TOGETHER} 人，请分几次。"})
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.add_members", who, application)
        there = set(application.members.values_list("expert_id", flat=True))
        added = []
        for entry in entries:
            expert = experts.match_or_create(
                entry.name,
                entry.unit,
                entry.born,
                entry.phone,
                post=entry.post,
                field=entry.field,
                young_elite=entry.young_elite,
                who=who,
                organisation=application.society,
            )
            if expert.pk not in there:
                there.add(expert.pk)
                added.append(placed(application, expert, role=entry.role, who=who))
        if added:
            _told(
                application, holding, "applying.add_members", f"从 Excel 名册导入团员 {len(added)} 人", added, who=who
            )
    return len(added)


def change_member(application: Application, member: CorpsMember, place: str, *, fill: bool = False, who: Who) -> None:
    """Give a member a place in the corps; whoever led before becomes a member. ``fill`` writes the person into the form."""
    if place not in CorpsMember.Place.values:
        raise Invalid({"place": "请选择团长、首席专家或团员。"})
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.change_member", who, application)
        member = find_member(application, member.pk)
        if place in _SUBJECT:
            application.members.filter(place=place).exclude(pk=member.pk).update(place=CorpsMember.Place.MEMBER)
        member.place = place
        member.save(update_fields=["place"])
        if fill and place in _SUBJECT:
            _fill(application, _SUBJECT[place], member, who)
        says = f"设为{member.get_place_display()}" + ("，并填入申报书" if fill and place in _SUBJECT else "")
        _told(application, holding, "applying.change_member", says, [member], who=who)


def remove_member(application: Application, member: CorpsMember, *, who: Who) -> None:
    """Take somebody out of the corps. A printed row stays in the form, where it can be taken out by hand."""
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.remove_member", who, application)
        member = find_member(application, member.pk)
        versions.keep(application, Version.Why.SITTING, who=who)
        record(
            who,
            holding,
            "applying.remove_member",
            member,
            "移出团员 1 人",
            sealed={"names": [member.expert.name]},
            application=application,
        )
        member.delete()
        versions.keep(application, Version.Why.SITTING, who=who)


def placed(application: Application, expert: Expert, *, role: str = "", who: Who) -> CorpsMember:
    """The row of a new member at the end. Invalid where the expert is there already. Inside a transaction."""
    if application.members.filter(expert=expert).exists():
        raise Invalid({"expert": f"{expert.name}已经在这个服务团里。"})
    last = application.members.aggregate(last=Max("order"))["last"] or 0
    places = {str(label): value for value, label in CorpsMember.Place.choices}
    place = places.get(role.strip(), CorpsMember.Place.MEMBER)
    if place in _SUBJECT and application.members.filter(place=place).exists():
        place = CorpsMember.Place.MEMBER
    return CorpsMember.objects.create(
        application=application,
        expert=expert,
        place=place,
        order=last + 1,
        added_at=clock.now(),
        added_by_id=who.user_id,
    )


def _fill(application: Application, subject: str, member: CorpsMember, who: Who) -> None:
    expert, known = papers.entry_of(member), bool(known_to_society([member]))
    values = {
        "name": expert.name,
        "mobile": expert.phone if known else "",
        "email": member.expert.email if known and not member.filled else "",
        "post": " ".join(part for part in (expert.unit, expert.post) if part),
    }
    written = [f"{subject}.{name}" for name, value in values.items() if value]
    changed = [path for path in written if put(application, path, values[path.rpartition(".")[2]])]
    if changed:
        stored(application, changed, who=who)


def _told(
    application: Application, holding: Holding, verb: str, says: str, members: Sequence[CorpsMember], *, who: Who
) -> None:
    versions.keep(application, Version.Why.SITTING, who=who)
    record(
        who,
        holding,
        verb,
        members[0],
        says,
        data={"members": [m.pk for m in members], "persons": application.members.count()},
        sealed={"names": [m.expert.name for m in members]},
        application=application,
    )


def places() -> tuple[tuple[str, str], ...]:
    """Value and name of the places in a corps."""
    return tuple((str(value), str(label)) for value, label in CorpsMember.Place.choices)


def lacking(tally: Tally) -> str:
    """The live sentence: “还差 2 人，还差 3 名 45 岁及以下”; empty where nothing is."""
    lacks = (
        (tally.people_least - tally.people, "{} 人"),
        (tally.young_least - tally.young, f"{{}} 名 {tally.young_age} 岁及以下"),
        (tally.elite_least - tally.elite, "{} 名青年人才托举工程入选者（鼓励）"),
    )
    return "，".join(f"还差 {words.format(number)}" for number, words in lacks if number > 0)
