"""Does the plan speak of what the requirements ask for (附件1 4, 6, 7, 10), and of how many provinces (附件1 5)."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterator

from ketuan.rules.call import Cover
from ketuan.rules.catalogue import rule
from ketuan.rules.checks.case import Case
from ketuan.rules.findings import Say


@rule("plan.covers")
def covers(case: Case) -> Iterator[Say]:
    """附件1 4,6,7,10: 结项前要交的、要建的、要派的；附件3 四、五: 须体现项目实施要求."""
    plan, objectives = case.form.work_plan, case.form.objectives
    if not plan and not objectives:
        return
    text = "".join(unicodedata.normalize("NFKC", f"{plan}\n{objectives}").lower().split())
    lacking = [cover for cover in case.call.covers if not _pattern(cover).search(text)]
    if lacking:
        named = "、".join(cover.name for cover in lacking)
        clauses = dict.fromkeys(cover.clause for cover in lacking)
        listed = "；".join(f"{'、'.join(c.name for c in lacking if c.clause == one)}（{one}）" for one in clauses)
        yield Say(
            "work_plan",
            f"工作方案和目标里没有找到：{listed}。",
            wanted=named,
            fix="请看看是不是漏写，或换了说法；已经写到的可以不改。",
        )


@functools.cache
def _pattern(cover: Cover) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern.lower()})" for pattern in cover.patterns))


@rule("provinces.count")
def provinces(case: Case) -> Iterator[Say]:
    """附件1 5: 一般以1-2个省为重点服务地区."""
    named, asked = case.form.service.provinces, case.call.service.provinces.value
    if named and len(named) not in asked:
        yield Say(
            "service.provinces",
            f"拟重点服务的省份写了 {len(named)} 个（{'、'.join(named)}），一般为 {asked} 个。",
            found=str(len(named)),
            wanted=str(asked),
            fix="请确定重点服务的省份；其余地区可写入意向服务的城市。",
        )
