"""Monitoring that overrides promised, until someone says that it was done."""

from __future__ import annotations

from engine.domain.access import Right
from engine.domain.audit import AuditKind
from engine.domain.ids import DecisionId, PatientId
from engine.domain.keeping import Promise
from engine.errors import NotFound
from engine.store.chain import Records
from engine.store.codec import RESPONSES
from engine.store.contents import checked_for
from engine.store.room import Room

_OPEN = """
    SELECT d.patient_id, r.event, r.sha256, r.content FROM promises AS p
    JOIN responses AS r ON r.event = p.event JOIN decisions AS d ON d.decision_id = r.decision_id
    JOIN patient_keys AS k ON k.patient_id = p.patient_id WHERE p.kept IS NULL ORDER BY p.event
"""


class Promises:
    """The promises of an open database."""

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self._room = room

    def open(self) -> tuple[Promise, ...]:
        """Return the promises that nobody has kept yet, the oldest first."""
        with self._room.reading(Right.READ_PATIENTS) as db:
            found = []
            for patient_id, *row in db.execute(_OPEN).fetchall():
                said = RESPONSES.decode(checked_for(db, Records.RESPONSE, tuple(row), PatientId(patient_id)))
                found.append(
                    Promise(
                        decision_id=said.decision_id,
                        patient_id=PatientId(patient_id),
                        option_id=said.option_id,
                        text=said.text,
                        by=said.by,
                        made_at=said.at,
                    )
                )
            return tuple(found)

    def keep(self, decision_id: DecisionId, note: str) -> None:
        """Record that what was promised after a decision was done.

        Raises:
            NotFound: nothing was promised after it, or it was kept before.
        """
        with self._room.writing(Right.DECIDE) as db:
            rows = db.execute(
                "SELECT p.event, p.patient_id FROM promises AS p JOIN responses AS r ON r.event = p.event "
                "WHERE r.decision_id = ? AND p.kept IS NULL",
                (decision_id,),
            ).fetchall()
            if not rows:
                raise NotFound(
                    f"No promise after {decision_id} is open.", hint="List the open promises to find it."
                )
            event, patient_id = rows[0]
            said = self._room.event(AuditKind.PROMISE_KEPT, decision_id, note.strip() or "done")
            number = self._room.append(db, said, about=PatientId(patient_id))
            db.execute("UPDATE promises SET kept = ? WHERE event = ?", (number, event))
