"""QR codes of addresses, as SVG for Typst and PNG for Word."""

from __future__ import annotations

import functools
import io
from typing import Any


@functools.lru_cache(maxsize=64)
def qr_svg(url: str) -> str:
    """The code with a quiet zone of two modules; ValueError where the text is too long for a code."""
    out = io.BytesIO()
    _code(url).save(out, kind="svg", border=2, xmldecl=False, svgns=True, nl=False)
    return out.getvalue().decode("utf-8")


@functools.lru_cache(maxsize=64)
def qr_png(url: str) -> bytes:
    """The same as a black and white picture, ten dots a module."""
    out = io.BytesIO()
    _code(url).save(out, kind="png", scale=10, border=2)
    return out.getvalue()


def _code(url: str) -> Any:
    import segno

    if not url:
        raise ValueError("二维码没有网址")
    return segno.make(url, error="m", micro=False, boost_error=False)
