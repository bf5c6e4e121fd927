"""The result as one page: a single file that asks nothing of any server, reads on a phone, and prints.

Everything a stranger wrote passes `digest.clean` and Jinja's autoescape; a Content-Security-Policy that allows only our own style and
script by their hashes stands behind both.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from .blocks import Block, blocks, merged
from .digest import ADVICE, KINDS, MEANINGS, STATES, WEIGHTS, Digest, Finding, cited, digest, finder, letter, spoken

if TYPE_CHECKING:
    from jinja2 import Template

FEW = 12  # up to so many forms lie open on the page; of more, the reader opens those that matter, and the ready ones are listed apart
WHOLE = 200  # up to so many forms are shown cell by cell; of more, only the short cells, or a browser would suffer
LONG = 60  # a cell longer than this is a text and not a datum


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One section of the paper: its cells, then its tables."""

    label: str
    rows: list[tuple[str, str]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Bar:
    """One stretch of a bar, in percent of the whole width."""

    weight: str
    start: float
    width: float


def page(
    result: Mapping[str, Any],
    *,
    clauses: Mapping[str, str],
    made_on: date | None,
    labels: Mapping[str, str] | Callable[[str], str] | None = None,
) -> str:
    """The whole report as one HTML document. `labels` gives the printed label of a path; a path nobody knows shows as it is."""
    seen, label = digest(result), finder(labels)

    def mended(findings: list[Finding]) -> list[Block]:
        return blocks(findings, clauses, {f.path: label(f.path) for f in findings if not f.place})

    style, script = _asset("page.css"), _asset("page.js")
    readable = [paper for paper in seen.papers if paper.state != "unreadable"]
    return _template().render(
        seen=seen,
        readable=readable,
        ready=[paper for paper in seen.papers if paper.state == "ready"],
        unreadable=[paper for paper in seen.papers if paper.state == "unreadable"],
        anchors={paper.file: f"f{paper.number}" for paper in seen.papers},
        names={paper.file: paper.name for paper in seen.papers},
        bars=_bars(seen),
        states=_states(seen),
        parts=lambda form: list(parts(form, label, brief=len(readable) > WHOLE)),
        brief=len(readable) > WHOLE,
        opened=len(readable) <= FEW,
        label=label,
        blocks=mended,
        merged=merged,
        letter=letter,
        cited=lambda clause: cited(clause, clauses),
        made_on=spoken(made_on),
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'",
        WEIGHTS=WEIGHTS,
        MEANINGS=MEANINGS,
        STATES=STATES,
        KINDS=KINDS,
        ADVICE=ADVICE,
    )


def parts(form: Mapping[str, Any], label: Callable[[str], str], *, brief: bool = False) -> Iterator[Part]:
    """The form section by section, in its own order. `brief` leaves out long texts and tables."""
    for key, value in form.items():
        name = label(key) or key
        if _is_table(value):
            if len(value[0]) > 6:  # one sheet of paper a row: the problem tables
                for number, row in enumerate(value, 1):
                    yield _part(
                        f"{name}（{number}）" if len(value) > 1 else name, f"{key}.{number - 1}", row, label, brief
                    )
            elif not brief:
                yield Part(name, tables=[_table("", key, value, label)])
        elif isinstance(value, Mapping):
            yield _part(name, key, value, label, brief)
        elif not (brief and len(_cell(value)) > LONG):
            yield Part(name, rows=[("", _cell(value))])


def _part(name: str, path: str, value: Mapping[str, Any], label: Callable[[str], str], brief: bool) -> Part:
    part = Part(name)
    _fill(part, path, value, label, "", brief)
    return part


def _fill(
    part: Part, path: str, value: Mapping[str, Any], label: Callable[[str], str], before: str, brief: bool
) -> None:
    for key, cell in value.items():
        here = f"{path}.{key}"
        name = before + (label(here) or here)
        if isinstance(cell, Mapping):
            _fill(part, here, cell, label, f"{name} · " if label(here) else before, brief)
        elif _is_table(cell):
            if not brief:
                part.tables.append(_table(name, here, cell, label))
        elif not (brief and len(_cell(cell)) > LONG):
            part.rows.append((name, _cell(cell)))


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, Mapping) for row in value)


def _table(caption: str, path: str, rows: list[Mapping[str, Any]], label: Callable[[str], str]) -> Table:
    keys = list(rows[0])
    return Table(
        caption,
        tuple(label(f"{path}.0.{key}") or key for key in keys),
        tuple(tuple(_cell(row.get(key)) for key in keys) for row in rows),
        tuple(any(isinstance(row.get(key), int | float) for row in rows) for key in keys),
    )


def _cell(value: object) -> str:
    return "、".join(map(spoken, value)) if isinstance(value, list) else spoken(value)


def _bars(seen: Digest) -> list[tuple[str, Mapping[str, int], list[Bar]]]:
    """Group, its counts by weight, and its bar; the longest bar fills the width."""
    groups = seen.by_group
    most = max((sum(counts.values()) for _, counts in groups), default=1)
    return [(name, counts, _stretches(counts, WEIGHTS, most)) for name, counts in groups]


def _states(seen: Digest) -> list[Bar]:
    return _stretches(seen.states, STATES, len(seen.papers) or 1)


def _stretches(counts: Mapping[str, int], order: Mapping[str, str], whole: int) -> list[Bar]:
    bars, at = [], 0
    for key in order:
        if count := counts.get(key, 0):
            bars.append(Bar(key, round(100 * at / whole, 3), round(100 * count / whole, 3)))
            at += count
    return bars


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    return (files(__package__) / "templates" / name).read_text("utf-8").strip()


@cache
def _template() -> Template:
    from jinja2 import Environment, PackageLoader, StrictUndefined  # inline: only who asks for a page pays for Jinja

    loader = PackageLoader(__package__, "templates")
    return Environment(
        autoescape=True, loader=loader, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    ).get_template("page.html.jinja")
