"""The rules keep the house's own rules: catalogue, tables, clauses and cases agree."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.rules.test_cases import cases

import ketuan.rules
from ketuan.rules.call import call_of, clause_ids, load
from ketuan.rules.catalogue import LATER, SUBJECTS, catalogue, lines, markdown, rows_of
from ketuan.rules.checking import APPLICATION, PORTFOLIO, ROSTER

ROOT = Path(__file__).parents[2]
ROOM = Path(ketuan.rules.__file__).parent


def test_every_rule_of_form_roster_and_portfolio_has_exactly_one_function() -> None:
    assert [r.code for r in APPLICATION] == [row.code for row in rows_of("application")]
    assert [r.code for r in ROSTER] == [row.code for row in rows_of("roster")]
    assert [r.code for r in PORTFOLIO] == [row.code for row in rows_of("portfolio")]


def test_every_other_subject_says_where_its_rules_will_live() -> None:
    assert {row.subject for row in catalogue().values()} == set(SUBJECTS)
    assert set(LATER) == set(SUBJECTS) - {"application", "roster", "portfolio"}


def test_every_clause_of_every_rule_stands_in_the_call() -> None:
    for call in (call_of("2024"), load(Path(__file__).parent / "calls" / "2099.toml")):
        for row in catalogue().values():
            assert all(one in call.clauses for one in clause_ids(row.clause)), row.code


def test_every_rule_has_a_passing_and_a_failing_case() -> None:
    for rule in (*APPLICATION, *ROSTER, *PORTFOLIO):
        mine = [case for case in cases() if case["rule"] == rule.code]
        assert any(case["expect"] for case in mine), f"{rule.code} has no failing case"
        assert any(not case["expect"] for case in mine), f"{rule.code} has no passing case"


def test_no_two_cases_of_a_rule_have_one_name() -> None:
    names = [(case["rule"], case["name"]) for case in cases()]
    assert len(names) == len(set(names))


def test_every_rule_function_names_its_clause() -> None:
    for rule in (*APPLICATION, *ROSTER, *PORTFOLIO):
        first = (rule.judge.__doc__ or "").split(":")[0].split("；")[0]
        assert first.split(" ")[0] == rule.row.clause.split(" ")[0], rule.code


def test_rules_import_only_forms_and_know_no_clock() -> None:
    for file in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            for name in names:
                assert not name.startswith("ketuan.") or name.startswith(("ketuan.forms", "ketuan.rules")), (file, name)
                assert name.split(".")[0] not in {"django", "time", "os", "socket", "subprocess"}, (file, name)
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"today", "now", "utcnow"}, file


def test_the_page_of_rules_is_current() -> None:
    page = ROOT / "docs" / "users" / "rules.md"
    assert page.read_text("utf-8") == markdown(call_of("2024")), "run: ketuan rules --markdown > docs/users/rules.md"


def test_the_terminal_lists_every_rule() -> None:
    shown = "\n".join(lines(call_of("2024")))
    assert all(code in shown for code in catalogue())
