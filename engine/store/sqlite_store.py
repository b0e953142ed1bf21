"""The store that the ports speak of, on one SQLite file."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from engine.domain.audit import AuditEvent, AuditKind, AuditReport
from engine.domain.decision import Decision, Response
from engine.domain.ids import ContentHash, DecisionId, PatientId, UserName
from engine.domain.pack import PackFile, RulePack
from engine.domain.pages import DecisionFilter, DecisionPage, Draft, PatientPage
from engine.domain.patient import PatientRecord
from engine.errors import AuditChainBroken, InputError, InvariantBroken, NotFound
from engine.ports import Clock
from engine.store import archive, chain, columns, listing
from engine.store.chain import Records
from engine.store.codec import DECISIONS, DRAFTS, RECORDS, RESPONSES, sha256
from engine.store.connection import translated
from engine.store.held import held_record, records_held
from engine.store.packing import Held, PackedBytesDamaged, holds_nothing, pack, unpack
from engine.store.verification import verify

#: Who does what no person asked for.
SOFTWARE = UserName("WhyRx")

Row = dict[str, str | int | bytes | None]


class SqliteStore:
    """One open database. Each method that changes anything is one transaction, durable when it returns.

    The thread that opened it is the only one that may use it.
    """

    def __init__(self, db: Database, path: Path, clock: Clock) -> None:
        """Take over an open connection to a database that is known to be ours and up to date."""
        self._db = db
        self._path = path
        self._clock = clock
        self._owner = threading.get_ident()

    def close(self) -> None:
        """Fold the journal back into the file and let go of it."""
        with self._reading():
            self._db.close()

    def save_record(self, record: PatientRecord, event: AuditEvent) -> None:
        """Store a new version of a patient's record."""
        content = RECORDS.encode(record)
        with self._writing() as db:
            number = chain.append(db, event, Records.RECORD, sha256(content))
            _insert(db, "records", _sealed(number, content) | {"patient_id": record.patient_id})
            _upsert(db, "patients", columns.of_patient(record, event.at) | {"event": number}, ("patient_id",))

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return the newest version, or raise ``NotFound``."""
        with self._reading() as db:
            found = _first(
                db,
                "SELECT event, sha256, content FROM records WHERE patient_id = ? ORDER BY event DESC LIMIT 1",
                patient_id,
            )
        if found is None:
            raise NotFound(
                f"There is no patient {patient_id} in this database.",
                hint="Search for the patient by name, or import the record first.",
            )
        return RECORDS.decode(_content(found, Records.RECORD))

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients whose name or id contains every word of the text, by name, after a key."""
        with self._reading() as db:
            return listing.patients(db, text, after, limit)

    def archive_pack(self, pack: RulePack) -> None:
        """Keep the bytes of a pack under its hash, once."""
        with self._reading() as db:
            if archive.holds(db, pack.pack_hash):
                return
        listed = archive.listing_of(pack)
        event = AuditEvent(
            kind=AuditKind.PACK_ARCHIVED,
            subject=pack.pack_hash,
            by=SOFTWARE,
            at=self._clock.now(),
            detail=f"{pack.title} {pack.version} ({pack.status}), {len(pack.files)} files",
        )
        with self._writing() as db:
            number = chain.append(db, event, Records.PACK, sha256(listed))
            archive.keep(db, number, pack, listed)

    def archived_pack(self, pack_hash: ContentHash) -> tuple[PackFile, ...]:
        """Return the bytes of an archived pack, or raise ``NotFound``."""
        with self._reading() as db:
            return archive.files_of(db, pack_hash)

    def append_decision(self, decision: Decision, event: AuditEvent) -> None:
        """Store a decision; it is durable when this returns."""
        content = DECISIONS.encode(decision)
        with self._writing() as db:
            number = chain.append(db, event, Records.DECISION, sha256(content))
            record = RECORDS.encode(decision.record)
            held = record if held_record(db, decision.request.patient_id, sha256(record)) else b""
            _insert(db, "decisions", _sealed(number, content, held) | columns.of_decision(decision))
            _insert(db, "decision_search", {"rowid": number, "text": columns.search_text(decision, None)})

    def decision(self, decision_id: DecisionId) -> Decision:
        """Return a decision, or raise ``NotFound``."""
        return DECISIONS.decode(self.decision_bytes(decision_id))

    def decision_bytes(self, decision_id: DecisionId) -> bytes:
        """Return the canonical bytes that were recorded.

        Raises:
            NotFound: no such decision.
            AuditChainBroken: they are no longer what was recorded.
        """
        with self._reading() as db:
            return _decision_content(db, _decision_row(db, decision_id))

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first, before a sequence number (0: from the newest)."""
        with self._reading() as db:
            return listing.decisions(db, filters, after, limit)

    def respond(self, response: Response, event: AuditEvent) -> None:
        """Store the clinician's choice; a second for the same decision raises ``InputError``."""
        content = RESPONSES.encode(response)
        with self._writing() as db:
            found = _decision_row(db, response.decision_id)
            decision = DECISIONS.decode(_decision_content(db, found))
            if _response_row(db, response.decision_id) is not None:
                raise InputError(
                    f"The choice after {response.decision_id} is already recorded, and is final.",
                    hint="Ask for a new recommendation, and record the new choice there.",
                    place=response.decision_id,
                )
            row = columns.of_response(response, decision)
            number = chain.append(db, event, Records.RESPONSE, sha256(content))
            _insert(db, "responses", _sealed(number, content) | row)
            db.execute(
                "UPDATE decision_search SET text = ? WHERE rowid = ?",
                (columns.search_text(decision, response), found[0]),
            )

    def response(self, decision_id: DecisionId) -> Response | None:
        """Return the clinician's choice, if one was made."""
        with self._reading() as db:
            found = _response_row(db, decision_id)
        return None if found is None else RESPONSES.decode(_content(found, Records.RESPONSE))

    def append_event(self, event: AuditEvent) -> None:
        """Append an event that records nothing else (a replay, a read, an export, a failure)."""
        with self._writing() as db:
            chain.append(db, event, Records.NOTHING)

    def events(self, subject: str) -> tuple[AuditEvent, ...]:
        """Return the events about a patient, decision or file, oldest first."""
        with self._reading() as db:
            bodies = db.execute("SELECT body FROM audit WHERE subject = ? ORDER BY sequence", (subject,))
            return tuple(chain.LINKS.decode(body).event for (body,) in bodies.fetchall())

    def links(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield body and hash of each link of the audit chain, in order; finish before writing again."""
        with self._reading() as db:
            yield from db.execute("SELECT body, hash FROM audit ORDER BY sequence")

    def log(self) -> Iterator[tuple[int, AuditEvent]]:
        """Yield number and event of each link of the audit chain, in order; finish before writing again."""
        for body, _ in self.links():
            link = chain.LINKS.decode(body)
            yield link.sequence, link.event

    def verify(self) -> AuditReport:
        """Recompute the audit chain and the hash of everything it speaks of."""
        with self._reading() as db:
            return verify(db)

    def save_draft(self, draft: Draft, event: AuditEvent) -> None:
        """Store a draft of a rule file, replacing the user's earlier draft of it."""
        content = DRAFTS.encode(draft)
        with self._writing() as db:
            number = chain.append(db, event, Records.DRAFT, sha256(content))
            row = _sealed(number, content) | {"path": draft.path, "author": draft.by}
            _upsert(db, "drafts", row, ("path", "author"))

    def draft(self, path: str, by: UserName) -> Draft | None:
        """Return the user's draft of a rule file."""
        with self._reading() as db:
            found = _first(
                db, "SELECT event, sha256, content FROM drafts WHERE path = ? AND author = ?", path, by
            )
        return None if found is None else DRAFTS.decode(_content(found, Records.DRAFT))

    def discard_draft(self, path: str, by: UserName, event: AuditEvent) -> None:
        """Forget the user's draft of a rule file; where there is none, nothing happens, nor is recorded."""
        with self._writing() as db:
            gone = db.execute("DELETE FROM drafts WHERE path = ? AND author = ?", (path, by)).rowcount
            if gone:
                chain.append(db, event, Records.NOTHING)

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        if threading.get_ident() != self._owner:
            raise InvariantBroken(
                "The database was used from another thread than the one that opened it.",
                hint="Send the request to the engine's own thread.",
                place=str(self._path),
            )
        with translated(self._path):
            yield self._db

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        """Open a transaction that is kept whole or not at all.

        ``Database.atomic()`` begins deferred: a transaction that reads first and writes later could
        then find another writer before it, so this one takes its place in the queue at once.
        """
        with self._reading() as db:
            db.execute("BEGIN IMMEDIATE")
            try:
                yield db
                db.execute("COMMIT")
            except BaseException:
                db.rollback()
                raise


def _sealed(event: int, content: bytes, held: bytes = b"") -> Row:
    """Return what every row has that records something; what is held elsewhere is left out of it."""
    return {"event": event, "sha256": sha256(content), "content": pack(content, held)}


def _insert(db: Database, table: str, row: Row, rest: str = "") -> None:
    places = ", ".join("?" * len(row))
    # Names of tables and columns are ours; values travel as parameters.
    statement = f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places}) {rest}"  # noqa: S608 - see above
    db.execute(statement, list(row.values()))


def _upsert(db: Database, table: str, row: Row, key: tuple[str, ...]) -> None:
    updates = ", ".join(f"{name} = excluded.{name}" for name in row if name not in key)
    _insert(db, table, row, f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {updates}")


def _first(db: Database, statement: str, *values: str) -> tuple[Any, ...] | None:
    found: list[tuple[Any, ...]] = db.execute(statement, values).fetchall()
    return found[0] if found else None


def _decision_row(db: Database, decision_id: DecisionId) -> tuple[Any, ...]:
    found = _first(
        db, "SELECT event, sha256, content, patient_id FROM decisions WHERE decision_id = ?", decision_id
    )
    if found is None:
        raise NotFound(
            f"There is no decision {decision_id} in this database.",
            hint="List the decisions to find its id.",
        )
    return found


def _response_row(db: Database, decision_id: DecisionId) -> tuple[Any, ...] | None:
    return _first(db, "SELECT event, sha256, content FROM responses WHERE decision_id = ?", decision_id)


def _decision_content(db: Database, row: tuple[Any, ...]) -> bytes:
    *sealed, patient_id = row
    return _content(tuple(sealed), Records.DECISION, records_held(db, patient_id))


def _content(row: tuple[Any, ...], records: Records, held: Held = holds_nothing) -> bytes:
    """Return the content of a row, once it is known to be what was recorded."""
    event, recorded, packed = row
    try:
        content = unpack(packed, held)
    except PackedBytesDamaged as error:
        raise _altered(records, event) from error
    if sha256(content) != recorded:
        raise _altered(records, event)
    return content


def _altered(records: Records, event: int) -> AuditChainBroken:
    return AuditChainBroken(
        f"The {records} of event {event} is no longer what was recorded.",
        hint="Stop, keep the file as it is, and tell the safety officer.",
        place=f"event {event}",
    )
