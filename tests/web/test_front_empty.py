"""A platform on its first day: no call, nobody signed in, and still a page that says what to do."""

from django.test import Client


def test_the_front_page_stands_without_any_call(db: None) -> None:
    page = Client().get("/")
    assert page.status_code == 200
    assert "现在没有开放的申报" in page.content.decode()


def test_health_answers(db: None) -> None:
    assert Client().get("/health/").content == b"ok"
