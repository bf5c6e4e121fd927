"""Invented societies and their filled forms, always the same for the same numbers.

A society hands in five forms. By turns it shares a member, a problem in other words, or a copied passage among them, or
nothing (served regions meet by chance). One form in ten has a defect. Even forms are the official blank form filled by
a mixed hand, with all the styles that came with it; odd ones come from our own writer.
"""

from __future__ import annotations

import copy
import functools
import io
import json
import os
import random
import sys
import zipfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.hands import Form, fill, mixed_hand, truth  # noqa: E402
from tests.hands.defects import DEFECTS  # noqa: E402
from tests.hands.people import INVENTED  # noqa: E402

EACH = 5
"""Forms of a society."""
DEFECTIVE = 0.1
SHARED = ("member", "problem", "passage", "nothing")
PASSAGE = "work_plan", "objectives"


def society(number: int) -> list[Form]:
    """The forms of one society, the same name and code on each."""
    forms = [copy.deepcopy(truth(number * EACH + at)) for at in range(EACH)]
    root, other = INVENTED[number % 16], INVENTED[number // 16 % 16]
    head = forms[0]["society"]
    head["name"] = f"中国{root}{other}{('工程', '技术', '科学')[number // 256 % 3]}学会"
    chance = random.Random(number)
    for form in forms:
        form["society"] |= {"name": head["name"], "uscc": head["uscc"]}
        for problem in form["problems"]:
            problem["description"] += "\n" + _told(chance)
            problem["solution_outline"] += "\n" + _told(chance)
    _share(forms, SHARED[number % len(SHARED)])
    return [_spoilt(form, chance) for form in forms]


@functools.cache
def _sentences() -> list[str]:
    rows = (ROOT / "tests" / "matching" / "texts.tsv").read_text(encoding="utf-8").splitlines()
    return [sentence for row in rows for sentence in row.split("\t")[2].split("。") if sentence]


def _told(chance: random.Random) -> str:
    """About two hundred characters on whatever subject."""
    return "".join(f"{sentence}。" for sentence in chance.sample(_sentences(), 4))


def _share(forms: list[Form], what: str) -> None:
    one, other = forms[0], forms[3]
    if what == "member":
        other["personnel"][-1] = copy.deepcopy(one["personnel"][-1])
    elif what == "problem":
        mine, theirs = one["problems"][0], other["problems"][0]
        theirs["title"] = mine["title"]
        theirs["description"] = "\n".join(reversed(mine["description"].split("\n"))).replace("企业", "厂家")
    elif what == "passage":
        for name in PASSAGE:
            other[name] = one[name]


def _spoilt(form: Form, chance: random.Random) -> Form:
    if chance.random() >= DEFECTIVE:
        return form
    change = DEFECTS[chance.choice(sorted(DEFECTS))][0]
    return change(form)


def file_of(form: Form, number: int) -> bytes:
    if number % 2:
        from ketuan.documents.writing import write_docx
        from ketuan.forms.application import Application
        from ketuan.rules.call import load

        return write_docx(Application.model_validate_json(json.dumps(form)), edition=load("2024").edition())
    return _packed(fill(form, mixed_hand(number)))


def _packed(data: bytes) -> bytes:
    """Every part deflated, as office programs do."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return out.getvalue()


def _make(folder: Path, number: int) -> None:
    for at, form in enumerate(society(number)):
        name = f"{number:04d}-{at}.docx"
        (folder / name).write_bytes(file_of(form, number * EACH + at))


def make(folder: Path, forms: int) -> None:
    """Fill ``folder`` with forms of ``forms // EACH`` societies."""
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        list(pool.map(functools.partial(_make, folder), range(forms // EACH), chunksize=4))


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]))
