"""`EDITS` and `SLOW_EDITS`: name → (bytes → bytes, a sentence). None of them changes what the form says.

    from hands.edits import EDITS
    change, sentence = EDITS["split_between_leaders"]
    changed = change(fill(truth(1)))

The slow ones go through LibreOffice; `SOFFICE` is None where it is not installed.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from functools import partial
from pathlib import Path

from . import edits_lost, edits_package, edits_tables, edits_words
from .editing import EDITS, Edit

__all__ = ["EDITS", "SLOW_EDITS", "SOFFICE", "edits_lost", "edits_package", "edits_tables", "edits_words", "soffice"]

SOFFICE = shutil.which("soffice")
SECONDS = 120


def soffice(data: bytes, to: str, suffix: str = "docx") -> bytes:
    """Convert with LibreOffice, in a profile of its own so that calls may run side by side."""
    if SOFFICE is None:
        raise RuntimeError("LibreOffice is not installed")
    with tempfile.TemporaryDirectory(prefix="hands-") as folder:
        source = Path(folder, f"form.{suffix}")
        source.write_bytes(data)
        target = Path(folder, "out")
        profile = Path(folder, "profile").as_uri()
        command = [SOFFICE, f"-env:UserInstallation={profile}", "--headless", "--norestore"]
        command += ["--convert-to", to, "--outdir", str(target), str(source)]
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        made = target / f"form.{to.partition(':')[0]}"
        if not made.exists():
            raise RuntimeError(f"LibreOffice did not make {to}: {done.stderr.decode(errors='replace')[-300:]}")
        return made.read_bytes()


def _through(*formats: str, data: bytes) -> bytes:
    suffix = "docx"
    for to in formats:
        data, suffix = soffice(data, to, suffix), to
    return data


def _chain(*formats: str) -> Edit:
    return lambda data: partial(_through, *formats)(data=data)


SLOW_EDITS: dict[str, tuple[Edit, str]] = {
    "libreoffice_saved": (_chain("docx"), "Opened in LibreOffice and saved as docx."),
    "through_odt": (_chain("odt", "docx"), "Worked on in LibreOffice as odt, then saved as docx."),
    "through_doc": (_chain("doc", "docx"), "Saved as Word 97 doc by one office and as docx by the next."),
    "through_rtf": (_chain("rtf", "docx"), "Sent as rtf and saved as docx."),
    "as_doc": (_chain("doc"), "Sent in as a Word 97 doc."),
}
