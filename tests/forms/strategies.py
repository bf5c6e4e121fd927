"""Forms made by hypothesis from the paper's own description: a field that is added is generated too."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import strategies as st
from pydantic import BaseModel

from ketuan.forms.application import Application
from ketuan.forms.choices import OTHER
from ketuan.forms.fields import Kind
from ketuan.forms.paper import Node, paper
from ketuan.forms.regions import divisions

_LETTERS = "钠离子储能电池正极材料与产业链协同创新示范区高校院所企业专家智库报告研发指南ABCxyz0123456789（）《》“”、，。；·—-+/%&<>'\"#*_$\\{}[]@"
_NAMES = "钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜明远清和若谷一诺大学研究院公司AB12"


def _trimmed(text: str) -> bool:
    return bool(text) and text == text.strip()


def line(letters: str = _LETTERS, most: int = 30) -> st.SearchStrategy[str]:
    """One line that says something: no blank ends, not only marks."""
    return st.text(letters, min_size=1, max_size=most).filter(lambda t: _trimmed(t) and any(c.isalpha() for c in t))


def running() -> st.SearchStrategy[str]:
    return st.lists(line(most=60), min_size=1, max_size=4).map("\n".join)


def names() -> st.SearchStrategy[list[str]]:
    return st.lists(line(_NAMES, 12).filter(lambda t: t[0].isalpha()), min_size=1, max_size=5, unique=True)


_days = st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 12, 31))
_fen = st.one_of(st.integers(0, 10**6).map(lambda n: n * 10_000), st.integers(0, 10**12))
_provinces = st.lists(
    st.sampled_from([d.name for d in divisions().values() if d.is_province]), min_size=1, max_size=3, unique=True
)
_phones = st.one_of(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.from_regex(r"0[1-9]{2}-[2-8][0-9]{7}", fullmatch=True)
)
_emails = st.from_regex(r"[a-z]{2,8}@[a-z]{2,8}\.(cn|com|org\.cn)", fullmatch=True)


def _value(node: Node) -> st.SearchStrategy[Any]:
    spec = node.spec
    match node.kind:
        case Kind.TEXT:
            return line() if spec.one_line else st.one_of(line(), running())
        case Kind.WORDS:
            return running()
        case Kind.CODE:
            return st.text("ABCDEFGH0123456789-", min_size=4, max_size=18).filter(
                lambda t: t[0].isalnum() and t[-1].isalnum()
            )
        case Kind.MOBILE | Kind.PHONE:
            return _phones
        case Kind.EMAIL:
            return _emails
        case Kind.CONTACT:
            return st.one_of(_phones, _emails)
        case Kind.MONEY:
            return _fen
        case Kind.DAY:
            return _days
        case Kind.NAMES:
            return names()
        case Kind.PROVINCES:
            return _provinces
        case Kind.TICKS:
            return st.lists(st.sampled_from(spec.choices), min_size=1, unique=True).map(
                lambda ticked: [c for c in spec.choices if c in ticked]
            )
    raise AssertionError(node.kind)


def _blank(node: Node) -> Any:
    if node.kind in (Kind.MONEY, Kind.DAY):
        return None
    return [] if node.kind in (Kind.TICKS, Kind.NAMES, Kind.PROVINCES) else ""


@st.composite
def _part(draw: st.DrawFn, children: tuple[Node, ...], some: bool = False) -> dict[str, Any]:
    """Fields of a part, some of them empty; with ``some`` at least one is filled."""
    made: dict[str, Any] = {}
    leaves = [c for c in children if not c.children and not c.spec.behind]
    empty = (
        draw(st.sets(st.sampled_from([c.name for c in leaves]), max_size=len(leaves) - 1 if some else None))
        if leaves
        else set()
    )
    for child in children:
        if child.children:
            made[child.name] = draw(_node(child))
        elif child.name in empty:
            made[child.name] = _blank(child)
        elif not child.spec.behind:
            made[child.name] = draw(_value(child))
    for child in children:
        if child.spec.behind:
            made[child.name] = draw(line(_NAMES)) if OTHER in made.get(child.spec.behind, []) else ""
    return made


@st.composite
def _node(draw: st.DrawFn, node: Node) -> Any:
    if node.kind is Kind.TABLE:
        return draw(st.lists(_part(node.children, some=True), max_size=6))
    if node.kind is Kind.ANNEX:
        return draw(st.lists(_part(node.children, some=True), min_size=1, max_size=2))
    return draw(_part(node.children)) if node.children else draw(st.one_of(st.just(_blank(node)), _value(node)))


@st.composite
def forms(draw: st.DrawFn, model: type[BaseModel] = Application) -> BaseModel:
    """Any form that the printed paper can carry.

    Two things it cannot: a form without a project name (the paper prints “XXXX”), and a form without any problem table
    (the paper has an empty one).
    """
    data = {top.name: draw(_node(top)) for top in paper(model).tops()}
    data["cover"]["title"] = data["cover"]["title"] or "“科创中国”储能科技服务团"
    return model.model_validate(data)
