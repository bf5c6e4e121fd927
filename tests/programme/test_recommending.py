"""The province's word: asked for, given once, told when the text is another one afterwards."""

import re
from io import BytesIO

import pypdfium2
import pytest
from django.core.files.storage import default_storage
from tests.programme.test_saving import save
from tests.ready import HEAD, OFFICERS, asked, consented, submitted, written
from tests.world import World

from ketuan.programme import applying, receipts, recommending, submitting
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.recommending import Officer
from ketuan.programme.who import PLATFORM
from ketuan.records.models import Entry, Letter, Paper, Recommendation

STRANGERS = ("other_editor", "other_checker", "far_provincial", "municipal", "reviewer", "nobody")


@pytest.fixture
def application(world: World):
    return written(world)


def test_the_provinces_of_the_form_are_suggested_first(world: World, application) -> None:
    assert recommending.suggested(application) == (world.bodies["province"],)


def test_asking_freezes_a_version_and_writes_to_the_province(world: World, application) -> None:
    found = asked(world, application)
    assert (found.state, found.version.why, found.version.form) == ("asked", "to_province", application.form)
    letter = Letter.objects.get(kind="recommendation_asked", channel="in_app")
    assert (letter.user, letter.link) == (world.people["provincial"], f"/recommending/{found.pk}/")
    assert Entry.objects.filter(verb="recommending.ask").count() == 1


def test_a_province_is_asked_once_at_a_time(world: World, application) -> None:
    asked(world, application)
    with pytest.raises(Refused, match="还没有答复"):
        recommending.ask(application, world.bodies["far"], who=world.who("editor"))


def test_only_a_provincial_association_can_be_asked(world: World, application) -> None:
    with pytest.raises(Invalid):
        recommending.ask(application, world.bodies["city"], who=world.who("editor"))


def test_taken_back_it_does_not_exist_for_the_province(world: World, application) -> None:
    found = asked(world, application)
    recommending.take_back(found, who=world.who("checker"))
    with pytest.raises(NotFound):
        recommending.find(found.pk, who=world.who("provincial"))
    assert asked(world, application).state == "asked"


def test_consent_makes_a_letter_that_counts_as_the_paper(world: World, application) -> None:
    found = consented(world, application)
    paper = Paper.objects.get(kind="consent_letter")
    assert (found.state, found.letter, found.number, found.sha256) == ("consented", paper, found.code, paper.sha256)
    assert found.code[:12] == "TJ2024-00000"
    with default_storage.open(paper.key) as file:
        text = pypdfium2.PdfDocument(BytesIO(file.read()))[0].get_textpage().get_text_bounded()
    text = re.sub(r"\W", "", text)
    assert [part for part in (found.number.replace("-", ""), "特种钢", "程远山", "铜陵市") if part not in text] == []
    states = {p.kind: p.present for p in submitting.readiness(application, who=PLATFORM).papers}
    assert states == {"form": True, "consent": True, "problems": True, "scan": False}


def test_names_of_the_liaison_group_stay_out_of_the_open_journal(world: World, application) -> None:
    consented(world, application)
    entry = Entry.objects.get(verb="recommending.consent")
    assert "程远山" not in f"{entry.says}{entry.data}"
    assert entry.sealed["head"]["name"] == "程远山"


def test_the_three_sides_of_the_call_must_be_named(world: World, application) -> None:
    found = asked(world, application)
    with pytest.raises(Invalid) as told:
        recommending.consent(found, Officer("组长", "程远山"), OFFICERS[:2], who=world.who("provincial"))
    assert sorted(told.value.errors) == ["head_phone", "head_post", "officer2_name", "officer2_phone", "officer2_unit"]
    assert Recommendation.objects.get(pk=found.pk).state == "asked"


def test_a_number_is_used_once(world: World, application) -> None:
    found = asked(world, application)
    recommending.consent(found, HEAD, OFFICERS, number="皖科协函〔2024〕8号", who=world.who("provincial"))
    save(world, application, "service.key_cities", "安徽省铜陵市、合肥市")
    again = recommending.ask(application, world.bodies["province"], who=world.who("editor"))
    with pytest.raises(Invalid, match="已经用过"):
        recommending.consent(again, HEAD, OFFICERS, number="皖科协函〔2024〕8号", who=world.who("provincial"))


@pytest.mark.parametrize(
    ("verb", "state"), [(recommending.refuse, "refused"), (recommending.return_for_change, "returned")]
)
def test_turning_down_needs_a_reason_and_reaches_the_society(world: World, application, verb, state: str) -> None:
    found = asked(world, application)
    with pytest.raises(Invalid, match="理由"):
        verb(found, "  ", who=world.who("provincial"))
    assert verb(found, "请写明服务的市", who=world.who("provincial")).state == state
    told = Letter.objects.filter(kind=f"recommendation_{state}", channel="in_app").values_list("user__name", flat=True)
    assert sorted(told) == ["江晚晴", "沈听澜"]
    with pytest.raises(Refused, match="已经办理过"):
        recommending.consent(found, HEAD, OFFICERS, who=world.who("provincial"))


def test_a_change_after_consent_is_a_warning_that_wants_a_reason(world: World, application) -> None:
    consented(world, application)
    save(world, application, "cover.title", "“科创中国”储能科技服务团")
    application.refresh_from_db()
    warned = [
        a for a in submitting.readiness(application, who=PLATFORM).asked if a.finding.rule == "recommending.changed"
    ]
    assert [a.finding.path for a in warned] == ["cover.title"]
    with pytest.raises(NotReady):
        submitting.send_to_checker(application, who=world.who("editor"))
    applying.give_reason(application, warned[0].key, "只改了名称的写法", who=world.who("editor"))
    submitting.send_to_checker(application, who=world.who("editor"))
    letters = Letter.objects.filter(kind="changed_after_consent", channel="in_app")
    assert sorted(letters.values_list("user__name", flat=True)) == ["江晚晴", "沈听澜", "程安之"]
    application.refresh_from_db()
    now = submitting.readiness(application, who=PLATFORM).asked
    assert [a.answered for a in now if a.finding.rule == "recommending.changed"] == [True]


def test_a_reason_does_not_cover_another_change(world: World, application) -> None:
    consented(world, application)
    save(world, application, "cover.title", "“科创中国”储能科技服务团")
    application.refresh_from_db()
    key = next(
        a.key for a in submitting.readiness(application, who=PLATFORM).asked if a.finding.rule == "recommending.changed"
    )
    applying.give_reason(application, key, "只改了名称的写法", who=world.who("editor"))
    save(world, application, "service.key_cities", "云南省昆明市")
    application.refresh_from_db()
    found = next(a for a in submitting.readiness(application, who=PLATFORM).asked if a.key == key)
    assert (found.stale, found.answered) == (True, False)


def test_a_refusal_of_the_same_province_ends_its_consent(world: World, application) -> None:
    consented(world, application)
    save(world, application, "cover.title", "“科创中国”储能科技服务团")
    application.refresh_from_db()
    recommending.refuse(asked(world, application), "方向变了", who=world.who("provincial"))
    application.refresh_from_db()
    assert recommending.in_force(application) is None


def test_a_consent_is_not_asked_for_twice_without_a_change(world: World, application) -> None:
    consented(world, application)
    with pytest.raises(Refused, match="已经同意"):
        asked(world, application)


def test_the_other_applications_of_the_province_stand_beside(world: World, application) -> None:
    found = asked(world, application)
    second = written(world, number=0)
    other = asked(world, second)
    assert [r.pk for r in recommending.beside(found)] == [other.pk]


def test_what_the_province_sees_of_problems_and_cities(world: World, application) -> None:
    found = asked(world, application)
    brief = recommending.brief(found.version, "340000")
    assert (brief.cities, [place for _, _, place in brief.problems]) == (("铜陵市", "池州市"), ["安徽省铜陵市"])


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_finds_nothing_and_decides_nothing(world: World, application, stranger: str) -> None:
    found = asked(world, application)
    who = world.who(stranger)
    with pytest.raises(NotFound):
        recommending.find(found.pk, who=who)
    before = Entry.objects.count()
    for act in (
        lambda: recommending.ask(application, world.bodies["far"], who=who),
        lambda: recommending.take_back(found, who=who),
        lambda: recommending.consent(found, HEAD, OFFICERS, who=who),
        lambda: recommending.refuse(found, "不行", who=who),
        lambda: recommending.return_for_change(found, "不行", who=who),
    ):
        with pytest.raises(Refused):
            act()
    found.refresh_from_db()
    assert (found.state, Entry.objects.count()) == ("asked", before)


def test_the_society_cannot_consent_and_the_province_cannot_ask(world: World, application) -> None:
    found = asked(world, application)
    with pytest.raises(Refused):
        recommending.consent(found, HEAD, OFFICERS, who=world.who("checker"))
    with pytest.raises(Refused):
        recommending.take_back(found, who=world.who("provincial"))


def test_after_the_deadline_nobody_asks_or_decides(world: World, application) -> None:
    found = asked(world, application)
    world.travel("2024-05-25 00:00:00+08:00")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        recommending.consent(found, HEAD, OFFICERS, who=world.who("provincial"))


# ---- taking back a consent -------------------------------------------------------------------------------------------


def test_a_province_takes_its_consent_back_before_the_submission(world: World, application) -> None:
    found = consented(world, application)
    with pytest.raises(Invalid):
        recommending.revoke(found, " ", who=world.who("provincial"))
    recommending.revoke(found, "联络组组长有变动", who=world.who("provincial"))
    found.refresh_from_db()
    application.refresh_from_db()
    assert (found.state, found.reason, recommending.in_force(application)) == ("revoked", "联络组组长有变动", None)
    states = {p.kind: p.present for p in submitting.readiness(application, who=PLATFORM).papers}
    assert states["consent"] is False
    verified = receipts.verify(found.code)
    assert (verified.state, verified.valid) == ("已收回", False)
    told = Letter.objects.filter(kind="recommendation_revoked", channel="in_app").values_list("user__name", flat=True)
    assert sorted(told) == ["江晚晴", "沈听澜"]
    entry = Entry.objects.get(verb="recommending.revoke")
    assert "联络组" not in f"{entry.says}{entry.data}"
    with pytest.raises(Refused):
        recommending.revoke(found, "再收一次", who=world.who("provincial"))
    assert asked(world, application).state == "asked"


def test_an_older_consent_of_the_same_province_does_not_come_back(world: World, application) -> None:
    first = consented(world, application)
    save(world, application, "cover.title", "“科创中国”另一个名称服务团")
    application.refresh_from_db()
    second = consented(world, application)
    assert first.pk != second.pk
    recommending.revoke(second, "不再推荐", who=world.who("provincial"))
    application.refresh_from_db()
    assert recommending.in_force(application) is None


def test_a_consent_that_was_submitted_with_stays(world: World) -> None:
    application = submitted(world).application
    found = application.recommendations.get()
    for reopened in (False, True):
        if reopened:
            submitting.reopen(application, who=world.who("editor"))
        with pytest.raises(Refused, match="已凭这份推荐提交"):
            recommending.revoke(found, "不再推荐", who=world.who("provincial"))


@pytest.mark.parametrize("stranger", ["far_provincial", "municipal", "editor", "checker", "officer", "nobody"])
def test_a_stranger_takes_no_consent_back(world: World, application, stranger: str) -> None:
    found = consented(world, application)
    with pytest.raises(Refused):
        recommending.revoke(found, "不再推荐", who=world.who(stranger))
    page = f"/recommending/{found.pk}/revoke/"
    assert world.client(stranger).post(page, {"reason": "不再推荐"}).status_code in (403, 404)
    found.refresh_from_db()
    assert found.state == "consented"


def test_the_page_takes_a_consent_back(world: World, application) -> None:
    found = consented(world, application)
    page = f"/recommending/{found.pk}/"
    assert "收回推荐" in world.client("provincial").get(page).content.decode()
    assert world.client("provincial").post(f"{page}revoke/", {"reason": ""}).status_code == 400
    assert world.client("provincial").post(f"{page}revoke/", {"reason": "有变动"}).status_code == 302
    assert "省级科协已收回" in world.client("provincial").get(page).content.decode()
