"""The submit page, the receipt, and the public page of verification."""

import hashlib

import pytest
from django.core.cache import cache
from tests.programme.test_saving import save
from tests.ready import checked, consented, paper, submitted, written
from tests.world import World

from ketuan.programme import submitting
from ketuan.programme.who import PLATFORM
from ketuan.records.models import Paper, Recommendation, Submission


@pytest.fixture(autouse=True)
def fresh(db: None) -> None:
    cache.clear()


def page(world: World, application, by: str = "editor") -> str:
    return world.client(by).get(f"/applications/{application.code}/submit/").content.decode()


def test_the_page_always_names_one_next_thing(world: World) -> None:
    application = written(world)
    assert "下一步：请省级科协推荐" in page(world, application)
    consented(world, application)
    assert "下一步：作出承诺" in page(world, application)
    submitting.commit(application, {"1", "2"}, who=world.who("editor"))
    assert "下一步：备齐材料" in page(world, application)
    paper(application, Paper.Kind.SIGNED_SCAN)
    assert "下一步：送审核人审核" in page(world, application)
    submitting.send_to_checker(application, who=world.who("editor"))
    assert "下一步：等审核人提交" in page(world, application)
    assert "下一步：核对无误，提交" in page(world, application, "checker")


def test_from_the_page_to_the_receipt(world: World) -> None:
    application = written(world, young=3)
    consented(world, application)
    paper(application, Paper.Kind.SIGNED_SCAN)
    editor, checker, base = world.client("editor"), world.client("checker"), f"/applications/{application.code}/submit/"
    assert editor.post(f"{base}send/").status_code == 409
    key = submitting.readiness(application, who=PLATFORM).unanswered[0].key
    assert editor.post(f"{base}reason/", {"key": key, "text": ""}).status_code == 400
    assert editor.post(f"{base}reason/", {"key": key, "text": "正在增补青年专家"}).status_code == 302
    assert editor.post(f"{base}commit/", {"commitment": ["1"]}).status_code == 400
    assert editor.post(f"{base}commit/", {"commitment": ["1", "2"]}).status_code == 302
    assert editor.post(f"{base}send/").status_code == 302
    assert editor.post(f"{base}now/", {"click": "a"}).status_code == 403
    first = checker.post(f"{base}now/", {"click": "a"})
    again = checker.post(f"{base}now/", {"click": "a"})
    number = Submission.objects.get().number
    assert (first["Location"], again["Location"]) == (f"/receipts/{number}/", f"/receipts/{number}/")
    shown = editor.get(f"/receipts/{number}/").content.decode()
    assert [w for w in (number, "2024年5月10日 09:30:00", "正在增补青年专家", "沈听澜") if w not in shown] == []


def test_what_is_missing_stops_the_click_with_409(world: World) -> None:
    application = submitting.send_to_checker(written(world), who=world.who("editor"))
    answer = world.client("checker").post(f"/applications/{application.code}/submit/now/", {"click": "a"})
    assert (answer.status_code, Submission.objects.count()) == (409, 0)


def test_after_the_deadline_the_click_is_refused_with_the_clause(world: World) -> None:
    application = checked(world)
    world.travel("2024-05-25 00:00:00+08:00")
    answer = world.client("checker").post(f"/applications/{application.code}/submit/now/", {"click": "a"})
    assert (answer.status_code, Submission.objects.count()) == (403, 0)


def test_a_page_left_open_too_long_is_told(world: World) -> None:
    application = checked(world)
    answer = world.client("checker").post(f"/applications/{application.code}/submit/now/", {})
    assert (answer.status_code, Submission.objects.count()) == (400, 0)


def test_returning_needs_remarks(world: World) -> None:
    application, client = checked(world), world.client("checker")
    base = f"/applications/{application.code}/submit/"
    assert client.post(f"{base}return/", {"remarks": ""}).status_code == 400
    assert client.post(f"{base}return/", {"remarks": "请核对预算"}).status_code == 302
    assert "请核对预算" in page(world, application)


def test_reopened_it_still_says_submitted(world: World) -> None:
    submission = submitted(world)
    base = f"/applications/{submission.application.code}/submit/"
    assert world.client("editor").post(f"{base}reopen/").status_code == 302
    assert "已提交（第1次）；正在修改，新版本尚未提交" in page(world, submission.application)


def test_papers_of_the_receipt_come_as_files(world: World) -> None:
    submission, client = submitted(world), world.client("editor")
    base = f"/receipts/{submission.number}/"
    assert client.get(f"{base}receipt.pdf").content[:5] == b"%PDF-"
    form = client.get(f"{base}form.json").content
    assert hashlib.sha256(form).hexdigest() == submission.version.sha256
    label = client.get(f"/applications/{submission.application.code}/label.pdf")
    assert (label["Content-Type"], label.content[:5]) == ("application/pdf", b"%PDF-")


def test_there_is_no_label_before_a_submission(world: World) -> None:
    assert world.client("editor").get(f"/applications/{written(world).code}/label.pdf").status_code == 404


# ---- the public page -------------------------------------------------------------------------------------------------


def test_anybody_verifies_a_receipt_and_finds_no_person(world: World) -> None:
    submission, public = submitted(world), world.client()
    answer = public.get("/verify/", {"number": submission.number.lower()}, follow=True)
    text = answer.content.decode()
    wanted = (
        submission.number,
        "特种钢",
        "中国云上测绘装备学会",
        "2024年5月10日 09:30:00",
        submission.sha256,
        submission.proof,
        "有效",
    )
    assert [w for w in wanted if w not in text] == []
    assert [p for p in ("江晚晴", "沈听澜", "程远山", "13800000000") if p in text] == []


def test_anybody_verifies_a_letter(world: World) -> None:
    found = consented(world, written(world))
    text = world.client().get(f"/verify/{found.code}/").content.decode()
    assert [w for w in (found.code, "安徽省科学技术协会", found.sha256) if w not in text] == []
    assert "程远山" not in text


@pytest.mark.parametrize(
    "number", ["HZ2024-000001-AA", "HZ2024-999999-22", "TJ2024-000001-AA", "x", "☃", "1 or 1=1", "a" * 200]
)
def test_an_unknown_number_is_404_in_friendly_words(world: World, number: str) -> None:
    answer = world.client().get(f"/verify/{number}/")
    assert (answer.status_code, "查无此号" in answer.content.decode()) == (404, True)


def test_asking_too_fast_is_429(world: World) -> None:
    client = world.client()
    codes = [client.get("/verify/HZ2024-000001-AA/").status_code for _ in range(31)]
    assert (codes[29], codes[30]) == (404, 429)


# ---- late permits and strangers --------------------------------------------------------------------------------------


def test_the_office_gives_and_takes_back_a_late_permit(world: World) -> None:
    application, client = checked(world), world.client("officer")
    base = f"/applications/{application.code}/late/"
    assert client.post(base, {"reason": "", "until": "x"}).status_code == 400
    assert client.post(base, {"reason": "停电", "until": "2024-05-27T12:00"}).status_code == 302
    permit = submitting.permits_of(application).get()
    assert "停电" in client.get(base).content.decode()
    assert client.post(f"{base}{permit.pk}/withdraw/").status_code == 302
    assert submitting.permits_of(application).get().withdrawn_at is not None


def test_a_permit_of_another_application_is_404(world: World) -> None:
    application = checked(world)
    assert world.client("officer").post(f"/applications/{application.code}/late/99/withdraw/").status_code == 404


ACTS = ("reason", "commit", "send", "take-back", "return", "now", "reopen", "withdraw")


@pytest.mark.parametrize(
    "stranger", ["other_editor", "other_checker", "far_provincial", "municipal", "reviewer", "nobody"]
)
def test_a_stranger_gets_404_on_every_address(world: World, stranger: str) -> None:
    submission, client = submitted(world), world.client(stranger)
    code, number = submission.application.code, submission.number
    for address in (
        f"/applications/{code}/submit/",
        f"/applications/{code}/late/",
        f"/applications/{code}/label.pdf",
        f"/receipts/{number}/",
        f"/receipts/{number}/receipt.pdf",
        f"/receipts/{number}/form.json",
    ):
        assert (address, client.get(address).status_code) == (address, 404)
    for act in ACTS:
        assert (act, client.post(f"/applications/{code}/submit/{act}/", {"click": "k"}).status_code) == (act, 404)


@pytest.mark.parametrize("reader", ["provincial", "officer"])
def test_who_sees_but_may_not_gets_403(world: World, reader: str) -> None:
    application, client = checked(world), world.client(reader)
    assert client.get(f"/applications/{application.code}/submit/").status_code == 200
    for act in ("send", "take-back", "now", "reopen", "commit"):
        answer = client.post(f"/applications/{application.code}/submit/{act}/", {"click": "k", "remarks": "x"})
        assert (act, answer.status_code) == (act, 403)
    assert world.client("editor").get(f"/applications/{application.code}/late/").status_code == 403


def test_nothing_changes_by_get(world: World) -> None:
    application, client = checked(world), world.client("checker")
    codes = {client.get(f"/applications/{application.code}/submit/{act}/").status_code for act in ACTS}
    assert codes == {405}


def test_page_and_receipt_say_for_which_version_the_consent_was_given(world: World) -> None:
    application = checked(world)
    version = Recommendation.objects.get().version
    said = f"同意的是第{version.number}版，短码 {version.short_code}；"
    assert f"{said}之后内容没有改动" in page(world, application)
    submission = submitting.submit(application, key="click-1", who=world.who("checker"))
    receipt = world.client("editor").get(f"/receipts/{submission.number}/").content.decode()
    assert f"{said}提交的内容与同意的一致" in receipt


def test_the_page_says_that_the_text_was_changed_after_the_consent(world: World) -> None:
    application = written(world)
    consented(world, application)
    save(world, application, "rationale", "换了一种写法。")
    assert "之后内容改过" in page(world, application)
