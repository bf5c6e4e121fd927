"""``ketuan load-registries``: the real societies and associations, again and again without harm."""

from __future__ import annotations

import argparse

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, say, wake


def options(parser: argparse.ArgumentParser) -> None:
    pass


def run(_args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    from ketuan.programme import registries

    say(registries.load())
    return 0
