"""Invented texts of problems and work plans, edited in the ways people copy, and the table of what `Judge` says of them.

`texts.tsv`: field, kind (难题 or 方案), text; ten fields, two problems and one work plan each, 162–188 characters; the work
plans share the usual stock phrases. `titles.tsv`: a title and the same one reworded. `titles_far.tsv`: two titles that
share words but not the matter. `synonyms.tsv`: word, word. The table: `python -m tests.matching.edits`, from the root.
"""

import re
from collections.abc import Callable, Iterator
from itertools import combinations
from pathlib import Path
from random import Random

from ketuan.matching.overlapping.judge import Judge

Pair = tuple[str, str]
BOILERPLATE = (
    "建立学会服务站1-2个，选派1-2名科技工作者“蹲点”服务累计不少于60天，"
    "形成研发指南1份、智库报告1份，开展技术交流对接，研制团体标准。"
)
JUDGE = Judge()
HINTS = Judge([*re.split("[，。]", BOILERPLATE), "蹲点累计不少于60天", "举办技术交流对接会", "蹲点", "学会服务站"])


def rows(name: str) -> list[list[str]]:
    """The lines of a .tsv file beside this one."""
    return [line.split("\t") for line in (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()]


TEXTS = [text for _, _, text in rows("texts.tsv")]
SYNONYMS = {new: old for old, new in rows("synonyms.tsv")} | dict(rows("synonyms.tsv"))
WORDS = re.compile("|".join(sorted(SYNONYMS, key=lambda word: (-len(word), word))))


def clauses(text: str) -> list[str]:
    """The pieces between commas and full stops, each with its mark."""
    return re.findall(r"[^，。；：]+[，。；：]?", text)


def punctuated(text: str, rng: Random) -> str:
    """Other marks, blanks and line breaks, full-width digits and letters."""
    other = "".join(rng.choice([" ", "", "\n", ",", ";", "　"]) if c in "，。；：、“”" else c for c in text)
    wide = "".join(chr(ord(c) + 0xFEE0) if "0" <= c <= "z" else c for c in other)
    return "".join(c + " " * (rng.random() < 0.1) for c in wide)


def reworded(text: str, share: float, rng: Random) -> str:
    """`share` of the words (1.8 characters each) replaced by synonyms, or as many as have one."""
    hits = list(WORDS.finditer(text))
    chosen = rng.sample(hits, min(round(share * len(text) / 1.8), len(hits)))
    for hit in sorted(chosen, key=lambda hit: -hit.start()):
        text = text[: hit.start()] + SYNONYMS[hit[0]] + text[hit.end() :]
    return text


def moved(text: str, rng: Random) -> str:
    """The clauses in another order."""
    pieces = clauses(text)
    rng.shuffle(pieces)
    return "".join(pieces)


def dropped(text: str, share: float, rng: Random) -> str:
    """About `share` of the text left out, by clauses."""
    pieces = clauses(text)
    gone: set[int] = set()
    for i in rng.sample(range(len(pieces)), len(pieces)):
        if sum(len(pieces[j]) for j in gone | {i}) <= share * len(text) + 6:
            gone.add(i)
    return "".join(piece for i, piece in enumerate(pieces) if i not in gone)


def mixed_in(text: str, other: str, share: float, rng: Random) -> str:
    """Clauses of `other`, up to `share` of the length of `text`, put anywhere between the clauses of `text`."""
    pieces, foreign, size = clauses(text), clauses(other), 0
    for piece in rng.sample(foreign, len(foreign)):
        if size + len(piece) <= share * len(text):
            pieces.insert(rng.randrange(len(pieces) + 1), piece)
            size += len(piece)
    return "".join(pieces)


Edit = Callable[[str, str, Random], str]
EDITS: dict[str, Edit] = {
    "verbatim": lambda text, other, rng: text,
    "punctuation, width, blanks": lambda text, other, rng: punctuated(text, rng),
    "15 % of words swapped": lambda text, other, rng: reworded(text, 0.15, rng),
    "12 to 30 % of words swapped": lambda text, other, rng: reworded(text, 0.3, rng),
    "clauses moved": lambda text, other, rng: moved(text, rng),
    "30 % dropped": lambda text, other, rng: dropped(text, 0.3, rng),
    "50 % dropped": lambda text, other, rng: dropped(text, 0.5, rng),
    "30 % foreign clauses": lambda text, other, rng: mixed_in(text, other, 0.3, rng),
    "100 % foreign clauses": lambda text, other, rng: mixed_in(text, other, 1.0, rng),
    "30 % replaced": lambda text, other, rng: mixed_in(dropped(text, 0.3, rng), other, 0.3, rng),
    "50 % replaced": lambda text, other, rng: mixed_in(dropped(text, 0.5, rng), other, 0.5, rng),
    "15 % swapped, moved, 30 % replaced": lambda text, other, rng: mixed_in(
        dropped(moved(reworded(text, 0.15, rng), rng), 0.3, rng), other, 0.3, rng
    ),
}


def edited(kind: str) -> list[Pair]:
    """Each text four times with its copy edited this way; the foreign clauses come from another field."""
    rng = Random(kind)
    others = TEXTS[7:] + TEXTS[:7]
    return [(text, EDITS[kind](text, other, rng)) for text, other in zip(TEXTS, others, strict=True) for _ in range(4)]


def unrelated() -> dict[str, list[Pair]]:
    """Pairs of independent texts."""
    all_pairs = list(combinations(rows("texts.tsv"), 2))
    field = [(a, b) for (f, _, a), (g, _, b) in all_pairs if f == g]
    return {
        "other field": [(a, b) for (f, _, a), (g, _, b) in all_pairs if f != g],
        "same field": field,
        "two work plans, shared stock phrases": [(a, b) for (_, k, a), (_, m, b) in all_pairs if k == m == "方案"],
        "same field, deliverables list in both": [(a + BOILERPLATE, b + BOILERPLATE) for a, b in field],
    }


def near_titles() -> list[Pair]:
    """A title and the same one reworded."""
    return [(a, b) for a, b in rows("titles.tsv")]


def far_titles() -> list[Pair]:
    """Titles that share words, and all pairs of titles of different matters."""
    return [(a, b) for a, b in rows("titles_far.tsv")] + [(a, d) for (a, _), (_, d) in combinations(near_titles(), 2)]


def passages() -> dict[str, list[Pair]]:
    """A text beside one of another field with some clauses in a row of the first put in, by the length of what was put in."""
    rng = Random("passages")
    found: dict[str, list[Pair]] = {f"a passage of {size} to {size + 19} characters": [] for size in (20, 40)}
    for text, other in zip(TEXTS, TEXTS[7:] + TEXTS[:7], strict=True):
        for many in (1, 2, 3):
            pieces, inside = clauses(text), clauses(other)
            first = rng.randrange(len(pieces) - many)
            passage = "".join(pieces[first : first + many])
            inside.insert(rng.randrange(len(inside)), passage)
            kind = f"a passage of {len(passage) // 20 * 20} to {len(passage) // 20 * 20 + 19} characters"
            if kind in found:
                found[kind].append((text, "".join(inside)))
    return found


def scores(pairs: list[Pair], judge: Judge = JUDGE) -> list[float]:
    """The scores of the pairs, rounded to two places, least first."""
    return sorted(round(judge(a, b).score, 2) for a, b in pairs)


def table() -> Iterator[str]:
    """One line a kind: number of pairs, least, middle and greatest score."""
    kinds = (
        {kind: edited(kind) for kind in EDITS}
        | passages()
        | {f"unrelated: {kind}": pairs for kind, pairs in unrelated().items()}
    )
    kinds |= {"titles reworded": near_titles(), "titles unrelated": far_titles()}
    found = {kind: scores(pairs) for kind, pairs in kinds.items()}
    for kind in ("two work plans, shared stock phrases", "same field, deliverables list in both"):
        found[f"the same, known: {kind}"] = scores(unrelated()[kind], HINTS)
    for kind, row in found.items():
        yield f"{kind:<56}{len(row):>4}  {row[0]:.2f}  {row[len(row) // 2]:.2f}  {row[-1]:.2f}"


if __name__ == "__main__":
    print("\n".join(table()))
