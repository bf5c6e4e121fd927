"""Calls, as published: for everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ketuan.api.shapes import CallFull, CallOut, Trouble
from ketuan.programme import calling
from ketuan.programme.who import ANYBODY

router = Router()


def _out(call: Any) -> dict[str, Any]:
    version = call.current
    return {
        "code": call.code,
        "title": call.title,
        "state": call.state,
        "version": version and version.number,
        "sha256": version and version.sha256,
        "opens_at": call.opens_at,
        "deadline_at": call.deadline_at,
    }


@router.get("", response=list[CallOut], summary="全部已发布的申报通知", auth=None)
def listing(request: HttpRequest) -> Any:
    return [_out(call) for call in calling.listing(who=ANYBODY)]


@router.get("/{code}", response={200: CallFull, 404: Trouble}, summary="一个申报通知和它的全部规则", auth=None)
def one(request: HttpRequest, code: str) -> Any:
    call = calling.find(code, who=ANYBODY)
    return {**_out(call), "rules": call.current.content if call.current else {}}
