"""Papers of an application: taken in after a look at their content, given out only to who sees them, never destroyed."""

from __future__ import annotations

import threading
from typing import IO, Any

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.db import transaction
from django.db.models import QuerySet

from ketuan.documents.errors import Unreadable
from ketuan.documents.preview import look, preview
from ketuan.documents.sniffing import Kind, refusal, sniff
from ketuan.programme.applying import keeping
from ketuan.programme.applying.finding import locked
from ketuan.programme.errors import Invalid, NotFound
from ketuan.programme.log import record
from ketuan.programme.permits import permit, seen
from ketuan.programme.who import Who
from ketuan.records import clock
from ketuan.records.models import Application, Paper

MOST = 30
"""Papers of one application that count at a time."""
SHOWN_PAGES = 10
"""Pages of a PDF that are shown on the page; the others are in the file."""
_PICTURES: tuple[Kind, ...] = ("pdf", "png", "jpeg")
ALLOWED: dict[str, tuple[Kind, ...]] = {
    Paper.Kind.CONSENT_LETTER: _PICTURES,
    Paper.Kind.SIGNED_SCAN: _PICTURES,
    Paper.Kind.PROBLEM_TABLE: (*_PICTURES, "docx", "doc", "xlsx"),
    Paper.Kind.PROOF: (*_PICTURES, "docx", "doc", "xlsx"),
}
"""What a society uploads, and as what."""
_SEEN_FOR = 600
_one_at_a_time = threading.Lock()


def most_bytes() -> int:
    return settings.KETUAN_UPLOAD_MAX_MB << 20


def find_paper(pk: int, *, who: Who) -> Paper:
    """The paper, if this person sees it and it was not removed; NotFound otherwise."""
    found = Paper.objects.filter(seen("paper", who), pk=pk, removed_at=None).select_related("application").first()
    if found is None:
        raise NotFound(str(pk))
    return found


def papers_of(application: Application, *, who: Who) -> QuerySet[Paper]:
    """What lies with an application and this person sees; uploaded Word forms are not among it."""
    rows = Paper.objects.filter(seen("paper", who), application=application, removed_at=None, kind__in=ALLOWED)
    return rows.select_related("added_by")


def add_paper(application: Application, kind: str, name: str, data: bytes, *, note: str = "", who: Who) -> Paper:
    """Take in one paper. Invalid, with the sentence for the person, where it is not what it should be.

    The bytes are on disk before the row says so; without the row they are taken back.
    """
    permit("applying.add_paper", who, application)
    if kind not in ALLOWED:
        raise Invalid({"kind": "请选择附件的种类。"})
    name = plain_name(name)
    if said := refusal(data, name, allowed=ALLOWED[kind], most_bytes=most_bytes()):
        raise Invalid({"file": said})
    pages = pages_of(data, name)  # before the lock: a slow file must not hold up everybody else's saving
    with transaction.atomic():
        application = locked(application)
        holding = permit("applying.add_paper", who, application)
        there = application.papers.filter(removed_at=None, kind__in=ALLOWED)
        if there.count() >= MOST:
            raise Invalid(
                {"file": f"一份申报书最多放 {MOST} 个附件，已经满了。请先移除不用的，或把几个文件合成一个 PDF。"}
            )
        paper = store_paper(application, kind, name, data, pages=pages, note=note[:200], who=who)
        record(
            who,
            holding,
            "applying.add_paper",
            paper,
            f"上传附件：{paper.get_kind_display()}",
            data={"kind": kind, "size": paper.size, "sha256": paper.sha256},
            sealed={"name": paper.name},
            application=application,
        )
    return paper


def store_paper(
    application: Application, kind: str, name: str, data: bytes, *, who: Who, pages: int | None = None, **more: Any
) -> Paper:
    """Bytes and row of a paper that was looked at; what mail brings comes in here too. Inside a transaction."""
    found = sniff(data, name)
    sha256 = keeping.hash_of(data)
    if double := application.papers.filter(removed_at=None, kind=kind, sha256=sha256).first():
        raise Invalid({"file": f"“{name}”已经传过了，就是“{double.name}”。"})
    key = keeping.keep(data)
    try:
        return Paper.objects.create(
            application=application,
            kind=kind,
            name=name,
            key=key,
            content_type=found.content_type,
            size=len(data),
            sha256=sha256,
            pages=pages_of(data, name) if pages is None else pages,
            added_by_id=who.user_id,
            added_at=clock.now(),
            **more,
        )
    except BaseException:
        keeping.forget(key)
        raise


def remove_paper(paper: Paper, *, who: Who) -> None:
    """Take a paper out of the application; row and bytes stay, so that the journal can be followed."""
    if paper.application is None:
        raise NotFound(str(paper.pk))
    with transaction.atomic():
        application = locked(paper.application)
        holding = permit("applying.remove_paper", who, application)
        gone = Paper.objects.filter(pk=paper.pk, removed_at=None).update(removed_at=clock.now())
        if gone:
            record(
                who,
                holding,
                "applying.remove_paper",
                paper,
                f"移除附件：{paper.get_kind_display()}",
                data={"kind": paper.kind, "sha256": paper.sha256},
                sealed={"name": paper.name},
                application=application,
            )


def opened(paper: Paper) -> IO[bytes]:
    """The original bytes. NotFound where the store has lost them."""
    try:
        return keeping.opened(paper.key)
    except FileNotFoundError:
        raise NotFound(paper.key) from None


def shown_pages(paper: Paper) -> int:
    """How many pages can be shown; 0 for a file that is no PDF or picture."""
    return min(paper.pages or 0, SHOWN_PAGES)


def page_of(paper: Paper, number: int) -> bytes:
    """A page as PNG, drawn in a child process with limits. NotFound where there is no such page to show."""
    if not 1 <= number <= shown_pages(paper):
        raise NotFound(f"{paper.pk}/{number}")
    picture = _pictures().get(_place(paper, number))
    if picture is None:
        with _one_at_a_time:  # the pages of one paper are asked for at once and drawn together
            picture = _pictures().get(_place(paper, number)) or _drawn(paper)[number - 1]
    drawn: bytes = picture
    return drawn


def _drawn(paper: Paper) -> tuple[bytes, ...]:
    with opened(paper) as file:
        try:
            pictures = preview(file.read(), pages=shown_pages(paper))
        except Unreadable:
            raise NotFound(f"{paper.pk}") from None
    for number, picture in enumerate(pictures, 1):
        _pictures().set(_place(paper, number), picture, _SEEN_FOR)
    return pictures


def _pictures() -> BaseCache:
    """Big and made again at any time: each process keeps its own, and the database none."""
    return caches["pictures"]


def _place(paper: Paper, number: int) -> str:
    return f"page:{paper.sha256}:{number}"


def pages_of(data: bytes, name: str) -> int | None:
    """Pages of a PDF or picture, counted in a child process; None for other files."""
    return look(data).pages if sniff(data, name).kind in _PICTURES else None


def plain_name(name: str) -> str:
    """The name of a file as the person knows it: without folders and signs that steer, at most 200 letters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    bare = "".join(
        sign for sign in last if sign.isprintable() and sign not in "\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    )
    stem, dot, end = bare.strip().rpartition(".")
    return f"{stem[: 190 - len(end)]}{dot}{end}"[:200] if dot else end[:200] or "未命名"


def labels() -> dict[str, str]:
    """Kind → its name, in the order of the page."""
    known = dict(Paper.Kind.choices)
    return {kind: str(known[kind]) for kind in ALLOWED}
