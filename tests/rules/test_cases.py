"""Every case of ``cases/*.yaml``: a clean application, one change, and exactly the findings named."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.hands.people import truth
from tests.rules import builder

from ketuan.forms.application import Application
from ketuan.forms.fields import Text, words
from ketuan.forms.problem import Problem
from ketuan.forms.remarks import Reading
from ketuan.rules.catalogue import catalogue
from ketuan.rules.checking import check, check_portfolio

Case = dict[str, Any]
HERE = Path(__file__).parent


@functools.cache
def cases() -> list[Case]:
    return [
        case for file in sorted((HERE / "cases").glob("*.yaml")) for case in yaml.safe_load(file.read_text("utf-8"))
    ]


def _named(case: Case) -> str:
    return f"{case['rule']}: {case['name']}"


def _portfolio(case: Case) -> bool:
    return catalogue()[case["rule"]].subject == "portfolio"


@pytest.mark.parametrize("case", [c for c in cases() if not _portfolio(c)], ids=_named)
def test_application(case: Case) -> None:
    form = builder.changed(builder.clean(), case.get("change", {}))
    if "rows" in case:
        form = builder.padded(form, case["rows"])
    roster = builder.people_of(builder.roster(**case["roster"])) if "roster" in case else None
    reading = builder.reading(form, case.get("remarks"))
    findings = check(reading, builder.call_with(case.get("call")), roster=roster)

    assert case["clause"] == catalogue()[case["rule"]].clause
    mine = [f for f in findings if f.rule == case["rule"]]
    assert [(f.weight, f.path, f.found, f.wanted) for f in mine] == [
        (e.get("weight", catalogue()[case["rule"]].weight), e["path"], e.get("found"), e.get("wanted"))
        for e in case["expect"]
    ]
    assert {f.clause for f in mine} <= {case["clause"]}
    assert all(f.message.endswith("。") and f.fix and f.fix.endswith("。") for f in mine)
    assert {f.rule for f in findings if f.weight == "block"} <= {case["rule"], *case.get("also", [])}


@pytest.mark.parametrize("case", [c for c in cases() if _portfolio(c)], ids=_named)
def test_portfolio(case: Case) -> None:
    files, copied = case["files"], case.get("copy")
    rosters = case.get("rosters", {})
    entries = [
        builder.entry(n, change, rosters.get(f"{n}.docx"), copied if n == len(files) - 1 else None)
        for n, change in enumerate(files)
    ]
    findings = check_portfolio(entries, builder.call_with(case.get("call")), alike=builder.alike)

    assert case["clause"] == catalogue()[case["rule"]].clause
    mine = [f for f in findings if f.rule == case["rule"]]
    assert len(mine) == len(case["expect"])
    for finding, expected in zip(mine, case["expect"], strict=True):
        assert (finding.weight, finding.clause) == (catalogue()[case["rule"]].weight, case["clause"])
        assert list(finding.files) == expected["files"]
        for name in ("found", "wanted"):
            assert name not in expected or getattr(finding, name) == expected[name]
        if "evidence" in expected:
            shown = [{"kind": e.kind, "label": e.label, "paths": [s.path for s in e.sides]} for e in finding.evidence]
            wanted = [{"label": s["label"], **e} for s, e in zip(shown, expected["evidence"], strict=True)]
            assert shown == wanted
        assert [side.file for e in finding.evidence for side in e.sides] == list(finding.files) * len(finding.evidence)
        assert finding.message.endswith("。")
        assert finding.fix
        for evidence in finding.evidence:
            a, b = evidence.sides[:2]
            assert all(a.text[i:j] == b.text[k:m] for i, j, k, m in evidence.spans)
    assert {f.rule for f in findings if f.weight == "block"} <= {case["rule"]}


def test_clean_applications_of_one_society_have_no_finding_but_the_pending_roster() -> None:
    call = builder.call_with()
    findings = check(builder.reading(builder.clean()), call, roster=None)
    assert [(f.rule, f.weight) for f in findings] == [
        (rule, "pending") for rule in ("corps.size", "corps.youth", "corps.young_elite", "corps.known")
    ]
    assert check(builder.reading(builder.clean()), call, roster=builder.people_of(builder.roster())) == ()
    entries = [builder.entry(n, {}) for n in range(5)]
    assert check_portfolio(entries, call, alike=builder.alike) == ()


def test_other_peoples_clean_applications_are_clean_too() -> None:
    call = builder.call_with()
    for seed in range(60):
        findings = check(builder.reading(truth(seed)), call)
        assert [f for f in findings if f.weight != "pending" and f.rule != "plan.covers"] == []


def test_findings_come_heaviest_first_then_in_the_order_of_the_paper() -> None:
    change = {
        "problems.0.zone": [],
        "work_plan": "围绕难题开展服务。",
        "society.uscc": "1",
        "cover.email": "a",
        "budget.lines.1.basis": None,
        "budget.lines.0.basis": None,
        "cover.call_code": None,
        "schedule.stages.0.budget": 1,
    }
    findings = check(builder.reading(builder.changed(builder.clean(), change)), builder.call_with())
    assert [(f.weight, f.path) for f in findings] == [
        ("block", "cover.call_code"),
        ("block", "cover.email"),
        ("block", "society.uscc"),
        ("block", "budget.lines.0.basis"),
        ("block", "budget.lines.1.basis"),
        ("block", "problems.0.zone"),
        ("warn", "work_plan"),
        ("warn", "schedule.stages"),
        *[("pending", "roster")] * 4,
    ]


def test_a_text_over_its_limit_shows_both_counts() -> None:
    form = builder.changed(builder.clean(), {"rationale": "字" * 201 + " AI 2024"})
    messages = [f.message for f in check(builder.reading(form), builder.call_with()) if f.rule == "words.rationale"]
    assert messages == ["“立项依据和目的”有 203 字（Word 字数；不计空格的字符数 207），限 200 字。"]


def test_the_size_of_the_corps_is_told_beside_the_rows_of_the_table() -> None:
    people = builder.people_of(builder.roster(people=19))
    (finding,) = (
        f for f in check(builder.reading(builder.clean()), builder.call_with(), roster=people) if f.rule == "corps.size"
    )
    assert "人员表不超过 20 人" in finding.message
    assert "现有 6 行" in finding.message


class Longer(Application):
    """The form with one more field, as next year's may have."""

    outlook: Text = words("推广前景", 20, "十二", hint="请写明推广前景。")


def test_a_field_added_to_the_form_is_judged_without_another_edit() -> None:
    call, form = builder.call_with(), builder.application(builder.clean())
    longer = Longer(**{name: getattr(form, name) for name in Application.model_fields})
    assert [(f.rule, f.path) for f in check(Reading(longer), call) if f.weight == "block"] == [
        ("form.complete", "outlook")
    ]
    longer = longer.model_copy(update={"outlook": "字" * 21})
    (finding,) = (f for f in check(Reading(longer), call) if f.weight == "block")
    assert (finding.rule, finding.clause, finding.path) == ("words.outlook", "附件3 十二", "outlook")
    assert (finding.found, finding.wanted) == ("21", "20")


def test_the_blank_form_has_one_finding_for_every_field_that_must_be_filled() -> None:
    blank = Application(problems=[Problem()])
    findings = [f for f in check(Reading(blank), builder.call_with()) if f.weight == "block"]
    nodes = builder.call_with().paper.leaves()
    single = [n.path.replace("*", "0") for n in nodes if n.spec.required and n.path.split(".")[0] not in
              ("personnel",) and not n.path.startswith(("schedule.stages", "budget.lines"))]  # fmt: skip
    assert sorted(f.path for f in findings) == sorted([*single, "personnel", "schedule.stages", "budget.lines"])
    assert {f.rule for f in findings} == {"form.complete", "problem.category", "problem.industry", "problem.zone"}
    assert len({f.message for f in findings}) == len(findings)
