"""Putting the demo year into the tables, through the verbs wherever a verb says something: journal, letters and receipts
are real. The clock stands at each step's moment while it is done."""

from __future__ import annotations

import datetime
import importlib.resources
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from ketuan.forms.identity import folded, name_key
from ketuan.programme import applying, calling, recommending, submitting
from ketuan.programme.applying import keeping, papers
from ketuan.programme.applying.saving import store
from ketuan.programme.applying.versions import keep
from ketuan.programme.calling.moving import move_day
from ketuan.programme.demo import bustle, sealing
from ketuan.programme.demo.values import Corps, Step
from ketuan.programme.demo.year import DemoYear, demo_year
from ketuan.programme.enrolling.registries import load_registries
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.recommending.deciding import Officer
from ketuan.programme.who import PLATFORM, Who, who_is
from ketuan.records import clock
from ketuan.records.models import (
    Application,
    Call,
    CorpsMember,
    Expert,
    Organisation,
    Paper,
    Problem,
    Recommendation,
    Role,
    SupplierRegistration,
    User,
    Version,
)

Tell = Callable[[str], None]
DAY = datetime.datetime(2024, 5, 22, 9, 30, tzinfo=clock.CHINA)
"""Where the demo stands when it is new: two and a half days before the deadline."""
FOUNDED = datetime.datetime(2024, 4, 15, 10, 0, tzinfo=clock.CHINA)
PUBLISHED = datetime.datetime(2024, 5, 7, 9, 0, tzinfo=clock.CHINA)
_KINDS = {"municipality": "city"}
_ROLES = {
    "administrator": "administrator",
    "auditor": "auditor",
    "programme_officer": "officer",
    "society_editor": "editor",
    "society_checker": "checker",
    "provincial_officer": "provincial",
    "municipal_officer": "municipal",
    "grassroots_officer": "owner",
    "problem_owner": "owner",
    "screener": "screener",
    "supervisor": "supervisor",
    "reviewer": "reviewer",
    "panel_chair": "chair",
}
_SUPPLIER = {"registered": "done", "must_renew": "again", "not_registered": "none"}


@dataclass(slots=True)
class Made:
    """Rows by the keys of the year."""

    bodies: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    experts: dict[str, Expert] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    whos: dict[int, Who] = field(default_factory=dict)

    def who(self, user: User) -> Who:
        if user.pk not in self.whos:
            self.whos[user.pk] = who_is(user)
        return self.whos[user.pk]

    def held(self, body: str, role: str) -> Who:
        """Somebody of that body in that role."""
        rows = Role.objects.filter(organisation=self.bodies[body], kind=role).select_related("user").order_by("pk")
        return self.who(rows[0].user)


def is_empty() -> bool:
    """Whether the year has not been made yet (or not to its end)."""
    return not Call.objects.filter(state=Call.State.PUBLISHED).exists()


def build(*, tell: Tell = print, seed: int = 2024) -> None:
    """Make the year; about ten seconds. All or nothing."""
    year = demo_year(seed)
    made = Made()
    with transaction.atomic():
        with clock.standing(FOUNDED):
            load_registries(who=PLATFORM)
            _bodies(year, made)
            _people(year, made)
            _experts(year, made)
            _problems(year, made)
        tell(
            f"{len(made.bodies)} 个单位、{len(made.people)} 个账号、{len(made.experts)} 名专家、{len(year.problems)} 个难题"
        )
        with clock.standing(PUBLISHED):
            call = _call(made)
        for step, corps in _in_order(year):
            with clock.standing(step.at):
                DO[step.what](made, call, corps, step)
        tell(f"{Application.objects.count()} 份申报书")
        with clock.standing(DAY - datetime.timedelta(hours=1)):
            _bustle(year, made)
        move_day(DAY, who=PLATFORM)


def _bustle(year: DemoYear, made: Made) -> None:
    officer = made.held(next(key for key, body in made.bodies.items() if body.kind == "office"), "officer")
    city = next(body for body in made.bodies.values() if body.kind == "city")
    bustle.newcomers([made.bodies[one.key] for one in year.organisations if one.kind == "society"][:3], city)
    bustle.odd_letter(clock.now())
    bustle.bags(officer)
    bustle.next_year(officer)


def _in_order(year: DemoYear) -> list[tuple[Step, Corps]]:
    """Every step before the demo's day, as it happened.

    Who shares members or texts with another application writes them after that one was submitted: earlier, the rules
    would have stopped both (通知 三.5).
    """
    last = {corps.key: max(step.at for step in corps.steps) for corps in year.corps}
    steps = []
    for corps in year.corps:
        handed_in = any(step.what == "submitted" for step in corps.steps)
        others = {key for flaw in corps.flaws for key in flaw.others if not handed_in}
        after = max((last[key] for key in others), default=FOUNDED)
        for number, step in enumerate(corps.steps):
            waits = step.what != "created"
            at = max(step.at, after + number * datetime.timedelta(minutes=40)) if waits else step.at
            steps.append((replace(step, at=at), corps))
    return sorted((one for one in steps if one[0].at < DAY), key=lambda one: (one[0].at, one[1].key))


def _bodies(year: DemoYear, made: Made) -> None:
    now = clock.now()
    known = {(o.kind, o.name_key): o for o in Organisation.objects.all()}
    office = next((o for (kind, _), o in known.items() if kind == "office"), None)
    for one in year.organisations:
        kind = _KINDS.get(one.kind, one.kind)
        body = office if kind == "office" else known.get((kind, folded(one.name)))
        if body is None:
            body = Organisation.objects.create(
                kind=kind,
                name=one.name,
                short_name=one.short,
                name_key=folded(one.name),
                uscc=one.uscc,
                division=one.division,
                address=one.address,
                phone=one.contact.phone,
                parent=made.bodies.get(one.above),
                had_legacy_supplier=one.supplier == "must_renew",
                invented=kind not in ("office", "province", "city"),
                created_at=now,
            )
        made.bodies[one.key] = body
        if one.supplier:
            state = _SUPPLIER[one.supplier]
            SupplierRegistration.objects.create(
                organisation=body,
                state=state,
                number=f"GYS{body.pk:06d}" if state == "done" else "",
                day=datetime.date(2024, 4, 2 + body.pk % 26) if state == "done" else None,
                updated_at=now,
            )


def _people(year: DemoYear, made: Made) -> None:
    """Accounts without a password: one gets in by the sign-in links of the demo, and by nothing else."""
    now, nothing = clock.now(), make_password(None)
    roles: list[Role] = []
    for one in year.staff:
        kinds = [_ROLES[role] for role in one.roles if role in _ROLES]
        if kinds:
            user = User(email=one.email, name=one.name, mobile=one.mobile, password=nothing, invented=True)
            made.people[one.key] = user
            roles += [Role(user=user, organisation=made.bodies[one.organisation], kind=kind) for kind in kinds]
    office = next(body for body in made.bodies.values() if body.kind == "office")
    for expert in year.experts:
        if expert.roles:
            user = User(email=expert.email, name=expert.name, mobile=expert.mobile, password=nothing, invented=True)
            made.people[expert.key] = user
            roles += [Role(user=user, organisation=office, kind=_ROLES[role]) for role in expert.roles]
    User.objects.bulk_create(made.people.values())
    for role in roles:
        role.user_id = role.user.pk
        role.state, role.asked_at, role.decided_at = Role.State.ACTIVE, now, now
    Role.objects.bulk_create(roles)
    EmailAddress.objects.bulk_create(
        EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in made.people.values()
    )


def _experts(year: DemoYear, made: Made) -> None:
    now = clock.now()
    for one in year.experts:
        made.experts[one.key] = Expert(
            user=made.people.get(one.key),
            name=one.name,
            name_key=name_key(one.name),
            unit=one.unit,
            unit_key=folded(one.unit),
            born=one.born,
            post=one.post,
            field=one.field,
            young_elite=one.young_elite,
            phone=one.mobile,
            email=one.email,
            division=one.city[:2] + "0000",
            consented_at=now,
            consent_wording="2024-1",
            created_at=now,
            updated_at=now,
        )
    Expert.objects.bulk_create(made.experts.values())


def _problems(year: DemoYear, made: Made) -> None:
    now = clock.now()
    Problem.objects.bulk_create(
        Problem(
            code=f"N24-{number:04d}",
            title=one.form.title,
            proposer=made.bodies[one.proposer],
            division=one.division,
            industry=(one.form.industries or [one.form.other_industry])[0],
            form=papers.plain(one.form),
            created_at=now,
        )
        for number, one in enumerate(year.problems, 1)
    )


def _call(made: Made) -> Call:
    office = next(key for key, body in made.bodies.items() if body.kind == "office")
    officer = made.held(office, "officer")
    shipped = importlib.resources.files("ketuan.rules") / "calls" / "2024.toml"
    call = calling.make_from_file(shipped.read_bytes(), who=officer)
    call = calling.set_contact(call, sealing.CONTACT, who=officer)
    calling.rehearse(call, who=officer)
    calling.publish(call, who=officer)
    return calling.find("2024", who=officer)


# ---- steps -----------------------------------------------------------------------------------------------------------


def _now(made: Made, corps: Corps) -> Application:
    return applying.find(made.applications[corps.key].code, who=PLATFORM)


def _doer(made: Made, corps: Corps, step: Step, role: str = "editor") -> Who:
    user = made.people.get(step.who)
    return made.who(user) if user else made.held(corps.society, role)


def _created(made: Made, call: Call, corps: Corps, step: Step) -> None:
    who = _doer(made, corps, step)
    made.applications[corps.key] = applying.start(call, made.bodies[corps.society], who=who)


def _written(made: Made, call: Call, corps: Corps, step: Step) -> None:
    """The whole form at once: what a society writes in days."""
    who = _doer(made, corps, step)
    with transaction.atomic():
        application = _now(made, corps)
        if application.state == Application.State.SUBMITTED:
            application = submitting.reopen(application, who=who)
        holding = permit("applying.save", who, application)
        if not application.members.exists():
            _enlist(made, application, corps, who)
        application.form = papers.plain(corps.form)
        store(application, who=who)
        _print(application)
        keep(application, Version.Why.SITTING, who=who)
        record(who, holding, "applying.save", application, "填写申报书各部分", application=application)


def _print(application: Application) -> None:
    """Tie the rows of the printed table to the people of the roster."""
    rows = zip(application.rows["personnel"], application.form["personnel"], strict=True)
    keys = {name_key(row["name"]): key for key, row in rows}
    members = list(application.members.select_related("expert"))
    for member in members:
        member.row = keys.get(member.expert.name_key, "")
        member.printed = bool(member.row)
    CorpsMember.objects.bulk_update(members, ["row", "printed"])


def _enlist(made: Made, application: Application, corps: Corps, who: Who) -> None:
    now = clock.now()
    places = {corps.leader: CorpsMember.Place.LEADER, corps.chief: CorpsMember.Place.CHIEF}
    CorpsMember.objects.bulk_create(
        CorpsMember(
            application=application,
            expert=made.experts[key],
            place=places.get(key, CorpsMember.Place.MEMBER) if key else CorpsMember.Place.MEMBER,
            duty=next((row.duty for row in corps.form.personnel if row.name == made.experts[key].name), ""),
            order=number,
            consent=CorpsMember.Consent.GIVEN,
            consented_at=now,
            added_at=now,
            added_by_id=who.user_id,
        )
        for number, key in enumerate(dict.fromkeys(corps.members))
    )


def _consent_asked(made: Made, call: Call, corps: Corps, step: Step) -> None:
    for province in corps.provinces[:1]:
        recommending.ask(_now(made, corps), made.bodies[province], who=_doer(made, corps, step), unserved=True)


def _province(made: Made, corps: Corps) -> Who:
    return made.held(corps.provinces[0], "provincial")


def _pending(made: Made, corps: Corps) -> Recommendation:
    asked = recommending.pending(_now(made, corps))
    if asked is None:
        raise LookupError(f"{corps.key} has not asked for a consent")
    return asked


def _consented(made: Made, call: Call, corps: Corps, step: Step) -> None:
    group = corps.liaison
    if group is None:
        raise LookupError(f"{corps.key} has no liaison group")
    rules = calling.rules_of(call)
    sides = zip(rules.liaison.officers.value, (group.society, group.province, group.city), strict=True)
    society, province = made.bodies[corps.society].name, made.bodies[corps.provinces[0]].name
    units = (society, province, "市科学技术协会")
    officers = [
        Officer(side, one.name, unit, one.title, one.phone) for (side, one), unit in zip(sides, units, strict=True)
    ]
    head = Officer("组长", group.head.name, province, group.head.title, group.head.phone)
    number = corps.consents[0].number if corps.consents else ""
    who = _province(made, corps)
    recommending.consent(_pending(made, corps), head, officers, who=who, number=number, despite=True)


def _consent_returned(made: Made, call: Call, corps: Corps, step: Step) -> None:
    recommending.return_for_change(_pending(made, corps), step.note, who=_province(made, corps))


def _consent_refused(made: Made, call: Call, corps: Corps, step: Step) -> None:
    recommending.refuse(_pending(made, corps), step.note, who=_province(made, corps))


def _sent_to_checker(made: Made, call: Call, corps: Corps, step: Step) -> None:
    who = made.held(corps.society, "editor")
    application = _now(made, corps)
    if not application.papers.filter(kind="signed_scan", removed_at=None).exists():
        _scan(application, corps, who)
    for asked in submitting.readiness(application, who=who).asked:
        if not asked.answered:
            text = sealing.REASONS.get(asked.finding.rule, sealing.REASON)
            applying.give_reason(application, asked.key, text, who=who)
    submitting.send_to_checker(_now(made, corps), who=who)


def _scan(application: Application, corps: Corps, who: Who) -> None:
    """The scan lies there as if uploaded; our own PDF needs no sniffing, which would cost half of the demo's time."""
    data = sealing.scan(corps)
    with transaction.atomic():
        paper = Paper.objects.create(
            application=application,
            kind=Paper.Kind.SIGNED_SCAN,
            name="申报书签字盖章扫描件.pdf",
            key=keeping.keep(data),
            content_type="application/pdf",
            size=len(data),
            sha256=keeping.hash_of(data),
            pages=sealing.PAGES,
            added_by_id=who.user_id,
            added_at=clock.now(),
        )
        holding = permit("applying.add_paper", who, application)
        record(who, holding, "applying.add_paper", paper, "上传附件：签字盖章扫描件", application=application)


def _returned_by_checker(made: Made, call: Call, corps: Corps, step: Step) -> None:
    submitting.return_to_maker(_now(made, corps), step.note, who=made.held(corps.society, "checker"))


def _submitted(made: Made, call: Call, corps: Corps, step: Step) -> None:
    who = made.held(corps.society, "checker")
    application = _now(made, corps)
    numbers = {one.number for one in submitting.readiness(application, who=who).commitments}
    submitting.commit(application, numbers, who=who)
    key = f"demo-{corps.key}-{step.at:%m%d%H%M%S}"
    submitting.submit(_now(made, corps), key=key, who=who)


def _permitted_late(made: Made, call: Call, corps: Corps, step: Step) -> None:
    office = next(key for key, body in made.bodies.items() if body.kind == "office")
    until = clock.end_of(datetime.date(2024, 5, 29))
    submitting.permit_late(_now(made, corps), step.note, until, who=made.held(office, "officer"))


def _withdrawn(made: Made, call: Call, corps: Corps, step: Step) -> None:
    submitting.withdraw(_now(made, corps), step.note, who=made.held(corps.society, "checker"))


def _came_by_mail(made: Made, call: Call, corps: Corps, step: Step) -> None:
    """A letter with the Word form and the scans, as societies sent it before there was a platform."""
    from ketuan.programme import receiving

    receiving.take_in(sealing.mail(corps, made.bodies[corps.society], step.at), who=PLATFORM, arrived=step.at)


DO: dict[str, Callable[[Made, Call, Corps, Step], None]] = {
    "created": _created,
    "written": _written,
    "consent_asked": _consent_asked,
    "consented": _consented,
    "consent_returned": _consent_returned,
    "consent_refused": _consent_refused,
    "sent_to_checker": _sent_to_checker,
    "returned_by_checker": _returned_by_checker,
    "submitted": _submitted,
    "permitted_late": _permitted_late,
    "withdrawn": _withdrawn,
    "came_by_mail": _came_by_mail,
}
