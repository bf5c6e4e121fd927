"""The files of ``ketuan assign``: CSV without a header into a problem; what is wrong is refused with its line."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ketuan.cli.lines import bytes_of, unreadable
from ketuan.cli.main import Refusal

if TYPE_CHECKING:
    from ketuan.matching.assigning.problem import Ints, Problem

GOALS = ("fair", "total", "random")
CHUNK = 1 << 20

_WHOLE = {"type": "integer", "minimum": 0}
_PRICES = {
    "papers": {"type": "array", "items": {"type": "integer"}},
    "reviewers": {"type": "array", "items": {"type": "integer"}},
    "units": {"type": "array", "items": {"type": "array", "items": _WHOLE, "minItems": 3, "maxItems": 3}},
    "disciplines": {"type": "array", "items": {"type": "array", "items": _WHOLE, "minItems": 3, "maxItems": 3}},
}


def _columns(**columns: object) -> dict[str, object]:
    """The schema of a CSV line without a header: its columns in order."""
    return {"type": "array", "prefixItems": [{"title": k, **v} for k, v in columns.items()], "items": False}  # type: ignore[dict-item]


SCHEMAS: dict[str, object] = {
    "scores": _columns(paper=_WHOLE, reviewer=_WHOLE, score={"type": "number", "minimum": 0, "maximum": 1}),
    "conflicts": _columns(paper=_WHOLE, reviewer=_WHOLE),
    "limits": _columns(side={"enum": ["paper", "reviewer"]}, number=_WHOLE, least=_WHOLE, most=_WHOLE),
    "units": _columns(reviewer=_WHOLE, unit={"type": "string"}),
    "disciplines": _columns(side={"enum": ["paper", "reviewer"]}, number=_WHOLE, discipline={"type": "string"}),
    "out": _columns(paper=_WHOLE, reviewer=_WHOLE),
    "proof": {
        "type": "object",
        "required": ["format", "goal", "scale", "value", "total"],
        "properties": {
            "format": {"const": "ketuan-assign-1"},
            "goal": {"enum": list(GOALS)},
            "scale": {"type": "integer", "minimum": 1},
            "value": _WHOLE,
            "total": {"type": "object", "properties": {"bound": {"type": "integer"}, **_PRICES}},
            "worst": {
                "type": "object",
                "properties": {
                    "target": {"type": "integer"},
                    "bound": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
                    "y": {"type": "array", "items": _WHOLE},
                    "lambda": _WHOLE,
                    **_PRICES,
                },
            },
        },
    },
}


def read_problem(args: argparse.Namespace) -> tuple[Problem, list[str], list[str]]:
    """The problem, and the names of its units and disciplines by number."""
    import numpy as np

    from ketuan.matching.assigning import building
    from ketuan.matching.assigning.problem import Problem

    limits = _read(args.limits, lambda: building.limits(_text(args.limits)))
    shape = limits.shape
    units, scale = _read(args.scores, lambda: building.scores(_chunks(args.scores), shape))
    allowed = np.ones(shape, np.bool_)
    for path in (args.conflicts, args.bans):
        if path:
            pairs = _pairs(path, shape)
            allowed[pairs[:, 0], pairs[:, 1]] = False
    pins = _pairs(args.pins, shape) if args.pins else np.empty((0, 2), np.int64)
    for paper, reviewer in pins[~allowed[pins[:, 0], pins[:, 1]]].tolist()[:1]:
        raise Refusal(
            f"{args.pins}：申报书 {paper} 与专家 {reviewer} 要求必须分配，却在回避或禁止之列，请去掉其中一处。"
        )
    unit, unit_names = _units(args.units, shape[1]) if args.units else (None, [])
    disciplines, needs, kinds = _disciplines(args.disciplines, shape) if args.disciplines else (None, None, [])
    if needs is not None:
        units, scale = building.finer(units, scale)
    return (
        Problem(
            units,
            scale,
            allowed,
            limits.paper_least,
            limits.paper_most,
            limits.reviewer_least,
            limits.reviewer_most,
            pins,
            unit,
            args.unit_most,
            disciplines=disciplines,
            needs=needs,
        ),
        unit_names,
        kinds,
    )


def _read(path: Path, made: Callable[[], Any]) -> Any:
    from ketuan.matching.assigning.csvs import BadLine

    try:
        return made()
    except BadLine as bad:
        raise Refusal(
            f"{path} 第 {bad.number} 行：{bad.reason}。" if bad.number else f"{path}：{bad.reason}。"
        ) from None


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as problem:
        raise unreadable(path, problem) from None


def _text(path: Path) -> Iterator[tuple[int, str]]:
    from ketuan.matching.assigning.csvs import BadLine

    found = False
    for number, raw in enumerate(bytes_of(path).removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            line = raw.decode()
        except UnicodeDecodeError:
            raise BadLine(number, "不是 UTF-8 文字，请另存为 UTF-8 编码") from None
        if line.strip():
            found = True
            yield number, line.strip()
    if not found:
        raise BadLine(0, "是空的，至少要有一行")


def _pairs(path: Path, shape: tuple[int, int]) -> Ints:
    from ketuan.matching.assigning import building

    pairs: Ints = _read(path, lambda: building.pairs(_chunks(path), shape))
    return pairs


def _units(path: Path, reviewers: int) -> tuple[Ints, list[str]]:
    """(reviewers,) number of the unit, -1 where none is given; names of the units, sorted."""
    import numpy as np

    from ketuan.matching.assigning.csvs import BadLine

    def read() -> tuple[Ints, list[str]]:
        named: dict[int, str] = {}
        for line, text in _text(path):
            number, _, name = (part.strip() for part in text.partition(","))
            at = _number(line, number, reviewers, "专家")
            if not name:
                raise BadLine(line, "应为“专家序号,单位”")
            if at in named:
                raise BadLine(line, f"专家 {at} 的单位已经写过")
            named[at] = name
        names = sorted(set(named.values()))
        place = {name: i for i, name in enumerate(names)}
        return np.array([place[named[r]] if r in named else -1 for r in range(reviewers)], np.int64), names

    result: tuple[Ints, list[str]] = _read(path, read)
    return result


def _disciplines(path: Path, shape: tuple[int, int]) -> tuple[Any, Any, list[str]]:
    """(kinds, reviewers) who belongs, (papers, kinds) what is needed, and the names of the disciplines, sorted."""
    import numpy as np

    from ketuan.matching.assigning.csvs import BadLine

    def read() -> tuple[Any, Any, list[str]]:
        found: dict[str, set[tuple[int, str]]] = {"paper": set(), "reviewer": set()}
        for line, text in _text(path):
            side, _, rest = (part.strip() for part in text.partition(","))
            number, _, kind = (part.strip() for part in rest.partition(","))
            if side not in found or not kind:
                raise BadLine(line, "应为“paper,序号,学科”或“reviewer,序号,学科”")
            many, name = (shape[0], "申报书") if side == "paper" else (shape[1], "专家")
            found[side].add((_number(line, number, many, name), kind))
        kinds = sorted({kind for rows in found.values() for _, kind in rows})
        place = {kind: i for i, kind in enumerate(kinds)}
        belongs, needs = np.zeros((len(kinds), shape[1]), np.bool_), np.zeros((shape[0], len(kinds)), np.bool_)
        for at, kind in found["reviewer"]:
            belongs[place[kind], at] = True
        for at, kind in found["paper"]:
            needs[at, place[kind]] = True
        return belongs, needs, kinds

    return _read(path, read)  # type: ignore[no-any-return]


def _number(line: int, text: str, many: int, name: str) -> int:
    from ketuan.matching.assigning.csvs import BadLine

    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise BadLine(line, f"{name}序号应为从 0 起的整数，读到“{text[:40]}”")
    if int(text) >= many:
        raise BadLine(line, f"{name} {text} 在上下限文件里没有（只有 0 到 {many - 1}）")
    return int(text)


def read_answer(path: Path) -> Ints:
    """(pairs, 2) what was assigned; numbers the limits do not know are for the check to tell."""
    import numpy as np

    from ketuan.matching.assigning.csvs import table

    def read() -> Ints:
        blocks = [np.stack([p, r], axis=1) for _, p, r, _ in table(_chunks(path), scored=False)]
        return np.concatenate([np.empty((0, 2), np.int64), *blocks])

    pairs: Ints = _read(path, read)
    return pairs


def read_proof(path: Path) -> dict[str, Any]:
    try:
        proof = json.loads(bytes_of(path))
    except (ValueError, RecursionError):
        raise Refusal(f"{path} 不是合格的 JSON，请用 --proof 写出的文件。") from None
    if not isinstance(proof, dict) or proof.get("format") != "ketuan-assign-1":
        raise Refusal(f"{path} 不是分配的证明（format 应为 ketuan-assign-1）。")
    return proof
