"""Real filled forms with bytes flipped, tags lost, doubled or moved, ends cut off: one file a seed."""

from __future__ import annotations

import copy
import functools
import io
import random
import zipfile
from collections.abc import Callable

from lxml import etree
from tests.hands import EDITS, fill, mixed_hand, truth

MAIN = "word/document.xml"
FORMS = 12
GARBAGE = ("", "-1", "0", "1e9", "9" * 5000, "x", "☑", "D800", "1F", "true", "restart", "\u202e\u200b", "２０２４年")


@functools.cache
def form(number: int) -> bytes:
    """A filled form; every other one went through an edit as people and programs make them."""
    data = fill(truth(number), mixed_hand(number))
    if number % 2:
        change, _ = list(EDITS.values())[number * 7 % len(EDITS)]
        data = change(data)
    return slim(data)


def slim(data: bytes) -> bytes:
    """The form without its pictures and fonts, which nobody reads: a mutation then hits what matters."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name in (MAIN, "_rels/.rels", "[Content_Types].xml"):
                new.writestr(_undated(name), old.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def mutated(seed: int) -> bytes:
    chance = random.Random(seed)
    data = form(chance.randrange(FORMS))
    if chance.random() < 0.3:
        return chance.choice((_flipped, _cut, _spliced))(data, chance)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if chance.random() < 0.15:
        name = chance.choice([*parts, MAIN])
        parts[name] = chance.choice((_flipped, _cut, _spliced))(parts[name], chance)
    else:
        root = etree.fromstring(parts[MAIN])
        for _ in range(chance.choice((1, 1, 3, 10, 60))):
            elements = list(root.iter(etree.Element))
            if len(elements) > 1:
                chance.choice(CHANGES)(elements, chance)
        parts[MAIN] = etree.tostring(root, encoding=chance.choice(("UTF-8", "UTF-8", "UTF-16")))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name, part in parts.items():
            made.writestr(_undated(name), part)
    return out.getvalue()


def _undated(name: str) -> zipfile.ZipInfo:
    """An entry with a fixed date: by default it would carry the present one, and a seed would change with the clock."""
    return zipfile.ZipInfo(name, (2024, 5, 20, 9, 0, 0))


# ---- bytes -----------------------------------------------------------------------------------------------------------


def _flipped(data: bytes, chance: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(chance.choice((1, 2, 8, 40))):
        # the end of an archive is its directory: as likely to be hit as all the rest
        near_end = chance.random() < 0.4 and len(changed) > 400
        at = chance.randrange(len(changed) - 400, len(changed)) if near_end else chance.randrange(len(changed))
        changed[at] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _cut(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def _spliced(data: bytes, chance: random.Random) -> bytes:
    one, two = sorted(chance.randrange(len(data)) for _ in range(2))
    return chance.choice((data[:one] + data[two:], data[:two] + data[one:], data[two:] + data[:one]))


# ---- elements --------------------------------------------------------------------------------------------------------
Elements = list[etree._Element]


def _deleted(elements: Elements, chance: random.Random) -> None:
    lost = chance.choice(elements[1:])
    lost.getparent().remove(lost)


def _unwrapped(elements: Elements, chance: random.Random) -> None:
    opened = chance.choice(elements[1:])
    parent = opened.getparent()
    at = parent.index(opened)
    parent[at : at + 1] = list(opened)


def _doubled(elements: Elements, chance: random.Random) -> None:
    one = chance.choice(elements[1:])
    if sum(1 for _ in one.iter()) < 3000:
        one.addnext(copy.deepcopy(one))


def _moved(elements: Elements, chance: random.Random) -> None:
    one, to = chance.choice(elements[1:]), chance.choice(elements)
    if one is not to and one not in to.iterancestors():
        to.insert(chance.randrange(len(to) + 1), one)


def _copied(elements: Elements, chance: random.Random) -> None:
    one, to = chance.choice(elements[1:]), chance.choice(elements)
    if sum(1 for _ in one.iter()) < 3000:
        to.append(copy.deepcopy(one))


def _renamed(elements: Elements, chance: random.Random) -> None:
    chance.choice(elements[1:]).tag = chance.choice(elements[1:]).tag


def _attributed(elements: Elements, chance: random.Random) -> None:
    named = [e for e in elements if e.attrib]
    if named:
        one = chance.choice(named)
        one.set(chance.choice(list(one.attrib)), chance.choice(GARBAGE))


def _said(elements: Elements, chance: random.Random) -> None:
    spoken = [e for e in elements if e.text]
    if spoken:
        one, other = chance.choice(spoken), chance.choice(spoken)
        text = chance.choice((*GARBAGE, other.text, one.text * 40, one.text[::-1]))
        one.text = text.replace("\x00", "")


CHANGES: tuple[Callable[[Elements, random.Random], None], ...] = (
    _deleted,
    _unwrapped,
    _doubled,
    _moved,
    _copied,
    _renamed,
    _attributed,
    _said,
)
