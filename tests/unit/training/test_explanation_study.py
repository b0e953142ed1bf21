"""Tuning what may be shown: on measurements made up, and the whole study on a small generated table."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from generated_cohort import WARFARIN, write_generated

from engine.domain.explanation import Grade
from engine.training import boosting, explanation_study
from engine.training.cohort import read_cohort
from engine.training.explanation_study import Measured, misleads, tune


def _measured(correlation: float, *, wrong: bool) -> Measured:
    return Measured(
        correlation=correlation, signs=1.0, deletion=1.0, r2=0.5, largest=1.0, jaccard=1.0, misleads=wrong
    )


def test_the_loosest_thresholds_that_mislead_rarely_enough_are_chosen() -> None:
    several = [_measured(0.98, wrong=False)] * 200 + [_measured(0.86, wrong=True)] * 100
    study = tune("made up", several)
    assert study.green[0] == 0.9
    share, misled = study.let_through(Grade.GREEN, study.green, study.green)
    assert share == pytest.approx(2 / 3)
    assert misled == 0.0


def test_what_is_amber_is_judged_by_itself_not_hidden_among_the_green() -> None:
    several = [_measured(0.98, wrong=False)] * 400 + [
        _measured(0.91, wrong=True),
        _measured(0.91, wrong=True),
    ] * 30
    study = tune("made up", several)
    assert study.amber[0] > 0.91


def test_an_explanation_misleads_that_names_another_reason_first() -> None:
    exact = np.array([1.0, 0.8, 0.1, 0.05, 0.02, 0.01, 0.0])
    assert not misleads(exact, exact)
    assert not misleads(np.array([0.7, 0.9, 0.1, 0.05, 0.02, 0.01, 0.0]), exact)
    assert misleads(np.array([0.1, 0.1, 0.0, 0.0, 0.0, 0.9, 0.8]), exact)


def test_the_study_explains_the_model_and_its_negative_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boosting, "ROUNDS", 6)
    monkeypatch.setattr(boosting, "TEACHING_ROUNDS", 6)
    monkeypatch.setattr(explanation_study, "SAMPLES", 600)
    path = tmp_path / "generated.csv"
    write_generated(path, patients=200)
    text = explanation_study.explanation_study(read_cohort(path, WARFARIN), 1, lambda _: None, patients=3)
    assert text.count("goal .90") == 3
    assert "in stock LIME's terms" in text
    assert "negative control" in text
    assert "noise" in text
