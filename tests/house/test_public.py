"""Personal data stay inside: no public page and no line of the log tells a phone, a mail or an identity number (P12)."""

from __future__ import annotations

import logging

import pytest
from django.core.cache import cache
from tests.house.addresses import addresses, both
from tests.house.scene import IDENTITY, LOCAL_MAIL, LOCAL_PHONE, Scene
from tests.house.watching import Watch

from ketuan.records.models import Expert, User

pytestmark = pytest.mark.django_db
OF_THE_DEMO = ("demo/people/",)


def private(scene: Scene) -> set[str]:
    """Every full phone, mail and identity number of the scene's people, those in the forms included."""
    told = {IDENTITY, LOCAL_PHONE, LOCAL_MAIL, scene.near.mail.sender, scene.far.mail.sender}
    for table in (User.objects.values_list("email", "mobile"), Expert.objects.values_list("email", "phone")):
        told |= {text for row in table for text in row if text}
    for side in (scene.near, scene.far):
        form = side.submission.version.form
        for part in ("leader", "chief_expert"):
            told |= {form[part][name] for name in ("mobile", "email", "office_phone") if form[part].get(name)}
        told |= {row["contact"] for row in form["personnel"] if row.get("contact")}
        told |= {form["cover"][name] for name in ("mobile", "email", "phone")}
        told |= {one["phone"] for one in (side.consented.head, *side.consented.officers)}
    return {text for text in told if len(text) > 6}


def test_no_public_page_shows_personal_data(scene: Scene, watch: Watch) -> None:
    secrets, found = private(scene), {}
    assert len(secrets) > 60
    for address in addresses():
        for url in both(scene, address, "anonymous"):
            cache.clear()
            with watch.request():
                response = scene.browser("anonymous").get(url)
                body = b"".join(response) if response.streaming else response.content
            there = sorted(text for text in secrets if text.encode() in body)
            if there:
                found[url] = there
    assert found == {}


@pytest.mark.parametrize("role", ["anonymous", "editor", "officer", "provincial"])
def test_the_log_holds_no_personal_data(
    scene: Scene, watch: Watch, role: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """Every page opened and every empty form sent, at the most talkative level of our own loggers."""
    secrets = private(scene)
    with caplog.at_level(logging.DEBUG, logger="ketuan"), caplog.at_level(logging.INFO):
        for address in addresses():
            for url in both(scene, address, role):
                cache.clear()
                with watch.request():
                    scene.browser(role).post(
                        url, {"email": LOCAL_MAIL, "phone": LOCAL_PHONE, "identity_number": IDENTITY}
                    )
        scene.browser("anonymous").post("/account/login/", {"login": LOCAL_MAIL, "password": "wrong"})
    said = caplog.text + "".join(capfd.readouterr())
    assert sorted(text for text in secrets if text in said) == []
