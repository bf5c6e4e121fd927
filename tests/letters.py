"""Letters as societies send them, for tests of the mailbox: a real Word form, scans, and whatever is wrong with them."""

from __future__ import annotations

import datetime
import io
import zipfile
from email.message import EmailMessage
from email.utils import format_datetime

from tests.rules import builder

from ketuan.documents.writing import write_docx
from ketuan.forms.application import Application
from ketuan.records import clock

SOCIETY = "中国云上测绘装备学会"
SUBJECT = "2024年“科创中国”科技服务团项目—"
ARRIVED = datetime.datetime(2024, 5, 10, 9, 20, tzinfo=clock.CHINA)
EDITOR = "editor@example.invalid"


def form(title: str = "", society: str = SOCIETY, number: int = 4) -> Application:
    filled = builder.clean(number)
    filled |= {"work_plan": builder.WORK_PLAN, "objectives": builder.OBJECTIVES}
    made = builder.application(filled)
    cover = {"applicant": society} | ({"title": title} if title else {})
    return made.model_copy(
        update={
            "society": made.society.model_copy(update={"name": society}),
            "cover": made.cover.model_copy(update=cover),
        }
    )


def word(title: str = "", society: str = SOCIETY) -> bytes:
    return write_docx(form(title, society))


def pdf(text: str = "scan") -> bytes:
    """A page with a line of its own, so that two of them differ."""
    stream = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % at for at in places)
    return out + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start


def zipped(**files: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return held.getvalue()


def complete(title: str = "") -> dict[str, bytes]:
    return {
        "项目申报书.docx": word(title),
        "签字盖章扫描件.pdf": pdf("signed"),
        "省级科协同意推荐申报的说明材料.pdf": pdf("consent"),
    }


def letter(
    files: dict[str, bytes] | None = None,
    *,
    subject: str = SUBJECT + SOCIETY,
    sender: str = EDITOR,
    message_id: str = "<1@example.invalid>",
    arrived: datetime.datetime | None = ARRIVED,
    text: str = "材料请见附件。\n",
    **headers: str,
) -> bytes:
    """An .eml; ``arrived`` is what the mail server noted."""
    made = EmailMessage()
    if arrived is not None:
        made["Received"] = f"from a by mx.example.invalid; {format_datetime(arrived)}"
    made["Date"] = "Mon, 06 May 2024 08:00:00 +0800"
    made["From"] = f"江晚晴 <{sender}>"
    made["To"] = "kjfwt@example.invalid"
    made["Subject"] = subject
    if message_id:
        made["Message-ID"] = message_id
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(text)
    for name, data in (complete() if files is None else files).items():
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes()
