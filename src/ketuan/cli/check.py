"""``ketuan check``: forms in, findings out (the check contract: options, exit status, JSON)."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from ketuan.cli.judging import Task, judge_all
from ketuan.cli.main import fail
from ketuan.cli.shelf import Shelf
from ketuan.cli.sources import Source, sources
from ketuan.forms.application import Application
from ketuan.forms.roster import Roster
from ketuan.matching.overlapping.judge import Judge
from ketuan.rules.call import Call, CallError, load
from ketuan.rules.checking import Alike, Entry, check_societies, least_alike, not_copied

READY, BLOCKED, UNREADABLE = 0, 1, 2


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="Word 申报书，或存放申报书的文件夹（含子文件夹）"
    )
    parser.add_argument(
        "--call", default="2024", metavar="年度", help="按哪一年的通知核对：年度，或通知配置文件（默认 2024）"
    )
    parser.add_argument("--roster", type=Path, metavar="名册.xlsx", help="团员名册；有了它才能判定团员人数与年龄")
    parser.add_argument("--json", type=Path, metavar="文件", help="把结果写成 JSON；“-”写到标准输出")
    parser.add_argument(
        "--report",
        type=Path,
        action="append",
        default=[],
        metavar="文件",
        help="写出报告：.html 网页或 .xlsx 表格，可写多次",
    )


def run(args: argparse.Namespace) -> int:
    try:
        call = load(args.call)
        files, others = sources(args.paths)
    except CallError as problem:
        return fail(str(problem))
    except FileNotFoundError as missing:
        return fail(f"没有这个文件或文件夹：{missing}")
    for report in args.report:
        if report.suffix.lower() not in (".html", ".xlsx"):
            return fail(f"报告只能写成 .html 或 .xlsx：{report}")
    for target in (*args.report, *([args.json] if args.json and str(args.json) != "-" else [])):
        if not target.absolute().parent.is_dir():
            return fail(f"没有这个文件夹，写不了 {target}")
        if target.is_dir():
            return fail(f"{target} 是文件夹，请写出文件名。")
    if not files:
        return fail("没有找到 Word 申报书（.docx 或 .doc）。")
    roster = None
    if args.roster:
        try:
            roster = _roster(args.roster)
        except (OSError, ValueError) as problem:
            return fail(f"名册读不出来：{args.roster}：{problem}")
    task = Task(args.call, roster, alone=len(files) == 1)
    with Shelf() as shelf:
        with Progress(len(files)) as told:
            for judged in judge_all(files, task, progress=told):
                shelf.put(judged)
        portfolio = _portfolio(files, shelf, call, roster)
        try:
            _show(shelf, portfolio, call, roster, args, others)
        except BrokenPipeError:
            raise
        except OSError as problem:
            return fail(
                f"结果写不出去（{problem.filename or ''} {problem.strerror or ''}）。请检查磁盘空间和写入权限后重试。"
            )
        return status(shelf, portfolio)


def write_json(
    out: IO[bytes], call: Call, files: Iterable[bytes], portfolio: list[dict[str, Any]], roster: Roster | None = None
) -> None:
    """The document of the check contract, a line a file."""
    named = f'\n"roster": {_dumps(roster.source)},' if roster else ""
    out.write(f'{{"call": {_dumps(call.about.id)},{named}\n"files": ['.encode())
    for number, text in enumerate(files):
        out.write(b",\n" if number else b"\n")
        out.write(text)
    across = ",\n".join(map(_dumps, portfolio))
    out.write(f'\n],\n"portfolio": [{across}]}}\n'.encode())


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _roster(path: Path) -> Roster:
    from ketuan.documents.rosters import read_roster  # Excel is read only where a roster is given

    roster, remarks = read_roster(path.read_bytes(), path.name)
    for remark in remarks:
        print(f"名册 {path.name}：{remark.message}", file=sys.stderr)
    return roster


def _portfolio(files: list[Source], shelf: Shelf, call: Call, roster: Roster | None) -> list[dict[str, Any]]:
    def entry(number: int) -> Entry:
        people = roster.of(shelf.title(number), alone=len(files) == 1) if roster else ()
        return Entry(files[number].name, Application.model_validate_json(shelf.form(number)), people)

    paper = call.paper
    shown = []
    for finding in check_societies(entry, shelf.marks(), call, alike=alike_for(call)):
        evidence = [
            {
                "kind": e.kind,
                "label": e.label,
                "score": None if e.score is None else round(e.score, 3),
                "sides": [
                    {"file": s.file, "path": s.path, "place": paper.place(s.path), "text": s.text} for s in e.sides
                ],
                "spans": [list(span) for span in e.spans],
            }
            for e in finding.evidence
        ]
        shown.append(
            {
                "rule": finding.rule,
                "weight": finding.weight,
                "clause": finding.clause,
                "files": list(finding.files),
                "message": finding.message,
                "evidence": evidence,
                "found": finding.found,
                "wanted": finding.wanted,
                "fix": finding.fix,
            }
        )
    return shown


def alike_for(call: Call) -> Alike:
    """The one way in which this product compares texts."""
    return Judge(not_copied(call), least=least_alike(call))


def _show(
    shelf: Shelf,
    portfolio: list[dict[str, Any]],
    call: Call,
    roster: Roster | None,
    args: argparse.Namespace,
    others: int,
) -> None:
    from ketuan.cli import terminal  # rich is loaded only to print

    clauses = dict(call.clauses)
    printed = str(args.json) == "-"
    if printed:
        sys.stdout.flush()
        write_json(sys.stdout.buffer, call, shelf.texts(), portfolio, roster)  # UTF-8 whatever the terminal is
    elif args.json:
        with args.json.open("wb") as out:
            write_json(out, call, shelf.texts(), portfolio, roster)
    if printed and not args.report:
        return
    files = shelf.objects(whole=bool(args.report))
    result = {
        "call": call.about.id,
        "roster": roster.source if roster else None,
        "files": files,
        "portfolio": portfolio,
    }
    if not printed:
        width = shutil.get_terminal_size((100, 40)).columns
        colour = terminal.colour_wanted(sys.stdout, os.environ)
        sys.stdout.write(terminal.show(result, clauses, width=min(width, 120), colour=colour))
        if others:
            print(f"（另有 {others} 个不是 Word 的文件未核对）")
    for report in args.report:
        _write_report(report, result, call, clauses)
        print(f"报告已写入 {report}", file=sys.stderr)


def _write_report(target: Path, result: dict[str, Any], call: Call, clauses: dict[str, str]) -> None:
    from ketuan.documents.reports import page, sheet  # templates and Excel are loaded only for a report

    today = datetime.date.today()
    if target.suffix.lower() == ".html":
        paper = call.paper

        def label(path: str) -> str:
            node = paper.node(path)
            return node.spec.label.replace("\n", "") if node else ""

        target.write_text(page(result, clauses=clauses, made_on=today, labels=label), encoding="utf-8")
    else:
        sheet(result, target, clauses=clauses, made_on=today)


def status(shelf: Shelf, portfolio: list[dict[str, Any]]) -> int:
    """0 nothing blocks · 1 something blocks · 2 a file could not be read as the form."""
    if shelf.unread:
        return UNREADABLE
    return BLOCKED if shelf.blocks or any(p["weight"] == "block" for p in portfolio) else READY


class Progress:
    """A bar on standard error while many files are read; nothing where nobody watches."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.bar: Any = None

    def __enter__(self) -> Callable[[int], None]:
        if self.total > 8 and sys.stderr.isatty():
            from rich import progress
            from rich.console import Console  # only where somebody watches

            self.bar = progress.Progress(console=Console(stderr=True), transient=True)
            self.bar.__enter__()
            line = self.bar.add_task("正在核对申报书", total=self.total)
            return lambda done: self.bar.update(line, advance=done)
        return lambda done: None

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(*error)
