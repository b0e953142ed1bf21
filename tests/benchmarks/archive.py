"""A database of many decisions: how fast it is searched, listed and verified, and how large it is.

Run ``uv run python tests/benchmarks/archive.py [DECISIONS] [FOLDER] [demonstration | generated]``; a million
take minutes and some gigabytes in FOLDER (here without it). The contents are recommendations of the engine
for the demonstration patients, about whom nearly everything is known, or for patients of a public generator,
of other seeds than the dictionary was made from; in turn for each indication of the rule pack, packed beside
the patient's record and sealed as ever, each in a row, a link and an index entry of its own; names, days,
users and answers are generated. They are put in by the store's own functions, many in one transaction.
"""

from __future__ import annotations

import random  # noqa: TID251 - seeded below
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# In place of this folder, in which lime.py is a benchmark.
sys.path[:1] = [str(ROOT), str(ROOT / "tests" / "support")]

from clinic import Clinic  # noqa: E402 - found by the lines above
from fakes import FixedClock, Silent  # noqa: E402
from generated_bundles import generated_bundles  # noqa: E402
from sqlite_utils import Database  # noqa: E402
from stores import ADMINISTRATOR, CHEAP, PASSPHRASE  # noqa: E402

from engine.domain.access import Role  # noqa: E402
from engine.domain.audit import AuditKind  # noqa: E402
from engine.domain.decision import Decision  # noqa: E402
from engine.domain.ids import ContentHash, PatientId, UserName  # noqa: E402
from engine.domain.pages import DecisionFilter  # noqa: E402
from engine.store import chain, columns, search_index  # noqa: E402
from engine.store.chain import Recorded, Records  # noqa: E402
from engine.store.codec import DECISIONS, RECORDS, sha256  # noqa: E402
from engine.store.contents import Row, insert, recorded, row_of, stored_form, upsert  # noqa: E402
from engine.store.packing import pack  # noqa: E402
from engine.store.sealing import key_for, seal  # noqa: E402
from engine.store.sqlite_store import SqliteStore  # noqa: E402
from engine.store.vault import Vault  # noqa: E402

BEGIN = datetime.fromisoformat("2020-01-01T08:00:00+00:00")
USER = UserName("Cleo Clinician")
#: Of generated patients; the dictionary was made from others.
SEEDS, AS_OF = range(4), date(2026, 10, 1)
#: One patient comes so often.
DECISIONS_A_PATIENT = 10
AT_ONCE = 20_000
SYLLABLES = tuple(f"{first}{second}" for first in "bdfklmnrstv" for second in "aeio")


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A recommendation of the engine, from which many rows are made."""

    decision: Decision
    content: ContentHash
    packed: bytes
    record: bytes
    listed: columns.Columns
    words: frozenset[str]


def templates(kind: str) -> list[list[Template]]:
    """Return recommendations of the engine for each patient of a kind, one an indication."""
    with tempfile.TemporaryDirectory() as folder:
        clinic = Clinic(Path(folder))
        engine = clinic.open()
        patients = [row.patient_id for row in engine.patients("", "", 100).rows]
        if kind == "generated":
            patients = []
            for bundle in generated_bundles(SEEDS, AS_OF):
                path = Path(folder) / bundle.name
                path.write_bytes(bundle.content)
                patients.append(engine.import_files((str(path),), Silent()).patient_id)
        asked = [indication.indication_id for indication in engine.indications()]
        made = [
            [_template(engine.recommend(patient_id, indication, Silent())) for indication in asked]
            for patient_id in patients
        ]
        clinic.close()
    return made


def _template(decision: Decision) -> Template:
    content, record = DECISIONS.encode(decision), RECORDS.encode(decision.record)
    own = set(columns.words_of(decision.record.name))
    return Template(
        decision=decision,
        content=sha256(content),
        packed=pack(content, record),
        record=record,
        listed=columns.of_decision(decision),
        words=frozenset(columns.words(decision, None)) - own,
    )


def fill(store: SqliteStore, count: int, clock: FixedClock, kind: str) -> None:
    """Put decisions in, many in one transaction."""
    made = templates(kind)
    room = store.room
    number = 0
    while number < count:
        with room.writing() as db:
            for number in range(number, min(count, number + AT_ONCE)):  # noqa: B020 - goes on
                own = made[number // DECISIONS_A_PATIENT % len(made)]
                _add(store, db, number, own[number % len(own)], clock)
            number += 1
        print(f"\r{number} of {count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)


def _add(store: SqliteStore, db: Database, number: int, template: Template, clock: FixedClock) -> None:
    clock.moment = BEGIN + timedelta(minutes=number * 3)
    patient_id = PatientId(f"pat-{number // DECISIONS_A_PATIENT:08}")
    name, key = _name_of(number // DECISIONS_A_PATIENT), key_for(db, patient_id)
    if number % DECISIONS_A_PATIENT == 0:
        _add_patient(store, db, patient_id, template, clock)
    decision_id = f"dec-{number:010}"
    event = chain.next_sequence(db)
    stored = seal(key, template.packed, f"{Records.DECISION.value} {event}")
    listed = template.listed | {
        "patient_id": patient_id,
        "patient_name": name,
        "decided_at": columns.stamp(clock.moment),
        "requested_by": USER,
    }
    about = Recorded(
        records=Records.DECISION,
        content=template.content,
        stored=sha256(stored),
        listed=columns.hash_of(listed),
    )
    said = f"{template.decision.indication_title}: {number % 5} suitable"
    store.room.append(db, store.room.event(AuditKind.DECISION, decision_id, said), about, patient_id)
    row: Row = {"event": event, "sha256": template.content, "content": stored}
    insert(db, "decisions", row | {"decision_id": decision_id, "patient_id": patient_id})
    insert(db, "decision_list", listed | {"event": event})
    words = template.words | set(columns.words_of(name))
    search_index.put(db, event, sorted(words))


def _add_patient(
    store: SqliteStore, db: Database, patient_id: PatientId, template: Template, clock: FixedClock
) -> None:
    listed = columns.of_patient(template.decision.record, clock.moment) | {
        "patient_id": patient_id,
        "name": _name_of(int(patient_id[4:])),
    }
    event = chain.next_sequence(db)
    stored = stored_form(Records.RECORD, event, template.record, key_for(db, patient_id))
    about = recorded(Records.RECORD, template.record, stored, columns.hash_of(listed))
    said = store.room.event(AuditKind.IMPORT, patient_id, "a bundle")
    store.room.append(db, said, about, patient_id)
    insert(db, "records", row_of(event, template.record, stored) | {"patient_id": patient_id})
    upsert(db, "patients", listed | {"event": event}, ("patient_id",))


def _name_of(number: int) -> str:
    """Return a name; a hundred thousand numbers give some twenty thousand family names."""
    chance = random.Random(number)  # noqa: S311 - a name
    family = "".join(chance.choice(SYLLABLES) for _ in range(3))
    first = "".join(chance.choice(SYLLABLES) for _ in range(2))
    return f"Example-{family.capitalize()}, {first.capitalize()}"


def searches(count: int) -> Iterator[DecisionFilter]:
    """Yield what people look for: a name, a part of one, an id, a drug, a rule, several words."""
    chance = random.Random(4)  # noqa: S311 - questions
    patients = max(1, count // DECISIONS_A_PATIENT)
    for _ in range(50):
        number = chance.randrange(patients)
        name = _name_of(number)
        family, _, first = name.partition(", ")
        yield DecisionFilter(text=name)
        yield DecisionFilter(text=family[8:])
        yield DecisionFilter(text=family[8:13])
        yield DecisionFilter(text=f"pat-{number:08}")
        yield DecisionFilter(text=f"dec-{chance.randrange(count):010}")
        yield DecisionFilter(text=f"{first} apixaban")
        yield DecisionFilter(
            text=chance.choice(["warfarin", "apixaban", "dabigatran", "valve", "fibrillation"])
        )
        yield DecisionFilter(text="cleo edoxaban", patient_id=PatientId(f"pat-{number:08}"))


def main(count: int, where: Path, kind: str) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(dir=where) as folder, ExitStack() as held:
        path = Path(folder) / "whyrx.sqlite"
        clock = FixedClock(BEGIN)
        vault = Vault(path, clock, CHEAP)
        vault.create(ADMINISTRATOR, PASSPHRASE)
        vault.add_user(USER, frozenset({Role.CLINICIAN}), PASSPHRASE)
        vault.lock("made")
        store = vault.sign_in(USER, PASSPHRASE)
        held.callback(vault.lock, "done")
        seconds = _timed(lambda: fill(store, count, clock, kind))
        store._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        size = path.stat().st_size
        print(f"decisions, {kind + ' patients':<21} {count}, put in at {seconds / count * 1e6:.0f} us each")
        print(f"size                             {size / 1e6:.0f} MB, {size / count:.0f} bytes a decision")
        first = [_timed(lambda: store.decisions(DecisionFilter(), 0, 50)) for _ in range(50)]
        print(f"first page of the list           {_line(first)}")
        asked = [_timed(lambda: store.decisions(text, 0, 50)) for text in searches(count)]  # noqa: B023 - at once
        print(f"search, first page               {_line(asked)}")
        print(f"the slowest search               {max(asked) * 1e3:.1f} ms")
        report = None

        def verify() -> None:
            nonlocal report
            report = store.verify(thorough=False)

        before = time.process_time()
        seconds = _timed(verify)
        busy = time.process_time() - before
        assert report is not None
        print(
            f"verify, every byte by hash       {seconds:.1f} s, of which {busy:.1f} s on the processor, "
            f"{seconds / count * 1e6:.1f} us a decision, {len(report.problems)} problems"
        )


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def _line(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    middle, late = statistics.median(ordered), ordered[int(len(ordered) * 0.95)]
    return f"median {middle * 1e3:.1f} ms, 95th percentile {late * 1e3:.1f} ms"


if __name__ == "__main__":
    main(
        int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000,
        Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT,
        sys.argv[3] if len(sys.argv) > 3 else "demonstration",
    )
