"""The sealed bag by post (通知 四.2)."""

import datetime

import pytest
from tests.programme.test_saving import save
from tests.ready import submitted
from tests.world import World

from ketuan.programme import applying, calling, receiving, submitting
from ketuan.programme.errors import Invalid, NotFound, Refused
from ketuan.programme.receiving import Bag
from ketuan.records import clock
from ketuan.records.models import Application, CallVersion, Dispatch, LatePermit, Letter

DAY = datetime.date(2024, 5, 24)
CAME = datetime.datetime(2024, 5, 28, 10, 0, tzinfo=clock.CHINA)


def bag(application: Application, **more) -> Bag:
    code = application.submitted.version.short_code
    given = {"sent_on": DAY, "received_at": CAME, "originals": 1, "copies": 5, "sealed": True, "labelled": True}
    return Bag(**{**given, "short_code": code, "carrier": "邮政特快", "tracking": "E1", **more})


@pytest.fixture
def application(world: World) -> Application:
    made = submitted(world).application
    world.travel(datetime.datetime(2024, 5, 29, 9, 0, tzinfo=clock.CHINA))
    return made


def enter(world: World, application: Application, **more) -> Dispatch:
    return receiving.enter_bag(application, bag(application, **more), who=world.who("officer"))


def rules(found: Dispatch) -> list[str]:
    return [f["rule"] for f in found.findings]


def test_a_bag_as_the_call_asks_is_received_and_the_society_is_told(world: World, application: Application) -> None:
    found = enter(world, application)
    assert (rules(found), found.agrees) == ([], True)
    assert Letter.objects.filter(kind="bag_received", channel="in_app").count() == 2
    assert [(p.application, p.word) for p in receiving.posted(who=world.who("officer"))] == [(application, "已收到")]


def test_the_day_of_dispatch_counts_and_not_the_day_of_arrival(world: World, application: Application) -> None:
    assert rules(enter(world, application)) == []
    late = enter(world, application, sent_on=DAY + datetime.timedelta(days=1))
    assert (rules(late), late.findings[0]["weight"], late.findings[0]["clause"]) == (
        ["paper.day"],
        "block",
        "通知 四.2",
    )


def test_a_call_may_count_the_day_of_arrival(world: World, application: Application) -> None:
    version = CallVersion.objects.get()
    version.content["settings"]["paper_by"]["value"] = "receipt"
    version.sha256 = calling.hash_of(version.content)
    version.save()
    application = applying.find(application.code, who=world.who("officer"))
    assert rules(enter(world, application)) == ["paper.day"]


def test_a_late_permit_moves_the_last_day(world: World, application: Application) -> None:
    LatePermit.objects.create(
        application=application,
        reason="台风停电",
        until=datetime.datetime(2024, 5, 27, 18, 0, tzinfo=clock.CHINA),
        given_by=world.people["officer"],
        given_at=clock.now(),
    )
    assert rules(enter(world, application, sent_on=datetime.date(2024, 5, 27))) == []
    assert rules(enter(world, application, sent_on=datetime.date(2024, 5, 28))) == ["paper.day"]


def test_copies_seal_and_label_are_held_against_the_call(world: World, application: Application) -> None:
    found = enter(world, application, originals=0, copies=3, sealed=False, labelled=False)
    assert rules(found) == ["paper.originals", "paper.copies", "paper.sealed", "paper.label"]
    assert found.findings[1]["fix"] == "请补寄复印件 2 份。"
    assert receiving.posted(who=world.who("officer"))[0].word == "份数不足"


def test_paper_of_an_older_version_is_named_with_what_changed(world: World, application: Application) -> None:
    world.travel(datetime.datetime(2024, 5, 12, 9, 0, tzinfo=clock.CHINA))
    old = application.submitted.version
    again = submitting.reopen(application, who=world.who("editor"))
    save(world, again, "rationale", "另一段立项依据，写得更清楚。")
    submitting.send_to_checker(again, who=world.who("editor"))
    submitting.submit(again, key="click-2", who=world.who("checker"))
    world.travel(datetime.datetime(2024, 5, 29, 9, 0, tzinfo=clock.CHINA))
    application.refresh_from_db()
    found = enter(world, application, short_code=old.short_code.lower().replace("-", ""))
    assert (rules(found), found.agrees, found.short_code) == (["paper.code"], False, old.short_code)
    new = application.submitted.version.number
    assert found.findings[0]["message"].startswith(
        f"纸面是第 {old.number} 版，不是已提交的第 {new} 版。两版的不同：三、立项依据"
    )
    assert receiving.posted(who=world.who("officer"))[0].word == "不一致"


def test_a_code_of_no_version_is_told_apart_from_an_old_one(world: World, application: Application) -> None:
    found = enter(world, application, short_code="AAAA-AAAA")
    assert "不是这份申报书任何一版" in found.findings[0]["message"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sent_on", None),
        ("sent_on", datetime.date(2024, 6, 1)),
        ("received_at", datetime.datetime(2024, 5, 20, tzinfo=clock.CHINA)),
        ("received_at", datetime.datetime(2024, 6, 20, tzinfo=clock.CHINA)),
        ("originals", None),
        ("copies", 1000),
        ("short_code", "K7"),
        ("carrier", "快" * 41),
    ],
)
def test_what_cannot_be_is_not_written_down(world: World, application: Application, field: str, value: object) -> None:
    with pytest.raises(Invalid) as told:
        enter(world, application, **{field: value})
    assert (list(told.value.errors), Dispatch.objects.count()) == ([field], 0)


def test_a_bag_on_its_way_is_written_down_without_a_letter(world: World, application: Application) -> None:
    enter(world, application, received_at=None, originals=None, copies=None, sealed=None, labelled=None, short_code="")
    assert receiving.posted(who=world.who("officer"))[0].word == "已寄出"
    assert not Letter.objects.filter(kind__startswith="bag_").exists()


def test_mending_tells_the_society_again_only_when_the_result_is_another(
    world: World, application: Application
) -> None:
    found = enter(world, application, copies=3)
    told = Letter.objects.filter(kind__startswith="bag_", channel="in_app")
    assert told.count() == 2
    receiving.mend_bag(found, bag(application, copies=3, note="第二层"), who=world.who("officer"))
    assert told.count() == 2
    receiving.mend_bag(found, bag(application), who=world.who("officer"))
    assert sorted(told.values_list("kind", flat=True)) == ["bag_problem", "bag_problem", "bag_received", "bag_received"]


def test_an_application_is_found_by_what_stands_on_the_bag(world: World, application: Application) -> None:
    who = world.who("officer")
    number, code = application.submitted.number, application.submitted.version.short_code
    for text in (number, code, code.lower().replace("-", " "), application.code, application.title[6:10], "云上测绘"):
        assert receiving.search(text, who=who) == [application], text
    assert receiving.search("没有这个", who=who) == []


@pytest.mark.parametrize("name", ["editor", "checker", "other_editor", "provincial", "reviewer", "auditor", "nobody"])
def test_only_the_office_enters_bags(world: World, application: Application, name: str) -> None:
    found = enter(world, application)
    who = world.who(name)
    for act in (
        lambda: receiving.enter_bag(application, bag(application), who=who),
        lambda: receiving.mend_bag(found, bag(application), who=who),
    ):
        with pytest.raises(Refused):
            act()
    assert receiving.search(application.code, who=who) == []
    if name in ("editor", "checker"):
        assert receiving.bag_of(application, found.pk, who=who) == found
    else:
        with pytest.raises(NotFound):
            receiving.bag_of(application, found.pk, who=who)
