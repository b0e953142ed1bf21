"""Holds, retention and erasure.

Erasing a patient destroys the key that everything kept of them is sealed under, blanks what lists show,
and takes their words out of the search index, in one transaction; then the journal is folded back, and
freed pages are overwritten. Not a byte of the chain changes, so it verifies as before. What stays: the
patient's id, and that somebody recorded something at some time. What stays elsewhere: backups made
before, which hold the key until they are thrown away; a restored one erases again what the log of the
database that it replaces had erased.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from engine.domain.access import Right
from engine.domain.audit import AuditKind
from engine.domain.ids import ContentHash, PatientId
from engine.domain.keeping import ErasureProof, Hold, Kept
from engine.errors import InputError, PatientErased
from engine.store import chain, search_index
from engine.store.chain import Recorded, Records
from engine.store.codec import sha256
from engine.store.contents import insert
from engine.store.room import Room
from engine.store.sealing import find_key, is_erased, key_of
from engine.store.sqlite_store import readable


class Keeping:
    """What becomes of patients' data in an open database."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def place_hold(self, patient_id: PatientId, reason: str) -> None:
        """Keep a patient from being erased.

        Raises:
            NotFound: there is no such patient.
            InputError: there is no reason, or a hold stands already.
        """
        with self._room.writing(Right.PLACE_HOLDS) as db:
            key_of(db, patient_id)
            if is_held(db, patient_id):
                raise InputError(f"A hold on {patient_id} stands already.", hint="Nothing more is needed.")
            self._record_hold(db, patient_id, _reason(reason), placed=True)

    def lift_hold(self, patient_id: PatientId, reason: str) -> None:
        """Let a patient be erased again.

        Raises:
            NotFound: there is no such patient.
            InputError: there is no reason, or no hold stands.
        """
        with self._room.writing(Right.LIFT_HOLDS) as db:
            key_of(db, patient_id)
            if not is_held(db, patient_id):
                raise InputError(f"No hold on {patient_id} stands.", hint="List the holds first.")
            self._record_hold(db, patient_id, _reason(reason), placed=False)

    def holds(self) -> tuple[Hold, ...]:
        """Return the holds that stand, by patient."""
        with self._room.reading(Right.PLACE_HOLDS, Right.LIFT_HOLDS, Right.ERASE) as db:
            rows = db.execute(
                "SELECT a.body FROM holds AS h JOIN audit AS a ON a.sequence = h.event WHERE h.placed = 1 "
                "AND h.event = (SELECT max(event) FROM holds WHERE patient_id = h.patient_id) "
                "ORDER BY h.patient_id"
            ).fetchall()
            events = [readable(db, chain.read_link(body)) for (body,) in rows]
        return tuple(
            Hold(patient_id=PatientId(event.subject), placed_at=event.at, by=event.by, reason=event.detail)
            for event in events
        )

    def untouched_since(self, day: datetime) -> tuple[Kept, ...]:
        """Return the patients of whom nothing was recorded since a moment, the longest first."""
        with self._room.reading(Right.ERASE, Right.AUDIT) as db:
            rows = db.execute(
                "SELECT r.patient_id, max(max(r.event), coalesce((SELECT max(event) FROM decisions AS d "
                "WHERE d.patient_id = r.patient_id), 0)) AS last FROM records AS r "
                "JOIN patient_keys AS k ON k.patient_id = r.patient_id GROUP BY r.patient_id ORDER BY last"
            ).fetchall()
            found = [(PatientId(name), _moment_of(db, last)) for name, last in rows]
            return tuple(
                Kept(patient_id=name, last_event_at=moment, held=is_held(db, name))
                for name, moment in found
                if moment < day
            )

    def erase(self, patient_id: PatientId, reason: str) -> ErasureProof:
        """Destroy the key of a patient, and all that lists and searches show of them.

        Raises:
            NotFound: there is no such patient.
            PatientErased: they were erased before.
            InputError: there is no reason, or a hold stands.
        """
        with self._room.writing(Right.ERASE) as db:
            if is_erased(db, patient_id):
                raise PatientErased(
                    f"Patient {patient_id} was erased before.", hint="Nothing more is needed."
                )
            if is_held(db, patient_id):
                raise InputError(
                    f"A legal hold keeps patient {patient_id} from being erased.",
                    hint="An auditor lifts it when its reason is over.",
                )
            self._destroy(db, patient_id, _reason(reason))
        self._fold_back()
        return self.proof(patient_id)

    def proof(self, patient_id: PatientId) -> ErasureProof:
        """Return what shows that a patient was erased.

        Raises:
            InputError: they were not erased, or their key is still there.
        """
        with self._room.reading(Right.ERASE, Right.AUDIT) as db:
            rows = db.execute(
                "SELECT e.event, e.key_sha256, a.body, a.hash FROM erasures AS e "
                "JOIN audit AS a ON a.sequence = e.event WHERE e.patient_id = ?",
                (patient_id,),
            ).fetchall()
            if not rows or find_key(db, patient_id) is not None:
                raise InputError(f"Patient {patient_id} is not erased.", hint="List the patients first.")
            event, fingerprint, body, head = rows[0]
            said = chain.read_link(body).event
            return ErasureProof(
                patient_id=patient_id,
                event=event,
                head=ContentHash(head.hex()),
                key_sha256=ContentHash(fingerprint),
                sealed=_sealed(db, patient_id),
                by=said.by,
                at=said.at,
                reason=said.detail,
            )

    def erased(self) -> tuple[PatientId, ...]:
        """Return the ids of everybody who was erased."""
        with self._room.reading(Right.ERASE, Right.AUDIT) as db:
            rows = db.execute("SELECT patient_id FROM erasures ORDER BY event").fetchall()
        return tuple(PatientId(name) for (name,) in rows)

    def has(self, patient_id: PatientId) -> bool:
        """Tell whether there is a patient of this id who was not erased."""
        with self._room.reading(Right.ERASE, Right.AUDIT) as db:
            return find_key(db, patient_id) is not None

    def _destroy(self, db: Database, patient_id: PatientId, reason: str) -> None:
        fingerprint = sha256(key_of(db, patient_id))
        event = self._room.event(AuditKind.ERASED, patient_id, reason)
        about = Recorded(records=Records.ERASURE, content=fingerprint)
        number = self._room.append(db, event, about)
        insert(db, "erasures", {"event": number, "patient_id": patient_id, "key_sha256": fingerprint})
        db.execute("DELETE FROM patient_keys WHERE patient_id = ?", (patient_id,))
        db.execute(
            "UPDATE patients SET name = '', name_key = '', search = '', birth_date = NULL, sex = '', "
            "changed_at = '', not_understood = 0, synthetic = 0, erased = 1 WHERE patient_id = ?",
            (patient_id,),
        )
        listed = db.execute("SELECT event FROM decision_list WHERE patient_id = ?", (patient_id,)).fetchall()
        db.execute("DELETE FROM decision_list WHERE patient_id = ?", (patient_id,))
        search_index.forget(db, [event for (event,) in listed])

    def _fold_back(self) -> None:
        """Fold the journal back and cut it off: it holds pages from before."""
        with self._room.reading() as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def _record_hold(self, db: Database, patient_id: PatientId, reason: str, *, placed: bool) -> None:
        kind = AuditKind.HOLD_PLACED if placed else AuditKind.HOLD_LIFTED
        number = self._room.append(db, self._room.event(kind, patient_id, reason), about=patient_id)
        insert(db, "holds", {"event": number, "patient_id": patient_id, "placed": int(placed)})


def is_held(db: Database, patient_id: PatientId) -> bool:
    """Tell whether a legal hold stands."""
    found = db.execute(
        "SELECT placed FROM holds WHERE patient_id = ? ORDER BY event DESC LIMIT 1", (patient_id,)
    ).fetchall()
    return found == [(1,)]


def _sealed(db: Database, patient_id: PatientId) -> int:
    return int(
        db.execute(
            "SELECT (SELECT count(*) FROM records WHERE patient_id = :of) "
            "+ (SELECT count(*) FROM decisions WHERE patient_id = :of) "
            "+ (SELECT count(*) FROM responses AS r JOIN decisions AS d ON d.decision_id = r.decision_id "
            "WHERE d.patient_id = :of)",
            {"of": patient_id},
        ).fetchall()[0][0]
    )


def _moment_of(db: Database, event: int) -> datetime:
    body = db.execute("SELECT body FROM audit WHERE sequence = ?", (event,)).fetchall()[0][0]
    return chain.read_link(body).recorded_at


def _reason(text: str) -> str:
    if not text.strip():
        raise InputError("This needs a reason.", hint="Say in a sentence why; it stays in the log.")
    return text.strip()
