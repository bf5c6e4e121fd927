"""A few words for building and finding WordprocessingML, and the package around it."""

from __future__ import annotations

import copy
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

TEMPLATE = Path(__file__).resolve().parents[2] / "src/ketuan/documents/templates/2024/application-form.docx"

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
WPS = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
V = "urn:schemas-microsoft-com:vml"
RELATIONSHIPS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
NAMESPACES = {"w": W, "w14": W14, "r": R, "mc": MC, "wp": WP, "wps": WPS, "a": A, "v": V}
FONT = "仿宋"

Element = etree._Element


def qn(name: str) -> str:
    """`w:p` → the name lxml knows; a bare name is of WordprocessingML."""
    prefix, _, local = name.rpartition(":")
    return f"{{{NAMESPACES[prefix or 'w']}}}{local}"


def w(name: str, /, *children: Element | str, **attributes: object) -> Element:
    """An element of WordprocessingML with attributes of the same namespace."""
    element = etree.Element(qn(name))
    for key, value in attributes.items():
        element.set(qn(key), str(value))
    for child in children:
        if isinstance(child, str):
            element.text = (element.text or "") + child
        else:
            element.append(child)
    return element


def wordml(source: str) -> Element:
    """One element written out as XML with the usual prefixes."""
    declared = " ".join(f'xmlns:{prefix}="{uri}"' for prefix, uri in NAMESPACES.items())
    return etree.fromstring(f"<x {declared}>{source}</x>")[0]


def letters(text: str, name: str = "t") -> Element:
    element = w(name, text)
    if text != text.strip() or "  " in text:
        element.set(XML_SPACE, "preserve")
    return element


def look(font: str = FONT, size: int = 24, *more: Element) -> Element:
    return w("rPr", w("rFonts", ascii=font, hAnsi=font, eastAsia=font), w("sz", val=size), *more)


def run(text: str, name: str = "t") -> Element:
    return w("r", look(), letters(text, name))


def paragraph(*content: Element | str) -> Element:
    return w("p", *[run(piece) if isinstance(piece, str) else piece for piece in content])


def said(element: Element) -> str:
    """The text somebody sees in an element, paragraphs joined without a mark: enough to find labels by."""
    return "".join(node.text or "" for node in element.iter(qn("t")))


def bare(text: str) -> str:
    return "".join(text.split()).rstrip(":：")


def rows_of(table: Element) -> list[Element]:
    return table.findall(qn("tr"))


def cells_of(row: Element) -> list[Element]:
    return row.findall(qn("tc"))


def paragraphs_of(cell: Element) -> list[Element]:
    return cell.findall(qn("p"))


def property_of(owner: Element, name: str) -> Element:
    """`tcPr`, `trPr`, `pPr` … of an element, made as first child when it is not there."""
    found = owner.find(qn(name))
    if found is None:
        found = w(name)
        owner.insert(0, found)
    return found


def span_of(cell: Element) -> int:
    span = cell.find(f"{qn('tcPr')}/{qn('gridSpan')}")
    return 1 if span is None else int(span.get(qn("val")))


def set_span(cell: Element, columns: int) -> None:
    properties = property_of(cell, "tcPr")
    for old in properties.findall(qn("gridSpan")):
        properties.remove(old)
    if columns > 1:
        width = properties.find(qn("tcW"))
        properties.insert(0 if width is None else 1, w("gridSpan", val=columns))


def merge_of(cell: Element) -> str | None:
    """`restart`, `continue` or None."""
    merge = cell.find(f"{qn('tcPr')}/{qn('vMerge')}")
    return None if merge is None else merge.get(qn("val"), "continue")


def new_cell(columns: int = 1, *content: Element) -> Element:
    cell = w("tc", w("tcPr", w("tcW", w=746 * columns, type="dxa")), *(content or (w("p"),)))
    set_span(cell, columns)
    return cell


def new_table(columns: int, *rows: Element, width: int = 8952) -> Element:
    grid = w("tblGrid", *[w("gridCol", w=width // columns) for _ in range(columns)])
    properties = w("tblPr", w("tblStyle", val="TableGrid"), w("tblW", w=0, type="auto"))
    return w("tbl", properties, grid, *rows)


def after(anchor: Element, *elements: Element) -> None:
    for element in reversed(elements):
        anchor.addnext(element)


@dataclass
class Package:
    """A Word file opened for editing: its parts, and the body of the main document as a tree."""

    parts: dict[str, bytes]
    document: Element
    path: str = "word/document.xml"
    order: list[str] = field(default_factory=list)

    @classmethod
    def opened(cls, data: bytes) -> Package:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
        path = _main_part(parts["_rels/.rels"])
        return cls(parts, etree.fromstring(parts[path]), path, list(parts))

    @property
    def body(self) -> Element:
        return self.document.find(qn("body"))

    @property
    def rels(self) -> str:
        folder, _, name = self.path.rpartition("/")
        return f"{folder}/_rels/{name}.rels"

    def tables(self) -> list[Element]:
        return self.body.findall(qn("tbl"))

    def rows(self) -> Iterator[Element]:
        yield from self.document.iter(qn("tr"))

    def row(self, label: str) -> Element:
        """The first row in which a cell says exactly this label, spaces aside."""
        for row in self.rows():
            if any(bare(said(cell)) == label for cell in cells_of(row)):
                return row
        raise LookupError(label)

    def row_starting(self, words: str) -> Element:
        for row in self.rows():
            if bare(said(row)).startswith(words):
                return row
        raise LookupError(words)

    def table(self, label: str) -> Element:
        return self.row(label).getparent()

    def relate(self, kind: str, target: str, external: bool = False) -> str:
        """Add a relationship of the document; give its id."""
        tree = etree.fromstring(self.parts[self.rels])
        name = f"rIdHand{len(tree) + 1}"
        attributes = {"Id": name, "Type": f"{R}/{kind}", "Target": target}
        if external:
            attributes["TargetMode"] = "External"
        etree.SubElement(tree, f"{{{RELATIONSHIPS}}}Relationship", attributes)
        self.parts[self.rels] = _written(tree)
        return name

    def add_part(self, name: str, tree: Element, content_type: str) -> None:
        self.parts[name] = _written(tree)
        types = etree.fromstring(self.parts["[Content_Types].xml"])
        etree.SubElement(types, f"{{{TYPES}}}Override", PartName=f"/{name}", ContentType=content_type)
        self.parts["[Content_Types].xml"] = _written(types)

    def saved(self) -> bytes:
        self.parts[self.path] = _written(self.document)
        names = [name for name in self.order if name in self.parts]
        names += [name for name in self.parts if name not in names]
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            for name in names:
                kind = zipfile.ZIP_DEFLATED if name == self.path else zipfile.ZIP_STORED  # big untouched parts: fast
                archive.writestr(zipfile.ZipInfo(name, (2024, 5, 20, 9, 0, 0)), self.parts[name], kind)
        return out.getvalue()


def clone(element: Element) -> Element:
    twin = copy.deepcopy(element)
    twin.tail = None
    return twin


def _written(tree: Element) -> bytes:
    return etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _main_part(rels: bytes) -> str:
    for relationship in etree.fromstring(rels):
        if relationship.get("Type", "").endswith("/officeDocument"):
            return relationship.get("Target", "").lstrip("/")
    raise LookupError("officeDocument")
