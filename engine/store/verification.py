"""The whole file, recomputed: chain, contents, lists, search, fences.

Nothing here stops at the first problem: an auditor needs to see how far the damage goes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlite_utils import Database

from engine.domain.audit import AuditReport
from engine.domain.decision import Decision, Response
from engine.domain.ids import ContentHash
from engine.errors import InputError, WhyRxError
from engine.store import archive, chain, columns
from engine.store.chain import GENESIS, LINKS, Link, Records
from engine.store.codec import DECISIONS, DRAFTS, RECORDS, RESPONSES, Canonical, sha256
from engine.store.held import records_held
from engine.store.packing import PackedBytesDamaged, holds_nothing, unpack
from engine.store.schema import definitions, fences

T = TypeVar("T")

_TABLE_OF = {
    Records.RECORD: "records",
    Records.DECISION: "decisions",
    Records.RESPONSE: "responses",
    Records.PACK: "packs",
    Records.DRAFT: "drafts",
}


@dataclass(slots=True)
class _Findings:
    """Problems as they are found, and what the chain says there should be."""

    problems: list[tuple[int, str]] = field(default_factory=list)
    spoken_of: dict[int, tuple[Records, ContentHash | None]] = field(default_factory=dict)
    head: str = GENESIS.hex()

    def add(self, event: int, what: str) -> None:
        self.problems.append((event, f"event {event}: {what}" if event else what))


def verify(db: Database) -> AuditReport:
    """Recompute everything and return what does not hold, by event."""
    found = _Findings()
    steps: tuple[Callable[[Database, _Findings], None], ...] = (
        _check_file,
        _check_schema,
        _check_chain,
        _check_records,
        _check_decisions,
        _check_packs,
        _check_drafts,
    )
    for step in steps:
        try:
            step(db, found)
        except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
            found.add(0, f"the file cannot be read any further ({step.__name__.strip('_')}): {error}")
    decisions = sum(records is Records.DECISION for records, _ in found.spoken_of.values())
    problems = dict.fromkeys(text for _, text in sorted(found.problems, key=lambda item: item[0]))
    return AuditReport(
        events=len(found.spoken_of), decisions=decisions, head=found.head, problems=tuple(problems)
    )


def _check_file(db: Database, found: _Findings) -> None:
    for pragma in ("integrity_check", "foreign_key_check"):
        for row in db.execute(f"PRAGMA {pragma}"):
            if row != ("ok",):
                found.add(0, f"the file is damaged: {' '.join(map(str, row))}")


def _check_schema(db: Database, found: _Findings) -> None:
    """Compare tables and fences with those that WhyRx made: an altered definition tells lies about rows."""
    standing = {
        statement: (kind, name)
        for kind, name, statement in db.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    }
    triggers = {name for kind, name in standing.values() if kind == "trigger"}
    for name, statement in fences().items():
        if statement not in standing:
            found.add(0, f"the fence {name} was taken down or altered")
    for name in sorted(triggers - fences().keys()):
        found.add(0, f"there is a trigger that WhyRx did not make: {name}")
    for statement in sorted(definitions() - standing.keys() - set(fences().values())):
        found.add(0, f"a table or index was altered: {statement.partition('(')[0].strip()}")


def _check_chain(db: Database, found: _Findings) -> None:
    expected, previous = 1, GENESIS
    for sequence, subject, body, stated, link_hash in db.execute(
        "SELECT sequence, subject, body, previous, hash FROM audit ORDER BY sequence"
    ):
        if sequence != expected:
            found.add(sequence, f"events {expected} to {sequence - 1} are missing")
        if stated != previous:
            found.add(sequence, "it is not chained to the event before it")
        if chain.link_hash(stated, body) != link_hash:
            found.add(sequence, "its hash does not match it")
        link = _link(body)
        if link is None or (link.sequence, link.event.subject) != (sequence, subject):
            found.add(sequence, "it was altered")
        found.spoken_of[sequence] = (
            (Records.NOTHING, None) if link is None else (link.records, link.event.content)
        )
        expected, previous = sequence + 1, link_hash
    found.head = previous.hex()


def _link(body: bytes) -> Link | None:
    try:
        return LINKS.decode(body)
    except WhyRxError:
        return None


def _contents(
    db: Database, found: _Findings, records: Records, codec: Canonical[T], names: tuple[str, ...]
) -> Iterator[tuple[int, T, dict[str, Any]]]:
    """Yield event, value and named columns of each row whose content is what was recorded.

    What was recorded and is no longer there is a problem too, except for drafts, which are replaced.
    """
    table = _TABLE_OF[records]
    seen: set[int] = set()
    for event, recorded, packed, *values in db.execute(
        f"SELECT {', '.join(('event', 'sha256', 'content', *names))} FROM {table} ORDER BY event"  # noqa: S608 - names are ours
    ):
        seen.add(event)
        spoken_of = found.spoken_of.get(event)
        if spoken_of is None or spoken_of[0] is not records:
            found.add(event, f"the chain does not speak of the {records} stored beside it")
            continue
        named = dict(zip(names, values, strict=True))
        try:
            content = unpack(
                packed, records_held(db, named["patient_id"]) if "patient_id" in named else holds_nothing
            )
        except PackedBytesDamaged as error:
            found.add(event, f"its {records} was altered: {error}")
            continue
        if not sha256(content) == recorded == spoken_of[1]:
            found.add(event, f"its {records} does not have the hash that the chain names")
            continue
        try:
            value = codec.decode(content)
        except WhyRxError as error:
            found.add(event, f"its {records} cannot be read by this WhyRx: {error}")
            continue
        yield event, value, named
    if records is not Records.DRAFT:
        for event, (kind, _) in found.spoken_of.items():
            if kind is records and event not in seen:
                found.add(event, f"its {records} is missing")


def _compare(found: _Findings, event: int, row: dict[str, Any], expected: columns.Columns) -> None:
    for name, value in expected.items():
        if row[name] != value:
            found.add(event, f"the list shows {name} {row[name]!r}, but {value!r} was recorded")


_PATIENT_COLUMNS = (
    "patient_id",
    "event",
    "name",
    "name_key",
    "search",
    "birth_date",
    "sex",
    "changed_at",
    "not_understood",
    "synthetic",
)


def _check_records(db: Database, found: _Findings) -> None:
    newest: dict[str, tuple[int, columns.Columns]] = {}
    for event, record, row in _contents(db, found, Records.RECORD, RECORDS, ("patient_id",)):
        if row["patient_id"] != record.patient_id:
            found.add(event, f"its patient record was put under {row['patient_id']!r}")
        changed_at = LINKS.decode(
            db.execute("SELECT body FROM audit WHERE sequence = ?", (event,)).fetchall()[0][0]
        ).event.at
        newest[record.patient_id] = (event, columns.of_patient(record, changed_at) | {"event": event})
    listed = {
        row[0]: dict(zip(_PATIENT_COLUMNS, row, strict=True))
        for row in db.execute(f"SELECT {', '.join(_PATIENT_COLUMNS)} FROM patients").fetchall()  # noqa: S608 - names are ours
    }
    for patient_id, (event, expected) in newest.items():
        if patient_id in listed:
            _compare(found, event, listed[patient_id], expected)
        else:
            found.add(event, f"patient {patient_id} is missing from the list")
    for patient_id in listed.keys() - newest.keys():
        found.add(0, f"the list shows patient {patient_id}, of whom there is no record")


_DECISION_COLUMNS = (
    "decision_id",
    "patient_id",
    "patient_name",
    "indication_id",
    "indication_title",
    "decided_at",
    "requested_by",
    "first",
    "verdicts",
)


def _check_decisions(db: Database, found: _Findings) -> None:
    searched = dict(db.execute("SELECT rowid, text FROM decision_search").fetchall())
    answers = {
        row["decision_id"]: (event, response, row)
        for event, response, row in _contents(
            db, found, Records.RESPONSE, RESPONSES, ("decision_id", "choice", "chosen", "reason")
        )
    }
    for event, decision, row in _contents(db, found, Records.DECISION, DECISIONS, _DECISION_COLUMNS):
        _compare(found, event, row, columns.of_decision(decision))
        answer = answers.pop(decision.decision_id, None)
        text = _check_response(found, decision, answer)
        if searched.pop(event, None) != text:
            found.add(event, "the search index does not hold its text")
    for decision_id, (event, _, _) in answers.items():
        found.add(event, f"it answers {decision_id}, which is missing or altered")
    for event in searched:
        found.add(event, "the search index holds a text for it, but there is no such decision")


def _check_response(
    found: _Findings, decision: Decision, answer: tuple[int, Response, dict[str, Any]] | None
) -> str:
    """Check the answer to a decision, and return what the search index should hold."""
    if answer is None:
        return columns.search_text(decision, None)
    event, response, row = answer
    try:
        _compare(found, event, row, columns.of_response(response, decision))
        return columns.search_text(decision, response)
    except InputError as error:
        found.add(event, error.message)
        return columns.search_text(decision, None)


def _check_packs(db: Database, found: _Findings) -> None:
    for event, listing, row in _contents(db, found, Records.PACK, archive.LISTINGS, ("pack_hash",)):
        if row["pack_hash"] != listing.pack_hash:
            found.add(event, f"its rule pack was put under {row['pack_hash']!r}")
        for file in listing.files:
            try:
                archive.archived_file(db, file.sha256)
            except PackedBytesDamaged as error:
                found.add(event, f"{file.path} of its rule pack: {error}")


def _check_drafts(db: Database, found: _Findings) -> None:
    for event, draft, row in _contents(db, found, Records.DRAFT, DRAFTS, ("path", "author")):
        if (row["path"], row["author"]) != (draft.path, draft.by):
            found.add(event, f"its draft was put under {row['path']!r} by {row['author']!r}")
