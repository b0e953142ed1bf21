"""Makes a dictionary to compress decisions by: decisions of cases of the rule pack and generated patients.

Run ``uv run python .ci/train_dictionary.py`` where a rule pack has changed so much that
``tests/benchmarks/decision_size.py`` no longer meets its goal. It writes the dictionary under its hash and
prints the line to add to ``DICTIONARIES`` in ``engine/store/packing.py``; those that shipped before stay.

A decision is mostly long stretches of what others of its indication say, cut by what is the patient's own.
Where a dictionary holds such decisions whole, a stretch goes on where the last one ended, which costs next to
nothing to say; of a dictionary of the commonest pieces, as the usual training makes it, each piece has to be
pointed at anew. So for each indication those are chosen, one after the other, that most shorten others.

The generated patients are those of a public generator, of other seeds than any test uses; their records,
and so their names, are left out.
"""

from __future__ import annotations

import hashlib
import random  # noqa: TID251 - seeded below
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
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
from engine.domain.ids import DecisionId, IndicationId, PatientId, UserName  # noqa: E402
from engine.domain.rules import Jurisdiction  # noqa: E402
from engine.knowledge.case_records import record_of  # noqa: E402
from engine.knowledge.case_runs import load_to_run, noon_of  # noqa: E402
from engine.knowledge.merge import read_packs  # noqa: E402
from engine.store.codec import DECISIONS, RECORDS  # noqa: E402

_AS_OF = date(2026, 10, 1)
_SEEDS = range(1000, 1012)
#: One case in so many of the rule pack: between them they fire every rule from some side.
_CASES = 3
#: Decisions of an indication that are tried for the dictionary, and others that they are to shorten.
_TRIED, _SHORTENED = 40, 32
#: Another decision is taken while it shortens the others by so many bytes each, up to so many of them.
_WORTH, _MOST = 40, 3
#: Quick to try; what is chosen serves any level.
_LEVEL = 6

Said = tuple[IndicationId, bytes]


def main() -> None:
    """Choose and write."""
    samples: dict[IndicationId, list[bytes]] = defaultdict(list)
    for indication, content in (*_of_cases(), *_of_generated_patients()):
        samples[indication].append(content)
    chosen = b"".join(_chosen(samples[indication]) for indication in sorted(samples))
    name = hashlib.sha256(chosen).hexdigest()
    folder = ROOT / "engine" / "store" / "dictionaries"
    folder.mkdir(exist_ok=True)
    (folder / f"{name[:16]}.zdict").write_bytes(chosen)
    count = sum(map(len, samples.values()))
    print(f"{count} decisions of {len(samples)} indications -> {len(chosen):,} bytes")
    print(f'    "{name}",')


def _chosen(samples: list[bytes]) -> bytes:
    """Return decisions of one indication, one after the other, those that tell most of others last."""
    random.Random(0).shuffle(samples)  # noqa: S311 - a sample
    others, tried = samples[:_SHORTENED], samples[_SHORTENED:][:_TRIED]
    taken: list[bytes] = []
    length = _length(others, b"")
    while tried and len(taken) < _MOST:
        lengths = {one: _length(others, b"".join((one, *taken))) for one in tried}
        best = min(tried, key=lengths.__getitem__)
        if length - lengths[best] < _WORTH * len(others):
            break
        # What is nearer to the end is nearer to what is compressed, and cheaper to point at.
        taken.insert(0, best)
        tried.remove(best)
        length = lengths[best]
    return b"".join(taken)


def _length(others: Sequence[bytes], beside: bytes) -> int:
    # Bytes that do not begin as a trained one are taken as they are.
    dictionary = zstandard.ZstdCompressionDict(beside) if beside else None
    compressor = zstandard.ZstdCompressor(level=_LEVEL, dict_data=dictionary)
    return sum(len(compressor.compress(other)) for other in others)


def _of_generated_patients() -> Iterator[Said]:
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


def _of_cases() -> Iterator[Said]:
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


def _without_record(decision: Decision) -> Said:
    whole = RECORDS.encode(decision.record).removeprefix(b'{"format":1,"content":')[:-1]
    return decision.request.indication_id, DECISIONS.encode(decision).replace(whole, b"")


if __name__ == "__main__":
    main()
