"""From blocks to raw answers: which text stands under which label.

The walk goes through the document line by line (a table row is a line, and so is a paragraph), keeps in mind in which
section it is, and asks of each cell only: is this a label here? What stands beside, behind or below a label is its
answer. Nothing depends on the number of a table, a row or a column, and what belongs to no field is remarked.
"""

from __future__ import annotations

from ketuan.documents.reading.cells import Cells
from ketuan.documents.reading.labels import ANNEX, COVER, Area, Plan, key
from ketuan.documents.reading.lines import Found, Line, Raw, lines_of, part_of
from ketuan.documents.reading.markup import Table
from ketuan.documents.reading.melted import unmelted
from ketuan.documents.reading.tables import Tables, headed_by
from ketuan.forms.remarks import Place, Remark


def walk(blocks: list[str | Table], plan: Plan) -> Found:
    """Read ``blocks`` by the labels of ``plan``."""
    lines = lines_of(blocks, plan)
    walker = _Walker(plan, lines)
    start = _front(lines, plan)
    walker.before(lines[:start])
    for number, line in enumerate(lines[start:], start=start):
        walker.number = number
        walker.line(line)
    walker.end()
    return walker.found


def _front(lines: list[Line], plan: Plan) -> int:
    """Where the form begins: its last front mark before the first section. Letters and lists may be bound before it."""
    first = next((i for i, line in enumerate(lines) if (said := line.said) and plan.opens(said[0].text)), len(lines))
    if first == len(lines):
        return 0
    codes = [i for i in range(first) if any(plan.numbers(c.text) for c in lines[i].said)]
    if codes:
        return codes[-1]
    marks = [i for i in range(first) if any(plan.fronts(c.text) for c in lines[i].said)]
    start = marks[-1] if marks else 0
    for mark in reversed(marks):  # the marks of one cover stand close together
        if start - mark > 12:
            break
        start = mark
    return start


class _Walker:
    def __init__(self, plan: Plan, lines: list[Line]) -> None:
        self.plan = plan
        self.lines = lines
        self.found = Found()
        self.area: Area = plan.cover
        self.cells = Cells(self.found, plan)
        self.tables = Tables(self.found)
        self.number = 0
        self.stood: dict[int, Place] = {}  # lines of essays, by their number in the document
        self.annex_table = 0
        self.running: list[Line] = []  # lines of an annex that stands in running text

    def before(self, lines: list[Line]) -> None:
        """What stands before the cover: problem tables are read, everything else is not part of the form."""
        for number, line in enumerate(lines):
            self.number = number
            if line.table and self.first_label(line) in self.plan.annex_start:
                self.enter_annex(line)
            if self.area.index == ANNEX and line.table:
                self.cells.row(line)
            else:
                self.enter(self.plan.cover)
                self.leave(line)
        self.enter(self.plan.cover)

    def end(self) -> None:
        self.unmelt()
        if self.found.left:
            texts = [" ".join(text.split()) for text, _ in self.found.left]
            shown = "；".join(f"“{t[:24]}{'…' if len(t) > 24 else ''}”" for t in texts[:3])
            more = f"等 {len(texts)} 处" if len(texts) > 3 else ""
            message = f"下面的文字不属于任何一栏，未读入：{shown}{more}"
            self.found.remarks.append(Remark("", message, texts[0][:80], self.found.left[0][1]))

    # -- sections --

    def line(self, line: Line) -> None:
        said = line.said
        if not said:
            if self.tables.open is None and line.table and not self.area.static and self.area.essay is None:
                self.cells.row(line)  # an empty row may still close what went before
            return
        if len(said) == 1 and len(chunks := self.plan.chunks(said[0].text)) > 1:
            for chunk in chunks:
                self.line(Line([part_of(said[0], chunk)], line.table, line.row))
            return
        heading = self.plan.heading(said[0].text)
        if heading and self.accepts(heading[0], heading[2], len(said)):
            index, rest, _ = heading
            self.enter(self.plan.areas[index])
            left = ([part_of(said[0], rest)] if rest else []) + said[1:]
            if left:
                self.content(Line(left, line.table, line.row))
            return
        self.content(line)

    def accepts(self, index: int, strong: bool, cells: int) -> bool:
        area = self.plan.areas[index]
        if not strong and cells > (2 if area.essay else 1):
            return False
        if index == self.area.index:
            return True
        unseen = index not in self.found.sections
        ahead = self.area.index == COVER or index > self.area.index
        return unseen and (strong or ahead)

    def enter(self, area: Area, prefix: str = "") -> None:
        if area is self.area and area.index != ANNEX:
            return
        self.unmelt()
        self.lost_heading(area)
        self.tables.close()
        self.cells.begin(area, prefix)
        self.area = area
        if COVER < area.index < ANNEX:
            self.found.sections.add(area.index)

    def enter_annex(self, line: Line) -> None:
        self.annex_table = line.table
        prefix = f"{self.plan.annex_path}.{self.found.annexes}."
        self.found.annexes += 1
        self.enter(self.plan.annex, prefix)

    def unmelt(self) -> None:
        """Read an annex that stands in running text, now that all of it is there."""
        lines, self.running = self.running, []
        if not lines:
            return
        text = "\n".join(line.cells[0].text for line in lines)
        values = unmelted(text, self.plan.paper.annexes[0].children)
        for name, value in values.items():
            path = f"{self.cells.prefix}{name}"
            self.found.places.setdefault(path, lines[0].place(lines[0].cells[0]))
            if value:
                self.found.add(path, value, lines[0].place(lines[0].cells[0]))
        if values:
            message = "这张难题表的表格线丢失，按文字顺序读入，请核对"
            self.found.remark(self.cells.prefix[:-1], message, text, lines[0].place(lines[0].cells[0]))
            return
        for line in lines:
            self.cells.paragraph(line)

    def lost_heading(self, following: Area) -> None:
        """An essay whose heading was written over: its text was taken for the end of the essay before it."""
        here = self.area
        if here.essay is None or following.index != here.index + 2:
            return
        skipped = self.plan.areas[here.index + 1]
        raw = self.found.raw.get(here.essay.path)
        if skipped.essay is None or skipped.index in self.found.sections or raw is None or len(set(raw.rows)) < 2:
            return
        at = raw.rows.index(raw.rows[-1])
        moved = Raw(raw.pieces[at:], self.stood[raw.rows[-1]], raw.rows[at:])
        del raw.pieces[at:], raw.rows[at:]
        path = skipped.essay.path
        self.found.raw[path] = moved
        self.found.places[path] = moved.place
        self.found.sections.add(skipped.index)
        title = skipped.essay.spec.label
        self.found.remark(path, f"没有找到“{title}”的标题，按所在位置读入，请核对", moved.pieces[0], moved.place)

    # -- content --

    def content(self, line: Line) -> None:
        if self.begins_annex(line):
            self.enter_annex(line)
        elif not line.table and self.area.index != COVER and key(line.cells[0].text) in self.plan.annex_titles:
            self.enter(self.plan.behind)
        if self.area.static or self.area.index == ANNEX:
            if self.begins_table(line, again=True):
                return
            if self.tables.row(line):
                return
        if self.area.index == ANNEX:
            if line.table:
                self.unmelt()
                self.cells.row(line)
            elif self.running or self.plan.glued(line.cells[0].text):
                self.running.append(line)
            else:
                self.cells.paragraph(line)
        elif self.area.static:
            self.leave(line)
        elif self.area.essay is not None and not self.begins_table(line):
            for cell in line.said:
                self.found.add(self.area.essay.path, cell.text, line.place(cell), line=self.number)
                self.stood[self.number] = line.place(cell)
        elif self.area.tables or self.area.sentence:
            self.row(line)
        else:
            if line.table and (lost := self.cells.elsewhere(line)) is not None:
                self.enter(lost)
            elif self.begins_table(line):
                return
            if line.table:
                self.cells.row(line)
            else:
                self.cells.paragraph(line)

    def leave(self, line: Line) -> None:
        """Text that belongs to no field; what the paper prints, names and dates of signatures are passed over."""
        for cell in line.said:
            if not all(self.plan.silent(text) for text in cell.text.split("\n")):
                self.found.left.append((cell.text, line.place(cell)))

    def first_label(self, line: Line) -> str:
        return self.plan.annex_label(line.said[0].text) if line.said else ""

    def begins_annex(self, line: Line) -> bool:
        """A problem table begins with its first label; behind the form with any label that only it has."""
        first = self.first_label(line)
        if not first:
            return False
        if self.area.index == ANNEX and line.table and line.table != self.annex_table and first in self.plan.annex_only:
            # a label that this annex has had already: the next one, without its first row
            return any(self.cells.answered(path) for path in self.plan.annex.labels[first])
        if first in self.plan.annex_start:
            return bool(line.table) or self.area.static or self.area.index == ANNEX
        return self.area.static and first in self.plan.annex_only

    def begins_table(self, line: Line, *, again: bool = False) -> bool:
        """Enter the section of a table whose heading was lost, told by its header; ``again``: go on with a table behind
        the form."""
        if line.table == 0 or len(line.said) < 3:
            return False
        for area in self.plan.areas:
            seen = area.index in self.found.sections
            if again:
                filled = seen and any(self.found.rows.get(t.path) for t in area.tables)
                if filled and self.tables.header(line, area, behind=True):
                    return True
            elif not seen and area.index > self.area.index and len(self.found.sections) > 1 and headed_by(line, area):
                if self.headed(area):  # its heading is still to come: this is a table of somebody's own
                    return False
                self.enter(area)
                return self.tables.header(line, area)
        return False

    def headed(self, area: Area) -> bool:
        """True where the heading of a section stands further on."""
        ahead = (self.plan.heading(line.said[0].text) for line in self.lines[self.number + 1 :] if line.said)
        return any(found is not None and found[0] == area.index for found in ahead)

    def row(self, line: Line) -> None:
        """A line of a section with tables: a header, a row, or words around them."""
        if self.tables.header(line, self.area):
            return
        said = line.said
        text = " ".join(c.text for c in said)
        if len(said) > 1 and self.tables.row(line):
            return
        if self.plan.in_sentence(self.area, text):
            self.found.sentences.setdefault(self.area.index, []).append((text, line.place(said[0])))
        elif self.plan.is_caption(self.area, text):
            self.tables.caption(text)
        elif self.tables.row(line):
            return
        elif self.tables.open is None and self.area.sentence and len(said) == 1:
            self.found.sentences.setdefault(self.area.index, []).append((text, line.place(said[0])))
        elif self.tables.open is None and line.table and self.tables.positional(line, self.area):
            self.tables.row(line)
        else:
            self.leave(line)
