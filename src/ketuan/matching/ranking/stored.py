"""An index in a file: a line that says what it is, a line of JSON that says what follows, then the arrays as they are.

No pickle. A file of another version, one cut short and one with a changed byte are told apart and refused. The file
appears whole or not at all.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from ketuan.matching.ranking.facts import Column
from ketuan.matching.ranking.index import Index
from ketuan.matching.ranking.postings import Postings
from ketuan.matching.ranking.terms import VIEWS

MAGIC, VERSION = "ketuan-ranking", 2
_HEADER = 1 << 20  # bytes of the longest header that is read; the ids stand in the body
_POSTED = {"key": "<i8", "start": "<i8", "text": "<i4", "count": "|u1"}
_KINDS = {
    "first": "<i8",
    "edge": "<i8",
    "field": "<i4",
    **{f"{view}{name}": kind for view in VIEWS for name, kind in _POSTED.items()},
    "singles": "<i4",
    "common": "<i4",
    "blob": "|u1",
    "ids": "|u1",
    "columns": "|u1",
    "codes": "<i4",
}


class NoIndex(ValueError):
    """The file is no index; the text says in Chinese what is wrong with it."""


def write(index: Index, target: Path) -> None:
    """Raises `OSError` if the file cannot be written."""
    arrays = {
        "first": index.first,
        "edge": index.edge,
        "field": index.field,
        **{f"{view}{name}": getattr(index.views[view], name) for view in VIEWS for name in _POSTED},
        "singles": index.singles,
        "common": index.common,
        "blob": np.frombuffer(index.blob, dtype=np.uint8),
        "ids": np.frombuffer(_dumped(index.ids), dtype=np.uint8),
        "columns": np.frombuffer(_dumped([(c.name, c.values) for c in index.columns]), dtype=np.uint8),
        "codes": np.concatenate([np.zeros(0, dtype=np.int32), *[c.code for c in index.columns]]),
    }
    bodies = [np.ascontiguousarray(arrays[name], dtype=kind).tobytes() for name, kind in _KINDS.items()]
    digest = hashlib.sha256()
    for body in bodies:
        digest.update(body)
    header = {
        "sizes": {name: len(body) for name, body in zip(_KINDS, bodies, strict=True)},
        "names": index.names,
        "sha256": digest.hexdigest(),
    }
    handle, beside = tempfile.mkstemp(prefix=f".{target.name}-", dir=target.absolute().parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(f"{MAGIC} {VERSION}\n".encode() + _dumped(header) + b"\n")
            for body in bodies:
                file.write(body)
            file.flush()
            os.fsync(file.fileno())
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(beside, 0o666 & ~mask)
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def load(source: Path) -> Index:
    """Raises `NoIndex` for a file that `write` did not write so, `OSError` for one that cannot be read."""
    with source.open("rb") as file:
        words = file.readline(64).decode("ascii", "replace").split()
        if len(words) != 2 or words[0] != MAGIC or not words[1].isdecimal():
            raise NoIndex("这不是 ketuan match --save 写出的索引")
        if int(words[1]) != VERSION:
            raise NoIndex(f"索引的版本是 {words[1]}，本程序只认版本 {VERSION}，请用 --save 重建")
        try:
            header = json.loads(file.readline(_HEADER))
            sizes = [int(header["sizes"][name]) for name in _KINDS]
            names, digest = tuple(map(str, header["names"])), str(header["sha256"])
        except (ValueError, KeyError, TypeError):
            raise NoIndex(_DAMAGED) from None
        begins = file.tell()
        left = file.seek(0, os.SEEK_END) - begins
        if min(sizes) < 0 or sum(sizes) != left:
            raise NoIndex(_DAMAGED)
        file.seek(begins)
        found, checked = {}, hashlib.sha256()
        for (name, kind), size in zip(_KINDS.items(), sizes, strict=True):
            body = file.read(size)
            checked.update(body)
            if len(body) != size or size % np.dtype(kind).itemsize:
                raise NoIndex(_DAMAGED)
            found[name] = np.frombuffer(body, dtype=kind)
    if checked.hexdigest() != digest:
        raise NoIndex(_DAMAGED)
    try:
        ids = json.loads(found["ids"].tobytes())
        columns = json.loads(found["columns"].tobytes())
        codes = found["codes"].reshape(len(columns), len(ids))
    except ValueError:
        raise NoIndex(_DAMAGED) from None
    views = tuple([Postings(**{name: found[f"{view}{name}"] for name in _POSTED}) for view in VIEWS])
    return Index(
        tuple(ids),
        found["first"],
        found["blob"].tobytes(),
        found["edge"],
        names,
        found["field"],
        views,
        found["singles"],
        found["common"].reshape(-1, 2),
        tuple([Column(name, tuple(values), code) for (name, values), code in zip(columns, codes, strict=True)]),
    )


_DAMAGED = "索引文件已损坏（内容与校验值不符），请用 --save 重建"


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":")).encode()
