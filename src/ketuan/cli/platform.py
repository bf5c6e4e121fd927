"""Waking the platform for a command: where it lives, its secrets, Django. Only commands that need it import this."""

from __future__ import annotations

import os
import secrets
import sys
import time
from pathlib import Path
from typing import Any

SECRETS = "secrets.env"
DEMO = "demo"
KEYS = ("KETUAN_SECRET_KEY", "KETUAN_JOURNAL_KEY")


class CannotWake(Exception):
    """The text says what is wrong and what to do."""


def say(text: str) -> None:
    print(f"[ketuan] {text}", file=sys.stderr, flush=True)


def home() -> Path:
    """The platform's folder: ``KETUAN_HOME``, else ``var`` where the command is run."""
    return Path(os.environ.get("KETUAN_HOME") or "var").expanduser().resolve()


def wake(*, demo: bool | None = None, make: bool = False) -> None:
    """Set up Django over the platform's folder.

    ``demo`` None takes the folder as it is; ``make`` lets a new folder be begun. CannotWake where the folder is of the
    other kind, or not there.
    """
    place = home()
    begun = (place / SECRETS).exists() or all(os.environ.get(key) for key in KEYS)
    if not begun and not make:
        raise CannotWake(f"{place} 里还没有平台。请先运行 ./ketuan up，或用 KETUAN_HOME 指定平台所在的目录。")
    try:
        place.mkdir(parents=True, exist_ok=True)
        _keys(place)
        is_demo = (place / DEMO).exists()
        used = (place / "ketuan.sqlite3").exists() or bool(os.environ.get("KETUAN_DATABASE_URL"))
        if demo is None:
            demo = is_demo
        elif demo and not is_demo:
            if used:
                raise CannotWake(
                    f"{place} 是正式平台，不能当演示用。演示请换一个目录，例如 KETUAN_HOME=演示 ./ketuan up；"
                    "正式平台请用 ./ketuan up --no-demo 启动。"
                )
            (place / DEMO).touch()
        elif not demo and is_demo:
            raise CannotWake(
                f"{place} 里是演示数据，不能当正式平台用。正式平台请换一个目录，例如 KETUAN_HOME=正式 ./ketuan up --no-demo。"
            )
    except OSError as problem:
        raise CannotWake(f"无法写入 {place}（{problem.strerror}）。请换到可写的目录，或用 KETUAN_HOME 指定。") from None
    os.environ["KETUAN_HOME"] = str(place)
    os.environ["KETUAN_DEMO"] = "1" if demo else "0"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ketuan.site.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as problem:
        raise CannotWake(str(problem)) from None


def _keys(place: Path) -> None:
    """Secrets come from the environment; where they are not given they are made once and kept beside, never in, the database."""
    file = place / SECRETS
    if all(os.environ.get(key) for key in KEYS):
        return
    if not file.exists():
        text = "".join(f"{key}={secrets.token_urlsafe(48)}\n" for key in KEYS)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
            handle.write(text)
        say(f"已生成密钥 {file}（请单独备份，不要放进数据库备份里）。")
    for line in file.read_text(encoding="utf-8").splitlines():
        key, _, value = line.partition("=")
        if key in KEYS:
            os.environ.setdefault(key, value)


def prepare() -> None:
    """Bring tables and static files up to date; quick when they are."""
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        began = time.monotonic()
        say("更新数据库……")
        call_command("migrate", verbosity=0, interactive=False)
        say(f"数据库已就绪，{time.monotonic() - began:.1f} 秒。")
    tries: Any = settings.CACHES["default"]
    if tries["LOCATION"] not in connection.introspection.table_names():
        call_command("createcachetable", verbosity=0)
    _static(call_command)


def _static(call_command: object) -> None:
    import hashlib

    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders

    state = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            path = Path(storage.path(name))
            state.update(f"{name}:{path.stat().st_size}:{path.stat().st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".stamp"
    if stamp.exists() and stamp.read_text() == state.hexdigest():
        return
    began = time.monotonic()
    say("整理样式和脚本……")
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)  # type: ignore[operator]
    stamp.write_text(state.hexdigest())
    say(f"样式和脚本已就绪，{time.monotonic() - began:.1f} 秒。")
