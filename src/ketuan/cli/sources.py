"""Which files a person means by a list of files and folders."""

from __future__ import annotations

import os
import re
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
    Raises FileNotFoundError for a path that does not exist.
    """
    found: list[Source] = []
    others = 0
    for path in paths:
        if path.is_dir():
            inside: list[Source] = []
            for folder, folders, names in os.walk(path):
                folders[:] = [f for f in folders if not f.startswith(".") and f != "__MACOSX"]
                for name in names:
                    if name.startswith(("~$", ".")):
                        continue
                    file = Path(folder, name)
                    if file.suffix.lower() in WORD:
                        inside.append(Source(file.relative_to(path).as_posix(), file))
                    else:
                        others += 1
            found.extend(sorted(inside, key=lambda s: _natural(s.name)))
        elif path.exists():
            found.append(Source(path.name, path))
        else:
            raise FileNotFoundError(path)
    return _distinct(found), others


def _natural(name: str) -> list[tuple[int, str]]:
    return [(int(piece), "") if piece.isdigit() else (0, piece) for piece in re.split(r"(\d+)", name)]


def _distinct(found: list[Source]) -> list[Source]:
    """One name a file: two files of one name are told apart by their full paths, one file given twice is taken once."""
    unique = list({s.path.resolve(): s for s in reversed(found)}.values())[::-1]
    names = [s.name for s in unique]
    return (
        [s if names.count(s.name) == 1 else Source(s.path.as_posix(), s.path) for s in unique]
        if len(set(names)) < len(names)
        else unique
    )
