"""Ending a call: a draft made by mistake is discarded, a published one is withdrawn with a public notice."""

from __future__ import annotations

from django.db import transaction

from ketuan.programme.calling.drafting import _locked
from ketuan.programme.calling.publishing import _data, _freeze, _next, _notice, _write
from ketuan.programme.errors import Invalid
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records.models import Call, CallVersion


def discard(call: Call, code: str, *, who: Who) -> None:
    """Throw a draft away; its code is free again. Invalid unless ``code`` is typed as it stands.

    The row stays out of everybody's sight: the journal speaks of it, and what was written down is not unwritten.
    """
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.discard", who, call)
        if code.strip() != call.code:
            raise Invalid({"code": f"请照样输入代号 {call.code}，确认要作废的是这一份。"})
        was, call.code = call.code, f"{call.code[:8]}-X{call.pk}"
        call.state = Call.State.DISCARDED
        call.save(update_fields=["code", "state"])
        record(who, holding, "calling.discard", call, f"作废申报通知 {was} 的草稿", data={"code": was}, call=call)


def withdraw(call: Call, notice: str, *, who: Who) -> CallVersion:
    """Take a published call back: nothing is taken in any more, what was published stays readable with the notice.

    Invalid without a notice. The last version is the same content once more, with the words that withdraw it.
    """
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.withdraw", who, call)
        notice = _notice(notice)
        assert call.current is not None
        pending, call.draft = call.draft, call.current.content
        version = _freeze(call, _next(call), "withdrawal", notice, who)
        call.draft, call.state = pending, Call.State.WITHDRAWN
        call.save()
        record(who, holding, "calling.withdraw", call, f"撤回《{call.title}》", data=_data(version), call=call)
        _write("call_withdrawn", call, version, notice)
    return version
