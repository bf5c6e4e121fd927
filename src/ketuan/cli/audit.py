"""``ketuan audit verify``: go through the chain of the journal. Exit status 1 where it is not whole."""

from __future__ import annotations

import argparse
import json

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=("verify", "anchor"), metavar="verify|anchor", help="核验日志链；或立即写一个锚点"
    )
    parser.add_argument("--json", action="store_true", help="结果写成 JSON")


def run(args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    from ketuan.programme import auditing

    if args.what == "anchor":
        head = auditing.anchor()
        print(f"已写锚点：第 {head.seq} 条 {head.mac}" if head else "自上一个锚点以来没有新的记录。")
        return 0
    verdict = auditing.verify()
    if args.json:
        faults = [{"seq": fault.seq, "says": fault.says} for fault in verdict.faults]
        told = {"whole": verdict.whole, "entries": verdict.entries, "head": verdict.head, "anchors": verdict.anchors}
        print(json.dumps({**told, "erased": verdict.erased, "faults": faults}, ensure_ascii=False))
    elif verdict.whole:
        print(f"日志完整：{verdict.entries} 条，锚点和回执 {verdict.anchors} 个都对得上。最后一条 {verdict.head}")
    else:
        print("日志不完整：")
        for fault in verdict.faults:
            print(f"  {fault.says}")
        print("请保留现场，不要再写入，通知安全员；可用 ketuan restore 从备份恢复到另一个目录对照。")
    return 0 if verdict.whole else 1
