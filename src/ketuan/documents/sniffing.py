"""What a file is, by its content and not by its name; and the sentence with which it is turned away.

:func:`sniff` looks at bytes only. :func:`refusal` is the whole gate for an upload: kind, name, size, passwords, number of
pages, size of pictures. Nothing is run, followed or unpacked beyond the lists of an archive.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, get_args

Kind = Literal["pdf", "png", "jpeg", "docx", "doc", "xlsx", "zip", "eml", "unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)

NAMES: dict[Kind, str] = {
    "pdf": "PDF",
    "png": "PNG 图片",
    "jpeg": "JPEG 图片",
    "docx": "Word 文档",
    "doc": "旧版 Word 文档（.doc）",
    "xlsx": "Excel 表格",
    "zip": "压缩包",
    "eml": "电子邮件",
    "unknown": "认不出的文件",
}
CONTENT_TYPES: dict[Kind, str] = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "doc": "application/msword",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "eml": "message/rfc822",
    "unknown": "application/octet-stream",
}
EXTENSIONS: dict[Kind, tuple[str, ...]] = {
    "pdf": (".pdf",),
    "png": (".png",),
    "jpeg": (".jpg", ".jpeg"),
    "docx": (".docx",),
    "doc": (".doc",),
    "xlsx": (".xlsx",),
    "zip": (".zip",),
    "eml": (".eml",),
    "unknown": (),
}

MAX_ENTRIES = 5_000
MAX_UNPACKED = 1 << 30

_SIGNATURES: tuple[tuple[bytes, Kind, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png", ""),
    (b"\xff\xd8\xff", "jpeg", ""),
    (b"MZ", "unknown", "Windows 程序"),
    (b"\x7fELF", "unknown", "Linux 程序"),
    (b"\xca\xfe\xba\xbe", "unknown", "程序"),
    (b"\xcf\xfa\xed\xfe", "unknown", "苹果电脑程序"),
    (b"#!", "unknown", "脚本程序"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "unknown", "Windows 快捷方式"),
    (b"Rar!\x1a\x07", "unknown", "RAR 压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "unknown", "7z 压缩包"),
    (b"\x1f\x8b", "unknown", "gzip 压缩包"),
    (b"{\\rtf", "unknown", "RTF 文档"),
    (b"GIF8", "unknown", "GIF 图片"),
    (b"BM", "unknown", "BMP 图片"),
    (b"II*\x00", "unknown", "TIFF 图片"),
    (b"MM\x00*", "unknown", "TIFF 图片"),
)
_MARKUP: tuple[tuple[str, str], ...] = (
    (r"<svg[\s>]", "SVG 图片"),
    (r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]|<script[\s>]|<iframe[\s>]", "网页文件"),
    (r"<\?xml", "XML 文件"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS: tuple[tuple[str, Kind, str], ...] = (
    ("EncryptedPackage", "unknown", "加了打开密码的 Office 文件"),
    ("WordDocument", "doc", ""),
    ("Workbook", "unknown", "旧版 Excel 表格（.xls）"),
    ("PowerPoint Document", "unknown", "PowerPoint 演示文稿"),
    ("__properties_version1.0", "unknown", "Outlook 邮件（.msg）"),
)
_MAIL_FIELDS = frozenset(
    (
        *("received", "from", "to", "message-id", "date", "mime-version", "subject", "return-path", "delivered-to"),
        *("content-type", "reply-to", "x-mailer", "dkim-signature"),
    )
)


@dataclass(frozen=True, slots=True)
class Sniffed:
    kind: Kind
    content_type: str
    agrees: bool
    """True where the extension of the name is one of this kind."""
    name: str
    seen: str
    """What the content is, for people: “Word 文档”, “网页文件”."""

    @property
    def extension(self) -> str:
        return _extension(self.name)


def sniff(head: bytes, name: str) -> Sniffed:
    """What ``head`` (the whole file, or its first 64 KB) is. Never raises, whatever it is given."""
    kind, seen = _seen(head, _extension(name))
    return Sniffed(kind, CONTENT_TYPES[kind], _extension(name) in EXTENSIONS[kind], name, seen or NAMES[kind])


def explain(found: Sniffed, allowed: Collection[Kind] = KINDS) -> str | None:
    """Why a file is not taken, and what to do; None where nothing is wrong with its kind and name."""
    wanted = "、".join(NAMES[kind] for kind in KINDS if kind in allowed and kind != "unknown")
    seen = _spaced(found.seen)
    if found.kind == "unknown":
        return f"“{found.name}”的内容是{seen}，不能上传。请换成可以上传的格式：{wanted}。"
    if found.kind not in allowed:
        return f"“{found.name}”是{seen}，这里只收{_spaced(wanted)}。请换一种格式再传。"
    if not found.agrees:
        said = f"文件名是 {found.extension}" if found.extension else "文件名没有扩展名"
        right = EXTENSIONS[found.kind][0]
        return f"{said}，内容却是{seen}（“{found.name}”）。请把扩展名改成 {right}，或重新导出再传。"
    return None


def refusal(
    data: bytes,
    name: str,
    *,
    allowed: Collection[Kind] = KINDS,
    most_bytes: int = 40 << 20,
    most_pages: int = 500,
    most_pixels: int = 60_000_000,
) -> str | None:
    """The one sentence that turns a file away, None where it may come in."""
    from ketuan.documents.errors import Unreadable
    from ketuan.documents.preview import look

    if not data:
        return f"“{name}”是空的（0 字节）。请重新保存再传。"
    if len(data) > most_bytes:
        return f"“{name}”有 {len(data) / (1 << 20):.1f} MB，超过 {most_bytes >> 20} MB。请压缩图片或分成几个文件再传。"
    found = sniff(data, name)
    if said := explain(found, allowed):
        return said
    if found.kind not in ("pdf", "png", "jpeg"):
        return None
    try:
        seen = look(data)
    except Unreadable as wrong:
        return f"“{name}”{wrong}"
    if seen.pages > most_pages:
        return f"“{name}”有 {seen.pages} 页，超过 {most_pages} 页。请分成几个文件再传。"
    if seen.width * seen.height > most_pixels:
        return f"“{name}”有 {seen.width}×{seen.height} 像素，图片过大。请降低扫描的分辨率（300 dpi 就够），或另存为 PDF 再传。"
    return None


def _spaced(words: str) -> str:
    """A space between Chinese and the Latin letters that follow."""
    return f" {words}" if words[:1].isascii() else words


def _extension(name: str) -> str:
    found = re.search(r"\.[A-Za-z0-9]{1,8}$", name.strip())
    return found.group().lower() if found else ""


def _seen(head: bytes, extension: str) -> tuple[Kind, str]:
    if not head:
        return "unknown", "空文件"
    start = head[:1024].lstrip(b"\xef\xbb\xbf\x00\t\r\n ")
    if start.startswith(b"%PDF-"):
        return "pdf", ""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _archive(head)
    if head.startswith(_OLE):
        for stream, kind, seen in _OLE_STREAMS:
            if stream.encode("utf-16-le") in head:
                return kind, seen
        return ("doc", "") if extension == ".doc" else ("unknown", "旧版 Office 文件")
    text = _text(head)
    if text is not None:
        return _textual(text)
    for sign, kind, seen in _SIGNATURES:
        if head.startswith(sign):
            return kind, seen
    return "unknown", ""


def _text(head: bytes) -> str | None:
    """The beginning as text, where it is none of the binary kinds."""
    piece = head[:16_384]
    if piece.startswith((b"\xff\xfe", b"\xfe\xff")):
        return piece.decode("utf-16", "replace")
    if b"\x00" in piece or any(piece.startswith(sign) for sign, _, _ in _SIGNATURES if sign not in (b"MZ", b"BM")):
        return None
    if sum(byte < 32 and byte not in b"\t\r\n\f\x1b" for byte in piece):
        return None
    return piece.decode("latin-1")


def _textual(text: str) -> tuple[Kind, str]:
    if text.startswith("MZ") and not _mail(text):
        return "unknown", "Windows 程序"
    if _mail(text):
        return "eml", ""
    for pattern, seen in _MARKUP:
        if re.search(pattern, text, re.IGNORECASE):
            return "unknown", seen
    return "unknown", "纯文本"


def _mail(text: str) -> bool:
    """Header fields from the first line on, at least two of them those of a mail."""
    known: set[str] = set()
    for line in text.lstrip("ï»¿").splitlines():
        if line[:1] in (" ", "\t") and known:
            continue
        field = re.match(r"([!-9;-~]+)[ \t]*:", line)
        if not field:
            if not (line.startswith("From ") and not known):
                break
            continue
        known.add(field.group(1).lower())
    return len(known & _MAIL_FIELDS) >= 2


def _archive(head: bytes) -> tuple[Kind, str]:
    names = _entry_names(head)
    if names is None:
        return "unknown", "条目过多或过大的压缩包"
    if any(name.endswith("vbaProject.bin") for name in names):
        return "unknown", "带宏的 Office 文件"
    if "word/document.xml" in names:
        return "docx", ""
    if "xl/workbook.xml" in names or "xl/workbook.bin" in names:
        return ("xlsx", "") if "xl/workbook.xml" in names else ("unknown", "Excel 二进制表格（.xlsb）")
    if any(name.startswith("ppt/") for name in names):
        return "unknown", "PowerPoint 演示文稿"
    if "META-INF/MANIFEST.MF" in names or "AndroidManifest.xml" in names:
        return "unknown", "程序安装包"
    if "OFD.xml" in names:
        return "unknown", "OFD 文件"
    if "[Content_Types].xml" in names and any(name.startswith("word/") for name in names):
        return "docx", ""
    return "zip", ""


def _entry_names(head: bytes) -> frozenset[str] | None:
    """Names of the entries: from the directory at the end, else from what stands before the entries themselves."""
    if head.count(b"PK\x01\x02") > MAX_ENTRIES:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(head)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, NotImplementedError, OverflowError, EOFError):
        return frozenset(_local_names(head))
    if len(infos) > MAX_ENTRIES or sum(info.file_size for info in infos) > MAX_UNPACKED:
        return None
    return frozenset(info.filename for info in infos)


def _local_names(head: bytes) -> Iterable[str]:
    at = head.find(b"PK\x03\x04")
    for _ in range(MAX_ENTRIES):
        if at < 0 or at + 30 > len(head):
            return
        (length,) = struct.unpack_from("<H", head, at + 26)
        yield head[at + 30 : at + 30 + length].decode("utf-8", "replace")
        at = head.find(b"PK\x03\x04", at + 30 + length)
