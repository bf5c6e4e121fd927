"""The rules of `ketuan.matching.overlapping` a second time: character by character, in plain Python, for small texts."""

from math import exp, log

from ketuan.matching.overlapping.evidence import BAND, LEAST, MOST_PLACES, REACH, SCALE, TITLE
from ketuan.matching.overlapping.letters import STOCK, normalise
from ketuan.matching.overlapping.rarity import IMAGINED, LETTER, OFTEN, SELDOM, STOCKED, UNIT, USUAL


def pieces(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(len(text) - size + 1)]


def weights(texts: set[str]) -> dict[str, int]:
    """Two characters → what they weigh among these source texts."""
    folded = [normalise(text) for text in texts]
    table = {}
    for two in {two for text in folded for two in pieces(text, 2)}:
        usual = all(c in USUAL or ord(c) <= ord("z") for c in two)
        chance = IMAGINED * (OFTEN if usual else SELDOM)
        stock = round(IMAGINED * STOCKED) * any(two in pieces(word, 2) for word in STOCK)
        nats = log((len(texts) + IMAGINED) / (sum(two in text for text in folded) + stock + chance))
        if any(ord(c) < 0x530 for c in two):
            nats *= LETTER
        table[two] = round(max(nats, 0) * UNIT)
    return table


def of_title(short: str, long: str, weight: dict[str, int]) -> float:
    """The share of the characters of `short` that stand in two which `long` has too."""
    found = total = 0
    for i in range(len(short)):
        around = [two for two in (short[max(0, i - 1) : i + 1], short[i : i + 2]) if len(two) == 2]
        worth = min((weight[two] for two in around), default=0)
        total += worth
        found += worth * any(two in long for two in around)
    return found / total if total else 0.0


def score(a: str, b: str, texts: set[str]) -> float:
    """The score of `a` and `b` in a file that holds `texts`."""
    weight = weights(texts)
    short, long = sorted((normalise(a), normalise(b)), key=lambda text: (len(text), [ord(c) for c in text]))
    if not short:
        return 0.0
    if short == long:
        return 1.0
    triples = {three: weight[three[:2]] + weight[three[1:]] for three in pieces(short, 3)}
    total = sum(triples.values())
    part = sum(w for three, w in triples.items() if three in long) / total if total else 0.0
    if len(long) <= TITLE:
        part = of_title(short, long, weight)
    found = []
    for i, two in enumerate(pieces(short, 2)):
        often = max(pieces(short, 2).count(two), pieces(long, 2).count(two))
        places = [j for j, other in enumerate(pieces(long, 2)) if other == two][:MOST_PLACES]
        found += [(i, j - i, weight[two] // often) for j in places if weight[two] >= LEAST]
    best = 0
    for shift in (0, BAND // 2):
        for i, d, _ in found:
            band = (d + shift) // BAND
            about = {k: w for k, e, w in found if (e + shift) // BAND == band and abs(k - i) <= REACH}
            best = max(best, sum(about.values()))
    return round(1 - (1 - part) * exp(-best / UNIT / SCALE), 6)
