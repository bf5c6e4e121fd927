"""The first administrator, made by the operator at the machine; everybody else comes by registration or invitation."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from ketuan.programme.enrolling.kinds import check_separate
from ketuan.programme.enrolling.registries import office
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.unique import unique
from ketuan.programme.who import PLATFORM, Who
from ketuan.records import clock
from ketuan.records.models import Role, User


def make_administrator(email: str, name: str, password: str, *, who: Who = PLATFORM) -> User:
    """An account that is administrator of the platform; an existing account is given the role, its password kept.

    An account whose address was never confirmed may be anybody's who typed that address: it gets ``password``.
    Invalid for an address or password that cannot be taken; Refused where 三员分立 forbids it.
    """
    address = email.strip().lower()
    holding = permit("enrolling.make_administrator", who)
    try:
        validate_email(address)
    except ValidationError:
        raise Invalid({"email": "邮箱地址写得不对，请核对，例如 name@example.org。"}) from None
    with transaction.atomic():
        user = User.objects.filter(email=address).first()
        mine = user is not None and EmailAddress.objects.filter(user=user, email=address, verified=True).exists()
        if user is None or not mine:
            fresh = User(email=address, name=name.strip() or "系统管理员")
            try:
                validate_password(password, fresh)
            except ValidationError as wrong:
                raise Invalid({"password": "".join(wrong.messages)}) from None
            if user is None:
                with unique(email="这个邮箱刚刚已注册，请再运行一次。"):
                    user = User.objects.create_user(address, password, name=fresh.name)
            else:
                user.name = fresh.name
                user.set_password(password)
                user.save(update_fields=["name", "password"])
        check_separate(user, Role.Kind.ADMINISTRATOR)
        EmailAddress.objects.update_or_create(user=user, email=address, defaults={"verified": True, "primary": True})
        body = office()
        now = clock.now()
        role, _new = Role.objects.update_or_create(
            user=user,
            organisation=body,
            kind=Role.Kind.ADMINISTRATOR,
            defaults={"state": Role.State.ACTIVE, "reason": "", "decided_at": now},
            create_defaults={"state": Role.State.ACTIVE, "asked_at": now, "decided_at": now},
        )
        record(who, holding, "enrolling.make_administrator", role, "设立系统管理员", organisation=body)
    return user
