"""The pictures of the users' guide, made again from a running demo: python tools/pictures.py [http://127.0.0.1:8000]

Ten pages, each on a desk and on a phone, into docs/users/images. Needs Chromium; the demo must be freshly built
(./ketuan demo --again), so that the same people have the same things to do.
"""

import io
import os
import pathlib
import shutil
import sys
from collections.abc import Iterator

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

PLACE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "users" / "images"
SIZES = (("desk", 1280, 1100), ("phone", 390, 1100))
MOST = 250_000
CHROME = os.environ.get("KETUAN_CHROME") or shutil.which("chromium") or shutil.which("google-chrome")


def window(browser: Browser, home: str) -> Page:
    context = browser.new_context(base_url=home, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")
    return context.new_page()


def people(browser: Browser, home: str, role: str) -> Iterator[Page]:
    """A browser for each person of this role whom the demo offers, signed in."""
    counting = window(browser, home)
    counting.goto("/demo/people/")
    many = counting.locator(".person-card", has=counting.locator(".role", has_text=role)).count()
    counting.context.close()
    for number in range(many):
        page = window(browser, home)
        page.goto("/demo/people/")
        card = page.locator(".person-card", has=page.locator(".role", has_text=role)).nth(number)
        card.locator("form button").click()
        yield page


def first_with(pages: Iterator[Page], path: str, link: str) -> tuple[Page, str]:
    """The first person who has such a link on that page, and where it leads."""
    for page in pages:
        page.goto(path)
        found = page.locator(link)
        if found.count():
            return page, found.first.get_attribute("href") or ""
        page.context.close()
    sys.exit(f"演示里没有人在 {path} 上有 {link}")


def take(page: Page, name: str, path: str) -> None:
    for size, width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(path)
        page.wait_for_load_state("networkidle")
        picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        colours, kept = 256, io.BytesIO()
        while not kept.tell() or (kept.tell() > MOST and colours > 16):
            kept = io.BytesIO()
            picture.quantize(colours, dither=Image.Dither.NONE).save(kept, "PNG", optimize=True)
            colours //= 2
        (PLACE / f"{name}-{size}.png").write_bytes(kept.getvalue())
        print(f"{name}-{size}.png {kept.tell() // 1000} kB")


def main(home: str) -> None:
    PLACE.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROME, args=["--no-sandbox", "--disable-gpu"])
        public = window(browser, home)
        take(public, "front", "/")
        take(public, "call", "/calls/2024/")

        editor, mending = first_with(
            people(browser, home, "学会经办人"), "/applications/", "main a.btn:has-text('修改：')"
        )
        application = "/".join(mending.split("/")[:3]) + "/"
        for name, path in (
            ("home", "/home/"),
            ("application", application),
            ("section", f"{application}part/s9/"),
            ("corps", f"{application}corps/"),
            ("submit", f"{application}submit/"),
        ):
            take(editor, name, path)

        editor.goto("/applications/")
        submitted = editor.locator("main a.btn:has-text('已提交')").first.get_attribute("href") or ""
        editor.goto("/".join(submitted.split("/")[:3]) + "/submit/")
        receipt = editor.locator("a[href^='/receipts/']").last.get_attribute("href") or ""
        take(public, "receipt", f"/verify/{receipt.split('/')[2]}/")

        province, asked = first_with(
            people(browser, home, "省级科协工作人员"),
            "/recommending/",
            "tr:has-text('待推荐') a[href^='/recommending/']",
        )
        take(province, "province", asked)
        officer = next(people(browser, home, "项目办工作人员"))
        take(officer, "receiving", "/receiving/")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
