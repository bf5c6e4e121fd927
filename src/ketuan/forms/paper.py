"""A paper as a tree of fields: the one description from which it is written, read, judged and shown.

:func:`paper` walks a model once and caches the result. An :class:`Edition` carries what a call changes about the printed
paper (limits, choices, year) without touching the model.
"""

from __future__ import annotations

import functools
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from ketuan.forms.fields import Kind, Shape, Spec, spec_of

_WITHIN = {Kind.PART, Kind.TABLE, Kind.ANNEX}


@dataclass(frozen=True, slots=True)
class Edition:
    """What a call prints differently from the model: ``limits`` and ``choices`` by path (``personnel.*.name``)."""

    year: int = 2024
    limits: tuple[tuple[str, int], ...] = ()
    choices: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @staticmethod
    def of(year: int, limits: Mapping[str, int], choices: Mapping[str, typing.Sequence[str]]) -> Edition:
        return Edition(year, tuple(sorted(limits.items())), tuple(sorted((k, tuple(v)) for k, v in choices.items())))


PRINTED = Edition()
"""The paper exactly as the model has it."""


@dataclass(frozen=True, slots=True)
class Node:
    """A field, a part or a table. ``path`` is dotted; ``*`` stands for the number of a row (``personnel.*.name``)."""

    path: str
    name: str
    spec: Spec
    children: tuple[Node, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.spec.kind

    def leaves(self) -> Iterator[Node]:
        """The fields below (or this one), parts and tables opened, in printed order."""
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()

    def child(self, name: str) -> Node:
        return next(c for c in self.children if c.name == name)


@dataclass(frozen=True, slots=True)
class Section:
    """A numbered section: “三、立项依据和目的（200字以内）”."""

    number: str
    title: str
    note: str
    nodes: tuple[Node, ...] = ()
    text: str = ""
    """Printed text of a section without fields."""

    @property
    def heading(self) -> str:
        return f"{self.number}、{self.title}{self.note}" if self.number else self.title


@dataclass(frozen=True, slots=True)
class Paper:
    model: type[BaseModel]
    edition: Edition
    cover: Node | None
    sections: tuple[Section, ...]
    annexes: tuple[Node, ...]
    nodes: Mapping[str, Node] = field(repr=False)
    """Every node by its path."""

    def leaves(self) -> Iterator[Node]:
        for top in self.tops():
            yield from top.leaves()

    def tops(self) -> Iterator[Node]:
        if self.cover:
            yield self.cover
        for section in self.sections:
            yield from section.nodes
        yield from self.annexes

    def node(self, path: str) -> Node | None:
        """The node of a path with or without row numbers."""
        return self.nodes.get(generic(path))

    def mirrors(self) -> Iterator[Node]:
        """Fields that the cover prints a second time."""
        return (n for n in self.leaves() if n.spec.also_at)

    def place(self, path: str) -> str:
        """Where a field stands, for people: “八、项目负责人及主要参加人员 · 第4行 · 联系方式”."""
        return _place(self, path)


def generic(path: str) -> str:
    """``personnel.3.name`` → ``personnel.*.name``."""
    return ".".join("*" if step.isdigit() else step for step in path.split("."))


def blank(value: object) -> bool:
    """True for what an empty cell gives: no text, no amount, no date, no tick. Zero is an amount."""
    return value is None or value == "" or value == []


def value_at(form: BaseModel, path: str) -> Any:
    """The value at ``path``; LookupError where the form has no such field or row."""
    value: Any = form
    for step in path.split("."):
        if isinstance(value, list):
            value = value[int(step)]
        elif step in type(value).model_fields:
            value = getattr(value, step)
        else:
            raise LookupError(path)
    return value


@functools.lru_cache(maxsize=32)
def paper(model: type[BaseModel], edition: Edition = PRINTED) -> Paper:
    """The tree of ``model`` under ``edition``."""
    limits, choices = dict(edition.limits), dict(edition.choices)

    def grow(model: type[BaseModel], prefix: str) -> tuple[Node, ...]:
        grown = []
        for name, info in model.model_fields.items():
            path = f"{prefix}{name}"
            spec = spec_of(info)
            changed: dict[str, Any] = {}
            if path in limits:
                changed["limit"] = limits[path]
            if path in choices:
                changed["choices"] = choices[path]
            if "{year}" in spec.hint:
                changed["hint"] = spec.hint.format(year=edition.year)
            spec = replace(spec, **changed) if changed else spec
            below: tuple[Node, ...] = ()
            if spec.kind in _WITHIN:
                step = "" if spec.kind is Kind.PART else "*."
                below = grow(model_of(info.annotation), f"{path}.{step}")
            grown.append(Node(path, name, spec, below))
        return tuple(grown)

    tops = grow(model, "")
    cover = next((n for n in tops if n.spec.shape is Shape.COVER), None)
    annexes = tuple(n for n in tops if n.kind is Kind.ANNEX)
    sections: list[Section] = []
    for node in tops:
        if node is cover or node in annexes:
            continue
        spec = node.spec
        if sections and spec.section in ("", sections[-1].number):
            sections[-1] = replace(sections[-1], nodes=(*sections[-1].nodes, node))
        else:
            title, note = (spec.title, "") if spec.title else (spec.label, spec.note.format(limit=spec.limit))
            sections.append(Section(spec.section, title, note, (node,)))
    for static in getattr(model, "closing", ()):
        sections.append(Section(static.number, static.title, "", (), static.text))

    def every(nodes: tuple[Node, ...]) -> Iterator[Node]:
        for node in nodes:
            yield node
            yield from every(node.children)

    return Paper(model, edition, cover, tuple(sections), annexes, {n.path: n for n in every(tops)})


def model_of(annotation: Any) -> type[BaseModel]:
    """The model inside ``Model``, ``list[Model]`` or ``Annotated[list[Model], …]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in typing.get_args(annotation):
        try:
            return model_of(inner)
        except TypeError:
            continue
    raise TypeError(f"no model in {annotation!r}")


def _place(tree: Paper, path: str) -> str:
    steps: list[str] = []
    known = ""
    for step in path.split("."):
        known = f"{known}.{step}" if known else step
        node = tree.node(known)
        if step.isdigit():
            parent = tree.node(known.rpartition(".")[0])
            steps.append(f"第{int(step) + 1}{'张表' if parent and parent.kind is Kind.ANNEX else '行'}")
        elif node is None:
            break
        elif not steps:
            section = next((s for s in tree.sections if node in s.nodes), None)
            if section and section.number:
                steps.append(f"{section.number}、{section.title}")
            if section is None or node.kind not in _WITHIN | {Kind.WORDS}:
                steps.append(node.spec.label)
            elif node.spec.shape is Shape.PERSON:
                steps.append(node.spec.label)
        elif node.kind not in _WITHIN or node.spec.label:
            steps.append(node.spec.label.replace("\n", "") or "姓名")
    return " · ".join(steps)
