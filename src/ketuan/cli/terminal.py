"""The result as lines for a terminal: what is wrong, where, by which clause, what to do; a summary at the end.

Nothing of a stranger's text is taken as markup or as an escape sequence: `digest.clean` has replaced the control characters, and every
text goes through `rich.text.Text`, never through rich's markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

from ketuan.documents.reports.blocks import AGAIN, Block, Item, blocks, merged
from ketuan.documents.reports.digest import (
    ADVICE,
    KINDS,
    STATES,
    WEIGHTS,
    Digest,
    Evidence,
    Paper,
    cited,
    digest,
    letter,
)

if TYPE_CHECKING:
    from rich.text import Text

FEW = 30  # up to so many files are printed in full; of more, only those with something to mend
TEXTS = 12  # up to so many portfolio findings are printed with both texts
MOST = 60  # so many portfolio findings are printed at all
AROUND = 12  # characters printed on either side of what two texts share
NAMED = 36  # columns; a longer name of a cell does not move the column of places
SIGNS = {"block": "✗", "warn": "!", "note": "·", "pending": "?", "ready": "✓", "mend": "✗", "unreadable": "⊘"}
STYLES = {
    "block": "bold red",
    "warn": "bold yellow",
    "note": "blue",
    "pending": "dim",
    "ready": "bold green",
    "mend": "bold red",
    "unreadable": "bold magenta",
}
NARROW = 40  # columns; below that no layout helps

# A line may not begin with the first nor end with the second; a Latin word, a number or a clause (附件1 4) is not torn apart.
_CLOSING = "，。、；：？！）》」』】〕”’％%…·,.;:?!)]}"
_OPENING = "（《「『【〔“‘([{"
_UNITS = re.compile(rf"[{re.escape(_OPENING)}]*(?:附件\d+ \d[\d,]*|[!-~]+|.)[{re.escape(_CLOSING)}]*\s*", re.DOTALL)


def colour_wanted(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Colour is for a person at a terminal who has not asked for none (no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def show(result: Mapping[str, Any], clauses: Mapping[str, str], *, width: int, colour: bool) -> str:
    """The whole result as text of at most `width` columns, ending with a line break."""
    from rich.console import Console  # inline: `ketuan check --json` should not pay for rich

    width = max(width, NARROW)
    out = StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        no_color=not colour,
        color_system="standard" if colour else None,
        markup=False,
        highlight=False,
        emoji=False,
        legacy_windows=False,
    )
    for line in _report(digest(result), clauses, width=width, colour=colour):
        line.rstrip()  # an indent alone would leave blanks at the end of an empty line
        console.print(line, soft_wrap=True)
    return out.getvalue()


def _report(seen: Digest, clauses: Mapping[str, str], *, width: int, colour: bool) -> Iterator[Text]:
    short, gap = len(seen.papers) > FEW, True
    for paper in seen.papers:
        body = list(_body(paper, clauses, width, short)) if not short or paper.state != "ready" else []
        if body and not gap:
            yield _text()
        yield from _header(paper, width)
        yield from body
        if gap := bool(body):
            yield _text()
    if seen.papers and not gap:
        yield _text()
    if seen.portfolio:
        yield from _across(seen, clauses, width, colour)
    yield from _closing(seen, width)


def _header(paper: Paper, width: int) -> Iterator[Text]:
    line = _text(f"{SIGNS[paper.state]} ", STYLES[paper.state])
    line.append(paper.file, "bold")
    line.append(_named(paper.file, paper.title))
    line.append(" · ").append(STATES[paper.state], STYLES[paper.state])
    tally = {weight: paper.counts.get(weight, 0) - sum(f.weight == weight for f in paper.folded) for weight in WEIGHTS}
    for weight, word in WEIGHTS.items():
        if tally[weight]:
            line.append(" · ").append(f"{word} {tally[weight]}", STYLES[weight])
    if paper.overlaps:
        line.append(f" · 跨申报书 {len(paper.overlaps)}")
    yield from _folded(line, width, first=0, rest=2)


def _body(paper: Paper, clauses: Mapping[str, str], width: int, short: bool) -> Iterator[Text]:
    if paper.state == "unreadable":
        yield from _entry("原因", paper.reason or "没有说明原因。", width)
        yield from _entry("改法", ADVICE, width)
    for block in blocks(paper.findings, clauses):
        yield from _block(block, width, short)
    for remark in paper.remarks:
        yield from _folded(_text("~ 没有读准 ", "cyan").append(_flat(remark.message)), width, first=2, rest=4)
        yield from _entry("位置", remark.place, width)
        yield from _entry("原文", remark.found, width)


def _block(block: Block, width: int, short: bool) -> Iterator[Text]:
    yield from _folded(_weighed(block.weight, block.head), width, first=2, rest=4)
    if len(block.items) == 1:
        yield from _details(block.items[0], width)
    yield from _entry("改法", block.fix, width)
    yield from _law(block.law, width)
    if block.listed:
        yield from _places(block, width, short)
    elif len(block.items) > 1:
        for item in block.items:
            yield from _folded(_text("– ", "dim").append(_flat(item.says)), width, first=6, rest=8)
            yield from _details(item, width, first=8)


def _details(item: Item, width: int, first: int = 6) -> Iterator[Text]:
    yield from _entry("位置", item.place, width, first)
    yield from _entry("现为", item.found, width, first)
    yield from _entry("应为", item.wanted, width, first)


def _places(block: Block, width: int, short: bool) -> Iterator[Text]:
    """A line a place, under the part of the paper it stands in; in a long report a line a part."""
    from rich.cells import cell_len  # inline: see `show`

    told = [cell_len(item.name) + 2 if item.name else cell_len(item.section) for item in block.items]
    column = max((size for size in told if size <= NAMED), default=0)
    for section, items in block.sections:
        names = [item.name for item in items if item.name]
        if short:
            line = _text(section).append(f"：{'、'.join(names)}" if names else "")
            yield from _folded(line, width, first=6, rest=8)
            continue
        if names:
            yield from _folded(_text(section), width, first=6, rest=8)
        for item in items:
            name, first = (item.name, 8) if item.name else (section, 6)
            gap = " " * (max(column + 6 - first - cell_len(name), 0) + 2)
            yield from _folded(_text(name).append(f"{gap}{item.cell}", "dim"), width, first=first, rest=10)


def _across(seen: Digest, clauses: Mapping[str, str], width: int, colour: bool) -> Iterator[Text]:
    """What several papers share: the papers once, then what they share. A fix and a clause's sentence stand where they come first."""
    titles, told = {paper.file: paper.title for paper in seen.papers}, set[str]()
    brief, room = len(seen.portfolio) > TEXTS, MOST
    yield _text(f"跨申报书 {len(seen.portfolio)} 条", "bold")
    yield _text()
    for files, overlaps in seen.meetings:
        for number, file in enumerate(files if room > 0 else ()):
            line = _text(f"{letter(number)}  ", "dim").append(file).append(_named(file, titles.get(file, "")))
            yield from _folded(line, width, first=2, rest=6)
        for overlap in overlaps[: max(room, 0)]:
            line = _weighed(overlap.weight, overlap.message)
            if overlap.clause in told:
                line.append(f"（{overlap.clause}）", "dim")
            yield from _folded(line, width, first=4, rest=6)
            for proof in merged(overlap.evidence):
                # the papers' names say the one, the message the other
                if proof.kind != "application" and not (
                    brief and proof.kind != "text" and proof.label in overlap.message
                ):
                    yield from _proof(proof, files, width, colour, brief)
            if overlap.fix not in told:
                yield from _entry("改法", overlap.fix, width, 8)
            if overlap.clause not in told:
                yield from _law(cited(overlap.clause, clauses), width, 8)
            told |= {overlap.fix, overlap.clause}
        if room > 0:
            yield _text()
        room -= len(overlaps)
    if room < 0:
        yield _text(f"另有 {-room} 条没有在这里列出。", "bold")
    if brief or room < 0:
        yield from _folded(
            _text("两边的原文请看报告：加上 --report 报告.html 再核对一次。", "cyan"), width, first=0, rest=0
        )
        yield _text()


def _proof(proof: Evidence, files: Sequence[str], width: int, colour: bool, brief: bool) -> Iterator[Text]:
    score = f" · 相似度 {proof.score:.0%}" if proof.kind == "text" and proof.score is not None else ""
    yield from _folded(
        _text(f"{KINDS.get(proof.kind, '')} ").append(proof.label, "bold").append(score), width, first=8, rest=10
    )
    texts: dict[str, str] = {}
    for side in () if brief else proof.sides:
        one = letter(files.index(side.file)) if side.file in files else side.file
        line = _text(f"{one}  ", "dim").append(f"{side.place}：" if side.place else "", "dim")
        if side.text in texts:
            line.append(f"与{texts[side.text]}一字不差")
        else:
            texts[side.text] = one
            for text, marked in side.excerpt(AROUND) if proof.kind == "text" else side.pieces:
                flat = _flat(text)
                if marked and not colour:
                    line.append(f"「{flat}」")
                else:
                    line.append(flat, "bold underline" if marked else "")
        yield from _folded(line, width, first=10, rest=14)


def _named(file: str, title: str) -> str:
    """The project's name, unless the file is named for it."""
    bare = title.replace("“", "").replace("”", "")
    return f" · {title}" if bare and bare not in file else ""


def _closing(seen: Digest, width: int) -> Iterator[Text]:
    if seen.folded:
        many = sum(bool(paper.folded) for paper in seen.papers)
        line = _text(f"{SIGNS['pending']} {WEIGHTS['pending']} ", STYLES["pending"])
        line.append(
            f"没有收到团员名册，{many} 份申报书的服务团人数、年龄等共 {seen.folded} 项待定；加上 --roster 名册.xlsx 再核对，就能给出结论。"
        )
        yield from _folded(line, width, first=0, rest=2)
    yield from _folded(_text(seen.summary, "bold"), width, first=0, rest=2)


def _weighed(weight: str, message: str) -> Text:
    return _text(f"{SIGNS[weight]} {WEIGHTS[weight]} ", STYLES[weight]).append(_flat(message))


def _entry(word: str, text: str, width: int, first: int = 6) -> Iterator[Text]:
    """A line with its word before it; nothing when there is nothing to say."""
    if text:
        yield from _folded(_text(f"{word}  ", "dim").append(_flat(text)), width, first=first, rest=first + 6)


def _law(law: Iterable[tuple[str, str]], width: int, first: int = 6) -> Iterator[Text]:
    for clause, sentence in law:
        told = f"（{AGAIN}）" if sentence == AGAIN else f"：{sentence}" if sentence else ""
        yield from _entry("依据", clause + told, width, first)


def _flat(text: str) -> str:
    return " ".join(text.split("\n"))


def _text(text: str = "", style: str = "") -> Text:
    from rich.text import Text  # inline: see `show`

    return Text().append(text, style)


def _folded(line: Text, width: int, *, first: int, rest: int) -> Iterator[Text]:
    """The line broken where Chinese may be broken, and indented."""
    parts = line.divide(_breaks(line.plain, width, first, rest))
    for number, part in enumerate(parts):
        yield _text(" " * (rest if number else first)).append_text(part)


def _breaks(text: str, width: int, first: int, rest: int) -> Iterable[int]:
    """Offsets at which a new line begins."""
    from rich.cells import cell_len  # inline: see `show`

    breaks: list[int] = []
    used, room = 0, width - first
    for unit in _UNITS.finditer(text):
        size = cell_len(unit.group().rstrip())
        if used and used + size > room:
            breaks.append(unit.start())
            used, room = 0, width - rest
        if size > room:  # a word longer than a line is torn after all
            for at, char in enumerate(unit.group(), unit.start()):
                if used + cell_len(char) > room:
                    breaks.append(at)
                    used, room = 0, width - rest
                used += cell_len(char)
        else:
            used += cell_len(unit.group())
    return breaks
