"""From the first schema to the second: contents are sealed under a key of their patient.

The chain does not change by a byte: its links of format 1 go on naming the hashes of the contents
themselves, which verification computes after unsealing them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from engine.domain.decision import Decision
from engine.errors import AuditChainBroken
from engine.store import columns, search_index
from engine.store.chain import Records, read_link
from engine.store.codec import DECISIONS, RECORDS, RESPONSES, sha256
from engine.store.contents import insert, row_of, stored_form, upsert
from engine.store.packing import PackedBytesDamaged, unpack
from engine.store.schema_0001 import take_down_fences
from engine.store.sealing import key_for

_Rows = list[tuple[int, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the first schema held of patients: event and content of each row."""

    records: _Rows
    decisions: _Rows
    responses: _Rows


def take_out(db: Database) -> Held:
    """Take the contents out of the first schema, and take its tables of patients down.

    Raises:
        AuditChainBroken: a content is no longer what was recorded; nothing is migrated then.
    """
    held = Held(
        records=_contents(db, Records.RECORD, "records"),
        decisions=_contents(db, Records.DECISION, "decisions"),
        responses=_contents(db, Records.RESPONSE, "responses"),
    )
    take_down_fences(db)
    for table in ("decision_search", "responses", "decisions", "patients", "records"):
        db.execute(f"DROP TABLE {table}")
    return held


def put_back(db: Database, held: Held) -> None:
    """Seal the contents into the second schema."""
    for event, content in held.records:
        record = RECORDS.decode(content)
        key = key_for(db, record.patient_id)
        stored = stored_form(Records.RECORD, event, content, key)
        insert(db, "records", row_of(event, content, stored) | {"patient_id": record.patient_id})
        listed = columns.of_patient(record, _moment(db, event)) | {"event": event}
        upsert(db, "patients", listed, ("patient_id",))
    decided: dict[str, tuple[int, Decision]] = {}
    for event, content in held.decisions:
        decision = DECISIONS.decode(content)
        decided[decision.decision_id] = (event, decision)
        patient_id = decision.request.patient_id
        stored = stored_form(Records.DECISION, event, content, key_for(db, patient_id))
        row = row_of(event, content, stored)
        insert(db, "decisions", row | {"decision_id": decision.decision_id, "patient_id": patient_id})
        insert(db, "decision_list", columns.of_decision(decision) | {"event": event})
        search_index.put(db, event, columns.words(decision, None))
    for event, content in held.responses:
        response = RESPONSES.decode(content)
        number, decision = decided[response.decision_id]
        key = key_for(db, decision.request.patient_id)
        stored = stored_form(Records.RESPONSE, event, content, key)
        insert(db, "responses", row_of(event, content, stored) | {"decision_id": response.decision_id})
        columns.answer(db, number, columns.of_response(response, decision))
        search_index.put(db, number, columns.words(decision, response))


def _contents(db: Database, records: Records, table: str) -> _Rows:
    rows: list[Any] = db.execute(
        f"SELECT event, sha256, content FROM {table} ORDER BY event"  # noqa: S608 - names are ours
    ).fetchall()
    found: _Rows = []
    for event, stated, packed in rows:
        try:
            content = unpack(packed)
        except PackedBytesDamaged:
            content = b""
        if sha256(content) != stated:
            raise AuditChainBroken(
                f"The {records} of event {event} is no longer what was recorded, so the database cannot be "
                "brought up to date.",
                hint="Stop, keep the file as it is, and tell the safety officer.",
                place=f"event {event}",
            )
        found.append((event, content))
    return found


def _moment(db: Database, event: int) -> Any:  # noqa: ANN401 - a column of the driver
    body = db.execute("SELECT body FROM audit WHERE sequence = ?", (event,)).fetchall()[0][0]
    return read_link(body).event.at
