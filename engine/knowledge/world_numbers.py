"""Quantities of the solver's patient: a number each in its plausible range, cut into cells."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.domain.ids import QuantityId
from engine.domain.quantities import Interval
from engine.domain.vocabulary import MeasuredQuantity, Vocabulary
from engine.knowledge.cells import Cell, cells_of, ends_of, is_whole
from engine.knowledge.solving import Ground

if TYPE_CHECKING:
    from z3 import ArithRef, BoolRef


class Numbers:
    """The newest value of each quantity, and where its line is cut."""

    def __init__(
        self, ground: Ground, vocabulary: Vocabulary, sum_of: Callable[[QuantityId], ArithRef | None]
    ) -> None:
        """Begin without numbers.

        Args:
            ground: where they are words.
            vocabulary: their plausible ranges.
            sum_of: what a score is summed from; None for what is measured.
        """
        self._ground = ground
        self._vocabulary = vocabulary
        self._sum_of = sum_of
        self.of: dict[QuantityId, ArithRef] = {}
        self._intervals: dict[QuantityId, dict[Interval, BoolRef]] = {}
        self._at: dict[tuple[int, QuantityId, Cell], BoolRef] = {}

    def number(self, quantity: QuantityId) -> ArithRef:
        """Return the newest value of a quantity in its canonical unit."""
        if quantity not in self.of:
            summed = self._sum_of(quantity)
            self.of[quantity] = self.another(quantity, str(quantity)) if summed is None else summed
            self._intervals[quantity] = {}
        return self.of[quantity]

    def another(self, quantity: QuantityId, name: str) -> ArithRef:
        """Return a number of its own that can be a value of the quantity."""
        z3, entry = self._ground.z3, self._entry(quantity)
        number = z3.ToReal(z3.Int(name)) if is_whole(quantity) else z3.Real(name)
        if entry.plausible_low is not None:
            self._ground.always(number >= z3.RealVal(str(entry.plausible_low)))
        if entry.plausible_high is not None:
            self._ground.always(number <= z3.RealVal(str(entry.plausible_high)))
        return number

    def within(self, quantity: QuantityId, interval: Interval) -> BoolRef:
        """Return that a quantity lies in an interval of its canonical unit."""
        number = self.number(quantity)
        known = self._intervals[quantity]
        if interval not in known:
            known[interval] = bounded(self._ground, number, interval)
        return known[interval]

    def cells(self, quantity: QuantityId) -> tuple[Cell, ...]:
        """Return the line of a quantity, cut wherever a premise of this world cuts it."""
        self.number(quantity)
        return cells_of(self._entry(quantity), ends_of(self._intervals[quantity]))

    def at(self, formula: BoolRef, quantity: QuantityId, cell: Cell) -> BoolRef:
        """Return a formula as it would be with the quantity in one cell and everything else the same."""
        key = (formula.get_id(), quantity, cell)
        if key not in self._at:
            z3 = self._ground.z3
            self._ground.names_in(formula)  # keeps the formula, so that its number stays its own
            swap = (self.number(quantity), z3.RealVal(str(_inner(cell))))
            self._at[key] = z3.simplify(z3.substitute(formula, swap))
        return self._at[key]

    def in_cell(self, quantity: QuantityId, cell: Cell) -> BoolRef:
        """Return that the quantity lies in a cell; the limits of what is plausible belong to their cells."""
        number, z3 = self.number(quantity), self._ground.z3
        if cell.is_point:
            return number == z3.RealVal(str(cell.low))
        entry = self._entry(quantity)
        points = {each.low for each in self.cells(quantity) if each.is_point}
        parts = []
        if cell.low is not None:
            low, closed = z3.RealVal(str(cell.low)), cell.low == entry.plausible_low
            parts.append(number >= low if closed and cell.low not in points else number > low)
        if cell.high is not None:
            high, closed = z3.RealVal(str(cell.high)), cell.high == entry.plausible_high
            parts.append(number <= high if closed and cell.high not in points else number < high)
        return z3.And(*parts)

    def _entry(self, quantity: QuantityId) -> MeasuredQuantity:
        return self._vocabulary.quantities[quantity]


def bounded(ground: Ground, number: ArithRef, interval: Interval) -> BoolRef:
    """Return that a number lies in an interval, whatever its unit."""
    z3 = ground.z3
    parts = []
    if interval.low is not None:
        low = z3.RealVal(str(interval.low))
        parts.append(number >= low if interval.low_closed else number > low)
    if interval.high is not None:
        high = z3.RealVal(str(interval.high))
        parts.append(number <= high if interval.high_closed else number < high)
    return z3.And(*parts)


def _inner(cell: Cell) -> Decimal:
    if cell.low is not None and cell.high is not None:
        return (cell.low + cell.high) / 2
    if cell.low is not None:
        return cell.low + 1
    return Decimal(0) if cell.high is None else cell.high - 1
