# ruff: noqa: E402 - run as a script, it has to put tests/support on the path before it can import from it
"""Measure screening of a panel: ``python tests/benchmarks/panel.py [PATIENTS]``.

A pack of 1,000 rules and 10,000 patients who take five drugs and have four diseases: facts floor, both
evaluators, the referee and the verdicts, in two processes with a worker each. Printed at every fifth of the
way: patients a second, and the memory of all processes; a rate and a size that stay say that time is
linear and memory flat. Processor time a patient is what a free machine would take: two cores do so many
patients a second. The goal is 500; a ratio at or above 1.00 meets it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / "support"), str(Path(__file__).parents[2])]

from hospital_pack import DAY, NOW, LargePack

from engine.bootstrap.packs import EXTRA_CHECKS
from engine.bootstrap.screening import BATCH, Batch, ScreeningSetup, screen_panel
from engine.domain.ids import IndicationId
from engine.domain.rules import Jurisdiction
from engine.knowledge.load import load_pack
from engine.knowledge.manifest import read_pack_files

RULES = 1_000
PATIENTS = 10_000
PROCESSES = 2
_GOAL = 500.0
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


def batches(writer: LargePack, count: int) -> Iterator[Batch]:
    """Make patients as they are asked for."""
    several = []
    for record in writer.patients(count):
        several.append(record)
        if len(several) == BATCH:
            yield Batch(records=tuple(several))
            several = []
    if several:
        yield Batch(records=tuple(several))


def below(parent: int) -> list[int]:
    """Return a process and all that it started, where the system tells (Linux)."""
    found = [parent]
    for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in tasks.read_text(encoding="ascii").split():
            found += below(int(child))
    return found


def used() -> tuple[float, float]:
    """Return processor seconds and megabytes of all processes, as far as the system tells."""
    seconds = megabytes = 0.0
    for process in below(os.getpid()):
        try:
            fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2].split()
            statm = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
        except OSError:  # it has just ended
            continue
        seconds += (int(fields[11]) + int(fields[12])) / _TICKS
        megabytes += int(statm[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return seconds, megabytes


def main() -> None:
    """Measure and print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PATIENTS
    writer = LargePack(RULES)
    with tempfile.TemporaryDirectory() as folder:
        writer.write(Path(folder))
        pack, diagnostics = load_pack(read_pack_files(Path(folder)), DAY, extra_checks=EXTRA_CHECKS)
        if pack is None:
            raise SystemExit("\n".join(map(str, diagnostics[:5])))
        setup = ScreeningSetup(
            rulesets=(folder,),
            jurisdiction=Jurisdiction.EU,
            indication=IndicationId("large"),
            as_of=NOW,
        )
        verdicts: Counter[str] = Counter()
        done, step = 0, max(BATCH, count // 5)
        rows = screen_panel(setup, batches(writer, count), pack.pack_hash, PROCESSES)
        next(rows)  # the processes have started, and the first patients are done
        began, before = time.perf_counter(), used()[0]
        told = (began, before, 0)
        for several in rows:
            done += len(several)
            for row in several:
                if row.screened is None or row.screened.faults:
                    raise SystemExit(f"{row.source}: {row.refused or row.screened}")
                verdicts.update(option.verdict.value for option in row.screened.options)
            if done - told[2] >= step:
                now, (worked, megabytes) = time.perf_counter(), used()
                rate = (done - told[2]) / (now - told[0])
                each = (worked - told[1]) / (done - told[2])
                print(
                    f"{done:>6} patients: {rate:6.0f} a second by the clock,"
                    f" {each * 1000:5.2f} ms of processors each, {megabytes:5.0f} MB"
                )
                told = (now, worked, done)
        rate = done / (time.perf_counter() - began)
        each = (told[1] - before) / told[2]
    print(", ".join(f"{share} {verdict}" for verdict, share in verdicts.most_common()))
    print(f"by the clock {rate:.0f} patients a second of {_GOAL:g}: {rate / _GOAL:.2f}")
    free = PROCESSES / each
    print(f"by the processors, two cores to itself: {free:.0f} a second of {_GOAL:g}: {free / _GOAL:.2f}")


if __name__ == "__main__":
    main()
