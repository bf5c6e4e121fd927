"""Real small files for tests: PDF, PNG, Word, and those that are not what they say."""

from __future__ import annotations

import functools
import io
import zipfile
from typing import Any

from ketuan.documents.writing import write_docx, write_pdf
from ketuan.forms.application import Application
from ketuan.rules.call import load

EXE = b"MZ\x90\x00\x03\x00\x00\x00" + bytes(200)


@functools.cache
def pdf() -> bytes:
    return write_pdf(Application())


@functools.cache
def png(width: int = 40, height: int = 30) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "PNG")
    return out.getvalue()


def docx(**form: Any) -> bytes:
    return write_docx(Application.model_validate(form), edition=load("2024").edition())


@functools.cache
def bomb() -> bytes:
    """A Word file of two megabytes whose body is two gigabytes of blanks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open("word/document.xml", "w", force_zip64=True) as body:
            block = b" " * (1 << 20)
            for _ in range(1100):
                body.write(block)
    return out.getvalue()
