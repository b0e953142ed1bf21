"""The record over the whole engine: locked, replayed in bulk, compared with other rules and models."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from clinic import AF, DOSE, Clinic, patient_named
from fakes import Silent
from stores import ADMINISTRATOR, PASSPHRASE

from engine.bootstrap.local import LocalEngine
from engine.domain.access import AccessState
from engine.domain.audit import AuditKind
from engine.domain.ids import DecisionId
from engine.domain.pages import DecisionFilter
from engine.domain.replies import ReplayResult
from engine.errors import Cancelled, Locked, ModelAltered, NotPermitted, SignInRefused
from engine.intake import demo

A_BUNDLE = Path(demo.__file__).with_name("demo_files") / "clean.json"


@pytest.fixture
def locked(tmp_path: Path) -> Iterator[Clinic]:
    """Return a clinic of real patients."""
    made = Clinic(tmp_path, demo=False)
    yield made
    made.close()


@dataclass
class Stops:
    """Progress that asks for the work to stop after some steps."""

    after: int
    steps: list[tuple[int, int]] = field(default_factory=list)

    def step(self, done: int, total: int, what: str) -> None:
        """Count the step."""
        self.steps.append((done, total))
        if len(self.steps) > self.after:
            raise Cancelled("stopped as asked")


def _all(engine: LocalEngine) -> list[DecisionId]:
    return [row.decision_id for row in engine.decisions(DecisionFilter(), 0, 1000).rows]


def test_a_database_of_real_patients_is_locked_until_somebody_signs_in(locked: Clinic) -> None:
    engine = locked.open()
    engine.lock()
    assert engine.access().state is AccessState.LOCKED
    assert engine.status().whyrx
    for ask in (
        lambda: engine.patients("", "", 10),
        lambda: engine.decisions(DecisionFilter(), 0, 10),
        lambda: engine.verify(Silent()),
        lambda: engine.save_draft("rules/x.yaml", ""),
    ):
        with pytest.raises(Locked):
            ask()
    with pytest.raises(SignInRefused):
        engine.sign_in("clinician", "something else entirely")
    assert engine.sign_in("clinician", PASSPHRASE).state is AccessState.OPEN
    assert engine.patients("", "", 10).total == 0


def test_it_locks_itself_after_a_while_without_use_and_reading_keeps_it_open(locked: Clinic) -> None:
    engine = locked.open()
    minutes = engine.access().idle_minutes
    assert minutes > 0
    locked.clock.move(minutes=minutes - 1)
    engine.stay_awake()
    locked.clock.move(minutes=minutes - 1)
    assert engine.patients("", "", 10).total == 0
    locked.clock.move(minutes=minutes)
    assert engine.access().state is AccessState.LOCKED
    with pytest.raises(Locked):
        engine.patients("", "", 10)
    engine.sign_in("auditor", PASSPHRASE)
    told = engine._store.events("clinician")
    assert [event.kind for event in told][-1] is AuditKind.SIGN_OUT
    assert "without use" in told[-1].detail
    locked.clock.move(minutes=minutes)
    engine.rest()
    assert engine.door.session is None


def test_an_administrator_of_the_engine_reads_no_patient_and_a_clinician_manages_no_user(
    locked: Clinic,
) -> None:
    engine = locked.open()
    engine.import_files((str(A_BUNDLE),), Silent())
    patient = engine.patients("", "", 10).rows[0].patient_id
    engine.recommend(patient, AF, Silent())
    with pytest.raises(NotPermitted):
        engine.desk.users.all()
    engine.sign_in(ADMINISTRATOR, PASSPHRASE)
    for ask in (
        lambda: engine.record(patient),
        lambda: engine.recommend(patient, AF, Silent()),
        lambda: engine.dossier(DecisionId("dec-x")),
    ):
        with pytest.raises(NotPermitted):
            ask()
    assert len(engine.desk.users.all()) == 6
    engine.break_glass("the clinician is not reachable")
    assert engine.record(patient).patient_id == patient


def test_every_reading_of_a_record_is_in_the_log(clinic: Clinic) -> None:
    engine = clinic.open()
    patient = patient_named(engine, "Alder")
    decision = engine.recommend(patient, AF, Silent())
    engine.record(patient)
    engine.readings(patient)
    engine.dossier(decision.decision_id)
    read = [event.kind for event in engine._store.events(patient)].count(AuditKind.READ)
    assert read == 2
    assert [event.kind for event in engine.dossier(decision.decision_id).events] == [
        AuditKind.DECISION,
        AuditKind.READ,
    ]


def test_bulk_replay_finds_every_decision_identical_tells_how_far_it_is_and_can_be_stopped(
    clinic: Clinic,
) -> None:
    engine = clinic.open()
    for name in ("Alder", "Birch", "Elm"):
        engine.recommend(patient_named(engine, name), AF, Silent())
    engine.recommend(patient_named(engine, "Elm"), DOSE, Silent())
    watch = Stops(after=10_000)
    found = engine.desk.replay_all(DecisionFilter(), 100, watch)
    assert (found.replayed, found.identical, found.different, found.failed) == (4, 4, (), ())
    assert watch.steps[-1] == (4, 4)
    with pytest.raises(Cancelled):
        engine.desk.replay_all(DecisionFilter(), 100, Stops(after=7))
    told = [event.detail for event in engine._store.events("decisions")]
    assert told[0].startswith("4 decisions: 4 identical")
    assert "stopped after" in told[1]


def test_bulk_replay_names_the_one_that_does_not_come_out_as_recorded_and_counts_the_erased(
    clinic: Clinic,
) -> None:
    engine = clinic.open()
    for name in ("Alder", "Birch"):
        engine.recommend(patient_named(engine, name), AF, Silent())
    engine.desk.keeping.erase(patient_named(engine, "Birch"), "asked for")
    clinic.close()
    engine = clinic.open(fault="invents")
    found = engine.desk.replay_all(DecisionFilter(), 100, Silent())
    assert (found.replayed, found.identical, len(found.different)) == (1, 0, 1)
    assert found.different[0].what
    assert engine._store.events(found.different[0].decision_id)[-1].kind is AuditKind.REPLAY


def _other_rules(folder: Path, rulesets: Path) -> Path:
    """Return a copy of the rules in which apixaban is never contraindicated."""
    copy = folder / "other-rules"
    shutil.copytree(rulesets, copy)
    file = copy / "rules" / "atrial-fibrillation" / "apixaban.yaml"
    file.write_text(file.read_text().replace("severity: contraindicated", "severity: caution"))
    return copy


def test_other_rules_tell_what_they_would_change_and_record_nothing_but_that_it_was_asked(
    clinic: Clinic, tmp_path: Path
) -> None:
    from engine.bootstrap.packs import seal_folder  # noqa: PLC0415 - only here

    engine = clinic.open()
    for name in ("Alder", "Birch"):
        engine.recommend(patient_named(engine, name), AF, Silent())
    rules = _other_rules(tmp_path, clinic.rulesets)
    seal_folder(rules)
    before = engine.verify(Silent()).decisions
    same = engine.desk.what_would_change(DecisionFilter(), 100, None, None, Silent())
    assert (same.compared, same.unchanged, same.changed) == (2, 2, ())
    found = engine.desk.what_would_change(DecisionFilter(), 100, rules, None, Silent())
    assert found.compared == 2
    assert found.pack_hash != engine.status().pack_hash
    assert engine.verify(Silent()).decisions == before
    for changed in found.changed:
        assert all(change.before is not change.after for change in changed.verdicts)


def test_a_decision_is_replayed_with_the_model_that_ordered_it_after_another_was_installed(
    clinic: Clinic, tmp_path: Path
) -> None:
    clinic.models = tmp_path / "models"
    shutil.copytree(Clinic(tmp_path).models, clinic.models)
    engine = clinic.open()
    decision = engine.recommend(patient_named(engine, "Elm"), DOSE, Silent())
    used = decision.versions.model_hash
    assert used is not None
    folder = clinic.models / "warfarin-dose"
    booster = folder / "booster.json"
    booster.write_bytes(booster.read_bytes() + b" ")
    with pytest.raises(ModelAltered):
        engine._floors.ranker.hash_of(decision.ranking.model_id or pytest.fail("no model"))
    assert engine.replay(decision.decision_id, Silent()).result is ReplayResult.IDENTICAL
    assert {file.path for file in engine._store.archived_model(used)} >= {"booster.json", "card.json"}
    shutil.rmtree(folder)
    assert engine.replay(decision.decision_id, Silent()).result is ReplayResult.IDENTICAL
