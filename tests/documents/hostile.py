"""Files that mean harm or were harmed: for each its bytes, and what the reader owes its sender.

A case is a name, a maker of bytes, and a word of the refusal that is due; no word means that the file is odd but can be
read, and is to be read as if nothing were odd.
"""

from __future__ import annotations

import functools
import io
import random
import struct
import zipfile
from collections.abc import Callable

from tests.hands import fill, truth

SEED = 3
MAIN = "word/document.xml"
END = b"<w:sectPr"
"""Before this, at the end of the body, harm is put in."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@functools.cache
def good() -> bytes:
    """A filled form with nothing wrong in it."""
    return fill(truth(SEED))


@functools.cache
def document() -> bytes:
    with zipfile.ZipFile(io.BytesIO(good())) as archive:
        return archive.read(MAIN)


def packed(main: bytes | None = None, *more: tuple[str, bytes], deflated: bool = True) -> bytes:
    """The good form with another main part, and with more or other parts."""
    out = io.BytesIO()
    named = dict(more)
    with (
        zipfile.ZipFile(io.BytesIO(good())) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED if deflated else zipfile.ZIP_STORED) as new,
    ):
        for name in old.namelist():
            if name not in named:
                new.writestr(name, main if main is not None and name == MAIN else old.read(name))
        for name, data in more:
            new.writestr(name, data)
    return out.getvalue()


def with_end(xml: bytes | str) -> bytes:
    """The good form with ``xml`` behind everything in its body."""
    xml = xml.encode() if isinstance(xml, str) else xml
    head, end, tail = document().rpartition(END)
    return packed(head + xml + end + tail)


def with_answer(xml: bytes | str, label: str = "申报单位简介") -> bytes:
    """The good form with ``xml`` before the first paragraph behind a label."""
    xml = xml.encode() if isinstance(xml, str) else xml
    head, mark, tail = document().partition(label.encode())
    before, paragraph, rest = tail.partition(b"<w:p>") if b"<w:p>" in tail else tail.partition(b"<w:p ")
    return packed(head + mark + before + xml + paragraph + rest)


def with_prolog(doctype: str, inside: str = "") -> bytes:
    declaration, _, rest = document().partition(b"?>")
    head, end, tail = rest.rpartition(END)
    text = f"<w:p><w:r><w:t>{inside}</w:t></w:r></w:p>".encode() if inside else b""
    return packed(declaration + b"?>" + doctype.encode() + head + text + end + tail)


def nested(opening: str, closing: str, levels: int, core: str = "<w:p/>") -> str:
    return opening * levels + core + closing * levels


TABLE = "<w:tbl><w:tr><w:tc>", "<w:p/></w:tc></w:tr></w:tbl>"
CONTROL = "<w:sdt><w:sdtContent>", "</w:sdtContent></w:sdt>"
PLAIN = "<w:x>", "</w:x>"
BOX = "<w:p><w:r><w:pict><w:txbxContent>", "</w:txbxContent></w:pict></w:r></w:p>"
CHOICE = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice>',
    "</mc:Choice></mc:AlternateContent>",
)


def say(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


# ---- archives --------------------------------------------------------------------------------------------------------


def archive(*parts: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in parts:
            made.writestr(name, data)
    return out.getvalue()


def member(data: bytes, name: str = MAIN) -> tuple[int, int]:
    """Offsets of a part's header at its data and of its line in the directory at the end."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        local = opened.getinfo(name).header_offset
    at = data.rfind(b"PK\x01\x02")
    while data[at + 46 : at + 46 + len(name)] != name.encode():
        at = data.rfind(b"PK\x01\x02", 0, at)
    return local, at


def patched(data: bytes, at: int, form: str, *values: int) -> bytes:
    new = bytearray(data)
    struct.pack_into(form, new, at, *values)
    return bytes(new)


def declaring(size: int, *, data: bytes | None = None) -> bytes:
    """The main part says of itself, at both places, that it unpacks to ``size`` bytes."""
    data = data or good()
    local, line = member(data)
    return patched(patched(data, local + 22, "<I", size), line + 24, "<I", size)


def flagged() -> bytes:
    local, line = member(good())
    return patched(patched(good(), local + 6, "<H", 1), line + 8, "<H", 1)


def wrong_sum() -> bytes:
    local, line = member(good())
    return patched(patched(good(), local + 14, "<I", 1), line + 16, "<I", 1)


def method(number: int) -> bytes:
    local, line = member(good())
    return patched(patched(good(), local + 8, "<H", number), line + 10, "<H", number)


def overlapping() -> bytes:
    """Every line of the directory points at the one and same packed gigabyte (the bomb of David Fifield)."""
    kernel = archive((MAIN, b"\x00" * (16 << 20)))
    _local, line = member(kernel)
    entry, tail = kernel[line : line + 46], kernel[line + 46 + len(MAIN) :]
    names = [MAIN.encode(), *(b"word/%04d" % n for n in range(4000))]
    lines = b"".join(entry[:28] + struct.pack("<H", len(n)) + entry[30:] + n for n in names)
    end = bytearray(tail)
    struct.pack_into("<HHI", end, 8, len(names), len(names), len(lines))
    return kernel[:line] + lines + bytes(end)


def crowded(count: int) -> bytes:
    """A directory of ``count`` lines over one empty entry: nothing but lines to read."""
    kernel = archive(("a", b""))
    line = kernel.rfind(b"PK\x01\x02")
    entry, end = kernel[line : line + 47], bytearray(kernel[line + 47 :])
    struct.pack_into("<HHI", end, 8, 65535, 65535, count * len(entry))
    return kernel[:line] + entry * count + bytes(end)


def twice() -> bytes:
    """Two main parts of one name: one program shows the first, another the second."""
    out = io.BytesIO(good())
    with zipfile.ZipFile(out, "a") as opened:
        opened.NameToInfo.pop(MAIN)
        opened.writestr(MAIN, document().replace("项目".encode(), "条目".encode()))
    return out.getvalue()


def nested_zip() -> bytes:
    inner = archive(("a", b" " * (1 << 20)))
    for _ in range(6):
        inner = archive(*((f"{n}.zip", inner) for n in range(16)))
    return inner


def encrypted_office() -> bytes:
    return OLE + b"\x00" * 504 + "EncryptedPackage".encode("utf-16-le").ljust(512, b"\x00")


def broken_doc() -> bytes:
    return OLE + random.Random(1).randbytes(20_000)


def relations(target: str, prolog: str = "", extra: str = "") -> tuple[str, bytes]:
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    return "_rels/.rels", (
        f'<?xml version="1.0"?>{prolog}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{kind}" Target="{target}"/>{extra}</Relationships>'
    ).encode()


def _noise() -> bytes:
    """A megabyte of paragraphs that shrinks about eighty times."""
    chance = random.Random(1)
    return b"".join(b"<w:p><w:r><w:rPr/><w:t>%x</w:t></w:r></w:p>" % chance.randrange(40) for _ in range(26_000))


def bomb(text: bytes, times: int) -> bytes:
    head, end, tail = document().rpartition(END)
    return packed(head + text * times + end + tail)


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
LAUGHTER = f'<!DOCTYPE x [<!ENTITY l0 "哈哈哈">{LAUGHS}]>'
QUADRATIC = f'<!DOCTYPE x [<!ENTITY a "{"哈" * 100_000}">]>'

REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    # not Word at all
    "nothing": (lambda: b"", "0 字节"),
    "random bytes": (lambda: random.Random(1).randbytes(5000), "不是 Word"),
    "text": (lambda: "项目申报书\n一、申报单位基本情况".encode(), "不是 Word"),
    "zeros": (lambda: b"\x00" * 5000, "不是 Word"),
    "PDF": (lambda: b"%PDF-1.7\n1 0 obj", "PDF"),
    "PNG": (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "图片"),
    "JPEG": (lambda: b"\xff\xd8\xff\xe0" + b"\x00" * 50, "图片"),
    "RTF": (lambda: rb"{\rtf1\ansi hello}", "RTF"),
    "HTML": (lambda: b"\xef\xbb\xbf<!DOCTYPE html><html></html>", "网页"),
    "HTML without a doctype": (lambda: b"<HTML><body></body></HTML>", "网页"),
    "XML": (lambda: b"<?xml version='1.0'?><w:wordDocument/>", "XML"),
    "RAR": (lambda: b"Rar!\x1a\x07\x01\x00" + b"\x00" * 50, "RAR"),
    "7z": (lambda: b"7z\xbc\xaf\x27\x1c" + b"\x00" * 50, "7z"),
    "more than 40 MB": (lambda: b"PK\x03\x04" + b"\x00" * (40 << 20), "超过 40 MB"),
    "xlsx": (lambda: archive(relations("xl/workbook.xml"), ("xl/workbook.xml", b"<x/>")), "Excel"),
    "pptx": (lambda: archive(relations("ppt/presentation.xml"), ("ppt/presentation.xml", b"<x/>")), "PowerPoint"),
    "odt": (
        lambda: archive(("mimetype", b"application/vnd.oasis.opendocument.text"), ("content.xml", b"<x/>")),
        "OpenDocument",
    ),
    "a zip of pictures": (lambda: archive(("a.png", b"\x89PNG")), "没有 Word 正文"),
    "a zip of nothing": (lambda: archive(), "没有 Word 正文"),
    "a zip in which document.xml is a folder": (lambda: archive(("word/document.xml/", b"")), "没有 Word 正文"),
    "a zip of zips of zips": (nested_zip, "没有 Word 正文"),
    # old Word
    "an encrypted Office file": (encrypted_office, "密码"),
    "a broken .doc": (broken_doc, "旧版 .doc"),
    "a .doc of eight bytes": (lambda: OLE, "旧版 .doc"),
    # broken and lying archives
    "a zip cut in half": (lambda: good()[: len(good()) // 2], "损坏"),
    "a zip without its last byte": (lambda: good()[:-1], "损坏"),
    "a wrong checksum": (wrong_sum, "损坏"),
    "an encrypted zip": (flagged, "密码"),
    "an unknown compression": (lambda: method(97), "压缩方法"),
    "a part said to be shorter than it is": (lambda: declaring(1000), "损坏"),
    "a part said to have 4 GB": (lambda: declaring(0xFFFFFFF0), "过大"),
    "200 MB of spaces in the main part": (lambda: bomb(b" " * (1 << 20), 200), "过大"),
    "200 MB that are said to be a kilobyte": (
        lambda: declaring(1000, data=bomb(b" " * (1 << 20), 200)),
        "损坏",
    ),
    "200 MB of zeros in a picture": (
        lambda: packed(None, ("word/media/1.png", b"\x00" * (200 << 20))),
        "过大",
    ),
    "a bomb packed with bzip2": (lambda: archive((MAIN, b" " * (64 << 20)), method=zipfile.ZIP_BZIP2), "压缩"),
    "a bomb packed with lzma": (lambda: archive((MAIN, b" " * (64 << 20)), method=zipfile.ZIP_LZMA), "压缩"),
    "10,000 parts": (lambda: packed(None, *((f"word/{n}.xml", b"") for n in range(10_000))), "10"),
    "800,000 lines in the directory": (lambda: crowded(800_000), "个文件"),
    "overlapping parts": (overlapping, "过大"),
    "two main parts of one name": (twice, "同名"),
    "two main parts but for the case": (lambda: packed(None, ("Word/Document.XML", document())), "同名"),
    "a part above the archive": (lambda: packed(None, ("../../evil.xml", b"")), "包外"),
    "a part at the root of the disk": (lambda: packed(None, ("/etc/passwd", b"")), "包外"),
    "a part on drive C": (lambda: packed(None, ("C:\\evil.xml", b"")), "包外"),
    "a part above the archive, Windows' way": (lambda: packed(None, ("word\\..\\..\\evil.xml", b"")), "包外"),
    "macros": (lambda: packed(None, ("word/vbaProject.bin", b"")), "宏"),
    # broken and lying XML
    "an empty main part": (lambda: packed(b""), "正文已损坏"),
    "a main part that is not XML": (lambda: packed(b"hello"), "正文已损坏"),
    "a main part cut in half": (lambda: packed(document()[: len(document()) // 2]), "正文已损坏"),
    "a document that is no form": (
        lambda: packed(b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"/>'),
        "申报书",
    ),
    "a character that XML does not have": (lambda: with_end(say("\x01")), "正文已损坏"),
    "half a surrogate pair": (lambda: with_end(say("&#xD800;")), "正文已损坏"),
    "a NUL by its number": (lambda: with_end(say("&#0;")), "正文已损坏"),
    "an escape by its number": (lambda: with_end(say("&#x1B;[31m")), "正文已损坏"),
    "bytes that are not UTF-8": (lambda: with_end(b"<w:p><w:r><w:t>\xc0\xaf\xff</w:t></w:r></w:p>"), "正文已损坏"),
    "an unknown encoding": (
        lambda: packed(document().replace(b"UTF-8", b"KLINGON", 1).replace(b"utf-8", b"KLINGON", 1) + b"\xff"),
        "正文已损坏",
    ),
    "EBCDIC": (lambda: packed(document().decode().replace("UTF-8", "IBM037").encode("cp037", "replace")), "正文已损坏"),
    "UTF-7": (lambda: packed(b'<?xml version="1.0" encoding="UTF-7"?>' + b"+ADw-a/+AD4-" * 1000), "正文已损坏"),
    "an undeclared prefix": (lambda: with_end("<q:p><q:r/></q:p>"), "正文已损坏"),
    "an attribute given twice": (lambda: with_end('<w:p w:a="1" w:a="2"/>'), "正文已损坏"),
    "a billion laughs": (lambda: with_prolog(LAUGHTER, "&l9;"), "实体"),
    "a billion laughs nobody hears": (lambda: with_prolog(LAUGHTER), "实体"),
    "laughs in an attribute": (
        lambda: packed(b'<?xml version="1.0"?>' + LAUGHTER.encode() + b'<x a="&l9;"/>'),
        "实体",
    ),
    "one long entity many times": (lambda: with_prolog(QUADRATIC, "&a;" * 10_000), "实体"),
    "one long entity many times in attributes": (
        lambda: packed(b'<?xml version="1.0"?>' + QUADRATIC.encode() + b"<x>" + b'<x a="&a;"/>' * 10_000 + b"</x>"),
        "实体",
    ),
    "a file by an entity": (
        lambda: with_prolog('<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]>', "&f;"),
        "实体",
    ),
    "an address by an entity": (
        lambda: with_prolog('<!DOCTYPE x [<!ENTITY f SYSTEM "http://127.0.0.1:9/x">]>', "&f;"),
        "实体",
    ),
    "a parameter entity": (
        lambda: with_prolog('<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>'),
        "实体",
    ),
    "a DTD from outside": (lambda: with_prolog('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">'), "实体"),
    "a DTD in UTF-16": (
        lambda: packed(('<?xml version="1.0" encoding="UTF-16"?>' + LAUGHTER + "<x>&l9;</x>").encode("utf-16")),
        "实体",
    ),
    "a DTD in the relationships": (lambda: packed(None, relations(MAIN, LAUGHTER, "&l9;")), "实体"),
    "broken relationships": (lambda: packed(None, ("_rels/.rels", b"<a><b></a>")), "已损坏"),
    # too deep, too much
    "50,000 tables one in the other": (lambda: with_end(nested(*TABLE, 50_000)), "嵌套"),
    "80 tables one in the other": (lambda: with_end(nested(*TABLE, 80)), "嵌套"),
    "80 tables around a long text": (lambda: with_end(nested(*TABLE, 80, say("科" * 400_000))), "嵌套"),
    "100,000 controls one in the other": (lambda: with_end(nested(*CONTROL, 100_000)), "嵌套"),
    "100,000 elements one in the other": (lambda: with_end(nested(*PLAIN, 100_000)), "嵌套"),
    "50,000 boxes one in the other": (lambda: with_end(nested(*BOX, 50_000)), "嵌套"),
    "a table of a million cells": (
        lambda: with_end("<w:tbl>" + ("<w:tr>" + "<w:tc/>" * 100 + "</w:tr>") * 10_000 + "</w:tbl>"),
        "过大",
    ),
    "a table of a million cells with paragraphs": (
        lambda: with_end("<w:tbl>" + ("<w:tr>" + "<w:tc><w:p/></w:tc>" * 100 + "</w:tr>") * 8_000 + "</w:tbl>"),
        "过大",
    ),
    "a cell of 10 MB": (lambda: with_answer(say("科" * 3_300_000)), "过大"),
    "a cell of 10 MB of letters": (lambda: with_answer(say("a" * 10_000_000)), "过大"),
    "a cell of 10 MB of the longest character": (lambda: with_answer(say("\ufdfa" * 3_300_000)), "过大"),
    "15 MB of spaces in a cell": (lambda: with_answer(say("a" + " " * 7_000_000 + "b") * 2), "过大"),
    "a million namespaces": (
        lambda: with_end("".join(f'<w:x xmlns:a="u{n}"/>' for n in range(500_000))),
        "过大",
    ),
    "a megabyte that packs badly and unpacks to 80": (lambda: bomb(_noise(), 80), "过大"),
    "80 boxes one in the other": (lambda: with_end(nested(*BOX, 80)), "嵌套"),
    "100 alternates one in the other": (lambda: with_end(nested(*CHOICE, 100)), "嵌套"),
    "alternates one in the other around many elements": (
        lambda: with_end(nested(*CHOICE, 100, "<w:x/>" * 250_000)),
        "嵌套",
    ),
    "a million paragraphs": (lambda: with_end(nested(*CONTROL, 120, "<w:p/>" * 1_000_000)), "过大"),
    "two million attributes": (lambda: with_end('<w:x a="" b="" c="" d="" e="" f="" g="" h=""/>' * 250_000), "过大"),
    "a million elements with a letter between": (lambda: with_end("<w:x/>y" * 900_000), "过大"),
}
"""Files that cannot be read as the form: name → maker, and a word of the reason."""

READ: dict[str, Callable[[], bytes]] = {
    "a million columns' span": lambda: with_end(
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="1000000000"/></w:tcPr></w:tc><w:tc/></w:tr></w:tbl>'
    ),
    "spans of every kind": lambda: with_end(
        "<w:tbl><w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:gridSpan w:val="{v}"/></w:tcPr></w:tc>'
            for v in ("-5", "0", "x", "", "1e9", "9" * 5000, "٣", "1_0")
        )
        + "<w:tc><w:tcPr><w:gridSpan/></w:tcPr></w:tc></w:tr></w:tbl>"
    ),
    "columns left out before a row": lambda: with_end(
        "<w:tbl>"
        + "".join(
            f'<w:tr><w:trPr><w:gridBefore w:val="{v}"/></w:trPr><w:tc/></w:tr>' for v in ("-7", "x", "9" * 4000, "")
        )
        + "</w:tbl>"
    ),
    "cells merged down from nowhere": lambda: with_end(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/></w:tcPr></w:tc></w:tr>"
        '<w:tr><w:tc><w:tcPr><w:vMerge w:val="nonsense"/></w:tcPr></w:tc></w:tr></w:tbl>'
    ),
    "cells merged across from nowhere": lambda: with_end(
        "<w:tbl><w:tr><w:tc><w:tcPr><w:hMerge/></w:tcPr></w:tc><w:tc><w:tcPr><w:hMerge/></w:tcPr></w:tc></w:tr></w:tbl>"
    ),
    "a table without rows": lambda: with_end("<w:tbl/>"),
    "rows without cells": lambda: with_end("<w:tbl><w:tr/><w:tr/></w:tbl>"),
    "a row without a table": lambda: with_end("<w:tr><w:tc><w:p/></w:tc></w:tr>"),
    "a cell without a row": lambda: with_end("<w:tc><w:p/></w:tc>"),
    "a cell without a row, and a symbol": lambda: with_end(
        "<w:tc><w:tcPr><w:gridSpan/><w:vMerge/><w:hMerge/><w:cellDel/></w:tcPr><w:p><w:r><w:sym/></w:r></w:p></w:tc>"
    ),
    "a row without a table, and a symbol": lambda: with_end("<w:tr><w:trPr/><w:tc><w:p/></w:tc></w:tr><w:sym/>"),
    "a table in a row": lambda: with_end("<w:tbl><w:tr><w:tbl><w:tr/></w:tbl><w:sym/></w:tr></w:tbl>"),
    "properties of nothing": lambda: with_end("<w:tcPr><w:vMerge/><w:gridSpan/></w:tcPr><w:trPr/><w:pPr/><w:sdtPr/>"),
    "symbols of every kind": lambda: with_end(
        "<w:p><w:r>"
        + "".join(
            f'<w:sym w:font="{f}" w:char="{c}"/>'
            for f in ("Wingdings", "Nothing", "")
            for c in ("0", "-5", "D800", "110000", "F0FE0", "x", "", "1B", "9B", "9" * 9000)
        )
        + "<w:sym/></w:r></w:p>"
    ),
    "boxes 10 deep": lambda: with_end(nested(*BOX, 10)),
    "alternates 10 deep": lambda: with_end(nested(*CHOICE, 10)),
    "controls 100 deep": lambda: with_end(nested(*CONTROL, 100)),
    "tables 4 deep": lambda: with_end(nested(*TABLE, 4)),
    "elements 200 deep": lambda: with_end(nested(*PLAIN, 200)),
    "200,000 paragraphs": lambda: with_end("<w:p/>" * 200_000),
    "100,000 paragraphs 200 deep": lambda: with_end(nested(*PLAIN, 200, "<w:p/>" * 100_000)),
    "200,000 alternates": lambda: with_end(f"{CHOICE[0]}{CHOICE[1]}" * 100_000),
    "250,000 rows of nothing": lambda: with_end("<w:tbl>" + "<w:tr/>" * 250_000 + "</w:tbl>"),
    "250,000 elements within alternates 12 deep": lambda: with_end(nested(*CHOICE, 12, "<w:x/>" * 250_000)),
    "40,000 attributes of one element": lambda: with_end("<w:x " + " ".join(f'a{n}=""' for n in range(40_000)) + "/>"),
    "400,000 attributes": lambda: with_end('<w:x a="" b="" c="" d=""/>' * 100_000),
    "a row of 250,000 cells": lambda: with_end("<w:tbl><w:tr>" + "<w:tc/>" * 250_000 + "</w:tr></w:tbl>"),
    "a part said to be longer than it is": lambda: declaring(len(document()) + 1000),
    "a part said to have 15 MB": lambda: declaring(15 << 20),
    "our own marks among the text": lambda: with_end(
        "<w:p><w:r><w:t>" + "".join(f"&#x{n:X};" for n in range(0x10FFE0, 0x10FFF0)) + "</w:t></w:r></w:p>"
    ),
    "our own marks behind elements": lambda: with_end(
        "<w:p><w:r><w:t><w:x/>" + "".join(map(chr, range(0x10FFE0, 0x10FFF0))) + "</w:t></w:r></w:p>"
    ),
    "our own marks in names of fonts": lambda: with_end(
        f'<w:p><w:r><w:sym w:font="{"".join(map(chr, range(0x10FFE0, 0x10FFF0)))}" w:char="10FFE5"/></w:r></w:p>'
    ),
    "a row of 100,000 cells": lambda: with_end("<w:tbl><w:tr>" + "<w:tc/>" * 100_000 + "</w:tr></w:tbl>"),
    "relationships in a circle": lambda: packed(
        None, relations(MAIN), ("word/_rels/document.xml.rels", relations("document.xml")[1])
    ),
    "a main part with a byte order mark": lambda: packed(b"\xef\xbb\xbf" + document()),
    "a main part in UTF-16": lambda: packed(
        document().decode().replace("UTF-8", "UTF-16", 1).replace("utf-8", "utf-16", 1).encode("utf-16")
    ),
    "a main part without a declaration": lambda: packed(document().partition(b"?>")[2]),
    "remarks and instructions everywhere": lambda: packed(document().replace(b"<w:r>", b"<!-- x --><?y z?><w:r>")),
    "parts stored as they are": lambda: packed(None, deflated=False),
}
"""Odd files that are read as if nothing were odd."""

SLOW: dict[str, Callable[[], bytes]] = {
    "450,000 spaces": lambda: with_answer(say("a" + " " * 450_000 + "b")),
    "450,000 brackets": lambda: with_answer(say("(" * 450_000)),
    "450,000 tabs": lambda: with_answer("<w:p><w:r><w:t>a</w:t>" + "<w:tab/>" * 500_000 + "<w:t>b</w:t></w:r></w:p>"),
    "brackets with long spaces": lambda: with_answer(say(("(" + " " * 900) * 1000)),
    "450,000 of the longest character": lambda: with_answer(say("\ufdfa" * 450_000)),
    "450,000 digits": lambda: with_answer(say("1" * 450_000)),
    "450,000 digits with spaces": lambda: with_answer(say("1 " * 450_000)),
    "450,000 combining marks": lambda: with_answer(say("\u0301" * 450_000 + "\u0327" * 450_000)),
    **{
        f"{text[:2]!r} and so on behind {label}": functools.partial(with_answer, say(text), label)
        for label in (
            "拟重点服务的省份",
            "拟重点服务的产业领域",
            "服务团组成单位名称",
            "是否国家（地方）鼓励",
            "项目编号",
        )
        for text in (f"a{' ' * 100_000}b", f"({' ' * 100_000}b", "1 - " * 25_000, "一" * 100_000)
    },
    "80 tables one in the other with text": lambda: with_end(nested(*TABLE, 60, say("科" * 10_000))),
}
"""Read or refused, but within time and memory (bench/hostile.py measures)."""
