"""Amounts in the sentence of the budget: what is no number is kept as it was written, never dropped in silence."""

import io
import zipfile

import pytest

from ketuan.documents.reading import read
from ketuan.documents.reading.values import amount_in_words
from ketuan.documents.writing import write_docx
from ketuan.forms.application import Application, Budget


def written(said: str) -> bytes:
    """A form whose 经费总预算 says this."""
    data = write_docx(Application(budget=Budget(total=90_000_000)))
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name == "word/document.xml":
                assert part.count(b"90.00") == 1
                part = part.replace(b"90.00", said.encode())
            after.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize("said", ["八十来万", "几十", "壹佰", "待定", "八十多"])
def test_an_amount_in_words_is_remarked(said: str) -> None:
    reading = read(written(said))
    assert reading.form.budget.total is None
    remark = next(r for r in reading.remarks if r.path == "budget.total")
    assert (remark.kind, said in remark.found) == ("unread", True)


@pytest.mark.parametrize("said", ["", "      ", "____", "/"])
def test_a_blank_is_no_amount_and_says_nothing(said: str) -> None:
    reading = read(written(said))
    assert reading.form.budget.total is None
    assert [r for r in reading.remarks if r.path.startswith("budget.")] == []


def test_the_printed_unit_is_no_amount() -> None:
    assert [amount_in_words(text) for text in ("万元", " 万 元", "（如没有可不填）", "其中")] == [False] * 4
