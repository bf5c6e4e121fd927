"""Can the telephone numbers and e-mail addresses be real ones (附件3 填报说明1)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from ketuan.forms.fields import Kind
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case, shortened
from ketuan.rules.findings import Say

# ---- telephone ------------------------------------------------------------

_LONGEST = 100  # a cell longer than this is no list of numbers
_PLAIN_MOBILE = re.compile(r"1[3-9]\d{9}")
_PLAIN = re.compile(r"1[3-9]\d{9}|0(?:10|2\d)-?[2-9]\d{7}|0[3-9]\d\d-?[2-9]\d{6,7}")
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－─~～", "-"))
_STATE = r"\(?(?:\+|00)?86\)?[-\s]{0,3}"
_EIGHT = r"[1-9]\d{3}[-\s]?\d{4}"
_SEVEN = r"[1-9]\d{2,3}[-\s]?\d{4}"  # or eight
_HOME = rf"\(?0(?:10|2\d)\)?[-\s]{{0,3}}{_EIGHT}|\(?0[3-9]\d\d\)?[-\s]{{0,3}}{_SEVEN}"
_ABROAD = rf"{_STATE}\(?(?:\(0\)|0)?(?:(?:10|2\d)\)?[-\s]{{0,3}}{_EIGHT}|[3-9]\d\d\)?[-\s]{{0,3}}{_SEVEN})"
_SERVICE = r"[48]00(?:[-\s]?\d){7}"
_LOCAL = r"[2-9]\d{2,3}[-\s]?\d{4}"
_INSIDE = r"(?:\s*(?:ext\.?|x|#|[-/*])\s*\d{1,6}(?!\d))?"
_MOBILE = rf"(?:{_STATE})?1[3-9]\d(?:[-\s]?\d){{8}}"
_ONE = rf"(?:{_MOBILE}|(?:{_HOME}|{_ABROAD}|{_SERVICE}|{_LOCAL}){_INSIDE})"
_GAP = r"[\s、,;/|&]+"
_NUMBERS = re.compile(rf"{_ONE}(?:{_GAP}{_ONE})*")
_A_MOBILE = re.compile(rf"(?<!\d){_MOBILE}(?!\d)")
# An extension becomes #801; what else people write around a number (手机：, （微信同号）, 办公室) is dropped
_EXTENSION = re.compile(r"[(]?\s*(?:转|分机)号?\s*:?\s*(\d{1,6})\s*[)]?")
_AROUND = re.compile(r"[(\[][^()\[\]\d]*[)\]]|[\u4e00-\u9fff]+|\b(?:tel|phone|mobile|mob)\b\.?|:")


def _bare(written: str) -> str:
    """The numbers of a cell without the words around them."""
    text = unicodedata.normalize("NFKC", written).translate(_DASHES).lower()
    text = _EXTENSION.sub(r"#\1", text)
    return _AROUND.sub(" ", text).strip(" \t\n、,;/|")


def phone_ok(written: str, *, mobile: bool = False) -> bool:
    """True for one or several possible Chinese numbers; ``mobile`` wants a mobile number among them.

    Mobile: 1, then 3 to 9, then nine digits. Others: area code and number (two figures take eight digits, three seven
    or eight), 400 and 800 numbers, local numbers, each with an extension or without; +86, gaps, dashes and brackets as
    people write them.
    """
    if not mobile and _PLAIN.fullmatch(written):
        return True
    if len(written) > _LONGEST:
        return False
    bare = _bare(written)
    return bool(_NUMBERS.fullmatch(bare)) and (not mobile or _A_MOBILE.search(bare) is not None)


@rule("contact.phone")
def phone(case: Case) -> Iterator[Say]:
    """附件3 填报说明1: 填写须实事求是、明确."""
    for path, kind, written in case.contacts:
        if kind is Kind.MOBILE:
            if not _PLAIN_MOBILE.fullmatch(written) and not phone_ok(written, mobile=True):
                yield _not_phone(case, path, written, "11 位手机号码", "请核对手机号码，应以 1 开头、共 11 位。")
        elif kind is Kind.PHONE:
            if not phone_ok(written):
                fix = "请核对号码；固定电话写上区号，如 010-68000000。"
                yield _not_phone(case, path, written, "手机号码或带区号的电话号码", fix)
        elif kind is Kind.CONTACT and not _PLAIN.fullmatch(written):
            rest, _ = _parted(written)
            if rest and not phone_ok(rest):
                fix = "请填写本人的手机号码、电话号码或电子邮箱。"
                yield _not_phone(case, path, written, "电话号码或电子邮箱", fix)


def _not_phone(case: Case, path: str, written: str, wanted: str, fix: str) -> Say:
    message = f"{case.place(path)}写的“{shortened(written)}”不像可以拨通的号码。"
    return Say(path, message, found=written, wanted=wanted, fix=fix)


# ---- e-mail ------------------------------------------------------------

# The expression of the HTML standard (WHATWG, 4.10.5.1.5 “valid e-mail address”), with at least one dot in the domain.
_EMAIL = re.compile(
    r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?"
    r"(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)+"
)
_BETWEEN = re.compile(r"[\s、,;，；]+")
_CALLED = re.compile(r"(?:电子邮箱|电子邮件|邮箱|邮件|e-?mail)\s*:\s*", re.IGNORECASE)


def _parted(written: str) -> tuple[str, tuple[str, ...]]:
    """A cell for telephone or e-mail: what is not an address, and the pieces that mean to be one (they hold an @)."""
    if "@" not in written and "＠" not in written:
        return written, ()
    pieces = _BETWEEN.split(_CALLED.sub(" ", unicodedata.normalize("NFKC", written)))
    flat = [part for piece in pieces for part in (piece.split("/") if "@" in piece and "/" in piece else (piece,))]
    return " ".join(p for p in flat if p and "@" not in p), tuple(p for p in flat if "@" in p)


def email_ok(written: str) -> bool:
    """True for one or several well-formed addresses; full-width characters count as the ordinary ones."""
    if _EMAIL.fullmatch(written):
        return True
    text = _CALLED.sub(" ", unicodedata.normalize("NFKC", written)).strip()
    pieces = [p for p in _BETWEEN.split(text) if p]
    return bool(pieces) and all(_EMAIL.fullmatch(p) or all(map(_EMAIL.fullmatch, p.split("/"))) for p in pieces)


@rule("contact.email")
def email(case: Case) -> Iterator[Say]:
    """附件3 填报说明1: 填写须实事求是、明确."""
    for path, kind, written in case.contacts:
        if kind is Kind.EMAIL:
            wrong = not email_ok(written)
        elif kind is Kind.CONTACT:
            wrong = not all(map(_EMAIL.fullmatch, _parted(written)[1]))
        else:
            continue
        if wrong:
            yield Say(
                path,
                f"{case.place(path)}写的“{shortened(written)}”不是正确的电子邮箱。",
                found=written,
                wanted="形如 name@example.org.cn 的邮箱",
                fix="请核对邮箱：要有 @，@ 后面有带点的域名，中间不要有空格和中文标点。",
            )
