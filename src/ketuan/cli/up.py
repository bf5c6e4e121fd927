"""``ketuan up``: the whole platform on this machine, with a demo year in it unless told otherwise."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import Any

from ketuan.cli.main import fail
from ketuan.cli.platform import CannotWake, prepare, say, wake

PAUSE = 0.5
"""Seconds before web processes that ended by themselves are begun anew; twice as long each time …"""
CALM = 20.0
"""… up to this, and short again after they lived for so long."""


def options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--address", default="127.0.0.1", metavar="地址", help="监听的地址（默认 127.0.0.1，只供本机）")
    parser.add_argument("--port", type=int, default=8000, metavar="端口", help="端口（默认 8000）")
    parser.add_argument("--processes", type=int, default=2, metavar="数", help="网页进程数（默认 2）")
    parser.add_argument("--pid-file", type=Path, metavar="文件", help="把主进程号写进这个文件")
    parser.add_argument("--no-demo", action="store_true", help="不要演示数据：启动正式平台")
    parser.add_argument("--no-worker", action="store_true", help="不在这里处理后台任务（另用 ketuan worker）")


def run(args: argparse.Namespace) -> int:
    began = time.monotonic()
    if why := _taken(args.address, args.port):
        return fail(why)
    url = f"http://{'127.0.0.1' if args.address in ('0.0.0.0', '::') else args.address}:{args.port}"
    os.environ.setdefault("KETUAN_BASE_URL", url)
    os.environ.setdefault("KETUAN_HOSTS", f"127.0.0.1,localhost,{args.address}")
    try:
        wake(demo=not args.no_demo, make=True)
    except CannotWake as problem:
        return fail(str(problem))
    prepare()
    _furnish(args.no_demo)
    stopped = threading.Event()
    minder = None if args.no_worker else threading.Thread(target=_mind_worker, args=(stopped,))
    if minder is not None:
        minder.start()
    threading.Thread(target=_announce, args=(url, began, not args.no_demo), daemon=True).start()
    try:
        _serve(args)
    finally:
        stopped.set()
        if minder is not None:
            minder.join()
    return 0


def _taken(address: str, port: int) -> str:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OverflowError:
            return f"端口应在 1 和 65535 之间，现为 {port}。"
        except OSError as problem:
            return (
                f"无法使用 {address}:{port}（{problem.strerror}）。可能已有程序占用，请换一个端口，例如 --port 8001。"
            )
    return ""


def _furnish(no_demo: bool) -> None:
    """What a new platform needs before anybody comes: the registries, and in the demo its year."""
    from ketuan.programme.demo import building
    from ketuan.programme.enrolling.registries import is_empty, load_registries
    from ketuan.programme.who import PLATFORM

    if no_demo and is_empty():
        load_registries(who=PLATFORM)
        say("已载入全国学会、省级科协名册。")
    if not no_demo and building.is_empty():
        began = time.monotonic()
        say("正在准备演示年度：学会、难题、专家、申报书……")
        # in a process of its own: what typesets papers has threads, and these would not survive the fork into web processes
        subprocess.run([sys.executable, "-m", "ketuan", "demo", "--quiet"], stdin=subprocess.DEVNULL, check=True)
        say(f"演示年度已就绪，{time.monotonic() - began:.1f} 秒。")


def _mind_worker(stopped: threading.Event) -> None:
    """The worker of letters and jobs, in a process of its own; begun again when it was killed."""
    worker = _worker()
    while not stopped.wait(1):
        if worker.poll() is not None:
            say("后台任务进程意外退出，正在重新启动。")
            worker = _worker()
    worker.terminate()
    try:
        worker.wait(10)
    except subprocess.TimeoutExpired:
        worker.kill()


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "ketuan", "worker"], stdin=subprocess.DEVNULL)


def _serve(args: argparse.Namespace) -> None:
    """Serve until told to stop. Granian gives up when a process dies again seconds after its start; we begin anew."""
    from django.db import connections

    connections.close_all()  # the processes below must not share this one's
    pause = PAUSE
    while True:
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        server, began = _server(args), time.monotonic()
        with contextlib.suppress(SystemExit):
            server.serve()
        if server.interrupt_signal:
            return
        signal.signal(signal.SIGTERM, _stop)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        pause = PAUSE if time.monotonic() - began > CALM else min(pause * 2, CALM)
        say(f"网页进程接连退出，{pause:g} 秒后重新启动。")
        time.sleep(pause)


def _server(args: argparse.Namespace) -> Any:
    from granian import Granian
    from granian.constants import Interfaces

    return Granian(
        "ketuan.site.wsgi:application",
        address=args.address,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=max(1, args.processes),
        blocking_threads=1,
        websockets=False,
        pid_file=args.pid_file,
        log_enabled=True,
        log_level="warning",  # type: ignore[arg-type]
        respawn_failed_workers=True,
    )


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _announce(url: str, began: float, demo: bool) -> None:
    """Wait for the first page, then say where it is and how to get in."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(f"{url}/health/", timeout=5):
                break
        except urllib.error.HTTPError:
            say("网页进程在应答，但自检没有通过，请运行 ketuan doctor。")
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    else:
        say("网页进程一直没有应答，请查看上面的信息。")
        return
    say(f"平台已启动：{url}　（用时 {time.monotonic() - began:.1f} 秒；按 Ctrl+C 停止）")
    if demo:
        from django.db import connection

        from ketuan.programme import showcase

        say("一键登录（仅演示）：")
        for label, name, path in showcase.links():
            say(f"  {label}　{name}　{url}{path}")
        connection.close()
    else:
        say("还没有管理员的话：./ketuan create-admin 邮箱")
