"""Faults of the machine and of the engine end loud, recorded, and never as *clear*."""

from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from clinic import AF, DOSE, Clinic, patient_named, verdicts
from fakes import Silent

from engine.domain.audit import AuditKind
from engine.domain.decision import RankingStatus
from engine.domain.options import Verdict
from engine.domain.pages import DecisionFilter
from engine.domain.replies import EngineState
from engine.errors import InputError, ModelAltered, PackAltered, SchemaTooNew, StoreUnavailable


@pytest.mark.parametrize("fault", ["forgets", "invents", "crashes", "hangs"])
def test_an_engine_fault_ends_as_cannot_be_assessed_and_is_recorded(clinic: Clinic, fault: str) -> None:
    engine = clinic.open(fault=fault)

    began = time.monotonic()
    decision = engine.recommend(patient_named(engine, "Alder"), AF, Silent())
    seconds = time.monotonic() - began

    assert set(verdicts(decision).values()) == {Verdict.UNASSESSABLE}
    assert decision.engine.faults
    assert decision.ranked == ()
    (event,) = engine.dossier(decision.decision_id).events
    assert event.kind is AuditKind.ENGINE_FAULT
    assert decision.engine.faults[0] in event.detail
    assert seconds < 30, "the watchdog must end a hung worker; its two seconds are measured elsewhere"


def test_a_rule_file_changed_on_disk_stops_the_next_recommendation(clinic: Clinic, tmp_path: Path) -> None:
    clinic.rulesets = tmp_path / "rulesets"
    shutil.copytree(Clinic(tmp_path).rulesets, clinic.rulesets)
    engine = clinic.open()
    patient = patient_named(engine, "Alder")
    file = clinic.rulesets / "rules" / "atrial-fibrillation" / "apixaban.yaml"
    file.write_text(file.read_text().replace("severity: contraindicated", "severity: note"))

    with pytest.raises(PackAltered, match=r"apixaban\.yaml"):
        engine.recommend(patient, AF, Silent())

    assert engine.status().state is EngineState.DEGRADED
    assert engine.decisions(DecisionFilter(), 0, 10).rows == ()


def test_a_model_file_changed_on_disk_is_withheld_with_the_reason(clinic: Clinic, tmp_path: Path) -> None:
    clinic.models = tmp_path / "models"
    shutil.copytree(Clinic(tmp_path).models, clinic.models)
    engine = clinic.open()
    booster = clinic.models / "warfarin-dose" / "booster.json"
    booster.write_bytes(booster.read_bytes() + b" ")

    decision = engine.recommend(patient_named(engine, "Elm"), DOSE, Silent())

    assert decision.ranking.status is RankingStatus.WITHHELD
    assert "booster.json" in decision.ranking.reason
    assert decision.explanations == ()
    assert any("booster.json" in problem for problem in engine.status().problems)
    assert ModelAltered.code in decision.ranking.reason or "hash" in decision.ranking.reason


def test_a_full_disk_shows_nothing_and_keeps_nothing(clinic: Clinic) -> None:
    engine = clinic.open()
    patient = patient_named(engine, "Alder")
    store = engine._store
    pages = store._db.execute("pragma page_count").fetchone()[0]
    store._db.execute(f"pragma max_page_count = {pages}")

    refused: list[StoreUnavailable] = []
    for _ in range(50):
        try:
            engine.recommend(patient, AF, Silent())
        except StoreUnavailable as refusal:
            refused.append(refusal)
            break

    store._db.execute("pragma max_page_count = 1073741823")
    assert refused, "the disk never filled"
    assert refused[0].hint
    kept = engine.decisions(DecisionFilter(), 0, 100).total
    assert engine.verify(Silent()).problems == ()
    engine.recommend(patient, AF, Silent())
    assert engine.decisions(DecisionFilter(), 0, 100).total == kept + 1


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to the superuser")
def test_a_read_only_folder_is_told_with_the_remedy(clinic: Clinic, tmp_path: Path) -> None:
    clinic.folder = tmp_path / "locked"
    clinic.folder.mkdir(mode=0o500)

    with pytest.raises(StoreUnavailable):
        clinic.open()


def test_a_database_of_a_newer_version_is_refused_and_left_alone(clinic: Clinic) -> None:
    engine = clinic.open()
    engine._store._db.table("_sqlite_migrations").insert(
        {"migration_set": "whyrx", "name": "from_the_future", "applied_at": "2030-01-01"}
    )
    clinic.close()
    before = clinic.database.read_bytes()

    with pytest.raises(SchemaTooNew):
        clinic.open()

    assert clinic.database.read_bytes() == before


_BAD: dict[str, bytes] = {
    "not JSON": b"hello",
    "truncated": b'{"resourceType": "Bundle", "entry": [',
    "not FHIR": b'{"a": 1}',
    "no bundle": b'{"resourceType": "Patient", "id": "x"}',
    "no patient": b'{"resourceType": "Bundle", "type": "collection", "entry": []}',
    "born in the future": json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": {"resourceType": "Patient", "id": "p", "birthDate": "2126-01-01"}}],
        }
    ).encode(),
}


@pytest.mark.parametrize("name", _BAD)
def test_bad_input_names_file_cause_and_remedy_and_leaves_nothing_behind(
    clinic: Clinic, tmp_path: Path, name: str
) -> None:
    clinic.demo = False
    engine = clinic.open()
    file = tmp_path / "import.json"
    file.write_bytes(_BAD[name])

    with pytest.raises(InputError) as refusal:
        engine.import_files((str(file),), Silent())

    assert "import.json" in str(refusal.value)
    assert refusal.value.hint
    assert engine.patients("", "", 10).total == 0
    assert engine.verify(Silent()).problems == ()
