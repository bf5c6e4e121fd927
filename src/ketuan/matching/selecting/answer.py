"""The answer as plain values for a JSON file, with a Chinese sentence wherever a person reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from ketuan.matching.selecting.choosing import Optimum, Selector
from ketuan.matching.selecting.colliding import Demand
from ketuan.matching.selecting.explaining import LeftOut, Obstacle
from ketuan.matching.selecting.limits import Instance, Limit
from ketuan.matching.selecting.pricing import SCALE
from ketuan.matching.selecting.search import Node
from ketuan.matching.selecting.values import Settings, Spans, bonus
from ketuan.matching.selecting.whole import points

WAN = 1_000_000
"""分 in 万元."""
TRAITS = {"emerging": "新兴产业", "local": "地方配套"}

_NAMES: dict[str, Callable[[str], str]] = {
    "awards": lambda _: "立项总数",
    "budget": lambda _: "经费总额",
    "grant": lambda _: "单个项目经费上限",
    "society": lambda of: f"学会“{of}”的名额",
    "province": lambda of: f"省份“{of}”的名额",
    "field": lambda of: f"领域“{of}”的名额",
    "category": lambda of: f"类别“{of}”的名额",
    "exclude": lambda of: f"互斥（{of.replace('|', '、')}）",
    "without": lambda of: f"指定不选“{of}”",
    "force": lambda of: f"指定入选“{of}”",
}


def name(kind: str, of: str) -> str:
    return _NAMES[kind](of)


def number(value: Decimal) -> int | float:
    """A JSON number that shows every digit of the decimal."""
    return int(value) if value == value.to_integral_value() else float(value)


def money(fen: int) -> str:
    """万元 as people write it."""
    return f"{Decimal(fen) / WAN:f}".rstrip("0").rstrip(".") if fen % WAN else str(fen // WAN)


def settings_shown(settings: Settings) -> dict[str, Any]:
    def spans(spans: Spans) -> dict[str, Any]:
        return {
            "each": [spans.each.least, spans.each.most],
            "named": {of: [span.least, span.most] for of, span in sorted(spans.named.items())},
        }

    return {
        "awards": settings.awards,
        "budget": settings.budget,
        "grant": settings.grant,
        "per_society": settings.per_society,
        "province": spans(settings.province),
        "field": spans(settings.field),
        "class": spans(settings.category),
        "weights": {trait: number(weight) for trait, weight in sorted(settings.weights.items())},
        "force": sorted(settings.force),
        "without": sorted(settings.without),
    }


def answer(selector: Selector, best: Optimum, left: Sequence[LeftOut]) -> dict[str, Any]:
    inst = selector.instance
    proof, unit = selector.proof, inst.unit
    lp_bound = None if best.root is None else number(points(best.root.most, unit))
    kind = "solver" if proof is None else "lp" if best.root is not None and best.root.most <= best.worth else "tree"
    root = proof
    if proof is None and best.root is not None:
        prices = best.root.prices
        root = Node(tuple((int(r), int(prices[r])) for r in np.flatnonzero(prices)))
    return {
        "possible": True,
        "settings": settings_shown(inst.settings),
        "unit": f"{unit:f}",
        "chosen": [inst.ids[i] for i in np.flatnonzero(best.x)],
        "value": number(points(best.worth, unit)),
        "bound": number(points(best.bound, unit)),
        "gap": number(points(best.bound - best.worth, unit)),
        "lp_bound": lp_bound,
        "first_of_equals": best.first,
        "proof": {
            "kind": kind,
            "says": _PROOFS[kind],
            "scale": SCALE,
            "money_step": next((limit.step for limit in inst.limits if limit.kind == "budget"), 1),
            "tree": None if root is None else _node(inst, root),
        },
        "binding": _binding(inst, best),
        "scores": [_scores(inst, i) for i in np.flatnonzero(best.x).tolist()],
        "left_out": [_left(inst, one) for one in left],
    }


_PROOFS = {
    "lp": "名单的总分正好达到线性规划的上界，由各项限制的影子价格即可验算，不必相信求解程序。",
    "tree": "线性规划的上界略高于名单的总分，其间的差由分情形的影子价格逐一排除，可以验算，不必相信求解程序。",
    "solver": "线性规划的上界可以验算；名单总分与它之间的差由求解程序的分支定界排除，这一步要相信求解程序。",
}


def collision_shown(inst: Instance, demands: Sequence[Demand]) -> dict[str, Any]:
    return {
        "possible": False,
        "settings": settings_shown(inst.settings),
        "collision": [demand_shown(inst, demand) for demand in demands],
    }


def demand_shown(inst: Instance, demand: Demand) -> dict[str, Any]:
    if demand.side in ("force", "without"):
        of = inst.ids[demand.number]
        return {"kind": demand.side, "of": of, "says": name(demand.side, of)}
    if demand.side == "grant":
        application, grant = inst.applications[demand.number], inst.settings.grant or 0
        says = f"单个项目经费不超过 {money(grant)} 万元，“{application.id}”申请 {money(application.amount)} 万元"
        return {"kind": "grant", "of": application.id, "says": says}
    limit = inst.limits[demand.number]
    if demand.side == "least":
        says = f"{name(limit.kind, limit.of)}至少 {limit.least} 个（申报 {len(limit.columns)} 个）"
        return {"kind": limit.kind, "of": limit.of, "least": limit.least, "says": says}
    most = _most(inst, limit)
    says = f"{name(limit.kind, limit.of)}不超过 {money(most) + ' 万元' if limit.kind == 'budget' else f'{most} 个'}"
    if limit.kind == "exclude":
        says = f"{name(limit.kind, limit.of)}至多选一个"
    return {"kind": limit.kind, "of": limit.of, "most": most, "says": says}


def _most(inst: Instance, limit: Limit) -> int:
    if limit.kind == "budget" and inst.settings.budget is not None:
        return inst.settings.budget
    return 0 if limit.most is None else limit.most * limit.step


def _node(inst: Instance, node: Node) -> dict[str, Any]:
    shown: dict[str, Any] = {"prices": [[*_row(inst, inst.limits[r]), price] for r, price in node.prices]}
    if node.contradiction:
        shown["contradiction"] = True
    if node.then is not None:
        shown["then"] = _node(inst, node.then)
    if node.column is not None and node.without is not None and node.having is not None:
        shown["split"] = inst.ids[node.column]
        shown["without"], shown["with"] = _node(inst, node.without), _node(inst, node.having)
    return shown


def _row(inst: Instance, limit: Limit) -> tuple[str, str | list[str]]:
    if limit.kind == "exclude":
        return limit.kind, [inst.ids[i] for i in limit.columns.tolist()]
    return limit.kind, limit.of


def _binding(inst: Instance, best: Optimum) -> list[dict[str, Any]]:
    """Limits used up to the last, and those with a price."""
    used = inst.used(best.x).tolist()
    found = []
    for r, limit in enumerate(inst.limits):
        price = 0 if best.root is None else int(best.root.prices[r])
        if used[r] not in (limit.least, limit.most) and not price:
            continue
        per = price / SCALE * float(inst.unit)
        if limit.kind == "budget":
            per *= WAN / limit.step
        found.append(
            {
                "kind": limit.kind,
                "of": limit.of,
                "name": name(limit.kind, limit.of),
                "used": used[r] * limit.step,
                "least": limit.least,
                "most": None if limit.most is None else _most(inst, limit),
                "price": round(per, 9) + 0.0,
            }
        )
    return found


def _scores(inst: Instance, i: int) -> dict[str, Any]:
    application = inst.applications[i]
    extra = bonus(application, inst.settings.weights)
    return {
        "id": application.id,
        "score": number(application.score),
        "bonus": number(extra),
        "total": number(points(int(inst.worth[i]), inst.unit)),
    }


def _left(inst: Instance, one: LeftOut) -> dict[str, Any]:
    return {
        **_scores(inst, inst.index[one.id]),
        "rules": [
            {
                "kind": o.kind,
                "of": o.of,
                "name": name(o.kind, o.of),
                "used": o.used,
                "most": o.most,
                "by": o.by,
                "beside": list(o.beside),
            }
            for o in one.obstacles
        ],
        "possible": one.possible,
        "needed": None if one.needed is None else number(one.needed),
        "at_least": number(one.at_least) if one.possible else None,
        "exact": one.exact,
        "leaves": list(one.leaves),
        "joins": list(one.joins),
        "raise": [{"kind": kind, "of": of, "name": name(kind, of), "by": by} for kind, of, by in one.raises],
        "says": _says(one),
    }


def _says(one: LeftOut) -> str:
    parts = ["；".join(map(_obstacle, one.obstacles)) or "综合分不够"]
    if not one.possible:
        parts.append("分数再高也进不来" + ("，要改动以上限制" if one.obstacles else "：与其他限制合不拢"))
    elif one.needed is None:
        parts.append(f"至少再高 {_decimal(one.at_least)} 分才可能入选，准确数要单独计算")
    else:
        least = "综合分再高出" if one.exact else f"综合分至少再高 {_decimal(one.at_least)} 分才可能入选，再高出"
        parts.append(f"{least} {_decimal(one.needed)} 分以上即可入选")
        if one.leaves:
            parts.append(
                f"届时退出：{'、'.join(one.leaves)}" + (f"；另有入选：{'、'.join(one.joins)}" if one.joins else "")
            )
    if one.raises:
        parts.append("或者：" + "；".join(f"{name(kind, of)}增加 {by} 个" for kind, of, by in one.raises))
    return "。".join(parts) + "。"


def _decimal(value: Decimal) -> str:
    return f"{value:f}"


def _obstacle(o: Obstacle) -> str:
    if o.kind == "without":
        return "指定不选"
    if o.kind == "grant":
        return f"申请 {money(o.used)} 万元，超过单个项目上限 {money(o.most)} 万元"
    if o.kind == "budget":
        return f"经费不够：已用 {money(o.used)} 万元，总额 {money(o.most)} 万元，还差 {money(o.by)} 万元"
    if o.kind == "exclude":
        return f"与已入选的 {'、'.join(o.beside)} 互斥"
    if o.kind == "awards":
        return f"立项总数已满（{o.used}/{o.most}）"
    return f"{name(o.kind, o.of)}已满（{o.used}/{o.most}：{'、'.join(o.beside)}）"
