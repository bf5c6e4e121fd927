"""Papers of the demo: a sealed scan, a letter from a society's mailbox, words that people give as reasons."""

from __future__ import annotations

import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from importlib.resources import files

from ketuan.documents.writing import write_docx
from ketuan.documents.writing.pdf import typeset
from ketuan.programme.demo.values import Corps
from ketuan.records.models import Organisation

CONTACT = {
    "mailbox": "kjfwt@example.cn",
    "address": "北京市海淀区演示路 3 号",
    "postcode": "100000",
    "recipient": "项目办（演示）",
    "people": "闻老师",
    "phone": "010-00000000",
    "hours": "工作日 9:00–17:00",
}
"""Invented; the real ones are set by the office."""
REASONS = {
    "corps.size": "其余团员正在办理本单位手续，立项前补齐。",
    "corps.youth": "青年专家正在所在单位履行程序，月底前补充到位。",
}
REASON = "已与服务地区核对，情况属实，相关说明见附件。"


PAGES = 1
"""Of a scan."""


def scan(corps: Corps) -> bytes:
    """The page that is signed and sealed, as a PDF; its seal says that it is none."""
    form, source = corps.form, files("ketuan.programme.demo") / "data" / "scan.typ"
    names = {"leader": form.leader.name, "head": form.society.head.name}
    return typeset(source.read_bytes(), {"title": form.cover.title, "society": form.society.name, **names})


def mail(corps: Corps, society: Organisation, sent: datetime.datetime) -> bytes:
    """A letter as the call asks for it (通知 四.2): subject with the society's name, form and scans attached."""
    letter = EmailMessage()
    letter["Subject"] = f"2024年“科创中国”科技服务团项目—{society.name}"
    letter["From"] = f"{corps.form.society.contact.name} <{corps.form.cover.email or 'office@example.cn'}>"
    letter["To"] = CONTACT["mailbox"]
    letter["Date"] = format_datetime(sent - datetime.timedelta(minutes=2))
    letter["Message-ID"] = f"<{corps.key}@example.cn>"
    letter.set_content(f"各位老师：\n\n现报送我单位《{corps.title}》申报材料，请查收。\n\n{society.name}")
    word = "vnd.openxmlformats-officedocument.wordprocessingml.document"
    letter.add_attachment(write_docx(corps.form), maintype="application", subtype=word, filename="项目申报书.docx")
    for name in ("签字盖章扫描件.pdf", "省级科协同意推荐申报的说明材料.pdf"):
        letter.add_attachment(scan(corps), maintype="application", subtype="pdf", filename=name)
    return letter.as_bytes()
