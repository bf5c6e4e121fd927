"""Starting an application, and saving it field by field."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from ketuan.forms.application import Application as Form
from ketuan.forms.paper import Node
from ketuan.programme import calling
from ketuan.programme.applying import papers, versions
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.typed import LONGEST, shown, typed, written
from ketuan.programme.errors import OTHER_WINDOW, Invalid, NotReady, Overtaken
from ketuan.programme.log import record
from ketuan.programme.permits import late, permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Call, FieldEdit, Organisation, Version

TOGETHER = 200
"""Most fields in one request."""
ROWS = 200
"""Most rows of one table that are added by hand."""


@dataclass(frozen=True, slots=True)
class Change:
    """One field as typed. ``base`` is the revision at which the page saw the field; ``force`` after the person looked.

    ``was`` are the texts that the page knows to have stood there (what it was given, what it sent): with them a person is
    told of a change made in another window of their own as well.
    """

    path: str
    raw: str | Sequence[str]
    base: int = 0
    force: bool = False
    was: Sequence[str | Sequence[str]] | None = None


@dataclass(slots=True)
class Saved:
    """What became of the changes of one request."""

    application: Application
    revision: int
    saved: dict[str, str] = field(default_factory=dict)
    """path → note, empty where there is nothing to note"""
    overtaken: dict[str, Overtaken] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    """Paths whose row somebody removed; the page keeps what was typed and says so."""


def start(call: Call, society: Organisation, *, who: Who, at: datetime.datetime | None = None) -> Application:
    """A new, nearly empty application with what is known of the society filled in.

    NotReady when the society has as many as it may (通知 三.5); Refused outside the call's time.
    ``at`` is the moment that counts, by default now.
    """
    holding = permit("applying.start", who, society)
    if why := late(call, at=at):
        raise NotReady(why)
    with transaction.atomic():
        society = Organisation.objects.select_for_update(no_key=True).get(pk=society.pk)
        rules = calling.rules_of(call)
        there = Application.objects.filter(call=call, society=society).exclude(state=Application.State.WITHDRAWN)
        most = rules.quota.per_society.value
        if there.count() >= most:
            raise NotReady(
                f"每个单位最多申报 {most} 个科技服务团项目，{society.name}已有 {most} 个（{rules.quota.per_society.clause}）。"
                "要新建，请先撤回其中一个。"
            )
        now = clock.now()
        blank = Form.model_validate(
            {
                "cover": {"call_code": rules.project.code.value},
                "society": {"name": society.name, "uscc": society.uscc, "address": society.address},
            }
        )
        application = Application(
            code=_next_code(call),
            call=call,
            society=society,
            form=papers.plain(blank),
            created_at=now,
            created_by_id=who.user_id,
            changed_at=now,
            changed_by_id=who.user_id,
        )
        application.rows = papers.with_keys(rules.paper, application.form, {})
        application.save()
        versions.keep(application, Version.Why.BEGUN, who=who)
        record(who, holding, "applying.start", application, "新建申报书", application=application)
    return application


def _next_code(call: Call) -> str:
    """K24-0001, counted within the call; the call's row is locked by the caller's transaction on PostgreSQL."""
    Call.objects.select_for_update(no_key=True).get(pk=call.pk)
    year = call.code[-2:]
    last = Application.objects.filter(call=call).order_by("-code").values_list("code", flat=True).first()
    number = int(last.rpartition("-")[2]) + 1 if last else 1
    return f"K{year}-{number:04d}"


def save(application: Application, changes: Sequence[Change], *, who: Who) -> Saved:
    """Save what was typed into some fields, all in one transaction.

    A field that somebody else saved after ``base`` is not overwritten but returned in ``overtaken``. Text that is no
    value (an amount that is none) is kept and becomes a finding. Refused where the application is closed for writing,
    Invalid for a path that is no field.
    """
    if len(changes) > TOGETHER:
        raise Invalid({"": f"一次最多保存 {TOGETHER} 栏，请分几次保存。"})
    changes = [replace(change, raw=written(change.raw)) for change in changes]
    for change in changes:
        if sum(map(len, [change.raw] if isinstance(change.raw, str) else change.raw)) > LONGEST:
            raise Invalid(
                {change.path[:200]: f"这一栏的内容超过 {LONGEST} 个字符，没有保存。请精简，或把附件作为文件上传。"}
            )
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.save", who, application)
        result = Saved(application, application.revision)
        edits = {e.path: e for e in application.edits.filter(path__in=[c.path for c in changes]).select_related("by")}
        told: dict[str, dict[str, Any]] = {}
        for change in changes:
            node = _leaf(application, change.path)
            at = papers.indexed(application, change.path)
            if at is None:
                result.gone.append(change.path)
                continue
            before = _raw_at(application, change.path, at, node)
            now_typed = typed(node, change.raw)
            now = shown(node, now_typed.value)
            edit = edits.get(change.path)
            newer = edit is not None and edit.revision > change.base
            known = (
                None
                if change.was is None
                else [x for raw in change.was for x in (raw, shown(node, typed(node, raw).value))]
            )
            mine = edit is not None and edit.by_id == who.user_id and (known is None or before in known)
            if newer and not mine and edit is not None and not change.force and before not in (now, change.raw):
                result.overtaken[change.path] = Overtaken(
                    change.path,
                    before if isinstance(before, str) else "、".join(before),
                    OTHER_WINDOW if edit.by_id == who.user_id else str(edit.by or "其他人"),
                    f"{edit.at.astimezone(clock.CHINA):%H:%M}",
                    edit.revision,
                )
                continue
            _put(application.form, at, now_typed.value)
            raw = change.raw if isinstance(change.raw, str) else "、".join(change.raw)
            if now_typed.unread:
                application.unread[change.path] = {"raw": raw, "message": now_typed.note}
            else:
                application.unread.pop(change.path, None)
            after = _raw_at(application, change.path, at, node)
            result.saved[change.path] = now_typed.note
            if after != before:
                told[change.path] = {"place": papers.paper_of(application).place(at)}
        if told:
            store(application, who=who)
            result.revision = application.revision
            moment = application.changed_at
            for path in told:
                FieldEdit.objects.update_or_create(
                    application=application,
                    path=path,
                    defaults={"revision": application.revision, "by_id": who.user_id, "at": moment},
                )
            versions.keep(application, Version.Why.SITTING, who=who)
            places = "、".join(dict.fromkeys(t["place"].split(" · ")[0] for t in told.values()))
            record(
                who,
                holding,
                "applying.save",
                application,
                f"填写：{places}"[:400],
                data={"paths": sorted(told), "revision": application.revision},
                application=application,
            )
    return result


def store(application: Application, *, who: Who) -> None:
    """Validate the form, project what is queried, count the revision, save the row. Inside a transaction."""
    form = Form.model_validate(application.form)
    application.form = papers.plain(form)
    application.rows = papers.with_keys(papers.paper_of(application), application.form, application.rows)
    application.title = form.cover.title[:200]
    application.requested_fen = form.budget.requested
    application.industry = form.service.industry[:200]
    application.provinces = form.service.provinces
    application.revision += 1
    application.changed_at = clock.now()
    application.changed_by_id = who.user_id
    application.save()


def drop_blank_rows(application: Application, *, who: Who) -> None:
    """Take out the rows that nobody filled, before the form is frozen. Inside a transaction, on the locked application."""
    bare = papers.without_blank_rows(application)
    if bare is not application:
        application.form, application.rows = bare.form, bare.rows
        store(application, who=who)


def add_row(application: Application, table: str, *, who: Who, values: Mapping[str, str] | None = None) -> str:
    """A new row at the end of a table; its key. Invalid where there is no such table or it is as long as it may be."""

    def with_one(held: list[Any], keys: list[str]) -> None:
        if len(held) >= ROWS:
            raise Invalid({table: f"一张表最多 {ROWS} 行。"})
        held.append(dict(values or {}))

    return _rows(application, table, who, "增加一行", with_one)


def remove_row(application: Application, table: str, key: str, *, who: Who) -> None:
    """Remove a row; what it held stays in the version before."""

    def without(held: list[Any], keys: list[str]) -> None:
        if key in keys:
            at = keys.index(key)
            held.pop(at)
            keys.pop(at)

    _rows(application, table, who, "删除一行", without)


def move_row(application: Application, table: str, key: str, by: int, *, who: Who) -> None:
    """Move a row up (−1) or down (1)."""

    def moved(held: list[Any], keys: list[str]) -> None:
        if key in keys:
            at = keys.index(key)
            to = min(max(at + by, 0), len(keys) - 1)
            held.insert(to, held.pop(at))
            keys.insert(to, keys.pop(at))

    _rows(application, table, who, "移动一行", moved)


def _rows(application: Application, table: str, who: Who, says: str, change: Any) -> str:
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.save", who, application)
        paper = papers.paper_of(application)
        if table not in papers.tables(paper):
            raise Invalid({table: "表中没有这张表格。"})
        versions.keep(application, Version.Why.SITTING, who=who)
        held = application.form
        for step in table.split("."):
            held = held[step]
        change(held, application.rows[table])
        store(application, who=who)
        record(
            who,
            holding,
            "applying.save",
            application,
            f"{says}：{paper.place(table)}",
            data={"table": table, "rows": len(application.rows[table])},
            application=application,
        )
        return application.rows[table][-1] if application.rows[table] else ""


def _leaf(application: Application, path: str) -> Node:
    node = papers.node_at(papers.paper_of(application), path)
    if node is None or node.children:
        raise Invalid({path: "表中没有这一栏。"})
    return node


def _raw_at(application: Application, path: str, at: str, node: Node) -> str | list[str]:
    if path in application.unread:
        raw: str = application.unread[path]["raw"]
        return raw
    value: Any = application.form
    for step in at.split("."):
        if isinstance(value, list):
            value = value[int(step)]
        else:
            value = (value or {}).get(step)
    return shown(node, value)


def _put(form: dict[str, Any], at: str, value: Any) -> None:
    *steps, last = at.split(".")
    held: Any = form
    for step in steps:
        held = held[int(step)] if isinstance(held, list) else held.setdefault(step, {})
    held[last] = value
