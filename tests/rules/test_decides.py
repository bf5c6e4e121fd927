"""Nothing is hard-coded: every number, date, quota, limit and choice of the call file decides by itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.rules import builder

from ketuan.rules.call import Call, Cover, Deliverable, load
from ketuan.rules.checking import check, check_portfolio

HERE = Path(__file__).parent
DECIDES: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "decides.yaml").read_text("utf-8"))
LATER = {
    "project.awards": "selecting",
    "project.code": "the cover that documents write",
    "applicant.": "registry rules",
    "submission.originals": "submission rules",
    "submission.copies": "submission rules",
    "submission.mail_subject": "letters",
    "submission.platform": "registry rules",
    "submission.papers": "submission rules",
    "liaison.": "delivering",
    "service.chains": "reviewers: no field of the form says it",
    "service.forms": "pages",
    "station.": "closing rules",
    "residency.": "closing rules",
    "platform.": "closing rules",
    "deliverables.": "closing rules",
    "preference.": "preference rules",
    "form.choices.problems.*.policy_basis": "the edition (test_call)",
    "settings.lookback": "registry rules",
    "settings.residency_days": "closing rules",
    "settings.count_margin": "pages that count while one writes (test_call)",
    "settings.paper_by": "submission rules",
    "settings.electronic_and_paper": "submission rules",
    "likeness.known": "the door, which hands in the comparison",
}


def _shown(call: Call, given: dict[str, Any]) -> list[str]:
    if "files" in given:
        last = len(given["files"]) - 1
        entries = [
            builder.entry(n, change, None, given.get("copy") if n == last else None)
            for n, change in enumerate(given["files"])
        ]
        several = check_portfolio(entries, call, alike=builder.alike)
        return [str(f.found) for f in several if f.rule == given["rule"]]
    form = builder.changed(builder.clean(), given.get("change", {}))
    roster = builder.people_of(builder.roster(**given["roster"])) if "roster" in given else None
    findings = check(builder.reading(form), call, roster=roster)
    return [
        ("待定 " if f.weight == "pending" else "") + (f.found or f.path) for f in findings if f.rule == given["rule"]
    ]


@pytest.mark.parametrize("path", DECIDES)
def test_each_entry_of_the_call_decides(path: str) -> None:
    given = DECIDES[path]
    other = given.get("call", {})
    assert _shown(builder.call_with(other), given) == given["before"]
    assert _shown(builder.call_with({**other, path: given["value"]}), given) == given["after"]


def test_every_entry_of_the_call_decides_now_or_is_read_by_a_room_to_come() -> None:
    call = load("2024")
    paths = {path for path, _ in call.entries()}
    later = {path for path in paths if any(path == p or (p.endswith(".") and path.startswith(p)) for p in LATER)}
    assert set(DECIDES) | later == paths
    assert set(DECIDES) & later == set()


def test_the_call_of_2099_differs_in_every_entry() -> None:
    ours, theirs = dict(load("2024").entries()), dict(load(HERE / "calls" / "2099.toml").entries())
    for path, entry in ours.items():
        if isinstance(entry, Cover | Deliverable):
            assert path not in theirs
        else:
            other = theirs[path]
            assert not isinstance(other, Cover | Deliverable)
            assert entry.value != other.value, path


def test_the_form_that_is_clean_in_2024_breaks_the_rules_of_2099() -> None:
    call = load(HERE / "calls" / "2099.toml")
    form = builder.changed(builder.clean(), {"problems.0.location": "浙江省丽水市"})
    findings = check(builder.reading(form), call, roster=builder.people_of(builder.roster()))
    assert {(f.rule, f.found, f.wanted) for f in findings} == {
        ("title.format", "“科创中国”钠离子储能电池科技服务团", "“星海”<产业领域>科技远征团"),
        ("date.signed", "2024-05-20", "2024-03-15"),
        ("grant.cap", "70", "33.5"),
        ("schedule.within", "2025-03-31", "2024-12-31"),
        ("problem.category", "布局建设未来产业", None),
        ("problem.industry", "新型储能", None),
        ("problem.zone", "“科创中国”试点城市（园区）", None),
        ("plan.covers", None, "星图"),
        ("problem.count", "1", "2–3"),
        ("provinces.count", "1", "2–4"),
        ("corps.size", "20", "24"),
        ("corps.youth", "0", "12"),
        ("corps.young_elite", "2", "4"),
    }
