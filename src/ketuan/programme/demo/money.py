"""Budgets whose sums agree: what is asked for, what others give, line by line with its estimate."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from ketuan.forms.money import FEN_PER_WAN

_YUAN = 100
# item, unit price in yuan, unit, share of the request in percent
_LINES = (
    ("专家咨询费", 2400, "人天", 24),
    ("差旅费", 1800, "人次", 18),
    ("会议费", 550, "人天", 12),
    ("劳务费", 900, "人天", 14),
    ("检测试验费", 6500, "批次", 16),
    ("蹲点服务补助", 320, "人天", 3),
)
_STARTS = (date(2024, 6, 17), date(2024, 6, 24), date(2024, 7, 1))
_ENDS = (date(2025, 3, 20), date(2025, 3, 28), date(2025, 3, 31))


def budget(rng: Random) -> dict[str, Any]:
    requested, own, matching = rng.randint(58, 80), rng.randint(8, 60), rng.choice((0, 0, 10, 15, 20, 30))
    left = requested * FEN_PER_WAN
    lines: list[dict[str, Any]] = []
    for item, price, unit, share in _LINES:
        count = max(1, requested * 10_000 * (share + rng.randint(-2, 2)) // 100 // price)
        amount = count * price * _YUAN
        left -= amount
        lines.append({"item": item, "requested": amount, "other": 0, "basis": f"{price} 元/{unit} × {count} {unit}"})
    lines.append(
        {
            "item": "资料印刷与服务站运行",
            "requested": left,
            "other": 0,
            "basis": "指南、报告编印和服务站 9 个月运行，按询价单",
        }
    )
    others = (own + matching) * FEN_PER_WAN
    lines[4]["other"], lines[1]["other"] = others - others // 4, others // 4
    lines[4]["basis"] += "；其他来源用于样品制备和设备机时"
    return {
        "total": (requested + own + matching) * FEN_PER_WAN,
        "requested": requested * FEN_PER_WAN,
        "own": own * FEN_PER_WAN,
        "matching": matching * FEN_PER_WAN or None,
        "lines": lines,
    }


def schedule(total: int, goals: list[str], rng: Random) -> dict[str, Any]:
    """Three stages, one after the other, whose budgets make the total."""
    start, end = rng.choice(_STARTS), rng.choice(_ENDS)
    borders = (start, date(2024, rng.choice((8, 9)), 15), date(2024, 12, rng.choice((10, 20, 31))), end)
    first, second = (total * rng.choice(some) // 100 // 10_000 * 10_000 for some in ((25, 30, 35), (40, 45)))
    names = ("第一阶段", "第二阶段", "第三阶段")
    stages = [
        {
            "name": name,
            "budget": amount,
            "goal": goal,
            "start": borders[at] if at == 0 else date.fromordinal(borders[at].toordinal() + 1),
            "end": borders[at + 1],
        }
        for at, (name, amount, goal) in enumerate(
            zip(names, (first, second, total - first - second), goals, strict=True)
        )
    ]
    return {"start": start, "end": end, "stages": stages}
