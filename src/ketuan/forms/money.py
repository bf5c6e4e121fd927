"""Money: integer 分 inside, 万元 outside. No floats take part in any computation."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

FEN_PER_WAN = 1_000_000
"""1 万元 = 10,000 元 = 1,000,000 分."""


def fen_of(wan: object) -> int:
    """分 of an amount in 万元 (a number or its text).

    Raises ValueError, in Chinese, where the amount is no number, is negative or cannot be held in whole 分.
    """
    if isinstance(wan, bool):
        raise ValueError("请填写数字，单位万元")
    try:
        # str() of a float is its shortest exact spelling, so 36.1 stays 36.1 on the way to a decimal
        fen = Decimal(str(wan).strip()) * FEN_PER_WAN
    except InvalidOperation:
        raise ValueError("请填写数字，单位万元") from None
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError("金额最小到分，请核对小数位数")
    if fen < 0:
        raise ValueError("金额不得为负数")
    return int(fen)


def wan_of(fen: int) -> float:
    """万元 as the number that JSON carries; only for output."""
    return fen / FEN_PER_WAN


def show_wan(fen: int) -> str:
    """万元 with two decimals as the papers print it; more decimals only where two would lose money.

    >>> show_wan(80_000_000), show_wan(361_250_0)
    ('80.00', '3.6125')
    """
    whole, rest = divmod(abs(fen), FEN_PER_WAN)
    digits = f"{rest:06d}"
    return f"{'-' if fen < 0 else ''}{whole}.{digits[:2]}{digits[2:].rstrip('0')}"
