"""Mails as mail programs really write them."""

from __future__ import annotations

import base64
import contextlib
import datetime
import email.message
import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.documents.test_sniffing import picture

from ketuan.documents.errors import Unreadable
from ketuan.documents.mail import read_letter

SUBJECT = "2024年“科创中国”科技服务团项目—中国澄澜技术学会"
BEIJING = datetime.timezone(datetime.timedelta(hours=8))
HEAD = b"From: a@example.cn\r\nMessage-ID: <1@example.cn>\r\nMIME-Version: 1.0\r\n"


def b64(text: str, code: str) -> bytes:
    return base64.b64encode(text.encode(code))


def word(text: str, code: str) -> bytes:
    return b"=?%s?B?%s?=" % (code.encode(), b64(text, code))


def mixed(*parts: bytes, head: bytes = HEAD + b"Subject: x\r\n") -> bytes:
    body = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts)
    return head + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n' + body + b"--b--\r\n"


def part(headers: bytes, data: bytes) -> bytes:
    return headers + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(data)


def names(data: bytes) -> list[str]:
    return [one.name for one in read_letter(data).attachments]


def test_an_ordinary_mail() -> None:
    message = email.message.EmailMessage()
    message["From"] = "诸葛清和 <zhuge@example.cn>"
    message["Subject"] = SUBJECT
    message["Date"] = datetime.datetime(2024, 5, 20, 14, 3, 21, tzinfo=BEIJING)
    message["Message-ID"] = "<1@example.cn>"
    message["Received"] = "from x by y; Mon, 20 May 2024 06:05:00 +0000"
    message.set_content("材料请见附件。\n")
    message.add_alternative("<p>材料</p>", subtype="html")
    message.add_attachment(
        picture("PNG"), maintype="application", subtype="octet-stream", filename="签字盖章扫描件.png"
    )
    letter = read_letter(message.as_bytes())
    assert (letter.sender, letter.sender_name, letter.subject) == ("zhuge@example.cn", "诸葛清和", SUBJECT)
    assert (letter.message_id, letter.text) == ("1@example.cn", "材料请见附件。")
    assert letter.sent_at == datetime.datetime(2024, 5, 20, 14, 3, 21, tzinfo=BEIJING)
    assert letter.arrived_at == datetime.datetime(2024, 5, 20, 14, 5, tzinfo=BEIJING)
    assert [(a.name, a.content_type, a.data, a.inside) for a in letter.attachments] == [
        ("签字盖章扫描件.png", "image/png", picture("PNG"), "")
    ]


@pytest.mark.parametrize(
    "subject",
    [
        word(SUBJECT, "gb18030"),
        b"=?GB2312?B?" + b64(SUBJECT, "gbk") + b"?=",
        b"=?utf-8?B?%s?=\r\n =?utf-8?B?%s?="
        % (base64.b64encode(SUBJECT.encode()[:10]), base64.b64encode(SUBJECT.encode()[10:])),
        SUBJECT.encode("gbk"),
        SUBJECT.encode("utf-8"),
        b"=?x-unknown?B?" + b64(SUBJECT, "utf-8") + b"?=",
        word(SUBJECT[:9], "utf-8") + b"\r\n\t" + word(SUBJECT[9:], "gbk"),
        word(SUBJECT, "utf-8").replace(b"==?=", b"?=").replace(b"=?=", b"?="),
    ],
    ids=[
        "gb18030",
        "gbk called gb2312",
        "cut in a character",
        "bare gbk",
        "bare utf-8",
        "unknown",
        "two codes",
        "no padding",
    ],
)
def test_a_subject_in_any_dress(subject: bytes) -> None:
    assert read_letter(HEAD + b"Subject: " + subject + b"\r\n\r\nx").subject == SUBJECT


NAME = "项目申报书（终版）.docx"


@pytest.mark.parametrize(
    "header",
    [
        b'Content-Disposition: attachment; filename="' + word(NAME, "gbk") + b'"',
        b"Content-Disposition: attachment; filename*=utf-8''" + b"".join(b"%%%02X" % c for c in NAME.encode()),
        b"Content-Disposition: attachment; filename*=GB2312''" + b"".join(b"%%%02X" % c for c in NAME.encode("gbk")),
        b"Content-Disposition: attachment;\r\n filename*0*=utf-8''"
        + b"".join(b"%%%02X" % c for c in NAME.encode()[:10])
        + b";\r\n filename*1*="
        + b"".join(b"%%%02X" % c for c in NAME.encode()[10:]),
        b'Content-Disposition: attachment; filename="' + NAME.encode("gbk") + b'"',
        b'Content-Disposition: attachment; filename="' + NAME.encode() + b'"',
        b'Content-Type: application/octet-stream;\r\n\tname="' + word(NAME, "utf-8") + b'"',
        b'Content-Disposition: attachment; filename="C:\\\\a\\\\' + NAME.encode() + b'"',
    ],
    ids=[
        "words",
        "rfc2231",
        "rfc2231 gbk",
        "rfc2231 pieces",
        "bare gbk",
        "bare utf-8",
        "name of the type",
        "with path",
    ],
)
def test_a_file_name_in_any_dress(header: bytes) -> None:
    assert names(mixed(part(header, b"x"))) == [NAME]


def packed(names: dict[str, bytes], code: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in names.items():
            archive.writestr(name, data)
    raw = out.getvalue()
    if code == "utf-8":
        return raw
    for name in names:  # as Windows packs: the bytes of its code page, no mark; padded to the same length
        raw = raw.replace(name.encode(), name.encode(code).ljust(len(name.encode()), b"_"))
    return raw.replace(b"\x14\x00\x00\x08", b"\x14\x00\x00\x00")


@pytest.mark.parametrize("code", ["utf-8", "gbk"])
def test_archives_are_opened_and_their_names_read(code: str) -> None:
    data = packed({"材料/申报书.docx": b"x", "__MACOSX/a": b"y", "材料/扫描件.png": picture("PNG")}, code)
    letter = read_letter(mixed(part(b'Content-Disposition: attachment; filename="all.zip"', data)))
    assert [(a.name.rstrip("_"), a.inside) for a in letter.attachments] == [
        ("申报书.docx", "all.zip"),
        ("扫描件.png", "all.zip"),
    ]
    assert letter.attachments[1].content_type == "image/png"


def test_an_archive_in_an_archive_is_opened_once() -> None:
    inner = packed({"a.txt": b"x"}, "utf-8")
    data = packed({"内.zip": packed({"再内.zip": inner, "b.txt": b"y"}, "utf-8")}, "utf-8")
    assert names(mixed(part(b'Content-Disposition: attachment; filename="all.zip"', data))) == ["再内.zip", "b.txt"]


def test_archives_out_of_bounds_locked_or_broken_are_told() -> None:
    def said(data: bytes) -> str:
        with pytest.raises(Unreadable) as told:
            read_letter(mixed(part(b'Content-Disposition: attachment; filename="all.zip"', data)))
        return str(told.value)

    good = packed({"a.txt": b"x" * 100}, "utf-8")
    locked = bytearray(good)
    locked[good.index(b"PK\x01\x02") + 8] |= 1
    assert said(bytes(locked)) == "压缩包“all.zip”设了密码，解不开。请去掉密码再发。"
    assert said(good.replace(b"x" * 100, b"y" * 100)) == "压缩包“all.zip”已损坏，解不开。请重新压缩成 .zip 再发。"
    many = packed({f"{n}.txt": b"x" for n in range(300)}, "utf-8")
    assert said(many) == "压缩包“all.zip”里的文件太多或太大，已停止解压。请只放申报材料，分成几个再发。"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * (210 << 20))
    assert said(out.getvalue()) == "压缩包“all.zip”里的文件太多或太大，已停止解压。请只放申报材料，分成几个再发。"


def test_a_forwarded_mail_gives_its_attachments() -> None:
    inner = mixed(part(b'Content-Disposition: attachment; filename="a.pdf"', b"%PDF-1.4"))
    assert names(mixed(b"Content-Type: message/rfc822\r\n\r\n" + inner)) == ["a.pdf"]


def test_a_page_is_shown_as_its_words() -> None:
    page = "<html><head><title>t</title><style>p{}</style></head><body><p>尊敬的&nbsp;老师：</p><div>材料<b>请查收</b></div></body>"
    data = mixed(b"Content-Type: text/html; charset=gbk\r\n\r\n" + page.encode("gbk"))
    assert read_letter(data).text == "尊敬的 老师：\n材料请查收"


def test_a_mail_without_day_or_sender_is_still_read() -> None:
    letter = read_letter(b"Subject: x\r\nMIME-Version: 1.0\r\nDate: yesterday\r\n\r\nx")
    assert (letter.sender, letter.sent_at, letter.arrived_at, letter.attachments) == ("", None, None, ())


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        (b'"Real <fake@example.cn>" <a@example.cn>', "Real <fake@example.cn>", "a@example.cn"),
        (b"a@example.cn, b@example.cn", "", "a@example.cn"),
        (b"=?gbk?B?" + b64("学会, 秘书处", "gbk") + b"?= <a@example.cn>", "学会, 秘书处", "a@example.cn"),
        ("学会秘书处<a@example.cn>".encode("gbk"), "学会秘书处", "a@example.cn"),
        (b'"\\"x\\"" <a@example.cn>', '"x"', "a@example.cn"),
        (b"(" * 1_000_000, "", ""),
        (b"<" * 1_000_000, "", ""),
    ],
    ids=["name that looks like an address", "two", "comma in a word", "bare gbk", "quotes", "comments", "angles"],
)
def test_the_sender_in_any_dress(header: bytes, name: str, address: str) -> None:
    letter = read_letter(b"Subject: x\r\nMIME-Version: 1.0\r\nFrom: " + header + b"\r\n\r\nx")
    assert (letter.sender_name, letter.sender) == (name, address)


@pytest.mark.parametrize("mark", ["<![", "<!--", "<a b='", "<script>", "<p>" * 300, "&#0;", "<?"])
def test_a_broken_page_is_read_as_far_as_it_goes(mark: str) -> None:
    page = f"<p>前</p>{mark * 100}".encode()
    assert read_letter(HEAD + b"Content-Type: text/html; charset=utf-8\r\n\r\n" + page).text.startswith("前")


def test_a_day_without_a_zone_gets_one() -> None:
    letter = read_letter(HEAD + b"Date: Mon, 20 May 2024 14:03:21 -0000\r\n\r\nx")
    assert letter.sent_at == datetime.datetime(2024, 5, 20, 14, 3, 21, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"  ", "邮件文件是空的"),
        (b"%PDF-1.4", "这不是邮件文件"),
        (HEAD + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(50)), "套得太深"),
        (HEAD + b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(900)), "套得太深"),
        (mixed(*[b"Content-Type: text/plain\r\n\r\nx"] * 400), "套得太深或部分太多"),
    ],
    ids=["empty", "no mail", "deep", "very deep", "many"],
)  # fmt: skip
def test_what_is_no_mail_or_out_of_bounds_says_why(data: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        read_letter(data)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=600))
def test_whatever_follows_the_head_is_read_or_refused(tail: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert read_letter(HEAD + tail).sender == "a@example.cn"
