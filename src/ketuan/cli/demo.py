"""``ketuan demo``: make the demo year anew, or print its sign-in links."""

from __future__ import annotations

import argparse
import os

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, prepare, say, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--again", action="store_true", help="清空演示数据，按同一颗种子重新生成")
    parser.add_argument("--quiet", action="store_true", help="不打印一键登录链接")
    parser.add_argument("--links", action="store_true", help="只打印一键登录链接")


def run(args: argparse.Namespace) -> int:
    try:
        wake(demo=True, make=True)
    except CannotWake as problem:
        return fail(str(problem))
    prepare()
    from ketuan.programme import showcase
    from ketuan.programme.demo import building

    if args.again and not args.links:
        from django.core.management import call_command

        say("清空演示数据……")
        call_command("flush", verbosity=0, interactive=False)
    if not args.links and building.is_empty():
        building.build(tell=say)
    if args.quiet:
        return 0
    base = os.environ.get("KETUAN_BASE_URL", "http://127.0.0.1:8000")
    for label, name, path in showcase.links():
        print(f"{label}\t{name}\t{base}{path}")
    return 0
