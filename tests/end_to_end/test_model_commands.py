"""Training, studies, evidence, drift and counterfactuals, as the command line gives them."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from clinic import AF, Clinic, patient_named
from fakes import Silent
from generated_cohort import write_generated
from generated_trial import TRIAL, write_trial

from engine.cli.root import cli
from engine.domain.ids import ModelId
from engine.training import boosting, carding, trials, validation


def _run(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(cli, list(arguments))
    return found.exit_code, found.output


def test_a_recipe_of_one_s_own_trains_a_model_into_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boosting, "ROUNDS", 6)
    monkeypatch.setattr(boosting, "TEACHING_ROUNDS", 6)
    monkeypatch.setattr(validation, "FOLDS", 2)
    monkeypatch.setattr(carding, "_EXPLAINED", 2)
    data = tmp_path / "patients.csv"
    write_generated(data, patients=250)
    code, said = _run(
        "train", "warfarin-dose", "--data", str(data), "--out", str(tmp_path / "made"), "--seed", "4"
    )
    assert code == 0, said
    assert "## Source attributes" in said
    assert {path.name for path in (tmp_path / "made").iterdir()} == {
        "booster.json",
        "reference.json",
        "card.json",
    }


def test_a_trial_is_studied_and_not_trained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials, "FOLDS", 2)
    data = tmp_path / "trial.csv"
    write_trial(data, patients=300)
    code, said = _run("study", str(TRIAL), "--data", str(data), "--repeats", "0")
    assert code == 0, said
    assert "A model an arm, for comparison" in said
    code, said = _run("train", str(TRIAL), "--data", str(data), "--out", str(tmp_path / "made"))
    assert code == 2
    assert not (tmp_path / "made").exists()


def test_what_cannot_be_learnt_from_ends_with_two_and_every_reason(tmp_path: Path) -> None:
    data = tmp_path / "trial.csv"
    write_trial(data, patients=40)
    code, said = _run("study", str(TRIAL), "--data", str(data))
    assert code == 2
    assert "too few" in said


def test_an_unknown_evidence_recipe_is_refused_with_what_there_is(tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text("a,b\n", encoding="utf-8")
    code, said = _run("evidence", "migraine", "--data", str(tmp_path / "arms.csv"))
    assert code == 2
    assert "major-depression" in said


def test_evidence_whose_figures_ship_is_pooled_without_a_table() -> None:
    code, said = _run("evidence", "hypercholesterolaemia")
    assert code == 0
    assert "synthetic: from published averages" in said


def test_evidence_whose_table_does_not_ship_asks_for_it() -> None:
    code, said = _run("evidence", "copd")
    assert code == 2
    assert "--data" in said


def test_stopping_the_interacting_drugs_is_what_the_answer_hangs_on(clinic: Clinic) -> None:
    engine = clinic.open()
    decision = engine.recommend(patient_named(engine, "Fir"), AF, Silent())
    found = engine.counterfactuals(decision.decision_id)
    assert [item.changes for item in found] == [("without amiodarone", "without fluconazole")]
    assert found[0].top == ("warfarin",)
    assert engine.dossier(decision.decision_id).decision == decision


def test_drift_over_a_handful_of_decisions_is_not_spoken_of(clinic: Clinic) -> None:
    engine = clinic.open()
    engine.recommend(patient_named(engine, "Fir"), AF, Silent())
    assert not any(item.drifted for item in engine.watch.drift(ModelId("warfarin-dose")))
