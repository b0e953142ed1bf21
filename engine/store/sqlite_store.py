"""The store that the ports speak of, on one SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from engine.domain.access import Right, Session
from engine.domain.audit import AuditEvent, AuditKind, AuditReport
from engine.domain.decision import Decision, ReasonCode, Response
from engine.domain.ids import ContentHash, DecisionId, ModelId, PatientId, UserName
from engine.domain.pack import PackFile, RulePack
from engine.domain.pages import DecisionFilter, DecisionPage, Draft, PatientPage
from engine.domain.patient import PatientRecord
from engine.errors import InputError, InvariantBroken, NotFound
from engine.store import archive, chain, columns, listing, search_index
from engine.store.chain import SOFTWARE, Records
from engine.store.codec import DECISIONS, DRAFTS, RECORDS, RESPONSES
from engine.store.contents import (
    checked,
    checked_for,
    held_for,
    insert,
    recorded,
    row_of,
    stored_form,
    upsert,
)
from engine.store.room import Room, patient_of
from engine.store.sealing import SealBroken, find_key, key_for, key_of, unseal_text
from engine.store.verification import in_portions, verify

_ABOUT_PATIENTS = (Right.READ_PATIENTS,)


class SqliteStore:
    """One open database. Each method that changes anything is one transaction, durable when it returns.

    Every method names the right it needs; the session that the database was opened with has it, or the
    method is refused with ``NotPermitted``.
    """

    def __init__(self, room: Room) -> None:
        """Work in an open database."""
        self.room = room

    @property
    def session(self) -> Session:
        """Return who is at work, with what they may do."""
        return self.room.session

    @property
    def _db(self) -> Database:
        return self.room._db  # noqa: SLF001 - the one connection, for those who look underneath

    @property
    def _path(self) -> Path:
        return self.room.path

    def close(self) -> None:
        """Fold the journal back into the file and let go of it."""
        self.room.close()

    def save_record(self, record: PatientRecord, event: AuditEvent) -> None:
        """Store a new version of a patient's record."""
        content = RECORDS.encode(record)
        listed = columns.of_patient(record, event.at)
        with self.room.writing(Right.WRITE_PATIENTS) as db:
            key = key_for(db, record.patient_id)
            number = chain.next_sequence(db)
            stored = stored_form(Records.RECORD, number, content, key)
            about = recorded(Records.RECORD, content, stored, columns.hash_of(listed))
            self.room.append(db, event, about, record.patient_id)
            insert(db, "records", row_of(number, content, stored) | {"patient_id": record.patient_id})
            upsert(db, "patients", listed | {"event": number}, ("patient_id",))

    def record(self, patient_id: PatientId) -> PatientRecord:
        """Return the newest version, or raise ``NotFound``."""
        with self.room.reading(*_ABOUT_PATIENTS) as db:
            key = key_of(db, patient_id)
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
        return RECORDS.decode(checked(Records.RECORD, found, key))

    def patients(self, text: str, after: str, limit: int) -> PatientPage:
        """Return patients whose name or id contains every word of the text, by name, after a key."""
        with self.room.reading(*_ABOUT_PATIENTS) as db:
            return listing.patients(db, text, after, limit)

    def archive_pack(self, pack: RulePack) -> None:
        """Keep the bytes of a pack under its hash, once."""
        with self.room.reading() as db:
            if archive.holds(db, archive.PACKS, pack.pack_hash):
                return
        detail = f"{pack.title} {pack.version} ({pack.status}), {len(pack.files)} files"
        event = self._of_software(AuditKind.PACK_ARCHIVED, pack.pack_hash, detail)
        with self.room.writing() as db:
            archive.keep(self.room, db, archive.PACKS, event, archive.listing_of(pack), pack.files)

    def archived_pack(self, pack_hash: ContentHash) -> tuple[PackFile, ...]:
        """Return the bytes of an archived pack, or raise ``NotFound``."""
        with self.room.reading() as db:
            return archive.files_of(db, archive.PACKS, pack_hash)

    def archive_model(self, model_id: ModelId, model_hash: ContentHash, files: tuple[PackFile, ...]) -> None:
        """Keep the bytes of a model under its hash, once."""
        with self.room.reading() as db:
            if archive.holds(db, archive.MODELS, model_hash):
                return
        event = self._of_software(AuditKind.MODEL_ARCHIVED, model_hash, f"{model_id}, {len(files)} files")
        with self.room.writing() as db:
            listing_ = archive.model_listing(model_id, model_hash, files)
            archive.keep(self.room, db, archive.MODELS, event, listing_, files)

    def archived_model(self, model_hash: ContentHash) -> tuple[PackFile, ...]:
        """Return the bytes of an archived model, or raise ``NotFound``."""
        with self.room.reading() as db:
            return archive.files_of(db, archive.MODELS, model_hash)

    def append_decision(self, decision: Decision, event: AuditEvent) -> None:
        """Store a decision; it is durable when this returns."""
        _require_subject(event, decision.decision_id)
        content = DECISIONS.encode(decision)
        listed = columns.of_decision(decision)
        patient_id = decision.request.patient_id
        with self.room.writing(Right.DECIDE) as db:
            number = chain.next_sequence(db)
            held = held_for(db, patient_id, RECORDS.encode(decision.record))
            stored = stored_form(Records.DECISION, number, content, key_of(db, patient_id), held)
            about = recorded(Records.DECISION, content, stored, columns.hash_of(listed))
            self.room.append(db, event, about, patient_id)
            row = row_of(number, content, stored)
            insert(db, "decisions", row | {"decision_id": decision.decision_id, "patient_id": patient_id})
            insert(db, "decision_list", listed | {"event": number})
            search_index.put(db, number, columns.words(decision, None))

    def decision(self, decision_id: DecisionId) -> Decision:
        """Return a decision, or raise ``NotFound``."""
        return DECISIONS.decode(self.decision_bytes(decision_id))

    def decision_bytes(self, decision_id: DecisionId) -> bytes:
        """Return the canonical bytes that were recorded.

        Raises:
            NotFound: no such decision.
            PatientErased: it is about a patient who was erased.
            AuditChainBroken: they are no longer what was recorded.
        """
        with self.room.reading(*_ABOUT_PATIENTS) as db:
            patient_id, row = _decision_row(db, decision_id)
            return checked_for(db, Records.DECISION, row, patient_id)

    def decisions(self, filters: DecisionFilter, after: int, limit: int) -> DecisionPage:
        """Return decisions, newest first, before a sequence number (0: from the newest)."""
        with self.room.reading(*_ABOUT_PATIENTS) as db:
            return listing.decisions(db, filters, after, limit)

    def respond(self, response: Response, event: AuditEvent) -> None:
        """Store the clinician's choice; a second for the same decision raises ``InputError``."""
        _require_subject(event, response.decision_id)
        content = RESPONSES.encode(response)
        with self.room.writing(Right.DECIDE) as db:
            patient_id, row = _decision_row(db, response.decision_id)
            decision = DECISIONS.decode(checked_for(db, Records.DECISION, row, patient_id))
            if _response_row(db, response.decision_id) is not None:
                raise InputError(
                    f"The choice after {response.decision_id} is already recorded, and is final.",
                    hint="Ask for a new recommendation, and record the new choice there.",
                    place=response.decision_id,
                )
            listed = columns.of_response(response, decision)
            number = chain.next_sequence(db)
            stored = stored_form(Records.RESPONSE, number, content, key_of(db, patient_id))
            about = recorded(Records.RESPONSE, content, stored, columns.hash_of(listed))
            self.room.append(db, event, about, patient_id)
            insert(db, "responses", row_of(number, content, stored) | {"decision_id": response.decision_id})
            if response.reason is ReasonCode.WILL_MONITOR:
                insert(db, "promises", {"event": number, "patient_id": patient_id})
            columns.answer(db, row[0], listed)
            search_index.put(db, row[0], columns.words(decision, response))

    def response(self, decision_id: DecisionId) -> Response | None:
        """Return the clinician's choice, if one was made."""
        with self.room.reading(*_ABOUT_PATIENTS) as db:
            found = _response_row(db, decision_id)
            if found is None:
                return None
            patient_id, _ = _decision_row(db, decision_id)
            return RESPONSES.decode(checked_for(db, Records.RESPONSE, found, patient_id))

    def append_event(self, event: AuditEvent) -> None:
        """Append an event that records nothing else (a replay, a read, an export, a failure)."""
        with self.room.writing() as db:
            self.room.append(db, event, about=patient_of(db, event.subject))

    def note_finding(self, subject: str, text: str) -> None:
        """Record what an auditor found."""
        with self.room.writing(Right.WRITE_FINDINGS) as db:
            event = self.room.event(AuditKind.FINDING, subject, text)
            self.room.append(db, event, about=patient_of(db, subject))

    def events(self, subject: str) -> tuple[AuditEvent, ...]:
        """Return the events about a patient, decision or file, oldest first."""
        with self.room.reading(Right.READ_PATIENTS, Right.AUDIT) as db:
            bodies = db.execute("SELECT body FROM audit WHERE subject = ? ORDER BY sequence", (subject,))
            return tuple(readable(db, chain.read_link(body)) for (body,) in bodies.fetchall())

    def links(self) -> Iterator[tuple[bytes, bytes]]:
        """Yield body and hash of each link of the audit chain, in order; finish before writing again."""
        with self.room.reading(Right.AUDIT, Right.READ_PATIENTS) as db:
            yield from in_portions(db, "SELECT body, hash FROM audit ORDER BY sequence")

    def log(self) -> Iterator[tuple[int, AuditEvent]]:
        """Yield number and event of each link of the audit chain, in order; finish before writing again."""
        with self.room.reading(Right.AUDIT, Right.READ_PATIENTS) as db:
            for body, _ in self.links():
                link = chain.read_link(body)
                yield link.sequence, readable(db, link)

    def verify(self, *, thorough: bool = True) -> AuditReport:
        """Recompute the audit chain and the hash of everything it speaks of.

        Args:
            thorough: also unseal every content, and compute from it again what lists and searches show.
        """
        with self.room.reading() as db:
            return verify(db, thorough=thorough)

    def save_draft(self, draft: Draft, event: AuditEvent) -> None:
        """Store a draft of a rule file, replacing the user's earlier draft of it."""
        content = DRAFTS.encode(draft)
        with self.room.writing(Right.WRITE_RULES) as db:
            number = chain.next_sequence(db)
            stored = stored_form(Records.DRAFT, number, content, None)
            self.room.append(db, event, recorded(Records.DRAFT, content, stored))
            row = row_of(number, content, stored) | {"path": draft.path, "author": draft.by}
            upsert(db, "drafts", row, ("path", "author"))

    def draft(self, path: str, by: UserName) -> Draft | None:
        """Return the user's draft of a rule file."""
        with self.room.reading() as db:
            found = _first(
                db, "SELECT event, sha256, content FROM drafts WHERE path = ? AND author = ?", path, by
            )
        return None if found is None else DRAFTS.decode(checked(Records.DRAFT, found, None))

    def discard_draft(self, path: str, by: UserName, event: AuditEvent) -> None:
        """Forget the user's draft of a rule file; where there is none, nothing happens, nor is recorded."""
        with self.room.writing(Right.WRITE_RULES) as db:
            gone = db.execute("DELETE FROM drafts WHERE path = ? AND author = ?", (path, by)).rowcount
            if gone:
                self.room.append(db, event)

    def _of_software(self, kind: AuditKind, subject: str, detail: str) -> AuditEvent:
        return AuditEvent(kind=kind, subject=subject, by=SOFTWARE, at=self.room.clock.now(), detail=detail)


#: What stands in place of the detail of an event about a patient who was erased.
ERASED_DETAIL = "erased with the patient"


def readable(db: Database, link: chain.Link) -> AuditEvent:
    """Return the event of a link with its detail unsealed, as far as the key to it still exists."""
    if link.sealed_for is None:
        return link.event
    key = find_key(db, link.sealed_for)
    return chain.with_detail(link, ERASED_DETAIL if key is None else _detail(link, key))


def _detail(link: chain.Link, key: bytes) -> str:
    try:
        return unseal_text(key, link.event.detail, f"event {link.sequence}")
    except SealBroken:
        return "altered: it no longer opens under the patient's key"


def _require_subject(event: AuditEvent, decision_id: DecisionId) -> None:
    """Refuse an event that is about something else than what it records: the chain names it by that alone."""
    if event.subject != decision_id:
        raise InvariantBroken(
            f"The event is about {event.subject}, but {decision_id} would be stored. Nothing was stored."
        )


def _first(db: Database, statement: str, *values: str) -> tuple[Any, ...] | None:
    found: list[tuple[Any, ...]] = db.execute(statement, values).fetchall()
    return found[0] if found else None


def _decision_row(db: Database, decision_id: DecisionId) -> tuple[PatientId, tuple[Any, ...]]:
    found = _first(
        db, "SELECT patient_id, event, sha256, content FROM decisions WHERE decision_id = ?", decision_id
    )
    if found is None:
        raise NotFound(
            f"There is no decision {decision_id} in this database.",
            hint="List the decisions to find its id.",
        )
    return PatientId(found[0]), found[1:]


def _response_row(db: Database, decision_id: DecisionId) -> tuple[Any, ...] | None:
    return _first(db, "SELECT event, sha256, content FROM responses WHERE decision_id = ?", decision_id)
