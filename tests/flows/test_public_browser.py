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
