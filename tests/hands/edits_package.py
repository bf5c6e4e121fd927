"""Edits of the package: other part names, other namespaces, headers and footers."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

from .editing import EDITS, Edit, edit
from .xml import Package, R, paragraph, qn, w

STRICT = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "http://purl.oclc.org/ooxml/wordprocessingml/main",
    "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
    "http://schemas.openxmlformats.org/drawingml/2006/": "http://purl.oclc.org/ooxml/drawingml/",
}
LEFT_ALONE = "http://schemas.openxmlformats.org/package/"


@edit("header_and_footer", "A header names the form, a footer counts the pages.")
def header_and_footer(package: Package) -> None:
    section = package.body.find(qn("sectPr"))
    for name, text in (("header", "“科创中国”科技服务团项目申报书　项目名称：以封面为准"), ("footer", "第1页")):
        kind = f"application/vnd.openxmlformats-officedocument.wordprocessingml.{name}+xml"
        package.add_part(f"word/{name}1.xml", w("hdr" if name == "header" else "ftr", paragraph(text)), kind)
        reference = w(f"{name}Reference", type="default")
        reference.set(f"{{{R}}}id", package.relate(name, f"{name}1.xml"))
        section.insert(0, reference)


def entered(name: str, sentence: str) -> Callable[[Edit], Edit]:
    """Enter an edit that works on the bytes of the package themselves."""

    def enter(change: Edit) -> Edit:
        EDITS[name] = (change, sentence)
        return change

    return enter


def _rewritten(data: bytes, change: Callable[[str, bytes], tuple[str, bytes]]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(*change(name, old.read(name)))
    return out.getvalue()


@entered("strict_namespaces", "Saved as Strict Open XML: all namespaces are those of purl.oclc.org.")
def strict_namespaces(data: bytes) -> bytes:
    def strict(name: str, content: bytes) -> tuple[str, bytes]:
        if not name.endswith((".xml", ".rels")) or name == "[Content_Types].xml":
            return name, content
        text = content.decode()
        for old, new in STRICT.items():
            text = text.replace(old, new)
        text = text.replace("<w:document ", '<w:document w:conformance="strict" ', 1)
        return name, text.encode()

    return _rewritten(data, strict)


@entered("document_renamed", "A program named the main part word/document2.xml.")
def document_renamed(data: bytes) -> bytes:
    def renamed(name: str, content: bytes) -> tuple[str, bytes]:
        if name in ("_rels/.rels", "[Content_Types].xml"):
            content = content.replace(b"word/document.xml", b"word/document2.xml")
        return re.sub(r"(word/(?:_rels/)?document)(?=\.xml)", r"\g<1>2", name), content

    return _rewritten(data, renamed)


@entered("document_by_absolute_path", "A program wrote the path of the main part with a leading slash.")
def document_by_absolute_path(data: bytes) -> bytes:
    def absolute(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "_rels/.rels":
            content = content.replace(b'Target="word/document.xml"', b'Target="/word/document.xml"')
        return name, content

    return _rewritten(data, absolute)


@entered("other_prefix", "A script saved the document with the prefix ns0 instead of w.")
def other_prefix(data: bytes) -> bytes:
    def prefixed(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "word/document.xml":
            text = re.sub(r"(</?|\s|xmlns:)w(?=[:=])(?=:[A-Za-z]+|=\")", r"\1ns0", content.decode())
            content = text.encode()
        return name, content

    return _rewritten(data, prefixed)


@entered(
    "odd_zip", "A program wrote the parts in another order, uncompressed, with folders and a thumbnail of its own."
)
def odd_zip(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as new:
        new.writestr("word/", b"")
        for name in reversed(old.namelist()):
            new.writestr(name, old.read(name))
        new.writestr("docProps/readme.txt", b"not a part")
    return out.getvalue()


@entered("indented_xml", "A script pretty-printed the document's XML.")
def indented_xml(data: bytes) -> bytes:
    def indented(name: str, content: bytes) -> tuple[str, bytes]:
        if name == "word/document.xml":
            content = re.sub(rb"(</w:(?:p|r|tc|tr|tbl|tcPr|pPr|rPr)>|<w:p/>)", rb"\1\n  ", content)
        return name, content

    return _rewritten(data, indented)
