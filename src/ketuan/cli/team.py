"""``ketuan team``: a problem and a pool of experts in, the best corps out, with reasons and proof."""

from __future__ import annotations

import argparse
import datetime
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ketuan.cli import lines
from ketuan.cli.main import Refusal
from ketuan.cli.team_files import EVERY, KINDS, Candidate, Need, Out, read_need
from ketuan.rules.call import Call, CallError, load


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("need", type=Path, metavar="NEED.json", help="难题：编号、正文或几个部分")
    parser.add_argument("pool", type=Path, metavar="POOL.jsonl", help="专家库：每行一人")
    parser.add_argument("--json", type=Path, required=True, metavar="OUT.json", help="写出结果；“-”写到标准输出")
    parser.add_argument(
        "--call", default="2024", metavar="年度", help="按哪一年的通知：年度，或通知配置文件（默认 2024）"
    )
    parser.add_argument("--on", type=_day, metavar="日期", help="年龄算到哪一天（默认按通知配置，或 NEED 里的 day）")
    parser.add_argument("--size", type=_count, metavar="N", help="全团人数（默认是通知要求的最少人数）")
    parser.add_argument("--lock", action="append", default=[], metavar="编号", help="指定入团，可写多次")
    parser.add_argument("--ban", action="append", default=[], metavar="编号", help="不选此人，可写多次")
    parser.add_argument("--strict", action="store_true", help="把“鼓励”有青年人才托举工程入选者当作必须")
    parser.add_argument("--load", type=_natural, metavar="N", help="一个人已参加的服务团最多几个（默认不限）")
    parser.add_argument(
        "--kind", type=_kind, action="append", default=[], metavar="类别=N", help="这类单位的最少人数（默认三类各 1）"
    )
    parser.add_argument("--cover", type=_natural, default=1, metavar="N", help="每部分至少几名够格的人承担（默认 1）")
    parser.add_argument("--enough", type=_share, default=0.15, metavar="0..1", help="适配度多少算够格（默认 0.15）")
    parser.add_argument("--beyond", type=_share, default=0.5, metavar="0..1", help="整席以外的人按几成计（默认 0.5）")
    parser.add_argument(
        "--encourage", type=_weight, default=0.1, metavar="分值", help="鼓励的每名入选者加多少分（默认 0.1）"
    )
    parser.add_argument("--scores", type=Path, metavar="文件.jsonl", help="另写出每个人对每一部分的适配度")
    lines.schema_option(parser, need=Need, pool=Candidate, out=Out)


def run(args: argparse.Namespace) -> int:
    watch = lines.Watch()
    for target in filter(None, (args.json, args.scores)):
        lines.writable(target)
    try:
        call = load(args.call)
    except CallError as problem:
        raise Refusal(str(problem)) from None
    need = read_need(args.need)
    day = args.on or need.day or call.age_day
    numbered = list(lines.rows(args.pool, Candidate, id_of=lambda row: row.id))
    pool = [row for _, row in numbered]
    wanted = _wanted(call, need, args)
    people = {one.id for one in pool}
    for one in sorted((wanted.locks | wanted.bans) - people):
        raise Refusal(f"专家库 {args.pool} 里没有“{one}”，不能指定或禁选，请核对编号。")

    from ketuan.cli.team_answer import document_of
    from ketuan.matching.teaming.builder import build
    from ketuan.matching.teaming.collision import Collision

    experts = [_expert(row, day, f"{lines.called(args.pool)} 第 {number} 行") for number, row in numbered]
    fitness = _fitness(need, pool, args.pool)
    if args.scores:
        scores = (
            {"id": row.id, "fitness": dict(zip(map(str, range(1, len(f) + 1)), f, strict=True))}
            for row, f in zip(pool, fitness.round(4).tolist(), strict=True)
        )
        lines.write(args.scores, map(lines.dumps, scores))
    with lines.Bar("正在组团") as told:
        answer = build(experts, fitness, wanted, progress=told)
    document = document_of(call, need, day, wanted, pool, answer)
    lines.write(args.json, json.dumps(document.model_dump(mode="json"), ensure_ascii=False, indent=2).splitlines())
    _tell(document, len(pool), watch)
    return lines.IMPOSSIBLE if isinstance(answer, Collision) else lines.DONE


# ---- reading ---------------------------------------------------------------------------------------------------------


def _wanted(call: Call, need: Need, args: argparse.Namespace) -> Any:
    from ketuan.matching.teaming.values import Wanted

    corps = call.corps
    return Wanted(
        size=args.size or corps.people.value,
        young=corps.young.value,
        young_age=corps.young_age.value,
        elite=corps.young_elite.value,
        strict=args.strict,
        kinds={**dict.fromkeys(KINDS, 1), **dict(args.kind)},
        cover=args.cover,
        enough=args.enough,
        load=args.load,
        society=need.society,
        corps=need.corps or need.id,
        locks=frozenset((*need.lock, *args.lock)),
        bans=frozenset((*need.ban, *args.ban)),
        beyond=args.beyond,
        encouraged=args.encourage,
    )


def _expert(row: Candidate, day: datetime.date, where: str) -> Any:
    from ketuan.matching.teaming.values import Expert
    from ketuan.rules.checks.corps import age

    years = row.age
    if row.birth is not None:
        years = age(row.birth, day)
        if not 0 <= years <= 120:
            raise Refusal(f"{where}：“{row.id}”的 birth {row.birth} 到 {day} 是 {years} 岁，请核对。")
    return Expert(
        id=row.id,
        age=years,
        unit=row.unit,
        kind=row.kind,
        elite=row.young_elite,
        load=row.load,
        corps=tuple((held.society, held.id) for held in row.corps),
    )


def _fitness(need: Need, pool: Sequence[Candidate], path: Path) -> Any:
    """People × parts: given, or from the texts."""
    from ketuan.matching.teaming.fitness import fitness_of

    parts = need.all_parts
    fitness = fitness_of(parts, [row.texts for row in pool])
    names = {**{part: p for p, part in enumerate(parts)}, **{str(p + 1): p for p in range(len(parts))}}
    for i, row in enumerate(pool):
        given = row.fitness or {}
        if EVERY in given:
            fitness[i] = given[EVERY]
        for name in sorted(given.keys() - {EVERY}):
            if name not in names:
                raise Refusal(
                    f"{path}：“{row.id}”的 fitness 里有“{name}”，难题没有这一部分。可写部分的序号（1 起）、原文，或“{EVERY}”。"
                )
            fitness[i, names[name]] = given[name]
    return fitness


def _tell(document: Out, people: int, watch: lines.Watch) -> None:
    said = list(document.notes)
    if document.possible:
        said.append(
            f"选出 {len(document.members)} 名，总分 {document.value}，已证明的上界 {document.bound}，差距 {document.gap}。"
        )
    else:
        fewest = "这是最少的几条" if document.smallest else "去掉其中任何一条，其余就能同时满足"
        said.append(f"凑不出合乎全部要求的服务团。下面 {len(document.collision)} 条不能同时满足（{fewest}）：")
        said += [f"  {c.says}{f'（{c.clause}）' if c.clause else ''}：{c.missing_says}。" for c in document.collision]
    said.append(
        f"专家库 {people} 人；{watch.cpu_seconds():.2f} CPU 秒，{watch.seconds():.2f} 秒，内存 {watch.peak_mib():.0f} MiB。"
    )
    print("\n".join(said), file=sys.stderr)


# ---- options ---------------------------------------------------------------------------------------------------------


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise Refusal(f"日期“{text}”应写成 2024-05-24 的样子。") from None


def _natural(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Refusal(f"“{text}”应是不小于 0 的整数。")
    return int(text)


def _count(text: str) -> int:
    if _natural(text) < 1:
        raise Refusal("人数至少是 1。")
    return int(text)


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        raise Refusal(f"“{text}”应是不小于 0 的数。")
    return value


def _share(text: str) -> float:
    if (value := _number(text)) > 1:
        raise Refusal(f"“{text}”应在 0 到 1 之间。")
    return value


def _weight(text: str) -> float:
    if (value := _number(text)) > 1000:
        raise Refusal(f"“{text}”太大，最多 1000。")
    return value


def _kind(text: str) -> tuple[str, int]:
    kind, sign, least = text.partition("=")
    if kind not in KINDS or not sign:
        raise Refusal(f"“{text}”应写成 类别=人数，例如 企业=2；类别是{'、'.join(KINDS)}。")
    return kind, _natural(least)
