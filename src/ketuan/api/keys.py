"""Who calls: a key in the header ``Authorization: Bearer ketuan_…``, with the scopes it was given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBearer

from ketuan.programme.enrolling.tokens import SCOPES, person_of_token
from ketuan.programme.who import Who


class Key(HttpBearer):
    """A key that carries ``scope``; 401 without a valid key, 403 where the key may not."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        if scope not in SCOPES:
            raise KeyError(scope)
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Who | None:
        known = person_of_token(token)
        if known is None:
            return None
        who, scopes = known
        if self.scope not in scopes:
            raise HttpError(403, f"这个密钥没有“{SCOPES[self.scope]}”的权限，请在“程序密钥”里新建一个。")
        return who


def who_of(request: HttpRequest) -> Who:
    """The person whose key it is."""
    known: Any = request.auth  # type: ignore[attr-defined]
    who: Who = known
    return who
