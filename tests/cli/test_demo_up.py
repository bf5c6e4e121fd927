"""The first start of the demo as a visitor has it: one command, one link, and every paper comes out."""

from __future__ import annotations

import http.cookiejar
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from tests.cli.test_operators import environ, free_port


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory):
    """What a first ``ketuan up`` says, and the address it serves."""
    home = tmp_path_factory.mktemp("demo") / "home"
    port, log = free_port(), home.parent / "log"
    command = [sys.executable, "-m", "ketuan", "up", "--port", str(port)]
    with log.open("w") as told:
        process = subprocess.Popen(command, env=environ(home), stderr=told, stdout=told, cwd=home.parent)
    try:
        deadline = time.monotonic() + 240
        while "监理人员" not in log.read_text("utf-8"):
            assert process.poll() is None, log.read_text("utf-8")[-2000:]
            assert time.monotonic() < deadline, log.read_text("utf-8")[-2000:]
            time.sleep(0.3)
        yield log.read_text("utf-8")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def browser(said: str, role: str) -> tuple[urllib.request.OpenerDirector, str]:
    """Signed in by the printed link of a role; with the address of the platform."""
    link = re.search(rf"{role}.*?(http://\S+)", said)
    assert link is not None
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.open(link[1], timeout=20).read()
    return opener, link[1].partition("/demo/")[0]


def test_a_link_is_printed_for_every_role(started: str) -> None:
    assert len(re.findall(r"http://\S+/demo/in/", started)) == 12


def test_papers_come_out_of_every_process_after_the_first_start(started: str) -> None:
    opener, base = browser(started, "学会经办人")
    codes = re.findall(r"/applications/(K24-\d{4})/", opener.open(f"{base}/applications/", timeout=20).read().decode())
    for code in [*dict.fromkeys(codes)][:4]:
        with opener.open(f"{base}/applications/{code}/form.pdf", timeout=30) as answer:
            assert answer.read(5) == b"%PDF-"
    assert opener.open(f"{base}/health/", timeout=10).read() == b"ok"


def test_it_stops_when_told_and_keeps_its_home(started: str) -> None:
    assert Path(re.search(r"已生成密钥 (\S+)（", started)[1]).exists()  # type: ignore[index]
