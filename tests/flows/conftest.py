"""Flows run in real Chromium against a real server on a file of their own; without Chromium they say so and are skipped."""

import datetime
import os
import shutil
from pathlib import Path

import pytest
import time_machine
from tests.world import BEGINNING, World, build

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # sync Playwright runs its own loop in the main thread
CHROME = os.environ.get("KETUAN_CHROME") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")
HERE = Path(__file__).parent


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
def flow(transactional_db: None, live_server) -> World:
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
    for context in opened:
        context.close()
