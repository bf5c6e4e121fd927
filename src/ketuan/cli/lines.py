"""Plain files in and out of the engines: one JSON object a line, or CSV without a header (the interchange page).

A file that is wrong is refused whole, with its name, the line, the field and what to do; nothing is written then.
Exit status of every engine's command: `DONE` an answer was written; `IMPOSSIBLE` the question was understood and has no
answer, or a proof does not hold; `NOT_UNDERSTOOD` a file or an option is wrong.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from ketuan.cli.main import Refusal
from ketuan.forms.parsing import messages

DONE, IMPOSSIBLE, NOT_UNDERSTOOD = 0, 1, 2

LONGEST_LINE = 16 << 20
"""Bytes of one line; a file of one endless line is told from a file of many before it fills the memory."""

_BRANCHES, _KIND = ("str", "int", "constrained-str", "constrained-int"), "应为"
"""What pydantic adds to the place of a field that may be of several kinds; how a wrong kind is told."""

Row = TypeVar("Row", bound=BaseModel)


def explain(wrong: ValidationError) -> str:
    """The first thing that is wrong, with its place, in Chinese; a field of several kinds is told as one."""
    (place, said), *more = messages(wrong).items()
    head, _, branch = place.rpartition(".")
    others = [words for other, words in more if other.startswith(f"{head}.")] if branch in _BRANCHES else []
    if head and others:
        place = head
        kinds = dict.fromkeys((said, *others))
        told = [words for words in kinds if not words.startswith(_KIND)]  # the kind is right, the value is not
        said = told[0] if told else _KIND + "或".join(words.removeprefix(_KIND) for words in kinds)
    return f"“{place}”{said}" if place else said


def bytes_of(path: Path) -> bytes:
    """What stands in the file. Raises `Refusal` if it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as problem:
        raise unreadable(path, problem) from None


def unreadable(path: Path, problem: OSError) -> Refusal:
    if isinstance(problem, FileNotFoundError):
        return Refusal(f"没有这个文件：{path}")
    if isinstance(problem, IsADirectoryError):
        return Refusal(f"{path} 是文件夹，请给出文件。")
    return Refusal(f"读不了 {path}：{problem.strerror or problem}")


def called(path: Path) -> str:
    return "标准输入" if str(path) == "-" else str(path)


def rows(path: Path, model: type[Row], *, id_of: Callable[[Row], object] | None = None) -> Iterator[tuple[int, Row]]:
    """`(line number from 1, row)` of a file with one JSON object a line; blank lines are passed over.

    `-` is standard input. `id_of` names what may stand only once in the file. Raises `Refusal` for a file that cannot be
    read, is not UTF-8, has no row, holds a line that is no row, or holds an id twice.
    """
    return parsed(path, raw(path), model, id_of=id_of)


def raw(path: Path, each: str = "一个 JSON 对象") -> Iterator[tuple[int, bytes]]:
    """`(line number from 1, line)` without blank lines and the mark of UTF-8. The file is opened once: it may be a pipe.

    `each`: what a line should be, said of one that is too long.
    """
    number = 0
    try:
        with contextlib.nullcontext(sys.stdin.buffer) if str(path) == "-" else path.open("rb") as file:
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    raise Refusal(f"{called(path)} 第 {number} 行超过 {LONGEST_LINE >> 20} MB，应为每行{each}。")
                if number == 1:
                    line = line.removeprefix(b"\xef\xbb\xbf")
                if line.strip():
                    yield number, line
    except OSError as problem:
        raise unreadable(path, problem) from None


def parsed(
    path: Path,
    there: Iterable[tuple[int, bytes]],
    model: type[Row],
    *,
    id_of: Callable[[Row], object] | None = None,
) -> Iterator[tuple[int, Row]]:
    """`rows` from the lines of `raw`."""
    seen: dict[object, int] = {}
    found = False
    for number, line in there:
        where = f"{called(path)} 第 {number} 行"
        try:
            line.decode()
            row = model.model_validate_json(line)
        except UnicodeDecodeError:
            raise Refusal(f"{where}不是 UTF-8 文字，请另存为 UTF-8 编码。") from None
        except ValidationError as wrong:
            raise Refusal(f"{where}：{explain(wrong)}。") from None
        if id_of is not None:
            name = id_of(row)
            if name in seen:
                raise Refusal(f"{where}：编号“{name}”在第 {seen[name]} 行已经有了，编号不能重复。")
            seen[name] = number
        found = True
        yield number, row
    if not found:
        raise Refusal(f"{called(path)} 是空的，至少要有一行。")


def dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(", ", ": "))


def writable(target: Path) -> None:
    """Raises `Refusal` now rather than after a long computation."""
    if str(target) == "-":
        return
    if target.is_dir():
        raise Refusal(f"{target} 是文件夹，请写出文件名。")
    if not target.absolute().parent.is_dir():
        raise Refusal(f"没有这个文件夹，写不了 {target}")


def write(target: Path, lines: Iterable[str]) -> None:
    """Each line with a line end; the file appears whole or not at all. `-` is standard output."""
    if str(target) == "-":
        for line in lines:
            sys.stdout.write(line + "\n")
        return
    writable(target)
    try:
        if target.exists() and not target.is_file():  # a pipe or a device: what stands in its place would not be it
            with target.open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(line + "\n" for line in lines)
            return
        target = target.resolve()  # a link stays a link
        handle, beside = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.absolute().parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                for line in lines:
                    file.write(line + "\n")
            os.chmod(beside, 0o666 & ~_umask())
            os.replace(beside, target)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
    except OSError as problem:
        raise Refusal(f"写不了 {target}：{problem.strerror or problem}") from None


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Schemas(argparse.Action):
    """``--schema``: print the JSON Schemas of the command's files, by file, and stop."""

    def __init__(self, option_strings: list[str], dest: str, *, models: Mapping[str, Any]) -> None:
        super().__init__(option_strings, argparse.SUPPRESS, nargs=0, help="打印输入、输出文件的 JSON Schema")
        self.models = models

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        schemas = {
            name: model if isinstance(model, dict) else model.model_json_schema() for name, model in self.models.items()
        }
        print(json.dumps(schemas, ensure_ascii=False, indent=2))
        parser.exit(DONE)


def schema_option(parser: argparse.ArgumentParser, **models: Any) -> None:
    """`models`: file (`queries`, `out`, …) → pydantic model of a line, or a ready schema (for CSV: of its columns)."""
    parser.add_argument("--schema", action=Schemas, models=models)


class Watch:
    """CPU and wall seconds since the start (child processes included) and the peak of memory, for the closing line."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), _cpu()

    def seconds(self) -> float:
        return time.perf_counter() - self.wall

    def cpu_seconds(self) -> float:
        return _cpu() - self.cpu

    @staticmethod
    def peak_mib() -> float:
        """Peak memory of this process in MiB. From the kernel's own figure: ``ru_maxrss`` survives the exec of a parent."""
        with contextlib.suppress(OSError):
            if found := re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text()):
                return int(found[1]) / 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _cpu() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


class Bar:
    """A progress bar on standard error; nothing where nobody watches.

    >>> with Bar("正在建索引") as told:
    ...     told(3, 10)  # 3 of 10 are done; an engine calls it with growing figures
    """

    def __init__(self, says: str) -> None:
        self.says = says
        self.bar: Any = None
        self.line: Any = None

    def __enter__(self) -> Callable[[int, int], None]:
        return self._told

    def _told(self, done: int, total: int) -> None:
        if self.bar is None:
            if not sys.stderr.isatty():
                return
            from rich import progress
            from rich.console import Console  # only where somebody watches

            self.bar = progress.Progress(console=Console(stderr=True), transient=True)
            self.bar.__enter__()
            self.line = self.bar.add_task(self.says, total=total)
        self.bar.update(self.line, completed=done, total=total)

    def __exit__(self, *error: object) -> None:
        if self.bar is not None:
            self.bar.__exit__(*error)
