"""Calls: copied, set as a whole, published once, corrected by new versions; what is published is never altered."""

import datetime
import inspect

import pytest
from tests.world import World

from ketuan.journal import verifying
from ketuan.programme import applying, calling
from ketuan.programme.calling import made_up, sheet
from ketuan.programme.calling.drafting import told
from ketuan.programme.errors import Invalid, NotFound, NotReady, Overtaken, Refused
from ketuan.programme.permits import DO
from ketuan.records import clock
from ketuan.records.models import Application, Call, CallVersion, Entry, Job, Letter
from ketuan.rules import call as rules
from ketuan.rules.call import call_of

NOTICE = "应多家学会请求，申报截止日延长一周。"
STRANGERS = ("editor", "checker", "provincial", "owner", "reviewer", "auditor", "nobody")


@pytest.fixture
def draft(world: World) -> Call:
    return calling.make("2025", after="2024", who=world.who("officer"))


def typed_of(call: Call, page: str) -> dict[str, str]:
    shown = sheet.page_of(call.draft, page)
    return {b.name: b.typed for item in (*shown.items, *shown.rows) for b in (*item.values, *item.words)}


def save(world: World, call: Call, page: str, **changed: str) -> Call:
    typed = typed_of(call, page) | {name.replace("__", "/"): text for name, text in changed.items()}
    return calling.save(call, page, typed, base=calling.mark_of(call, page), who=world.who("officer"))


def ready(world: World, call: Call) -> Call:
    """Confirm what was suggested, and say where to send."""
    for page in dict.fromkeys(path.split(".")[0] for path in call.suggested):
        call = save(world, call, page)
    return calling.set_contact(call, {"mailbox": "apply@example.invalid"}, who=world.who("officer"))


# ---- making ------------------------------------------------------------------------------------------------------------


def test_a_call_made_from_last_years_is_a_year_later_and_waits_to_be_confirmed(draft: Call) -> None:
    rule = calling.rules_of_draft(draft)
    assert rule.about.id == "2025"
    assert rule.about.year == 2025
    assert rule.submission.deadline.value == datetime.date(2025, 5, 24)
    assert rule.project.completion.value == datetime.date(2026, 3, 31)
    assert rule.clauses["通知 二.3"] == "项目要在 2026 年 3 月 31 日以前完成。"
    assert rule.project.awards.value == 105
    assert "submission.deadline" in draft.suggested
    assert draft.state == Call.State.DRAFT
    assert draft.current is None
    assert Entry.objects.get(verb="calling.make").data == {"after": "2024"}


@pytest.mark.parametrize("code", ["2024", "", "x", "25", "2025/1"])
def test_a_code_that_is_taken_or_none_is_refused(world: World, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        calling.make(code, after="2024", who=world.who("officer"))
    assert list(refused.value.errors) == ["code"]


def test_a_leap_day_becomes_the_28th() -> None:
    from ketuan.programme.calling.drafting import later

    assert later(datetime.date(2024, 2, 29), 1) == datetime.date(2025, 2, 28)


def test_the_downloaded_file_makes_the_same_call_again(world: World) -> None:
    file = calling.toml_of(world.call.current.content)
    world.call.code = "2024-old"
    world.call.save()
    made = calling.make_from_file(file.encode(), who=world.who("officer"))
    assert made.code == "2024"
    assert calling.hash_of(made.draft) == world.call.current.sha256


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[call]\nid = \nyear = 2024\n", "第 2 行"),
        (b'[call]\nid = "2030"\n', "call.year：缺这一项"),
    ],
)
def test_a_wrong_file_says_what_and_where(world: World, data: bytes, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        calling.make_from_file(data, who=world.who("officer"))
    assert says in refused.value.errors["file"]
    assert Call.objects.count() == 1


# ---- setting -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", list(sheet.tables()))
def test_a_page_saved_as_it_is_changes_nothing(world: World, page: str) -> None:
    content = world.call.current.content
    assert calling.hash_of(sheet.with_page(content, page, typed_of(world.call, page))) == world.call.current.sha256


def test_every_entry_of_the_model_stands_on_a_page() -> None:
    content = calling.content_of("2024")
    shown = set()
    for name in sheet.tables():
        page = sheet.page_of(content, name)
        shown |= {item.path for item in page.items}
    expected = {path for path, entry in call_of("2024").entries() if isinstance(entry, rules.Entry)}
    assert expected <= shown


def test_a_saved_number_is_in_the_draft_and_confirms_its_page(world: World, draft: Call) -> None:
    call = save(world, draft, "project", project__awards__value="120", project__grant__value="100")
    rule = calling.rules_of_draft(call)
    assert rule.project.awards.value == 120
    assert rule.project.grant.value == 100_000_000
    assert not [path for path in call.suggested if path.startswith("project.")]
    assert "submission.deadline" in call.suggested
    assert Entry.objects.filter(verb="calling.save").latest("seq").data["after"]["awards"]["value"] == 120


def test_wrong_values_are_named_by_their_place_and_nothing_is_saved(world: World, draft: Call) -> None:
    with pytest.raises(Invalid) as refused:
        save(world, draft, "project", project__awards__value="很多", project__completion__value="")
    assert refused.value.errors == {
        "project.awards.value": "应是整数，现为“很多”。",
        "project.completion.value": "缺这一项。",
    }
    draft.refresh_from_db()
    assert draft.draft["project"]["awards"]["value"] == 105


def test_a_clause_that_does_not_exist_is_found_wherever_it_is_cited(world: World, draft: Call) -> None:
    with pytest.raises(Invalid) as refused:
        save(world, draft, "quota", quota__per_society__clause="通知 九.9")
    assert list(refused.value.errors) == ["quota.per_society"]


def test_told_keeps_what_names_no_place() -> None:
    assert told("不认识的错误") == {"": "不认识的错误"}


def test_the_second_of_two_who_had_the_page_open_is_told(world: World, draft: Call) -> None:
    mark = calling.mark_of(draft, "quota")
    save(world, draft, "quota", quota__per_society__value="6")
    with pytest.raises(Overtaken):
        calling.save(draft, "quota", typed_of(draft, "quota"), base=mark, who=world.who("officer"))


def test_rows_left_empty_are_deleted_and_counted_anew() -> None:
    typed = {"covers/0/id": "a", "covers/1/id": " ", "covers/2/id": "c"}
    assert calling.compact("covers", typed) == {"covers/0/id": "a", "covers/1/id": "c"}


def test_the_registry_is_replaced_by_an_upload(world: World, draft: Call) -> None:
    data = "名称\t行政区划代码\t类别\n铜陵市\t340700\t试点\n".encode()
    call = calling.set_registry(draft, data, "zones.tsv", who=world.who("officer"))
    assert [(zone.name, zone.kind) for zone in calling.rules_of_draft(call).zones] == [("铜陵市", "pilot")]
    with pytest.raises(Invalid, match="类别"):
        calling.set_registry(call, "名称\t行政区划代码\n铜陵市\t340700\n".encode(), "z.tsv", who=world.who("officer"))


def test_the_registry_comes_back_as_it_went_out(world: World, draft: Call) -> None:
    before = calling.rules_of_draft(draft).zones
    tabs = calling.zones_as_tabs(calling.rules_of_draft(draft))
    call = calling.set_registry(draft, tabs.encode(), "zones.tsv", who=world.who("officer"))
    assert calling.rules_of_draft(call).zones == before


def test_a_mailbox_that_is_none_is_refused(world: World, draft: Call) -> None:
    with pytest.raises(Invalid) as refused:
        calling.set_contact(draft, {"mailbox": "没有"}, who=world.who("officer"))
    assert list(refused.value.errors) == ["mailbox"]


# ---- rehearsing --------------------------------------------------------------------------------------------------------


def test_a_rehearsal_finds_the_slips_and_leaves_no_application(world: World, draft: Call) -> None:
    done = calling.rehearse(draft, who=world.who("officer"))
    assert [one.finding.message for one in done.findings] == []
    rules_hit = {one.finding.rule for one in done.caught if one.finding.weight == "block"}
    assert {"leader.not_chief", "grant.cap"} <= rules_hit
    assert done.deadline == "2025年5月24日（六）23:59:59，北京时间"
    assert Application.objects.count() == 0
    draft.refresh_from_db()
    assert draft.rehearsed_at == clock.now()


def test_the_made_up_applicant_follows_the_numbers_of_the_draft(world: World, draft: Call) -> None:
    call = save(world, draft, "project", project__grant__value="50")
    form, _ = made_up.applicant(calling.rules_of_draft(call))
    assert form.budget.requested == 50_000_000
    save(world, call, "project", project__awards__value="9")
    call.refresh_from_db()
    assert call.rehearsed_at is None


# ---- publishing --------------------------------------------------------------------------------------------------------


def test_what_is_not_confirmed_or_missing_stops_the_publication(world: World, draft: Call) -> None:
    with pytest.raises(NotReady, match=r"待确认.*报送邮箱|报送邮箱.*待确认"):
        calling.publish(draft, who=world.who("officer"))
    assert CallVersion.objects.filter(call=draft).count() == 0


def test_what_makes_no_sense_stops_the_publication(world: World, draft: Call) -> None:
    call = save(world, ready(world, draft), "submission", submission__deadline__value="2026-05-24")
    with pytest.raises(NotReady, match="完成期限要晚于申报截止日"):
        calling.publish(call, who=world.who("officer"))


def test_publishing_freezes_opens_and_tells(world: World, draft: Call) -> None:
    call = ready(world, draft)
    version = calling.publish(call, who=world.who("officer"), opens=datetime.date(2025, 5, 7))
    call.refresh_from_db()
    assert call.state == Call.State.PUBLISHED
    assert call.current == version
    assert version.number == 1
    assert version.sha256 == calling.hash_of(call.draft)
    assert call.opens_at.astimezone(clock.CHINA).isoformat() == "2025-05-07T00:00:00+08:00"
    assert call.deadline_at.astimezone(clock.CHINA).isoformat() == "2025-05-24T23:59:59+08:00"
    told_to = set(
        Letter.objects.filter(kind="call_published", user__isnull=False).values_list("user__email", flat=True)
    )
    assert told_to == {f"{name}@example.invalid" for name in ("editor", "checker", "other_editor", "other_checker")}
    assert Entry.objects.get(verb="calling.publish").data["sha256"] == version.sha256
    assert Job.objects.filter(key__startswith="remind:2025:").count() == 3
    with pytest.raises(Refused, match="已经发布"):
        calling.publish(call, who=world.who("officer"))


def test_an_extension_moves_only_the_deadline_and_applications_go_on(world: World) -> None:
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    first = world.call.current
    world.travel("2024-05-24 20:00:00+08:00")
    version = calling.extend(world.call, datetime.date(2024, 5, 31), NOTICE, who=world.who("officer"))
    assert (version.number, version.kind, version.notice) == (2, "extension", NOTICE)
    assert [change.path for change in calling.changes_between(world.call, 2)] == ["submission.deadline"]
    world.travel("2024-05-31 23:59:59+08:00")
    application.refresh_from_db()
    applying.save(application, [applying.saving.Change("rationale", "还在期限内")], who=world.who("editor"))
    world.travel("2024-06-01 00:00:00+08:00")
    with pytest.raises(Refused, match="逾期"):
        applying.save(application, [applying.saving.Change("rationale", "晚了")], who=world.who("editor"))
    first.refresh_from_db()
    assert calling.rules_of_version(first).submission.deadline.value == datetime.date(2024, 5, 24)


@pytest.mark.parametrize(
    ("day", "notice", "where"),
    [
        (datetime.date(2024, 5, 24), NOTICE, "day"),
        (datetime.date(2025, 3, 31), NOTICE, "day"),
        (datetime.date(2024, 5, 31), "延期", "notice"),
    ],
)
def test_an_extension_needs_a_later_day_and_a_notice(world: World, day: datetime.date, notice: str, where: str) -> None:
    with pytest.raises(Invalid) as refused:
        calling.extend(world.call, day, notice, who=world.who("officer"))
    assert list(refused.value.errors) == [where]
    assert world.call.versions.count() == 1


def test_a_correction_is_a_new_version_and_is_in_force_at_once(world: World) -> None:
    call = save(world, world.call, "quota", quota__per_society__value="1")
    assert calling.rules_of(call).quota.per_society.value == 5
    calling.correct(call, "每个学会申报的项目数由 5 个改为 1 个。", who=world.who("officer"))
    call.refresh_from_db()
    applying.start(call, world.bodies["society"], who=world.who("editor"))
    with pytest.raises(NotReady, match="最多申报 1 个"):
        applying.start(call, world.bodies["society"], who=world.who("editor"))
    assert [(c.before, c.after) for c in calling.changes_between(call, 2)] == [("5", "1")]


def test_a_correction_without_a_change_is_refused(world: World) -> None:
    with pytest.raises(NotReady, match="和现行版本一样"):
        calling.correct(world.call, "其实什么也没有改，只是试试。", who=world.who("officer"))


def test_a_pending_correction_stays_pending_through_an_extension(world: World) -> None:
    call = save(world, world.call, "quota", quota__per_society__value="3")
    calling.extend(call, datetime.date(2024, 5, 31), NOTICE, who=world.who("officer"))
    call.refresh_from_db()
    assert calling.rules_of(call).quota.per_society.value == 5
    assert [change.path for change in calling.changes_of(call)] == ["quota.per_society"]


def test_no_verb_alters_a_published_version(world: World) -> None:
    """Every verb of the stage runs; the row of version 1 stays byte for byte what it was."""
    before = CallVersion.objects.filter(pk=world.call.current.pk).values().get()
    officer = world.who("officer")
    call = save(world, world.call, "quota", quota__per_society__value="3")
    calling.set_contact(call, {"mailbox": "new@example.invalid"}, who=officer)
    calling.set_registry(call, "名称\t行政区划代码\t类别\n铜陵市\t340700\t试点\n".encode(), "z.tsv", who=officer)
    calling.rehearse(call, who=officer)
    calling.correct(call, "每个学会申报的项目数改为 3 个，名册换新。", who=officer)
    calling.extend(call, datetime.date(2024, 5, 31), NOTICE, who=officer)
    calling.make("2025", after="2024", who=officer)
    calling.make_from_file(calling.toml_of(call.current.content).encode(), who=officer, code="2024-2")
    calling.move_day(None, who=officer)
    with pytest.raises(Refused):
        calling.publish(call, who=officer)
    calling.discard(calling.find_draft("2024-2", who=officer), "2024-2", who=officer)
    calling.withdraw(call, NOTICE, who=officer)
    done = {name for name in DO if name.startswith("calling.")}
    assert done == {
        *("calling.save", "calling.set_contact", "calling.set_registry", "calling.rehearse", "calling.correct"),
        *("calling.extend", "calling.make", "calling.make_from_file", "calling.move_day", "calling.publish"),
        *("calling.discard", "calling.withdraw"),
    }
    assert CallVersion.objects.filter(pk=before["id"]).values().get() == before


def test_a_version_altered_in_the_database_is_not_used(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from ketuan.programme.calling import content

    monkeypatch.setattr(content, "_known", {})
    version = world.call.current
    altered = {**version.content, "quota": {**version.content["quota"]}}
    altered["quota"]["per_society"] = {**altered["quota"]["per_society"], "value": 50}
    CallVersion.objects.filter(pk=version.pk).update(content=altered)
    version.refresh_from_db()
    assert not calling.intact(version)
    with pytest.raises(NotReady, match="校验值不一致"):
        calling.rules_of_version(version)


# ---- who ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_sees_no_draft_and_does_nothing_to_a_call(world: World, draft: Call, name: str) -> None:
    who = world.who(name)
    with pytest.raises(NotFound):
        calling.find(draft.code, who=who)
    with pytest.raises(NotFound):
        calling.find_draft("2024", who=who)
    acts = (
        lambda: calling.make("2026", after="2024", who=who),
        lambda: calling.make_from_file(calling.toml_of(draft.draft).encode(), who=who, code="2026"),
        lambda: calling.save(draft, "quota", typed_of(draft, "quota"), base=calling.mark_of(draft, "quota"), who=who),
        lambda: calling.set_contact(draft, {"mailbox": "x@example.invalid"}, who=who),
        lambda: calling.set_registry(draft, "名称\t行政区划代码\t类别\n铜陵市\t340700\t试点".encode(), "z", who=who),
        lambda: calling.rehearse(draft, who=who),
        lambda: calling.publish(draft, who=who),
        lambda: calling.correct(world.call, NOTICE, who=who),
        lambda: calling.extend(world.call, datetime.date(2024, 5, 31), NOTICE, who=who),
    )
    for act in acts:
        with pytest.raises(Refused):
            act()
    assert Call.objects.count() == 2
    assert calling.find("2024", who=who).code == "2024"


def test_every_line_of_the_permits_is_a_verb_of_the_stage() -> None:
    for name in DO:
        stage, _, verb = name.partition(".")
        if stage == "calling":
            assert "who" in inspect.signature(getattr(calling, verb)).parameters


# ---- the demo's day ----------------------------------------------------------------------------------------------------


def test_the_day_moves_the_whole_platform_and_is_written_down(world: World) -> None:
    stages = {stage.key: stage for stage in calling.stages()}
    assert stages["two_hours"].at.isoformat() == "2024-05-24T21:59:59+08:00"
    calling.move_day(stages["closed"].at, who=world.who("nobody"))
    assert clock.now() == stages["closed"].at
    assert calling.left_of(world.call).words == "已截止"
    with pytest.raises(NotReady, match="逾期"):
        applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    calling.move_day(None, who=world.who("nobody"))
    assert clock.now().date() == datetime.date(2024, 5, 10)
    assert Entry.objects.filter(verb="calling.move_day").count() == 2


def test_the_day_does_not_move_outside_of_the_demo(world: World, settings) -> None:
    settings.KETUAN_DEMO = False
    with pytest.raises(Refused, match="演示"):
        calling.move_day(clock.end_of(datetime.date(2024, 5, 24)), who=world.who("officer"))


@pytest.mark.parametrize("moment", [datetime.datetime(2024, 5, 24), datetime.datetime(1999, 1, 1, tzinfo=clock.CHINA)])
def test_a_moment_that_is_none_is_refused(world: World, moment: datetime.datetime) -> None:
    with pytest.raises(Invalid):
        calling.move_day(moment, who=world.who("officer"))


def test_the_calendar_tells_the_deadline_of_the_current_version(world: World) -> None:
    calling.extend(world.call, datetime.date(2024, 5, 31), NOTICE, who=world.who("officer"))
    world.call.refresh_from_db()
    feed = calling.calendar_of(world.call, "http://x/").decode()
    assert "DTSTART:20240531T155959Z" in feed
    assert feed.count("UID:") == 3
    assert "SEQUENCE:1" in feed


# ---- ending a call -----------------------------------------------------------------------------------------------------


def test_a_draft_made_by_mistake_goes_out_of_sight_and_frees_its_code(world: World, draft: Call) -> None:
    with pytest.raises(Invalid):
        calling.discard(draft, "2024", who=world.who("officer"))
    calling.discard(draft, "2025", who=world.who("officer"))
    for role in ("officer", "administrator"):
        with pytest.raises(NotFound):
            calling.find_draft("2025", who=world.who(role))
        assert [call.code for call in calling.drafts(who=world.who(role))] == ["2024"]
    assert [code for code, _ in calling.sources() if "X" in code] == []
    assert calling.make("2025", after="2024", who=world.who("officer")).code == "2025"
    assert Entry.objects.get(verb="calling.discard").data == {"code": "2025"}
    assert verifying.verify().whole


def test_a_published_call_is_never_discarded(world: World) -> None:
    with pytest.raises(Refused, match="已经发布"):
        calling.discard(world.call, "2024", who=world.who("officer"))


def test_a_call_is_withdrawn_with_a_notice_that_stays_public(world: World) -> None:
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    with pytest.raises(Invalid):
        calling.withdraw(world.call, "撤回", who=world.who("officer"))
    before = world.call.current
    version = calling.withdraw(world.call, "因政策调整，本次申报撤回。", who=world.who("officer"))
    assert (version.kind, version.number, version.sha256) == ("withdrawal", before.number + 1, before.sha256)
    assert Letter.objects.filter(kind="call_withdrawn", channel="in_app").count() == 4
    page = world.client().get("/calls/2024/").content.decode()
    assert ("因政策调整，本次申报撤回。" in page, "开始申报" in page) == (True, False)
    application.refresh_from_db()
    with pytest.raises(Refused, match="已经撤回"):
        applying.save(application, [applying.Change("rationale", "x", 0)], who=world.who("editor"))
    for again in (
        lambda: calling.withdraw(world.call, NOTICE, who=world.who("officer")),
        lambda: calling.extend(world.call, datetime.date(2024, 5, 31), NOTICE, who=world.who("officer")),
        lambda: calling.correct(world.call, NOTICE, who=world.who("officer")),
    ):
        with pytest.raises(Refused, match="已经撤回"):
            again()
    assert applying.find(application.code, who=world.who("editor")) == application


@pytest.mark.parametrize("name", STRANGERS)
def test_a_stranger_ends_no_call(world: World, draft: Call, name: str) -> None:
    with pytest.raises(Refused):
        calling.discard(draft, "2025", who=world.who(name))
    with pytest.raises(Refused):
        calling.withdraw(world.call, NOTICE, who=world.who(name))


def test_the_desk_discards_and_withdraws(world: World, draft: Call) -> None:
    officer = world.client("officer")
    assert "作废这份草稿" in officer.get("/office/calls/2025/").content.decode()
    assert officer.post("/office/calls/2025/discard/", {"code": "2025"})["Location"] == "/office/calls/"
    assert officer.get("/office/calls/2025/").status_code == 404
    assert officer.post("/office/calls/2024/withdraw/", {"notice": "短"}).status_code == 400
    assert officer.post("/office/calls/2024/withdraw/", {"notice": NOTICE})["Location"] == "/calls/2024/"
    desk = officer.get("/office/calls/2024/correct/").content.decode()
    assert ("这份通知已经撤回" in desk, "发布延期" in desk) == (True, False)
