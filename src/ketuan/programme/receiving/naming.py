"""Which society a letter comes from: by the name in its subject or on its form, in the register."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from ketuan.forms.identity import folded, name_key
from ketuan.records.models import Organisation, Role

NEAR, MOST = 0.6, 5


def society_named(name: str) -> Organisation | None:
    """The society that is written so, but for widths, spaces and dots."""
    if not name.strip():
        return None
    rows = Organisation.objects.filter(kind=Organisation.Kind.SOCIETY, state=Organisation.State.ACTIVE)
    return rows.filter(name_key=folded(name)[:120]).first() or next(
        (one for one in rows.filter(name_key__startswith=folded(name)[:2]) if name_key(one.name) == name_key(name)),
        None,
    )


def near(names: Sequence[str]) -> list[str]:
    """Societies whose names come near to one of these, nearest first."""
    rows = Organisation.objects.filter(kind=Organisation.Kind.SOCIETY, state=Organisation.State.ACTIVE)
    known = list(rows.values_list("name", flat=True))
    scored: dict[str, float] = {}
    for written in (folded(name)[:60] for name in names if name.strip()):
        for name in known:
            likeness = difflib.SequenceMatcher(None, written, folded(name), autojunk=False).ratio()
            scored[name] = max(likeness, scored.get(name, 0.0))
    best = sorted((one for one in scored.items() if one[1] >= NEAR), key=lambda one: (-one[1], one[0]))
    return [name for name, _ in best[:MOST]]


def known_sender(society: Organisation, address: str) -> bool:
    """Whether somebody who acts for the society writes from this address."""
    held = Role.objects.filter(organisation=society, kind__in=("editor", "checker"), state=Role.State.ACTIVE)
    return bool(address) and held.filter(user__email__iexact=address, user__is_active=True).exists()
