"""Rosters for tests: rows, a corps of so many old and young, a workbook of them."""

from __future__ import annotations

import datetime
import io

from ketuan.forms.roster import RosterEntry


def entry(
    name: str, *, unit: str = "云上大学", born: datetime.date | None = datetime.date(1970, 1, 2), **more
) -> RosterEntry:
    return RosterEntry(**{"name": name, "unit": unit, "born": born, "phone": "13900000000", **more})


def some(*, old: int, young: int, elite: int) -> list[RosterEntry]:
    """老一, 老二, …, 青一, …; the first of the young are those of the Young Elite programme."""
    digits = "一二三四五六七八九十"
    olds = [entry(f"老{digits[n]}", unit=f"云岭大学{n}") for n in range(old)]
    born = datetime.date(1990, 1, 2)
    youngs = [
        entry(f"青{digits[n]}", unit=f"海东学院{n}", born=born, young_elite="第七届" if n < elite else "")
        for n in range(young)
    ]
    return olds + youngs


def workbook(rows: list[RosterEntry] | list[tuple[str, str]]) -> bytes:
    """A roster as .xlsx; a pair is a name and a birth date as written."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("名册")
    for column, label in enumerate(("姓名", "出生日期", "工作单位", "手机")):
        sheet.write_string(0, column, label)
    for line, row in enumerate(rows, 1):
        cells = (row[0], row[1], "云上大学", "") if isinstance(row, tuple) else (
            row.name, row.born.isoformat() if row.born else "", row.unit, row.phone
        )  # fmt: skip
        for column, text in enumerate(cells):
            sheet.write_string(line, column, text)
    book.close()
    return out.getvalue()
