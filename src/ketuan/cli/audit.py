"""``ketuan audit verify``: go through the chain of the journal. Exit status 1 where it is not whole.

``ketuan audit erase 17 --reason …`` erases the personal data of one entry, and writes that down.
"""

from __future__ import annotations

import argparse
import json

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, wake


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what",
        choices=("verify", "anchor", "erase"),
        metavar="verify|anchor|erase",
        help="核验日志链；或立即写一个锚点；或删除一条记录的个人信息",
    )
    parser.add_argument("seq", nargs="?", type=int, help="erase：第几条记录")
    parser.add_argument("--reason", default="", help="erase：依据和理由，不写姓名；记入日志")
    parser.add_argument("--by", default="", help="erase：系统管理员的邮箱")
    parser.add_argument("--json", action="store_true", help="结果写成 JSON")


def run(args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    from ketuan.programme import auditing

    if args.what == "erase":
        return _erase(args)
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


def _erase(args: argparse.Namespace) -> int:
    from ketuan.programme import auditing
    from ketuan.programme.errors import Invalid, NotFound, NotReady, Refused
    from ketuan.programme.who import person_of_address

    try:
        auditing.erase(args.seq or 0, args.reason, who=person_of_address(args.by))
    except NotFound:
        return fail(
            f"没有第 {args.seq} 条记录。" if args.seq else "请写明第几条，例如 ketuan audit erase 17 --reason …"
        )
    except (Invalid, NotReady) as wrong:
        return fail(str(wrong))
    except Refused as refusal:
        return fail(f"{refusal.why}请用 --by 写明系统管理员的邮箱。")
    print(f"第 {args.seq} 条的个人信息已删除，并记入日志。")
    return 0
