"""Pages of papers: uploads, downloads, previews, Word in and out; strangers get 404."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from django.urls import reverse
from tests.programme.files import EXE, docx, pdf, png
from tests.world import World

from ketuan.programme import applying
from ketuan.programme.applying import attachments
from ketuan.records.models import Application, Paper

STRANGERS = ("other_editor", "provincial", "far_provincial", "municipal", "owner", "reviewer", "nobody")


@pytest.fixture
def application(world: World) -> Application:
    return applying.start(world.call, world.bodies["society"], who=world.who("editor"))


@pytest.fixture
def paper(world: World, application) -> Paper:
    return attachments.add_paper(application, "signed_scan", "签字盖章.pdf", pdf(), who=world.who("editor"))


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def test_strangers_get_404_and_the_public_the_sign_in(world: World, application, paper) -> None:
    code = application.code
    pages = [url(n, code) for n in ("papers", "import", "form_docx", "form_pdf")]
    pages += [
        url("version_docx", code, 1),
        url("version_pdf", code, 1),
        url("paper", paper.pk),
        url("paper_page", paper.pk, 1),
    ]
    acts = [url(n, code) for n in ("paper_add", "import", "import_upload", "import_dismiss")] + [
        url("paper_remove", paper.pk)
    ]
    for name in STRANGERS:
        client = world.client(name)
        assert [client.get(page).status_code for page in pages] == [404] * len(pages), name
        assert [client.post(act).status_code for act in acts] == [404] * len(acts), name
    public = world.client()
    assert [public.get(page).status_code for page in pages] == [302] * len(pages)
    assert [public.post(act).status_code for act in acts] == [302] * len(acts)
    paper.refresh_from_db()
    assert paper.removed_at is None


def test_a_paper_is_served_as_an_attachment_that_nothing_runs(world: World, paper) -> None:
    answer = world.client("checker").get(url("paper", paper.pk))
    assert b"".join(answer.streaming_content) == pdf()
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E7%AD%BE%E5%AD%97%E7%9B%96%E7%AB%A0.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_page_is_a_picture(world: World, paper) -> None:
    client = world.client("editor")
    answer = client.get(url("paper_page", paper.pk, 1))
    assert (answer["Content-Type"], answer.content[:4]) == ("image/png", b"\x89PNG")
    assert client.get(url("paper_page", paper.pk, 99)).status_code == 404


def test_files_are_uploaded_listed_and_removed(world: World, application) -> None:
    client, code = world.client("editor"), application.code
    files = [SimpleUploadedFile("一.pdf", pdf()), SimpleUploadedFile("二.png", png())]
    client.post(url("paper_add", code), {"kind": "proof", "file": files})
    page = client.get(url("papers", code)).content.decode()
    assert ("一.pdf" in page, "二.png" in page) == (True, True)
    first = application.papers.order_by("pk").first()
    client.post(url("paper_remove", first.pk))
    page = client.get(url("papers", code)).content.decode()
    assert (url("paper", first.pk) in page, "二.png" in page) == (False, True)
    assert client.get(url("paper", first.pk)).status_code == 404


def test_a_program_with_the_name_of_a_pdf_is_refused_on_the_page(world: World, application) -> None:
    file = SimpleUploadedFile("盖章.pdf", EXE, content_type="application/pdf")
    page = world.client("editor").post(url("paper_add", application.code), {"kind": "proof", "file": file})
    assert (page.status_code, "Windows 程序" in page.content.decode()) == (400, True)
    assert application.papers.count() == 0


@override_settings(KETUAN_UPLOAD_MAX_MB=0)
def test_too_much_is_refused_by_its_announced_length(world: World, application) -> None:
    file = SimpleUploadedFile("盖章.pdf", bytes(3 << 20))
    page = world.client("editor").post(url("paper_add", application.code), {"kind": "proof", "file": file})
    assert (page.status_code, "没有上传" in page.content.decode()) == (413, True)


FORM = {
    "cover": {"title": "“科创中国”云上测绘科技服务团"},
    "rationale": "来自 Word 的依据",
    "personnel": [{"name": "甲一"}],
}


def upload(world: World, application) -> None:
    file = SimpleUploadedFile("申报书.docx", docx(**FORM))
    answer = world.client("editor").post(url("import_upload", application.code), {"file": file})
    assert answer.status_code == 302


def test_a_word_form_is_compared_and_imported(world: World, application) -> None:
    upload(world, application)
    client, address = world.client("editor"), url("import", application.code)
    page = client.get(address).content.decode()
    assert ("来自 Word 的依据" in page, "甲一" in page) == (True, True)
    application.refresh_from_db()
    assert application.form["rationale"] == ""
    client.post(address, {"base": application.revision, "choice:rationale": "take", "choice:personnel": "keep"})
    application.refresh_from_db()
    assert (application.form["rationale"], application.form["personnel"]) == ("来自 Word 的依据", [])


def test_an_overtaken_comparison_is_shown_anew(world: World, application) -> None:
    upload(world, application)
    applying.save(application, [applying.saving.Change("rationale", "刚写的")], who=world.who("checker"))
    page = world.client("editor").post(url("import", application.code), {"base": 0, "all": "1"})
    assert (page.status_code, "刚写的" in page.content.decode()) == (409, True)


def test_the_uploaded_form_and_its_comparison_are_not_the_provinces(world: World, application) -> None:
    upload(world, application)
    application.recommendations.create(province=world.bodies["province"], asked_at=application.created_at)
    client = world.client("provincial")
    assert "来自 Word 的依据" not in client.get(url("import", application.code)).content.decode()
    word = application.papers.get(kind="word_form")
    assert client.get(url("paper", word.pk)).status_code == 404
    assert (
        client.post(url("import_upload", application.code), {"file": SimpleUploadedFile("a.docx", docx())}).status_code
        == 403
    )


def test_an_unreadable_form_is_told_in_the_readers_words(world: World, application) -> None:
    file = SimpleUploadedFile("申报书.docx", EXE)
    page = world.client("editor").post(url("import_upload", application.code), {"file": file})
    assert (page.status_code, "Windows 程序" in page.content.decode()) == (400, True)


def test_the_form_goes_out_with_its_chinese_name(world: World, application) -> None:
    client = world.client("editor")
    answer = client.get(url("form_docx", application.code))
    assert answer.content[:2] == b"PK"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''K24-0001%20")
    assert client.get(url("version_pdf", application.code, 1)).content[:5] == b"%PDF-"
    assert client.get(url("version_pdf", application.code, 9)).status_code == 404
