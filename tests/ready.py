"""Applications that are complete, for tests of what follows the writing."""

from __future__ import annotations

import datetime

from tests.rules import builder
from tests.world import World, expert

from ketuan.programme import applying, recommending, submitting
from ketuan.programme.applying import papers
from ketuan.programme.applying.saving import store
from ketuan.programme.recommending import Officer
from ketuan.records import clock
from ketuan.records.models import Application, CorpsMember, Paper, Recommendation, Submission

HEAD = Officer("组长", "程远山", "", "副主席", "0551-60000001")
OFFICERS = (
    Officer("全国学会", "江晚晴", "中国云上测绘装备学会", "学术部主任", "13800000011"),
    Officer("省级科协", "程安之", "安徽省科学技术协会", "学会部副部长", "13800000012"),
    Officer("主要服务市区科协", "夏知秋", "铜陵市科学技术协会", "部长", "13800000013"),
)


def written(world: World, *, young: int = 12, number: int = 4) -> Application:
    """An application of the first society without a blocking finding and, with enough young people, without a warning."""
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    form = builder.clean(number)
    form |= {"work_plan": builder.WORK_PLAN, "objectives": builder.OBJECTIVES}
    application.form = papers.plain(builder.application(form))
    with_roster(application, young)
    in_transaction(application, world)
    return application


def in_transaction(application: Application, world: World) -> None:
    from django.db import transaction

    with transaction.atomic():
        store(application, who=world.who("editor"))


def with_roster(application: Application, young: int, people: int = 22) -> None:
    for n in range(people):
        born = datetime.date(1985, 3, 1) if n < young else datetime.date(1970, 3, 1)
        elite = "第七届" if n < 2 else ""
        member = expert(builder.person_name(n), f"云杉{n}大学", born, young_elite=elite, phone=f"1390000{n:04d}")
        CorpsMember.objects.create(
            application=application, expert=member, order=n, added_at=clock.now(), consent=CorpsMember.Consent.GIVEN
        )


def paper(application: Application, kind: Paper.Kind, name: str = "扫描件.pdf") -> Paper:
    return Paper.objects.create(
        application=application,
        kind=kind,
        name=name,
        key=f"papers/test/{application.pk}-{kind}-{Paper.objects.count()}",
        content_type="application/pdf",
        size=1234,
        sha256="ab" * 32,
        added_at=clock.now(),
    )


def asked(world: World, application: Application) -> Recommendation:
    return recommending.ask(application, world.bodies["province"], who=world.who("editor"), unserved=True)


def consented(world: World, application: Application) -> Recommendation:
    found = asked(world, application)
    return recommending.consent(found, HEAD, OFFICERS, who=world.who("provincial"), despite=True)


def checked(world: World, **more: int) -> Application:
    """Consented, promised, scanned, and sent to the checker."""
    application = written(world, **more)
    consented(world, application)
    paper(application, Paper.Kind.SIGNED_SCAN)
    submitting.commit(application, {"1", "2"}, who=world.who("editor"))
    return submitting.send_to_checker(application, who=world.who("editor"))


def submitted(world: World, key: str = "click-1", **more: int) -> Submission:
    return submitting.submit(checked(world, **more), key=key, who=world.who("checker"))
