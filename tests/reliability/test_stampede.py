"""The minutes before the deadline, in short (bench/stampede.py): real processes, real kills, nothing lost (P1 to P3)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.cli.test_operators import free_port

ROOT = Path(__file__).resolve().parents[2]
SHORT = ("--seconds", "12", "--kills", "6", "--societies", "6")


@pytest.mark.skipif(not os.environ.get("KETUAN_TEST_LONG"), reason="takes a minute; .ci/run sets KETUAN_TEST_LONG=1")
def test_nothing_is_lost_doubled_or_let_in_late_while_processes_are_killed() -> None:
    command = [sys.executable, str(ROOT / "bench" / "stampede.py"), *SHORT, "--port", str(free_port()), "--verbose"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=180)
    assert (told.returncode, "faults: 0" in told.stdout) == (0, True), told.stdout[-4000:] + told.stderr[-4000:]
    assert "6 kills" in told.stdout
