"""Backups: one tar with the database, the papers, the anchors, and a list of what must be in it."""

from __future__ import annotations

import datetime
import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MANIFEST = "manifest.json"
DATABASE = "ketuan.sqlite3"
DUMP = "database.dump"


class Broken(Exception):
    """A backup that is not whole; the text says where."""


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def counts() -> dict[str, int]:
    """Rows of every table of ours."""
    from django.apps import apps

    return {
        model._meta.db_table: model._default_manager.count() for model in apps.get_app_config("records").get_models()
    }


def write(target: Path, *, home: Path) -> dict[str, Any]:
    """Write a backup and read it back; what it holds. Safe while the platform runs."""
    from django.db import connection

    from ketuan import __version__

    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        inside = Path(folder)
        if connection.vendor == "sqlite":
            _copy_sqlite(Path(str(connection.settings_dict["NAME"])), inside / DATABASE)
        else:
            _dump_postgres(connection.settings_dict, inside / DUMP)
        manifest: dict[str, Any] = {
            "version": __version__,
            "made_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "vendor": connection.vendor,
            "counts": counts(),
            "files": {},
        }
        half = inside / "backup.tar"
        with tarfile.open(half, "w") as tar:
            for name, path in _parts(inside, home):
                manifest["files"][name] = {"size": path.stat().st_size, "sha256": sha256(path)}
                tar.add(path, name, recursive=False)
            text = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
            info = tarfile.TarInfo(MANIFEST)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text))
        read(half)
        half.chmod(0o600)
        shutil.move(half, target)
    return manifest


def _parts(inside: Path, home: Path) -> Iterator[tuple[str, Path]]:
    for name in (DATABASE, DUMP):
        if (inside / name).exists():
            yield name, inside / name
    if (home / "demo").exists():
        yield "demo", home / "demo"
    for folder in ("papers", "anchors"):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file():
                yield str(path.relative_to(home)), path


def _copy_sqlite(source: Path, target: Path) -> None:
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()


def _dump_postgres(database: dict[str, Any], target: Path) -> None:
    import os

    if shutil.which("pg_dump") is None:
        raise Broken("没有找到 pg_dump，无法备份 PostgreSQL。请安装 postgresql-client。")
    command = ["pg_dump", "--format=custom", "--file", str(target), "--dbname", database["NAME"]]
    for option, key in (("--host", "HOST"), ("--port", "PORT"), ("--username", "USER")):
        if database.get(key):
            command += [option, str(database[key])]
    done = subprocess.run(command, env={**os.environ, "PGPASSWORD": database.get("PASSWORD", "")}, capture_output=True)
    if done.returncode:
        raise Broken(f"pg_dump 没有成功：{done.stderr.decode('utf-8', 'replace')[-300:]}")


def read(source: Path) -> dict[str, Any]:
    """The manifest, after every file was held against its hash. Broken where one is missing, added or changed."""
    try:
        with tarfile.open(source) as tar:
            found: dict[str, str] = {}
            manifest: dict[str, Any] | None = None
            for member in tar:
                handle = tar.extractfile(member)
                if not member.isfile() or handle is None or member.name.startswith("/") or ".." in member.name:
                    raise Broken(f"备份里有不该有的内容：{member.name}")
                if member.name == MANIFEST:
                    manifest = json.load(handle)
                else:
                    found[member.name] = hashlib.file_digest(handle, "sha256").hexdigest()  # type: ignore[arg-type]
    except (OSError, tarfile.TarError, ValueError) as problem:
        raise Broken(f"{source} 不是完整的备份（{problem}）。") from None
    if manifest is None:
        raise Broken(f"{source} 里没有清单，不是完整的备份。")
    wanted = {name: one["sha256"] for name, one in manifest["files"].items()}
    for name in sorted(wanted.keys() | found.keys()):
        if wanted.get(name) != found.get(name):
            raise Broken(f"备份里的 {name} 与清单不符。")
    return manifest


def unpack(source: Path, home: Path) -> None:
    """Put the files of a backup that was read into an empty folder."""
    home.mkdir(parents=True, exist_ok=True)
    with tarfile.open(source) as tar:
        tar.extractall(home, filter="data")
    (home / MANIFEST).unlink(missing_ok=True)
