"""The files of ``ketuan team``: a need, a line of the pool, the answer."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from ketuan.cli import lines
from ketuan.cli.main import Refusal


def _as_text(given: object) -> object:
    """A whole number is an id as well; it is read as text."""
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


Id = Annotated[str, Field(min_length=1), BeforeValidator(_as_text, json_schema_input_type=str | int)]
Written = Annotated[str, Field(min_length=1)]
Score = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
EVERY = "*"
"""Stands for all parts that are not named."""


def _by_part(given: object) -> object:
    """One number means all parts."""
    return given if given is None or isinstance(given, dict) else {EVERY: given}


Fitness = Annotated[dict[str, Score], BeforeValidator(_by_part, json_schema_input_type=Score | dict[str, Score])]
Kind = Literal["企业", "高校", "科研院所", "其他"]
KINDS = ("企业", "高校", "科研院所")
MOST_PARTS = 50


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Need(_Strict):
    """The problem: one text, or its parts. `society`, `corps`: for whom the corps is made, and its own id (else `id`)."""

    id: Id
    text: str = ""
    parts: tuple[Written, ...] = ()
    society: str = ""
    corps: str = ""
    day: datetime.date | None = None
    lock: tuple[Id, ...] = ()
    ban: tuple[Id, ...] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> Need:
        if bool(self.text.strip()) == bool(self.parts):
            raise ValueError("应写 text（一段话）或 parts（几个部分）中的一样")
        if any(not part.strip() for part in self.parts) or len(set(self.parts)) < len(self.parts):
            raise ValueError("parts 里不能有空的或重复的部分")
        if len(self.parts) > MOST_PARTS:
            raise ValueError(f"parts 最多 {MOST_PARTS} 个部分")
        return self

    @property
    def all_parts(self) -> tuple[str, ...]:
        return self.parts or (self.text,)


class Held(_Strict):
    society: str
    id: Id


class Candidate(_Strict):
    """One expert of the pool."""

    id: Id
    name: str = ""
    text: str = ""
    parts: tuple[str, ...] = ()
    birth: datetime.date | None = None
    age: Annotated[int, Field(ge=0, le=120)] | None = None
    unit: str = ""
    kind: Kind = "其他"
    young_elite: bool = False
    load: Annotated[int, Field(ge=0)] = 0
    corps: tuple[Held, ...] = ()
    fitness: Fitness | None = None

    @model_validator(mode="after")
    def _known(self) -> Candidate:
        if self.birth is not None and self.age is not None:
            raise ValueError("birth 和 age 只写一样")
        if self.text and self.parts:
            raise ValueError("text 和 parts 只写一样")
        if self.fitness is None and not any(text.strip() for text in self.texts):
            raise ValueError("应写 text、parts 或 fitness，否则无从判断适配度")
        return self

    @property
    def texts(self) -> tuple[str, ...]:
        return self.parts or ((self.text,) if self.text else ())


class _Out(BaseModel):
    model_config = ConfigDict(extra="forbid")


class OutSubstitute(_Out):
    id: str
    loss: float


class OutMember(_Out):
    id: str
    part: int
    fitness: float
    counted: float
    full: bool
    age: int | None
    unit: str
    kind: str
    young_elite: bool
    reasons: list[str]
    words: list[str]
    loss: float | None
    comes: list[str]
    leaves: list[str]
    substitutes: list[OutSubstitute]


class OutPart(_Out):
    part: int
    text: str
    takers: int
    fit: int
    fitness: float
    seats: int


class OutRule(_Out):
    rule: str
    says: str
    clause: str
    wanted: int | None
    found: int | None
    cost: float | None
    cost_says: str


class OutClash(_Out):
    rule: str
    says: str
    clause: str
    wanted: int | None
    most: int | None
    missing: int | None
    missing_says: str


class OutPrices(_Out):
    member: float
    young: float
    young_elite: float
    kinds: dict[str, float]
    cover: list[float]
    seats: list[float]


class OutSettings(_Out):
    size: int
    young: int
    young_age: int
    young_elite: int
    strict: bool
    kinds: dict[str, int]
    cover: int
    enough: float
    load: int | None
    beyond: float
    encouraged: float


class Out(_Out):
    """The answer. Where no corps is possible, `collision` tells why and all that speaks of a corps is empty."""

    need: str
    call: str
    day: datetime.date
    possible: bool
    formula: str
    settings: OutSettings
    notes: list[str]
    value: float | None = None
    fitness: float | None = None
    bonus: float | None = None
    bound: float | None = None
    gap: float | None = None
    relaxed: float | None = None
    members: list[OutMember] = []
    parts: list[OutPart] = []
    rules: list[OutRule] = []
    prices: OutPrices | None = None
    collision: list[OutClash] = []
    smallest: bool | None = None


def read_need(path: Path) -> Need:
    """The need of the file. Raises `Refusal` if it is none."""
    try:
        written = lines.bytes_of(path).removeprefix(b"\xef\xbb\xbf").decode()
    except UnicodeDecodeError:
        raise Refusal(f"{path} 不是 UTF-8 文字，请另存为 UTF-8 编码。") from None
    if not written.strip():
        raise Refusal(f"{path} 是空的，应是一个 JSON 对象。")
    try:
        return Need.model_validate_json(written)
    except ValidationError as wrong:
        raise Refusal(f"{path}：{lines.explain(wrong)}。") from None
