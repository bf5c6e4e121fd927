"""What an operator does, with real processes: start, stop, back up, restore, verify."""

from __future__ import annotations

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def environ(home: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("KETUAN_", "DJANGO_"))}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "KETUAN_HOME": str(home), "PYTHONUTF8": "1"}


def ketuan(home: Path, *arguments: object, told: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "ketuan", *map(str, arguments)]
    return subprocess.run(
        command, env=environ(home), input=told, capture_output=True, text=True, timeout=120, cwd=home.parent
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory):
    """A platform without a demo, started and stopped once: its home, and what it said."""
    home = tmp_path_factory.mktemp("operators") / "home"
    port, pid_file = free_port(), home.parent / "pid"
    log = (home.parent / "log").open("w+")
    command = [sys.executable, "-m", "ketuan", "up", "--no-demo", "--port", str(port), "--pid-file", str(pid_file)]
    process = subprocess.Popen(command, env=environ(home), stderr=log, stdout=log, cwd=home.parent)
    try:
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2) as answer:
                    assert answer.read() == b"ok"
                    break
            except OSError:
                assert process.poll() is None, log.seek(0) or log.read()
                time.sleep(0.2)
        assert int(pid_file.read_text()) == process.pid
        second = ketuan(home, "up", "--no-demo", "--port", port)
        assert (second.returncode, "换一个端口" in second.stderr) == (2, True)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        log.seek(0)
        said = log.read()
        log.close()
    return home, said


def test_it_says_what_it_does_and_stops_when_told(platform) -> None:
    _, said = platform
    for words in ("已生成密钥", "数据库已就绪", "已载入全国学会、省级科协名册", "平台已启动"):
        assert words in said


def test_secrets_are_readable_by_the_owner_only(platform) -> None:
    home, _ = platform
    assert (home / "secrets.env").stat().st_mode & 0o777 == 0o600


def test_a_real_platform_is_not_taken_for_a_demo(platform) -> None:
    home, _ = platform
    answer = ketuan(home, "up", "--port", free_port())
    assert (answer.returncode, "是正式平台" in answer.stderr) == (2, True)


def test_the_first_administrator_needs_a_good_password(platform) -> None:
    home, _ = platform
    assert ketuan(home, "create-admin", "root@example.org", told="123456\n").returncode == 2
    assert ketuan(home, "create-admin", "root@example.org", told="a long and quiet password\n").returncode == 0


def test_loading_the_registries_again_changes_nothing(platform) -> None:
    home, _ = platform
    assert "新增 0 个单位，改名 0 个" in ketuan(home, "load-registries").stderr


def test_a_backup_comes_back_whole_elsewhere(platform, tmp_path: Path) -> None:
    home, _ = platform
    tar, elsewhere = tmp_path / "b.tar", tmp_path / "elsewhere"
    assert ketuan(home, "backup", tar).returncode == 0
    assert "不覆盖" in ketuan(home, "backup", tar).stderr
    without = ketuan(elsewhere, "restore", tar)
    assert (without.returncode, "密钥" in without.stderr) == (2, True)
    back = ketuan(elsewhere, "restore", tar, "--secrets", home / "secrets.env")
    assert back.returncode == 0, back.stderr
    assert ketuan(elsewhere, "doctor").returncode == 0
    again = ketuan(elsewhere, "restore", tar, "--secrets", home / "secrets.env")
    assert (again.returncode, "不是空目录" in again.stderr) == (2, True)


def test_a_damaged_backup_is_refused(platform, tmp_path: Path) -> None:
    home, _ = platform
    tar = tmp_path / "b.tar"
    ketuan(home, "backup", tar)
    data = bytearray(tar.read_bytes())
    at = data.find(b"SQLite format 3") + 5000
    data[at] ^= 0xFF
    tar.write_bytes(data)
    answer = ketuan(tmp_path / "elsewhere", "restore", tar, "--secrets", home / "secrets.env")
    assert (answer.returncode, "与清单不符" in answer.stderr) == (2, True)


def test_verify_finds_what_was_changed_behind_the_platforms_back(platform, tmp_path: Path) -> None:
    home, _ = platform
    assert ketuan(home, "audit", "verify").returncode == 0
    tar, elsewhere = tmp_path / "b.tar", tmp_path / "elsewhere"
    ketuan(home, "backup", tar)
    ketuan(elsewhere, "restore", tar, "--secrets", home / "secrets.env")
    with sqlite3.connect(elsewhere / "ketuan.sqlite3") as database:
        database.execute("update records_entry set says = '别的事' where seq = 1")
    database.close()
    answer = ketuan(elsewhere, "audit", "verify", "--json")
    told = json.loads(answer.stdout)
    assert (answer.returncode, told["whole"], told["faults"][0]["seq"]) == (1, False, 1)


def test_a_command_without_a_platform_says_how_to_begin(tmp_path: Path) -> None:
    answer = ketuan(tmp_path / "nowhere", "doctor")
    assert (answer.returncode, "./ketuan up" in answer.stderr) == (2, True)
