"""``ketuan``: one table of commands. A command's module is imported when it is called, and no sooner."""

from __future__ import annotations

import argparse
import importlib
import os
import re
import sys
from collections.abc import Sequence
from typing import NoReturn

from ketuan import __version__

COMMANDS = {
    "check": ("ketuan.cli.check", "核对申报书：逐份读取 Word 文件，按通知条款列出问题"),
    "fill": ("ketuan.cli.fill", "由 JSON 生成正式申报书（Word、PDF）"),
    "schema": ("ketuan.cli.schema", "打印申报书的 JSON Schema"),
    "rules": ("ketuan.cli.rules", "打印全部规则及其条款依据"),
    "roster-template": ("ketuan.cli.roster_template", "生成空白的团员名册（Excel）"),
    "match": ("ketuan.cli.match", "匹配：为难题找专家、成果、学会，为专家找难题，逐条说明理由"),
    "assign": ("ketuan.cli.assign", "分配评审：哪位专家评哪份申报书，附可核验的最优性证明"),
    "select": ("ketuan.cli.select", "遴选：在名额、经费、学会、省份等限制内择优，附证明"),
    "team": ("ketuan.cli.team", "组团：为一项难题选出合乎通知要求的服务团成员"),
    "overlap": ("ketuan.cli.overlap", "查重：找出雷同的文字及其位置"),
    "calibrate": ("ketuan.cli.calibrate", "校准评分：去掉评审专家宽严差异，给出不确定度"),
    "up": ("ketuan.cli.up", "启动平台（网页、后台任务；默认带演示年度）"),
    "worker": ("ketuan.cli.worker", "单独运行后台任务：发信、提醒、收信"),
    "create-admin": ("ketuan.cli.create_admin", "建立管理员"),
    "load-registries": ("ketuan.cli.load_registries", "载入全国学会和省级科协名册"),
    "demo": ("ketuan.cli.demo", "生成演示年度，打印一键登录链接"),
    "backup": ("ketuan.cli.backup", "备份数据库和附件"),
    "restore": ("ketuan.cli.restore", "从备份恢复，并核对"),
    "audit": ("ketuan.cli.audit", "核验日志链：找出第一处改动、重算或截断"),
    "doctor": ("ketuan.cli.doctor", "检查平台是否健康，说明怎样修"),
}

_ENGLISH = (  # what argparse says → what we say
    (r"the following arguments are required: (.+)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.+)", r"不认识的参数：\1"),
    (r"argument ([^:]+): expected one argument", r"参数 \1 后面应有一个值"),
    (r"argument ([^:]+): expected at least one argument", r"参数 \1 后面至少应有一个值"),
    (r"argument ([^:]+): invalid choice: (.+?) \(choose from (.+)\)", r"参数 \1 不能是 \2，可以是：\3"),
    (r"ambiguous option: (.+?) could match (.+)", r"参数 \1 不明确，可能是：\2"),
    (r"argument ([^:]+): invalid \w+ value: (.+)", r"参数 \1 的值不合要求：\2"),
    (r"argument ([^:]+): ", r"参数 \1："),
)


class Refusal(Exception):
    """A file or an option is wrong; the text is what the person gets to read."""


class Parser(argparse.ArgumentParser):
    """argparse with its errors in Chinese."""

    def error(self, message: str) -> NoReturn:
        for english, chinese in _ENGLISH:
            message = re.sub(english, chinese, message)
        self.exit(2, f"{message}\n用法见：{self.prog} --help\n")

    def format_help(self) -> str:
        text = super().format_help()
        for english, chinese in (
            ("usage:", "用法："),
            ("positional arguments:", "参数："),
            ("options:", "选项："),
            ("show this help message and exit", "显示本说明"),
        ):
            text = text.replace(english, chinese)
        return text


def usage() -> str:
    width = max(map(len, COMMANDS)) + 2
    lines = [f"科团 ketuan {__version__}：“科创中国”科技服务团项目申报、核对与管理", "", "用法：ketuan 命令 [参数]", ""]
    lines += [f"  {name:<{width}}{says}" for name, (_, says) in COMMANDS.items()]
    lines += ["", "每个命令的说明：ketuan 命令 --help", ""]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit status. 2 where the command itself was not understood."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Before numpy loads, and for every process begun from here: more threads cost more CPU on tables of our size and add
    # up in another order, so that last digits would differ from machine to machine.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show Chinese must not stop the check
    if not given or given[0] in ("-h", "--help", "help"):
        print(usage(), end="")
        return 0 if given else 2
    if given[0] in ("-V", "--version"):
        print(f"ketuan {__version__}")
        return 0
    if given[0] not in COMMANDS:
        print(f"没有“{given[0]}”这个命令。\n\n{usage()}", end="", file=sys.stderr)
        return 2
    module, says = COMMANDS[given[0]]
    command = importlib.import_module(module)
    parser = Parser(prog=f"ketuan {given[0]}", description=says)
    command.options(parser)
    try:
        code: int = command.run(parser.parse_args(given[1:]))
        sys.stdout.flush()
        return code
    except Refusal as refusal:
        return fail(str(refusal))
    except KeyboardInterrupt:
        print("\n已中断。", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output (head, less) has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141


def fail(message: str) -> int:
    """Say on standard error why the command stops; the exit status for it."""
    print(message, file=sys.stderr)
    return 2
