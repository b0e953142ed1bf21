# ruff: noqa: E402 - run as a script, it has to put tests/support on the path before it can import from it
"""Measure what authors wait for: ``python tests/benchmarks/authoring.py [RULES]``.

A pack of a thousand rules with three thousand cases, written to a folder: its check, its cases through
both evaluators, its proofs, each as a command of its own, start-up included. The peer is ruamel.yaml, which
reads the same files and does nothing else. The goal is ten seconds for check and cases together, printed as
a ratio: at or below 1.00 it is met. Work is the processor time of all processes; the clock also counts what
else runs on the machine.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from large_pack import RULES, write

ROOT = Path(__file__).parents[2]
GOAL_SECONDS = 10.0
_PEER = """\
import sys
from pathlib import Path
from ruamel.yaml import YAML
for path in sorted(Path(sys.argv[1]).rglob("*.yaml")):
    YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
"""


def seconds(*command: str) -> tuple[float, float]:
    """Return how long a command took by the clock, and how much processor time it and its children used."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=ROOT, check=True, capture_output=True)
    clock, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Write the pack, run each command once, and print what it took."""
    rules = int(sys.argv[1]) if len(sys.argv) > 1 else RULES
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), rules)
        peer = seconds("-c", _PEER, folder)
        commands = ("check", "cases", "prove")
        took = {name: seconds("main.py", name, folder) for name in commands}
    print(f"{rules} rules, {3 * rules} cases")
    print(f"ruamel.yaml reads them: {peer[0]:.2f} s, {peer[1]:.2f} s of work")
    for name, (clock, work) in took.items():
        print(f"{name}: {clock:.2f} s, {work:.2f} s of work, {work / peer[1]:.2f} of ruamel.yaml")
    both = took["check"][0] + took["cases"][0]
    print(f"check and cases: {both:.2f} s, {both / GOAL_SECONDS:.2f} of the goal")


if __name__ == "__main__":
    main()
