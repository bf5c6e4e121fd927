"""``ketuan roster-template``: the empty roster of a corps."""

from __future__ import annotations

import argparse
from pathlib import Path

from ketuan.cli.main import fail


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("output", nargs="?", type=Path, metavar="名册.xlsx", help="写到哪里（默认：团员名册.xlsx）")
    parser.add_argument("-o", "--output", dest="named", type=Path, metavar="名册.xlsx", help="同上")


def run(args: argparse.Namespace) -> int:
    from ketuan.documents.rosters import template  # Excel is needed by this command only

    target: Path = args.named or args.output or Path("团员名册.xlsx")
    try:
        target.write_bytes(template())
    except OSError as problem:
        return fail(f"写不了 {target}：{problem.strerror or problem}")
    print(f"已写入 {target}")
    return 0
