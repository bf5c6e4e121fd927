"""Acts of a person on what is their own."""

from __future__ import annotations

from ketuan.programme.errors import Refused
from ketuan.programme.who import Who


def person_of(who: Who) -> int:
    """Id of the person who acts. Refused for the public and for the platform itself."""
    if who.user_id is None:
        raise Refused("请先登录。")
    return who.user_id
