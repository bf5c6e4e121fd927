"""A filled Word form, held against what stands on the platform, and taken over field by field or as a whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from django.db import transaction

from ketuan.documents.errors import Unreadable
from ketuan.documents.reading.apart import read_apart, reading_from, told
from ketuan.documents.sniffing import explain, sniff
from ketuan.forms.application import Application as Form
from ketuan.forms.differences import differences
from ketuan.forms.fields import Kind
from ketuan.forms.identity import name_key
from ketuan.forms.paper import Node, Paper, blank
from ketuan.forms.remarks import Reading, Remark
from ketuan.programme import calling
from ketuan.programme.applying import papers, versions
from ketuan.programme.applying.attachments import most_bytes, opened, plain_name, store_paper
from ketuan.programme.applying.finding import locked
from ketuan.programme.applying.placing import put, put_rows, stored, value_in
from ketuan.programme.applying.typed import shown
from ketuan.programme.errors import Invalid, NotFound, NotReady
from ketuan.programme.log import record
from ketuan.programme.permits import may, permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Version
from ketuan.records.models import Paper as Upload

Choice = Literal["keep", "take", "append"]
KEEP: Choice = "keep"


@dataclass(frozen=True, slots=True)
class Line:
    """One field or one table in which paper and platform differ."""

    path: str
    heading: str
    place: str
    ours: str | list[list[tuple[str, str]]]
    """Text, or for a table its rows: label and text of each filled cell."""
    theirs: str | list[list[tuple[str, str]]]
    remarks: tuple[Remark, ...]
    choice: Choice | None
    """What is chosen beforehand; None where both are filled and a person must say."""
    table: bool = False
    ours_pieces: tuple[tuple[str, bool], ...] = ()
    theirs_pieces: tuple[tuple[str, bool], ...] = ()
    """Running text that both have, cut where it differs."""


@dataclass(frozen=True, slots=True)
class Comparison:
    lines: tuple[Line, ...]
    same: int
    """Filled fields in which both agree."""
    other_society: str
    """The society on the paper, where it is another."""
    elsewhere: tuple[Remark, ...]
    """What the reader remarked of fields that do not differ, or of the paper as a whole."""
    revision: int

    @property
    def asked(self) -> int:
        return sum(line.choice is None for line in self.lines)


def read_form(application: Application, name: str, data: bytes, *, who: Who) -> Upload:
    """Read an uploaded Word form and keep it with what was read; the form itself is not touched yet.

    Invalid with the reader's own reason where it cannot be read.
    """
    permit("applying.read_form", who, application)
    name = plain_name(name)
    if len(data) > most_bytes():
        raise Invalid({"file": f"“{name}”超过 {most_bytes() >> 20} MB。请压缩图片或把附件分开再传。"})
    if data and (said := explain(sniff(data, name), ("docx", "doc"))):
        raise Invalid({"file": said})
    try:
        reading = read_apart(data, edition=calling.rules_of(application.call).edition())
    except Unreadable as reason:
        raise Invalid({"file": str(reason)}) from None
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.read_form", who, application)
        application.papers.filter(kind=Upload.Kind.WORD_FORM, removed_at=None).update(removed_at=clock.now())
        upload = store_paper(application, Upload.Kind.WORD_FORM, name, data, who=who, read=told(reading))
        record(
            who,
            holding,
            "applying.read_form",
            upload,
            "上传 Word 申报书",
            data={"size": upload.size, "sha256": upload.sha256, "remarks": len(reading.remarks)},
            sealed={"name": upload.name},
            application=application,
        )
    return upload


def waiting(application: Application, *, who: Who) -> Upload | None:
    """The Word form that was read and not yet imported, for those who may import it."""
    if not may("applying.import_form", who, application):
        return None
    rows = application.papers.filter(kind=Upload.Kind.WORD_FORM, removed_at=None).exclude(read={})
    return rows.order_by("-pk").first()


def comparison_of(application: Application, upload: Upload) -> Comparison:
    """Where the paper says something and the platform does not say the same, in the order of the paper."""
    reading = reading_from(upload.read)
    paper = papers.paper_of(application)
    theirs = papers.plain(reading.form)
    told_apart = {d.path: d for d in differences(papers.form_of(application), reading.form, paper) if d.spans}
    lines: list[Line] = []
    same = 0
    for node in _units(paper):
        line, agree = (_table if node.kind in papers.LISTED else _field)(application, paper, node, theirs, reading)
        same += agree
        if line is not None:
            apart = told_apart.get(line.path)
            if apart is not None and (apart.before, apart.after) == (line.ours, line.theirs):
                line = replace(line, ours_pieces=apart.before_pieces, theirs_pieces=apart.after_pieces)
            lines.append(line)
    shown_remarks = {id(r) for line in lines for r in line.remarks}
    society = reading.form.society.name
    other = society if society and name_key(society) != name_key(application.society.name) else ""
    rest = tuple(r for r in reading.remarks if id(r) not in shown_remarks)
    return Comparison(tuple(lines), same, other, rest, application.revision)


def import_form(
    application: Application,
    upload: Upload,
    choices: Mapping[str, Choice],
    *,
    everything: bool = False,
    base: int,
    who: Who,
) -> Version:
    """Take over what was chosen, in one transaction between two versions.

    ``base`` is the revision the person compared with. NotReady when somebody saved since then; Refused where the form is
    closed.
    """
    if upload.application_id != application.pk or not upload.read:
        raise NotFound(str(upload.pk))
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.import_form", who, application)
        if application.revision != base:
            raise NotReady("您查看对照期间，有人改过申报书。没有导入任何内容，请按新的对照再选一次。")
        compared = comparison_of(application, upload)
        taken = {
            line.path: choices.get(line.path, line.choice) if not everything else "take" for line in compared.lines
        }
        taken = {path: choice for path, choice in taken.items() if choice and choice != KEEP}
        versions.freeze(application, Version.Why.BEFORE_IMPORT, who=who)
        reading = reading_from(upload.read)
        written: list[str] = []
        for line in compared.lines:
            if line.path in taken:
                written += _taken_over(application, line, taken[line.path] == "append", reading)
        stored(application, written, who=who)
        version = versions.freeze(application, Version.Why.IMPORT, who=who)
        upload.read = {}
        upload.save(update_fields=["read"])
        record(
            who,
            holding,
            "applying.import_form",
            application,
            f"导入 Word 申报书：{len(taken)} 处" if taken else "核对了 Word 申报书，没有需要导入的内容",
            data={"paths": sorted(taken), "sha256": upload.sha256, "revision": application.revision},
            application=application,
        )
    return version


def dismiss(application: Application, upload: Upload, *, who: Who) -> None:
    """Put the reading away without taking anything over."""
    if upload.application_id != application.pk:
        raise NotFound(str(upload.pk))
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.read_form", who, application)
        if not Upload.objects.filter(pk=upload.pk).exclude(read={}).update(read={}):
            return  # taken over or put away in the meantime
        record(
            who,
            holding,
            "applying.read_form",
            upload,
            "放弃导入 Word 申报书",
            data={"sha256": upload.sha256},
            application=application,
        )


# ---- comparing -------------------------------------------------------------------------------------------------------


def _units(paper: Paper) -> list[Node]:
    """Fields that stand once, and tables as a whole, in printed order."""
    units: list[Node] = []

    def walk(node: Node) -> None:
        if node.kind in papers.LISTED or not node.children:
            units.append(node)
        else:
            for child in node.children:
                walk(child)

    for top in paper.tops():
        walk(top)
    return units


def _field(
    application: Application, paper: Paper, node: Node, theirs: Mapping[str, Any], reading: Reading[Form]
) -> tuple[Line | None, int]:
    mine, read = value_in(application.form, node.path), value_in(theirs, node.path)
    remarks = tuple(r for r in reading.remarks if r.path == node.path)
    unread = next((r for r in remarks if r.kind == "unread" and r.found), None)
    noted = application.unread.get(node.path)
    if blank(read) and unread is None:
        return None, 0
    if mine == read and noted is None and not blank(read):
        return None, 1
    if noted is not None and unread is not None and noted["raw"] == unread.found:
        return None, 1
    ours = noted["raw"] if noted else _words(node, mine)
    found = unread.found if unread is not None and blank(read) else _words(node, read)
    heading, place = _spoken(paper, node)
    return Line(node.path, heading, place, ours, found, remarks, None if ours else "take"), 0


def _table(
    application: Application, paper: Paper, node: Node, theirs: Mapping[str, Any], reading: Reading[Form]
) -> tuple[Line | None, int]:
    mine, read = value_in(application.form, node.path) or [], value_in(theirs, node.path) or []
    if not read:
        return None, 0
    if mine == read:
        return None, 1
    remarks = tuple(r for r in reading.remarks if r.path == node.path or r.path.startswith(f"{node.path}."))
    heading, place = _spoken(paper, node)
    ours = [_row(node, row) for row in mine]
    found = [_row(node, row) for row in read]
    empty = not any(ours)
    return Line(node.path, heading, place, ours, found, remarks, "take" if empty else None, True), 0


def _row(node: Node, row: Mapping[str, Any]) -> list[tuple[str, str]]:
    cells = []
    for leaf in node.leaves():
        value = value_in(row, leaf.path.removeprefix(f"{node.path}.*."))
        if not blank(value):
            cells.append((leaf.spec.label.replace("\n", "") or "姓名", _words(leaf, value)))
    return cells


def _words(node: Node, value: Any) -> str:
    said = shown(node, value)
    text = said if isinstance(said, str) else "、".join(said)
    return f"{text} 万元" if node.kind is Kind.MONEY and text else text


def _spoken(paper: Paper, node: Node) -> tuple[str, str]:
    """The section, and where in it."""
    whole = paper.place(node.path)
    heading, _, place = whole.partition(" · ")
    return (heading, place or heading) if place else (heading, heading)


# ---- taking over -----------------------------------------------------------------------------------------------------


def _taken_over(application: Application, line: Line, append: bool, reading: Reading[Form]) -> list[str]:
    theirs = papers.plain(reading.form)
    if not line.table:
        put(application, line.path, value_in(theirs, line.path))
        _note_unread(application, line.path, line.path, line.remarks)
        return [line.path]
    mine = value_in(application.form, line.path) or []
    keys = application.rows.get(line.path, [])
    before = list(zip(keys, mine, strict=False)) if append else []
    rows = [*before, *(("", row) for row in value_in(theirs, line.path))]
    placed = put_rows(application, line.path, rows)
    for remark in line.remarks:
        number, dot, rest = remark.path[len(line.path) + 1 :].partition(".")
        if dot and number.isdecimal() and len(before) + int(number) < len(placed):
            path = f"{line.path}.{placed[len(before) + int(number)]}.{rest}"
            _note_unread(application, path, remark.path, (remark,))
    return []


def _note_unread(application: Application, path: str, read_at: str, remarks: tuple[Remark, ...]) -> None:
    """What stands on the paper and is no value is kept as typed, so that it becomes a finding and not a gap."""
    for remark in remarks:
        if remark.kind == "unread" and remark.found and remark.path == read_at:
            application.unread[path] = {"raw": remark.found, "message": remark.message}


def original(upload: Upload) -> bytes:
    """The uploaded Word form, byte for byte."""
    with opened(upload) as file:
        return file.read()
