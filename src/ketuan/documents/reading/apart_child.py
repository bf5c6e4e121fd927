"""The child of :mod:`ketuan.documents.reading.apart`; run as a file. Form on stdin, a line of JSON on stdout.

Arguments: the folder of the package, the edition as JSON, bytes of memory.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any


def main(data: bytes, edition: dict[str, Any], memory: int) -> dict[str, Any]:
    from ketuan.documents.errors import Unreadable
    from ketuan.documents.reading import read
    from ketuan.documents.reading.apart import told
    from ketuan.documents.reading.legacy import docx_of
    from ketuan.documents.reading.package import sniff
    from ketuan.forms.paper import Edition

    known = Edition.of(edition["year"], dict(edition["limits"]), dict(edition["choices"]))
    try:
        if sniff(data) == "doc":
            data = docx_of(data)  # before the limit: converters have limits of their own, an office program needs more
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        return told(read(data, edition=known))
    except Unreadable as reason:
        return {"wrong": str(reason)}


if __name__ == "__main__":
    sys.path.insert(0, sys.argv[1])
    answer = main(sys.stdin.buffer.read(), json.loads(sys.argv[2]), int(sys.argv[3]))
    sys.stdout.write(json.dumps(answer))
