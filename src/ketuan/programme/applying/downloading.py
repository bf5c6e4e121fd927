"""Papers that go out: the official form as Word and PDF, and the roster as Excel."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from django.conf import settings
from django.db import transaction

from ketuan.documents.roster_book import roster_book
from ketuan.documents.sniffing import CONTENT_TYPES
from ketuan.documents.writing import Stamp, write_docx, write_pdf
from ketuan.forms.application import Application as Form
from ketuan.programme import calling
from ketuan.programme.applying import papers
from ketuan.programme.applying.members import known_entries, members_of
from ketuan.programme.errors import NotFound, Refused
from ketuan.programme.log import record
from ketuan.programme.permits import permit
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Submission, Version

Made = Literal["docx", "pdf"]
MOST_PERSONS = 100
"""Exports of more persons need a second approval (promises: rules that follow)."""


@dataclass(frozen=True, slots=True)
class Download:
    name: str
    content_type: str
    data: bytes


def form_file(application: Application, made: Made, *, number: int | None = None) -> Download:
    """The official form, of a version or as it is now; stamped where that was submitted.

    The caller has found the application with the person's eyes. NotFound where there is no such version.
    """
    version = _version(application, number)
    form = (
        papers.form_of(papers.without_blank_rows(application)) if version is None else Form.model_validate(version.form)
    )
    submission = _submission(version)
    stamp = stamp_of(submission) if submission else None
    edition = calling.rules_of_version(submission.call_version).edition() if submission else None
    edition = edition or calling.rules_of(application.call).edition()
    write = {"docx": write_docx, "pdf": write_pdf}[made]
    data = write(form, edition=edition, created=version.made_at if version else clock.now(), stamp=stamp)
    middle = f"第{number}版" if number is not None else "已提交" if submission else "草稿"
    name = f"{application.code} {_bare(form.cover.title) or '申报书'} {middle}.{made}"
    return Download(name, CONTENT_TYPES[made], data)


def stamp_of(submission: Submission) -> Stamp:
    """Short code and the address at which anybody verifies the submission."""
    at = submission.at.astimezone(clock.CHINA)
    return Stamp(
        submission.version.short_code,
        f"{settings.KETUAN_BASE_URL}/verify/{submission.number}/",
        f"已提交 {at:%Y年%-m月%-d日 %H:%M:%S} · 回执 {submission.number}",
    )


def export_roster(application: Application, *, who: Who) -> Download:
    """The roster as .xlsx, with who took it and when; only what the society knows. Refused above a hundred persons."""
    with transaction.atomic():
        holding = permit("applying.export_roster", who, application)
        members = members_of(application)
        if len(members) > MOST_PERSONS:
            raise Refused(
                f"名册有 {len(members)} 人，一次导出超过 {MOST_PERSONS} 人的个人信息须经批准。",
                "请联系项目办说明用途后办理。",
            )
        record(
            who,
            holding,
            "applying.export_roster",
            application,
            f"导出团员名册：{len(members)} 人",
            data={"persons": len(members)},
            application=application,
        )
    now = clock.now()
    said = f"{application.code} 团员名册，{len(members)} 人。{who.name}于{now:%Y年%-m月%-d日 %H:%M}导出，含个人信息，仅用于本次申报。"
    entries = known_entries(application)
    return Download(f"{application.code} 团员名册 {now:%Y%m%d}.xlsx", CONTENT_TYPES["xlsx"], roster_book(entries, said))


def _version(application: Application, number: int | None) -> Version | None:
    if number is None:
        if application.state != Application.State.SUBMITTED or application.submitted is None:
            return None
        return application.submitted.version
    version = application.versions.filter(number=number).first()
    if version is None:
        raise NotFound(f"{application.code}/{number}")
    return version


def _submission(version: Version | None) -> Submission | None:
    if version is None:
        return None
    rows = Submission.objects.filter(version=version).select_related("call_version", "version")
    return rows.first()


def _bare(title: str) -> str:
    """A title as part of a file name."""
    return re.sub(r'[\\/:*?"<>|\s]+', "", title)[:60]
