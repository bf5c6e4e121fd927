"""``ketuan calibrate``: scores of many reviewers in, calibrated worths with their uncertainty out."""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field

from ketuan.cli.lines import DONE, Bar, Watch, called, parsed, raw, schema_option, writable, write
from ketuan.cli.main import Refusal
from ketuan.rules.call import CallError, load

if TYPE_CHECKING:
    from ketuan.matching.calibrating.calibration import Calibration

LARGEST = 1e12
"""Bounds of the scores beyond it are refused."""
LARGEST_WHOLE = 999_999_999
"""Of the options that are whole numbers."""
NAMED = 5
"""So many ids stand in a note; the rest is counted."""
STANDS_OUT = 3.0
"""Standard deviations from which a review is counted in a note."""
HEAVY = 10.0
"""Fewer degrees of freedom of the noise are mentioned."""


class ScoreRow(BaseModel):
    """评分：每行一份评审意见。"""

    model_config = ConfigDict(extra="forbid", strict=True)

    application: str = Field(min_length=1, description="申报书编号")
    reviewer: str = Field(min_length=1, description="评审专家编号")
    score: float = Field(allow_inf_nan=False, description="评分")


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ApplicationOut(_Out):
    """一份申报书，按名次排列。"""

    id: str
    reviews: int = Field(description="评审份数")
    raw: float = Field(description="原始平均分")
    zscore: float = Field(description="各专家标准分的平均，折回评分的尺度；仅供对照")
    worth: float = Field(description="校准分：由全体专家的“平均专家”来评应得的分")
    se: float = Field(description="校准分的标准误")
    low: float = Field(description="95% 区间下端")
    high: float = Field(description="95% 区间上端")
    rank: int = Field(description="按校准分的名次，从 1 起；同分按编号")
    raw_rank: int = Field(description="按原始平均分的名次，从 1 起；同分按编号")
    p_in: float = Field(description="真正属于前 most 名的概率")
    part: int = Field(description="所在的连通部分，从 1 起；不同部分之间没有共同的专家")


class ReviewerOut(_Out):
    """一位专家，按编号排列。"""

    id: str
    reviews: int = Field(description="评审份数")
    mean: float = Field(description="所给评分的平均")
    severity: float = Field(description="严厉度：对中等申报书比平均专家低多少分；负数表示偏宽")
    se: float = Field(description="严厉度的标准误")
    scale: float = Field(description="尺度：两份申报书相差 1 分时，该专家拉开多少分")
    scale_se: float = Field(description="尺度的标准误")
    part: int = Field(description="所在的连通部分")


class DifferingOut(_Out):
    """与其余评分最不一致的评分，按 |z| 从大到小。"""

    application: str
    reviewer: str
    score: float
    expected: float = Field(description="由其余全部评分推算，此处应为多少分")
    difference: float = Field(description="score − expected")
    z: float = Field(description="相差几个标准差")
    influence: float = Field(description="这份评分使该申报书的校准分变动了多少")
    rank: int
    rank_without: int = Field(description="去掉这份评分后的名次（其余不变）")


class ModelOut(_Out):
    """估计出的模型；除 scale、freedom 外均以分为单位。"""

    mean: float = Field(description="平均专家给中等申报书的分")
    worth: float = Field(description="申报书水平的标准差 τ")
    severity: float = Field(description="专家宽严的标准差 σ_a")
    scale: float = Field(description="专家尺度的标准差 σ_s")
    noise: float = Field(description="评分随机误差的大小 σ")
    freedom: float | None = Field(description="误差的自由度 ν，越小越常有离群评分；null 表示正态")
    turns: int = Field(description="迭代次数")
    converged: bool
    exact: bool = Field(description="协方差是否精确求出（否则由抽样得到）")
    equal: bool = Field(description="全部评分相同，没有可估计的")
    draws: int = Field(description="计算 p_in 的抽样次数")
    seed: int
    most: int = Field(description="前多少名")
    level: float = Field(description="区间的把握程度")


class Answer(_Out):
    """OUT.json"""

    applications: list[ApplicationOut]
    reviewers: list[ReviewerOut]
    differ: list[DifferingOut]
    model: ModelOut
    notes: list[str]


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "scores",
        type=Path,
        metavar="SCORES",
        help="评分：CSV（无标题行，每行 申报书,专家,分数）或 JSONL（application、reviewer、score）；“-”为标准输入",
    )
    parser.add_argument(
        "--json", type=Path, required=True, metavar="OUT.json", help="结果写到这个文件；“-”写到标准输出"
    )
    parser.add_argument("--least", type=_number("--least"), default=0.0, metavar="分", help="评分的下限（默认 0）")
    parser.add_argument("--top", type=_number("--top"), default=100.0, metavar="分", help="评分的上限（默认 100）")
    parser.add_argument(
        "--most", type=_whole("--most", 1), metavar="名", help="计算进入前多少名的概率（默认取通知的立项数）"
    )
    parser.add_argument("--call", default="2024", metavar="年度", help="按哪一年的通知取立项数（默认 2024）")
    parser.add_argument(
        "--differ", type=_whole("--differ", 0), default=20, metavar="份", help="列出多少份最不一致的评分（默认 20）"
    )
    parser.add_argument(
        "--seed", type=_whole("--seed", 0), default=0, metavar="数", help="抽样的种子（默认 0）；同一种子结果相同"
    )
    schema_option(parser, scores=ScoreRow, out=Answer)


def _number(option: str) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not abs(value) <= LARGEST:
            raise Refusal(f"参数 {option} 应为数字，不是“{_short(text)}”。")
        return value

    return read


def _whole(option: str, least: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if re.fullmatch(r"[0-9]{10,}", text):
            raise Refusal(f"参数 {option} 最大是 {LARGEST_WHOLE}，不能是“{_short(text)}”。")
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
            raise Refusal(f"参数 {option} 应为不小于 {least} 的整数，不是“{_short(text)}”。")
        return int(text)

    return read


def run(args: argparse.Namespace) -> int:
    watch = Watch()
    if args.least >= args.top:
        raise Refusal(f"评分的下限 {args.least:g} 应小于上限 {args.top:g}，请核对 --least 和 --top。")
    most = args.most or _awards(args.call)
    writable(args.json)
    scores = read(args.scores, args.least, args.top)
    _comparable(args.scores, scores)
    from ketuan.matching.calibrating.calibration import calibrate  # numpy is loaded only now

    with Bar("正在校准") as told:
        found = calibrate(scores, most=most, differing=args.differ, seed=args.seed, progress=told)
    notes = list(_notes(found, most))
    write(args.json, _lines(found, most, notes))
    for note in notes:
        print(note, file=sys.stderr)
    print(
        f"{len(found.applications)} 份申报书，{len(found.reviewers)} 位专家，{len(scores)} 份评分；"
        f"迭代 {found.model.turns} 次，CPU {watch.cpu_seconds():.2f} 秒，内存峰值 {watch.peak_mib():.0f} MiB",
        file=sys.stderr,
    )
    return DONE


def _awards(call: str) -> int:
    try:
        return load(call).project.awards.value
    except CallError as problem:
        raise Refusal(str(problem)) from None


def _comparable(path: Path, scores: list[tuple[str, str, float]]) -> None:
    """Raises `Refusal` if neither a reviewer nor an application has two scores: no severity can be told from a worth."""
    many = len(scores)
    if (
        1 < many == len({application for application, _, _ in scores}) == len({reviewer for _, reviewer, _ in scores})
        and len({score for _, _, score in scores}) > 1
    ):
        raise Refusal(
            f"{called(path)} 的 {many} 份评分来自 {many} 位专家，各评各的一份：没有人评过两份，也没有一份由两人评，"
            "分不清是专家宽严还是申报书高低，无从校准。请让专家各评几份（或一份由几位专家评）；只有这些评分时，名次只能看原始分。"
        )


# ---- reading -----------------------------------------------------------------------------------------------------------


def read(path: Path, least: float, top: float) -> list[tuple[str, str, float]]:
    """Rows (application, reviewer, score) of a CSV or JSONL file. Raises `Refusal`."""
    seen: dict[tuple[str, str], int] = {}
    found: list[tuple[str, str, float]] = []
    for number, application, reviewer, score in _rows(path):
        where = f"{called(path)} 第 {number} 行"
        if not least <= score <= top:
            raise Refusal(
                f"{where}：评分 {score:.15g} 不在 {least:g} 到 {top:g} 之间。若评分用别的分制，请用 --least、--top 写明。"
            )
        pair = application, reviewer
        if pair in seen:
            raise Refusal(
                f"{where}：申报书“{_short(application)}”、专家“{_short(reviewer)}”的评分在第 {seen[pair]} 行已经有了，"
                "同一位专家对同一份申报书只能有一个评分。"
            )
        seen[pair] = number
        found.append((application, reviewer, score))
    return found


def _rows(path: Path) -> Iterator[tuple[int, str, str, float]]:
    """The first character that is not blank tells JSONL from CSV; the file is opened once."""
    there = raw(path, "一份评分")
    head = next(there, None)
    lines = chain([head] if head else [], there)
    return _jsonl(path, lines) if head and head[1].lstrip().startswith(b"{") else _csv(path, lines)


def _jsonl(path: Path, there: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, str, str, float]]:
    for number, row in parsed(path, there, ScoreRow):
        where = f"{called(path)} 第 {number} 行"
        yield number, _name(row.application, "申报书编号", where), _name(row.reviewer, "专家编号", where), row.score


def _csv(path: Path, there: Iterable[tuple[int, bytes]]) -> Iterator[tuple[int, str, str, float]]:
    found = False
    for number, line in there:
        where = f"{called(path)} 第 {number} 行"
        try:
            text = line.decode().strip()
        except UnicodeDecodeError:
            raise Refusal(f"{where}不是 UTF-8 文字，请另存为“CSV UTF-8”。") from None
        if not text:
            continue
        yield number, *_fields(text, where)
        found = True
    if not found:
        raise Refusal(f"{called(path)} 是空的，至少要有一行。")


def _fields(text: str, where: str) -> tuple[str, str, float]:
    parts = [_bare(part) for part in text.split(",")]
    if len(parts) != 3:
        hint = ""
        if "，" in text:
            hint = "分隔应用英文逗号“,”，不用中文逗号“，”。"
        elif "\t" in text or ";" in text:
            hint = "分隔应用英文逗号“,”。"
        raise Refusal(f"{where}：应为 3 栏“申报书,专家,分数”，现为 {len(parts)} 栏。{hint}")
    application, reviewer = _name(parts[0], "申报书编号", where), _name(parts[1], "专家编号", where)
    return application, reviewer, _score(parts[2], where)


def _bare(part: str) -> str:
    part = part.strip()
    if len(part) > 1 and part[0] == part[-1] == '"':
        return part[1:-1].replace('""', '"').strip()
    return part


def _name(text: str, what: str, where: str) -> str:
    name = text.strip()
    if not name:
        raise Refusal(f"{where}：{what}不能为空。")
    if not name.isprintable():
        raise Refusal(f"{where}：{what}含有不能显示的字符，请改正。")
    if "," in name:
        raise Refusal(f"{where}：{what}“{_short(name)}”不能含有逗号。")
    return name


def _score(text: str, where: str) -> float:
    if not text:
        raise Refusal(f"{where}：分数不能为空；没有评的不要写这一行。")
    if not re.fullmatch(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,4})?", text):
        first = "第 1 行若是标题，请删去：文件不用标题行。" if where.endswith(" 第 1 行") else ""
        raise Refusal(f"{where}：分数应为数字，现为“{_short(text)}”。{first}")
    return float(text)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


# ---- telling -----------------------------------------------------------------------------------------------------------


def _lines(found: Calibration, most: int, notes: list[str]) -> Iterator[str]:
    """The answer as one JSON object, a line an application, a reviewer, a review."""
    raw_rank = {
        a.id: place
        for place, a in enumerate(sorted(found.applications, key=lambda a: (-float(f"{a.raw:.10g}"), a.id)), start=1)
    }

    def listed(name: str, items: list[dict[str, Any]], end: str = ",") -> Iterator[str]:
        yield f'"{name}": ['
        for at, item in enumerate(items, start=1):
            yield _dumps(item) + ("," if at < len(items) else "")
        yield "]" + end

    yield "{"
    yield from listed("applications", [_plain(a) | {"raw_rank": raw_rank[a.id]} for a in found.applications])
    yield from listed("reviewers", [_plain(r) for r in found.reviewers])
    yield from listed("differ", [_plain(d) for d in found.differing])
    yield f'"model": {_dumps(_plain(found.model) | {"most": most, "level": 0.95})},'
    yield f'"notes": {_dumps(notes)}'
    yield "}"


def _plain(item: Any) -> dict[str, Any]:
    return {field.name: _rounded(getattr(item, field.name)) for field in dataclasses.fields(item)}


def _rounded(value: Any) -> Any:
    if not isinstance(value, float):
        return value
    return float(f"{value:.10g}") if math.isfinite(value) else None


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _named(ids: list[str]) -> str:
    shown = "、".join(_short(i) for i in ids[:NAMED])
    return shown + (f" 等 {len(ids)} 个" if len(ids) > NAMED else "")


def _notes(found: Calibration, most: int) -> Iterator[str]:
    """What a reader of the figures must know, in order of weight."""
    model, applications, reviewers = found.model, found.applications, found.reviewers
    if model.equal:
        yield "全部评分相同，分不出高下：名次只按编号排列，进入前列的概率人人相同。"
        return
    if not model.converged:
        yield f"迭代 {model.turns} 次仍未稳定，结果仅供参考；请核对评分是否有误。"
    parts = max(a.part for a in applications)
    if parts > 1:
        yield (
            f"评分分成 {parts} 个互不相连的部分（没有共同的专家），不同部分之间的高下无从由评分得知，"
            "只能假定各部分的专家宽严、申报书水平平均相同，跨部分的名次和概率不可当真："
        )
        sizes = Counter(a.part for a in applications)
        for part in range(1, min(parts, NAMED) + 1):
            inside = [a.id for a in applications if a.part == part]
            who = [r.id for r in reviewers if r.part == part]
            yield f"　部分 {part}：申报书 {sizes[part]} 份（{_named(sorted(inside))}），专家 {len(who)} 位（{_named(who)}）。"
        if parts > NAMED:
            yield f"　其余 {parts - NAMED} 个部分见结果中的 part。"
    if most >= len(applications):
        yield f"申报书只有 {len(applications)} 份，不多于前 {most} 名，因此人人都在其中，p_in 均为 1。"
    else:
        last, next_ = applications[most - 1], applications[most]
        close = sum(1 for a in applications if 0.1 < a.p_in < 0.9)
        if abs(last.worth - next_.worth) <= 1e-9 * model.worth:
            yield f"第 {most} 名“{_short(last.id)}”与第 {most + 1} 名“{_short(next_.id)}”校准分相同，先后只按编号。"
        right = sum(a.p_in for a in applications[:most]) / most
        yield (
            f"按校准分排在前 {most} 名的，估计有 {right:.0%} 真正属于前 {most} 名；"
            f"概率在 10% 到 90% 之间、说不准的有 {close} 份" + ("，建议会评或加评。" if close else "。")
        )
    single = [a.id for a in applications if a.reviews == 1]
    if single:
        yield f"只有一份评分的申报书 {len(single)} 份，其校准分很不可靠：{_named(sorted(single))}。"
    alone = [r.id for r in reviewers if r.reviews == 1]
    if alone:
        yield f"只评了一份的专家 {len(alone)} 位，其宽严几乎无从估计：{_named(alone)}。"
    if model.severity > model.worth:
        yield "专家宽严之差大于申报书水平之差，原始平均分很大程度取决于由谁来评。"
    if model.freedom < HEAVY:
        yield f"离群的评分比正态分布所料的多（自由度 {model.freedom:.1f}），计算时已减轻其分量。"
    out = [d for d in found.differing if abs(d.z) >= STANDS_OUT]
    if out:
        more = "至少 " if len(out) == len(found.differing) else ""
        first = out[0]
        yield (
            f"与其余评分相差 {STANDS_OUT:g} 个标准差以上的评分有 {more}{len(out)} 份，最甚者：专家“{_short(first.reviewer)}”"
            f"给“{_short(first.application)}” {first.score:g} 分，按其余评分应为 {first.expected:.1f} 分。不一致不等于有错，请人工复核。"
        )
    if not model.exact:
        yield "专家较多，标准误由抽样求得，约有百分之几的误差；校准分所受的影响小得多。"
