"""Reading a form that came from outside, in a child process with limits of time and memory (promise P6)."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ketuan.documents.errors import Unreadable
from ketuan.documents.reading.package import MAX_FILE, sniff
from ketuan.forms.application import Application
from ketuan.forms.paper import PRINTED, Edition
from ketuan.forms.remarks import Place, Reading, Remark

SECONDS, SECONDS_DOC = 20, 100
"""An old .doc is converted first, if need be by an office program."""
MEMORY = 1 << 30
_CHILD = Path(__file__).with_name("apart_child.py")
_HOUSE = Path(__file__).resolve().parents[3]


def read_apart(data: bytes, *, edition: Edition = PRINTED) -> Reading[Application]:
    """As :func:`ketuan.documents.reading.read`; Unreadable also where the child came to its limits or died."""
    if len(data) > MAX_FILE:
        raise Unreadable(f"文件超过 {MAX_FILE >> 20} MB，不像是申报书。请删去图片和无关的内容后再交。")
    seconds = SECONDS_DOC if sniff(data) == "doc" else SECONDS
    command = [sys.executable, "-I", str(_CHILD), str(_HOUSE), json.dumps(dataclasses.asdict(edition)), str(MEMORY)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=seconds, check=False)
    except subprocess.TimeoutExpired:
        raise Unreadable(f"读了 {seconds} 秒仍未读完，已停止。请另存为 .docx、删去与申报书无关的内容后再交。") from None
    if done.returncode or not done.stdout:
        raise Unreadable("文件过大或内容有问题，已停止读取。请在 Word 或 WPS 中打开，另存为 .docx 后再交。")
    said = json.loads(done.stdout)
    if wrong := said.get("wrong"):
        raise Unreadable(wrong)
    return reading_from(said)


def reading_from(said: dict[str, Any]) -> Reading[Application]:
    """A reading from what :func:`told` made of it."""
    remarks = tuple(
        Remark(r["path"], r["message"], r["found"], Place(*r["place"]) if r["place"] else None, r["kind"])
        for r in said["remarks"]
    )
    places = {path: Place(*place) for path, place in said["places"].items()}
    return Reading(Application.model_validate(said["form"]), remarks, places)


def told(reading: Reading[Application]) -> dict[str, Any]:
    """A reading as plain values: amounts in 分, days as text."""
    plain: dict[str, Any] = json.loads(
        json.dumps(
            {
                "form": reading.form.model_dump(mode="python"),
                "remarks": [dataclasses.asdict(r) for r in reading.remarks],
                "places": dict(reading.places),
            },
            default=str,
        )
    )
    return plain
