"""A call as pages to fill in, made from the model itself: what is added to :class:`ketuan.rules.call.Call` appears here.

A page is one table of the call file; a blank is one value in it, known by its steps (``project/grant/value``).
"""

from __future__ import annotations

import datetime
import re
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, BeforeValidator

from ketuan.forms.application import Application
from ketuan.forms.money import fen_of
from ketuan.forms.paper import paper
from ketuan.rules.call import Call, Entry, Setting
from ketuan.rules.publishing import shown_value

Shape = Literal["number", "share", "money", "day", "text", "lines", "yes_no", "choice"]
SPARE = 2
"""Empty rows at the end of a list that may grow."""
TITLES = {
    "call": "基本信息",
    "clauses": "条款",
    "project": "立项与经费",
    "applicant": "申报单位",
    "quota": "名额",
    "submission": "报送",
    "corps": "服务团人员",
    "liaison": "联络组",
    "problems": "难题",
    "service": "服务",
    "station": "服务站",
    "residency": "蹲点",
    "platform": "数字平台",
    "deliverables": "结项交付",
    "preference": "优先支持",
    "form": "申报书栏目",
    "covers": "方案要写到的内容",
    "settings": "未决事项",
    "likeness": "查重",
    "registry": "城市名册",
}
"""Table of the call file → its page; a table that is not here goes by its own name."""
NAMES = {
    "id": "代号",
    "year": "年度",
    "title": "项目名称",
    "number": "通知文号",
    "issuer": "发文单位",
    "issued": "发文日期",
    "value": "取值",
    "clause": "依据条款",
    "says": "要求（一句话）",
    "note": "为什么这样取",
    "name": "名称",
    "count": "至少几份",
    "most": "最多",
    "least": "最少",
    "patterns": "认得出的写法",
    "file": "名册文件",
    "demonstration": "示范市（区）",
    "pilot": "试点城市（园区）",
    "neither": "两者都不是",
}


def anchor(path: str) -> str:
    """Where an entry stands on its page: the id of its element."""
    return "e-" + "".join(c if c.isalnum() or c in "-_" else "-" for c in path)


@dataclass(frozen=True, slots=True)
class Blank:
    """One control of a page."""

    steps: tuple[str, ...]
    label: str
    shape: Shape
    typed: str
    choices: tuple[tuple[str, str], ...] = ()
    error: str = ""

    @property
    def name(self) -> str:
        return "/".join(self.steps)

    @property
    def path(self) -> str:
        return ".".join(self.steps)

    @property
    def anchor(self) -> str:
        return f"c-{anchor(self.path)}"


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of the call: its values, then the words around them."""

    path: str
    label: str
    clause: str
    values: tuple[Blank, ...]
    words: tuple[Blank, ...] = ()
    note: str = ""
    suggested: bool = False
    error: str = ""

    @property
    def wrong(self) -> bool:
        return bool(self.error) or self.words_wrong or any(blank.error for blank in self.values)

    @property
    def words_wrong(self) -> bool:
        return any(blank.error for blank in self.words)

    @property
    def anchor(self) -> str:
        """A row of a list is known by what stands in its first column, as the checklist knows it."""
        table, at, *_ = *self.values[0].steps, ""
        return anchor(f"{table}.{self.values[0].typed or at}" if at.isdigit() else self.path)


@dataclass(frozen=True, slots=True)
class Page:
    """One table of the call: entries, or rows that may grow (``columns`` are their headings)."""

    name: str
    title: str
    items: tuple[Item, ...]
    columns: tuple[str, ...] = ()
    rows: tuple[Item, ...] = ()


Typed = Mapping[str, str]
Wrong = Mapping[str, str]


def tables() -> dict[str, Any]:
    """Table of the call file → its annotation; the registry's rows come by upload and are no page."""
    return {info.alias or name: info.annotation for name, info in Call.model_fields.items() if name != "zones"}


def title_of(name: str) -> str:
    return TITLES.get(name, name)


def page_of(
    raw: Mapping[str, Any],
    name: str,
    *,
    typed: Typed | None = None,
    wrong: Wrong | None = None,
    suggested: Sequence[str] = (),
) -> Page:
    """A page as it stands in the tables, or as it was typed. KeyError for a table that a call does not have."""
    pen = _Pen(typed or {}, wrong or {}, frozenset(suggested))
    kind = tables()[name]
    held = raw.get(name)
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if name == "clauses":
        pairs = [{"id": key, "says": said} for key, said in (held or {}).items()]
        return pen.listed(name, ("id", "says"), pairs, {})
    if origin is tuple:
        fields = {key: info.annotation for key, info in inner[0].model_fields.items()}
        return pen.listed(name, tuple(fields), held or [], fields)
    return Page(name, title_of(name), tuple(pen.items(kind, held or {}, (name,))))


@dataclass(frozen=True, slots=True)
class _Pen:
    typed: Typed
    wrong: Wrong
    suggested: frozenset[str]

    def blank(self, steps: tuple[str, ...], label: str, kind: Any, value: Any, choices: Any = ()) -> Blank:
        shape = _shape(kind)
        name = "/".join(steps)
        text = self.typed.get(name, _text(value, shape))
        return Blank(steps, label, shape, text, choices or _choices(kind), self._told(".".join(steps)))

    def _told(self, path: str) -> str:
        below = (message for at, message in self.wrong.items() if at == path or at.startswith(f"{path}."))
        return next(below, "")

    def listed(self, name: str, columns: tuple[str, ...], rows: Sequence[Any], fields: Mapping[str, Any]) -> Page:
        sent = {int(key.split("/")[1]) for key in self.typed if key.startswith(f"{name}/")}
        many = max([len(rows) + SPARE, *(at + 1 for at in sent)])
        lines = []
        for at in range(many):
            row = rows[at] if at < len(rows) else {}
            path = f"{name}.{at}"
            blanks = tuple(
                self.blank((name, str(at), key), NAMES.get(key, key), fields.get(key, str), row.get(key))
                for key in columns
            )
            lines.append(
                Item(
                    path,
                    str(at + 1),
                    "",
                    blanks,
                    suggested=f"{name}.{row.get('id')}" in self.suggested,
                    error=self.wrong.get(path, ""),
                )
            )
        return Page(name, title_of(name), (), tuple(NAMES.get(key, key) for key in columns), tuple(lines))

    def items(self, kind: Any, held: Any, steps: tuple[str, ...]) -> Iterator[Item]:
        """Entries below a table, in the order of the model."""
        origin, inner = typing.get_origin(kind), typing.get_args(kind)
        if isinstance(kind, type) and issubclass(kind, Entry):
            yield self.entry(kind, held, steps)
        elif isinstance(kind, type) and issubclass(kind, BaseModel):
            for name, info in kind.model_fields.items():
                key = info.alias or name
                below = held.get(key) if isinstance(held, Mapping) else None
                yield from self.items(info.annotation, below if below is not None else {}, (*steps, key))
        elif origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            for key, below in (held or {}).items():
                yield from self.items(inner[1], below, (*steps, key))
        else:
            label = NAMES.get(steps[-1], steps[-1])
            value = None if held == {} else held
            path = ".".join(steps)
            yield Item(path, label, "", (self.blank(steps, label, kind, value),), suggested=path in self.suggested)

    def entry(self, kind: type[BaseModel], held: Mapping[str, Any], steps: tuple[str, ...]) -> Item:
        fields = kind.model_fields
        path = ".".join(steps)
        value_kind = _with(fields["value"].annotation, fields["value"].metadata)
        value, options = held.get("value"), tuple(held.get("options") or ())
        if isinstance(value_kind, type) and issubclass(value_kind, BaseModel):
            inside = value if isinstance(value, Mapping) else {}
            values = tuple(
                self.blank((*steps, "value", name), NAMES.get(name, name), info.annotation, inside.get(name))
                for name, info in value_kind.model_fields.items()
            )
        else:
            choices = tuple((one, shown_value(one, setting=True)) for one in options)
            values = (self.blank((*steps, "value"), "取值", value_kind, value, choices),)
        setting = issubclass(kind, Setting)
        names = ("clause", "says", *(("note",) if setting else ()))
        words = tuple(self.blank((*steps, name), NAMES[name], str, held.get(name)) for name in names)
        said = str(held.get("says") or steps[-1]).rstrip("。")
        label = f"{_place(steps[-1])}：{said}" if steps[:1] == ("form",) and steps[1:2] == ("choices",) else said
        return Item(
            path,
            label,
            str(held.get("clause") or ""),
            values,
            words,
            in_words(str(held.get("note") or ""), options),
            path in self.suggested,
            self.wrong.get(path, ""),
        )


def in_words(note: str, options: Sequence[str] = ()) -> str:
    """Why something is taken, without the codes by which the file names the choices."""
    said = note.replace("设为 false", "设为“否”").replace("设为 true", "设为“是”")
    for code in (*options, "false", "true"):
        said = re.sub(rf"（{code}）|\b{code}\b\s*[：为]?\s*", "", said)
    return said


def _place(path: str) -> str:
    """“problems.*.zone” → what the form prints there."""
    node = paper(Application).nodes.get(path)
    return node.spec.label if node else path


def _with(annotation: Any, metadata: Sequence[Any]) -> Any:
    return typing.Annotated[annotation, *metadata] if metadata else annotation


def _bare(kind: Any) -> tuple[Any, tuple[Any, ...]]:
    """The kind under its annotations (with ``None`` taken off), and these."""
    notes: tuple[Any, ...] = ()
    while True:
        if typing.get_origin(kind) is typing.Annotated:
            notes += kind.__metadata__
            kind = kind.__origin__
        elif typing.get_origin(kind) in (typing.Union, types.UnionType):
            kind = next(one for one in typing.get_args(kind) if one is not type(None))
        else:
            return kind, notes


def _shape(kind: Any) -> Shape:
    """How a value of this kind is written on a page."""
    kind, notes = _bare(kind)
    if any(isinstance(note, BeforeValidator) and note.func is fen_of for note in notes):
        return "money"
    if typing.get_origin(kind) is tuple:
        return "lines"
    if typing.get_origin(kind) is typing.Literal:
        return "choice"
    shapes: dict[Any, Shape] = {bool: "yes_no", int: "number", float: "share", datetime.date: "day"}
    return shapes.get(kind, "text")


def _choices(kind: Any) -> tuple[tuple[str, str], ...]:
    bare, _ = _bare(kind)
    if typing.get_origin(bare) is typing.Literal:
        return tuple((str(one), shown_value(one, setting=True)) for one in typing.get_args(bare))
    return (("true", "是"), ("false", "否")) if bare is bool else ()


def _text(value: Any, shape: Shape) -> str:
    """A value as a control shows it."""
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case list() | tuple():
            return "\n".join(str(one) for one in value)
    return str(value)


# ---- back from the page ----------------------------------------------------------------------------------------------


def with_page(raw: Mapping[str, Any], name: str, typed: Typed) -> dict[str, Any]:
    """The tables with a page as typed put in; whether they make a call is for ``rules.call.call_from`` to say."""
    page = page_of(raw, name, typed=typed)
    held: dict[str, Any] = {**raw}
    if page.columns:
        rows = [{blank.steps[-1]: value_of(blank) for blank in row.values} for row in page.rows]
        kept = [{k: v for k, v in row.items() if v is not None} for row in rows if any(v for v in row.values())]
        held[name] = {row.get("id", ""): row.get("says", "") for row in kept} if name == "clauses" else kept
        return held
    table = _copy(raw.get(name) or {})
    for item in page.items:
        for blank in (*item.values, *item.words):
            if blank.name in typed:
                _put(table, blank.steps[1:], value_of(blank))
    held[name] = table
    return held


def value_of(blank: Blank) -> Any:
    """What was typed, as the call file has it; text that is no such value stays text, so that the rules name it."""
    text = blank.typed.strip().replace("\r\n", "\n")
    match blank.shape:
        case "number" if text.isascii() and text.isdigit():
            return int(text)
        case "share" if _decimal(text):
            return float(text)
        case "lines":
            return [line.strip() for line in text.split("\n") if line.strip()]
        case "yes_no" if text in ("true", "false"):
            return text == "true"
        case "number" | "share" | "day" | "money" if not text:
            return None
    return text


def _decimal(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copy(below) for key, below in value.items()}
    return list(value) if isinstance(value, list | tuple) else value


def _put(table: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    *way, last = steps
    for step in way:
        if not isinstance(table.get(step), dict):
            table[step] = {}
        table = table[step]
    if value is None:
        table.pop(last, None)
    else:
        table[last] = value
