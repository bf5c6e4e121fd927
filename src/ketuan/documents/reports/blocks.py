"""Findings that are mended in the same way, told together: sixty empty cells are one thing to do, not sixty.

A block says its fix and its clause once, and of every finding what the block has not said yet. Nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from .digest import GROUPS, Evidence, Finding, Side, cited, spoken, united

JOINT = " · "
AGAIN = "见上"
_CELL = re.compile(r"第\d+个表(?:第\d+行)?(?:第\d+格)?")
_SHEET = re.compile(r"第\d+张表")
_NUMBERED = re.compile(r"[一二三四五六七八九十]+、")


@dataclass(frozen=True, slots=True)
class Item:
    """One finding of a block, without what its block or its message says already."""

    rule: str
    says: str  # its own message; "" where the head of the block says it
    place: str
    found: str
    wanted: str
    section: str  # where `Block.listed`: the part of the paper, the cell's name in it, and the cell
    name: str
    cell: str


@dataclass(frozen=True, slots=True)
class Block:
    weight: str
    head: str
    fix: str
    law: tuple[tuple[str, str], ...]  # clause, its sentence; where the sentence was said before, `AGAIN`
    items: tuple[Item, ...]
    listed: bool  # the head says what is wrong with all of them, only the places differ

    @property
    def sections(self) -> list[tuple[str, list[Item]]]:
        return [(name, list(items)) for name, items in groupby(self.items, key=lambda item: item.section)]


def blocks(
    findings: Iterable[Finding], clauses: Mapping[str, str], names: Mapping[str, str] | None = None
) -> list[Block]:
    """The findings in blocks, in their order; no fix and no sentence of a clause stands in two of them.

    `names` gives a place, by path, to findings that bring none.
    """
    together: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        together.setdefault((finding.weight, finding.clause, finding.fix or f"\n{finding.rule}"), []).append(finding)
    fixes: dict[str, str] = {}
    told: set[str] = set()
    return [_block(mine, clauses, names or {}, fixes, told) for mine in together.values()]


def _block(
    mine: Sequence[Finding], clauses: Mapping[str, str], names: Mapping[str, str], fixes: dict[str, str], told: set[str]
) -> Block:
    first = mine[0]
    head, listed = _head(mine)
    law = tuple(_law(mine, clauses, told))
    fix = first.fix
    if fix and fix in fixes:
        fix = f"与“{fixes[fix]}”相同。"
    elif fix:
        fixes[fix] = head.rstrip("。")
    items = tuple(_item(f, names, said=len(mine) == 1 or listed) for f in mine)
    return Block(first.weight, head, fix, law, items, listed)


def _head(mine: Sequence[Finding]) -> tuple[str, bool]:
    """What a block is about, and whether that says it all but for the places."""
    if len(mine) == 1:
        return mine[0].message, False
    lacks = [_lack(f) for f in mine]
    if all(lacks):
        return f"{len(mine)} 栏{'或'.join(dict.fromkeys(lacks))}", True
    if len({f.message for f in mine}) == 1 and all(f.place for f in mine):
        return f"{mine[0].message.rstrip('。')}，共 {len(mine)} 处", True
    groups = dict.fromkeys(f.rule.partition(".")[0] for f in mine)
    return f"{'、'.join(GROUPS.get(code, '其他') for code in groups)} {len(mine)} 处", False


def _lack(finding: Finding) -> str:
    """没有填写, of “封面 · 手机”没有填写。"""
    labels, _ = _parted(finding.place)
    rest = finding.message.removeprefix(f"“{JOINT.join(labels)}”")
    plain = labels and rest != finding.message and not finding.found and not finding.wanted
    return rest.rstrip("。") if plain else ""


def _item(finding: Finding, names: Mapping[str, str], *, said: bool) -> Item:
    labels, cell = _parted(finding.place or names.get(finding.path, ""))
    found, wanted = _news(finding.found, finding.message), _news(finding.wanted, finding.message)
    fore = 2 if len(labels) > 1 and _SHEET.fullmatch(labels[1]) else 1
    return Item(
        rule=finding.rule,
        says="" if said else finding.message,
        place=JOINT.join(filter(None, (*_unsaid(labels, finding.message), cell))),
        found=found,
        wanted="" if not finding.found and wanted.isdigit() else wanted,  # a bare number is the answer to another one
        section=JOINT.join(labels[:fore]),
        name=JOINT.join(labels[fore:]),
        cell=cell,
    )


def _parted(place: str) -> tuple[list[str], str]:
    """A place as its labels, outermost first, and its cell."""
    parts = place.split(JOINT) if place else []
    return [p for p in parts if not _CELL.fullmatch(p)], JOINT.join(p for p in parts if _CELL.fullmatch(p))


def _unsaid(labels: list[str], message: str) -> list[str]:
    """The labels down to the innermost that the message does not name itself."""
    while labels and _NUMBERED.sub("", labels[-1], count=1) in message:
        labels = labels[:-1]
    return labels


def _news(value: str, message: str) -> str:
    """The value as the paper would write it, or nothing where the message has told it in other words around it."""
    value = spoken(value)
    parts = [part for part in value.split("、") if part]
    return "" if parts and all(_told(part, message) for part in parts) else value


def _told(part: str, message: str) -> bool:
    """Whether the message holds the part, a number as a whole number."""
    return re.search(rf"(?<![\d.]){re.escape(part)}(?!\.?\d)", message) is not None


def _law(mine: Sequence[Finding], clauses: Mapping[str, str], told: set[str]) -> Iterator[tuple[str, str]]:
    """Of a rule that rests on several clauses, those its messages name, if they name any."""
    law = cited(mine[0].clause, clauses)
    named = [one for one in law if any(one[0] in f.message for f in mine)]
    for one, sentence in named or law:
        yield one, AGAIN if sentence and sentence in told else sentence
        told.add(sentence)


def merged(evidence: Iterable[Evidence]) -> list[Evidence]:
    """The evidence, where several pieces quote the very same texts as one: three cities of one line are one comparison."""
    together: dict[tuple[object, ...], list[Evidence]] = {}
    for proof in evidence:
        key = tuple((side.file, side.place, side.text) for side in proof.sides)
        together.setdefault((proof.kind, proof.score, key), []).append(proof)
    return [_merged(proofs) for proofs in together.values()]


def _merged(proofs: Sequence[Evidence]) -> Evidence:
    if len(proofs) == 1:
        return proofs[0]
    label = "、".join(dict.fromkeys(proof.label for proof in proofs))
    sides: list[Side] = []
    for same in zip(*(proof.sides for proof in proofs), strict=True):
        sides.append(replace(same[0], pieces=united([side.pieces for side in same])))
    return replace(proofs[0], label=label, sides=tuple(sides))
