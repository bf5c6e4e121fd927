"""Before a call is published: what is set, what is missing or makes no sense, and what changed since another version.

Both lists are driven by the fields of :class:`~ketuan.rules.call.Call` and the sentences that stand in its file, so an
entry that is added to the model appears here by itself.
"""

from __future__ import annotations

import datetime
import typing
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pydantic import BaseModel, BeforeValidator, ValidationError

from ketuan.forms.money import fen_of, show_wan
from ketuan.rules import call as calls
from ketuan.rules.call import Call, CallError, Cover, Deliverable, Entry, Kinds, Range, Setting
from ketuan.rules.checks.case import spoken

State = Literal["set", "default", "missing", "wrong"]
STATES: dict[State, str] = {"set": "已设定", "default": "照原样", "missing": "还没有写", "wrong": "需要改"}

GROUPS: tuple[tuple[str, str], ...] = (
    ("call", "基本信息"),
    ("applicant", "申报单位"),
    ("project.awards", "名额"),
    ("project.code", "基本信息"),
    ("quota", "名额"),
    ("submission", "材料"),
    ("corps", "服务团要求"),
    ("liaison", "服务团要求"),
    ("service.provinces", "区域"),
    ("service", "服务团要求"),
    ("station", "服务团要求"),
    ("residency", "服务团要求"),
    ("problems", "难题"),
    ("registry", "区域"),
    ("form", "表格"),
    ("covers", "表格"),
    ("deliverables", "结项交付"),
    ("platform", "结项交付"),
    ("preference", "优先支持"),
    ("likeness", "查重"),
    ("settings", "未决事项"),
)
"""Beginning of a path → group; dates and amounts have groups of their own."""
ORDER = (
    *(
        "基本信息",
        "日期",
        "数额",
        "名额",
        "申报单位",
        "服务团要求",
        "难题",
        "区域",
        "表格",
        "材料",
        "结项交付",
        "优先支持",
    ),
    *("查重", "未决事项", "其他"),
)
_ABOUT = {
    "id": "编号",
    "year": "年度",
    "title": "项目名称",
    "number": "通知文号",
    "issuer": "发文单位",
    "issued": "发文日期",
}
_OPTIONS = {
    "deadline": "申报截止日",
    "issued": "发文日",
    "completion": "完成期限",
    "calendar": "自然年",
    "separate": "人数看名册，行数看人员表",
    "table": "没有名册时用人员表代替",
    "total": "各人合计",
    "each": "每人都要满",
    "city": "到市",
    "province": "到省",
    "off": "不查",
    "key_cities": "只看重点服务的城市",
    "key_and_other": "重点服务和意向服务都看",
    "word": "Word 字数",
    "characters": "不计空格的字符数",
    "dispatch": "按寄出的日子",
    "receipt": "按收到的日子",
    "both": "电子版和纸质版都要",
    "electronic": "只看电子版",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist."""

    path: str
    group: str
    label: str
    state: State
    shown: str
    why: str
    clause: str
    hints: tuple[str, ...] = ()
    """What is wrong, or worth a look."""


@dataclass(frozen=True, slots=True)
class Change:
    """What differs between two versions; ``before`` or ``after`` is "" where there was or is none."""

    path: str
    label: str
    before: str
    after: str
    clause: str


def checklist(
    call: Call | Mapping[str, Any], *, today: datetime.date | None = None, base: Call | None = None
) -> tuple[Item, ...]:
    """Every entry of a call, or of the tables of a file that is not finished, group by group.

    ``base`` is the call it was made from: an entry equal to it is “default”. ``today`` tells whether the deadline is past.
    """
    clauses = call.clauses if isinstance(call, Call) else _table(call.get("clauses"))
    before = {} if base is None or base is call else {leaf.path: leaf.shown for leaf in _leaves(base)}
    items = [_item(leaf, clauses, before) for leaf in _leaves(call)]
    items = list(_sensible(items, {leaf.path: leaf.value for leaf in _leaves(call)}, today))
    if not isinstance(call, Call) and all(item.state in ("set", "default") for item in items):
        try:
            calls.call_from(call)
        except CallError as wrong:
            items.append(Item("", "其他", "整份通知配置", "wrong", "", "各项之间要一致，才能发布。", "", (str(wrong),)))
    return tuple(sorted(items, key=lambda item: ORDER.index(item.group)))


def ready(items: Sequence[Item]) -> bool:
    """True where nothing is missing or wrong."""
    return all(item.state in ("set", "default") for item in items)


def changes(old: Call, new: Call) -> tuple[Change, ...]:
    """What differs between two versions of a call or two years, in the order of the call; () where nothing does."""
    before, after = ({leaf.path: leaf for leaf in _leaves(one)} for one in (old, new))
    found = []
    for path in dict.fromkeys((*after, *before)):
        was, now = before.get(path), after.get(path)
        here = now or was
        if here and (was is None or now is None or was.shown != now.shown or was.clause != now.clause):
            shown = ("" if was is None else was.shown, "" if now is None else now.shown)
            if was and now and was.shown == now.shown:
                shown = (f"{was.shown}（依据 {was.clause}）", f"{now.shown}（依据 {now.clause}）")
            found.append(Change(path, here.label, *shown, here.clause))
    for clause in dict.fromkeys((*new.clauses, *old.clauses)):
        said = (old.clauses.get(clause, ""), new.clauses.get(clause, ""))
        if said[0] != said[1]:
            found.append(Change(f"clauses.{clause}", f"条款 {clause}", *said, clause))
    return tuple(found)


# ---- the entries of a call, finished or not ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
    path: str
    label: str
    value: Any
    """None where it is missing or wrong."""
    shown: str
    clause: str
    note: str
    money: bool
    setting: bool
    usual: bool
    """A setting at the first of its options."""
    wrong: str
    missing: bool = False


def _leaves(call: Call | Mapping[str, Any]) -> Iterator[_Leaf]:
    for name, info in Call.model_fields.items():
        if name in ("clauses", "zones"):
            continue
        raw = getattr(call, name) if isinstance(call, Call) else call.get(info.alias or name)
        yield from _below(info.annotation, raw, info.alias or name)


def _below(kind: Any, raw: Any, path: str) -> Iterator[_Leaf]:
    """Leaves of ``kind`` in ``raw``: a model that was read, or a table of a file."""
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    below: Any
    if isinstance(kind, type) and issubclass(kind, Entry | Deliverable | Cover):
        yield _leaf(kind, raw, path)
    elif isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, info in kind.model_fields.items():
            below = getattr(raw, name) if isinstance(raw, BaseModel) else _table(raw).get(name)
            if path == "call":
                yield _about(name, below)
            else:
                yield from _below(info.annotation, below, f"{path}.{name}")
    elif origin is not None and origin is not tuple and inner and issubclass(origin, Mapping):
        for name, below in _table(raw).items():
            yield from _below(inner[1], below, f"{path}.{name}")
        if not raw:
            yield _absent(path)
    elif origin is tuple and inner and isinstance(inner[0], type) and issubclass(inner[0], BaseModel):
        rows: Sequence[Any] = raw if isinstance(raw, list | tuple) else ()
        for number, row in enumerate(rows):
            key: Any = row.get("id", number) if isinstance(row, Mapping) else getattr(row, "id", number)
            yield from _below(inner[0], row, f"{path}.{key}")
        if not raw:
            yield _absent(path)


def _table(raw: Any) -> Mapping[str, Any]:
    return raw if isinstance(raw, Mapping) else {}


def _absent(path: str) -> _Leaf:
    return _Leaf(path, path, None, "", "", "", False, False, False, "", missing=True)


def _about(name: str, value: Any) -> _Leaf:
    wrong = ""
    if name == "issued" and isinstance(value, str) and value:  # a draft kept as JSON has days as text
        try:
            value = datetime.date.fromisoformat(value)
        except ValueError:
            wrong = "应是日期，如 2024-05-24"
    label = _ABOUT.get(name, name)
    known = None if wrong else value
    return _Leaf(
        f"call.{name}", label, known, shown_value(value), "", "", False, False, False, wrong, value in (None, "")
    )


def _leaf(kind: type[BaseModel], raw: Any, path: str) -> _Leaf:
    money = kind is not Deliverable and kind is not Cover and _is_money(kind)
    if raw is None or (isinstance(raw, Mapping) and not issubclass(kind, Deliverable | Cover) and _empty(raw)):
        told = _table(raw)
        label = str(told.get("says") or path).rstrip("。")
        return replace(_absent(path), label=label, clause=str(told.get("clause") or ""), money=money)
    entry: Any = raw
    if not isinstance(raw, BaseModel):
        try:
            entry = kind.model_validate(raw)
        except ValidationError as wrong:
            said = calls._told(wrong).strip()
            told = _table(raw)
            label = str(told.get("says") or told.get("name") or path).rstrip("。")
            given = shown_value(told.get("value"))
            return _Leaf(path, label, None, given, str(told.get("clause") or ""), "", money, False, False, said)
    if isinstance(entry, Deliverable):
        most = f"，最多 {entry.most}" if entry.most is not None else ""
        return _Leaf(
            path, entry.name, entry, f"至少 {entry.count}{most}", entry.clause, entry.says, False, False, False, ""
        )
    if isinstance(entry, Cover):
        return _Leaf(
            path,
            f"方案要写到：{entry.name}",
            entry,
            "、".join(entry.patterns),
            entry.clause,
            "",
            False,
            False,
            False,
            "",
        )
    setting = isinstance(entry, Setting)
    options: tuple[str, ...] = entry.options if setting else ()
    wrong_option = (
        f"“{entry.value}”不在可取的 {'、'.join(options)} 里" if options and entry.value not in options else ""
    )
    shown = f"{show_wan(entry.value)} 万元" if money else shown_value(entry.value, setting=setting)
    return _Leaf(
        path,
        entry.says.rstrip("。"),
        entry.value,
        shown,
        entry.clause,
        entry.note if setting else "",
        money,
        setting,
        bool(options) and entry.value == options[0],
        wrong_option,
    )


def _empty(raw: Mapping[str, Any]) -> bool:
    return raw.get("value") is None or raw.get("value") in ("", [], {})


def _is_money(kind: type[BaseModel]) -> bool:
    metadata = kind.model_fields["value"].metadata
    return any(isinstance(one, BeforeValidator) and one.func is fen_of for one in metadata)


def shown_value(value: Any, *, setting: bool = False) -> str:
    """A value of a call for people; amounts are shown elsewhere, for they look like numbers."""
    match value:
        case None:
            return ""
        case bool():
            return "是" if value else "否"
        case datetime.date():
            return spoken(value)
        case str():
            return _OPTIONS.get(value, value) if setting else value
        case Range():
            return str(value)
        case Kinds():
            return "、".join(getattr(value, name) for name in Kinds.model_fields)
        case list() | tuple():
            return "、".join(shown_value(one) for one in value)
    return str(value)


# ---- state and sense -----------------------------------------------------------------------------------------------------


def _item(leaf: _Leaf, clauses: Mapping[str, str], before: Mapping[str, str]) -> Item:
    ids = calls.clause_ids(leaf.clause) if leaf.clause else ()
    wrong = leaf.wrong
    if not wrong and not leaf.missing and (unknown := [one for one in ids if one not in clauses]):
        wrong = f"所引的条款“{unknown[0]}”不在条款表里"
    state: State = "set"
    if leaf.missing:
        state = "missing"
    elif wrong:
        state = "wrong"
    elif leaf.path in before and before[leaf.path] == leaf.shown:
        state = "default"
    elif leaf.usual:
        state = "default"
    hints = (f"{wrong.rstrip('。')}。",) if wrong else ()
    if state == "default" and isinstance(leaf.value, datetime.date):
        hints = ("和所据的那一年一样，请核对日期。",)
    why = leaf.note or "".join(clauses.get(one, "") for one in ids)
    return Item(leaf.path, _group(leaf), leaf.label, state, leaf.shown, why, leaf.clause, hints)


def _group(leaf: _Leaf) -> str:
    if leaf.setting and leaf.path.startswith("settings."):
        return "未决事项"
    if isinstance(leaf.value, datetime.date) or leaf.path in ("call.issued", _DEADLINE, _COMPLETION):
        return "日期"
    if leaf.money:
        return "数额"
    return next((group for start, group in GROUPS if f"{leaf.path}.".startswith(f"{start}.")), "其他")


_ISSUED, _DEADLINE, _COMPLETION = "call.issued", "submission.deadline", "project.completion"
_POSITIVE = {
    "project.awards": "立项数要大于 0",
    "project.grant": "经费额度要大于 0",
    "quota.per_society": "每个单位的限额要大于 0",
}


def _sensible(items: Sequence[Item], values: Mapping[str, Any], today: datetime.date | None) -> Iterator[Item]:
    wrong, hints = _sense(values, today)
    for item in items:
        bad, look = wrong.get(item.path, ()), hints.get(item.path, ())
        if item.state in ("set", "default") and (bad or look):
            state: State = "wrong" if bad else item.state
            yield replace(item, state=state, hints=(*item.hints, *bad, *look))
        else:
            yield item


def _sense(
    values: Mapping[str, Any], today: datetime.date | None
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """What makes no sense, and what is worth a look, by path."""
    wrong: dict[str, list[str]] = {}
    hints: dict[str, list[str]] = {}
    issued, deadline, completion = (_day(values.get(path)) for path in (_ISSUED, _DEADLINE, _COMPLETION))
    for path, said in _POSITIVE.items():
        if values.get(path) == 0:
            wrong.setdefault(path, []).append(f"{said}。")
    if deadline and issued and deadline <= issued:
        wrong.setdefault(_DEADLINE, []).append(f"申报截止日要晚于发文日{spoken(issued)}。")
    if deadline and completion and completion <= deadline:
        wrong.setdefault(_COMPLETION, []).append(f"完成期限要晚于申报截止日{spoken(deadline)}。")
    if deadline and today and deadline < today:
        wrong.setdefault(_DEADLINE, []).append(f"申报截止日已经过去（今天是{spoken(today)}）。")
    if deadline and (said := rest_day(deadline)):
        hints.setdefault(_DEADLINE, []).append(said)
    people, young = values.get("corps.people"), values.get("corps.young")
    if isinstance(people, int) and isinstance(young, int) and young > people:
        wrong.setdefault("corps.young", []).append("青年人数不能多于服务团总人数。")
    subject = values.get("submission.mail_subject")
    if isinstance(subject, str) and subject and "{society}" not in subject:
        wrong.setdefault("submission.mail_subject", []).append("要写上 {society}，它代表申报单位名称。")
    year = values.get("call.year")
    if deadline and isinstance(year, int) and deadline.year != year:
        hints.setdefault(_DEADLINE, []).append(f"申报截止日不在 {year} 年，请核对。")
    return {k: tuple(v) for k, v in wrong.items()}, {k: tuple(v) for k, v in hints.items()}


def _day(value: Any) -> datetime.date | None:
    return value if isinstance(value, datetime.date) else None


def rest_day(day: datetime.date) -> str:
    """A sentence where ``day`` is a weekend or a holiday, “” where people work."""
    import chinese_calendar

    weekday = "周" + "一二三四五六日"[day.weekday()]
    try:
        return (
            ""
            if chinese_calendar.is_workday(day)
            else f"{spoken(day)}（{weekday}）是休息日，咨询和收件可能没有人，请核对。"
        )
    except NotImplementedError:
        unknown = f"{day.year} 年调休安排未收录"
        return f"{spoken(day)}是{weekday}（{unknown}），请核对。" if day.weekday() >= 5 else ""
