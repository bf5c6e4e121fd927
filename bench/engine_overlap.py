"""Overlap against its peers: edited pairs of real abstracts, a corpus of applications, an index of 100,000 texts.

    python bench/engine_overlap.py [--data FOLDER] [--small]

Prints one section of docs/developers/engines.md. The abstracts at even places of the set served to choose the constants; the
figures are of those at odd places. Edits are made by a program: they stand in for a person's rewriting.
"""

from __future__ import annotations

import argparse
import gzip
import itertools
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from tests.matching import edits  # noqa: E402

from ketuan.matching.overlapping.judge import Judge  # noqa: E402
from ketuan.matching.overlapping.letters import normalise  # noqa: E402

Pair = tuple[str, str]
CLAUSE = re.compile("[^，。；：,.;:]+[，。；：,.;:]?")
HAN = re.compile("[\u4e00-\u9fff]+$")
BOILERPLATE = [
    "项目团队由来自高校、科研院所和企业的专家组成，年龄结构合理，专业互补性强。",
    "服务团将在当地建立学会服务站{}个，选派{}名科技工作者开展蹲点服务，累计不少于{}天。",
    "项目结束时提交研发指南{}份、智库报告{}份，并通过专家验收。",
    "经费使用严格执行国家有关财务制度，专款专用，接受审计部门监督检查。",
    "定期召开工作例会，及时协调解决项目推进过程中出现的困难和问题。",
    "通过技术交流对接会、现场诊断、联合攻关等方式，帮助企业解决实际技术难题不少于{}项。",
    "建立由学会、地方科协、企业三方参加的工作协调机制，明确分工，落实责任。",
    "形成可复制、可推广的服务模式，在同类地区和行业中推广应用。",
    "充分发挥全国学会的组织优势和人才优势，推动科技与经济深度融合。",
    "做好宣传报道工作，及时总结典型经验，扩大项目社会影响力。",
    "按照通知要求按时报送中期进展情况和结项材料，配合开展绩效评价。",
    "根据产业发展需求编制技术路线图，提出产业规划咨询建议报告{}份。",
    "牵头或参与研制团体标准{}项，推动相关技术成果转化落地。",
    "服务对象满意度评价不低于百分之九十，并取得企业出具的应用证明。",
    "设立专家咨询委员会，对关键技术问题进行论证和把关。",
    "项目实施周期为十二个月，分为准备、实施、总结三个阶段。",
    "加强知识产权保护，合作各方按照协议约定共享研究成果。",
    "严格遵守科研诚信和作风学风有关规定，不弄虚作假。",
    "培训企业技术骨干不少于{}人次，提升企业自主创新能力。",
    "建立项目档案，完整保存服务过程中的原始记录和影像资料。",
]


# ---- data ------------------------------------------------------------------------------------------------------------


def abstracts(folder: Path) -> list[str]:
    """Those kept for the report; the invented texts of the tests if there are none."""
    file = folder / "docs.jsonl.gz"
    if not file.exists():
        return edits.TEXTS
    with gzip.open(file, "rt", encoding="utf-8") as rows:
        return [json.loads(row)["text"] for row in rows][1::2]


class Editor:
    """The edits; words are cut by rjieba and swapped for words of the same length from other abstracts."""

    def __init__(self, texts: list[str], rng: Random) -> None:
        import rjieba

        self.cut: Callable[[str], list[str]] = lambda text: rjieba.Jieba().cut(text, False)
        jieba = rjieba.Jieba()
        self.cut = lambda text: jieba.cut(text, False)
        self.words: dict[int, list[str]] = {}
        for text in rng.sample(texts, min(400, len(texts))):
            for word in self.cut(text):
                if HAN.match(word):
                    self.words.setdefault(len(word), []).append(word)
        edits.clauses = CLAUSE.findall  # the abstracts have half-width marks

    def swapped(self, text: str, share: float, rng: Random) -> str:
        out = []
        for word in self.cut(text):
            known = self.words.get(len(word)) if HAN.match(word) else None
            out.append(rng.choice(known) if known and rng.random() < share else word)
        return "".join(out)

    @staticmethod
    def passage(text: str, other: str, rng: Random) -> str:
        """Clauses in a row, a third of the text and at least 40 characters, put inside another text."""
        pieces, got = CLAUSE.findall(text), ""
        for piece in pieces[rng.randrange(len(pieces)) :]:
            if len(got) >= max(40, len(text) // 3):
                break
            got += piece
        got = got if len(got) >= 40 else text[-max(40, len(text) // 3) :]
        inside = CLAUSE.findall(other)
        inside.insert(rng.randrange(len(inside) + 1), got)
        return "".join(inside)

    def kinds(self) -> dict[str, Callable[[str, str, Random], str]]:
        swap, drop, mix = self.swapped, edits.dropped, edits.mixed_in
        return {
            "原样": lambda t, o, r: t,
            "换标点、全半角、空白": lambda t, o, r: edits.punctuated(t, r),
            "换词 15 %": lambda t, o, r: swap(t, 0.15, r),
            "换词 30 %": lambda t, o, r: swap(t, 0.30, r),
            "换词 45 %": lambda t, o, r: swap(t, 0.45, r),
            "移动分句": lambda t, o, r: edits.moved(t, r),
            "删去 50 %": lambda t, o, r: drop(t, 0.5, r),
            "掺入等长他文": lambda t, o, r: mix(t, o, 1.0, r),
            "他文中一段": self.passage,
            "他文中一段，换词 15 %": lambda t, o, r: self.passage(swap(t, 0.15, r), o, r),
            "混合：换词 15 %、移动、删 30 %、掺 50 %": lambda t, o, r: mix(
                drop(edits.moved(swap(edits.punctuated(t, r), 0.15, r), r), 0.3, r), o, 0.5, r
            ),
            "混合：换词 30 %、移动、删 30 %、掺 30 %": lambda t, o, r: mix(
                drop(edits.moved(swap(t, 0.3, r), r), 0.3, r), o, 0.3, r
            ),
        }


def nearest(texts: list[str], count: int, rng: Random) -> list[Pair]:
    """Each of `count` texts beside the two nearest to it by TF-IDF over pairs of characters (hashed to 8,192)."""
    table = np.zeros((len(texts), 8_192), dtype=np.float32)
    for row, text in zip(table, texts, strict=True):
        codes = np.array([ord(c) for c in normalise(text)], dtype=np.int64)
        np.add.at(row, (codes[:-1] * 40_503 + codes[1:]) % 8_191, 1)
    table = np.log1p(table) * np.log(len(texts) / (1 + (table > 0).sum(0)))
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-9
    asked = rng.sample(range(len(texts)), min(count, len(texts)))
    like = table[asked] @ table.T
    like[np.arange(len(asked)), asked] = -1
    found = {(min(a, int(b)), max(a, int(b))) for a, row in zip(asked, like, strict=True) for b in np.argsort(-row)[:2]}
    return [(texts[a], texts[b]) for a, b in sorted(found)]


def corpus_of(texts: list[str], size: int, each: int) -> tuple[list[dict[str, Any]], dict[Pair, str]]:
    """Applications of four abstracts with boilerplate between them, and planted copies: pair of ids → kind."""
    rng = Random("corpus")
    editor = Editor(texts, rng)
    pool = rng.sample(texts, len(texts))
    size = min(size, len(pool) // 4)
    own = [pool[4 * i : 4 * i + 4] for i in range(size)]
    order = rng.sample(range(size), size)
    truth: dict[Pair, str] = {}
    for kind, edit in editor.kinds().items():
        for _ in range(each):
            a, b = order.pop(), order.pop()
            text = edit(own[a][rng.randrange(3)], own[b][-1], rng)
            own[b][-1] = text
            truth[f"A{min(a, b):05}", f"A{max(a, b):05}"] = kind
    for _ in range(each):
        a, b = order.pop(), order.pop()
        own[b] = rng.sample([editor.swapped(text, 0.3, rng) for text in own[a]], 4)
        truth[f"A{min(a, b):05}", f"A{max(a, b):05}"] = "整份换词 30 %"
    rows = []
    for i, paras in enumerate(own):
        with_frame = []
        for text in paras:
            said = [
                s.format(*(rng.randrange(1, 120) for _ in range(3)))
                for s in rng.sample(BOILERPLATE, rng.randrange(1, 4))
            ]
            with_frame += [text, "".join(said)]
        society = f"示例学会{rng.randrange(120)}"
        rows.append({"id": f"A{i:05}", "society": society, "year": rng.choice([2022, 2023, 2024]), "paras": with_frame})
    return rng.sample(rows, size), truth


# ---- peers on pairs --------------------------------------------------------------------------------------------------


def contained(size: int) -> Callable[[list[Pair]], list[float]]:
    def one(a: str, b: str) -> float:
        x, y = sorted((normalise(a), normalise(b)), key=len)
        short, long = ({t[i : i + size] for i in range(len(t) - size + 1)} for t in (x, y))
        return len(short & long) / max(1, len(short))

    return lambda pairs: [one(a, b) for a, b in pairs]


def ours(pairs: list[Pair]) -> list[float]:
    from ketuan.matching.overlapping.pairs import overlaps

    return [found.score for found in overlaps(pairs)]


def fuzzy(pairs: list[Pair]) -> list[float]:
    from rapidfuzz.fuzz import partial_ratio

    return [partial_ratio(normalise(a), normalise(b)) for a, b in pairs]


def cosine(pairs: list[Pair]) -> list[float]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    table = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True)
    table.fit([text for pair in pairs for text in pair])
    a, b = (table.transform([pair[side] for pair in pairs]) for side in (0, 1))
    return np.asarray(a.multiply(b).sum(axis=1)).ravel().tolist()


def minhash(pairs: list[Pair]) -> list[float]:
    return [a.jaccard(b) for a, b in zip(*(_hashes([p[side] for p in pairs]) for side in (0, 1)), strict=True)]


def _hashes(texts: list[str]) -> list[Any]:
    from datasketch import MinHash

    found = []
    for text in map(normalise, texts):
        one = MinHash(num_perm=128)
        one.update_batch([text[i : i + 5].encode() for i in range(len(text) - 4)])
        found.append(one)
    return found


def simhash(pairs: list[Pair]) -> list[float]:
    one, two = (_signs([pair[side] for pair in pairs]) for side in (0, 1))
    return (one == two).mean(axis=1).tolist()


def _signs(texts: list[str]) -> np.ndarray:
    """64 bits a text from its runs of four characters (Charikar 2002)."""
    from ketuan.matching.overlapping.folding import fold, grams

    folded = fold(texts)
    bits = np.arange(64, dtype=np.uint64)
    found = [((grams(folded.text(i), 4)[:, None] >> bits) & np.uint64(1)).mean(axis=0) for i in range(len(folded))]
    return np.array(found) > 0.5


PAIRWISE: dict[str, Callable[[list[Pair]], list[float]]] = {
    "ketuan overlap": ours,
    "ketuan 核对（Judge）": lambda pairs: [one.score for one in itertools.starmap(Judge(), pairs)],
    "8 字片段包含率": contained(8),
    "4 字片段包含率": contained(4),
    "TF-IDF 余弦（scikit-learn）": cosine,
    "rapidfuzz partial_ratio": fuzzy,
    "MinHash（datasketch）": minhash,
    "SimHash": simhash,
}


def pairs_section(texts: list[str], each: int) -> list[str]:
    rng = Random("pairs")
    editor = Editor(texts, rng)
    kinds = {}
    for kind, edit in editor.kinds().items():
        drawn = [rng.sample(texts, 2) for _ in range(each)]
        kinds[kind] = [(text, edit(text, other, rng)) for text, other in drawn]
    topic = nearest(texts, 3 * each, rng)
    strange = [(a, b) for a, b in (rng.sample(texts, 2) for _ in range(len(topic)))]
    everything = [pair for pairs in kinds.values() for pair in pairs] + topic + strange
    total = sum(map(len, kinds.values()))
    table, worst = [], {}
    for name, judge in PAIRWISE.items():
        tell(f"pairs: {name}")
        begun = time.process_time()
        try:
            scores = np.array(judge(everything))
        except ImportError:
            table.append(f"| {name} | 未安装 | | | |")
            continue
        cpu = time.process_time() - begun
        copies, near, far = np.split(scores, [total, total + len(topic)])
        cuts = [_cut(near), _cut(np.concatenate([near, far]))]
        found = [(copies > cut).mean() for cut in cuts]
        split = {kind: (part > cuts[1]).mean() for kind, part in zip(kinds, np.split(copies, len(kinds)), strict=True)}
        least = min(split, key=lambda kind: split[kind])
        worst[name] = split
        table.append(
            f"| {name} | {cpu:.1f} | {_percent(found[1])} | {_percent(found[0])} | {_percent(split[least])}（{least}） |"
        )
    head = [
        f"### 成对：{total:,} 对改写的摘要（{len(kinds)} 种改法，每种 {each} 对），{len(topic):,} 对同题无关，{len(strange):,} 对任意无关",
        "",
        "同题无关：每篇与按 TF-IDF 离它最近的两篇。“查出”按误报 1 % 定界：一列的误报在同题与任意各半里量，一列只在同题里量。",
        "",
        "| 方法 | CPU 秒 | 查出（各半） | 查出（只同题） | 最差的一种（各半） |",
        "|---|---|---|---|---|",
    ]
    shown = [name for name in ("ketuan overlap", "ketuan 核对（Judge）", "8 字片段包含率") if name in worst]
    split_table = ["", "| 改法 | " + " | ".join(shown) + " |", "|---|" + "---|" * len(shown)]
    split_table += [f"| {kind} | " + " | ".join(_percent(worst[n][kind]) for n in shown) + " |" for kind in kinds]
    return [*head, *table, *split_table, ""]


def _cut(scores: np.ndarray) -> float:
    """One in a hundred is above."""
    return float(np.sort(scores)[::-1][len(scores) // 100])


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


# ---- peers on a corpus, each in a process of its own -----------------------------------------------------------------


def _read(path: Path) -> tuple[list[str], list[str]]:
    rows = sorted((json.loads(line) for line in path.read_text("utf-8").splitlines()), key=lambda row: row["id"])
    return [row["id"] for row in rows], ["\n".join(row["paras"]) for row in rows]


def _ranked(ids: list[str], like: np.ndarray, least: float) -> list[tuple[str, str, float]]:
    one, two = np.nonzero(np.triu(like, 1) > least)
    best = np.argsort(-like[one, two], kind="stable")[:20_000]
    return [(ids[i], ids[j], float(like[i, j])) for i, j in zip(one[best].tolist(), two[best].tolist(), strict=True)]


def corpus_shingles(path: Path, *, most: int | None) -> list[tuple[str, str, float]]:
    from sklearn.feature_extraction.text import CountVectorizer

    ids, texts = _read(path)
    table = CountVectorizer(analyzer="char", ngram_range=(8, 8), binary=True, lowercase=False, dtype=np.float32)
    found = table.fit_transform(map(normalise, texts))
    if most:
        found = found[:, np.asarray((found > 0).sum(axis=0)).ravel() <= most]
    sizes = np.asarray(found.sum(axis=1)).ravel()
    like = (found @ found.T).toarray() / np.maximum(1, np.minimum(sizes[:, None], sizes[None]))
    return _ranked(ids, like, 0.005)


def corpus_cosine(path: Path) -> list[tuple[str, str, float]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    ids, texts = _read(path)
    found = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), sublinear_tf=True, dtype=np.float32).fit_transform(
        texts
    )
    return _ranked(ids, (found @ found.T).toarray(), 0.05)


def corpus_minhash(path: Path) -> list[tuple[str, str, float]]:
    ids, texts = _read(path)
    values = np.array([one.hashvalues for one in _hashes(texts)])
    return _ranked(ids, np.array([(values == row).mean(axis=1) for row in values]), 0.02)


def corpus_simhash(path: Path) -> list[tuple[str, str, float]]:
    ids, texts = _read(path)
    signs = _signs(texts).astype(np.float32) * 2 - 1
    return _ranked(ids, (signs @ signs.T) / 64, 0.3)


CORPUS: dict[str, Callable[[Path], list[tuple[str, str, float]]]] = {
    "8 字片段包含率": lambda path: corpus_shingles(path, most=None),
    "8 字片段，去掉 1 % 以上文本都有的": lambda path: corpus_shingles(path, most=15),
    "TF-IDF 余弦（scikit-learn）": corpus_cosine,
    "MinHash（datasketch）": corpus_minhash,
    "SimHash": corpus_simhash,
}


def corpus_section(texts: list[str], size: int, each: int) -> list[str]:
    rows, truth = corpus_of(texts, size, each)
    length = sum(len("".join(row["paras"])) for row in rows) // len(rows)
    table, splits = [], {}
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder, "corpus.jsonl"), Path(folder, "out.jsonl")
        path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
        for name in ("ketuan overlap", *CORPUS):
            tell(f"corpus: {name}")
            got = _ours_apart(path, out) if name == "ketuan overlap" else _apart("--one", name, str(path))
            if got is None:
                table.append(f"| {name} | 未安装 | | | | |")
                continue
            pairs = [(min(a, b), max(a, b)) for a, b, *_ in got["pairs"]]
            hits = np.array([pair in truth for pair in pairs], dtype=np.float64)
            rank = np.arange(1, len(hits) + 1)
            precision = np.cumsum(hits) / rank
            average = float((precision * hits).sum() / len(truth))
            first = set(pairs[: len(truth)])
            kinds = sorted(set(truth.values()))
            split = {kind: np.mean([pair in first for pair, k in truth.items() if k == kind]) for kind in kinds}
            splits[name] = split
            least = min(kinds, key=lambda kind: split[kind])
            table.append(
                f"| {name} | {got['cpu']:.1f} | {average:.3f} | {_percent(np.mean([p in first for p in truth]))} | "
                f"{_percent(split[least])}（{least}） | {got['mib']:.0f} |"
            )
            if name == "ketuan overlap":
                flagged = {(min(a, b), max(a, b)) for a, b, flag in got["pairs"] if flag}
                by = {kind: np.mean([pair in flagged for pair, k in truth.items() if k == kind]) for kind in kinds}
                low = min(kinds, key=lambda kind: by[kind])
                said = (
                    f"`flag` 为真的 {len(flagged)} 对里 {len(flagged & truth.keys())} 对是埋入的（共 {len(truth)} 对），"
                    f"最差的一种查出 {_percent(by[low])}（{low}）。"
                )
    order = list(dict.fromkeys(truth.values()))
    return [
        f"### 一批：{len(rows):,} 份申报书（平均 {length} 字，夹有套话），埋入 {len(truth)} 对抄袭",
        "",
        "平均精度（AP）按整个排名算；“查出”看排在最前的（与埋入的一样多的）那些。整条命令或整个进程的 CPU 与内存峰值。",
        "",
        "| 方法 | CPU 秒 | 平均精度 | 查出 | 最差的一种 | MiB |",
        "|---|---|---|---|---|---|",
        *table,
        "",
        said,
        "",
        "| 改法 | " + " | ".join(splits) + " |",
        "|---|" + "---|" * len(splits),
        *(f"| {kind} | " + " | ".join(_percent(split[kind]) for split in splits.values()) + " |" for kind in order),
        "",
    ]


def _ours_apart(path: Path, out: Path) -> dict[str, Any]:
    before = os.times()
    done = subprocess.run(
        [sys.executable, "-m", "ketuan", "overlap", str(path), "--json", str(out)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    after = os.times()
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    mib = int(re.findall(r"(\d+) MiB", done.stderr)[-1])
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"pairs": [(row["a"], row["b"], row["flag"]) for row in rows], "cpu": cpu, "mib": mib}


def _apart(*arguments: str) -> dict[str, Any] | None:
    """This script in a process of its own; nothing if what it needs is not installed."""
    done = subprocess.run([sys.executable, __file__, *arguments], stdout=subprocess.PIPE, text=True, check=True)
    answer: dict[str, Any] | None = json.loads(done.stdout)
    return answer


def one(name: str, path: Path) -> None:
    """What `_apart` runs."""
    try:
        pairs = CORPUS[name](path)
    except ImportError:
        print("null")
        return
    print(json.dumps({"pairs": pairs, "cpu": time.process_time(), "mib": _peak()}))


def _peak() -> float:
    return int(re.findall(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024


# ---- the index -------------------------------------------------------------------------------------------------------


def index(folder: Path, size: int) -> None:
    """Texts made of clauses of real ones; what `_apart` runs."""
    from ketuan.matching.overlapping.index import Index

    rng = Random("index")
    texts = abstracts(folder)
    editor = Editor(texts, rng)
    clauses = [clause for text in texts for clause in CLAUSE.findall(text) if len(clause) > 8]

    def made(least: int) -> str:
        text = ""
        while len(text) < least:
            clause = rng.choice(clauses)
            at = rng.randrange(len(clause))
            text += clause[:at] + rng.choice(clauses)[:4] + clause[at + 2 :]
        return text

    rows = {f"X{i:06}": made(200) for i in range(size)}
    before = _now()
    earlier, begun = Index(), time.process_time()
    for low in range(0, size, 20_000):
        earlier.add({name: rows[name] for name in list(rows)[low : low + 20_000]})
    built = time.process_time() - begun
    answer = {"built": built, "mib": _now() - before, "short": [], "long": [], "add": [], "found": 0}
    asked = rng.sample(sorted(rows), 300)
    for name in asked:
        text = editor.swapped(rows[name], 0.2, rng)
        begun = time.process_time()
        found = earlier.like(text)
        answer["short"].append(time.process_time() - begun)
        answer["found"] += bool(found) and found[0].id == name
    for i in range(60):
        text = "".join(rows[name] for name in asked[i : i + 10])[:2_000]
        begun = time.process_time()
        earlier.like(text)
        answer["long"].append(time.process_time() - begun)
    for i in range(200):
        text = made(200)
        begun = time.process_time()
        earlier.add({f"Y{i}": text})
        answer["add"].append(time.process_time() - begun)
    print(json.dumps(answer))


def index_of_applications(texts: list[str], size: int) -> str:
    from ketuan.matching.overlapping.index import Index

    rows, _ = corpus_of(texts, size, max(1, size // 60))
    earlier = Index()
    joined = {row["id"]: "\n".join(row["paras"]) for row in rows}
    earlier.add(joined)
    spent = []
    names = sorted(joined)
    for i in range(100):
        text = (joined[names[i]] + joined[names[-i - 1]])[:2_000]
        begun = time.process_time()
        earlier.like(text)
        spent.append(1e3 * (time.process_time() - begun))
    return f"| {len(rows):,} 份申报书，问一份 2,000 字的 | {np.median(spent):.1f} | {np.quantile(spent, 0.95):.1f} | |"


def index_section(folder: Path, texts: list[str], size: int, applications: int) -> list[str]:
    tell("index")
    got = _apart("--index", str(size), "--data", str(folder))
    assert got is not None
    short, long, add = (np.array(got[key]) * 1e3 for key in ("short", "long", "add"))
    return [
        f"### 索引：与以前全部文本里的哪些相像（{size:,} 篇各约 200 字，建成用 {got['built']:.1f} CPU 秒，占 {got['mib']:.0f} MiB）",
        "",
        "| 问什么 | 中位毫秒 | 95 % 毫秒 | 排第一的就是原文 |",
        "|---|---|---|---|",
        f"| 换词 20 % 的一篇 | {np.median(short):.1f} | {np.quantile(short, 0.95):.1f} | {got['found'] / 3:.1f} % |",
        f"| 2,000 字，由十篇拼成 | {np.median(long):.1f} | {np.quantile(long, 0.95):.1f} | |",
        f"| 增加一篇 | {np.median(add):.1f} | {np.quantile(add, 0.95):.1f} | |",
        *([index_of_applications(texts, applications)] if len(texts) >= 400 else []),
        "",
    ]


def _now() -> float:
    return int(re.findall(r"VmRSS:\s+(\d+)", Path("/proc/self/status").read_text())[0]) / 1024


def tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "bench-matching")
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--index", type=int, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.one:
        one(args.one[0], Path(args.one[1]))
        return
    if args.index:
        index(args.data, args.index)
        return
    texts = abstracts(args.data)
    real = len(texts) > len(edits.TEXTS)
    print("## 查重（overlap）\n")
    print(
        "改写由程序生成，代替人的改写：换标点和全半角、把词换成别的摘要里同样长的词（不是同义词，比同义改写更狠）、移动、删去、掺入分句，"
        "把一段放进另一篇，以及混合。定常数用的是偶数位的摘要，下面是奇数位的，两半没有共同的文本。\n"
        if real
        else "没有找到开发数据，只用仓库里自拟的 30 篇文字，且不做“一批”；数字只供看程序能跑。\n"
    )
    print("\n".join(pairs_section(texts, 60 if args.small or not real else 300)))
    if real:
        size, each = (300, 8) if args.small else (1_500, 30)
        print("\n".join(corpus_section(texts, size, each)))
    print("\n".join(index_section(args.data, texts, 10_000 if args.small else 100_000, 300 if args.small else 1_500)))
    print(MISSED)


MISSED = """**没有达到的**

- 换词是随机的同长词，不是同义改写；由人通篇重写、连三个字都不相同的文本，查不出来。
- 单独两篇同题的文本误报约 2 %（按 0.27 的界）；任意两篇几乎不误报。只在同题里按 1 % 定界，换词 45 % 和重混合各漏百分之一二。
- 一批里有 1 %（至少 10 份）以上的文本共有的句子不计，所以十份以上都有的同一段会被当成套话（整篇九成以上相同的另行列出）；用 `--known` 给出通知原文
  不能补救这一点。按年累积的索引（`Index`）还没有这一条补救。
- 一批里 `flag` 为真的约有百分之五是同题文本共用的术语、数据罗列，要由人看过标出的文字再定。
- 核对（`ketuan check`）用同一个引擎、内定的常用字表（不向别的文本学罕见度）；通知配置里的界线比这里的高，只抄四十来字的一段不提示。"""


if __name__ == "__main__":
    main()
