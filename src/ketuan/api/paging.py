"""Lists in pieces."""

from __future__ import annotations

from typing import Any

PAGE = 100
FARTHEST = 1_000_000
"""Beyond any list; databases count no further than 64 bits."""


def cut(rows: Any, offset: int) -> Any:
    """A hundred rows from ``offset`` on; none beyond the end."""
    at = min(max(offset, 0), FARTHEST)
    return rows[at : at + PAGE]
