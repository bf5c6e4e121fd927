"""Pages for everybody, in a real browser: no script fails, nothing comes from elsewhere, nothing is broader than the screen."""

import pytest
from tests.world import World

PUBLIC = (
    "/",
    "/calls/",
    "/calls/2024/",
    "/verify/",
    "/help/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
)


@pytest.mark.parametrize("script", [True, False], ids=["with script", "without"])
def test_every_public_page_fits_a_phone_and_a_desk(town: World, visit, script: bool) -> None:
    visitor = visit(script=script)
    for path in PUBLIC:
        visitor.go(path)
    visitor.go("/verify/HZ2024-000001-AA/", status=404)
    visitor.sees("查无此号")
    visitor.go("/no-such-page/", status=404)


def test_what_the_call_links_to_is_there(town: World, visit) -> None:
    visitor = visit()
    page = visitor.go("/calls/2024/")
    links = {link.get_attribute("href") or "" for link in page.locator("main a[href^='/']").all()}
    paths = sorted({link.partition("#")[0] for link in links} - {"/calls/2024/"})
    assert [path for path in paths if visitor.status(path) != 200] == []


def test_the_watch_sees_what_it_is_there_for(town: World, visit) -> None:
    visitor = visit()
    page = visitor.go("/verify/")
    page.evaluate("console.error('said by a script')")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://example.invalid/a.png'}))")
    page.evaluate("document.querySelector('h1').setAttribute('style', 'color: red')")
    page.evaluate("window.setTimeout(() => { throw Error('thrown by a script') })")
    page.evaluate("document.querySelector('h1').style.width = '2000px'")
    visitor.look()
    page.goto(f"{town.url}/no-such-page/")
    told = "\n".join(visitor.wrong)
    visitor.wrong.clear()
    wanted = (
        "said by a script",
        "example.invalid",
        "inline style",
        "thrown by a script",
        "/verify/ is broader than 1280",
        "404",
    )
    assert [words for words in wanted if words not in told] == [], told
