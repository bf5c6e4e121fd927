"""How long the pages of an application take on the server when 300 things are wrong with it.

    PYTHONPATH=src:. DJANGO_SETTINGS_MODULE=tests.settings python bench/pages.py

Prints the median of 20 renders through the test client, in milliseconds; the limit is 100. On a machine that does other
things too, the processor's time is the fairer number.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

WANTED = 300
RENDERS = 20


def main() -> None:
    import django

    django.setup()
    import time_machine
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    settings.MIGRATION_MODULES = {app.split(".")[-1]: None for app in settings.INSTALLED_APPS}
    # no setup_test_environment(): it copies the context of every template that is rendered
    old = setup_databases(verbosity=0, interactive=False)
    try:
        from tests.world import BEGINNING

        with time_machine.travel(BEGINNING, tick=True):
            measure()
    finally:
        teardown_databases(old, verbosity=0)


def measure() -> None:
    from tests.world import build

    from ketuan.programme import applying

    world = build()
    application = applying.start(world.call, world.bodies["society"], who=world.who("editor"))
    wrong(application)
    findings = applying.findings_of(application)
    print(f"{len(findings)} findings")
    client, base = world.client("editor"), f"/applications/{application.code}/"
    for page in ("", "part/s8/", "part/problems/", "part/s3/", "check/"):
        show(page or "home", lambda page=page: client.get(base + page))
    for path, slug in (("rationale", "s3"), ("personnel.k1.duty", "s8")):
        texts = iter(range(10_000))

        def save(path: str = path, slug: str = slug, texts=texts) -> object:
            body = {"changes": [{"path": path, "raw": f"第{next(texts)}稿", "base": 10**6}], "slug": slug}
            return client.post(f"{base}save/", json.dumps(body), content_type="application/json")

        show(f"save {path}", save)


def wrong(application) -> None:
    """Rows of people and problems with nearly nothing in them, until enough is wrong."""
    from ketuan.forms.application import Application as Form
    from ketuan.programme import applying
    from ketuan.programme.applying.papers import plain, with_keys

    people = [{"name": f"人{n}", "contact": "不知道"} for n in range(20)]
    for problems in range(4, 40):
        form = Form.model_validate(
            {"personnel": people, "problems": [{"title": f"难题{n}"} for n in range(problems)], "rationale": "字" * 300}
        )
        application.form = plain(form)
        application.rows = with_keys(applying.paper_of(application), application.form, {})
        if len(applying.findings_of(application)) >= WANTED:
            break
    application.revision = 1
    application.save()


def show(what: str, render: Callable[[], object]) -> None:
    render()
    took, worked = [], []
    for _ in range(RENDERS):
        begun, work = time.perf_counter(), time.process_time()
        answer = render()
        took.append((time.perf_counter() - begun) * 1000)
        worked.append((time.process_time() - work) * 1000)
        assert answer.status_code == 200, answer.content[:500]  # type: ignore[attr-defined]
    median, cpu = statistics.median(took), statistics.median(worked)
    print(f"{what:24} median {median:6.1f} ms   worst {max(took):6.1f} ms   processor {cpu:6.1f} ms")


if __name__ == "__main__":
    main()
