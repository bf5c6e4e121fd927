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
    from ketuan.programme.enrolling.registries import load_registries
    from ketuan.programme.who import PLATFORM

    say(str(load_registries(who=PLATFORM)))
    return 0
