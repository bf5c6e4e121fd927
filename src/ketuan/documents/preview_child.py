"""The child of :mod:`ketuan.documents.preview`; run as a file, imports nothing of ours.

The file comes on stdin. Arguments: task, width, pages, bytes of memory, seconds. Answers with a line of JSON, then PNGs
with their lengths.
"""

from __future__ import annotations

import io
import json
import struct
import sys
from typing import Any

MAX_DOTS = 100_000_000
"""Of a picture that is decoded."""
MAX_DRAWN = 12_000_000
"""Of a page that is drawn."""
TALLEST = 6
"""Height of a drawn page against its width."""


class Wrong(Exception):
    pass


def main(data: bytes, task: str, width: int, pages: int) -> None:
    start = data[:1024].lstrip(b"\xef\xbb\xbf\x00\t\r\n ")
    if start.startswith(b"%PDF-"):
        said, pictures = _pdf(data, task, width, pages)
    elif data.startswith((b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")):
        said, pictures = _picture(data, task, width)
    else:
        raise Wrong("other")
    _answer(said, pictures)


def _answer(said: dict[str, Any], pictures: list[bytes]) -> None:
    out = sys.stdout.buffer
    out.write(json.dumps(said).encode() + b"\n")
    for picture in pictures:
        out.write(struct.pack(">I", len(picture)) + picture)
    out.flush()


def _pdf(data: bytes, task: str, width: int, pages: int) -> tuple[dict[str, Any], list[bytes]]:
    import pypdfium2  # type: ignore[import-untyped]
    import pypdfium2.raw  # type: ignore[import-untyped]

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as wrong:
        raise Wrong("locked" if "password" in str(wrong).lower() else "broken") from None
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document.raw) >= 0:
        raise Wrong("guarded")  # opens without a password
    count = len(document)
    if count == 0:
        raise Wrong("empty")
    said = {"pages": count, "width": 0, "height": 0}
    return said, [_page(document[number], width) for number in range(min(count, pages))] if task == "preview" else []


def _page(page: Any, width: int) -> bytes:
    wide, high = page.get_size()
    if not (wide > 0 and high > 0) or high / wide > TALLEST:
        raise Wrong("large")
    scale = min(width / wide, (MAX_DRAWN / (wide * high)) ** 0.5)
    return _png(page.render(scale=scale, may_draw_forms=False).to_pil())


def _picture(data: bytes, task: str, width: int) -> tuple[dict[str, Any], list[bytes]]:
    from PIL import Image, ImageOps

    Image.MAX_IMAGE_PIXELS = None  # the bound is ours, and checked before anything is decoded
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as picture:
            said = {"pages": 1, "width": picture.width, "height": picture.height}
            if task == "look":
                return said, []
            if picture.width * picture.height > MAX_DOTS or picture.height > picture.width * 50:
                raise Wrong("large")
            picture.draft("RGB", (width * 2, width * 2 * picture.height // max(1, picture.width)))
            upright = ImageOps.exif_transpose(picture)
            seen = upright.convert("RGBA")
    except (OSError, SyntaxError, ValueError, MemoryError):
        raise Wrong("broken") from None
    seen.thumbnail((width, width * TALLEST))
    flat = Image.new("RGB", seen.size, "white")
    flat.paste(seen, mask=seen.getchannel("A"))
    return said, [_png(flat)]


def _png(picture: Any) -> bytes:
    picture.info.clear()  # no profile, no comment, no place
    out = io.BytesIO()
    picture.convert("RGB").save(out, "PNG")
    return out.getvalue()


if __name__ == "__main__":
    import resource

    memory, seconds = int(sys.argv[4]), int(sys.argv[5])
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        main(sys.stdin.buffer.read(), sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    except Wrong as wrong:
        _answer({"wrong": str(wrong)}, [])
