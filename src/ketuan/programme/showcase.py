"""Trying the demo: its invented people, signed in by one click. None of it exists outside of the demo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import Prefetch

from ketuan.programme import recommending
from ketuan.programme.errors import NotFound
from ketuan.records.models import Application, Recommendation, Role, User

SALT = "ketuan.showcase"
DAYS = 30
"""How long a printed link works."""
SIDES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("全国学会", "组团、填写、提交", ("editor", "checker")),
    ("省级、市级科协", "推荐和联络", ("provincial", "municipal")),
    ("项目办", "编制通知、收件、管平台", ("officer", "administrator", "auditor")),
    ("企业和园区", "提出难题", ("owner",)),
    ("审查和评审", "看申报书，给意见", ("screener", "reviewer", "chair", "supervisor")),
)
SEE = {
    "editor": "填写申报书，组团，请求推荐，送审。",
    "checker": "核对经办人写好的申报书，提交，拿回执。",
    "provincial": "看请求推荐的申报书，出具意见和推荐函。",
    "municipal": "看本市的服务和难题。",
    "officer": "编制和发布通知，收邮件和纸质材料，批准逾期。",
    "administrator": "管理单位、人员和角色。",
    "auditor": "查阅日志，核验日志链。只看，不办。",
    "owner": "登记难题，配合推荐和蹲点。",
    "screener": "按条款逐份审查。",
    "reviewer": "评审分到的申报书。",
    "chair": "主持评审组。",
    "supervisor": "看项目的进展和经费。",
}
EACH = 4
"""Most people of one role on the page."""
PROVINCES = 6
"""Most provincial associations on the page."""


@dataclass(frozen=True, slots=True)
class Face:
    """Somebody whom one may be."""

    pk: int
    role: str
    kind: str
    name: str
    organisation: str
    see: str


def faces() -> Sequence[tuple[str, str, tuple[Face, ...]]]:
    """Sides with their people: (title, note, faces). NotFound outside of the demo."""
    only_here()
    active = Role.objects.filter(state=Role.State.ACTIVE).select_related("organisation")
    users = (
        User.objects.filter(invented=True, is_active=True)
        .order_by("pk")
        .prefetch_related(Prefetch("roles", active, "held"))
    )
    of: dict[str, dict[int, Face]] = {}
    for user in users:
        for role in user.held:
            name, see = role.organisation.name, SEE.get(role.kind, "")
            face = Face(user.pk, role.get_kind_display(), role.kind, user.name, name, see)
            of.setdefault(role.kind, {}).setdefault(role.organisation_id, face)
    provincial = of.get("provincial", {})
    first = next(iter(of.get("editor", {})), None)
    chosen = [body for body in _provinces_of_interest(first) if body in provincial]
    of["provincial"] = {body: provincial[body] for body in dict.fromkeys([*chosen, *provincial])}
    most = {"provincial": PROVINCES}
    sides = (
        (title, note, tuple(face for kind in kinds for face in list(of.get(kind, {}).values())[: most.get(kind, EACH)]))
        for title, note, kinds in SIDES
    )
    return [side for side in sides if side[2]]


def _provinces_of_interest(society: int | None) -> list[int]:
    """Associations that have something to decide, then those that this society's drafts may ask, then the others' again.

    A part of the page is kept for the second, so that whoever tries the first society finds the next in line.
    """
    waits = Recommendation.objects.filter(state=Recommendation.State.ASKED).order_by("pk")
    asked = list(dict.fromkeys(waits.values_list("province", flat=True)))
    own = Application.objects.filter(society=society, state=Application.State.DRAFT).order_by("pk")
    served = [body.pk for application in own for body in recommending.suggested(application)]
    return [*asked[:EACH], *served, *asked[EACH:]]


def person(pk: str | int) -> User:
    """An invented person of the demo; NotFound for anybody else, and outside of the demo."""
    only_here()
    found = User.objects.filter(pk=pk, invented=True, is_active=True).first() if str(pk).isdecimal() else None
    if found is None:
        raise NotFound(str(pk))
    return found


def token_of(user: User) -> str:
    """For a link ``/demo/in/<token>/`` that signs this invented person in. NotFound outside of the demo."""
    return signing.dumps(person(user.pk).pk, salt=SALT)


def links() -> list[tuple[str, str, str]]:
    """One person a role: role, name with body, address of the link. For the terminal of ``ketuan up``."""
    firsts: dict[str, Face] = {}
    for _, _, there in faces():
        for face in there:
            firsts.setdefault(face.kind, face)
    return [
        (face.role, f"{face.name}（{face.organisation}）", f"/demo/in/{signing.dumps(face.pk, salt=SALT)}/")
        for face in firsts.values()
    ]


def of_token(token: str) -> User:
    """The person a link is for; NotFound for one that is forged, too old, or outside of the demo."""
    only_here()
    try:
        return person(signing.loads(token, salt=SALT, max_age=DAYS * 86400))
    except signing.BadSignature:
        raise NotFound("token") from None


def only_here() -> None:
    """NotFound outside of the demo."""
    if not settings.KETUAN_DEMO:
        raise NotFound("demo")
