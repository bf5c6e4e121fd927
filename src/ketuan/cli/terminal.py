"""The result as lines for a terminal: what is wrong, where, by which clause, what to do; a summary at the end.

Nothing of a stranger's text is taken as markup or as an escape sequence: `digest.clean` has replaced the control characters, and every
text goes through `rich.text.Text`, never through rich's markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from typing import TYPE_CHECKING, Any, TextIO

from ketuan.documents.reports.digest import (
    ADVICE,
    KINDS,
    STATES,
    WEIGHTS,
    Digest,
    Evidence,
    Finding,
    Overlap,
    Paper,
    cited,
    digest,
)

if TYPE_CHECKING:
    from rich.text import Text

FEW = 30  # up to so many files are printed in full; of more, only those with something to mend
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

# A line may not begin with the first nor end with the second; a Latin word or a number is not torn apart.
_CLOSING = "，。、；：？！）》」』】〕”’％%…·,.;:?!)]}"
_OPENING = "（《「『【〔“‘([{"
_UNITS = re.compile(rf"[{re.escape(_OPENING)}]*(?:[!-~]+|.)[{re.escape(_CLOSING)}]*\s*", re.DOTALL)


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
        body = list(_body(paper, clauses, width)) if not short or paper.state != "ready" else []
        if body and not gap:
            yield _text()
        yield from _header(paper, width)
        yield from body
        if gap := bool(body):
            yield _text()
    if seen.papers and not gap:
        yield _text()
    if seen.portfolio:
        yield _text(f"跨申报书 {len(seen.portfolio)} 条", "bold")
        yield _text()
        names = {paper.file: paper.name for paper in seen.papers}
        for overlap in seen.portfolio:
            yield from _overlap(overlap, names, clauses, width, colour)
            yield _text()
    yield from _closing(seen, width)


def _header(paper: Paper, width: int) -> Iterator[Text]:
    line = _text(f"{SIGNS[paper.state]} ", STYLES[paper.state])
    line.append(paper.file, "bold")
    if paper.title:
        line.append(f" · {paper.title}")
    line.append(" · ").append(STATES[paper.state], STYLES[paper.state])
    tally = {weight: paper.counts.get(weight, 0) - sum(f.weight == weight for f in paper.folded) for weight in WEIGHTS}
    for weight, word in WEIGHTS.items():
        if tally[weight]:
            line.append(" · ").append(f"{word} {tally[weight]}", STYLES[weight])
    if paper.overlaps:
        line.append(f" · 跨申报书 {len(paper.overlaps)}")
    yield from _folded(line, width, first=0, rest=2)


def _body(paper: Paper, clauses: Mapping[str, str], width: int) -> Iterator[Text]:
    if paper.state == "unreadable":
        yield from _entry("原因", paper.reason or "没有说明原因。", width)
        yield from _entry("改法", ADVICE, width)
    for finding in paper.findings:
        yield from _finding(finding, clauses, width)
    for remark in paper.remarks:
        yield from _folded(_text("~ 没有读准 ", "cyan").append(remark.message), width, first=2, rest=4)
        yield from _entry("位置", remark.place, width)
        yield from _entry("原文", remark.found, width)


def _finding(finding: Finding, clauses: Mapping[str, str], width: int) -> Iterator[Text]:
    yield from _folded(_weighed(finding.weight, finding.message), width, first=2, rest=4)
    yield from _entry("位置", finding.place, width)
    yield from _entry("现为", finding.found, width)
    yield from _entry("应为", finding.wanted, width)
    yield from _entry("改法", finding.fix, width)
    yield from _law(finding.clause, clauses, width)


def _overlap(
    overlap: Overlap, names: Mapping[str, str], clauses: Mapping[str, str], width: int, colour: bool
) -> Iterator[Text]:
    yield from _folded(_weighed(overlap.weight, overlap.message), width, first=2, rest=4)
    for number, file in enumerate(overlap.files):
        yield from _entry(
            "　　" if number else "涉及", file + (f" · {names[file]}" if names.get(file, file) != file else ""), width
        )
    yield from _law(overlap.clause, clauses, width)
    for proof in overlap.evidence:
        if proof.kind == "application" and all(side.file in overlap.files for side in proof.sides):
            continue  # said by 涉及 already
        yield from _proof(proof, width, colour)


def _proof(proof: Evidence, width: int, colour: bool) -> Iterator[Text]:
    score = f" · 相似度 {proof.score:.0%}" if proof.kind == "text" and proof.score is not None else ""
    yield from _folded(
        _text(f"{KINDS.get(proof.kind, '')} ").append(proof.label, "bold").append(score), width, first=6, rest=8
    )
    for letter, side in zip("甲乙丙丁戊己庚辛壬癸", proof.sides, strict=False):
        where = " · ".join(filter(None, (side.file, side.place)))
        yield from _folded(_text(f"{letter}  {where}", "dim"), width, first=8, rest=11)
        line = _text()
        for text, marked in side.pieces:
            flat = " ".join(text.split("\n"))
            if marked and not colour:
                line.append(f"「{flat}」")
            else:
                line.append(flat, "bold underline" if marked else "")
        yield from _folded(line, width, first=11, rest=11)


def _closing(seen: Digest, width: int) -> Iterator[Text]:
    if seen.folded:
        many = sum(bool(paper.folded) for paper in seen.papers)
        line = _text(f"{SIGNS['pending']} {WEIGHTS['pending']} ", STYLES["pending"])
        line.append(
            f"没有给出团员名单，{many} 份申报书的服务团人数、年龄等共 {seen.folded} 项待定；附上名单再核对，就能给出结论。"
        )
        yield from _folded(line, width, first=0, rest=2)
    yield from _folded(_text(seen.summary, "bold"), width, first=0, rest=2)


def _weighed(weight: str, message: str) -> Text:
    return _text(f"{SIGNS[weight]} {WEIGHTS[weight]} ", STYLES[weight]).append(" ".join(message.split("\n")))


def _entry(word: str, text: str, width: int) -> Iterator[Text]:
    """A line with its word before it; nothing when there is nothing to say."""
    if text:
        yield from _folded(_text(f"{word}  ", "dim").append(" ".join(text.split("\n"))), width, first=6, rest=12)


def _law(clause: str, clauses: Mapping[str, str], width: int) -> Iterator[Text]:
    for one, sentence in cited(clause, clauses):
        yield from _entry("依据", one + (f"：{sentence}" if sentence else ""), width)


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
