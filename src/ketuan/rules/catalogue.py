"""The catalogue of all rules: code, clause, subject, weight and what is checked, read from ``rules.tsv``.

A rule function is tied to its row by ``@rule("grant.cap")`` and to nothing else; which functions run is said in
:mod:`ketuan.rules.checking`.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, Literal, ParamSpec, TypeVar, cast

from ketuan.rules.call import Call, clause_ids
from ketuan.rules.findings import Weight

Subject = Literal["application", "roster", "portfolio", "registry", "submission", "preference", "closing"]

SUBJECTS: dict[Subject, str] = {
    "application": "申报书",
    "roster": "团员名册",
    "portfolio": "同一单位的各份申报书",
    "registry": "申报资格",
    "submission": "报送",
    "preference": "优先支持",
    "closing": "结项",
}
WEIGHTS: dict[Weight, str] = {"block": "必须修改", "warn": "建议核对", "note": "提示", "pending": "待定"}
MEANINGS: dict[Weight, str] = {
    "block": "通知写“须”“不得”“不超过”“不予受理”，不改好不能报送",
    "warn": "通知写“一般”，请再核对，有理由的可以说明",
    "note": "通知写“鼓励”“优先”，供参考",
    "pending": "凭收到的材料还不能判断",
}
LATER: dict[Subject, str] = {
    "registry": "rules/checks/registry.py，事实来自 records 的单位、处罚和项目登记",
    "submission": "rules/checks/submission.py，事实来自 programme 的报送与收件",
    "preference": "rules/checks/preference.py，事实来自申报书和上年结项",
    "closing": "rules/closing.py，事实来自 records/facts.py",
}
"""Subjects whose rules come with the platform, and the file in which they will live."""

P = ParamSpec("P")
Said = TypeVar("Said")


@dataclass(frozen=True, slots=True)
class Row:
    """One rule as the catalogue knows it."""

    code: str
    clause: str
    subject: Subject
    weight: Weight
    checks: str


@dataclass(frozen=True)
class Rule(Generic[P, Said]):
    """A function beside its row."""

    row: Row
    judge: Callable[P, Iterator[Said]]

    @property
    def code(self) -> str:
        return self.row.code

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[Said]:
        return self.judge(*args, **kwargs)


def rule(code: str) -> Callable[[Callable[P, Iterator[Said]]], Rule[P, Said]]:
    """Attach the catalogue row of ``code``; KeyError where the catalogue has none."""
    row = catalogue()[code]
    return lambda judge: Rule(row, judge)


@functools.cache
def catalogue() -> dict[str, Row]:
    """Every rule by its code, in the order of the paper."""
    text = (importlib.resources.files("ketuan.rules") / "rules.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {
        r["code"]: Row(r["code"], r["clause"], cast(Subject, r["subject"]), cast(Weight, r["weight"]), r["checks"])
        for r in rows
    }


def rows_of(subject: Subject) -> tuple[Row, ...]:
    return tuple(row for row in catalogue().values() if row.subject == subject)


def lines(call: Call) -> Iterator[str]:
    """The catalogue for a terminal, line by line."""
    yield f"{call.about.title}：{len(catalogue())} 条规则"
    for subject, name in SUBJECTS.items():
        rows = rows_of(subject)
        yield ""
        yield f"{name}（{len(rows)} 条）" + ("  随平台提供" if subject in LATER else "")
        for row in rows:
            yield f"  {row.code:<28}{WEIGHTS[row.weight]:　<4}  {row.checks}"
            yield f"  {'':<28}依据 {row.clause}：{call.clause(row.clause)}"


def markdown(call: Call) -> str:
    """The page of the documentation: a table a subject, then the settings and the clauses."""
    out = [
        "# 核对规则一览",
        "",
        "<!-- 本页由 `ketuan rules --markdown` 生成，请改 src/ketuan/rules/，不要改这里。 -->",
        "",
        f"依据：{call.about.title}申报通知（{call.about.number}，{_day(call.about.issued)}）。“依据”一栏的编号见文末的条款表；"
        "条款用自己的话概括，引用时以通知原文为准。",
        "",
        "## 轻重",
        "",
        "| 轻重 | 代码 | 意思 |",
        "| --- | --- | --- |",
        *(f"| {WEIGHTS[weight]} | `{weight}` | {meaning} |" for weight, meaning in MEANINGS.items()),
        "",
    ]
    for subject, name in SUBJECTS.items():
        out += [f"## {name}", ""]
        if subject in LATER:
            out += [f"随平台提供（{LATER[subject]}）。", ""]
        out += ["| 规则 | 查什么 | 依据 | 通知的要求 | 轻重 |", "| --- | --- | --- | --- | --- |"]
        for row in rows_of(subject):
            texts = "<br>".join(text.says for text in call.clauses_of(row.clause))
            out.append(f"| `{row.code}` | {row.checks} | {row.clause} | {texts} | {WEIGHTS[row.weight]} |")
        out.append("")
    out += ["## 通知没有说清的地方", "", "这些地方按下面的取法判断，可以在通知配置里改。", ""]
    out += ["| 配置项 | 问题 | 现取 | 可取 | 说明 | 依据 |", "| --- | --- | --- | --- | --- | --- |"]
    for path, setting in call.open_questions():
        options = "、".join(f"`{option}`" for option in setting.options) or "—"
        value = {True: "true", False: "false"}.get(setting.value, setting.value)
        out.append(f"| `{path}` | {setting.says} | `{value}` | {options} | {setting.note} | {setting.clause} |")
    cited = {one for row in catalogue().values() for one in clause_ids(row.clause)}
    cited |= {one for _, entry in call.entries() for one in clause_ids(entry.clause)}
    out += ["", "## 条款", "", "| 条款 | 要求 |", "| --- | --- |"]
    out += [f"| {one} | {says} |" for one, says in call.clauses.items() if one in cited]
    return "\n".join(out) + "\n"


def _day(day: object) -> str:
    year, month, number = str(day).split("-")
    return f"{year}年{int(month)}月{int(number)}日"
