"""Which files a person means by a list of files and folders."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WORD = {".docx", ".doc", ".docm", ".wps"}
"""Endings looked for in folders. A file named outright is taken whatever it is called: its content decides."""


@dataclass(frozen=True, slots=True)
class Source:
    """A file and the name under which it is reported: its path below the folder that was given."""

    name: str
    path: Path


def sources(paths: Iterable[Path]) -> tuple[list[Source], int]:
    """Forms below ``paths`` in a stable, human order (2 before 10), and how many other files were passed over.

    Lock files (~$…), hidden files and what archives of other systems leave behind (._…, __MACOSX) are not forms.
    A folder that cannot be opened is a source of its own, so that it is reported and not passed over.
    Raises FileNotFoundError for a path that does not exist.
    """
    found: list[Source] = []
    others = 0
    for path in paths:
        if os.path.isdir(path):
            inside: list[Source] = []

            def closed(problem: OSError, top: Path = path, into: list[Source] = inside) -> None:
                folder = Path(problem.filename or top)
                into.append(Source(_printable(f"{folder.relative_to(top).as_posix()}/"), folder))

            for folder, folders, names in os.walk(path, onerror=closed):
                folders[:] = [f for f in folders if not f.startswith(".") and f != "__MACOSX"]
                for name in names:
                    if name.startswith(("~$", ".")):
                        continue
                    file = Path(folder, name)
                    if file.suffix.lower() in WORD:
                        inside.append(Source(_printable(file.relative_to(path).as_posix()), file))
                    else:
                        others += 1
            found.extend(sorted(inside, key=lambda s: _natural(s.name)))
        elif os.path.lexists(path):
            found.append(Source(_printable(path.name), path))
        else:
            raise FileNotFoundError(path)
    return _distinct(found), others


def _printable(name: str) -> str:
    """A name as text. Names that are not UTF-8 came out of archives packed on a Chinese Windows."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "backslashreplace")
    return name


def _natural(name: str) -> tuple[list[tuple[int, str]], str]:
    """Numbers by their value; names that differ only in the writing of a number (1, 01) by the writing."""
    return [(int(piece), "") if piece.isdecimal() else (0, piece) for piece in re.split(r"(\d+)", name)], name


def _distinct(found: list[Source]) -> list[Source]:
    """One name a file: two files of one name are told apart by their full paths, one file given twice is taken once."""
    first: dict[str, Source] = {}
    for source in found:
        first.setdefault(os.path.realpath(source.path), source)
    for whole in (False, True):  # the path as given, then the real one
        many = Counter(source.name for source in first.values())
        for real, source in first.items():
            if many[source.name] > 1:
                first[real] = Source(_printable(real if whole else source.path.as_posix()), source.path)
    return list(first.values())
