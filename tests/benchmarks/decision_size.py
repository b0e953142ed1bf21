"""How many bytes a decision takes in the database, for demonstration and for generated patients.

Run ``uv run python tests/benchmarks/decision_size.py [SEEDS]``. The generated patients are those of a
public generator, of other seeds than the dictionary was trained on. The first decision of a patient is
counted with the version of the record it rests on; those that follow refer to the same version.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In place of this folder, in which lime.py is a benchmark.
sys.path[:1] = [str(ROOT), str(ROOT / "tests" / "support")]

from clinic import Clinic  # noqa: E402 - found by the lines above
from fakes import Silent  # noqa: E402
from generated_bundles import generated_bundles  # noqa: E402

from engine.bootstrap.local import LocalEngine  # noqa: E402
from engine.domain.ids import DecisionId, PatientId  # noqa: E402
from engine.store.codec import JsonCodec  # noqa: E402

GOAL = 4096


@dataclass(slots=True)
class Sizes:
    """Bytes of some decisions."""

    plain: list[int] = field(default_factory=list)
    canonical: list[int] = field(default_factory=list)
    first: list[int] = field(default_factory=list)
    following: list[int] = field(default_factory=list)
    records: list[int] = field(default_factory=list)


def main(seeds: int) -> None:
    """Measure and print."""
    bundles = generated_bundles(range(seeds), date(2026, 10, 1))
    with tempfile.TemporaryDirectory() as folder:
        clinic = Clinic(Path(folder))
        engine = clinic.open()
        demonstration = [row.patient_id for row in engine.patients("", "", 100).rows]
        _print("demonstration patients", _measured(engine, demonstration))
        paths = [Path(folder) / bundle.name for bundle in bundles]
        for path, bundle in zip(paths, bundles, strict=True):
            path.write_bytes(bundle.content)
        generated = [engine.import_files((str(path),), Silent()).patient_id for path in paths]
        _print("generated patients", _measured(engine, generated))
        clinic.close()


def _measured(engine: LocalEngine, patients: list[PatientId]) -> Sizes:
    sizes = Sizes()
    for patient_id in patients:
        record = _stored(
            engine, "SELECT content FROM records WHERE patient_id = ? ORDER BY event DESC", patient_id
        )
        sizes.records.append(record)
        for number, decision_id in enumerate(_decisions(engine, patient_id)):
            content = engine._store.decision_bytes(decision_id)
            sizes.canonical.append(len(content))
            sizes.plain.append(len(JsonCodec().written_out(content)))
            stored = _stored(engine, "SELECT content FROM decisions WHERE decision_id = ?", decision_id)
            if number:
                sizes.following.append(stored)
            else:
                sizes.first.append(stored + record)
    return sizes


def _decisions(engine: LocalEngine, patient_id: PatientId) -> Iterator[DecisionId]:
    """Ask about each indication, twice."""
    for indication in (*engine.indications(), *engine.indications()):
        yield engine.recommend(patient_id, indication.indication_id, Silent()).decision_id


def _stored(engine: LocalEngine, statement: str, name: str) -> int:
    return len(engine._store._db.execute(statement, (name,)).fetchall()[0][0])


def _print(title: str, sizes: Sizes) -> None:
    print(f"{title}, {len(sizes.canonical)} decisions")
    print(f"  JSON with nothing referred to     {_line(sizes.plain)}")
    print(f"  canonical, equal parts once       {_line(sizes.canonical)}")
    print(f"  stored: first, with its record    {_line(sizes.first)}")
    print(f"  stored: those that follow         {_line(sizes.following)}")
    print(f"  stored: all of them               {_line(sizes.first + sizes.following)}")
    print(f"  stored: a version of the record   {_line(sizes.records)}")
    stored = sizes.first + sizes.following
    within = sum(size <= GOAL for size in stored)
    print(f"  within {GOAL:,} bytes                {within} of {len(stored)}")


def _line(sizes: list[int]) -> str:
    return f"mean {statistics.mean(sizes):>9,.0f}, largest {max(sizes):>9,} bytes"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8)
