"""The last minutes before the deadline, with processes being killed: is anything lost, doubled, or let in late?

    python bench/stampede.py [--seconds 60] [--kills 12] [--societies 12] [--runs 1] [--postgres] [--port 8109]

Every run starts ``ketuan up`` on a folder of its own. Makers save fields and send the text on, checkers submit, click
again, and reopen; some requests are cut in the middle of their body; web processes are killed at random. Clients repeat
what was not acknowledged. Afterwards the database is read and compared with what was acknowledged. Exit status 1 when
a promise is broken (P1, P2, P3, P9).
"""

from __future__ import annotations

import argparse
import collections
import contextlib
import datetime
import http.client
import json
import os
import random
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

FIELDS = ("rationale", "work_plan", "objectives")
AGAIN = 0.3
"""Share of clicks that are made again, at once or afterwards."""
CUT = 0.05
"""Share of saves before which one is cut off in the middle of its body."""
PATIENCE = 30
"""Seconds for which a client repeats a request that is not answered."""
MARK = "断在半路"


class GaveUp(Exception):
    """No answer for PATIENCE seconds."""


@dataclass
class Tally:
    """What the clients saw."""

    times: dict[str, list[float]] = field(default_factory=lambda: collections.defaultdict(list))
    statuses: collections.Counter[str] = field(default_factory=collections.Counter)
    broken: int = 0
    cuts: int = 0
    clicks: int = 0
    repeated: int = 0
    gap: float = 0.0
    """Longest time in which a request had to be repeated until it was answered."""
    faults: list[str] = field(default_factory=list)


class Browser:
    """One signed-in person with a connection of their own."""

    def __init__(self, port: int, session: str, tally: Tally) -> None:
        self.port, self.tally, self.token = port, tally, secrets.token_hex(16)
        self.cookies = f"session={session}; csrf={self.token}"
        self.connection: http.client.HTTPConnection | None = None
        self.repeated = False
        """Whether the last request had to be made more than once: the first may have been done without an answer."""

    def post(self, what: str, path: str, body: Any) -> tuple[int, str, bytes]:
        """Status, Location and content; the same request is repeated until the platform answers it."""
        asked = isinstance(body, dict) and "changes" in body
        data = json.dumps(body).encode() if asked else urllib.parse.urlencode(body).encode()
        kind = "application/json" if asked else "application/x-www-form-urlencoded"
        headers = {"Cookie": self.cookies, "X-CSRFToken": self.token, "Content-Type": kind}
        began, self.repeated = time.monotonic(), False
        while time.monotonic() - began < PATIENCE:
            begun = time.monotonic()
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
                self.connection.request("POST", path, data, headers)
                answer = self.connection.getresponse()
                content = answer.read()
            except (OSError, http.client.HTTPException):
                self.tally.broken += 1
                self.repeated = True
                self.close()
                time.sleep(0.05 + random.random() / 10)
                continue
            self.tally.statuses[f"{what} {answer.status}"] += 1
            if answer.status >= 500:
                time.sleep(0.05 + random.random() / 10)
                continue
            self.tally.times[what].append(time.monotonic() - begun)
            self.tally.gap = max(self.tally.gap, begun - began)
            return answer.status, answer.getheader("Location", ""), content
        raise GaveUp(f"{what} {path}")

    def cut(self, path: str, changes: list[dict[str, Any]]) -> None:
        """A request that ends in the middle of its body."""
        body = json.dumps({"changes": changes}).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nCookie: {self.cookies}\r\n"
            f"X-CSRFToken: {self.token}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5) as raw:
            raw.sendall(head.encode() + body[: len(body) // 2])
        self.tally.cuts += 1

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
        self.connection = None


@dataclass
class Pair:
    """Maker and checker of one society, their application, and what was acknowledged to them."""

    code: str
    editor: str
    checker: str
    editor_pk: int
    begun: dict[str, str]
    saved: dict[str, str] = field(default_factory=dict)
    """What is certainly there: acknowledged, and nothing uncertain after it."""
    receipts: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    """Click, number, and what had been saved before."""


# ---- the year in the tables --------------------------------------------------------------------------------------------


def make(count: int, seconds: int) -> tuple[list[Pair], datetime.datetime]:
    """Societies with complete applications in a fresh database; when the call ends."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # nobody signs in by password here
    from tests.ready import consented, paper, written
    from tests.reliability.racing import societies
    from tests.world import build

    from ketuan.programme import submitting
    from ketuan.records import clock
    from ketuan.records.models import Call, Paper

    world = build()
    world.call.opens_at = clock.now() - datetime.timedelta(days=3)
    world.call.deadline_at = clock.now() + datetime.timedelta(days=1)
    world.call.save()
    pairs = []
    for one in societies(world, count):
        application = written(one)
        consented(one, application)
        paper(application, Paper.Kind.SIGNED_SCAN)
        application = submitting.commit(application, {"1", "2"}, who=one.who("editor"))
        begun = {path: application.form[path] for path in FIELDS}
        signed_in = [session(one.people[name]) for name in ("editor", "checker")]
        pairs.append(Pair(application.code, *signed_in, one.people["editor"].pk, begun))
    Call.objects.update(deadline_at=clock.now() + datetime.timedelta(days=1))
    return pairs, clock.now()


def session(user: Any) -> str:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    return str(store.session_key)


# ---- the people --------------------------------------------------------------------------------------------------------


def live(pair: Pair, port: int, tally: Tally, until: float) -> None:
    """Save, send, submit, reopen, until the deadline has passed."""
    chance = random.Random(pair.code)
    editor, checker = Browser(port, pair.editor, tally), Browser(port, pair.checker, tally)
    base, turn = f"/applications/{pair.code}", 0
    try:
        while time.monotonic() < until:
            for _ in range(chance.randint(1, 4)):
                turn += 1
                if not write(pair, editor, base, turn, chance):
                    return
            status, _, content = editor.post("send", f"{base}/submit/send/", {})
            if not sent(pair, editor, status, content, tally):
                return
            if not click(pair, checker, port, base, tally, chance):
                return
            if time.monotonic() < until:
                checker.post("reopen", f"{base}/submit/reopen/", {})
    except GaveUp as gave_up:
        tally.faults.append(f"no answer: {gave_up}")
    finally:
        editor.close()
        checker.close()


def sent(pair: Pair, editor: Browser, status: int, content: bytes, tally: Tally) -> bool:
    """403 also answers a send that was done, when the answer was lost and it is repeated."""
    if status in (302, 403):
        return True
    tally.faults.append(f"{pair.code}: send answered {status}")
    return False


def write(pair: Pair, editor: Browser, base: str, turn: int, chance: random.Random) -> bool:
    path = chance.choice(FIELDS)
    text = f"{pair.begun[path]}第{turn}稿。"
    if chance.random() < CUT:
        editor.cut(f"{base}/save/", [{"path": path, "raw": MARK * 40, "force": True}])
    previous = pair.saved.pop(path, None)
    status, _, content = editor.post("save", f"{base}/save/", {"changes": [{"path": path, "raw": text, "force": True}]})
    if status == 200 and path in json.loads(content)["saved"]:
        pair.saved[path] = text
        return True
    if previous is not None and not editor.repeated:
        pair.saved[path] = previous
    if status != 403:
        editor.tally.faults.append(f"{pair.code}: save answered {status}")
    return False


def click(pair: Pair, checker: Browser, port: int, base: str, tally: Tally, chance: random.Random) -> bool:
    """One submission, often clicked more than once; every answer must name the same receipt."""
    key, answers, held = uuid.uuid4().hex, [], dict(pair.saved)
    tally.clicks += 1
    twice = chance.random()

    def go(browser: Browser) -> None:
        try:
            answers.append(browser.post("submit", f"{base}/submit/now/", {"click": key}))
        except GaveUp as gave_up:
            tally.faults.append(f"no answer: {gave_up}")

    others = []
    if twice < AGAIN / 2:
        second = Browser(port, pair.checker, tally)
        others = [threading.Thread(target=lambda: (go(second), second.close()))]
        others[0].start()
    go(checker)
    for other in others:
        other.join()
    if AGAIN / 2 <= twice < AGAIN:
        go(checker)
    tally.repeated += twice < AGAIN
    given = {where.rstrip("/").rpartition("/")[2] for status, where, _ in answers if status == 302}
    if len(given) > 1:
        tally.faults.append(f"{pair.code}: one click, {len(given)} receipts")
    if given:
        pair.receipts.append((key, given.pop(), held))
        return True
    if {status for status, _, _ in answers} != {403}:
        tally.faults.append(f"{pair.code}: submit answered {[status for status, _, _ in answers]}")
    return False


# ---- the server and its enemy --------------------------------------------------------------------------------------------


def start(port: int, log: Path, *, demo: bool = False) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "ketuan", "up", "--port", str(port), "--processes", "2"]
    command += [] if demo else ["--no-demo"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=out, env=environ, cwd=log.parent)
    for _ in range(1800):
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health/")
            if connection.getresponse().status == 200:
                return server
        if server.poll() is not None:
            break
        time.sleep(0.1)
    raise RuntimeError(log.read_text(errors="replace"))


def children(server: subprocess.Popen[bytes]) -> list[int]:
    """The web processes of ``ketuan up``, without the worker of letters and jobs."""
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError):
            parent = int(place.joinpath("stat").read_text().rpartition(")")[2].split()[1])
            command = place.joinpath("cmdline").read_bytes().split(b"\0")
            if parent == server.pid and b"worker" not in command and b"tracker" not in b"".join(command):
                found.append(int(place.name))
    return sorted(found)


def kill(server: subprocess.Popen[bytes], kills: int, seconds: float, done: list[float]) -> None:
    """SIGKILL to a random web process, so often, at random moments."""
    began = time.monotonic()
    for moment in sorted(random.uniform(0.5, seconds - 1) for _ in range(kills)):
        time.sleep(max(0.0, began + moment - time.monotonic()))
        for _ in range(50):
            if there := children(server):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(random.choice(there), signal.SIGKILL)
                    done.append(time.monotonic())
                    break
            time.sleep(0.1)


# ---- afterwards ----------------------------------------------------------------------------------------------------------


def judge(pairs: list[Pair], deadline: datetime.datetime, log: str, tally: Tally) -> dict[str, Any]:
    """What the database holds against what was acknowledged."""
    from ketuan.journal.verifying import verify
    from ketuan.records.models import Application, Entry, Submission

    faults, saves = tally.faults, 0
    for pair in pairs:
        application = Application.objects.get(code=pair.code)
        for path, text in pair.saved.items():
            saves += 1
            if application.form[path] != text:
                faults.append(
                    f"{pair.code}: {path} was acknowledged as …{text[-6:]} and is …{application.form[path][-6:]}"
                )
        if MARK in json.dumps(application.form, ensure_ascii=False) or not all(application.form[p] for p in FIELDS):
            faults.append(f"{pair.code}: a request that was cut was saved")
        for key, number, held in pair.receipts:
            there = Submission.objects.select_related("version").filter(key=key)
            if [one.number for one in there] != [number]:
                faults.append(f"{pair.code}: receipt {number} has {len(there)} submissions")
                continue
            faults.extend(
                f"{number}: the submitted {path} is not what was saved before the click"
                for path, text in held.items()
                if there[0].version.form[path] != text
            )
    numbers = sorted(Submission.objects.values_list("number", flat=True))
    if [number[7:13] for number in numbers] != [f"{n:06d}" for n in range(1, len(numbers) + 1)]:
        faults.append("numbers of receipts are doubled or left out")
    if len(numbers) != Entry.objects.filter(verb="submitting.submit").count():
        faults.append("submissions and entries of the journal differ")
    late = Submission.objects.filter(at__gte=deadline + datetime.timedelta(seconds=1)).count()
    if late:
        faults.append(f"{late} submissions after the deadline")
    verdict = verify()
    faults += [fault.says for fault in verdict.faults]
    for word in ("database is locked", "deadlock detected", "Traceback"):
        if word in log:
            faults.append(f"the log says {log.count(word)} times: {word}")
    return {"fields": saves, "receipts": len(numbers), "entries": verdict.entries}


def run(args: argparse.Namespace, folder: Path) -> bool:
    from ketuan.cli.platform import prepare, wake

    wake(demo=False, make=True)
    prepare()
    pairs, _ = make(args.societies, args.seconds)
    from django.db import connections

    from ketuan.records import clock
    from ketuan.records.models import Call

    connections.close_all()
    tally, killed = Tally(), []  # type: ignore[var-annotated]
    server = start(args.port, folder / "log")
    try:
        deadline = (clock.now() + datetime.timedelta(seconds=args.seconds)).replace(microsecond=0)
        Call.objects.update(deadline_at=deadline)
        until = time.monotonic() + args.seconds + 3  # a little longer than the call
        people = [threading.Thread(target=live, args=(pair, args.port, tally, until)) for pair in pairs]
        enemy = threading.Thread(target=kill, args=(server, args.kills, args.seconds, killed))
        for thread in (*people, enemy):
            thread.start()
        for thread in (*people, enemy):
            thread.join()
        if server.poll() is not None:
            tally.faults.append("ketuan up has ended")
    finally:
        with contextlib.suppress(ProcessLookupError):
            server.send_signal(signal.SIGTERM)
        server.wait(30)
    log = (folder / "log").read_text(errors="replace")
    held = judge(pairs, deadline, log, tally)
    show(args, tally, held, len(killed))
    if tally.faults and args.verbose:
        print(log[-4000:])
    return not tally.faults


def show(args: argparse.Namespace, tally: Tally, held: dict[str, Any], kills: int) -> None:
    print(
        f"{'PostgreSQL' if args.postgres else 'SQLite'}: {args.seconds} s, {args.societies} societies, {kills} kills; "
        f"{len(tally.times['save'])} saves, {len(tally.times['submit'])} submissions answered; "
        f"{tally.repeated} of {tally.clicks} clicks made again; {tally.cuts} cut; {tally.broken} connections broken"
    )
    for what, times in sorted((what, times) for what, times in tally.times.items() if times):
        ordered = sorted(times)
        p95 = ordered[int((len(ordered) - 1) * 0.95)]
        print(f"  {what:8} median {statistics.median(times) * 1000:6.0f} ms   p95 {p95 * 1000:6.0f} ms", end="")
        print(f"   longest {ordered[-1] * 1000:6.0f} ms")
    print(f"  answers: {', '.join(f'{k} × {n}' for k, n in sorted(tally.statuses.items()))}")
    print(f"  longest until a repeated request was answered: {tally.gap:.1f} s")
    print(
        f"  in the database: {held['receipts']} receipts, {held['entries']} entries, {held['fields']} last fields compared"
    )
    print(f"  faults: {len(tally.faults)}" + "".join(f"\n    {fault}" for fault in tally.faults[:20]), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])  # type: ignore[union-attr]
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--kills", type=int, default=12, help="in each run")
    parser.add_argument("--societies", type=int, default=12)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--port", type=int, default=8109)
    parser.add_argument("--postgres", action="store_true", help="on a throw-away PostgreSQL instead of SQLite")
    parser.add_argument("--verbose", action="store_true", help="show the end of the server's log after faults")
    args = parser.parse_args()
    if args.runs > 1:
        return max(subprocess.call([sys.executable, __file__, *again(args)]) for _ in range(args.runs))
    from tools.postgres import Postgres

    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ketuan-stampede-")))
        for name in [name for name in os.environ if name.startswith("KETUAN_")]:
            if name != "KETUAN_PG_BIN":
                del os.environ[name]
        os.environ |= {"KETUAN_HOME": str(folder / "home"), "DJANGO_SETTINGS_MODULE": "ketuan.site.settings"}
        if args.postgres:
            os.environ["KETUAN_DATABASE_URL"] = stack.enter_context(Postgres(safe=True)).url
        return int(not run(args, folder))


def again(args: argparse.Namespace) -> list[str]:
    """The arguments of one run of many."""
    numbers = [f"--{name}={getattr(args, name)}" for name in ("seconds", "kills", "societies", "port")]
    return numbers + [f"--{name}" for name in ("postgres", "verbose") if getattr(args, name)]


if __name__ == "__main__":
    sys.exit(main())
