"""The stamp of a frozen version stands at the foot of every page and changes nothing else."""

from __future__ import annotations

import io
import re
import zipfile

from hypothesis import HealthCheck, given, settings
from tests.documents.test_writing import bare, sample
from tests.forms.strategies import forms

from ketuan.documents.qr import qr_png
from ketuan.documents.reading import read
from ketuan.documents.writing import Stamp, write_docx, write_pdf
from ketuan.forms.application import Application

STAMP = Stamp("KT7Q-3M9X", "https://ketuan.example.cn/v/KT7Q3M9X", "已提交 2024年5月20日 14:03:21 <&>")


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_both_footers_of_the_word_file_bear_code_note_and_qr() -> None:
    found = parts(write_docx(sample(), stamp=STAMP))
    footers = [part.decode() for name, part in found.items() if re.fullmatch(r"word/footer\d\.xml", name)]
    assert [("KT7Q-3M9X" in one, "14:03:21 &lt;&amp;&gt;" in one, "w:drawing" in one) for one in footers] == [
        (True, True, True)
    ] * 2
    assert [part for name, part in found.items() if name.startswith("word/media/")] == [qr_png(STAMP.url)]
    # the cover has no number, the other pages have one
    assert sorted("PAGE" in one for one in footers) == [False, True]


def test_without_a_stamp_there_is_no_trace_of_one() -> None:
    plain, found = parts(write_docx(sample())), parts(write_docx(sample(), stamp=STAMP))
    assert [name for name in plain if "media" in name or "footer2" in name] == []
    assert not any(b"@@" in part for part in (*plain.values(), *found.values()))
    body = re.compile(rb"<w:sectPr.*</w:sectPr>", re.DOTALL)
    assert body.sub(b"", plain["word/document.xml"]) == body.sub(b"", found["word/document.xml"])


def test_two_stamps_do_not_mix() -> None:
    other = Stamp("KT00-0000", "https://ketuan.example.cn/v/KT000000", "已提交")
    assert write_docx(sample(), stamp=STAMP) == write_docx(sample(), stamp=STAMP)
    found = parts(write_docx(sample(), stamp=other))
    assert not any(b"KT7Q-3M9X" in part for part in found.values())
    assert found["word/media/image1.png"] == qr_png(other.url)


def test_every_page_of_the_pdf_bears_the_stamp_and_no_page_is_added() -> None:
    import pypdfium2

    with (
        pypdfium2.PdfDocument(write_pdf(sample(), stamp=STAMP)) as stamped,
        pypdfium2.PdfDocument(write_pdf(sample())) as plain,
    ):
        assert len(stamped) == len(plain)
        said = [bare(page.get_textpage().get_text_bounded()) for page in stamped]
        assert [("短码KT7Q-3M9X" in one, "已提交2024年5月20日14:03:21<&>" in one) for one in said] == [
            (True, True)
        ] * len(said)
        assert "短码" not in "".join(page.get_textpage().get_text_bounded() for page in plain)


def test_a_stamped_form_is_read_back_without_any_remark() -> None:
    for seed in range(10):
        reading = read(write_docx(sample(seed), stamp=STAMP))
        assert (reading.form, reading.remarks) == (sample(seed), ())


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(forms())
def test_whatever_a_form_holds_a_stamp_adds_no_remark(form: Application) -> None:
    stamped, plain = read(write_docx(form, stamp=STAMP)), read(write_docx(form))
    assert (stamped.form, stamped.remarks) == (form, plain.remarks)
