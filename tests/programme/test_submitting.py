"""From a written form to a receipt (promises P1 to P4)."""

import datetime
import hashlib

import pytest
from tests.programme.test_saving import save
from tests.ready import asked, checked, consented, paper, submitted, written
from tests.world import World, person

from ketuan.journal.entries import canonical
from ketuan.programme import applying, receipts, submitting
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.who import PLATFORM
from ketuan.records import clock
from ketuan.records.models import Entry, Job, Letter, Paper, Submission, Version
from ketuan.site.jobs import JOBS, attach

STRANGERS = ("other_editor", "other_checker", "provincial", "far_provincial", "officer", "reviewer", "nobody")


def submit(world: World, application, key: str = "click-1", by: str = "checker", **more) -> Submission:
    return submitting.submit(application, key=key, who=world.who(by), **more)


# ---- what is missing -------------------------------------------------------------------------------------------------


def test_everything_that_is_missing_is_said_at_once(world: World) -> None:
    application = written(world)
    rules = [f.rule for f in submitting.readiness(application, who=PLATFORM).missing]
    assert rules == ["submitting.paper"] * 2 + ["submitting.commitment"] * 2


def test_a_blocking_finding_stops_the_maker(world: World) -> None:
    application = written(world)
    save(world, application, "budget.requested", "81")
    with pytest.raises(NotReady) as told:
        submitting.send_to_checker(application, who=world.who("editor"))
    assert "grant.cap" in [f.rule for f in told.value.findings]


def test_a_warning_wants_a_reason_that_stays_with_the_submission(world: World) -> None:
    application = written(world, young=3)
    consented(world, application)
    paper(application, Paper.Kind.SIGNED_SCAN)
    submitting.commit(application, {"1", "2"}, who=world.who("editor"))
    with pytest.raises(NotReady) as told:
        submitting.send_to_checker(application, who=world.who("editor"))
    assert [f.rule for f in told.value.findings] == ["corps.youth"]
    key = submitting.readiness(application, who=PLATFORM).unanswered[0].key
    applying.give_reason(application, key, "老专家坐镇，青年正在增补。", who=world.who("editor"))
    submitting.send_to_checker(application, who=world.who("editor"))
    submission = submit(world, application)
    assert submission.reasons[key]["text"] == "老专家坐镇，青年正在增补。"
    assert "corps.youth" in [f["rule"] for f in submission.findings]


def test_a_reason_is_given_only_to_a_warning_that_exists(world: World) -> None:
    with pytest.raises(Invalid):
        applying.give_reason(written(world), "corps.size|", "没有这一条", who=world.who("editor"))


def test_half_a_commitment_is_none(world: World) -> None:
    application = written(world)
    with pytest.raises(Invalid, match=r"通知 三\.2"):
        submitting.commit(application, {"1"}, who=world.who("editor"))
    application.refresh_from_db()
    assert application.commitments == {}


def test_a_commitment_is_given_by_name_to_a_version_of_the_words(world: World) -> None:
    application = submitting.commit(written(world), {"1", "2"}, who=world.who("editor"))
    given = application.commitments["1"]
    assert (given["name"], given["wording"], given["text"]) == (
        "江晚晴",
        "2024 第1版",
        "经费按国家财政经费管理规定和中国科协财政项目管理办法使用",
    )
    application.commitments["1"]["text"] = "别的话"
    assert [p.number for p in submitting.readiness(application, who=PLATFORM).ungiven] == ["1"]


def test_without_the_papers_the_checker_cannot_submit(world: World) -> None:
    application = submitting.send_to_checker(written(world), who=world.who("editor"))
    with pytest.raises(NotReady) as told:
        submit(world, application)
    wanted = [f.wanted for f in told.value.findings if f.rule == "submitting.paper"]
    assert wanted == ["省级科协同意推荐申报的说明材料", "签字盖章扫描件"]
    assert Submission.objects.count() == 0


# ---- maker and checker -----------------------------------------------------------------------------------------------


def test_nobody_is_maker_and_checker_of_the_same_text(world: World) -> None:
    both = person(
        "齐一身", "both@example.invalid", ("editor", world.bodies["society"]), ("checker", world.bodies["society"])
    )
    world.people["both"] = both
    application = checked(world)
    submitting.take_back(application, who=world.who("editor"))
    submitting.send_to_checker(application, who=world.who("both"))
    with pytest.raises(Refused, match="两个人"):
        submit(world, application, by="both")
    assert submit(world, application).number


def test_the_text_is_locked_while_it_is_checked(world: World) -> None:
    application = checked(world)
    with pytest.raises(Refused):
        save(world, application, "rationale", "不该写进去")


def test_the_checker_returns_with_remarks(world: World) -> None:
    application = checked(world)
    with pytest.raises(Invalid):
        submitting.return_to_maker(application, " ", who=world.who("checker"))
    returned = submitting.return_to_maker(application, "请核对预算", who=world.who("checker"))
    assert (returned.state, returned.returned_reason) == ("draft", "请核对预算")
    letter = Letter.objects.get(kind="application_returned", channel="in_app")
    assert letter.user == world.people["editor"]


# ---- the receipt -----------------------------------------------------------------------------------------------------


def test_a_submission_freezes_the_text_and_hashes_it_with_its_papers(world: World) -> None:
    submission = submitted(world)
    version = submission.version
    assert version.why == Version.Why.SUBMISSION
    assert hashlib.sha256(receipts.frozen(version)).hexdigest() == version.sha256
    listed = [{k: p[k] for k in ("name", "size", "sha256")} for p in submission.papers]
    whole = hashlib.sha256(canonical({"version": version.sha256, "papers": listed})).hexdigest()
    assert submission.sha256 == whole
    assert [p["kind"] for p in submission.papers] == ["form", "consent_letter", "signed_scan"]
    entry = Entry.objects.get(verb="submitting.submit")
    assert (submission.entry, submission.proof, entry.data["number"]) == (entry, entry.mac, submission.number)


def test_the_text_holds_every_save_acknowledged_before_the_click(world: World) -> None:
    application = checked(world)
    submitting.take_back(application, who=world.who("editor"))
    for n in range(5):
        save(world, application, "rationale", f"对标规划，第{n}稿。")
    submitting.send_to_checker(application, who=world.who("editor"))
    assert submit(world, application).version.form["rationale"] == "对标规划，第4稿。"


def test_the_same_click_gets_the_same_receipt(world: World) -> None:
    application = checked(world)
    first = submit(world, application, "click")
    assert submit(world, application, "click").pk == first.pk
    with pytest.raises(Refused, match="已提交"):
        submit(world, application, "another click")
    assert (Submission.objects.count(), Entry.objects.filter(verb="submitting.submit").count()) == (1, 1)


def test_both_sides_get_the_receipt_as_a_letter(world: World) -> None:
    submission = submitted(world)
    letters = Letter.objects.filter(kind__startswith="application_submitted", channel="mail")
    assert sorted(letters.values_list("user__name", flat=True)) == ["江晚晴", "沈听澜", "程安之"]
    name, content, kind = attach(letters[0].papers[0])
    assert (name, content[:5], kind) == (f"{submission.number}.pdf", b"%PDF-", "application/pdf")


def test_numbers_run_and_cannot_be_guessed(world: World) -> None:
    first = submitted(world)
    submitting.reopen(first.application, who=world.who("editor"))
    submitting.send_to_checker(first.application, who=world.who("editor"))
    second = submit(world, first.application, "click-2")
    assert (first.number[:13], second.number[:13]) == ("HZ2024-000001", "HZ2024-000002")
    assert receipts.verify(first.number.lower().replace("-", "")).number == first.number
    wrong = first.number[:-2] + ("AA" if first.number[-2:] != "AA" else "BB")
    with pytest.raises(NotFound):
        receipts.verify(wrong)


def test_an_earlier_submission_stays_valid_until_the_next(world: World) -> None:
    first = submitted(world)
    application = submitting.reopen(first.application, who=world.who("editor"))
    standing = submitting.standing(application)
    assert (standing.submitted, standing.word) == (True, "已提交（第1次）；正在修改，新版本尚未提交")
    save(world, application, "rationale", "对标规划，修改稿。")
    assert receipts.verify(first.number).state == "有效"
    submitting.send_to_checker(application, who=world.who("editor"))
    second = submit(world, application, "click-2")
    assert receipts.verify(first.number).state == "已被第2次提交替代"
    assert (receipts.verify(second.number).state, receipts.verify(second.number).nth) == ("有效", 2)
    first.refresh_from_db()
    assert first.version.form["rationale"] != second.version.form["rationale"]
    application.refresh_from_db()
    assert submitting.standing(application).word == "已提交（第2次）"


def test_withdrawn_it_says_so_and_makes_room(world: World) -> None:
    submission = submitted(world)
    with pytest.raises(Invalid):
        submitting.withdraw(submission.application, "", who=world.who("checker"))
    submitting.withdraw(submission.application, "改报下一年", who=world.who("checker"))
    assert receipts.verify(submission.number).state == "已撤回"
    submission.application.refresh_from_db()
    assert submitting.standing(submission.application).word == "已撤回"


def test_the_public_page_names_no_person_and_no_uploaded_name(world: World) -> None:
    application = checked(world)
    paper(application, Paper.Kind.PROOF, "江晚晴身份证明.PDF")
    found = receipts.verify(submit(world, application).number)
    assert [p["label"] for p in found.papers][-1] == "证明材料.pdf"
    assert [name for name in ("江晚晴", "沈听澜", "程远山") if name in str(found)] == []


# ---- the deadline (P3) -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["2024-05-24 23:59:58", "2024-05-24 23:59:59", "2024-05-24 23:59:59.999999"])
def test_until_the_last_second_it_is_taken(world: World, at: str) -> None:
    application = checked(world)
    world.travel(f"{at}+08:00")
    assert submit(world, application).at == clock.now()


@pytest.mark.parametrize("at", ["2024-05-25 00:00:00", "2024-05-25 00:00:01", "2024-06-01 12:00:00"])
def test_a_second_later_it_is_refused_with_the_clause(world: World, at: str) -> None:
    application = checked(world)
    world.travel(f"{at}+08:00")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        submit(world, application)
    assert (Submission.objects.count(), Entry.objects.filter(verb="submitting.submit").count()) == (0, 0)


def test_the_deadline_is_one_instant_wherever_the_clock_stands(world: World) -> None:
    application = checked(world)
    world.travel("2024-05-24 15:59:59+00:00")
    assert submit(world, application).at.astimezone(clock.CHINA).day == 24


def test_what_came_in_time_and_waited_is_taken(world: World) -> None:
    application = checked(world)
    arrived = datetime.datetime(2024, 5, 24, 23, 59, 59, tzinfo=clock.CHINA)
    world.travel("2024-05-25 00:00:07+08:00")
    assert submit(world, application, arrived=arrived).at == arrived


def test_an_arrival_in_the_future_is_now(world: World) -> None:
    application = checked(world)
    submission = submit(world, application, arrived=clock.now() + datetime.timedelta(days=1))
    assert submission.at == clock.now()


# ---- late permits ----------------------------------------------------------------------------------------------------


def until(day: int = 27) -> datetime.datetime:
    return datetime.datetime(2024, 5, day, 12, tzinfo=clock.CHINA)


def test_a_late_permit_lets_one_application_in_and_stands_in_the_journal(world: World) -> None:
    application = checked(world)
    world.travel("2024-05-26 09:00:00+08:00")
    permit = submitting.permit_late(application, "停电，已提供证明", until(), who=world.who("officer"))
    submission = submit(world, application)
    assert (submission.late_permit, receipts.verify(submission.number).late) == (permit, "2024年5月27日 12:00")
    entry = Entry.objects.get(verb="submitting.permit_late")
    assert (entry.actor, entry.sealed["reason"]) == (world.people["officer"], "停电，已提供证明")
    assert Entry.objects.get(verb="submitting.submit").data["late_permit"] == permit.pk


def test_a_late_permit_ends_and_can_be_taken_back(world: World) -> None:
    application = checked(world)
    world.travel("2024-05-26 09:00:00+08:00")
    permit = submitting.permit_late(application, "停电", until(), who=world.who("officer"))
    world.travel("2024-05-27 12:00:01+08:00")
    with pytest.raises(Refused):
        submit(world, application)
    world.travel("2024-05-26 10:00:00+08:00")
    submitting.withdraw_permit(permit, who=world.who("officer"))
    with pytest.raises(Refused):
        submit(world, application)


def test_a_permit_needs_a_reason_and_an_end_after_the_deadline(world: World) -> None:
    application = checked(world)
    with pytest.raises(Invalid) as told:
        submitting.permit_late(application, " ", until(20), who=world.who("officer"))
    assert sorted(told.value.errors) == ["reason", "until"]


def test_a_submission_in_time_rests_on_no_permit(world: World) -> None:
    application = checked(world)
    submitting.permit_late(application, "以防万一", until(), who=world.who("officer"))
    assert submit(world, application).late_permit is None


# ---- reminders -------------------------------------------------------------------------------------------------------


def test_reminders_are_planned_once_and_again_for_a_new_deadline(world: World) -> None:
    submitting.plan_reminders(world.call)
    submitting.plan_reminders(world.call)
    due = [f"{job.due_at.astimezone(clock.CHINA):%m-%d %H:%M}" for job in Job.objects.filter(name="submitting.remind")]
    assert due == ["05-21 23:59", "05-23 23:59", "05-24 21:59"]
    world.call.deadline_at += datetime.timedelta(days=3)
    world.call.save()
    submitting.plan_reminders(world.call)
    assert Job.objects.filter(name="submitting.remind").count() == 6


def run(job: Job) -> None:
    JOBS[job.name](**job.args)


def test_only_those_who_have_not_submitted_are_reminded(world: World) -> None:
    submitting.plan_reminders(world.call)
    job = Job.objects.filter(name="submitting.remind").first()
    application = written(world)
    asked(world, application)
    world.travel("2024-05-21 23:59:59+08:00")
    run(job)
    run(job)
    near = Letter.objects.filter(kind="deadline_near", channel="in_app")
    missing = Letter.objects.filter(kind="consent_missing", channel="in_app")
    assert sorted(near.values_list("user__name", flat=True)) == ["江晚晴", "沈听澜"]
    assert sorted(missing.values_list("user__name", flat=True)) == ["江晚晴", "沈听澜", "程安之"]


def test_who_has_submitted_is_left_in_peace(world: World) -> None:
    submitting.plan_reminders(world.call)
    submission = submitted(world)
    submitting.reopen(submission.application, who=world.who("editor"))
    run(Job.objects.filter(name="submitting.remind").first())
    assert Letter.objects.filter(kind__in=("deadline_near", "consent_missing")).count() == 0


def test_a_reminder_of_a_deadline_that_moved_says_nothing(world: World) -> None:
    submitting.plan_reminders(world.call)
    written(world)
    world.call.deadline_at += datetime.timedelta(days=3)
    world.call.save()
    run(Job.objects.filter(name="submitting.remind").first())
    assert Letter.objects.filter(kind="deadline_near").count() == 0


# ---- strangers -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_does_nothing(world: World, stranger: str) -> None:
    application = checked(world)
    who, before = world.who(stranger), Entry.objects.count()
    for act in (
        lambda: applying.give_reason(application, "corps.youth|", "x", who=who),
        lambda: submitting.commit(application, {"1", "2"}, who=who),
        lambda: submitting.send_to_checker(application, who=who),
        lambda: submitting.take_back(application, who=who),
        lambda: submitting.return_to_maker(application, "x", who=who),
        lambda: submitting.submit(application, key="x", who=who),
        lambda: submitting.reopen(application, who=who),
        lambda: submitting.withdraw(application, "x", who=who),
    ):
        with pytest.raises(Refused):
            act()
    application.refresh_from_db()
    assert (application.state, Entry.objects.count()) == ("checking", before)


@pytest.mark.parametrize("stranger", ["editor", "checker", "provincial", "administrator", "auditor", "nobody"])
def test_only_the_office_lets_in_late(world: World, stranger: str) -> None:
    application = checked(world)
    with pytest.raises(Refused):
        submitting.permit_late(application, "停电", until(), who=world.who(stranger))
    permit = submitting.permit_late(application, "停电", until(), who=world.who("officer"))
    with pytest.raises(Refused):
        submitting.withdraw_permit(permit, who=world.who(stranger))


def test_the_click_of_another_person_is_not_answered(world: World) -> None:
    submission = submitted(world)
    with pytest.raises(Refused):
        submitting.submit(submission.application, key=submission.key, who=world.who("other_checker"))


@pytest.mark.parametrize("stranger", ["other_editor", "other_checker", "far_provincial", "reviewer", "nobody"])
def test_a_receipt_is_not_there_for_strangers(world: World, stranger: str) -> None:
    submission = submitted(world)
    with pytest.raises(NotFound):
        receipts.find(submission.number, who=world.who(stranger))
    assert receipts.find(submission.number, who=world.who("provincial")) == submission


def test_the_editor_does_not_submit(world: World) -> None:
    with pytest.raises(Refused):
        submit(world, checked(world), by="editor")


def test_versions_of_all_submissions_are_kept(world: World) -> None:
    submission = submitted(world)
    submitting.reopen(submission.application, who=world.who("editor"))
    assert next(v.why for v in applying.history(submission.application)) == "submission"


def test_rows_that_nobody_filled_are_neither_judged_nor_frozen(world: World) -> None:
    application = written(world)
    rows, problems = len(application.form["personnel"]), len(application.form["problems"])
    for table in ("personnel", "problems"):
        applying.add_row(application, table, who=world.who("editor"))
    last = applying.add_row(application, "personnel", who=world.who("editor"))
    applying.save(application, [applying.Change(f"personnel.{last}.duty", "总协调")], who=world.who("editor"))
    application.refresh_from_db()
    blocking = [f.path for f in applying.findings_of(application) if f.weight == "block"]
    assert {path.rpartition(".")[0] for path in blocking} == {f"personnel.{rows + 1}"}
    applying.remove_row(application, "personnel", last, who=world.who("editor"))
    application.refresh_from_db()
    assert len(application.form["personnel"]) == rows + 1
    sent = submitting.send_to_checker(application, who=world.who("editor"))
    frozen = sent.versions.order_by("-number")[0].form
    sent.refresh_from_db()
    assert sent.form == frozen
    assert (len(frozen["personnel"]), len(sent.rows["personnel"]), len(frozen["problems"])) == (rows, rows, problems)
