"""The whole file, recomputed: chain, contents, lists, search, fences.

Nothing here stops at the first problem: an auditor needs to see how far the damage goes. One pass goes
along the chain, and along each table beside it, so that a million decisions need no more memory than one.

Two depths. The fast one proves that every byte stored is the byte that the chain names, and that lists
show what was recorded; it needs no patient's key. The thorough one also unseals every content, reads it,
and computes from it again what lists and searches show.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from sqlite_utils import Database

from engine.domain.audit import AuditKind, AuditReport
from engine.errors import WhyRxError
from engine.store import archive, chain, list_checks
from engine.store.chain import GENESIS, Link, Records
from engine.store.codec import DECISIONS, DRAFTS, RECORDS, RESPONSES, Canonical, sha256
from engine.store.contents import SEALED, ContentDamaged, content_of, records_held
from engine.store.findings import Findings
from engine.store.packing import Held, holds_nothing
from engine.store.releases import RELEASES
from engine.store.schema import definitions, fences
from engine.store.sealing import find_key, is_erased
from engine.store.users import CHANGES

_CODECS: dict[Records, Canonical[Any]] = {
    Records.RECORD: RECORDS,
    Records.DECISION: DECISIONS,
    Records.RESPONSE: RESPONSES,
    Records.PACK: archive.LISTINGS,
    Records.MODEL: archive.MODEL_LISTINGS,
    Records.DRAFT: DRAFTS,
    Records.USER: CHANGES,
    Records.RELEASE: RELEASES,
}

#: Event, stated hash and stored bytes of each row, then what its kind needs besides.
_ROWS = {
    Records.RECORD: "SELECT event, sha256, content, patient_id FROM records ORDER BY event",
    Records.DECISION: "SELECT d.event, d.sha256, d.content, d.patient_id, d.decision_id, l.* "
    "FROM decisions AS d LEFT JOIN decision_list AS l ON l.event = d.event ORDER BY d.event",
    Records.RESPONSE: "SELECT r.event, r.sha256, r.content, d.patient_id, r.decision_id, d.event, "
    "l.choice, l.chosen, l.reason FROM responses AS r LEFT JOIN decisions AS d "
    "ON d.decision_id = r.decision_id LEFT JOIN decision_list AS l ON l.event = d.event ORDER BY r.event",
    Records.PACK: "SELECT event, sha256, content, NULL, pack_hash FROM packs ORDER BY event",
    Records.MODEL: "SELECT event, sha256, content, NULL, model_hash FROM models ORDER BY event",
    Records.DRAFT: "SELECT event, sha256, content, NULL, path, author FROM drafts ORDER BY event",
    Records.USER: "SELECT event, sha256, content, NULL FROM user_changes ORDER BY event",
    Records.RELEASE: "SELECT event, sha256, content, NULL, pack_hash FROM releases ORDER BY event",
    Records.ERASURE: "SELECT event, key_sha256, NULL, patient_id FROM erasures ORDER BY event",
}


#: Rows fetched at once: few enough to hold, enough to spare the way into the driver and back.
_PORTION = 200


class _Rows:
    """One table, read in order of events beside the chain."""

    def __init__(self, db: Database, records: Records, found: Findings) -> None:
        self._rows = in_portions(db, _ROWS[records])
        self._records = records
        self._found = found
        self._next: Any = next(self._rows, None)

    def at(self, event: int) -> Any | None:  # noqa: ANN401 - a row of the driver
        """Return the row of an event; rows of others passed on the way are strays."""
        while self._next is not None and self._next[0] < event:
            self._stray(self._next[0])
        if self._next is None or self._next[0] != event:
            return None
        row, self._next = self._next, next(self._rows, None)
        return row

    def to_the_end(self) -> None:
        """Tell of every row that is left."""
        while self._next is not None:
            self._stray(self._next[0])

    def _stray(self, event: int) -> None:
        self._found.add(event, f"the chain does not speak of the {self._records} stored beside it")
        self._next = next(self._rows, None)


def in_portions(db: Database, statement: str) -> Iterator[Any]:
    """Yield the rows of a statement, fetched many at a time."""
    cursor = db.execute(statement)
    while rows := cursor.fetchmany(_PORTION):
        yield from rows


def verify(db: Database, *, thorough: bool = True) -> AuditReport:
    """Recompute everything and return what does not hold, by event."""
    found = Findings(thorough=thorough)
    steps: tuple[Callable[[Database, Findings], None], ...] = (
        _check_file,
        _check_schema,
        _check_chain,
        list_checks.check_patients,
        list_checks.check_keys,
        list_checks.check_answers,
        list_checks.check_promises,
        list_checks.check_users,
        list_checks.check_files,
        list_checks.check_search,
    )
    for step in steps:
        try:
            step(db, found)
        except (sqlite3.DatabaseError, UnicodeDecodeError, TypeError, ValueError) as error:
            # A damaged page can hold anything: nothing where a name must stand, a text where a number must.
            found.add(0, f"the file cannot be read any further ({step.__name__.strip('_')}): {error}")
    return AuditReport(
        events=found.events, decisions=found.decisions, head=found.head, problems=found.problems()
    )


def _check_file(db: Database, found: Findings) -> None:
    # Each reads the whole file again. The last looks at the code that every page of an encrypted one has.
    checks = ("foreign_key_check", "integrity_check", "cipher_integrity_check")
    for pragma in checks if found.thorough else ():
        for row in db.execute(f"PRAGMA {pragma}").fetchall():
            if row != ("ok",):
                found.add(0, f"the file is damaged: {' '.join(map(str, row))}")


def _check_schema(db: Database, found: Findings) -> None:
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


def _check_chain(db: Database, found: Findings) -> None:
    rows = {records: _Rows(db, records, found) for records in _ROWS}
    expected, previous = 1, GENESIS
    migrated = hashlib.sha256()
    for sequence, subject, body, stated, link_hash in in_portions(
        db, "SELECT sequence, subject, body, previous, hash FROM audit ORDER BY sequence"
    ):
        if sequence != expected:
            found.add(sequence, f"events {expected} to {sequence - 1} are missing")
        if stated != previous:
            found.add(sequence, "it is not chained to the event before it")
        known = chain.link_hash(stated, body) == link_hash
        if not known:
            found.add(sequence, "its hash does not match it")
        # The thorough look also asks whether they are the bytes that WhyRx would write.
        link = _link(body, known=known and not found.thorough)
        if link is None or (link.sequence, link.event.subject) != (sequence, subject):
            found.add(sequence, "it was altered")
        if link is not None:
            _check_link(db, found, link, rows, migrated)
        found.events += 1
        expected, previous = sequence + 1, link_hash
    for table in rows.values():
        table.to_the_end()
    found.head = previous.hex()


def _link(body: bytes, *, known: bool) -> Link | None:
    try:
        return chain.read_link(body, known=known)
    except WhyRxError:
        return None


def _check_link(
    db: Database,
    found: Findings,
    link: Link,
    rows: dict[Records, _Rows],
    migrated: Any,  # noqa: ANN401 - a hash
) -> None:
    """Check what one event speaks of."""
    event = link.sequence
    if link.event.kind is AuditKind.MIGRATED and link.event.content != migrated.hexdigest():
        found.add(event, "what it brought up to date is no longer what it was then")
    if link.event.kind in (AuditKind.HOLD_PLACED, AuditKind.HOLD_LIFTED):
        list_checks.check_hold(db, found, link)
    if link.event.kind is AuditKind.PROMISE_KEPT:
        found.kept[event] = link.event.subject
    if link.records is Records.NOTHING:
        return
    found.decisions += link.records is Records.DECISION
    row = rows[link.records].at(event)
    if row is None:
        # A draft is replaced by the next one of its file.
        if link.records is not Records.DRAFT:
            found.add(event, f"its {link.records} is missing")
        return
    if link.records is Records.ERASURE:
        if (row[1], row[3]) != (link.event.content, link.event.subject):
            found.add(event, "its erasure was altered")
        return
    if link.stored is None and link.records in SEALED:
        migrated.update(f"{event} {sha256(row[2])}\n".encode())
    _check_content(db, found, link, row)


def _check_content(db: Database, found: Findings, link: Link, row: Any) -> None:  # noqa: ANN401 - a row of the driver
    event, stated, stored, patient_id = row[:4]
    if stated != link.event.content or (link.stored is not None and sha256(stored) != link.stored):
        found.add(event, f"its {link.records} does not have the hash that the chain names")
        return
    list_checks.check_listed(found, link, row)
    sealed = link.records in SEALED
    if sealed and patient_id is None:
        found.add(event, f"its {link.records} is of no patient: what it answers is missing or altered")
        return
    if sealed and link.stored is not None and not found.thorough:
        return
    key = find_key(db, patient_id) if sealed else None
    if key is not None or not sealed or not is_erased(db, patient_id):
        held = holds_nothing if patient_id is None else records_held(db, patient_id, key)
        _read_content(found, link, row, key, held)


def _read_content(
    found: Findings,
    link: Link,
    row: Any,  # noqa: ANN401 - as above
    key: bytes | None,
    held: Held,
) -> None:
    event, stated, stored = row[:3]
    try:
        content = content_of(link.records, event, stored, key, held)
        value = _CODECS[link.records].decode(content)
        same = sha256(content) == stated
    except ContentDamaged as error:
        found.add(event, f"its {link.records} was altered: {error}")
        return
    except WhyRxError as error:
        found.add(event, f"its {link.records} cannot be read by this WhyRx: {error}")
        return
    if not same:
        found.add(event, f"its {link.records} does not have the hash that the chain names")
        return
    try:
        list_checks.check_value(found, link, row, value)
    except WhyRxError as error:
        found.add(event, error.message)
