"""How fast is ``ketuan check``: 1,000 forms, measured against the least that any reader must do with the same files.

    python bench/checker.py [--forms 1000] [--repeat 3] [--folder FORMS]

Everything runs in processes of its own and in turns, so that a busy machine slows all of it alike; CPU time is user and
system time of whole processes with their children, and medians of the repetitions are shown. docs/developers/speed.md
says what the lines mean and keeps the last table.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

ROOT = Path(__file__).resolve().parents[1]
STAGES = ("package", "markup", "walk", "assemble", "model", "rules", "dump")
SLOW = 10
"""python-docx opens one file in so many: it is too slow for all of them."""
SIZES = (0.1, 0.3, 1.0)
"""Shares of the forms for which memory is shown."""

Made = TypeVar("Made")


# ---- what is measured, each in a process of its own --------------------------------------------------------------------


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.docx"))


def floor(folder: Path) -> None:
    """Floor 1: unzip the main part of each file and parse it."""
    from lxml import etree

    for file in _files(folder):
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
            etree.fromstring(archive.read("word/document.xml"))


def every_part(folder: Path) -> None:
    """Floor 2: unzip every entry and parse every XML part."""
    from lxml import etree

    for file in _files(folder):
        with zipfile.ZipFile(io.BytesIO(file.read_bytes())) as archive:
            for name in archive.namelist():
                content = archive.read(name)
                if name.endswith((".xml", ".rels")):
                    etree.fromstring(content)


def python_docx(folder: Path) -> None:
    """Opening with python-docx, nothing read."""
    from docx import Document

    for file in _files(folder)[::SLOW]:
        Document(str(file))


def stages(folder: Path) -> dict[str, float]:
    """Milliseconds a form for each stage of reading and judging, and for the floor, taken form by form in turns."""
    from lxml import etree

    from ketuan.documents.reading import _plan
    from ketuan.documents.reading.assemble import Assembler
    from ketuan.documents.reading.markup import blocks
    from ketuan.documents.reading.package import main_part
    from ketuan.documents.reading.walk import walk
    from ketuan.forms.application import Application
    from ketuan.forms.remarks import Reading
    from ketuan.rules.call import load
    from ketuan.rules.checking import check

    call = load("2024")
    plan = _plan(Application, call.edition())
    spent = dict.fromkeys(("floor", *STAGES), 0.0)

    def timed(stage: str, work: Callable[[], Made]) -> Made:
        before = time.process_time()
        made = work()
        spent[stage] += time.process_time() - before
        return made

    def bare(data: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            etree.fromstring(archive.read("word/document.xml"))

    files = _files(folder)
    for at, file in enumerate([*files[:10], *files]):
        if at == 10:  # the first ten have warmed the caches
            spent = dict.fromkeys(spent, 0.0)
        data = file.read_bytes()
        timed("floor", lambda d=data: bare(d))  # type: ignore[misc]
        part = timed("package", lambda d=data: main_part(d))  # type: ignore[misc]
        found = timed("markup", lambda p=part: blocks(p))  # type: ignore[misc]
        raw = timed("walk", lambda f=found: walk(f, plan))  # type: ignore[misc]
        assembler = timed("assemble", lambda r=raw: Assembler(r, plan))  # type: ignore[misc]
        values = timed("assemble", assembler.data)
        form = timed("model", lambda v=values: Application.model_validate(v))  # type: ignore[misc]
        reading = Reading(form, tuple(assembler.remarks), raw.places)
        timed("rules", lambda r=reading: check(r, call))  # type: ignore[misc]
        timed("dump", form.model_dump_json)
    return {stage: 1000 * seconds / len(files) for stage, seconds in spent.items()}


def portfolio(result: Path) -> dict[str, float]:
    """Seconds for the portfolio rules alone, on the forms that ``ketuan check`` has read."""
    from ketuan.cli.check import alike_for
    from ketuan.forms.application import Application
    from ketuan.rules.call import load
    from ketuan.rules.checking import Entry, check_portfolio

    call = load("2024")
    read = json.loads(result.read_text(encoding="utf-8"))["files"]
    entries = [Entry(f["file"], Application.model_validate_json(json.dumps(f["form"]))) for f in read if f["form"]]
    before = time.process_time()
    findings = check_portfolio(entries, call, alike=alike_for(call))
    return {"seconds": time.process_time() - before, "findings": len(findings), "forms": len(entries)}


MEASURES: dict[str, Callable[[Path], Any]] = {
    "floor": floor,
    "every-part": every_part,
    "python-docx": python_docx,
    "stages": stages,
    "portfolio": portfolio,
}


# ---- processes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Cost:
    """What a process and its children took; ``memory`` is the largest of them."""

    cpu: float
    wall: float
    memory: float
    said: Any = None


def run(arguments: Sequence[str]) -> Cost:
    path = os.pathsep.join(p for p in (str(ROOT / "src"), os.environ.get("PYTHONPATH", "")) if p)
    with tempfile.TemporaryFile() as out:
        before = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, *arguments], stdout=out, stdin=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": path}
        )
        _, status, used = os.wait4(process.pid, 0)  # the process with all of its children that it waited for
        wall = time.monotonic() - before
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(arguments)}: exit status {process.returncode}\n{text[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, text)


def measured(name: str, target: Path) -> Cost:
    cost = run([__file__, "--measure", name, str(target)])
    return Cost(cost.cpu, cost.wall, cost.memory, json.loads(cost.said))


def checked(folder: Path, result: Path) -> Cost:
    return run(["-m", "ketuan", "check", str(folder), "--json", str(result)])


def middle(costs: Sequence[Cost]) -> Cost:
    return Cost(
        statistics.median(c.cpu for c in costs),
        statistics.median(c.wall for c in costs),
        statistics.median(c.memory for c in costs),
    )


# ---- the table ---------------------------------------------------------------------------------------------------------


def bench(folder: Path, repeat: int) -> Iterator[str]:
    files = _files(folder)
    count = len(files)
    costs: dict[str, list[Cost]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        result = Path(scratch, "result.json")
        for _ in range(repeat):
            costs.setdefault("check", []).append(checked(folder, result))
            for name in MEASURES:
                costs.setdefault(name, []).append(measured(name, result if name == "portfolio" else folder))
        memory = dict(_memory(files, Path(scratch)))
    cost = {name: middle(of) for name, of in costs.items()}
    a, b, d = cost["floor"], cost["every-part"], cost["check"]
    yield f"{count} forms, {repeat} repetitions, medians; {len(os.sched_getaffinity(0))} cores, Python {platform.python_version()}"
    yield ""
    yield "| what | CPU s | wall s | largest process MB | CPU ms a form | times floor 1 |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: |"
    lines = (
        ("a. floor 1: unzip and parse the main part", a, 1),
        ("b. floor 2: unzip and parse every part", b, 1),
        (f"c. python-docx opens one file in {SLOW}", cost["python-docx"], SLOW),
        ("d. ketuan check --json", d, 1),
    )
    for name, one, share in lines:
        each = 1000 * one.cpu * share / count
        times = one.cpu * share / a.cpu
        yield f"| {name} | {one.cpu:.2f} | {one.wall:.2f} | {one.memory:.0f} | {each:.2f} | {times:.2f} |"
    yield ""
    told: list[dict[str, float]] = [c.said for c in costs["stages"]]
    each_stage = {s: statistics.median(t[s] for t in told) for s in told[0]}
    read = [s for s in STAGES if s != "dump"]
    ratio = statistics.median(sum(t[s] for s in read) / t["floor"] for t in told)
    yield "| e. one process, ms a form | floor 1 | " + " | ".join(STAGES) + " | sum without dump |"
    yield "| --- |" + " ---: |" * (len(STAGES) + 2)
    shown = [each_stage["floor"], *(each_stage[s] for s in STAGES), sum(each_stage[s] for s in read)]
    yield "| | " + " | ".join(f"{value:.2f}" for value in shown) + " |"
    yield ""
    across: list[dict[str, float]] = [c.said for c in costs["portfolio"]]
    seconds = statistics.median(t["seconds"] for t in across)
    yield f"d/a {d.cpu / a.cpu:.2f}   e/a {ratio:.2f}   d/b {d.cpu / b.cpu:.2f}"
    yield (
        f"f. portfolio rules: {seconds:.2f} s for {across[0]['forms']} forms, {across[0]['findings']} findings; "
        f"largest process {cost['portfolio'].memory:.0f} MB"
    )
    yield "memory of d, largest process: " + ", ".join(f"{n} forms {mb:.0f} MB" for n, mb in memory.items())


def _memory(files: list[Path], scratch: Path) -> Iterator[tuple[int, float]]:
    for share in SIZES:
        count = round(len(files) * share)
        folder = scratch / str(count)
        folder.mkdir()
        for file in files[:count]:
            (folder / file.name).symlink_to(file.resolve())
        yield count, checked(folder, scratch / "some.json").memory


def main() -> None:
    parser = argparse.ArgumentParser(description="ketuan check against the floor, on the same files.")
    parser.add_argument("--forms", type=int, default=1000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--folder", type=Path, help="keep the forms here, and use those that are there already")
    parser.add_argument("--measure", nargs=2, metavar=("NAME", "PATH"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.measure:
        name, target = args.measure
        print(json.dumps(MEASURES[name](Path(target))))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = args.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if len(_files(folder)) != args.forms:
            if _files(folder):
                raise SystemExit(f"{folder} holds {len(_files(folder))} forms, not {args.forms}")
            run([str(ROOT / "bench" / "societies.py"), str(folder), str(args.forms)])
        for line in bench(folder, args.repeat):
            print(line, flush=True)


if __name__ == "__main__":
    main()
