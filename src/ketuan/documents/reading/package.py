"""The main part of a .docx, out of whatever the file turns out to be.

Nothing is unpacked to disk and nothing in the file is run, followed or fetched. Bounds (all checked before the work they
bound, none by what the file says of itself alone): file 40 MB, 5,000 entries, 512 MB declared in all, one entry of over
16 MB packed more than 100 to 1, main part 16 MB, 300,000 elements, 500,000 attributes and 500,000 characters of text,
nesting 256 (libxml2's own; tables, boxes and drawings 12). bench/hostile.py measures what files at and beyond the bounds cost.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ketuan.documents.errors import Unreadable

MAX_FILE = 40 << 20
MAX_ENTRIES = 5_000
MAX_TOTAL = 512 << 20
MAX_RATIO, RATIO_FROM = 100, 16 << 20
MAX_PART = 16 << 20
MAX_TAGS = 300_000
MAX_ATTRIBUTES = 500_000
MAX_TEXT = 500_000

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_TRANSITIONAL = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_STRICT = b"http://purl.oclc.org/ooxml/wordprocessingml/main"
_SAVE_AS = "请在 Word 或 WPS 中打开，另存为 .docx 后再交。"
_OTHERS = (
    (b"%PDF", "这是 PDF，不是 Word 文件。请交可编辑的 Word 申报书（.docx）。"),
    (b"{\\rtf", f"这是 RTF 文件，不是 Word 文件。{_SAVE_AS}"),
    (b"\x89PNG", "这是图片，不是 Word 文件。请交可编辑的 Word 申报书（.docx）。"),
    (b"\xff\xd8\xff", "这是图片，不是 Word 文件。请交可编辑的 Word 申报书（.docx）。"),
    (b"Rar!", "这是 RAR 压缩包。请解压后交其中的 Word 申报书。"),
    (b"7z\xbc\xaf", "这是 7z 压缩包。请解压后交其中的 Word 申报书。"),
    (b"<!DOCTYPE html", f"这是网页文件，不是 Word 文件。{_SAVE_AS}"),
    (b"<html", f"这是网页文件，不是 Word 文件。{_SAVE_AS}"),
    (b"<?xml", f"这是单个 XML 文件，不是 Word 文件。{_SAVE_AS}"),
)
_PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
)
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError),
    *(ValueError, KeyError, OverflowError),
)
_DOCTYPE = tuple("<!DOCTYPE".encode(code) for code in ("ascii", "utf-16-le", "utf-16-be"))
_LINE = b"PK\x01\x02"  # begins every line of an archive's directory
_SMALL = 4 * MAX_TAGS  # no part of fewer bytes has so many elements or attributes
_all_text = etree.XPath("string()", smart_strings=False)
_TEXT = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t"
_NOT_NORMAL = "不是正常的 Word 文件，已停止读取。请重新另存为 .docx 再交。"


def sniff(data: bytes) -> str:
    """``docx`` or ``doc`` by content, whatever the name says; Unreadable for everything else."""
    if not data:
        raise Unreadable("文件是空的（0 字节）。请重新保存并再交一次。")
    if len(data) > MAX_FILE:
        raise Unreadable(f"文件有 {len(data) >> 20} MB，超过 {MAX_FILE >> 20} MB。请压缩图片或把附件分开再交。")
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "docx"
    if data.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable("文件设了打开密码，读不出内容。请去掉密码后再交。")
        return "doc"
    head = data[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, reason in _OTHERS:
        if head.lower().startswith(start.lower()):
            raise Unreadable(reason)
    raise Unreadable(
        "这不是 Word 文件（内容不是 .docx，也不是 .doc），可能改过扩展名或已损坏。请重新另存为 .docx 再交。"
    )


@dataclass(frozen=True, slots=True)
class Part:
    """The main document part: its root element (Strict names already turned into Transitional ones) and its bytes."""

    root: etree._Element
    data: bytes

    @property
    def wide(self) -> bool:
        """True for encodings of two bytes a character, whose bytes cannot be searched for names."""
        return b"\x00" in self.data[:64]


def main_part(data: bytes) -> Part:
    """The main document part of a .docx; Unreadable, with a reason, where there is none to be had."""
    lines = data.count(_LINE)
    if lines > MAX_ENTRIES:
        raise Unreadable(f"压缩包内有 {lines} 个文件，{_NOT_NORMAL}")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = _checked(archive)
            name = _main_name(archive, entries)
            return _document(_unpacked(archive, entries[name], MAX_PART))
    except Unreadable:
        raise
    except _BROKEN as problem:
        raise Unreadable(
            f"Word 文件已损坏，解不开压缩包。请重新另存为 .docx 再交。（{type(problem).__name__}）"
        ) from problem


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    infos = archive.infolist()
    if len({info.filename.lower() for info in infos}) < len(infos):
        raise Unreadable(f"压缩包内有同名的文件，不同程序会读到不同的内容，{_NOT_NORMAL}")
    total = 0
    for info in infos:
        total += info.file_size
        packed = max(info.compress_size, 1)
        if total > MAX_TOTAL or (info.file_size > RATIO_FROM and info.file_size > MAX_RATIO * packed):
            raise Unreadable("压缩包展开后过大，疑似压缩炸弹，已停止读取。请重新另存为 .docx 再交。")
        name = info.filename
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
            raise Unreadable(f"压缩包内有指向包外的路径，{_NOT_NORMAL}")
        if info.flag_bits & 0x1:
            raise Unreadable("压缩包设了密码，读不出内容。请去掉密码后再交。")
        if name.lower().rpartition("/")[2] in ("vbaproject.bin", "vbadata.xml"):
            raise Unreadable("文件带有宏，出于安全不予读取。请另存为不带宏的 .docx 再交。")
    return {info.filename: info for info in infos}


def _main_name(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo]) -> str:
    """The relationships decide; ``word/document.xml`` is only the usual name."""
    if "word/document.xml" not in entries or "_rels/.rels" in entries:
        for relation in _small(archive, entries, "_rels/.rels"):
            target = (relation.get("Target") or "").lstrip("/")
            if (relation.get("Type") or "").endswith("/officeDocument") and target in entries:
                if target.startswith("xl/"):
                    raise Unreadable("这是 Excel 工作簿，不是 Word 文件。请交 Word 申报书（.docx）。")
                if target.startswith("ppt/"):
                    raise Unreadable("这是 PowerPoint 演示文稿，不是 Word 文件。请交 Word 申报书（.docx）。")
                return target
    if "word/document.xml" in entries:
        return "word/document.xml"
    if "mimetype" in entries and "content.xml" in entries:
        raise Unreadable(f"这是 OpenDocument 文件（.odt）。{_SAVE_AS}")
    raise Unreadable("这是压缩包，里面没有 Word 正文。请解压后交其中的 Word 申报书（.docx）。")


def _small(archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], name: str) -> Any:
    info = entries.get(name)
    if info is None or info.file_size > 1 << 20:
        return ()
    return _parsed(_unpacked(archive, info, 1 << 20))


def _unpacked(archive: zipfile.ZipFile, info: zipfile.ZipInfo, limit: int) -> bytes:
    """What is in an entry. Not archive.read: it unpacks all there is before it looks at the size that was declared."""
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # the others cannot be unpacked by pieces
        raise Unreadable(f"压缩包用了 Word 不用的压缩方法，{_NOT_NORMAL}")
    pieces: list[bytes] = []
    with archive.open(info) as part:
        while piece := part.read(1 << 16):
            pieces.append(piece)
            limit -= len(piece)
            if limit < 0:
                raise _too_much()
    return b"".join(pieces)


def _too_much() -> Unreadable:
    return Unreadable("正文过大，超过可读取的上限。请删去与申报书无关的文字、大表或图形再交。")


def _document(data: bytes) -> Part:
    if len(data) > _SMALL and (data.count(b"<") - data.count(b"</") > MAX_TAGS or data.count(b"=") > MAX_ATTRIBUTES):
        raise _too_much()
    if _STRICT in data:
        data = data.replace(_STRICT, _TRANSITIONAL)
    root = _parsed(data)
    if len(data) > MAX_TEXT and len(_all_text(root)) > MAX_TEXT and sum(map(len, root.itertext(_TEXT))) > MAX_TEXT:
        raise _too_much()
    return Part(root, data)


def _parsed(data: bytes) -> etree._Element:
    if b"!" in data and any(doctype in data for doctype in _DOCTYPE):
        raise _with_entities()
    try:
        root = etree.fromstring(data, _PARSER)
    except etree.XMLSyntaxError as problem:
        deep = "depth" in str(problem).lower()
        raise Unreadable(
            f"正文嵌套过深，{_NOT_NORMAL}"
            if deep
            else "Word 文件的正文已损坏，不是合格的 XML。请在 Word 或 WPS 中打开、修复后另存为 .docx 再交。"
        ) from problem
    tree = root.getroottree()
    if tree.docinfo.internalDTD is not None or tree.docinfo.doctype:
        raise _with_entities()
    return root


def _with_entities() -> Unreadable:
    return Unreadable("正文带有实体声明（DTD），可能引用外部文件，出于安全不予读取。请重新另存为 .docx 再交。")
