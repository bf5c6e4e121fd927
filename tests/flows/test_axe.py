"""axe-core over the main pages, on a desk in light and on a phone in dark: nothing against WCAG 2.2 A and AA."""

import datetime

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Browser, Page
from tests.house import scene
from tests.house.scene import Scene
from tests.world import BEGINNING

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
ALL = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
OF_LOOK = {"runOnly": {"type": "rule", "values": ["color-contrast", "target-size"]}, "resultTypes": ["violations"]}
"""What may differ on a phone in dark; the rest hangs on the markup, which is the same."""
LOOKS = (("light", 1280, 900, ALL), ("dark", 390, 844, OF_LOOK))
STILL = "*, *::before, *::after { transition: none !important; animation: none !important; }"

PUBLIC = (
    "/", "/calls/", "/calls/2024/", "/account/login/", "/account/signup/",
    "/account/password/reset/", "/bodies/choose/", "/help/", "/verify/", "/verify/{receipt}/",
    "/invited/corps/{corps_token}/", "/demo/people/", "/api/docs", "/nowhere/",
)  # fmt: skip
SOCIETY = (
    "/home/", "/applications/", "/applications/{draft}/", "/applications/{draft}/part/s6/", "/applications/{draft}/part/s8/",
    "/applications/{draft}/part/s9/", "/applications/{draft}/part/{problems}/", "/applications/{draft}/check/",
    "/applications/{draft}/history/", "/applications/{submitted}/history/compare/?a=1&b=2",
    "/applications/{draft}/corps/", "/applications/{draft}/corps/printed/", "/applications/{draft}/cross/",
    "/applications/{draft}/papers/", "/applications/{draft}/import/", "/applications/{draft}/submit/",
    "/applications/{draft}/consent/", "/applications/{submitted}/submit/", "/receipts/{receipt}/",
    "/me/letters/", "/me/letters/wishes/", "/me/tokens/", "/account/2fa/",
)  # fmt: skip
OFFICE = (
    "/applications/", "/recommending/", "/receiving/", "/receiving/mail/{mail}/", "/receiving/paper/",
    "/receiving/paper/{submitted}/", "/applications/{draft}/late/", "/bodies/", "/bodies/{society}/", "/bodies/asked/",
    "/bodies/suppliers/", "/experts/", "/experts/{expert}/", "/office/calls/",
    "/office/calls/2025/", "/office/calls/2025/set/call/", "/office/calls/new/",
    "/office/calls/2025/rehearsal/", "/office/calls/2024/correct/",
)  # fmt: skip
PROVINCE = ("/home/", "/recommending/", "/recommending/{asked}/", "/recommending/{consented}/")
AUDITOR = ("/home/", "/journal/", "/journal/5/")


@pytest.fixture
def made(transactional_db: None, live_server, quiet: None) -> Scene:
    with time_machine.travel(BEGINNING, tick=True):
        cache.clear()
        built = scene.build()
        built.url = live_server.url  # type: ignore[attr-defined]
        yield built


def _names(made: Scene) -> dict[str, object]:
    near = made.near
    return {
        "draft": near.draft.code, "submitted": near.submitted.code, "receipt": near.submission.number,
        "corps_token": near.corps_token, "mail": near.mail.pk, "society": near.society.pk, "expert": near.expert.pk,
        "asked": near.asked.pk, "consented": near.consented.pk, "problems": "problems",
    }  # fmt: skip


def _page(chromium: Browser, made: Scene, role: str) -> Page:
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai", bypass_csp=True)
    if role in made.cookies:
        expires = (datetime.datetime.now() + datetime.timedelta(days=30000)).timestamp()
        context.add_cookies([{"name": "session", "value": made.cookies[role], "url": made.url, "expires": expires}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    return page


@pytest.mark.parametrize(
    ("role", "paths"),
    [("anonymous", PUBLIC), ("editor", SOCIETY), ("officer", OFFICE), ("provincial", PROVINCE), ("auditor", AUDITOR)],
    ids=("public", "society", "office", "province", "auditor"),
)
def test_nothing_is_against_wcag(chromium: Browser, made: Scene, role: str, paths: tuple[str, ...]) -> None:
    page, axe, wrong = _page(chromium, made, role), Axe(), []
    for path in paths:
        address = path.format(**_names(made))
        page.emulate_media(color_scheme="light")
        answer = page.goto(made.url + address, wait_until="domcontentloaded")
        assert answer is not None
        if path != "/nowhere/" and answer.status != 200:
            wrong.append(f"{address}: {answer.status}")
            continue
        page.add_style_tag(content=STILL)
        for look, width, height, options in LOOKS:
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=look)
            for found in axe.run(page, options=options).response["violations"]:
                where = [" ".join(map(str, node["target"])) for node in found["nodes"]]
                wrong.append(f"{address} {look}: {found['id']} ({found['impact']}) {len(where)}: {where[:3]}")
    page.context.close()
    assert "\n".join(wrong) == ""
