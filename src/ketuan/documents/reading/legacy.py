"""Word 97–2003 .doc → .docx, in a child process with limits on time and memory.

First the converter that comes with the installation, then LibreOffice where the machine has it, then a sentence that says
what to do. The child is started afresh for every file, so whatever it does to itself ends with it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from ketuan.documents.errors import Unreadable
from ketuan.documents.reading.package import MAX_FILE

SECONDS = 20
OFFICE_SECONDS = 60
MEMORY = 1 << 30

_FORM_FIELDS = (b"FORMCHECKBOX", "FORMCHECKBOX".encode("utf-16-le"))

_CHILD = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({memory}, {memory}))
resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))
from doc2docx import convert
convert(sys.argv[1], sys.argv[2])
"""


def docx_of(data: bytes) -> bytes:
    """The .docx of a .doc; Unreadable where neither converter can make one."""
    with tempfile.TemporaryDirectory(prefix="ketuan-doc-") as folder:
        source, target = Path(folder, "form.doc"), Path(folder, "form.docx")
        source.write_bytes(data)
        converters = (_converted, _by_office)
        if any(mark in data for mark in _FORM_FIELDS):
            converters = (_by_office, _converted)  # the converter drops check boxes that are form fields
        for convert in converters:
            if convert(source, target) and target.exists() and 0 < target.stat().st_size <= MAX_FILE:
                return target.read_bytes()
    raise Unreadable(
        "这是旧版 .doc 文件，无法转换（可能设有密码、已损坏或早于 Word 97）。请在 Word 或 WPS 中打开，另存为 .docx 后再交。"
    )


def _converted(source: Path, target: Path) -> bool:
    # -I: else a module of the converter's name in the folder that is being checked would be run
    child = [sys.executable, "-I", "-c", _CHILD.format(memory=MEMORY, size=MAX_FILE), str(source), str(target)]
    return _run(child, SECONDS)


def _by_office(source: Path, target: Path) -> bool:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        return False
    profile = source.parent / "profile"
    return _run(
        [
            office,
            f"-env:UserInstallation=file://{profile}",
            "--headless",
            "--norestore",
            "--convert-to",
            "docx",
            "--outdir",
            str(target.parent),
            str(source),
        ],
        OFFICE_SECONDS,
    )


def _run(command: list[str], seconds: int) -> bool:
    try:
        silent = subprocess.DEVNULL
        done = subprocess.run(command, stdin=silent, stdout=silent, stderr=silent, timeout=seconds, check=False)
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0
