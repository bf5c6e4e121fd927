"""``ketuan rules``: every rule with its clause."""

from __future__ import annotations

import argparse

from ketuan.cli.main import fail
from ketuan.rules.call import CallError, load
from ketuan.rules.catalogue import lines, markdown


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--call", default="2024", metavar="年度", help="哪一年的通知（默认 2024）")
    parser.add_argument("--markdown", action="store_true", help="写成 Markdown（docs/users/rules.md 即由此生成）")


def run(args: argparse.Namespace) -> int:
    try:
        call = load(args.call)
    except CallError as problem:
        return fail(str(problem))
    print(markdown(call) if args.markdown else "\n".join(lines(call)), end="" if args.markdown else "\n")
    return 0
