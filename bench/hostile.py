"""What hostile files cost: seconds and megabytes of every file of tests/documents/hostile.py, each in a process of its own.

python bench/hostile.py [PART OF A NAME ...]        # the bounds are 10 seconds and 400 MB (Linux: reads /proc)
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT)]

SECONDS, MEGABYTES = 10, 400
CHILD = f"""
import json, resource, sys, time
sys.path.insert(0, {str(ROOT / "src")!r})
from pathlib import Path
from ketuan.cli.judging import Task, judge
from ketuan.cli.sources import Source
begun = time.perf_counter()
judged = json.loads(judge(Source("x", Path(sys.argv[1])), Task("2024")).text)
seconds = time.perf_counter() - begun
# VmHWM and not ru_maxrss: the latter is inherited from the process that started this one
peak = int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1]) / 1024
children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([judged["status"], judged["reason"] or "", seconds, peak, children]))
"""


def main(wanted: list[str]) -> int:
    from tests.documents.hostile import READ, REFUSED, SLOW

    cases = {name: make for name, (make, _) in REFUSED.items()} | READ | SLOW
    worst: list[tuple[float, float, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "x.docx")
        for name, make in cases.items():
            if wanted and not any(part in name for part in wanted):
                continue
            file.write_bytes(make())
            done = subprocess.run([sys.executable, "-c", CHILD, str(file)], capture_output=True, text=True, check=True)
            status, reason, seconds, own, children = json.loads(done.stdout)
            peak = max(own, children) if children > own * 1.5 else own
            worst.append((seconds, peak, name))
            over = " !" if seconds > SECONDS or peak > MEGABYTES else ""
            print(f"{seconds:6.2f} s {peak:5.0f} MB  {name}: {status} {reason[:60]}{over}", flush=True)
    if worst:
        print("longest:", *max(worst))
        print("largest:", *max((peak, seconds, name) for seconds, peak, name in worst))
    return any(seconds > SECONDS or peak > MEGABYTES for seconds, peak, _ in worst)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
