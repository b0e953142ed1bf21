"""The store as the ports speak of it."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from builders import (
    A_HASH,
    NURSE,
    a_decision,
    a_draft,
    a_pack,
    a_patient,
    a_response,
    an_acceptance,
    an_event,
)
from stores import decision_ids, opened

from engine.domain.audit import AuditKind
from engine.domain.ids import ContentHash, DecisionId, OptionId, PatientId, UserName
from engine.domain.pages import DecisionFilter
from engine.errors import AuditChainBroken, InputError, InvariantBroken, NotFound, WhyRxError
from engine.store.codec import JsonCodec
from engine.store.sqlite_store import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """Return an open store with one patient."""
    with opened(tmp_path / "whyrx.sqlite") as store:
        store.save_record(a_patient(), an_event(AuditKind.IMPORT))
        yield store


def decide(store: SqliteStore, decision_id: str = "dec-0001") -> DecisionId:
    """Append a decision."""
    store.append_decision(a_decision(decision_id), an_event(AuditKind.DECISION, decision_id))
    return DecisionId(decision_id)


def test_the_newest_version_of_a_record_is_the_one_returned(store: SqliteStore) -> None:
    newer = a_patient(name="Example-Cedar, Cleo-Quist")
    store.save_record(newer, an_event(AuditKind.STATEMENT))
    assert store.record(newer.patient_id) == newer
    assert store.patients("", "", 10).rows[0].name == "Example-Cedar, Cleo-Quist"


def test_a_decision_comes_back_as_the_bytes_that_were_recorded(store: SqliteStore) -> None:
    decision_id = decide(store)
    assert store.decision(decision_id) == a_decision()
    assert store.decision_bytes(decision_id) == JsonCodec().encode(a_decision())


def test_a_listed_decision_carries_the_hash_of_its_bytes(store: SqliteStore) -> None:
    decision_id = decide(store)
    row = store.decisions(DecisionFilter(), 0, 10).rows[0]
    assert row.content == hashlib.sha256(store.decision_bytes(decision_id)).hexdigest()
    assert store.events(decision_id)[0].content == row.content


def test_an_event_with_another_hash_than_the_decision_is_refused(store: SqliteStore) -> None:
    event = replace(an_event(AuditKind.DECISION, "dec-0001"), content=A_HASH)
    with pytest.raises(InvariantBroken, match=A_HASH):
        store.append_decision(a_decision(), event)
    assert decision_ids(store) == []


def test_a_decision_id_is_given_once(store: SqliteStore) -> None:
    decide(store)
    with pytest.raises(InvariantBroken, match="append-only"):
        decide(store)
    assert decision_ids(store) == ["dec-0001"]


def test_a_decision_about_nobody_in_the_database_is_refused(store: SqliteStore) -> None:
    with pytest.raises(NotFound):
        store.append_decision(
            a_decision(record=a_patient("pat-0404")), an_event(AuditKind.DECISION, "dec-0001")
        )
    assert store.events("dec-0001") == ()


@pytest.mark.parametrize(
    "ask",
    [
        lambda store: store.record(PatientId("pat-0404")),
        lambda store: store.decision(DecisionId("dec-0404")),
        lambda store: store.decision_bytes(DecisionId("dec-0404")),
        lambda store: store.archived_pack(A_HASH),
        lambda store: store.respond(a_response("dec-0404"), an_event(AuditKind.OVERRIDDEN, "dec-0404")),
    ],
    ids=["record", "decision", "bytes", "pack", "response"],
)
def test_an_id_that_names_nothing_is_said_to(store: SqliteStore, ask: object) -> None:
    with pytest.raises(NotFound) as told:
        ask(store)  # type: ignore[operator] # parametrised
    assert told.value.hint


def test_a_response_is_final(store: SqliteStore) -> None:
    decision_id = decide(store)
    assert store.response(decision_id) is None
    store.respond(a_response(), an_event(AuditKind.OVERRIDDEN, decision_id))
    with pytest.raises(InputError, match="final"):
        store.respond(an_acceptance(), an_event(AuditKind.ACCEPTED, decision_id))
    assert store.response(decision_id) == a_response()


def test_a_response_chooses_among_the_options_that_were_assessed(store: SqliteStore) -> None:
    decision_id = decide(store)
    with pytest.raises(InputError, match="no option leeches") as told:
        store.respond(
            replace(a_response(), option_id=OptionId("leeches")), an_event(AuditKind.OVERRIDDEN, decision_id)
        )
    assert "apixaban" in told.value.hint
    assert store.response(decision_id) is None


def test_a_pack_is_archived_once_and_comes_back_byte_for_byte(store: SqliteStore) -> None:
    pack = a_pack(rules=b"\x00\xff\r\n", manifest=b"")
    store.archive_pack(pack)
    before = store.verify().events
    store.archive_pack(pack)
    assert store.verify().events == before
    assert store.archived_pack(pack.pack_hash) == pack.files


def test_packs_share_the_files_they_have_in_common(store: SqliteStore) -> None:
    store.archive_pack(a_pack("1.0.0", rules=b"same", manifest=b"one"))
    store.archive_pack(a_pack("1.1.0", rules=b"same", manifest=b"two"))
    assert store._db.execute("SELECT count(*) FROM files").fetchall() == [(3,)]
    assert store.verify().problems == ()


def test_a_draft_belongs_to_one_user_and_replaces_the_earlier_one(store: SqliteStore) -> None:
    draft = a_draft()
    store.save_draft(draft, an_event(AuditKind.DRAFT_SAVED, draft.path))
    later = replace(draft, text="rules: []\n")
    store.save_draft(later, an_event(AuditKind.DRAFT_SAVED, draft.path))
    assert store.draft(draft.path, NURSE) == later
    assert store.draft(draft.path, UserName("someone.else")) is None


def test_a_discarded_draft_is_gone_and_the_chain_says_so(store: SqliteStore) -> None:
    draft = a_draft()
    store.save_draft(draft, an_event(AuditKind.DRAFT_SAVED, draft.path))
    discarded = an_event(AuditKind.DRAFT_DISCARDED, draft.path)
    store.discard_draft(draft.path, NURSE, discarded)
    store.discard_draft(draft.path, NURSE, discarded)
    assert store.draft(draft.path, NURSE) is None
    kinds = [event.kind for event in store.events(draft.path)]
    assert kinds == [AuditKind.DRAFT_SAVED, AuditKind.DRAFT_DISCARDED]


def test_events_come_back_oldest_first_and_only_those_about_the_subject(store: SqliteStore) -> None:
    store.append_event(an_event(AuditKind.READ))
    store.append_event(an_event(AuditKind.EXPORT, "dec-0001"))
    assert [event.kind for event in store.events("pat-0001")] == [AuditKind.IMPORT, AuditKind.READ]


def test_a_replay_may_name_a_hash_without_storing_anything_under_it(store: SqliteStore) -> None:
    store.append_event(replace(an_event(AuditKind.REPLAY, "dec-0001"), content=A_HASH))
    assert store.events("dec-0001")[0].content == A_HASH
    assert store.verify().problems == ()


def test_verification_counts_and_names_the_head_of_the_chain(store: SqliteStore) -> None:
    decide(store)
    report = store.verify()
    assert (report.events, report.decisions, report.problems) == (3, 1, ())
    head = store._db.execute("SELECT hash FROM audit ORDER BY sequence DESC LIMIT 1").fetchall()[0][0]
    assert report.head == head.hex()


def test_an_altered_decision_is_not_shown(store: SqliteStore) -> None:
    decision_id = decide(store)
    store._db.execute("DROP TRIGGER decisions_no_update")
    store._db.execute("UPDATE decisions SET content = zeroblob(40)")
    with pytest.raises(AuditChainBroken, match="event 3"):
        store.decision(decision_id)


def test_an_altered_pack_is_not_replayed_from(store: SqliteStore) -> None:
    store.archive_pack(a_pack())
    store._db.execute("DROP TRIGGER files_no_delete")
    store._db.execute("DELETE FROM files")
    with pytest.raises(AuditChainBroken, match="missing"):
        store.archived_pack(a_pack().pack_hash)


def test_another_thread_is_told_whose_database_it_is(store: SqliteStore) -> None:
    told: list[WhyRxError] = []

    def intrude() -> None:
        try:
            store.verify()
        except WhyRxError as error:
            told.append(error)

    intruder = threading.Thread(target=intrude)
    intruder.start()
    intruder.join()
    assert "another thread" in told[0].message
    assert "engine's own thread" in told[0].hint


def test_a_hash_of_the_caller_is_kept_where_it_is_right(store: SqliteStore) -> None:
    content = ContentHash(hashlib.sha256(JsonCodec().encode(a_decision())).hexdigest())
    store.append_decision(a_decision(), replace(an_event(AuditKind.DECISION, "dec-0001"), content=content))
    assert store.events("dec-0001")[0].content == content


def test_an_event_about_another_decision_is_refused(store: SqliteStore) -> None:
    with pytest.raises(InvariantBroken, match="about dec-0002"):
        store.append_decision(a_decision("dec-0001"), an_event(AuditKind.DECISION, "dec-0002"))
    decide(store)
    with pytest.raises(InvariantBroken, match="about dec-0002"):
        store.respond(a_response("dec-0001"), an_event(AuditKind.OVERRIDDEN, "dec-0002"))
    assert store.response(DecisionId("dec-0001")) is None
