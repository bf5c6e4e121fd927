"""./ketuan: what it says when it cannot start, and that it builds its environment once, wholly, and alone."""

import ast
import json
import os
import re
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = ROOT / "ketuan"
CHINESE_THEN_ENGLISH = re.compile(r"\[ketuan\] [^\n]*[\u4e00-\u9fff][^\n]*\([a-zA-Z][^\n]+\)[^\n]*。\n")


@pytest.fixture
def launcher() -> ModuleType:
    """The launcher as a module; it has no .py, so it cannot be imported."""
    module = ModuleType("launcher_under_test")
    module.__file__ = str(LAUNCHER)
    exec(compile(LAUNCHER.read_text(encoding="utf-8"), str(LAUNCHER), "exec"), module.__dict__)
    return module


@pytest.fixture
def venv(launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for the environment; making it succeeds and puts a Python there, installing is what the test says."""
    place = tmp_path / "venv"
    monkeypatch.setenv("KETUAN_VENV", str(place))
    made = []

    def create(venv: Path, base: str) -> list[str]:
        launcher.clear(venv)
        made.append(venv)
        launcher.python_of(venv).parent.mkdir(parents=True)
        launcher.python_of(venv).symlink_to(sys.executable)
        return ["pretended", "install"]

    monkeypatch.setattr(launcher, "create", create)
    monkeypatch.setattr(launcher, "installer_of", lambda venv, base: ["pretended", "install"])
    monkeypatch.setattr(launcher, "install", lambda command, venv, kind: None)
    launcher.made = made
    return place


def start(venv: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environ = {**os.environ, "KETUAN_VENV": str(venv), "PYTHONUTF8": "1"}
    return subprocess.run(
        [sys.executable, LAUNCHER, *arguments], env=environ, capture_output=True, text=True, stdin=subprocess.DEVNULL
    )


def refuse(*_: object) -> None:
    raise AssertionError("nothing was to be built")


# What it says when it cannot start


def test_a_file_where_the_environment_should_be(tmp_path: Path) -> None:
    (tmp_path / "venv").write_text("mine")
    ended = start(tmp_path / "venv", "check")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert CHINESE_THEN_ENGLISH.fullmatch(ended.stderr)
    assert (tmp_path / "venv").read_text() == "mine"


def test_a_folder_that_holds_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("somebody else's environment")
    ended = start(tmp_path, "check")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert CHINESE_THEN_ENGLISH.fullmatch(ended.stderr)
    assert [path.name for path in tmp_path.iterdir()] == ["pyvenv.cfg"]


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = start(tmp_path / "file" / "venv", "check")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert CHINESE_THEN_ENGLISH.fullmatch(ended.stderr)
    assert "KETUAN_VENV" in ended.stderr


def test_a_python_that_is_too_old(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(launcher, "OLDEST", (3, 99))
    assert launcher.main(["check"]) == 2
    assert CHINESE_THEN_ENGLISH.fullmatch(capsys.readouterr().err)


def test_a_newer_python_beside_an_old_one_is_taken_if_it_runs(launcher: ModuleType, tmp_path: Path) -> None:
    broken = tmp_path / "python3.13"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    on_path = {"python3.13": str(broken), "python3.12": sys.executable}
    assert launcher.newer_python((3, 9), on_path.get) == sys.executable
    assert launcher.newer_python((3, 11), on_path.get) is None


def test_neither_pip_nor_venv(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KETUAN_VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(launcher.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(launcher.shutil, "which", lambda name: None)
    assert launcher.main(["check"]) == 2
    said = capsys.readouterr().err
    assert CHINESE_THEN_ENGLISH.fullmatch(said)
    assert "apt install python3-venv" in said
    assert not (tmp_path / "venv").exists()


def test_pip_and_venv_that_are_there_but_fail(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KETUAN_VENV", str(tmp_path / "venv"))
    monkeypatch.setattr(launcher, "works", lambda command: False)
    assert launcher.main(["check"]) == 2
    assert CHINESE_THEN_ENGLISH.fullmatch(capsys.readouterr().err.splitlines(keepends=True)[-1])


def test_without_ensurepip_the_pip_of_the_system_fills_the_environment(
    launcher: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    venv = tmp_path / "venv"
    monkeypatch.setattr(launcher, "works", lambda command: command[1:] != ["-m", "venv", str(venv)])
    assert launcher.create(venv, "base") == ["base", "-m", "pip", "--python", str(launcher.python_of(venv)), "install"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (["WARNING: Retrying (Retry(total=4)) after connection broken", "ERROR: No matching distribution"], "连不上"),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], "校验值"),
        (["ERROR: Could not install: [Errno 28] No space left on device"], "磁盘空间"),
        (["Collecting a", "ERROR: something new"], "ERROR: something new"),
    ],
)
def test_the_reason_why_pip_failed_is_told(launcher: ModuleType, said: list[str], told: str) -> None:
    assert told in launcher.why_pip_failed(said)


# One environment, built once, wholly, and alone


def test_a_second_start_builds_nothing(launcher: ModuleType, venv: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    python = launcher.ensure(["core"])
    assert launcher.made == [venv]
    monkeypatch.setattr(launcher, "build", refuse)
    monkeypatch.setattr(launcher, "alone", refuse)
    assert launcher.ensure(["core"]) == python


def test_tests_add_to_the_environment_without_making_it_anew(launcher: ModuleType, venv: Path) -> None:
    launcher.ensure(["core"])
    launcher.ensure(["core", "dev"])
    assert launcher.made == [venv]
    assert json.loads((venv / launcher.STAMP).read_text()) == {
        "core": launcher.digest("core"),
        "dev": launcher.digest("dev"),
        "python": os.path.realpath(sys.executable),
    }


def test_an_extra_part_is_added_and_stays(launcher: ModuleType, venv: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert launcher.main(["extra", "semantic"]) == 0
    assert launcher.main(["extra"]) == launcher.main(["extra", "dev"]) == 2
    assert "semantic 或 bench" in capsys.readouterr().err
    stamp = venv / launcher.STAMP
    stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "core": "of an older lock"}))
    launcher.ensure(["core"])
    assert launcher.made == [venv, venv]
    assert set(json.loads(stamp.read_text())) == {"core", "semantic", "python"}


@pytest.mark.parametrize("fault", ["lock", "python", "stamp"])
def test_what_is_not_as_stamped_is_made_anew(launcher: ModuleType, venv: Path, fault: str) -> None:
    launcher.ensure(["core"])
    (venv / "leftover").touch()
    stamp = venv / launcher.STAMP
    match fault:
        case "lock":
            stamp.write_text(json.dumps({**json.loads(stamp.read_text()), "core": "of an older lock"}))
        case "python":
            launcher.python_of(venv).unlink()
        case "stamp":
            stamp.write_text("{half a sta")
    launcher.ensure(["core"])
    assert launcher.made == [venv, venv]
    assert not (venv / "leftover").exists()


@pytest.mark.parametrize("kinds", [["core"], ["core", "dev"]])
def test_a_broken_off_install_leaves_no_stamp_and_is_made_anew(
    launcher: ModuleType, venv: Path, monkeypatch: pytest.MonkeyPatch, kinds: list[str]
) -> None:
    if "dev" in kinds:
        launcher.ensure(["core"])

    def broken_off(command: list[str], venv: Path, kind: str) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(launcher, "install", broken_off)
        with pytest.raises(KeyboardInterrupt):
            launcher.ensure(kinds)
    assert launcher.stamp_of(venv) == {}
    before = len(launcher.made)
    launcher.ensure(kinds)
    assert len(launcher.made) == before + 1


def test_who_comes_second_waits_and_finds_the_work_done(
    launcher: ModuleType, venv: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("fcntl", reason="no file lock on this system")
    waits, found = threading.Event(), []
    monkeypatch.setattr(launcher, "say", lambda text: waits.set() if "另一个" in text else None)
    second = threading.Thread(target=lambda: found.append(launcher.ensure(["core"])))
    with launcher.alone(venv):
        second.start()
        assert waits.wait(60)
        launcher.build(venv, ["core"])
        monkeypatch.setattr(launcher, "build", refuse)
    second.join(60)
    assert found == [launcher.python_of(venv)]
    assert launcher.made == [venv]


def test_pip_is_heard_package_by_package(launcher: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(launcher, "say", said.append)
    progress = launcher.Progress(4)
    for line in [
        "Ignoring colorama: markers 'sys_platform == \"win32\"' don't match your environment",
        "Collecting lxml==6.1.3 (from -r requirements.lock (line 3))",
        "  Downloading lxml-6.1.3-cp311-cp311-linux.whl (5.2 MB)",
        "Processing /a/folder/rich-15.0.0-py3-none-any.whl (from -r requirements.lock (line 9))",
        "Requirement already satisfied: numpy==2.4.6 in /somewhere (from -r requirements.lock (line 7)) (2.4.6)",
        "Installing collected packages: lxml, rich",
    ]:
        progress.hear(line)
    assert said == [
        "  1/3 下载 lxml 6.1.3",
        "  2/3 取用本地 rich 15.0.0",
        "  3/3 已有 numpy 2.4.6",
        "下载完毕，正在写入磁盘……",
    ]


def test_pip_settings_that_would_install_elsewhere_are_not_passed_on(
    launcher: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_TARGET", "elsewhere")
    monkeypatch.setenv("PIP_CERT", "the office's certificate")
    environ = launcher.clean_environ()
    assert ("PIP_TARGET" in environ, environ["PIP_CERT"]) == (False, "the office's certificate")


# The launcher and the locks as texts


def test_the_launcher_can_be_read_by_old_pythons_and_needs_only_the_standard_library() -> None:
    tree = ast.parse(LAUNCHER.read_text(encoding="utf-8"), feature_version=(3, 7))
    imported = {
        alias.name.partition(".")[0] for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    assert imported <= sys.stdlib_module_names
    assert os.access(LAUNCHER, os.X_OK)


def pins_of(lock: str) -> dict[str, str]:
    text = (ROOT / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text, re.MULTILINE))


LOCKS = ("requirements", "requirements-dev", "requirements-semantic", "requirements-bench")


@pytest.mark.parametrize("lock", [f"{name}.lock" for name in LOCKS])
def test_every_locked_package_has_its_hashes_and_no_address(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    told = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    package = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^\n\\]+)? \\\n(    --hash=sha256:[0-9a-f]{64}( \\)?\n)+")
    assert package.sub("", told + "\n") == ""
    assert not re.search(r"://|file:|[ '\"]/|--(extra-|default-)?index|--find-links", text)


def test_what_is_asked_for_is_what_is_locked() -> None:
    for asked, lock in [(f"{name}.in", f"{name}.lock") for name in LOCKS]:
        text = (ROOT / asked).read_text(encoding="utf-8")
        wanted = dict(re.findall(r"^([\w-]+)(?:\[.*\])?(?:==(\S+))?$", text, re.MULTILINE))
        locked = pins_of(lock)
        assert {name.lower() for name in wanted} <= locked.keys()
        assert {name: locked[name.lower()] for name, version in wanted.items() if version} == {
            name: version for name, version in wanted.items() if version
        }


def test_tests_run_with_the_versions_that_users_get() -> None:
    core = pins_of("requirements.lock")
    for name in LOCKS[1:]:
        other = pins_of(f"{name}.lock")
        shared = core.keys() & other.keys()
        assert {package: other[package] for package in shared} == {package: core[package] for package in shared}, name
