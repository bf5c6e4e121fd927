"""``ketuan backup``: database, papers and anchors into one file, read back before it counts."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, home, say, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", type=Path, metavar="文件", help="写到哪里（默认 ketuan-日期-时间.tar）")


def run(args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    from ketuan.cli import shelter

    target: Path = args.file or Path(f"ketuan-{datetime.datetime.now():%Y%m%d-%H%M%S}.tar")
    if target.exists():
        return fail(f"{target} 已经存在，不覆盖。请换一个文件名。")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        manifest = shelter.write(target.resolve(), home=home())
    except (shelter.Broken, OSError) as problem:
        return fail(f"备份没有成功：{problem}")
    rows, files = sum(manifest["counts"].values()), len(manifest["files"])
    say(f"已备份到 {target}：{rows} 行记录、{files} 个文件，逐个核对过。")
    say("密钥（secrets.env 或环境变量）不在备份里，请另外妥善保存：没有它，日志无法核验。")
    return 0
