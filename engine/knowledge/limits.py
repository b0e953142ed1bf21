"""Ranges as written in rule files: parameters resolved for a day, ends in one unit, empty ones refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from engine.domain.ids import ParameterId, QuantityId
from engine.domain.quantities import Interval, Quantity
from engine.domain.rules import FileSpan, Parameter
from engine.domain.vocabulary import MeasuredQuantity
from engine.knowledge.codes import Code
from engine.knowledge.entry import Entry
from engine.knowledge.measures import amount, canonical, canonical_change, unit_hint
from engine.knowledge.names import Sort
from engine.knowledge.notes import Notes
from engine.knowledge.premise_schema import BOUNDS, ScoreEntry
from engine.terminology.doses import dose_amount
from engine.terminology.spelling import read_aloud

#: The unit of intervals of time between today and a day of the record.
DAYS = "d"
_DOSE_HINT = "Write an amount of the drug: mg, g, ug, mmol, mL or IU."
_BOTH_ENDS = "Write below or at_most, above or at_least."


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """An interval with the parameters it was made from."""

    interval: Interval
    parameters: tuple[ParameterId, ...] = ()


#: Makes a limit comparable, or notes at its place why that cannot be and returns None.
Convert = Callable[[Quantity, str, FileSpan], Quantity | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Reads ranges with the quantities and thresholds of one pack."""

    notes: Notes
    quantities: Mapping[QuantityId, MeasuredQuantity]
    parameters: Mapping[ParameterId, Parameter]

    def of_quantity(
        self, entry: Entry, quantity: MeasuredQuantity | None, what: str, place: FileSpan, by: str
    ) -> Range | None:
        """Return the range beside a quantity, in its canonical unit; its names are noted in any case.

        Args:
            entry: what has the bounds.
            quantity: what they bound; None where it is undefined.
            what: the quantity's id as written, for messages.
            place: where the range as a whole stands.
            by: whose range it is, for messages.
        """

        def convert(limit: Quantity, key: str, span: FileSpan) -> Quantity | None:
            if quantity is None:
                return None
            value = canonical(limit, quantity)
            if value is None:
                self._refuse_unit(limit, key, span, quantity, by)
                return None
            return Quantity(value=value, unit=quantity.unit)

        return self._range(entry, convert, what, place, by)

    def of_change(
        self, entry: Entry, quantity: MeasuredQuantity, key: str, place: FileSpan, by: str
    ) -> Range | None:
        """Return by how much a quantity changed: in its canonical unit, or in percent."""

        def convert(limit: Quantity, bound: str, span: FileSpan) -> Quantity | None:
            if limit.unit == "%":
                return limit
            value = canonical_change(limit, quantity)
            if value is None:
                self._refuse_unit(limit, bound, span, quantity, by)
                return None
            return Quantity(value=value, unit=quantity.unit)

        return self._range(entry, convert, key, place, by)

    def of_dose(self, entry: Entry, key: str, place: FileSpan, by: str) -> Interval | None:
        """Return a range of doses, in the one unit of their dimension."""

        def convert(limit: Quantity, bound: str, span: FileSpan) -> Quantity | None:
            made = dose_amount(limit.value, limit.unit)
            if made is None:
                self.notes.refuse(Code.UNIT, span, f"{by}: {bound} {limit} is no dose.", _DOSE_HINT)
            return made

        made = self._range(entry, convert, key, place, by)
        return made.interval if made else None

    def of_scores(self, entry: ScoreEntry, what: str, place: FileSpan, by: str) -> Interval | None:
        """Return a range of activity scores."""
        bounds = {key: getattr(entry, key) for key in BOUNDS if getattr(entry, key) is not None}
        return self.interval(bounds, "1", what, place, by)

    def of_days(
        self, longer_than: int | None, at_most: int | None, what: str, place: FileSpan, by: str
    ) -> Interval | None:
        """Return how many days lie between; None for a crossed range, which is noted."""
        bounds = {"above": longer_than, "at_most": at_most}
        days = {key: Decimal(value) for key, value in bounds.items() if value is not None}
        return self.interval(days, DAYS, what, place, by)

    def parameter(self, name: ParameterId, span: FileSpan, by: str) -> Quantity | None:
        """Return what a threshold is on the day of this reading."""
        known = self.notes.refer(by, span, name, Sort.PARAMETER)
        parameter = self.parameters.get(name)
        if not known or parameter is None:
            return None
        value = parameter.value_on(self.notes.day)
        if value is None:
            self.notes.refuse(
                Code.NO_VALUE_IN_FORCE,
                span,
                f'{by}: the parameter "{name}" has no value in force on {self.notes.day}.',
                f"Its first value is dated later; see {parameter.span}.",
            )
            return None
        return Quantity(value=value.value, unit=parameter.unit)

    def interval(
        self, bounds: Mapping[str, Decimal], unit: str, what: str, place: FileSpan, by: str
    ) -> Interval | None:
        """Return the interval between some bounds, or note that they make none."""
        if not bounds or {"above", "at_least"} <= bounds.keys() or {"below", "at_most"} <= bounds.keys():
            self.notes.refuse(
                Code.PREMISE,
                place,
                f"{by}: {what} needs one lower end, one upper end, or one of each.",
                _BOTH_ENDS,
            )
            return None
        low = bounds.get("above", bounds.get("at_least"))
        high = bounds.get("below", bounds.get("at_most"))
        low_closed, high_closed = "at_least" in bounds, "at_most" in bounds
        crossed = (
            low is not None
            and high is not None
            and (low > high or (low == high and not (low_closed and high_closed)))
        )
        if crossed:
            self.notes.refuse(
                Code.EMPTY_INTERVAL,
                place,
                f"{by}: no {what} lies there: the lower end is {low}, the upper end {high}{_said(unit)}.",
                "Exchange the ends, or check the parameters.",
            )
            return None
        return Interval(
            unit=unit, low=low, low_closed=low_closed or low is None, high=high, high_closed=high_closed
        )

    def _range(self, entry: Entry, convert: Convert, what: str, place: FileSpan, by: str) -> Range | None:
        parameters: list[ParameterId] = []
        written = [key for key in BOUNDS if getattr(entry, key) is not None]
        ends: dict[str, Quantity] = {}
        for key in written:
            span = entry.at(key) if entry.placed else place
            limit = self._limit(getattr(entry, key), span, parameters, by)
            end = convert(limit, key, span) if limit is not None else None
            if end is not None:
                ends[key] = end
        if len(ends) < len(written):
            return None
        units = list(dict.fromkeys(end.unit for end in ends.values()))
        if len(units) > 1:
            self.notes.refuse(
                Code.UNIT,
                place,
                f"{by}: the ends of {what} cannot be compared: {' and '.join(map(str, ends.values()))}.",
                "Write both ends in units of one kind.",
            )
            return None
        bounds = {key: end.value for key, end in ends.items()}
        interval = self.interval(bounds, units[0] if units else "1", what, place, by)
        if interval is None:
            return None
        return Range(interval=interval, parameters=tuple(dict.fromkeys(parameters)))

    def _limit(self, text: str, span: FileSpan, parameters: list[ParameterId], by: str) -> Quantity | None:
        limit = amount(text)
        if limit is None:
            limit = self.parameter(ParameterId(text), span, by)
            parameters.append(ParameterId(text))
        return limit

    def _refuse_unit(
        self, limit: Quantity, key: str, span: FileSpan, quantity: MeasuredQuantity, by: str
    ) -> None:
        self.notes.refuse(
            Code.UNIT,
            span,
            f"{by}: {key} {limit} cannot be compared with {quantity.title}, "
            f"which is in {read_aloud(quantity.unit) or 'numbers without a unit'}.",
            unit_hint(limit.unit, quantity),
        )


def _said(unit: str) -> str:
    """Return a unit behind a number, as messages have it."""
    words = "days" if unit == DAYS else "" if unit == "1" else unit
    return f" {words}" if words else ""
