"""A throw-away PostgreSQL for tests and figures: made in a folder of its own, reached by a socket, gone afterwards.

    with Postgres() as server:
        ... server.url, for KETUAN_DATABASE_URL

As root it runs as the user postgres or nobody, because PostgreSQL refuses root. The programs are searched for in
``KETUAN_PG_BIN``, on the path, and under /usr/lib/postgresql.
"""

from __future__ import annotations

import contextlib
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

_CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""For tests that kill no database: nothing waits for the disk."""


class NoPostgres(RuntimeError):
    """There are no programs of a PostgreSQL server here."""


def programs() -> Path:
    """The folder with initdb and postgres. NoPostgres where there is none."""
    found = [os.environ.get("KETUAN_PG_BIN", "")]
    if initdb := shutil.which("initdb"):
        found.append(os.path.dirname(os.path.realpath(initdb)))
    found += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in found:
        if folder and (Path(folder) / "initdb").exists():
            return Path(folder)
    raise NoPostgres("no PostgreSQL server on this machine (Debian: apt install postgresql; or set KETUAN_PG_BIN)")


def _other_user() -> dict[str, Any]:
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    return {}


class Postgres:
    """A server with one empty database. ``safe`` lets it wait for the disk as in real life."""

    def __init__(self, *, safe: bool = False) -> None:
        self.programs, self.safe = programs(), safe

    def __enter__(self) -> Postgres:
        other = _other_user()
        self.folder = tempfile.mkdtemp(prefix="ketuan-pg-")  # short: the path of a socket has at most 107 bytes
        if other:
            os.chown(self.folder, other["user"], other["group"])
        place: dict[str, Any] = {
            "env": {**os.environ, "LC_ALL": "C.UTF-8", "HOME": self.folder},
            "cwd": self.folder,
            "stderr": subprocess.STDOUT,
            **other,
        }
        data = f"{self.folder}/data"
        made = [str(self.programs / "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale"]
        answer = subprocess.run([*made, "-N"], stdout=subprocess.PIPE, check=False, **place)
        if answer.returncode:
            raise RuntimeError(answer.stdout.decode())
        settings = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_connections=200"]
        given = [part for name in (*settings, *(() if self.safe else _CARELESS)) for part in ("-c", name)]
        with open(f"{self.folder}/log", "wb") as log:
            run = [str(self.programs / "postgres"), "-D", data, *given]
            self.process = subprocess.Popen(run, stdout=log, **place)
        self._wait()
        self.url = f"postgres://postgres@/postgres?host={self.folder}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.send_signal(signal.SIGINT)  # ends at once, connections or not
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait(self) -> None:
        for _ in range(400):
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError):
                lines = Path(f"{self.folder}/data/postmaster.pid").read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready":
                    return
            time.sleep(0.05)
        raise RuntimeError(Path(f"{self.folder}/log").read_text())


if __name__ == "__main__":
    with Postgres() as server:
        print(f"KETUAN_DATABASE_URL={server.url}")
        with contextlib.suppress(KeyboardInterrupt):
            sys.exit(server.process.wait())
