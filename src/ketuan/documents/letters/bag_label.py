"""文件袋标签 (通知 四.2): goes on the sealed bag with one original and the copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ketuan.documents.letters.press import press


@dataclass(frozen=True, slots=True)
class BagLabel:
    project: str
    society: str
    call_title: str
    short_code: str
    receipt_number: str
    originals: int
    copies: int
    address_lines: tuple[str, ...]
    """Where the bag goes and to whom; from the configuration of the year."""
    url: str
    dispatch_by: str = ""
    """“2024年5月24日”, where the day is to be printed."""
    paper: Literal["a4", "a5"] = "a5"


def bag_label(given: BagLabel) -> bytes:
    """The label as PDF, landscape."""
    values = {
        "title": f"文件袋标签 {given.short_code}",
        "author": given.society,
        "project": given.project,
        "society": given.society,
        "call": given.call_title,
        "code": given.short_code,
        "receipt": given.receipt_number,
        "originals": given.originals,
        "copies": given.copies,
        "address": given.address_lines,
        "by": given.dispatch_by,
        "paper": given.paper,
    }
    return press("bag_label", values, url=given.url)
