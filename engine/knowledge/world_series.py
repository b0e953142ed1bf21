"""How the quantities of the solver's patient went: values of earlier days, beside the newest one.

A patient has a value or none on each of a few days, chosen so that every window of the pack holds as many as
are counted in it, close together and far apart. Where a window that ends today is asked for beside one that
ends with the newest value, the newest value is of some day; elsewhere it is of today, as an older one would
only take values out of sight.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.atoms import Direction, QuantityChange, QuantityRepeated
from engine.domain.ids import QuantityId
from engine.domain.pack import RulePack
from engine.domain.quantities import Interval
from engine.domain.rules import atoms_of
from engine.domain.vocabulary import MeasuredQuantity
from engine.knowledge.cells import in_unit_of
from engine.knowledge.solving import Ground
from engine.knowledge.world_numbers import Numbers, bounded

if TYPE_CHECKING:
    from z3 import ArithRef, BoolRef

EARLIER = "earlier values"


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """One earlier day."""

    days_old: int
    measured: BoolRef
    value: ArithRef


class Histories:
    """The earlier values of each quantity that is asked for over time."""

    def __init__(self, ground: Ground, pack: RulePack, numbers: Numbers) -> None:
        """Choose the days on which each quantity may have a value."""
        self._ground = ground
        self._pack = pack
        self._numbers = numbers
        self._asked: dict[QuantityId, list[QuantityChange | QuantityRepeated]] = {}
        premises = [rule.when for rule in pack.rules.values()] + [
            each.when for each in pack.concepts.values()
        ]
        for atom in dict.fromkeys(atom for premise in premises for atom in atoms_of(premise)):
            if isinstance(atom, QuantityChange | QuantityRepeated):
                self._asked.setdefault(atom.quantity, []).append(atom)
        self.of: dict[QuantityId, tuple[Earlier, ...]] = {}
        self.age: dict[QuantityId, ArithRef] = {}
        """How old the newest value is, in days, where that matters."""

    def decided(self, atom: QuantityChange | QuantityRepeated) -> tuple[BoolRef, BoolRef]:
        """Return that an atom is true, and that it is false: what was not looked at is neither."""
        return self._changes(atom) if isinstance(atom, QuantityChange) else self._repeats(atom)

    def is_fresh(self, quantity: QuantityId, days: int | None) -> BoolRef | None:
        """Return that the newest value is no older than so many days; None where it is of today."""
        age = self._age(quantity)
        return None if age is None or days is None else age <= days

    def _age(self, quantity: QuantityId) -> ArithRef | None:
        asked = self._asked.get(quantity, ())
        if len({type(atom) for atom in asked}) > 1 and quantity not in self.age:
            age = self._ground.z3.Int(f"{quantity}, age of the newest value")
            self.age[quantity] = age
            self._ground.always(age >= 0)
            limit = self._entry(quantity).max_age_days
            if limit is not None:
                self._ground.always(age <= limit)
            self._ground.preferably(age == 0)
        return self.age.get(quantity)

    def _changes(self, atom: QuantityChange) -> tuple[BoolRef, BoolRef]:
        """Return that the newest value differs so much from the lowest or highest earlier one, or not."""
        z3, newest = self._ground.z3, self._numbers.number(atom.quantity)
        earlier = [each for each in self._earlier(atom) if each.days_old <= atom.within_days]
        # A share of nothing is no number: such a value is not compared with.
        bases = [
            (each, z3.And(each.measured, each.value > 0) if atom.relative else each.measured)
            for each in earlier
        ]
        by = atom.by if atom.relative else in_unit_of(self._entry(atom.quantity), atom.by)
        # The farthest value decides: one lies as far away as asked for, and none lies farther than that.
        ends = []
        if by.low is not None:
            far = (z3.And(base, self._moved(atom, newest, each, _above(by))) for each, base in bases)
            ends.append(z3.Or(*far))
        if by.high is not None:
            near = (z3.Implies(base, self._moved(atom, newest, each, _below(by))) for each, base in bases)
            ends.append(z3.And(*near))
        looked = z3.Or(*(base for _, base in bases))
        return z3.And(looked, *ends), z3.And(looked, z3.Not(z3.And(*ends)))

    def _moved(self, atom: QuantityChange, newest: ArithRef, each: Earlier, by: Interval) -> BoolRef:
        """Return that a difference lies in an interval, of one end; a share is compared without dividing."""
        moved = newest - each.value if atom.direction is Direction.RISES else each.value - newest
        if not atom.relative:
            return bounded(self._ground, moved, by)
        z3, end = self._ground.z3, by.low if by.low is not None else by.high
        limit = z3.RealVal(str(end)) * each.value
        share = moved * 100
        if by.low is not None:
            return share >= limit if by.low_closed else share > limit
        return share <= limit if by.high_closed else share < limit

    def _repeats(self, atom: QuantityRepeated) -> tuple[BoolRef, BoolRef]:
        """Return that so many values of the window lie in the interval, far enough apart, or do not."""
        z3, age = self._ground.z3, self._age(atom.quantity)
        interval = in_unit_of(self._entry(atom.quantity), atom.interval)
        days: list[tuple[int, BoolRef, BoolRef]] = [
            (0, z3.BoolVal(True), self._numbers.within(atom.quantity, interval))  # noqa: FBT003 - the solver's own signature
        ]
        days += [
            (each.days_old, each.measured, bounded(self._ground, each.value, interval))
            for each in self._earlier(atom)
        ]
        seen = [
            (old, measured if age is None else z3.And(measured, age + old <= atom.within_days), inside)
            for old, measured, inside in days
            if old <= atom.within_days
        ]
        looked = self._counted([(old, here) for old, here, _ in seen], atom.times, atom.apart_days)
        found = [(old, z3.And(here, inside)) for old, here, inside in seen]
        enough = self._counted(found, atom.times, atom.apart_days)
        return enough, z3.And(looked, z3.Not(enough))

    def _counted(self, days: Sequence[tuple[int, BoolRef]], times: int, apart: int) -> BoolRef:
        """Return that so many of these hold, each at least so many days after the one before."""
        z3 = self._ground.z3
        if apart <= 1:  # no two values here are of one day
            return z3.And(len(days) >= times, z3.PbGe([(holds, 1) for _, holds in days], times))
        chains = [holds for _, holds in days]
        for _ in range(times - 1):
            before = tuple(zip(days, chains, strict=True))
            chains = [
                z3.And(holds, z3.Or(*(chain for (older, _), chain in before if older - day >= apart)))
                for day, holds in days
            ]
        return z3.Or(*chains)

    def _earlier(self, atom: QuantityChange | QuantityRepeated) -> tuple[Earlier, ...]:
        quantity = atom.quantity
        if quantity not in self.of:
            z3, decimals = self._ground.z3, self._entry(quantity).decimals
            newest, made = self._numbers.number(quantity), []
            self._ground.preferably(z3.IsInt(newest * 10**decimals))
            for days_old in _days((*self._asked.get(quantity, []), atom)):
                name = f"{quantity}, {days_old} days old"
                value = self._numbers.another(quantity, name)
                self._ground.preferably(z3.IsInt(value * 10**decimals))
                measured = self._ground.flag(EARLIER, name)
                made.append(Earlier(days_old=days_old, measured=measured, value=value))
            self.of[quantity] = tuple(made)
        return self.of[quantity]

    def _entry(self, quantity: QuantityId) -> MeasuredQuantity:
        return self._pack.vocabulary.quantities[quantity]


def _days(asked: Iterable[QuantityChange | QuantityRepeated]) -> list[int]:
    """Return days on which values tell these atoms apart, and tell them from a slip of their author.

    At the far end of each window, a day beyond it, at its half and at its double: as many as are asked for,
    one day after another and as far apart as is asked for.
    """
    atoms = tuple(asked)
    windows = {days for atom in atoms for days in _near(atom.within_days)}
    repeated = [atom for atom in atoms if isinstance(atom, QuantityRepeated)]
    most = max((atom.times for atom in repeated), default=1) + 1
    steps = {1, *(atom.apart_days for atom in repeated)}
    days = {window - number * step for window in windows for number in range(most) for step in steps}
    return sorted(day for day in days if day >= 1)


def _near(days: int) -> tuple[int, ...]:
    return (days, days + 1, days // 2, days * 2)


def _above(by: Interval) -> Interval:
    return Interval(unit=by.unit, low=by.low, low_closed=by.low_closed)


def _below(by: Interval) -> Interval:
    return Interval(unit=by.unit, high=by.high, high_closed=by.high_closed)
