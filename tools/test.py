"""What `./ketuan test` runs: style, types, the import contract, then the tests, each once, with its time.

pytest comes last so that its closing line is the last line printed. Arguments go to pytest, and then only pytest runs.
The exit status is pytest's; if pytest is content but something before it was not, it is 1.
"""

import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
IMPORTS = "from importlinter.cli import lint_imports_command as run; run()"  # the package cannot be run with -m
CHECKS = [
    ("ruff check：代码写法", ["-m", "ruff", "check", "."]),
    ("ruff format：排版", ["-m", "ruff", "format", "--check", "."]),
    ("mypy：类型", ["-m", "mypy"]),
    ("lint-imports：楼层契约", ["-c", IMPORTS, "--no-logo"]),
]


def run(command: list[str]) -> int:
    return subprocess.call(
        [sys.executable, *command], cwd=ROOT, env={**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    )


def main(arguments: list[str]) -> int:
    if arguments:
        return run(["-m", "pytest", *arguments])
    failed = []
    for name, command in CHECKS:
        print(f"── {name}", flush=True)
        began = time.monotonic()
        verdict = "通过" if run(command) == 0 else "未通过"
        if verdict == "未通过":
            failed.append(name)
        print(f"── {name}：{verdict}，{time.monotonic() - began:.1f} 秒\n", flush=True)
    if failed:
        print(f"── 未通过的检查（{len(failed)} 项）：{'；'.join(failed)}\n", flush=True)
    print("── pytest：测试（用时见最后一行）", flush=True)
    return run(["-m", "pytest", "-n", "auto", "--dist", "loadgroup"]) or bool(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
