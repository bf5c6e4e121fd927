"""Organisations the person sees."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ketuan.api.keys import Key, who_of
from ketuan.api.paging import cut
from ketuan.api.shapes import OrganisationOut, Trouble
from ketuan.programme import enrolling

router = Router(auth=Key("organisation:read"))


@router.get("", response={200: list[OrganisationOut], 401: Trouble, 403: Trouble}, summary="看得到的单位")
def listing(request: HttpRequest, q: str = "", kind: str = "", offset: int = 0) -> Any:
    return list(cut(enrolling.listing(who=who_of(request), q=q, kind=kind), offset))


@router.get("/{pk}", response={200: OrganisationOut, 401: Trouble, 403: Trouble, 404: Trouble}, summary="一个单位")
def one(request: HttpRequest, pk: int) -> Any:
    return enrolling.find(pk, who=who_of(request))
