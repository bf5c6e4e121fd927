"""Receipts: anybody may verify one by its number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from ketuan.api.shapes import ReceiptOut, Trouble
from ketuan.programme import receipts

router = Router()


@router.get("/{number}", response={200: ReceiptOut, 404: Trouble}, summary="核验回执", auth=None)
def one(request: HttpRequest, number: str) -> Any:
    return receipts.verify(number)
