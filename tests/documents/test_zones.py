"""The registry of cities from a table of tabs, a table of commas, and Excel."""

import io

import pytest
import xlsxwriter

from ketuan.documents.errors import Unreadable
from ketuan.documents.zones import read_zones

HEAD = ["名称", "行政区划代码", "省份", "类别", "开始日期", "已核实"]
ROW = ["铜陵市", "340700", "安徽省", "试点", "2020-05-01", "是"]
READ = {
    "name": "铜陵市",
    "division_code": "340700",
    "province": "安徽省",
    "kind": "pilot",
    "valid_from": "2020-05-01",
    "verified": "yes",
}


def excel(*rows: list[str]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名册")
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("\n".join("\t".join(row) for row in (HEAD, ROW)).encode(), id="tabs"),
        pytest.param("\n".join(",".join(row) for row in (HEAD, ROW)).encode("gb18030"), id="commas-gb18030"),
        pytest.param(excel(HEAD, ROW), id="excel"),
    ],
)
def test_a_row_is_read(data: bytes) -> None:
    assert read_zones(data, "zones") == [READ]


def test_a_missing_column_is_named() -> None:
    with pytest.raises(Unreadable, match="行政区划代码、类别"):
        read_zones("名称\t省份\n铜陵市\t安徽省".encode(), "zones.tsv")


def test_an_empty_or_foreign_file_is_told() -> None:
    with pytest.raises(Unreadable):
        read_zones(b"", "zones.tsv")
    with pytest.raises(Unreadable):
        read_zones(b"\x89PNG\x0d\x0a\xff\xff\x81", "zones.png")
