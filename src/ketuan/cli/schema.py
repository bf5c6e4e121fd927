"""``ketuan schema``: the JSON Schema of the form."""

from __future__ import annotations

import argparse
import json

from ketuan.cli.main import fail
from ketuan.forms.application import Application
from ketuan.forms.schema import json_schema
from ketuan.rules.call import CallError, load


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--call", default="2024", metavar="年度", help="哪一年的通知（默认 2024）")


def run(args: argparse.Namespace) -> int:
    try:
        edition = load(args.call).edition()
    except CallError as problem:
        return fail(str(problem))
    print(json.dumps(json_schema(Application, edition), ensure_ascii=False, indent=2))
    return 0
