"""An open database with someone at work in it: transactions, rights, the log.

Everything that reads or changes the database passes one of two doors here, ``reading`` and ``writing``,
and names the right it needs. Whoever lacks it is refused before anything is read, and the attempt is in
the log.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sqlite_utils import Database

from engine.domain.access import Right, Session
from engine.domain.audit import AuditEvent, AuditKind
from engine.domain.ids import PatientId, UserName
from engine.errors import InputError, InvariantBroken, NotPermitted
from engine.ports import Clock
from engine.store import chain
from engine.store.chain import NOTHING, SOFTWARE, Recorded
from engine.store.connection import translated
from engine.store.sealing import find_key


class Room:
    """One open database, used by the thread that opened it alone."""

    def __init__(
        self, db: Database, path: Path, clock: Clock, session: Session, *, key: bytes | None = None
    ) -> None:
        """Take over an open connection to a database that is known to be ours and up to date.

        ``key`` is what the file is encrypted with, for whoever must open a copy of it.
        """
        self._db = db
        self.path = path
        self.clock = clock
        self.key = key
        self._session = session
        self._owner = threading.get_ident()

    @property
    def session(self) -> Session:
        """Return who is at work, with what they may do."""
        return self._session

    @property
    def user(self) -> UserName:
        """Return who is at work."""
        return self._session.user

    def close(self) -> None:
        """Fold the journal back into the file and let go of it."""
        with self._opened():
            self._db.close()
        self.key = None

    @contextmanager
    def reading(self, *rights: Right) -> Iterator[Database]:
        """Read, with any one of the rights; with none named, everybody may.

        Raises:
            NotPermitted: the session has none of them.
        """
        self._require(rights)
        with self._opened() as db:
            yield db

    @contextmanager
    def writing(self, *rights: Right) -> Iterator[Database]:
        """Open a transaction that is kept whole or not at all, with any one of the rights.

        ``Database.atomic()`` begins deferred: a transaction that reads first and writes later could
        then find another writer before it, so this one takes its place in the queue at once.

        Raises:
            NotPermitted: the session has none of the rights.
        """
        self._require(rights)
        with self._transaction() as db:
            yield db

    def append(
        self,
        db: Database,
        event: AuditEvent,
        recorded: Recorded = NOTHING,
        about: PatientId | None = None,
    ) -> int:
        """Append an event inside an open transaction, its detail sealed where it is about a patient.

        Raises:
            InvariantBroken: it names someone else than the one at work.
        """
        if not self._session.demo and event.by not in (self.user, SOFTWARE):
            raise InvariantBroken(
                f"An event of {event.by} would be recorded while {self.user} is at work. Nothing was stored.",
                place=str(self.path),
            )
        return chain.append(db, event, self.clock.now(), recorded, about)

    def log(self, kind: AuditKind, subject: str, detail: str, about: PatientId | None = None) -> None:
        """Append an event of the one at work that records nothing else."""
        with self._transaction() as db:
            self.append(db, self.event(kind, subject, detail), about=about)

    def event(self, kind: AuditKind, subject: str, detail: str) -> AuditEvent:
        """Return an event of the one at work, at this moment."""
        return AuditEvent(kind=kind, subject=subject, by=self.user, at=self.clock.now(), detail=detail)

    def break_glass(self, reason: str) -> Session:
        """Give a clinician's rights for the rest of the session, for a reason that is recorded first.

        Raises:
            InputError: there is no reason.
        """
        if not reason.strip():
            raise InputError(
                "Breaking the glass needs a reason.", hint="Say in a sentence what the emergency is."
            )
        self.log(AuditKind.BREAK_GLASS, self.user, reason.strip())
        self._session = replace(self._session, emergency=reason.strip())
        return self._session

    def _require(self, rights: tuple[Right, ...]) -> None:
        if not rights or any(right in self._session.rights for right in rights):
            return
        wanted = " or ".join(right.value for right in rights)
        self.log(AuditKind.NOT_PERMITTED, self.user, f"refused to {wanted}")
        roles = ", ".join(sorted(self._session.roles))
        raise NotPermitted(
            f"{self.user} ({roles}) may not {wanted}.",
            hint="Ask someone whose duty it is, or the administrator for another role. "
            "In an emergency the glass can be broken, with a reason.",
        )

    @contextmanager
    def _transaction(self) -> Iterator[Database]:
        with self._opened() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                chain.tell_clock(db, self.clock.now())
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise

    @contextmanager
    def _opened(self) -> Iterator[Database]:
        if threading.get_ident() != self._owner:
            raise InvariantBroken(
                "The database was used from another thread than the one that opened it.",
                hint="Send the request to the engine's own thread.",
                place=str(self.path),
            )
        with translated(self.path):
            yield self._db


def patient_of(db: Database, subject: str) -> PatientId | None:
    """Return the patient that a subject of an event is about and has a key for: a patient or a decision."""
    found = db.execute("SELECT patient_id FROM decisions WHERE decision_id = ?", (subject,)).fetchall()
    patient_id = PatientId(found[0][0] if found else subject)
    return patient_id if find_key(db, patient_id) is not None else None
