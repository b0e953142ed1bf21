"""The plausible range of a quantity, cut at thresholds, and the values that stand for its parts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from engine.domain.ids import QuantityId
from engine.domain.vocabulary import MeasuredQuantity, QuantityKind
from engine.knowledge.cells import cells_of, value_in

AGE = MeasuredQuantity(
    quantity_id=QuantityId("age"),
    title="age",
    kind=QuantityKind.DERIVED,
    unit="a",
    plausible_low=Decimal(0),
    plausible_high=Decimal(120),
)


@pytest.mark.parametrize(("ends", "years"), [([1], [0, 1]), ([2], [1, 2]), ([0, 2], [0, 1, 2])])
def test_whole_years_stand_for_each_part_also_for_the_first_year_of_life(
    ends: list[int], years: list[int]
) -> None:
    cells = cells_of(AGE, map(Decimal, ends))

    assert [value_in(cell, AGE, whole=True) for cell in cells[:-1]] == years


def test_no_whole_number_stands_between_two_that_follow_each_other() -> None:
    between = cells_of(AGE, [Decimal(1), Decimal(2)])[2]

    assert value_in(between, AGE, whole=True) is None
