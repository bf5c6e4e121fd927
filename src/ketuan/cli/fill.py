"""``ketuan fill``: a form as JSON → the official form as Word and PDF."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ketuan.cli.main import fail
from ketuan.forms.application import Application
from ketuan.forms.parsing import explain, parse_form
from ketuan.rules.call import CallError, load


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("form", metavar="FORM.json", help="申报书内容（check --json 中的 form）；“-”从标准输入读取")
    parser.add_argument("-o", "--output", type=Path, metavar="OUT.docx", help="写出 Word 申报书")
    parser.add_argument("--pdf", type=Path, metavar="OUT.pdf", help="写出 PDF 申报书")
    parser.add_argument("--call", default="2024", metavar="年度", help="哪一年的通知（默认 2024）")


def run(args: argparse.Namespace) -> int:
    if not args.output and not args.pdf:
        return fail("请用 -o 指定 Word 文件，或用 --pdf 指定 PDF 文件。")
    try:
        edition = load(args.call).edition()
        text = sys.stdin.buffer.read() if args.form == "-" else Path(args.form).read_bytes()
    except CallError as problem:
        return fail(str(problem))
    except OSError as problem:
        return fail(f"读不了 {args.form}：{problem.strerror or problem}")
    form, errors = parse_form(text, Application)
    if form is None:
        lines = "\n".join(f"  {line}" for line in explain(errors, Application))
        return fail(f"{args.form} 不是一份申报书，没有写出文件：\n{lines}")
    from ketuan.documents.writing import write_docx, write_pdf  # Word and PDF libraries load slowly

    for target, write in ((args.output, write_docx), (args.pdf, write_pdf)):
        if target is not None:
            try:
                target.write_bytes(write(form, edition=edition))
            except OSError as problem:
                return fail(f"写不了 {target}：{problem.strerror or problem}")
            print(f"已写入 {target}")
    return 0
