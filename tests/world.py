"""A small world for tests: one published call, two societies, a province, the office, and people in their roles.

Made directly in the tables, so that a test of one verb does not rest on another.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.test import Client

from ketuan.forms.identity import folded, name_key
from ketuan.programme import calling
from ketuan.programme.who import Who, who_is
from ketuan.records import clock
from ketuan.records.models import Call, CallVersion, Expert, Organisation, Role, User

BEGINNING = datetime.datetime(2024, 5, 10, 9, 30, tzinfo=clock.CHINA)
"""Ten days of the 2024 call are left; tests travel here with time_machine (fixture ``world``)."""


@dataclass
class World:
    """``people["editor"]`` is the maker of the first society; see :func:`build` for all names."""

    call: Call
    bodies: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)

    def who(self, name: str) -> Who:
        return who_is(self.people[name])

    def client(self, name: str | None = None) -> Client:
        """A browser, signed in as ``name``; None is a stranger."""
        client = Client()
        if name is not None:
            client.force_login(self.people[name], backend="allauth.account.auth_backends.AuthenticationBackend")
        return client


def body(kind: str, name: str, **more: object) -> Organisation:
    return Organisation.objects.create(
        kind=kind, name=name, name_key=folded(name), created_at=clock.now(), invented=True, **more
    )


def person(name: str, email: str, *roles: tuple[str, Organisation]) -> User:
    from allauth.account.models import EmailAddress

    user = User.objects.create_user(email, "correct horse 2024", name=name, invented=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    for kind, organisation in roles:
        Role.objects.create(user=user, organisation=organisation, kind=kind, state="active", asked_at=clock.now())
    return user


def expert(name: str, unit: str, born: datetime.date | None = None, **more: object) -> Expert:
    now = clock.now()
    return Expert.objects.create(
        name=name,
        name_key=name_key(name),
        unit=unit,
        unit_key=folded(unit),
        born=born,
        created_at=now,
        updated_at=now,
        **more,
    )


def published_call(officer: User) -> Call:
    content = calling.content_of("2024")
    call = Call.objects.create(
        code="2024",
        title=content["call"]["title"],
        state=Call.State.PUBLISHED,
        draft=content,
        opens_at=clock.start_of(datetime.date(2024, 5, 7)),
        deadline_at=clock.end_of(datetime.date(2024, 5, 24)),
        created_at=clock.now(),
    )
    call.current = CallVersion.objects.create(
        call=call,
        number=1,
        content=content,
        sha256=calling.hash_of(content),
        kind="first",
        published_at=clock.now(),
        published_by=officer,
    )
    call.save()
    return call


def build() -> World:
    """office: officer, administrator, auditor · society: editor, checker · other: other_editor, other_checker ·
    province 安徽: provincial · far 云南: far_provincial · city 合肥: municipal · enterprise: owner · screener, reviewer,
    chair, supervisor · nobody: signed in without a role."""
    bodies = {
        "office": body("office", "中国科协项目办"),
        "society": body("society", "中国云上测绘装备学会", code="Z-01", uscc="511000005000000007"),
        "other": body("society", "中国深谷材料学会", code="Z-02"),
        "province": body("province", "安徽省科学技术协会", division="340000"),
        "far": body("province", "云南省科学技术协会", division="530000"),
        "city": body("city", "合肥市科学技术协会", division="340100"),
        "enterprise": body("enterprise", "合肥青穹仪器有限公司", division="340100"),
        "screeners": body("screener", "清源项目评估中心"),
        "supervisors": body("supervisor", "远衡项目管理公司"),
    }
    bodies["city"].parent = bodies["province"]
    bodies["city"].save()
    bodies["enterprise"].parent = bodies["city"]
    bodies["enterprise"].save()
    for name in ("society", "other", "province", "far", "screeners", "supervisors"):
        bodies[name].parent = bodies["office"]
        bodies[name].save()
    holders = {
        "officer": ("officer", "office", "闻一舟"),
        "administrator": ("administrator", "office", "管维安"),
        "auditor": ("auditor", "office", "申计明"),
        "editor": ("editor", "society", "江晚晴"),
        "checker": ("checker", "society", "沈听澜"),
        "other_editor": ("editor", "other", "陆知行"),
        "other_checker": ("checker", "other", "顾南舟"),
        "provincial": ("provincial", "province", "程安之"),
        "far_provincial": ("provincial", "far", "白云深"),
        "municipal": ("municipal", "city", "夏知秋"),
        "owner": ("owner", "enterprise", "莫问渠"),
        "screener": ("screener", "screeners", "严守正"),
        "reviewer": ("reviewer", "office", "钟鸣远"),
        "chair": ("chair", "office", "温如玉"),
        "supervisor": ("supervisor", "supervisors", "路长青"),
    }
    people = {
        key: person(name, f"{key}@example.invalid", (role, bodies[where]))
        for key, (role, where, name) in holders.items()
    }
    people["nobody"] = person("叶无名", "nobody@example.invalid")
    return World(published_call(people["officer"]), bodies, people)
