"""How every letter is set: common Typst ground plus its own template, texts made printable."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from ketuan.documents.qr import qr_svg
from ketuan.documents.writing.pdf import coverage, printable, typeset

_FOLDER = Path(__file__).parent
_SHANGHAI = ZoneInfo("Asia/Shanghai")


def press(name: str, values: Mapping[str, Any], *, url: str, created: datetime.datetime | None = None) -> bytes:
    """``<name>.typ`` filled with ``values``; ``url`` becomes the QR code. ValueError where ``url`` is empty or too long."""
    covered = coverage()
    data = {key: _plain(value, covered) for key, value in values.items()}
    data |= {"qr": qr_svg(url), "url": printable(url, covered)}
    source = (_FOLDER / "ground.typ").read_bytes() + b"\n" + (_FOLDER / f"{name}.typ").read_bytes()
    return typeset(source, data, created=created, standard="a-2a")


def _plain(value: Any, covered: frozenset[int]) -> Any:
    if isinstance(value, str):
        return printable(value, covered)
    if isinstance(value, list | tuple):
        return [_plain(one, covered) for one in value]
    return value


def moment(at: datetime.datetime) -> str:
    """“2024年5月20日 14:03:21”, Beijing time; ValueError for a time without a zone."""
    if at.tzinfo is None:
        raise ValueError("时刻要带时区")
    local = at.astimezone(_SHANGHAI)
    return f"{day(local.date())} {local:%H:%M:%S}"


def day(date: datetime.date) -> str:
    return f"{date.year}年{date.month}月{date.day}日"


def size(count: int) -> str:
    """“812 KB”, “3.4 MB”."""
    if count < 1024:
        return f"{count} 字节"
    return f"{count / 1024:.0f} KB" if count < 1024 * 1024 else f"{count / 1024 / 1024:.1f} MB"


def grouped(digest: str, by: int = 8) -> str:
    """A fingerprint in groups, so that people can compare it by eye."""
    return " ".join(digest[at : at + by] for at in range(0, len(digest), by))
