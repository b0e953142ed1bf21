"""The newest tables, the fences around them, and the steps that lead here from each earlier schema.

Adding a step: put the tables as they are now into a file of their own, change the statements here, and
write a function below the last one; never change an earlier one. If it uses ``transform()``, raise the
fences again after it, for ``transform()`` drops every trigger.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from engine.errors import SchemaTooNew, StoreUnavailable
from engine.store import schema_0001, step_0002
from engine.store.fences import fences as fences_of
from engine.store.schema_0001 import APPLICATION_ID

#: The columns by which a row of a fenced table is known; no second row may take one of them.
FENCED: dict[str, tuple[str, ...]] = {
    "meta": ("key",),
    "audit": ("sequence",),
    "records": ("event",),
    "decisions": ("event", "decision_id"),
    "responses": ("event", "decision_id"),
    "packs": ("event", "pack_hash"),
    "models": ("event", "model_hash"),
    "files": ("sha256",),
    "user_changes": ("event",),
    "releases": ("event",),
    "holds": ("event",),
    "erasures": ("event", "patient_id"),
}

#: Fences that let one thing happen: a key goes where its patient was erased, a promise is kept once.
_NARROW_FENCES = {
    "patient_keys_no_update": "CREATE TRIGGER patient_keys_no_update BEFORE UPDATE ON patient_keys "
    "BEGIN SELECT RAISE(ABORT, 'a key is never changed'); END",
    "patient_keys_no_delete": "CREATE TRIGGER patient_keys_no_delete BEFORE DELETE ON patient_keys "
    "WHEN NOT EXISTS (SELECT 1 FROM erasures WHERE patient_id = OLD.patient_id) "
    "BEGIN SELECT RAISE(ABORT, 'a key goes when its patient is erased'); END",
    "patient_keys_no_replace": "CREATE TRIGGER patient_keys_no_replace BEFORE INSERT ON patient_keys "
    "WHEN EXISTS (SELECT 1 FROM patient_keys WHERE patient_id = NEW.patient_id) "
    "BEGIN SELECT RAISE(ABORT, 'a key is never changed'); END",
    "promises_kept_once": "CREATE TRIGGER promises_kept_once BEFORE UPDATE ON promises "
    "WHEN OLD.kept IS NOT NULL OR NEW.event IS NOT OLD.event OR NEW.patient_id IS NOT OLD.patient_id "
    "BEGIN SELECT RAISE(ABORT, 'a promise is kept once'); END",
    "promises_no_delete": "CREATE TRIGGER promises_no_delete BEFORE DELETE ON promises "
    "BEGIN SELECT RAISE(ABORT, 'promises is append-only'); END",
}

#: Unchanged since the first schema, in their statements' words.
_FROM_THE_FIRST = schema_0001.statements_of("meta", "audit", "audit_by_subject", "packs", "files", "drafts")

#: Words alone, no positions and no text: a tenth of the space, and nothing left of what is deleted.
#: Each word is folded and cut before it comes here; only ASCII signs divide words for this tokenizer.
_SEARCH = (
    "CREATE VIRTUAL TABLE decision_search USING fts5(words, content = '', contentless_delete = 1, "
    "detail = none, tokenize = \"ascii tokenchars '-.'\")"
)

TABLES = (
    # The key that everything kept of a patient for good is sealed under; destroyed when they are erased.
    """CREATE TABLE patient_keys (
        patient_id TEXT PRIMARY KEY NOT NULL,
        key BLOB NOT NULL CHECK (length(key) = 32)
    ) STRICT""",
    """CREATE TABLE erasures (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL UNIQUE,
        key_sha256 TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE holds (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL,
        placed INTEGER NOT NULL CHECK (placed IN (0, 1))
    ) STRICT""",
    "CREATE INDEX holds_by_patient ON holds (patient_id, event)",
    """CREATE TABLE records (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX records_by_patient ON records (patient_id, event)",
    # The newest version of each patient, as lists show it; blank once they are erased.
    """CREATE TABLE patients (
        patient_id TEXT PRIMARY KEY NOT NULL,
        event INTEGER NOT NULL REFERENCES records (event),
        name TEXT NOT NULL,
        name_key TEXT NOT NULL,
        search TEXT NOT NULL,
        birth_date TEXT,
        sex TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        not_understood INTEGER NOT NULL,
        synthetic INTEGER NOT NULL,
        erased INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1))
    ) STRICT""",
    "CREATE INDEX patients_by_name ON patients (erased, name_key, patient_id)",
    """CREATE TABLE decisions (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        decision_id TEXT NOT NULL UNIQUE,
        patient_id TEXT NOT NULL REFERENCES patients (patient_id),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE responses (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        decision_id TEXT NOT NULL UNIQUE REFERENCES decisions (decision_id),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    # What lists show of a decision; its row is gone once the patient is erased.
    """CREATE TABLE decision_list (
        event INTEGER PRIMARY KEY REFERENCES decisions (event),
        patient_id TEXT NOT NULL,
        patient_name TEXT NOT NULL,
        indication_id TEXT NOT NULL,
        indication_title TEXT NOT NULL,
        decided_at TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        first TEXT NOT NULL,
        verdicts TEXT NOT NULL,
        choice TEXT,
        chosen TEXT,
        reason TEXT
    ) STRICT""",
    "CREATE INDEX decisions_by_patient ON decision_list (patient_id, event)",
    "CREATE INDEX decisions_by_indication ON decision_list (indication_id, event)",
    "CREATE INDEX decisions_by_choice ON decision_list (choice, event)",
    # What an override promised to watch, until someone says that it was done.
    """CREATE TABLE promises (
        event INTEGER PRIMARY KEY REFERENCES responses (event),
        patient_id TEXT NOT NULL,
        kept INTEGER REFERENCES audit (sequence)
    ) STRICT""",
    "CREATE INDEX promises_open ON promises (event) WHERE kept IS NULL",
    # Which files make up a model; the files lie under their own hashes, once each.
    """CREATE TABLE models (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        model_hash TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE user_changes (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    # Each user as after their newest change.
    """CREATE TABLE users (
        name TEXT PRIMARY KEY NOT NULL,
        event INTEGER NOT NULL REFERENCES user_changes (event),
        active INTEGER NOT NULL CHECK (active IN (0, 1))
    ) STRICT""",
    """CREATE TABLE releases (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        pack_hash TEXT NOT NULL REFERENCES packs (pack_hash),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX releases_by_pack ON releases (pack_hash, event)",
    _SEARCH,
    # Every word of the index, so that a part of one finds all that contain it.
    "CREATE TABLE search_words (word TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID",
)

migrations = Migrations("whyrx")


@migrations()
def m0001_first(db: Database) -> None:
    """Lay the first tables."""
    schema_0001.lay(db)


@migrations()
def m0002_sealed(db: Database) -> None:
    """Seal what is kept of each patient under a key of theirs; part lists from what is kept."""
    held = step_0002.take_out(db)
    for statement in (*TABLES, *fences().values()):
        db.execute(statement)
    step_0002.put_back(db, held)


def fences() -> dict[str, str]:
    """Return the fences of the newest schema, by name."""
    return fences_of(FENCED) | _NARROW_FENCES


def definitions() -> frozenset[str]:
    """Return tables, indexes and fences of the newest schema, as SQLite keeps them."""
    return frozenset((*_FROM_THE_FIRST, *TABLES, *fences().values()))


def is_new(db: Database) -> bool:
    """Tell whether the file holds nothing at all yet."""
    return not db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchall()


def require_ours(db: Database, steps: Migrations, place: str) -> None:
    """Check that the file is a WhyRx database which this WhyRx understands.

    Raises:
        StoreUnavailable: some other program's database.
        SchemaTooNew: it has been through steps that this WhyRx does not know.
    """
    mark = db.execute("PRAGMA application_id").fetchall()[0][0]
    if mark != APPLICATION_ID:
        raise StoreUnavailable(
            "This is a SQLite database, but not one of WhyRx.",
            hint="Choose another path; the file was left as it is.",
            place=place,
        )
    known = {step.name for step in steps._migrations}  # noqa: SLF001 - the library lists them nowhere else
    unknown = [step.name for step in steps.applied(db) if step.name not in known]
    if unknown:
        raise SchemaTooNew(
            f"The database was written by a newer WhyRx (it has been through {unknown[-1]}).",
            hint="Install that version, or a newer one; the file was left as it is.",
            place=place,
        )
