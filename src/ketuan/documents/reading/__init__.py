"""A filled Word form → the form model, with the place of every value and remarks on what was not certain.

reading = read(data)            # bytes of a .docx or a .doc
reading.form, reading.remarks, reading.place("society.uscc")
"""

from __future__ import annotations

import functools
from typing import TypeVar

from pydantic import BaseModel

from ketuan.documents.errors import Unreadable
from ketuan.documents.reading.assemble import Assembler
from ketuan.documents.reading.labels import Plan
from ketuan.documents.reading.markup import blocks
from ketuan.documents.reading.package import main_part, sniff
from ketuan.documents.reading.walk import walk
from ketuan.forms.application import Application
from ketuan.forms.paper import PRINTED, Edition, paper
from ketuan.forms.remarks import Reading

__all__ = ["Unreadable", "read", "read_as"]

Form = TypeVar("Form", bound=BaseModel)
_LEAST_SECTIONS, _LEAST_LABELS = 3, 8


@functools.lru_cache(maxsize=8)
def _plan(model: type[BaseModel], edition: Edition) -> Plan:
    return Plan(paper(model, edition))


def read(data: bytes, *, edition: Edition = PRINTED) -> Reading[Application]:
    """Read a filled application form; Unreadable, with a Chinese reason, where the file is none.

    ``edition`` is what the call prints differently on the form.
    """
    return read_as(Application, data, edition=edition)


def read_as(model: type[Form], data: bytes, *, edition: Edition = PRINTED) -> Reading[Form]:
    """Read a filled paper of any ``model``."""
    if sniff(data) == "doc":
        from ketuan.documents.reading.legacy import docx_of  # a converter in a child process, seldom needed

        data = docx_of(data)
    plan = _plan(model, edition)
    found = walk(blocks(main_part(data)), plan)
    if len(found.sections) < _LEAST_SECTIONS or found.labels < _LEAST_LABELS:
        title = plan.annex_path and found.annexes
        raise Unreadable(
            "只找到难题基本情况表，没有找到申报书正文。请把申报书和难题表放在同一个 Word 文件里再交。"
            if title and not found.sections
            else "没有找到申报书的栏目，这不像是《项目申报书》。请用通知附件3的空白表填写。"
        )
    assembler = Assembler(found, plan)
    form = model.model_validate(assembler.data())
    return Reading(form, tuple(assembler.remarks), found.places)
