"""Hands: the official blank form filled and edited as people and programs do, with the truth beside it.

`truth(seed)` invents a form, `fill(truth, hand)` writes it into the official file, `EDITS` do to the file what must not
change its meaning, `DEFECTS` break exactly one rule. `as_read(data)` is what the reader makes of a file.
"""

from __future__ import annotations

import json
from typing import Any

from .edits import EDITS, SLOW_EDITS, SOFFICE
from .fill import fill
from .habits import HABITS, Hand, each_habit, mixed_hand
from .people import Form, truth

__all__ = [
    "EDITS",
    "HABITS",
    "SLOW_EDITS",
    "SOFFICE",
    "Form",
    "Hand",
    "as_read",
    "differences",
    "each_habit",
    "fill",
    "mixed_hand",
    "truth",
]


def as_read(data: bytes) -> Form:
    """The form in the JSON shape of the contract, as the product reads it."""
    from ketuan.documents.reading import read  # the product may not be there yet when the hands are used alone

    form: Form = json.loads(read(data).form.model_dump_json())
    return form


def differences(wanted: Any, found: Any, path: str = "") -> list[str]:
    """Where two forms differ, one line a place, so that a failing test says what was misread."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = [*wanted, *[key for key in found if key not in wanted]]
        missing = object()
        pairs = [(f"{path}.{key}".lstrip("."), wanted.get(key, missing), found.get(key, missing)) for key in keys]
        return [line for place, one, other in pairs for line in differences(one, other, place)]
    if isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        pairs = [(f"{path}[{at}]", one, other) for at, (one, other) in enumerate(zip(wanted, found, strict=True))]
        return [line for place, one, other in pairs for line in differences(one, other, place)]
    return [] if wanted == found else [f"{path}: wanted {wanted!r}, found {found!r}"]
