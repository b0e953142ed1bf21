"""The ranges of a quantity between which rules can tell a difference, found through the facts floor.

Limits that rules and scores put on the quantity itself are read off the atoms. Limits on what formulas
compute from it are found by asking the facts floor at hypothetical values and halving the distance, so that
no formula is written down or inverted here a second time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise

from engine.domain.atoms import Atom
from engine.domain.ids import QuantityId
from engine.domain.patient import PatientRecord
from engine.domain.quantities import plain
from engine.domain.truth import Truth
from engine.domain.vocabulary import MeasuredQuantity
from engine.facts.reach import Edge
from engine.ports import HypotheticalFacts

#: Values at which computed quantities are looked at first, spread over the plausible range: enough that a
#: range in the middle, where alone a formula gives a plausible value, is not stepped over.
_LOOKS = 12

_Side = tuple[bool, ...] | Truth | None

RecordAt = Callable[[Decimal], PatientRecord | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The values that a quantity can be written as: its plausible range in steps of its decimals."""

    step: Decimal
    first: int
    last: int

    @classmethod
    def of(cls, known: MeasuredQuantity, edges: Sequence[Edge]) -> Grid:
        """Return the grid of a quantity; where no plausible range is stated, one around the limits."""
        step = Decimal(1).scaleb(-known.decimals)
        limits = [edge.value for edge in edges]
        low = known.plausible_low if known.plausible_low is not None else min(limits, default=Decimal(0)) - 1
        high = known.plausible_high if known.plausible_high is not None else max([low, *limits]) + 1
        first = int((low / step).to_integral_value(ROUND_CEILING))
        return cls(step=step, first=first, last=int((high / step).to_integral_value(ROUND_FLOOR)))

    def value(self, place: int) -> Decimal:
        """Return the value at a place."""
        return place * self.step

    def looks(self) -> tuple[int, ...]:
        """Return a few places over the whole grid, closer together at its low end, with both ends."""
        span = self.last - self.first
        inner = (self.first + int(span * (share / _LOOKS) ** 2) for share in range(_LOOKS + 1))
        return tuple(sorted(set(inner)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A range of values that no rule tells apart."""

    low: Decimal
    high: Decimal
    lowest: bool
    """True where nothing plausible lies below."""
    highest: bool

    @property
    def inside(self) -> Decimal:
        """Return one value of it, beside a limit where there is one."""
        return self.high if self.lowest else self.low

    def said(self, unit: str) -> str:
        """Write the range in words."""
        low, high = plain(self.low), plain(self.high)
        if self.lowest and self.highest:
            words = f"any plausible value, {low} to {high}"
        elif self.lowest:
            words = f"at most {high}"
        elif self.highest:
            words = f"at least {low}"
        else:
            words = low if self.low == self.high else f"{low} to {high}"
        return f"{words} {unit}".rstrip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Regions:
    """Finds the regions of quantities at one moment."""

    readings: HypotheticalFacts
    as_of: datetime

    def of(
        self,
        grid: Grid,
        edges: Sequence[Edge],
        computed: Sequence[tuple[QuantityId, Sequence[Edge]]],
        record_at: RecordAt,
        moving: Sequence[Atom] = (),
    ) -> tuple[Region, ...]:
        """Return the regions, lowest first; together they cover the grid.

        Args:
            grid: what the quantity can be written as.
            edges: the limits on the quantity itself.
            computed: each quantity that formulas compute from it, with the limits on that.
            record_at: the record with a value entered; None where the entry would be refused.
            moving: atoms whose limits hang on other values of the record, as those on a change do.
        """
        starts = {grid.first}
        for edge in edges:
            # The first place that has passed the limit.
            place = int((edge.value / grid.step).to_integral_value(ROUND_CEILING))
            place += not edge.passed(grid.value(place))
            if grid.first < place <= grid.last:
                starts.add(place)
        asked = [(quantity, limits) for quantity, limits in computed if limits]
        if asked or moving:
            starts |= self._turns(grid, asked, record_at, moving)
        ordered = sorted(starts)
        ends = [start - 1 for start in ordered[1:]] + [grid.last]
        return tuple(
            Region(
                low=grid.value(start),
                high=grid.value(end),
                lowest=start == grid.first,
                highest=end == grid.last,
            )
            for start, end in zip(ordered, ends, strict=True)
        )

    def _turns(
        self,
        grid: Grid,
        asked: Sequence[tuple[QuantityId, Sequence[Edge]]],
        record_at: RecordAt,
        moving: Sequence[Atom],
    ) -> set[int]:
        """Return the places where a computed quantity crosses a limit or appears, or an atom turns."""
        seen: dict[int, tuple[_Side, ...]] = {}

        def sides(place: int) -> tuple[_Side, ...]:
            if place not in seen:
                record = record_at(grid.value(place))
                crossed = [self._side(record, quantity, limits) for quantity, limits in asked]
                seen[place] = (*crossed, *self._truths(record, moving))
            return seen[place]

        turns: set[int] = set()
        looks = grid.looks()
        if all(side is None for place in (looks[0], looks[len(looks) // 2]) for side in sides(place)):
            looks = (looks[0], looks[len(looks) // 4], looks[len(looks) // 2], looks[-1])
        waiting = list(pairwise(looks))
        while waiting:
            low, high = waiting.pop()
            if sides(low) == sides(high):
                continue
            if high - low == 1:
                turns.add(high)
                continue
            middle = (low + high) // 2
            waiting += [(low, middle), (middle, high)]
        return turns

    def _side(
        self, record: PatientRecord | None, quantity: QuantityId, limits: Sequence[Edge]
    ) -> tuple[bool, ...] | None:
        reading = None if record is None else self.readings.read(record, quantity, self.as_of)
        return None if reading is None else tuple(edge.passed(reading.value.value) for edge in limits)

    def _truths(self, record: PatientRecord | None, moving: Sequence[Atom]) -> list[Truth | None]:
        if record is None:
            return [None for _ in moving]
        facts = self.readings.decide(record, moving, self.as_of, {}) if moving else {}
        return [facts[atom.symbol].truth for atom in moving]
