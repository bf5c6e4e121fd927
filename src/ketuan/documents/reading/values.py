"""What people write into a cell → amounts, dates, names. Nothing is guessed in silence: :class:`Value` carries a note."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ketuan.forms.regions import province_at

_FEN = {"": 1_000_000, "万": 1_000_000, "万元": 1_000_000, "元": 100, "亿": 10_000_000_000, "亿元": 10_000_000_000}
_FEN |= {"千元": 100_000, "万元整": 1_000_000, "元整": 100, "万人民币": 1_000_000}
_NUMBER = r"\d{1,3}(?:[,，'’]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_AMOUNT = re.compile(rf"(?:人民币|[¥￥约])*({_NUMBER})(亿元|亿|万元整|万人民币|万元|万|千元|元整|元)?")
_NOT_OURS = re.compile(r"[-−－负]\d|美元|欧元|港元|港币|日元|英镑|[$€£]|USD|EUR", re.IGNORECASE)
_SPOKEN = re.compile(
    r"[几数两零〇一二三四五六七八九十百千半壹贰叁肆伍陆柒捌玖拾佰仟][几十百千拾佰仟]*[多来余把]?[万元亿]|待定|未定|另报|面议"
)
_NOTHING = {"", "无", "没有", "/", "-", "--", "—", "——", "_", "\\", "暂无", "〇无", "无。"}

_HAN_DIGITS = {c: str(i) for i, c in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
    "O": "0",
    "两": "2",
}
_HAN_YEAR = re.compile(
    r"(?:([〇零○O一二三四五六七八九]{2,4})年)?([一二三四五六七八九十]{1,3})月(?:([一二三四五六七八九十]{1,3})[日号])?"
)
_HAN_TENS = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?")
_HAN_YEAR_ALONE = re.compile(r"[〇零○O一二三四五六七八九]{4}(?=年)")
_DAY = re.compile(
    r"(?<!\d)(?:(?P<y>(?:19|20)\d{2}|\d{2}(?=\s*年|\s*[-/.．]\s*\d{1,2}\s*[-/.．]\s*\d{1,2}(?!\d)))"
    r"\s*[-/.．。、年]\s*)"
    r"(?P<m>1[0-2]|0?[1-9])(?!\s*月\s*(?:3[2-9]|[4-9]\d|\d{3}))(?:\s*[-/.．。、月]\s*(?:份)?\s*(?P<d>3[01]|[12]\d|0?[1-9])(?!\d)\s*[日号]?|\s*月份?)?(?!\d)"
    r"|(?<!\d)(?P<Y>(?:19|20)\d{2})(?P<M>1[0-2]|0[1-9])(?P<D>3[01]|[12]\d|0[1-9])(?!\d)"
    r"|(?<!\d)(?P<m2>1[0-2]|0?[1-9])\s*月\s*(?:(?P<d2>3[01]|[12]\d|0?[1-9])\s*[日号])?"
)
_YEAR = re.compile(r"(?:到|至)?((?:19|20)\d{2})年?(?:底|末|年底|年末|前|底前|年底前)?")
_MONTHS = re.compile(r"((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月?\s*[-–—~～至到]\s*(\d{1,2})\s*月(?!\s*\d{1,2}\s*[日号])")
_DAYS = re.compile(r"(?<!\d)(\d{4})([./-])(\d{1,2})\2(\d{1,2})\s*[-–—~～至到]\s*(\d{1,2})\2(\d{1,2})(?![\d./-])")
_DIGIT = re.compile(r"\d")
_BLANKS = re.compile(r"[年月日至起止到—\-~～_/.\s]+")
_SPACED = re.compile(r"(?:\d[ \t]+){3}\d")
# A name runs up to a separator or two spaces; what stands in brackets belongs to it. No run is tried twice.
_NAME = re.compile(r"(?:[（(][^（(）)\n]*+[）)]| (?! )|[^、，,；;\n\t|｜\u3000 ])++")
_ENUMERATION = re.compile(r"(?:^\s*|(?<=[\s、，,；;。]))(?:[（(]\d{1,2}[)）]|\d{1,2}[)）.．、])\s*+|[①-⑳]\s*+")


@dataclass(frozen=True, slots=True)
class Value:
    """A value, and what is not certain about it. ``unread`` is set where something stands there but nothing was made of it."""

    value: Any = None
    note: str = ""
    unread: bool = False


def folded_spaces(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def _said(text: str) -> str:
    """What was written, short enough for a sentence."""
    said = text.strip()
    return said if len(said) <= 60 else f"{said[:60]}…"


def nothing(text: str) -> bool:
    """True for an empty cell and for the ways of writing that there is nothing."""
    return folded_spaces(text) in _NOTHING


def read_money(text: str, *, fen: int = 1_000_000) -> Value:
    """分 of “80”, “80.00万元”, “８０”, “800,000元”. ``fen`` is the unit that the paper prints (万元)."""
    flat = folded_spaces(text).replace("_", "")
    for unit in ("万元", "元"):
        if flat == unit:
            flat = ""
    if flat in _NOTHING:
        return Value()
    match = _AMOUNT.fullmatch(flat)
    note = ""
    if match is None and _NOT_OURS.search(flat):
        return Value(note=f"“{_said(text)}”不是以人民币万元写的正数，请改写", unread=True)
    if match is None:
        matches = list(_AMOUNT.finditer(flat))
        if len(matches) != 1:
            return Value(note=f"“{_said(text)}”读不出金额，请只写一个数，单位万元", unread=True)
        match = matches[0]
        note = f"“{_said(text)}”按 {match.group()} 理解，请核对"
    number, unit = match.groups()
    if match.group().startswith("约"):
        note = f"“{_said(text)}”写的是约数，请写准确金额"
    try:
        amount = Decimal(re.sub(r"[,，'’]", "", number)) * (_FEN[unit] if unit else fen)
    except InvalidOperation:
        return Value(note=f"“{_said(text)}”读不出金额", unread=True)
    if amount > 10**15:
        return Value(note=f"“{_said(text)}”超出合理范围，请核对", unread=True)
    whole = int(amount.to_integral_value())
    if whole != amount:
        note = note or f"“{_said(text)}”不足一分的部分未计入"
    return Value(whole, note)


def amount_in_words(text: str) -> bool:
    """True where an amount is spoken of that is no number: 八十来万, 几十万元, 壹佰万元整, 待定."""
    return _SPOKEN.search(folded_spaces(text)) is not None


def _digits(text: str) -> str:
    """Han numerals of a date in Arabic ones: 二〇二四年五月二十日 → 2024年5月20日."""

    def number(numeral: str) -> str:
        if "十" not in numeral:
            return "".join(_HAN_DIGITS[c] for c in numeral)
        if not _HAN_TENS.fullmatch(numeral):
            return "99"  # no such month or day: whoever reads on will say so
        tens, _, ones = numeral.partition("十")
        return str((int(_HAN_DIGITS[tens]) if tens else 1) * 10 + (int(_HAN_DIGITS[ones]) if ones else 0))

    def spelled(match: re.Match[str]) -> str:
        year, month, day_ = match.groups()
        said = "".join(_HAN_DIGITS[c] for c in year) + "年" if year else ""
        return f"{said}{number(month)}月" + (f"{number(day_)}日" if day_ else "")

    return _HAN_YEAR.sub(spelled, text)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date found in text; ``day`` is None where only a month was written."""

    year: int | None
    month: int
    day: int | None
    short: bool

    def first(self) -> datetime.date | None:
        return self._date(self.day or 1)

    def last(self) -> datetime.date | None:
        if self.day:
            return self._date(self.day)
        following = self._date(28)
        return following and (following + datetime.timedelta(days=4)).replace(day=1) - datetime.timedelta(days=1)

    def _date(self, day_: int) -> datetime.date | None:
        try:
            return datetime.date(self.year or 0, self.month, day_)
        except ValueError:
            return None


def dates_in(text: str) -> list[Dated]:
    """Every date of a text in order, a missing year taken from the date before it."""
    flat = _digits(unicodedata.normalize("NFKC", text))
    flat = _MONTHS.sub(r"\1年\2月-\1年\3月", flat)
    flat = _DAYS.sub(r"\1\2\3\2\4至\1\2\5\2\6", flat)
    if _SPACED.search(flat):
        flat = re.sub(r"(?<=\d)[ \t]+(?=\d)", "", flat)
    found: list[Dated] = []
    for match in _DAY.finditer(flat):
        g = match.groupdict()
        year_text = g["y"] or g["Y"]
        year = int(year_text) if year_text else (found[-1].year if found else None)
        short = bool(year_text) and len(year_text) == 2
        if year is not None and short:
            year += 2000
        day_text = g["d"] or g["D"] or g["d2"]
        month = int(g["m"] or g["M"] or g["m2"])
        found.append(Dated(year, month, int(day_text) if day_text else None, short))
    return found


Window = tuple[datetime.date, datetime.date]
"""First and last day of the period within which a date must lie."""


def read_day(text: str, *, end: bool = False, loose: bool = False, window: Window | None = None) -> Value:
    """The one date in a cell. A month alone is read as its first day, or its last where the cell is an ``end``.

    ``loose``: the cell may as well tell a year (“2025年底”, read as its last day) or a length of time (no date then).
    """
    if blank_date(text):
        return Value()
    found = dates_in(text)
    if len(found) == 1:
        return one_day(found[0], text, end=end, window=window)
    if loose and not found:
        flat = _HAN_YEAR_ALONE.sub(lambda m: "".join(_HAN_DIGITS[c] for c in m[0]), folded_spaces(text))
        year = _YEAR.fullmatch(flat)
        if year:
            return Value(datetime.date(int(year[1]), 12, 31), f"“{_said(text)}”没有写到日，按年底理解")
    return Value(note=f"“{_said(text)}”读不出日期，请写成某年某月某日", unread=True)


def one_day(dated: Dated, text: str, *, end: bool = False, window: Window | None = None) -> Value:
    """The day that was written. A missing year and a missing day are taken from the ``window``, and said."""
    notes = []
    if dated.year is None and window is not None:
        for year in range(window[0].year, window[1].year + 1):
            tried = Dated(year, dated.month, dated.day, dated.short)
            first, last = tried.first(), tried.last()
            if first and last and first <= window[1] and last >= window[0]:
                dated = tried
                notes.append(f"没有写年份，按 {year} 年理解")
                break
    value = dated.last() if end else dated.first()
    if value is None:
        return Value(note=f"“{_said(text)}”不是一个完整、存在的日期，请写明年月日", unread=True)
    if dated.day is None:
        notes.append(f"只写到月，按月{'末' if end else '初'}理解")
        if window is not None:  # a month alone never goes beyond the period it lies in
            edge = window[1] if end else window[0]
            if (edge.year, edge.month) == (value.year, value.month):
                value = min(value, edge) if end else max(value, edge)
    if dated.short:
        notes.append(f"年份只有两位，按 {value.year} 年理解")
    return Value(value, f"“{_said(text)}”{'，'.join(notes)}" if notes else "")


def blank_date(text: str) -> bool:
    """True for an empty cell and for the printed blanks of one (“年 月 日至 年 月 日”)."""
    if _DIGIT.search(text):
        return False
    return not _BLANKS.sub("", folded_spaces(text)) or nothing(text)


def read_names(text: str) -> list[str]:
    """Names of a cell, whatever stands between them; numbers in front of them are dropped, brackets kept whole."""
    names = (piece.strip().strip(" 。.") for piece in _NAME.findall(_ENUMERATION.sub("\n", text)))
    return [n for n in names if n]


def read_provinces(text: str) -> tuple[list[str], list[str]]:
    """Official names of the provinces of a cell, and the pieces that are not just provinces.

    A piece that begins with a province (“浙江省宁波市”) counts as that province; one without any is kept as written.
    """
    names: list[str] = []
    strange: list[str] = []
    for piece in (p for name in read_names(text.replace("/", "、").replace("／", "、")) for p in name.split()):
        known, rest = _provinces_of(piece)
        names.extend(known or [piece])
        if rest or not known:
            strange.append(piece)
    return list(dict.fromkeys(names)), strange


def _provinces_of(piece: str) -> tuple[list[str], bool]:
    """Provinces that a text names one after the other, and whether it says anything else."""
    found: list[str] = []
    at, rest = 0, False
    while at < len(piece):
        if piece[at] in "和与及":
            at += 1
            continue
        known = province_at(piece, at)
        if known is None:
            rest = True
            break
        found.append(known[0].name)
        at = known[1]
    return found, rest
