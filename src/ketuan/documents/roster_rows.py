"""Child process of :mod:`ketuan.documents.rosters`: a workbook on stdin, its sheets as JSON on stdout.

A hostile workbook can ask for any amount of memory before the library lets us look at it, so it is opened here, with a
limit set by the parent, and never in the process that checks the other files. Run as a script, it needs nothing of ours.
"""

import datetime
import io
import json
import sys

CHARACTERS = 20_000_000
"""Handed back at most, all sheets together."""
LONGEST = 1_000
"""Characters of one cell."""


def shown(value: object) -> object:
    """Dates as {"day": …}, whole numbers without “.0”, all else as JSON has it."""
    if isinstance(value, datetime.datetime):
        return {"day": value.date().isoformat()}
    if isinstance(value, datetime.date):
        return {"day": value.isoformat()}
    if isinstance(value, (datetime.time, datetime.timedelta)):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return int(value)
    return value[:LONGEST] if isinstance(value, str) else value


def main(memory: int, rows: int, columns: int) -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        pass
    else:
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    import python_calamine

    left = CHARACTERS
    book = python_calamine.load_workbook(io.BytesIO(sys.stdin.buffer.read()))
    sheets = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        try:
            merged = [[list(a), list(b)] for a, b in sheet.merged_cell_ranges or []][:rows]
        except Exception:  # older files and formats tell nothing of merged cells
            merged = []
        start = sheet.start or (0, 0)
        lines = [[shown(v) for v in row[:columns]] for _, row in zip(range(rows + 1), sheet.iter_rows(), strict=False)]
        left -= sum(len(v) if isinstance(v, str) else 1 for line in lines for v in line) + len(merged)
        if left < 0:
            raise MemoryError
        sheets.append({"name": name, "start": list(start), "merged": merged, "rows": lines})
    json.dump(sheets, sys.stdout, ensure_ascii=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(int(a) for a in sys.argv[1:4])))
