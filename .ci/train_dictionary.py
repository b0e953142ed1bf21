"""Makes a dictionary for the compression of decisions and records, from generated patients.

Run ``uv run python .ci/train_dictionary.py`` where a rule pack has changed so much that
``tests/benchmarks/decision_size.py`` no longer meets its goal. It writes the dictionary under its hash and
prints the line to add to ``DICTIONARIES`` in ``engine/store/packing.py``; those that shipped before stay.

The patients are those of a public generator, of other seeds than any test uses, without their names.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import zstandard  # noqa: E402 - beside those found by the lines above
from clinic import Clinic  # noqa: E402 - found by the lines above
from fakes import Silent  # noqa: E402
from generated_bundles import generated_bundles  # noqa: E402

from engine.domain.ids import PatientId  # noqa: E402
from engine.domain.rules import Jurisdiction  # noqa: E402
from engine.store.codec import DECISIONS, RECORDS  # noqa: E402

_AS_OF = date(2026, 10, 1)
_SEEDS = range(1000, 1024)
_BYTES = 220_000
#: Records are short beside decisions, and there are many more versions of them.
_WEIGHT_OF_RECORDS = 6


def main() -> None:
    """Train and write."""
    decisions: list[bytes] = []
    records: set[bytes] = set()
    for decision, record in _contents():
        decisions.append(decision)
        records.add(record)
    samples = decisions + sorted(records) * _WEIGHT_OF_RECORDS
    trained = zstandard.train_dictionary(_BYTES, samples, level=12).as_bytes()
    name = hashlib.sha256(trained).hexdigest()
    folder = ROOT / "engine" / "store" / "dictionaries"
    folder.mkdir(exist_ok=True)
    (folder / f"{name[:16]}.zdict").write_bytes(trained)
    print(f"{len(samples)} samples, {sum(map(len, samples)):,} bytes -> {len(trained):,} bytes")
    print(f'    "{name}",')


def _contents() -> Iterator[tuple[bytes, bytes]]:
    """Yield decisions as they are packed, without their records, and the records."""
    bundles = generated_bundles(_SEEDS, _AS_OF)
    for jurisdiction in Jurisdiction:
        with tempfile.TemporaryDirectory() as folder:
            clinic = Clinic(Path(folder), demo=False, jurisdiction=jurisdiction)
            engine = clinic.open()
            for bundle in bundles:
                path = Path(folder) / bundle.name
                path.write_bytes(bundle.content)
                patient_id = engine.import_files((str(path),), Silent()).patient_id
                for indication in engine.indications():
                    decision = engine.recommend(patient_id, indication.indication_id, Silent())
                    nameless = replace(decision.record, name="", patient_id=PatientId(""))
                    whole = RECORDS.encode(decision.record).removeprefix(b'{"format":1,"content":')[:-1]
                    yield DECISIONS.encode(decision).replace(whole, b""), RECORDS.encode(nameless)
            clinic.close()


if __name__ == "__main__":
    main()
