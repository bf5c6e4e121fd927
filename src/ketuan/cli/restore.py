"""``ketuan restore``: a backup into an empty folder, then counted and verified against its list."""

from __future__ import annotations

import argparse
import os
import shutil
from pathlib import Path

from ketuan.cli.main import fail
from ketuan.cli.platform import DEMO, KEYS, SECRETS, CannotWake, home, prepare, say, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="备份文件", help="ketuan backup 写出的 .tar")
    parser.add_argument("--secrets", type=Path, metavar="文件", help="原平台的 secrets.env（或在环境变量里给出密钥）")


def run(args: argparse.Namespace) -> int:
    from ketuan.cli import shelter

    place = home()
    if place.exists() and any(path.name != SECRETS for path in place.iterdir()):
        return fail(f"{place} 不是空目录，不敢覆盖。请用 KETUAN_HOME 指定一个空目录，核对无误后再换过去。")
    try:
        manifest = shelter.read(args.file)
    except shelter.Broken as problem:
        return fail(str(problem))
    if manifest["vendor"] != "sqlite":
        return fail("这是 PostgreSQL 的备份：请用 pg_restore 恢复其中的 database.dump，再把 papers、anchors 放回原处。")
    if not args.secrets and not (place / SECRETS).exists() and not all(os.environ.get(key) for key in KEYS):
        return fail("恢复需要原平台的密钥：用 --secrets 指出 secrets.env，或在环境变量里给出。没有它，日志无法核验。")
    say(f"备份完整，作于 {manifest['made_at']}。正在放回 {place} ……")
    shelter.unpack(args.file, place)
    if args.secrets:
        shutil.copyfile(args.secrets, place / SECRETS)
        (place / SECRETS).chmod(0o600)
    try:
        wake(demo=(place / DEMO).exists())
    except CannotWake as problem:
        return fail(str(problem))
    prepare()
    wrong = {t: (n, shelter.counts().get(t)) for t, n in manifest["counts"].items() if shelter.counts().get(t) != n}
    if wrong:
        return fail(f"恢复后的行数与备份时不同：{wrong}")
    from ketuan.programme import auditing

    verdict = auditing.verify()
    for fault in verdict.faults:
        say(fault.says)
    if not verdict.whole:
        return 1
    say(
        f"恢复完成：{sum(manifest['counts'].values())} 行记录、{len(manifest['files'])} 个文件，日志 {verdict.entries} 条完整。"
    )
    return 0
