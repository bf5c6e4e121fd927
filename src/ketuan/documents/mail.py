"""A mail file (.eml) → who wrote when about what, with the text and the attachments; archives among them are opened.

Headers come as mail programs really write them: encoded words cut in the middle of a character, bare GBK or UTF-8, names
after RFC 2231 or merely in quotes. Bounds: 50 MB, 300 parts, 10 levels; 200 files of together 200 MB out of archives.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import email
import email.policy
import email.utils
import quopri
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Any

from ketuan.documents.errors import Unreadable
from ketuan.documents.sniffing import sniff
from ketuan.documents.unpacking import Room, unpacked

MAX_BYTES = 50 << 20
MAX_PARTS, MAX_DEPTH = 300, 10
MAX_TEXT, MAX_PAGE = 200_000, 200_000
MAX_FIELD = 20_000
MAX_HEAD = 1 << 20
MAX_LINES, MAX_WORK = 1_500_000, 20_000_000
"""The parser of the standard library holds every line against every open boundary."""
MAX_FILES, MAX_UNPACKED = 200, 200 << 20


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    content_type: str
    """By content, not as the mail says."""
    data: bytes
    inside: str = ""
    """Name of the archive it came out of."""


@dataclass(frozen=True, slots=True)
class Letter:
    message_id: str
    sender: str
    """The address; empty where the mail names none."""
    sender_name: str
    subject: str
    sent_at: datetime.datetime | None
    """As the sender's machine says; with a zone."""
    arrived_at: datetime.datetime | None
    """As the last mail server says that passed it on; with a zone."""
    text: str
    attachments: tuple[Attachment, ...]


def read_letter(data: bytes) -> Letter:
    """The mail in ``data``; Unreadable, with a Chinese reason, where it is none or out of bounds."""
    if not data.strip():
        raise Unreadable("邮件文件是空的。请重新导出再传。")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"邮件有 {len(data) >> 20} MB，超过 {MAX_BYTES >> 20} MB。请让对方分几封发送。")
    if sniff(data[:65_536], "mail.eml").kind != "eml":
        raise Unreadable("这不是邮件文件（.eml）。请在邮箱里用“导出邮件”或“另存为 eml”得到它。")
    lines = data.count(b"\n") + data.count(b"\r") - data.count(b"\r\n")
    levels = len(re.findall(rb"(?i)boundary|message/rfc822", data))
    head = re.search(rb"\r?\n\r?\n", data)
    if lines > MAX_LINES or lines * (levels + 1) > MAX_WORK or (head.start() if head else len(data)) > MAX_HEAD:
        raise _too_nested()
    try:
        message = email.message_from_bytes(data, policy=email.policy.default)
        parts = list(_parts(message, 0))
    except RecursionError:
        raise _too_nested() from None
    top = _Head(message)
    name, address = _sender(top.bare("from")[:2_000])
    return Letter(
        message_id=top.text("message-id").strip("<> "),
        sender=_decoded(address).strip(),
        sender_name=_decoded(name).strip(),
        subject=top.text("subject"),
        sent_at=_moment(top.bare("date")),
        arrived_at=_moment(top.bare("received").rpartition(";")[2]),
        text=_body(parts),
        attachments=tuple(_attachments(parts)),
    )


def _too_nested() -> Unreadable:
    return Unreadable("邮件套得太深或部分太多，已停止读取。请让对方新写一封邮件，直接附上文件再发。")


# ---- parts -----------------------------------------------------------------------------------------------------------


def _parts(message: Message, depth: int) -> Iterator[Message]:
    """The leaves, forwarded mails opened."""
    count = 0
    todo: list[tuple[Any, int]] = [(message, depth)]
    while todo:
        part, level = todo.pop()
        count += 1
        if level > MAX_DEPTH or count > MAX_PARTS:
            raise _too_nested()
        below = part.get_payload()
        if isinstance(below, list):
            todo += [(child, level + 1) for child in reversed(below)]
        else:
            yield part


def _body(parts: list[Message]) -> str:
    """The first plain text, else the first page without its marks."""
    for wanted in ("text/plain", "text/html"):
        for part in parts:
            if _kind(part) == wanted and not _file_name(part) and not _attached(part):
                said = _text(_content(part), _Head(part).parameter("content-type", "charset"))
                shown = _stripped(said) if wanted == "text/html" else said
                if shown.strip():
                    return shown.replace("\r\n", "\n").strip()[:MAX_TEXT]
    return ""


def _attachments(parts: list[Message]) -> Iterator[Attachment]:
    room = Room(MAX_FILES, MAX_UNPACKED)
    for number, part in enumerate(parts, 1):
        name, kind = _file_name(part), _kind(part)
        if not name and kind in ("text/plain", "text/html") and not _attached(part):
            continue
        data = _content(part)
        if not name and not data:
            continue
        name = _safe(name) or f"附件{number}"
        found = sniff(data, name)
        if found.kind != "zip":
            yield Attachment(name, found.content_type, data)
            continue
        for path, inner in unpacked(data, name, room):
            yield Attachment(_safe(path), sniff(inner, path).content_type, inner, inside=name)


def _kind(part: Message) -> str:
    return _Head(part).bare("content-type").partition(";")[0].strip().lower() or "text/plain"


def _attached(part: Message) -> bool:
    return _Head(part).bare("content-disposition").strip().lower().startswith("attachment")


def _content(part: Message) -> bytes:
    payload = part.get_payload()
    raw = payload.encode("ascii", "surrogateescape") if isinstance(payload, str) and _is_raw(payload) else None
    if raw is None:
        raw = str(payload).encode("utf-8", "replace")
    match _Head(part).bare("content-transfer-encoding").strip().lower():
        case "base64":
            return _unbased(raw)
        case "quoted-printable":
            return quopri.decodestring(raw)
    return raw


def _is_raw(payload: str) -> bool:
    """True for what the parser made of bytes; it keeps those above 127 as lone surrogates."""
    return payload.isascii() or all(ord(sign) < 128 or 0xDC80 <= ord(sign) <= 0xDCFF for sign in payload)


def _unbased(raw: bytes) -> bytes:
    """Base64 as far as it goes: signs that do not belong are left out, a cut end is padded."""
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return base64.b64decode(kept + b"=" * (-len(kept) % 4))
    except binascii.Error:
        return b""


def _file_name(part: Message) -> str:
    head = _Head(part)
    return head.parameter("content-disposition", "filename") or head.parameter("content-type", "name")


def _safe(name: str) -> str:
    """The last step of a path, without signs that no file name has."""
    last = re.split(r"[\\/]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", last).strip(" .")[:200]


# ---- headers ---------------------------------------------------------------------------------------------------------


class _Head:
    """Header fields of a part as they stand, the first of each name."""

    def __init__(self, part: Message) -> None:
        self._fields: dict[str, str] = {}
        for name, value in part.raw_items():
            self._fields.setdefault(name.lower(), str(value))

    def bare(self, name: str) -> str:
        """On one line, bytes above 127 turned into text, encoded words left as they are."""
        raw = (
            re.sub(r"\r?\n(?=[ \t])", "", self._fields.get(name, "")[:MAX_FIELD]).replace("\r", " ").replace("\n", " ")
        )
        if raw.isascii():
            return raw
        if _is_raw(raw):
            return _text(raw.encode("ascii", "surrogateescape"), "")
        return raw.encode("utf-8", "replace").decode("utf-8")

    def text(self, name: str) -> str:
        return " ".join(_decoded(self.bare(name)).split())

    def parameter(self, field: str, name: str) -> str:
        """``filename`` and the like: RFC 2231 with or without pieces, quoted, or encoded words."""
        pieces: dict[str, str] = {}
        for found in re.finditer(
            r""";\s*([\w!#$&.+^`|~-]+(?:\*\d+)?\*?)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)""", self.bare(field)
        ):
            key, value = found.group(1).lower(), found.group(2).strip()
            if value.startswith('"'):
                value = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.endswith('"') else value[1:]
            pieces.setdefault(key, value)
        whole = _joined(pieces, name)
        return whole if whole is not None else _decoded(pieces.get(name, "")).strip()


def _joined(pieces: dict[str, str], name: str) -> str | None:
    """RFC 2231: ``filename*``, or ``filename*0*``, ``filename*1`` … put together; None where there is neither."""
    if f"{name}*" in pieces:
        parts = [(pieces[f"{name}*"], True)]
    else:
        parts = []
        while len(parts) < 100:
            key = f"{name}*{len(parts)}"
            if f"{key}*" in pieces:
                parts.append((pieces[f"{key}*"], True))
            elif key in pieces:
                parts.append((pieces[key], False))
            else:
                break
    if not parts:
        return None
    charset, raw = "", b""
    for number, (value, coded) in enumerate(parts):
        if coded and number == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        raw += urllib.parse.unquote_to_bytes(value) if coded else value.encode()
    return _text(raw, charset)


_WORD = re.compile(r"=\?([^?*\s]+)(?:\*[^?]*)?\?([bBqQ])\?([^?]*)\?=")


def _decoded(text: str) -> str:
    """Encoded words opened; neighbours of one charset are joined first, for many programs cut characters in two."""
    out: list[str] = []
    at, charset, held = 0, "", b""
    for word in _WORD.finditer(text):
        between = text[at : word.start()]
        raw = _unbased(word[3].encode()) if word[2] in "bB" else quopri.decodestring(word[3].encode(), header=True)
        if held and not between.strip() and word[1].lower() == charset:
            held += raw
        else:
            out.append(_text(held, charset))
            out.append(between if between.strip() or not out[-1] else "")
            charset, held = word[1].lower(), raw
        at = word.end()
    out.append(_text(held, charset))
    out.append(text[at:])
    return "".join(out)


def _text(raw: bytes, charset: str) -> str:
    """Bytes as text: as they say, else UTF-8, else GB 18030 (which contains GBK and GB 2312)."""
    said = charset.strip().lower()
    said = (
        "gb18030" if said.replace("_", "-") in ("gb2312", "gbk", "gb-2312-80", "cp936", "x-gbk", "hz-gb2312") else said
    )
    for name in dict.fromkeys((said, "utf-8", "gb18030")):
        try:
            return raw.decode(name) if name else raw.decode("ascii")
        except (LookupError, ValueError):
            continue
    return raw.decode("gb18030", "replace")


def _sender(text: str) -> tuple[str, str]:
    """Name and address of the first sender. Own, for the standard library's parser stops at nested comments."""
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', lambda quoted: " " * len(quoted.group()), text)
    if found := re.search(r"<([^<>]*)>", bare):
        name = text[: found.start()].strip()
        return re.sub(r"\\(.)", r"\1", name[1:-1]) if len(name) > 1 and name[0] == name[-1] == '"' else name, found[1]
    plain = re.search(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+", bare)
    return "", plain.group() if plain else ""


def _moment(text: str) -> datetime.datetime | None:
    try:
        at = email.utils.parsedate_to_datetime(text.strip()[:100])
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=datetime.UTC)


_LINES = frozenset(("p", "div", "br", "tr", "li", "h1", "h2", "h3", "table"))
_SILENT = frozenset(("script", "style", "head", "title"))


def _stripped(page: str) -> str:
    """The words of a page. lxml, for the parser of the standard library stops at some broken pages."""
    from lxml import etree

    plain = page[:MAX_PAGE].replace("\x00", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    said: list[str] = []
    silent = 0
    root: Any
    try:
        root = etree.fromstring(plain, parser)
    except etree.XMLSyntaxError:
        return ""
    for event, element in etree.iterwalk(root, events=("start", "end")) if root is not None else ():
        if event == "start":
            silent += element.tag in _SILENT
            said += ["\n" if element.tag in _LINES else "", element.text or ""] if not silent else []
        else:
            silent -= element.tag in _SILENT
            said += [element.tail or ""] if not silent else []
    lines = (" ".join(line.split()) for line in "".join(said).split("\n"))
    return "\n".join(line for line in lines if line)
