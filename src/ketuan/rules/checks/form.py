"""Is the paper filled as its notes ask (附件3 填报说明)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from ketuan.forms.fields import Kind
from ketuan.forms.identity import same_person
from ketuan.forms.paper import Node, blank, value_at
from ketuan.forms.remarks import Remark
from ketuan.rules.call import Title
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, leaders, shortened
from ketuan.rules.findings import Say

_EITHER = {"budget.lines.*.requested": "other"}
"""Cells that may stay empty where a neighbour in the row is filled."""

_WRITTEN = {
    Kind.DAY: ("写成年月日", "请写成几年几月几日。"),
    Kind.MONEY: ("写成数字，单位万元", "请只写数字，单位是万元。"),
}
_ENDS = {"start": "开始日期", "end": "结束日期"}


@rule("form.complete")
def complete(case: Case) -> Iterator[Say]:
    """附件3 填报说明1: 相应栏目填写完整，缺项不予受理."""
    for path, node, value in case.cells:
        if value or not blank(value):
            continue
        if path in case.unread and not node.spec.rule:
            yield _unread(case, path, node, case.unread[path])
        elif node.spec.required and not node.spec.rule and not _elsewhere(case, path, node):
            yield _empty(case, path, node)
    for remark in case.missing:
        yield Say(
            remark.path,
            remark.message if remark.message.endswith("。") else remark.message + "。",
            found=remark.found or None,
            fix="同一内容印在两处的，两处都要填，并且一致。",
        )


def _elsewhere(case: Case, path: str, node: Node) -> bool:
    neighbour = _EITHER.get(node.path)
    if neighbour is None:
        return False
    beside = f"{path.rpartition('.')[0]}.{neighbour}"
    return beside in case.unread or not blank(value_at(case.form, beside))


def _empty(case: Case, path: str, node: Node) -> Say:
    place = _named(case, path, node)
    if node.kind is Kind.ANNEX:
        return Say(path, f"没有附{place}。", fix="请按通知所附的表样填好，附在申报书后面，每个难题一张。")
    if node.kind is Kind.TABLE:
        return Say(path, f"{place}是空的。", fix="请逐行填写这张表；缺项的申报书不予受理。")
    verb = "没有勾选" if node.kind is Kind.TICKS else "没有填写"
    return Say(path, f"{place}{verb}。", fix="请补全这一栏；缺项的申报书不予受理。")


def _unread(case: Case, path: str, node: Node, remark: Remark) -> Say:
    wanted, fix = _WRITTEN.get(node.kind, ("写清楚", "请按这一栏的要求重新写清楚。"))
    place = _named(case, path, node)
    message = f"{place}写的是“{shortened(remark.found)}”，读不出来，要{wanted}。"
    # a time limit told in words (“12个月”) is an answer, though no date can be made of it
    return Say(path, message, found=remark.found, wanted=wanted, fix=fix, weight="pending" if node.spec.loose else None)


def _named(case: Case, path: str, node: Node) -> str:
    place = case.paper.place(path)
    if node.kind is Kind.DAY and node.name in _ENDS and "日期" not in node.spec.label:
        place += f"（{_ENDS[node.name]}）"
    return f"“{place}”"


# “科创中国” may stand between any pair of double marks; NFKC has made ＂ an ordinary one
_QUOTE = '["“”„‟〝〞〟『』]'


@functools.lru_cache(maxsize=8)
def _patterns(brand: str, tail: str, placeholder: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    return re.compile(f"{_QUOTE}{re.escape(brand)}{_QUOTE}(.+?){re.escape(tail)}"), re.compile(placeholder)


@rule("title.format")
def title(case: Case) -> Iterator[Say]:
    """附件3 填报说明3: 按格式补全项目名称，如“科创中国”人工智能科技服务团."""
    written = case.form.cover.title
    if not written:
        return
    asked: Title = case.call.form.title
    shape, placeholder = _patterns(asked.brand.value, asked.tail.value, asked.placeholder.value)
    wanted = f"“{asked.brand.value}”<产业领域>{asked.tail.value}"
    fitting = shape.fullmatch("".join(unicodedata.normalize("NFKC", written).split()))
    if fitting is None:
        what = f"不是{wanted}的格式"
    elif placeholder.search(fitting.group(1)):
        what = "里的占位字样还没有换成产业领域"
    else:
        return
    yield Say(
        "cover.title",
        f"项目名称{what}，现写：{shortened(written)}。",
        found=written,
        wanted=wanted,
        fix=f"请写成“{asked.brand.value}”加重点服务的产业领域再加“{asked.tail.value}”，前后不加别的字。",
    )


@rule("leader.not_chief")
def not_chief(case: Case) -> Iterator[Say]:
    """附件3 填报说明6: 服务团团长与首席专家不得为同一人."""
    leader, chief = leaders(case.form)
    if leader.key and leader.key == chief.key and same_person(leader, chief):
        yield Say(
            "chief_expert.name",
            f"团长和首席专家都是{shortened(chief.name)}，不能是同一个人。",
            found=chief.name,
            wanted="与团长不是同一人",
            fix="请另请一位首席专家，或另选一位团长；如果只是同名，请核对两人的手机、邮箱和单位。",
        )
