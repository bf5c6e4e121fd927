"""``ketuan select``: which applications to award within the limits of the call, with a proof; or a check of an answer."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from ketuan.cli.lines import DONE, IMPOSSIBLE, Bar, Watch, bytes_of, called, rows, schema_option, writable, write
from ketuan.cli.main import Refusal

if TYPE_CHECKING:
    from ketuan.matching.selecting.choosing import Selector
    from ketuan.matching.selecting.values import Application, Settings, Spans

EVERY = 1_000
"""Up to so many applications everyone left out is decided again; beyond, only those asked for."""
MOST_MONEY = 10**11
NONE = ("none", "不限")


def _fen(amount: object) -> object:
    return int(amount) if isinstance(amount, float) and amount.is_integer() else amount


Fen = Annotated[int, Field(ge=0, le=MOST_MONEY, strict=True), BeforeValidator(_fen)]
Name = Annotated[str, Field(min_length=1)]


class ApplicationRow(BaseModel):
    """One application of the file. `amount`: 分."""

    model_config = ConfigDict(extra="allow")

    id: Name
    score: Annotated[float, Field(ge=0, allow_inf_nan=False, strict=True)]
    society: Name
    province: str
    field: str
    amount: Fen
    emerging: Annotated[bool, Field(strict=True)] = False
    local: Annotated[bool, Field(strict=True)] = False
    excludes: list[Name] = []
    category: Annotated[str, Field(alias="class")] = ""


_ID = {"type": "string"}
_IDS = {"type": "array", "items": _ID}
_OUT: dict[str, object] = {
    "type": "object",
    "required": ["call", "possible", "settings"],
    "properties": {
        "call": {"type": "string"},
        "possible": {"type": "boolean", "description": "false：没有合乎全部限制的名单，此时只有 collision"},
        "settings": {"type": "object", "description": "用到的全部限制；金额单位：分；null 为不限"},
        "unit": {"type": "string", "description": "分数取整的单位"},
        "chosen": {**_IDS, "description": "入选编号，从小到大"},
        "value": {"type": "number", "description": "总分（含加分）"},
        "bound": {"type": "number", "description": "证明了的上界"},
        "gap": {"type": "number"},
        "lp_bound": {"type": ["number", "null"], "description": "只靠线性规划证明的上界"},
        "first_of_equals": {"type": "boolean", "description": "总分相同的名单里编号最靠前的"},
        "proof": {"type": "object"},
        "binding": {"type": "array", "items": {"type": "object"}},
        "scores": {"type": "array", "items": {"type": "object"}},
        "left_out": {"type": "array", "items": {"type": "object"}},
        "changed": {"type": "object", "description": "指定入选、不选之后，与不指定相比的变化"},
        "collision": {"type": "array", "items": {"type": "object"}},
        "notes": {"type": "array", "items": {"type": "string"}},
    },
}


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "applications", type=Path, metavar="APPLICATIONS.jsonl", help="申报书，每行一个 JSON 对象；“-”为标准输入"
    )
    parser.add_argument(
        "--call", default="2024", metavar="年度", help="按哪一年的通知：年度，或通知配置文件（默认 2024）"
    )
    parser.add_argument("--json", type=Path, metavar="文件", help="写出结果（JSON）；“-”为标准输出")
    parser.add_argument("--verify", action="store_true", help="不遴选，核验 --json 里已有的结果和证明")
    parser.add_argument("--most", type=_count, metavar="N", help="最多立项几个；none 为不限（默认按通知）")
    parser.add_argument("--budget", type=_money, metavar="金额", help="经费总额，如 8400万元；只写数字为分（默认不限）")
    parser.add_argument("--grant", type=_money, metavar="金额", help="单个项目经费上限；none 为不限（默认按通知）")
    parser.add_argument(
        "--per-society", type=_count, metavar="K", help="每个学会最多立项几个；none 为不限（默认按通知）"
    )
    for option, says in (("province", "省份"), ("field", "领域"), ("class", "类别")):
        parser.add_argument(
            f"--{option}",
            type=_named,
            action="append",
            default=[],
            metavar="名=至少..至多",
            help=f"某一{says}的个数，如 甲=1..6、甲=2..、甲=..3；可写多次",
        )
        parser.add_argument(f"--per-{option}", type=_span, metavar="至少..至多", help=f"申报中出现的每一{says}的个数")
    parser.add_argument(
        "--weight",
        type=_weight,
        action="append",
        default=[],
        metavar="名=分",
        help="优先条件加几分：emerging=（新兴产业）或 local=（地方配套）；可写多次",
    )
    parser.add_argument("--force", action="append", default=[], metavar="编号", help="必须入选；可写多次")
    parser.add_argument("--without", action="append", default=[], metavar="编号", help="不得入选；可写多次")
    parser.add_argument(
        "--explain", action="append", default=[], metavar="编号", help=f"超过 {EVERY} 份时，为这一份准确计算；可写多次"
    )
    schema_option(parser, applications=ApplicationRow, out=_OUT)


# ---- options ---------------------------------------------------------------------------------------------------------


def _whole(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise argparse.ArgumentTypeError(f"“{text}”应为不小于 0 的整数")
    return int(text)


def _count(text: str) -> int | str:
    return "none" if text in NONE else _whole(text)


def _money(text: str) -> int | str:
    if text in NONE:
        return "none"
    found = re.fullmatch(r"([0-9]{1,15}(?:\.[0-9]{1,6})?)(万元|万|元|分|)", text)
    fen = Decimal(found[1]) * {"万元": 10**6, "万": 10**6, "元": 100}.get(found[2], 1) if found else Decimal("0.5")
    if fen != fen.to_integral_value():
        raise argparse.ArgumentTypeError(f"“{text}”应为金额，如 8400万元、84000000元；只写数字的单位是分，应为整数")
    return int(fen)


def _span(text: str) -> tuple[int, int | None]:
    found = re.fullmatch(r"([0-9]{0,9})\.\.([0-9]{0,9})", text)
    if not found:
        raise argparse.ArgumentTypeError(f"“{text}”应写成 至少..至多，如 1..6、2..、..3")
    least, most = int(found[1] or 0), int(found[2]) if found[2] else None
    if most is not None and most < least:
        raise argparse.ArgumentTypeError(f"“{text}”的至多小于至少")
    return least, most


def _named(text: str) -> tuple[str, tuple[int, int | None]]:
    of, equals, span = text.rpartition("=")
    if not equals or not of:
        raise argparse.ArgumentTypeError(f"“{text}”应写成 名=至少..至多")
    return of, _span(span)


def _weight(text: str) -> tuple[str, Decimal]:
    trait, _, points = text.partition("=")
    if trait not in ("emerging", "local") or not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,6})?", points):
        raise argparse.ArgumentTypeError(f"“{text}”应写成 emerging=分数 或 local=分数，分数不小于 0")
    return trait, Decimal(points)


# ---- the command -----------------------------------------------------------------------------------------------------


def run(args: argparse.Namespace) -> int:
    watch = Watch()
    if args.json is not None and not args.verify:
        writable(args.json)
    if args.verify and (args.json is None or str(args.json) == "-"):
        raise Refusal("--verify 要用 --json 给出已有的结果文件。")
    applications = _applications(args.applications)
    settings, notes = _settings(args, {a.id for a in applications})
    if args.verify:
        return _verify(args, applications, settings)
    from ketuan.matching.selecting.answer import collision_shown
    from ketuan.matching.selecting.choosing import Selector
    from ketuan.matching.selecting.colliding import collision

    selector = Selector(applications, settings)
    if selector.optimum is None:
        shown = {"call": args.call, **collision_shown(selector.instance, collision(selector.instance)), "notes": notes}
        _write(args.json, shown)
        print("没有合乎全部限制的名单。去掉或放宽下面任何一条，其余的就不再冲突：", file=sys.stderr)
        for demand in shown["collision"]:
            print(f"  {demand['says']}", file=sys.stderr)
        return IMPOSSIBLE
    shown = {"call": args.call, **_answered(args, selector), "notes": notes}
    if settings.force or settings.without:
        shown["changed"] = _changed(applications, settings, selector)
    _write(args.json, shown)
    _tell(shown, len(applications))
    print(
        f"CPU {watch.cpu_seconds():.2f} 秒，历时 {watch.seconds():.2f} 秒，内存峰值 {watch.peak_mib():.0f} MiB",
        file=sys.stderr,
    )
    return DONE


def _applications(path: Path) -> list[Application]:
    from ketuan.matching.selecting.values import Application

    found: list[Application] = []
    unknown: set[str] = set()
    lines: dict[str, int] = {}
    for number, row in rows(path, ApplicationRow, id_of=lambda row: row.id):
        unknown.update(row.model_extra or {})
        lines[row.id] = number
        found.append(
            Application(
                row.id,
                Decimal(repr(row.score)),  # the shortest spelling that reads back as the same number
                row.society,
                row.province,
                row.field,
                row.amount,
                row.category,
                frozenset(trait for trait in ("emerging", "local") if getattr(row, trait)),
                frozenset(row.excludes),
            )
        )
    for a in found:
        for other in sorted(a.excludes):
            if other not in lines:
                raise Refusal(f"{called(path)} 第 {lines[a.id]} 行：“excludes”里的编号“{other}”不在文件里，请核对。")
            if other == a.id:
                raise Refusal(f"{called(path)} 第 {lines[a.id]} 行：“excludes”里是它自己的编号“{other}”，请删去。")
    if unknown:
        print(f"提示：{called(path)} 里这些字段没有用到：{'、'.join(sorted(unknown))}", file=sys.stderr)
    return found


def _settings(args: argparse.Namespace, ids: set[str]) -> tuple[Settings, list[str]]:
    """The numbers of the call, where no option says otherwise, and what the call leaves open."""
    from ketuan.matching.selecting.values import Settings, Span, Spans
    from ketuan.rules.call import CallError, load

    try:
        call = load(args.call)
    except CallError as problem:
        raise Refusal(str(problem)) from None
    for option in ("force", "without", "explain"):
        for name in getattr(args, option):
            if name not in ids:
                raise Refusal(f"--{option} 的编号“{name}”不在 {called(args.applications)} 里。")

    def number(given: int | str | None, default: int | None) -> int | None:
        return default if given is None else None if isinstance(given, str) else given

    def spans(option: str) -> Spans:
        each, named = getattr(args, f"per_{option}"), getattr(args, option)
        return Spans(Span(*(each or (0, None))), {of: Span(*span) for of, span in named})

    notes = []
    if args.budget is None:
        notes.append("通知没有规定经费总额，未加限制；可用 --budget 指定。")
    if not args.weight:
        clause = call.preference.areas.clause
        notes.append(f"优先条件（{clause}）通知没有写加多少分，未加分；可用 --weight emerging=分数 指定。")
    if args.per_society is None:
        notes.append(
            f"每个学会最多立项 {call.quota.per_society.value} 个：按{call.quota.per_society.clause}的申报上限；可用 --per-society 指定。"
        )
    settings = Settings(
        awards=number(args.most, call.project.awards.value),
        budget=number(args.budget, None),
        grant=number(args.grant, call.project.grant.value),
        per_society=number(args.per_society, call.quota.per_society.value),
        province=spans("province"),
        field=spans("field"),
        category=spans("class"),
        weights=dict(args.weight),
        force=frozenset(args.force),
        without=frozenset(args.without),
    )
    return settings, notes


def _answered(args: argparse.Namespace, selector: Selector) -> dict[str, Any]:
    from ketuan.matching.selecting.answer import answer
    from ketuan.matching.selecting.explaining import left_out

    best = selector.optimum
    assert best is not None
    small, asked = len(selector.instance.ids) <= EVERY, set(args.explain)
    exactly: Callable[[str], bool] = (lambda _: True) if small else asked.__contains__
    with Bar("正在说明落选理由") as told:
        left = left_out(selector, exactly=exactly, raising=small, progress=told)
    return answer(selector, best, left)


def _changed(applications: list[Application], settings: Settings, selector: Selector) -> dict[str, Any]:
    """Against the choice without the forced ones."""
    import dataclasses

    import numpy as np

    from ketuan.matching.selecting.answer import number
    from ketuan.matching.selecting.choosing import Selector
    from ketuan.matching.selecting.whole import points

    free = Selector(applications, dataclasses.replace(settings, force=frozenset(), without=frozenset()))
    one, two, ids = free.optimum, selector.optimum, selector.instance.ids
    assert two is not None
    if one is None:
        return {"possible": False}
    return {
        "possible": True,
        "value": number(points(one.worth, free.instance.unit)),
        "loss": number(points(one.worth - two.worth, free.instance.unit)),
        "joins": [ids[i] for i in np.flatnonzero(two.x > one.x)],
        "leaves": [ids[i] for i in np.flatnonzero(two.x < one.x)],
    }


def _write(target: Path | None, shown: Mapping[str, Any]) -> None:
    if target is None:
        return
    text = json.JSONEncoder(ensure_ascii=False).encode
    lines = []
    for name, value in shown.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f'"{name}": [\n' + ",\n".join(map(text, value)) + "\n]")
        else:
            lines.append(f'"{name}": {text(value)}')
    write(target, ["{", ",\n".join(lines), "}"])


def _tell(shown: Mapping[str, Any], total: int) -> None:
    def say(text: str) -> None:
        print(text, file=sys.stderr)

    say(
        f"申报 {total} 个，入选 {len(shown['chosen'])} 个；总分 {shown['value']}，上界 {shown['bound']}，差距 {shown['gap']}"
    )
    say(shown["proof"]["says"])
    if not shown["first_of_equals"]:
        say("总分相同的名单太多，没有逐一比较编号；这份名单仍是最高分之一，同样的输入得到同样的名单。")
    binding = [limit for limit in shown["binding"] if limit["kind"] != "exclude"]
    for limit in binding[:20]:
        money = limit["kind"] == "budget"
        used, most = (n / 10**6 if money and n is not None else n for n in (limit["used"], limit["most"]))
        sides = f"至少 {limit['least']}" if limit["used"] == limit["least"] else f"至多 {most}"
        say(f"  {limit['name']}：{used}，{sides}{' 万元' if money else ''}；影子价格 {limit['price']:g} 分")
    if len(binding) > 20:
        say(f"  还有 {len(binding) - 20} 条起作用的限制，见结果文件")
    if "changed" in shown and shown["changed"]["possible"]:
        changed = shown["changed"]
        say(
            f"与不指定相比：总分少 {changed['loss']}；进：{'、'.join(changed['joins']) or '无'}；退：{'、'.join(changed['leaves']) or '无'}"
        )
    for note in shown["notes"]:
        say(note)


def _verify(args: argparse.Namespace, applications: list[Application], settings: Settings) -> int:
    from ketuan.matching.selecting.verifying import verify

    try:
        shown = json.loads(bytes_of(args.json).decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Refusal(f"{args.json} 不是合格的 JSON 文件（UTF-8）。") from None
    if not isinstance(shown, dict):
        raise Refusal(f"{args.json} 应是 ketuan select 写出的结果（一个 JSON 对象）。")
    if shown.get("possible") is False:
        raise Refusal(f"{args.json} 说没有合乎限制的名单，没有可核验的证明。")
    verdict = verify(applications, settings, shown)
    if verdict.wrong:
        print("核验不通过：", file=sys.stderr)
        for text in verdict.wrong:
            print(f"  {text}", file=sys.stderr)
        return IMPOSSIBLE
    print(f"核验通过：名单合乎全部限制，总分 {shown['value']}。", file=sys.stderr)
    if verdict.proved:
        print("影子价格证明：没有总分更高的名单。", file=sys.stderr)
    else:
        bound = "没有给出" if verdict.bound is None else f"{float(verdict.bound):.6f}"
        print(f"影子价格证明的上界：{bound}；名单与它之间的差靠求解程序排除，这一步未能独立核验。", file=sys.stderr)
    return DONE
