"""Contents as they lie in their rows: packed, and sealed where they are about a patient."""

from __future__ import annotations

from typing import Any

from sqlite_utils import Database

from engine.domain.ids import ContentHash, PatientId
from engine.errors import AuditChainBroken
from engine.store.chain import Recorded, Records
from engine.store.codec import sha256
from engine.store.packing import Held, PackedBytesDamaged, holds_nothing, pack, unpack
from engine.store.sealing import SealBroken, key_of, seal, unseal

#: Kinds that are about a patient, and lie under the patient's key.
SEALED = frozenset({Records.RECORD, Records.DECISION, Records.RESPONSE})

TABLE_OF = {
    Records.RECORD: "records",
    Records.DECISION: "decisions",
    Records.RESPONSE: "responses",
    Records.PACK: "packs",
    Records.DRAFT: "drafts",
    Records.MODEL: "models",
    Records.USER: "user_changes",
    Records.RELEASE: "releases",
}

Row = dict[str, str | int | bytes | None]


class ContentDamaged(ValueError):
    """Stored bytes are no longer what was recorded."""


def stored_form(records: Records, event: int, content: bytes, key: bytes | None, held: bytes = b"") -> bytes:
    """Return the bytes to store for the content of an event; what is held elsewhere is left out of them."""
    packed = pack(content, held)
    return packed if key is None else seal(key, packed, _place(records, event))


def content_of(
    records: Records, event: int, stored: bytes, key: bytes | None, held: Held = holds_nothing
) -> bytes:
    """Return the content of stored bytes.

    Raises:
        ContentDamaged: they were altered, do not belong to this event, or a part held elsewhere is gone.
    """
    try:
        return unpack(stored if key is None else unseal(key, stored, _place(records, event)), held)
    except (PackedBytesDamaged, SealBroken) as error:
        raise ContentDamaged(str(error)) from error


def row_of(event: int, content: bytes, stored: bytes) -> Row:
    """Return what every row has that records something."""
    return {"event": event, "sha256": sha256(content), "content": stored}


def recorded(records: Records, content: bytes, stored: bytes, listed: ContentHash | None = None) -> Recorded:
    """Return what the chain is to say of a content."""
    return Recorded(records=records, content=sha256(content), stored=sha256(stored), listed=listed)


def checked(records: Records, row: tuple[Any, ...], key: bytes | None, held: Held = holds_nothing) -> bytes:
    """Return the content of a row of event, hash and stored bytes, once it is what was recorded.

    Raises:
        AuditChainBroken: it no longer is.
    """
    event, stated, stored = row
    try:
        content = content_of(records, event, stored, key, held)
    except ContentDamaged as error:
        raise _altered(records, event) from error
    if sha256(content) != stated:
        raise _altered(records, event)
    return content


def checked_for(db: Database, records: Records, row: tuple[Any, ...], patient_id: PatientId) -> bytes:
    """Return the content of a row about a patient.

    Raises:
        PatientErased: the patient's key was destroyed.
        AuditChainBroken: it is no longer what was recorded.
    """
    key = key_of(db, patient_id)
    return checked(records, row, key, records_held(db, patient_id, key))


def held_for(db: Database, patient_id: PatientId, record: bytes) -> bytes:
    """Return a record that a decision may leave out, because that version is stored; else nothing."""
    return record if _version(db, patient_id, sha256(record)) is not None else b""


def records_held(db: Database, patient_id: PatientId, key: bytes | None) -> Held:
    """Return what finds the versions of a patient's record for the decisions that left them out."""

    def held(name: bytes) -> bytes:
        found = _version(db, patient_id, ContentHash(name.hex()))
        if found is None:
            raise PackedBytesDamaged(f"the version {name.hex()[:12]} of the patient's record is missing")
        event, stored = found
        try:
            return content_of(Records.RECORD, event, stored, key)
        except ContentDamaged as error:
            raise PackedBytesDamaged(f"the version {name.hex()[:12]} of the record: {error}") from error

    return held


def _version(db: Database, patient_id: PatientId, name: ContentHash) -> tuple[int, bytes] | None:
    found = db.execute(
        "SELECT event, content FROM records WHERE patient_id = ? AND sha256 = ? LIMIT 1", (patient_id, name)
    ).fetchall()
    return (found[0][0], found[0][1]) if found else None


def insert(db: Database, table: str, row: Row, rest: str = "") -> None:
    """Add a row."""
    places = ", ".join("?" * len(row))
    # Names of tables and columns are ours; values travel as parameters.
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) {rest}"  # noqa: S608 - see above
    db.execute(statement, list(row.values()))


def upsert(db: Database, table: str, row: Row, key: tuple[str, ...]) -> None:
    """Add a row, or replace the one with its key."""
    updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in key)
    insert(db, table, row, f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {updates}")


def _place(records: Records, event: int) -> str:
    return f"{records.value} {event}"


def _altered(records: Records, event: int) -> AuditChainBroken:
    return AuditChainBroken(
        f"The {records} of event {event} is no longer what was recorded.",
        hint="Stop, keep the file as it is, and tell the safety officer.",
        place=f"event {event}",
    )
