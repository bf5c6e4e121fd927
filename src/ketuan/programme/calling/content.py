"""What a call holds, as the rules read it; a published version is verified against its hash whenever it is read."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet

from ketuan.journal.entries import canonical
from ketuan.programme.errors import NotFound, NotReady
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records.models import Call, CallVersion
from ketuan.rules import call as rules


def find(code: str, *, who: Who) -> Call:
    """The call, if this person sees it; NotFound otherwise."""
    found = _seen("call", who).filter(code=code).first()
    if found is None:
        raise NotFound(code)
    return found


def find_draft(code: str, *, who: Who) -> Call:
    """The call as the office works on it; NotFound for everybody else."""
    found = _seen("call_draft", who).filter(code=code).first()
    if found is None:
        raise NotFound(code)
    return found


def drafts(*, who: Who) -> QuerySet[Call]:
    """All calls as the office works on them, the latest first; none for anybody else."""
    return _seen("call_draft", who).defer("draft", "current__content")


def listing(*, who: Who) -> QuerySet[Call]:
    """All calls this person sees, the latest first."""
    return _seen("call", who).defer("draft", "current__content")


def _seen(kind: str, who: Who) -> QuerySet[Call]:
    return Call.objects.filter(seen(kind, who)).select_related("current").order_by("-code")


def version_of(call: Call, number: int) -> CallVersion:
    """A published version of a call; NotFound where there is none of that number."""
    found = call.versions.filter(number=number).first()
    if found is None:
        raise NotFound(f"{call.code}/{number}")
    return found


def versions_of(call: Call) -> list[CallVersion]:
    """All published versions, the newest first."""
    return list(call.versions.defer("content").order_by("-number"))


def content_of(name: str) -> dict[str, Any]:
    """The tables of a call file shipped with the package, with its registry inside: what a CallVersion holds."""
    return whole(tomllib.loads((files("ketuan.rules") / "calls" / f"{name}.toml").read_text(encoding="utf-8")))


def whole(raw: Mapping[str, Any], *, where: str = "通知配置") -> dict[str, Any]:
    """The tables of a call as JSON holds them, with the registry inside. rules.CallError where they make no call."""
    loaded = rules.call_from(raw, where=where)
    return plain({**raw, "zones": [zone.model_dump(mode="json") for zone in loaded.zones]})


def plain(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The same tables as JSON holds them: days as text."""
    held: dict[str, Any] = json.loads(json.dumps(raw, cls=DjangoJSONEncoder))
    return held


def hash_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a call's content, by which a published version is known."""
    return hashlib.sha256(canonical(content)).hexdigest()


def intact(version: CallVersion) -> bool:
    """Whether the content is still what was published."""
    return hash_of(version.content) == version.sha256


def rules_of(call: Call) -> rules.Call:
    """The published version of a call, as the rules read it; parsed once a process. NotFound before publication."""
    if call.current is None:
        raise NotFound(call.code)
    return rules_of_version(call.current)


def rules_of_version(version: CallVersion) -> rules.Call:
    """A version's content never changes, so that its hash is enough to know it by.

    NotReady where the content is no longer what was published: nothing may be judged by it.
    """
    if version.sha256 not in _known:
        if not intact(version):
            raise NotReady(
                f"申报通知第{version.number}版的内容与发布时的校验值不一致，平台已停止使用它。请联系系统管理员，从备份恢复后再试。"
            )
        _known[version.sha256] = rules.call_from(version.content)
    return _known[version.sha256]


_known: dict[str, rules.Call] = {}
