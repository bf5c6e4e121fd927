"""``ketuan worker``: does what must follow (letters, jobs), on rows in the database."""

from __future__ import annotations

import argparse

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--once", action="store_true", help="做完现在到期的就结束")


def run(args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    from ketuan.journal import worker

    worker.run(once=args.once)
    return 0
