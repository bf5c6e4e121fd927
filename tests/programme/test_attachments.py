"""Papers: what comes in, where it lies, who gets it out."""

import hashlib

import pytest
from django.core.files.storage import default_storage, storages
from django.test import override_settings
from tests.programme.files import EXE, bomb, docx, pdf, png
from tests.world import World

from ketuan.programme import applying
from ketuan.programme.applying import attachments, keeping
from ketuan.programme.errors import Invalid, NotFound, Refused
from ketuan.records.models import Entry, Paper
from ketuan.site import environment


@pytest.fixture
def application(world: World):
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


def add(world: World, application, data: bytes, name: str = "盖章页.pdf", kind: str = "signed_scan") -> Paper:
    return attachments.add_paper(application, kind, name, data, who=world.who("editor"))


def stored() -> list[str]:
    """Everything in the store, papers and what was written aside."""
    from pathlib import Path

    return sorted(p.name for p in Path(default_storage.path("")).rglob("*") if p.is_file())


def test_the_original_is_byte_identical_and_lies_under_a_random_key(world: World, application) -> None:
    paper = add(world, application, pdf())
    with attachments.opened(paper) as file:
        assert file.read() == pdf()
    assert paper.sha256 == hashlib.sha256(pdf()).hexdigest()
    assert [len(part) for part in paper.key.split("/")] == [2, 2, 32]
    assert (paper.content_type, paper.pages, paper.size) == ("application/pdf", paper.pages, len(pdf()))
    assert not [name for name in stored() if name.endswith(".part")]


@pytest.mark.parametrize(
    ("name", "data", "kind", "why"),
    [
        ("盖章页.pdf", EXE, "signed_scan", "Windows 程序"),
        ("盖章页.pdf", png(), "signed_scan", "把扩展名改成 .png"),
        ("申报书.docx", docx(), "signed_scan", "这里只收 PDF"),
        ("空.pdf", b"", "signed_scan", "0 字节"),
        ("坏.pdf", b"%PDF-1.7 broken", "signed_scan", "已损坏"),
        ("页面.pdf", b"<html><script>alert(1)</script></html>", "proof", "网页文件"),
        ("盖章页.pdf", pdf(), "word_form", "种类"),
    ],
)
def test_what_is_not_what_it_says_is_turned_away_and_leaves_nothing(
    world: World, application, name: str, data: bytes, kind: str, why: str
) -> None:
    before = stored()
    with pytest.raises(Invalid, match=why):
        add(world, application, data, name, kind)
    assert (Paper.objects.count(), stored()) == (0, before)


def test_a_zip_bomb_is_refused_unopened(world: World, application) -> None:
    with pytest.raises(Invalid, match="过大的压缩包"):
        add(world, application, bomb(), "难题表.docx", "problem_table")


@override_settings(KETUAN_UPLOAD_MAX_MB=1)
def test_too_large_a_file_is_refused(world: World, application) -> None:
    with pytest.raises(Invalid, match="超过 1 MB"):
        add(world, application, pdf() + bytes(2 << 20))


def test_the_thirty_first_paper_is_refused(world: World, application) -> None:
    for n in range(30):
        application.papers.create(
            kind="proof", name=f"{n}", key=f"k{n}", content_type="", size=1, sha256="", added_at=application.created_at
        )
    with pytest.raises(Invalid, match="最多放 30 个"):
        add(world, application, pdf())


def test_the_same_file_twice_is_told(world: World, application) -> None:
    add(world, application, pdf())
    with pytest.raises(Invalid, match="已经传过了"):
        add(world, application, pdf(), "又一份.pdf")


def test_without_its_row_the_file_is_taken_back(world: World, application) -> None:
    before = stored()
    with pytest.raises(TypeError):
        attachments.store_paper(application, "proof", "x.png", png(), who=world.who("editor"), no_such_column="x")
    assert stored() == before


def test_removing_keeps_row_bytes_and_an_entry_without_the_name(world: World, application) -> None:
    paper = add(world, application, pdf(), "乔木的证明.pdf", "proof")
    attachments.remove_paper(paper, who=world.who("editor"))
    with pytest.raises(NotFound):
        attachments.find_paper(paper.pk, who=world.who("editor"))
    kept = Paper.objects.get(pk=paper.pk)
    assert kept.removed_at is not None
    assert default_storage.exists(kept.key)
    told = Entry.objects.get(verb="applying.remove_paper")
    assert "乔木" not in told.says + str(told.data)


def test_who_finds_a_paper(world: World, application) -> None:
    paper = add(world, application, pdf())
    for name in ("editor", "checker", "officer"):
        assert attachments.find_paper(paper.pk, who=world.who(name)) == paper
    strangers = ("other_editor", "provincial", "far_provincial", "municipal", "reviewer", "supervisor", "nobody")
    for name in strangers:
        with pytest.raises(NotFound):
            attachments.find_paper(paper.pk, who=world.who(name))
        with pytest.raises(Refused):
            attachments.add_paper(application, "proof", "x.png", png(), who=world.who(name))
        with pytest.raises(Refused):
            attachments.remove_paper(paper, who=world.who(name))
    application.recommendations.create(province=world.bodies["province"], asked_at=application.created_at)
    assert attachments.find_paper(paper.pk, who=world.who("provincial")) == paper


def test_after_the_deadline_nothing_comes_in_or_goes(world: World, application) -> None:
    paper = add(world, application, pdf())
    world.travel("2024-05-25 00:00:00+08:00")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        add(world, application, png(), "x.png")
    with pytest.raises(Refused, match=r"通知 四\.2"):
        attachments.remove_paper(paper, who=world.who("editor"))


def test_pages_are_drawn_anew_and_only_those_there_are(world: World, application) -> None:
    paper = add(world, application, pdf())
    assert attachments.page_of(paper, 1).startswith(b"\x89PNG")
    for number in (0, (paper.pages or 0) + 1, 11):
        with pytest.raises(NotFound):
            attachments.page_of(paper, number)
    table = add(world, application, docx(), "难题表.docx", "problem_table")
    assert attachments.shown_pages(table) == 0


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\etc/盖章.pdf", "盖章.pdf"),
        ("盖章\u202efdp.exe", "盖章fdp.exe"),
        ("a" * 300 + ".pdf", "a" * 187 + ".pdf"),
        ("\r\n", "未命名"),
    ],
)
def test_names_are_plain(given: str, kept: str) -> None:
    assert attachments.plain_name(given) == kept


def test_the_store_is_an_s3_service_by_setting(monkeypatch: pytest.MonkeyPatch, tmp_path) -> None:
    monkeypatch.setenv("KETUAN_S3_BUCKET", "papers")
    monkeypatch.setenv("KETUAN_S3_ENDPOINT", "https://s3.example.invalid")
    with override_settings(STORAGES={"default": environment.papers(tmp_path)}):
        storage = storages["default"]
        assert (type(storage).__name__, storage.bucket_name) == ("S3Storage", "papers")


def test_what_is_kept_is_readable_by_nobody_else(world: World) -> None:
    key = keeping.keep(b"x")
    mode = __import__("os").stat(default_storage.path(key)).st_mode
    assert oct(mode & 0o777) == "0o600"
