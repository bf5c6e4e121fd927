"""What is attached to a letter: which is the form, which the scan, which the consent; Word forms are read apart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ketuan.documents.errors import Unreadable
from ketuan.documents.mail import Attachment
from ketuan.documents.reading.apart import read_apart
from ketuan.documents.sniffing import NAMES, refusal, sniff
from ketuan.forms.application import Application as Form
from ketuan.forms.identity import folded
from ketuan.forms.paper import Edition
from ketuan.forms.remarks import Reading
from ketuan.programme.applying.attachments import ALLOWED, most_bytes
from ketuan.programme.receiving.envelope import clean
from ketuan.records.models import Paper

FORM, OTHER, REFUSED = "form", "other", "refused"
KINDS: dict[str, str] = {
    FORM: "Word 申报书",
    Paper.Kind.CONSENT_LETTER.value: "省级科协同意推荐的说明材料",
    Paper.Kind.PROBLEM_TABLE.value: "难题问题基本情况表",
    Paper.Kind.SIGNED_SCAN.value: "签字盖章扫描件",
    Paper.Kind.PROOF.value: "证明材料",
    OTHER: "没有认出",
}
MOST_ATTACHMENTS, MOST_FORMS = 60, 8
_BY_NAME = (
    ("推荐|同意申报|科协.*(?:说明|证明|函)|^(?:说明|证明)材料", Paper.Kind.CONSENT_LETTER.value),
    ("难题|问题|基本情况表", Paper.Kind.PROBLEM_TABLE.value),
    ("扫描|签字|盖章|签章|申报书", Paper.Kind.SIGNED_SCAN.value),
    ("证明|承诺|支撑|佐证|附件材料", Paper.Kind.PROOF.value),
)
"""A word in the name of a scan → what it is; first found first."""


@dataclass(slots=True)
class Item:
    """One attachment, looked at."""

    number: int
    name: str
    inside: str
    size: int
    seen: str
    """What its content is: PDF, Word 文档."""
    kind: str
    says: str = ""
    """Why it does not count, or could not be read."""
    data: bytes = b""
    reading: Reading[Form] | None = None

    def told(self) -> dict[str, Any]:
        label = "不能收" if self.kind == REFUSED else KINDS[self.kind]
        told = {"number": self.number, "name": self.name, "size": self.size, "seen": self.seen, "kind": self.kind}
        return {**told, "label": label, "says": self.says, "inside": self.inside}


@dataclass(slots=True)
class Bundle:
    """One form and what belongs to it."""

    form: Item
    papers: list[Item] = field(default_factory=list)

    @property
    def reading(self) -> Reading[Form]:
        assert self.form.reading is not None
        return self.form.reading

    @property
    def title(self) -> str:
        return clean(self.reading.form.cover.title, 200)

    def has(self, kind: str) -> bool:
        return any(item.kind == kind for item in self.papers)


def sort(attachments: Sequence[Attachment], edition: Edition, kinds: Mapping[int, str] | None = None) -> list[Item]:
    """Every attachment with its kind. ``kinds`` is what a person said of some of them. Unreadable beyond the bounds."""
    if len(attachments) > MOST_ATTACHMENTS:
        raise Unreadable(
            f"邮件里有 {len(attachments)} 个文件，超过 {MOST_ATTACHMENTS} 个，没有逐个读取。请只附申报材料，分几封发送。"
        )
    items = [_item(number, one, kinds or {}) for number, one in enumerate(attachments)]
    forms = 0
    for item in items:
        if item.kind != FORM:
            continue
        forms += 1
        if forms > MOST_FORMS:
            raise Unreadable(f"邮件里的 Word 文件超过 {MOST_FORMS} 个，没有逐个读取。请每份申报书发一封邮件。")
        try:
            item.reading = read_apart(item.data, edition=edition)
        except Unreadable as wrong:
            _not_a_form(item, str(wrong), asked=(kinds or {}).get(item.number) == FORM)
    return items


def bundles(items: Sequence[Item]) -> tuple[list[Bundle], list[Item]]:
    """Forms with their papers, and papers that could belong to several forms."""
    found = [Bundle(item) for item in items if item.reading is not None]
    papers = [item for item in items if item.kind in ALLOWED]
    if len(found) == 1:
        found[0].papers = papers
        return found, []
    left = []
    for item in papers:
        owner = _owner(item, found)
        if owner is None:
            left.append(item)
        else:
            owner.papers.append(item)
    return found, left if found else []


def _owner(item: Item, found: Sequence[Bundle]) -> Bundle | None:
    """By the project's name in the file's name, or by lying in one archive with only one form."""
    named = [one for one in found if (core := _core(one.title)) and core in folded(item.name + item.inside)]
    if len(named) == 1:
        return named[0]
    beside = [one for one in found if item.inside and one.form.inside == item.inside]
    return beside[0] if len(beside) == 1 else None


def _core(title: str) -> str:
    """“科创中国”低空经济科技服务团 → 低空经济."""
    return re.sub(r"[“”\"'《》]|科创中国|科技服务团|项目", "", folded(title))


def _item(number: int, one: Attachment, kinds: Mapping[int, str]) -> Item:
    name = clean(one.name, 200) or f"附件{number + 1}"
    found = sniff(one.data, name)
    item = Item(number, name, clean(one.inside, 200), len(one.data), found.seen, OTHER, data=one.data)
    word = found.kind in ("docx", "doc")
    item.kind = kinds.get(number) or (
        _word_kind(name) if word else _scan_kind(name) or _scan_kind(item.inside) or OTHER
    )
    if item.kind == FORM and not word:
        item.kind, item.says = OTHER, "不是 Word 文件，读不出申报书的栏目。"
    if item.kind == FORM and len(one.data) > most_bytes():
        item.kind, item.says = REFUSED, f"超过 {most_bytes() >> 20} MB，没有读取。"
    if item.kind in ALLOWED and (said := refusal(one.data, name, allowed=ALLOWED[item.kind], most_bytes=most_bytes())):
        item.kind, item.says = REFUSED, said
    elif item.kind == OTHER and found.kind not in ("pdf", "png", "jpeg", "docx", "doc", "xlsx"):
        item.kind, item.says = (
            REFUSED,
            f"内容是{NAMES[found.kind] if found.kind != 'unknown' else found.seen}，不是申报材料。",
        )
    return item


def _scan_kind(name: str) -> str:
    plain = folded(name)
    return next((kind for words, kind in _BY_NAME if re.search(words, plain)), "")


def _word_kind(name: str) -> str:
    """A Word file is taken for the form unless its name says otherwise."""
    kind = _scan_kind(name)
    if kind in (Paper.Kind.PROBLEM_TABLE, Paper.Kind.CONSENT_LETTER) and "申报书" not in name:
        return kind
    return FORM


def _not_a_form(item: Item, why: str, *, asked: bool) -> None:
    """A Word file that is no form: the reader's reason stays where the name, or a person, says it is one."""
    item.kind = OTHER
    if why.startswith("只找到难题"):
        item.kind = Paper.Kind.PROBLEM_TABLE.value
    elif asked or "申报书" in item.name:
        item.says = why
