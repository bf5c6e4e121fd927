"""``ketuan doctor``: is the platform well? One line a question, with what to do; exit status 1 where something is wrong."""

from __future__ import annotations

import argparse
import datetime
import os
import shutil
import stat
from collections.abc import Callable, Iterator

from ketuan.cli.main import fail
from ketuan.cli.platform import SECRETS, CannotWake, home, wake

Told = tuple[str, str, str]
"""好 / 注意 / 有问题, what was looked at, what to do."""


def options(parser: argparse.ArgumentParser) -> None:
    pass


def run(_args: argparse.Namespace) -> int:
    try:
        wake()
    except CannotWake as problem:
        return fail(str(problem))
    bad = 0
    for look in LOOKS:
        for state, what, todo in look():
            bad += state == "有问题"
            print(f"{state}　{what}" + (f"　→ {todo}" if todo else ""))
    return 1 if bad else 0


def _database() -> Iterator[Told]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield "有问题", "数据库的结构不是最新的", "停下平台，运行 ketuan up 会自动更新；更新前请先备份"
        return
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("pragma quick_check")
            verdict = cursor.fetchone()[0]
        if verdict == "ok":
            yield "好", "SQLite 数据库完整", ""
        else:
            yield "有问题", f"SQLite 数据库受损：{verdict}", "立即停下平台，用 ketuan restore 恢复最近的备份"
        return
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from pg_stat_replication where sync_state in ('sync', 'quorum')")
        standby = cursor.fetchone()[0]
    if standby:
        yield "好", "PostgreSQL 有同步备库", ""
    else:
        yield "注意", "PostgreSQL 没有同步备库，主库损坏会丢数据", "配置 synchronous_standby_names"


def _worker() -> Iterator[Told]:
    from ketuan.programme import moment, upkeep

    state = upkeep.backlog(moment.now() - datetime.timedelta(minutes=5))
    if state.overdue:
        yield "有问题", f"有 {state.overdue} 件后台任务或信件超过 5 分钟没有处理", "查看 ketuan worker 是否在运行"
    else:
        yield "好", "后台任务没有积压", ""
    if state.failed:
        yield "注意", f"有 {state.failed} 件多次失败已放弃", "查看 records_job、records_letter 的 error 一列"


def _disk() -> Iterator[Told]:
    usage = shutil.disk_usage(home())
    share = usage.free / usage.total
    words = f"磁盘剩余 {usage.free / 2**30:.1f} GB（{share:.0%}）"
    yield ("有问题", words, "清理或扩容；写满后不能保存") if usage.free < 2**30 else ("好", words, "")


def _secrets() -> Iterator[Told]:
    file = home() / SECRETS
    if file.exists() and os.name != "nt" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        yield "有问题", f"{file} 别的用户也能读", f"chmod 600 {file}"
    else:
        yield "好", "密钥文件只有本用户能读", ""


def _papers() -> Iterator[Told]:
    from ketuan.programme import upkeep

    missing = upkeep.missing_papers()
    if missing:
        yield "有问题", f"有 {len(missing)} 份附件找不到文件，例如 {missing[0]}", "从备份里取回 papers 目录中的同名文件"
    else:
        yield "好", "附件都在", ""


def _mail() -> Iterator[Told]:
    from django.conf import settings

    if "filebased" in settings.EMAIL_BACKEND:
        yield "注意", f"没有配置邮件服务器，信件写在 {home() / 'letters'}", "设置 KETUAN_SMTP_URL"
    else:
        yield "好", "邮件服务器已配置", ""


LOOKS: tuple[Callable[[], Iterator[Told]], ...] = (_database, _worker, _disk, _secrets, _papers, _mail)
