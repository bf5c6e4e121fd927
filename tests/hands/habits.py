"""Writing habits: how a person writes a date, an amount, a tick. A `Hand` is one choice of each habit."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date

WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
WIDE_DIGITS = {ord(digit): chr(ord(digit) + 0xFEE0) for digit in "0123456789."}
HAN = "〇一二三四五六七八九"


def wide(text: str) -> str:
    """Full-width letters, digits and marks, as an input method in 全角 writes them."""
    return text.translate(WIDE)


def han_year(year: int, zero: str = "〇") -> str:
    return "".join(HAN[int(digit)] for digit in str(year)).replace("〇", zero)


def han_number(number: int) -> str:
    """1 to 31 as spoken: 五, 十, 二十, 三十一."""
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else ("" if tens == 1 else HAN[tens]) + "十") + (HAN[ones] if ones else "")


def _han(day: date, zero: str = "〇") -> str:
    return f"{han_year(day.year, zero)}年{han_number(day.month)}月{han_number(day.day)}日"


DATES: dict[str, Callable[[date], str]] = {
    "2024年5月20日": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "2024-05-20": lambda day: day.isoformat(),
    "2024/5/20": lambda day: f"{day.year}/{day.month}/{day.day}",
    "2024.5.20": lambda day: f"{day.year}.{day.month}.{day.day}",
    "2024．05．20": lambda day: f"{day.year}．{day.month:02}．{day.day:02}",
    "2024 年 05 月 20 日": lambda day: f"{day.year} 年 {day.month:02} 月 {day.day:02} 日",
    "  2024   年  5  月  20 日": lambda day: f"  {day.year}   年  {day.month}  月  {day.day} 日",
    "２０２４年５月２０日": lambda day: wide(f"{day.year}年{day.month}月{day.day}日"),
    "二〇二四年五月二十日": _han,
    "二○二四年五月二十日": lambda day: _han(day, "○"),
    "二零二四年五月二十日": lambda day: _han(day, "零"),
    "2024年5月20号": lambda day: f"{day.year}年{day.month}月{day.day}号",
    "20240520": lambda day: day.strftime("%Y%m%d"),
}

# two dates of a stage: how they are joined
RANGES: dict[str, Callable[[str, str], str]] = {
    "as printed": lambda first, last: f"{first}至\n{last}",
    "至": lambda first, last: f"{first}至{last}",
    "—": lambda first, last: f"{first}—{last}",
    "～": lambda first, last: f"{first}～{last}",
    "-": lambda first, last: f"{first}-{last}",
    "起至止": lambda first, last: f"{first}起至{last}止",
    "year once": lambda first, last: f"{first}至{_without_same_year(first, last)}",
}


def _without_same_year(first: str, last: str) -> str:
    """2024年6月15日至10月31日: what is left of the second date when its year need not be said again."""
    head, mark, tail = last.partition("年")
    return tail.lstrip() if mark and first.startswith(head + mark) else last


def _plain(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".")


MONEYS: dict[str, Callable[[float], str]] = {
    "80": _plain,
    "80.00": lambda amount: f"{amount:.2f}",
    "80万": lambda amount: f"{_plain(amount)}万",
    "80万元": lambda amount: f"{_plain(amount)}万元",
    "80 万元": lambda amount: f"{_plain(amount)} 万元",
    "８０": lambda amount: wide(_plain(amount)),
    "８０．００": lambda amount: wide(f"{amount:.2f}"),
    "1,080.50": lambda amount: f"{amount:,.2f}",
    "1，080.50万元": lambda amount: f"{amount:,.2f}万元".replace(",", "，"),
    "800000元": lambda amount: f"{round(amount * 10000)}元",
    "800,000.00元": lambda amount: f"{amount * 10000:,.2f}元",
}

# what stands before and behind a ticked option, and before an option that is not ticked
MARKS: dict[str, tuple[str, str, str]] = {
    "☑": ("☑", "", "□"),
    "☑ with a space": ("☑ ", "", "□ "),
    "☑☐": ("☑", "", "☐"),
    "☒": ("☒", "", "☐"),
    "🗹": ("🗹", "", "□"),
    "√": ("√", "", "□"),
    "■": ("■", "", "□"),
    "✓": ("✓", "", "□"),
    "✔": ("✔", "", "□"),
    "●": ("●", "", "○"),
    "√□": ("√□", "", "□"),
    "□√": ("□√", "", "□"),
    "√ behind": ("□", "√", "□"),
    "（√） behind": ("□", "（√）", "□"),
    "(√)": ("(√)", "", "□"),
    "（√）": ("（√）", "", "（  ）"),
    "[√]": ("[√]", "", "[ ]"),
}
# ticks that are more than characters: drawn in fill.py
DRAWN = (
    "Wingdings F0FE",
    "Wingdings 2 F052",
    "R in Wingdings 2",
    "Wingdings F0FE as a character",
    "content control",
    "form field",
    "others deleted",
)


def _counted(names: list[str], joint: str, pattern: str) -> str:
    """A list with numbers, as people number it when it has more than one name."""
    if len(names) < 2:
        return "".join(names)
    return joint.join(pattern.format(at=at, ring=chr(0x245F + at), name=name) for at, name in enumerate(names, 1))


PARTNERS: dict[str, Callable[[list[str]], str]] = {
    "、": lambda names: "、".join(names),
    "；": lambda names: "；".join(names),
    "；。": lambda names: "；".join(names) + "。",
    ";": lambda names: "; ".join(names),
    "，": lambda names: "，".join(names),
    "lines": lambda names: "\n".join(names),
    "1. lines": lambda names: _counted(names, "\n", "{at}. {name}"),
    "1、lines；": lambda names: _counted(names, "；\n", "{at}、{name}"),
    "（1）": lambda names: _counted(names, "；", "（{at}）{name}"),
    "①": lambda names: _counted(names, " ", "{ring}{name}"),
}

PADDINGS: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "spaces": lambda text: f"  {text}   ",
    "full-width spaces": lambda text: f"　{text}　",
    "non-breaking spaces": lambda text: f"\u00a0{text}\u00a0\u00a0",
    "tab": lambda text: f"\t{text}",
}

HABITS: dict[str, tuple[str, ...]] = {
    "date": tuple(DATES),
    "span": tuple(RANGES),
    "money": tuple(MONEYS),
    "tick": (*MARKS, *DRAWN),
    "hint": ("overwritten", "kept, new paragraph", "kept, same paragraph", "kept, line break", "kept, last paragraph"),
    "pieces": ("whole", "split", "every character"),
    "lines": ("paragraphs", "breaks"),
    "indent": ("none", "two full-width spaces"),
    "padding": tuple(PADDINGS),
    "leftovers": ("kept", "deleted", "many blank rows", "dots behind"),
    "numbers": ("typed", "automatic", "none", "full-width"),
    "partners": tuple(PARTNERS),
    "width": ("half", "full"),
    "nothing": ("blank", "/", "无", "line deleted"),
    "sentence": ("tight", "spaced", "underlined"),
}


@dataclass(frozen=True)
class Hand:
    """One person's habits. Every field takes one of the values of `HABITS` under the same name."""

    date: str = "2024年5月20日"
    span: str = "as printed"
    money: str = "80"
    tick: str = "☑"
    hint: str = "overwritten"
    pieces: str = "whole"
    lines: str = "paragraphs"
    indent: str = "none"
    padding: str = "none"
    leftovers: str = "kept"
    numbers: str = "typed"
    partners: str = "、"
    width: str = "half"
    nothing: str = "blank"
    sentence: str = "tight"
    seed: int = 0

    def __str__(self) -> str:
        told = [f"{f.name}={getattr(self, f.name)}" for f in fields(self) if getattr(self, f.name) != f.default]
        return ", ".join(told) or "plain"


def each_habit() -> Iterator[Hand]:
    """The plain hand, then every other value of every habit alone."""
    yield Hand()
    for habit, values in HABITS.items():
        for value in values:
            if value != getattr(Hand(), habit):
                yield replace(Hand(), **{habit: value})


def mixed_hand(seed: int) -> Hand:
    """All habits at once, drawn by seed; pairs that even a person could not read are not drawn."""
    chance = random.Random(seed)
    hand = Hand(**{habit: chance.choice(values) for habit, values in HABITS.items()}, seed=seed)
    if hand.span == "-" and hand.date in ("2024-05-20", "20240520"):
        hand = replace(hand, span="至")
    if hand.span == "year once" and "年" not in hand.date:
        hand = replace(hand, span="as printed")
    return hand
