"""Records that decisions leave out because they are stored already, as versions of the patient's record."""

from __future__ import annotations

from sqlite_utils import Database

from engine.domain.ids import ContentHash, PatientId
from engine.store.packing import Held, PackedBytesDamaged, unpack


def held_record(db: Database, patient_id: PatientId, name: ContentHash) -> bytes | None:
    """Return the stored bytes of a version of a patient's record, by the hash of its content."""
    found = db.execute(
        "SELECT content FROM records WHERE patient_id = ? AND sha256 = ? LIMIT 1", (patient_id, name)
    ).fetchall()
    return found[0][0] if found else None


def records_held(db: Database, patient_id: PatientId) -> Held:
    """Return what finds the versions of a patient's record for the decisions that left them out."""

    def held(name: bytes) -> bytes:
        stored = held_record(db, patient_id, ContentHash(name.hex()))
        if stored is None:
            raise PackedBytesDamaged(f"the version {name.hex()[:12]} of the patient's record is missing")
        return unpack(stored)

    return held
