"""A bag held against the call (通知 四.2): day of dispatch, number of copies, seal, label, and the short code on the paper."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from ketuan.rules.call import Call
from ketuan.rules.findings import WEIGHTS, Finding, Weight

DAY, ORIGINALS, COPIES, SEALED, LABEL, CODE = (
    "paper.day",
    "paper.originals",
    "paper.copies",
    "paper.sealed",
    "paper.label",
    "paper.code",
)
_CLAUSE = "通知 四.2"
_BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Bag:
    """What stands on the bag and what lies in it. None: not looked at yet."""

    sent_on: datetime.date | None = None
    carrier: str = ""
    tracking: str = ""
    received_at: datetime.datetime | None = None
    originals: int | None = None
    copies: int | None = None
    sealed: bool | None = None
    labelled: bool | None = None
    short_code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Printed:
    """A version that can be on paper. ``changed`` is what became different after it, in words."""

    number: int
    short_code: str
    submitted: bool = False
    changed: str = ""


def tidied(code: str) -> str:
    """A short code as printed, from what somebody typed: any case, with or without the dash."""
    bare = re.sub(r"[^0-9A-Z]", "", code.upper())
    return f"{bare[:4]}-{bare[4:]}" if len(bare) == 8 else bare[:12]


def agrees(code: str, versions: Sequence[Printed]) -> bool | None:
    """Whether the paper is the submitted version; None where no code was read or nothing is submitted."""
    current = next((one for one in versions if one.submitted), None)
    if not code or current is None:
        return None
    return code == current.short_code


def judge(bag: Bag, call: Call, last: datetime.date, versions: Sequence[Printed]) -> tuple[Finding, ...]:
    """What is wrong with a bag, heaviest first. ``last`` is the last day on which it may be sent."""
    found = [*_day(bag, call, last), *_inside(bag, call), *_outside(bag), *_code(bag, versions)]
    return tuple(sorted(found, key=lambda one: WEIGHTS.index(one.weight)))


def _day(bag: Bag, call: Call, last: datetime.date) -> Iterator[Finding]:
    came = bag.received_at.astimezone(_BEIJING).date() if bag.received_at else None
    by_receipt = call.settings.paper_by.value == "receipt"
    day = came if by_receipt else bag.sent_on
    word, clause = ("收到" if by_receipt else "寄出"), call.settings.paper_by.clause
    if day is not None and day > last:
        message = f"纸质材料在{_said(day)}{word}，晚于{_said(last)}，逾期不再受理。"
        yield _finding(
            DAY, "block", message, _said(day), f"{_said(last)}以前{word}", "有逾期许可的，请先在申报书里登记。", clause
        )


def _inside(bag: Bag, call: Call) -> Iterator[Finding]:
    for code, name, count, asked in (
        (ORIGINALS, "原件", bag.originals, call.submission.originals),
        (COPIES, "复印件", bag.copies, call.submission.copies),
    ):
        if count is not None and count < asked.value:
            fix = f"请补寄{name} {asked.value - count} 份。"
            yield _finding(
                code, "block", f"{name}只有 {count} 份。", f"{count} 份", f"{asked.value} 份", fix, asked.clause
            )


def _outside(bag: Bag) -> Iterator[Finding]:
    if bag.sealed is False:
        yield _finding(SEALED, "warn", "文件袋没有密封。", "未密封", "用文件袋密封", "收到时请与寄件单位核对袋内材料。")
    if bag.labelled is False:
        fix = "可以用平台打印的文件袋标签。"
        yield _finding(
            LABEL, "warn", "文件袋上没有注明项目名称和申报单位名称。", "未注明", "注明项目名称及申报单位名称", fix
        )


def _code(bag: Bag, versions: Sequence[Printed]) -> Iterator[Finding]:
    current = next((one for one in versions if one.submitted), None)
    if not bag.short_code or current is None or bag.short_code == current.short_code:
        return
    wanted = f"{current.short_code}（第 {current.number} 版，已提交的版本）"
    other = next((one for one in versions if one.short_code == bag.short_code), None)
    if other is None:
        message = f"纸面短码 {bag.short_code} 不是这份申报书任何一版的短码。"
        fix = "请先核对有没有抄错、有没有装错袋，再请申报单位寄已提交的那一版。"
    else:
        message = f"纸面是第 {other.number} 版，不是已提交的第 {current.number} 版。"
        message += f"两版的不同：{other.changed}。" if other.changed else "两版的栏目内容相同。"
        fix = "请申报单位打印已提交的那一版，重新签字盖章寄来。"
    yield _finding(CODE, "block", message, bag.short_code, wanted, fix)


def _said(day: datetime.date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _finding(
    code: str, weight: Weight, message: str, found: str, wanted: str, fix: str, clause: str = _CLAUSE
) -> Finding:
    return Finding(code, weight, clause, code.partition(".")[2], message, found, wanted, fix)
