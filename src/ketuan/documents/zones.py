"""The registry of demonstration and pilot cities from Excel or a table of tabs (``rules/data/README.md``)."""

from __future__ import annotations

import csv
import io

from ketuan.documents.errors import Unreadable
from ketuan.documents.rosters import workbook

COLUMNS = {
    "name": ("name", "名称", "市（区、园区）"),
    "division_code": ("division_code", "行政区划代码", "区划代码"),
    "province": ("province", "省份", "省"),
    "kind": ("kind", "类别"),
    "valid_from": ("valid_from", "起", "开始日期"),
    "valid_to": ("valid_to", "止", "结束日期"),
    "verified": ("verified", "已核实"),
    "note": ("note", "备注"),
    "source": ("source", "出处"),
}
"""Column of the registry → headings under which it is found."""
WORDS = {
    "示范": "demonstration",
    "创新驱动示范市（区）": "demonstration",
    "试点": "pilot",
    "“科创中国”试点城市（园区）": "pilot",
}
VERIFIED = {"是": "yes", "部分": "partly", "否": "no", "": "no"}
MUST = ("name", "division_code", "kind")
MOST_BYTES = 2 << 20
"""Of a table of tabs; the registry has some kilobytes."""


def read_zones(data: bytes, name: str) -> list[dict[str, str]]:
    """Rows of the registry. Unreadable names the column that is missing or the file that cannot be read."""
    rows = _sheet(data) if data[:2] == b"PK" or data[:4] == b"\xd0\xcf\x11\xe0" else _tabs(data)
    if not rows:
        raise Unreadable("名册里没有内容。第一行写列名，从第二行起一行一个城市或园区。")
    head = [cell.strip() for cell in rows[0]]
    at = {column: head.index(word) for column, words in COLUMNS.items() for word in words if word in head}
    if missing := [COLUMNS[column][1] for column in MUST if column not in at]:
        raise Unreadable(f"名册第一行缺少列：{'、'.join(missing)}。请按下载的样表填写。")
    found = []
    for line in rows[1:]:
        row = {column: line[place].strip() if place < len(line) else "" for column, place in at.items()}
        if row["name"]:
            row["kind"] = WORDS.get(row["kind"], row["kind"])
            row["verified"] = VERIFIED.get(row.get("verified", ""), row.get("verified", ""))
            found.append(row)
    return found


def _tabs(data: bytes) -> list[list[str]]:
    if len(data) > MOST_BYTES:
        raise Unreadable(f"文件超过 {MOST_BYTES >> 20} MB，不像是城市名册。请按下载的样表填写后再上传。")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        tabs = "\t" in text.partition("\n")[0]
        lines = io.StringIO(text)
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE) if tabs else csv.reader(lines)
        try:
            return [row for row in rows if any(row)]
        except csv.Error:
            raise Unreadable(f"第 {rows.line_num} 行读不出来，可能缺了换行或多了引号。请按下载的样表填写。") from None
    raise Unreadable("不是 Excel 工作簿，也不是制表符分隔的文本，请按下载的样表填写后再上传。")


def _sheet(data: bytes) -> list[list[str]]:
    return [[_cell(cell) for cell in row] for row in workbook(data)[0]["rows"] if any(row)]


def _cell(value: object) -> str:
    return str(value["day"]) if isinstance(value, dict) else "" if value is None else str(value)
