"""Writing in a real browser: saved within two seconds, through dead sessions and lost lines, and nobody is overwritten."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect
from tests.world import World

from ketuan.forms.words import characters, words
from ketuan.programme import applying
from ketuan.records.models import Application

SOON = 2_000
"""Milliseconds within which a field is saved after the last key."""


@pytest.fixture
def application(flow: World) -> Application:
    return applying.start(flow.call, flow.bodies["society"], who=flow.who("editor"))


def go(page: Page, flow: World, application: Application, rest: str = "part/s3/") -> Page:
    page.goto(f"{flow.url}/applications/{application.code}/{rest}")
    return page


def state(page: Page, path: str):
    return page.locator(f'[data-field="{path}"] [data-saved]').first


def saved(page: Page, path: str, timeout: int = 10_000) -> None:
    expect(state(page, path)).to_have_text(re.compile(r"已保存 \d\d:\d\d"), timeout=timeout)


def test_what_is_typed_is_saved_within_two_seconds_and_survives_a_reload(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    page.locator("#f-rationale").press_sequentially("围绕低空经济产业链的难题开展服务。")
    expect(state(page, "rationale")).to_have_text("正在输入…")
    saved(page, "rationale", SOON)
    application.refresh_from_db()
    assert application.form["rationale"] == "围绕低空经济产业链的难题开展服务。"
    page.reload()
    expect(page.locator("#f-rationale")).to_have_value("围绕低空经济产业链的难题开展服务。")
    assert page.evaluate("Object.keys(localStorage).filter(k => k.startsWith('ketuan-kept')).length") == 0


def test_a_finding_appears_beside_its_field_and_goes_when_it_is_mended(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    field, panel = page.locator('[data-field="rationale"]'), page.locator("[data-panel]")
    page.locator("#f-rationale").fill("字" * 203)
    expect(field.locator("[data-findings]")).to_contain_text("请删去至少 3 个字")
    expect(panel).to_contain_text("限 200 字")
    page.locator("#f-rationale").fill("字" * 200)
    expect(field.locator("[data-findings]")).to_be_empty()
    expect(panel).to_contain_text("没有发现问题")


def test_the_session_dies_in_the_middle_of_a_sentence(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    page.locator("#f-rationale").press_sequentially("本项目对标国家规划，")
    saved(page, "rationale")
    Session.objects.all().delete()
    page.locator("#f-rationale").press_sequentially("前期征集难题三十项，")
    expect(page.locator("[data-kept]")).to_contain_text("登录已过期，已保存在本机")
    expect(state(page, "rationale")).to_have_text("未保存")
    page.locator("[data-kept-link]").click()
    page.locator("input[name=login]").fill("editor@example.invalid")
    page.locator("input[name=password]").fill("correct horse 2024")
    page.locator("form button[type=submit], form .btn-primary").first.click()
    page.wait_for_url(f"**/applications/{application.code}/part/s3/")
    expect(page.locator("#f-rationale")).to_have_value("本项目对标国家规划，前期征集难题三十项，")
    saved(page, "rationale")
    application.refresh_from_db()
    assert application.form["rationale"] == "本项目对标国家规划，前期征集难题三十项，"


def test_all_cookies_are_deleted_in_the_middle_of_a_sentence(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    page.locator("#f-rationale").press_sequentially("本项目对标国家规划，")
    saved(page, "rationale")
    page.context.clear_cookies()
    page.locator("#f-rationale").press_sequentially("前期征集难题三十项。")
    expect(page.locator("[data-kept]")).to_contain_text("登录已过期，已保存在本机")
    page.locator("[data-kept-link]").click()
    page.locator("input[name=login]").fill("editor@example.invalid")
    page.locator("input[name=password]").fill("correct horse 2024")
    page.locator("form button[type=submit], form .btn-primary").first.click()
    page.wait_for_url(f"**/applications/{application.code}/part/s3/")
    saved(page, "rationale")
    application.refresh_from_db()
    assert application.form["rationale"] == "本项目对标国家规划，前期征集难题三十项。"


def test_the_line_is_lost_and_comes_back(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    page.context.set_offline(True)
    page.locator("#f-rationale").press_sequentially("断网时写的。")
    expect(page.locator("[data-kept]")).to_contain_text("未连上服务器，已保存在本机")
    page.locator("#f-rationale").press_sequentially("接着写。")
    page.context.set_offline(False)
    saved(page, "rationale")
    expect(page.locator("[data-kept]")).to_be_hidden()
    application.refresh_from_db()
    assert application.form["rationale"] == "断网时写的。接着写。"


def test_a_closed_window_loses_nothing(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    page.locator("#f-rationale").press_sequentially("刚写完就走。")
    page.goto(f"{flow.url}/applications/{application.code}/part/s4/")
    go(page, flow, application)
    expect(page.locator("#f-rationale")).to_have_value("刚写完就走。")


def test_what_is_typed_before_the_script_has_arrived_is_saved(flow, window, application) -> None:
    page, held = window("editor"), []
    page.route("**/saving.js", lambda route: held.append(route))
    page.goto(f"{flow.url}/applications/{application.code}/part/s3/", wait_until="commit")
    page.locator("#f-rationale").fill("脚本还没到就写了。")
    held[0].continue_()
    saved(page, "rationale")
    application.refresh_from_db()
    assert application.form["rationale"] == "脚本还没到就写了。"


def test_two_people_in_one_field_are_told(flow, window, application) -> None:
    one, two = go(window("editor"), flow, application), go(window("checker"), flow, application)
    one.locator("#f-rationale").fill("经办人写的依据。")
    saved(one, "rationale")
    two.locator("#f-rationale").fill("审核人写的依据。")
    clash = two.locator('[data-field="rationale"] [data-clash]')
    expect(clash).to_contain_text("江晚晴")
    expect(clash).to_contain_text("经办人写的依据。")
    application.refresh_from_db()
    assert application.form["rationale"] == "经办人写的依据。"
    clash.get_by_role("button", name="用我的").click()
    saved(two, "rationale")
    application.refresh_from_db()
    assert application.form["rationale"] == "审核人写的依据。"
    one.locator("#f-rationale").press_sequentially("再加一句。")
    one.get_by_role("button", name="用对方的").click()
    expect(one.locator("#f-rationale")).to_have_value("审核人写的依据。")


def test_rows_are_added_and_filled(flow, window, application) -> None:
    page = go(window("editor"), flow, application, "part/s8/")
    for number in (1, 2):
        page.get_by_role("button", name="增加一行").click()
        page.locator(f"#f-personnel-k{number}-name").fill(f"人{number}")
    page.get_by_role("button", name="第 2 行上移").click()  # what is still being typed is saved first
    expect(page.locator("tbody tr").first.locator("input").first).to_have_value("人2")
    application.refresh_from_db()
    assert [row["name"] for row in application.form["personnel"]] == ["人2", "人1"]


def test_the_sums_follow_while_one_types(flow, window, application) -> None:
    page = go(window("editor"), flow, application, "part/s9/")
    page.locator("#f-budget-total").fill("100")
    page.locator("#f-budget-requested").fill("80")
    page.locator("#f-budget-own").fill("15.5")
    expect(page.locator("[data-sums]")).to_contain_text("比经费总预算少 4.50 万元")
    page.locator("#f-budget-own").fill("20")
    expect(page.locator("[data-sums]")).to_contain_text("与经费总预算一致")


TRICKY = (
    "",
    "AI技术2024年",
    "攻关5G-A基站，节能30%。",
    "“蹲点”服务——累计不少于60天……",
    "a b\tc\nd\u3000e\u00a0f\u2003g",
    "α-Fe₂O₃ 与 ℃、①②③、½、№",
    "👩‍🔬👨‍👩‍👧 团队🇨🇳",
    "\u200b零\u200d宽\ufeff字\u00ad符",
    "𠮷野家 𪚥 ｱｲｳ ＡＢＣ１２３",
    "한국어 кириллица ελληνικά",
    "x\x85y\x1cz\u2028w",
    "3.5×10⁸～4.2‰±0.1 km²/h → ≥90%",
    "（一）、1）2.3.4 http://example.org/?q=1&r=2",
)


def test_the_pages_counter_equals_the_servers(flow, window, application) -> None:
    page = go(window("editor"), flow, application)
    counted = page.evaluate("texts => texts.map(t => [ketuanCount.word(t), ketuanCount.characters(t)])", list(TRICKY))
    assert counted == [[words(text), characters(text)] for text in TRICKY]
    page.locator("#f-rationale").fill("攻关5G-A基站，节能30%。")
    expect(page.locator("[data-count] b")).to_have_text("10")


@pytest.mark.parametrize(
    "page_of",
    ["", "part/cover/", "part/s1/", "part/s7/", "part/s8/", "part/s9/", "part/problems/", "check/", "history/"],
)
def test_nothing_scrolls_sideways_on_a_phone(flow, window, application, page_of) -> None:
    who = flow.who("editor")
    long = "“科创中国”" + "长三角生态绿色一体化发展示范区" * 5 + "科技服务团"
    key = applying.add_row(application, "personnel", who=who)
    annex = applying.add_row(application, "problems", who=who)
    stage = applying.add_row(application, "schedule.stages", who=who)
    texts = {
        "cover.title": long,
        f"personnel.{key}.affiliation": long,
        f"problems.{annex}.title": "W" * 90,
        f"schedule.stages.{stage}.goal": "x" * 90,
    }
    applying.save(application, [applying.Change(p, t) for p, t in texts.items()], who=who)
    page = go(window("editor", width=390, height=844), flow, application, page_of)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
