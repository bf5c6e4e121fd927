"""Flows run in real Chromium against a real server on a file of their own; without Chromium they say so and are skipped."""

import datetime
import os
import shutil
import threading
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.utils import timezone
from tests.flows.visiting import Visitor
from tests.world import BEGINNING, World, build

from ketuan.records import clock
from ketuan.records.models import Shift

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # sync Playwright runs its own loop in the main thread
CHROME = os.environ.get("KETUAN_CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
HERE = Path(__file__).parent


class UnderWay:
    """How many requests the live server is answering just now: a test's database is emptied only when there are none."""

    def __init__(self) -> None:
        self._now, self._changed = 0, threading.Condition()
        request_started.connect(self._begun, dispatch_uid="flows")
        request_finished.connect(self._done, dispatch_uid="flows")

    def _begun(self, **_: object) -> None:
        with self._changed:
            self._now += 1

    def _done(self, **_: object) -> None:
        with self._changed:
            self._now -= 1
            self._changed.notify_all()

    def ends(self) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self._now <= 0, timeout=20)


@pytest.fixture
def quiet(transactional_db: None, live_server) -> None:
    """Torn down after the browsers and before the database: waits for what the server still answers."""
    under_way = UnderWay()
    yield
    under_way.ends()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROME:
        return
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.skip(reason="没有找到 Chromium（apt-get install chromium fonts-noto-cjk）"))


@pytest.fixture(scope="session")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def flow(transactional_db: None, live_server, quiet: None) -> World:
    """The small world on 10 May 2024, the clock running, behind a server at ``flow.url``."""
    with time_machine.travel(BEGINNING, tick=True):
        made = build()
        made.url = live_server.url  # type: ignore[attr-defined]
        yield made


@pytest.fixture
def window(chromium, flow: World):
    """Opens a browser signed in as somebody: ``window("editor", width=390)``. Every browser is one of its own."""
    opened = []

    def open_window(name: str | None = None, *, width: int = 1280, height: int = 900):
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        opened.append(context)
        if name is not None:
            session = flow.client(name).cookies["session"].value
            expires = (datetime.datetime.now() + datetime.timedelta(days=30000)).timestamp()
            context.add_cookies([{"name": "session", "value": session, "url": flow.url, "expires": expires}])
        page = context.new_page()
        page.set_default_timeout(10_000)
        return page

    yield open_window
    for context in opened:  # what a page still sends when it closes must not outlive the test's database
        context.route("**/*", lambda route: route.abort())
        for page in context.pages:
            page.wait_for_timeout(400)
        context.close()


TWO_DAYS_LEFT = datetime.datetime(2024, 5, 22, 9, 30, tzinfo=clock.CHINA)


@pytest.fixture
def town(transactional_db: None, live_server, quiet: None) -> World:
    """The small world where browser and machine keep today's time and the platform stands on 22 May 2024.

    That is the demo's own clock; ``town.stand(moment)`` moves it.
    """
    cache.clear()

    def stand(at: datetime.datetime) -> None:
        Shift.objects.update_or_create(pk=1, defaults={"by": at - timezone.now()})

    stand(TWO_DAYS_LEFT)
    made = build()
    made.url, made.stand = live_server.url, stand  # type: ignore[attr-defined]
    return made


@pytest.fixture
def visit(chromium, town: World):
    """``visit("editor")`` is a browser of one's own whose pages are watched; what went wrong is told at the end."""
    opened: list[Visitor] = []

    def arrive(name: str | None = None, *, script: bool = True, width: int = 1280) -> Visitor:
        visitor = Visitor(chromium, town.url, script=script, width=width)
        opened.append(visitor)
        if name is not None:
            visitor.enter_as(town.client(name))
        return visitor

    yield arrive
    wrong = [line for visitor in opened for line in visitor.leave()]
    assert wrong == []
