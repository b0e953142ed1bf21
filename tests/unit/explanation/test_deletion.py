"""The deletion test."""

from __future__ import annotations

import numpy as np
import pytest

from engine.explanation.deletion import deletion_ratio

WEIGHTS = np.array([3.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.0, 0.0])
PATIENT = np.ones(8, dtype=np.float32)
DONORS = np.zeros((16, 8), dtype=np.float32)


def _scores(
    values: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.asarray(values @ WEIGHTS, dtype=np.float64)


def test_the_exact_reasons_themselves_move_the_score_all_the_way() -> None:
    assert deletion_ratio(WEIGHTS, WEIGHTS, PATIENT, DONORS, _scores) == 1.0


def test_the_wrong_reasons_move_it_less() -> None:
    wrong = WEIGHTS[::-1].copy()
    assert deletion_ratio(wrong, WEIGHTS, PATIENT, DONORS, _scores) == pytest.approx(0.85 / 6.75, abs=1e-3)


def test_reasons_that_raise_what_they_should_lower_count_for_nothing() -> None:
    def rising(
        values: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.asarray(values @ np.array([2.0, 0, 0, 0, 0, -3.0, -3.0, -3.0]), dtype=np.float64)

    lime = np.array([0, 0, 0, 0, 0.1, 1.0, 1.0, 1.0])
    exact = np.array([2.0, 0, 0, 0, 0, -3.0, -3.0, -3.0])
    assert deletion_ratio(lime, exact, PATIENT, DONORS, rising) == 0.0


def test_a_score_that_nothing_moves_has_no_wrong_reasons() -> None:
    assert (
        deletion_ratio(WEIGHTS[::-1].copy(), WEIGHTS, PATIENT, DONORS, lambda rows: np.zeros(len(rows)))
        == 1.0
    )
