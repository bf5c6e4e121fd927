"""What all six engines have in common: schemas, refusals, the page for users, and packages they never import."""

import ast
import json
import re
from pathlib import Path

import pytest

from ketuan.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
ENGINES = ("match", "assign", "select", "team", "overlap", "calibrate")
ABSENT = {
    "match": ["无.jsonl", "无.jsonl", "--json", "-"],
    "assign": ["无.csv", "--conflicts", "无.csv", "--limits", "无.csv", "--out", "-"],
    "select": ["无.jsonl", "--json", "-"],
    "team": ["无.json", "无.jsonl", "--json", "-"],
    "overlap": ["无.jsonl", "--json", "-"],
    "calibrate": ["无.csv", "--json", "-"],
}
PEERS = {"scipy", "sklearn", "ortools", "bm25s", "rank_bm25", "tantivy", "datasketch", "pandas"}


def ended(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    try:
        code = main(arguments)
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_prints_the_schema_of_each_of_its_files(capsys: pytest.CaptureFixture[str], engine: str) -> None:
    code, out, _ = ended(capsys, engine, "--schema")
    schemas = json.loads(out)
    assert code == 0
    assert len(schemas) >= 2
    assert {name for name, schema in schemas.items() if not {"type", "$ref", "anyOf", "oneOf"} & set(schema)} == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_file_that_is_not_there_is_refused_by_name(capsys: pytest.CaptureFixture[str], engine: str) -> None:
    code, out, err = ended(capsys, engine, *ABSENT[engine])
    assert (code, out) == (2, "")
    assert re.search(r"没有这个文件：无\.\w+", err)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_page_for_users_names_every_option(capsys: pytest.CaptureFixture[str], engine: str) -> None:
    _, helped, _ = ended(capsys, engine, "--help")
    page = (ROOT / "docs" / "users" / "engines" / f"{engine}.md").read_text(encoding="utf-8")
    options = set(re.findall(r"--[a-z][a-z-]+", helped)) - {"--help"}
    assert {option for option in options if option not in page} == set()
    assert f"engines/{engine}.md" in (ROOT / "docs" / "users" / "engines.md").read_text(encoding="utf-8")


def test_the_engines_never_import_what_they_are_measured_against() -> None:
    found = set()
    for path in (ROOT / "src" / "ketuan").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                found.add((node.module or "").partition(".")[0])
    assert found & PEERS == set()
