"""The deletion test."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from engine.explanation.deletion import deletion_ratio

WEIGHTS = np.array([3.0, 2.0, 1.0, 0.5, 0.25, 0.1, 0.0, 0.0])


def _falls(weights: Sequence[float]) -> Callable[[Sequence[int]], float]:
    """Return how far a sum of these weights falls without some of them."""
    return lambda places: float(sum(weights[place] for place in places))


def test_the_exact_reasons_themselves_move_the_score_all_the_way() -> None:
    assert deletion_ratio(WEIGHTS, WEIGHTS, _falls(WEIGHTS.tolist())) == 1.0


def test_the_same_reasons_in_another_order_are_not_tried() -> None:
    def never(places: Sequence[int]) -> float:
        raise AssertionError(places)

    assert deletion_ratio(WEIGHTS * np.array([1, 2, 3, 4, 5, 1, 1, 1]), WEIGHTS, never) == 1.0


def test_the_wrong_reasons_move_it_less() -> None:
    wrong = WEIGHTS[::-1].copy()
    found = deletion_ratio(wrong, WEIGHTS, _falls(WEIGHTS.tolist()))
    assert found == pytest.approx(0.85 / 6.75, abs=1e-3)


def test_reasons_that_raise_what_they_should_lower_count_for_nothing() -> None:
    lime = np.array([0, 0, 0, 0, 0.1, 1.0, 1.0, 1.0])
    exact = np.array([2.0, 0, 0, 0, 0, -3.0, -3.0, -3.0])
    assert deletion_ratio(lime, exact, _falls(exact.tolist())) == 0.0


def test_a_score_that_nothing_moves_has_no_wrong_reasons() -> None:
    assert deletion_ratio(WEIGHTS[::-1].copy(), WEIGHTS, lambda _: 0.0) == 1.0
