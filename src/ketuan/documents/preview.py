"""A look into a PDF or picture: how large it is, and its first pages as PNG.

Both are done in a child process with limits on memory and time, started afresh for every file: what the decoders do to
themselves ends with it. The pictures carry nothing of the original but its dots.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from ketuan.documents.errors import Unreadable

SECONDS = 10
MEMORY = 1 << 30
MAX_BYTES = 64 << 20
MAX_PAGES, MAX_WIDTH = 20, 2_400
_CHILD = Path(__file__).with_name("preview_child.py")
_SAID = {
    "locked": "设了打开密码，读不出内容。请去掉密码后再传。",
    "guarded": "设了权限密码（限制打印、复制或修改）。请去掉限制，重新导出再传。",
    "large": "像素太多，不能预览。请降低扫描的分辨率再传。",
    "broken": "已损坏，打不开。请重新导出再传。",
    "other": "不是 PDF，也不是 PNG、JPEG 图片，不能预览。",
    "empty": "一页也没有。请重新导出再传。",
}


@dataclass(frozen=True, slots=True)
class Look:
    """Pages of a PDF (1 for a picture) and dots of a picture (0 for a PDF)."""

    pages: int
    width: int
    height: int


def look(data: bytes) -> Look:
    """How large a PDF or picture is; Unreadable where it has a password, is broken or is something else."""
    said, _ = _asked(data, "look", 0, 0)
    return Look(said["pages"], said["width"], said["height"])


def preview(data: bytes, *, width: int = 900, pages: int = 3) -> tuple[bytes, ...]:
    """The first ``pages`` of a PDF, or a picture, as PNG at most ``width`` dots wide.

    Unreadable, with a Chinese reason, where that cannot be done within the limits.
    """
    _, pictures = _asked(data, "preview", max(1, min(width, MAX_WIDTH)), max(1, min(pages, MAX_PAGES)))
    return pictures


def _asked(data: bytes, task: str, width: int, pages: int) -> tuple[dict[str, int], tuple[bytes, ...]]:
    if not data:
        raise Unreadable("是空的（0 字节）。请重新保存再传。")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"超过 {MAX_BYTES >> 20} MB，不能预览。")
    numbers = map(str, (width, pages, MEMORY, SECONDS))
    # -I: else a module named like one of the decoders in the current folder would be run
    command = [sys.executable, "-I", str(_CHILD), task, *numbers]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=SECONDS + 5, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable("内容太复杂，在规定的时间里打不开。请重新导出再传。") from None
    first, _, rest = done.stdout.partition(b"\n")
    if done.returncode != 0 or not first:
        raise Unreadable("内容太大或太复杂，打不开。请重新导出再传。")
    said = json.loads(first)
    if wrong := said.get("wrong"):
        raise Unreadable(_SAID[wrong])
    return said, tuple(_pieces(rest))


def _pieces(rest: bytes) -> list[bytes]:
    """Pictures, each behind its length in four bytes."""
    found, at = [], 0
    while at < len(rest):
        (length,) = struct.unpack_from(">I", rest, at)
        found.append(rest[at + 4 : at + 4 + length])
        at += 4 + length
    return found
