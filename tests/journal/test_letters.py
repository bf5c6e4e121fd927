"""Letters: one an act and person, by the channel chosen, never empty, at least once and known again when repeated."""

import datetime

import pytest
from django.core import mail
from tests.world import World

from ketuan.journal import letters, outbox, sending, worker
from ketuan.records.models import Job, Letter


@pytest.fixture(autouse=True)
def kinds(monkeypatch) -> None:
    monkeypatch.setitem(letters.KINDS, "news", letters.Kind("消息", "{title}有进展", "{title}：{text}"))
    monkeypatch.setitem(letters.KINDS, "receipt", letters.Kind("回执", "回执", "请保存。", must=True))


def write(world: World, kind: str = "news", key: str = "k1") -> None:
    outbox.letter(kind, [world.people["editor"]], key=key, link="/x/", title="申报", text="已受理")


def test_a_letter_stands_in_the_platform_and_goes_by_mail(world: World) -> None:
    write(world)
    assert sending.send_due() == 1
    assert [m.subject for m in mail.outbox] == ["【科团】申报有进展"]
    assert mail.outbox[0].to == ["editor@example.invalid"]
    assert sorted(Letter.objects.values_list("channel", "state")) == [("in_app", "sent"), ("mail", "sent")]


def test_the_same_act_told_twice_is_one_letter(world: World) -> None:
    write(world)
    write(world)
    assert sending.send_due() == 1
    assert sending.send_due() == 0


def test_who_wants_no_mail_of_a_kind_gets_none(world: World) -> None:
    editor = world.people["editor"]
    editor.letters = {"news": "none", "receipt": "none"}
    editor.save()
    write(world)
    write(world, "receipt", "k2")
    sending.send_due()
    assert [m.subject for m in mail.outbox] == ["【科团】回执"]


def test_a_digest_is_one_mail_in_the_morning_and_none_when_there_is_nothing(world: World) -> None:
    editor = world.people["editor"]
    editor.letters = {"news": "digest"}
    editor.save()
    write(world, key="a")
    write(world, key="b")
    assert sending.send_due() == 0
    world.travel("2024-05-11 08:00:01+08:00")
    assert sending.send_due() == 2
    assert [m.subject for m in mail.outbox] == ["【科团】今天的 2 条通知"]
    world.travel("2024-05-12 08:00:01+08:00")
    assert sending.send_due() == 0
    assert len(mail.outbox) == 1


def test_a_mail_that_fails_is_tried_again_with_the_same_message_id(world: World, settings, monkeypatch) -> None:
    write(world)
    broken = {"on": True}
    real = sending.EmailMessage.send

    def send(self, *args, **kwargs):
        if broken["on"]:
            raise OSError("邮件服务器没有应答")
        return real(self, *args, **kwargs)

    monkeypatch.setattr(sending.EmailMessage, "send", send)
    assert sending.send_due() == 0
    letter = Letter.objects.get(channel="mail")
    assert (letter.state, letter.attempts) == ("waiting", 1)
    broken["on"] = False
    assert sending.send_due() == 0, "not at once"
    world.travel(datetime.datetime.fromisoformat("2024-05-10 09:40:00+08:00"))
    assert sending.send_due() == 1
    assert mail.outbox[0].extra_headers["Message-ID"].endswith("@127.0.0.1>")


def test_a_job_asked_twice_is_done_once(world: World, monkeypatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(worker, "jobs", lambda: {"count": lambda number: done.append(number)})
    outbox.ask("count", key="one", number=7)
    outbox.ask("count", key="one", number=7)
    worker.run(once=True)
    worker.run(once=True)
    assert done == [7]


def test_a_job_waits_for_its_time(world: World, monkeypatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(worker, "jobs", lambda: {"count": lambda: done.append(1)})
    outbox.ask("count", key="later", due=datetime.datetime.fromisoformat("2024-05-21 23:59:59+08:00"))
    worker.run(once=True)
    assert done == []
    world.travel("2024-05-22 00:00:00+08:00")
    worker.run(once=True)
    assert done == [1]


def test_the_job_of_a_worker_that_died_is_taken_up_again(world: World, monkeypatch) -> None:
    done: list[int] = []
    monkeypatch.setattr(worker, "jobs", lambda: {"count": lambda: done.append(1)})
    outbox.ask("count", key="died")
    assert worker.claim() is not None
    assert worker.claim() is None
    world.travel("2024-05-10 09:36:00+08:00")
    worker.run(once=True)
    assert done == [1]


def test_a_failing_job_tells_why_and_does_not_stop_the_others(world: World, monkeypatch) -> None:
    done: list[int] = []

    def fails() -> None:
        raise ValueError("缺材料")

    monkeypatch.setattr(worker, "jobs", lambda: {"bad": fails, "good": lambda: done.append(1)})
    outbox.ask("bad", key="1")
    outbox.ask("good", key="2")
    worker.run(once=True)
    assert done == [1]
    assert Job.objects.get(name="bad").error == "ValueError: 缺材料"
