"""Holds, erasure, backups, checkpoints, promises and an honest clock."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders import a_decision, a_patient, a_response, an_event
from fakes import FixedClock, Silent
from stores import ADMINISTRATOR, PASSPHRASE, fill, founded, opened, past_the_fences

from engine.bootstrap.restoring import restore_backup
from engine.bootstrap.setup import EngineSetup, shipped_models, shipped_rulesets
from engine.domain.access import Role
from engine.domain.audit import AuditKind, Checkpoint
from engine.domain.decision import ReasonCode
from engine.domain.ids import ContentHash, DecisionId, PatientId, UserName
from engine.domain.pages import DecisionFilter
from engine.domain.rules import Jurisdiction
from engine.errors import InputError, NotFound, NotPermitted, PatientErased, SignInRefused, StoreUnavailable
from engine.store.backup import Backups, unpack
from engine.store.checkpoints import Checkpoints
from engine.store.keeping import Keeping
from engine.store.opening import open_demo
from engine.store.promises import Promises
from engine.store.sqlite_store import ERASED_DETAIL, SqliteStore

PATIENT = PatientId("pat-0001")
OTHER = PatientId("pat-0002")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database lies."""
    return tmp_path / "whyrx.sqlite"


@pytest.fixture
def store(path: Path) -> Iterator[SqliteStore]:
    """Return a filled store with a second patient."""
    with opened(path) as store:
        fill(store)
        store.save_record(a_patient(OTHER, "Example-Elm, Ezra"), an_event(AuditKind.IMPORT, OTHER))
        store.append_decision(
            a_decision("dec-0003", a_patient(OTHER, "Example-Elm, Ezra")),
            an_event(AuditKind.DECISION, "dec-0003"),
        )
        yield store


def test_an_erased_patient_is_nowhere_in_the_file_and_the_chain_verifies_as_before(
    path: Path, store: SqliteStore
) -> None:
    head = store.verify().head
    proof = Keeping(store.room).erase(PATIENT, "asked for by the patient")
    report = store.verify()
    assert report.problems == store.verify(thorough=False).problems == ()
    assert (proof.sealed, proof.by) == (5, store.session.user)
    assert proof == Keeping(store.room).proof(PATIENT)
    assert report.head == proof.head != head
    store.close()
    content = path.read_bytes()
    for word in (b"Cedar", b"cedar", b"On it since 2021"):
        assert word not in content, word
    assert b"Example-Elm" in content


def test_nothing_of_an_erased_patient_can_be_read_listed_or_found(store: SqliteStore) -> None:
    Keeping(store.room).erase(PATIENT, "asked for")
    for read in (
        lambda: store.record(PATIENT),
        lambda: store.decision(DecisionId("dec-0001")),
        lambda: store.response(DecisionId("dec-0001")),
    ):
        with pytest.raises(PatientErased):
            read()
    with pytest.raises(PatientErased):
        store.save_record(a_patient(), an_event(AuditKind.IMPORT))
    assert [row.patient_id for row in store.patients("", "", 10).rows] == [OTHER]
    assert [row.decision_id for row in store.decisions(DecisionFilter(), 0, 10).rows] == ["dec-0003"]
    for text in ("cedar", "2021", "pat-0001", "dec-0001"):
        assert store.decisions(DecisionFilter(text=text), 0, 10).rows == ()
    assert store.decisions(DecisionFilter(text="ezra"), 0, 10).total == 1
    details = {event.kind: event.detail for event in store.events("dec-0001")}
    assert details[AuditKind.DECISION] == ERASED_DETAIL
    assert store.record(OTHER).name == "Example-Elm, Ezra"


def test_an_erasure_is_final_needs_a_reason_and_stops_at_a_hold(store: SqliteStore) -> None:
    keeping = Keeping(store.room)
    with pytest.raises(InputError, match="reason"):
        keeping.erase(PATIENT, " ")
    with pytest.raises(InputError, match="not erased"):
        keeping.proof(PATIENT)
    with pytest.raises(NotFound):
        keeping.erase(PatientId("pat-0404"), "why")
    keeping.place_hold(PATIENT, "a complaint is open")
    with pytest.raises(InputError, match="legal hold"):
        keeping.erase(PATIENT, "asked for")
    with pytest.raises(InputError, match="stands already"):
        keeping.place_hold(PATIENT, "again")
    assert [(hold.patient_id, hold.reason) for hold in keeping.holds()] == [(PATIENT, "a complaint is open")]
    keeping.lift_hold(PATIENT, "settled")
    assert keeping.holds() == ()
    keeping.erase(PATIENT, "asked for")
    with pytest.raises(PatientErased):
        keeping.erase(PATIENT, "again")
    assert store.verify().problems == ()


def test_a_key_is_not_taken_away_without_an_erasure(path: Path, store: SqliteStore) -> None:
    with pytest.raises(Exception, match="a key goes when its patient is erased"):
        store._db.execute("DELETE FROM patient_keys")
    with pytest.raises(Exception, match="a key is never changed"):
        store._db.execute("UPDATE patient_keys SET key = zeroblob(32)")
    assert store.verify().problems == ()
    assert path.exists()


def test_patients_untouched_for_long_are_listed_with_their_holds(path: Path) -> None:
    clock = FixedClock()
    store = open_demo(path, clock)
    for name in (PATIENT, OTHER):
        store.save_record(a_patient(name), an_event(AuditKind.IMPORT, name))
        clock.move(days=400)
    keeping = Keeping(store.room)
    keeping.place_hold(PATIENT, "why")
    assert [
        (kept.patient_id, kept.held) for kept in keeping.untouched_since(clock.moment - timedelta(days=500))
    ] == [(PATIENT, True)]
    assert len(keeping.untouched_since(clock.moment)) == 2
    store.close()


def test_a_promise_stays_open_until_it_is_kept(store: SqliteStore) -> None:
    promises = Promises(store.room)
    assert promises.open() == ()
    promised = replace(a_response("dec-0003"), reason=ReasonCode.WILL_MONITOR, text="INR weekly")
    store.respond(promised, an_event(AuditKind.OVERRIDDEN, "dec-0003"))
    assert [(item.decision_id, item.text) for item in promises.open()] == [("dec-0003", "INR weekly")]
    promises.keep(DecisionId("dec-0003"), "INR seen, 2.4")
    assert promises.open() == ()
    with pytest.raises(NotFound):
        promises.keep(DecisionId("dec-0003"), "again")
    assert store.events("dec-0003")[-1].detail == "INR seen, 2.4"
    assert store.verify().problems == ()


def _cut_off(path: Path, after: int) -> None:
    """Cut the chain off, with everything that its last events recorded."""
    with past_the_fences(path) as attacker:
        attacker.execute("PRAGMA foreign_keys = off")
        for table in ("promises", "decision_list", "responses", "decisions", "drafts"):
            attacker.execute(f"DELETE FROM {table} WHERE event > ?", (after,))
        attacker.execute("DELETE FROM decision_search WHERE rowid > ?", (after,))
        attacker.execute("DELETE FROM audit WHERE sequence > ?", (after,))


def test_a_chain_that_was_cut_off_verifies_alone_but_not_against_a_checkpoint(path: Path) -> None:
    with opened(path) as store:
        fill(store)
        earlier = Checkpoints(store.room).sign(None)
        store.append_event(an_event(AuditKind.EXPORT, "dec-0001"))
        later = Checkpoints(store.room).sign(None)
    _cut_off(path, earlier.sequence)
    with opened(path) as store:
        assert store.verify(thorough=False).problems == ()
        assert Checkpoints(store.room).check(earlier) == ()
        (problem,) = Checkpoints(store.room).check(later)
        assert "the chain was cut off" in problem
        assert str(later.sequence) in problem


def test_a_chain_written_anew_is_noticed_against_a_checkpoint(path: Path) -> None:
    with opened(path) as store:
        fill(store)
        kept = Checkpoints(store.room).sign(None)
    path.unlink()
    with opened(path) as store:
        fill(store)
        store.append_event(an_event(AuditKind.READ))
        problems = Checkpoints(store.room).check(kept)
    assert any("another one than at the checkpoint" in problem for problem in problems)
    assert any("no user of this database ever had" in problem for problem in problems)


@pytest.mark.parametrize(
    "change",
    [
        {"sequence": 2},
        {"head": ContentHash("0" * 64)},
        {"signature": "00" * 64},
        {"public_key": "11" * 32},
    ],
)
def test_an_altered_checkpoint_does_not_hold(store: SqliteStore, change: dict[str, object]) -> None:
    kept = replace(Checkpoints(store.room).sign(None), **change)  # type: ignore[arg-type] # one field at a time
    assert Checkpoints(store.room).check(kept)


def test_a_checkpoint_reads_back_from_its_line_and_its_making_is_an_event(store: SqliteStore) -> None:
    signed = Checkpoints(store.room).sign(None)
    assert Checkpoint.from_line(signed.line) == signed
    assert store.events("chain")[-1].detail == signed.line
    assert Checkpoints(store.room).check(signed) == ()


def test_a_clock_that_was_set_back_is_an_event_before_what_comes_after(path: Path) -> None:
    clock = FixedClock()
    store = open_demo(path, clock)
    store.append_event(an_event(AuditKind.READ))
    clock.move(hours=-3)
    store.append_event(an_event(AuditKind.READ))
    store.append_event(an_event(AuditKind.READ))
    (told,) = store.events("clock")
    assert told.kind is AuditKind.CLOCK_SET_BACK
    assert "went back from" in told.detail
    clock.move(seconds=-1)
    store.append_event(an_event(AuditKind.READ))
    assert len(store.events("clock")) == 1, "a correction of a second is no jump"
    store.close()
    clock.move(days=-2)
    store = open_demo(path, clock)
    store.append_event(an_event(AuditKind.READ))
    assert len(store.events("clock")) == 2, "a jump while WhyRx was closed shows as well"
    assert store.verify().problems == ()
    store.close()


def test_a_backup_is_the_database_restored_and_verified_before_it_has_its_name(
    path: Path, tmp_path: Path
) -> None:
    target = tmp_path / "backup.whyrx"
    with founded(path) as vault:
        store = vault._open()
        report = Backups(store.room).write(target, Silent())
        assert report.problems == ()
        assert report.events >= 2
        kinds = [
            kind
            for (kind,) in store._db.execute(
                "SELECT json_extract(body, '$.content.event.kind') FROM audit ORDER BY sequence"
            )
        ]
        assert kinds[-1] == AuditKind.BACKUP
        with pytest.raises(InputError, match="file of that name"):
            Backups(store.room).write(target, Silent())
        drilled = Backups(store.room).drill(target, Silent())
        assert (drilled.head, drilled.problems) == (report.head, ())
    assert sorted(file.name for file in tmp_path.iterdir()) == [
        "backup.whyrx",
        path.name,
        f"{path.name}.keys",
    ]
    assert b"SQLite format" not in target.read_bytes()
    with zipfile.ZipFile(target) as archive:
        assert sorted(archive.namelist()) == ["database", "keys", "manifest"]


@pytest.mark.parametrize("position", [0.001, 0.3, 0.7, 0.999])
def test_a_damaged_backup_is_refused_and_nothing_is_touched(
    path: Path, tmp_path: Path, position: float
) -> None:
    target = tmp_path / "backup.whyrx"
    with founded(path) as vault:
        store = vault._open()
        Backups(store.room).write(target, Silent())
        content = bytearray(target.read_bytes())
        content[int(len(content) * position)] ^= 1
        target.write_bytes(bytes(content))
        with pytest.raises((InputError, StoreUnavailable)) as told:
            Backups(store.room).drill(target, Silent())
        assert told.value.hint


def test_a_backup_that_cannot_be_written_leaves_no_file(path: Path, tmp_path: Path) -> None:
    with founded(path) as vault, pytest.raises(StoreUnavailable) as told:
        Backups(vault._open().room).write(tmp_path / "nowhere" / "backup.whyrx", Silent())
    assert told.value.hint
    assert not (tmp_path / "nowhere").exists()


def _setup(path: Path, user: str) -> EngineSetup:
    return EngineSetup(
        database=path,
        rulesets=(shipped_rulesets(),),
        models=shipped_models(),
        jurisdiction=Jurisdiction.EU,
        user=UserName(user),
    )


def test_a_restored_backup_erases_again_what_was_erased_since(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.whyrx"
    with founded(path) as vault:
        vault.add_user("clinician", frozenset({Role.CLINICIAN}), PASSPHRASE)
        vault.lock("next")
        store = vault.sign_in("clinician", PASSPHRASE)
        store.save_record(a_patient(), an_event(AuditKind.IMPORT))
        vault.lock("next")
        store = vault.sign_in(ADMINISTRATOR, PASSPHRASE)
        Backups(store.room).write(target, Silent())
        Keeping(store.room).erase(PATIENT, "asked for")
    with pytest.raises(SignInRefused):
        restore_backup(_setup(path, ADMINISTRATOR), target, "something else", FixedClock())
    with pytest.raises(NotPermitted):
        restore_backup(_setup(path, "clinician"), target, PASSPHRASE, FixedClock())
    report, aside = restore_backup(_setup(path, ADMINISTRATOR), target, PASSPHRASE, FixedClock())
    assert report.problems == ()
    assert aside is not None
    assert aside.exists()
    store = vault.sign_in("clinician", PASSPHRASE)
    with pytest.raises(PatientErased):
        store.record(PATIENT)
    assert store.verify().problems == ()
    vault.lock("done")


def test_what_is_unpacked_from_a_backup_is_private(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "backup.whyrx"
    with founded(path) as vault:
        Backups(vault._open().room).write(target, Silent())
    unpack(target, tmp_path / "again.sqlite")
    for name in ("again.sqlite", "again.sqlite.keys", "backup.whyrx"):
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
