"""``ketuan create-admin``: the first administrator; everybody else comes by invitation or registration."""

from __future__ import annotations

import argparse
import getpass
import os
import sys

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, say, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("email", metavar="邮箱", help="管理员的电子邮箱，用它登录")
    parser.add_argument("--name", default="系统管理员", metavar="姓名", help="姓名（默认“系统管理员”）")


def run(args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    from ketuan.programme.enrolling.administrator import make_administrator
    from ketuan.programme.errors import Invalid, NotReady, Refused

    password = os.environ.get("KETUAN_ADMIN_PASSWORD") or (
        getpass.getpass("设置密码（不显示）：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    )
    try:
        make_administrator(args.email, args.name, password)
    except (Invalid, NotReady, Refused) as problem:
        return fail(str(problem))
    say(f"已建立管理员 {args.email}。首次登录后请设置双重验证。")
    return 0
