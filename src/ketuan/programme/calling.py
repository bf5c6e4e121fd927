"""Calls: their content as the rules read it. (Making, checking and publishing them: below.)"""

from __future__ import annotations

import hashlib
import json
import tomllib
from importlib.resources import files
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from ketuan.journal.entries import canonical
from ketuan.programme.errors import NotFound
from ketuan.programme.permits import seen
from ketuan.programme.who import Who
from ketuan.records.models import Call, CallVersion
from ketuan.rules import call as rules


def find(code: str, *, who: Who) -> Call:
    """The call, if this person sees it; NotFound otherwise."""
    found = Call.objects.filter(seen("call", who), code=code).select_related("current").first()
    if found is None:
        raise NotFound(code)
    return found


def content_of(name: str) -> dict[str, Any]:
    """The tables of a call file shipped with the package, with its registry inside: what a CallVersion holds."""
    loaded = rules.load(name)
    raw = tomllib.loads((files("ketuan.rules") / "calls" / f"{name}.toml").read_text(encoding="utf-8"))
    raw["zones"] = [zone.model_dump(mode="json") for zone in loaded.zones]
    plain: dict[str, Any] = json.loads(json.dumps(raw, cls=DjangoJSONEncoder))
    return plain


def hash_of(content: dict[str, Any]) -> str:
    """SHA-256 of a call's content, by which a published version is known."""
    return hashlib.sha256(canonical(content)).hexdigest()


def rules_of(call: Call) -> rules.Call:
    """The published version of a call, as the rules read it; parsed once a process. NotFound before publication."""
    if call.current is None:
        raise NotFound(call.code)
    return rules_of_version(call.current)


def rules_of_version(version: CallVersion) -> rules.Call:
    """A version's content never changes, so that its hash is enough to know it by."""
    return _known.get(version.sha256) or _known.setdefault(version.sha256, rules.call_from(version.content))


_known: dict[str, rules.Call] = {}
