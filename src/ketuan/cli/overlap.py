"""``ketuan overlap``: pairs of texts, or a corpus of applications, in; what is copied, and where, out.

The text of an application is its paragraphs joined by a line break; spans count its characters from 0.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, StrictInt, StrictStr

from ketuan.cli import lines
from ketuan.cli.main import Refusal

if TYPE_CHECKING:
    from ketuan.matching.overlapping.known import KnownTexts

Name = StrictStr | StrictInt
Span = tuple[int, int, int, int]


class Pair(BaseModel):
    """A line of a file of pairs. Other fields are passed over."""

    model_config = ConfigDict(extra="ignore")

    id: Name = Field(description="编号，文件内不重复")
    a: StrictStr = Field(description="一篇文字")
    b: StrictStr = Field(description="另一篇文字")


class Application(BaseModel):
    """A line of a corpus. Other fields are passed over."""

    model_config = ConfigDict(extra="ignore")

    id: Name = Field(description="编号，文件内不重复")
    society: StrictStr | None = Field(None, description="学会")
    year: StrictInt | None = Field(None, description="年度")
    paras: list[StrictStr] = Field(description="各段文字；位置按各段以换行相连后的全文计")


class Sentence(BaseModel):
    """A line of ``--known``."""

    model_config = ConfigDict(extra="ignore")

    text: StrictStr = Field(description="不计为雷同的文字；折叠后 2–5 字的算作短语")


class PairOut(BaseModel):
    id: Name
    score: float = Field(ge=0, le=1)
    flag: bool
    spans: list[Span] = Field(description="[a 起, a 止, b 起, b 止]，按字符从 0 计，止处不含")


class CorpusOut(BaseModel):
    a: Name
    b: Name
    score: float = Field(ge=0, le=1)
    flag: bool
    spans: list[Span] = Field(description="[a 起, a 止, b 起, b 止]，按字符从 0 计，止处不含")


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", type=Path, metavar="FILE.jsonl", help="成对的文字（id、a、b），或一批申报书（id、paras）；“-”为标准输入"
    )
    parser.add_argument("--json", type=Path, required=True, metavar="OUT.jsonl", help="写出结果；“-”写到标准输出")
    parser.add_argument(
        "--known",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="文件",
        help='不计为雷同的文字：通知原文、表内提示等，.jsonl（每行 {"text"}）、.txt、.docx 或 .doc，可写多个',
    )
    parser.add_argument("--call", metavar="年度", help="这一年通知的条款、申报书的提示和常用语也不计为雷同")
    lines.schema_option(
        parser, pairs=Pair, corpus=Application, known=Sentence, out_of_pairs=PairOut, out_of_corpus=CorpusOut
    )


def run(args: argparse.Namespace) -> int:
    watch = lines.Watch()
    lines.writable(args.json)
    raw = lines.raw(args.file)
    head = next(raw, None)
    model = _kind(args.file, *head) if head else Pair
    there = chain([head] if head else [], raw)
    given = [row for _, row in lines.parsed(args.file, there, model, id_of=lambda row: str(row.id))]
    texts = [text for path in args.known for text in known_of_file(path)]
    if args.call:
        texts += known_of_call(args.call)

    from ketuan.matching.overlapping.known import known_texts  # numpy is loaded only now

    known = known_texts(texts)
    answer = _pairs(given, known) if model is Pair else _corpus(given, known)
    lines.write(args.json, map(lines.dumps, answer))
    flagged = sum(bool(row["flag"]) for row in answer)
    what = f"{len(given)} 对" if model is Pair else f"{len(given)} 份，列出 {len(answer)} 对"
    print(
        f"{what}，判为雷同 {flagged} 对；CPU {watch.cpu_seconds():.2f} 秒，用时 {watch.seconds():.2f} 秒，"
        f"内存峰值 {watch.peak_mib():.0f} MiB",
        file=sys.stderr,
    )
    return lines.DONE


def _kind(path: Path, number: int, line: bytes) -> type[Pair] | type[Application]:
    """Pairs or a corpus? The first line tells."""
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return Pair  # what is wrong with it is said where the lines are read
    if not isinstance(row, dict):
        return Pair
    if "paras" in row:
        return Application
    if "a" in row or "b" in row:
        return Pair
    raise Refusal(
        f"{lines.called(path)} 第 {number} 行既没有 a、b（成对的文字），也没有 paras（一批申报书的各段），请核对字段名。"
    )


def _pairs(given: list[Any], known: KnownTexts) -> list[dict[str, Any]]:
    from ketuan.matching.overlapping.pairs import overlaps

    with lines.Bar("正在比对") as told:
        found = overlaps([(row.a, row.b) for row in given], known=known, progress=told)
    return [
        {"id": row.id, "score": one.score, "flag": one.flag, "spans": one.spans}
        for row, one in zip(given, found, strict=True)
    ]


def _corpus(given: list[Any], known: KnownTexts) -> list[dict[str, Any]]:
    from ketuan.matching.overlapping.corpus import suspicious

    names = {str(row.id): row.id for row in given}
    with lines.Bar("正在比对") as told:
        found = suspicious({str(row.id): "\n".join(row.paras) for row in given}, known=known, progress=told)
    return [
        {"a": names[one.a], "b": names[one.b], "score": one.score, "flag": one.flag, "spans": one.spans}
        for one in found
    ]


def known_of_file(path: Path) -> list[str]:
    """The texts of a file of known ones: each line of a .jsonl by itself, any other file as one text."""
    kind = path.suffix.lower()
    if kind == ".jsonl":
        return [row.text for _, row in lines.rows(path, Sentence)]
    if kind == ".txt":
        try:
            return [lines.bytes_of(path).decode("utf-8-sig")]
        except UnicodeDecodeError:
            raise Refusal(f"{path} 不是 UTF-8 文字，请另存为 UTF-8 编码。") from None
    if kind in (".docx", ".doc"):
        return ["\n".join(_word(path))]
    raise Refusal(f"{path}：--known 只读 .jsonl、.txt、.docx、.doc，请另存为其中一种。")


def known_of_call(year: str) -> list[str]:
    """The clauses of the call, the printed hints of its form and the phrases it names."""
    from ketuan.rules.call import CallError, load

    try:
        call = load(year)
    except CallError as problem:
        raise Refusal(str(problem)) from None
    hints = [node.spec.hint for node in call.paper.leaves() if node.spec.hint]
    return [*hints, *dict(call.clauses).values(), *call.likeness.known.value]


def _word(path: Path) -> Iterator[str]:
    """Paragraphs and cells of a Word file."""
    from ketuan.documents.errors import Unreadable
    from ketuan.documents.reading.markup import Table, blocks
    from ketuan.documents.reading.package import main_part, sniff

    def flat(parts: list[str | Table]) -> Iterator[str]:
        for part in parts:
            if isinstance(part, str):
                yield part
            else:
                for row in part.rows:
                    for cell in row:
                        yield from flat(cell.blocks)

    data = lines.bytes_of(path)
    try:
        if sniff(data) == "doc":
            from ketuan.documents.reading.legacy import docx_of

            data = docx_of(data)
        yield from flat(blocks(main_part(data)))
    except Unreadable as problem:
        raise Refusal(f"{path}：{problem}") from None
