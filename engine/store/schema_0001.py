"""The first schema, as it was released: tables, and the step that lays them. Never change this file."""

from __future__ import annotations

from sqlite_utils import Database

from engine.store.fences import fences

#: ``WhyR``: marks a SQLite file as ours.
APPLICATION_ID = 0x57687952

_FENCED: dict[str, tuple[str, ...]] = {
    "meta": ("key",),
    "audit": ("sequence",),
    "records": ("event",),
    "decisions": ("event", "decision_id"),
    "responses": ("event", "decision_id"),
    "packs": ("event", "pack_hash"),
    "files": ("sha256",),
}

_TABLES = (
    """CREATE TABLE meta (
        key TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    ) STRICT""",
    # One link of the chain a row: hash = SHA-256(previous, body).
    """CREATE TABLE audit (
        sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
        subject TEXT NOT NULL,
        body BLOB NOT NULL,
        previous BLOB NOT NULL CHECK (length(previous) = 32),
        hash BLOB NOT NULL CHECK (length(hash) = 32)
    ) STRICT""",
    "CREATE INDEX audit_by_subject ON audit (subject, sequence)",
    # The newest version of each patient, as lists show it.
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
        synthetic INTEGER NOT NULL
    ) STRICT""",
    "CREATE INDEX patients_by_name ON patients (name_key, patient_id)",
    """CREATE TABLE records (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        patient_id TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX records_by_patient ON records (patient_id, event)",
    """CREATE TABLE decisions (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        decision_id TEXT NOT NULL UNIQUE,
        patient_id TEXT NOT NULL REFERENCES patients (patient_id),
        patient_name TEXT NOT NULL,
        indication_id TEXT NOT NULL,
        indication_title TEXT NOT NULL,
        decided_at TEXT NOT NULL,
        requested_by TEXT NOT NULL,
        first TEXT NOT NULL,
        verdicts TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    "CREATE INDEX decisions_by_patient ON decisions (patient_id, event)",
    "CREATE INDEX decisions_by_indication ON decisions (indication_id, event)",
    """CREATE TABLE responses (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        decision_id TEXT NOT NULL UNIQUE REFERENCES decisions (decision_id),
        choice TEXT NOT NULL,
        chosen TEXT NOT NULL,
        reason TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    # Which files make up a pack; the files lie under their own hashes, once each.
    """CREATE TABLE packs (
        event INTEGER PRIMARY KEY REFERENCES audit (sequence),
        pack_hash TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE files (
        sha256 TEXT PRIMARY KEY NOT NULL,
        content BLOB NOT NULL
    ) STRICT""",
    """CREATE TABLE drafts (
        path TEXT NOT NULL,
        author TEXT NOT NULL,
        event INTEGER NOT NULL REFERENCES audit (sequence),
        sha256 TEXT NOT NULL,
        content BLOB NOT NULL,
        PRIMARY KEY (path, author)
    ) STRICT""",
    # Three-letter pieces find any part of a word; the text is folded before it comes here.
    "CREATE VIRTUAL TABLE decision_search USING fts5(text, tokenize = 'trigram case_sensitive 1')",
)


def lay(db: Database) -> None:
    """Lay the first tables, and fence them."""
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    for statement in (*_TABLES, *fences(_FENCED).values()):
        db.execute(statement)


def take_down_fences(db: Database) -> None:
    """Take down every fence of the first schema: what follows rewrites its tables."""
    for name in fences(_FENCED):
        db.execute(f"DROP TRIGGER {name}")


def statements_of(*names: str) -> tuple[str, ...]:
    """Return the statements that make some tables and indexes, by the names of these."""
    by_name = {statement.split("(")[0].split(" ON ")[0].split()[2]: statement for statement in _TABLES}
    return tuple(by_name[name] for name in names)
