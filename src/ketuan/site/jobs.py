"""Which function stands behind the name of a job. An unknown name is a loud error, not a shrug."""

from __future__ import annotations

from collections.abc import Callable

JOBS: dict[str, Callable[..., None]] = {}
