"""The journal tells every tampering and where (P9): change, cut, insertion, recomputation, a tail cut off."""

import json

import pytest
from django.db import connection, transaction
from tests import ready
from tests.world import World

from ketuan.journal import anchors, entries, verifying
from ketuan.programme import applying, auditing, submitting
from ketuan.programme.applying.saving import Change
from ketuan.programme.errors import Invalid, Refused
from ketuan.records.models import Entry, Submission


@pytest.fixture
def written(world: World, settings, tmp_path):
    """Twelve entries and one anchor at the tenth."""
    settings.KETUAN_ANCHORS = tmp_path / "anchors"
    who = world.who("editor")
    application = applying.start(world.call, world.bodies["society"], who=who)
    for number in range(9):
        applying.save(application, [Change("rationale", f"第{number}稿")], who=who)
    anchors.write()
    for number in range(2):
        applying.save(application, [Change("capacity", f"第{number}稿")], who=who)
    return list(Entry.objects.order_by("seq"))


def faults() -> list[int]:
    return [fault.seq for fault in verifying.verify().faults]


def test_an_untouched_chain_is_whole(written) -> None:
    verdict = verifying.verify()
    assert (verdict.whole, verdict.entries, verdict.anchors) == (True, len(written), 1)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("says", "什么也没有发生"),
        ("actor_id", None),
        ("acted_as", "审计员"),
        ("at", "2024-05-11 00:00:00"),
        ("verb", "applying.start"),
        ("subject_id", "999"),
        ("data", json.dumps({"paths": []})),
        ("previous", "0" * 64),
        ("mac", "f" * 64),
    ],
)
def test_a_changed_column_is_found_at_its_entry(written, column: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"update records_entry set {column} = %s where seq = 5", [value])
    assert faults() == [5]


def test_a_removed_entry_is_found(written) -> None:
    Entry.objects.filter(seq=5).delete()
    assert faults() == [6]


def test_an_entry_put_in_without_the_key_is_found(written) -> None:
    last = written[-1]
    forged = Entry(seq=last.seq + 1, at=last.at, verb="submitting.submit", subject_kind="x", subject_id="1")
    forged.says, forged.previous, forged.mac = "补记", last.mac, "a" * 64
    forged.save()
    assert faults() == [last.seq + 1]


def test_a_tail_cut_off_behind_the_anchor_is_not_seen_but_up_to_it_is(written) -> None:
    Entry.objects.filter(seq__gte=10).delete()
    assert faults() == [10]
    assert "末尾被截去" in verifying.verify().faults[0].says


def test_a_chain_recomputed_with_the_key_disagrees_with_its_anchor(written) -> None:
    previous = entries.BEGINNING
    for entry in Entry.objects.order_by("seq"):
        if entry.seq == 3:
            entry.says = "改写的历史"
        entry.previous = previous
        entry.mac = previous = entries.mac(entries.chained(entry))
        entry.save()
    verdict = verifying.verify()
    assert [fault.seq for fault in verdict.faults] == [10]
    assert "重新计算" in verdict.faults[0].says


def test_another_key_does_not_verify(written, settings) -> None:
    settings.KETUAN_JOURNAL_KEY = "another key of more than thirty-two characters"
    assert faults() == [1]


def test_erasing_personal_data_does_not_break_the_chain(world: World, settings, tmp_path) -> None:
    settings.KETUAN_ANCHORS = tmp_path
    with transaction.atomic():
        entries.record(None, "平台", "x.y", world.call, "记了个人信息", sealed={"name": "某人"})
    auditing.erase(1, "本人要求删除", who=world.who("administrator"))
    verdict = verifying.verify()
    assert (verdict.whole, verdict.erased, verdict.entries) == (True, 1, 2)
    assert (Entry.objects.get(seq=1).sealed, Entry.objects.get(seq=2).data["seq"]) == ({}, 1)


def test_personal_data_that_is_gone_without_an_erasing_is_found(world: World, settings, tmp_path) -> None:
    settings.KETUAN_ANCHORS = tmp_path
    for _ in range(2):
        with transaction.atomic():
            entries.record(None, "平台", "x.y", world.call, "记了个人信息", sealed={"name": "某人"})
    auditing.erase(1, "本人要求删除", who=world.who("administrator"))
    Entry.objects.update(sealed={})
    assert faults() == [2]
    assert "没有删除它的记录" in verifying.verify().faults[0].says


@pytest.mark.parametrize("who", ["auditor", "officer", "editor", "nobody"])
def test_only_the_administrator_erases_and_says_why(world: World, who: str) -> None:
    with transaction.atomic():
        entries.record(None, "平台", "x.y", world.call, "记了个人信息", sealed={"name": "某人"})
    with pytest.raises(Refused):
        auditing.erase(1, "随便", who=world.who(who))
    with pytest.raises(Invalid):
        auditing.erase(1, " ", who=world.who("administrator"))
    assert Entry.objects.get().sealed == {"name": "某人"}


def test_a_receipt_without_its_entry_is_found(world: World, settings, tmp_path) -> None:
    settings.KETUAN_ANCHORS = tmp_path
    submission = submitting.submit(ready.checked(world), key="k", who=world.who("checker"))
    assert verifying.verify().whole
    Submission.objects.filter(pk=submission.pk).update(entry=None)
    assert [submission.number in fault.says for fault in verifying.verify().faults] == [True]


def test_changed_personal_data_is_found(world: World, settings, tmp_path) -> None:
    settings.KETUAN_ANCHORS = tmp_path
    with transaction.atomic():
        entries.record(None, "平台", "x.y", world.call, "记了个人信息", sealed={"name": "某人"})
    Entry.objects.update(sealed={"name": "别人"})
    assert faults() == [1]


def test_an_entry_outside_a_transaction_is_refused(transactional_db) -> None:
    from tests.world import body

    office = body("office", "项目办")
    with pytest.raises(transaction.TransactionManagementError):
        entries.record(None, "平台", "x.y", office, "无处安放")


def test_a_torn_last_line_of_an_anchor_file_does_no_harm(written, settings) -> None:
    file = next(anchors.folder().glob("*.tsv"))
    file.write_text(file.read_text() + "999\tabc", "ascii")
    assert verifying.verify().whole
    assert anchors.write() is not None
    assert verifying.verify().whole
