"""Archives (.zip) opened in memory: names as Chinese programs write them, bounds checked before and while unpacking."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator

from ketuan.documents.errors import Unreadable
from ketuan.documents.sniffing import MAX_ENTRIES, sniff

_LEFT_BY_PROGRAMS = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini", "~$")
_LEVELS = 2
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


class Room:
    """How many files and bytes may still come out of all archives together."""

    def __init__(self, files: int, size: int) -> None:
        self.files, self.size = files, size

    def take(self, size: int, name: str, *, files: int = 0) -> None:
        self.files -= files
        self.size -= size
        if self.files < 0 or self.size < 0:
            raise Unreadable(f"压缩包“{name}”里的文件太多或太大，已停止解压。请只放申报材料，分成几个再发。")


def unpacked(data: bytes, name: str, room: Room, *, level: int = 1) -> Iterator[tuple[str, bytes]]:
    """Path and content of every file, archives in the archive opened too.

    Unreadable where it is broken, has a password or goes beyond ``room``.
    """
    if data.count(b"PK\x01\x02") > MAX_ENTRIES:
        raise Unreadable(f"压缩包“{name}”里的文件太多，已停止解压。请只放申报材料再发。")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for info in archive.infolist():
                path = _path(info)
                if info.is_dir() or any(mark in path for mark in _LEFT_BY_PROGRAMS):
                    continue
                if info.flag_bits & 1:
                    raise Unreadable(f"压缩包“{name}”设了密码，解不开。请去掉密码再发。")
                if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    raise Unreadable(f"压缩包“{name}”用了不常见的压缩方法，解不开。请重新压缩成 .zip 再发。")
                room.take(0, name, files=1)
                content = _content(archive, info, name, room)
                if level < _LEVELS and sniff(content, path).kind == "zip":
                    yield from unpacked(content, path, room, level=level + 1)
                else:
                    yield path, content
    except _BROKEN as wrong:
        if isinstance(wrong, Unreadable):
            raise
        raise Unreadable(f"压缩包“{name}”已损坏，解不开。请重新压缩成 .zip 再发。") from None


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, room: Room) -> bytes:
    pieces: list[bytes] = []
    with archive.open(info) as file:
        while piece := file.read(1 << 16):
            room.take(len(piece), name)
            pieces.append(piece)
    return b"".join(pieces)


def _path(info: zipfile.ZipInfo) -> str:
    """Names without the UTF-8 mark are bytes of whatever the packing machine used."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for code in ("utf-8", "gb18030"):
        try:
            return raw.decode(code)
        except UnicodeDecodeError:
            continue
    return info.filename
