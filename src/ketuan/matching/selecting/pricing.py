"""What a list of prices proves, in whole numbers (weak duality).

Give each limit a price y (>= 0 on its `most`, <= 0 on its `least`). Whoever keeps all limits can reach no more than

    Σ y·limit + Σ_i max over the allowed x_i of (worth_i - Σ_r a_ri·y_r) · x_i

whatever the prices are; good prices make it small. Prices are whole multiples of 1/2^`BITS`, so the sum is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ketuan.matching.selecting.limits import FAR, Bits, Ints, Table
from ketuan.matching.solver import Floats

BITS = 30
SCALE = 1 << BITS
Bools = npt.NDArray[np.bool_]
_ROOM = float(1 << 62)


@dataclass(frozen=True, slots=True)
class Priced:
    """`prices`: (rows,) in 1/`SCALE`. `bound`: no allowed choice is worth more, in 1/`SCALE`. `reduced`: (columns,) what
    each is worth beyond its share of the limits."""

    prices: Ints
    bound: int
    reduced: Ints

    @property
    def most(self) -> int:
        """The bound on whole worth."""
        return self.bound // SCALE

    def decides(self, worth: int) -> Bools:
        """(columns,) of which nothing worth more than `worth` can have the side that its price speaks against."""
        return np.asarray(np.abs(self.reduced) > min(self.bound - (worth + 1) * SCALE, FAR))


def priced(table: Table, worth: Ints, duals: Floats, lower: Bits, upper: Bits) -> Priced | None:
    """What the solver's duals prove. None where the numbers leave the range of exact arithmetic."""
    prices = _whole_prices(table, duals)
    if prices is None:
        return None
    reduced = _reduced(table, worth, prices)
    if reduced is None:
        return None
    best = np.where(reduced > 0, reduced * upper, reduced * lower)
    return Priced(prices, _limits_paid(table, prices) + _total(best), reduced)


def contradiction(table: Table, ray: Floats, lower: Bits, upper: Bits) -> Ints | None:
    """Prices under which the limits of the table contradict the bounds (worth counted as nothing), or None."""
    if not len(ray):
        return None
    largest = float(np.max(np.abs(ray)))
    for sign in (1.0, -1.0):  # both ways, as a solver's sign is a convention
        prices = _whole_prices(table, ray * (sign / largest) if largest else ray)
        if prices is None:
            continue
        reduced = _reduced(table, np.zeros(table.width, dtype=np.int64), prices)
        if reduced is None:
            continue
        best = np.where(reduced > 0, reduced * upper, reduced * lower)
        if _limits_paid(table, prices) + _total(best) < 0:
            return prices
    return None


def _whole_prices(table: Table, duals: Floats) -> Ints | None:
    if not np.all(np.isfinite(duals)) or float(np.max(np.abs(duals), initial=0.0)) * SCALE > _ROOM:
        return None
    prices = np.rint(duals * SCALE).astype(np.int64)
    prices[(prices > 0) & (table.most == FAR)] = 0
    prices[(prices < 0) & (table.least == -FAR)] = 0
    return prices


def _reduced(table: Table, worth: Ints, prices: Ints) -> Ints | None:
    """worth - tableᵀ · prices. Below -2⁶¹ it is raised to that: the bound stays one, for whoever is out or could be."""
    reduced = worth * SCALE - table.priced(prices)  # right modulo 2⁶⁴ in any case
    if float(np.max(np.abs(prices) * table.heaviest, initial=0.0)) <= _ROOM:
        return reduced
    terms = table.weights.astype(np.float64) * prices[table.rows].astype(np.float64)
    near = worth * float(SCALE) - np.bincount(table.columns, weights=terms, minlength=table.width)
    if float(np.max(np.abs(terms), initial=0.0)) > 2.0**90 or float(np.max(near, initial=0.0)) > _ROOM / 2:
        return None
    return np.where(near < -_ROOM / 2, np.int64(-(1 << 61)), reduced)


def _limits_paid(table: Table, prices: Ints) -> int:
    at = np.flatnonzero(prices)
    sides = np.where(prices[at] > 0, table.most[at], table.least[at])
    return sum(p * s for p, s in zip(prices[at].tolist(), sides.tolist(), strict=True))


def _total(terms: Ints) -> int:
    """The exact sum, though it may exceed 64 bits."""
    return (int(np.sum(terms >> 32)) << 32) + int(np.sum(terms & 0xFFFFFFFF))
