"""Coming in and going out, and what one comes in with: each is written down (等保 8.1.4.3 a). No password is ever seen here."""

from __future__ import annotations

from django.core.cache import cache
from django.db import transaction

from ketuan.journal.entries import mac
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records.models import User

MEANS = {"password": "密码", "openid": "统一身份认证", "demo": "演示平台一键进入"}
FACTORS = {"password": "密码", "second": "双重验证"}
SECRETS = {
    "password_changed": "修改密码",
    "password_set": "设置密码",
    "password_reset": "重置密码",
    "totp_added": "启用双重验证",
    "totp_removed": "停用双重验证",
    "recovery_codes_made": "生成备用验证码",
    "recovery_codes_removed": "作废备用验证码",
    "email_changed": "更换登录邮箱",
}
"""What one comes in with, and what became of it."""
MOST, WINDOW = 20, 15 * 60
"""Failed tries of one address from one place that are written down in so many seconds: the journal is not to be flooded."""


def sign_in(*, means: str = "password", at: str = "", who: Who) -> None:
    """The person came in; ``at`` is the network address."""
    holding = permit("enrolling.sign_in", who)
    with transaction.atomic():
        user = User.objects.get(pk=who.person)
        record(
            who, holding, "enrolling.sign_in", user, f"登录（{MEANS[means]}）", data={"means": means}, sealed=_place(at)
        )


def fail_to_sign_in(address: str, *, factor: str = "password", at: str = "", who: Who) -> None:
    """Somebody tried to come in as ``address`` and did not. The journal holds the address under its key only."""
    holding = permit("enrolling.fail_to_sign_in", who)
    address = address.strip().lower()[:254]
    hashed = mac(["address", address])[:32]
    key = f"failed-sign-in:{hashed}:{at}"
    cache.add(key, 0, WINDOW)
    try:
        if cache.incr(key) > MOST:
            return
    except ValueError:  # the count ran out between the two lines
        pass
    with transaction.atomic():
        tried = User.objects.filter(email=address).first() or User(pk=0)
        record(
            who,
            holding,
            "enrolling.fail_to_sign_in",
            tried,
            f"登录失败（{FACTORS[factor]}不对，或已暂停）",
            data={"address": hashed, "factor": factor},
            sealed={"address": address, **_place(at)},
        )


def sign_out(*, at: str = "", who: Who) -> None:
    """The person went out."""
    holding = permit("enrolling.sign_out", who)
    with transaction.atomic():
        user = User.objects.get(pk=who.person)
        record(who, holding, "enrolling.sign_out", user, "退出登录", sealed=_place(at))


def change_secret(what: str, *, at: str = "", who: Who) -> None:
    """``what`` of :data:`SECRETS` happened to the person's password, second factor or address. KeyError for none of them."""
    holding = permit("enrolling.change_secret", who)
    with transaction.atomic():
        user = User.objects.get(pk=who.person)
        record(who, holding, "enrolling.change_secret", user, SECRETS[what], data={"what": what}, sealed=_place(at))


def end_sessions(many: int, *, at: str = "", who: Who) -> None:
    """The person ended own sessions, here or on other devices."""
    holding = permit("enrolling.end_sessions", who)
    with transaction.atomic():
        user = User.objects.get(pk=who.person)
        record(
            who, holding, "enrolling.end_sessions", user, f"结束 {many} 处登录", data={"many": many}, sealed=_place(at)
        )


def _place(at: str) -> dict[str, str]:
    return {"at": at} if at else {}
