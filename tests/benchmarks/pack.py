# ruff: noqa: E402 - run as a script, it has to put tests/support on the path before it can import from it
"""Measure loading, checking and trying a large pack: ``python tests/benchmarks/pack.py``.

A pack of 1,000 rules with 3,000 cases (``tests/support/hospital_pack.py`` writes it): read, checked in all
that ``main.py check`` asks, the limits of the rule engine included; then opened as at start-up, without its
cases; then every case run through both evaluators. The goal
is 10 seconds for loading and checking; a ratio at or below 1.00 meets it. The size of the pack doubles
once, so that growth is seen.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from fakes import Silent
from hospital_pack import DAY, LargePack

from engine.bootstrap.packs import EXTRA_CHECKS, FactsByPack
from engine.decision.assessment import RuleAssessor
from engine.inference.crosscheck import open_engine
from engine.knowledge.case_runs import run_cases
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files

RULES = 1_000
_GOAL = 10.0
_Result = TypeVar("_Result")


def measured(what: str, work: Callable[[], _Result], goal: float | None = None) -> tuple[_Result, float]:
    """Do it once, and print how long it took, by the clock and by the processor."""
    before, worked = time.perf_counter(), time.process_time()
    result = work()
    took, processor = time.perf_counter() - before, time.process_time() - worked
    against = f"  of {goal:g} s: {processor / goal:.2f}" if goal else ""
    print(f"{what:<52} {took:7.2f} s by the clock, {processor:6.2f} s of the processor{against}")
    return result, processor


def main() -> None:
    """Measure and print."""
    checked = {}
    for rules in (RULES, 2 * RULES):
        with tempfile.TemporaryDirectory() as folder:
            LargePack(rules).write(Path(folder))
            files = read_pack_files(Path(folder))
        (pack, diagnostics), checked[rules] = measured(
            f"{rules} rules, {3 * rules} cases: load and check",
            partial(load_pack, files, DAY, extra_checks=EXTRA_CHECKS),
            _GOAL * rules / RULES,
        )
        if pack is None:
            raise SystemExit("\n".join(map(str, diagnostics[:5])))
        measured(
            f"{rules} rules: open for use",
            partial(load_pack, files, DAY, cases=False, extra_checks=EXTRA_CHECKS),
        )
        if rules == RULES:
            with open_engine(answer_seconds=30) as engine:
                assessor = RuleAssessor(FactsByPack(), engine)
                trying = partial(run_cases, files, DAY, assessor, Silent(), extra_checks=EXTRA_CHECKS)
                report, _ = measured(f"{3 * rules} cases through both evaluators", trying)
            print(f"  {report.passed} passed, {report.failed} failed")
    ratio = checked[2 * RULES] / checked[RULES]
    print(f"load and check, twice the rules: {ratio:.2f} times as long (2 is linear)")


if __name__ == "__main__":
    main()
