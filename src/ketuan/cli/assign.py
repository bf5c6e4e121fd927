"""``ketuan assign``: reviewers to papers within the limits, with a proof; or a check of an answer (the interchange page)."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ketuan.cli.assign_files import GOALS, SCHEMAS, read_answer, read_problem, read_proof
from ketuan.cli.lines import DONE, IMPOSSIBLE, Bar, Watch, schema_option, writable, write
from ketuan.cli.main import Refusal

if TYPE_CHECKING:
    from ketuan.matching.assigning.problem import Collision, Ints, Problem
    from ketuan.matching.assigning.verifying import Verdict

SHOWN = 20
"""things of a kind that a message names before it says how many more there are"""
LEAST_CHANCE = Fraction(1, 10**6)


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scores", type=Path, metavar="SCORES.csv", help="分数：申报书序号,专家序号,分数（0 到 1），无表头"
    )
    parser.add_argument(
        "--conflicts", type=Path, required=True, metavar="文件", help="回避：申报书序号,专家序号；可为空文件"
    )
    parser.add_argument(
        "--limits",
        type=Path,
        required=True,
        metavar="文件",
        help="上下限：paper,序号,至少,至多 和 reviewer,序号,至少,至多",
    )
    parser.add_argument(
        "--out", type=Path, required=True, metavar="文件", help="写出分配：申报书序号,专家序号；“-”为标准输出"
    )
    parser.add_argument(
        "--goal",
        choices=GOALS,
        help="fair（默认）：总分不低于最优的 99%%，同时最差的十分之一尽量好；total：总分最高；random：在限制内随机",
    )
    parser.add_argument("--units", type=Path, metavar="文件", help="专家所在单位：专家序号,单位")
    parser.add_argument(
        "--unit-most", type=_positive, metavar="K", help="每份申报书最多 K 位同一单位的专家（与 --units 同用）"
    )
    parser.add_argument(
        "--disciplines",
        type=Path,
        metavar="文件",
        help="学科：paper,序号,学科（该申报书至少要有一位）和 reviewer,序号,学科；可写多行",
    )
    parser.add_argument("--pins", type=Path, metavar="文件", help="必须分配的：申报书序号,专家序号")
    parser.add_argument("--bans", type=Path, metavar="文件", help="回避以外也不得分配的：申报书序号,专家序号")
    parser.add_argument("--cap", type=_chance, metavar="P", help="任何一对的概率不超过 P（0 到 1），防止串通；按此抽签")
    parser.add_argument(
        "--seed", type=_seed, default=0, metavar="N", help="随机种子，用于 --goal random 和 --cap（默认 0）"
    )
    parser.add_argument("--proof", type=Path, metavar="文件", help="写出证明（JSON）；与 --verify 同用时读入")
    parser.add_argument("--verify", action="store_true", help="不分配，核验 --out 里已有的结果和 --proof 里的证明")
    schema_option(parser, **SCHEMAS)


def _positive(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:9]) >= 1 and len(text) <= 9):
        raise argparse.ArgumentTypeError("应为不小于 1 的整数")
    return int(text)


def _seed(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise argparse.ArgumentTypeError("应为不小于 0 的整数（不超过 18 位）")
    return int(text)


def _chance(text: str) -> Fraction:
    try:
        if len(text) > 40 or re.search(r"[eE][+-]?\d{4}", text):  # a number so long would never be ready
            raise ValueError
        chance = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError("应为 0 到 1 之间的数") from None
    if not 0 < chance <= 1:
        raise argparse.ArgumentTypeError("应为 0 到 1 之间的数")
    if chance < LEAST_CHANCE:
        raise argparse.ArgumentTypeError(f"太小，至少 {float(LEAST_CHANCE):f}")
    return chance.limit_denominator(10**6)


def run(args: argparse.Namespace) -> int:
    watch = Watch()
    _agree(args)
    problem, units, kinds = read_problem(args)
    if args.verify:
        return _verify(args, problem, units, kinds, watch)
    from ketuan.matching.assigning.problem import Impossible

    try:
        with Bar("正在分配") as told:
            pairs, lines, proof = _assign(args, problem, told)
    except Impossible as impossible:
        print(_collision(impossible.collision, problem, units, kinds, args.cap), file=sys.stderr)
        return IMPOSSIBLE
    write(args.out, (f"{paper},{reviewer}" for paper, reviewer in pairs.tolist()))
    if args.proof and proof is not None:
        write(args.proof, [json.dumps(proof, separators=(",", ":"))])
    for line in lines:
        print(line, file=sys.stderr)
    print(
        f"CPU {watch.cpu_seconds():.2f} 秒，历时 {watch.seconds():.2f} 秒，内存峰值 {watch.peak_mib():.0f} MiB",
        file=sys.stderr,
    )
    return DONE


def _agree(args: argparse.Namespace) -> None:
    if (args.units is None) != (args.unit_most is None):
        raise Refusal("--units 与 --unit-most 要同时给出。")
    if args.cap is not None and (args.units or args.disciplines):
        raise Refusal("--cap 不能与 --units、--disciplines 同用：抽签保证不了这两种限制。")
    if args.cap is not None and args.proof:
        raise Refusal("--cap 的结果是抽签得到的，没有可写出的证明，请去掉 --proof。")
    if args.verify and str(args.out) == "-":
        raise Refusal("--verify 要读 --out 的文件，不能是“-”。")
    if not args.verify:
        writable(args.out)
        if args.proof:
            writable(args.proof)
            if args.proof.absolute() == args.out.absolute():
                raise Refusal("--proof 与 --out 是同一个文件。")


def _assign(
    args: argparse.Namespace, problem: Problem, told: Callable[[int, int], None]
) -> tuple[Ints, list[str], dict[str, Any] | None]:
    """The answer, the lines that tell about it, and its proof."""
    from ketuan.matching.assigning import drawing, fair, proofs, total

    if args.cap is not None:
        lottery = drawing.draw(problem, args.cap, args.seed, progress=told)
        free = total.total(problem, progress=told)
        value, cost = problem.value(lottery.pairs), free.value - lottery.expected
        return (
            lottery.pairs,
            [
                f"总分 {_score(value, problem)}（抽签所得）；期望 {lottery.expected / problem.scale:.6f}，"
                f"已证明任何概率不超过 {float(args.cap):g} 的抽签期望不超过 {float(lottery.bound) / problem.scale:.6f}",
                f"概率上限的代价：比不设上限的最优总分 {_score(free.value, problem)} 少 {cost / problem.scale:.6f}"
                f"（{cost / max(1, free.value):.2%}）",
                *([f"给了 --cap，按概率抽签，目标是期望总分最高；--goal {args.goal} 不起作用。"] if args.goal else []),
            ],
            None,
        )
    best = total.total(problem, progress=told)
    if args.goal == "total":
        return best.pairs, _told(problem, best.value, best.bound), proofs.written(problem, "total", best.pairs, best)
    if args.goal == "random":
        pairs = drawing.random(problem, args.seed, progress=told)
        return pairs, _told(problem, problem.value(pairs), best.bound), proofs.written(problem, "random", pairs, best)
    answer = fair.fair(problem, best, progress=told)
    lines = [*_told(problem, problem.value(answer.pairs), best.bound), _worst_line(answer.worst, answer.bound)]
    part = proofs.worst(answer)
    return answer.pairs, lines, proofs.written(problem, "fair", answer.pairs, best, part)


def _told(problem: Problem, value: int, bound: int) -> list[str]:
    gap = bound - value
    share = f"（{gap / bound:.4%}）" if bound else ""
    return [f"总分 {_score(value, problem)}，已证明的上界 {_score(bound, problem)}，差距 {_score(gap, problem)}{share}"]


def _worst_line(worst: Fraction, top: Fraction) -> str:
    share = f"，达到 {float(worst / top):.2%}" if top > 0 else ""
    return f"最差的十分之一平均 {float(worst):.6f}，已证明的上界 {float(top):.6f}{share}"


def _score(units: int, problem: Problem) -> str:
    return f"{units / problem.scale:.{max(4, len(str(problem.scale)) - 1)}f}"


def _verify(args: argparse.Namespace, problem: Problem, units: list[str], kinds: list[str], watch: Watch) -> int:
    from ketuan.matching.assigning.verifying import verify

    pairs = read_answer(args.out)
    proof = read_proof(args.proof) if args.proof else None
    verdict = verify(problem, pairs, proof)
    for fault in verdict.faults[:SHOWN]:
        print("不成立：" + _fault(fault.code, fault.numbers, units, kinds), file=sys.stderr)
    if len(verdict.faults) > SHOWN:
        print(f"……另有 {len(verdict.faults) - SHOWN} 处。", file=sys.stderr)
    if verdict.faults:
        return IMPOSSIBLE
    for line in _holds(problem, verdict):
        print(line, file=sys.stderr)
    print(f"CPU {watch.cpu_seconds():.2f} 秒", file=sys.stderr)
    return DONE


def _holds(problem: Problem, verdict: Verdict) -> Iterator[str]:
    yield "成立：全部硬性限制都满足。"
    if verdict.bound is None:
        yield f"总分 {_score(verdict.value, problem)}（没有给出 --proof，上界未核验）"
        return
    yield "成立：" + _told(problem, verdict.value, verdict.bound)[0]
    if verdict.unproven:
        yield "未证明：总分不低于最优的 99%（有学科限制时，上界可能高于最优总分）。"
    if verdict.worst_bound is not None:
        yield "成立：" + _worst_line(verdict.worst, verdict.worst_bound)


_FAULTS = {
    "unknown": "申报书 {0}、专家 {1}：上下限文件里没有",
    "twice": "申报书 {0} 与专家 {1} 重复出现",
    "forbidden": "申报书 {0} 分给了应回避（或禁止）的专家 {1}",
    "paper": "申报书 {0} 有 {1} 位评审专家，应为 {2} 到 {3} 位",
    "reviewer": "专家 {0} 评 {1} 份，应为 {2} 到 {3} 份",
    "unit": "申报书 {0} 有 {2} 位专家来自“{unit}”，最多 {3} 位",
    "discipline": "申报书 {0} 没有“{kind}”学科的专家",
    "pin": "申报书 {0} 必须分给专家 {1}，没有分",
    "scale": "证明里的分数单位 1/{0} 与分数文件（1/{1}）不符",
    "value": "证明写的总分 {0} 与结果的总分 {1} 不符（单位同证明）",
    "bound": "证明写的总分上界 {0}，按其价格重算为 {1}",
    "beyond": "总分 {0} 高于重算的上界 {1}，证明有误",
    "shares": "证明里最差十分之一的权数不合要求",
    "worst-bound": "证明写的最差十分之一上界 {0}，重算为 {1}",
    "target": "总分 {1} 或证明里的总分下限 {0} 与总分上界 {2} 的 99% 不合",
    "low": "总分 {0} 不到总分上界 {1} 的 99%，不是公平分配要求的总分",
    "worst-beyond": "最差十分之一的平均高于重算的上界，证明有误",
    "proof-form": "证明的内容不合格式（{0}）",
}


def _fault(code: str, numbers: tuple[int | str, ...], units: list[str], kinds: list[str]) -> str:
    unit = units[int(numbers[1])] if code == "unit" else ""
    kind = kinds[int(numbers[1])] if code == "discipline" else ""
    return _FAULTS[code].format(*numbers, unit=unit, kind=kind) + "。"


_LIMITS = {
    "paper-least": ("申报书", "各至少"),
    "paper-most": ("申报书", "各至多"),
    "reviewer-least": ("专家", "各至少"),
    "reviewer-most": ("专家", "各至多"),
}


def _collision(
    collision: Collision, problem: Problem, units: list[str], kinds: list[str], cap: Fraction | None = None
) -> str:
    """The limits that collide, by the names they have in the limits file."""
    if not collision.proven:
        return (
            "没有找到方案，也没有证明一定没有：单位、学科的限制与其他限制交错，试算已到步数上限。\n"
            "请放宽一些学科或单位的限制，或提高至多的数后重试。"
        )
    lines = ["无法分配：下面这些限制不能同时成立。"]
    lines += _in_all("申报书", problem.paper_least, "专家", problem.reviewer_most)
    lines += _in_all("专家", problem.reviewer_least, "申报书", problem.paper_most)
    sums: dict[str, int] = {}
    for kind, (side, words) in _LIMITS.items():
        rows = [limit for limit in collision.limits if limit.kind == kind]
        if not rows:
            continue
        unit = "位专家" if side == "申报书" else "份"
        sums[kind] = sum(limit.amount for limit in rows)
        by_amount: dict[int, list[int]] = {}
        for limit in rows:
            by_amount.setdefault(limit.amount, []).append(limit.number)
        for amount, numbers in sorted(by_amount.items()):
            many = f"（共 {len(numbers)} 个）" if len(numbers) > 1 else ""
            text = words if len(numbers) > 1 else words.removeprefix("各")
            lines.append(f"  {kind.split('-')[0]}：{side} {_ranges(numbers)}{many}，{text} {amount} {unit}")
    for limit in collision.limits:
        if limit.kind == "unit":
            name = f"“{units[limit.other]}”" if 0 <= limit.other < len(units) else "同一单位"
            lines.append(f"  --unit-most：申报书 {limit.number} 最多 {limit.amount} 位{name}的专家")
        elif limit.kind == "discipline":
            lines.append(f"  --disciplines：申报书 {limit.number} 至少 1 位“{kinds[limit.other]}”学科的专家")
        elif limit.kind == "pin":
            lines.append(f"  --pins：申报书 {limit.number} 必须分给专家 {limit.other}")
    for need, room, who, other in (
        ("paper-least", "reviewer-most", "这些申报书共需", "专家"),
        ("reviewer-least", "paper-most", "这些专家共需", "申报书"),
    ):
        if (
            cap is None
            and need in sums
            and len(sums) == 1 + (room in sums)
            and all(x.kind in (need, room) for x in collision.limits)
        ):
            lines.append(_sum_line(collision, problem, need, room, sums, who, other))
    if len(problem.pins) and not any(limit.kind == "pin" for limit in collision.limits):
        lines.append("  （--pins 里必须分配的也计算在内）")
    if cap is not None:
        lines.append(f"  （--cap 也计算在内：任何一对的概率不超过 {float(cap):g}，放宽它也是一个办法）")
    lines.append(
        "这组限制已缩到最小：逐条试过，去掉其中任何一条，其余就能同时成立。"
        if collision.irreducible
        else "这组限制较大，没有逐条试着再缩小。"
    )
    lines.append("请放宽其中一条，或减少这些申报书、专家的回避后重试。")
    return "\n".join(lines[:1] + _few(lines[1:-2]) + lines[-2:])


def _in_all(who: str, least: Ints, other: str, most: Ints) -> list[str]:
    need, room = int(least.sum()), int(most.sum())
    return [f"  全部{who}合计至少 {need} 人次，全部{other}合计最多 {room} 人次。"] if need > room else []


def _sum_line(
    collision: Collision, problem: Problem, need: str, room: str, sums: dict[str, int], who: str, other: str
) -> str:
    """Need and room side by side: what the limited ones can take, and what the rest could."""
    allowed = problem.allowed if need == "paper-least" else problem.allowed.T
    rows = [limit.number for limit in collision.limits if limit.kind == need]
    limited = {limit.number: limit.amount for limit in collision.limits if limit.kind == room}
    degree = allowed[rows].sum(axis=0).tolist()
    rest = sum(d for i, d in enumerate(degree) if i not in limited)
    ready = sum(min(d, limited[i]) for i, d in enumerate(degree) if i in limited)
    text = f"  {who} {sums[need]} 人次；"
    text += f"上面的{other}合计最多 {ready} 人次" if limited else f"回避之后没有上限可算的{other}"
    if rest and limited:
        text += f"，其余{other}除回避外合计最多 {rest} 人次"
    elif not limited:
        text = f"  {who} {sums[need]} 人次；除回避外，可用的只有 {rest} 人次"
    return text + "。"


def _few(lines: list[str]) -> list[str]:
    if len(lines) <= 2 * SHOWN:
        return lines
    return [*lines[: 2 * SHOWN - 1], f"  ……另有 {len(lines) - 2 * SHOWN + 1} 行"]


def _ranges(numbers: list[int]) -> str:
    """`0—4、7、9` for 0, 1, 2, 3, 4, 7, 9."""
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    said = [str(a) if a == b else f"{a}、{b}" if b == a + 1 else f"{a}—{b}" for a, b in parts]
    return "、".join(said[:SHOWN]) + (f" 等 {len(numbers)} 个" if len(said) > SHOWN else "")
