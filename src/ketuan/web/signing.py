"""What the libraries of accounts tell by signals, handed on to the verbs that write it down."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.core import context as current
from allauth.mfa import signals as mfa
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest

from ketuan.programme.enrolling import signing
from ketuan.programme.who import ANYBODY, who_is


class SessionsAdapter(DefaultUserSessionsAdapter):  # type: ignore[misc]
    """Sessions that a person ends from another device."""

    def end_sessions(self, sessions: Any) -> None:
        ended = list(sessions)
        super().end_sessions(ended)
        if ended:
            signing.end_sessions(len(ended), at=place(current.request), who=who_is(ended[0].user))


def listen() -> None:
    """Once, when the platform wakes. The demo's one-click sign-in is no sign-in to the library and tells by itself."""
    account.user_logged_in.connect(_came, dispatch_uid="ketuan.came")
    user_login_failed.connect(_failed, dispatch_uid="ketuan.failed")
    user_logged_out.connect(_went, dispatch_uid="ketuan.went")
    mfa.authentication_failed.connect(_wrong_code, dispatch_uid="ketuan.wrong_code")
    for what, signal in (
        ("password_changed", account.password_changed),
        ("password_set", account.password_set),
        ("password_reset", account.password_reset),
        ("email_changed", account.email_changed),
    ):
        signal.connect(_changing(what), weak=False, dispatch_uid=f"ketuan.{what}")
    for what, signal in (
        ("added", mfa.authenticator_added),
        ("removed", mfa.authenticator_removed),
        ("made", mfa.authenticator_reset),
    ):
        signal.connect(_equipping(what), weak=False, dispatch_uid=f"ketuan.{what}")


def place(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR", "")) if request is not None else ""


def _came(request: HttpRequest, user: Any, **more: Any) -> None:
    means = "openid" if more.get("sociallogin") else "password"
    signing.sign_in(means=means, at=place(request), who=who_is(user))


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    address = str(credentials.get("email") or credentials.get("username") or credentials.get("login") or "")
    signing.fail_to_sign_in(address, at=place(request or current.request), who=ANYBODY)


def _wrong_code(user: Any, request: HttpRequest | None = None, **_: Any) -> None:
    signing.fail_to_sign_in(user.email, factor="second", at=place(request or current.request), who=ANYBODY)


def _went(request: HttpRequest | None, user: Any, **_: Any) -> None:
    if user is not None and user.is_active:
        signing.sign_out(at=place(request), who=who_is(user))


def _changing(what: str) -> Any:
    def changed(request: HttpRequest, user: Any, **_: Any) -> None:
        signing.change_secret(what, at=place(request), who=who_is(user))

    return changed


def _equipping(what: str) -> Any:
    def equipped(request: HttpRequest, user: Any, authenticator: Any, **_: Any) -> None:
        told = "made" if authenticator.type == "recovery_codes" and what == "added" else what
        signing.change_secret(f"{authenticator.type}_{told}", at=place(request), who=who_is(user))

    return equipped
