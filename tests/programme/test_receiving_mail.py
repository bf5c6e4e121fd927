"""Letters to the mailbox of the call (通知 四.2)."""

import datetime

import pytest
from tests import letters
from tests.ready import submitted
from tests.world import World

from ketuan.programme import receipts, receiving
from ketuan.programme.errors import Invalid, NotFound, Refused
from ketuan.programme.who import PLATFORM
from ketuan.records import clock
from ketuan.records.models import Application, Entry, LatePermit, Letter, Mail, Organisation, Submission, Version
from ketuan.site.jobs import attach

STRANGERS = ("editor", "checker", "other_editor", "provincial", "reviewer", "auditor", "nobody")


def take_in(data: bytes, **more) -> Mail:
    return receiving.take_in(data, who=PLATFORM, **more)


def answers() -> list[str]:
    return list(Letter.objects.filter(user=None).order_by("pk").values_list("kind", flat=True))


# ---- accepted --------------------------------------------------------------------------------------------------------


def test_a_complete_letter_becomes_a_submission_with_a_receipt(world: World) -> None:
    mail = take_in(letters.letter())
    assert (mail.state, mail.why, mail.findings) == (Mail.State.ACCEPTED, "", [])
    application = Application.objects.get()
    submission = Submission.objects.get()
    assert (application.society, application.state) == (world.bodies["society"], "submitted")
    assert (application.submitted, mail.application) == (submission, application)
    assert (submission.channel, submission.version.why, submission.at) == ("mail", "mail", letters.ARRIVED)
    kinds = [p["kind"] for p in submission.papers]
    assert kinds == ["form", "consent_letter", "signed_scan"]
    assert receipts.verify(submission.number).valid
    assert submission.entry is not None
    assert submission.entry.verb == "receiving.take_in"


def test_the_sender_gets_the_receipt_once(world: World) -> None:
    take_in(letters.letter())
    take_in(letters.letter())
    sent = Letter.objects.get(user=None)
    assert (sent.kind, sent.address, sent.state) == ("mail_accepted", letters.EDITOR, "waiting")
    name, data, content_type = attach(sent.papers[0])
    assert (name, content_type, data[:5]) == (f"{Submission.objects.get().number}.pdf", "application/pdf", b"%PDF-")


def test_the_original_is_kept_byte_for_byte(world: World) -> None:
    from ketuan.programme.applying.attachments import opened

    data = letters.letter()
    with opened(take_in(data).paper) as file:
        assert file.read() == data


def test_a_second_letter_replaces_the_first_and_both_stay(world: World) -> None:
    take_in(letters.letter())
    again = letters.complete() | {"签字盖章扫描件.pdf": letters.pdf("signed again")}
    mail = take_in(letters.letter(again, message_id="<2@example.invalid>"))
    assert mail.state == Mail.State.ACCEPTED
    first, second = Submission.objects.order_by("pk")
    assert Application.objects.get().submitted == second
    assert (first.superseded_at, second.superseded_at) == (letters.ARRIVED, None)
    assert [len(one.papers) for one in (first, second)] == [3, 3]


def test_what_was_written_online_is_kept_before_a_letter_takes_its_place(world: World) -> None:
    before = submitted(world).application
    mail = take_in(letters.letter(letters.complete(before.title)))
    assert mail.application == before
    whys = list(Version.objects.filter(application=before).order_by("number").values_list("why", flat=True))
    assert whys[-2:] == ["before_import", "mail"]


def test_blocking_findings_are_recorded_and_told_but_do_not_stop_the_old_way(world: World) -> None:
    form = letters.form()
    form = form.model_copy(update={"budget": form.budget.model_copy(update={"requested": 81_000_000})})
    from ketuan.documents.writing import write_docx

    mail = take_in(letters.letter(letters.complete() | {"项目申报书.docx": write_docx(form)}))
    assert mail.state == Mail.State.ACCEPTED
    assert "grant.cap" in [f["rule"] for f in Submission.objects.get().findings if f["weight"] == "block"]
    assert "形式上还有这些问题" in Letter.objects.get(user=None).body


def test_archives_are_opened_and_two_forms_become_two_applications(world: World) -> None:
    files = {}
    for n, title in enumerate(("“科创中国”低空经济科技服务团", "“科创中国”海洋装备科技服务团")):
        files[f"第{n}份.zip"] = letters.zipped(
            申报书__docx=letters.word(title), 盖章扫描件__pdf=letters.pdf(f"s{n}"), 推荐函__pdf=letters.pdf(f"c{n}")
        )
    mail = take_in(letters.letter(files))
    assert (mail.state, [one["title"] for one in mail.results]) == (
        Mail.State.ACCEPTED,
        ["“科创中国”低空经济科技服务团", "“科创中国”海洋装备科技服务团"],
    )
    assert [len(s.papers) for s in Submission.objects.order_by("pk")] == [3, 3]
    assert answers() == ["mail_accepted"]


def test_who_writes_from_elsewhere_is_taken_and_the_society_is_told(world: World) -> None:
    mail = take_in(letters.letter(sender="zhang@example.org"))
    assert (mail.state, [f["rule"] for f in mail.findings]) == (Mail.State.ACCEPTED, ["submission.sender"])
    told = Letter.objects.filter(kind="mail_in_your_name", channel="in_app").values_list("user__email", flat=True)
    assert sorted(told) == ["checker@example.invalid", "editor@example.invalid"]


def test_who_writes_from_elsewhere_does_not_replace_what_is_there(world: World) -> None:
    before = submitted(world)
    mail = take_in(letters.letter(letters.complete(before.application.title), sender="zhang@example.org"))
    assert (mail.state, Submission.objects.count()) == (Mail.State.UNCLEAR, 1)
    assert answers() == []


def test_what_other_applications_hold_is_told_to_nobody_by_mail(world: World) -> None:
    submitted(world)
    mail = take_in(letters.letter(letters.complete("“科创中国”另一个科技服务团"), sender="zhang@example.org"))
    assert mail.state == Mail.State.ACCEPTED
    shared = mail.results[0]["shared"]
    assert shared
    body = Letter.objects.get(user=None).body
    assert not [said for said in shared if said in body]
    assert "与本单位其他申报书有重复" in body


# ---- missing, late, repeated, unclear ----------------------------------------------------------------------------------


def test_what_is_missing_is_told_with_a_list(world: World) -> None:
    mail = take_in(letters.letter({"项目申报书.docx": letters.word()}))
    assert mail.state == Mail.State.MISSING
    assert [f["rule"] for f in mail.findings] == ["attachment.recommendation", "attachment.signed_scan"]
    assert (Application.objects.count(), Submission.objects.count()) == (0, 0)
    sent = Letter.objects.get(user=None)
    assert (sent.kind, attach(sent.papers[0])[1][:5]) == ("mail_missing", b"%PDF-")


def test_a_word_file_that_cannot_be_read_is_told_with_the_readers_reason(world: World) -> None:
    mail = take_in(
        letters.letter(letters.complete() | {"项目申报书.docx": letters.zipped(**{"word/document__xml": b"<x/>"})})
    )
    assert mail.state == Mail.State.MISSING
    assert "项目申报书.docx" in next(f["message"] for f in mail.findings if f["rule"] == "submission.file")


def test_after_the_deadline_a_letter_is_kept_and_not_accepted(world: World) -> None:
    world.travel(datetime.datetime(2024, 5, 25, 8, 0, tzinfo=clock.CHINA))
    mail = take_in(letters.letter(arrived=datetime.datetime(2024, 5, 25, 0, 0, 1, tzinfo=clock.CHINA)))
    assert (mail.state, Submission.objects.count(), answers()) == (Mail.State.LATE, 0, ["mail_late"])


def test_what_arrived_in_time_counts_however_late_it_is_fetched(world: World) -> None:
    world.travel(datetime.datetime(2024, 5, 26, 8, 0, tzinfo=clock.CHINA))
    at = datetime.datetime(2024, 5, 24, 23, 59, 59, tzinfo=clock.CHINA)
    mail = take_in(letters.letter(arrived=at))
    assert (mail.state, Submission.objects.get().at) == (Mail.State.ACCEPTED, at)


def dropped(world: World, in_time: str = "", **more) -> Mail:
    """Put in by a person on 26 May; its head says that it came in the last second."""
    world.travel(datetime.datetime(2024, 5, 26, 8, 0, tzinfo=clock.CHINA))
    at = datetime.datetime(2024, 5, 24, 23, 59, 59, tzinfo=clock.CHINA)
    return receiving.take_in(letters.letter(arrived=at, **more), who=world.who("officer"), in_time=in_time)


def test_a_file_that_a_person_puts_in_after_the_deadline_is_late_whatever_it_says(world: World) -> None:
    mail = dropped(world)
    assert (mail.state, mail.received_at, Submission.objects.count()) == (Mail.State.LATE, clock.now(), 0)


def test_with_a_reason_its_own_time_counts_and_the_reason_is_kept_and_shown(world: World) -> None:
    mail = dropped(world, "收件邮箱故障")
    held = Submission.objects.get()
    assert (mail.state, mail.in_time, held.at < clock.now()) == (Mail.State.ACCEPTED, "收件邮箱故障", True)
    taken = Entry.objects.get(verb="receiving.take_in", subject_kind="mail")
    assert (taken.sealed["in_time"], held.entry.data["by_hand"]) == ("收件邮箱故障", True)
    assert "收件邮箱故障" in world.client("officer").get(f"/receiving/mail/{mail.pk}/").content.decode()
    assert receipts.verify(held.number).by_hand
    assert "由项目办放入" in world.client("editor").get(f"/receipts/{held.number}/").content.decode()


def test_a_letter_that_counted_as_late_is_taken_with_a_reason_later(world: World) -> None:
    late = dropped(world)
    assert dropped(world).state == Mail.State.LATE
    again = dropped(world, "收件邮箱故障")
    assert (again.pk, again.state, Mail.objects.count()) == (late.pk, Mail.State.ACCEPTED, 1)
    assert dropped(world, "再放一次").in_time == "收件邮箱故障"


def test_before_the_deadline_no_reason_is_asked(world: World) -> None:
    mail = receiving.take_in(letters.letter(), who=world.who("officer"), in_time="多余的话")
    assert (mail.state, mail.in_time) == (Mail.State.ACCEPTED, "")
    assert not receipts.verify(Submission.objects.get().number).by_hand


def test_the_senders_own_date_decides_nothing(world: World) -> None:
    world.travel(datetime.datetime(2024, 5, 25, 8, 0, tzinfo=clock.CHINA))
    mail = take_in(letters.letter(arrived=None))
    assert (mail.state, mail.received_at, mail.sent_at) == (
        Mail.State.LATE,
        datetime.datetime(2024, 5, 25, 8, 0, tzinfo=clock.CHINA),
        datetime.datetime(2024, 5, 6, 8, 0, tzinfo=clock.CHINA),
    )


def test_a_late_permit_lets_a_letter_in(world: World) -> None:
    before = submitted(world).application
    world.travel(datetime.datetime(2024, 5, 27, 8, 0, tzinfo=clock.CHINA))
    LatePermit.objects.create(
        application=before,
        reason="台风停电",
        until=datetime.datetime(2024, 5, 30, tzinfo=clock.CHINA),
        given_by=world.people["officer"],
        given_at=datetime.datetime(2024, 5, 26, tzinfo=clock.CHINA),
    )
    at = datetime.datetime(2024, 5, 27, 7, 0, tzinfo=clock.CHINA)
    mail = take_in(letters.letter(letters.complete(before.title), arrived=at))
    assert mail.state == Mail.State.ACCEPTED
    assert Submission.objects.order_by("-pk")[0].late_permit is not None


def test_the_same_message_is_one_row_and_the_same_content_is_repeated(world: World) -> None:
    first = take_in(letters.letter())
    assert take_in(letters.letter(arrived=letters.ARRIVED - datetime.timedelta(minutes=5))) == first
    second = take_in(letters.letter(message_id="<2@example.invalid>"))
    assert (second.state, second.again_of) == (Mail.State.REPEATED, first)
    assert (Mail.objects.count(), Submission.objects.count()) == (2, 1)
    assert answers() == ["mail_accepted", "mail_repeated"]


def test_nobody_pushes_a_letter_aside_by_using_its_number_first(world: World) -> None:
    take_in(letters.letter({}, sender="stranger@example.org", subject="你好"))
    assert take_in(letters.letter()).state == Mail.State.ACCEPTED


def test_a_name_that_is_nearly_right_waits_for_a_person_with_suggestions(world: World) -> None:
    files = letters.complete() | {"项目申报书.docx": letters.word(society="中国云上测绘学会")}
    mail = take_in(letters.letter(files, subject=letters.SUBJECT + "中国云上测绘学会"))
    assert (mail.state, mail.suggested[0], answers()) == (Mail.State.UNCLEAR, letters.SOCIETY, [])


def test_two_societies_in_one_letter_wait_for_a_person(world: World) -> None:
    mail = take_in(letters.letter(subject=letters.SUBJECT + "中国深谷材料学会"))
    assert (mail.state, mail.society) == (Mail.State.UNCLEAR, None)
    assert "中国深谷材料学会" in mail.why


def test_files_without_a_telling_name_wait_for_a_person(world: World) -> None:
    files = {"项目申报书.docx": letters.word(), "IMG_001.pdf": letters.pdf("a"), "IMG_002.pdf": letters.pdf("b")}
    mail = take_in(letters.letter(files))
    assert mail.state == Mail.State.UNCLEAR
    assert "IMG_001.pdf" in mail.why


def test_a_sixth_project_waits_for_a_person(world: World) -> None:
    from ketuan.programme import applying

    for _ in range(5):
        applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    mail = take_in(letters.letter(letters.complete("“科创中国”第六个科技服务团")))
    assert (mail.state, Application.objects.count(), mail.why[:4]) == (Mail.State.UNCLEAR, 5, "每个单位")


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<news.example.org>"},
        {"X_Auto_Response_Suppress": "All"},
    ],
)
def test_machines_are_never_answered(world: World, headers: dict[str, str]) -> None:
    mail = take_in(letters.letter({"项目申报书.docx": letters.word()}, **headers))
    assert (mail.state, mail.automatic, answers()) == (Mail.State.MISSING, True, [])
    with pytest.raises(Refused):
        receiving.answer(mail, "请补齐。", who=world.who("officer"))


def test_a_bounce_of_our_own_letters_needs_no_doing(world: World) -> None:
    mail = take_in(letters.letter({}, sender="MAILER-DAEMON@mx.example.org", subject="Undelivered"))
    assert (mail.state, answers()) == (Mail.State.ASIDE, [])


# ---- a person decides --------------------------------------------------------------------------------------------------


def test_the_officer_says_which_society_and_what_the_files_are(world: World) -> None:
    files = {"项目申报书.docx": letters.word(society="云测学会"), "1.pdf": letters.pdf("a"), "2.pdf": letters.pdf("b")}
    mail = take_in(letters.letter(files, subject="申报材料"))
    kinds = {1: "signed_scan", 2: "consent_letter"}
    society = Organisation.objects.get(name=letters.SOCIETY)
    mail = receiving.decide(mail, society, kinds=kinds, who=world.who("officer"))
    assert (mail.state, mail.decided_by) == (Mail.State.ACCEPTED, world.people["officer"])
    assert Application.objects.get().society == society
    assert answers() == ["mail_accepted"]
    with pytest.raises(Refused):
        receiving.decide(mail, society, who=world.who("officer"))


def test_the_officer_answers_in_own_words(world: World) -> None:
    mail = take_in(letters.letter({}, subject="请问怎样报送？"))
    assert mail.state == Mail.State.UNCLEAR
    mail = receiving.answer(mail, "请看通知第四条。", who=world.who("officer"))
    sent = Letter.objects.get(user=None)
    assert (mail.state, sent.subject, sent.body) == (
        Mail.State.ANSWERED,
        "关于您发来的“请问怎样报送？”",
        "请看通知第四条。",
    )
    assert "请看通知" not in Entry.objects.get(verb="receiving.answer").says


def test_the_officer_sets_advertising_aside_with_a_reason(world: World) -> None:
    mail = take_in(letters.letter({}, subject="优惠发票"))
    with pytest.raises(Invalid):
        receiving.set_aside(mail, " ", who=world.who("officer"))
    assert receiving.set_aside(mail, "广告", who=world.who("officer")).state == Mail.State.ASIDE


@pytest.mark.parametrize("name", STRANGERS)
def test_nobody_else_touches_the_mailbox(world: World, name: str) -> None:
    mail = take_in(letters.letter({}, subject="问题"))
    who = world.who(name)
    with pytest.raises(NotFound):
        receiving.find(mail.pk, who=who)
    for act in (
        lambda: receiving.take_in(letters.letter(), who=who),
        lambda: receiving.decide(mail, world.bodies["society"], who=who),
        lambda: receiving.answer(mail, "好", who=who),
        lambda: receiving.set_aside(mail, "好", who=who),
    ):
        with pytest.raises(Refused):
            act()


def test_nothing_of_the_sender_stands_in_the_open_part_of_the_journal(world: World) -> None:
    take_in(letters.letter())
    for entry in Entry.objects.filter(verb__startswith="receiving."):
        assert letters.EDITOR not in f"{entry.says}{entry.data}"


# ---- hostile -----------------------------------------------------------------------------------------------------------


def many() -> dict[str, bytes]:
    return {f"附件{n}.pdf": letters.pdf(str(n)) for n in range(200)}


HOSTILE = {
    "a thousand attachments": lambda: letters.letter({f"{n}.txt": b"x" for n in range(1000)}),
    "two hundred scans": lambda: letters.letter(many()),
    "a bomb": lambda: letters.letter({"材料.zip": letters.zipped(a__bin=b"\0" * (210 << 20))}),
    "a broken archive": lambda: letters.letter({"材料.zip": letters.zipped(a__txt=b"x" * 5000)[:-40]}),
    "a form with a DTD": lambda: letters.letter(
        letters.complete()
        | {
            "项目申报书.docx": letters.zipped(
                **{
                    "[Content_Types]__xml": b"<Types/>",
                    "word/document__xml": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>',
                }
            )
        }
    ),
    "wrong encodings": lambda: letters.letter().replace(
        b"Subject: ", b"Subject: =?x-no?B?////?= \xff\xfe\xed\xa0\x80\x00"
    ),
    "years of a dead battery": lambda: letters.letter(arrived=None).replace(
        b"Date: Mon, 06 May 2024 08:00:00 +0800", b"Date: Mon, 01 Jan 0001 00:00:00 +1400"
    ),
    "no sender": lambda: letters.letter().replace(b"From: ", b"X-From: "),
    "a name without end": lambda: letters.letter({"a" * 5000 + ".docx": letters.word()}),
    "a very long number": lambda: letters.letter(message_id=f"<{'x' * 3000}@example.invalid>"),
    "no number": lambda: letters.letter(message_id=""),
    "parts in parts in parts": lambda: (
        b"From: a@b.cn\r\nTo: c@d.cn\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(400))
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_whatever_comes_ends_on_the_desk_in_words(world: World, name: str) -> None:
    mail = take_in(HOSTILE[name]())
    assert mail.state in (Mail.State.UNCLEAR, Mail.State.MISSING, Mail.State.ACCEPTED)
    said = mail.why + "".join(f["message"] for f in mail.findings)
    assert said or mail.state == Mail.State.ACCEPTED
    assert not any(word in said for word in ("Error", "Exception", "Traceback"))


@pytest.mark.parametrize("data", [b"", b"\0" * 100, b"MZ\x90\x00", b"%PDF-1.4", "只是一段话".encode()])
def test_what_is_no_mail_is_refused_in_words(world: World, data: bytes) -> None:
    with pytest.raises(Invalid):
        receiving.take_in(data, who=world.who("officer"))
    assert Mail.objects.count() == 0


def test_before_a_call_is_published_nothing_is_taken_in(world: World) -> None:
    type(world.call).objects.update(state="draft")
    with pytest.raises(Invalid):
        take_in(letters.letter())
