"""The call of a year as data: every number, date, quota, limit and choice with the clause it comes from.

``call_of("2024")`` is the call shipped with the package, ``load(path)`` any other. A file that is wrong says in Chinese
what and where (:class:`CallError`). Money stands in 万元 in the file and in 分 here.
"""

from __future__ import annotations

import csv
import datetime
import functools
import importlib.resources
import re
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from ketuan.forms.application import Application
from ketuan.forms.money import fen_of
from ketuan.forms.paper import Edition, Paper, paper

Value = TypeVar("Value")


class CallError(ValueError):
    """A call file that is missing or wrong; the text says what and where, for the person who wrote it."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(Part, Generic[Value]):
    """One thing the call asks for: how much, by which clause, in a sentence of our own."""

    value: Value
    clause: str
    says: str = Field(min_length=1)


class Setting(Entry[Value], Generic[Value]):
    """A question that the call leaves open: what we take, what else could be taken, and why it is open."""

    options: tuple[str, ...] = ()
    note: str = Field(min_length=1)


class Range(Part):
    """From ``least`` to ``most``, both included."""

    least: int = Field(ge=0)
    most: int

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.most < self.least:
            raise ValueError("most 不能小于 least")
        return self

    def __contains__(self, number: int) -> bool:
        return self.least <= number <= self.most

    def __str__(self) -> str:
        return str(self.least) if self.least == self.most else f"{self.least}–{self.most}"


Number = Annotated[int, Field(ge=0, strict=True)]
Share = Annotated[float, Field(gt=0, le=1)]
Fen = Annotated[int, BeforeValidator(fen_of)]
Listed = Annotated[tuple[str, ...], Field(min_length=1)]
Day = datetime.date


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as wrong:
        raise ValueError(f"不是可用的正则表达式：{wrong}") from None
    return text


Pattern = Annotated[str, Field(min_length=1), BeforeValidator(_pattern)]


class About(Part):
    id: str
    year: Number
    title: str
    number: str
    issuer: str
    issued: Day


class Project(Part):
    awards: Entry[Number]
    grant: Entry[Fen]
    completion: Entry[Day]
    code: Entry[str]


class Applicant(Part):
    kind: Entry[str]
    penalty_years: Entry[Number]
    censure_years: Entry[Number]
    default_years: Entry[Number]
    commitments: Entry[Listed]


class Quota(Part):
    per_society: Entry[Number]
    distinct_from: Entry[Number]


class Submission(Part):
    deadline: Entry[Day]
    originals: Entry[Number]
    copies: Entry[Number]
    mail_subject: Entry[str]
    platform: Entry[str]
    papers: Entry[Listed]


class Corps(Part):
    people: Entry[Number]
    young_age: Entry[Number]
    young: Entry[Number]
    young_elite: Entry[Number]


class Liaison(Part):
    head: Entry[str]
    officers: Entry[Listed]


class Problems(Part):
    tables: Entry[Range]


class Service(Part):
    chains: Entry[Number]
    provinces: Entry[Range]
    forms: Entry[Listed]


class Station(Part):
    count: Entry[Range]


class Residency(Part):
    people: Entry[Range]
    days: Entry[Number]
    modes: Entry[Listed]


class Platform(Part):
    registration: Entry[str]
    upload: Entry[Listed]


class Deliverable(Part):
    id: str
    name: str
    count: Number
    most: Number | None = None
    clause: str
    says: str = Field(min_length=1)


class Preference(Part):
    areas: Entry[Listed]
    local: Entry[Listed]
    past: Entry[str]


class Title(Part):
    brand: Entry[str]
    tail: Entry[str]
    placeholder: Entry[Pattern]


class FormPart(Part):
    limits: Mapping[str, Entry[Number]]
    choices: Mapping[str, Entry[Listed]]
    other: Entry[str]
    title: Title


class Cover(Part):
    """Something that the requirements want to see in the plan, with the ways of writing it."""

    id: str
    name: str
    clause: str
    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]


class Settings(Part):
    age_day: Setting[Literal["deadline", "issued", "completion"]]
    leaders_count: Setting[bool]
    people_and_rows: Setting[Literal["separate", "table"]]
    lookback: Setting[Literal["deadline", "issued", "calendar"]]
    residency_days: Setting[Literal["total", "each"]]
    region_level: Setting[Literal["city", "province", "off"]]
    served_cells: Setting[Literal["key_cities", "key_and_other"]]
    count: Setting[Literal["word", "characters"]]
    count_margin: Setting[Number]
    other_text_may_be_empty: Setting[bool]
    paper_by: Setting[Literal["dispatch", "receipt"]]
    electronic_and_paper: Setting[Literal["both", "electronic"]]


class Likeness(Part):
    near_copy_problem: Entry[Share]
    near_title: Entry[Share]
    near_copy_content: Entry[Share]
    known: Entry[Listed]


class Kinds(Part):
    """Which choice of the form means which kind of place."""

    demonstration: str
    pilot: str
    neither: str


class Registry(Part):
    file: str
    complete: Setting[bool]
    day: Setting[Literal["deadline", "issued"]]
    kinds: Entry[Kinds]


class Zone(Part):
    """A row of the registry of demonstration and pilot cities, districts and parks (``data/README.md``)."""

    name: str
    division_code: str
    province: str = ""
    kind: Literal["pilot", "demonstration"]
    valid_from: Annotated[Day | None, BeforeValidator(lambda v: v or None)] = None
    valid_to: Annotated[Day | None, BeforeValidator(lambda v: v or None)] = None
    verified: Literal["yes", "partly", "no"]
    note: str = ""
    source: str = ""

    def holds_on(self, day: Day) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


class ClauseText(NamedTuple):
    id: str
    says: str


class Call(Part):
    """Everything a call asks for."""

    about: About = Field(alias="call")
    clauses: Mapping[str, str]
    project: Project
    applicant: Applicant
    quota: Quota
    submission: Submission
    corps: Corps
    liaison: Liaison
    problems: Problems
    service: Service
    station: Station
    residency: Residency
    platform: Platform
    deliverables: tuple[Deliverable, ...]
    preference: Preference
    form: FormPart
    covers: tuple[Cover, ...]
    settings: Settings
    likeness: Likeness
    registry: Registry
    zones: tuple[Zone, ...] = ()
    """Rows of the registry file."""
    _edition: Edition = PrivateAttr()
    _paper: Paper = PrivateAttr()

    @model_validator(mode="after")
    def _consistent(self) -> Call:
        wrong = [*self._unknown_clauses(), *self._wrong_options(), *self._wrong_form()]
        if wrong:
            raise ValueError("；".join(wrong))
        return self

    def model_post_init(self, _context: Any, /) -> None:
        limits = {path: entry.value for path, entry in self.form.limits.items()}
        choices = {path: entry.value for path, entry in self.form.choices.items()}
        self._edition = Edition.of(self.about.year, limits, choices)
        self._paper = paper(Application, self._edition)

    def edition(self) -> Edition:
        """What this call prints differently into the form."""
        return self._edition

    @property
    def paper(self) -> Paper:
        """The application form of this call."""
        return self._paper

    @property
    def age_day(self) -> Day:
        """The day on which ages are counted."""
        return self._day(self.settings.age_day.value)

    @property
    def registry_day(self) -> Day:
        """The day for which the registry of cities is asked."""
        return self._day(self.registry.day.value)

    def _day(self, name: str) -> Day:
        known = {
            "deadline": self.submission.deadline.value,
            "issued": self.about.issued,
            "completion": self.project.completion.value,
        }
        return known[name]

    def clauses_of(self, clause: str) -> tuple[ClauseText, ...]:
        """The clauses that a rule cites, with what they ask; CallError for one unknown."""
        try:
            return tuple(ClauseText(one, self.clauses[one]) for one in clause_ids(clause))
        except KeyError as unknown:
            raise CallError(f"{self.about.id} 的通知配置没有条款“{unknown.args[0]}”") from None

    def clause(self, clause: str) -> str:
        """What the clause asks, in a sentence of our own; several clauses one after the other."""
        return "".join(text.says for text in self.clauses_of(clause))

    # ---- what makes a file consistent --------------------------------------------------------------------------------

    def entries(self) -> Iterator[tuple[str, Entry[Any] | Deliverable | Cover]]:
        """Every entry with its path in the file (“corps.people”)."""
        return _entries(self, "")

    def open_questions(self) -> Iterator[tuple[str, Setting[Any]]]:
        """Where the call is silent or at odds with itself, with what we take."""
        return ((path, entry) for path, entry in self.entries() if isinstance(entry, Setting))

    def _unknown_clauses(self) -> Iterator[str]:
        for path, entry in self.entries():
            unknown = [one for one in clause_ids(entry.clause) if one not in self.clauses]
            if unknown:
                yield f"“{path}”所引的条款“{unknown[0]}”不在 [clauses] 里"

    def _wrong_options(self) -> Iterator[str]:
        for path, entry in self.entries():
            if isinstance(entry, Setting) and entry.options and entry.value not in entry.options:
                yield f"“{path}.value”写的“{entry.value}”不在它的 options 里"

    def _wrong_form(self) -> Iterator[str]:
        printed = paper(Application)
        for table, entries in (("limits", self.form.limits), ("choices", self.form.choices)):
            for path in entries:
                node = printed.nodes.get(path)
                if node is None or getattr(node.spec, "limit" if table == "limits" else "choices") in (None, ()):
                    yield f"“form.{table}”里的“{path}”不是申报书上有{'限数' if table == 'limits' else '选项'}的栏目"
        zones = self.form.choices.get("problems.*.zone")
        ticks = zones.value if zones else printed.nodes["problems.*.zone"].spec.choices
        kinds = self.registry.kinds.value
        for kind in (kinds.demonstration, kinds.pilot, kinds.neither):
            if kind not in ticks:
                yield f"“registry.kinds”里的“{kind}”不是“problems.*.zone”的选项"


def _entries(part: object, path: str) -> Iterator[tuple[str, Entry[Any] | Deliverable | Cover]]:
    if isinstance(part, Entry | Deliverable | Cover):
        yield path, part
    elif isinstance(part, tuple):
        for child in part:
            if isinstance(child, Deliverable | Cover):
                yield f"{path}.{child.id}", child
    elif isinstance(part, Mapping):
        for name, child in part.items():
            yield from _entries(child, f"{path}.{name}")
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _entries(getattr(part, name), f"{path}.{name}" if path else name)


def clause_ids(clause: str) -> tuple[str, ...]:
    """The single clauses in what a rule cites: “附件1 4,6,7,10” → 附件1 4 · 附件1 6 · 附件1 7 · 附件1 10."""
    paper_name, _, numbers = clause.rpartition(" ")
    return tuple(f"{paper_name} {number}".strip() for number in numbers.split(","))


# ---- files ------------------------------------------------------------


def _shipped() -> Traversable:
    return importlib.resources.files("ketuan.rules") / "calls"


def calls() -> tuple[str, ...]:
    """Names of the calls shipped with the package, oldest first."""
    return tuple(sorted(f.name.removesuffix(".toml") for f in _shipped().iterdir() if f.name.endswith(".toml")))


@functools.cache
def call_of(name: str) -> Call:
    """The shipped call of a year, read once."""
    return load(name)


def load(name_or_path: str | Path) -> Call:
    """A call by the name of a shipped one (“2024”) or from a file. CallError where there is none or it is wrong."""
    shipped = _shipped() / f"{name_or_path}.toml"
    name = str(name_or_path)
    file: Traversable | Path
    if re.fullmatch(r"[\w-]+", name) and shipped.is_file():
        file = shipped
    elif Path(name_or_path).is_file():
        file = Path(name_or_path)
    else:
        raise CallError(f"没有找到申报通知“{name}”。现有：{'、'.join(calls())}；也可以给出一个 .toml 文件的路径。")
    where = f"通知配置 {file.name}"
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise CallError(f"{where} 不是 UTF-8 编码的文本文件。") from None
    except tomllib.TOMLDecodeError as wrong:
        raise CallError(f"{where} 不符合 TOML 的写法：{wrong}。") from None
    beside = file.parent if isinstance(file, Path) else importlib.resources.files("ketuan.rules") / "data"
    return call_from(raw, where=where, beside=beside)


def call_from(raw: Mapping[str, Any], *, where: str = "通知配置", beside: Traversable | None = None) -> Call:
    """A call from the tables of a file; the registry is looked for ``beside`` it, then in the package."""
    registry = raw.get("registry")
    listed = {**raw}
    if isinstance(registry, Mapping) and isinstance(registry.get("file"), str) and "zones" not in raw:
        listed["zones"] = _zones(registry["file"], where, beside)
    try:
        return Call.model_validate(listed)
    except ValidationError as wrong:
        raise CallError(f"{where} 有误：\n{_told(wrong)}") from None


def _zones(name: str, where: str, beside: Traversable | None) -> list[dict[str, str]]:
    for folder in (beside, importlib.resources.files("ketuan.rules") / "data"):
        file = folder / name if folder else None
        if file and file.is_file():
            rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
            return [{k: v for k, v in row.items() if k} for row in rows]
    raise CallError(f"{where} 的“registry.file”写的名册“{name}”没有找到。")


_WRONG = {
    "missing": "缺这一项",
    "extra_forbidden": "多出这一项，程序不认识，请核对拼写",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "float_type": "应是数",
    "float_parsing": "应是数",
    "bool_type": "应是 true 或 false",
    "bool_parsing": "应是 true 或 false",
    "string_type": "应是文字，加引号",
    "string_too_short": "不能空着",
    "too_short": "至少写一项",
    "tuple_type": "应是一列，写在方括号里",
    "model_type": "应是一张表，写在花括号里",
    "dict_type": "应是一张表",
    "mapping_type": "应是一张表",
    "date_type": "应是日期，如 2024-05-24",
    "date_from_datetime_parsing": "应是日期，如 2024-05-24",
    "date_from_datetime_inexact": "应是日期，如 2024-05-24，不带钟点",
    "greater_than_equal": "不能小于 {ge}",
    "greater_than": "要大于 {gt}",
    "less_than_equal": "不能大于 {le}",
    "literal_error": "只能取 {expected}",
    "value_error": "{error}",
}


def _told(wrong: ValidationError) -> str:
    lines = []
    for error in wrong.errors(include_url=False):
        path = ".".join(str(step) for step in error["loc"])
        text = _WRONG.get(error["type"], error["msg"]).format(**error.get("ctx", {})).replace(" or ", " 或 ")
        given = error.get("input")
        shown = f"，现为 {given!r}" if isinstance(given, str | int | float) and error["type"] != "missing" else ""
        lines.append(f"  {path + '：' if path else ''}{text}{shown}")
    return "\n".join(lines)
