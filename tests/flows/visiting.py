"""Somebody in a real browser, watched: scripts that fail, blocked contents, other hosts, pages broader than the screen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Response, Route, expect

WIDTHS = ((390, 844), (1280, 900))
BROADER = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= wide) { return []; }
  return [...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > wide + 1)
    .slice(0, 5).map(e => e.tagName.toLowerCase() + '.' + e.className + ' ' + Math.round(e.getBoundingClientRect().right));
}"""
PASSWORD = "correct horse 2024"


class Visitor:
    """One browser context with one page. ``wrong`` is what should not have happened."""

    def __init__(self, browser: Browser, home: str, *, script: bool = True, width: int = 1280) -> None:
        self.home, self.script, self.width = home, script, width
        self.wrong: list[str] = []
        self._expected: set[int] = set()
        self.context = browser.new_context(
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            java_script_enabled=script,
            accept_downloads=True,
        )
        self.context.route("**/*", self._only_here)
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(10_000)
        self.page.on("dialog", lambda dialog: dialog.accept())
        self.page.on("console", self._said)
        self.page.on("pageerror", lambda error: self.wrong.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._answered)

    def leave(self) -> list[str]:
        self.context.close()
        return self.wrong

    # ---- what is watched ---------------------------------------------------------------------------------------------

    def _only_here(self, route: Route) -> None:
        address = route.request.url
        if urlsplit(address).netloc == urlsplit(self.home).netloc or address.startswith(("data:", "blob:")):
            route.continue_()
        else:
            self.wrong.append(f"another host is asked: {address}")
            route.abort()

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error" or message.text.startswith("Failed to load resource"):
            return  # what the server refused is told by _answered, with its status
        self.wrong.append(f"{self.page.url}: {message.text}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._expected:
            self.wrong.append(f"{response.status} {response.url}")

    @contextmanager
    def expecting(self, status: int) -> Iterator[None]:
        """Within, this refusal is what should happen."""
        self._expected.add(status)
        yield
        self._expected.discard(status)

    def look(self) -> None:
        """No page is broader than the screen, on a desk and on a phone."""
        place = urlsplit(self.page.url).path
        for width, height in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": height})
            if broader := self.page.evaluate(BROADER):
                self.wrong.append(f"{place} is broader than {width}: {broader}")
        self.page.set_viewport_size({"width": self.width, "height": 900})

    # ---- what people do ----------------------------------------------------------------------------------------------

    def go(self, path: str, status: int = 200) -> Page:
        with self.expecting(status):
            answer = self.page.goto(path if path.startswith("http") else self.home + path)
        assert answer is not None
        assert (path, answer.status) == (path, status)
        self.look()
        return self.page

    def status(self, path: str) -> int:
        """What the server answers to this person, without opening the page."""
        return self.context.request.get(self.home + path).status

    def press(self, name: str, *, within: Any = None, role: Any = "button", nth: int = 0) -> Page:
        """Press a button or follow a link that leads to another page, and look at it. What it asks is agreed to."""
        with self.page.expect_navigation(wait_until="load"):
            (within or self.page).get_by_role(role, name=name).nth(nth).click()
        self.look()
        return self.page

    def posted(self, path: str) -> int:
        """What the server answers to a form that the page does not offer, sent with this page's token."""
        token = self.page.locator("input[name=csrfmiddlewaretoken]").first.input_value()
        return self.context.request.post(
            self.home + path, form={"csrfmiddlewaretoken": token}, headers={"Referer": self.page.url}
        ).status

    def download(self, name: str, *, within: Any = None) -> bytes:
        with self.page.expect_download() as waiting:
            (within or self.page).get_by_role("link", name=name).first.click()
        return waiting.value.path().read_bytes()

    def upload(self, name: str, data: bytes, kind: str = "application/octet-stream") -> None:
        self.page.locator("input[type=file]").first.set_input_files({"name": name, "mimeType": kind, "buffer": data})

    def sign_in(self, email: str) -> Page:
        self.go("/account/login/")
        self.page.locator("input[name=login]").fill(email)
        self.page.locator("input[name=password]").fill(PASSWORD)
        return self.press("登录", within=self.page.locator("main"))

    def enter_as(self, client: Client) -> None:
        """Already signed in, without the form."""
        session = client.cookies["session"].value
        self.context.add_cookies([{"name": "session", "value": session, "url": self.home}])

    def sees(self, text: str) -> None:
        expect(self.page.locator("main")).to_contain_text(text)
