"""Keys for programs: with a purpose, scopes and an end; shown once, kept as a hash."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Sequence

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction

from ketuan.programme.enrolling.acting import person_of
from ketuan.programme.enrolling.inviting import hash_of
from ketuan.programme.enrolling.kinds import SECOND_FACTOR
from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who, who_is
from ketuan.records import clock
from ketuan.records.models import ApiToken

SCOPES: dict[str, str] = {
    "call:read": "读取申报通知",
    "application:read": "读取申报书",
    "application:write": "填写申报书",
    "organisation:read": "读取单位信息",
    "receipt:read": "读取回执",
}
DAYS = (30, 90, 180, 365)
MOST = 20
PREFIX = "ketuan_"
"""Lets scanners for leaked secrets know what they found."""
_SEEN = datetime.timedelta(minutes=10)


def tokens_of(*, who: Who) -> list[ApiToken]:
    """The person's own keys, newest first."""
    return list(ApiToken.objects.filter(user=who.user_id))


def make_token(name: str, scopes: Sequence[str], days: int, *, who: Who) -> tuple[ApiToken, str]:
    """A new key and its text, which is known now and never again. Invalid with a sentence by field."""
    holding = permit("enrolling.make_token", who)
    errors = {}
    if not name.strip():
        errors["name"] = "请写明用途，例如“学会办公系统”。"
    if not scopes or set(scopes) - set(SCOPES):
        errors["scopes"] = "请至少选择一项权限。"
    if days not in DAYS:
        errors["days"] = "请选择有效期。"
    now = clock.now()
    with transaction.atomic():
        if ApiToken.objects.filter(user=who.user_id, revoked_at=None, expires_at__gt=now).count() >= MOST:
            errors["name"] = f"一个人最多有 {MOST} 个有效的程序密钥，请先停用不用的。"
        if errors:
            raise Invalid(errors)
        raw = PREFIX + secrets.token_urlsafe(32)
        token = ApiToken.objects.create(
            user_id=person_of(who),
            name=name.strip()[:60],
            token_hash=hash_of(raw),
            scopes=[s for s in SCOPES if s in scopes],
            created_at=now,
            expires_at=now + datetime.timedelta(days=days),
        )
        record(who, holding, "enrolling.make_token", token, "新建程序密钥", data={"scopes": token.scopes, "days": days})
    return token, raw


def revoke_token(pk: int, *, who: Who) -> None:
    """The key opens nothing any more. NotFound for another person's."""
    holding = permit("enrolling.revoke_token", who)
    with transaction.atomic():
        token = ApiToken.objects.select_for_update(no_key=True).filter(pk=pk, user=who.user_id).first()
        if token is None:
            raise NotFound(str(pk))
        if token.revoked_at:
            raise NotReady("这个密钥已经停用。")
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        record(who, holding, "enrolling.revoke_token", token, "停用程序密钥")


def person_of_token(raw: str) -> tuple[Who, frozenset[str]] | None:
    """The person and the scopes behind a key; None for one that is wrong, expired, revoked or of a closed account.

    Refused while the person holds a role that needs a second factor and has none: a key made before is no way around it.
    """
    if not raw.startswith(PREFIX):
        return None
    now = clock.now()
    rows = ApiToken.objects.filter(token_hash=hash_of(raw), revoked_at=None, expires_at__gt=now, user__is_active=True)
    token = rows.select_related("user").first()
    if token is None:
        return None
    if token.used_at is None or now - token.used_at > _SEEN:
        ApiToken.objects.filter(pk=token.pk).update(used_at=now)
    who = who_is(token.user)
    if settings.KETUAN_SECOND_FACTOR and who.roles() & SECOND_FACTOR and not is_mfa_enabled(token.user):
        raise Refused("您的角色须使用双重验证。", "请先登录平台，用手机验证器设置好，再使用程序密钥。")
    return who, frozenset(token.scopes)
