"""A filled roster as .xlsx, with a first line that says who took it out, when and what for."""

from __future__ import annotations

import io
from collections.abc import Sequence

from ketuan.documents.rosters import SHEET
from ketuan.forms.fields import Kind, spec_of
from ketuan.forms.roster import RosterEntry


def roster_book(entries: Sequence[RosterEntry], said: str) -> bytes:
    """The workbook; :func:`ketuan.documents.rosters.read_roster` reads it back. Text is never taken for a formula."""
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#DCE6F1"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    sheet = book.add_worksheet(SHEET)
    sheet.write_string(0, 0, said)
    for column, (name, info) in enumerate(RosterEntry.model_fields.items()):
        spec = spec_of(info)
        sheet.set_column(column, column, spec.width or 16)
        sheet.write_string(1, column, spec.label, head)
        for line, entry in enumerate(entries, 2):
            value = getattr(entry, name)
            if spec.kind is not Kind.DAY:
                sheet.write_string(line, column, value)
            elif value is not None:
                sheet.write_datetime(line, column, value, day)
    sheet.freeze_panes(2, 0)
    book.close()
    return out.getvalue()
