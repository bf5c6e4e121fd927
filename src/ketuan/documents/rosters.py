"""Corps rosters in Excel: the empty sheet to fill in, and its reader.

The reader goes by the labels of the header row, wherever it stands; what it cannot read for certain becomes a remark.
Bounds: 20 MB a file, 20,000 lines a sheet, 64 columns, 1 GB of memory and 30 seconds for opening it.
"""

from __future__ import annotations

import datetime
import functools
import io
import json
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ketuan.documents.errors import Unreadable
from ketuan.forms.fields import Kind, Spec, spec_of
from ketuan.forms.identity import folded
from ketuan.forms.remarks import Place, Remark
from ketuan.forms.roster import Roster, RosterEntry

SHEET, GUIDE = "名册", "填写说明"
MAX_BYTES, MAX_ROWS, MAX_COLUMNS = 20_000_000, 20_000, 64
MAX_MEMORY, MAX_SECONDS = 1_000_000_000, 30
HEADER_WITHIN = 10
"""The header stands in one of the first lines."""
_CHILD = Path(__file__).with_name("roster_rows.py")
_NAME, _BORN, _CORPS = "name", "born", "corps"

GENERAL = (
    "一行填写一人。一份名册可以填写一个或几个服务团；填写几个服务团时，请在“服务团名称”一列写明每个人属于哪个服务团。",
    "服务团名称写申报书封面上的项目名称，或其中的领域，例如：“科创中国”人工智能科技服务团，或：人工智能。",
    "也可以每个服务团用一张工作表，删去“服务团名称”一列，以领域作为工作表的名称。",
    "请不要合并单元格，不要改动第一行的列名；列的先后可以调整，不用的列可以留空。",
)


@functools.cache
def _specs() -> Mapping[str, Spec]:
    return {name: spec_of(info) for name, info in RosterEntry.model_fields.items()}


# ---- the empty sheet -------------------------------------------------------------------------------------------------


def template() -> bytes:
    """The empty roster as .xlsx: a sheet to fill in and a sheet that explains the columns."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.set_properties({"title": "科技服务团团员名册", "created": datetime.datetime(2024, 5, 24)})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#DCE6F1", "align": "center", "valign": "vcenter"})
    must = book.add_format({"bold": True, "border": 1, "bg_color": "#FCE4D6", "align": "center", "valign": "vcenter"})
    as_text = book.add_format({"num_format": "@"})
    as_day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    sheet = book.add_worksheet(SHEET)
    for column, spec in enumerate(_specs().values()):
        sheet.set_column(column, column, spec.width or 16, as_day if spec.kind is Kind.DAY else as_text)
        sheet.write_string(0, column, spec.label, must if spec.required else head)
        if rule := _validation(spec):
            sheet.data_validation(1, column, MAX_ROWS - 1, column, rule)
    sheet.set_row(0, 24)
    sheet.freeze_panes(1, 0)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    _guide(book, head)
    book.close()
    return out.getvalue()


def _validation(spec: Spec) -> dict[str, Any]:
    if spec.kind is Kind.DAY:
        return {
            "validate": "date",
            "criteria": "between",
            "minimum": datetime.date(1900, 1, 1),
            "maximum": datetime.date(2100, 12, 31),
            "error_type": "warning",
            "input_title": spec.label,
            "input_message": "写到日，例如 1985-03-12",
            "error_title": spec.label,
            "error_message": "请写成年-月-日，例如 1985-03-12。",
        }
    if listed := _listed(spec):
        return {
            "validate": "list",
            "source": list(listed),
            "error_type": "information",
            "error_title": spec.label,
            "error_message": f"一般为：{'、'.join(listed)}。",
        }
    if spec.hint:
        return {"validate": "any", "input_title": spec.label, "input_message": spec.hint}
    return {}


def _listed(spec: Spec) -> tuple[str, ...]:
    """Values to choose from: the choices, or a hint that does nothing but list them."""
    if spec.choices:
        return spec.choices
    return tuple(spec.hint.split("、")) if re.fullmatch(r"\w+(?:、\w+)+", spec.hint) else ()


def _guide(book: Any, head: Any) -> None:
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    cell = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
    sheet = book.add_worksheet(GUIDE)
    for column, width in enumerate((24, 10, 70)):
        sheet.set_column(column, column, width)
    line = 0
    for line, said in enumerate(GENERAL):
        sheet.merge_range(line, 0, line, 2, "", wrapped)
        sheet.write_string(line, 0, f"{line + 1}. {said}", wrapped)
        sheet.set_row(line, 34)
    for column, label in enumerate(("列名", "是否必填", "怎样填写")):
        sheet.write_string(line + 2, column, label, head)
    for number, spec in enumerate(_specs().values(), line + 3):
        for column, said in enumerate((spec.label, "必填" if spec.required else "选填", _advice(spec))):
            sheet.write_string(number, column, said, cell)


def _advice(spec: Spec) -> str:
    said = [spec.hint] if spec.hint else []
    if spec.kind is Kind.DAY:
        said.append("写到日，例如 1985-03-12。只写年月的，按申报截止日核对年龄时无法判定，会列为存疑")
    if spec.also:
        said.append(f"列名写作“{'”“'.join(spec.also)}”也能识别")
    return "。".join(said) + "。" if said else ""


# ---- reading ---------------------------------------------------------------------------------------------------------


def read_roster(data: bytes, source: str) -> tuple[Roster, tuple[Remark, ...]]:
    """The people of a workbook in the order of its sheets and rows; :class:`Unreadable` where it is none."""
    entries: list[RosterEntry] = []
    lines: list[int] = []
    remarks: list[Remark] = []
    sheets = [s for s in (_Sheet.of(n, raw) for n, raw in enumerate(workbook(data), 1)) if s]
    if not sheets:
        wanted = "、".join(s.label for s in _specs().values() if s.required)
        raise Unreadable(f"没有找到名册的表头：前{HEADER_WITHIN}行里应有一行写着“{wanted}”等列名。")
    for sheet in sheets:
        remarks += sheet.ignored()
        for line, cells in sheet.people():
            read = _entry(cells, len(entries), sheet, line, remarks)
            if read is not None:
                entries.append(read)
                lines.append(line)
    return Roster(source, tuple(entries), tuple(lines)), tuple(remarks)


@dataclass(frozen=True, slots=True)
class _Sheet:
    number: int
    name: str
    rows: Sequence[Sequence[Any]]
    header: int
    """Index of the header row."""
    columns: Mapping[str, tuple[int, ...]]
    """Columns of each field; several where the sheet parts what the roster joins (职称, 职务)."""
    others: Mapping[int, str]
    """Labels that mean nothing to us."""
    first: int
    """Column of the sheet at which the rows begin."""

    @staticmethod
    def of(number: int, raw: Mapping[str, Any]) -> _Sheet | None:
        rows = raw["rows"]
        for index, row in enumerate(rows[:HEADER_WITHIN]):
            columns, others = _header(row)
            if _NAME in columns and len(columns) > 1:
                first = raw["start"][1]
                _unmerge(rows, raw["merged"], first)
                return _Sheet(number, raw["name"], rows, index, columns, others, first)
        return None

    def people(self) -> Iterator[tuple[int, dict[str, list[Any]]]]:
        """Lines of the sheet below the header that are not blank, with the cells of each field."""
        for index in range(self.header + 1, len(self.rows)):
            row = self.rows[index]
            cells = {name: [row[c] for c in at if c < len(row)] for name, at in self.columns.items()}
            filled = {name for name, values in cells.items() if any(_text(v) for v in values)}
            if filled - {_CORPS} and not _example(cells):
                yield index + 1, cells

    def ignored(self) -> Iterator[Remark]:
        known = {"序号", "编号", "no", "no.", "备注"}
        labels = [label for label in self.others.values() if folded(label) not in known]
        if labels:
            place = Place(self.number, self.header + 1, self.first + min(self.others) + 1)
            yield Remark("", f"工作表“{self.name}”中未采用的列：{'、'.join(labels)}。", "、".join(labels), place)

    def place(self, line: int, name: str) -> Place:
        at = self.columns.get(name, (0,))
        return Place(self.number, line, self.first + at[0] + 1)

    @property
    def corps(self) -> str:
        """The sheet's name, where it says which corps it is."""
        if _CORPS in self.columns or re.fullmatch(r"(?i)(sheet|工作表|表)?\s*\d*", self.name.strip()):
            return ""
        return "" if "名册" in self.name or "名单" in self.name else self.name.strip()


def _header(row: Sequence[Any]) -> tuple[dict[str, tuple[int, ...]], dict[int, str]]:
    columns: dict[str, tuple[int, ...]] = {}
    others: dict[int, str] = {}
    for at, value in enumerate(row):
        label = _text(value)
        if not label:
            continue
        bare = folded(re.sub(r"[（(【\[].*", "", label)).strip("*：:")
        name = _labels().get(folded(label).strip("*：:")) or _labels().get(bare)
        if name is None:
            others[at] = label
        else:
            columns[name] = (*columns.get(name, ()), at)
    return columns, others


@functools.cache
def _labels() -> Mapping[str, str]:
    known: dict[str, str] = {}
    for name, spec in _specs().items():
        for label in (spec.label, *spec.also):
            known.setdefault(folded(label), name)
    return known


def _unmerge(rows: list[list[Any]], merged: Iterable[Any], first: int) -> None:
    """A value that stands once for several lines is given to each of them."""
    for (top, left), (bottom, right) in merged:
        column = left - first
        if left != right or top >= len(rows) or not 0 <= column < len(rows[top]):
            continue
        for line in range(top + 1, min(bottom + 1, len(rows))):
            rows[line][column] = rows[top][column]


def _example(cells: Mapping[str, Sequence[Any]]) -> bool:
    """A line that shows how to fill in, or the header once more."""
    name = "".join(_text(v) for v in cells[_NAME])
    if re.match(r"[（(]?(示例|例如|例[:：]|样例|填写说明)", name) or folded(name) == folded(_specs()[_NAME].label):
        return True
    shown = {folded(_text(v)) for values in cells.values() for v in values}
    return not name and bool(shown & {folded(s.hint) for s in _specs().values() if s.hint})


def _entry(
    cells: Mapping[str, Sequence[Any]], number: int, sheet: _Sheet, line: int, remarks: list[Remark]
) -> RosterEntry | None:
    values: dict[str, Any] = {}
    said = f"工作表“{sheet.name}”第{line}行"
    for name, found in cells.items():
        spec = _specs()[name]
        texts = list(dict.fromkeys(t for t in map(_text, found) if t))
        if spec.kind is Kind.DAY:
            written = next((v for v in found if _text(v)), "")
            day, trouble, kind = _day(written)
            values[name] = day
            if trouble:
                place = sheet.place(line, name)
                remarks.append(Remark(f"{number}.{name}", f"{said}{spec.label}{trouble}", _text(written), place, kind))
        elif spec.kind is Kind.TEXT:
            values[name] = "/".join(texts)
        else:
            values[name] = texts[0] if texts else ""
    if not values[_NAME]:
        found_text = "，".join(t for v in cells.values() for t in map(_text, v) if t)
        place = sheet.place(line, _NAME)
        remarks.append(Remark("", f"{said}没有姓名，未读入。", found_text[:100], place, "unread"))
        return None
    if not values.get(_CORPS):
        values[_CORPS] = sheet.corps
    return RosterEntry(**values)


# ---- cells -----------------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value["day"])
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value).strip()


_FULL_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[t ]?00:00(?::00)?)?")
_COMPACT_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH = re.compile(r"(\d{4})(?:[-/.年]?(\d{1,2})月?|年)?")


def _day(value: Any) -> tuple[datetime.date | None, str, Any]:
    """Date, what to say of it, and the kind of the remark. A date without its day is no date."""
    if isinstance(value, dict):
        return datetime.date.fromisoformat(value["day"]), "", "unsure"
    written = re.sub(r"\s+", "", unicodedata.normalize("NFKC", _text(value))).lower().rstrip(".")
    written = written.replace("—", "-").replace("–", "-").replace("。", ".")
    if not written:
        return None, "", "unsure"
    if match := _FULL_DAY.fullmatch(written) or _COMPACT_DAY.fullmatch(written):
        try:
            return datetime.date(*map(int, match.groups())), "", "unsure"
        except ValueError:
            return None, f"“{_text(value)}”不是日历上有的日期，请核对。", "unread"
    if written.isdigit() and 7_000 <= int(written) <= 55_000 and len(written) == 5:
        day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(written))
        return day, f"是数字{written}，按 Excel 的日期序号读作{day.isoformat()}，请核对。", "unsure"
    if _MONTH.fullmatch(written):
        return None, f"“{_text(value)}”没有写到日，无法据以核对年龄，请写成 1985-03-12 的样子。", "unread"
    return None, f"“{_text(value)}”不能读作日期，请写成 1985-03-12 的样子。", "unread"


# ---- opening ---------------------------------------------------------------------------------------------------------

_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"


def workbook(data: bytes) -> list[dict[str, Any]]:
    """Sheets of a workbook, opened in a child process with limits of time and memory."""
    if not data:
        raise Unreadable("文件是空的（0字节），请重新发送。")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"文件超过{MAX_BYTES // 1_000_000}MB，不像是名册；请删去图片和无关的工作表后再试。")
    if data.startswith(_OLE) and "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("工作簿设有打开密码，请取消密码后重新发送。")
    if not data.startswith((_OLE, _ZIP)):
        raise Unreadable("不是 Excel 工作簿，请用 Excel 或 WPS 另存为“.xlsx”后重新发送。")
    limits = [str(n) for n in (MAX_MEMORY, MAX_ROWS, MAX_COLUMNS)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_CHILD), *limits],
            input=data,
            capture_output=True,
            timeout=MAX_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Unreadable(f"工作簿在{MAX_SECONDS}秒内没有打开，内容过多或已损坏。") from None
    if done.returncode:
        last = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        if "assword" in last:
            raise Unreadable("工作簿设有打开密码，请取消密码后重新发送。")
        if done.returncode < 0 or "emory" in last or "capacity" in last:
            raise Unreadable("工作簿展开后过大，超出内存限度；请删去无关的工作表和远处的单元格后再试。")
        raise Unreadable("不是完好的 Excel 工作簿，请用 Excel 或 WPS 打开后另存为“.xlsx”重新发送。")
    sheets: list[dict[str, Any]] = json.loads(done.stdout)
    for sheet in sheets:
        if len(sheet["rows"]) > MAX_ROWS:
            raise Unreadable(f"工作表“{sheet['name']}”超过{MAX_ROWS}行，不像是名册。")
    return sheets
