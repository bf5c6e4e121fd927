"""Mutated forms against the reader: every one gives a reading or a refusal in Chinese, never anything else.

    python bench/fuzz.py 20000 [SEED]        # count of files, first seed; prints faults by kind and the slowest file

The mutations are those of tests/documents/mutations.py; a seed always gives the same file.
"""

from __future__ import annotations

import sys
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

from tests.documents.mutations import mutated  # noqa: E402

from ketuan.documents.reading import Unreadable, read  # noqa: E402

BATCH = 250


def tried(seed: int) -> tuple[str, float]:
    """How the file of a seed ended, and after how many seconds."""
    data = mutated(seed)
    begun = time.perf_counter()
    try:
        read(data)
        end = "read"
    except Unreadable as refusal:
        end = f"refused: {str(refusal).partition('。')[0].partition('（')[0]}"
    except Exception as fault:
        where = traceback.extract_tb(fault.__traceback__)[-1]
        end = f"FAULT {type(fault).__name__}: {str(fault)[:80]} at {Path(where.filename).name}:{where.lineno}"
    return end, time.perf_counter() - begun


def batch(first: int, count: int) -> list[tuple[int, str, float]]:
    return [(seed, *tried(seed)) for seed in range(first, first + count)]


def main(count: int, first: int) -> int:
    ends: Counter[str] = Counter()
    example: dict[str, int] = {}
    slowest = (0.0, first)
    with ProcessPoolExecutor() as pool:
        waiting = [pool.submit(batch, at, min(BATCH, first + count - at)) for at in range(first, first + count, BATCH)]
        for future in waiting:
            for seed, end, seconds in future.result():
                ends[end] += 1
                example.setdefault(end, seed)
                slowest = max(slowest, (seconds, seed))
    for end, many in ends.most_common():
        print(f"{many:7d}  {end}  (seed {example[end]})")
    print(f"slowest: {slowest[0]:.2f} s (seed {slowest[1]})")
    return any(end.startswith("FAULT") for end in ends)


if __name__ == "__main__":
    given = [int(text) for text in sys.argv[1:]]
    sys.exit(main(given[0] if given else 1000, given[1] if len(given) > 1 else 0))
