"""Files are known by their content; what may not come in is told why and what to do."""

from __future__ import annotations

import functools
import io
import struct
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from tests.documents.test_writing import sample

from ketuan.documents.rosters import template
from ketuan.documents.sniffing import CONTENT_TYPES, EXTENSIONS, KINDS, explain, refusal, sniff
from ketuan.documents.writing import write_docx, write_pdf


def zipped(**names: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in names.items():
            archive.writestr(name, content)
    return out.getvalue()


def picture(kind: str, size: tuple[int, int] = (4, 3)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "red").save(out, kind)
    return out.getvalue()


MAIL = b"Received: from a by b; Mon, 20 May 2024 14:03:21 +0800\r\nFrom: a@example.cn\r\nSubject: x\r\n\r\nhello"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500


@functools.cache
def samples() -> dict[str, bytes]:
    return {
        "pdf": write_pdf(sample()),
        "png": picture("PNG"),
        "jpeg": picture("JPEG"),
        "docx": write_docx(sample()),
        "doc": OLE + "WordDocument".encode("utf-16-le"),
        "xlsx": template(),
        "zip": zipped(**{"申报书.docx": b"x"}),
        "eml": MAIL,
    }


def encrypted(password: str) -> bytes:
    """The smallest encrypted PDF that a reader refuses: a security handler whose password is not the empty one."""
    body = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    body += b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>endobj\n"
    body += (
        b"4 0 obj<</Filter/Standard/V 1/R 2/P -4/O("
        + (password.encode() * 32)[:32]
        + b")/U("
        + b"u" * 32
        + b")>>endobj\n"
    )
    start = len(body)
    offsets = [body.index(b"%d 0 obj" % number) for number in range(1, 5)]
    table = b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in offsets)
    trailer = b"trailer<</Size 5/Root 1 0 R/Encrypt 4 0 R/ID[(aaaaaaaaaaaaaaaa)(aaaaaaaaaaaaaaaa)]>>\n"
    return body + table + trailer + b"startxref\n%d\n%%%%EOF" % start


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "unknown"])
def test_every_kind_is_known_by_its_content_under_any_name(kind: str) -> None:
    data = samples()[kind]
    for name in ("无名", "a.exe", f"a{EXTENSIONS[kind][0].upper()}"):  # type: ignore[index]
        found = sniff(data, name)
        assert (found.kind, found.content_type) == (kind, CONTENT_TYPES[kind])  # type: ignore[index]
        assert found.agrees == name.lower().endswith(EXTENSIONS[kind])  # type: ignore[index]
    assert explain(sniff(data, f"a{EXTENSIONS[kind][0]}")) is None  # type: ignore[index]


@pytest.mark.parametrize("kind", ["docx", "xlsx", "zip", "eml", "pdf"])
def test_the_first_kilobytes_are_enough(kind: str) -> None:
    assert sniff(samples()[kind][:8_000], "x").kind == kind


@pytest.mark.parametrize(
    ("data", "seen"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00\x04", "Windows 程序"),
        (b"\x7fELF\x02\x01\x01\x00", "Linux 程序"),
        (b"#!/bin/sh\nrm -rf x", "脚本程序"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='x()'/>", "SVG 图片"),
        (b"<?xml version='1.0'?>\n<!-- a --><svg/>", "XML 文件"),
        (b"\xef\xbb\xbf  <!DOCTYPE HTML><p>", "网页文件"),
        ("<html>".encode("utf-16"), "网页文件"),
        (b"hello <script>alert(1)</script>", "网页文件"),
        (b"Rar!\x1a\x07\x01\x00", "RAR 压缩包"),
        (b"GIF89a\x01\x00", "GIF 图片"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "加了打开密码的 Office 文件"),
        (OLE + "Workbook".encode("utf-16-le"), "旧版 Excel 表格（.xls）"),
        (zipped(**{"word/document.xml": b"", "word/vbaProject.bin": b""}), "带宏的 Office 文件"),
        (zipped(**{"ppt/presentation.xml": b""}), "PowerPoint 演示文稿"),
        (zipped(**{"META-INF/MANIFEST.MF": b""}), "程序安装包"),
        ("普通的一句话".encode(), "纯文本"),
        (b"", "空文件"),
        (b"\x00\x01\x02\x03", "认不出的文件"),
    ],
)
def test_what_is_not_wanted_is_named(data: bytes, seen: str) -> None:
    found = sniff(data, "申报书.pdf")
    assert (found.kind, found.seen, found.agrees) == ("unknown", seen, False)


def test_the_sentence_says_what_the_content_is_and_what_to_do() -> None:
    assert explain(sniff(samples()["docx"], "申报书.pdf")) == (
        "文件名是 .pdf，内容却是 Word 文档（“申报书.pdf”）。请把扩展名改成 .docx，或重新导出再传。"
    )
    assert explain(sniff(samples()["docx"], "申报书")) == (
        "文件名没有扩展名，内容却是 Word 文档（“申报书”）。请把扩展名改成 .docx，或重新导出再传。"
    )
    assert explain(sniff(samples()["eml"], "a.eml"), ("pdf", "png")) == (
        "“a.eml”是电子邮件，这里只收 PDF、PNG 图片。请换一种格式再传。"
    )
    assert (
        explain(sniff(b"<svg>", "章.png"), ("pdf",))
        == "“章.png”的内容是 SVG 图片，不能上传。请换成可以上传的格式：PDF。"
    )


@given(
    st.binary(max_size=400),
    st.sampled_from([b"", b"PK\x03\x04", b"%PDF-", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"From: a\n"]),
)
def test_nothing_makes_sniffing_fail(tail: bytes, start: bytes) -> None:
    assert sniff(start + tail, "a.pdf").kind in KINDS


def test_an_archive_that_says_it_is_huge_is_not_opened() -> None:
    data = bytearray(zipped(**{"a.txt": b"x"}))
    at = data.index(b"PK\x01\x02")
    struct.pack_into("<I", data, at + 24, 0xFFFFFFF0)
    assert sniff(bytes(data), "a.zip").seen == "条目过多或过大的压缩包"
    assert sniff(b"PK\x03\x04" + b"PK\x01\x02" * 6_000, "a.zip").kind == "unknown"


def test_the_gate_lets_good_files_in() -> None:
    found = {kind: refusal(data, f"a{EXTENSIONS[kind][0]}") for kind, data in samples().items()}  # type: ignore[index]
    assert found == dict.fromkeys(samples())


def test_the_gate_turns_away_what_is_locked_large_or_broken() -> None:
    assert refusal(b"", "a.pdf") == "“a.pdf”是空的（0 字节）。请重新保存再传。"
    assert refusal(b"%PDF-1.7\nnothing", "a.pdf") == "“a.pdf”已损坏，打不开。请重新导出再传。"
    assert refusal(encrypted("pw"), "a.pdf") == "“a.pdf”设了打开密码，读不出内容。请去掉密码后再传。"
    assert refusal(samples()["pdf"], "a.pdf", most_pages=2) == "“a.pdf”有 10 页，超过 2 页。请分成几个文件再传。"
    assert refusal(picture("PNG", (400, 300)), "a.png", most_pixels=100_000) == (
        "“a.png”有 400×300 像素，图片过大。请降低扫描的分辨率（300 dpi 就够），或另存为 PDF 再传。"
    )
    assert refusal(b"%PDF-" + b"x" * (2 << 20), "a.pdf", most_bytes=1 << 20) == (
        "“a.pdf”有 2.0 MB，超过 1 MB。请压缩图片或分成几个文件再传。"
    )


def test_a_picture_that_claims_absurd_dots_is_measured_without_being_decoded() -> None:
    data = bytearray(picture("PNG"))
    struct.pack_into(">II", data, 16, 60_000, 60_000)
    struct.pack_into(">I", data, 29, zlib.crc32(bytes(data[12:29])))
    assert refusal(bytes(data), "a.png") == (
        "“a.png”有 60000×60000 像素，图片过大。请降低扫描的分辨率（300 dpi 就够），或另存为 PDF 再传。"
    )
