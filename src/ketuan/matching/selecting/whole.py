"""Scores as whole numbers, so that sums are exact and two programs agree to the last digit."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

LARGEST = 10**8
"""No whole score is larger; a score of 0 to 100 keeps six decimals."""


def unit_of(totals: Sequence[Decimal]) -> Decimal:
    """The coarsest power of ten, 1 at most, that writes every total as a whole number; coarser if that exceeds `LARGEST`."""
    places = max((_places(total) for total in totals), default=0)
    digits = max((total.adjusted() + 1 for total in totals if total), default=1)
    return Decimal(1).scaleb(-min(places, 8 - digits))


def _places(number: Decimal) -> int:
    """Digits after the point that are needed."""
    if not number:
        return 0
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def whole(total: Decimal, unit: Decimal) -> int:
    """How many units; half a unit goes to the even neighbour."""
    with localcontext() as context:
        context.prec = 400  # scores may be as small as 1e-300
        return int((total / unit).to_integral_value(ROUND_HALF_EVEN))


def points(units: int, unit: Decimal) -> Decimal:
    """Back to score points, exactly: both have few digits."""
    return units * unit
