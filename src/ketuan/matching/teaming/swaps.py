"""One for one: who could take a member's place while all others stay where they are."""

from __future__ import annotations

import numpy as np

from ketuan.matching.teaming.optimum import Found, Place, Table, with_places
from ketuan.matching.teaming.values import DIGITS, UNIT, Limits


def swaps(table: Table, limits: Limits, found: Found, place: Place, most: int) -> list[tuple[int, float]]:
    """Who could take this place so that all rules hold, and the value lost: the least loss first, ties by id.

    A lock of the member himself is not looked at.
    """
    pool, gone, part = table.pool, place.person, place.part
    team = np.array(sorted(found.team))
    able = limits.open.copy()
    able[team] = False
    demands = [(pool.young, limits.young), (pool.elite, limits.elite)]
    demands += [(pool.kinds[:, k], least) for k, least in enumerate(limits.kinds)]
    for mask, least in demands:
        if mask[gone] and mask[team].sum() <= least:
            able &= mask
    fit = [p.person for p in found.places if p.part == part and pool.fit[p.person, part]]
    if gone in fit and len(fit) <= limits.cover[part]:
        able &= pool.fit[:, part]
    if place.full:
        gain = pool.fitness[:, part]
    else:  # beyond the full seats only those come who fit this part best
        gain = table.gain[:, -1]
        able &= table.part[:, -1] == part
    elite = int(pool.elite[team].sum()) - int(pool.elite[gone])
    bonus = limits.bonus * np.minimum(limits.encouraged, elite + pool.elite)
    own = float(table.gain[gone, part if place.full else pool.parts])
    lost = np.round(found.value - (found.fitness - own + gain + bonus), DIGITS) + 0.0
    order = np.lexsort((np.arange(pool.people), lost))
    return [(i, float(lost[i])) for i in order[able[order]][:most].tolist()]


def swapped(table: Table, limits: Limits, found: Found, place: Place, person: int) -> Found:
    """The corps with `person` in this place."""
    others = (p for p in found.places if p != place)
    return with_places(table, limits, found, (*others, Place(person, place.part, place.full)))


def settled(table: Table, limits: Limits, found: Found) -> Found:
    """An equally good corps in which nobody could give way, without loss, to somebody whose id comes before his."""
    moved = True
    while moved:
        moved = False
        for place in reversed(found.places):
            if place.person in limits.locked:
                continue
            near = swaps(table, limits, found, place, 1)
            if near and near[0][1] < UNIT / 2 and near[0][0] < place.person:
                found, moved = swapped(table, limits, found, place, near[0][0]), True
                break
    return found
