"""How one field is written down, once.

A field of a paper is declared by one call (``text("单位名称")``, ``words("立项依据和目的", 200, …)``). The call puts a
:class:`Spec` into the pydantic field; the Word writer, the Word reader, the PDF, the JSON Schema, the pages and the
rules on length and completeness all read that ``Spec`` and nothing else, so a new field appears in all of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, ValidationInfo, WithJsonSchema
from pydantic.fields import FieldInfo

from ketuan.forms.money import fen_of, wan_of


class Kind(StrEnum):
    """What a value is: decides how it is read, written, judged and shown."""

    TEXT = "text"
    WORDS = "words"  # running text with a limit in 字
    CODE = "code"  # letters and digits; width does not matter
    MOBILE = "mobile"
    PHONE = "phone"
    EMAIL = "email"
    CONTACT = "contact"  # a telephone number or an e-mail address
    MONEY = "money"
    DAY = "day"
    TICKS = "ticks"
    NAMES = "names"  # several names in one cell
    PROVINCES = "provinces"
    PART = "part"  # a model of its own
    TABLE = "table"  # rows of a model, under one header
    ANNEX = "annex"  # copies of a model, each a table of its own


class Shape(StrEnum):
    """How the fields of a part stand on paper."""

    COVER = "cover"  # label and value, line by line, before the first section
    CELLS = "cells"  # label cell and value cell
    PERSON = "person"  # cells under a name that labels the whole person
    SENTENCE = "sentence"  # blanks in running text, then tables


@dataclass(frozen=True, slots=True)
class Spec:
    """One field as printed."""

    label: str
    kind: Kind = Kind.TEXT
    section: str = ""
    """Number of the section that the field stands in (“一”); on an essay also its heading."""
    title: str = ""
    """Title of the section, on the first field of it; empty: the field's label is the title."""
    hint: str = ""
    """What the empty form prints into the cell. It is never part of the value."""
    limit: int | None = None
    """字 of a text, rows of a table."""
    note: str = ""
    """Printed behind the label or the heading; ``{limit}`` stands for the limit."""
    choices: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    """Choices that begin a printed line, where several stand on one; empty: a line each."""
    other: str = ""
    """On ticks: name of the sibling field that takes what is written behind 其他."""
    behind: str = ""
    """On that sibling: name of the ticks it stands behind."""
    unit: str = ""
    required: bool = True
    rule: str = ""
    """Rule that judges an empty value in place of form.complete."""
    row: str = ""
    """Cells of one name stand in one printed row."""
    frame: str = ""
    """Label printed in front of the labels of several neighbouring fields."""
    before: str = ""
    after: str = ""
    """Words around the blank, where the field stands in a sentence."""
    width: int = 0
    """Share of the table's width, in twelfths of the page, of a table column; on a part, of its labels."""
    also: tuple[str, ...] = ()
    """Other labels under which people print the same field."""
    apart: tuple[str, ...] = ()
    """Labels of a column of its own, where people part what the paper prints in one (start and end of a stage)."""
    also_at: str = ""
    """Label on the cover under which the same value is printed once more."""
    shape: Shape = Shape.CELLS
    one_line: bool = False
    """A name: never broken into lines."""
    loose: bool = False
    """A date that may as well be told in words (“12个月”, “2025年底”)."""
    until: bool = False
    """A date that ends something: a month alone means its last day."""
    numbered: bool = False
    """Rows carry 序号."""
    blanks: int = 5
    """Numbered rows that the empty form prints."""
    starters: tuple[str, ...] = ()
    """First cells that the empty form prints into the rows of a table (“第一阶段”)."""
    caption: str = ""
    """Line printed over a table."""

    @property
    def heading(self) -> str:
        """Label with its note, the limit filled in: “申报单位简介（200字以内）”."""
        return self.label + self.note.format(limit=self.limit)


_DEFAULTS = {f.name: f.default for f in fields(Spec)}


def spec_of(info: FieldInfo) -> Spec:
    """The Spec that a declaration put into a pydantic field; TypeError where a field was declared without one."""
    extra = info.json_schema_extra
    if not isinstance(extra, dict) or "x-ketuan" not in extra:
        raise TypeError("a field of a paper is declared through ketuan.forms.fields")
    raw: dict[str, Any] = dict(extra["x-ketuan"])  # type: ignore[arg-type]
    for name in ("choices", "breaks", "also", "starters"):
        raw[name] = tuple(raw.get(name, ()))
    raw["kind"] = Kind(raw["kind"])
    raw["shape"] = Shape(raw.get("shape", Shape.CELLS))
    return Spec(**raw)


def declare(spec: Spec, default: Any = "", **more: Any) -> Any:
    """A pydantic field carrying ``spec``; the schema shows what differs from an ordinary text field."""
    shown = {k: v for k, v in asdict(spec).items() if v != _DEFAULTS.get(k) or k == "kind"}
    shown = {
        k: list(v) if isinstance(v, tuple) else (v.value if isinstance(v, StrEnum) else v) for k, v in shown.items()
    }
    if isinstance(default, list):
        more["default_factory"] = list
    elif isinstance(default, type):
        more["default_factory"] = default
    else:
        more["default"] = default
    return Field(title=spec.heading, description=spec.hint or None, json_schema_extra={"x-ketuan": shown}, **more)


# ---- types: blank inside, null outside -------------------------------------------------------------------------------


def _text(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n").strip()
    return value


def _money(value: object, info: ValidationInfo) -> object:
    """Amounts come as 分 from Python and as 万元 from JSON."""
    if value is None or value == "":
        return None
    if info.mode == "json":
        return fen_of(value)
    if type(value) is not int or value < 0:
        raise ValueError("金额在程序内以整数分表示，不得为负数")
    return value


def _listed(value: object) -> object:
    return [] if value is None else value


Text = Annotated[
    str,
    BeforeValidator(_text),
    PlainSerializer(lambda v: v or None, return_type=str | None, when_used="json"),
    WithJsonSchema({"type": ["string", "null"]}),
]
Money = Annotated[
    int | None,
    BeforeValidator(_money),
    PlainSerializer(lambda v: None if v is None else wan_of(v), return_type=float | None, when_used="json"),
    WithJsonSchema({"type": ["number", "null"], "minimum": 0, "description": "万元"}),
]
Day = Annotated[datetime.date | None, BeforeValidator(lambda v: None if v == "" else v)]
Names = Annotated[list[Text], BeforeValidator(_listed)]


# ---- declarations ----------------------------------------------------------------------------------------------------


def text(label: str, *, kind: Kind = Kind.TEXT, exclude_if: Callable[[str], bool] | None = None, **more: Any) -> Any:
    """A cell of short text; ``exclude_if`` keeps a value out of the JSON of the contract."""
    return declare(Spec(label, kind, **more), **({"exclude_if": exclude_if} if exclude_if else {}))


def words(label: str, limit: int, section: str = "", *, note: str = "（{limit}字以内）", **more: Any) -> Any:
    """Running text of at most ``limit`` 字; with a section number it is a section of its own."""
    return declare(Spec(label, Kind.WORDS, section, limit=limit, note=note, **more))


def essay(label: str, **more: Any) -> Any:
    """Running text without a limit."""
    return declare(Spec(label, Kind.WORDS, **more))


def money(label: str, **more: Any) -> Any:
    """An amount, printed in 万元."""
    return declare(Spec(label, Kind.MONEY, unit="万元", **more), None)


def day(label: str, **more: Any) -> Any:
    return declare(Spec(label, Kind.DAY, **more), None)


def ticks(label: str, choices: Sequence[str], **more: Any) -> Any:
    return declare(Spec(label, Kind.TICKS, choices=tuple(choices), **more), [])


def names(label: str, *, kind: Kind = Kind.NAMES, **more: Any) -> Any:
    return declare(Spec(label, kind, **more), [])


def part(label: str, model: type[BaseModel], *, shape: Shape = Shape.CELLS, **more: Any) -> Any:
    return declare(Spec(label, Kind.PART, shape=shape, **more), model)


def rows(label: str, **more: Any) -> Any:
    """A table: one row a model, under one header."""
    return declare(Spec(label, Kind.TABLE, **more), [])


def annex(label: str, **more: Any) -> Any:
    """Copies of a model, each printed as a table of its own behind the form."""
    return declare(Spec(label, Kind.ANNEX, **more), [])
