"""Signing in: throttled by address and account, session changed, second factor where the role needs it, OpenID."""

import pytest
from django.test import Client, override_settings
from tests.world import World

from ketuan.programme.enrolling.kinds import SECOND_FACTOR

RIGHT = "correct horse 2024"
OIDC = {
    "openid_connect": {
        "APPS": [
            {
                "provider_id": "sso",
                "name": "统一身份认证",
                "client_id": "c",
                "secret": "s",
                "settings": {"server_url": "https://sso.example.invalid"},
            }
        ]
    }
}


@pytest.fixture(autouse=True)
def fresh_counters(db: None) -> None:
    """The counters of requests, which a test that commits would leave behind."""
    from django.core.cache import cache

    cache.clear()


def sign_in(client: Client, name: str, password: str = RIGHT) -> bool:
    client.post("/account/login/", {"login": f"{name}@example.invalid", "password": password})
    return "_auth_user_id" in client.session


def test_five_wrong_passwords_lock_the_account_and_nobody_else(world: World) -> None:
    client = Client()
    for _ in range(4):
        assert sign_in(client, "editor", "wrong password") is False
    last = client.post("/account/login/", {"login": "editor@example.invalid", "password": "wrong password"})
    assert last.status_code == 429
    assert sign_in(Client(), "editor") is False
    assert sign_in(Client(), "checker") is True
    world.travel("2024-05-10 09:50:00+08:00")
    assert sign_in(Client(), "editor") is True


def test_the_case_of_the_address_opens_no_second_round(world: World) -> None:
    client = Client()
    for name in ("editor", "Editor", "EDITOR", "eDitor", "edItor"):
        assert sign_in(client, name, "wrong password") is False
    assert sign_in(Client(), "editor") is False


def test_the_session_changes_at_sign_in(world: World) -> None:
    client = Client()
    client.get("/account/login/")
    session = client.session
    session["before"] = "1"
    session.save()
    client.cookies["session"] = session.session_key
    assert sign_in(client, "editor")
    assert client.cookies["session"].value != session.session_key


def test_the_list_of_devices_is_the_persons_own(world: World) -> None:
    client = Client()
    assert sign_in(client, "editor")
    assert client.get("/account/sessions/").status_code == 200
    assert Client().get("/account/sessions/").status_code == 302


@override_settings(KETUAN_SECOND_FACTOR=True)
def test_roles_that_need_a_second_factor_set_it_up_first(world: World) -> None:
    for name in sorted(SECOND_FACTOR):
        got = world.client(name).get("/bodies/")
        assert (got.status_code, got.headers["Location"]) == (302, "/account/2fa/totp/activate/"), name
        htmx = world.client(name).get("/bodies/", headers={"HX-Request": "true"})
        assert htmx.headers["HX-Redirect"] == "/account/2fa/totp/activate/"
        assert world.client(name).post("/me/tokens/", {}).status_code == 302
    for name in ("editor", "checker", "provincial", "municipal", "owner", "nobody"):
        assert world.client(name).get("/bodies/").status_code == 200, name


@override_settings(KETUAN_SECOND_FACTOR=True)
def test_with_a_second_factor_the_pages_open(world: World) -> None:
    from allauth.mfa.models import Authenticator

    Authenticator.objects.create(user=world.people["officer"], type="totp", data={"secret": "x"})
    assert world.client("officer").get("/bodies/").status_code == 200
    assert sign_in(Client(), "officer") is False


@override_settings(KETUAN_SECOND_FACTOR=False)
def test_the_demo_asks_for_no_second_factor(world: World) -> None:
    assert world.client("officer").get("/bodies/").status_code == 200


def test_openid_is_offered_only_where_it_is_set_up(world: World) -> None:
    assert "统一身份认证" not in Client().get("/account/login/").content.decode()
    with override_settings(SOCIALACCOUNT_PROVIDERS=OIDC):
        assert "统一身份认证" in Client().get("/account/login/").content.decode()


@pytest.mark.parametrize(
    ("address", "verified", "same"), [("editor", True, True), ("editor", False, False), ("new", True, False)]
)
@override_settings(SOCIALACCOUNT_PROVIDERS=OIDC)
def test_openid_finds_the_person_by_a_confirmed_address(world: World, address: str, verified: bool, same: bool) -> None:
    from allauth.account.models import EmailAddress
    from allauth.core import context
    from allauth.socialaccount.adapter import get_adapter
    from allauth.socialaccount.internal.flows.login import complete_login
    from allauth.socialaccount.models import SocialAccount, SocialLogin
    from django.contrib.auth.models import AnonymousUser
    from django.contrib.messages.storage.fallback import FallbackStorage
    from django.contrib.sessions.backends.db import SessionStore
    from django.test import RequestFactory

    request = RequestFactory().get("/")
    request.session, request.user = SessionStore(), AnonymousUser()
    request._messages = FallbackStorage(request)
    mail = f"{address}@example.invalid"
    user = get_adapter().new_user(request, None)
    user.email = mail
    login = SocialLogin(
        user=user,
        account=SocialAccount(provider="sso", uid="u-1"),
        provider=get_adapter().get_provider(request, "sso"),
        email_addresses=[EmailAddress(email=mail, verified=verified, primary=True)],
    )
    with context.request_context(request):
        answer = complete_login(request, login)
    if same:
        assert request.user == world.people["editor"]
        assert SocialAccount.objects.get().user == world.people["editor"]
    else:
        assert answer.headers["Location"] == "/account/3rdparty/signup/"
        assert request.user.is_anonymous
