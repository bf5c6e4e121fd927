"""The mailbox by IMAP, against a small server that speaks the protocol."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from tests import letters
from tests.world import World

from ketuan.documents.mail import MAX_BYTES
from ketuan.exchange import mailbox
from ketuan.journal import worker
from ketuan.programme import receiving
from ketuan.records.models import Job, Letter, Mail, Submission


@dataclass
class Lying:
    data: bytes
    flags: set[str] = field(default_factory=set)
    size: int = 0


class Server(socketserver.ThreadingTCPServer):
    """LOGIN, SELECT, UID SEARCH, UID FETCH, UID STORE, LOGOUT; what else is asked gets BAD, and is remembered."""

    daemon_threads = allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.messages: list[Lying] = []
        self.password = "pa:ss/word"
        self.said: list[str] = []
        self.identified = False


class Talk(socketserver.StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        self.tell("* OK ready")
        while line := self.rfile.readline():
            tag, _, rest = line.decode().strip().partition(" ")
            self.server.said.append(rest)
            words = rest.upper().split()
            name = "_".join(words[:2]) if words[0] == "UID" else words[0]
            answer = getattr(self, f"do_{name.lower()}", None)
            self.tell(f"{tag} {answer(rest) if answer else 'BAD unknown'}")
            if name == "LOGOUT":
                return

    def tell(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def do_capability(self, _rest: str) -> str:
        self.tell("* CAPABILITY IMAP4rev1 ID")
        return "OK done"

    def do_login(self, rest: str) -> str:
        return "OK in" if rest.endswith(f'"{self.server.password}"') else "NO wrong"

    def do_id(self, _rest: str) -> str:
        self.server.identified = True
        return "OK known"

    def do_select(self, _rest: str) -> str:
        if not self.server.identified:
            return "NO Unsafe Login"
        self.tell(f"* {len(self.server.messages)} EXISTS")
        return "OK [READ-WRITE] open"

    def do_uid_search(self, _rest: str) -> str:
        self.tell("* SEARCH " + " ".join(str(n + 1) for n in range(len(self.server.messages))))
        return "OK found"

    def do_uid_fetch(self, rest: str) -> str:
        for uid in rest.split()[2].split(","):
            one = self.server.messages[int(uid) - 1]
            head, _, _ = one.data.partition(b"\n\n")
            if "HEADER.FIELDS" in rest:
                found = re.search(rb"(?im)^message-id:.*$", head)
                body = (found.group() if found else b"") + b"\r\n\r\n"
            else:
                body = head + b"\r\n\r\n" if "HEADER" in rest else one.data
            flags = " ".join(sorted(one.flags))
            said = f"* {uid} FETCH (UID {uid} FLAGS ({flags}) RFC822.SIZE {one.size or len(one.data)} BODY[] {{{len(body)}}}"
            self.wfile.write(said.encode() + b"\r\n" + body + b")\r\n")
        return "OK fetched"

    def do_uid_store(self, rest: str) -> str:
        self.server.messages[int(rest.split()[2]) - 1].flags.add("\\Seen")
        return "OK stored"

    def do_logout(self, _rest: str) -> str:
        self.tell("* BYE")
        return "OK out"


@pytest.fixture
def server(settings: object) -> Iterator[Server]:
    with Server() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        settings.KETUAN_IMAP_URL = (
            f"imap://office%40example.invalid:pa%3Ass%2Fword@127.0.0.1:{made.server_address[1]}/INBOX"
        )
        yield made
        made.shutdown()


def test_each_message_is_taken_in_once_and_marked_as_seen(world: World, server: Server) -> None:
    server.messages = [Lying(letters.letter()), Lying(letters.letter({}, subject="问题", message_id="<2@x.invalid>"))]
    mailbox.fetch_mail()
    mailbox.fetch_mail()
    assert sorted(Mail.objects.values_list("message_id", "state")) == [
        ("1@example.invalid", "accepted"),
        ("2@x.invalid", "unclear"),
    ]
    assert [one.flags for one in server.messages] == [{"\\Seen"}, {"\\Seen"}]
    assert Submission.objects.count() == Letter.objects.filter(user=None).count() == 1
    assert sum(said.startswith("UID FETCH 1 (BODY.PEEK[])") for said in server.said) == 1


def test_nothing_is_ever_deleted_or_moved(world: World, server: Server) -> None:
    server.messages = [Lying(letters.letter())]
    mailbox.fetch_mail()
    words = " ".join(server.said).upper()
    assert not [word for word in ("DELETED", "EXPUNGE", "MOVE", "COPY", "CLOSE") if word in words]


def test_what_somebody_has_read_already_is_taken_in_too(world: World, server: Server) -> None:
    server.messages = [Lying(letters.letter(), {"\\Seen"})]
    mailbox.fetch_mail()
    assert Mail.objects.count() == 1


def test_a_message_that_is_too_large_stands_on_the_desk_with_its_head(world: World, server: Server) -> None:
    server.messages = [Lying(letters.letter(), size=MAX_BYTES + 1)]
    mailbox.fetch_mail()
    mailbox.fetch_mail()
    mail = Mail.objects.get()
    assert (mail.state, mail.sender, "没有取来" in mail.why) == ("unclear", letters.EDITOR, True)


def test_one_bad_message_keeps_no_other_out(world: World, server: Server) -> None:
    bad = b"From: a@b.cn\nMessage-ID: <bad@x.invalid>\nSubject: \x00\xff\n\n\x00"
    server.messages = [Lying(bad), Lying(letters.letter())]
    mailbox.fetch_mail()
    assert sorted(Mail.objects.values_list("state", flat=True)) == ["accepted", "unclear"]


def test_a_wrong_password_is_told_without_the_password(world: World, server: Server) -> None:
    server.password = "other"
    with pytest.raises(mailbox.Unreachable) as told:
        mailbox.fetch_mail()
    assert "授权码" in str(told.value)
    assert "pa:ss" not in str(told.value)


@pytest.mark.parametrize(
    "url", ["imap://u:p@mail.example.cn/INBOX", "http://u:p@127.0.0.1/", "imaps://127.0.0.1/INBOX", "x"]
)
def test_an_unsafe_address_is_refused(world: World, settings: object, url: str) -> None:
    settings.KETUAN_IMAP_URL = url
    with pytest.raises(mailbox.Unreachable):
        mailbox.fetch_mail()


def test_the_worker_looks_every_two_minutes_and_tells_of_trouble(world: World, server: Server) -> None:
    server.messages = [Lying(letters.letter())]
    worker.turn()
    assert (Mail.objects.count(), receiving.box().trouble) == (1, "")
    logins = sum(said.startswith("LOGIN") for said in server.said)
    worker.turn()
    assert sum(said.startswith("LOGIN") for said in server.said) == logins
    from ketuan.records import clock

    world.travel(clock.now() + 2 * receiving.mailbox.EVERY)
    server.password = "other"
    worker.turn()
    assert "授权码" in receiving.box().trouble
    assert Job.objects.filter(name="receiving.fetch_mail").count() == 1


def test_without_an_address_nothing_is_asked(world: World, settings: object) -> None:
    settings.KETUAN_IMAP_URL = ""
    worker.turn()
    assert (Job.objects.filter(name="receiving.fetch_mail").count(), receiving.box().wanted) == (0, False)
