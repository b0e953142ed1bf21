"""When LIME may be shown."""

from __future__ import annotations

import numpy as np
import pytest

from engine.domain.explanation import Grade
from engine.explanation.fidelity import fidelity

EXACT = np.array([1.0, -0.8, 0.5, -0.3, 0.2, 0.1, -0.05, 0.0])


def _grade(lime: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Grade:
    return fidelity(lime, EXACT, 0.5).grade


def test_the_same_shares_are_faithful() -> None:
    assert _grade(EXACT) is Grade.GREEN


def test_scale_does_not_matter() -> None:
    assert _grade(EXACT * 1.4) is Grade.GREEN


def test_one_wrong_direction_among_the_largest_is_no_longer_faithful() -> None:
    lime = EXACT.copy()
    lime[4] = -lime[4]
    assert _grade(lime) is Grade.AMBER


def test_two_wrong_directions_are_withheld() -> None:
    lime = EXACT.copy()
    lime[3:5] = -lime[3:5]
    assert _grade(lime) is Grade.WITHHELD


def test_low_correlation_is_withheld_even_with_all_directions_right() -> None:
    assert _grade(np.sign(EXACT) * np.array([0.1, 1, 0.1, 1, 0.1, 1, 1, 1])) is Grade.WITHHELD


def test_nothing_to_compare_is_withheld() -> None:
    found = fidelity(np.zeros(3), np.zeros(3), 0.0)
    assert found.grade is Grade.WITHHELD
    assert found.correlation == 0.0


def test_the_direction_of_an_invisible_share_does_not_count() -> None:
    exact = np.array([1.0, 0.5, 0.001, 0.001, 0.001, 0.0])
    assert fidelity(np.array([1.0, 0.5, -0.001, -0.001, -0.001, 0.0]), exact, 0.9).sign_agreement == 1.0


def test_the_reason_says_why_it_is_withheld_and_what_stands_instead() -> None:
    reason = fidelity(-EXACT, EXACT, 0.1).reason
    assert "withheld" in reason
    assert "exact ones are shown" in reason


@pytest.mark.parametrize("r2", [0.1, 0.9])
def test_local_r2_is_reported_and_decides_nothing(r2: float) -> None:
    found = fidelity(EXACT, EXACT, r2)
    assert found.local_r2 == r2
    assert found.grade is Grade.GREEN


def test_reasons_that_do_not_move_the_score_are_withheld_however_well_they_correlate() -> None:
    found = fidelity(EXACT, EXACT, 0.5, deletion=0.4)
    assert found.grade is Grade.WITHHELD
    assert "deletion 0.40" in found.reason
    assert fidelity(EXACT, EXACT, 0.5, deletion=0.6).grade is Grade.AMBER
