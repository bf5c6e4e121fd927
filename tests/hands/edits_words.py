"""Edits inside paragraphs: tracked changes, comments, content controls, fields, and how labels are spaced."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from .editing import edit, filled_paragraphs, label_cells, personnel_header, rows_below, text_runs, value_cells
from .xml import (
    Element,
    Package,
    R,
    after,
    cells_of,
    clone,
    letters,
    look,
    new_cell,
    paragraph,
    paragraphs_of,
    property_of,
    qn,
    run,
    said,
    w,
    wordml,
)

AUTHOR = {"author": "柏舟", "date": "2024-05-18T09:00:00Z"}
JUNK = "（待核实）"


# --- labels -------------------------------------------------------------------------------------------------------


def _relabel(package: Package, change: Callable[[str], str]) -> None:
    for cell in label_cells(package):
        for node in cell.iter(qn("t")):
            node.getparent().replace(node, letters(change(node.text)))


@edit("labels_spaced", "Labels are stretched with spaces: 姓  名, 手 机.")
def labels_spaced(package: Package) -> None:
    _relabel(package, lambda text: "  ".join(text) if len(text) < 5 else text[:2] + " " + text[2:])


@edit("labels_spaced_wide", "Labels are stretched with full-width and non-breaking spaces.")
def labels_spaced_wide(package: Package) -> None:
    _relabel(package, lambda text: "　".join(text) if len(text) < 5 else text[:3] + "\u00a0" + text[3:])


@edit("labels_with_colon", "Every label has a full-width colon behind it.")
def labels_with_colon(package: Package) -> None:
    for cell in label_cells(package):
        last = [node for node in cell.iter(qn("t")) if node.text.strip()][-1]
        if not last.text.endswith("："):
            last.text += "："


@edit("labels_with_break", "Long labels are broken by hand to fit their cells.")
def labels_with_break(package: Package) -> None:
    for cell in label_cells(package):
        node = next(cell.iter(qn("t")))
        middle = len(node.text) // 2
        owner = node.getparent()
        rest = node.text[middle:]
        owner.replace(node, letters(node.text[:middle]))
        owner.extend([w("br"), letters(rest)])


@edit("labels_with_star", "Labels of what must be filled are marked with a star.")
def labels_with_star(package: Package) -> None:
    for cell in label_cells(package):
        node = next(cell.iter(qn("t")))
        node.text = "*" + node.text


@edit("labels_with_half_width_brackets", "Labels were retyped with half-width brackets and commas.")
def labels_with_half_width_brackets(package: Package) -> None:
    _relabel(package, lambda text: text.replace("（", "(").replace("）", ")").replace("：", ":"))


# --- tracked changes ----------------------------------------------------------------------------------------------


def _marked(name: str, *content: Element, number: int = 900) -> Element:
    return w(name, *content, id=number, **AUTHOR)


def _wrap_runs(package: Package, wrap: Callable[[Element], Element]) -> None:
    """Put every run of every answer into something."""
    for target in filled_paragraphs(value_cells(package)):
        for found in text_runs(target):
            place = target.index(found)
            target.insert(place, wrap(found))


@edit("tracked_insertions", "All answers were typed with tracking on.")
def tracked_insertions(package: Package) -> None:
    _wrap_runs(package, lambda found: _marked("ins", found))


@edit("tracked_deletions", "Words were deleted from many answers with tracking on.")
def tracked_deletions(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        first = text_runs(target)[0]
        first.addprevious(_marked("del", run(JUNK, "delText")))
        target.append(_marked("del", run("旧稿", "delText")))


@edit("tracked_deletions_inside_insertions", "Words were inserted by one person and deleted by another.")
def tracked_deletions_inside_insertions(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        target.append(_marked("ins", _marked("del", run(JUNK, "delText"), number=901)))


@edit("tracked_rows", "Rows were inserted and other rows deleted with tracking on.")
def tracked_rows(package: Package) -> None:
    for label in ("在本项目中承担的主要工作", "测算依据", "目标内容"):
        rows = rows_below(package.row(label))
        property_of(rows[0], "trPr").append(_marked("ins"))
        gone = clone(rows[0])
        properties = property_of(gone, "trPr")
        properties.remove(properties.find(qn("ins")))
        properties.append(_marked("del"))
        for cell in cells_of(gone):
            _replace_text(cell, _marked("del", run("已删", "delText")))
        after(rows[0], gone)


@edit("tracked_rows_text_left", "A row is marked deleted, the text in it is not: some programs save it so.")
def tracked_rows_text_left(package: Package) -> None:
    row = rows_below(personnel_header(package))[2]
    gone = clone(row)
    property_of(gone, "trPr").append(_marked("del"))
    for cell in cells_of(gone):
        _replace_text(cell, run("已删"))
    after(row, gone)


def _replace_text(cell: Element, *content: Element) -> None:
    for target in paragraphs_of(cell):
        cell.remove(target)
    cell.append(w("p", *content))


@edit("tracked_moves", "A long text was moved by mouse with tracking on; its old place is marked moveFrom.")
def tracked_moves(package: Package) -> None:
    for words in ("三、", "六、"):
        cell = cells_of(package.row_starting(words).getnext())[0]
        target = [line for line in paragraphs_of(cell) if said(line)][-1]
        found = list(target.iterchildren(qn("r")))
        old = w("p", w("moveFromRangeStart", id=910, name="move1", **AUTHOR))
        old.append(_marked("moveFrom", *map(clone, found), number=911))
        old.append(w("moveFromRangeEnd", id=910))
        place = target.index(found[0])
        target.insert(place, _marked("moveTo", *found, number=913))
        target.insert(place, w("moveToRangeStart", id=912, name="move1", **AUTHOR))
        target.append(w("moveToRangeEnd", id=912))
        cell.append(old)


@edit(
    "tracked_paragraph_mark", "A line break inside an answer was deleted with tracking on: its two halves are one line."
)
def tracked_paragraph_mark(package: Package) -> None:
    for words in ("三、", "六、"):
        cell = cells_of(package.row_starting(words).getnext())[0]
        target = [line for line in paragraphs_of(cell) if said(line)][-1]
        text = text_runs(target)[-1]
        node = text.find(qn("t"))
        if len(node.text) < 2:
            continue
        head, tail = node.text[: len(node.text) // 2], node.text[len(node.text) // 2 :]
        text.replace(node, letters(head))
        rest = [w("r", look(), letters(tail)), *text.itersiblings()]
        property_of(target, "pPr").append(w("rPr", _marked("del", number=914)))
        after(target, w("p", *rest))


@edit("tracked_formatting", "Fonts were changed with tracking on: rPrChange and pPrChange.")
def tracked_formatting(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        property_of(target, "pPr").append(_marked("pPrChange", w("pPr", w("jc", val="left"))))
        for found in text_runs(target):
            property_of(found, "rPr").append(_marked("rPrChange", w("rPr", w("b"))))


# --- comments, content controls, bookmarks ------------------------------------------------------------------------


@edit("comments", "A colleague commented many answers.")
def comments(package: Package) -> None:
    notes = w("comments")
    for at, target in enumerate(filled_paragraphs(value_cells(package))):
        first = text_runs(target)[0]
        first.addprevious(w("commentRangeStart", id=at))
        target.append(w("commentRangeEnd", id=at))
        target.append(w("r", w("commentReference", id=at)))
        notes.append(w("comment", paragraph("请再核对一下。"), id=at, initials="柏", **AUTHOR))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.comments+xml"
    package.add_part("word/comments.xml", notes, kind)
    package.relate("comments", "comments.xml")


@edit("footnotes", "Footnotes hang on two long texts.")
def footnotes(package: Package) -> None:
    notes = w("footnotes")
    for words in ("三、", "六、"):
        number = len(notes) + 1
        cell = cells_of(package.row_starting(words).getnext())[0]
        line = [target for target in paragraphs_of(cell) if said(target)][-1]
        line.append(w("r", w("rPr", w("vertAlign", val="superscript")), w("footnoteReference", id=number)))
        notes.append(w("footnote", paragraph("数据来源：学会年报。"), id=number))
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    package.add_part("word/footnotes.xml", notes, kind)
    package.relate("footnotes", "footnotes.xml")


def _control(*content: Element, tag: str = "answer") -> Element:
    return w("sdt", w("sdtPr", w("alias", val="填写"), w("tag", val=tag)), w("sdtContent", *content))


@edit("control_around_runs", "Answers were typed into content controls inside the line.")
def control_around_runs(package: Package) -> None:
    _wrap_runs(package, _control)


@edit("control_around_paragraphs", "Answers are content controls that hold whole paragraphs.")
def control_around_paragraphs(package: Package) -> None:
    for cell in value_cells(package):
        for target in paragraphs_of(cell):
            cell.insert(cell.index(target), _control(target))
        cell.append(w("p"))


@edit("control_around_cells", "Content controls hold whole cells.")
def control_around_cells(package: Package) -> None:
    for cell in value_cells(package):
        row = cell.getparent()
        row.insert(row.index(cell), _control(cell))


@edit("control_around_rows", "Content controls hold whole rows, as a repeating section does.")
def control_around_rows(package: Package) -> None:
    for label in ("目标内容", "在本项目中承担的主要工作", "测算依据"):
        for row in rows_below(package.row(label)):
            table = row.getparent()
            table.insert(table.index(row), _control(row))


@edit("control_around_tables", "A content control holds a whole table.")
def control_around_tables(package: Package) -> None:
    for table in package.tables():
        package.body.insert(package.body.index(table), _control(table))


@edit("control_placeholders", "A blank row of the list of people holds content controls that nobody has filled.")
def control_placeholders(package: Package) -> None:
    row = rows_below(personnel_header(package))[0]
    blank = w("tr", *[new_cell(span) for span in (1, 2, 4, 2, 3)])
    for cell in cells_of(blank)[1:]:
        shown = w("r", w("rPr", w("rStyle", val="PlaceholderText")), w("t", "单击或点击此处输入文字。"))
        paragraphs_of(cell)[0].append(w("sdt", w("sdtPr", w("showingPlcHdr"), w("text")), w("sdtContent", shown)))
    after(row, blank)


@edit("bookmarks_and_proof_marks", "Bookmarks, spelling marks and page-break marks lie between and inside the runs.")
def bookmarks_and_proof_marks(package: Package) -> None:
    for at, target in enumerate(package.document.iter(qn("p"))):
        for found in text_runs(target):
            found.addprevious(w("proofErr", type="spellStart"))
            found.addnext(w("proofErr", type="spellEnd"))
            found.find(qn("t")).addprevious(w("lastRenderedPageBreak"))
        if text_runs(target):
            text_runs(target)[0].addprevious(w("bookmarkStart", id=at, name=f"_GoBack{at}"))
            target.append(w("bookmarkEnd", id=at))


@edit("smart_tags", "Old Word put smart tags around names and dates.")
def smart_tags(package: Package) -> None:
    def tagged(found: Element) -> Element:
        return w("smartTag", found, uri="urn:schemas-microsoft-com:office:smarttags", element="PersonName")

    _wrap_runs(package, tagged)


# --- links and fields ---------------------------------------------------------------------------------------------


def _address_paragraphs(package: Package) -> list[Element]:
    return [target for target in filled_paragraphs(value_cells(package)) if re.search("[@＠]", said(target))]


@edit("email_hyperlinks", "E-mail addresses became links.")
def email_hyperlinks(package: Package) -> None:
    for target in _address_paragraphs(package):
        name = package.relate("hyperlink", "mailto:somebody@example.com", external=True)
        link = w("hyperlink", *text_runs(target))
        link.set(f"{{{R}}}id", name)
        target.append(link)


@edit("email_fields", "E-mail addresses became HYPERLINK fields with their code.")
def email_fields(package: Package) -> None:
    for target in _address_paragraphs(package):
        found = text_runs(target)
        found[0].addprevious(w("r", w("fldChar", fldCharType="begin")))
        found[0].addprevious(w("r", letters(' HYPERLINK "mailto:somebody@example.com" ', "instrText")))
        found[0].addprevious(w("r", w("fldChar", fldCharType="separate")))
        found[-1].addnext(w("r", w("fldChar", fldCharType="end")))


@edit("simple_fields", "Answers of the cover are shown by simple fields bound to document properties.")
def simple_fields(package: Package) -> None:
    for row in package.tables()[1].findall(qn("tr")):
        for target in filled_paragraphs([cells_of(row)[1]]):
            found = text_runs(target)
            place = target.index(found[0])
            target.insert(place, w("fldSimple", *found, instr=" DOCPROPERTY  answer  \\* MERGEFORMAT "))


# --- characters ---------------------------------------------------------------------------------------------------


@edit("hidden_text", "Hidden words lie beside many answers.")
def hidden_text(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        target.append(w("r", w("rPr", w("vanish")), w("t", "隐藏批注")))


@edit("soft_hyphens", "Soft hyphens and zero-width spaces came in with pasted text.")
def soft_hyphens(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        node = next(target.iter(qn("t")))
        middle = len(node.text) // 2
        node.text = f"{node.text[:middle]}\u00ad\u200b{node.text[middle:]}"
        text_runs(target)[-1].append(w("softHyphen"))


@edit("non_breaking_spaces", "Spaces in and around answers are non-breaking ones.")
def non_breaking_spaces(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        for node in target.iter(qn("t")):
            node.text = node.text.replace(" ", "\u00a0")
        target.append(run("\u00a0"))


@edit("non_breaking_hyphens", "Hyphens in phone numbers are Word's non-breaking ones.")
def non_breaking_hyphens(package: Package) -> None:
    for target in filled_paragraphs(value_cells(package)):
        if not re.fullmatch(r"\s*0\d{2,3}-\d{7,8}\s*", said(target)):
            continue
        for found in text_runs(target):
            node = found.find(qn("t"))
            if "-" in node.text:
                head, _, tail = node.text.partition("-")
                place = found.index(node)
                found.remove(node)
                found[place:place] = [letters(head), w("noBreakHyphen"), letters(tail)]


@edit("blank_paragraphs", "Blank lines stand before and behind many answers.")
def blank_paragraphs(package: Package) -> None:
    for cell in value_cells(package):
        paragraphs_of(cell)[0].addprevious(w("p"))
        cell.extend([w("p"), w("p", w("r", look(), letters("   ")))])


@edit("text_boxes", "Some answers were typed into text boxes that lie in their cells.")
def text_boxes(package: Package) -> None:
    cells = [cells_of(package.row(label))[-1] for label in ("单位名称", "拟重点服务的产业领域", "提出单位")]
    cells.append(cells_of(package.row_starting("六、").getnext())[0])
    for cell in cells:
        told = [target for target in paragraphs_of(cell) if said(target)]
        holder = w("r")
        told[0].addprevious(w("p", holder))
        holder.append(_text_box(told))


def _text_box(told: list[Element]) -> Element:
    box = wordml(
        '<mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0" '
        'simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>'
        '<wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV>'
        '<wp:extent cx="2400000" cy="400000"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapTopAndBottom/>'
        '<wp:docPr id="7" name="文本框 1"/><wp:cNvGraphicFramePr/><a:graphic>'
        '<a:graphicData uri="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><wps:wsp>'
        '<wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="2400000" cy="400000"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent/></wps:txbx>'
        "<wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></mc:Choice>"
        '<mc:Fallback><w:pict><v:shape style="width:190pt;height:32pt"><v:textbox><w:txbxContent/></v:textbox></v:shape>'
        "</w:pict></mc:Fallback></mc:AlternateContent>"
    )
    choice, fallback = box.iter(qn("txbxContent"))
    fallback.extend(map(clone, told))
    choice.extend(told)
    return box


@edit(
    "runs_like_wps", "WPS saved the form: a run for every class of characters, rsid everywhere, blank lines, no widths."
)
def runs_like_wps(package: Package) -> None:
    chance = random.Random("wps")
    for target in list(package.document.iter(qn("p"))):
        target.set(qn("rsidR"), f"{chance.getrandbits(32):08X}")
        for found in text_runs(target):
            _one_run_per_class(found)
    for table in package.document.iter(qn("tbl")):
        after(table.find(f"{qn('tblPr')}/{qn('tblW')}"), w("tblInd", w=0, type="dxa"))
    for width in package.document.iter(qn("tcW")):
        width.set(qn("type"), "auto")
        width.set(qn("w"), "0")
    for row in package.rows():
        row.set(qn("rsidR"), f"{chance.getrandbits(32):08X}")
        cells_of(row)[-1].append(w("p"))


def _one_run_per_class(found: Element) -> None:
    if len(found.findall(qn("t"))) > 1:
        return
    node = found.find(qn("t"))
    for piece in re.findall(
        r"[\x00-\x7f]+|[\u3000-\u303f\uff00-\uffef“”‘’—…]+|[^\x00-\x7f\u3000-\u303f\uff00-\uffef“”‘’—…]+", node.text
    ):
        twin = clone(found)
        twin.replace(twin.find(qn("t")), letters(piece))
        fonts = twin.find(f"{qn('rPr')}/{qn('rFonts')}")
        if fonts is not None:
            fonts.set(qn("hint"), "eastAsia")
        twin.set(qn("rsidRPr"), "00AB12CD")
        found.addprevious(twin)
    found.getparent().remove(found)
