"""Making a call from last year's or from a file, and setting what it asks for, page by page."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from ketuan.documents.errors import Unreadable
from ketuan.documents.zones import read_zones
from ketuan.programme.calling import content, sheet
from ketuan.programme.errors import Invalid, NotReady, Overtaken
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.unique import unique
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Call
from ketuan.rules import call as rules

CONTACT = {
    "mailbox": "报送邮箱",
    "address": "邮寄地址",
    "postcode": "邮政编码",
    "recipient": "收件人",
    "people": "联系人",
    "phone": "联系电话",
    "hours": "咨询时间",
}
"""Where applications and questions go: not a rule, but printed on the public page."""
MOST_BYTES = 2_000_000


def sources() -> tuple[tuple[str, str], ...]:
    """What a call can be made from: (code, words), the latest first."""
    there = [(call.code, call.title) for call in _kept().order_by("-code")]
    known = {code for code, _ in there}
    shipped = [(name, f"{content.content_of(name)['call']['title']}（随平台提供）") for name in reversed(rules.calls())]
    return (*there, *((code, title) for code, title in shipped if code not in known))


def make(code: str, *, after: str, who: Who) -> Call:
    """A draft copied from another call: year and names count on, days are shifted and wait to be confirmed (待确认).

    Invalid for a code that is taken or no code, or a source that does not exist.
    """
    holding = permit("calling.make", who)
    raw, contact = _source(after)
    _free(code)
    years = int(code[:4]) - int(raw["call"]["year"]) if code[:4].isdecimal() else 1
    moved, suggested = _shifted(raw, code, years)
    with transaction.atomic():
        call = _create(code, moved, made_from=after, suggested=suggested, contact=contact)
        record(who, holding, "calling.make", call, f"据 {after} 编制申报通知 {code}", data={"after": after}, call=call)
    return call


def make_from_file(data: bytes, *, who: Who, code: str = "") -> Call:
    """A draft from a call file (.toml). Invalid with the place and the reason where the file is wrong."""
    holding = permit("calling.make_from_file", who)
    raw = content_of_file(data)
    code = code or str(raw["call"]["id"])
    _free(code)
    raw["call"]["id"] = code
    with transaction.atomic():
        call = _create(code, raw)
        record(who, holding, "calling.make_from_file", call, f"由文件编制申报通知 {code}", call=call)
    return call


def content_of_file(data: bytes) -> dict[str, Any]:
    """The tables of an uploaded call file; Invalid (``file``) names what is wrong and where."""
    if len(data) > MOST_BYTES:
        raise Invalid({"file": "文件超过 2 MB，不像是通知配置。请核对选的是不是 .toml 文件。"})
    try:
        raw = tomllib.loads(data.decode("utf-8-sig"))
        return content.whole(raw, where="上传的通知配置")
    except UnicodeDecodeError:
        raise Invalid({"file": "文件不是 UTF-8 编码的文本。请用记事本另存为 UTF-8 后再上传。"}) from None
    except tomllib.TOMLDecodeError as wrong:
        raise Invalid({"file": f"文件不符合 TOML 的写法：{_where(wrong)}。请改好这一处再上传。"}) from None
    except rules.CallError as wrong:
        raise Invalid({"file": str(wrong)}) from None
    except (ValueError, RecursionError):  # a number of thousands of digits, brackets in brackets without end
        raise Invalid({"file": "文件不符合 TOML 的写法：数字太长，或括号套得太深。请改好再上传。"}) from None


def save(call: Call, page: str, typed: sheet.Typed, *, base: str, who: Who) -> Call:
    """Save one page of the draft, judged as a whole call.

    Invalid with a message by path (“project.grant.value”) where it makes no call: nothing is changed then. Overtaken
    where somebody saved the same page after ``base`` (:func:`mark_of`).
    """
    if page not in sheet.tables():
        raise Invalid({"": "通知里没有这一页。"})
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.save", who, call)
        if base != mark_of(call, page):
            raise Overtaken(page, "", "其他人", "您打开本页以后", call.draft_revision)
        before = call.draft
        after = content.plain(sheet.with_page(before, page, typed))
        if str(after["call"].get("id")) != call.code:
            raise Invalid({"call.id": f"代号用在网址和编号里，建好后不能改，现为 {call.code}。"})
        try:
            rules.call_from(after)
        except rules.CallError as wrong:
            raise Invalid(told(str(wrong))) from None
        touched = sorted(
            f"{page}.{key}"
            for key in {*_table(before, page), *_table(after, page)}
            if _at(before, page, key) != _at(after, page, key)
        )
        confirmed = [path for path in call.suggested if path.split(".")[0] == page]
        if not touched and not confirmed:
            return call
        call.suggested = [path for path in call.suggested if path not in confirmed]
        _store(call, after)
        says = f"修改申报通知：{sheet.title_of(page)}"
        data = {"page": page, "before": _table(before, page), "after": _table(after, page)}
        record(who, holding, "calling.save", call, says, data=data if touched else {"confirmed": confirmed}, call=call)
    return call


def set_contact(call: Call, contact: Mapping[str, str], *, who: Who) -> Call:
    """Mailbox, postal address and contacts of the public page. Invalid for a mailbox that is none."""
    kept = {key: contact.get(key, "").strip()[:300] for key in CONTACT}
    if kept["mailbox"] and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", kept["mailbox"]):
        raise Invalid({"mailbox": "邮箱应写成 name@example.org 的样子，请核对。"})
    with transaction.atomic():
        call = _locked(call)
        holding = permit("calling.set_contact", who, call)
        changed = sorted(CONTACT[key] for key in CONTACT if kept[key] != (call.contact or {}).get(key, ""))
        if changed:
            call.contact = {**call.contact, **kept}
            call.save(update_fields=["contact"])
            record(
                who,
                holding,
                "calling.set_contact",
                call,
                f"修改报送与联系：{'、'.join(changed)}",
                data={"fields": changed},
                call=call,
            )
    return call


def set_registry(call: Call, data: bytes, name: str, *, who: Who) -> Call:
    """Take over the registry of demonstration and pilot cities from Excel or TSV. Invalid with the row that is wrong."""
    try:
        zones = read_zones(data, name)
        with transaction.atomic():
            call = _locked(call)
            holding = permit("calling.set_registry", who, call)
            many = len(call.draft.get("zones") or [])
            _store(call, content.whole({**call.draft, "zones": zones}))
            record(
                who, holding, "calling.set_registry", call, f"换用城市名册，{len(zones)} 行",
                data={"rows": [many, len(zones)]}, call=call,
            )  # fmt: skip
    except (Unreadable, rules.CallError) as wrong:
        raise Invalid({"file": str(wrong)}) from None
    return call


def told(text: str) -> dict[str, str]:
    """What ``rules.call`` says is wrong, by path; what names no place stands under an empty one."""
    wrong: dict[str, str] = {}
    for line in text.split("\n"):
        if placed := re.match(r"  (\S.*?)：(.+)", line):
            wrong.setdefault(placed[1], _plain(placed[2]))
        elif line.startswith("  "):
            for said in line.strip().split("；"):
                named = re.match(r"“([^”]+)”", said)
                path = named[1] if named else ""
                wrong[path] = f"{wrong[path]}；{said}" if path in wrong else said
    return wrong or {"": text}


def _plain(said: str) -> str:
    said = re.sub(r"现为 '(.*)'", r"现为“\1”", said)
    return said.replace("，加引号", "").replace("，写在方括号里", "").replace("，写在花括号里", "") + "。"


def mark_of(call: Call, page: str) -> str:
    """By which a page is known unchanged since it was opened."""
    return content.hash_of({"page": call.draft.get(page)})[:16]


def _where(wrong: tomllib.TOMLDecodeError) -> str:
    text = str(wrong)
    placed = re.search(r"\(at line (\d+), column (\d+)\)", text)
    return f"第 {placed[1]} 行第 {placed[2]} 个字符附近" if placed else "文件末尾不完整"


def _source(after: str) -> tuple[dict[str, Any], dict[str, Any]]:
    call = _kept().filter(code=after).select_related("current").first()
    if call is not None:
        return (call.current.content if call.current else call.draft), dict(call.contact)
    if after in rules.calls():
        return content.content_of(after), {}
    raise Invalid({"after": "没有找到据以编制的通知，请从列表中选一个。"})


def _free(code: str) -> None:
    if not re.fullmatch(r"[0-9]{4}[a-z0-9-]{0,16}", code):
        raise Invalid({"code": "代号用年份开头，如 2025；同一年有几次申报时写 2025-2。"})
    if Call.objects.filter(code=code).exists():
        raise Invalid({"code": f"代号 {code} 已经有了，请换一个。"})


def _create(code: str, raw: dict[str, Any], **more: Any) -> Call:
    try:
        rules.call_from(raw)
    except rules.CallError as wrong:
        raise NotReady(str(wrong)) from None
    with unique(code=f"代号 {code} 刚刚已有人用了，请换一个。"):
        return Call.objects.create(
            code=code, title=str(raw["call"]["title"])[:120], draft=raw, created_at=clock.now(), **more
        )


def _kept() -> QuerySet[Call]:
    return Call.objects.exclude(state=Call.State.DISCARDED)


def _shifted(raw: Mapping[str, Any], code: str, years: int) -> tuple[dict[str, Any], list[str]]:
    """The same call ``years`` later, and the paths that were changed by guess."""
    old, suggested = str(raw["call"]["year"]), []
    new = str(int(old) + years)
    known = rules.call_from(raw)

    def walk(value: Any, model: Any, path: str) -> Any:
        if isinstance(value, Mapping):
            return {
                key: walk(below, model.get(key) if isinstance(model, Mapping) else None, f"{path}.{key}".lstrip("."))
                for key, below in value.items()
            }
        if path.startswith("clauses.") and _YEAR_SAID.search(str(value)):
            suggested.append(path)
            return _YEAR_SAID.sub(lambda said: f"{int(said[1]) + years}{said[2]}", value)
        if isinstance(model, datetime.date) or (path in _YEARLY and old in str(value)):
            suggested.append(path.removesuffix(".value"))
            return later(model, years).isoformat() if isinstance(model, datetime.date) else str(value).replace(old, new)
        return value

    dumped = known.model_dump(by_alias=True)
    moved = {key: below if key == "zones" else walk(below, dumped.get(key), key) for key, below in raw.items()}
    moved["call"] = {**moved["call"], "id": code, "year": int(new)}
    return moved, suggested


_YEARLY = ("call.title", "call.number", "project.code.value", "submission.mail_subject.value")
"""Texts that carry the year."""
_YEAR_SAID = re.compile(r"(20\d\d)(\s?年)")


def later(day: datetime.date, years: int) -> datetime.date:
    """The same day of another year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _locked(call: Call) -> Call:
    return Call.objects.select_for_update(of=("self",), no_key=True).select_related("current").get(pk=call.pk)


def _store(call: Call, raw: dict[str, Any]) -> None:
    call.draft, call.draft_revision, call.rehearsed_at = raw, call.draft_revision + 1, None
    if call.current is None:
        call.title = str(raw["call"]["title"])[:120]
    call.save()


def _table(raw: Mapping[str, Any], page: str) -> Any:
    held = raw.get(page)
    return {str(at): row for at, row in enumerate(held)} if isinstance(held, list) else held or {}


def _at(raw: Mapping[str, Any], page: str, key: str) -> Any:
    return _table(raw, page).get(key)


def compact(page: str, typed: Mapping[str, str]) -> dict[str, str]:
    """Rows of a list as typed, with the empty ones left out and counted anew."""
    rows: dict[int, dict[str, str]] = {}
    rest = {}
    for name, text in typed.items():
        steps = name.split("/")
        if steps[0] == page and len(steps) == 3 and steps[1].isdecimal():
            rows.setdefault(int(steps[1]), {})[steps[2]] = text
        else:
            rest[name] = text
    full = [row for _, row in sorted(rows.items()) if any(text.strip() for text in row.values())]
    return rest | {f"{page}/{at}/{key}": text for at, row in enumerate(full) for key, text in row.items()}


def zones_as_tabs(rule: rules.Call) -> str:
    """The registry as a table of tabs, which :func:`set_registry` takes back."""
    names = list(rules.Zone.model_fields)
    rows = [
        [str(getattr(zone, name) or "").replace("\t", " ").replace("\n", " ") for name in names] for zone in rule.zones
    ]
    return "\ufeff" + "\n".join("\t".join(row) for row in [names, *rows]) + "\n"


def may_make(*, who: Who) -> None:
    """Refused for those who may not make a call: said before the page is shown."""
    permit("calling.make", who)
