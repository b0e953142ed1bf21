"""The figures of a card."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.ranking.intervals import gain, wilson
from engine.training.metrics import calibration, comparison, mcnemar, performance, separability
from engine.training.validation import block_folds, chances, fit_thresholds, random_folds

BAND = np.array([0, 0, 1, 1, 1, 2])


def test_performance_counts_what_was_named_rightly() -> None:
    found = performance("m", np.array([0, 2, 1, 1, 0, 2]), BAND)
    assert found.accuracy == pytest.approx(4 / 6, abs=1e-4)
    assert found.swaps == pytest.approx(1 / 6, abs=1e-4)
    assert found.macro_recall == pytest.approx((1 / 2 + 2 / 3 + 1) / 3, abs=1e-4)
    assert found.low < found.accuracy < found.high


def test_mcnemar_against_hand_computed_values() -> None:
    assert mcnemar(0, 5) == pytest.approx(2 / 32)
    assert mcnemar(3, 3) == 1.0
    assert mcnemar(10, 0) == mcnemar(0, 10)


def test_comparison_counts_only_patients_the_methods_differ_on() -> None:
    found = comparison("a", BAND, "b", np.array([0, 0, 1, 1, 0, 0]), BAND)
    assert (found.only_method, found.only_against) == (2, 0)


def test_what_is_gained_on_the_same_patients_is_told_with_its_interval() -> None:
    assert gain(30, 30, 100)[0] == 0.0
    rise, low, high = gain(20, 0, 100)
    assert rise == pytest.approx(0.2)
    assert 0 < low < 0.2 < high


@given(st.integers(0, 50), st.integers(1, 50))
def test_an_interval_holds_its_share(right: int, more: int) -> None:
    patients = right + more
    low, high = wilson(right, patients)
    assert 0 <= low <= round(right / patients, 4) <= high <= 1


def test_perfect_chances_have_no_calibration_error() -> None:
    chance = np.eye(3)[BAND]
    assert calibration("m", chance, BAND).error == 0.0


def test_overconfident_chances_do() -> None:
    chance = np.tile([0.9, 0.05, 0.05], (6, 1))
    assert calibration("m", chance, BAND).error > 0.5


def test_separability_counts_groups() -> None:
    group = np.array([[True, False, False]] * 3 + [[False, True, True]] * 3)
    found = separability("m", group, BAND)
    assert found.mean_size == 1.5
    assert found.single == 0.5
    assert found.coverage == pytest.approx(5 / 6, abs=1e-4)
    assert found.accuracy_single == pytest.approx(2 / 3, abs=1e-4)


def test_chances_sum_to_one_and_keep_the_order_of_the_scores() -> None:
    score = np.array([[1.0, 3.0, -2.0]])
    found = chances(score, 0.7)
    assert found.sum() == pytest.approx(1.0)
    assert np.argsort(found[0]).tolist() == np.argsort(score[0]).tolist()


@given(st.integers(0, 2**31))
def test_the_conformal_gap_covers_what_it_promises_on_its_own_patients(seed: int) -> None:
    chance = np.random.default_rng(seed)
    band = chance.integers(0, 3, 200)
    score = chance.normal(size=(200, 3)) + np.eye(3)[band]
    gap = fit_thresholds(score, band).gap
    covered = score[np.arange(200), band] >= score.max(axis=1) - gap
    assert covered.mean() >= 0.9


def test_folds_are_even_and_every_patient_has_one() -> None:
    for fold in (random_folds(103, 10, 1), block_folds(103, 10)):
        assert np.bincount(fold, minlength=10).min() >= 10
        assert fold.max() == 9
    assert (np.diff(block_folds(103, 10)) >= 0).all()
    assert not np.array_equal(random_folds(103, 10, 1), random_folds(103, 10, 2))
