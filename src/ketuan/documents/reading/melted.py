"""A problem table that a converter has melted into running text (LibreOffice does so to a table at a document's end)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ketuan.documents.reading.labels import spaced
from ketuan.forms.paper import Node

_LEAST = 4
"""So many labels at least must stand in their printed order, else the text is no melted table."""


def unmelted(text: str, fields: Sequence[Node]) -> dict[str, str]:
    """Values by the name of their field: what stands between one label and the next, labels in their printed order.

    Empty where the text is no melted table.
    """
    marks: list[tuple[int, int, str]] = []
    at = 0
    for node in fields:
        if node.spec.behind:
            continue
        frame = f"(?:{spaced(node.spec.frame)}[）)]*\\s*)?" if node.spec.frame else ""
        match = re.compile(f"{frame}{spaced(node.spec.heading)}[）)]*|{frame}{spaced(node.spec.label)}").search(
            text, at
        )
        if match:
            marks.append((match.start(), match.end(), node.name))
            at = match.end()
    if len(marks) < _LEAST:
        return {}
    ends = [*(start for start, _, _ in marks[1:]), len(text)]
    return {name: text[begin:end].strip() for (_, begin, name), end in zip(marks, ends, strict=True)}
