"""The line of a quantity, cut at every threshold: inside one cell no interval changes its truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from fractions import Fraction

from engine.domain.ids import QuantityId
from engine.domain.quantities import Interval, plain
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.scores import SCORES
from engine.terminology.units import to_canonical

#: Places beyond those a quantity shows that a value may need to lie between two close thresholds.
_FINER = 6
_AGE = QuantityId("age")
GESTATION = QuantityId("gestational_age")
#: A little more than a day of a week: weeks of gestation are counted in completed days.
_DAY_OF_GESTATION = Decimal("0.15")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One threshold alone (``low == high``), or what lies strictly between two; None: no end."""

    low: Decimal | None
    high: Decimal | None

    @property
    def is_point(self) -> bool:
        """Tell whether it is a single value."""
        return self.low is not None and self.low == self.high

    def contains(self, value: Decimal) -> bool:
        """Tell whether a value lies in the cell."""
        if self.is_point:
            return value == self.low
        return (self.low is None or value > self.low) and (self.high is None or value < self.high)

    def __str__(self) -> str:
        """Return the cell in words."""
        if self.low is not None and self.low == self.high:
            return f"exactly {plain(self.low)}"
        words = [] if self.low is None else [f"above {plain(self.low)}"]
        return " and ".join([*words, *([] if self.high is None else [f"below {plain(self.high)}"])])


def is_whole(quantity: QuantityId) -> bool:
    """Tell whether only whole numbers occur: completed years, and sums of points."""
    return quantity == _AGE or quantity in SCORES


def step_of(quantity: MeasuredQuantity) -> Decimal:
    """Return the smallest difference that the quantity is shown with."""
    if quantity.quantity_id == GESTATION:
        return _DAY_OF_GESTATION
    return Decimal(1) if is_whole(quantity.quantity_id) else Decimal(1).scaleb(-quantity.decimals)


def in_unit_of(quantity: MeasuredQuantity, interval: Interval) -> Interval:
    """Return an interval in the canonical unit; only the terms of scores are written in another."""
    if interval.unit == quantity.unit:
        return interval

    def converted(end: Decimal | None) -> Decimal | None:
        return None if end is None else to_canonical(quantity, end, interval.unit).value

    return Interval(
        unit=quantity.unit,
        low=converted(interval.low),
        low_closed=interval.low_closed,
        high=converted(interval.high),
        high_closed=interval.high_closed,
    )


def ends_of(intervals: Iterable[Interval]) -> tuple[Decimal, ...]:
    """Return every end of some intervals, each once, in order."""
    return tuple(sorted({end for each in intervals for end in (each.low, each.high) if end is not None}))


def decimal_of(number: Fraction) -> Decimal:
    """Return a number as it can be written: exactly where that ends, else to twelve places."""
    value = Decimal(number.numerator) / Decimal(number.denominator)
    return value if Fraction(value) == number else value.quantize(Decimal("1E-12"))


def cells_of(quantity: MeasuredQuantity, ends: Iterable[Decimal]) -> tuple[Cell, ...]:
    """Return the plausible range cut at these thresholds, in order; they do not overlap.

    The limits of the plausible range belong to the cells beside them, unless a threshold lies there.

    >>> from engine.domain.ids import QuantityId
    >>> from engine.domain.vocabulary import QuantityKind
    >>> q = MeasuredQuantity(quantity_id=QuantityId("q"), title="q", kind=QuantityKind.MEASURED, unit="1")
    >>> [str(cell) for cell in cells_of(q, [Decimal(2)])]
    ['below 2', 'exactly 2', 'above 2']
    """
    floor, ceiling = quantity.plausible_low, quantity.plausible_high
    marks = sorted(
        end for end in set(ends) if (floor is None or end >= floor) and (ceiling is None or end <= ceiling)
    )
    cells: list[Cell] = []
    before = floor
    for mark in marks:
        if mark != floor:
            cells.append(Cell(low=before, high=mark))
        cells.append(Cell(low=mark, high=mark))
        before = mark
    if before is None or before != ceiling:
        cells.append(Cell(low=before, high=ceiling))
    return tuple(cells)


def value_in(cell: Cell, quantity: MeasuredQuantity, *, whole: bool = False) -> Decimal | None:
    """Return a value in a cell that a laboratory could have reported; None where a whole one is not there.

    The nearest to a threshold by a tenth of it, so that the value shows which side it lies on;
    the middle between two thresholds; in the fewest decimals.
    """
    if cell.is_point:
        assert cell.low is not None  # noqa: S101 - a point has both ends
        return cell.low if not whole or cell.low == cell.low.to_integral_value() else None
    aim = _aim(cell, quantity)
    places = 0 if whole else quantity.decimals
    for more in range(1 if whole else _FINER + 1):
        unit = Decimal(1).scaleb(-(places + more))
        for rounding in (None, ROUND_FLOOR, ROUND_CEILING):
            value = aim.quantize(unit) if rounding is None else aim.quantize(unit, rounding=rounding)
            if cell.contains(value):
                return value
        if whole:
            between = next((value for value in _whole_between(cell) if cell.contains(value)), None)
            # The lowest that there can be is in the cell above it: somebody in the first year is 0 years old.
            return cell.low if between is None and cell.low == quantity.plausible_low else between
    return aim


def _aim(cell: Cell, quantity: MeasuredQuantity) -> Decimal:
    low, high = cell.low, cell.high
    low_is_limit = low is None or low == quantity.plausible_low
    high_is_limit = high is None or high == quantity.plausible_high
    step = step_of(quantity)
    if low is not None and high_is_limit and not low_is_limit:
        aim = low + max(step, abs(low) / 10)
    elif high is not None and low_is_limit and not high_is_limit:
        aim = high - max(step, abs(high) / 10)
    elif low is None or high is None:
        aim = (low if low is not None else high if high is not None else Decimal(1)) + (
            step if high is None else -step
        )
    else:
        aim = (low + high) / 2
    if cell.contains(aim):
        return aim
    assert low is not None  # noqa: S101 - else one of the branches above lies inside
    assert high is not None  # noqa: S101 - likewise
    return (low + high) / 2


def _whole_between(cell: Cell) -> tuple[Decimal, ...]:
    if cell.low is not None:
        return (cell.low.to_integral_value(rounding=ROUND_FLOOR) + 1,)
    if cell.high is not None:
        return (cell.high.to_integral_value(rounding=ROUND_CEILING) - 1,)
    return (Decimal(0),)
