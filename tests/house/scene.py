"""Two societies in the middle of the 2024 call, everything made through the verbs: what the walk of every address needs.

Each :class:`Side` is one society with the province it asked; ``near`` is that of ``editor``, ``checker``, ``provincial``
and the corps, ``far`` that of ``other_editor``, ``other_checker``, ``far_provincial``.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.test import Client
from django.test.client import ClientHandler
from stdnum.cn import uscc
from tests import ready
from tests.programme.files import pdf
from tests.world import World, expert, person
from tests.world import build as build_world

from ketuan.programme import calling, enrolling, recommending, showcase, submitting
from ketuan.programme.applying import attachments
from ketuan.programme.applying.inviting import invite_member
from ketuan.programme.enrolling.tokens import SCOPES
from ketuan.records import clock
from ketuan.records.models import (
    ApiToken,
    Application,
    CorpsMember,
    Dispatch,
    Expert,
    Invitation,
    LatePermit,
    Letter,
    Mail,
    Organisation,
    Paper,
    Recommendation,
    Role,
    Submission,
)

FAR = ("other_editor", "other_checker", "far_provincial")
"""People whose own things are those of the far side."""
CORPS = ("leader", "chief", "member")
LOCAL_PHONE, LOCAL_MAIL, IDENTITY = "13912345678", "zhou.moyan@example.invalid", "34010219850301001X"
"""Of the leader of the near corps: none of them may stand on a public page."""


@dataclass
class Side:
    """What belongs to one society."""

    society: Organisation
    province: Organisation
    draft: Application
    submitted: Application
    submission: Submission
    asked: Recommendation
    consented: Recommendation
    revocable: Recommendation
    """Consented, and nothing was submitted with it yet."""
    member: CorpsMember
    expert: Expert
    paper: Paper
    late_permit: LatePermit
    role: Role
    asked_role: Role
    asked_body: Organisation
    invitation: Invitation
    invitation_token: str
    corps_token: str
    mail: Mail
    dispatch: Dispatch


@dataclass
class Scene:
    world: World
    near: Side
    far: Side
    keys: dict[str, str] = field(default_factory=dict)
    """Key for programs with every scope, by person."""
    letters: dict[str, Letter] = field(default_factory=dict)
    tokens: dict[str, ApiToken] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    """The sessions of all who signed in once."""

    link: str = ""
    """The token of a sign-in link of the demo."""

    handler: ClientHandler = field(default_factory=lambda: ClientHandler(enforce_csrf_checks=False))
    """One for all browsers: the middleware is loaded once."""

    @property
    def roles(self) -> tuple[str, ...]:
        return ("anonymous", *self.world.people)

    def browser(self, role: str) -> Client:
        """A fresh browser with the session of ``role``; ``anonymous`` has none."""
        client = Client()
        client.handler = self.handler
        if role in self.cookies:
            client.cookies["session"] = self.cookies[role]
        return client

    def sides(self, role: str) -> tuple[Side, Side]:
        """The own side and the stranger's, as ``role`` sees them."""
        return (self.far, self.near) if role in FAR else (self.near, self.far)


def build() -> Scene:
    """Under time_machine at :data:`tests.world.BEGINNING`; about two seconds."""
    world = build_world()
    mirror = World(
        world.call,
        {**world.bodies, "society": world.bodies["other"], "province": world.bodies["far"]},
        {
            **world.people,
            "editor": world.people["other_editor"],
            "checker": world.people["other_checker"],
            "provincial": world.people["far_provincial"],
        },
    )
    calling.make("2025", after="2024", who=world.who("officer"))
    near, far = _side(world, 4, "near"), _side(mirror, 6, "far")
    _corps(world, near)
    made = Scene(world, near, far)
    for name, user in world.people.items():
        made.letters[name] = Letter.objects.create(
            key=f"scene:{name}",
            kind="role_approved",
            channel=Letter.Channel.IN_APP,
            user=user,
            subject="您可以办理业务了",
            body="登录后即可使用。",
            due_at=clock.now(),
            written_at=clock.now(),
        )
        made.tokens[name], made.keys[name] = enrolling.make_token("对接", list(SCOPES), 30, who=world.who(name))
        made.cookies[name] = world.client(name).cookies["session"].value
    made.link = showcase.token_of(world.people["officer"])
    return made


def _side(world: World, number: int, name: str) -> Side:
    society, province = world.bodies["society"], world.bodies["province"]
    editor, officer = world.who("editor"), world.who("officer")
    submission = ready.submitted(world, key=f"click-{name}", number=number)
    late = submitting.permit_late(
        submission.application, "台风停电", clock.end_of(datetime.date(2024, 5, 28)), who=officer
    )
    draft = ready.written(world, number=number, young=2)
    asked = recommending.ask(draft, province, who=editor)
    revocable = ready.consented(world, ready.written(world, number=number))
    division = province.division[:2] + "0100"
    asker = person(f"申请人{name}", f"asker.{name}@example.invalid")
    world_asker = World(world.call, world.bodies, {"asker": asker}).who("asker")
    code = f"91{division}MA0000000"
    proposed = enrolling.propose(
        "enterprise",
        f"{province.name[:2]}新材料厂",
        who=world_asker,
        division=division,
        uscc=code + uscc.calc_check_digit(code),
    )
    invited = enrolling.invite(society, "editor", who=officer)
    member = draft.members.order_by("pk").last()
    dispatch = Dispatch.objects.create(
        application=submission.application, sent_on=datetime.date(2024, 5, 9), entered_at=clock.now()
    )
    letter = Paper.objects.create(
        kind=Paper.Kind.MAIL, name="来信.eml", key=f"mail/{name}", content_type="message/rfc822", size=9,
        sha256="cd" * 32, added_at=clock.now(),
    )  # fmt: skip
    mail = Mail.objects.create(
        call=world.call, message_id=f"<{name}@example.invalid>", sender=f"mail.{name}@example.invalid", subject="报送",
        received_at=clock.now(), taken_at=clock.now(), paper=letter, state=Mail.State.UNCLEAR, society=society,
        application=submission.application,
    )  # fmt: skip
    return Side(
        society=society,
        province=province,
        draft=draft,
        submitted=submission.application,
        submission=submission,
        asked=asked,
        consented=submission.application.recommendations.get(state="consented"),
        revocable=revocable,
        member=member,
        expert=member.expert,
        paper=attachments.add_paper(draft, "proof", "佐证.pdf", pdf(), who=editor),
        late_permit=late,
        role=Role.objects.get(user=world.people["editor"], organisation=society),
        asked_role=enrolling.ask(society, ["editor"], who=world_asker)[0],
        asked_body=proposed,
        invitation=invited.invitation,
        invitation_token=invited.token,
        corps_token=invite_member(draft, name="受邀人", who=editor).token,
        mail=mail,
        dispatch=dispatch,
    )


def _corps(world: World, near: Side) -> None:
    """Leader, chief expert and a member of the near draft, with accounts."""
    for order, (place, name) in enumerate(zip(CORPS, ("周墨言", "苏怀远", "许清扬"), strict=True), 100):
        user = person(name, LOCAL_MAIL if place == "leader" else f"{place}@example.invalid")
        world.people[place] = user
        known = expert(
            name, "云杉大学", datetime.date(1985, 3, 1), user=user, phone=LOCAL_PHONE, email=user.email,
            identity_hash=enrolling.experts.hash_of_identity(IDENTITY) if place == "leader" else "",
        )  # fmt: skip
        CorpsMember.objects.create(
            application=near.draft, expert=known, place=place, order=order, added_at=clock.now(), consent="given"
        )
