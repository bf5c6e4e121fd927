"""One file → what the check contract prints of it; many files → the same, in parallel and in order.

Every file has a time limit, and a worker that dies takes nothing with it but the file it died of.
"""

from __future__ import annotations

import contextlib
import gc
import itertools
import json
import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from typing import Any

from ketuan.cli.sources import Source
from ketuan.documents.errors import Unreadable
from ketuan.documents.reading import read
from ketuan.documents.reading.package import MAX_FILE
from ketuan.forms.remarks import Remark
from ketuan.forms.roster import Roster
from ketuan.rules.call import Call, load
from ketuan.rules.checking import check, marks_of

SECONDS = 10
"""A file that takes longer is unreadable. A form takes 5 milliseconds, an old .doc two seconds."""
SECONDS_DOC = 100
FEW = 6
"""So many files are read in this process: starting others would take longer."""
BATCH = 12
AHEAD = 3
"""Batches given out ahead of the one that is waited for, for each worker."""


@dataclass(frozen=True, slots=True)
class Task:
    """What a worker must know besides the file."""

    call: str
    roster: Roster | None = None
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A file's object of the check contract, in three pieces of JSON: what stands before the form, the form, the rest.

    ``form`` is None where the file is unreadable. ``marks`` say which society it is of.
    """

    head: str
    form: str | None
    tail: str
    title: str = ""
    society: str = ""
    marks: frozenset[str] = frozenset()
    blocks: bool = False

    @property
    def text(self) -> str:
        return f"{self.head}{self.form or 'null'}{self.tail}"

    @property
    def brief(self) -> str:
        """The same with no more of the form than its title and its society: enough to list it."""
        if self.form is None:
            return self.text
        form = {"cover": {"title": self.title or None}, "society": {"name": self.society or None}}
        return f"{self.head}{_dumps(form)}{self.tail}"


class _TooLong(BaseException):
    """Not an Exception, so that nothing on the way takes it for an error of the file."""


def judge(source: Source, task: Task) -> Judged:
    """Read one file and hold it against the rules; never raises for anything that is in the file."""
    seconds = SECONDS_DOC if source.path.suffix.lower() in (".doc", ".wps") else SECONDS
    try:
        with _limit(seconds):
            return _judged(source, task, _call(task.call))
    except Unreadable as reason:
        return unreadable(source.name, str(reason))
    except _TooLong:
        return unreadable(
            source.name, f"读了 {seconds} 秒仍未读完，已停止。请另存为 .docx、删去与申报书无关的内容后再交。"
        )
    except (MemoryError, RecursionError):
        return unreadable(source.name, "文件过大或嵌套过深，已停止读取。请另存为 .docx、删去与申报书无关的内容后再交。")
    except OSError as problem:
        return unreadable(source.name, _unopened(source, problem))
    except Exception as problem:  # a fault of ours must not stop the other files; its kind is told to whoever mends it
        where = f"{type(problem).__name__}: {problem}"[:200]
        return unreadable(source.name, f"程序没能读懂这个文件（{where}）。请另存为 .docx 再试，并把文件告知维护者。")


def _judged(source: Source, task: Task, call: Call) -> Judged:
    edition, paper = call.edition(), call.paper
    with source.path.open("rb") as file:
        reading = read(file.read(MAX_FILE + 1), edition=edition)  # not all of it: some files have no end
    roster = None
    if task.roster is not None:
        roster = task.roster.of(reading.form.cover.title, alone=task.alone)
        if not roster:
            said = Remark("roster", "名册中没有这个服务团的人员，请核对名册的“服务团名称”一列", task.roster.source)
            reading = replace(reading, remarks=(*reading.remarks, said))
    findings: list[dict[str, Any]] = []
    for finding in check(reading, call, roster=roster):
        stood = reading.place(finding.path)
        place = " · ".join(str(p) for p in (paper.place(finding.path), stood) if p)
        findings.append(
            {
                "rule": finding.rule,
                "weight": finding.weight,
                "clause": finding.clause,
                "path": finding.path,
                "message": finding.message,
                "found": finding.found,
                "wanted": finding.wanted,
                "fix": finding.fix,
                "place": place or None,
            }
        )
    remarks = [
        {"path": r.path, "place": str(r.place) if r.place else None, "message": r.message, "found": r.found}
        for r in reading.remarks
    ]
    form = reading.form
    return Judged(
        f'{{"file": {_dumps(source.name)}, "status": "read", "reason": null, "form": ',
        form.model_dump_json(),
        f', "findings": {_dumps(findings)}, "remarks": {_dumps(remarks)}}}',
        form.cover.title,
        form.society.name,
        marks_of(form),
        any(f["weight"] == "block" for f in findings),
    )


def _unopened(source: Source, problem: OSError) -> str:
    if source.path.is_dir():
        return "打不开这个文件夹，里面的申报书没有核对。请检查文件夹的读取权限后重试。"
    if isinstance(problem, FileNotFoundError):
        return "找不到这个文件，可能已被移走、改名，或是失效的链接。请确认后重试。"
    if isinstance(problem, PermissionError):
        return "没有读取这个文件的权限。请检查文件的权限，或先在其他程序中关闭它，然后重试。"
    return f"打不开文件（{problem.strerror or type(problem).__name__}）。请把文件复制到本机磁盘后重试。"


def unreadable(name: str, reason: str) -> Judged:
    head = f'{{"file": {_dumps(name)}, "status": "unreadable", "reason": {_dumps(reason)}, "form": '
    return Judged(head, None, ', "findings": [], "remarks": []}')


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


_calls: dict[str, Call] = {}


def _call(name: str) -> Call:
    if name not in _calls:
        _calls[name] = load(name)
    return _calls[name]


@contextlib.contextmanager
def _limit(seconds: int) -> Iterator[None]:
    """Stop what runs inside after ``seconds``; without effect where signals cannot be had."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: object) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds, 1)  # and again: an exception within a destructor is lost
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


# ---- many ------------------------------------------------------------------------------------------------------------


def judge_all(
    files: Sequence[Source], task: Task, *, progress: Callable[[int], None] = lambda done: None
) -> Iterator[Judged]:
    """Results in the order of ``files``, one after the other, so that nobody need hold them all.

    ``progress`` is told how many files were finished since it was last called.
    """
    if len(files) <= FEW or _workers() == 1:
        for file in files:
            yield judge(file, task)
            progress(1)
        return
    batches = [list(files[i : i + BATCH]) for i in range(0, len(files), BATCH)]
    with ProcessPoolExecutor(_workers(), mp_context=_context(), initializer=_start) as pool:
        waiting: deque[tuple[list[Source], Future[list[Judged]] | None]] = deque()
        ahead = iter(batches)
        for batch in itertools.islice(ahead, AHEAD * _workers()):
            waiting.append((batch, _submitted(pool, batch, task)))
        while waiting:
            batch, future = waiting.popleft()
            try:
                judged = future.result() if future else None
            except BrokenProcessPool:
                judged = None
            if judged is None:  # a worker died over one of these: each gets a process of its own
                for file in batch:
                    yield _alone(file, task, progress)
            else:
                progress(len(batch))
                yield from judged
            if (following := next(ahead, None)) is not None:
                waiting.append((following, _submitted(pool, following, task)))


def _submitted(pool: ProcessPoolExecutor, batch: list[Source], task: Task) -> Future[list[Judged]] | None:
    """None where the pool has lost a worker and takes no more."""
    try:
        return pool.submit(_batch, batch, task)
    except BrokenProcessPool:
        return None


def _alone(file: Source, task: Task, progress: Callable[[int], None]) -> Judged:
    with ProcessPoolExecutor(1, mp_context=_context(), initializer=_start) as pool:
        try:
            return pool.submit(judge, file, task).result()
        except BrokenProcessPool:
            return unreadable(
                file.name, "读取这个文件时程序被迫中止（内存不足或文件有害），其余文件不受影响。请另存为 .docx 再交。"
            )
        finally:
            progress(1)


def _start() -> None:
    """What a worker has from its parent lives as long as the worker: the collector need not look at it again.

    The parent's way of taking SIGTERM is not the worker's: a broken pool ends its workers by it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _batch(files: list[Source], task: Task) -> list[Judged]:
    return [judge(file, task) for file in files]


def _workers() -> int:
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:
        return os.cpu_count() or 1


def _context() -> multiprocessing.context.BaseContext:
    """Forking starts at once and shares what is loaded; where it cannot be had, fresh processes."""
    return multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
