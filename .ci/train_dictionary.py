"""Makes a dictionary to compress decisions by, from the cases of the rule pack and generated patients.

Run ``uv run python .ci/train_dictionary.py`` where a rule pack has changed so much that
``tests/benchmarks/decision_size.py`` no longer meets its goal. It writes the dictionary under its hash and
prints the line to add to ``DICTIONARIES`` in ``engine/store/packing.py``; those that shipped before stay.

The generated patients are those of a public generator, of other seeds than any test uses; their records,
and so their names, are left out.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

import zstandard  # noqa: E402 - beside those found by the lines above
from clinic import Clinic  # noqa: E402 - found by the lines above
from fakes import Silent  # noqa: E402
from generated_bundles import generated_bundles  # noqa: E402

from engine.bootstrap.setup import shipped_rulesets  # noqa: E402
from engine.domain.decision import Decision, DecisionRequest  # noqa: E402
from engine.domain.ids import DecisionId, PatientId, UserName  # noqa: E402
from engine.domain.rules import Jurisdiction  # noqa: E402
from engine.knowledge.case_records import record_of  # noqa: E402
from engine.knowledge.case_runs import load_to_run, noon_of  # noqa: E402
from engine.knowledge.merge import read_packs  # noqa: E402
from engine.store.codec import DECISIONS, RECORDS  # noqa: E402

_AS_OF = date(2026, 10, 1)
_SEEDS = range(1000, 1012)
_BYTES = 900_000
#: Bytes taken from a sample at once: much of a decision is said in the same long stretches.
_STRETCH = 16_384
#: One case in so many of the rule pack: between them they fire every rule from some side.
_CASES = 3


def main() -> None:
    """Train and write."""
    samples = [*_of_generated_patients(), *_of_cases()]
    trained = zstandard.train_dictionary(_BYTES, samples, k=_STRETCH, d=8, f=20, accel=1, level=12).as_bytes()
    name = hashlib.sha256(trained).hexdigest()
    folder = ROOT / "engine" / "store" / "dictionaries"
    folder.mkdir(exist_ok=True)
    (folder / f"{name[:16]}.zdict").write_bytes(trained)
    print(f"{len(samples)} samples, {sum(map(len, samples)):,} bytes -> {len(trained):,} bytes")
    print(f'    "{name}",')


def _of_generated_patients() -> Iterator[bytes]:
    """Yield decisions as they are packed, without their records."""
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
                    yield _without_record(engine.recommend(patient_id, indication.indication_id, Silent()))
            clinic.close()


def _of_cases() -> Iterator[bytes]:
    """Yield what would be decided for patients of cases; nothing is stored."""
    loaded = load_to_run(read_packs([shipped_rulesets()], sealed=True), _AS_OF)
    with tempfile.TemporaryDirectory() as place:
        clinic = Clinic(Path(place))
        engine = clinic.open()
        service = engine._work.service  # noqa: SLF001 - what computes and stores nothing has no other door
        pack = service.packs.current(_AS_OF)
        for number, case in enumerate(loaded.cases[::_CASES]):
            request = DecisionRequest(
                patient_id=PatientId(f"pat-{number}"),
                indication_id=case.indication_id,
                jurisdiction=case.jurisdiction,
                requested_by=UserName("clinician"),
            )
            record = record_of(case, pack.vocabulary)
            name = DecisionId(f"dec-{number}")
            yield _without_record(service.compute(request, record, pack, name, noon_of(case.on), Silent()))
        clinic.close()


def _without_record(decision: Decision) -> bytes:
    whole = RECORDS.encode(decision.record).removeprefix(b'{"format":1,"content":')[:-1]
    return DECISIONS.encode(decision).replace(whole, b"")


if __name__ == "__main__":
    main()
