"""Applications the person sees: reading, findings, and saving field by field."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ketuan.api.keys import Key, who_of
from ketuan.api.paging import cut
from ketuan.api.shapes import ApplicationFull, ApplicationOut, ChangesIn, FindingOut, SavedOut, Trouble
from ketuan.programme import applying
from ketuan.programme.applying.saving import Change

router = Router()
_READ = Key("application:read")
_WRITE = Key("application:write")


def _out(application: Any) -> dict[str, Any]:
    return {
        "code": application.code,
        "title": application.title,
        "state": application.state,
        "society": application.society.name,
        "call": application.call.code,
        "revision": application.revision,
        "changed_at": application.changed_at,
        "receipt": application.submitted.number if application.submitted else None,
    }


@router.get("", response={200: list[ApplicationOut], 401: Trouble, 403: Trouble}, summary="看得到的申报书", auth=_READ)
def listing(request: HttpRequest, call: str = "", state: str = "", offset: int = 0) -> Any:
    rows = applying.listing(who=who_of(request))
    if call:
        rows = rows.filter(call__code=call)
    if state:
        rows = rows.filter(state=state)
    return [_out(application) for application in cut(rows, offset)]


_ONE = {401: Trouble, 403: Trouble, 404: Trouble}


@router.get("/{code}", response={200: ApplicationFull, **_ONE}, summary="一份申报书", auth=_READ)
def one(request: HttpRequest, code: str) -> Any:
    application = applying.find(code, who=who_of(request))
    form = applying.form_of(application).model_dump(mode="json")
    return {**_out(application), "form": form, "unread": application.unread}


@router.get("/{code}/findings", response={200: list[FindingOut], **_ONE}, summary="按规则查出的问题", auth=_READ)
def findings(request: HttpRequest, code: str) -> Any:
    return list(applying.findings_of(applying.find(code, who=who_of(request))))


@router.post(
    "/{code}/save",
    response={200: SavedOut, 400: Trouble, 409: Trouble, 422: Any, **_ONE},
    summary="保存若干栏",
    auth=_WRITE,
)
def save(request: HttpRequest, code: str, given: ChangesIn) -> Any:
    who = who_of(request)
    changes = [Change(c.path, c.value, c.base) for c in given.changes]
    result = applying.save(applying.find(code, who=who), changes, who=who)
    overtaken = {path: problem.theirs for path, problem in result.overtaken.items()}
    return {"revision": result.revision, "saved": result.saved, "overtaken": overtaken, "gone": result.gone}
