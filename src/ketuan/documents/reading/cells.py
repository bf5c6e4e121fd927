"""Labels and the answers beside, behind or below them."""

from __future__ import annotations

from ketuan.documents.reading.labels import ANNEX, COVER, LONGEST_LABEL, Area, Plan, key
from ketuan.documents.reading.lines import Found, Line, part_of
from ketuan.documents.reading.markup import Cell

_NAME = {"姓名", "名字"}

Role = tuple[str, ...] | str | None
"""Of a cell: the paths that it labels, the person that it names, or nothing."""


class Cells:
    """Reads label cells and value cells of one area after the other."""

    def __init__(self, found: Found, plan: Plan) -> None:
        self.found = found
        self.plan = plan
        self.begin(plan.cover)

    def begin(self, area: Area, prefix: str = "") -> None:
        """Labels now mean what they mean in ``area``; ``prefix`` stands for the annex table being read."""
        self.area = area
        self.prefix = prefix
        self.anchors: list[tuple[str, int, int]] = []  # part, column, table: persons named so far
        self.pending: tuple[str, int] | None = None  # a label without a cell beside it, and its table
        self.last: tuple[str, int] | None = None
        self.spanning: dict[int, str] = {}  # id of a label cell → its field, for rows that the cell reaches down to
        self.above: tuple[list[str], int] | None = None  # fields of a row of labels that stand over their answers

    def paragraph(self, line: Line) -> None:
        """A line outside tables: labels with their values behind a colon, or a label alone and its value below."""
        cell = line.cells[0]
        for text in cell.text.split("\n"):
            part = part_of(cell, text)
            if self._inline(part, line) or (self.area.index == ANNEX and self._glued(part, line)):
                continue
            role = None if self.area.index == COVER else self._role(part)
            if isinstance(role, tuple):
                self.found.labels += 1
                self.last = (self._full(self._which(role, part, line, None)), 0)
                self.found.places.setdefault(self.last[0], line.place(cell))
            elif role is not None:
                self._named(role, 0, 0)
            elif self.area.index == COVER or self.plan.silent(text) or key(text) in self.area.frames:
                continue
            elif self.last and self.last[1] == 0:
                self.found.add(self.last[0], text, line.place(cell), line=line.row)
            else:
                self.found.left.append((text, line.place(cell)))

    def row(self, line: Line) -> None:
        """A row of label cells and value cells."""
        cells = [c for c in line.cells if c.over is None]
        roles = [self._role(c) for c in cells]
        if self._answers_above(cells, roles, line) or self._labels_only(cells, roles, line):
            return
        spanned = next((p for c in line.cells if c.over is not None and (p := self.spanning.get(id(c.over)))), None)
        shared = [r[0] for r in roles if isinstance(r, tuple) and len(r) > 1]
        seen: dict[str, int] = {}
        answer: str | None = None  # the field that cells now belong to
        fresh = False  # its label was the cell before
        labelled = False
        for cell, role in zip(cells, roles, strict=True):
            beside = fresh and answer is not None and answer in self.area.beside.values()
            if beside and key(cell.text) in _NAME:
                continue  # “负责人 | 姓名 | 某某”
            if isinstance(role, tuple):
                nth = seen.get(role[0], 0)
                seen[role[0]] = nth + 1
                answer = self._which(role, cell, line, nth if shared.count(role[0]) > 1 else None)
                self.spanning[id(cell)] = answer
                self.found.labels += 1
                fresh = labelled = True
            elif isinstance(role, str) and (not fresh or beside):
                self._named(role, cell.col, line.table)
                self.found.labels += 1
                answer = self.area.beside.get(role) or self._name_of(role)
                fresh, labelled = answer is not None, True
            elif role is None and cell.text and not fresh and self._inline(cell, line):
                answer, labelled = self.last[0] if self.last else None, True
            elif answer is not None and (cell.text or fresh):
                path = self._full(answer)
                self.found.places.setdefault(path, line.place(cell))
                if cell.text:
                    self.found.add(path, cell.text, line.place(cell), line=line.row, beside=not fresh)
                fresh = False
            elif cell.text and key(cell.text[:LONGEST_LABEL]) not in self.area.frames:
                if labelled:
                    self.found.left.append((cell.text, line.place(cell)))
                else:
                    self._unlabelled(cell, line, spanned)
        if labelled:
            open_ended = answer is not None and fresh
            self.pending = (self._full(answer), line.table) if open_ended and answer else None
            self.last = (self._full(answer), line.table) if answer else None

    def answered(self, path: str) -> bool:
        """True where something was found for the field already."""
        return self._full(path) in self.found.raw

    # -- what a cell is --

    def _role(self, cell: Cell) -> Role:
        text = cell.text
        if not text or len(text) > LONGEST_LABEL:
            return None
        return self.area.label(text) or self.area.anchor(text)

    def elsewhere(self, line: Line) -> Area | None:
        """A later section that alone has a label of this row: its heading was lost."""
        if self.area.index > 1 or (self.area.index != COVER and any(self._role(c) for c in line.said)):
            return None
        for cell in line.said:
            if len(cell.text) <= LONGEST_LABEL and not self.area.labels.get(key(cell.text)):
                index = self.plan.owner.get(key(cell.text), COVER)
                if index > self.area.index and index not in self.found.sections:
                    return self.plan.areas[index]
        return None

    def _which(self, paths: tuple[str, ...], cell: Cell, line: Line, nth: int | None) -> str:
        """Which of several persons a shared label means: the nth in its row, else the one named above or before."""
        if len(paths) == 1:
            return paths[0]
        if nth is not None:
            return paths[min(nth, len(paths) - 1)]
        parts = {p.rpartition(".")[0]: p for p in paths}
        named = [(part, col, table) for part, col, table in self.anchors if part in parts]
        left = [(col, i, part) for i, (part, col, table) in enumerate(named) if table == line.table and col <= cell.col]
        if left:
            return parts[max(left)[2]]
        return parts[named[-1][0]] if named else paths[0]

    def _named(self, part: str, col: int, table: int) -> None:
        """A person is named here; only the last place in a table counts."""
        self.anchors = [a for a in self.anchors if (a[0], a[2]) != (part, table)][-50:]
        self.anchors.append((part, col, table))

    def _name_of(self, part: str) -> str | None:
        """The name of a person whose label 姓名 was left out: “团长 | 某某”."""
        path = f"{part}.name"
        return path if path in self.plan.paper.nodes else None

    # -- labels over their answers --

    def _labels_only(self, cells: list[Cell], roles: list[Role], line: Line) -> bool:
        """Two or more labels and nothing beside them, not even an empty cell: the answers stand in the next row."""
        labels = [r for r in roles if isinstance(r, tuple)]
        if len(cells) < 2 or len(labels) < len(cells) or not line.table:
            return False
        self.above = ([self._full(r[0]) for r in labels], line.table)
        self.found.labels += len(labels)
        self.pending = self.last = None
        return True

    def _answers_above(self, cells: list[Cell], roles: list[Role], line: Line) -> bool:
        above, self.above = self.above, None
        if above is None or above[1] != line.table or any(roles) or len(cells) != len(above[0]):
            return False
        for path, cell in zip(above[0], cells, strict=True):
            self.found.places.setdefault(path, line.place(cell))
            if cell.text:
                self.found.add(path, cell.text, line.place(cell), line=line.row)
        return True

    # -- labels that share a cell or a line with their values --

    def _inline(self, cell: Cell, line: Line) -> bool:
        """“手机：138… 电话：010…”; True where the text is such a line."""
        pattern = self.area.inline
        text = cell.text
        if pattern is None or len(text) > 2000:
            return False
        matches = list(pattern.finditer(text))
        if not matches or text[: matches[0].start()].strip(" \t_、.．0123456789"):
            return self.area.index == COVER and self._spaced(cell, line)
        ends = [*(m.start() for m in matches[1:]), len(text)]
        for match, end in zip(matches, ends, strict=True):
            known = key(match.group(1))
            value = text[match.end() : end].strip().strip("_＿").strip()
            if known in self.area.labels:
                path = self._full(self._which(self.area.labels[known], cell, line, None))
            else:
                part = self.area.anchors[known]
                self._named(part, cell.col, line.table)
                if part not in self.area.beside:
                    continue
                path = self._full(self.area.beside[part])
            self._said(path, value, cell, line)
        return True

    def _spaced(self, cell: Cell, line: Line) -> bool:
        """“项目名称    某某”: a label parted from its value by white space only."""
        match = self.area.leading.match(cell.text) if self.area.leading else None
        if match is None:
            return False
        paths = self.area.labels.get(key(match.group(1)))
        if paths is None:
            return False
        self._said(self._full(paths[0]), match.group(2).strip().strip("_＿").strip(), cell, line)
        return True

    def _glued(self, cell: Cell, line: Line) -> bool:
        """“难题问题名称某某”, where a converter has melted a table into lines."""
        match = self.area.glued.match(cell.text) if self.area.glued and self._role(cell) is None else None
        paths = self.area.labels.get(key(match.group(1))) if match else None
        if match is None or paths is None:
            return False
        self._said(self._full(paths[0]), match.group(2).strip(), cell, line)
        return True

    def _said(self, path: str, value: str, cell: Cell, line: Line) -> None:
        self.found.labels += 1
        self.found.places.setdefault(path, line.place(cell))
        if value:
            self.found.add(path, value, line.place(cell), line=line.row)
        self.last = (path, line.table)

    # -- text without a label --

    def _unlabelled(self, cell: Cell, line: Line, spanned: str | None) -> None:
        """The answer of a label that reaches down to this row (``spanned``), or one that goes on from above."""
        if spanned is not None:
            self.found.add(self._full(spanned), cell.text, line.place(cell), line=line.row)
            return
        goes_on = self.last if len(line.cells) > 1 else None  # a full-width row answers no label with a cell beside it
        for known in (self.pending, goes_on):
            if known and known[1] == line.table and line.table:
                self.found.add(known[0], cell.text, line.place(cell), line=line.row)
                return
        if self.area.index != COVER and not self.plan.silent(cell.text) and key(cell.text) not in self.area.frames:
            self.found.left.append((cell.text, line.place(cell)))

    def _full(self, path: str) -> str:
        return path.replace(f"{self.plan.annex_path}.*.", self.prefix, 1) if self.prefix else path
