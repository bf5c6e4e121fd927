"""Which choices of a cell are ticked, in whatever hand the tick was made.

Boxes are replaced (☑新能源), ticked beside (□√新能源, √□新能源), ticked behind (□新能源√, 新能源（√）), bracketed ([x]新能源), or
all other choices are deleted. What cannot be told apart is said, not decided.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

BOX = "□☐▢◻○◯❏❑⬜▫"
TICK = "☑☒√■✓✔●◉⊠▣◼🗹🗸⬛✅●"
DOUBT = "×✗✘╳✕"
_BRACKETED = re.compile(r"[\[【(（]\s*+([√✓✔☑☒■●xXvVＸＶ]?)\s*+[\]】)）]")
_LETTERS = frozenset("vVRþ勾对")
"""What people type, or what is left of a symbol font, in the place of a tick."""
_TICKS, _CROSSES = frozenset(TICK), frozenset(DOUBT)
_SIGNS = frozenset(BOX + TICK + DOUBT)
_AROUND = f"{BOX}{TICK}{DOUBT} \t\n\u3000()（）[]【】、,，;；_"
_PLAIN_GAPS = frozenset(("", " ", "\n", "□", " □", "\n□", "☑", " ☑", "\n☑"))
_FILL = re.compile(r"[_＿\s:：]+")


@dataclass(frozen=True, slots=True)
class Ticked:
    """Choices ticked, in the order of the list; the text behind 其他; what was not certain."""

    choices: tuple[str, ...]
    other: str = ""
    note: str = ""


@functools.lru_cache(maxsize=64)
def _finder(choices: tuple[str, ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """A pattern for any of the choices, and the choices by how they are written without white space."""
    longest_first = sorted(choices, key=lambda c: (-len(c), c))
    pattern = re.compile("|".join(r"\s*".join(map(_loose, c)) for c in longest_first))
    return pattern, {"".join(c.split()): c for c in choices}


def _loose(character: str) -> str:
    """Marks that people type in another width count as the same."""
    for alike in ('“”"＂', "（(", "）)", "、,，"):
        if character in alike:
            return f"[{re.escape(alike)}]"
    return re.escape(character)


@dataclass(slots=True)
class _Option:
    name: str
    start: int
    end: int
    before: str = ""
    after: str = ""


def read_ticks(text: str, choices: Sequence[str], *, other: str = "其他", other_hint: str = "") -> Ticked:
    """Read the ticks of a cell that lists ``choices``; ``other_hint`` is printed behind 其他 and is no answer."""
    names = tuple(choices)
    finder, by_key = _finder(names)
    text = _BRACKETED.sub(lambda m: "☑" if m.group(1) else "□", text)
    options: list[_Option] = []
    taken: set[str] = set()
    for match in finder.finditer(text):
        found = match.group()
        name = by_key.get(found) or by_key.get("".join(found.split())) or _closest(found, names)
        gap = text[options[-1].end if options else 0 : match.start()]
        if name in taken or (options and options[-1].name == other and not _marks(gap)):
            continue  # a word of the free text behind 其他
        taken.add(name)
        options.append(_Option(name, match.start(), match.end(), before=gap))
    if not options:
        return Ticked((), "", f"没有认出任何选项：“{text.strip()[:40]}”" if text.strip() else "")
    for this, following in itertools.pairwise(options):
        this.after = following.before
    options[-1].after = text[options[-1].end :]
    return _judge(options, names, other, other_hint, text)


def _judge(options: list[_Option], names: tuple[str, ...], other: str, other_hint: str, text: str) -> Ticked:
    gaps = [o.before for o in options] + [options[-1].after]
    marks = [_marks(gap) for gap in gaps]
    ticked: set[int] = set()
    doubts: list[str] = []
    if not any(marks):
        # no box and no tick in the cell: the others were deleted, what is left is the choice
        if len(options) < len(names):
            ticked = set(range(len(options)))
        else:
            doubts.append("各选项前没有方框，也没有勾，看不出选了哪一项")
    elif not marks[0] and marks[-1]:
        # no mark before the first choice and one behind the last: marks stand behind
        ticked = {i for i, mark in enumerate(marks[1:]) if _ticks(mark)}
    else:
        for i, gap in enumerate(gaps):
            if _ticks(marks[i]):
                to, sure = _owner(gap, i, len(options), led=bool(marks[0]))
                ticked.add(to)
                if not sure:
                    doubts.append(f"勾在“{options[i - 1].name}”与“{options[i].name}”之间，按“{options[to].name}”理解")
    for i, option in enumerate(options):
        if i not in ticked and not _CROSSES.isdisjoint(marks[i]):
            doubts.append(f"“{option.name}”画的是叉，未算勾选")
        if any(marks[:-1]) and not marks[i] and (strange := _stray(option.before)):
            doubts.append(f"“{option.name}”前的“{strange}”不像方框也不像勾")
    free = next((_free_text(o.after, other_hint) for o in options if o.name == other), "")
    chosen = {options[i].name for i in ticked}
    if free and other not in chosen:
        doubts.append(f"“{other}”后写有“{free}”而未勾选")
    return Ticked(tuple(n for n in names if n in chosen), free, "；".join(doubts))


def _marks(gap: str) -> str:
    """Boxes, ticks and crosses of a gap; a letter that stands alone in the place of a tick is one."""
    if gap in _PLAIN_GAPS:
        return gap.strip()
    marks = "".join(c for c in gap if c in _SIGNS)
    return f"{marks}√" if gap.strip(_AROUND) in _LETTERS else marks


def _stray(gap: str) -> str:
    """A sign of its own at the end of a gap, where a box was expected."""
    last = gap.strip()[-1:]
    return last if last and not last.isalnum() and last not in "，,。.；;、：:（）()/_“”-—" else ""


def _ticks(marks: str) -> bool:
    return not _TICKS.isdisjoint(marks)


def _owner(gap: str, i: int, count: int, *, led: bool) -> tuple[int, bool]:
    """Which choice the tick in the gap before choice ``i`` belongs to, and whether that is certain.

    ``led``: marks stand before their choices, so a tick without a box beside it stands in place of the next one's box.
    """
    if i == 0:
        return 0, True
    if i == count:
        return count - 1, True
    box = max(gap.rfind(c) for c in BOX)
    tick = next(n for n, c in enumerate(gap) if c in TICK or c in _LETTERS)
    if led and (box < 0 or tick > box):
        return i, True
    close = gap[:tick] == ""
    near = tick == len(gap) - 1 or gap[tick + 1] in BOX
    if close != near:
        return (i - 1 if close else i), True
    return i - 1, False


def _free_text(gap: str, hint: str) -> str:
    said = gap
    if hint:
        said = said.replace(hint, "").replace(hint.strip("（）"), "")
    said = "".join(c for c in said if c not in BOX and c not in TICK and c not in DOUBT)
    return _FILL.sub(" ", said).strip(" （）()，,。；;:：、")


def _closest(found: str, names: tuple[str, ...]) -> str:
    for name in names:
        if _finder((name,))[0].fullmatch(found):
            return name
    return found
