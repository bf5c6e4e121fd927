"""The house keeps its own rules: floors, places held for rooms to come, decisions, and commands that exist."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "ketuan"
CONTRACTS = {
    contract["name"]: contract
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
}
WITHOUT_DJANGO = CONTRACTS["The ground floor and the checker know no Django"]["source_modules"]

IMPORT_ALL = """
import importlib, pkgutil, sys
sys.modules["django"] = None                    # importing it now fails, installed or not
room = importlib.import_module(sys.argv[1])
for module in pkgutil.walk_packages(getattr(room, "__path__", []), room.__name__ + "."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(sorted(name for name in sys.modules if name.partition(".")[0] == "django"))
"""


def exists(room: str) -> bool:
    return (HOUSE / room).is_dir() or (HOUSE / f"{room}.py").exists()


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, *arguments], env=environ, cwd=ROOT, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize("room", WITHOUT_DJANGO)
def test_the_ground_floor_imports_where_there_is_no_django(room: str) -> None:
    ended = python("-c", IMPORT_ALL, room)
    assert (ended.returncode, ended.stdout) == (0, "['django']\n"), ended.stderr


def test_the_ground_floor_is_whole_in_the_contract() -> None:
    assert {"ketuan.forms", "ketuan.rules", "ketuan.documents", "ketuan.matching"} <= set(WITHOUT_DJANGO)
    assert "django" in CONTRACTS["The ground floor and the checker know no Django"]["forbidden_modules"]


def test_a_place_is_held_only_for_rooms_that_are_not_built_yet() -> None:
    layers = " | ".join(CONTRACTS["Floors"]["layers"])
    held = set(re.findall(r"\((\w+)\)", layers))
    for contract in CONTRACTS.values():
        for module in [*contract.get("source_modules", []), *contract.get("forbidden_modules", [])]:
            if module.endswith(".**"):
                held.add(module.removeprefix("ketuan.").removesuffix(".**"))
    assert [room for room in sorted(held) if exists(room)] == []


def test_every_decision_is_listed_and_has_its_four_parts() -> None:
    folder = ROOT / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    decisions = sorted(path for path in folder.glob("*.md") if path.name != "README.md")
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", index) == [path.name for path in decisions]
    for path in decisions:
        headings = re.findall(r"^## (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert (path.name, headings) == (path.name, ["Status", "Context", "Decision", "Consequences"])


def test_the_commands_of_the_readme_exist() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = set(re.findall(r"^\s*(?:\$ )?\./ketuan ([a-z-]+)", readme, re.MULTILINE)) - {"test", "extra"}
    assert commands, "the README shows no command at all"
    unknown = [command for command in sorted(commands) if python("-m", "ketuan", command, "--help").returncode]
    assert unknown == []


def test_the_launcher_knows_its_own_tools() -> None:
    launcher = (ROOT / "ketuan").read_text(encoding="utf-8")
    named = set(re.findall(r'"(requirements[\w-]*\.lock|test\.py)"', launcher))
    locks = {path.name for path in ROOT.glob("requirements*.lock")}
    assert named == {*locks, "test.py"}
    assert (ROOT / "tools" / "test.py").exists()
