"""How long the texts may be (附件3 一、三至六). The call says which of the two ways of counting 字 decides."""

from __future__ import annotations

from collections.abc import Iterator

from ketuan.forms import words as counting
from ketuan.forms.fields import Kind
from ketuan.forms.paper import generic
from ketuan.rules.call import Call
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case
from ketuan.rules.findings import Finding, Say


@rule("words.introduction")
def introduction(case: Case) -> Iterator[Say]:
    """附件3 一: 申报单位简介（200字以内）."""
    return _within(case, "society.introduction", case.form.society.introduction)


@rule("words.rationale")
def rationale(case: Case) -> Iterator[Say]:
    """附件3 三: 立项依据和目的（200字以内）."""
    return _within(case, "rationale", case.form.rationale)


@rule("words.work_plan")
def work_plan(case: Case) -> Iterator[Say]:
    """附件3 四: 工作方案（300字以内）."""
    return _within(case, "work_plan", case.form.work_plan)


@rule("words.objectives")
def objectives(case: Case) -> Iterator[Say]:
    """附件3 五: 目标及预期成果（300字以内）."""
    return _within(case, "objectives", case.form.objectives)


@rule("words.capacity")
def capacity(case: Case) -> Iterator[Say]:
    """附件3 六: 组织实施条件（300字以内）."""
    return _within(case, "capacity", case.form.capacity)


def _within(case: Case, path: str, text: str) -> Iterator[Say]:
    limit = case.limit(generic(path))
    if limit is None or len(text) <= limit:  # neither way of counting gives more than there are characters
        return
    count = length(text, case.call)
    if count > limit:
        yield Say(
            path,
            f"“{case.paper.nodes[generic(path)].spec.label}”有{measured(text, case.call)}，限 {limit} 字。",
            found=str(count),
            wanted=str(limit),
            fix=f"请删去至少 {count - limit} 个字。",
        )


_OWN = frozenset(("society.introduction", "rationale", "work_plan", "objectives", "capacity"))


def unlisted(case: Case) -> Iterator[Finding]:
    """Limited texts that the catalogue does not know yet: a field added to the form is judged before it has a row."""
    for path, node, text in case.cells:
        if text and node.spec.limit and node.spec.kind is Kind.WORDS and path not in _OWN:
            clause = f"附件3 {node.spec.section}" if node.spec.section else "附件3 填报说明1"
            for say in _within(case, path, text):
                code = f"words.{node.name}"
                yield Finding(code, "block", clause, path, say.message, say.found, say.wanted, say.fix)


def length(text: str, call: Call) -> int:
    """字 of a text as the call counts them."""
    return counting.words(text) if call.settings.count.value == "word" else counting.characters(text)


def measured(text: str, call: Call) -> str:
    """Both counts, the deciding one first: “302 字（Word 字数；不计空格的字符数 318）”."""
    words, characters = counting.words(text), counting.characters(text)
    if call.settings.count.value == "word":
        return f" {words} 字（Word 字数；不计空格的字符数 {characters}）"
    return f" {characters} 字（不计空格的字符数；Word 字数 {words}）"


def near_limit(form_text: str, path: str, call: Call) -> str | None:
    """Both counts where a text is within the margin of its limit or over it, for pages that count while one writes."""
    limit = call.paper.nodes[path].spec.limit
    if limit is None or length(form_text, call) * 100 < limit * (100 - call.settings.count_margin.value):
        return None
    return f"{measured(form_text, call).strip()}，限 {limit} 字"
