"""What lists, keys and the search index say, against what was recorded."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from sqlite_utils import Database

from engine.domain.access import UserChange
from engine.domain.audit import AuditKind
from engine.domain.decision import Decision, ReasonCode, Response
from engine.domain.ids import PatientId
from engine.domain.pages import Draft
from engine.domain.patient import PatientRecord
from engine.domain.releases import Release
from engine.store import archive, columns, search_index
from engine.store.archive import ModelListing, PackListing
from engine.store.chain import Link, Records
from engine.store.columns import Columns
from engine.store.findings import Findings, NewestRecord
from engine.store.packing import PackedBytesDamaged
from engine.store.sealing import find_key, is_erased

_PATIENT = (
    "patient_id", "name", "name_key", "search", "birth_date", "sex", "changed_at", "not_understood",
    "synthetic",
)  # fmt: skip
_DECISION = (
    "patient_id", "patient_name", "indication_id", "indication_title", "decided_at", "requested_by",
    "first", "verdicts",
)  # fmt: skip
_ANSWER = ("choice", "chosen", "reason")


def check_listed(found: Findings, link: Link, row: Any) -> None:  # noqa: ANN401 - a row of the driver
    """Check by hash that a list shows what was recorded; the content need not be read for it."""
    event = link.sequence
    _check_place(found, link, row)
    if link.listed is None:
        return
    if link.records is Records.DECISION:
        shown = dict(zip(_DECISION, row[6:14], strict=True))
        if row[5] is not None and columns.hash_of(shown) != link.listed:
            found.add(event, "the list does not show what was recorded")
    elif link.records is Records.RESPONSE and row[6] is not None:
        shown = dict(zip(_ANSWER, row[6:9], strict=True))
        if columns.hash_of(shown) != link.listed:
            found.add(event, "the list does not show the answer that was recorded")


def _check_place(found: Findings, link: Link, row: Any) -> None:  # noqa: ANN401 - a row of the driver
    """Check under what a row lies, and note what later checks need of it."""
    event = link.sequence
    if link.sealed_for is not None and row[3] != link.sealed_for:
        found.add(event, f"its {link.records} was put under {row[3]!r}")
    match link.records:
        case Records.RECORD:
            found.newest[row[3]] = NewestRecord(event=event, listed=link.listed, columns=None)
        case Records.DECISION | Records.RESPONSE if row[4] != link.event.subject:
            found.add(event, f"its {link.records} was put under {row[4]!r}")
        case Records.DECISION if row[5] is None:
            found.unlisted[event] = row[3]
        case Records.DECISION if row[14] is not None:
            found.shown_answers.add(event)
        case Records.RESPONSE:
            found.shown_answers.discard(row[5])
        case _:
            pass


def check_value(found: Findings, link: Link, row: Any, value: object) -> None:  # noqa: ANN401 - as above
    """Check everything that is shown of a content against the content itself."""
    event = link.sequence
    match value:
        case PatientRecord():
            _check_record(found, link, row, value)
        case Decision():
            _check_decision(found, event, row, value)
        case Response():
            _check_response(found, event, row, value)
        case PackListing() | ModelListing():
            _check_listing(found, link, row, value)
        case Draft() if (row[4], row[5]) != (value.path, value.by):
            found.add(event, f"its draft was put under {row[4]!r} by {row[5]!r}")
        case Release() if row[4] != value.pack_hash:
            found.add(event, f"its release was put under {row[4]!r}")
        case UserChange():
            found.users[value.user.name] = (event, value.user)
        case _:
            pass


def _check_record(found: Findings, link: Link, row: Any, record: PatientRecord) -> None:  # noqa: ANN401 - a row
    if row[3] != record.patient_id:
        found.add(link.sequence, f"its patient record was put under {row[3]!r}")
    listed = columns.of_patient(record, link.event.at)
    newest = NewestRecord(event=link.sequence, listed=link.listed, columns=listed)
    found.newest[record.patient_id] = newest


def _check_listing(found: Findings, link: Link, row: Any, listing: PackListing | ModelListing) -> None:  # noqa: ANN401 - a row
    name = listing.pack_hash if isinstance(listing, PackListing) else listing.model_hash
    if row[4] != name:
        found.add(link.sequence, f"its {link.records} was put under {row[4]!r}")
    for file in listing.files:
        found.files.setdefault(file.sha256, (link.sequence, f"{file.path} of its {link.records}"))


def check_patients(db: Database, found: Findings) -> None:
    """Check that the list of patients shows the newest version of each."""
    names = ", ".join(("event", "erased", *_PATIENT))
    listed = {row[2]: row for row in db.execute(f"SELECT {names} FROM patients").fetchall()}  # noqa: S608 - ours
    for patient_id, newest in found.newest.items():
        row = listed.get(patient_id)
        if row is None:
            found.add(newest.event, f"patient {patient_id} is missing from the list")
            continue
        if row[0] != newest.event:
            found.add(newest.event, f"the list shows event {row[0]} of patient {patient_id}, not the newest")
        if row[1]:
            if any(row[3:]):
                found.add(newest.event, f"patient {patient_id} was erased, but is still in the list")
            found.blank.add(patient_id)
            continue
        shown: Columns = dict(zip(_PATIENT, row[2:], strict=True))
        if newest.columns is not None:
            compare(found, newest.event, shown, newest.columns)
        elif newest.listed is not None and columns.hash_of(shown) != newest.listed:
            found.add(newest.event, f"the list does not show patient {patient_id} as recorded")
    for patient_id in listed.keys() - found.newest.keys():
        found.add(0, f"the list shows patient {patient_id}, of whom there is no record")


def check_keys(db: Database, found: Findings) -> None:
    """Check that each patient has a key or was erased, never both, and that the list says which."""
    for (patient_id,) in db.execute("SELECT patient_id FROM erasures").fetchall():
        if patient_id in found.newest and patient_id not in found.blank:
            found.add(0, f"patient {patient_id} was erased, but the list does not say so")
    for patient_id, keyed, erased in db.execute(
        "SELECT r.patient_id, k.patient_id IS NOT NULL, e.patient_id IS NOT NULL "
        "FROM (SELECT DISTINCT patient_id FROM records) AS r "
        "LEFT JOIN patient_keys AS k ON k.patient_id = r.patient_id "
        "LEFT JOIN erasures AS e ON e.patient_id = r.patient_id"
    ).fetchall():
        if keyed and erased:
            found.add(0, f"patient {patient_id} was erased, but the key is still there")
        if not keyed and not erased:
            found.add(0, f"the key of patient {patient_id} is gone, but no erasure is recorded")


def check_answers(db: Database, found: Findings) -> None:
    """Check that no list shows an answer, a decision or a hold that nobody recorded."""
    for event in found.shown_answers:
        found.add(event, "the list shows an answer that was not recorded")
    for event, patient_id in found.unlisted.items():
        if not is_erased(db, PatientId(patient_id)):
            found.add(event, "it is missing from the list")
    for (event,) in db.execute(
        "SELECT l.event FROM decision_list AS l JOIN erasures AS e ON e.patient_id = l.patient_id"
    ).fetchall():
        found.add(event, "its patient was erased, but the list still shows it")


def check_hold(db: Database, found: Findings, link: Link) -> None:
    """Check that a hold is as its event says."""
    placed = int(link.event.kind is AuditKind.HOLD_PLACED)
    row = db.execute("SELECT patient_id, placed FROM holds WHERE event = ?", (link.sequence,)).fetchall()
    if row != [(link.event.subject, placed)]:
        found.add(link.sequence, "its hold was altered")


def check_promises(db: Database, found: Findings) -> None:
    """Check that each promise is of the answer that made it, and was kept where the chain says so."""
    rows = db.execute(
        "SELECT p.event, p.patient_id, p.kept, d.patient_id, r.decision_id FROM promises AS p "
        "LEFT JOIN responses AS r ON r.event = p.event LEFT JOIN decisions AS d "
        "ON d.decision_id = r.decision_id"
    ).fetchall()
    kept = dict(found.kept)
    for event, patient_id, kept_by, of, decision_id in rows:
        if patient_id != of:
            found.add(event, "its promise was altered")
        if kept_by is not None and kept.pop(kept_by, None) != decision_id:
            found.add(event, "the list shows its promise as kept, but the chain does not")
    for event in kept:
        found.add(event, "the promise that it kept is still shown as open")
    if found.thorough:
        for event in found.promising ^ {row[0] for row in rows if _readable(db, row[3])}:
            found.add(event, "its promise is not among the promises as it was made")


def _readable(db: Database, patient_id: str | None) -> bool:
    return patient_id is not None and find_key(db, PatientId(patient_id)) is not None


def check_users(db: Database, found: Findings) -> None:
    """Check that the list of users is that of their newest changes."""
    listed = {
        name: (event, active) for name, event, active in db.execute("SELECT name, event, active FROM users")
    }
    expected = {name: (event, int(user.active)) for name, (event, user) in found.users.items()}
    for name in sorted(listed.keys() | expected.keys()):
        if listed.get(name) != expected.get(name):
            event = expected.get(name, (0, 0))[0]
            found.add(event, f"the list of users does not show {name} as recorded")


def check_files(db: Database, found: Findings) -> None:
    """Check every file of every archived pack and model."""
    for name, (event, what) in found.files.items():
        try:
            archive.archived_file(db, name)
        except PackedBytesDamaged as error:
            found.add(event, f"{what}: {error}")


def check_search(db: Database, found: Findings) -> None:
    """Check, where contents were read, that the index holds their words and no others."""
    if not found.thorough:
        return
    held: dict[int, int] = {}
    words: set[str] = set()
    for event, word in search_index.entries(db):
        held[event] = held.get(event, 0) + _number(word)
        words.add(word)
    for event in sorted(found.indexed.keys() | held.keys()):
        if event not in found.indexed:
            found.add(event, "the search index holds words for it, but there is no such decision to read")
        elif found.indexed[event] != held.get(event):
            found.add(event, "the search index does not hold its words")
    known = {word for (word,) in db.execute("SELECT word FROM search_words").fetchall()}
    if known != words:
        found.add(0, "the words that a search knows are not those of the index")


def compare(found: Findings, event: int, row: Columns, expected: Columns) -> None:
    """Note each column that shows something else than was recorded."""
    for name, value in expected.items():
        if row[name] != value:
            found.add(event, f"the list shows {name} {row[name]!r}, but {value!r} was recorded")


def _check_decision(found: Findings, event: int, row: Any, decision: Decision) -> None:  # noqa: ANN401 - a row
    if (row[3], row[4]) != (decision.request.patient_id, decision.decision_id):
        found.add(event, f"its decision was put under {row[4]!r} of {row[3]!r}")
    if row[5] is not None:
        compare(found, event, dict(zip(_DECISION, row[6:14], strict=True)), columns.of_decision(decision))
    if row[14] is not None:
        found.decided[event] = decision
    found.indexed[event] = _sum(columns.words(decision, None))


def _check_response(found: Findings, event: int, row: Any, response: Response) -> None:  # noqa: ANN401 - a row
    if row[4] != response.decision_id:
        found.add(event, f"its response was put under {row[4]!r}")
    decision = found.decided.pop(row[5], None)
    if decision is None:
        found.add(event, f"it answers {row[4]}, which is missing or altered")
        return
    expected = columns.of_response(response, decision)
    compare(found, event, dict(zip(_ANSWER, row[6:9], strict=True)), expected)
    found.indexed[row[5]] = _sum(columns.words(decision, response))
    if response.reason is ReasonCode.WILL_MONITOR:
        found.promising.add(event)


def _sum(words: Iterable[str]) -> int:
    return sum(_number(word) for word in words)


def _number(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=16).digest(), "big")
