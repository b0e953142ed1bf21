# ruff: noqa: E402 - run as a script, it has to put tests/support on the path before it can import from it
"""Measure the answers about a decision: ``python tests/benchmarks/information.py``.

The value of information of every missing datum, and why not for every option, for the patient with
everything missing and for each demonstration patient; after start, as in an engine that is open. The
goal is 100 ms, of which the 95th percentile is printed as a ratio: at or below 1.00 it is met. The garbage
collector leaves alone what was loaded, as in the engine's own process.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from questions import AF, DOSE, REFERENCE, asked, demo_patients, floors

from engine.decision.information import information
from engine.decision.why_not import why_not
from engine.domain.ids import IndicationId
from engine.domain.patient import PatientRecord
from engine.remote.server import keep_what_is_loaded

TIMES = 25
GOAL = 100.0


def nothing_known(record: PatientRecord) -> PatientRecord:
    """Return the patient with everything missing but who they are."""
    return replace(
        record,
        observations=(),
        medications=(),
        allergies=(),
        diagnoses=(),
        genotypes=(),
        states=(),
        reviews=(),
    )


def timed(work: Callable[[], object]) -> tuple[float, float, float]:
    """Return the quickest, the median and the 95th percentile, in milliseconds."""
    taken = []
    for _ in range(TIMES):
        before = time.perf_counter()
        work()
        taken.append((time.perf_counter() - before) * 1000)
    return min(taken), statistics.median(taken), statistics.quantiles(taken, n=20)[-1]


def measure(name: str, record: PatientRecord, indication: IndicationId) -> None:
    """Print one line a question."""
    source = asked(record, indication)
    judged = floors()
    values = information(source, judged)
    outcomes = sum(len(value.outcomes) for value in values)
    quick, median, slow = timed(lambda: information(source, judged))
    print(
        f"{name:34} {indication:20} {len(values):3} data {outcomes:4} outcomes "
        f"{quick:7.1f} {median:7.1f} {slow:7.1f} ms, p95 of {GOAL:g}: {slow / GOAL:.2f}"
    )
    option = source.indication.options[0].option_id
    quick, median, slow = timed(lambda: why_not(source, option, REFERENCE))
    print(f"{'  why not ' + option:85} {quick:7.1f} {median:7.1f} {slow:7.1f} ms")


def main() -> None:
    """Measure and print."""
    measure("(first, so that all is loaded)", nothing_known(demo_patients()[0]), AF)
    keep_what_is_loaded()
    print(f"{'quickest, median, 95th percentile':>105}")
    for indication in (AF, DOSE):
        measure("everything missing", nothing_known(demo_patients()[0]), indication)
        for record in demo_patients():
            measure(record.name, record, indication)


if __name__ == "__main__":
    main()
