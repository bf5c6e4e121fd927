"""Previews show the first pages and carry nothing of the original but its dots."""

from __future__ import annotations

import io

import pytest
from PIL import Image, PngImagePlugin
from tests.documents.test_sniffing import encrypted
from tests.documents.test_writing import sample

from ketuan.documents.errors import Unreadable
from ketuan.documents.preview import Look, look, preview
from ketuan.documents.writing import write_pdf


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_the_first_pages_of_a_pdf_at_the_width_asked_for() -> None:
    data = write_pdf(sample())
    assert look(data) == Look(10, 0, 0)
    pages = [opened(page) for page in preview(data, width=400, pages=2)]
    assert [(page.format, page.size) for page in pages] == [("PNG", (400, 566))] * 2
    assert len(preview(data, width=100, pages=99)) == 10


def test_a_picture_is_turned_upright_made_smaller_and_loses_its_data() -> None:
    photo = Image.new("RGB", (800, 400), "red")
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "secret camera"
    out = io.BytesIO()
    photo.save(out, "JPEG", exif=exif, comment=b"secret comment")
    assert look(out.getvalue()) == Look(1, 800, 400)
    (shown,) = preview(out.getvalue(), width=100)
    assert (opened(shown).size, opened(shown).info) == ((100, 200), {})
    assert b"secret" not in shown


def test_text_in_a_png_is_lost_and_transparency_becomes_white() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Author", "secret")
    out = io.BytesIO()
    Image.new("RGBA", (20, 10), (0, 0, 0, 0)).save(out, "PNG", pnginfo=notes)
    (shown,) = preview(out.getvalue())
    assert (opened(shown).mode, opened(shown).getpixel((5, 5)), b"secret" in shown) == ("RGB", (255, 255, 255), False)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "是空的"),
        (b"hello", "不是 PDF，也不是"),
        (b"%PDF-1.4 x", "已损坏"),
        (b"\x89PNG\r\n\x1a\nxxxx", "已损坏"),
        (b"\xff\xd8\xff\xe0xxxx", "已损坏"),
        (encrypted("pw"), "设了打开密码"),
    ],
)
def test_what_cannot_be_shown_says_why(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        preview(data)


def test_a_cut_picture_is_broken_and_not_half_shown() -> None:
    out = io.BytesIO()
    Image.effect_noise((300, 300), 50).save(out, "PNG")
    with pytest.raises(Unreadable, match="已损坏"):
        preview(out.getvalue()[:4_000])
