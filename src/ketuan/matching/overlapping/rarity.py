"""How telling two characters in a row are: the fewer texts have them, the more.

w = ln((N + M) / (df + M q)), cut at 0, in hundredths of a nat: the inverse document frequency of Spärck Jones (1972)
with M imagined texts in front of the N given ones, in a share q of which the two characters stand. So one pair of
texts is judged sensibly, and 10,000 texts speak for themselves. q is 5 % if both are among the most usual characters
(or both are Latin letters or digits) and 0.3 % otherwise; in 30 % more stand the words that the programme itself puts
into every application (`letters.STOCK`).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from ketuan.matching.overlapping.folding import GAP, Codes, Folded, fold, scattered
from ketuan.matching.overlapping.letters import STOCK

UNIT = 100
"""Weights are whole numbers of 1/100 nat, so that sums do not depend on their order."""
IMAGINED = 1_000
OFTEN, SELDOM, STOCKED = 0.05, 0.003, 0.3
LETTER = 0.4
"""A letter or digit of an alphabet says less than a Chinese character: a word has several."""
_LATIN = 0x530  # code points below: Latin, Greek, Cyrillic letters and digits
_BITS = 22  # pairs of characters are counted in a table of 4 million places; a collision makes both a little more usual

_PART = 1 << 17  # characters at a time: scratch arrays stay small

Weights = NDArray[np.int32]

USUAL = (
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定"
    "行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其"
    "些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建"
    "月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接"
    "知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器"
    "压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议"
    "声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复"
    "容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标"
    "写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严"
)
"""The most usual characters of written Chinese, most usual first."""


@cache
def _usual() -> NDArray[np.bool_]:
    table = np.zeros(1 << 16, dtype=np.bool_)
    table[[ord(c) for c in USUAL]] = True
    table[: ord("z") + 1] = True
    return table


@cache
def _stock() -> tuple[int, ...]:
    words = fold(STOCK)
    pairs = {place for i in range(len(words)) for place in bins(words.text(i)).tolist()}
    return tuple(sorted(pairs))


def bins(codes: Codes) -> NDArray[np.int32]:
    """(characters - 1,) place in the table of each two characters in a row; -1 where one of them does not count."""
    places = np.full(max(0, len(codes) - 1), -1, dtype=np.int32)
    for low in range(0, len(places), _PART):
        one, two = codes[low : low + _PART + 1][:-1], codes[low + 1 : low + _PART + 1]
        keys = (one.astype(np.uint64) << np.uint64(21)) | two
        counted = (one != GAP) & (two != GAP)
        np.copyto(places[low : low + _PART], scattered(keys) >> np.uint64(64 - _BITS), where=counted, casting="unsafe")
    return places


class Rarity:
    """Counts of texts; `add` and `remove` texts, `weigh` their characters."""

    def __init__(self) -> None:
        self.texts = 0
        self.having = np.zeros(1 << _BITS, dtype=np.uint32)
        self.having[list(_stock())] += np.uint32(IMAGINED * STOCKED)

    def add(self, folded: Folded) -> None:
        self._count(folded, 1)

    def remove(self, folded: Folded) -> None:
        self._count(folded, -1)

    def _count(self, folded: Folded, sign: int) -> None:
        self.texts += sign * len(folded)
        low = 0
        while low < len(folded):  # some texts at a time: scratch arrays stay small
            high = int(np.searchsorted(folded.starts, folded.starts[low] + _PART, side="right")) - 1
            high = max(low + 1, min(high, len(folded)))
            self._count_some(
                folded.codes[folded.starts[low] : folded.starts[high]], folded.starts[low : high + 1], sign
            )
            low = high

    def _count_some(self, codes: Codes, starts: NDArray[np.int64], sign: int) -> None:
        owner = np.repeat(np.arange(len(starts) - 1, dtype=np.uint64), np.diff(starts))
        places = bins(codes)
        inside = (owner[:-1] == owner[1:]) & (places >= 0)
        keys = np.sort(places[inside].astype(np.uint64) << np.uint64(32) | owner[:-1][inside])
        if not len(keys):
            return
        distinct = keys[np.concatenate([[True], keys[1:] != keys[:-1]])] >> np.uint64(32)
        first = np.flatnonzero(np.concatenate([[True], distinct[1:] != distinct[:-1]]))
        counts = np.diff(np.concatenate([first, [len(distinct)]])).astype(np.uint32)
        if sign > 0:
            self.having[distinct[first]] += counts
        else:
            self.having[distinct[first]] -= counts

    def weigh(self, codes: Codes) -> Weights:
        """(characters,) weight of the two characters that begin at each place; 0 at the last and at gaps."""
        weights = np.zeros(len(codes), dtype=np.int32)
        if len(codes) < 2:
            return weights
        places = bins(codes)
        usual = _usual()
        for low in range(0, len(places), _PART):
            part = places[low : low + _PART]
            here = np.minimum(codes[low : low + _PART + 1], (1 << 16) - 1)
            both = usual[here[:-1]] & usual[here[1:]]
            chance = np.where(both, IMAGINED * OFTEN, IMAGINED * SELDOM)
            nats = np.log((self.texts + IMAGINED) / (self.having[part] + chance))
            nats *= np.where((here[:-1] < _LATIN) | (here[1:] < _LATIN), LETTER, 1.0)
            weights[low : low + len(part)] = np.where(part >= 0, np.rint(np.maximum(nats, 0.0) * UNIT), 0)
        return weights


@cache
def prior() -> Rarity:
    """What is rare where nothing was learned: the built-in table alone. Never add to it."""
    return Rarity()
