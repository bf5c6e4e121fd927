"""Acts of a person on what is their own."""

from __future__ import annotations

from django.db import transaction

from ketuan.programme.errors import Invalid, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records.models import User


def person_of(who: Who) -> int:
    """Id of the person who acts. Refused for the public and for the platform itself."""
    if who.user_id is None:
        raise Refused("请先登录。")
    return who.user_id


def name_account(name: str, *, who: Who) -> None:
    """The name of the account one has just made. Invalid without any."""
    holding = permit("enrolling.name_account", who)
    told = " ".join(name.split())
    if not told:
        raise Invalid({"name": "请填写姓名。"})
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=person_of(who))
        user.name = told
        user.save(update_fields=["name"])
        record(who, holding, "enrolling.name_account", user, "登记姓名", sealed={"name": told})
