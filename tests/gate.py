"""Run every check a change must pass, in order, and say which failed.

One command for people and for continuous integration::

    uv run python tests/gate.py
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

#: Cheap checks first; the tests last, so that their closing line is the last that is read.
CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("formatting", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("import walls", ("lint-imports",)),
    ("rule pack", (sys.executable, "main.py", "check", "rulesets")),
    ("rule cases", (sys.executable, "main.py", "cases", "rulesets")),
    # A file stays in one process, so that what its tests share is made once.
    ("tests", (sys.executable, "-m", "pytest", "-n", "auto", "--dist", "loadfile")),
)


def main() -> int:
    """Run all checks, even after one failed, and return 0 only if all passed."""
    failed: list[str] = []
    tools = Path(sys.executable).parent
    for name, command in CHECKS:
        print(f"== {name}: {' '.join(command[-3:])}", flush=True)
        began = time.monotonic()
        program = command[0] if Path(command[0]).is_absolute() else str(tools / command[0])
        result = subprocess.run([program, *command[1:]], cwd=ROOT, check=False)
        verdict = "ok" if result.returncode == 0 else f"failed ({result.returncode})"
        print(f"-- {name}: {verdict}, {time.monotonic() - began:.0f} s", flush=True)
        if result.returncode:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
